/* Replaces a file that a person keeps by a new text: whole or not at all. */
#define _XOPEN_SOURCE 700 /* realpath() */
#include "command/replace.h"

#include "base/arena.h"
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool same_mode_and_owner(int fd, const struct stat *wanted)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return false;
	if ((st.st_uid != wanted->st_uid || st.st_gid != wanted->st_gid) && fchown(fd, wanted->st_uid, wanted->st_gid) != 0)
		return false;
	return fchmod(fd, wanted->st_mode & 07777) == 0;
}

/* Fills the temporary and closes it. */
static bool fill(int fd, const struct stat *wanted, struct str text)
{
	bool good = same_mode_and_owner(fd, wanted) && file_write_fd(fd, text) && fsync(fd) == 0;
	int error = errno;
	if (close(fd) != 0 && good)
		return false;
	errno = error;
	return good;
}

static bool sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool good = fsync(fd) == 0;
	int error = errno;
	(void)close(fd);
	errno = error;
	return good;
}

static enum replace_status put_in_place(struct arena *arena, const char *temporary, const char *target, struct str old)
{
	struct str now;
	if (file_read(arena, AT_FDCWD, target, old.len, &now) != FILE_OK || !str_equal(now, old))
		return REPLACE_CHANGED;
	return rename(temporary, target) == 0 ? REPLACE_OK : REPLACE_FAILED;
}

static enum replace_status replace_target(struct arena *arena, const char *target, struct str old, struct str text)
{
	struct stat st;
	struct str folder = str_slice(str_of(target), 0, (size_t)(strrchr(target, '/') - target) + 1);
	/* Hidden, and not *.yaml: nobody takes one that a killed run left for a site. */
	char *temporary = (char *)arena_alloc(arena, strlen(target) + sizeof ".hlgen-XXXXXX");
	memcpy(temporary, folder.ptr, folder.len);
	memcpy(temporary + folder.len, ".hlgen-XXXXXX", sizeof ".hlgen-XXXXXX");
	if (stat(target, &st) != 0)
		return REPLACE_FAILED;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return REPLACE_FAILED;
	}
	int fd = mkstemp(temporary);
	if (fd < 0)
		return REPLACE_FAILED;
	enum replace_status status = fill(fd, &st, text) ? put_in_place(arena, temporary, target, old) : REPLACE_FAILED;
	if (status != REPLACE_OK) {
		int error = errno;
		(void)unlink(temporary);
		errno = error;
		return status;
	}
	return sync_folder(str_copy(arena, folder).ptr) ? REPLACE_OK : REPLACE_FAILED;
}

enum replace_status replace_file(struct arena *arena, const char *path, struct str old, struct str text)
{
	char *target = realpath(path, NULL);
	if (!target)
		return REPLACE_FAILED;
	enum replace_status status = replace_target(arena, target, old, text);
	int error = errno;
	free(target);
	errno = error;
	return status;
}
