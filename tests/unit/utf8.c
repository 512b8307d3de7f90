/* Tests of UTF-8 decoding and of display widths. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/utf8.h"

static void assert_decodes(struct str s, uint32_t expected)
{
	uint32_t codepoint = 0xabcdef;
	assert_int_equal(utf8_decode(s, 0, &codepoint), s.len);
	assert_int_equal(codepoint, expected);
	for (size_t len = 1; len < s.len; len++) { /* cut off anywhere it is invalid */
		struct str cut = {s.ptr, len};
		assert_int_equal(utf8_decode(cut, 0, &codepoint), 0);
		assert_int_equal(utf8_invalid_at(cut), 0);
	}
}

static void test_lengths_at_their_limits(void **state)
{
	(void)state;
	assert_decodes(STR("\0"), 0);
	assert_decodes(STR("\x7f"), 0x7f);
	assert_decodes(STR("\xc2\x80"), 0x80);
	assert_decodes(STR("\xdf\xbf"), 0x7ff);
	assert_decodes(STR("\xe0\xa0\x80"), 0x800);
	assert_decodes(STR("\xed\x9f\xbf"), 0xd7ff);
	assert_decodes(STR("\xee\x80\x80"), 0xe000);
	assert_decodes(STR("\xef\xbf\xbf"), 0xffff);
	assert_decodes(STR("\xf0\x90\x80\x80"), 0x10000);
	assert_decodes(STR("\xf4\x8f\xbf\xbf"), 0x10ffff);
}

static void assert_invalid(struct str s)
{
	uint32_t codepoint;
	assert_int_equal(utf8_decode(s, 0, &codepoint), 0);
}

static void test_invalid(void **state)
{
	(void)state;
	assert_invalid(STR(""));
	assert_invalid((struct str){NULL, 0});
	assert_invalid(STR("\x80"));                 /* a continuation without a start */
	assert_invalid(STR("\xbf"));
	assert_invalid(STR("\xc0\x80"));             /* overlong */
	assert_invalid(STR("\xc1\xbf"));
	assert_invalid(STR("\xe0\x80\x80"));
	assert_invalid(STR("\xe0\x9f\xbf"));
	assert_invalid(STR("\xf0\x80\x80\x80"));
	assert_invalid(STR("\xf0\x8f\xbf\xbf"));
	assert_invalid(STR("\xed\xa0\x80"));         /* surrogates */
	assert_invalid(STR("\xed\xbf\xbf"));
	assert_invalid(STR("\xf4\x90\x80\x80"));     /* above U+10FFFF */
	assert_invalid(STR("\xf7\xbf\xbf\xbf"));
	assert_invalid(STR("\xf8\x88\x80\x80\x80")); /* never a start */
	assert_invalid(STR("\xfe"));
	assert_invalid(STR("\xff"));
	assert_invalid(STR("\xc2" "a"));             /* no continuation */
	assert_invalid(STR("\xe2\x82" "a"));
	assert_invalid(STR("\xe2" "a\x82"));
	assert_invalid(STR("\xf0\x9f\x98" "a"));
}

static void test_decode_at(void **state)
{
	(void)state;
	struct str s = STR("a\xc3\xa4\xe2\x82\xac");
	uint32_t codepoint = 0;
	assert_int_equal(utf8_decode(s, 1, &codepoint), 2);
	assert_int_equal(codepoint, 0xe4);
	assert_int_equal(utf8_decode(s, 2, &codepoint), 0);
	assert_int_equal(utf8_decode(s, 3, &codepoint), 3);
	assert_int_equal(codepoint, 0x20ac);
	assert_int_equal(utf8_decode(s, 6, &codepoint), 0);
	assert_int_equal(utf8_decode(s, SIZE_MAX, &codepoint), 0);
}

static void test_invalid_at(void **state)
{
	(void)state;
	assert_int_equal(utf8_invalid_at(STR("")), 0);
	assert_int_equal(utf8_invalid_at(STR("a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80")), 10);
	assert_int_equal(utf8_invalid_at(STR("a\xc3\xa4\xc3")), 3);
	assert_int_equal(utf8_invalid_at(STR("a\xff" "b\xff")), 1);
	assert_int_equal(utf8_invalid_at(STR("ab\0c")), 4);
}

static void assert_widths(const uint32_t *codepoints, size_t count, int width)
{
	for (size_t i = 0; i < count; i++)
		if (utf8_width(codepoints[i]) != width)
			fail_msg("U+%04X is not %d wide", (unsigned)codepoints[i], width);
}

static void test_width(void **state)
{
	(void)state;
	static const uint32_t none[] = {
		0x00ad, 0x0300, 0x036f, 0x0483, 0x0591, 0x064b, 0x0e31, 0x1160, 0x11ff, 0x200b, 0x200d, 0x200f, 0x20d0,
		0x20e3, 0x302a, 0x3099, 0xd7b0, 0xfe00, 0xfe0f, 0xfe20, 0xfeff, 0x1d167, 0xe0001, 0xe0100, 0xe01ef,
	};
	static const uint32_t narrow[] = {
		0x20, 'a', 0x7e, 0xa0, 0xe4, 0x2ff, 0x370, 0x410, 0x5d0, 0x600, 0x6dd, 0xe01, 0x1e9e, 0x2010, 0x2026,
		0x20ac, 0x2190, 0x2500, 0x2588, 0x2600, 0x303f, 0xff61, 0xffdc, 0xfffd, 0x10000, 0x1d400, 0x1f1e6,
		0x1f90b, 0xe000, 0x10ffff,
		0x00, 0x0a, 0x1b, 0x7f, 0x9b, 0x2028, 0x2029, 0x202e, 0x2066, /* shown as '?' */
	};
	static const uint32_t twice[] = {
		0x1100, 0x115f, 0x231a, 0x2329, 0x23f0, 0x2614, 0x26a1, 0x2705, 0x2728, 0x274c, 0x2b50, 0x2e80, 0x3000,
		0x3001, 0x3042, 0x30ab, 0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xa000, 0xa960, 0xac00, 0xd7a3, 0xf900, 0xfe30,
		0xff01, 0xff60, 0xffe0, 0xffe6, 0x1f004, 0x1f300, 0x1f525, 0x1f600, 0x1f64f, 0x1f680, 0x1f90c, 0x1fa70,
		0x1faff, 0x20000, 0x2fffd, 0x30000, 0x3fffd,
	};
	assert_widths(none, sizeof(none) / sizeof(none[0]), 0);
	assert_widths(narrow, sizeof(narrow) / sizeof(narrow[0]), 1);
	assert_widths(twice, sizeof(twice) / sizeof(twice[0]), 2);
}

/* The sizes of both tables as they were made from the Unicode 14 database: they notice a lost or damaged range, or
 * one out of order, which the binary search would miss. */
static void test_width_sums(void **state)
{
	(void)state;
	uint32_t counts[3] = {0};
	for (uint32_t codepoint = 0; codepoint <= 0x10ffff; codepoint++) {
		int width = utf8_width(codepoint);
		assert_in_range(width, 0, 2);
		counts[width]++;
		if (utf8_is_control(codepoint))
			assert_int_equal(width, 1);
	}
	assert_int_equal(counts[0], 7313);
	assert_int_equal(counts[2], 191886);
}

static void test_controls(void **state)
{
	(void)state;
	static const uint32_t controls[][2] = {
		{0x00, 0x1f}, {0x7f, 0x9f}, {0x2028, 0x202e}, {0x2066, 0x2069},
	};
	for (uint32_t codepoint = 0; codepoint <= 0x10ffff; codepoint++) {
		bool expected = false;
		for (size_t i = 0; i < 4; i++)
			expected = expected || (codepoint >= controls[i][0] && codepoint <= controls[i][1]);
		if (utf8_is_control(codepoint) != expected)
			fail_msg("U+%04X", (unsigned)codepoint);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lengths_at_their_limits), cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_decode_at),               cmocka_unit_test(test_invalid_at),
		cmocka_unit_test(test_width),                   cmocka_unit_test(test_width_sums),
		cmocka_unit_test(test_controls),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
