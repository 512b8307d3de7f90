/* Setting a value in a text: every shape of section and value, exact bytes after, refusals with their reason. */
#include "yaml_support.h"

#include "yaml/set.h"

static struct str set(const char *text, const char *value, const char **why)
{
	static const struct str behind[] = {{"b", 1}, {"a", 1}};
	diags = diags_new(arena, false);
	const struct source *source = source_new(arena, STR("f"), str_of(text));
	const struct yaml_node *root = yaml_parse(arena, source, diags);
	assert_non_null(root);
	assert_int_equal(diags_errors(diags), 0);
	struct yaml_value wanted = {STR("m"), STR("k"), str_of(value), behind, 2};
	return yaml_set(arena, source, root, &wanted, why);
}

static void becomes(const char *text, const char *expected)
{
	const char *why = NULL;
	struct str got = set(text, "d::/5", &why);
	if (!got.ptr)
		fail_msg("%s: %s", text, why);
	assert_string_equal(str_copy(arena, got).ptr, expected);
}

static void refused(const char *text, const char *reason)
{
	const char *why = NULL;
	assert_null(set(text, "d::/5", &why).ptr);
	assert_string_equal(why, reason);
}

static void a_value_is_replaced(void **state)
{
	(void)state;
	becomes("m:\n  k: x   # why\n  z: 1\n", "m:\n  k: d::/5   # why\n  z: 1\n");
	becomes("m:\n  k: 'x'#y\nn: 1", "m:\n  k: 'd::/5'#y\nn: 1");
	becomes("m: { z: 1, k: x, y: 2 } # c\r\n", "m: { z: 1, k: d::/5, y: 2 } # c\r\n");
	becomes("m: {k: x}\n", "m: {k: d::/5}\n");
	becomes("m: { k: \"x\" }\n", "m: { k: \"d::/5\" }\n");
	becomes("{\"m\":{\"k\":\"x\"},\"n\":1}", "{\"m\":{\"k\":\"d::/5\"},\"n\":1}");
	becomes("m:\n  k:\n    x\n", "m:\n  k:\n    d::/5\n");
	becomes("m:\n  k: x\n    y\n", "m:\n  k: d::/5\n");
	becomes("m:\n  k: \"x\n    y\"\n", "m:\n  k: \"d::/5\"\n");
	becomes("m:\n  ? k\n  : x\n", "m:\n  ? k\n  : d::/5\n");
	becomes("m:\n  \"k\": ''\n", "m:\n  \"k\": 'd::/5'\n");
	becomes("\xef\xbb\xbfm:\n  k: \xc3\xa9 # \xe2\x82\xac\n", "\xef\xbb\xbfm:\n  k: d::/5 # \xe2\x82\xac\n");
}

static void an_empty_value_is_filled(void **state)
{
	(void)state;
	becomes("m:\n  k:\n  z: 1\n", "m:\n  k: d::/5\n  z: 1\n");
	becomes("m:\n  k: # later\n", "m:\n  k: d::/5 # later\n");
	becomes("m:\n  k: ~ # later\n", "m:\n  k: d::/5 # later\n");
	becomes("m:\n  k: null\n", "m:\n  k: d::/5\n");
	becomes("m: { k: , z: 1 }\n", "m: { k: \"d::/5\" , z: 1 }\n");
	becomes("m: { k: ~, z: 1 }\n", "m: { k: \"d::/5\", z: 1 }\n");
	refused("m: { k, z: 1 }\n", "the key has no colon of its own");
}

static void a_line_is_added(void **state)
{
	(void)state;
	becomes("m:\n  a: 1 # one\n  c: 2\n", "m:\n  a: 1 # one\n  k: d::/5\n  c: 2\n");
	becomes("m:\n  b: 1\n  a: 1\n", "m:\n  b: 1\n  k: d::/5\n  a: 1\n");
	becomes("m:\n  c: 1\n  z:\n  - 1\n  - 2\n\nn: 1\n", "m:\n  c: 1\n  z:\n  - 1\n  - 2\n  k: d::/5\n\nn: 1\n");
	becomes("m:\n  z: 1", "m:\n  z: 1\n  k: d::/5");
	becomes("m:\r\n    a: 1\r\n\r\nn: 1\r\n", "m:\r\n    a: 1\r\n    k: d::/5\r\n\r\nn: 1\r\n");
	becomes("m:\n  a: 1\n    # goes on\n  # of c\n  c: 2\n", "m:\n  a: 1\n    # goes on\n  k: d::/5\n  # of c\n  c: 2\n");
	becomes("m:\n  a:    1\n  long: 2\n", "m:\n  a:    1\n  k:    d::/5\n  long: 2\n");
	becomes("m:\n  \"a\": \"1\"\n", "m:\n  \"a\": \"1\"\n  \"k\": \"d::/5\"\n");
	becomes("m:\n  a: |\n    text\nn: 1\n", "m:\n  a: |\n    text\n  k: d::/5\nn: 1\n");
	refused("m:\n  ? a\n  : 1\n", "something stands before the key in its line");
}

static void braces_take_it_in(void **state)
{
	(void)state;
	becomes("m: { a: 1 }\n", "m: { a: 1, k: \"d::/5\" }\n");
	becomes("m: {a: 1, c: 2}\n", "m: {a: 1, k: \"d::/5\", c: 2}\n");
	becomes("{\"m\": {\"a\": 1, \"c\": 2}}", "{\"m\": {\"a\": 1, \"k\": \"d::/5\", \"c\": 2}}");
	becomes("m: {\n  a: 1, # one\n  c: 2\n}\n", "m: {\n  a: 1, # one\n  k: \"d::/5\",\n  c: 2\n}\n");
	becomes("m: {\n  c: 1,\n  a: 2 # two\n}\n", "m: {\n  c: 1,\n  a: 2, # two\n  k: \"d::/5\"\n}\n");
	becomes("m: {\n  a: 1, c: 2,\n}\n", "m: {\n  a: 1, k: \"d::/5\", c: 2,\n}\n");
	becomes("m: { a: [1,\n  2], c: 2 }\n", "m: { a: [1,\n  2], k: \"d::/5\", c: 2 }\n");
	refused("m: {\n  a: 1\n  , c: 2\n}\n", "its neighbour is followed by a comma in another line");
}

static void an_empty_section_takes_it_in(void **state)
{
	(void)state;
	becomes("m:\nn: { a: 1 }\n", "m:\n  k: d::/5\nn: { a: 1 }\n");
	becomes("m: # later\n  # k: x\nn:\n    a: 1\n", "m: # later\n  # k: x\n    k: d::/5\nn:\n    a: 1\n");
	becomes("m:", "m:\n  k: d::/5");
	becomes("m: {}\n", "m: { k: \"d::/5\" }\n");
	becomes("m: { } # c\n", "m: { k: \"d::/5\" } # c\n");
	becomes("m: ~ # c\n", "m: { k: \"d::/5\" } # c\n");
	becomes("{ m: , n: 1 }\n", "{ m: { k: \"d::/5\" } , n: 1 }\n");
	becomes("{\"m\": null}", "{\"m\": { \"k\": \"d::/5\" }}");
	becomes("{\"m\": {}}", "{\"m\": { \"k\": \"d::/5\" }}");
	becomes("\"m\":\nn: 1\n", "\"m\":\n  \"k\": \"d::/5\"\nn: 1\n");
	refused("m: {\n}\n", "the braces hold a comment or more than one line");
}

static void refusals(void **state)
{
	const char *why = NULL;
	(void)state;
	refused("n: 1\n", "it lacks the section");
	refused("- m\n", "the file is not a map of keys and values");
	refused("m: 1\n", "the section is not a map");
	refused("m: [a]\n", "the section is not a map");
	refused("m:\n  k: |\n    x\n", "its value is a block of text");
	refused("m:\n  k: >-\n    x\n", "its value is a block of text");
	refused("m:\n  k: [x]\n", "a map or a list stands in its place");
	/* What a plain scalar cannot hold would be read as something else. */
	assert_null(set("m:\n  k: x\n", "x # y", &why).ptr);
	assert_string_equal(why, "the file is written in a way that this would break");
	assert_null(set("m:\n  a: x\n", "x\n  c: y", &why).ptr);
	assert_null(set("m:\n  k: \"x\"\n", "x\"y", &why).ptr);
}

static void lines_for_a_person(void **state)
{
	struct yaml_value value = {.section = STR("m"), .key = STR("k"), .text = STR("d::/5")};
	(void)state;
	assert_string_equal(str_copy(arena, yaml_value_lines(arena, &value)).ptr, "m:\n  k: d::/5\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_value_is_replaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_empty_value_is_filled, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_line_is_added, set_up, tear_down),
		cmocka_unit_test_setup_teardown(braces_take_it_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_empty_section_takes_it_in, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lines_for_a_person, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
