/* Tests of borrowed strings. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <limits.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

static const struct str nothing = {NULL, 0};

static void assert_str(struct str s, const char *text)
{
	assert_int_equal(s.len, strlen(text));
	assert_memory_equal(s.ptr, text, s.len);
}

static void test_equal(void **state)
{
	(void)state;
	assert_true(str_equal(STR("abc"), str_of("abc")));
	assert_false(str_equal(STR("abc"), STR("abd")));
	assert_false(str_equal(STR("abc"), STR("ab")));
	assert_true(str_equal(STR("a\0b"), STR("a\0b")));
	assert_false(str_equal(STR("a\0b"), STR("a\0c")));
	assert_true(str_equal(STR(""), nothing));
	assert_true(str_equal(nothing, nothing));
	assert_false(str_equal(nothing, STR("a")));
}

static void test_equal_nocase(void **state)
{
	(void)state;
	assert_true(str_equal_nocase(STR("Example.COM"), STR("eXAMPLE.com")));
	assert_true(str_equal_nocase(STR("AZaz09"), STR("azAZ09")));
	assert_false(str_equal_nocase(STR("@"), STR("`")));  /* around the letters only one bit differs, too */
	assert_false(str_equal_nocase(STR("["), STR("{")));
	assert_false(str_equal_nocase(STR("\xc3\x84"), STR("\xc3\xa4")));
	assert_false(str_equal_nocase(STR("a"), STR("ab")));
	assert_true(str_equal_nocase(nothing, STR("")));
}

static int sign(int order)
{
	return (order > 0) - (order < 0);
}

static void test_compare(void **state)
{
	(void)state;
	assert_int_equal(sign(str_compare(STR("a"), STR("b"))), -1);
	assert_int_equal(sign(str_compare(STR("b"), STR("a"))), 1);
	assert_int_equal(sign(str_compare(STR("a"), STR("a"))), 0);
	assert_int_equal(sign(str_compare(STR("a"), STR("ab"))), -1);
	assert_int_equal(sign(str_compare(STR("ab"), STR("a"))), 1);
	assert_int_equal(sign(str_compare(STR("Z"), STR("a"))), -1);
	assert_int_equal(sign(str_compare(STR("\xff"), STR("a"))), 1);
	assert_int_equal(sign(str_compare(nothing, STR(""))), 0);
	assert_int_equal(sign(str_compare(nothing, STR("a"))), -1);
	assert_int_equal(sign(str_compare(STR("a"), nothing)), 1);
}

static void test_starts_and_ends(void **state)
{
	(void)state;
	assert_true(str_starts(STR("wg0.conf"), STR("wg0")));
	assert_true(str_starts(STR("wg0"), STR("wg0")));
	assert_false(str_starts(STR("wg"), STR("wg0")));
	assert_false(str_starts(STR("xwg0"), STR("wg0")));
	assert_true(str_starts(STR("x"), nothing));
	assert_true(str_starts(nothing, nothing));
	assert_true(str_ends(STR("wg0.conf"), STR(".conf")));
	assert_true(str_ends(STR(".conf"), STR(".conf")));
	assert_false(str_ends(STR("conf"), STR(".conf")));
	assert_false(str_ends(STR("wg0.conf~"), STR(".conf")));
	assert_true(str_ends(nothing, STR("")));
}

static void test_slice(void **state)
{
	(void)state;
	struct str s = STR("abcdef");
	assert_str(str_slice(s, 1, 3), "bc");
	assert_str(str_slice(s, 0, 6), "abcdef");
	assert_str(str_slice(s, 4, SIZE_MAX), "ef");
	assert_str(str_slice(s, 6, 6), "");
	assert_str(str_slice(s, 7, 9), "");
	assert_str(str_slice(s, 4, 2), "");
	assert_ptr_equal(str_slice(s, SIZE_MAX, SIZE_MAX).ptr, s.ptr + 6);
	assert_str(str_slice(nothing, 1, 2), "");
}

static void test_trim(void **state)
{
	(void)state;
	assert_str(str_trim(STR(" \t a b\t ")), "a b");
	assert_str(str_trim(STR("ab")), "ab");
	assert_str(str_trim(STR(" \t ")), "");
	assert_str(str_trim(STR("\na ")), "\na");
	assert_int_equal(str_trim(nothing).len, 0);
}

static void test_find(void **state)
{
	(void)state;
	assert_int_equal(str_find(STR("a=b=c"), '='), 1);
	assert_int_equal(str_find(STR("abc"), 'a'), 0);
	assert_int_equal(str_find(STR("abc"), '='), 3);
	assert_int_equal(str_find(str_slice(STR("abc="), 0, 3), '='), 3);
	assert_int_equal(str_find(STR("a\xff"), '\xff'), 1);
	assert_int_equal(str_find(nothing, 'a'), 0);
}

static void test_copy_and_format(void **state)
{
	(void)state;
	struct arena *arena = arena_new();
	char text[] = "abcdef";
	struct str copy = str_copy(arena, (struct str){text, 3});
	text[0] = 'X';
	assert_int_equal(copy.len, 3);
	assert_string_equal(copy.ptr, "abc");
	assert_string_equal(str_copy(arena, nothing).ptr, "");
	struct str binary = str_copy(arena, STR("a\0b"));
	assert_int_equal(binary.len, 3);
	assert_memory_equal(binary.ptr, "a\0b", 4);

	struct str made = str_format(arena, "%.*s/%u%s", STR_ARG(copy), 24u, "!");
	assert_int_equal(made.len, 7);
	assert_string_equal(made.ptr, "abc/24!");
	assert_int_equal(str_format(arena, "%s", "").len, 0);
	struct str wide = str_format(arena, "%*d", 100000, 1);
	assert_int_equal(wide.len, 100000);
	assert_int_equal(wide.ptr[99998], ' ');
	assert_string_equal(wide.ptr + 99999, "1");
	arena_free(arena);
}

static void assert_number(const char *text, unsigned long long max, unsigned long long expected)
{
	unsigned long long number = 0;
	assert_true(str_to_number(str_of(text), max, &number));
	assert_true(number == expected);
}

static void assert_no_number(struct str text, unsigned long long max)
{
	unsigned long long number = 77;
	assert_false(str_to_number(text, max, &number));
	assert_true(number == 77);
}

static void test_to_number(void **state)
{
	(void)state;
	assert_number("0", 0, 0);
	assert_number("7", 7, 7);
	assert_number("65535", 65535, 65535);
	assert_number("18446744073709551615", ULLONG_MAX, ULLONG_MAX);
	assert_no_number(STR("1"), 0);
	assert_no_number(STR("8"), 7);
	assert_no_number(STR("65536"), 65535);
	assert_no_number(STR("655350"), 65535);
	assert_no_number(STR("18446744073709551616"), ULLONG_MAX);
	assert_no_number(STR("99999999999999999999"), ULLONG_MAX);
	assert_no_number(nothing, 9);
	assert_no_number(STR(""), 9);
	assert_no_number(STR("00"), 9);
	assert_no_number(STR("01"), 9);
	assert_no_number(STR("+1"), 9);
	assert_no_number(STR("-1"), 9);
	assert_no_number(STR(" 1"), 9);
	assert_no_number(STR("1 "), 9);
	assert_no_number(STR("0x1"), 99);
	assert_no_number(STR("1\0"), 99);
	assert_no_number(STR("1e1"), 99);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal),           cmocka_unit_test(test_equal_nocase),
		cmocka_unit_test(test_compare),         cmocka_unit_test(test_starts_and_ends),
		cmocka_unit_test(test_slice),           cmocka_unit_test(test_trim),
		cmocka_unit_test(test_find),            cmocka_unit_test(test_copy_and_format),
		cmocka_unit_test(test_to_number),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
