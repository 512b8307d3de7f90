/* What the two halves of the disk layer (reading, writing) share. */
#ifndef HLGEN_OUTPUT_DISK_INTERNAL_H
#define HLGEN_OUTPUT_DISK_INTERNAL_H

#include <limits.h>

#include "output/disk.h"

enum { DISK_NAME = NAME_MAX + 1 };

/* Notes what failed (errno, action, path) and returns false. */
bool disk_fail(struct disk *disk, const char *action, struct str path);
/* The last component of a path, terminated. False with ENAMETOOLONG. */
bool disk_name(struct str path, char name[static DISK_NAME]);
/* The part of a path before its last "/"; empty for a file of the output folder itself. */
struct str disk_parent(struct str path);
/* Enters the folder; disk->folder is then its descriptor. */
enum disk_status disk_enter(struct disk *disk, struct str folder, bool make);

#endif
