/* The summary of what a build's changes cost, for `build` and `diff`. */
#ifndef HLGEN_COMMAND_COSTS_H
#define HLGEN_COMMAND_COSTS_H

#include "command/pipeline.h"
#include "output/tree.h"

/* True when there was no tree before. */
bool costs_first(const change_list *changes);
/* Prints each thing that has to be done once, the dearest kind first and those of a kind in the order of service, to standard output;
 * nothing when nothing changed, and nothing for a first build, of which everything has to be loaded. */
void costs_print(const struct build *build, const change_list *changes);

#endif
