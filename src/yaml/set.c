/* Puts a value into a text, and proves that it did no harm: the result, parsed again, is the old document with this one value. */
#include "yaml/set.h"

#include "yaml/insert_internal.h"
#include "yaml/internal.h"

static struct str quoted(struct job *job, struct str text, char quote)
{
	return quote == '\0' ? text : str_format(job->arena, "%c%.*s%c", quote, STR_ARG(text), quote);
}

/* The entry as new text: quotes like those of the neighbour's key. In braces older readers stumble over a plain '::'. */
static struct str spell(struct job *job, const struct yaml_value *wanted, const struct yaml_entry *neighbour, bool braces)
{
	char quote = quote_of(job->source, neighbour->key);
	struct str value = quoted(job, wanted->text, quote == '\0' && braces ? '"' : quote);
	return str_format(job->arena, "%.*s: %.*s", STR_ARG(quoted(job, wanted->key, quote)), STR_ARG(value));
}

/* Nothing stands behind the colon of `node`'s key. */
static void fill(struct job *job, const struct yaml_node *node, struct str text)
{
	uint32_t at = node->end; /* in braces at the comma */
	while (at > 0 && byte_at(job->source, at - 1) == ' ') {
		at--;
	}
	if (at == 0 || byte_at(job->source, at - 1) != ':') {
		job->why = "the key has no colon of its own";
		return;
	}
	edit_insert(job, at, str_format(job->arena, " %.*s", STR_ARG(text)));
}

static void replace(struct job *job, const struct yaml_node *node, struct str text, bool braces)
{
	char quote = node->kind == YAML_SCALAR ? quote_of(job->source, node) : '\0';
	if (node->kind != YAML_SCALAR) {
		job->why = "a map or a list stands in its place";
	} else if (node->empty && node->text.len == 0) {
		fill(job, node, quoted(job, text, braces ? '"' : '\0'));
	} else if (quote == '|' || quote == '>') {
		job->why = "its value is a block of text";
	} else {
		edit_replace(job, node->span.start, node->end, quoted(job, text, node->empty && braces ? '"' : quote));
	}
}

/* The entry that a new one stands behind. */
static const struct yaml_entry *neighbour_of(const struct yaml_node *map, const struct yaml_value *wanted)
{
	for (size_t i = 0; i < wanted->behind_count; i++) {
		const struct yaml_entry *entry = entry_of(map, wanted->behind[i]);
		if (entry != NULL) {
			return entry;
		}
	}
	return &map->entries.items[map->entries.count - 1];
}

static void below(struct job *job, const struct yaml_entry *section, const struct yaml_value *wanted)
{
	const struct yaml_node *map = section->value;
	const struct yaml_entry *above = neighbour_of(map, wanted);
	struct str indentation = blanks_before(job->source, above->key->span.start), entry = spell(job, wanted, above, false);
	uint32_t column = aligned_column(job->source, map), place = edit_behind(job->source, above->value->end, indentation.len);
	struct buf line = {.arena = job->arena};
	if (indentation.ptr == NULL) {
		job->why = "something stands before the key in its line";
		return;
	}
	size_t key = str_find(entry, ' ');
	buf_printf(&line, "%.*s%.*s", STR_ARG(indentation), STR_ARG(str_slice(entry, 0, key)));
	while (line.len + 1 < column) {
		buf_char(&line, ' ');
	}
	buf_str(&line, str_slice(entry, key, entry.len));
	edit_insert_lines(job, place, buf_view(&line), line_end_of(job->source, above->value->end));
}

/* The section has nothing below its key. */
static void below_key(struct job *job, const struct yaml_entry *section, const struct yaml_value *wanted)
{
	const struct yaml_node *key = section->key;
	struct str outer = blanks_before(job->source, key->span.start);
	if (outer.ptr == NULL) {
		job->why = "something stands before the key in its line";
		return;
	}
	struct str line = str_format(job->arena, "%.*s%.*s", STR_ARG(edit_indentation(job, outer)), STR_ARG(spell(job, wanted, section, false)));
	edit_insert_lines(job, edit_behind(job->source, key->span.end, outer.len), line, line_end_of(job->source, key->span.end));
}

/* An entry in braces whose neighbours have lines of their own. */
static void into_lines(struct job *job, uint32_t end, uint32_t close, struct str indentation, struct str entry)
{
	uint32_t at;
	if (!edit_behind_comma(job->source, end, close, &at)) {
		job->why = "its neighbour is followed by a comma in another line";
		return;
	}
	bool comma = at != end;
	if (!comma) {
		edit_insert(job, at, STR(","));
	}
	struct str line = str_format(job->arena, "%.*s%.*s%s", STR_ARG(indentation), STR_ARG(entry), comma ? "," : "");
	edit_insert_lines(job, edit_behind(job->source, at, indentation.len), line, line_end_of(job->source, end));
}

static void into_braces(struct job *job, const struct yaml_entry *section, const struct yaml_value *wanted)
{
	const struct yaml_node *map = section->value;
	uint32_t close = map->end - 1;
	if (byte_at(job->source, close) != '}') {
		job->why = "its end cannot be found";
		return;
	}
	if (map->entries.count == 0) {
		edit_empty_braces(job, map, spell(job, wanted, section, true));
		return;
	}
	const struct yaml_entry *before = neighbour_of(map, wanted);
	size_t next = (size_t)(before - map->entries.items) + 1;
	uint32_t end = before->value->end, other = next < map->entries.count ? map->entries.items[next].key->span.start : close;
	struct str indentation = blanks_before(job->source, before->key->span.start), entry = spell(job, wanted, before, true);
	if (indentation.ptr != NULL && !same_line(job->source, end, other)) {
		into_lines(job, end, close, indentation, entry);
	} else {
		edit_insert(job, end, str_format(job->arena, ", %.*s", STR_ARG(entry)));
	}
}

static void choose(struct job *job, const struct yaml_value *wanted)
{
	const struct yaml_entry *section = entry_of(job->document, wanted->section);
	const struct yaml_node *map = section != NULL ? section->value : NULL;
	if (map == NULL) {
		job->why = "it lacks the section";
	} else if (map->kind == YAML_MAP) {
		const struct yaml_entry *entry = entry_of(map, wanted->key);
		if (entry != NULL) {
			replace(job, entry->value, wanted->text, map->flow);
		} else {
			(map->flow ? into_braces : below)(job, section, wanted);
		}
	} else if (!map->empty) {
		job->why = "the section is not a map";
	} else if (map->text.len == 0 && !job->document->flow) {
		below_key(job, section, wanted);
	} else {
		struct str braces = str_format(job->arena, "{ %.*s }", STR_ARG(spell(job, wanted, section, true)));
		if (map->text.len == 0) {
			fill(job, map, braces);
		} else {
			edit_replace(job, map->span.start, map->end, braces);
		}
	}
}

static void remove_entry(struct yaml_node *map, const struct yaml_entry *entry)
{
	size_t at = (size_t)(entry - map->entries.items);
	for (size_t i = at + 1; i < map->entries.count; i++) {
		map->entries.items[i - 1] = map->entries.items[i];
	}
	map->entries.count--;
}

/* Takes the new value back out of the new document: what remains must be the old one. */
static bool is_right(struct job *job, const struct yaml_value *wanted, struct str text)
{
	struct yaml_node *now = edit_parse(job, text);
	const struct yaml_entry *section = now != NULL ? entry_of(now, wanted->section) : NULL;
	const struct yaml_entry *entry = section != NULL && section->value->kind == YAML_MAP ? entry_of(section->value, wanted->key) : NULL;
	if (entry == NULL || entry->value->kind != YAML_SCALAR || !str_equal(entry->value->text, wanted->text)) {
		return false;
	}
	const struct yaml_node *old_section = entry_of(job->document, wanted->section)->value;
	const struct yaml_entry *old = old_section->kind == YAML_MAP ? entry_of(old_section, wanted->key) : NULL;
	if (old != NULL) {
		*entry->value = *old->value;
	} else {
		remove_entry(section->value, entry);
	}
	if (old_section->kind == YAML_SCALAR && section->value->entries.count == 0) {
		*section->value = *old_section; /* an empty value became a map */
	}
	return same_meaning(job->document, now);
}

struct str yaml_value_lines(struct arena *arena, const struct yaml_value *value)
{
	return str_format(arena, "%.*s:\n  %.*s: %.*s\n", STR_ARG(value->section), STR_ARG(value->key), STR_ARG(value->text));
}

struct str yaml_set(struct arena *arena, const struct source *source, const struct yaml_node *document, const struct yaml_value *value,
                    const char **why)
{
	struct job job = {.arena = arena, .source = source, .document = document};
	if (document->kind == YAML_MAP) {
		choose(&job, value);
	} else {
		job.why = "the file is not a map of keys and values";
	}
	struct str text = job.why == NULL ? edit_apply(&job) : (struct str){NULL, 0};
	if (job.why == NULL && !is_right(&job, value, text)) {
		job.why = "the file is written in a way that this would break";
		text = (struct str){NULL, 0};
	}
	*why = job.why;
	return text;
}
