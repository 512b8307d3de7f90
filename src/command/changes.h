/* The list of what a build changed, for `build` and `prefix`. */
#ifndef HLGEN_COMMAND_CHANGES_H
#define HLGEN_COMMAND_CHANGES_H

#include "command/pipeline.h"
#include "output/tree.h"

/* Fills `ordered` with the same changes, by when their folders are put into service, then by path. */
void changes_order(const struct build *build, const change_list *changes, change_list *ordered);
/* The first folder of a path of the tree; empty for a file that lies in none. */
struct str changes_folder(struct str path);
/* Prints each file that changed, with what that costs, then the numbers; after a first build also what to follow. */
void changes_print(const struct build *build, const change_list *changes);

#endif
