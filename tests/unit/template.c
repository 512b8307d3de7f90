/* Tests of the template engine: what templates make of a small plan. */
#include "template_plan.h"

#define HEADER "%% path out/x\n%% dialect shell\n"

struct good {
	const char *body, *made;
};

static void test_bodies(void **state)
{
	struct fixture *f = *state;
	static const struct good rows[] = {
		{"", ""},
		{"\n", "\n"},
		{"a\r\n\tb", "a\r\n\tb"},
		{"{ } }} % %x\n", "{ } }} % %x\n"},
		{"{{ title }}\n", "home\n"},
		{"{{title}}-{{ port }}", "home-51820"},
		{"{{ port }} {{ zero }} {{ below }}", "51820 0 -3"},
		{"{{ address }} {{ net }}", "203.0.113.7 10.0.0.0/24"},
		{"{{ leaf.name }} {{ pointer.name }} {{ pointer.nets }}", "oak birch 10.1.0.0/16 fd00::/64"},
		{"{{ words }}; {{ numbers }}; {{ addresses }}", "one two; -1 0 1; 10.0.0.1 fd00::1"},
		{"{{ odds }}", "'a b' '$5'"},
		{"{{ \"{{\" }} {{ \"a \\\"b\\\" \\\\ }}\" }}", "{{ a \"b\" \\ }}"},
		{"'{{ odd }}' {{ odd }} \"{{ odd }}\" # {{ odd }}\n", "'a $x' 'a $x' \"a \\$x\" # a $x\n"},
		{"a\n%%# note {{ nonsense\n  %% # note\n%%\nb\n", "a\nb\n"},
		{"%% if on\ny\n%% end\n%% if off\nn\n%% end\n", "y\n"},
		{"%% if off\na\n%% elif zero\nb\n%% elif port\nc\n%% else\nd\n%% end\n", "c\n"},
		{"%% if off\na\n%% else\nd\n%% end", "d\n"},
		{"  %% if on  \r\n  y\r\n\t%%end\r\n", "  y\r\n"},
		{"%% for w in words\n{{ w }}\n%% end\n", "one\ntwo\n"},
		{"%% for w in none\nx\n%% end\nend\n", "end\n"},
		{"%% for x in leaves\n{{ x.name }}{{ x.number }}\n%% end\n", "ash0\nbirch1\ncedar2\n"},
		{"%% for x in pointers\n{{ x.name }}\n%% end\n", "cedar\nash\n"},
		{"%% for x in flags\n%% if x\ny\n%% end\n%% end\n", "y\n"},
		{"%% for x in leaves\n%% for n in x.nets\n{{ x.name }} {{ n }}\n%% end\n%% end\n",
		 "ash 10.1.0.0/16\nash fd00::/64\nbirch 10.1.0.0/16\nbirch fd00::/64\ncedar 10.1.0.0/16\ncedar fd00::/64\n"},
		{"%% for x in leaves\n%% if loop.first\n[\n%% end\n{{ x.name }}\n%% if not loop.last\n,\n%% else\n]\n%% end\n"
		    "%% end\n",
		 "[\nash\n,\nbirch\n,\ncedar\n]\n"},
		{"%% for x in words\n%% for n in numbers\n%% if loop.last\n{{ n }}\n%% end\n%% end\n%% if loop.first\nf\n"
		    "%% end\n%% end\n",
		 "1\nf\n1\n"},
		{"%% for x in words\na\n%% end\n%% for x in numbers\n{{ x }}\n%% end\n", "a\na\n-1\n0\n1\n"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		render(f, str_format(f->arena, "%s%s", HEADER, rows[i].body).ptr);
		assert_int_equal(f->files.count, 1);
		assert_string_equal(bytes_of(f, 0), rows[i].made);
	}
}

static void test_conditions(void **state)
{
	struct fixture *f = *state;
	static const char *const truths[] = {
		"on", "not off", "title", "not missing", "port", "not zero", "below", "address", "not "
		    "no_address", "net", "not no_net",
		"key", "not no_key", "leaf", "pointer", "not nothing", "words", "not none", "leaves", "pointer.name", "not "
		    "nothing.name",
		"not nothing.nets", "title == \"home\"", "title != \"x\"", "not off and on", "port == 51820", "port != "
		    "1", "below == -3",
		"zero == 0", "missing != \"x\"", "nothing.number != 0", "on or off", "off or on", "off and off or on",
		"on or off and off", "off and on or on and port == 51820",
	};
	static const char *const lies[] = {
		"off", "not on", "missing", "zero", "nothing", "none", "nothing.name", "title == \"Home\"", "title != \"home\"",
		"missing == \"\"", "nothing.number == 0", "on and off", "off and on or off", "off or on and off", "port == 5182",
	};
	for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
		render(f, str_format(f->arena, "%s%%%% if %s\ny\n%%%% end\n", HEADER, truths[i]).ptr);
		if (strcmp(bytes_of(f, 0), "y\n") != 0)
			fail_msg("'%s' is false", truths[i]);
	}
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		render(f, str_format(f->arena, "%s%%%% if %s\ny\n%%%% end\n", HEADER, lies[i]).ptr);
		if (strcmp(bytes_of(f, 0), "") != 0)
			fail_msg("'%s' is true", lies[i]);
	}
}

static void test_header(void **state)
{
	struct fixture *f = *state;
	render(f, "%% dialect wg\n%%# a note\n%% path a/{{ title }}.x\n%% mode 0755\n%% apply reload: {{ title }} # 1\nx\n");
	assert_int_equal(f->files.count, 1);
	const struct rendered *file = &f->files.items[0];
	assert_string_equal(file->path.ptr, "a/home.x");
	assert_int_equal(file->path.len, 8);
	assert_int_equal(file->mode, 0755);
	assert_false(file->secret);
	assert_int_equal(file->effects.rules.count, 1);
	assert_int_equal(file->effects.rules.items[0].when, EFFECT_ANY);
	assert_int_equal(file->effects.rules.items[0].kind, EFFECT_RELOAD);
	assert_string_equal(file->effects.rules.items[0].text.ptr, "home # 1");
	assert_string_equal(file->effects.comments, "#");
	assert_null(file->element);
	assert_string_equal(template_name(file->template).ptr, "t/x.tmpl");
	assert_string_equal(bytes_of(f, 0), "x\n");

	render(f, HEADER);
	assert_int_equal(f->files.items[0].mode, 0644);
	assert_int_equal(f->files.items[0].effects.rules.count, 0);
	render(f, HEADER "%% mode 0600\n");
	assert_int_equal(f->files.items[0].mode, 0600);
	render(f, HEADER "%% when off\n");
	assert_int_equal(f->files.count, 0);
}

static void test_apply(void **state)
{
	struct fixture *f = *state;
	/* The order of the lines does not matter, and the section may come from a loop. */
	render(f, "%% apply [ Peer ] restart : how {{ title }}\n%% apply comments nothing\n%% apply re-scan:a: b\n%% path a\n"
	          "%% apply new scan: {{ port }}\n%% dialect wg\n%% for w in words\n%% if on\n[peer]\n%% end\n%% end\n");
	const struct effects *effects = &f->files.items[0].effects;
	assert_int_equal(effects->rules.count, 4);
	assert_int_equal(effects->rules.items[0].when, EFFECT_SECTION);
	assert_true(str_equal(effects->rules.items[0].section, STR("Peer")));
	assert_int_equal(effects->rules.items[0].kind, EFFECT_RESTART);
	assert_string_equal(effects->rules.items[0].text.ptr, "how home");
	assert_int_equal(effects->rules.items[1].when, EFFECT_COMMENTS);
	assert_int_equal(effects->rules.items[1].kind, EFFECT_NOTHING);
	assert_null(effects->rules.items[1].text.ptr);
	assert_int_equal(effects->rules.items[2].when, EFFECT_ANY);
	assert_int_equal(effects->rules.items[2].kind, EFFECT_RESCAN);
	assert_string_equal(effects->rules.items[2].text.ptr, "a: b");
	assert_int_equal(effects->rules.items[3].when, EFFECT_NEW);
	assert_int_equal(effects->rules.items[3].kind, EFFECT_SCAN);
	assert_string_equal(effects->rules.items[3].text.ptr, "51820");
	/* "new" and "comments" are cases only in front of a kind. */
	render(f, "%% path a\n%% dialect json\n%% apply run: new\n");
	assert_string_equal(f->files.items[0].effects.rules.items[0].text.ptr, "new");
	assert_null(f->files.items[0].effects.comments);
}

static void test_each(void **state)
{
	struct fixture *f = *state;
	/* the order of header lines does not matter */
	render(f, "%% path out/{{ x.name }}\n%% when x.number != 1\n%% dialect wg\n%% each x in leaves\n{{ x.number }}\n");
	assert_int_equal(f->files.count, 2);
	assert_string_equal(f->files.items[0].path.ptr, "out/ash");
	assert_string_equal(bytes_of(f, 0), "0\n");
	assert_ptr_equal(f->files.items[0].element, &f->trunk.leaves.items[0]);
	assert_string_equal(f->files.items[1].path.ptr, "out/cedar");
	assert_ptr_equal(f->files.items[1].element, &f->trunk.leaves.items[2]);

	render(f, "%% path out/{{ x.name }}\n%% dialect wg\n%% each x in pointers\n%% for n in x.nets\n{{ n }}\n%% end\n");
	assert_int_equal(f->files.count, 2);
	assert_string_equal(f->files.items[0].path.ptr, "out/cedar");
	assert_string_equal(bytes_of(f, 1), "10.1.0.0/16\nfd00::/64\n");
	assert_ptr_equal(f->files.items[1].element, &f->trunk.leaves.items[0]);

	render(f, "%% path out/x\n%% dialect wg\n%% each x in nothing.nets\n");
	assert_int_equal(f->files.count, 0);
}

static void test_list_separators(void **state)
{
	struct fixture *f = *state;
	render(f, "%% path x\n%% dialect routeros\na={{ addresses }} b=x,{{ words }} c=\"{{ odds }}\"\n");
	assert_string_equal(bytes_of(f, 0), "a=10.0.0.1,fd00::1 b=x,one,two c=\"a b,\\$5\"\n");
	render(f, "%% path x\n%% dialect json\n[{{ odds }}] [{{ numbers }}]\n");
	assert_string_equal(bytes_of(f, 0), "[\"a b\", \"$5\"] [-1, 0, 1]\n");
	render(f, "%% path x\n%% dialect wg\nDNS = {{ addresses }}, {{ words }}\n");
	assert_string_equal(bytes_of(f, 0), "DNS = 10.0.0.1, fd00::1, one, two\n");
}

static void test_secrets(void **state)
{
	struct fixture *f = *state;
	render(f, "%% path x\n%% dialect wg\n%% secret\nPrivateKey = {{ key }}\n");
	assert_string_equal(bytes_of(f, 0), "PrivateKey = " KEY_OF_ONES "\n");
	assert_true(f->files.items[0].secret);
	assert_int_equal(f->files.items[0].mode, 0600);
	render(f, "%% path x\n%% dialect routeros\n%% mode 0600\n%% secret\nx={{ key }} \"{{ key }}\"\n");
	assert_string_equal(bytes_of(f, 0), "x=\"" KEY_OF_ONES "\" \"" KEY_OF_ONES "\"\n");
	f->trunk.key = secrets_add_redacted(f->secrets, SECRET_PRIVATE_KEY, STR("vps"));
	render(f, "%% path x\n%% dialect wg\n%% secret\nPrivateKey = {{ key }}\n");
	assert_string_equal(bytes_of(f, 0), "PrivateKey = <secret: wireguard private key of vps>\n");
}

/* The text is as long as it takes, and a file per element costs the same for each. */
static void test_many(void **state)
{
	struct fixture *f = *state;
	for (int i = 0; i < 5000; i++)
		*(struct leaf *)LIST_ADD(f->arena, &f->trunk.leaves) = make_leaf(f, str_format(f->arena, "n%d", i).ptr, i);
	render(f, "%% path out/{{ x.name }}\n%% dialect wg\n%% secret\n%% each x in leaves\nKey = {{ x.key }}\n"
	    "{{ x.nets }}\n");
	assert_int_equal(f->files.count, 5003);
	assert_string_equal(f->files.items[5002].path.ptr, "out/n4999");
	assert_string_equal(bytes_of(f, 5002), "Key = " KEY_OF_ONES "\n10.1.0.0/16, fd00::/64\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_bodies, setup, teardown),
		cmocka_unit_test_setup_teardown(test_conditions, setup, teardown),
		cmocka_unit_test_setup_teardown(test_header, setup, teardown),
		cmocka_unit_test_setup_teardown(test_apply, setup, teardown),
		cmocka_unit_test_setup_teardown(test_each, setup, teardown),
		cmocka_unit_test_setup_teardown(test_list_separators, setup, teardown),
		cmocka_unit_test_setup_teardown(test_secrets, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
