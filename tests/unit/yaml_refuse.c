/* Tests of the YAML reader: every refusal with its place and words. */
#include "yaml_support.h"

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
	               "f:2:3: note: the line above begins further to the right\n"
	               "    2 |   address: 1.2.3.4\n"
	               "      |   ^~~~~~~~~~~~~~~~\n"
	               "      = help: let it begin in the same column as the keys it belongs to\n"
	               "1 error\n");
	assert_refused(STR("version: \"7.20\nname: \"x\"\n"),
	               "f:1:10: error: this quote is not closed on its line [yaml-syntax]\n"
	               "    1 | version: \"7.20\n"
	               "      |          ^\n"
	               "f:2:7: note: the next one closes it, and what follows fits nowhere\n"
	               "    2 | name: \"x\"\n"
	               "      |       ^\n"
	               "      = help: close it where its text ends\n"
	               "1 error\n");
	assert_refused(STR("a: [\"1, 2]\nb: [\"3\"]\n"),
	               "f:1:5: error: this quote is not closed on its line [yaml-syntax]\n"
	               "    1 | a: [\"1, 2]\n"
	               "      |     ^\n"
	               "f:2:5: note: the next one closes it, and what follows fits nowhere\n"
	               "    2 | b: [\"3\"]\n"
	               "      |     ^\n"
	               "      = help: close it where its text ends\n"
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
