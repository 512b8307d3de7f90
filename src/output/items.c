/* Collects the paths of a build and refuses those that cannot all be written. */
#include "output/items.h"

#include <stdlib.h>

#include "base/arena.h"
#include "output/disk_internal.h"
#include "output/path.h"

static const struct artifact gitignore = {
	.path = {".gitignore", sizeof ".gitignore" - 1},
	.mode = 0644,
	.bytes = {GITIGNORE_TEXT, sizeof GITIGNORE_TEXT - 1},
};

static int by_path(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return str_compare(x->path, y->path);
}

static void sort(struct survey *survey)
{
	if (survey->items.count > 1)
		qsort(survey->items.items, survey->items.count, sizeof *survey->items.items, by_path);
}

static void add(struct survey *survey, struct str path, const struct artifact *artifact)
{
	struct item *item = LIST_ADD(survey->arena, &survey->items);

	item->path = path;
	item->artifact = artifact;
	if (artifact != NULL) {
		item->fresh.path = path;
		item->fresh.mode = artifact->mode;
		item->fresh.current = true;
	}
}

static void complain(struct survey *survey, struct str path, const char *what)
{
	struct diagnostic *d = diag_add(survey->diags, DIAG_OUTPUT_PATH, (struct span){0}, "the path '%.*s' %s",
	                                STR_ARG(path), what);

	diag_help(survey->diags, d, "paths come from the headers of the templates and the names in the site file");
}

static void add_artifact(struct survey *survey, const struct artifact *artifact, struct map *paths)
{
	const char *problem = path_problem(artifact->path);

	if (problem == NULL && map_add(paths, artifact->path, (void *)artifact) != NULL)
		problem = "belongs to two files";
	if (problem != NULL)
		complain(survey, artifact->path, problem);
	else
		add(survey, artifact->path, artifact);
}

/* Neighbours mostly share their folders, so only folders that the path before does not have are looked up. */
static void check_folders(struct survey *survey, const struct map *paths)
{
	struct str checked = STR("");

	for (size_t i = 0; i < survey->items.count; i++) {
		struct str folder = disk_parent(survey->items.items[i].path);

		if (str_equal(folder, checked))
			continue;
		checked = folder;
		for (; folder.len > 0; folder = disk_parent(folder)) {
			if (map_get(paths, folder) != NULL)
				complain(survey, folder, "belongs to a file and to a folder");
		}
	}
}

void items_of_artifacts(struct survey *survey, const artifact_list *artifacts)
{
	struct map paths = {.arena = survey->arena};

	if (!survey->options->redacted)
		add_artifact(survey, &gitignore, &paths);
	for (size_t i = 0; i < artifacts->count; i++)
		add_artifact(survey, &artifacts->items[i], &paths);
	sort(survey);
	check_folders(survey, &paths);
}

static void add_gone(struct survey *survey, const struct manifest *manifest, struct map *paths)
{
	for (size_t i = 0; i < manifest->files.count; i++) {
		struct manifest_file *file = manifest->files.items[i];

		if (map_add(paths, file->path, file) == NULL)
			add(survey, file->path, NULL);
	}
}

void items_of_manifests(struct survey *survey)
{
	struct map paths = {.arena = survey->arena};

	for (size_t i = 0; i < survey->items.count; i++) {
		const struct item *item = &survey->items.items[i];

		map_add(&paths, item->path, (void *)item->artifact);
	}
	add_gone(survey, &survey->manifest, &paths);
	add_gone(survey, &survey->pending, &paths);
	sort(survey);
}
