/* What a tree on disk says it holds, without touching it. */
#ifndef HLGEN_OUTPUT_KNOWN_H
#define HLGEN_OUTPUT_KNOWN_H

#include "base/map.h"
#include "diag/diag.h"

/* Fills `paths` with the files that the manifest of a full (not redacted) tree lists; leaves it empty when there is no tree, or a
 * redacted one. False when the manifest cannot be read, which was reported. */
bool tree_known(struct arena *arena, const char *directory, struct diags *diags, struct map *paths);

#endif
