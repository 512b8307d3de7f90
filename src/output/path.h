/* Which relative paths an output tree may contain. */
#ifndef HLGEN_OUTPUT_PATH_H
#define HLGEN_OUTPUT_PATH_H

#include "base/str.h"

/* NULL when `path` may be written below the output folder, else what is wrong with it ("is absolute"). */
const char *path_problem(struct str path);

#endif
