/* How the neighbours of a new entry are written, and writing one like them. */
#include "yaml/insert_internal.h"
#include "yaml/internal.h"

#include <string.h>

enum { DEFAULT_STEP = 2 };

static struct str between(const struct source *source, uint32_t from, uint32_t to)
{
	return str_slice(source->bytes, from, to);
}

static struct str line_end_at(const struct source *source, uint32_t next_line)
{
	uint32_t start = next_line;
	while (start > 0 && next_line - start < 2 && (byte_at(source, start - 1) == '\n' || byte_at(source, start - 1) == '\r')) {
		start--;
		if (byte_at(source, start) == '\r') {
			break;
		}
		if (start > 0 && byte_at(source, start - 1) == '\n') {
			break; /* an empty line before */
		}
	}
	return between(source, start, next_line);
}

struct str line_end_of(const struct source *source, uint32_t offset)
{
	struct str found = line_end_at(source, next_line_start(source, offset));
	if (found.len == 0) {
		found = line_end_at(source, next_line_start(source, 0));
	}
	return found.len > 0 ? found : STR("\n");
}

struct str blanks_before(const struct source *source, uint32_t offset)
{
	uint32_t start = line_start(source, offset);
	return indentation_end(source, offset) == offset ? between(source, start, offset) : (struct str){NULL, 0};
}

bool blank_line(const struct source *source, uint32_t start)
{
	char c = byte_at(source, indentation_end(source, start));
	return start < source->bytes.len && (c == '\n' || c == '\r' || c == '\0');
}

size_t indentation_step(const struct source *source, const struct yaml_node *document)
{
	for (size_t i = 0; i < document->entries.count; i++) {
		const struct yaml_node *value = document->entries.items[i].value;
		if (value->kind != YAML_MAP || value->flow || value->entries.count == 0) {
			continue;
		}
		struct str outer = blanks_before(source, document->entries.items[i].key->span.start);
		struct str inner = blanks_before(source, value->entries.items[0].key->span.start);
		if (outer.ptr != NULL && inner.len > outer.len) {
			return inner.len - outer.len;
		}
	}
	return DEFAULT_STEP;
}

char quote_of(const struct source *source, const struct yaml_node *node)
{
	return node->kind == YAML_SCALAR && !node->plain ? byte_at(source, node->span.start) : '\0';
}

/* The column of a value beside a key that is the first in its line; 0: it does not stand like this. */
static uint32_t value_column(const struct source *source, const struct yaml_entry *entry)
{
	const struct yaml_node *key = entry->key, *value = entry->value;
	bool beside = value->span.start > key->span.start && same_line(source, key->span.start, value->span.start);
	return beside && blanks_before(source, key->span.start).ptr != NULL ? value->span.start - line_start(source, key->span.start) : 0;
}

static bool has_extra_blanks(const struct yaml_entry *entry)
{
	return entry->value->span.start > entry->key->span.end + 2;
}

uint32_t aligned_column(const struct source *source, const struct yaml_node *map)
{
	uint32_t column = 0;
	for (size_t i = 0; i < map->entries.count; i++) {
		const struct yaml_entry *entry = &map->entries.items[i];
		uint32_t found = value_column(source, entry);
		if (found != 0 && has_extra_blanks(entry)) {
			column = found;
		}
	}
	for (size_t i = 0; i < map->entries.count; i++) {
		const struct yaml_entry *entry = &map->entries.items[i];
		uint32_t found = value_column(source, entry);
		if (found != 0 && found != column && (found < column || has_extra_blanks(entry))) {
			return 0;
		}
	}
	return column;
}

/* An empty line stands before the last entry, or before the comment above it. */
static bool entries_are_apart(const struct source *source, const struct yaml_node *map)
{
	if (map->entries.count < 2) {
		return false;
	}
	uint32_t end = map->entries.items[map->entries.count - 2].value->end;
	uint32_t start = map->entries.items[map->entries.count - 1].key->span.start;
	for (uint32_t line = next_line_start(source, end); line < start; line = next_line_start(source, line)) {
		if (blank_line(source, line)) {
			return true;
		}
	}
	return false;
}

struct entry_style style_of(const struct source *source, const struct yaml_node *map)
{
	const struct yaml_entry *last = &map->entries.items[map->entries.count - 1];
	const struct yaml_node *value = last->value;
	struct entry_style style = {
		.line_end = line_end_of(source, value->end),
		.indentation = blanks_before(source, last->key->span.start),
		.name_quote = quote_of(source, last->key),
		.value_column = aligned_column(source, map),
		.apart = entries_are_apart(source, map),
	};
	if (value->kind != YAML_MAP || value->entries.count == 0) {
		return style;
	}
	const struct yaml_entry *first = &value->entries.items[0];
	style.key_quote = quote_of(source, first->key);
	style.value_quote = style.key_quote != '\0' ? quote_of(source, first->value) : '\0';
	if (value->flow) {
		style.tight = first->key->span.start == value->span.start + 1;
	} else {
		style.inner = blanks_before(source, first->key->span.start);
	}
	return style;
}

/* Words that another YAML reader takes for a number, a date or a boolean. */
static bool needs_quotes(struct str word)
{
	static const char *const taken[] = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"};
	for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
		if (str_equal_nocase(word, str_of(taken[i]))) {
			return true;
		}
	}
	for (size_t i = 0; i < word.len; i++) {
		if (strchr("0123456789abcdefABCDEFxo_.-", word.ptr[i]) == NULL) {
			return false;
		}
	}
	return word.len > 0 && word.ptr[0] >= '0' && word.ptr[0] <= '9';
}

static void put_word(struct buf *out, struct str word, char quote)
{
	if (quote == '\0') {
		buf_str(out, word);
	} else {
		buf_printf(out, "%c%.*s%c", quote, STR_ARG(word), quote);
	}
}

static void put_setting(struct buf *out, const struct entry_style *style, const struct yaml_setting *setting)
{
	bool list = setting->value.len > 0 && setting->value.ptr[0] == '[';
	put_word(out, setting->key, style->key_quote);
	buf_str(out, STR(": "));
	put_word(out, setting->value, list ? '\0' : style->value_quote);
}

static void put_braces(struct buf *out, const struct entry_style *style, const struct yaml_addition *addition)
{
	buf_str(out, style->tight ? STR("{") : STR("{ "));
	for (size_t i = 0; i < addition->count; i++) {
		if (i > 0) {
			buf_str(out, STR(", "));
		}
		put_setting(out, style, &addition->settings[i]);
	}
	buf_str(out, style->tight ? STR("}") : STR(" }"));
}

void put_entry(struct buf *out, const struct entry_style *style, const struct yaml_addition *addition)
{
	size_t start = out->len;
	buf_str(out, style->indentation);
	put_word(out, addition->name, style->name_quote != '\0' || !needs_quotes(addition->name) ? style->name_quote : '"');
	buf_char(out, ':');
	if (style->inner.ptr == NULL) {
		do {
			buf_char(out, ' ');
		} while (out->len - start < style->value_column);
		put_braces(out, style, addition);
		return;
	}
	for (size_t i = 0; i < addition->count; i++) {
		buf_str(out, style->line_end);
		buf_str(out, style->inner);
		put_setting(out, style, &addition->settings[i]);
	}
}

static bool same_entries(const struct yaml_node *a, const struct yaml_node *b)
{
	if (a->entries.count != b->entries.count) {
		return false;
	}
	for (size_t i = 0; i < a->entries.count; i++) {
		const struct yaml_entry *x = &a->entries.items[i], *y = &b->entries.items[i];
		if (!str_equal(x->key->text, y->key->text) || !same_meaning(x->value, y->value)) {
			return false;
		}
	}
	return true;
}

bool same_meaning(const struct yaml_node *a, const struct yaml_node *b)
{
	if (a->kind != b->kind || a->items.count != b->items.count) {
		return false;
	}
	if (a->kind == YAML_SCALAR) {
		return a->plain == b->plain && a->empty == b->empty && str_equal(a->text, b->text);
	}
	for (size_t i = 0; i < a->items.count; i++) {
		if (!same_meaning(a->items.items[i], b->items.items[i])) {
			return false;
		}
	}
	return same_entries(a, b);
}
