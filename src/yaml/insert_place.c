/* Where a new entry goes in a text: below the last one, into braces, below an empty key, or at the end. */
#include "yaml/insert_internal.h"
#include "yaml/internal.h"

static void below_last(struct job *job, const struct yaml_node *map)
{
	struct entry_style style = style_of(job->source, map);
	const struct yaml_entry *last = &map->entries.items[map->entries.count - 1];
	struct buf out = {.arena = job->arena};
	if (style.indentation.ptr == NULL || (style.inner.ptr == NULL && last->value->kind == YAML_MAP && !last->value->flow)) {
		job->why = "something stands before the key in its line";
		return;
	}
	if (style.apart) {
		buf_str(&out, style.line_end);
	}
	put_entry(&out, &style, job->addition);
	edit_insert_lines(job, edit_behind(job->source, last->value->end, style.indentation.len), buf_view(&out), style.line_end);
}

static void below_key(struct job *job, const struct yaml_node *key)
{
	struct str outer = blanks_before(job->source, key->span.start);
	struct buf out = {.arena = job->arena};
	if (outer.ptr == NULL) {
		job->why = "something stands before the key in its line";
		return;
	}
	struct entry_style style = {.line_end = line_end_of(job->source, key->span.end), .indentation = edit_indentation(job, outer)};
	put_entry(&out, &style, job->addition);
	edit_insert_lines(job, edit_behind(job->source, key->span.end, outer.len), buf_view(&out), style.line_end);
}

/* The end of the text, or the line that ends the document. */
static uint32_t document_end(const struct source *source, const struct yaml_node *document)
{
	uint32_t at = next_line_start(source, document->end);
	while (at < source->bytes.len && !str_starts(str_slice(source->bytes, at, source->bytes.len), STR("..."))) {
		at = next_line_start(source, at);
	}
	return at;
}

static bool has_blank_line(const struct source *source, uint32_t end)
{
	for (uint32_t at = text_start(source); at < end; at = next_line_start(source, at)) {
		if (blank_line(source, at)) {
			return true;
		}
	}
	return false;
}

static bool ends_with_blank_line(const struct source *source, uint32_t end)
{
	return edit_ends_line(source, end) && blank_line(source, line_start(source, end - 1));
}

static void new_section(struct job *job)
{
	const struct source *source = job->source;
	const struct yaml_node *document = job->document;
	struct str outer = blanks_before(source, document->entries.items[document->entries.count - 1].key->span.start);
	if (document->flow || outer.ptr == NULL) {
		job->why = document->flow ? "the whole file is one map in braces" : "something stands before the last key in its line";
		return;
	}
	uint32_t at = document_end(source, document);
	struct entry_style style = {.line_end = line_end_of(source, document->end), .indentation = edit_indentation(job, outer)};
	struct buf out = {.arena = job->arena};
	if (has_blank_line(source, at) && !ends_with_blank_line(source, at)) {
		buf_str(&out, style.line_end);
	}
	buf_printf(&out, "%.*s%.*s:%.*s", STR_ARG(outer), STR_ARG(job->addition->section), STR_ARG(style.line_end));
	put_entry(&out, &style, job->addition);
	edit_insert_lines(job, at, buf_view(&out), style.line_end);
}

static void into_empty_braces(struct job *job, const struct yaml_node *map)
{
	struct entry_style style = {0};
	struct buf out = {.arena = job->arena};
	put_entry(&out, &style, job->addition);
	edit_empty_braces(job, map, buf_view(&out));
}

static void into_line(struct job *job, const struct entry_style *style, uint32_t at, bool comma)
{
	struct buf out = {.arena = job->arena};
	buf_str(&out, comma ? STR(" ") : STR(", "));
	put_entry(&out, style, job->addition);
	if (comma) {
		buf_char(&out, ',');
	}
	edit_insert(job, at, buf_view(&out));
}

/* Braces over several lines, each entry on its own. */
static void into_lines(struct job *job, const struct entry_style *style, const struct yaml_node *map, uint32_t at, bool comma)
{
	uint32_t end = map->entries.items[map->entries.count - 1].value->end, close = map->end - 1;
	struct buf out = {.arena = job->arena};
	if (same_line(job->source, end, close)) {
		buf_str(&out, comma ? STR("") : STR(","));
		buf_str(&out, style->line_end);
		put_entry(&out, style, job->addition);
		buf_str(&out, comma ? STR(",") : STR(""));
		edit_insert(job, at, buf_view(&out));
		return;
	}
	if (!comma) {
		edit_insert(job, at, STR(","));
	}
	if (style->apart) {
		buf_str(&out, style->line_end);
	}
	put_entry(&out, style, job->addition);
	buf_str(&out, comma ? STR(",") : STR(""));
	edit_insert_lines(job, edit_behind(job->source, at, style->indentation.len), buf_view(&out), style->line_end);
}

static void into_braces(struct job *job, const struct yaml_node *map)
{
	uint32_t close = map->end - 1, at;
	if (byte_at(job->source, close) != '}') {
		job->why = "its end cannot be found";
		return;
	}
	if (map->entries.count == 0) {
		into_empty_braces(job, map);
		return;
	}
	const struct yaml_node *last = map->entries.items[map->entries.count - 1].value;
	if (last->kind != YAML_MAP || !last->flow || !edit_behind_comma(job->source, last->end, close, &at)) {
		job->why = "its last entry is not in braces, or is followed by a comma in another line";
		return;
	}
	struct entry_style style = style_of(job->source, map);
	bool comma = at != last->end;
	if (style.indentation.ptr == NULL) {
		style.value_column = 0;
		into_line(job, &style, at, comma);
	} else {
		into_lines(job, &style, map, at, comma);
	}
}

void choose_place(struct job *job)
{
	const struct yaml_node *document = job->document;
	if (document->kind != YAML_MAP || document->entries.count == 0) {
		job->why = "the file is not a map of keys and values";
		return;
	}
	const struct yaml_entry *section = entry_of(document, job->addition->section);
	if (section == NULL) {
		new_section(job);
	} else if (section->value->kind == YAML_MAP) {
		(section->value->flow ? into_braces : below_last)(job, section->value);
	} else if (!section->value->empty) {
		job->why = "it is not a map";
	} else if (section->value->text.len > 0) {
		job->why = "it is written as null";
	} else if (document->flow) {
		job->why = "the whole file is one map in braces";
	} else {
		below_key(job, section->key);
	}
}
