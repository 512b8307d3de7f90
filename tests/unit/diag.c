/* Tests of diagnostics: what is printed, in which order, and what never is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "diag/diag.h"

#define KEY "aPxGwq8zERHQ3Q1cOZFdJ+cvJX5Ka4mLN38AyYKYF10="
#define STARS "********************************************"

static struct arena *arena;
static struct diags *diags;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	diags = diags_new(arena, false);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct source *source_of(const char *name, struct str bytes)
{
	return source_new(arena, str_of(name), bytes);
}

/* The span of the first `text` in the source. */
static struct span find(const struct source *source, const char *text)
{
	size_t length = strlen(text);
	for (size_t i = 0; i + length <= source->bytes.len; i++) {
		if (memcmp(source->bytes.ptr + i, text, length) == 0) {
			return (struct span){source, (uint32_t)i, (uint32_t)(i + length)};
		}
	}
	fail_msg("'%s' is not in the text", text);
	return (struct span){NULL, 0, 0};
}

static void assert_prints_as(enum diag_format format, bool colour, size_t limit, const char *expected)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	assert_non_null(out);
	assert_true(diags_print(diags, out, format, colour, limit));
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, expected);
	free(text);
}

static void assert_prints(const char *expected)
{
	assert_prints_as(DIAG_TEXT, false, 0, expected);
}

static void test_nothing(void **state)
{
	(void)state;
	assert_prints("");
	assert_prints_as(DIAG_JSON, false, 0, "");
	assert_int_equal(diags_errors(diags), 0);
	assert_int_equal(diags_warnings(diags), 0);
	assert_false(diags_have(diags, DIAG_SYSTEM));
}

/* The example of the design, word for word but for the code. */
static void test_whole(void **state)
{
	(void)state;
	struct source *source = source_of("site.yaml", STR("clients:\n"
	                                                    "  android: { address: 10.100.0.10 }\n"
	                                                    "  laptop: { address: 10.100.0.10 }\n"));
	struct span first = find(source, "10.100.0.10"), second = first;
	second.start += 35;
	second.end += 35;
	struct diagnostic *diagnostic = diag_add(diags, DIAG_YAML_SYNTAX, second, "address %s is used twice", "10.100.0.10");
	diag_note(diags, diagnostic, first, "first used here, by client '%s'", "android");
	diag_help(diags, diagnostic, "the next free address is %s", "10.100.0.12");
	assert_prints("site.yaml:3:22: error: address 10.100.0.10 is used twice [yaml-syntax]\n"
	              "    3 |   laptop: { address: 10.100.0.10 }\n"
	              "      |                      ^~~~~~~~~~~\n"
	              "site.yaml:2:23: note: first used here, by client 'android'\n"
	              "    2 |   android: { address: 10.100.0.10 }\n"
	              "      |                       ^~~~~~~~~~~\n"
	              "      = help: the next free address is 10.100.0.12\n"
	              "1 error\n");
	assert_prints_as(DIAG_JSON, true, 1,
	                 "{\"severity\":\"error\",\"code\":\"yaml-syntax\",\"message\":\"address 10.100.0.10 is used twice\","
	                 "\"file\":\"site.yaml\",\"line\":3,\"column\":22,\"end_line\":3,\"end_column\":33,"
	                 "\"notes\":[{\"message\":\"first used here, by client 'android'\",\"file\":\"site.yaml\",\"line\":2,"
	                 "\"column\":23,\"end_line\":2,\"end_column\":34}],\"help\":\"the next free address is 10.100.0.12\"}\n");
}

static void test_no_place(void **state)
{
	(void)state;
	struct diagnostic *diagnostic = diag_add(diags, DIAG_SYSTEM, (struct span){0}, "cannot open '%s'", "site.yaml");
	diag_note(diags, diagnostic, (struct span){0}, "it was named on the command line");
	diag_help(diags, diagnostic, "one");
	diag_help(diags, diagnostic, "two");
	assert_true(diags_have(diags, DIAG_SYSTEM));
	assert_false(diags_have(diags, DIAG_YAML_TAB));
	assert_prints("hlgen: error: cannot open 'site.yaml' [system]\n"
	              "hlgen: note: it was named on the command line\n"
	              "      = help: one\n"
	              "      = help: two\n"
	              "1 error\n");
	assert_prints_as(DIAG_JSON, false, 0,
	                 "{\"severity\":\"error\",\"code\":\"system\",\"message\":\"cannot open 'site.yaml'\",\"file\":null,"
	                 "\"line\":null,\"column\":null,\"end_line\":null,\"end_column\":null,\"notes\":[{\"message\":"
	                 "\"it was named on the command line\",\"file\":null,\"line\":null,\"column\":null,\"end_line\":null,"
	                 "\"end_column\":null}],\"help\":\"one\\ntwo\"}\n");
}

static void test_order_and_duplicates(void **state)
{
	(void)state;
	struct source *b = source_of("b", STR("xy")), *a = source_of("a", STR("xy"));
	struct span x = {b, 0, 1}, y = {b, 1, 2};
	(void)diag_add(diags, DIAG_SYSTEM, (struct span){0}, "last");
	(void)diag_add(diags, DIAG_SYSTEM, y, "fourth");
	(void)diag_add(diags, DIAG_SYSTEM, x, "second");
	struct diagnostic *again = diag_add(diags, DIAG_SYSTEM, x, "second");
	diag_help(diags, again, "never seen");
	(void)diag_add(diags, DIAG_SYSTEM, x, "third");
	(void)diag_add(diags, DIAG_SYSTEM, (struct span){a, 1, 2}, "first");
	assert_int_equal(diags_errors(diags), 5);
	assert_prints("a:1:2: error: first [system]\n    1 | xy\n      |  ^\n"
	              "b:1:1: error: second [system]\n    1 | xy\n      | ^\n"
	              "b:1:1: error: third [system]\n    1 | xy\n      | ^\n"
	              "b:1:2: error: fourth [system]\n    1 | xy\n      |  ^\n"
	              "hlgen: error: last [system]\n"
	              "5 errors\n");
	assert_prints_as(DIAG_TEXT, false, 1,
	                 "a:1:2: error: first [system]\n    1 | xy\n      |  ^\n5 errors (1 shown)\n");
}

static void test_limit_is_exact(void **state)
{
	(void)state;
	(void)diag_add(diags, DIAG_SYSTEM, (struct span){0}, "one");
	(void)diag_add(diags, DIAG_SYSTEM, (struct span){0}, "two");
	assert_prints_as(DIAG_TEXT, false, 2, "hlgen: error: one [system]\nhlgen: error: two [system]\n2 errors\n");
}

/* More than are kept in memory at a time. */
static void test_many(void **state)
{
	(void)state;
	char expected[200 * 40] = "";
	size_t length = 0;
	for (int i = 0; i < 150; i++) {
		(void)diag_add(diags, DIAG_SYSTEM, (struct span){0}, "number %d", i);
		int put = snprintf(expected + length, sizeof expected - length, "hlgen: error: number %d [system]\n", i);
		length += (size_t)put;
	}
	(void)snprintf(expected + length, sizeof expected - length, "150 errors\n");
	assert_prints(expected);
}

/* The first code of that severity: the table may have none of them yet. */
static bool code_of(enum severity severity, enum diag_code *code)
{
	for (int i = 0; i < DIAG_CODE_COUNT; i++) {
		*code = (enum diag_code)i;
		if (code_info(*code)->severity == severity) {
			return true;
		}
	}
	return false;
}

static void test_warnings(void **state)
{
	(void)state;
	enum diag_code code;
	if (!code_of(SEVERITY_WARNING, &code)) {
		skip();
	}
	char expected[200];
	(void)snprintf(expected, sizeof expected, "hlgen: warning: careful [%s]\n1 warning\n", code_info(code)->name);
	(void)diag_add(diags, code, (struct span){0}, "careful");
	assert_prints(expected);
	assert_int_equal(diags_errors(diags), 0);
	assert_int_equal(diags_warnings(diags), 1);

	(void)diag_add(diags, code, (struct span){0}, "again");
	(void)diag_add(diags, DIAG_SYSTEM, (struct span){0}, "wrong");
	(void)snprintf(expected, sizeof expected, "hlgen: warning: careful [%s]\n1 error, 2 warnings (1 shown)\n",
	               code_info(code)->name);
	assert_prints_as(DIAG_TEXT, false, 1, expected);

	diags = diags_new(arena, true);
	(void)diag_add(diags, code, (struct span){0}, "careful");
	(void)snprintf(expected, sizeof expected, "hlgen: error: careful [%s]\n1 error\n", code_info(code)->name);
	assert_prints(expected);
	assert_int_equal(diags_errors(diags), 1);
	assert_int_equal(diags_warnings(diags), 0);
}

static void test_colour(void **state)
{
	(void)state;
	struct source *source = source_of("f", STR("ab"));
	struct diagnostic *diagnostic = diag_add(diags, DIAG_SYSTEM, (struct span){source, 0, 2}, "m");
	diag_help(diags, diagnostic, "h");
	assert_prints_as(DIAG_TEXT, true, 0,
	                 "\033[1mf:1:1:\033[0m \033[1;31merror:\033[0m m [system]\n"
	                 "    1 | ab\n"
	                 "      | \033[1;32m^~\033[0m\n"
	                 "      = \033[1;36mhelp:\033[0m h\n"
	                 "1 error\n");
}

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

static void test_full_disk(void **state)
{
	(void)state;
	(void)diag_add(diags, DIAG_SYSTEM, (struct span){0}, "m");
	for (int format = DIAG_TEXT; format <= DIAG_JSON; format++) {
		FILE *full = fopen("/dev/full", "w");
		if (full == NULL) {
			skip();
		}
		errno = 0;
		assert_false(diags_print(diags, full, (enum diag_format)format, false, 0));
		assert_int_equal(errno, ENOSPC);
		(void)fclose(full);
	}
}

static void test_codes(void **state)
{
	(void)state;
	enum diag_code code = DIAG_SYSTEM;
	assert_true(code_find(STR("yaml-tab"), &code));
	assert_int_equal(code, DIAG_YAML_TAB);
	assert_false(code_find(STR("yaml-ta"), &code));
	assert_false(code_find(STR(""), &code));
	for (int i = 0; i < DIAG_CODE_COUNT; i++) {
		const struct code_info *info = code_info((enum diag_code)i);
		assert_true(code_find(str_of(info->name), &code));
		assert_int_equal(code, i); /* no name is used twice */
		assert_true(strspn(info->name, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(info->name));
		assert_true(strlen(info->title) > 0);
		assert_null(strchr(info->title, '\n'));
		size_t length = strlen(info->explanation);
		assert_true(length > 0 && info->explanation[length - 1] == '\n');
		if (strstr(info->explanation, "Example") == NULL) {
			fail_msg("the explanation of %s has no example", info->name);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_whole, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_order_and_duplicates, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_limit_is_exact, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_warnings, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_colour, set_up, tear_down),
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
		cmocka_unit_test_setup_teardown(test_full_disk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_codes, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
