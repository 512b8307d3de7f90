/* Tests of the template engine: parts that are taken in with blanks before their lines. */
#include "template_bad.h"

#define SHELL "%% path x\n%% dialect shell\n"
#define YAML "%% path x\n%% dialect yaml\n"
#define IN(N) "%% include \"p.part\" indented " N "\n"

static void test_made(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *part, *template, *made;
	} rows[] = {
		/* each line but the empty ones, and nothing around the part */
		{"b\n c\n\n\td\n", SHELL "a\n" IN("4") "e\n", "a\n    b\n     c\n\n    \td\ne\n"},
		{"b\n", SHELL "%%include\t\"p.part\"  indented   1\n" IN("32"), " b\n                                b\n"},
		{"b", SHELL IN("2") "c\n", "  b\nc\n"},
		{"", SHELL "a\n" IN("2") "c\n", "a\nc\n"},
		{"\n\n", SHELL IN("2"), "\n\n"},
		{"b\r\n\r\nc\r\n", SHELL IN("2"), "  b\r\n\r\n  c\r\n"},
		/* lines of slots, loops and branches */
		{"{{ title }}\n", SHELL IN("2"), "  home\n"},
		{"%% for n in numbers\n{{ n }}\n\n%% end\n%% if off\nx\n%% else\ny\n%% end\n", SHELL IN("2"), "  -1\n\n  0\n\n  1\n\n  y\n"},
		{"{{ w }}\n%% if loop.last\n.\n%% end\n", SHELL "%% for w in words\n{{ w }}:\n" IN("2") "%% end\n", "one:\n  one\ntwo:\n  two\n  .\n"},
		{"{{ w }}\n", SHELL "%% each w in words\n" IN("2"), "  one\n"},
		/* the lines of a part are what they are, and those that the loop makes of them are lines like others */
		{"%% for l in lines \"q.part\"\n[\"{{ l }}\"]\n%% end\n", SHELL IN("2"), "  [\"q\"]\n  [\"\"]\n  [\"  in q\"]\n"},
		{"%% for l in lines \"q.part\"\n%% if l != \"\"\n.\n%% end\n%% end\n", SHELL IN("2"), "  .\n  .\n"},
		{"a\n", SHELL "%% for l in lines \"q.part\"\n" IN("1") "\"{{ l }}\"\n%% end\n", " a\n\"q\"\n a\n\"\"\n a\n\"  in q\"\n"},
		/* parts in parts: the blanks add up, and end where they began */
		{"p\n%% include \"q.part\" indented 3\np\n%% include \"q.part\"\n", SHELL IN("2") "x\n",
		 "  p\n     q\n\n       in q\n  p\n  q\n\n    in q\nx\n"},
		{"p\n%% include \"q.part\" indented 3\np\n", SHELL "%% include \"p.part\"\n", "p\n   q\n\n     in q\np\n"},
		/* a text of several lines goes on below its key, wherever that is */
		{"- k: {{ title }}\n", YAML "a:\n" IN("2"), "a:\n  - k: |\n      x\n\n       y\n"},
		{"k: [{{ title }}]\n", YAML "a:\n" IN("2"), "a:\n  k: [\"x\\n\\n y\\n\"]\n"},
		/* what is no word of the language may be a name */
		{"{{ indented }}\n", SHELL "%% for indented in numbers\n" IN("2") "%% end\n", "  -1\n  0\n  1\n"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		bool block = str_starts(str_of(rows[i].template), STR(YAML));
		f->trunk.title = plain(block ? "x\n\n y\n" : "home");
		one_part(f, rows[i].part);
		add_part(f, "q.part", "q\n\n%% include \"r.part\" indented 2\n");
		add_part(f, "r.part", "in q\n");
		render(f, rows[i].template);
		if (strcmp(bytes_of(f, 0), rows[i].made) != 0)
			fail_msg("part:\n%s\ntemplate:\n%s\nmade:\n%s\nexpected:\n%s", rows[i].part, rows[i].template, bytes_of(f, 0),
			         rows[i].made);
	}
}

/* As deep as parts go, each as far as it may. */
static void test_deepest(void **state)
{
	struct fixture *f = *state;
	add_part(f, "0", "x\n");
	for (int i = 1; i < 8; i++)
		add_part(f, str_format(f->arena, "%d", i).ptr, str_format(f->arena, "%%%% include \"%d\" indented 32\n", i - 1).ptr);
	render(f, SHELL "%% include \"7\" indented 32\n");
	assert_string_equal(bytes_of(f, 0), str_format(f->arena, "%256sx\n", "").ptr);
}

static void test_statements(void **state)
{
	struct fixture *f = *state;
	static const char range[] = "expected a number from 1 to 32 [template-syntax]\n"
	                            "help: it is how many blanks go before each line of the part, for example: indented 4\n";
	static const char rest[] = "unexpected text at the end of the statement [template-syntax]\n";
	static const struct {
		const char *behind, *place, *told;
	} rows[] = {
		{"indented", "29", range},      {"indented 0", "30", range},  {"indented 33", "30", range}, {"indented -1", "30", range},
		{"indented 4x", "30", range},   {"indented \"4\"", "30", range}, {"indented port", "30", range}, {"indented 4294967300", "30", range},
		{"indented 99999999999999999999", "30", range},
		{"indented 4 4", "32", rest},   {"indented 4 indented 4", "32", rest},
		{"indent 4", "21", rest},       {"4", "21", rest},           {"\"indented\" 4", "21", rest},
	};
	one_part(f, "x\n");
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct bad row = {
			str_format(f->arena, "%s%%%% include \"p.part\" %s\n", SHELL, rows[i].behind).ptr,
			str_format(f->arena, "3:%s: %s", rows[i].place, rows[i].told).ptr,
		};
		check_all(f, &row, 1, false);
	}
	static const struct bad lines[] = {
		{SHELL "%% for l in lines \"p.part\" indented 4\n%% end\n", "3:28: unexpected text at the end of the statement [template-syntax]\n"},
		{SHELL "%% include indented 4\n", "3:12: expected the name of a part in double quotes [template-syntax]\n"},
		{SHELL "%% include \"q.part\" indented 4\n", "3:12: unknown part 'q.part' [template-name]\nhelp: did you mean 'p.part'?\n"},
	};
	check_all(f, lines, sizeof lines / sizeof *lines, false);
	one_part(f, IN("2"));
	static const struct bad cycle = {
		SHELL IN("2"), "templates/p.part:1:12: the part 'p.part' would be within itself [template-syntax]\n"
		               "3:12: note: the part 'p.part' stands here\n"};
	check_all(f, &cycle, 1, false);
}

/* The blanks would become part of the value; elsewhere in the same file it is fine. */
static void test_value_of_lines(void **state)
{
	struct fixture *f = *state;
	f->trunk.title = plain("a\nb");
	one_part(f, "echo {{ title }} \"{{ title }}\"\n");
	static const struct bad row = {
		SHELL IN("2"),
		"templates/p.part:1:6: 'title' cannot be written by t/x.tmpl: a value of several lines cannot stand in an indented part "
		"[value-refused]\n"
		"templates/p.part:1:19: 'title' cannot be written by t/x.tmpl: a value of several lines cannot stand in an indented part "
		"[value-refused]\n"};
	check_all(f, &row, 1, true);
	add_part(f, "q.part", "x\n");
	render(f, SHELL "%% include \"q.part\" indented 2\n{{ title }}\n%% include \"p.part\"\n");
	assert_string_equal(bytes_of(f, 0), "  x\n'a\nb'\necho 'a\nb' \"a\nb\"\n");
	/* lines of a part are quoted one by one: none is a value of several */
	add_part(f, "r.part", "%% for l in lines \"p.part\"\n{{ l }}\n%% end\n");
	render(f, SHELL "%% include \"r.part\" indented 2\n");
	assert_string_equal(bytes_of(f, 0), "  'echo '\\''a'\n  'b'\\'' \"a'\n  'b\"'\n");
}

/* Heads of sections that an indented part makes are found like others. */
static void test_sections(void **state)
{
	struct fixture *f = *state;
	one_part(f, "[Peer]\n");
	render(f, "%% path x\n%% dialect wg\n%% apply [Peer] reload: again\n%% apply nothing\n" IN("2"));
	assert_string_equal(bytes_of(f, 0), "  [Peer]\n");
}

static void test_secrets(void **state)
{
	struct fixture *f = *state;
	one_part(f, "k={{ key }}\n");
	render(f, "%% path x\n%% dialect routeros\n%% secret\n" IN("2"));
	assert_string_equal(bytes_of(f, 0), "  k=\"" KEY_OF_ONES "\"\n");
	assert_null(compile(f, "%% path x\n%% dialect routeros\n" IN("2")));
	assert_true(diags_have(f->diags, DIAG_TEMPLATE_SECRET));
	f->diags = diags_new(f->arena, false);
	assert_int_equal(public_use(f, SHELL "%% secret\n" IN("2"), "{{ title }}\n{{ title }}\n{{ title }}\n{{ title }}\naaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"),
	                 public_use(f, SHELL "%% secret\n" IN("2"), "a\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_made, setup, teardown),
		cmocka_unit_test_setup_teardown(test_deepest, setup, teardown),
		cmocka_unit_test_setup_teardown(test_statements, setup, teardown),
		cmocka_unit_test_setup_teardown(test_value_of_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sections, setup, teardown),
		cmocka_unit_test_setup_teardown(test_secrets, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
