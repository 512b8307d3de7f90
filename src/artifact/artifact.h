/* Complete output files in memory, sorted by path. */
#ifndef HLGEN_ARTIFACT_ARTIFACT_H
#define HLGEN_ARTIFACT_ARTIFACT_H

#include <stdint.h>

#include "base/list.h"
#include "base/str.h"
#include "render/effect.h"

struct arena;

struct artifact {
	struct str path;  /* relative, "/" between folders, never "..", unique */
	uint32_t mode;    /* 0600, 0644 or 0755 */
	bool secret;      /* then the mode is 0600 and a diff shows no secret line of it */
	struct str bytes; /* complete content; for a picture absent until it is made */
	struct effects effects; /* how a change takes effect; without rules for a picture, whose client file says it */
	/* A picture is made only when the text it shows has changed since the tree was written. */
	struct str picture_of; /* the exact text, or absent */
	/* `shared` points to what a picture of the same text left in the same arena, or to NULL: one QR code serves all. */
	struct str (*make)(struct arena *arena, struct str picture_of, void **shared);
};

typedef LIST(struct artifact) artifact_list;

#endif
