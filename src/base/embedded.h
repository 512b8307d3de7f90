/* Files that are linked into the program; render/embed/embed.c writes their tables during the build. */
#ifndef HLGEN_BASE_EMBEDDED_H
#define HLGEN_BASE_EMBEDDED_H

#include <stddef.h>

struct embedded_file {
	const char *name; /* the path below the folder of its table: "vps/wg0.conf.tmpl" */
	const char *text; /* terminated, which `length` does not count */
	size_t length;
};

#endif
