/* Prints what a build changed in the tree: file by file, and in numbers. */
#include "command/changes.h"

#include "command/costs.h"

#include <stdio.h>

enum { LINES = 60 }; /* more changes than this are only counted */

struct str changes_folder(struct str path)
{
	size_t slash = str_find(path, '/');
	return str_slice(path, 0, slash < path.len ? slash : 0);
}

void changes_order(const struct build *build, const change_list *changes, change_list *ordered)
{
	for (size_t rank = 0; rank <= build->order.count; rank++)
		for (size_t i = 0; i < changes->count; i++)
			if (folder_rank(&build->order, changes_folder(changes->items[i].path)) == rank)
				*(struct change *)LIST_ADD(build->arena, ordered) = changes->items[i];
}

static const char *word(enum change_kind kind)
{
	static const char *const words[] = { [CHANGE_SAME] = "same", [CHANGE_NEW] = "new", [CHANGE_CHANGED] = "changed",
		[CHANGE_MODE] = "mode", [CHANGE_REMOVED] = "removed" };
	return words[kind];
}

/* What a change costs stands behind its path; in a first build everything is new and APPLY.md is what to follow. */
static void print_change(const struct change *change, bool first)
{
	printf("%-8s %.*s", word(change->kind), STR_ARG(change->path));
	if (!first && change->effect)
		printf(" (%s)", effect_word(change->effect->kind));
	printf("\n");
}

void changes_print(const struct build *build, const change_list *changes)
{
	size_t counts[5] = { 0 }, shown = 0;
	bool first = costs_first(changes);
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->items[i];
		counts[change->kind]++;
		if (change->kind != CHANGE_SAME && shown++ < LINES)
			print_change(change, first);
	}
	if (shown > LINES)
		printf("... and %zu more\n", shown - LINES);
	if (shown == 0)
		printf("nothing changed: %zu files in %s\n", counts[CHANGE_SAME], build->out_path);
	else
		printf("%s: %zu new, %zu changed, %zu removed, %zu unchanged\n", build->out_path, counts[CHANGE_NEW],
			counts[CHANGE_CHANGED] + counts[CHANGE_MODE], counts[CHANGE_REMOVED], counts[CHANGE_SAME]);
	if (first)
		printf("\nfirst build: follow %s/APPLY.md from top to bottom\n", build->out_path);
}
