/* The summary of what a build's changes cost, for `build` and `diff`. */
#ifndef HLGEN_COMMAND_COSTS_H
#define HLGEN_COMMAND_COSTS_H

#include "output/tree.h"

/* True when there was no tree before. */
bool costs_first(const change_list *changes);
/* Prints each thing that has to be done once, the dearest kind first, to standard output; nothing when nothing changed, and
 * nothing for a first build, of which everything has to be loaded. */
void costs_print(struct arena *arena, const change_list *changes);

#endif
