/* Tests of the YAML reader: the tree with its places. */
#include "yaml_support.h"

static void test_block(void **state)
{
	(void)state;
	assert_tree(STR("# a comment\n"
	                "site: home   # another\n"
	                "vps:\n"
	                "  ports:\n"
	                "  - 22\n"
	                "  - name: a b\n"
	                "    port: 23\n"),
	            "2:1 <site: home> map\n"
	            "  2:1 <site> 'site' plain\n"
	            "    2:7 <home> 'home' plain\n"
	            "  3:1 <vps> 'vps' plain\n"
	            "    4:3 <ports> map\n"
	            "      4:3 <ports> 'ports' plain\n"
	            "        5:3 <- 22> list\n"
	            "          5:5 <22> '22' plain\n"
	            "          6:5 <name: a b> map\n"
	            "            6:5 <name> 'name' plain\n"
	            "              6:11 <a b> 'a b' plain\n"
	            "            7:5 <port> 'port' plain\n"
	            "              7:11 <23> '23' plain\n");
}

static void test_flow(void **state)
{
	(void)state;
	assert_tree(STR("a: { b: [x, \"y\"], c: {}, d: [] }  # c\n"
	                "e: [ f,   \n"
	                "     g ]\n"
	                "h: [i: j]\n"),
	            "1:1 <a: { b: [x, \"y\"], c: {}, d: [] }> map\n"
	            "  1:1 <a> 'a' plain\n"
	            "    1:4 <{ b: [x, \"y\"], c: {}, d: [] }> flow map\n"
	            "      1:6 <b> 'b' plain\n"
	            "        1:9 <[x, \"y\"]> flow list\n"
	            "          1:10 <x> 'x' plain\n"
	            "          1:13 <\"y\"> 'y'\n"
	            "      1:19 <c> 'c' plain\n"
	            "        1:22 <{}> flow map\n"
	            "      1:26 <d> 'd' plain\n"
	            "        1:29 <[]> flow list\n"
	            "  2:1 <e> 'e' plain\n"
	            "    2:4 <[ f,> flow list\n"
	            "      2:6 <f> 'f' plain\n"
	            "      3:6 <g> 'g' plain\n"
	            "  4:1 <h> 'h' plain\n"
	            "    4:4 <[i: j]> flow list\n"
	            "      4:5 <i: j> flow map\n"
	            "        4:5 <i> 'i' plain\n"
	            "          4:8 <j> 'j' plain\n");
}

static void test_scalars(void **state)
{
	(void)state;
	assert_tree(STR("- plain text\n"
	                "- 'it''s'\n"
	                "- \"tab\\tend\"\n"
	                "- |- # how\n"
	                "  one\n"
	                "  two\n"
	                "- >\n"
	                "  folded\n"
	                "  text\n"
	                "- two\n"
	                "  lines\n"
	                "- 2a0d:5600:abcd::1\n"
	                "- bc:24:11:1c:e2:8c\n"
	                "- ::200\n"),
	            "1:1 <- plain text> list\n"
	            "  1:3 <plain text> 'plain text' plain\n"
	            "  2:3 <'it''s'> 'it's'\n"
	            "  3:3 <\"tab\\tend\"> 'tab\tend'\n"
	            "  4:3 <|-> 'one\ntwo'\n"
	            "  7:3 <>> 'folded text\n'\n"
	            "  10:3 <two\n  lines> 'two lines' plain\n"
	            "  12:3 <2a0d:5600:abcd::1> '2a0d:5600:abcd::1' plain\n"
	            "  13:3 <bc:24:11:1c:e2:8c> 'bc:24:11:1c:e2:8c' plain\n"
	            "  14:3 <::200> '::200' plain\n");
}

static void test_empty_values(void **state)
{
	(void)state;
	assert_tree(STR("a:\nb: ~\nc: null\nd: Null\ne: NULL\nf: nULL\ng: \"\"\nh: 'null'\ni: {j: , k}\nl:\n  - \n  -\nm: # c\n"),
	            "1:1 <a> map\n"
	            "  1:1 <a> 'a' plain\n"
	            "    1:1 <a> '' plain empty\n"
	            "  2:1 <b> 'b' plain\n"
	            "    2:4 <~> '~' plain empty\n"
	            "  3:1 <c> 'c' plain\n"
	            "    3:4 <null> 'null' plain empty\n"
	            "  4:1 <d> 'd' plain\n"
	            "    4:4 <Null> 'Null' plain empty\n"
	            "  5:1 <e> 'e' plain\n"
	            "    5:4 <NULL> 'NULL' plain empty\n"
	            "  6:1 <f> 'f' plain\n"
	            "    6:4 <nULL> 'nULL' plain\n"
	            "  7:1 <g> 'g' plain\n"
	            "    7:4 <\"\"> ''\n"
	            "  8:1 <h> 'h' plain\n"
	            "    8:4 <'null'> 'null'\n"
	            "  9:1 <i> 'i' plain\n"
	            "    9:4 <{j: , k}> flow map\n"
	            "      9:5 <j> 'j' plain\n"
	            "        9:5 <j> '' plain empty\n"
	            "      9:10 <k> 'k' plain\n"
	            "        9:10 <k> '' plain empty\n"
	            "  10:1 <l> 'l' plain\n"
	            "    11:3 <-> list\n"
	            "      11:3 <-> '' plain empty\n"
	            "      12:3 <-> '' plain empty\n"
	            "  13:1 <m> 'm' plain\n"
	            "    13:1 <m> '' plain empty\n");
}

/* libyaml counts characters from behind the byte order mark, and takes NEL, LS and PS for line ends. */
static void test_places(void **state)
{
	(void)state;
	assert_tree(STR("\xEF\xBB\xBF" "a: \"\xC3\xA9\xE4\xB8\xAD\"\r\n"
	                "b: [\xF0\x9F\x98\x80, x]\r"
	                "c: y\xC2\x85" "d: z # \xE2\x80\xA8" "e: w\n"
	                "f: v\n"),
	            "1:1 <a: \"\xC3\xA9\xE4\xB8\xAD\"> map\n"
	            "  1:1 <a> 'a' plain\n"
	            "    1:4 <\"\xC3\xA9\xE4\xB8\xAD\"> '\xC3\xA9\xE4\xB8\xAD'\n"
	            "  2:1 <b> 'b' plain\n"
	            "    2:4 <[\xF0\x9F\x98\x80, x]> flow list\n"
	            "      2:5 <\xF0\x9F\x98\x80> '\xF0\x9F\x98\x80' plain\n"
	            "      2:8 <x> 'x' plain\n"
	            "  3:1 <c> 'c' plain\n"
	            "    3:4 <y> 'y' plain\n"
	            "  3:6 <d> 'd' plain\n"
	            "    3:9 <z> 'z' plain\n"
	            "  3:14 <e> 'e' plain\n"
	            "    3:17 <w> 'w' plain\n"
	            "  4:1 <f> 'f' plain\n"
	            "    4:4 <v> 'v' plain\n");
}

static void test_documents(void **state)
{
	(void)state;
	assert_tree(STR("%YAML 1.2\n---\na\n...\n# end\n"), "3:1 <a> 'a' plain\n");
	assert_tree(STR("--- a"), "1:5 <a> 'a' plain\n");
	struct yaml_node *root = assert_complains(STR("a: 1\n---\nb: 2\n"),
	                                          "f:2:1: error: a second document begins here [yaml-second-document]\n"
	                                          "    2 | ---\n"
	                                          "      | ^~~\n"
	                                          "      = help: remove the '---', or move what follows to another file\n"
	                                          "1 error\n");
	assert_int_equal(root->entries.count, 1);
}

static void test_nothing(void **state)
{
	(void)state;
	assert_refused(STR(""), "f:1:1: error: the file holds nothing [yaml-empty]\n    1 |\n      | ^\n1 error\n");
	assert_refused((struct str){NULL, 0},
	               "f:1:1: error: the file holds nothing [yaml-empty]\n    1 |\n      | ^\n1 error\n");
	assert_refused(STR("# c\n"), "f:1:1: error: the file holds nothing [yaml-empty]\n    1 | # c\n      | ^\n1 error\n");
	assert_refused(STR("---\n"), "f:1:1: error: the file holds nothing [yaml-empty]\n    1 | ---\n      | ^\n1 error\n");
	assert_refused(STR("---\nnull\n"),
	               "f:2:1: error: the file holds nothing [yaml-empty]\n    2 | null\n      | ^~~~\n1 error\n");
}

static void test_get(void **state)
{
	(void)state;
	struct yaml_node *root = parse(STR("a: 1\nb: 2\n"));
	assert_non_null(root);
	assert_true(str_equal(yaml_get(root, STR("b"))->text, STR("2")));
	assert_null(yaml_get(root, STR("c")));
	assert_null(yaml_get(root->entries.items[0].value, STR("a")));
}

static void test_duplicate_keys(void **state)
{
	(void)state;
	struct yaml_node *root = assert_complains(STR("a: 1\nb: 2\n\"a\": 3\n"),
	                                          "f:3:1: error: key 'a' is given twice [yaml-duplicate-key]\n"
	                                          "    3 | \"a\": 3\n"
	                                          "      | ^~~\n"
	                                          "f:1:1: note: first given here\n"
	                                          "    1 | a: 1\n"
	                                          "      | ^\n"
	                                          "      = help: remove one of the two, or give it another name\n"
	                                          "1 error\n");
	assert_int_equal(root->entries.count, 2);
	assert_true(str_equal(yaml_get(root, STR("a"))->text, STR("1")));

	/* what stands under the second one is still read, and keys of other maps are other keys */
	(void)assert_complains(STR("a: {x: 1}\nb: {x: 1}\na: {y: 1, y: 2}\n"),
	                       "f:3:1: error: key 'a' is given twice [yaml-duplicate-key]\n"
	                       "    3 | a: {y: 1, y: 2}\n"
	                       "      | ^\n"
	                       "f:1:1: note: first given here\n"
	                       "    1 | a: {x: 1}\n"
	                       "      | ^\n"
	                       "      = help: remove one of the two, or give it another name\n"
	                       "f:3:11: error: key 'y' is given twice [yaml-duplicate-key]\n"
	                       "    3 | a: {y: 1, y: 2}\n"
	                       "      |           ^\n"
	                       "f:3:5: note: first given here\n"
	                       "    3 | a: {y: 1, y: 2}\n"
	                       "      |     ^\n"
	                       "      = help: remove one of the two, or give it another name\n"
	                       "2 errors\n");
}

/* As many keys as a /16 has clients, and each of the last ones is there already. */
static void test_many_keys(void **state)
{
	(void)state;
	enum { KEYS = 65533, AGAIN = 20 };
	struct buf text = {.arena = arena};
	for (int i = 0; i < KEYS; i++) {
		buf_printf(&text, "client%d: { address: 10.0.0.1, reach: [] }\n", i);
	}
	for (int i = 0; i < AGAIN; i++) {
		buf_printf(&text, "client%d: 2\n", i * 3000);
	}
	struct yaml_node *root = parse(buf_view(&text));
	assert_non_null(root);
	assert_int_equal(root->entries.count, KEYS);
	assert_int_equal(diags_errors(diags), AGAIN);
	assert_int_equal(source_position(root->span.source, root->entries.items[65532].key->span.start).line, 65533);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_block, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_flow, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_scalars, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_empty_values, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_places, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_documents, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_get, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_duplicate_keys, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_many_keys, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
