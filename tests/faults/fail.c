/* A library for LD_PRELOAD that lets the n-th call of one function fail, or kills the program there.
 *
 *     HLGEN_FAULT        write, fsync, syncfs, rename, openat, mkdir, unlink, close, fchmod, read, flock, malloc or any
 *     HLGEN_FAULT_AT     which call, from 1
 *     HLGEN_FAULT_KILL   when set: SIGKILL before the call, instead of an error
 *     HLGEN_FAULT_MARK   a file that is created when it happens, so that the caller knows when there are no more calls
 *
 * "rename", "mkdir" and "unlink" also count the variants that take a folder, "malloc" also calloc and realloc. "any" is
 * every function except malloc. A write that fails has written half of its bytes; a close that fails has closed. What libc
 * does inside itself (stdio) is not seen. Writes to stderr are not counted: there has to be a way to say what happened. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

/* Set once, before main(); `left` then counts down. */
static struct {
	const char *function, *mark;
	long left;
	bool kill;
} fault;

__attribute__((constructor)) static void start(void)
{
	const char *at = getenv("HLGEN_FAULT_AT");

	fault.mark = getenv("HLGEN_FAULT_MARK");
	fault.kill = getenv("HLGEN_FAULT_KILL") != NULL;
	fault.left = at != NULL ? strtol(at, NULL, 10) : 0;
	fault.function = getenv("HLGEN_FAULT");
}

static bool counted(const char *function)
{
	if (fault.function == NULL)
		return false;
	if (strcmp(fault.function, "any") == 0)
		return strcmp(function, "malloc") != 0;
	return strcmp(fault.function, function) == 0;
}

/* True when this call is the one; then errno is `error`. */
static bool fails(const char *function, int error)
{
	long fd;

	if (fault.left <= 0 || !counted(function) || --fault.left > 0)
		return false;
	if (fault.mark != NULL) {
		fd = syscall(SYS_openat, AT_FDCWD, fault.mark, O_WRONLY | O_CREAT, 0600);
		if (fd >= 0)
			syscall(SYS_close, fd);
	}
	if (fault.kill)
		raise(SIGKILL);
	errno = error;
	return true;
}

ssize_t write(int fd, const void *bytes, size_t len)
{
	if (fd != STDERR_FILENO && fails("write", ENOSPC)) {
		syscall(SYS_write, fd, bytes, len / 2);
		errno = ENOSPC;
		return -1;
	}
	return syscall(SYS_write, fd, bytes, len);
}

ssize_t read(int fd, void *bytes, size_t len)
{
	return fails("read", EIO) ? -1 : syscall(SYS_read, fd, bytes, len);
}

int fsync(int fd)
{
	return fails("fsync", EIO) ? -1 : (int)syscall(SYS_fsync, fd);
}

int syncfs(int fd)
{
	return fails("syncfs", EIO) ? -1 : (int)syscall(SYS_syncfs, fd);
}

int flock(int fd, int operation)
{
	return fails("flock", ENOLCK) ? -1 : (int)syscall(SYS_flock, fd, operation);
}

int renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	return fails("rename", EACCES) ? -1 : (int)syscall(SYS_renameat2, from_fd, from, to_fd, to, 0);
}

int rename(const char *from, const char *to)
{
	return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

int mkdirat(int fd, const char *path, mode_t mode)
{
	return fails("mkdir", ENOSPC) ? -1 : (int)syscall(SYS_mkdirat, fd, path, mode);
}

int mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

int unlinkat(int fd, const char *path, int flags)
{
	return fails("unlink", EACCES) ? -1 : (int)syscall(SYS_unlinkat, fd, path, flags);
}

int unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

int fchmod(int fd, mode_t mode)
{
	return fails("fchmod", EPERM) ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int close(int fd)
{
	bool failed = fails("close", EIO);
	int result = (int)syscall(SYS_close, fd);

	if (!failed)
		return result;
	errno = EIO;
	return -1;
}

static int open_common(int fd, const char *path, int flags, mode_t mode)
{
	return fails("openat", EMFILE) ? -1 : (int)syscall(SYS_openat, fd, path, flags, mode);
}

int openat(int fd, const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return open_common(fd, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
	va_list arguments;
	mode_t mode;

	va_start(arguments, flags);
	mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return open_common(AT_FDCWD, path, flags, mode);
}

void *malloc(size_t size)
{
	return fails("malloc", ENOMEM) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return fails("malloc", ENOMEM) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	return fails("malloc", ENOMEM) ? NULL : __libc_realloc(old, size);
}
