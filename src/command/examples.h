/* The files of examples/ as they are linked into the program. */
#ifndef HLGEN_COMMAND_EXAMPLES_H
#define HLGEN_COMMAND_EXAMPLES_H

#include "base/embedded.h"

extern const struct embedded_file embedded_examples[]; /* one more than `count`, with a NULL name */
extern const size_t embedded_examples_count;

#endif
