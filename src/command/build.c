/* `hlgen build`: the whole pipeline; prints what changed and what each change costs. */
#include "base/fatal.h"
#include "base/map.h"
#include "command/pipeline.h"
#include "output/tree.h"

enum { LINES = 60 }; /* more changes than this are only counted */

static const char *word(enum change_kind kind)
{
	static const char *const words[] = { [CHANGE_SAME] = "same", [CHANGE_NEW] = "new", [CHANGE_CHANGED] = "changed",
		[CHANGE_MODE] = "mode", [CHANGE_REMOVED] = "removed" };
	return words[kind];
}

/* Each thing to do once, in the order of the files. */
static void print_costs(struct build *build, const change_list *changes)
{
	struct map seen = { .arena = build->arena };
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->items[i];
		if (change->kind == CHANGE_SAME || change->apply.len == 0 || map_add(&seen, change->apply, build))
			continue;
		printf("%s  %.*s\n", seen.count == 1 ? "\nto do (APPLY.md has the commands):\n" : "", STR_ARG(change->apply));
	}
}

static void print_changes(struct build *build, const change_list *changes)
{
	size_t counts[5] = { 0 }, shown = 0;
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *change = &changes->items[i];
		counts[change->kind]++;
		if (change->kind != CHANGE_SAME && shown++ < LINES)
			printf("%-8s %.*s\n", word(change->kind), STR_ARG(change->path));
	}
	if (shown > LINES)
		printf("... and %zu more\n", shown - LINES);
	if (shown == 0)
		printf("nothing changed: %zu files in %s\n", counts[CHANGE_SAME], build->out_path);
	else
		printf("%s: %zu new, %zu changed, %zu removed, %zu unchanged\n", build->out_path, counts[CHANGE_NEW],
			counts[CHANGE_CHANGED] + counts[CHANGE_MODE], counts[CHANGE_REMOVED], counts[CHANGE_SAME]);
	if (counts[CHANGE_NEW] == changes->count)
		printf("\nfirst build: follow %s/APPLY.md from top to bottom\n", build->out_path);
	else
		print_costs(build, changes);
}

int command_build(const struct arguments *arguments)
{
	struct build build;
	change_list changes = { 0 };
	if (!build_begin(&build, arguments, arguments->operands[0]))
		return EXIT_SYSTEM;
	struct tree_options options = { build.out_path, arguments->redact, arguments->force };
	/* Keys are on the disk before anything that refers to them. */
	if (build_artifacts(&build) && keystore_save(build.keys) && tree_write(build.arena, &build.artifacts, &options, build.diags, &changes))
		print_changes(&build, &changes);
	return build_end(&build, EXIT_OK);
}
