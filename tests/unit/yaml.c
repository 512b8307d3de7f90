/* Tests of the YAML reader: the tree with its places, and every refusal with its words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "yaml/yaml.h"

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

static struct yaml_node *parse(struct str text)
{
	diags = diags_new(arena, false);
	return yaml_parse(arena, source_new(arena, STR("f"), text), diags);
}

/* ---- trees as text: kind, place, what would be underlined, value ---- */

static void dump(struct buf *out, const struct yaml_node *node, int level)
{
	static const char *const kinds[] = {"", "map", "list"};
	const struct source *source = node->span.source;
	struct source_position position = source_position(source, node->span.start);
	buf_printf(out, "%*s%u:%u <", 2 * level, "", (unsigned)position.line, (unsigned)position.column);
	buf_str(out, str_slice(source->bytes, node->span.start, node->span.end));
	buf_printf(out, ">");
	if (node->kind == YAML_SCALAR) {
		buf_printf(out, " '%.*s'%s%s\n", STR_ARG(node->text), node->plain ? " plain" : "", node->empty ? " empty" : "");
	} else {
		buf_printf(out, " %s%s\n", node->flow ? "flow " : "", kinds[node->kind]);
	}
	for (size_t i = 0; i < node->entries.count; i++) {
		dump(out, node->entries.items[i].key, level + 1);
		dump(out, node->entries.items[i].value, level + 2);
	}
	for (size_t i = 0; i < node->items.count; i++) {
		dump(out, node->items.items[i], level + 1);
	}
}

static char *printed(void)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	assert_non_null(out);
	assert_true(diags_print(diags, out, DIAG_TEXT, false, 0));
	assert_int_equal(fclose(out), 0);
	return text;
}

static void assert_printed(const char *expected)
{
	char *text = printed();
	assert_string_equal(text, expected);
	free(text);
}

static void assert_tree(struct str text, const char *expected)
{
	struct yaml_node *root = parse(text);
	assert_printed("");
	assert_non_null(root);
	struct buf out = {.arena = arena};
	dump(&out, root, 0);
	buf_char(&out, '\0');
	assert_string_equal(out.ptr, expected);
}

/* The text is refused, and this is all that is said. */
static void assert_refused(struct str text, const char *expected)
{
	struct yaml_node *root = parse(text);
	assert_printed(expected);
	assert_null(root);
}

/* Something is said, but there is a tree to go on with. */
static struct yaml_node *assert_complains(struct str text, const char *expected)
{
	struct yaml_node *root = parse(text);
	assert_printed(expected);
	assert_non_null(root);
	return root;
}

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

static void test_unsupported(void **state)
{
	(void)state;
	assert_refused(STR("a: *x\n"), "f:1:4: error: aliases ('*name') are not supported [yaml-unsupported]\n"
	                               "    1 | a: *x\n"
	                               "      |    ^~\n"
	                               "      = help: write the value out; text that begins with '*' needs quotes\n"
	                               "1 error\n");
	struct yaml_node *root =
		assert_complains(STR("a: &x 1\nb: &y\n  c: 2\n"),
	                         "f:1:4: error: anchors ('&name') are not supported [yaml-unsupported]\n"
	                         "    1 | a: &x 1\n"
	                         "      |    ^~\n"
	                         "      = help: remove it; text that begins with '&' needs quotes\n"
	                         "f:2:4: error: anchors ('&name') are not supported [yaml-unsupported]\n"
	                         "    2 | b: &y\n"
	                         "      |    ^~\n"
	                         "      = help: remove it; text that begins with '&' needs quotes\n"
	                         "2 errors\n");
	assert_int_equal(yaml_get(root, STR("a"))->span.start, 6);
	assert_int_equal(yaml_get(root, STR("a"))->span.end, 7);
	assert_refused(STR("a: &x !!str 1\n"), "f:1:4: error: anchors ('&name') are not supported [yaml-unsupported]\n"
	                                       "    1 | a: &x !!str 1\n"
	                                       "      |    ^~\n"
	                                       "      = help: remove it; text that begins with '&' needs quotes\n"
	                                       "f:1:7: error: tags ('!name') are not supported [yaml-unsupported]\n"
	                                       "    1 | a: &x !!str 1\n"
	                                       "      |       ^~~~~\n"
	                                       "      = help: remove it; text that begins with '!' needs quotes\n"
	                                       "2 errors\n");
	assert_refused(STR("a: !vault [1]\n"), "f:1:4: error: tags ('!name') are not supported [yaml-unsupported]\n"
	                                       "    1 | a: !vault [1]\n"
	                                       "      |    ^~~~~~\n"
	                                       "      = help: remove it; text that begins with '!' needs quotes\n"
	                                       "1 error\n");
	assert_refused(STR("<<: {a: 1}\n"), "f:1:1: error: merge keys ('<<') are not supported [yaml-unsupported]\n"
	                                    "    1 | <<: {a: 1}\n"
	                                    "      | ^~\n"
	                                    "      = help: write the keys out: the file then says by itself what each entry is\n"
	                                    "1 error\n");
	assert_tree(STR("\"<<\": 1\n"), "1:1 <\"<<\": 1> map\n  1:1 <\"<<\"> '<<'\n    1:7 <1> '1' plain\n");
	assert_refused(STR("? [a]\n: 1\n"), "f:1:3: error: a key must be text, not a list [yaml-unsupported]\n"
	                                    "    1 | ? [a]\n"
	                                    "      |   ^\n"
	                                    "      = help: put the key in quotes if it shall contain brackets or braces\n"
	                                    "1 error\n");
	assert_refused(STR("%YAML 2.0\n---\na: 1\n"), "f:1:1: error: only YAML 1.1 and 1.2 are understood [yaml-unsupported]\n"
	                                              "    1 | %YAML 2.0\n"
	                                              "      | ^~~~~\n"
	                                              "      = help: remove the line with '%YAML'\n"
	                                              "1 error\n");
	(void)assert_complains(STR("%TAG !e! x:\n---\na: 1\n"),
	                       "f:1:1: error: tag directives ('%TAG') are not supported [yaml-unsupported]\n"
	                       "    1 | %TAG !e! x:\n"
	                       "      | ^~~~\n"
	                       "1 error\n");
}

static void assert_utf16(struct str text, const char *shown)
{
	char expected[300];
	(void)snprintf(expected, sizeof expected,
	               "f:1:1: error: the file is UTF-16, not UTF-8 [yaml-encoding]\n"
	               "    1 | %s\n"
	               "      | ^\n"
	               "      = help: save it as UTF-8, or convert it: iconv -f UTF-16 -t UTF-8\n"
	               "1 error\n",
	               shown);
	assert_refused(text, expected);
}

static void test_bytes(void **state)
{
	(void)state;
	assert_refused(STR("a: 1\nb: \xC3\xA9\xC3(\n"), "f:2:5: error: byte 0xC3 is not valid UTF-8 [yaml-encoding]\n"
	                                                "    2 | b: \xC3\xA9?(\n"
	                                                "      |     ^\n"
	                                                "      = help: save the file as UTF-8\n"
	                                                "1 error\n");
	assert_utf16(STR("\xFF\xFE" "a\0"), "??a?");
	assert_utf16(STR("\xFE\xFF\0a"), "???a");
	assert_utf16(STR("a\0:\0"), "a?:?");

	assert_refused(STR("ab: x\0y\n"), "f:1:6: error: character U+0000 is not allowed in YAML [yaml-encoding]\n"
	                                  "    1 | ab: x?y\n"
	                                  "      |      ^\n"
	                                  "      = help: remove it; editors often hide such characters\n"
	                                  "1 error\n");
	assert_refused(STR("a: \033[1m\n"), "f:1:4: error: character U+001B is not allowed in YAML [yaml-encoding]\n"
	                                    "    1 | a: ?[1m\n"
	                                    "      |    ^\n"
	                                    "      = help: remove it; editors often hide such characters\n"
	                                    "1 error\n");
	assert_refused(STR("a: \"x\\0y\"\n"), "f:1:4: error: a value must not contain NUL [yaml-encoding]\n"
	                                      "    1 | a: \"x\\0y\"\n"
	                                      "      |    ^~~~~~\n"
	                                      "1 error\n");
	assert_null(parse(STR("a: \xEF\xBB\xBF" "b\n")));
	assert_true(diags_have(diags, DIAG_YAML_ENCODING));
	assert_null(parse(STR("a: \xC2\x80\n")));
	assert_true(diags_have(diags, DIAG_YAML_ENCODING));
}

static void test_tabs(void **state)
{
	(void)state;
	static const char help[] = "      = help: indent with spaces; editors can turn every tab of the file into spaces\n"
	                           "1 error\n";
	char expected[300];
	(void)snprintf(expected, sizeof expected, "f:2:1: error: a tab is used as indentation [yaml-tab]\n"
	                                          "    2 | \tb: 1\n      | ^\n%s", help);
	assert_refused(STR("a:\n\tb: 1\n"), expected);
	assert_refused(STR("a: |\n\tb: 1\n"), expected);
	(void)assert_complains(STR("a: {\n\tb: 1\n}\n"), expected); /* libyaml would take it */
	(void)snprintf(expected, sizeof expected, "f:3:3: error: a tab is used as indentation [yaml-tab]\n"
	                                          "    3 |   \tc: 1\n      |   ^\n%s", help);
	assert_refused(STR("a:\n  b: 1\n  \tc: 1\n"), expected);
	/* between words a tab is as good as a blank */
	assert_tree(STR("a:\t1\t# c\n"), "1:1 <a:\t1> map\n  1:1 <a> 'a' plain\n    1:4 <1> '1' plain\n");
}

static void test_limits(void **state)
{
	(void)state;
	char text[200] = "a: ";
	memset(text + 3, '[', 40);
	assert_null(parse(str_of(text)));
	assert_printed("f:1:35: error: this is nested more than 32 levels deep [yaml-depth]\n"
	               "    1 | a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\n"
	               "      |                                   ^\n"
	               "1 error\n");
	memset(text, '[', 32);
	memset(text + 32, ']', 32);
	text[64] = '\0';
	assert_non_null(parse(str_of(text)));
	assert_printed("");

	size_t most = YAML_MAX_BYTES;
	char *bytes = arena_alloc(arena, most + 1);
	memset(bytes, '\n', most + 1);
	bytes[0] = 'a';
	assert_non_null(parse((struct str){bytes, most}));
	assert_refused((struct str){bytes, most + 1},
	               "f:1:1: error: the file has 8388609 bytes, at most 8388608 are read [yaml-size]\n"
	               "    1 | a\n"
	               "      | ^\n"
	               "      = help: check that this is the right file\n"
	               "1 error\n");
}

/* One text and the first line of what is said about it, for each way to get YAML wrong. */
static const struct {
	const char *text, *said;
} mistakes[] = {
	{"a: [1, 2\nb: 1\n", "f:1:4: error: this '[' is not closed [yaml-syntax]"},
	{"a: [1, 2", "f:1:4: error: this '[' is not closed [yaml-syntax]"},
	{"a: {b: 1\n", "f:1:4: error: this '{' is not closed [yaml-syntax]"},
	{"a: [1, {\n", "f:1:8: error: this '{' is not closed [yaml-syntax]"},
	{"a: {b: 1 c: 2}\n", "f:1:11: error: a ',' or '}' is missing before this [yaml-syntax]"},
	{"a: [\"x\" 1]\n", "f:1:9: error: a ',' or ']' is missing before this [yaml-syntax]"},
	{"a: \"x\nb: 1\n", "f:1:4: error: this quote is not closed [yaml-syntax]"},
	{"a: 'x\n---\nb: 1\n", "f:1:4: error: this quote is not closed [yaml-syntax]"},
	{"x: 0\n\"a: 1\nb: \"c\"\n", "f:2:1: error: no ':' follows this quoted text [yaml-syntax]"},
	{"a: 1\nb\nc: 1\n", "f:2:1: error: a ':' is missing on this line [yaml-syntax]"},
	{"a\nb: 1\n", "f:1:1: error: a ':' is missing on this line [yaml-syntax]"},
	{"a: 1\nb:2\nc: 1\n", "f:2:1: error: a space is missing after ':' [yaml-syntax]"},
	{"a:1\nb: 1\n", "f:1:1: error: a space is missing after ':' [yaml-syntax]"},
	{"a: {b:1}\n", "f:1:5: error: a space is missing after ':' in 'b:1' [yaml-syntax]"},
	{"a: 1\n  b: 2\n", "f:2:3: error: this line is indented deeper, but the line above has a value already [yaml-syntax]"},
	{"a: \"1\"\n\n# c\n  b: 2\n",
	 "f:4:3: error: this line is indented deeper, but the line above has a value already [yaml-syntax]"},
	{"a:\n  b: 1\n c: 2\n", "f:3:2: error: the indentation of this line fits none of the lines above [yaml-syntax]"},
	{"a: b: c\n", "f:1:5: error: a second ': ' on one line [yaml-syntax]"},
	{"a: 2a0d::\n", "f:1:9: error: a value must not end with ':' [yaml-syntax]"},
	{"a: [2a0d::]\n", "f:1:5: error: a value must not end with ':' [yaml-syntax]"},
	{"a: [1, ::1]\n", "f:1:8: error: a value must not begin with ':' inside brackets [yaml-syntax]"},
	{"a: 1\n: 2\n", "f:2:1: error: a key is missing before ':' [yaml-syntax]"},
	{"a: 'it's'\n", "f:1:8: error: this follows a value that has ended already [yaml-syntax]"},
	{"a: - b\n", "f:1:4: error: a list item ('-') cannot begin here [yaml-syntax]"},
	{"a: 1\n- b\n", "f:2:1: error: a list item ('-') stands among keys [yaml-syntax]"},
	{"- a\nb: 1\n", "f:2:1: error: this line stands where a list goes on, but has no '-' [yaml-syntax]"},
	{"a: [1,,2]\n", "f:1:7: error: a value cannot begin with ',' [yaml-syntax]"},
	{"a: ]\n", "f:1:4: error: a value cannot begin with ']' [yaml-syntax]"},
	{"a: @b\n", "f:1:4: error: text that begins with '@' needs quotes [yaml-syntax]"},
	{"a: `b\n", "f:1:4: error: text that begins with '`' needs quotes [yaml-syntax]"},
	{"a: *.example.org\n", "f:1:4: error: text that begins with '*' needs quotes [yaml-syntax]"},
	{"a: & b\n", "f:1:4: error: text that begins with '&' needs quotes [yaml-syntax]"},
	{"a: !<b\n", "f:1:4: error: text that begins with '!' needs quotes [yaml-syntax]"},
	{"a: > b\n", "f:1:6: error: no text may follow '|' or '>' on its line [yaml-syntax]"},
	{"a: \"C:\\Windows\"\n", "f:1:7: error: this escape is not known in double quotes [yaml-syntax]"},
	{"{a: 1}\nb: 2\n", "f:2:1: error: this does not belong to what stands above [yaml-syntax]"},
	{"a: 1\n...\nb: 2\n", "f:3:1: error: this does not belong to what stands above [yaml-syntax]"},
	{"%FOO\n---\na: 1\n", "f:1:1: error: this directive is not supported [yaml-unsupported]"},
	{"a: |0\n  b\n", "f:1:5: error: while scanning a block scalar found an indentation indicator equal to 0 [yaml-syntax]"},
};

static void test_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
		if (parse(str_of(mistakes[i].text)) != NULL || diags_errors(diags) != 1) {
			fail_msg("not refused once: %s", mistakes[i].text);
		}
		char *text = printed();
		text[strcspn(text, "\n")] = '\0';
		assert_string_equal(text, mistakes[i].said);
		free(text);
	}
}

/* Some of them whole, with notes and help. */
static void test_mistakes_in_full(void **state)
{
	(void)state;
	assert_refused(STR("dns: [1.1.1.1,\n"
	                   "to: b\n"),
	               "f:1:6: error: this '[' is not closed [yaml-syntax]\n"
	               "    1 | dns: [1.1.1.1,\n"
	               "      |      ^\n"
	               "      = help: add the ']'\n"
	               "1 error\n");
	assert_refused(STR("dns: [1.1.1.1\n"
	                   "to: b\n"),
	               "f:1:6: error: this '[' is not closed [yaml-syntax]\n"
	               "    1 | dns: [1.1.1.1\n"
	               "      |      ^\n"
	               "f:2:3: note: a ',' or ']' is missing before this\n"
	               "    2 | to: b\n"
	               "      |   ^\n"
	               "      = help: add the ']'\n"
	               "1 error\n");
	assert_refused(STR("vps:\n  address: 1.2.3.4\n ssh_port: 22\n"),
	               "f:3:2: error: the indentation of this line fits none of the lines above [yaml-syntax]\n"
	               "    3 |  ssh_port: 22\n"
	               "      |  ^~~~~~~~~~~~\n"
	               "f:1:1: note: the map begins here\n"
	               "    1 | vps:\n"
	               "      | ^~~~\n"
	               "      = help: let it begin in the same column as the keys it belongs to\n"
	               "1 error\n");
	assert_refused(STR("android: { address:10.100.0.10 }\n"),
	               "f:1:12: error: a space is missing after ':' in 'address:10.100.0.10' [yaml-syntax]\n"
	               "    1 | android: { address:10.100.0.10 }\n"
	               "      |            ^~~~~~~~~~~~~~~~~~~\n"
	               "      = help: write 'address: 10.100.0.10'\n"
	               "1 error\n");
	assert_refused(STR("a: 1\nname: x: y\n"),
	               "f:2:8: error: a second ': ' on one line [yaml-syntax]\n"
	               "    2 | name: x: y\n"
	               "      |        ^\n"
	               "f:2:5: note: the first one ends the key\n"
	               "    2 | name: x: y\n"
	               "      |     ^\n"
	               "      = help: put the value in quotes, or begin it on the next line if it is a map\n"
	               "1 error\n");
}

/* What was found before a syntax error is reported with it. */
static void test_several(void **state)
{
	(void)state;
	assert_null(parse(STR("a: *x\nb: &y 1\na: 2\nc: [\n")));
	assert_int_equal(diags_errors(diags), 4);
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
		cmocka_unit_test_setup_teardown(test_unsupported, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bytes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tabs, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_limits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_mistakes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_mistakes_in_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_several, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
