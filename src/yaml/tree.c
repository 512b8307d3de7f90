/* Builds the located tree, one node at a time, and refuses what a site file may not hold. */
#include "yaml/internal.h"

/* Maps with more entries than this find a key again through a hash table; smaller ones are searched. */
enum { MANY_ENTRIES = 16 };

static struct yaml_node *new_scalar(struct tree *tree, struct span span, struct str text)
{
	struct yaml_node *node = ARENA_NEW(tree->arena, struct yaml_node);
	node->kind = YAML_SCALAR;
	node->span = span;
	node->end = span.end;
	node->text = text;
	return node;
}

static struct yaml_node *entry_key(struct yaml_node *map, size_t i)
{
	return map->entries.items[i].key;
}

static void index_entries(struct tree *tree, struct open_node *open)
{
	open->index.arena = tree->arena;
	for (size_t i = 0; i < open->node->entries.count; i++) {
		struct yaml_node *key = entry_key(open->node, i);
		(void)map_add(&open->index, key->text, key);
	}
}

/* The earlier key with the same text, or NULL. */
static struct yaml_node *earlier_key(struct tree *tree, struct open_node *open, struct str text)
{
	size_t count = open->node->entries.count;
	if (count > MANY_ENTRIES) {
		if (open->index.arena == NULL) {
			index_entries(tree, open);
		}
		return map_get(&open->index, text);
	}
	for (size_t i = 0; i < count; i++) {
		if (str_equal(entry_key(open->node, i)->text, text)) {
			return entry_key(open->node, i);
		}
	}
	return NULL;
}

static void report_duplicate(struct tree *tree, const struct yaml_node *key, const struct yaml_node *earlier)
{
	struct diagnostic *diagnostic =
		diag_add(tree->diags, DIAG_YAML_DUPLICATE_KEY, key->span, "key '%.*s' is given twice", STR_ARG(key->text));
	diag_note(tree->diags, diagnostic, earlier->span, "first given here");
	diag_help(tree->diags, diagnostic, "remove one of the two, or give it another name");
}

static void report_merge(struct tree *tree, const struct yaml_node *key)
{
	struct diagnostic *diagnostic =
		diag_add(tree->diags, DIAG_YAML_UNSUPPORTED, key->span, "merge keys ('<<') are not supported");
	diag_help(tree->diags, diagnostic, "write the keys out: the file then says by itself what each entry is");
	tree->broken = true;
}

/* In { } a colon without a blank behind it belongs to the word, and the value is missed. */
static void report_missing_blank(struct tree *tree, const struct yaml_node *key)
{
	size_t colon = str_find(key->text, ':');
	struct diagnostic *diagnostic = diag_add(tree->diags, DIAG_YAML_SYNTAX, key->span,
	                                         "a space is missing after ':' in '%.*s'", STR_ARG(key->text));
	diag_help(tree->diags, diagnostic, "write '%.*s: %.*s'", (int)colon, key->text.ptr,
	          STR_ARG(str_slice(key->text, colon + 1, key->text.len)));
	tree->broken = true;
}

static bool nothing_written(const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR && node->plain && node->text.len == 0;
}

static void add_entry(struct tree *tree, struct open_node *open, struct yaml_node *value)
{
	struct yaml_node *key = open->key;
	open->key = NULL;
	if (nothing_written(value)) {
		value->span = key->span;
		if (open->node->flow && key->plain && str_find(key->text, ':') < key->text.len) {
			report_missing_blank(tree, key);
		}
	}
	if (key->plain && str_equal(key->text, STR("<<"))) {
		report_merge(tree, key);
		return;
	}
	const struct yaml_node *earlier = earlier_key(tree, open, key->text);
	if (earlier != NULL) {
		report_duplicate(tree, key, earlier);
		return;
	}
	struct yaml_entry *entry = LIST_ADD(tree->arena, &open->node->entries);
	*entry = (struct yaml_entry){key, value};
	if (open->index.arena != NULL) {
		(void)map_add(&open->index, key->text, key);
	}
}

static void set_key(struct tree *tree, struct open_node *open, struct yaml_node *node)
{
	open->key = node;
	if (node->kind != YAML_SCALAR) {
		const char *kind = node->kind == YAML_MAP ? "map" : "list";
		struct diagnostic *diagnostic =
			diag_add(tree->diags, DIAG_YAML_UNSUPPORTED, node->span, "a key must be text, not a %s", kind);
		diag_help(tree->diags, diagnostic, "put the key in quotes if it shall contain brackets or braces");
		tree->broken = true;
		open->key = new_scalar(tree, node->span, STR(""));
	} else if (nothing_written(node)) {
		(void)diag_add(tree->diags, DIAG_YAML_SYNTAX, node->span, "a key is missing before ':'");
		tree->broken = true;
	}
}

/* Puts a node where it belongs: the root, an item, a key or a value. */
static void place_node(struct tree *tree, struct yaml_node *node)
{
	if (tree->depth == 0) {
		tree->root = node;
		return;
	}
	struct open_node *open = &tree->open[tree->depth - 1];
	if (open->node->kind == YAML_LIST) {
		if (nothing_written(node) && byte_at(tree->source, node->span.start - 1) == '-') {
			node->span.start--; /* "-" and nothing behind it: the dash is all there is to show */
		}
		struct yaml_node **item = LIST_ADD(tree->arena, &open->node->items);
		*item = node;
	} else if (open->key == NULL) {
		set_key(tree, open, node);
	} else {
		add_entry(tree, open, node);
	}
}

static void check_tab(struct tree *tree, uint32_t start)
{
	uint32_t tab;
	if (tree->tab_reported || !tab_before(tree->source, start, &tab)) {
		return;
	}
	struct span span = {tree->source, tab, tab + 1};
	struct diagnostic *diagnostic = diag_add(tree->diags, DIAG_YAML_TAB, span, "a tab is used as indentation");
	diag_help(tree->diags, diagnostic, "indent with spaces; editors can turn every tab of the file into spaces");
	tree->tab_reported = true;
}

static bool means_null(struct str text)
{
	return text.len == 0 || str_equal(text, STR("~")) || str_equal(text, STR("null")) ||
	       str_equal(text, STR("Null")) || str_equal(text, STR("NULL"));
}

void tree_scalar(struct tree *tree, struct span span, uint32_t end, struct str text, bool plain)
{
	struct yaml_node *node = new_scalar(tree, span, text);
	node->end = end;
	node->plain = plain;
	tree->quoted = plain || span.end != end ? (struct span){NULL, 0, 0} : span;
	node->empty = plain && means_null(text);
	if (str_find(text, '\0') < text.len) {
		(void)diag_add(tree->diags, DIAG_YAML_ENCODING, span, "a value must not contain NUL");
		tree->broken = true;
	}
	if (!nothing_written(node)) {
		check_tab(tree, span.start);
	}
	place_node(tree, node);
}

void tree_alias(struct tree *tree, struct span span)
{
	struct diagnostic *diagnostic =
		diag_add(tree->diags, DIAG_YAML_UNSUPPORTED, span, "aliases ('*name') are not supported");
	diag_help(tree->diags, diagnostic, "write the value out; text that begins with '*' needs quotes");
	tree->broken = true;
	place_node(tree, new_scalar(tree, span, STR("")));
}

bool tree_open(struct tree *tree, enum yaml_kind kind, bool flow, uint32_t start)
{
	struct span span = {tree->source, start, start + 1};
	if (tree->depth == YAML_MAX_DEPTH) {
		(void)diag_add(tree->diags, DIAG_YAML_DEPTH, span, "this is nested more than %d levels deep",
		               (int)YAML_MAX_DEPTH);
		tree->broken = true;
		return false;
	}
	check_tab(tree, start);
	struct yaml_node *node = ARENA_NEW(tree->arena, struct yaml_node);
	node->kind = kind;
	node->flow = flow;
	node->span = span;
	node->end = span.end;
	place_node(tree, node);
	tree->open[tree->depth++] = (struct open_node){.node = node};
	return true;
}

/* Block style: from the first key or dash to the end of what stands on its line. */
static uint32_t first_line_end(const struct yaml_node *node)
{
	const struct source *source = node->span.source;
	struct span first = node->span, second;
	if (node->kind == YAML_MAP && node->entries.count > 0) {
		first = node->entries.items[0].key->span;
		second = node->entries.items[0].value->span;
	} else if (node->kind == YAML_LIST && node->items.count > 0) {
		second = node->items.items[0]->span;
	} else {
		return first.end;
	}
	struct span whole = same_line(source, first.start, second.start) && second.end > first.end ? second : first;
	return line_span(source, first.start, whole.end).end;
}

/* Block style: where the last value ends. (The event's own mark stands at the text that follows.) */
static uint32_t block_end(const struct yaml_node *node)
{
	if (node->kind == YAML_MAP && node->entries.count > 0) {
		return node->entries.items[node->entries.count - 1].value->end;
	}
	return node->items.count > 0 ? node->items.items[node->items.count - 1]->end : node->span.end;
}

void tree_close(struct tree *tree, uint32_t end)
{
	struct yaml_node *node = tree->open[--tree->depth].node;
	if (node->flow) {
		node->span = line_span(tree->source, node->span.start, end);
		node->end = end;
	} else {
		node->span.end = first_line_end(node);
		node->end = block_end(node);
	}
}

uint32_t tree_bracket(const struct tree *tree, uint32_t otherwise)
{
	const struct yaml_node *node = tree->depth > 0 ? tree->open[tree->depth - 1].node : NULL;
	return node != NULL && node->flow ? node->span.start : otherwise;
}
