/* The built-in templates as they are linked into the program; embed/embed.c writes the tables during the build. */
#ifndef HLGEN_RENDER_EMBEDDED_H
#define HLGEN_RENDER_EMBEDDED_H

#include <stddef.h>

struct embedded_template {
	const char *name; /* the path below templates/: "vps/wg0.conf.tmpl" */
	const char *text; /* terminated, which `length` does not count */
	size_t length;
};

extern const struct embedded_template embedded_templates[]; /* one more than `count`, with a NULL name */
extern const size_t embedded_template_count;

#endif
