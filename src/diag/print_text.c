/* One diagnostic as text for people: place, message, excerpt, notes, help. */
#include "diag/internal.h"

struct style {
	const char *place, *error, *warning, *note, *help, *reset;
};

static const struct style styles[2] = {
	{"", "", "", "", "", ""},
	{"\033[1m", "\033[1;31m", "\033[1;35m", "\033[1;36m", "\033[1;36m", "\033[0m"},
};

static void show_place(struct buf *out, struct span at, const struct style *style)
{
	buf_str(out, str_of(style->place));
	if (at.source == NULL) {
		buf_str(out, STR("hlgen:"));
	} else {
		struct source_position position = source_position(at.source, at.start);
		show_name(out, at.source->name);
		buf_printf(out, ":%lu:%lu:", (unsigned long)position.line, (unsigned long)position.column);
	}
	buf_str(out, str_of(style->reset));
	buf_char(out, ' ');
}

static void show_kind(struct buf *out, const char *colour, const char *kind, const struct style *style)
{
	buf_printf(out, "%s%s:%s ", colour, kind, style->reset);
}

static void show_excerpt_if_placed(struct buf *out, struct span at, bool colour)
{
	if (at.source != NULL) {
		show_excerpt(out, at, colour);
	}
}

static void show_note(struct buf *out, const struct note *note, bool colour)
{
	const struct style *style = &styles[colour];
	show_place(out, note->at, style);
	show_kind(out, style->note, "note", style);
	show_message(out, note->message);
	buf_char(out, '\n');
	show_excerpt_if_placed(out, note->at, colour);
}

void show_text(struct buf *out, const struct diagnostic *diagnostic, bool colour)
{
	const struct style *style = &styles[colour];
	show_place(out, diagnostic->at, style);
	if (diagnostic->severity == SEVERITY_ERROR) {
		show_kind(out, style->error, "error", style);
	} else {
		show_kind(out, style->warning, "warning", style);
	}
	show_message(out, diagnostic->message);
	buf_printf(out, " [%s]\n", code_info(diagnostic->code)->name);
	show_excerpt_if_placed(out, diagnostic->at, colour);

	for (size_t i = 0; i < diagnostic->notes.count; i++) {
		show_note(out, &diagnostic->notes.items[i], colour);
	}
	for (size_t i = 0; i < diagnostic->helps.count; i++) {
		buf_printf(out, "      = %shelp:%s ", style->help, style->reset);
		show_message(out, diagnostic->helps.items[i]);
		buf_char(out, '\n');
	}
}
