/* Tests of the template engine: every way in which a template, or a value in it, can be wrong. */
#include "template_bad.h"

#define HEADER "%% path x\n%% dialect shell\n"
#define FIVE_IFS "%% if on\n%% if on\n%% if on\n%% if on\n%% if on\n"

static void test_header_and_blocks(void **state)
{
	struct fixture *f = *state;
	static const struct bad rows[] = {
		{"",
		 "1:1: the template has no '%% dialect' in its header [template-syntax]\n"
		 "help: for example: %% dialect yaml\n"
		 "1:1: the template has no '%% path' in its header [template-syntax]\n"
		 "help: for example: %% path vps/etc/example.conf\n"},
		{"text\n",
		 "1:1: the template has no '%% dialect' in its header [template-syntax]\n"
		 "help: for example: %% dialect yaml\n"
		 "1:1: the template has no '%% path' in its header [template-syntax]\n"
		 "help: for example: %% path vps/etc/example.conf\n"},
		{"%% path x\ntext\n",
		 "1:1: the template has no '%% dialect' in its header [template-syntax]\n"
		 "help: for example: %% dialect yaml\n"},
		{"%% dialect wg\n",
		 "1:1: the template has no '%% path' in its header [template-syntax]\n"
		 "help: for example: %% path vps/etc/example.conf\n"},
		{"%% path\n%% dialect\nx\n",
		 "1:4: 'path' without a value [template-syntax]\n"
		 "help: for example: %% path vps/etc/example.conf\n"
		 "2:4: 'dialect' without a value [template-syntax]\n"
		 "help: for example: %% dialect yaml\n"},
		{"%% path x\n%% dialect nginy\n",
		 "2:12: unknown dialect 'nginy' [template-name]\n"
		 "help: did you mean 'nginx'?\n"},
		{"%% path x\n%% dialect toml\n{{ nothere }}\n",
		 "2:12: unknown dialect 'toml' [template-name]\n"
		 "help: the dialects are json, markdown, nft, nginx, path, routeros, shell, sysctl, systemd, wg, xml, yaml, zone\n"
		 "3:4: unknown name 'nothere' [template-name]\n"
		 "help: 'hlgen show view' lists every name that templates may use\n"},
		{HEADER "%% mode 0777\n",
		 "3:9: unknown mode '0777' [template-syntax]\n"
		 "help: files have mode 0600, 0644 or 0755\n"},
		{HEADER "%% secret\n%% mode 0644\n",
		 "4:9: a secret file cannot have mode '0644' [template-secret]\n"
		 "help: remove the mode: 'secret' means 0600\n"},
		{HEADER "%% secret yes\n",
		 "3:11: unexpected text at the end of the statement [template-syntax]\n"},
		{HEADER "%% path y\n",
		 "3:4: 'path' is given twice [template-syntax]\n"
		 "1:4: note: first given here\n"},
		{HEADER "%% wen on\n",
		 "3:4: unknown statement 'wen' [template-syntax]\n"
		 "help: did you mean 'when'?\n"},
		{HEADER "%% xyzzy\n",
		 "3:4: unknown statement 'xyzzy' [template-syntax]\n"
		 "help: the header has path, dialect, secret, mode, each, when, bundle, order and apply; the body for, if, elif, else, end and "
		 "include\n"},
		{HEADER "%% \"x\"\n",
		 "3:4: expected a word after '%%' [template-syntax]\n"},
		{HEADER "a\n%% mode 0600\n",
		 "4:4: 'mode' belongs to the header [template-syntax]\n"
		 "help: move it to the top, before the first line of text\n"},
		{HEADER "a\n%% fi on\n",
		 "4:4: unknown statement 'fi' [template-syntax]\n"
		 "help: the statements are for, if, elif, else, end and include\n"},
		{HEADER "a\n%% {{ title }}\n",
		 "4:4: expected a word after '%%' [template-syntax]\n"},
		{HEADER "%% end\n",
		 "3:4: 'end' without 'for' or 'if' [template-syntax]\n"
		 "help: remove it, or open a block above it\n"},
		{HEADER "%% else\n",
		 "3:4: 'else' without 'if' [template-syntax]\n"
		 "help: open the block with '%% if'; nothing but 'end' may follow an 'else'\n"},
		{HEADER "%% for x in words\n%% elif on\n%% end\n",
		 "4:4: 'elif' without 'if' [template-syntax]\n"
		 "help: open the block with '%% if'; nothing but 'end' may follow an 'else'\n"},
		{HEADER "%% if on\n%% else\n%% else\n%% end\n",
		 "5:4: 'else' without 'if' [template-syntax]\n"
		 "help: open the block with '%% if'; nothing but 'end' may follow an 'else'\n"},
		{HEADER "%% if on\n",
		 "3:4: 'if' is never closed [template-syntax]\n"
		 "help: add a line '%% end' where it ends\n"},
		{HEADER "%% if on\n%% for x in words\n%% end\n",
		 "3:4: 'if' is never closed [template-syntax]\n"
		 "help: add a line '%% end' where it ends\n"},
		{HEADER "%% for x in words\n%% if on\n%% else\na\n",
		 "3:4: 'for' is never closed [template-syntax]\n"
		 "help: add a line '%% end' where it ends\n"
		 "4:4: 'if' is never closed [template-syntax]\n"
		 "help: add a line '%% end' where it ends\n"},
		{HEADER "%% if on\n%% end if\n",
		 "4:8: unexpected text at the end of the statement [template-syntax]\n"},
	};
	check_all(f, rows, sizeof rows / sizeof *rows, false);
}

static void test_names_and_slots(void **state)
{
	struct fixture *f = *state;
	static const struct bad rows[] = {
		{HEADER "{{ titel }}\n",
		 "3:4: unknown name 'titel' [template-name]\n"
		 "help: did you mean 'title'?\n"},
		{HEADER "{{ leaf.nam }}\n",
		 "3:9: unknown name 'nam' [template-name]\n"
		 "help: did you mean 'name'?\n"},
		{HEADER "{{ title.x }}\n",
		 "3:10: 'title' is a single value and has no member 'x' [template-type]\n"},
		{HEADER "{{ leaves.name }}\n",
		 "3:11: 'leaves' is a list and has no member 'name' [template-type]\n"
		 "help: go through it with '%% for x in leaves'\n"},
		{HEADER "{{ .title }} {{ leaf..name }} {{ leaf. }}\n",
		 "3:4: '.title' is not a path of names and dots [template-syntax]\n"
		 "3:17: 'leaf..name' is not a path of names and dots [template-syntax]\n"
		 "3:34: 'leaf.' is not a path of names and dots [template-syntax]\n"},
		{HEADER "{{ xyzzyxyzzy }}\n",
		 "3:4: unknown name 'xyzzyxyzzy' [template-name]\n"
		 "help: 'hlgen show view' lists every name that templates may use\n"},
		{HEADER "{{ on }}\n",
		 "3:1: 'on' is a flag and cannot be inserted [template-type]\n"
		 "help: test it with '%% if on' and write the words yourself\n"},
		{HEADER "{{ flags }}\n",
		 "3:1: 'flags' is a list: its element is a flag and cannot be inserted [template-type]\n"
		 "help: go through it with '%% for x in flags'\n"},
		{HEADER "{{ leaf }} {{ pointer }} {{ leaves }}\n",
		 "3:1: 'leaf' is an object and cannot be inserted [template-type]\n"
		 "help: insert one of its members\n"
		 "3:12: 'pointer' is an object and cannot be inserted [template-type]\n"
		 "help: insert one of its members\n"
		 "3:26: 'leaves' is a list: its element is an object and cannot be inserted [template-type]\n"
		 "help: go through it with '%% for x in leaves'\n"},
		{HEADER "a {{ title\nb }}\n",
		 "3:3: '{{' without '}}' on the same line [template-syntax]\n"
		 "help: for '{{' in the output write {{ \"{{\" }}\n"},
		{HEADER "{{ }} {{ title port }} {{ 5 }} {{ \"a }}\n",
		 "3:1: a slot holds one path or one text in quotes [template-syntax]\n"
		 "help: write {{ path }}, or {{ \"{{\" }} for '{{' in the output\n"
		 "3:7: a slot holds one path or one text in quotes [template-syntax]\n"
		 "help: write {{ path }}, or {{ \"{{\" }} for '{{' in the output\n"
		 "3:24: a slot holds one path or one text in quotes [template-syntax]\n"
		 "help: write {{ path }}, or {{ \"{{\" }} for '{{' in the output\n"
		 "3:32: a slot holds one path or one text in quotes [template-syntax]\n"
		 "help: write {{ path }}, or {{ \"{{\" }} for '{{' in the output\n"},
		{HEADER "{{ \"a\\n\" }}\n",
		 "3:1: a slot holds one path or one text in quotes [template-syntax]\n"
		 "help: write {{ path }}, or {{ \"{{\" }} for '{{' in the output\n"},
		{HEADER "%% for x words\n%% end\n",
		 "3:10: expected 'in' and the path of a list [template-syntax]\n"},
		{HEADER "%% for x in\n%% end\n",
		 "3:12: expected the path of a list [template-syntax]\n"},
		{HEADER "%% for in words\n%% end\n",
		 "3:11: expected 'in' and the path of a list [template-syntax]\n"},
		{HEADER "%% for x.y in words\n%% end\n",
		 "3:8: expected the name of a loop variable [template-syntax]\n"},
		{HEADER "%% for x in title\n{{ x }} {{ x.y }}\n%% end\n",
		 "3:13: 'title' is not a list [template-type]\n"},
		{HEADER "%% for x in nowhere\n{{ x.y }}\n%% end\n",
		 "3:13: unknown name 'nowhere' [template-name]\n"
		 "help: 'hlgen show view' lists every name that templates may use\n"},
		{HEADER "%% for title in words\n%% end\n",
		 "3:8: 'title' already means something else [template-name]\n"
		 "help: choose another name for the loop variable\n"},
		{HEADER "%% for loop in words\n%% end\n%% for not in words\n%% end\n",
		 "3:8: 'loop' already means something else [template-name]\n"
		 "help: choose another name for the loop variable\n"
		 "5:8: 'not' already means something else [template-name]\n"
		 "help: choose another name for the loop variable\n"},
		{HEADER "%% for x in words\n%% for x in words\n%% end\n%% end\n",
		 "4:8: 'x' already means something else [template-name]\n"
		 "help: choose another name for the loop variable\n"},
		{HEADER "%% for x in words and\n%% end\n",
		 "3:19: unexpected text at the end of the statement [template-syntax]\n"},
		{HEADER "%% for wrod in words\n{{ word }}\n%% end\n{{ wrod }}\n",
		 "4:4: unknown name 'word' [template-name]\n"
		 "help: did you mean 'words'?\n"
		 "6:4: unknown name 'wrod' [template-name]\n"
		 "help: 'hlgen show view' lists every name that templates may use\n"},
		{HEADER "{{ loop.first }}\n",
		 "3:4: 'loop.first' outside of a 'for' loop [template-name]\n"},
		{HEADER "%% if loop.first\n%% end\n",
		 "3:7: 'loop.first' outside of a 'for' loop [template-name]\n"},
		{HEADER "%% for x in words\n%% if loop.frist\n%% end\n%% end\n",
		 "4:7: unknown name 'loop.frist' [template-name]\n"
		 "help: a loop has 'loop.first' and 'loop.last'\n"},
	};
	check_all(f, rows, sizeof rows / sizeof *rows, false);
}

static void test_conditions_and_places(void **state)
{
	struct fixture *f = *state;
	static const struct bad rows[] = {
		{HEADER "%% if\n%% end\n",
		 "3:6: expected a path [template-syntax]\n"},
		{HEADER "%% if on and\n%% end\n",
		 "3:13: expected a path [template-syntax]\n"},
		{HEADER "%% if on off\n%% end\n",
		 "3:10: expected 'and', 'or' or the end [template-syntax]\n"
		 "help: a condition is '[not] path', 'path == literal' or 'path != literal', joined by 'and' / 'or'\n"},
		{HEADER "%% if not\n%% end\n",
		 "3:10: expected a path [template-syntax]\n"},
		{HEADER "%% if not not on\n%% end\n",
		 "3:11: expected a path [template-syntax]\n"},
		{HEADER "%% if title == port\n%% end\n",
		 "3:16: expected a number or a text in double quotes [template-syntax]\n"},
		{HEADER "%% if title == 5\n%% elif port != \"x\"\n%% elif on == 1\n%% elif words == \"x\"\n%% end\n",
		 "3:7: 'title' is not a number [template-type]\n"
		 "4:9: 'port' is not a text [template-type]\n"
		 "5:9: 'on' is not a number [template-type]\n"
		 "6:9: 'words' is not a text [template-type]\n"},
		{HEADER "%% if not port == 5\n%% end\n",
		 "3:16: 'not' before a comparison [template-syntax]\n"
		 "help: write '!=' instead\n"},
		{HEADER "%% if port = 5\n%% end\n",
		 "3:12: expected 'and', 'or' or the end [template-syntax]\n"
		 "help: a condition is '[not] path', 'path == literal' or 'path != literal', joined by 'and' / 'or'\n"},
		{HEADER "%% if (on)\n%% end\n",
		 "3:7: expected a path [template-syntax]\n"},
		{HEADER "%% if port == 99999999999999999999\n%% end\n",
		 "3:15: expected a number or a text in double quotes [template-syntax]\n"},
		{HEADER "%% if port == 1x\n%% end\n",
		 "3:15: expected a number or a text in double quotes [template-syntax]\n"},
		{HEADER "{{ key }}\n",
		 "3:1: 'key' is a secret, but this template is not declared secret [template-secret]\n"
		 "help: add '%% secret' to its header; the file then has mode 0600\n"},
		{"%% path {{ key }}\n%% dialect path\n%% secret\n%% apply run: {{ key }}\n",
		 "1:9: the secret 'key' cannot be part of the header [template-secret]\n"
		 "4:15: the secret 'key' cannot be part of the header [template-secret]\n"},
		{HEADER "x-{{ words }}\n\"{{ title }}\n",
		 "3:3: the list 'words' cannot be part of a word [template-type]\n"
		 "help: put blanks around it, or go through it with '%% for x in words'\n"
		 "4:2: no value is safe at this place of a shell file [template-type]\n"
		 "help: quotes must open and close on the slot's line, and may not hold code that is read once more\n"},
		{"%% path {{ words }}\n%% dialect yaml\na-{{ words }}\n",
		 "1:9: the list 'words' cannot be part of a word [template-type]\n"
		 "help: put blanks around it, or go through it with '%% for x in words'\n"
		 "3:3: the list 'words' cannot be part of a word [template-type]\n"
		 "help: put blanks around it, or go through it with '%% for x in words'\n"},
		{HEADER "%% each x in title\n{{ x }}\n",
		 "3:14: 'title' is not a list [template-type]\n"},
		{HEADER "%% each x\n",
		 "3:10: expected 'in' and the path of a list [template-syntax]\n"},
		{HEADER "%% when\n",
		 "3:4: 'when' without a value [template-syntax]\n"
		 "help: for example: %% when router\n"},
		{HEADER "%% when nope\n",
		 "3:9: unknown name 'nope' [template-name]\n"
		 "help: did you mean 'none'?\n"},
		{HEADER "a\001b\n",
		 "3:2: the template is not valid text [template-syntax]\n"
		 "help: a template is UTF-8 without control characters\n"},
		{HEADER "a\377b\n",
		 "3:2: the template is not valid text [template-syntax]\n"
		 "help: a template is UTF-8 without control characters\n"},
		{HEADER FIVE_IFS FIVE_IFS FIVE_IFS "%% if on\n",
		 "18:4: blocks are nested more than 15 deep [template-syntax]\n"},
	};
	check_all(f, rows, sizeof rows / sizeof *rows, false);
}

static void test_values(void **state)
{
	struct fixture *f = *state;
	static const struct bad rows[] = {
		{HEADER "{{ missing }} {{ no_address }} {{ no_net }} {{ nothing.name }} {{ none }} {{ nothing.nets }}\n",
		 "3:1: 'missing' is absent and cannot be inserted [template-absent]\n"
		 "help: put '%% if missing' before it and '%% end' behind it\n"
		 "3:15: 'no_address' is absent and cannot be inserted [template-absent]\n"
		 "help: put '%% if no_address' before it and '%% end' behind it\n"
		 "3:32: 'no_net' is absent and cannot be inserted [template-absent]\n"
		 "help: put '%% if no_net' before it and '%% end' behind it\n"
		 "3:45: 'nothing.name' is absent and cannot be inserted [template-absent]\n"
		 "help: put '%% if nothing.name' before it and '%% end' behind it\n"
		 "3:64: 'none' is absent and cannot be inserted [template-absent]\n"
		 "help: put '%% if none' before it and '%% end' behind it\n"
		 "3:75: 'nothing.nets' is absent and cannot be inserted [template-absent]\n"
		 "help: put '%% if nothing.nets' before it and '%% end' behind it\n"},
		{HEADER "%% for x in nothing.nets\n%% end\n",
		 "3:13: 'nothing.nets' is absent: something on the way to the list is [template-absent]\n"
		 "help: put '%% if nothing.nets' around the loop\n"},
		{"%% path x\n%% dialect wg\n%% secret\n{{ no_key }}\n",
		 "4:1: 'no_key' is absent and cannot be inserted [template-absent]\n"
		 "help: put '%% if no_key' before it and '%% end' behind it\n"},
		{"%% path x\n%% dialect nginx\na {{ odd }};\nb {{ odds }};\n",
		 "site.yaml:2:6: 'odd' cannot be written by t/x.tmpl: nginx has no way to write '$' [value-refused]\n"
		 "3:3: note: it would be inserted here\n"
		 "site.yaml:3:8: 'odds' cannot be written by t/x.tmpl: nginx has no way to write '$' [value-refused]\n"
		 "4:3: note: it would be inserted here\n"},
		{"%% path x\n%% dialect routeros\na={{ odds }}\n",
		 "site.yaml:3:8: 'odds' cannot be written by t/x.tmpl: part of a RouterOS word holds only letters, digits "
		 "and ._:/,- [value-refused]\n"
		 "3:3: note: it would be inserted here\n"
		 "3:3: 'odds' cannot be written by t/x.tmpl: part of a RouterOS word holds only letters, digits and ._:/,- "
		 "[value-refused]\n"},
		{"%% path {{ odd }}\n%% dialect wg\n",
		 "site.yaml:2:6: 'odd' cannot be written by t/x.tmpl: a file name holds only printable ASCII without blanks, "
		 "'/' and '\\' [value-refused]\n"
		 "1:9: note: it would be inserted here\n"},
		{"%% path /x\n%% dialect wg\n",
		 "1:9: bad path '/x': a path is relative and has no empty component [template-path]\n"},
		{"%% path a//b\n%% dialect wg\n",
		 "1:9: bad path 'a//b': a path is relative and has no empty component [template-path]\n"},
		{"%% path a/\n%% dialect wg\n",
		 "1:9: bad path 'a/': a path is relative and has no empty component [template-path]\n"},
		{"%% path a/../b\n%% dialect wg\n",
		 "1:9: bad path 'a/../b': a path has no component '.' or '..' [template-path]\n"},
		{"%% path ./b\n%% dialect wg\n",
		 "1:9: bad path './b': a path has no component '.' or '..' [template-path]\n"},
		{"%% path a b\n%% dialect wg\n",
		 "1:9: bad path 'a b': a path holds only printable ASCII without blanks and '\\' [template-path]\n"},
		{"%% path a/-b\n%% dialect wg\n",
		 "1:9: bad path 'a/-b': no component of a path begins with '-' [template-path]\n"},
		{"%% path {{ title }}/{{ below }}\n%% dialect wg\n",
		 "1:21: 'below' cannot be written by t/x.tmpl: a file name cannot be empty, '.' or '..', nor begin with '-' "
		 "[value-refused]\n"},
		{"%% path x\n%% dialect nginx\n%% secret\na{{ key }};\n",
		 "4:2: 'key' cannot be written by t/x.tmpl: part of an nginx word holds only letters, digits and ._:/*@- "
		 "[value-refused]\n"},
	};
	check_all(f, rows, sizeof rows / sizeof *rows, true);
}

/* The form in which users see it: the value in the site file, and the slot that wanted it. */
static void test_whole_message(void **state)
{
	struct fixture *f = *state;
	struct template *template = compile(f, "%% path x\n%% dialect nginx\na {{ odd }};\n");
	assert_non_null(template);
	assert_false(render_with(f, template));
	assert_string_equal(messages(f),
	                    "site.yaml:2:6: error: 'odd' cannot be written by t/x.tmpl: nginx has no way to write '$' "
	                    "[value-refused]\n"
	                    "    2 | odd: a $x\n"
	                    "      |      ^~~~\n"
	                    "templates/t/x.tmpl:3:3: note: it would be inserted here\n"
	                    "    3 | a {{ odd }};\n"
	                    "      |   ^~~~~~~~~\n"
	                    "1 error\n");
}

static void test_long_component(void **state)
{
	struct fixture *f = *state;
	char name[257] = {0};
	memset(name, '_', 256);
	struct template *template = compile(f, str_format(f->arena, "%%%% path a/%s\n%%%% dialect wg\n", name + 1).ptr);
	assert_true(render_with(f, template));
	template = compile(f, str_format(f->arena, "%%%% path a/%s\n%%%% dialect wg\n", name).ptr);
	assert_false(render_with(f, template));
	assert_true(diags_have(f->diags, DIAG_TEMPLATE_PATH));
}

/* Other elements still get their files; the count of messages has an end. */
static void test_failures_end(void **state)
{
	struct fixture *f = *state;
	f->trunk.leaves.items[1].name.value = STR("..");
	struct template *template = compile(f, "%% path {{ x.name }}\n%% dialect wg\n%% each x in leaves\n");
	assert_false(render_with(f, template));
	assert_int_equal(f->files.count, 2);
	assert_int_equal(diags_errors(f->diags), 1);
	f->diags = diags_new(f->arena, false);
	struct str zeros = str_format(f->arena, "%0500d", 0);
	const struct source *source = source_new(f->arena, STR("site.yaml"), zeros);
	for (uint32_t i = 0; i < 500; i++)
		add_word(f, &f->trunk.words, (struct text){.value = STR("a b"), .at = {source, i, i + 1}});
	template = compile(f, "%% path x\n%% dialect wg\n%% for w in words\n{{ w }}\n%% end\n");
	assert_false(render_with(f, template));
	assert_int_equal(diags_errors(f->diags), 100);
}

/* No message about a key shows the key. */
static void test_secret_is_not_told(void **state)
{
	struct fixture *f = *state;
	struct template *template = compile(f, "%% path x\n%% dialect sysctl\n%% secret\n{{ key }}\n");
	assert_false(render_with(f, template));
	assert_null(strstr(messages(f), "AQEBAQ"));
}

static void compile_and_forget(struct fixture *f, struct str text)
{
	struct template *template = compile(f, str_copy(f->arena, text).ptr);
	assert_int_equal(template == NULL, diags_errors(f->diags) > 0);
	if (template != NULL)
		render_with(f, template);
	f->diags = diags_new(f->arena, false);
}

/* Every beginning of a good template, and the template with any byte replaced, is compiled or refused, never more. */
static void test_broken_anywhere(void **state)
{
	struct fixture *f = *state;
	static const char text[] = "%% path o/{{ x.name }}\n%% dialect nft\n%% secret\n%% each x in leaves\n"
	"%% when on and port == 51820\n"
	                           "# {{ title }}\n%% for n in x.nets\n\t{{ n }} \"{{ \"a\\\"\" }}\n%% if loop.last\n"
	                           "{{ x.key }}\n"
	                           "%% elif not off or title != \"x\"\n%% else\n%% end\n%% end\n";
	static const char bytes[] = "%{}\"\\ \n.x\xC3";
	for (size_t at = 0; at < sizeof text - 1; at++) {
		compile_and_forget(f, (struct str){text, at});
		for (size_t i = 0; i < sizeof bytes - 1; i++) {
			char changed[sizeof text];
			memcpy(changed, text, sizeof text);
			changed[at] = bytes[i];
			compile_and_forget(f, str_of(changed));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_header_and_blocks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_names_and_slots, setup, teardown),
		cmocka_unit_test_setup_teardown(test_conditions_and_places, setup, teardown),
		cmocka_unit_test_setup_teardown(test_values, setup, teardown),
		cmocka_unit_test_setup_teardown(test_whole_message, setup, teardown),
		cmocka_unit_test_setup_teardown(test_long_component, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failures_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_secret_is_not_told, setup, teardown),
		cmocka_unit_test_setup_teardown(test_broken_anywhere, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
