/* The plan and the site as JSON values, without secrets. */
#ifndef HLGEN_COMMAND_SHOW_JSON_H
#define HLGEN_COMMAND_SHOW_JSON_H

#include <jansson.h>

#include "plan/shape.h"
#include "site/field.h"

/* New references, owned by the caller; never NULL (without memory the program ends). */
json_t *json_of_object(const struct shape *shape, const void *object);
json_t *json_of_section(const struct section *section, const void *object);
/* Every name below a shape as templates write it: [{"name": "hub.port", "type": "number", "doc": "...", "value": 51820}, ...]. */
json_t *json_of_names(const struct shape *shape, const void *object);

#endif
