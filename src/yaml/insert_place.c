/* Where a new entry goes in a text: below the last one, into braces, below an empty key, or at the end. */
#include "yaml/insert_internal.h"
#include "yaml/internal.h"

static void insert(struct job *job, uint32_t at, struct str text)
{
	job->insertions.items[job->insertions.count++] = (struct insertion){at, text};
}

static char last_byte(const struct source *source, uint32_t end)
{
	return end > 0 ? byte_at(source, end - 1) : '\n';
}

/* Inserts whole lines at the start of a line, or at the end of a text whose last line has no end: then the new last one has none. */
static void insert_lines(struct job *job, uint32_t at, struct str lines, struct str line_end)
{
	char before = last_byte(job->source, at);
	struct buf out = {.arena = job->arena};
	if (before == '\n' || before == '\r') {
		buf_str(&out, lines);
		buf_str(&out, line_end);
	} else {
		buf_str(&out, line_end);
		buf_str(&out, lines);
	}
	insert(job, at, buf_view(&out));
}

/* The start of the line behind what ends at `end`, and behind comments that are indented more than `indentation` blanks. */
static uint32_t behind(const struct source *source, uint32_t end, size_t indentation)
{
	char before = last_byte(source, end);
	/* A block scalar ends where the next line begins. */
	uint32_t at = before == '\n' || before == '\r' ? end : next_line_start(source, end);
	for (;;) {
		uint32_t text = indentation_end(source, at);
		if (at >= source->bytes.len || byte_at(source, text) != '#' || text - at <= indentation) {
			return at;
		}
		at = next_line_start(source, at);
	}
}

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
	insert_lines(job, behind(job->source, last->value->end, style.indentation.len), buf_view(&out), style.line_end);
}

/* Indentation of what stands below a key of the document. */
static struct str below(struct job *job, struct str outer)
{
	return str_format(job->arena, "%.*s%*s", STR_ARG(outer), (int)indentation_step(job->source, job->document), "");
}

static void below_key(struct job *job, const struct yaml_node *key)
{
	struct str outer = blanks_before(job->source, key->span.start);
	struct buf out = {.arena = job->arena};
	if (outer.ptr == NULL) {
		job->why = "something stands before the key in its line";
		return;
	}
	struct entry_style style = {.line_end = line_end_of(job->source, key->span.end), .indentation = below(job, outer)};
	put_entry(&out, &style, job->addition);
	insert_lines(job, behind(job->source, key->span.end, outer.len), buf_view(&out), style.line_end);
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
	char before = last_byte(source, end);
	return (before == '\n' || before == '\r') && blank_line(source, line_start(source, end - 1));
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
	struct entry_style style = {.line_end = line_end_of(source, document->end), .indentation = below(job, outer)};
	struct buf out = {.arena = job->arena};
	if (has_blank_line(source, at) && !ends_with_blank_line(source, at)) {
		buf_str(&out, style.line_end);
	}
	buf_printf(&out, "%.*s%.*s:%.*s", STR_ARG(outer), STR_ARG(job->addition->section), STR_ARG(style.line_end));
	put_entry(&out, &style, job->addition);
	insert_lines(job, at, buf_view(&out), style.line_end);
}

/* Behind the comma that follows a value in braces, if it stands in the value's line; otherwise the value's own end. False when there is a
 * comma, but elsewhere. */
static bool behind_comma(const struct source *source, uint32_t end, uint32_t close, uint32_t *at)
{
	bool comment = false;
	for (uint32_t i = end; i < close; i++) {
		char c = byte_at(source, i);
		if (c == '\n' || c == '\r') {
			comment = false;
		} else if (c == '#') {
			comment = true;
		} else if (c == ',' && !comment) {
			*at = i + 1;
			return same_line(source, end, i);
		}
	}
	*at = end;
	return true;
}

static void into_empty_braces(struct job *job, const struct yaml_node *map)
{
	uint32_t open = map->span.start + 1, close = map->end - 1;
	struct entry_style style = {0};
	struct buf out = {.arena = job->arena};
	for (uint32_t i = open; i < close; i++) {
		if (byte_at(job->source, i) != ' ') {
			job->why = "the braces hold a comment or more than one line";
			return;
		}
	}
	buf_char(&out, ' ');
	put_entry(&out, &style, job->addition);
	if (open == close) {
		buf_char(&out, ' ');
	}
	insert(job, open, buf_view(&out));
}

static void into_line(struct job *job, const struct entry_style *style, uint32_t at, bool comma)
{
	struct buf out = {.arena = job->arena};
	buf_str(&out, comma ? STR(" ") : STR(", "));
	put_entry(&out, style, job->addition);
	if (comma) {
		buf_char(&out, ',');
	}
	insert(job, at, buf_view(&out));
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
		insert(job, at, buf_view(&out));
		return;
	}
	if (!comma) {
		insert(job, at, STR(","));
	}
	if (style->apart) {
		buf_str(&out, style->line_end);
	}
	put_entry(&out, style, job->addition);
	buf_str(&out, comma ? STR(",") : STR(""));
	insert_lines(job, behind(job->source, at, style->indentation.len), buf_view(&out), style->line_end);
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
	if (last->kind != YAML_MAP || !last->flow || !behind_comma(job->source, last->end, close, &at)) {
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
