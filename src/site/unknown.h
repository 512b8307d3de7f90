/* Keys that a section does not have: what was probably meant, said once. */
#ifndef HLGEN_SITE_UNKNOWN_H
#define HLGEN_SITE_UNKNOWN_H

#include "diag/diag.h"
#include "site/field.h"
#include "yaml/yaml.h"

/* The field called `name`, or NULL. */
const struct field *section_field(const struct section *section, struct str name);

/* Reports that the map's contents belong to another section, as when the line of a section's key was lost: one message instead of one for
 * each key. `title` is what the map was taken for ("tunnel", "service 'android'"). True when it did; most keys are then foreign. */
bool report_foreign(struct arena *arena, struct diags *diags, const struct yaml_node *map, const struct section *section, struct span at,
                    struct str name);

/* The same for a map of names ("networks") in which stand keys of a section ("kubernetes"): the section that they belong to, or NULL.
 * The entries that is_foreign_name() tells are then to be passed over. */
const struct section *report_foreign_names(struct diags *diags, const struct yaml_node *map, const struct field *field);
bool is_foreign_name(const struct yaml_entry *entry, const struct section *section, const struct section *home);

/* Reports one unknown key. Returns the field that was probably meant, when it is not written elsewhere in the map: decoding goes on with it,
 * so that one misspelt key gives one message. */
const struct field *report_unknown(struct arena *arena, struct diags *diags, const struct yaml_node *map, const struct yaml_node *key,
                                   const struct section *section);

#endif
