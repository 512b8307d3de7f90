/* Replaces a file that a person keeps by a new text: whole or not at all. */
#ifndef HLGEN_COMMAND_REPLACE_H
#define HLGEN_COMMAND_REPLACE_H

#include "base/str.h"

struct arena;

enum replace_status {
	REPLACE_OK,
	REPLACE_CHANGED, /* the file no longer holds `old`: somebody else wrote it */
	REPLACE_FAILED   /* errno says what; the file is as it was, or new when only making its name durable failed */
};

/* Writes `text` beside the file with its mode and owner, makes it durable, and renames it into the place. A symbolic link stays, and
 * the file that it leads to is replaced. */
enum replace_status replace_file(struct arena *arena, const char *path, struct str old, struct str text);

#endif
