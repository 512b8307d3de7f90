/* Tests of the growing buffers and lists. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/list.h"

typedef LIST(uint32_t) number_list;

static void test_list(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	number_list list = {0};
	for (uint32_t i = 0; i < 100000; i++) {
		uint32_t *item = LIST_ADD(arena, &list);
		assert_int_equal(*item, 0);
		*item = i * 3;
	}
	assert_int_equal(list.count, 100000);
	assert_true(list.capacity >= list.count);
	for (uint32_t i = 0; i < 100000; i++)
		assert_int_equal(list.items[i], i * 3);
	list.count = 10; /* taking elements away is allowed, and what comes back is zero again */
	uint32_t *again = LIST_ADD(arena, &list);
	assert_ptr_equal(again, &list.items[10]);
	assert_int_equal(*again, 0);
	arena_free(arena);
}

static void assert_buf(const struct buf *buf, const char *text)
{
	struct str view = buf_view(buf);
	assert_int_equal(view.len, strlen(text));
	assert_memory_equal(view.ptr, text, view.len);
}

static void test_buf(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct buf buf = {.arena = arena};
	assert_buf(&buf, "");
	buf_put(&buf, NULL, 0);
	buf_str(&buf, (struct str){NULL, 0});
	buf_printf(&buf, "%s", "");
	assert_buf(&buf, "");
	buf_put(&buf, "abc", 2);
	buf_char(&buf, '-');
	buf_str(&buf, STR("xyz"));
	buf_printf(&buf, "[%d|%.*s]", -5, STR_ARG(STR("hello")));
	assert_buf(&buf, "ab-xyz[-5|hello]");
	arena_free(arena);
}

/* Every remaining room from plenty to none, so that the terminating NUL of printf falls on every place. */
static void test_buf_printf_at_every_room(void **state)
{
	(void)state;
	for (size_t filled = 0; filled < 130; filled++) {
		struct arena *arena = arena_new();
		struct buf buf = {.arena = arena};
		char expected[200];
		for (size_t i = 0; i < filled; i++)
			buf_char(&buf, '.');
		buf_printf(&buf, "%s=%04d", "key", 42);
		buf_char(&buf, ';');
		memset(expected, '.', filled);
		memcpy(expected + filled, "key=0042;", 10);
		assert_buf(&buf, expected);
		arena_free(arena);
	}
}

static void test_buf_large(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	struct buf buf = {.arena = arena};
	for (int i = 0; i < 100000; i++) {
		buf_printf(&buf, "%06d", i);
		if (i % 1000 == 0)
			arena_alloc(arena, 1); /* forces a copy at the next growth */
	}
	assert_int_equal(buf.len, 600000);
	for (size_t i = 0; i < 100000; i++) {
		char digits[7] = {0};
		memcpy(digits, buf.ptr + 6 * i, 6);
		assert_int_equal(strtol(digits, NULL, 10), i);
	}
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_buf),
		cmocka_unit_test(test_buf_printf_at_every_room),
		cmocka_unit_test(test_buf_large),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
