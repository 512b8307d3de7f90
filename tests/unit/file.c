/* Tests of reading and writing files: limits, kinds of files, interrupted and short transfers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"

enum { MIB = 1024 * 1024, NO_LIMIT = 64 * MIB };

struct place {
	struct arena *arena;
	char path[40];
	int dir;
};

static int make_place(void **state)
{
	struct place *place = calloc(1, sizeof(*place));
	if (!place)
		return -1;
	memcpy(place->path, "/tmp/hlgen-test-XXXXXX", 23);
	if (!mkdtemp(place->path))
		return -1;
	place->dir = open(place->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	place->arena = arena_new();
	*state = place;
	return place->dir < 0 ? -1 : 0;
}

static int remove_place(void **state)
{
	static const char *const names[] = {"file", "link", "loop", "pipe"};
	struct place *place = *state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (unlinkat(place->dir, names[i], 0) != 0 && errno != ENOENT)
			return -1;
	int failed = close(place->dir) | rmdir(place->path);
	arena_free(place->arena);
	free(place);
	return failed;
}

static void make_file(const struct place *place, struct str content)
{
	int fd = openat(place->dir, "file", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_true(file_write_fd(fd, content));
	assert_int_equal(close(fd), 0);
}

static struct str pattern(struct arena *arena, size_t len)
{
	char *bytes = arena_alloc(arena, len);
	for (size_t i = 0; i < len; i++)
		bytes[i] = (char)(i * 7 % 251);
	return (struct str){bytes, len};
}

static void assert_read(const struct place *place, const char *path, size_t limit, struct str content)
{
	struct str bytes = STR("before");
	assert_int_equal(file_read(place->arena, place->dir, path, limit, &bytes), FILE_OK);
	assert_int_equal(bytes.len, content.len);
	assert_memory_equal(bytes.ptr, content.ptr, content.len);
	assert_int_equal(bytes.ptr[bytes.len], '\0');
}

static void assert_not_read(const struct place *place, const char *path, size_t limit, enum file_status status,
                            int reason)
{
	struct str bytes = STR("before");
	errno = 0;
	assert_int_equal(file_read(place->arena, place->dir, path, limit, &bytes), status);
	if (reason != 0)
		assert_int_equal(errno, reason);
	assert_int_equal(bytes.len, 0);
}

static void test_sizes(void **state)
{
	struct place *place = *state;
	static const size_t sizes[] = {0, 1, 62, 63, 64, 65, 4095, 4096, 4097, 65536, 3 * MIB + 1};
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct str content = pattern(place->arena, sizes[i]);
		make_file(place, content);
		assert_read(place, "file", NO_LIMIT, content);
		assert_read(place, "file", sizes[i], content);
		if (sizes[i] > 0)
			assert_not_read(place, "file", sizes[i] - 1, FILE_TOO_LARGE, 0);
	}
}

static void test_paths(void **state)
{
	struct place *place = *state;
	make_file(place, STR("hello"));
	assert_int_equal(symlinkat("file", place->dir, "link"), 0);
	assert_int_equal(symlinkat("loop", place->dir, "loop"), 0);
	assert_read(place, "link", NO_LIMIT, STR("hello"));
	struct str bytes;
	struct str absolute = str_format(place->arena, "%s/file", place->path);
	assert_int_equal(file_read(place->arena, AT_FDCWD, absolute.ptr, NO_LIMIT, &bytes), FILE_OK);
	assert_true(str_equal(bytes, STR("hello")));
	assert_not_read(place, "absent", NO_LIMIT, FILE_ABSENT, ENOENT);
	assert_not_read(place, "", NO_LIMIT, FILE_ABSENT, ENOENT);
	assert_not_read(place, "file/below", NO_LIMIT, FILE_ABSENT, ENOTDIR);
	assert_not_read(place, "loop", NO_LIMIT, FILE_FAILED, ELOOP);
	assert_not_read(place, ".", NO_LIMIT, FILE_FAILED, EISDIR);
	assert_not_read(place, "/dev/null", NO_LIMIT, FILE_FAILED, EINVAL);
}

static void test_no_descriptor_is_left_open(void **state)
{
	struct place *place = *state;
	int before = dup(place->dir);
	assert_int_equal(close(before), 0);
	make_file(place, STR("hello"));
	assert_read(place, "file", NO_LIMIT, STR("hello"));
	assert_not_read(place, "file", 1, FILE_TOO_LARGE, 0);
	assert_not_read(place, ".", NO_LIMIT, FILE_FAILED, EISDIR);
	int after = dup(place->dir);
	assert_int_equal(close(after), 0);
	assert_int_equal(after, before);
}

/* /proc says 0 bytes for every file. */
static void test_size_is_only_a_hint(void **state)
{
	struct place *place = *state;
	struct str bytes;
	assert_int_equal(file_read(place->arena, AT_FDCWD, "/proc/self/status", NO_LIMIT, &bytes), FILE_OK);
	assert_true(str_starts(bytes, STR("Name:")));
	assert_true(bytes.len > 64);
	assert_int_equal(file_read(place->arena, AT_FDCWD, "/proc/self/status", 5, &bytes), FILE_TOO_LARGE);
}

static void pause_shortly(void)
{
	struct timespec pause = {0, 10 * 1000 * 1000};
	nanosleep(&pause, NULL);
}

static void on_signal(int number)
{
	(void)number; /* to interrupt is all it has to do */
}

static void interruptible(void)
{
	struct sigaction action = {.sa_handler = on_signal}; /* without SA_RESTART */
	assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
	action.sa_handler = SIG_IGN;
	assert_int_equal(sigaction(SIGPIPE, &action, NULL), 0);
}

static void disturb(pid_t whom)
{
	for (int i = 0; i < 3; i++) {
		pause_shortly();
		if (kill(whom, SIGUSR1) != 0)
			_exit(90);
	}
	pause_shortly();
}

static void assert_child_succeeded(pid_t child)
{
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* The writer comes late, in pieces, and interrupts the open and the reads of its parent. */
static void test_fifo_and_interrupted_read(void **state)
{
	struct place *place = *state;
	struct str content = pattern(place->arena, 200001);
	interruptible();
	assert_int_equal(mkfifoat(place->dir, "pipe", 0600), 0);
	pid_t parent = getpid(), child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		disturb(parent);
		int fd = openat(place->dir, "pipe", O_WRONLY);
		if (fd < 0 || !file_write_fd(fd, str_slice(content, 0, 10)))
			_exit(91);
		disturb(parent);
		_exit(file_write_fd(fd, str_slice(content, 10, content.len)) ? 0 : 92);
	}
	assert_read(place, "pipe", NO_LIMIT, content);
	assert_child_succeeded(child);
}

static void test_read_fd_and_its_limit(void **state)
{
	struct place *place = *state;
	for (size_t limit = 9999; limit <= 10001; limit++) {
		int ends[2];
		struct str bytes, content = pattern(place->arena, 10000);
		assert_int_equal(pipe(ends), 0);
		assert_true(file_write_fd(ends[1], content));
		assert_int_equal(close(ends[1]), 0);
		enum file_status status = file_read_fd(place->arena, ends[0], limit, &bytes);
		assert_int_equal(close(ends[0]), 0);
		if (limit < 10000) {
			assert_int_equal(status, FILE_TOO_LARGE);
			continue;
		}
		assert_int_equal(status, FILE_OK);
		assert_int_equal(bytes.len, content.len);
		assert_memory_equal(bytes.ptr, content.ptr, content.len);
	}
	struct str bytes;
	assert_int_equal(file_read_fd(place->arena, -1, NO_LIMIT, &bytes), FILE_FAILED);
	assert_int_equal(errno, EBADF);
	assert_int_equal(file_read_fd(place->arena, place->dir, NO_LIMIT, &bytes), FILE_FAILED);
	assert_int_equal(errno, EISDIR);
}

/* More than a pipe holds, with signals while it is full: writes are interrupted and cut short. */
static void test_interrupted_and_short_write(void **state)
{
	struct place *place = *state;
	struct str content = pattern(place->arena, MIB);
	int ends[2];
	interruptible();
	assert_int_equal(pipe(ends), 0);
	pid_t parent = getpid(), child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		char some[5000];
		struct str bytes;
		close(ends[1]);
		disturb(parent);
		ssize_t got = read(ends[0], some, sizeof(some));
		if (got <= 0 || memcmp(some, content.ptr, (size_t)got) != 0)
			_exit(91);
		disturb(parent);
		if (file_read_fd(place->arena, ends[0], NO_LIMIT, &bytes) != FILE_OK)
			_exit(92);
		_exit(str_equal(bytes, str_slice(content, (size_t)got, content.len)) ? 0 : 93);
	}
	assert_int_equal(close(ends[0]), 0);
	assert_true(file_write_fd(ends[1], content));
	assert_int_equal(close(ends[1]), 0);
	assert_child_succeeded(child);
}

static void test_write_failures(void **state)
{
	(void)state;
	int ends[2];
	interruptible();
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(close(ends[0]), 0);
	errno = 0;
	assert_false(file_write_fd(ends[1], STR("x")));
	assert_int_equal(errno, EPIPE);
	assert_int_equal(close(ends[1]), 0);

	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	assert_true(full >= 0);
	assert_false(file_write_fd(full, STR("x")));
	assert_int_equal(errno, ENOSPC);
	assert_true(file_write_fd(full, STR(""))); /* nothing to do is no failure */
	assert_int_equal(close(full), 0);
	assert_false(file_write_fd(-1, STR("x")));
	assert_int_equal(errno, EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sizes, make_place, remove_place),
		cmocka_unit_test_setup_teardown(test_paths, make_place, remove_place),
		cmocka_unit_test_setup_teardown(test_no_descriptor_is_left_open, make_place, remove_place),
		cmocka_unit_test_setup_teardown(test_size_is_only_a_hint, make_place, remove_place),
		cmocka_unit_test_setup_teardown(test_fifo_and_interrupted_read, make_place, remove_place),
		cmocka_unit_test_setup_teardown(test_read_fd_and_its_limit, make_place, remove_place),
		cmocka_unit_test_setup_teardown(test_interrupted_and_short_write, make_place, remove_place),
		cmocka_unit_test(test_write_failures),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
