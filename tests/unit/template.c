/* Tests of the template engine: what templates make of a small plan, and every way in which they can be wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "render/template.h"

/* ---- a plan with a member of every type ---- */

struct leaf {
	struct text name;
	int64_t number;
	struct secret key;
	LIST(struct prefix) nets;
};

struct trunk {
	struct text title, missing, odd;
	int64_t port, zero, below;
	bool on, off;
	struct ip address, no_address;
	struct prefix net, no_net;
	struct secret key, no_key;
	struct leaf leaf;
	struct leaf *pointer, *nothing;
	LIST(struct leaf) leaves;
	LIST(struct leaf *) pointers;
	LIST(struct text) words;
	LIST(struct text) odds;
	LIST(struct text) none;
	LIST(int64_t) numbers;
	LIST(struct ip) addresses;
	LIST(bool) flags;
};

#define MEMBER(name, type, list, shape) {#name, "", type, list, offsetof(struct trunk, name), shape}

SHAPE(leaf_shape, leaf,
	{"name", "", MEMBER_TEXT, false, offsetof(struct leaf, name), NULL},
	{"number", "", MEMBER_NUMBER, false, offsetof(struct leaf, number), NULL},
	{"key", "", MEMBER_SECRET, false, offsetof(struct leaf, key), NULL},
	{"nets", "", MEMBER_PREFIX, true, offsetof(struct leaf, nets), NULL});

SHAPE(trunk_shape, trunk,
	MEMBER(title, MEMBER_TEXT, false, NULL), MEMBER(missing, MEMBER_TEXT, false, NULL), MEMBER(odd, MEMBER_TEXT, false, NULL),
	MEMBER(port, MEMBER_NUMBER, false, NULL), MEMBER(zero, MEMBER_NUMBER, false, NULL), MEMBER(below, MEMBER_NUMBER, false, NULL),
	MEMBER(on, MEMBER_FLAG, false, NULL), MEMBER(off, MEMBER_FLAG, false, NULL),
	MEMBER(address, MEMBER_ADDRESS, false, NULL), MEMBER(no_address, MEMBER_ADDRESS, false, NULL),
	MEMBER(net, MEMBER_PREFIX, false, NULL), MEMBER(no_net, MEMBER_PREFIX, false, NULL),
	MEMBER(key, MEMBER_SECRET, false, NULL), MEMBER(no_key, MEMBER_SECRET, false, NULL),
	MEMBER(leaf, MEMBER_OBJECT, false, &leaf_shape), MEMBER(pointer, MEMBER_POINTER, false, &leaf_shape),
	MEMBER(nothing, MEMBER_POINTER, false, &leaf_shape), MEMBER(leaves, MEMBER_OBJECT, true, &leaf_shape),
	MEMBER(pointers, MEMBER_POINTER, true, &leaf_shape), MEMBER(words, MEMBER_TEXT, true, NULL),
	MEMBER(odds, MEMBER_TEXT, true, NULL), MEMBER(none, MEMBER_TEXT, true, NULL),
	MEMBER(numbers, MEMBER_NUMBER, true, NULL), MEMBER(addresses, MEMBER_ADDRESS, true, NULL),
	MEMBER(flags, MEMBER_FLAG, true, NULL));

#define KEY_OF_ONES "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="

struct fixture {
	struct arena *arena, *secret_arena;
	struct secrets *secrets;
	struct diags *diags;
	const struct source *site;
	struct trunk trunk;
	rendered_list files;
};

static struct ip ip(const char *text)
{
	struct ip parsed;
	assert_true(ip_parse(str_of(text), &parsed));
	return parsed;
}

static struct prefix prefix(const char *text)
{
	struct prefix parsed;
	assert_true(prefix_parse(str_of(text), &parsed));
	return parsed;
}

static struct text plain(const char *text)
{
	return (struct text){.value = str_of(text)};
}

/* The part of the site file that reads `text`. */
static struct text from_site(const struct fixture *f, const char *text)
{
	const char *found = strstr(f->site->bytes.ptr, text);
	assert_non_null(found);
	uint32_t start = (uint32_t)(found - f->site->bytes.ptr), end = start + (uint32_t)strlen(text);
	return (struct text){.value = str_of(text), .at = {f->site, start, end}};
}

static void add_word(struct fixture *f, void *list, struct text word)
{
	*(struct text *)list_add(f->arena, list, sizeof word) = word;
}

static struct leaf make_leaf(struct fixture *f, const char *name, int64_t number)
{
	struct leaf leaf = {.name = plain(name), .number = number, .key = f->trunk.key};
	*(struct prefix *)LIST_ADD(f->arena, &leaf.nets) = prefix("10.1.0.0/16");
	*(struct prefix *)LIST_ADD(f->arena, &leaf.nets) = prefix("fd00::/64");
	return leaf;
}

static void fill_lists(struct fixture *f)
{
	struct trunk *trunk = &f->trunk;
	static const char *const names[] = {"ash", "birch", "cedar"};
	for (int i = 0; i < 3; i++) {
		*(struct leaf *)LIST_ADD(f->arena, &trunk->leaves) = make_leaf(f, names[i], i);
		*(int64_t *)LIST_ADD(f->arena, &trunk->numbers) = i - 1;
	}
	*(struct leaf **)LIST_ADD(f->arena, &trunk->pointers) = &trunk->leaves.items[2];
	*(struct leaf **)LIST_ADD(f->arena, &trunk->pointers) = &trunk->leaves.items[0];
	*(struct ip *)LIST_ADD(f->arena, &trunk->addresses) = ip("10.0.0.1");
	*(struct ip *)LIST_ADD(f->arena, &trunk->addresses) = ip("fd00::1");
	*(bool *)LIST_ADD(f->arena, &trunk->flags) = true;
	add_word(f, &trunk->words, plain("one"));
	add_word(f, &trunk->words, plain("two"));
	add_word(f, &trunk->odds, plain("a b"));
	add_word(f, &trunk->odds, from_site(f, "$5"));
	trunk->pointer = &trunk->leaves.items[1];
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	uint8_t ones[KEY_BYTES];
	memset(ones, 1, sizeof ones);
	if (sodium_init() < 0)
		return -1;
	f->arena = arena_new();
	f->secret_arena = arena_new_wiped();
	f->secrets = secrets_new();
	f->diags = diags_new(f->arena, false);
	f->site = source_new(f->arena, STR("site.yaml"), STR("title: home\nodd: a $x\nodds: [$5]\n"));
	f->trunk.title = plain("home");
	f->trunk.odd = from_site(f, "a $x");
	f->trunk.port = 51820;
	f->trunk.below = -3;
	f->trunk.on = true;
	f->trunk.address = ip("203.0.113.7");
	f->trunk.net = prefix("10.0.0.0/24");
	f->trunk.key = secrets_add(f->secrets, SECRET_PRIVATE_KEY, STR("vps"), ones);
	f->trunk.leaf = make_leaf(f, "oak", 7);
	fill_lists(f);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	arena_free(f->arena);
	arena_free(f->secret_arena);
	secrets_free(f->secrets);
	free(f);
	return 0;
}

/* Everything reported so far, as users see it, without the summary line; then forgotten. */
static const char *messages(struct fixture *f)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	assert_non_null(stream);
	assert_true(diags_print(f->diags, stream, DIAG_TEXT, false, 0));
	assert_int_equal(fclose(stream), 0);
	struct str copy = str_copy(f->arena, (struct str){text, size});
	free(text);
	f->diags = diags_new(f->arena, false);
	return copy.ptr;
}

static struct template *compile(struct fixture *f, const char *text)
{
	const struct source *source = source_new(f->arena, STR("templates/t/x.tmpl"), str_of(text));
	return template_compile(f->arena, source, &trunk_shape, f->diags);
}

static bool render_with(struct fixture *f, const struct template *template)
{
	const struct render_target target = {f->arena, f->secret_arena, f->secrets, &f->trunk, f->diags};
	f->files = (rendered_list){0};
	return template_render(template, &target, &f->files);
}

static void render(struct fixture *f, const char *text)
{
	struct template *template = compile(f, text);
	if (template == NULL || !render_with(f, template))
		fail_msg("template:\n%s\n%s", text, messages(f));
}

static const char *bytes_of(const struct fixture *f, size_t index)
{
	assert_true(index < f->files.count);
	const struct rendered *file = &f->files.items[index];
	assert_int_equal(strlen(file->bytes.ptr), file->bytes.len);
	return file->bytes.ptr;
}

/* ---- what templates make ---- */

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
		{"%% for x in leaves\n%% if loop.first\n[\n%% end\n{{ x.name }}\n%% if not loop.last\n,\n%% else\n]\n%% end\n%% end\n",
		 "[\nash\n,\nbirch\n,\ncedar\n]\n"},
		{"%% for x in words\n%% for n in numbers\n%% if loop.last\n{{ n }}\n%% end\n%% end\n%% if loop.first\nf\n%% end\n%% end\n",
		 "1\nf\n1\n"},
		{"%% for x in words\na\n%% end\n%% for x in numbers\n{{ x }}\n%% end\n", "a\na\n-1\n0\n1\n"},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		render(f, str_format(f->arena, HEADER "%s", rows[i].body).ptr);
		assert_int_equal(f->files.count, 1);
		assert_string_equal(bytes_of(f, 0), rows[i].made);
	}
}

static void test_conditions(void **state)
{
	struct fixture *f = *state;
	static const char *const truths[] = {
		"on", "not off", "title", "not missing", "port", "not zero", "below", "address", "not no_address", "net", "not no_net",
		"key", "not no_key", "leaf", "pointer", "not nothing", "words", "not none", "leaves", "pointer.name", "not nothing.name",
		"not nothing.nets", "title == \"home\"", "title != \"x\"", "not off and on", "port == 51820", "port != 1", "below == -3",
		"zero == 0", "missing != \"x\"", "nothing.number != 0", "on or off", "off or on", "off and off or on",
		"on or off and off", "off and on or on and port == 51820",
	};
	static const char *const lies[] = {
		"off", "not on", "missing", "zero", "nothing", "none", "nothing.name", "title == \"Home\"", "title != \"home\"",
		"missing == \"\"", "nothing.number == 0", "on and off", "off and on or off", "off or on and off", "port == 5182",
	};
	for (size_t i = 0; i < sizeof truths / sizeof *truths; i++) {
		render(f, str_format(f->arena, HEADER "%%%% if %s\ny\n%%%% end\n", truths[i]).ptr);
		if (strcmp(bytes_of(f, 0), "y\n") != 0)
			fail_msg("'%s' is false", truths[i]);
	}
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		render(f, str_format(f->arena, HEADER "%%%% if %s\ny\n%%%% end\n", lies[i]).ptr);
		if (strcmp(bytes_of(f, 0), "") != 0)
			fail_msg("'%s' is true", lies[i]);
	}
}

static void test_header(void **state)
{
	struct fixture *f = *state;
	render(f, "%% dialect wg\n%%# a note\n%% path a/{{ title }}.x\n%% mode 0755\n%% apply reload {{ title }} # 1\nx\n");
	assert_int_equal(f->files.count, 1);
	const struct rendered *file = &f->files.items[0];
	assert_string_equal(file->path.ptr, "a/home.x");
	assert_int_equal(file->path.len, 8);
	assert_int_equal(file->mode, 0755);
	assert_false(file->secret);
	assert_string_equal(file->apply.ptr, "reload home # 1");
	assert_null(file->element);
	assert_string_equal(template_name(file->template).ptr, "t/x.tmpl");
	assert_string_equal(bytes_of(f, 0), "x\n");

	render(f, HEADER);
	assert_int_equal(f->files.items[0].mode, 0644);
	assert_null(f->files.items[0].apply.ptr);
	render(f, HEADER "%% mode 0600\n");
	assert_int_equal(f->files.items[0].mode, 0600);
	render(f, HEADER "%% when off\n");
	assert_int_equal(f->files.count, 0);
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

/* ---- what is wrong with templates ---- */

struct bad {
	const char *text, *messages;
};
