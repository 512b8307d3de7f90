/* What to copy where after a build. */
#ifndef HLGEN_COMMAND_SERVICE_H
#define HLGEN_COMMAND_SERVICE_H

#include "command/pipeline.h"
#include "output/tree.h"

/* Prints the changed files machine by machine, in the order in which they are put into service, and what each change needs there. */
void service_print(const struct build *build, const change_list *changes);

#endif
