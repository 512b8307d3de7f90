/* Lists the files to copy, machine by machine in the order of service, each with what its change needs. */
#include "command/service.h"

#include "command/changes.h"

#include <stdio.h>

static bool same_need(const struct change *a, const struct change *b)
{
	if (!a->effect || !b->effect)
		return a->effect == b->effect && a->kind == b->kind;
	return a->effect->kind == b->effect->kind && str_equal(a->effect->text, b->effect->text);
}

static void print_need(const struct change *change)
{
	const struct effect *effect = change->effect;
	if (!effect)
		printf("    %s\n", change->kind == CHANGE_REMOVED ? "removed: see APPLY.md" : "see APPLY.md");
	else if (effect->text.len > 0)
		printf("    %s: %.*s\n", effect_word(effect->kind), STR_ARG(effect->text));
	else
		printf("    %s\n", effect_word(effect->kind));
}

/* What lies in no folder is for reading, and belongs to no machine. */
static void choose(const struct build *build, const change_list *changes, change_list *chosen)
{
	change_list ordered = { 0 };
	changes_order(build, changes, &ordered);
	for (size_t i = 0; i < ordered.count; i++)
		if (ordered.items[i].kind != CHANGE_SAME && changes_folder(ordered.items[i].path).len > 0)
			*(struct change *)LIST_ADD(build->arena, chosen) = ordered.items[i];
}

void service_print(const struct build *build, const change_list *changes)
{
	change_list chosen = { 0 };
	struct str machine = STR("");
	choose(build, changes, &chosen);
	if (chosen.count == 0) {
		printf("\nno machine needs a new file\n");
		return;
	}
	printf("\nto put into service, in this order (%s/APPLY.md has the commands):\n", build->out_path);
	for (size_t i = 0; i < chosen.count; i++) {
		const struct change *change = &chosen.items[i], *next = i + 1 < chosen.count ? change + 1 : NULL;
		struct str folder = changes_folder(change->path);
		if (!str_equal(folder, machine))
			printf("\n%.*s:\n", STR_ARG(folder));
		machine = folder;
		printf("  %.*s\n", STR_ARG(change->path));
		/* Files of a machine that need the same share one line. */
		if (!next || !same_need(change, next) || !str_equal(changes_folder(next->path), folder))
			print_need(change);
	}
}
