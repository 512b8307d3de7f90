/* Tests of the template engine: parts that templates take in, and loops over the lines of a part. */
#include "template_plan.h"

#define SHELL "%% path x\n%% dialect shell\n"
#define ROUTEROS "%% path x\n%% dialect routeros\n"
#define LINES "%% for l in lines \"p.part\"\n"

static void refuse(struct fixture *f, const char *text, const char *told)
{
	assert_null(compile(f, text));
	assert_string_equal(messages(f), told);
}

static void test_made(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *part, *template, *made;
	} rows[] = {
		/* in place, with the names of the place and the dialect of the template */
		{"b\n", SHELL "a\n%% include \"p.part\"\nc\n", "a\nb\nc\n"},
		{"{{ title }} {{ odd }}\n", SHELL "%% include \"p.part\"\n", "home 'a $x'\n"},
		{"x {{ odd }};\n", ROUTEROS "%% include \"p.part\"\n", "x \"a \\$x\";\n"},
		{"{{ w }}\n%% if loop.last\n.\n%% end\n", SHELL "%% for w in words\n%% include \"p.part\"\n%% end\n", "one\ntwo\n.\n"},
		{"{{ w }}\n", SHELL "%% each w in words\n%% include \"p.part\"\n", "one\n"},
		{"%% for n in numbers\n{{ n }}\n%% end\n",
		 SHELL "%% for w in words\n%% include \"p.part\"\n%% end\n%% include \"p.part\"\n", "-1\n0\n1\n-1\n0\n1\n-1\n0\n1\n"},
		{"b\n", SHELL "%% if off\n%% include \"p.part\"\n%% else\nn\n%% end\n", "n\n"},
		/* ends of lines */
		{"b", SHELL "a\n%% include \"p.part\"\nc\n", "a\nb\nc\n"},
		{"", SHELL "a\n%% include \"p.part\"\nc\n", "a\nc\n"},
		{"b\n%% if on\nc\n%% end", SHELL "%% include \"p.part\"\nd", "b\nc\nd"},
		{"%%# a note", SHELL "%% include \"p.part\"\nd", "d"},
		/* lines */
		{"a \"b\"\n\n$c\n", ROUTEROS LINES ":put \"{{ l }}\\n\"\n%% end\n",
		 ":put \"a \\\"b\\\"\\n\"\n:put \"\\n\"\n:put \"\\$c\\n\"\n"},
		{"x {{ odd }}\n", ROUTEROS LINES ":put \"{{ l }}\"\n%% end\n", ":put \"x \\\"a \\\\\\$x\\\"\"\n"},
		{"a\nb", SHELL LINES "{{ l }}\n%% end\n", "a\nb\n"},
		{"a\nb\n", SHELL LINES "{{ l }}\n%% end\n", "a\nb\n"},
		{"a\r\nb\r\n", SHELL LINES "{{ l }}\n%% end\n", "a\nb\n"},
		{"\n\n", SHELL LINES "{{ l }};\"{{ l }}\"\n%% end\n", "'';\"\"\n'';\"\"\n"},
		{"\n", ROUTEROS LINES "a-{{ l }}-b={{ l }}\n# {{ l }}.\n%% end\n", "a--b=\"\"\n# .\n"},
		{"\n", "%% path x\n%% dialect wg\n" LINES "[{{ l }}]\n{{ l }}\n%% end\n", "[]\n\n"},
		{"", SHELL LINES "x\n%% end\ny\n", "y\n"},
		{"%% if off\na\n%% end\n", SHELL LINES "x\n%% end\ny\n", "y\n"},
		{"a\nb\nc\n", SHELL LINES "%% if loop.first\n[\n%% end\n{{ l }}\n%% if loop.last\n]\n%% end\n%% end\n", "[\na\nb\nc\n]\n"},
		{"a\n\n", SHELL LINES "%% if l\np\n%% end\n%% if l != \"\"\nfull\n%% end\n%% if l == \"a\"\nA\n%% end\n%% end\n", "p\nfull\nA\np\n"},
		{"%% for n in numbers\n{{ w }} {{ n }}\n%% end\n%% if loop.last\n.\n%% end\n",
		 SHELL "%% for w in words\n" LINES "{{ w }}:\"{{ l }}\"\n%% end\n%% end\n",
		 "one:\"one -1\"\none:\"one 0\"\none:\"one 1\"\ntwo:\"two -1\"\ntwo:\"two 0\"\ntwo:\"two 1\"\ntwo:\".\"\n"},
		{"a\n", SHELL LINES "%% include \"p.part\"\n{{ l }}\n%% end\n", "a\na\n"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		one_part(f, rows[i].part);
		render(f, rows[i].template);
		if (strcmp(bytes_of(f, 0), rows[i].made) != 0)
			fail_msg("part:\n%s\ntemplate:\n%s\nmade:\n%s\nexpected:\n%s", rows[i].part, rows[i].template, bytes_of(f, 0),
			         rows[i].made);
	}
}

/* What looks like a word of the language is a list when the plan has one of that name: only text behind it makes the difference. */
static void test_names_stay_free(void **state)
{
	struct fixture *f = *state;
	render(f, SHELL "%% for lines in words\n%% for include in numbers\n{{ lines }}{{ include }}\n%% end\n%% end\n");
	assert_string_equal(bytes_of(f, 0), "one-1\none0\none1\ntwo-1\ntwo0\ntwo1\n");
	refuse(f, SHELL "%% for x in lines\n%% end\n",
	       "templates/t/x.tmpl:3:13: error: unknown name 'lines' [template-name]\n"
	       "    3 | %% for x in lines\n"
	       "      |             ^~~~~\n"
	       "      = help: 'hlgen show view' lists every name that templates may use\n"
	       "1 error\n");
}

static void test_parts_in_parts(void **state)
{
	struct fixture *f = *state;
	add_part(f, "a.part", "a\n%% for l in lines \"b.part\"\n'{{ l }}'\n%% end\n%% include \"c.part\"\n");
	add_part(f, "b.part", "b\n%% include \"c.part\"\n");
	add_part(f, "c.part", "{{ w }}\n");
	render(f, SHELL "%% for w in words\n%% include \"a.part\"\n%% end\n");
	assert_string_equal(bytes_of(f, 0), "a\n'b'\n'one'\none\na\n'b'\n'two'\ntwo\n");
}

static void test_unknown(void **state)
{
	struct fixture *f = *state;
	add_part(f, "routeros/firewall.part", "x\n");
	refuse(f, SHELL "%% include \"routeros/firewal.part\"\n%% for l in lines \"other.part\"\n{{ l }} {{ l.x }}\n%% end\n",
	       "templates/t/x.tmpl:3:12: error: unknown part 'routeros/firewal.part' [template-name]\n"
	       "    3 | %% include \"routeros/firewal.part\"\n"
	       "      |            ^~~~~~~~~~~~~~~~~~~~~~~\n"
	       "      = help: did you mean 'routeros/firewall.part'?\n"
	       "templates/t/x.tmpl:4:19: error: unknown part 'other.part' [template-name]\n"
	       "    4 | %% for l in lines \"other.part\"\n"
	       "      |                   ^~~~~~~~~~~~\n"
	       "      = help: a part is named by its path below the templates' folder, such as 'vps/example.part'\n"
	       "2 errors\n");
	f->parts = (template_parts){0};
	refuse(f, SHELL "%% include \"a\"\n",
	       "templates/t/x.tmpl:3:12: error: unknown part 'a' [template-name]\n"
	       "    3 | %% include \"a\"\n"
	       "      |            ^~~\n"
	       "      = help: a part is named by its path below the templates' folder, such as 'vps/example.part'\n"
	       "1 error\n");
}

static void test_statements(void **state)
{
	struct fixture *f = *state;
	one_part(f, "x\n");
	static const struct {
		const char *text, *told;
	} rows[] = {
		{SHELL "%% include\n", "3:11: error: expected the name of a part in double quotes [template-syntax]"},
		{SHELL "%% include p.part\n", "3:12: error: expected the name of a part in double quotes [template-syntax]"},
		{SHELL "%% include \"p.part\" x\n", "3:21: error: unexpected text at the end of the statement [template-syntax]"},
		{SHELL "%% for l in lines words\n%% end\n", "3:19: error: expected the name of a part in double quotes [template-syntax]"},
		{SHELL "%% for l in lines \"p.part\" x\n%% end\n", "3:28: error: unexpected text at the end of the statement [template-syntax]"},
		{SHELL "%% each l in lines \"p.part\"\n", "3:14: error: 'lines' outside of 'for' [template-syntax]"},
		{SHELL LINES "{{ l.x }}\n%% end\n", "4:6: error: 'l' is a single value and has no member 'x' [template-type]"},
		{SHELL LINES "%% end\n{{ l }}\n", "5:4: error: unknown name 'l' [template-name]"},
		{SHELL "%% include \"p.part\"\n%% mode 0600\n", "4:4: error: 'mode' belongs to the header [template-syntax]"},
		{SHELL "%% inclde \"p.part\"\n", "3:4: error: unknown statement 'inclde' [template-syntax]"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		assert_null(compile(f, rows[i].text));
		assert_int_equal(diags_errors(f->diags), 1);
		const char *told = messages(f);
		if (!str_starts(str_of(told), str_format(f->arena, "templates/t/x.tmpl:%s\n", rows[i].told)))
			fail_msg("template:\n%s\ntold:\n%s\nexpected:\n%s", rows[i].text, told, rows[i].told);
	}
}

/* Mistakes in a part are told at their place in the part. */
static void test_wrong_inside(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *text, *told;
	} rows[] = {
		{"a\n{{ titel }}\n",
		 "templates/p.part:2:4: error: unknown name 'titel' [template-name]\n"
		 "    2 | {{ titel }}\n"
		 "      |    ^~~~~\n"
		 "templates/t/x.tmpl:4:12: note: the part 'p.part' stands here\n"
		 "    4 | %% include \"p.part\"\n"
		 "      |            ^~~~~~~~\n"
		 "      = help: did you mean 'title'?\n"
		 "1 error\n"},
		{"%% for w in words\n%% end\n",
		 "templates/p.part:1:8: error: 'w' already means something else [template-name]\n"
		 "    1 | %% for w in words\n"
		 "      |        ^\n"
		 "templates/t/x.tmpl:4:12: note: the part 'p.part' stands here\n"
		 "    4 | %% include \"p.part\"\n"
		 "      |            ^~~~~~~~\n"
		 "      = help: choose another name for the loop variable\n"
		 "1 error\n"},
		{"{{ key }}\n",
		 "templates/p.part:1:1: error: 'key' is a secret, but this template is not declared secret [template-secret]\n"
		 "    1 | {{ key }}\n"
		 "      | ^~~~~~~~~\n"
		 "templates/t/x.tmpl:4:12: note: the part 'p.part' stands here\n"
		 "    4 | %% include \"p.part\"\n"
		 "      |            ^~~~~~~~\n"
		 "      = help: add '%% secret' to its header; the file then has mode 0600\n"
		 "1 error\n"},
		{"%% if on\n",
		 "templates/p.part:1:4: error: 'if' is never closed [template-syntax]\n"
		 "    1 | %% if on\n"
		 "      |    ^~\n"
		 "      = help: add a line '%% end' where it ends\n"
		 "1 error\n"},
		{"a\n%% end\n",
		 "templates/p.part:2:4: error: 'end' without 'for' or 'if' [template-syntax]\n"
		 "    2 | %% end\n"
		 "      |    ^~~\n"
		 "      = help: remove it, or open a block above it\n"
		 "1 error\n"},
		{"%% path x\n",
		 "templates/p.part:1:4: error: 'path' belongs to the header [template-syntax]\n"
		 "    1 | %% path x\n"
		 "      |    ^~~~\n"
		 "      = help: a part has no header: the template that includes it has one\n"
		 "1 error\n"},
		{"a\001\n",
		 "templates/p.part:1:2: error: the part is not valid text [template-syntax]\n"
		 "    1 | a?\n"
		 "      |  ^\n"
		 "      = help: a part is UTF-8 without control characters\n"
		 "1 error\n"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		one_part(f, rows[i].text);
		refuse(f, SHELL "%% for w in words\n%% include \"p.part\"\n%% end\n", rows[i].told);
	}
}

/* The mistake is told once, but no template that takes the part in is good. */
static void test_told_once(void **state)
{
	struct fixture *f = *state;
	one_part(f, "{{ nothere }}\n");
	assert_null(compile(f, SHELL "%% include \"p.part\"\n"));
	assert_null(compile(f, SHELL "%% include \"p.part\"\n"));
	assert_int_equal(diags_errors(f->diags), 1);
}

static void test_cycle(void **state)
{
	struct fixture *f = *state;
	add_part(f, "a.part", "%% include \"b.part\"\n");
	add_part(f, "b.part", "x\n%% for l in lines \"a.part\"\n%% end\n");
	refuse(f, SHELL "%% include \"a.part\"\n",
	       "templates/b.part:2:19: error: the part 'a.part' would be within itself [template-syntax]\n"
	       "    2 | %% for l in lines \"a.part\"\n"
	       "      |                   ^~~~~~~~\n"
	       "templates/a.part:1:12: note: the part 'b.part' stands here\n"
	       "    1 | %% include \"b.part\"\n"
	       "      |            ^~~~~~~~\n"
	       "templates/t/x.tmpl:3:12: note: the part 'a.part' stands here\n"
	       "    3 | %% include \"a.part\"\n"
	       "      |            ^~~~~~~~\n"
	       "1 error\n");
}

/* 0.part is `end`; every other part takes in the one before it `times`. */
static void add_tower(struct fixture *f, int height, int times, const char *end)
{
	f->parts = (template_parts){0};
	add_part(f, "0.part", end);
	for (int i = 1; i < height; i++) {
		struct buf text = {.arena = f->arena};
		for (int j = 0; j < times; j++)
			buf_printf(&text, "%%%% include \"%d.part\"\n", i - 1);
		buf_char(&text, '\0');
		add_part(f, str_format(f->arena, "%d.part", i).ptr, text.ptr);
	}
}

static void test_limits(void **state)
{
	struct fixture *f = *state;
	add_tower(f, 9, 1, "x\n");
	render(f, SHELL "%% include \"7.part\"\n");
	assert_string_equal(bytes_of(f, 0), "x\n");
	assert_null(compile(f, SHELL "%% include \"8.part\"\n"));
	const char *told = messages(f);
	assert_non_null(strstr(told, "templates/1.part:1:12: error: parts are nested more than 8 deep [template-syntax]\n"));
	assert_non_null(strstr(told, "templates/8.part:1:12: note: the part '7.part' stands here\n"));
	assert_non_null(strstr(told, "templates/t/x.tmpl:3:12: note: the part '8.part' stands here\n"));

	add_tower(f, 4, 9, "");
	render(f, SHELL "%% include \"3.part\"\n");
	add_tower(f, 8, 9, "");
	assert_null(compile(f, SHELL "%% include \"7.part\"\n"));
	assert_non_null(strstr(messages(f), "error: the template takes in more than 1000 parts [template-syntax]\n"));

	/* blocks around a part count in it */
	one_part(f, "%% if on\n%% end\n");
	static const char if8[] = "%% if on\n%% if on\n%% if on\n%% if on\n%% if on\n%% if on\n%% if on\n%% if on\n";
	static const char if7[] = "%% if on\n%% if on\n%% if on\n%% if on\n%% if on\n%% if on\n%% if on\n";
	assert_null(compile(f, str_format(f->arena, "%s%s%s%%%% include \"p.part\"\n", SHELL, if8, if7).ptr));
	assert_non_null(strstr(messages(f), "templates/p.part:1:4: error: blocks are nested more than 15 deep"));
}

static void test_secrets(void **state)
{
	struct fixture *f = *state;
	one_part(f, "k={{ key }}\n");
	render(f, ROUTEROS "%% secret\n%% include \"p.part\"\n" LINES ":put \"{{ l }}\"\n%% end\n");
	assert_string_equal(bytes_of(f, 0), "k=\"" KEY_OF_ONES "\"\n:put \"k=\\\"" KEY_OF_ONES "\\\"\"\n");
	assert_int_equal(f->files.items[0].mode, 0600);
	assert_null(compile(f, ROUTEROS LINES ":put \"{{ l }}\"\n%% end\n"));
	assert_true(diags_have(f->diags, DIAG_TEMPLATE_SECRET));
	assert_null(strstr(messages(f), "AQEBAQ"));
}

#define PUT LINES ":put \"{{ l }}\"\n%% end\n"

/* Lines of a secret file are kept where it is kept: more of them take no more public memory. */
static void test_lines_are_secret(void **state)
{
	struct fixture *f = *state;
	static const char one[] = "a\n", many[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\na\n\na\na\na\na\n";
	assert_true(public_use(f, ROUTEROS PUT, many) > public_use(f, ROUTEROS PUT, one));
	assert_int_equal(public_use(f, ROUTEROS "%% secret\n" PUT, many), public_use(f, ROUTEROS "%% secret\n" PUT, one));
}

static void test_values(void **state)
{
	struct fixture *f = *state;
	one_part(f, "a\n{{ missing }}\n");
	struct template *template = compile(f, SHELL LINES "{{ l }}\n%% end\n");
	assert_non_null(template);
	assert_false(render_with(f, template));
	assert_string_equal(messages(f),
	                    "templates/p.part:2:1: error: 'missing' is absent and cannot be inserted [template-absent]\n"
	                    "    2 | {{ missing }}\n"
	                    "      | ^~~~~~~~~~~~~\n"
	                    "      = help: put '%% if missing' before it and '%% end' behind it\n"
	                    "1 error\n");
	/* the part is fine, but not where its lines are to go */
	one_part(f, "a\nb c\n");
	template = compile(f, ROUTEROS LINES "x-{{ l }}\n%% end\n");
	assert_non_null(template);
	assert_false(render_with(f, template));
	assert_string_equal(messages(f),
	                    "templates/t/x.tmpl:3:13: error: 'l' cannot be written by t/x.tmpl: part of a RouterOS word holds "
	                    "only letters, digits and ._:/,- [value-refused]\n"
	                    "    3 | %% for l in lines \"p.part\"\n"
	                    "      |             ^~~~~~~~~~~~~~\n"
	                    "templates/t/x.tmpl:4:3: note: it would be inserted here\n"
	                    "    4 | x-{{ l }}\n"
	                    "      |   ^~~~~~~\n"
	                    "1 error\n");
}

/* A part with any byte replaced is compiled or refused, never more. */
static void test_broken_anywhere(void **state)
{
	struct fixture *f = *state;
	static const char text[] = "%% include \"q.part\" indented 3\n%% for m in lines \"q.part\"\n# {{ m }}\n%% end\n%% if l\n{{ w }}\n%% end";
	static const char bytes[] = "%{}\"\\ \n.pq\xC3";
	for (size_t at = 0; at < sizeof text - 1; at++) {
		for (size_t i = 0; i < sizeof bytes - 1; i++) {
			char changed[sizeof text];
			memcpy(changed, text, sizeof text);
			changed[at] = bytes[i];
			one_part(f, str_copy(f->arena, str_of(changed)).ptr);
			add_part(f, "q.part", "{{ title }}\n\n");
			struct template *template = compile(f, SHELL "%% for w in words\n" LINES "{{ l }}\n%% include \"p.part\"\n%% end\n"
			                                       "%% include \"p.part\"\n%% end\n");
			assert_int_equal(template == NULL, diags_errors(f->diags) > 0);
			if (template != NULL)
				render_with(f, template);
			f->diags = diags_new(f->arena, false);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_made, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names_stay_free, setup, teardown),
		cmocka_unit_test_setup_teardown(test_parts_in_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unknown, setup, teardown),
		cmocka_unit_test_setup_teardown(test_statements, setup, teardown),
		cmocka_unit_test_setup_teardown(test_wrong_inside, setup, teardown),
		cmocka_unit_test_setup_teardown(test_told_once, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cycle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
		cmocka_unit_test_setup_teardown(test_secrets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_lines_are_secret, setup, teardown),
		cmocka_unit_test_setup_teardown(test_values, setup, teardown),
		cmocka_unit_test_setup_teardown(test_broken_anywhere, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
