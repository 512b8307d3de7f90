/* A small plan with a member of every type, and what the tests of templates do with it. */
#ifndef HLGEN_TESTS_TEMPLATE_PLAN_H
#define HLGEN_TESTS_TEMPLATE_PLAN_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	MEMBER(title, MEMBER_TEXT, false, NULL), MEMBER(missing, MEMBER_TEXT, false, NULL), MEMBER(odd, MEMBER_TEXT, false,
	NULL),
	MEMBER(port, MEMBER_NUMBER, false, NULL), MEMBER(zero, MEMBER_NUMBER, false, NULL), MEMBER(below, MEMBER_NUMBER,
	false, NULL),
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
	template_parts parts;
};

static inline struct ip ip(const char *text)
{
	struct ip parsed;
	assert_true(ip_parse(str_of(text), &parsed));
	return parsed;
}

static inline struct prefix prefix(const char *text)
{
	struct prefix parsed;
	assert_true(prefix_parse(str_of(text), &parsed));
	return parsed;
}

static inline struct text plain(const char *text)
{
	return (struct text){.value = str_of(text)};
}

/* The part of the site file that reads `text`. */
static inline struct text from_site(const struct fixture *f, const char *text)
{
	const char *found = strstr(f->site->bytes.ptr, text);
	assert_non_null(found);
	uint32_t start = (uint32_t)(found - f->site->bytes.ptr), end = start + (uint32_t)strlen(text);
	return (struct text){.value = str_of(text), .at = {f->site, start, end}};
}

static inline void add_word(struct fixture *f, void *list, struct text word)
{
	*(struct text *)list_add(f->arena, list, sizeof word) = word;
}

static inline struct leaf make_leaf(struct fixture *f, const char *name, int64_t number)
{
	struct leaf leaf = {.name = plain(name), .number = number, .key = f->trunk.key};
	*(struct prefix *)LIST_ADD(f->arena, &leaf.nets) = prefix("10.1.0.0/16");
	*(struct prefix *)LIST_ADD(f->arena, &leaf.nets) = prefix("fd00::/64");
	return leaf;
}

static inline void fill_lists(struct fixture *f)
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

static inline int setup(void **state)
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

static inline int teardown(void **state)
{
	struct fixture *f = *state;
	arena_free(f->arena);
	arena_free(f->secret_arena);
	secrets_free(f->secrets);
	free(f);
	return 0;
}

/* Everything reported so far, as users see it, without the summary line; then forgotten. */
static inline const char *messages(struct fixture *f)
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

static inline void add_part(struct fixture *f, const char *name, const char *text)
{
	struct str path = str_format(f->arena, "templates/%s", name);
	template_parts_add(f->arena, &f->parts, str_of(name), path, str_of(text));
}

/* The only part, called p.part. */
static inline void one_part(struct fixture *f, const char *text)
{
	f->parts = (template_parts){0};
	add_part(f, "p.part", text);
}

static inline struct template *compile(struct fixture *f, const char *text)
{
	const struct source *source = source_new(f->arena, STR("templates/t/x.tmpl"), str_of(text));
	return template_compile(f->arena, source, &f->parts, &trunk_shape, f->diags);
}

static inline bool render_with(struct fixture *f, const struct template *template)
{
	const struct render_target target = {f->arena, f->secret_arena, f->secrets, &f->trunk, f->diags};
	f->files = (rendered_list){0};
	return template_render(template, &target, NULL, &f->files);
}

static inline void render(struct fixture *f, const char *text)
{
	struct template *template = compile(f, text);
	if (template == NULL || !render_with(f, template))
		fail_msg("template:\n%s\n%s", text, messages(f));
}

static inline const char *bytes_of(const struct fixture *f, size_t index)
{
	assert_true(index < f->files.count);
	const struct rendered *file = &f->files.items[index];
	assert_int_equal(strlen(file->bytes.ptr), file->bytes.len);
	return file->bytes.ptr;
}

/* How far the public arena grows while the file of a template is made from a part of this text. */
static inline ptrdiff_t public_use(struct fixture *f, const char *text, const char *part)
{
	one_part(f, part);
	struct template *template = compile(f, text);
	assert_non_null(template);
	struct arena *public = arena_new();
	const struct render_target target = {public, f->secret_arena, f->secrets, &f->trunk, f->diags};
	rendered_list list = {0};
	const char *before = arena_alloc(public, 1);
	assert_true(template_render(template, &target, NULL, &list));
	const char *after = arena_alloc(public, 1);
	ptrdiff_t use = after - before;
	arena_free(public);
	return use;
}

#endif
