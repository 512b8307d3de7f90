/* The last step of `build` and `prefix`: keys and tree to the disk. */
#ifndef HLGEN_COMMAND_DELIVER_H
#define HLGEN_COMMAND_DELIVER_H

#include "command/pipeline.h"
#include "output/tree.h"

/* Writes new keys and the artifacts, and prints for whom keys were made. `ready` (or NULL) is called as tree_write() says. False when a
 * diagnostic was reported. */
bool deliver(struct build *build, bool (*ready)(void *), void *context, change_list *changes);

#endif
