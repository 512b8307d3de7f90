/* Brings what a build made to the disk: is this the right place, are these the right keys; then the keys, then the tree. */
#include "command/deliver.h"

#include "base/arena.h"
#include "base/map.h"
#include "output/known.h"

#include <stdlib.h>
#include <string.h>

enum { NAMES = 60 }; /* more new keys than this are not named */

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
	for (size_t i = 0; i < count && i < NAMES; i++)
		printf(" %.*s", STR_ARG(made[i]));
	if (count > 0)
		printf("%s\n\n", count > NAMES ? " ..." : "");
}

bool deliver(struct build *build, bool (*ready)(void *), void *context, change_list *changes)
{
	struct tree_options tree = { .directory = build->out_path, .redacted = build->arguments->redact, .force = build->arguments->force,
		.ready = ready, .context = context };
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
