/* Compares the tree on disk with the artifacts and decides, for each file, what a build does with it. */
#include "output/survey.h"

#include <sodium.h>
#include <string.h>

#include "base/arena.h"
#include "output/cost.h"
#include "output/items.h"

/* ---- messages ---- */

static const struct span nowhere = {0};

struct str survey_name(const struct survey *survey, struct str path)
{
	const char *directory = survey->options->directory;
	const char *slash = str_ends(str_of(directory), STR("/")) ? "" : "/";

	if (path.len == 0)
		return str_of(directory);
	return str_format(survey->arena, "%s%s%.*s", directory, slash, STR_ARG(path));
}

bool survey_failed(struct survey *survey)
{
	const struct disk_failure *failure = &survey->disk.failure;

	diag_add(survey->diags, DIAG_SYSTEM, nowhere, "cannot %s '%.*s': %s", failure->action,
	         STR_ARG(survey_name(survey, failure->path)), strerror(failure->error));
	return false;
}

/* Something that is not a plain file or folder is in the way: --force does not help. */
static void blocked(struct survey *survey, enum disk_status status)
{
	struct str name = survey_name(survey, survey->disk.failure.path);
	struct diagnostic *d;

	if (status == DISK_FAILED) {
		survey_failed(survey);
		return;
	}
	if (status == DISK_SYMLINK) {
		d = diag_add(survey->diags, DIAG_OUTPUT_SYMLINK, nowhere, "'%.*s' is a symbolic link", STR_ARG(name));
		diag_help(survey->diags, d, "remove the link: below the output folder hlgen writes through none");
		return;
	}
	d = diag_add(survey->diags, DIAG_OUTPUT_FOREIGN, nowhere,
	             "'%.*s' is in the way: a folder where a file must be, or the other way round", STR_ARG(name));
	diag_help(survey->diags, d, "move it elsewhere and build again; --force does not replace it");
}

static void edited(struct survey *survey, const struct item *item)
{
	struct str name = survey_name(survey, item->path);
	struct diagnostic *d;

	if (item->artifact == NULL) {
		d = diag_add(survey->diags, DIAG_OUTPUT_EDITED, nowhere, "'%.*s' is no longer made, but was edited by hand",
		             STR_ARG(name));
		diag_help(survey->diags, d, "move it elsewhere, or let --force remove it");
	} else if (item->record != NULL) {
		d = diag_add(survey->diags, DIAG_OUTPUT_EDITED, nowhere, "'%.*s' was edited by hand", STR_ARG(name));
		diag_help(survey->diags, d, "move the edit into the site file ('hlgen diff' shows it), or overwrite it with --force");
	} else {
		d = diag_add(survey->diags, DIAG_OUTPUT_FOREIGN, nowhere, "'%.*s' is in the way: hlgen did not make it",
		             STR_ARG(name));
		diag_help(survey->diags, d, "move it elsewhere, build into another folder with -o, or overwrite it with --force");
	}
}

/* ---- manifests ---- */

static bool read_manifest(struct survey *survey, struct str file, struct manifest *manifest)
{
	struct str text;
	enum disk_status status = disk_read(&survey->disk, file, survey->arena, &text);

	if (status == DISK_ABSENT)
		return true;
	if (status != DISK_OK) {
		blocked(survey, status);
		return false;
	}
	return manifest_parse(survey->arena, survey_name(survey, file), text, survey->diags, manifest);
}

static bool mixed(struct survey *survey, const struct manifest *manifest)
{
	struct diagnostic *d;

	if (!manifest->exists || manifest->redacted == survey->options->redacted)
		return false;
	if (manifest->redacted)
		d = diag_add(survey->diags, DIAG_OUTPUT_MIXED, nowhere,
		             "'%s' holds a redacted tree: secrets are not written into it", survey->options->directory);
	else
		d = diag_add(survey->diags, DIAG_OUTPUT_MIXED, nowhere,
		             "'%s' holds a tree with secrets: a redacted one is not mixed with it", survey->options->directory);
	diag_help(survey->diags, d, "choose another folder with -o");
	return true;
}

static bool read_manifests(struct survey *survey)
{
	return read_manifest(survey, STR(MANIFEST_NAME), &survey->manifest) &&
	       read_manifest(survey, STR(PENDING_NAME), &survey->pending) &&
	       !mixed(survey, &survey->manifest) && !mixed(survey, &survey->pending);
}

/* ---- comparing ---- */

static void hash_of(struct str bytes, uint8_t hash[static HASH_BYTES])
{
	crypto_hash_sha256(hash, (const unsigned char *)bytes.ptr, bytes.len);
}

static bool same_hash(const uint8_t a[static HASH_BYTES], const uint8_t b[static HASH_BYTES])
{
	return memcmp(a, b, HASH_BYTES) == 0;
}

/* A stopped run leaves some files as the last complete run made them and some as it made them itself. */
static void look_up(const struct survey *survey, struct item *item)
{
	const struct manifest_file *last = manifest_find(&survey->manifest, item->path);
	const struct manifest_file *pending = manifest_find(&survey->pending, item->path);

	item->record = last != NULL ? last : pending;
	if (!item->on_disk)
		return;
	if (pending != NULL && same_hash(pending->sha256, item->disk.sha256))
		item->known = pending;
	else if (last != NULL && same_hash(last->sha256, item->disk.sha256))
		item->known = last;
}

struct str survey_bytes(struct survey *survey, const struct item *item)
{
	struct drawing *drawing = &survey->drawing;

	if (item->artifact->make == NULL)
		return item->artifact->bytes;
	if (drawing->wiped == NULL || !str_equal(drawing->text, item->artifact->picture_of)) {
		arena_free(drawing->wiped);
		*drawing = (struct drawing){.wiped = arena_new_wiped(), .text = item->artifact->picture_of};
	}
	return item->artifact->make(drawing->wiped, drawing->text, &drawing->shared);
}

static void decide(struct item *item)
{
	item->undecided = false;
	if (!item->on_disk)
		item->kind = CHANGE_NEW;
	else if (!same_hash(item->disk.sha256, item->fresh.sha256))
		item->kind = CHANGE_CHANGED;
	else
		item->kind = item->disk.mode == item->artifact->mode ? CHANGE_SAME : CHANGE_MODE;
}

void survey_decide(struct item *item, struct str bytes)
{
	hash_of(bytes, item->fresh.sha256);
	decide(item);
}

/* Makes a picture only when that cannot be put off: an unknown file on disk may be the very same. */
static void judge_picture(struct survey *survey, struct item *item)
{
	item->fresh.picture = true;
	hash_of(item->artifact->picture_of, item->fresh.picture_of);
	item->kind = item->on_disk ? CHANGE_CHANGED : CHANGE_NEW;
	item->undecided = true;
	if (!item->on_disk)
		return;
	if (item->known == NULL) {
		survey_decide(item, survey_bytes(survey, item));
	} else if (item->known->picture && item->known->current &&
	           same_hash(item->known->picture_of, item->fresh.picture_of)) {
		memcpy(item->fresh.sha256, item->known->sha256, HASH_BYTES);
		decide(item);
	}
}

/* A run that was stopped while it replaced files has told nobody what it did with this one. */
static enum change_kind untold(const struct survey *survey, const struct item *item)
{
	const struct manifest_file *last = manifest_find(&survey->manifest, item->path);

	if (!survey->pending.exists || item->undecided || item->kind != CHANGE_SAME)
		return CHANGE_SAME;
	if (item->artifact == NULL)
		return last != NULL ? CHANGE_REMOVED : CHANGE_SAME;
	if (last == NULL)
		return CHANGE_NEW;
	return same_hash(last->sha256, item->fresh.sha256) ? CHANGE_SAME : CHANGE_CHANGED;
}

/* Looks up how the change takes effect; for that the old text may be needed, which may hold secrets. Of a file that a stopped run
 * replaced it is gone. */
static void price(struct survey *survey, struct item *item)
{
	const struct effects *effects = item->artifact != NULL ? &item->artifact->effects : NULL;
	struct arena *wiped;
	struct str before = {0};
	enum disk_status status = DISK_OK;

	if (effects == NULL || item->artifact->make != NULL) /* of a picture the client file tells all */
		return;
	if (item->kind == CHANGE_NEW || item->untold == CHANGE_NEW)
		item->effect = cost_of_new(effects);
	if (item->untold == CHANGE_CHANGED)
		item->effect = cost_of_any(effects);
	if (item->kind != CHANGE_CHANGED)
		return;
	wiped = arena_new_wiped();
	if (cost_depends(effects))
		status = disk_read(&survey->disk, item->path, wiped, &before);
	if (status == DISK_OK)
		item->effect = cost_of_change(effects, before, item->artifact->bytes);
	else if (status != DISK_ABSENT)
		blocked(survey, status);
	arena_free(wiped);
}

static void judge(struct survey *survey, struct item *item, enum survey_purpose purpose)
{
	bool forgiving = survey->options->force || purpose == SURVEY_TO_SHOW;
	bool replaced;
	enum disk_status status = disk_examine(&survey->disk, item->path, &item->disk);

	if (status != DISK_OK && status != DISK_ABSENT) {
		blocked(survey, status);
		return;
	}
	item->on_disk = status == DISK_OK;
	look_up(survey, item);
	if (item->artifact == NULL)
		item->kind = item->on_disk ? CHANGE_REMOVED : CHANGE_SAME;
	else if (item->artifact->make != NULL)
		judge_picture(survey, item);
	else
		survey_decide(item, item->artifact->bytes);
	replaced = item->kind == CHANGE_CHANGED || item->kind == CHANGE_REMOVED;
	if (replaced && item->known == NULL && !forgiving)
		edited(survey, item);
	if (purpose == SURVEY_TO_WRITE)
		item->untold = untold(survey, item);
	price(survey, item);
}

void survey_list(const struct survey *survey, change_list *changes)
{
	for (size_t i = 0; i < survey->items.count; i++) {
		const struct item *item = &survey->items.items[i];
		enum change_kind kind = item->kind != CHANGE_SAME ? item->kind : item->untold;

		if (item->artifact == NULL && kind != CHANGE_REMOVED)
			continue; /* was gone already */
		*(struct change *)LIST_ADD(survey->arena, changes) = (struct change){kind, item->path, item->effect};
	}
}

bool survey_open(struct survey *survey, struct arena *arena, const artifact_list *artifacts,
                 const struct tree_options *options, struct diags *diags, enum survey_purpose purpose)
{
	size_t errors = diags_errors(diags);
	enum disk_status status;

	*survey = (struct survey){.arena = arena, .options = options, .diags = diags, .disk = {.root = -1, .folder = -1}};
	items_of_artifacts(survey, artifacts);
	if (diags_errors(diags) != errors)
		return false;
	status = disk_open(&survey->disk, arena, options->directory, purpose == SURVEY_TO_WRITE);
	if (status == DISK_FAILED)
		return survey_failed(survey);
	if (!read_manifests(survey))
		return false;
	items_of_manifests(survey);
	for (size_t i = 0; i < survey->items.count; i++) {
		judge(survey, &survey->items.items[i], purpose); /* goes on, so that all are reported */
	}
	return diags_errors(diags) == errors;
}

void survey_close(struct survey *survey)
{
	disk_close(&survey->disk);
	arena_free(survey->drawing.wiped);
	survey->drawing = (struct drawing){0};
}
