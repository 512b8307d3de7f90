/* Opens the output folder and looks at files below it, never through a symbolic link. */
#include "output/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "output/disk_internal.h"

enum { BUFFER_SIZE = 64 * 1024 };

static const size_t READ_LIMIT = (size_t)1 << 30;

bool disk_fail(struct disk *disk, const char *action, struct str path)
{
	disk->failure = (struct disk_failure){.action = action, .path = str_copy(disk->arena, path), .error = errno};
	return false;
}

static enum disk_status failed(struct disk *disk, const char *action, struct str path)
{
	disk_fail(disk, action, path);
	return DISK_FAILED;
}

static enum disk_status in_the_way(struct disk *disk, enum disk_status status, struct str path)
{
	errno = status == DISK_SYMLINK ? ELOOP : ENOTDIR;
	disk_fail(disk, "use", path);
	return status;
}

struct str disk_parent(struct str path)
{
	size_t end = path.len;

	while (end > 0 && path.ptr[end - 1] != '/')
		end--;
	return str_slice(path, 0, end > 0 ? end - 1 : 0);
}

bool disk_name(struct str path, char name[static DISK_NAME])
{
	struct str parent = disk_parent(path);
	struct str last = str_slice(path, parent.len == 0 ? 0 : parent.len + 1, path.len);

	if (last.len >= DISK_NAME) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(name, last.ptr, last.len);
	name[last.len] = '\0';
	return true;
}

/* mkdir -p; folders that exist are fine. */
static bool make_root(const char *directory)
{
	char path[PATH_MAX];
	size_t len = strlen(directory);

	if (len >= sizeof path) {
		errno = ENAMETOOLONG;
		return false;
	}
	for (size_t i = 1; i <= len; i++) {
		if (directory[i] != '/' && directory[i] != '\0')
			continue;
		memcpy(path, directory, i);
		path[i] = '\0';
		if (mkdir(path, 0755) != 0 && errno != EEXIST)
			return false;
	}
	return true;
}

static int open_root(const char *directory, bool make)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	int fd = openat(AT_FDCWD, directory, flags);

	if (fd >= 0 || errno != ENOENT || !make)
		return fd;
	return make_root(directory) ? openat(AT_FDCWD, directory, flags) : -1;
}

static bool lock(int fd, int operation)
{
	int result;

	do
		result = flock(fd, operation);
	while (result != 0 && errno == EINTR);
	return result == 0;
}

enum disk_status disk_open(struct disk *disk, struct arena *arena, const char *directory, bool to_write)
{
	struct stat status;

	*disk = (struct disk){.arena = arena, .folder = -1};
	disk->root = open_root(directory, to_write);
	if (disk->root < 0) {
		if (errno == ENOENT && !to_write)
			return DISK_ABSENT;
		return failed(disk, to_write ? "create" : "open", STR(""));
	}
	if (!lock(disk->root, to_write ? LOCK_EX : LOCK_SH))
		return failed(disk, "lock", STR(""));
	if (fstat(disk->root, &status) != 0)
		return failed(disk, "open", STR(""));
	disk->device = status.st_dev;
	disk->wiped = arena_new_wiped();
	disk->buffer = arena_alloc(disk->wiped, BUFFER_SIZE);
	return DISK_OK;
}

static void leave(struct disk *disk)
{
	if (disk->folder >= 0)
		close(disk->folder); /* only names were looked up through it: nothing can be lost */
	disk->folder = -1;
}

void disk_close(struct disk *disk)
{
	leave(disk);
	if (disk->root >= 0)
		close(disk->root); /* and unlocks it */
	disk->root = -1;
	arena_free(disk->wiped);
	disk->wiped = NULL;
}

/* The folder `name` in `parent`, made when it may be. The mode of a new one does not depend on the umask. */
static int open_folder(struct disk *disk, int parent, const char *name, struct str path, bool make)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(parent, name, flags);

	if (fd >= 0 || errno != ENOENT || !make)
		return fd;
	if (mkdirat(parent, name, 0755) != 0)
		return -1;
	*(struct str *)LIST_ADD(disk->arena, &disk->made) = str_copy(disk->arena, path);
	fd = openat(parent, name, flags);
	if (fd >= 0 && fchmod(fd, 0755) != 0) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* Why a folder could not be entered. */
static enum disk_status classify(struct disk *disk, int parent, const char *name, struct str path, bool make)
{
	struct stat status;

	if (errno == ENOENT && !make)
		return DISK_ABSENT;
	if (errno != ENOTDIR && errno != ELOOP)
		return failed(disk, make ? "create" : "open", path);
	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
		return failed(disk, "open", path);
	return in_the_way(disk, S_ISLNK(status.st_mode) ? DISK_SYMLINK : DISK_OBSTACLE, path);
}

static enum disk_status walk(struct disk *disk, struct str folder, bool make)
{
	size_t end = 0;

	disk->folder = openat(disk->root, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (disk->folder < 0)
		return failed(disk, "open", STR(""));
	while (end < folder.len) {
		char name[DISK_NAME];
		struct str path;
		int next;

		for (end += end > 0; end < folder.len && folder.ptr[end] != '/';)
			end++;
		path = str_slice(folder, 0, end);
		if (!disk_name(path, name))
			return failed(disk, "open", path);
		next = open_folder(disk, disk->folder, name, path, make);
		if (next < 0)
			return classify(disk, disk->folder, name, path, make);
		leave(disk);
		disk->folder = next;
	}
	return DISK_OK;
}

enum disk_status disk_enter(struct disk *disk, struct str folder, bool make)
{
	struct stat status;
	bool known = disk->folder_path.ptr != NULL && str_equal(disk->folder_path, folder);

	if (disk->root < 0)
		return DISK_ABSENT;
	if (known && disk->folder_status != DISK_FAILED && !(make && disk->folder_status == DISK_ABSENT))
		return disk->folder_status;
	leave(disk);
	disk->folder_path = str_copy(disk->arena, folder);
	disk->folder_status = walk(disk, folder, make);
	if (disk->folder_status == DISK_OK && fstat(disk->folder, &status) != 0)
		disk->folder_status = failed(disk, "open", folder);
	if (disk->folder_status == DISK_OK)
		disk->folder_elsewhere = status.st_dev != disk->device;
	else
		leave(disk);
	return disk->folder_status;
}

/* Opens a regular file for reading; a pipe or device must not make us wait. */
static enum disk_status open_file(struct disk *disk, struct str path, int *fd, struct stat *status)
{
	char name[DISK_NAME];
	enum disk_status entered = disk_enter(disk, disk_parent(path), false);

	if (entered != DISK_OK)
		return entered;
	if (!disk_name(path, name))
		return failed(disk, "open", path);
	*fd = openat(disk->folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0) {
		if (errno == ENOENT)
			return DISK_ABSENT;
		if (errno == ELOOP)
			return in_the_way(disk, DISK_SYMLINK, path);
		if (errno == ENXIO) /* a socket */
			return in_the_way(disk, DISK_OBSTACLE, path);
		return failed(disk, "open", path);
	}
	if (fstat(*fd, status) != 0) {
		failed(disk, "read", path);
		close(*fd);
		return DISK_FAILED;
	}
	if (!S_ISREG(status->st_mode)) {
		close(*fd);
		return in_the_way(disk, DISK_OBSTACLE, path);
	}
	return DISK_OK;
}

static bool hash_fd(struct disk *disk, int fd, uint8_t hash[static HASH_BYTES])
{
	crypto_hash_sha256_state state;
	ssize_t got;

	crypto_hash_sha256_init(&state);
	for (;;) {
		got = read(fd, disk->buffer, BUFFER_SIZE);
		if (got == 0)
			break;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return false;
		crypto_hash_sha256_update(&state, disk->buffer, (size_t)got);
	}
	crypto_hash_sha256_final(&state, hash);
	return true;
}

enum disk_status disk_examine(struct disk *disk, struct str path, struct disk_file *file)
{
	struct stat status;
	int fd = -1;
	enum disk_status opened = open_file(disk, path, &fd, &status);

	if (opened != DISK_OK)
		return opened;
	file->mode = status.st_mode & 07777;
	if (!hash_fd(disk, fd, file->sha256))
		opened = failed(disk, "read", path);
	close(fd);
	return opened;
}

enum disk_status disk_read(struct disk *disk, struct str path, struct arena *arena, struct str *bytes)
{
	struct stat status;
	int fd = -1;
	enum disk_status opened = open_file(disk, path, &fd, &status);
	enum file_status read_status;

	if (opened != DISK_OK)
		return opened;
	read_status = file_read_fd(arena, fd, READ_LIMIT, bytes);
	if (read_status != FILE_OK) {
		if (read_status == FILE_TOO_LARGE)
			errno = EFBIG;
		opened = failed(disk, "read", path);
	}
	close(fd);
	return opened;
}
