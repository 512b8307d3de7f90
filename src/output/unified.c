/* Spells the differences of two texts as diff -u does. */
#include "output/unified.h"

#include "base/map.h"
#include "output/lines.h"
#include "output/mask.h"

enum { CONTEXT = 3 };

struct spelling {
	struct buf *out;
	line_list old_lines, new_lines;
	bool secret;
};

/* A position in both texts between two lines. */
struct place {
	size_t old_at, new_at;
};

static bool removed(const struct spelling *s, struct place at)
{
	return at.old_at < s->old_lines.count && s->old_lines.items[at.old_at].changed;
}

static bool added(const struct spelling *s, struct place at)
{
	return at.new_at < s->new_lines.count && s->new_lines.items[at.new_at].changed;
}

static bool at_end(const struct spelling *s, struct place at)
{
	return at.old_at >= s->old_lines.count && at.new_at >= s->new_lines.count;
}

/* Past the lines that both texts have, at most `limit` of them. */
static struct place skip_common(const struct spelling *s, struct place at, size_t limit)
{
	for (; limit > 0 && !at_end(s, at) && !removed(s, at) && !added(s, at); limit--) {
		at.old_at++;
		at.new_at++;
	}
	return at;
}

static struct place skip_changes(const struct spelling *s, struct place at)
{
	while (removed(s, at))
		at.old_at++;
	while (added(s, at))
		at.new_at++;
	return at;
}

static bool put_masked(struct buf *out, struct str text, bool secret)
{
	return mask_line(out, str_ends(text, STR("\n")) ? str_slice(text, 0, text.len - 1) : text, secret);
}

static void put_line(struct spelling *s, char sign, struct str text, const char *note)
{
	buf_char(s->out, sign);
	put_masked(s->out, text, s->secret);
	buf_str(s->out, str_of(note));
	buf_char(s->out, '\n');
	if (!str_ends(text, STR("\n")))
		buf_str(s->out, STR("\\ No newline at end of file\n"));
}

/* The line as it is shown, when keys in it are hidden; else absent. */
static struct str shown_if_masked(const struct spelling *s, struct str text)
{
	struct buf shown = {.arena = s->out->arena};

	return s->secret && put_masked(&shown, text, true) ? buf_view(&shown) : (struct str){0};
}

/* A block of removed lines and the added ones in their place. */
static struct place put_changes(struct spelling *s, struct place at)
{
	struct map hidden = {.arena = s->out->arena};

	for (; removed(s, at); at.old_at++) {
		struct text_line *line = &s->old_lines.items[at.old_at];
		struct str shown = shown_if_masked(s, line->text);

		if (shown.len > 0)
			map_add(&hidden, shown, line);
		put_line(s, '-', line->text, "");
	}
	for (; added(s, at); at.new_at++) {
		struct str text = s->new_lines.items[at.new_at].text;
		struct str shown = shown_if_masked(s, text);

		put_line(s, '+', text, shown.len > 0 && map_get(&hidden, shown) != NULL ? " (secret changed)" : "");
	}
	return at;
}

/* "12,3": the first line and how many; one line is only its number, and none is the line before it. */
static void put_range(struct buf *out, size_t start, size_t end)
{
	size_t count = end - start;

	buf_printf(out, "%zu", count == 0 ? start : start + 1);
	if (count != 1)
		buf_printf(out, ",%zu", count);
}

/* Where the hunk ends that has its first change at `at`: changes that are near enough share one. */
static struct place hunk_end(const struct spelling *s, struct place at)
{
	for (;;) {
		struct place changed = skip_changes(s, at);
		struct place next = skip_common(s, changed, 2 * CONTEXT + 1);

		if (at_end(s, next) || next.old_at - changed.old_at > 2 * CONTEXT)
			return skip_common(s, changed, CONTEXT);
		at = next;
	}
}

static struct place put_hunk(struct spelling *s, struct place first, struct place change)
{
	struct place end = hunk_end(s, change), at = first;

	buf_str(s->out, STR("@@ -"));
	put_range(s->out, first.old_at, end.old_at);
	buf_str(s->out, STR(" +"));
	put_range(s->out, first.new_at, end.new_at);
	buf_str(s->out, STR(" @@\n"));
	while (at.old_at < end.old_at || at.new_at < end.new_at) {
		if (removed(s, at) || added(s, at)) {
			at = put_changes(s, at);
			continue;
		}
		put_line(s, ' ', s->old_lines.items[at.old_at].text, "");
		at.old_at++;
		at.new_at++;
	}
	return end;
}

void unified_diff(struct buf *out, const struct unified *unified)
{
	struct spelling s = {.out = out, .secret = unified->secret};
	struct place at = {0, 0};

	if (str_equal(unified->before, unified->after))
		return;
	lines_compare(out->arena, unified->before, unified->after, &s.old_lines, &s.new_lines);
	buf_printf(out, "--- %.*s\n+++ %.*s\n", STR_ARG(unified->old_name), STR_ARG(unified->new_name));
	while (!at_end(&s, at)) {
		struct place change = skip_common(&s, at, SIZE_MAX);
		size_t context = change.old_at - at.old_at < CONTEXT ? change.old_at - at.old_at : CONTEXT;

		if (at_end(&s, change))
			break;
		at = put_hunk(&s, (struct place){change.old_at - context, change.new_at - context}, change);
	}
}
