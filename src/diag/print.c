/* Prints a collection of diagnostics: sorts, limits, counts. */
#include <errno.h>
#include <stdlib.h>

#include "base/arena.h"
#include "diag/diag.h"
#include "diag/internal.h"

/* Memory for a printed diagnostic is kept until so many were printed, then given back. */
enum { PER_ARENA = 64 };

static int compare_place(struct span a, struct span b)
{
	if (a.source == NULL || b.source == NULL) {
		return (a.source == NULL) - (b.source == NULL); /* what has no place comes last */
	}
	int order = a.source == b.source ? 0 : str_compare(a.source->name, b.source->name);
	return order != 0 ? order : (a.start > b.start) - (a.start < b.start);
}

static int compare(const void *left, const void *right)
{
	const struct diagnostic *a = *(const struct diagnostic *const *)left;
	const struct diagnostic *b = *(const struct diagnostic *const *)right;
	int order = compare_place(a->at, b->at);
	return order != 0 ? order : (a->order > b->order) - (a->order < b->order);
}

static struct diagnostic **sorted(struct arena *arena, const struct diags *diags)
{
	size_t count = diags->items.count;
	struct diagnostic **all = arena_array(arena, count, sizeof *all);
	for (size_t i = 0; i < count; i++) {
		all[i] = diags->items.items[i];
	}
	qsort(all, count, sizeof *all, compare);
	return all;
}

static bool write_out(FILE *out, const struct buf *text)
{
	return fwrite(text->ptr, 1, text->len, out) == text->len;
}

static bool print_some(struct diagnostic **all, size_t count, FILE *out, enum diag_format format, bool colour)
{
	struct buf text = {.arena = arena_new()};
	for (size_t i = 0; i < count; i++) {
		if (format == DIAG_JSON) {
			show_json(&text, all[i]);
		} else {
			show_text(&text, all[i], colour);
		}
	}
	bool written = write_out(out, &text);
	int reason = errno;
	arena_free(text.arena);
	errno = reason;
	return written;
}

static bool print_all(struct diagnostic **all, size_t count, FILE *out, enum diag_format format, bool colour)
{
	for (size_t i = 0; i < count; i += PER_ARENA) {
		size_t some = count - i < PER_ARENA ? count - i : PER_ARENA;
		if (!print_some(all + i, some, out, format, colour)) {
			return false;
		}
	}
	return true;
}

static bool print_count(FILE *out, size_t count, const char *one, const char *many, const char *after)
{
	return count == 0 || fprintf(out, "%zu %s%s", count, count == 1 ? one : many, after) >= 0;
}

static bool print_counts(const struct diags *diags, size_t shown, FILE *out)
{
	bool both = diags->errors > 0 && diags->warnings > 0;
	if (!print_count(out, diags->errors, "error", "errors", both ? ", " : "") ||
	    !print_count(out, diags->warnings, "warning", "warnings", "")) {
		return false;
	}
	if (shown < diags->items.count && fprintf(out, " (%zu shown)", shown) < 0) {
		return false;
	}
	return fputc('\n', out) != EOF;
}

bool diags_print(const struct diags *diags, FILE *out, enum diag_format format, bool colour, size_t limit)
{
	size_t count = diags->items.count;
	if (count == 0) {
		return true;
	}
	bool cut = format == DIAG_TEXT && limit > 0 && limit < count;
	size_t shown = cut ? limit : count;

	struct arena *arena = arena_new();
	struct diagnostic **all = sorted(arena, diags);
	bool printed = print_all(all, shown, out, format, colour) &&
	               (format == DIAG_JSON || print_counts(diags, shown, out)) && fflush(out) == 0;
	int reason = errno;
	arena_free(arena);
	errno = reason;
	return printed;
}
