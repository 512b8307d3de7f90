/* Sums up what changes cost: each thing to do once, the dearest first. */
#include "command/costs.h"
#include "base/map.h"
#include "command/changes.h"

#include <stdio.h>

enum { LINES_OF_A_KIND = 10 }; /* more are only counted: a new port of the hub concerns every client */

bool costs_first(const change_list *changes)
{
	for (size_t i = 0; i < changes->count; i++) {
		if (changes->items[i].kind != CHANGE_NEW)
			return false;
	}
	return true;
}

/* The lines of one kind. */
static size_t print_kind(struct arena *arena, const change_list *changes, enum effect_kind kind, const char *heading)
{
	struct map seen = { .arena = arena };
	for (size_t i = 0; i < changes->count; i++) {
		const struct effect *effect = changes->items[i].effect;
		if (!effect || effect->kind != kind || map_add(&seen, effect->text, (void *)effect))
			continue;
		if (seen.count == 1)
			printf("%s", heading);
		if (seen.count <= LINES_OF_A_KIND)
			printf("%s: %.*s\n", effect_word(kind), STR_ARG(effect->text));
	}
	if (seen.count > LINES_OF_A_KIND)
		printf("%s: ... and %zu more\n", effect_word(kind), seen.count - LINES_OF_A_KIND);
	return seen.count;
}

void costs_print(const struct build *build, const change_list *changes)
{
	change_list ordered = { 0 };
	size_t counts[CHANGE_REMOVED + 1] = { 0 }, printed = 0;
	for (size_t i = 0; i < changes->count; i++)
		counts[changes->items[i].kind]++;
	if (counts[CHANGE_SAME] == changes->count || costs_first(changes))
		return;
	changes_order(build, changes, &ordered);
	for (enum effect_kind kind = EFFECT_KINDS - 1; kind > EFFECT_NOTHING; kind--)
		printed += print_kind(build->arena, &ordered, kind, printed > 0 ? "" : "\nwhat it costs, the dearest first (APPLY.md has the commands):\n");
	/* What a removed file was for is known only to the build that made it. */
	if (printed == 0)
		printf("\nwhat it costs: %s\n", counts[CHANGE_REMOVED] > 0 ? "see APPLY.md for what was removed" : "nothing has to be loaded");
}
