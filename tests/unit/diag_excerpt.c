/* Tests of excerpts: what is underlined, and what is never shown. */
#include "diag_support.h"

#define KEY "aPxGwq8zERHQ3Q1cOZFdJ+cvJX5Ka4mLN38AyYKYF10="
#define STARS "********************************************"

/* What is shown for one span of one text. */
static void assert_excerpt(struct str bytes, uint32_t start, uint32_t end, const char *place, const char *excerpt)
{
	diags = diags_new(arena, false);
	char expected[2000];
	(void)snprintf(expected, sizeof expected, "f:%s: error: m [system]\n%s1 error\n", place, excerpt);
	(void)diag_add(diags, DIAG_SYSTEM, (struct span){source_of("f", bytes), start, end}, "m");
	assert_prints(expected);
}

static void test_widths(void **state)
{
	(void)state;
	/* tabs are copied, wide characters are two columns, combining ones none */
	assert_excerpt(STR("\ta\tb"), 3, 4, "1:4", "    1 | \ta\tb\n      | \t \t^\n");
	assert_excerpt(STR("\ta\tb"), 1, 4, "1:2", "    1 | \ta\tb\n      | \t^\t~\n");
	assert_excerpt(STR("\ta"), 0, 1, "1:1", "    1 | \ta\n      | ^\n");
	assert_excerpt(STR("\ta"), 0, 2, "1:1", "    1 | \ta\n      | ^\t~\n");
	assert_excerpt(STR("\xE4\xB8\xAD\xE6\x96\x87x"), 6, 7, "1:3", "    1 | \xE4\xB8\xAD\xE6\x96\x87x\n      |     ^\n");
	assert_excerpt(STR("\xE4\xB8\xAD\xE6\x96\x87x"), 3, 7, "1:2",
	               "    1 | \xE4\xB8\xAD\xE6\x96\x87x\n      |   ^~~\n");
	assert_excerpt(STR("e\xCC\x81xy"), 3, 5, "1:3", "    1 | e\xCC\x81xy\n      |  ^~\n");
	assert_excerpt(STR("e\xCC\x81xy"), 1, 5, "1:2", "    1 | e\xCC\x81xy\n      |  ^~~\n");
}

static void test_edges(void **state)
{
	(void)state;
	assert_excerpt(STR(""), 0, 0, "1:1", "    1 |\n      | ^\n");
	assert_excerpt(STR("ab"), 2, 2, "1:3", "    1 | ab\n      |   ^\n");
	assert_excerpt(STR("ab\n"), 3, 3, "2:1", "    2 |\n      | ^\n");
	assert_excerpt(STR("ab\r\ncd"), 2, 3, "1:3", "    1 | ab\n      |   ^\n");
	assert_excerpt(STR("ab"), 50, 60, "1:3", "    1 | ab\n      |   ^\n");
	/* several lines: to the end of the first one, without the blanks there */
	assert_excerpt(STR("a: {b,  \n  c}"), 3, 13, "1:4", "    1 | a: {b,  \n      |    ^~~\n");
	assert_excerpt(STR("\xEF\xBB\xBF" "ab"), 3, 5, "1:1", "    1 | ab\n      | ^~\n");
	assert_excerpt(STR("\xEF\xBB\xBF" "ab"), 0, 0, "1:1", "    1 | ab\n      | ^\n");
}

static void test_line_numbers(void **state)
{
	(void)state;
	char *text = arena_alloc(arena, 123457);
	memset(text, '\n', 123456);
	text[123456] = 'x';
	assert_excerpt((struct str){text, 123457}, 99998, 99998, "99999:1", "99999 |\n      | ^\n");
	assert_excerpt((struct str){text, 123457}, 123456, 123457, "123457:1", "123457 | x\n       | ^\n");
}

static void test_control_characters(void **state)
{
	(void)state;
	assert_excerpt(STR("a\033[1m\x7F\xFFz\xE2\x80\xAEy"), 7, 8, "1:8", "    1 | a?[1m??z?y\n      |        ^\n");

	diags = diags_new(arena, false);
	(void)diag_add(diags, DIAG_SYSTEM, (struct span){source_of("a\nb", STR("")), 0, 0}, "x\033y\nz\xFF\xC3\xA9");
	assert_prints("a?b:1:1: error: x?y?z?\xC3\xA9 [system]\n    1 |\n      | ^\n1 error\n");
	assert_prints_as(DIAG_JSON, false, 0,
	                 "{\"severity\":\"error\",\"code\":\"system\",\"message\":\"x?y?z?\xC3\xA9\",\"file\":\"a?b\",\"line\":1,"
	                 "\"column\":1,\"end_line\":1,\"end_column\":1,\"notes\":[],\"help\":null}\n");
}

static void test_long_lines(void **state)
{
	(void)state;
	enum { LONG = 1000 };
	char line[LONG + 1], shown[400], expected[1000];
	memset(line, '-', LONG);
	line[LONG] = '\0';
	struct str text = {line, LONG};

	/* 160 columns are not cut, 161 are */
	(void)snprintf(expected, sizeof expected, "    1 | %.160s\n      | ^\n", line);
	assert_excerpt((struct str){line, 160}, 0, 1, "1:1", expected);
	(void)snprintf(expected, sizeof expected, "    1 | %.160s…\n      | ^\n", line);
	assert_excerpt((struct str){line, 161}, 0, 1, "1:1", expected);

	/* in the middle: 60 columns before the span */
	line[500] = 'X';
	memset(shown, '-', 160);
	shown[160] = '\0';
	shown[60] = 'X';
	(void)snprintf(expected, sizeof expected, "    1 | …%s…\n      | %61s^\n", shown, "");
	assert_excerpt(text, 500, 501, "1:501", expected);

	/* a span that goes on beyond what is shown */
	char marks[101];
	memset(marks, '~', 100);
	marks[0] = '^';
	marks[100] = '\0';
	(void)snprintf(expected, sizeof expected, "    1 | …%s…\n      | %61s%s\n", shown, "", marks);
	assert_excerpt(text, 500, 900, "1:501", expected);

	/* at the end */
	line[500] = '-';
	(void)snprintf(expected, sizeof expected, "    1 | …%.60s\n      | %61s^\n", line, "");
	assert_excerpt(text, LONG, LONG, "1:1001", expected);
}

static void test_keys_are_masked(void **state)
{
	(void)state;
	assert_excerpt(STR("private_key: " KEY), 13, 57, "1:14",
	               "    1 | private_key: " STARS "\n      |              ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n");
	/* 39 characters are no key, 40 may be one with some lost */
	assert_excerpt(STR("0123456789012345678901234567890123456789"), 0, 1, "1:1",
	               "    1 | ****************************************\n      | ^\n");
	assert_excerpt(STR("012345678901234567890123456789012345678"), 0, 1, "1:1",
	               "    1 | 012345678901234567890123456789012345678\n      | ^\n");

	diags = diags_new(arena, false);
	struct diagnostic *diagnostic = diag_add(diags, DIAG_SYSTEM, (struct span){0}, "bad key '%s'", KEY);
	diag_note(diags, diagnostic, (struct span){0}, "it is '%s'", KEY);
	diag_help(diags, diagnostic, "not %s, surely", KEY);
	assert_prints("hlgen: error: bad key '" STARS "' [system]\n"
	              "hlgen: note: it is '" STARS "'\n"
	              "      = help: not " STARS ", surely\n"
	              "1 error\n");
	assert_prints_as(DIAG_JSON, false, 0,
	                 "{\"severity\":\"error\",\"code\":\"system\",\"message\":\"bad key '" STARS "'\",\"file\":null,"
	                 "\"line\":null,\"column\":null,\"end_line\":null,\"end_column\":null,\"notes\":[{\"message\":"
	                 "\"it is '" STARS "'\",\"file\":null,\"line\":null,\"column\":null,\"end_line\":null,"
	                 "\"end_column\":null}],\"help\":\"not " STARS ", surely\"}\n");
}

static void test_paths_stay_readable(void **state)
{
	(void)state;
	(void)diag_add(diags, DIAG_SYSTEM, (struct span){0}, "cannot open '%s'",
	               "/srv/homelab/infrastructure/network/keys/clients/android");
	assert_prints("hlgen: error: cannot open '/srv/homelab/infrastructure/network/keys/clients/android' [system]\n1 error\n");
}

/* A window of a long line must not show the part of a key that it cuts. */
static void test_cut_keys_are_masked(void **state)
{
	(void)state;
	char line[400], expected[1000];
	memset(line, '.', sizeof line);
	memcpy(line + 120, KEY, 44);
	memcpy(line + 340, KEY, 44);
	/* 149 .. 309 is what is shown: 15 of the first key, then dots */
	(void)snprintf(expected, sizeof expected, "    1 | …%.15s", STARS);
	size_t length = strlen(expected);
	memset(expected + length, '.', 145);
	(void)snprintf(expected + length + 145, sizeof expected - length - 145, "…\n      | %61s^\n", "");
	assert_excerpt((struct str){line, sizeof line}, 209, 210, "1:210", expected);

	/* 210 .. 370: the second key is cut at the right */
	(void)snprintf(expected, sizeof expected, "    1 | …");
	length = strlen(expected);
	memset(expected + length, '.', 130);
	(void)snprintf(expected + length + 130, sizeof expected - length - 130, "%.30s…\n      | %61s^\n", STARS, "");
	assert_excerpt((struct str){line, sizeof line}, 270, 271, "1:271", expected);
}

static void test_public_keys_are_shown(void **state)
{
	(void)state;
	struct source *source = source_of("f", STR("{ a: " KEY ", b: \"" KEY "\", c: " KEY " }"));
	source_show_key(arena, (struct span){source, 5, 49});
	source_show_key(arena, (struct span){source, 54, 100}); /* with its quotes */
	(void)diag_add(diags, DIAG_SYSTEM, (struct span){source, 0, 1}, "m");
	assert_prints("f:1:1: error: m [system]\n"
	              "    1 | { a: " KEY ", b: \"" KEY "\", c: " STARS " }\n"
	              "      | ^\n"
	              "1 error\n");
}

/* Only text that was declared public as a whole is shown. */
static void test_part_of_a_key_is_not_public(void **state)
{
	(void)state;
	struct source *source = source_of("f", STR("x" KEY));
	source_show_key(arena, (struct span){source, 1, 45});
	(void)diag_add(diags, DIAG_SYSTEM, (struct span){source, 0, 1}, "m");
	assert_prints("f:1:1: error: m [system]\n    1 | *" STARS "\n      | ^\n1 error\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_widths, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_edges, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_line_numbers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_control_characters, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_long_lines, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_keys_are_masked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_paths_stay_readable, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_cut_keys_are_masked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_public_keys_are_shown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_part_of_a_key_is_not_public, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
