/* What a change costs: which rule of a file's effects it falls under. */
#ifndef HLGEN_OUTPUT_COST_H
#define HLGEN_OUTPUT_COST_H

#include "render/effect.h"

/* The rule for a new file, or NULL without rules. */
const struct effect *cost_of_new(const struct effects *effects);
/* The rule for a change of which nothing more is known, or NULL without rules. */
const struct effect *cost_of_any(const struct effects *effects);
/* True when the answer depends on what changed in the file. */
bool cost_depends(const struct effects *effects);
/* The rule for a file that changed; the dearest when the change falls under several. Without rules NULL. Both texts are only
 * looked at, not kept. Lines of a section are compared in their order, with the section's own head; a line of comment belongs
 * to the section above it, unless a rule about comments sets all of them apart. */
const struct effect *cost_of_change(const struct effects *effects, struct str before, struct str after);

#endif
