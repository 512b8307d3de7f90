/* Tests of arenas, and of the end of the program when memory is exhausted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/fatal.h"
#include "base/list.h"

enum { KIB = 1024, MIB = 1024 * 1024 };

static void assert_zero(const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		assert_int_equal(bytes[i], 0);
}

static void assert_filled(const unsigned char *bytes, size_t len, unsigned char with)
{
	for (size_t i = 0; i < len; i++)
		assert_int_equal(bytes[i], with);
}

/* Many allocations of many sizes, across all kinds of blocks: zeroed, aligned, and none overlaps another. */
static void test_alloc_is_zeroed_aligned_and_apart(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	unsigned char *pieces[400];
	size_t sizes[400];
	for (size_t i = 0; i < 400; i++) {
		sizes[i] = i % 50 == 0 ? i * KIB : i * 37 % 5000;
		pieces[i] = arena_alloc(arena, sizes[i]);
		assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
		assert_zero(pieces[i], sizes[i]);
		memset(pieces[i], (int)(i % 255 + 1), sizes[i]);
	}
	for (size_t i = 0; i < 400; i++)
		assert_filled(pieces[i], sizes[i], (unsigned char)(i % 255 + 1));
	arena_free(arena);
	arena_free(NULL);
}

static void test_size_zero_has_its_own_address(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	char *a = arena_alloc(arena, 0);
	char *b = arena_array(arena, 0, 8);
	char *c = arena_array(arena, 8, 0);
	assert_non_null(a);
	assert_ptr_not_equal(a, b);
	assert_ptr_not_equal(b, c);
	arena_free(arena);
}

static void test_big_allocation_leaves_the_shared_block_in_use(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	char *before = arena_alloc(arena, 16);
	unsigned char *big = arena_alloc(arena, 3 * MIB);
	char *after = arena_alloc(arena, 16);
	assert_ptr_equal(after, before + 16);
	memset(big, 1, 3 * MIB);
	assert_zero((unsigned char *)after, 16);
	arena_free(arena);
}

static void test_grow_in_place_only_at_the_end(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	unsigned char *first = arena_alloc(arena, 10);
	memset(first, 7, 10);
	unsigned char *grown = arena_grow(arena, first, 10, 1000);
	assert_ptr_equal(grown, first);
	assert_filled(grown, 10, 7);
	assert_zero(grown + 10, 990);
	memset(grown, 7, 1000);

	unsigned char *other = arena_alloc(arena, 1);
	*other = 9;
	assert_true(other >= first + 1000);
	unsigned char *moved = arena_grow(arena, first, 1000, 2000);
	assert_ptr_not_equal(moved, first);
	assert_filled(moved, 1000, 7);
	assert_zero(moved + 1000, 1000);
	assert_filled(first, 1000, 7); /* an ordinary arena leaves the old bytes alone */
	assert_int_equal(*other, 9);

	assert_ptr_equal(arena_grow(arena, moved, 2000, 5), moved);
	assert_non_null(arena_grow(arena, NULL, 0, 5));
	arena_free(arena);
}

static void test_grow_beyond_the_block_copies(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	size_t size = 8;
	unsigned char *bytes = arena_alloc(arena, size);
	memset(bytes, 5, size);
	while (size < 5 * MIB) {
		bytes = arena_grow(arena, bytes, size, size * 2);
		assert_int_equal(bytes[0], 5);
		assert_int_equal(bytes[size - 1], 5);
		assert_zero(bytes + size, size);
		size *= 2;
		memset(bytes, 5, size);
	}
	assert_filled(bytes, size, 5);
	arena_free(arena);
}

static void test_wiped_arena_leaves_no_copy_when_growing(void **state)
{
	(void)state;
	struct arena *arena = arena_new_wiped();
	unsigned char *secret = arena_alloc(arena, 32);
	memset(secret, 0xaa, 32);
	arena_alloc(arena, 1);
	unsigned char *moved = arena_grow(arena, secret, 32, 64);
	assert_ptr_not_equal(moved, secret);
	assert_filled(moved, 32, 0xaa);
	assert_zero(moved + 32, 32);
	assert_zero(secret, 32);
	arena_free(arena);
}

/* Runs `action` in a child and compares what it says on stderr and how it ends. */
static void assert_out_of_memory(void (*action)(struct arena *))
{
	int ends[2], status;
	char said[100] = {0};
	size_t len = 0;
	ssize_t got;
	assert_int_equal(pipe(ends), 0);
	pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		if (dup2(ends[1], STDERR_FILENO) < 0 || close(ends[0]) != 0 || close(ends[1]) != 0)
			_exit(99);
		action(arena_new());
		_exit(98);
	}
	assert_int_equal(close(ends[1]), 0);
	while ((got = read(ends[0], said + len, sizeof(said) - 1 - len)) > 0)
		len += (size_t)got;
	assert_int_equal(close(ends[0]), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EXIT_SYSTEM);
	assert_string_equal(said, "hlgen: out of memory\n");
}

static void ask_overflowing_product(struct arena *arena)
{
	arena_array(arena, SIZE_MAX / 8 + 2, 8); /* wraps to 8 */
}

static void ask_overflowing_round(struct arena *arena)
{
	arena_alloc(arena, SIZE_MAX);
}

static void ask_overflowing_growth(struct arena *arena)
{
	void *last = arena_alloc(arena, 8);
	arena_grow(arena, last, 8, SIZE_MAX - 3);
}

static void ask_overflowing_buf(struct arena *arena)
{
	struct buf buf = {.arena = arena};
	buf_put(&buf, "", SIZE_MAX);
}

static void ask_overflowing_list(struct arena *arena)
{
	struct list list = {0};
	list_add(arena, &list, SIZE_MAX / 2);
}

static void test_out_of_memory_ends_with_status_3(void **state)
{
	(void)state;
	assert_out_of_memory(ask_overflowing_product);
	assert_out_of_memory(ask_overflowing_round);
	assert_out_of_memory(ask_overflowing_growth);
	assert_out_of_memory(ask_overflowing_buf);
	assert_out_of_memory(ask_overflowing_list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_alloc_is_zeroed_aligned_and_apart),
		cmocka_unit_test(test_size_zero_has_its_own_address),
		cmocka_unit_test(test_big_allocation_leaves_the_shared_block_in_use),
		cmocka_unit_test(test_grow_in_place_only_at_the_end),
		cmocka_unit_test(test_grow_beyond_the_block_copies),
		cmocka_unit_test(test_wiped_arena_leaves_no_copy_when_growing),
		cmocka_unit_test(test_out_of_memory_ends_with_status_3),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
