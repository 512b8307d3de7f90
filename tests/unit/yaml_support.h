/* What the tests of the YAML reader share: parsing a text, trees as text, and what was said about it. */
#ifndef HLGEN_TESTS_YAML_SUPPORT_H
#define HLGEN_TESTS_YAML_SUPPORT_H

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

static inline int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	diags = diags_new(arena, false);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static inline struct yaml_node *parse(struct str text)
{
	diags = diags_new(arena, false);
	return yaml_parse(arena, source_new(arena, STR("f"), text), diags);
}

/* ---- trees as text: kind, place, what would be underlined, value ---- */

static inline void dump(struct buf *out, const struct yaml_node *node, int level)
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

static inline char *printed(void)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	assert_non_null(out);
	assert_true(diags_print(diags, out, DIAG_TEXT, false, 0));
	assert_int_equal(fclose(out), 0);
	return text;
}

static inline void assert_printed(const char *expected)
{
	char *text = printed();
	assert_string_equal(text, expected);
	free(text);
}

static inline void assert_tree(struct str text, const char *expected)
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
static inline void assert_refused(struct str text, const char *expected)
{
	struct yaml_node *root = parse(text);
	assert_printed(expected);
	assert_null(root);
}

/* Something is said, but there is a tree to go on with. */
static inline struct yaml_node *assert_complains(struct str text, const char *expected)
{
	struct yaml_node *root = parse(text);
	assert_printed(expected);
	assert_non_null(root);
	return root;
}

#endif
