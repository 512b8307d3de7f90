/* One diagnostic as a line of JSON, for editors and CI. */
#include <jansson.h>
#include <stdlib.h>

#include "base/fatal.h"
#include "diag/internal.h"

/* Every key is always there; what does not apply is null. Ends are exclusive: the column after the last character. */

static void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0) {
		fatal_memory();
	}
}

static json_t *text_value(struct buf *text)
{
	struct str view = buf_view(text);
	return json_stringn(view.len > 0 ? view.ptr : "", view.len);
}

static void put_message(struct arena *arena, json_t *object, const char *key, struct str message)
{
	struct buf text = {.arena = arena};
	show_message(&text, message);
	put(object, key, text_value(&text));
}

static void put_place(struct arena *arena, json_t *object, struct span at)
{
	if (at.source == NULL) {
		put(object, "file", json_null());
		put(object, "line", json_null());
		put(object, "column", json_null());
		put(object, "end_line", json_null());
		put(object, "end_column", json_null());
		return;
	}
	struct buf name = {.arena = arena};
	show_name(&name, at.source->name);
	struct source_position start = source_position(at.source, at.start);
	struct source_position end = source_position(at.source, at.end > at.start ? at.end : at.start);
	put(object, "file", text_value(&name));
	put(object, "line", json_integer(start.line));
	put(object, "column", json_integer(start.column));
	put(object, "end_line", json_integer(end.line));
	put(object, "end_column", json_integer(end.column));
}

static void put_notes(struct arena *arena, json_t *object, const struct diagnostic *diagnostic)
{
	json_t *notes = json_array();
	for (size_t i = 0; i < diagnostic->notes.count; i++) {
		json_t *note = json_object();
		put_message(arena, note, "message", diagnostic->notes.items[i].message);
		put_place(arena, note, diagnostic->notes.items[i].at);
		if (json_array_append_new(notes, note) != 0) {
			fatal_memory();
		}
	}
	put(object, "notes", notes);
}

/* Several helps are one text of several lines. */
static void put_help(struct arena *arena, json_t *object, const struct diagnostic *diagnostic)
{
	if (diagnostic->helps.count == 0) {
		put(object, "help", json_null());
		return;
	}
	struct buf text = {.arena = arena};
	for (size_t i = 0; i < diagnostic->helps.count; i++) {
		if (i > 0) {
			buf_char(&text, '\n');
		}
		show_message(&text, diagnostic->helps.items[i]);
	}
	put(object, "help", text_value(&text));
}

void show_json(struct buf *out, const struct diagnostic *diagnostic)
{
	json_t *object = json_object();
	put(object, "severity", json_string(diagnostic->severity == SEVERITY_ERROR ? "error" : "warning"));
	put(object, "code", json_string(code_info(diagnostic->code)->name));
	put_message(out->arena, object, "message", diagnostic->message);
	put_place(out->arena, object, diagnostic->at);
	put_notes(out->arena, object, diagnostic);
	put_help(out->arena, object, diagnostic);

	char *line = json_dumps(object, JSON_COMPACT);
	if (line == NULL) {
		fatal_memory();
	}
	buf_str(out, str_of(line));
	buf_char(out, '\n');
	free(line);
	json_decref(object);
}
