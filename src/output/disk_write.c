/* Changes files below the output folder: temporaries beside their place, renames, removals, and making them durable. */
#define _GNU_SOURCE /* syncfs() */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "output/disk.h"
#include "output/disk_internal.h"

enum { TEMPORARY = 32, DEEPEST = 64 };

#define TEMPORARY_START ".hlgen-"
#define TEMPORARY_END ".tmp"

/* ".hlgen-0123456789abcdef.tmp": of fixed length, because the file's own name may be as long as a name can be. */
static void temporary_name(struct str path, char name[static TEMPORARY])
{
	uint8_t hash[HASH_BYTES];
	char hex[17];

	crypto_hash_sha256(hash, (const unsigned char *)path.ptr, path.len);
	sodium_bin2hex(hex, sizeof hex, hash, 8);
	snprintf(name, TEMPORARY, TEMPORARY_START "%s" TEMPORARY_END, hex);
}

static bool is_temporary(struct str name)
{
	return str_starts(name, STR(TEMPORARY_START)) && str_ends(name, STR(TEMPORARY_END));
}

/* Enters the folder of `path`; a link or a file in the way is a failure by now, since everything was checked before. */
static bool enter_parent(struct disk *disk, struct str path, bool make)
{
	switch (disk_enter(disk, disk_parent(path), make)) {
	case DISK_OK:
		return true;
	case DISK_ABSENT:
		errno = ENOENT;
		return disk_fail(disk, "open", path);
	default:
		return false;
	}
}

static int create(int folder, const char *name, uint32_t mode)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(folder, name, flags, (mode_t)mode);

	/* A run that was killed may have left one; we hold the lock, so nobody is using it. */
	if (fd < 0 && errno == EEXIST && unlinkat(folder, name, 0) == 0)
		fd = openat(folder, name, flags, (mode_t)mode);
	return fd;
}

bool disk_stage(struct disk *disk, struct str path, uint32_t mode, struct str bytes)
{
	char name[TEMPORARY];
	bool done;
	int fd;

	if (!enter_parent(disk, path, true))
		return false;
	temporary_name(path, name);
	fd = create(disk->folder, name, mode);
	if (fd < 0)
		return disk_fail(disk, "create", path);
	done = fchmod(fd, (mode_t)mode) == 0 && file_write_fd(fd, bytes) && (!disk->folder_elsewhere || fsync(fd) == 0);
	if (!done)
		disk_fail(disk, "write", path);
	if (close(fd) != 0 && done)
		done = disk_fail(disk, "write", path);
	if (!done)
		unlinkat(disk->folder, name, 0);
	return done;
}

bool disk_commit(struct disk *disk, struct str path)
{
	char temporary[TEMPORARY], name[DISK_NAME];

	if (!enter_parent(disk, path, false))
		return false;
	temporary_name(path, temporary);
	if (!disk_name(path, name) || renameat(disk->folder, temporary, disk->folder, name) != 0)
		return disk_fail(disk, "rename a new file to", path);
	if (disk->folder_elsewhere && fsync(disk->folder) != 0)
		return disk_fail(disk, "sync", path);
	return true;
}

void disk_discard(struct disk *disk, struct str path)
{
	char temporary[TEMPORARY];

	if (disk_enter(disk, disk_parent(path), false) != DISK_OK)
		return;
	temporary_name(path, temporary);
	unlinkat(disk->folder, temporary, 0);
}

bool disk_chmod(struct disk *disk, struct str path, uint32_t mode)
{
	char name[DISK_NAME];
	bool done;
	int fd;

	if (!enter_parent(disk, path, false))
		return false;
	if (!disk_name(path, name))
		return disk_fail(disk, "change the mode of", path);
	fd = openat(disk->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	done = fd >= 0 && fchmod(fd, (mode_t)mode) == 0;
	if (!done)
		disk_fail(disk, "change the mode of", path);
	if (fd >= 0 && close(fd) != 0 && done)
		done = disk_fail(disk, "change the mode of", path);
	return done;
}

bool disk_remove(struct disk *disk, struct str path)
{
	char name[DISK_NAME];

	if (!enter_parent(disk, path, false))
		return false;
	if (!disk_name(path, name) || (unlinkat(disk->folder, name, 0) != 0 && errno != ENOENT))
		return disk_fail(disk, "remove", path);
	return true;
}

/* Removes one folder if it is empty; `*removed` says whether it was. */
static bool remove_folder(struct disk *disk, struct str folder, bool *removed)
{
	char name[DISK_NAME];

	*removed = false;
	if (!enter_parent(disk, folder, false))
		return false;
	if (!disk_name(folder, name))
		return disk_fail(disk, "remove", folder);
	*removed = unlinkat(disk->folder, name, AT_REMOVEDIR) == 0;
	/* Not empty, or somebody works in it: then it stays. */
	if (!*removed && errno != ENOTEMPTY && errno != EEXIST && errno != EBUSY && errno != ENOENT)
		return disk_fail(disk, "remove", folder);
	return true;
}

bool disk_prune(struct disk *disk, struct str folder)
{
	bool removed = true;

	for (; folder.len > 0 && removed; folder = disk_parent(folder)) {
		if (!remove_folder(disk, folder, &removed))
			return false;
	}
	return true;
}

void disk_unmake(struct disk *disk)
{
	bool removed;

	for (size_t i = disk->made.count; i-- > 0;)
		remove_folder(disk, disk->made.items[i], &removed);
}

bool disk_rename(struct disk *disk, struct str from, struct str to)
{
	char old_name[DISK_NAME], new_name[DISK_NAME];

	if (!disk_name(from, old_name) || !disk_name(to, new_name) ||
	    renameat(disk->root, old_name, disk->root, new_name) != 0)
		return disk_fail(disk, "rename a new file to", to);
	return true;
}

bool disk_sync(struct disk *disk)
{
	return syncfs(disk->root) == 0 || disk_fail(disk, "sync", STR(""));
}

bool disk_sync_root(struct disk *disk)
{
	return fsync(disk->root) == 0 || disk_fail(disk, "sync", STR(""));
}

static bool sweep(struct disk *disk, int parent, const char *name, int depth);

/* One name of a folder: a temporary goes, a folder is swept too. Links and everything else are left alone. */
static bool sweep_entry(struct disk *disk, DIR *folder, const char *name, int depth)
{
	int fd = dirfd(folder);
	struct stat status;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return true;
	if (fstatat(fd, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT || disk_fail(disk, "open", str_of(name));
	if (S_ISDIR(status.st_mode))
		return depth >= DEEPEST || sweep(disk, fd, name, depth + 1);
	if (!is_temporary(str_of(name)))
		return true;
	return unlinkat(fd, name, 0) == 0 || disk_fail(disk, "remove", str_of(name));
}

static bool sweep(struct disk *disk, int parent, const char *name, int depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	bool done = true;

	if (folder == NULL) {
		if (fd >= 0)
			close(fd);
		/* A folder that we may not read is not one in which we wrote. */
		return errno == EACCES || disk_fail(disk, "read", str_of(name));
	}
	for (errno = 0; done && (entry = readdir(folder)) != NULL; errno = 0)
		done = sweep_entry(disk, folder, entry->d_name, depth);
	if (done && errno != 0)
		done = disk_fail(disk, "read", str_of(name));
	closedir(folder);
	return done;
}

bool disk_sweep(struct disk *disk)
{
	return sweep(disk, disk->root, ".", 0);
}
