/* A unified diff of two texts. */
#ifndef HLGEN_OUTPUT_UNIFIED_H
#define HLGEN_OUTPUT_UNIFIED_H

#include "base/buf.h"

struct unified {
	struct str old_name, new_name; /* "a/vps/apply.sh", or "/dev/null" */
	struct str before, after;
	bool secret; /* mask keys */
};

/* Appends the diff, with three lines of context; nothing when the texts are equal. A changed line of which only masked
 * parts differ ends in " (secret changed)". */
void unified_diff(struct buf *out, const struct unified *unified);

#endif
