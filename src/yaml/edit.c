/* Bytes that come into a text or replace others: where whole lines go, and the text that results. */
#include "yaml/insert_internal.h"
#include "yaml/internal.h"

void edit_replace(struct job *job, uint32_t at, uint32_t end, struct str text)
{
	job->edits.items[job->edits.count++] = (struct edit){at, end, text};
}

void edit_insert(struct job *job, uint32_t at, struct str text)
{
	edit_replace(job, at, at, text);
}

static char last_byte(const struct source *source, uint32_t end)
{
	return end > 0 ? byte_at(source, end - 1) : '\n';
}

bool edit_ends_line(const struct source *source, uint32_t end)
{
	char before = last_byte(source, end);
	return before == '\n' || before == '\r';
}

void edit_insert_lines(struct job *job, uint32_t at, struct str lines, struct str line_end)
{
	struct buf out = {.arena = job->arena};
	if (edit_ends_line(job->source, at)) {
		buf_str(&out, lines);
		buf_str(&out, line_end);
	} else {
		buf_str(&out, line_end);
		buf_str(&out, lines);
	}
	edit_insert(job, at, buf_view(&out));
}

uint32_t edit_behind(const struct source *source, uint32_t end, size_t indentation)
{
	/* A block scalar ends where the next line begins. */
	uint32_t at = edit_ends_line(source, end) ? end : next_line_start(source, end);
	for (;;) {
		uint32_t text = indentation_end(source, at);
		if (at >= source->bytes.len || byte_at(source, text) != '#' || text - at <= indentation) {
			return at;
		}
		at = next_line_start(source, at);
	}
}

bool edit_behind_comma(const struct source *source, uint32_t end, uint32_t close, uint32_t *at)
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

void edit_empty_braces(struct job *job, const struct yaml_node *map, struct str entry)
{
	uint32_t open = map->span.start + 1, close = map->end - 1;
	for (uint32_t i = open; i < close; i++) {
		if (byte_at(job->source, i) != ' ') {
			job->why = "the braces hold a comment or more than one line";
			return;
		}
	}
	edit_insert(job, open, str_format(job->arena, " %.*s%s", STR_ARG(entry), open == close ? " " : ""));
}

struct str edit_indentation(struct job *job, struct str outer)
{
	return str_format(job->arena, "%.*s%*s", STR_ARG(outer), (int)indentation_step(job->source, job->document), "");
}

struct str edit_apply(struct job *job)
{
	struct buf out = {.arena = job->arena};
	struct str bytes = job->source->bytes;
	size_t done = 0;
	for (size_t i = 0; i < job->edits.count; i++) {
		const struct edit *edit = &job->edits.items[i];
		buf_str(&out, str_slice(bytes, done, edit->at));
		buf_str(&out, edit->text);
		done = edit->end;
	}
	buf_str(&out, str_slice(bytes, done, bytes.len));
	return buf_view(&out);
}

struct yaml_node *edit_parse(struct job *job, struct str text)
{
	struct diags *diags = diags_new(job->arena, false);
	struct yaml_node *root = yaml_parse(job->arena, source_new(job->arena, job->source->name, text), diags);
	return root != NULL && diags_errors(diags) == 0 ? root : NULL;
}
