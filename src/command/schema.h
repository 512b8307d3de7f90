/* The grammar of the site file for others: as JSON Schema and as manual source. Both read the field tables only. */
#ifndef HLGEN_COMMAND_SCHEMA_H
#define HLGEN_COMMAND_SCHEMA_H

#include <jansson.h>
#include <stdio.h>

#include "site/field.h"

struct arena;

/* JSON Schema, draft 2020-12; members in the order of the tables. Owned by the caller; never NULL. */
json_t *schema_json(struct arena *arena, const struct section *root);
/* The key reference of hlgen-site(5) in mdoc(7). */
void schema_mdoc(struct arena *arena, const struct section *root, FILE *out);

#endif
