/* Shows what a build would change, file by file, and changes nothing. */
#include "output/diff.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "output/survey.h"
#include "output/unified.h"

/* Also a file that was secret, is secret only on disk, or of which nobody knows: better hidden once too often. */
static bool is_secret(const struct item *item)
{
	return (item->artifact != NULL && (item->artifact->secret || item->artifact->mode == 0600)) ||
	       (item->artifact == NULL && item->record == NULL) || (item->record != NULL && item->record->mode == 0600) ||
	       (item->on_disk && (item->disk.mode & 077) == 0);
}

static bool is_picture(const struct item *item)
{
	return item->artifact != NULL ? item->artifact->make != NULL : item->record != NULL && item->record->picture;
}

static void show_picture(struct buf *out, const struct item *item)
{
	const char *what = item->kind == CHANGE_NEW ? "is new" : item->kind == CHANGE_REMOVED ? "is removed" : "changes";

	buf_printf(out, "picture %.*s %s\n", STR_ARG(item->path), what);
}

static void show_mode(struct buf *out, const struct item *item)
{
	if (item->artifact != NULL && item->on_disk && item->disk.mode != item->artifact->mode)
		buf_printf(out, "mode of %.*s changes from %04o to %04o\n", STR_ARG(item->path), (unsigned)item->disk.mode,
		           (unsigned)item->artifact->mode);
}

static void show_cost(struct buf *out, const struct item *item)
{
	if (item->effect != NULL)
		buf_printf(out, "cost of %.*s: %s\n", STR_ARG(item->path), effect_word(item->effect->kind));
}

static bool show_text(struct survey *survey, struct buf *out, const struct item *item)
{
	struct unified unified = {.old_name = STR("/dev/null"), .new_name = STR("/dev/null"), .secret = is_secret(item)};

	if (item->kind != CHANGE_NEW) {
		unified.old_name = str_format(out->arena, "a/%.*s", STR_ARG(item->path));
		if (disk_read(&survey->disk, item->path, out->arena, &unified.before) != DISK_OK)
			return survey_failed(survey);
	}
	if (item->artifact != NULL) {
		unified.new_name = str_format(out->arena, "b/%.*s", STR_ARG(item->path));
		unified.after = item->artifact->bytes;
	}
	unified_diff(out, &unified);
	return true;
}

/* Fills `out` with what is to be shown of one file. */
static bool show(struct survey *survey, struct buf *out, struct item *item)
{
	bool absent = item->artifact == NULL && item->kind != CHANGE_REMOVED;

	if (item->undecided && item->on_disk)
		survey_decide(item, survey_bytes(survey, item));
	if (item->kind == CHANGE_SAME || absent)
		return true;
	show_mode(out, item);
	if (item->kind == CHANGE_MODE)
		return true;
	if (is_picture(item)) {
		show_picture(out, item);
		return true;
	}
	show_cost(out, item);
	return show_text(survey, out, item);
}

static bool write_failed(struct survey *survey)
{
	diag_add(survey->diags, DIAG_SYSTEM, (struct span){0}, "cannot write the differences: %s", strerror(errno));
	return false;
}

static bool show_all(struct survey *survey, FILE *stream, bool *differs)
{
	for (size_t i = 0; i < survey->items.count; i++) {
		struct item *item = &survey->items.items[i];
		struct arena *wiped = arena_new_wiped();
		struct buf out = {.arena = wiped};
		bool done = show(survey, &out, item);

		*differs = *differs || item->kind != CHANGE_SAME;
		if (done && out.len > 0 && fwrite(out.ptr, 1, out.len, stream) != out.len)
			done = write_failed(survey);
		arena_free(wiped);
		if (!done)
			return false;
	}
	return fflush(stream) == 0 || write_failed(survey);
}

bool tree_diff(struct arena *arena, const artifact_list *artifacts, const struct tree_options *options,
               struct diags *diags, FILE *out, bool *differs, change_list *changes)
{
	struct survey survey;
	bool done = survey_open(&survey, arena, artifacts, options, diags, SURVEY_TO_SHOW);

	*differs = false;
	if (done)
		done = show_all(&survey, out, differs);
	if (done)
		survey_list(&survey, changes);
	survey_close(&survey);
	return done;
}
