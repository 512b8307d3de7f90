/* `hlgen build`: the whole pipeline; prints what changed and what each change costs. */
#include "base/arena.h"
#include "base/fatal.h"
#include "base/map.h"
#include "command/costs.h"
#include "command/pipeline.h"
#include "output/known.h"
#include "output/tree.h"

#include <stdlib.h>
#include <string.h>

enum { LINES = 60 }; /* more changes than this are only counted */

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

static void print_changes(struct build *build, const change_list *changes)
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
	else
		costs_print(build->arena, changes);
}

/* The file of the tree that shows that an identity had a key of ours: a client's picture is made only when we had its key. */
static struct str witness(struct build *build, struct str identity)
{
	if (str_equal(identity, STR("vps")))
		return STR("vps/etc/wireguard/wg0.conf");
	if (str_equal(identity, STR("router")))
		return STR("router/hlgen.rsc");
	return str_format(build->arena, "%.*s.png", STR_ARG(identity));
}

/* New keys for machines that are in use would cut them off: the key store was lost, or is another one. */
static bool keys_are_there(struct build *build)
{
	struct map paths = { .arena = build->arena };
	struct span nowhere = { 0 };
	if (build->arguments->force || keystore_made_count(build->keys) == 0)
		return true;
	if (!tree_known(build->arena, build->out_path, build->diags, &paths))
		return false;
	for (size_t i = 0; i < keystore_made_count(build->keys); i++) {
		struct str made = keystore_made_at(build->keys, i);
		if (!map_get(&paths, witness(build, made)))
			continue;
		struct diagnostic *found = diag_add(build->diags, DIAG_KEYS_LOST, nowhere, "'%s' was built with a key of %.*s, but '%s' has none",
			build->out_path, STR_ARG(made), build->keys_path);
		diag_help(build->diags, found, "put the key store back, or use --force to start over with new keys");
	}
	return diags_errors(build->diags) == 0;
}

static bool lies_in(const char *path, const char *folder)
{
	size_t length = strlen(folder);
	return strncmp(path, folder, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

/* The tree hides and owns everything in its folder: it may not be the site file's, nor lie among the keys. */
static bool place_is_good(struct build *build)
{
	struct span nowhere = { 0 };
	const char *slash = strrchr(build->site_path, '/');
	const char *beside = slash ? str_format(build->arena, "%.*s", (int)(slash - build->site_path + 1), build->site_path).ptr : ".";
	char *out = realpath(build->out_path, NULL), *keys = realpath(build->keys_path, NULL), *home = realpath(beside, NULL);
	bool holds_home = out && home && lies_in(home, out), among_keys = out && keys && lies_in(out, keys);
	if (holds_home || among_keys) {
		struct diagnostic *found = diag_add(build->diags, DIAG_OUTPUT_PLACE, nowhere, "the tree cannot be written to '%s', %s", build->out_path,
			holds_home ? "where the site file is" : "among the keys");
		diag_help(build->diags, found, "give it a folder of its own, for example: -o out");
	}
	free(out);
	free(keys);
	free(home);
	return !holds_home && !among_keys;
}

static void print_made(struct str *made, size_t count)
{
	if (count > 0)
		printf("made new keys for:");
	for (size_t i = 0; i < count && i < LINES; i++)
		printf(" %.*s", STR_ARG(made[i]));
	if (count > 0)
		printf("%s\n\n", count > LINES ? " ..." : "");
}

static bool write_all(struct build *build, change_list *changes)
{
	struct tree_options tree = { build->out_path, build->arguments->redact, build->arguments->force };
	size_t count = keystore_made_count(build->keys);
	struct str *made = arena_array(build->arena, count, sizeof *made);
	for (size_t i = 0; i < count; i++)
		made[i] = keystore_made_at(build->keys, i);
	if (!place_is_good(build) || !keys_are_there(build))
		return false;
	/* Keys are on the disk before anything that refers to them. */
	if (!keystore_save(build->keys))
		return false;
	print_made(made, count);
	return tree_write(build->arena, &build->artifacts, &tree, build->diags, changes);
}

int command_build(const struct arguments *arguments)
{
	struct build build;
	change_list changes = { 0 };
	if (!build_begin(&build, arguments, arguments->operands[0]))
		return EXIT_SYSTEM;
	if (build_artifacts(&build) && write_all(&build, &changes))
		print_changes(&build, &changes);
	return build_end(&build, EXIT_OK);
}
