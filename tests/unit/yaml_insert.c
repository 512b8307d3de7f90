/* Inserting an entry into a text: what the command's file pairs do not reach; ends of nodes, other sections, refusals with their reason. */
#include "yaml_support.h"

#include "yaml/insert.h"

static const struct yaml_setting settings[] = {{{"a", 1}, {"1", 1}}, {{"b", 1}, {"[x, \"y z\"]", 10}}};

static struct str insert(const char *text, const char *section, const char *name, const char **why)
{
	diags = diags_new(arena, false);
	const struct source *source = source_new(arena, STR("f"), str_of(text));
	const struct yaml_node *root = yaml_parse(arena, source, diags);
	assert_non_null(root);
	assert_int_equal(diags_errors(diags), 0);
	struct yaml_addition addition = {str_of(section), str_of(name), settings, 2};
	return yaml_insert(arena, source, root, &addition, why);
}

static void becomes(const char *text, const char *section, const char *expected)
{
	const char *why = NULL;
	struct str got = insert(text, section, "new", &why);
	assert_null(why);
	assert_string_equal(str_copy(arena, got).ptr, expected);
}

static void refused(const char *text, const char *section, const char *reason)
{
	const char *why = NULL;
	assert_null(insert(text, section, "new", &why).ptr);
	assert_string_equal(why, reason);
}

static void sections_of_any_name(void **state)
{
	(void)state;
	becomes("m:\n  k: {a: 2}\nn: 1\n", "m", "m:\n  k: {a: 2}\n  new: {a: 1, b: [x, \"y z\"]}\nn: 1\n");
	becomes("n: 1", "m", "n: 1\nm:\n  new: { a: 1, b: [x, \"y z\"] }");
	becomes("n:\n    k: 1\n\nl: [1]\n", "m", "n:\n    k: 1\n\nl: [1]\n\nm:\n    new: { a: 1, b: [x, \"y z\"] }\n");
	becomes("m:\r\n  k:\r\n    a: 1\r\n", "m", "m:\r\n  k:\r\n    a: 1\r\n  new:\r\n    a: 1\r\n    b: [x, \"y z\"]\r\n");
	becomes("m:\r  k: {}\rn: 1\r", "m", "m:\r  k: {}\r  new: { a: 1, b: [x, \"y z\"] }\rn: 1\r");
}

/* A neighbour of another kind is no reason to refuse. */
static void odd_neighbours(void **state)
{
	(void)state;
	becomes("m:\n  k:\nn: 1\n", "m", "m:\n  k:\n  new: { a: 1, b: [x, \"y z\"] }\nn: 1\n");
	becomes("m:\n  k: text\n", "m", "m:\n  k: text\n  new: { a: 1, b: [x, \"y z\"] }\n");
	becomes("m:\n  k: |\n    text\n\nn: 1\n", "m", "m:\n  k: |\n    text\n\n  new: { a: 1, b: [x, \"y z\"] }\nn: 1\n");
	becomes("m:\n  k: text that\n    goes on\n", "m", "m:\n  k: text that\n    goes on\n  new: { a: 1, b: [x, \"y z\"] }\n");
	becomes("m:\n  k:\n  - 1\n  -\n", "m", "m:\n  k:\n  - 1\n  -\n  new: { a: 1, b: [x, \"y z\"] }\n");
}

static void refusals(void **state)
{
	(void)state;
	refused("m: 1\n", "m", "it is not a map");
	refused("m: ''\n", "m", "it is not a map");
	refused("m: ~\n", "m", "it is written as null");
	refused("[m]\n", "m", "the file is not a map of keys and values");
	refused("{n: 1}\n", "m", "the whole file is one map in braces");
	refused("{n: 1, m: }\n", "m", "the whole file is one map in braces");
	refused("m:\n  ? k\n  : 1\n", "m", "something stands before the key in its line");
	refused("m: {k: 1}\n", "m", "its last entry is not in braces, or is followed by a comma in another line");
	refused("m: {k: {a: 1}\n, }\n", "m", "its last entry is not in braces, or is followed by a comma in another line");
	refused("m: { # nothing\n}\n", "m", "the braces hold a comment or more than one line");
	/* The text at the end would take the new lines for its own. */
	refused("n: |+\n  text\n", "n", "it is not a map");
	refused("n: 1\n\nl: |+\n  text\n", "m", "the file is written in a way that a new entry would break");
	/* The name is there already. */
	const char *why = NULL;
	assert_null(insert("m:\n  k: {a: 1}\n", "m", "k", &why).ptr);
	assert_string_equal(why, "the file is written in a way that a new entry would break");
}

static void lines_to_paste(void **state)
{
	(void)state;
	struct yaml_addition addition = {STR("m"), STR("on"), settings, 2};
	assert_string_equal(str_copy(arena, yaml_addition_lines(arena, &addition)).ptr, "m:\n  \"on\": { a: 1, b: [x, \"y z\"] }\n");
}

/* Where nodes end, which the places of diagnostics do not need. */
static void ends(void **state)
{
	(void)state;
	struct yaml_node *root = parse(STR("a: {b: 1,\n  c: [2,\n  3]\n}  # x\nd: |\n  text\ne:\nf: 'g\n  h' # i\n"));
	assert_non_null(root);
	const uint32_t expected[] = {25, 43, 45, 56};
	assert_int_equal(root->entries.count, 4);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(root->entries.items[i].value->end, expected[i]);
	}
	assert_int_equal(root->end, 56);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(sections_of_any_name, set_up, tear_down),
		cmocka_unit_test_setup_teardown(odd_neighbours, set_up, tear_down),
		cmocka_unit_test_setup_teardown(refusals, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lines_to_paste, set_up, tear_down),
		cmocka_unit_test_setup_teardown(ends, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
