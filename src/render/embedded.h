/* The built-in templates and parts as they are linked into the program. */
#ifndef HLGEN_RENDER_EMBEDDED_H
#define HLGEN_RENDER_EMBEDDED_H

#include "base/embedded.h"

extern const struct embedded_file embedded_templates[]; /* one more than `count`, with a NULL name */
extern const size_t embedded_templates_count;

#endif
