/* Tests of places in a text: lines, columns, line ends, long lines. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "diag/source.h"

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct source *source_of(struct str bytes)
{
	return source_new(arena, STR("site.yaml"), bytes);
}

static void assert_position(const struct source *source, uint32_t offset, uint32_t line, uint32_t column)
{
	struct source_position position = source_position(source, offset);
	assert_int_equal(position.line, line);
	assert_int_equal(position.column, column);
}

static void assert_line(const struct source *source, uint32_t line, const char *text)
{
	struct str found = source_line(source, line);
	assert_int_equal(found.len, strlen(text));
	assert_memory_equal(found.ptr, text, found.len);
}

static void test_lines(void **state)
{
	(void)state;
	struct source *source = source_of(STR("one\ntwo\n\nfour"));
	assert_position(source, 0, 1, 1);
	assert_position(source, 2, 1, 3);
	assert_position(source, 3, 1, 4); /* the line end belongs to its line */
	assert_position(source, 4, 2, 1);
	assert_position(source, 8, 3, 1);
	assert_position(source, 9, 4, 1);
	assert_position(source, 13, 4, 5);
	assert_position(source, 99, 4, 5); /* behind the end is the end */
	assert_line(source, 1, "one");
	assert_line(source, 2, "two");
	assert_line(source, 3, "");
	assert_line(source, 4, "four");
	assert_line(source, 5, "");
	assert_line(source, 0, "");
}

static void test_line_ends(void **state)
{
	(void)state;
	struct source *source = source_of(STR("a\r\nb\rc\n\rd\r\n"));
	assert_int_equal(source->lines.count, 6);
	assert_line(source, 1, "a");
	assert_line(source, 2, "b");
	assert_line(source, 3, "c");
	assert_line(source, 4, "");
	assert_line(source, 5, "d");
	assert_line(source, 6, "");
	assert_position(source, 3, 2, 1);
	assert_position(source, 5, 3, 1);
	assert_position(source, 8, 5, 1);
	assert_position(source, 11, 6, 1);
}

static void test_empty(void **state)
{
	(void)state;
	struct source *source = source_of((struct str){NULL, 0});
	assert_position(source, 0, 1, 1);
	assert_line(source, 1, "");
}

static void test_byte_order_mark(void **state)
{
	(void)state;
	struct source *source = source_of(STR("\xEF\xBB\xBF" "ab\nc"));
	assert_position(source, 0, 1, 1);
	assert_position(source, 3, 1, 1);
	assert_position(source, 4, 1, 2);
	assert_position(source, 6, 2, 1);
	assert_line(source, 1, "ab");
}

static void test_columns_are_characters(void **state)
{
	(void)state;
	struct source *source = source_of(STR("\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80x\xFFy"));
	assert_position(source, 2, 1, 2);
	assert_position(source, 3, 1, 2); /* inside a character: the character */
	assert_position(source, 5, 1, 3);
	assert_position(source, 9, 1, 4);
	assert_position(source, 10, 1, 5);
	assert_position(source, 11, 1, 6); /* a byte that is not UTF-8 is one character */
}

/* Columns of a long line are counted from marks on the way; they must not depend on where those are. */
static void test_long_line(void **state)
{
	(void)state;
	enum { PAIRS = 10000 };
	char *text = arena_alloc(arena, 3 * PAIRS + 3);
	text[0] = 'a';
	text[1] = '\n';
	for (size_t i = 0; i < PAIRS; i++) {
		memcpy(text + 2 + 3 * i, "\xC3\xA9-", 3);
	}
	struct source *source = source_of((struct str){text, 3 * PAIRS + 2});
	assert_int_equal(source->lines.count, 2);
	for (uint32_t i = 0; i < PAIRS; i++) {
		assert_position(source, 2 + 3 * i, 2, 2 * i + 1);
		assert_position(source, 4 + 3 * i, 2, 2 * i + 2);
	}
}

static void test_public_keys_are_sorted(void **state)
{
	(void)state;
	struct source *source = source_of(STR("0123456789"));
	source_show_key(arena, (struct span){source, 4, 5});
	source_show_key(arena, (struct span){source, 8, 9});
	source_show_key(arena, (struct span){source, 1, 2});
	source_show_key(arena, (struct span){NULL, 0, 2});
	source_show_key(arena, (struct span){source, 6, 7});
	assert_int_equal(source->public_keys.count, 4);
	static const uint32_t starts[] = {1, 4, 6, 8};
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(source->public_keys.items[i].start, starts[i]);
	}
}

static void test_join(void **state)
{
	(void)state;
	struct source *source = source_of(STR("0123456789"));
	struct span joined = span_join((struct span){source, 1, 3}, (struct span){source, 5, 8});
	assert_ptr_equal(joined.source, source);
	assert_int_equal(joined.start, 1);
	assert_int_equal(joined.end, 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_line_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_empty, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_byte_order_mark, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_columns_are_characters, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_public_keys_are_sorted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_join, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
