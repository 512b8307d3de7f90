/* Shows a line of a source and underlines a part of it. */
#include "base/utf8.h"
#include "diag/internal.h"

enum {
	WIDEST = 160,     /* columns of text; longer lines are cut */
	LEFT_OF_SPAN = 60, /* columns kept before the span when the line is cut */
	TAB = 8,
	GUTTER = 5 /* digits of a line number */
};

/* The part of a line that is shown, and the part of it that is underlined, as byte offsets in the line. */
struct excerpt {
	const struct source *source;
	struct str line;
	uint32_t line_offset; /* of the line in the source */
	size_t from, to;
	size_t mark_from, mark_to;
};

static bool is_tab(struct str line, size_t at)
{
	return line.ptr[at] == '\t';
}

static size_t columns_at(struct str line, size_t at, struct glyph glyph)
{
	return is_tab(line, at) ? TAB : (size_t)glyph.columns;
}

/* The end of the text that starts at `from` and is at most `columns` wide. */
static size_t fit(struct str line, size_t from, size_t columns)
{
	size_t used = 0, at = from;
	while (at < line.len) {
		struct glyph glyph = glyph_at(line, at);
		used += columns_at(line, at, glyph);
		if (used > columns) {
			break;
		}
		at += glyph.length;
	}
	return at;
}

/* Start of the character that ends at `end`, end > 0. */
static size_t character_before(struct str line, size_t end)
{
	for (size_t length = 2; length <= 4 && length <= end; length++) {
		uint32_t codepoint;
		if (utf8_decode(line, end - length, &codepoint) == length) {
			return end - length;
		}
	}
	return end - 1;
}

static size_t back(struct str line, size_t end, size_t columns)
{
	size_t used = 0, at = end;
	while (at > 0) {
		size_t before = character_before(line, at);
		used += columns_at(line, before, glyph_at(line, before));
		if (used > columns) {
			break;
		}
		at = before;
	}
	return at;
}

static void choose_window(struct excerpt *excerpt)
{
	excerpt->from = 0;
	excerpt->to = excerpt->line.len;
	if (fit(excerpt->line, 0, WIDEST) < excerpt->line.len) {
		excerpt->from = back(excerpt->line, excerpt->mark_from, LEFT_OF_SPAN);
		excerpt->to = fit(excerpt->line, excerpt->from, WIDEST);
	}
}

static size_t without_trailing_blanks(struct str line)
{
	size_t end = line.len;
	while (end > 0 && (line.ptr[end - 1] == ' ' || line.ptr[end - 1] == '\t')) {
		end--;
	}
	return end;
}

static struct excerpt excerpt_of(struct span at, uint32_t line_number)
{
	struct excerpt excerpt = {.source = at.source, .line = source_line(at.source, line_number)};
	excerpt.line_offset = at.source->lines.items[line_number - 1];
	size_t start = at.start > excerpt.line_offset ? at.start - excerpt.line_offset : 0;
	size_t end = at.end > excerpt.line_offset ? at.end - excerpt.line_offset : 0;

	excerpt.mark_from = start < excerpt.line.len ? start : excerpt.line.len;
	excerpt.mark_to = end <= excerpt.line.len ? end : without_trailing_blanks(excerpt.line);
	if (excerpt.mark_to < excerpt.mark_from) {
		excerpt.mark_to = excerpt.mark_from;
	}
	choose_window(&excerpt);
	return excerpt;
}

/* True when the text was declared public: some span of the sorted list holds it. */
static bool is_public(const struct source *source, uint32_t start, uint32_t end)
{
	size_t low = 0, high = source->public_keys.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (source->public_keys.items[middle].start <= start) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low > 0 && end <= source->public_keys.items[low - 1].end;
}

/* True when line[from, to) must not be shown. */
static bool is_hidden(const struct excerpt *excerpt, size_t from, size_t to)
{
	return key_shaped(to - from) && !is_public(excerpt->source, excerpt->line_offset + (uint32_t)from,
	                                           excerpt->line_offset + (uint32_t)to);
}

static void show_character(struct buf *out, struct str line, size_t at, struct glyph glyph)
{
	if (glyph.replaced && !is_tab(line, at)) {
		buf_char(out, '?');
	} else {
		buf_put(out, line.ptr + at, glyph.length);
	}
}

static void show_line(struct buf *out, const struct excerpt *excerpt)
{
	struct str line = excerpt->line;
	if (excerpt->from > 0) {
		buf_str(out, STR("…"));
	}
	for (size_t at = excerpt->from; at < excerpt->to;) {
		size_t run_from, run_to; /* of the whole run, though the window may cut it */
		key_run(line, at, &run_from, &run_to);
		if (run_to == at) {
			struct glyph glyph = glyph_at(line, at);
			show_character(out, line, at, glyph);
			at += glyph.length;
			continue;
		}
		size_t end = run_to < excerpt->to ? run_to : excerpt->to;
		bool hidden = is_hidden(excerpt, run_from, run_to);
		for (; at < end; at++) {
			buf_char(out, hidden ? '*' : line.ptr[at]);
		}
	}
	if (excerpt->to < line.len) {
		buf_str(out, STR("…"));
	}
}

static void repeat(struct buf *out, char c, size_t count)
{
	while (count-- > 0) {
		buf_char(out, c);
	}
}

/* Blanks below what precedes the span; tabs are copied, whatever their width on this terminal. */
static void show_lead(struct buf *out, const struct excerpt *excerpt)
{
	if (excerpt->from > 0) {
		buf_char(out, ' ');
	}
	for (size_t at = excerpt->from; at < excerpt->mark_from;) {
		struct glyph glyph = glyph_at(excerpt->line, at);
		if (is_tab(excerpt->line, at)) {
			buf_char(out, '\t');
		} else {
			repeat(out, ' ', (size_t)glyph.columns);
		}
		at += glyph.length;
	}
}

static void show_marks(struct buf *out, const struct excerpt *excerpt)
{
	size_t end = excerpt->mark_to < excerpt->to ? excerpt->mark_to : excerpt->to;
	bool first = true;
	buf_char(out, '^');
	for (size_t at = excerpt->mark_from; at < end; first = false) {
		struct glyph glyph = glyph_at(excerpt->line, at);
		at += glyph.length;
		if (is_tab(excerpt->line, at - glyph.length)) {
			if (at < end) {
				buf_char(out, '\t');
			}
		} else if (!first || glyph.columns > 0) {
			repeat(out, '~', (size_t)glyph.columns - (first ? 1 : 0));
		}
	}
}

void show_excerpt(struct buf *out, struct span at, bool colour)
{
	uint32_t number = source_position(at.source, at.start).line;
	struct excerpt excerpt = excerpt_of(at, number);

	size_t begin = out->len;
	buf_printf(out, "%*lu |", GUTTER, (unsigned long)number);
	size_t gutter = out->len - begin - 2;
	if (excerpt.line.len > 0) {
		buf_char(out, ' ');
		show_line(out, &excerpt);
	}
	buf_char(out, '\n');

	repeat(out, ' ', gutter);
	buf_str(out, STR(" | "));
	show_lead(out, &excerpt);
	buf_str(out, colour ? STR("\033[1;32m") : STR(""));
	show_marks(out, &excerpt);
	buf_str(out, colour ? STR("\033[0m") : STR(""));
	buf_char(out, '\n');
}
