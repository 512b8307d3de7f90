/* Whole-file reading and writing on top of the system calls. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

enum { SMALLEST_ROOM = 64, PIPE_ROOM = 4096 };

static ssize_t read_some(int fd, char *into, size_t room)
{
	ssize_t got;
	do {
		got = read(fd, into, room);
	} while (got < 0 && errno == EINTR);
	return got;
}

/* Reads to the end, starting with `room` bytes (not 0). Growing leaves no copies of secrets in a wiped arena. */
static enum file_status read_all(struct arena *arena, int fd, size_t room, size_t limit, struct str *bytes)
{
	char *text = arena_alloc(arena, room);
	size_t len = 0;
	for (;;) {
		ssize_t got = read_some(fd, text + len, room - len);
		if (got < 0)
			return FILE_FAILED;
		if (got == 0)
			break;
		len += (size_t)got;
		if (len > limit)
			return FILE_TOO_LARGE;
		if (len == room) {
			text = arena_grow(arena, text, room, room * 2);
			room *= 2;
		}
	}
	text[len] = '\0';
	*bytes = (struct str){text, len};
	return FILE_OK;
}

enum file_status file_read_fd(struct arena *arena, int fd, size_t limit, struct str *bytes)
{
	*bytes = STR("");
	return read_all(arena, fd, PIPE_ROOM, limit, bytes);
}

/* Reads an open file of any kind that has an end. Its size is a hint only: it may change while it is read. */
static enum file_status read_open(struct arena *arena, int fd, size_t limit, struct str *bytes)
{
	struct stat st;
	if (fstat(fd, &st) != 0)
		return FILE_FAILED;
	if (S_ISFIFO(st.st_mode))
		return read_all(arena, fd, PIPE_ROOM, limit, bytes);
	if (!S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return FILE_FAILED;
	}
	if ((unsigned long long)st.st_size > limit)
		return FILE_TOO_LARGE;
	size_t room = (size_t)st.st_size + 1;
	return read_all(arena, fd, room < SMALLEST_ROOM ? SMALLEST_ROOM : room, limit, bytes);
}

enum file_status file_read(struct arena *arena, int dirfd, const char *path, size_t limit, struct str *bytes)
{
	int fd;
	*bytes = STR("");
	do {
		fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	} while (fd < 0 && errno == EINTR);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? FILE_ABSENT : FILE_FAILED;
	enum file_status status = read_open(arena, fd, limit, bytes);
	int reason = errno;
	(void)close(fd); /* nothing was written: a failure loses nothing */
	errno = reason;
	return status;
}

bool file_write_fd(int fd, struct str bytes)
{
	size_t done = 0;
	while (done < bytes.len) {
		ssize_t put = write(fd, bytes.ptr + done, bytes.len - done);
		if (put > 0) {
			done += (size_t)put;
		} else if (put == 0) {
			errno = EIO; /* no progress and no reason: do not try for ever */
			return false;
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}
