/* Reading whole files, and the few system calls whose errors must be told with the file's name. */
#ifndef HLGEN_BASE_FILE_H
#define HLGEN_BASE_FILE_H

#include "base/str.h"

struct arena;

enum file_status {
	FILE_OK,
	FILE_ABSENT,    /* ENOENT, ENOTDIR */
	FILE_TOO_LARGE, /* more than `limit` bytes */
	FILE_FAILED     /* anything else: errno says what */
};

/* Reads `path` relative to directory `dirfd` (AT_FDCWD, or an open directory) into the arena, terminated with a NUL
 * that is not counted. Follows symbolic links; refuses what is not a regular file or a pipe (errno EISDIR or EINVAL). */
enum file_status file_read(struct arena *arena, int dirfd, const char *path, size_t limit, struct str *bytes);

/* Reads a descriptor to its end. */
enum file_status file_read_fd(struct arena *arena, int fd, size_t limit, struct str *bytes);

/* Writes all of `bytes`; false with errno on failure. Interrupted and short writes go on. */
bool file_write_fd(int fd, struct str bytes);

#endif
