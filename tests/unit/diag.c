/* Tests of diagnostics: what is printed, in which order and form, and how it is counted. */
#include <errno.h>

#include "diag_support.h"

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
		cmocka_unit_test_setup_teardown(test_full_disk, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_codes, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
