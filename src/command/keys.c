/* `hlgen keys list`, `import NAME`, `rotate NAME` and `revoke NAME`: the key store. */
#include "base/arena.h"
#include "base/fatal.h"
#include "base/file.h"
#include "command/pipeline.h"
#include "diag/suggest.h"
#include "site/names.h"

#include <sodium.h>
#include <string.h>
#include <unistd.h>

enum { IMPORT_LIMIT = 4096 }; /* a key is 45 bytes; more is the wrong file */

static void list(struct build *build)
{
	key_list keys = { 0 };
	if (!keystore_list(build->keys, &keys))
		return;
	if (keys.count == 0)
		printf("no keys in %s\n", build->keys_path);
	for (size_t i = 0; i < keys.count; i++) {
		const struct key_entry *key = &keys.items[i];
		printf("%-24.*s %-44s %s%s\n", STR_ARG(key->identity), *key->public_key ? key->public_key : "-",
			key->has_private ? "private" : "no private key", key->has_preshared ? ", preshared" : "");
	}
}

/* "vps" and "router" are the two machines, everything else is a client. */
static bool identity_of(struct build *build, struct str name, struct str *identity)
{
	struct span nowhere = { 0 };
	if (str_equal(name, STR("vps")) || str_equal(name, STR("router"))) {
		*identity = name;
		return true;
	}
	if (str_starts(name, STR("clients/")))
		name = str_slice(name, 8, name.len);
	const char *why = name_client(name);
	if (why) {
		struct diagnostic *found = diag_add(build->diags, DIAG_BAD_NAME, nowhere, "'%.*s' is no name of a client: %s", STR_ARG(name), why);
		diag_help(build->diags, found, "use 'vps', 'router' or the name of a client");
		return false;
	}
	*identity = str_format(build->arena, "clients/%.*s", STR_ARG(name));
	return true;
}

/* A typo would store the key of nobody, and the next build would make a new one for the machine that was meant. */
static bool is_in_site(struct build *build, struct str identity, bool preshared)
{
	struct str name = str_starts(identity, STR("clients/")) ? str_slice(identity, 8, identity.len) : identity;
	struct span nowhere = { 0 };
	struct suggestion suggestion = suggest_start(name);
	if (access(build->site_path, F_OK) != 0 || str_equal(identity, STR("vps")))
		return true; /* keys may be there before the site file */
	if (!build_site(build))
		return false;
	if (str_equal(identity, STR("router")) && build->site->router.head.present)
		return true;
	for (size_t i = 0; name.len != identity.len && i < build->site->clients.count; i++) {
		const struct site_client *client = &build->site->clients.items[i];
		if (str_equal(client->head.name, name) && (preshared || !client->public_key.value.ptr))
			return true;
		suggest_offer(&suggestion, client->head.name);
	}
	struct diagnostic *found = diag_add(build->diags, DIAG_UNKNOWN_CLIENT, nowhere, "'%s' has no '%.*s' whose key hlgen keeps", build->site_path,
		STR_ARG(name));
	if (suggestion.best.ptr && suggestion.distance > 0)
		diag_help(build->diags, found, "did you mean '%.*s'?", STR_ARG(suggestion.best));
	else
		diag_help(build->diags, found, "add it to the site file first");
	return false;
}

static void import(struct build *build, const struct arguments *arguments)
{
	struct str identity, text;
	struct span nowhere = { 0 };
	char public_key[KEY_TEXT];
	if (!identity_of(build, str_of(arguments->operands[1]), &identity) || !is_in_site(build, identity, arguments->preshared))
		return;
	enum file_status status = file_read_fd(build->secret_arena, STDIN_FILENO, IMPORT_LIMIT, &text);
	if (status == FILE_TOO_LARGE) {
		diag_add(build->diags, DIAG_KEY_MALFORMED, nowhere, "standard input holds more than a key");
		return;
	}
	if (status != FILE_OK) {
		report_system(build->diags, "read", "standard input");
		return;
	}
	if (!keystore_import(build->keys, identity, arguments->preshared, text, arguments->replace, public_key))
		return;
	if (arguments->preshared)
		printf("stored the preshared key of %.*s\n", STR_ARG(identity));
	else
		printf("stored the key of %.*s; its public key is %s\n", STR_ARG(identity), public_key);
}

/* Who holds the old key, or its public half, and must get a new file. */
static const char *affected(struct str identity, bool preshared)
{
	if (str_equal(identity, STR("vps")) && !preshared)
		return "the VPS, the router and every client: all of them know the hub's public key";
	if (str_equal(identity, STR("router")))
		return "the VPS and the router";
	return "the VPS and this client";
}

static void rotate(struct build *build, const struct arguments *arguments)
{
	struct str identity;
	char public_key[KEY_TEXT];
	if (!identity_of(build, str_of(arguments->operands[1]), &identity) || !is_in_site(build, identity, arguments->preshared))
		return;
	struct buf text = { .arena = build->secret_arena };
	uint8_t key[KEY_BYTES];
	char spelled[KEY_TEXT];
	if (arguments->preshared)
		key_make_preshared(key);
	else
		key_make_private(key);
	key_encode(key, spelled);
	buf_put(&text, spelled, KEY_TEXT - 1);
	sodium_memzero(key, sizeof key);
	sodium_memzero(spelled, sizeof spelled);
	if (!keystore_import(build->keys, identity, arguments->preshared, buf_view(&text), true, public_key))
		return;
	printf("made a new %s key for %.*s\n", arguments->preshared ? "preshared" : "private", STR_ARG(identity));
	printf("build again, then give new files to: %s\n", affected(identity, arguments->preshared));
	printf("until both ends have theirs, they do not hear each other: do not cut your own way in\n");
}

/* No key that is in use: what the hub lets in is decided by the site file, not by what lies in the store. On some disks Phone.key is phone.key. */
static bool may_go(struct build *build, struct str identity)
{
	struct span nowhere = { 0 };
	struct diagnostic *found;
	if (!str_starts(identity, STR("clients/"))) {
		found = diag_add(build->diags, DIAG_KEY_IN_USE, nowhere, "the key of '%.*s' is in use as long as there is a tunnel", STR_ARG(identity));
		diag_help(build->diags, found, "for a new one: hlgen keys rotate %.*s", STR_ARG(identity));
		return false;
	}
	if (!build_site(build))
		return false;
	struct str name = str_slice(identity, 8, identity.len);
	for (size_t i = 0; i < build->site->clients.count; i++) {
		const struct site_client *client = &build->site->clients.items[i];
		if (!str_equal_nocase(client->head.name, name) || !client->enabled.value)
			continue;
		found = diag_add(build->diags, DIAG_KEY_IN_USE, client->head.at, "client '%.*s' still uses its key", STR_ARG(name));
		diag_help(build->diags, found, "remove the client or add 'enabled: false', build, and bring the new files to the VPS; "
			"to go on with a new key: hlgen keys rotate %.*s", STR_ARG(name));
		return false;
	}
	return true;
}

static bool is_confirmed(struct build *build, struct str identity)
{
	struct span nowhere = { 0 };
	struct str name = str_slice(identity, 8, identity.len);
	const char *said = build->arguments->confirm;
	if (said && str_equal(str_of(said), name))
		return true;
	struct diagnostic *found = diag_add(build->diags, DIAG_NOT_CONFIRMED, nowhere, "the keys of %.*s would be lost for good%s%s%s",
		STR_ARG(identity), said ? ", and '" : "", said ? said : "", said ? "' is another name" : "");
	diag_help(build->diags, found, "if that is meant: hlgen keys revoke %.*s --confirm=%.*s", STR_ARG(name), STR_ARG(name));
	return false;
}

static void revoke(struct build *build, const struct arguments *arguments)
{
	struct span nowhere = { 0 };
	struct str identity;
	struct revoked_key key;
	if (!identity_of(build, str_of(arguments->operands[1]), &identity) || !may_go(build, identity) || !keystore_find(build->keys, identity, &key))
		return;
	if (!key.has_private && !key.has_public && !key.has_preshared) {
		struct diagnostic *found = diag_add(build->diags, DIAG_UNKNOWN_CLIENT, nowhere, "'%s' has no key of %.*s", build->keys_path, STR_ARG(identity));
		diag_help(build->diags, found, "'hlgen keys list' shows whose keys are there");
		return;
	}
	if (!is_confirmed(build, identity) || !keystore_revoke(build->keys, identity))
		return;
	printf("removed the %s of %.*s%s%s%s\n", key.has_private ? key.has_preshared ? "private and preshared keys" : "private key" :
		key.has_preshared ? "preshared key" : "public key", STR_ARG(identity), *key.public_key ? " (public key " : "", key.public_key,
		*key.public_key ? ")" : "");
	printf("build again, then give new files to: the VPS%s\n", build->site->router.head.present ? " and the router" : "");
	printf("until the VPS has them, the device still gets in\n");
}

int command_keys(const struct arguments *arguments)
{
	struct build build;
	const char *what = arguments->operands[0];
	bool listing = strcmp(what, "list") == 0, rotating = strcmp(what, "rotate") == 0, revoking = strcmp(what, "revoke") == 0;
	if ((!listing && !rotating && !revoking && strcmp(what, "import") != 0) || arguments->count != (listing ? 1 : 2)) {
		fprintf(stderr, "usage: hlgen keys list | hlgen keys import NAME < FILE | hlgen keys rotate NAME | hlgen keys revoke NAME --confirm=NAME\n");
		return EXIT_USAGE;
	}
	if (!build_begin(&build, arguments, arguments->site))
		return EXIT_SYSTEM;
	if (listing)
		list(&build);
	else if (rotating)
		rotate(&build, arguments);
	else if (revoking)
		revoke(&build, arguments);
	else
		import(&build, arguments);
	return build_end(&build, EXIT_OK);
}
