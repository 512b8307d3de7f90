/* Brings the tree on disk up to date, so that whenever it is stopped each file is old or new and the next run goes on.
 *
 * The order, and why:
 *  1. Everything is compared and checked; up to here nothing is changed.
 *  2. If an earlier run was stopped: its temporaries are removed, and manifest.json is made to say what is on disk now.
 *  3. .hlgen-pending.json says that files are about to change. While it exists, the run is unfinished.
 *  4. Changed files are written beside their places, then .hlgen-pending.json with the hash of each. One syncfs.
 *     What changes together with the tree (struct tree_options, `ready`) changes now: little can fail from here on.
 *  5. Renames. A file is now as manifest.json or as .hlgen-pending.json says, so a later run knows it for its own, even
 *     when the site has changed in between.
 *  6. Files that are no longer made are removed. One syncfs.
 *  7. .hlgen-pending.json becomes manifest.json. */
#include "output/tree.h"

#include <string.h>

#include "base/arena.h"
#include "output/disk_internal.h"
#include "output/survey.h"

/* A file of the output folder itself, on disk under its name at once. */
static bool put_root_file(struct survey *survey, struct str name, struct str bytes)
{
	if (disk_stage(&survey->disk, name, 0644, bytes) && disk_commit(&survey->disk, name))
		return true;
	disk_discard(&survey->disk, name);
	return false;
}

/* The files of earlier runs as they are on disk now: after this, the stopped run needs no record of its own. */
static bool settle(struct survey *survey)
{
	struct manifest now;

	manifest_start(survey->arena, &now, survey->options->redacted);
	for (size_t i = 0; i < survey->items.count; i++) {
		const struct item *item = &survey->items.items[i];
		const struct manifest_file *from = item->known != NULL ? item->known : item->record;
		struct manifest_file file;

		if (item->on_disk && item->known == NULL && (item->kind == CHANGE_SAME || item->kind == CHANGE_MODE))
			from = &item->fresh;
		if (from == NULL)
			continue;
		file = *from;
		file.picture = file.picture && file.current;
		manifest_add(survey->arena, &now, &file);
	}
	return disk_sweep(&survey->disk) &&
	       put_root_file(survey, STR(MANIFEST_NAME), manifest_spell(survey->arena, &now)) && disk_sync(&survey->disk);
}

/* Steps 2 and 3. */
static bool begin(struct survey *survey)
{
	struct manifest empty;

	if (survey->pending.exists && !settle(survey))
		return false;
	manifest_start(survey->arena, &empty, survey->options->redacted);
	survey->begun = put_root_file(survey, STR(PENDING_NAME), manifest_spell(survey->arena, &empty));
	return survey->begun;
}

static bool stage(struct survey *survey, struct item *item)
{
	struct str bytes;

	if (item->artifact == NULL || item->kind == CHANGE_SAME || item->kind == CHANGE_MODE)
		return true;
	bytes = survey_bytes(survey, item);
	if (item->undecided)
		survey_decide(item, bytes);
	if (item->kind == CHANGE_SAME || item->kind == CHANGE_MODE)
		return true;
	item->staged = disk_stage(&survey->disk, item->path, item->artifact->mode, bytes);
	return item->staged;
}

/* Step 4. */
static bool stage_all(struct survey *survey)
{
	struct manifest next;

	manifest_start(survey->arena, &next, survey->options->redacted);
	for (size_t i = 0; i < survey->items.count; i++) {
		struct item *item = &survey->items.items[i];

		if (!stage(survey, item))
			return false;
		if (item->artifact != NULL)
			manifest_add(survey->arena, &next, &item->fresh);
	}
	if (!disk_stage(&survey->disk, STR(PENDING_NAME), 0644, manifest_spell(survey->arena, &next)))
		return false;
	if (disk_sync(&survey->disk) && disk_commit(&survey->disk, STR(PENDING_NAME)))
		return true;
	disk_discard(&survey->disk, STR(PENDING_NAME));
	return false;
}

/* The way back when no file has been renamed yet. */
static void undo(struct survey *survey)
{
	for (size_t i = 0; i < survey->items.count; i++) {
		if (survey->items.items[i].staged)
			disk_discard(&survey->disk, survey->items.items[i].path);
	}
	disk_unmake(&survey->disk);
	if (survey->begun) /* else it is the record of an earlier run, which is still needed */
		disk_remove(&survey->disk, STR(PENDING_NAME));
}

/* Step 5. */
static bool replace_all(struct survey *survey)
{
	if (!disk_sync_root(&survey->disk))
		return false;
	for (size_t i = 0; i < survey->items.count; i++) {
		struct item *item = &survey->items.items[i];

		if (item->staged && !disk_commit(&survey->disk, item->path))
			return false;
		item->staged = false;
		if (item->kind == CHANGE_MODE && !disk_chmod(&survey->disk, item->path, item->artifact->mode))
			return false;
	}
	return true;
}

/* Step 6. Items are sorted, so the files of a folder follow one another. */
static bool remove_gone(struct survey *survey)
{
	struct str emptied = STR("");

	for (size_t i = 0; i < survey->items.count; i++) {
		const struct item *item = &survey->items.items[i];
		struct str folder = disk_parent(item->path);

		if (item->kind != CHANGE_REMOVED)
			continue;
		if (!str_equal(folder, emptied) && !disk_prune(&survey->disk, emptied))
			return false;
		emptied = folder;
		if (!disk_remove(&survey->disk, item->path))
			return false;
	}
	return disk_prune(&survey->disk, emptied) && disk_sync(&survey->disk);
}

/* Step 7. */
static bool finish(struct survey *survey)
{
	return disk_rename(&survey->disk, STR(PENDING_NAME), STR(MANIFEST_NAME)) && disk_sync_root(&survey->disk);
}

static bool ready(const struct survey *survey)
{
	return survey->options->ready == NULL || survey->options->ready(survey->options->context);
}

static bool perform(struct survey *survey)
{
	struct disk_failure failure;

	if (!begin(survey) || !stage_all(survey)) {
		failure = survey->disk.failure;
		undo(survey);
		survey->disk.failure = failure; /* what came first, not what the way back met */
		return survey_failed(survey);
	}
	if (!ready(survey)) {
		undo(survey);
		return false;
	}
	if (replace_all(survey) && remove_gone(survey) && finish(survey))
		return true;
	failure = survey->disk.failure;
	for (size_t i = 0; i < survey->items.count; i++) {
		if (survey->items.items[i].staged)
			disk_discard(&survey->disk, survey->items.items[i].path);
	}
	survey->disk.failure = failure;
	return survey_failed(survey);
}

/* True when the file is as it should be and manifest.json says so. */
static bool item_up_to_date(const struct survey *survey, const struct item *item)
{
	const struct manifest_file *record = manifest_find(&survey->manifest, item->path);

	if (item->undecided || item->kind != CHANGE_SAME)
		return false;
	if (item->artifact == NULL || record == NULL)
		return false;
	return record->current && record->mode == item->fresh.mode && record->picture == item->fresh.picture &&
	       memcmp(record->sha256, item->fresh.sha256, HASH_BYTES) == 0 &&
	       (!record->picture || memcmp(record->picture_of, item->fresh.picture_of, HASH_BYTES) == 0);
}

/* True when nothing at all has to be written. */
static bool up_to_date(const struct survey *survey)
{
	if (!survey->manifest.exists || survey->pending.exists)
		return false;
	for (size_t i = 0; i < survey->items.count; i++) {
		if (!item_up_to_date(survey, &survey->items.items[i]))
			return false;
	}
	return true;
}

bool tree_write(struct arena *arena, const artifact_list *artifacts, const struct tree_options *options,
                struct diags *diags, change_list *changes)
{
	struct survey survey;
	bool done = survey_open(&survey, arena, artifacts, options, diags, SURVEY_TO_WRITE);

	if (done && up_to_date(&survey)) {
		/* A run that was killed at its very first write has left one of these. */
		disk_discard(&survey.disk, STR(PENDING_NAME));
		disk_discard(&survey.disk, STR(MANIFEST_NAME));
		done = ready(&survey);
	} else if (done) {
		done = perform(&survey);
	}
	if (done)
		survey_list(&survey, changes);
	survey_close(&survey);
	return done;
}
