/* The key store's answers: reads the pair or preshared key of an identity, or makes it in memory. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "secret/keystore_internal.h"

/* What was answered for an identity. */
struct known_pair {
	struct keypair pair;
	bool usable;
};
struct known_preshared {
	struct secret secret;
	bool usable;
};

void keystore_open_folders(struct keystore *store)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

	for (int i = 0; i < FOLDER_COUNT; i++)
		store->errors[i] = 0;
	if (store->fds[FOLDER_KEYS] < 0)
		store->fds[FOLDER_KEYS] = open(store->directory.ptr, flags);
	if (store->fds[FOLDER_KEYS] < 0) {
		store->errors[FOLDER_KEYS] = errno == ENOENT ? 0 : errno;
		return;
	}
	if (store->fds[FOLDER_CLIENTS] < 0)
		store->fds[FOLDER_CLIENTS] = openat(store->fds[FOLDER_KEYS], "clients", flags | O_NOFOLLOW);
	if (store->fds[FOLDER_CLIENTS] < 0)
		store->errors[FOLDER_CLIENTS] = errno == ENOENT ? 0 : errno;
}

struct keystore *keystore_open(struct arena *arena, const char *directory, enum keystore_mode mode,
                               struct secrets *secrets, struct diags *diags)
{
	struct keystore *store = ARENA_NEW(arena, struct keystore);
	struct str name = str_of(directory);

	while (name.len > 1 && name.ptr[name.len - 1] == '/')
		name.len--;
	store->arena = arena;
	store->directory = str_copy(arena, name);
	store->mode = mode;
	store->secrets = secrets;
	store->diags = diags;
	store->pairs.arena = store->preshared.arena = arena;
	for (int i = 0; i < FOLDER_COUNT; i++)
		store->fds[i] = -1;
	keystore_open_folders(store);
	return store;
}

void keystore_close(struct keystore *store)
{
	for (int i = 0; i < FOLDER_COUNT; i++)
		if (store->fds[i] >= 0)
			(void)close(store->fds[i]); /* a folder: nothing was written through it */
}

bool keystore_usable(struct keystore *store, enum key_folder folder, struct span at)
{
	/* What is wrong with keys/ is wrong with all that is in it. */
	enum key_folder bad = store->errors[FOLDER_KEYS] != 0 ? FOLDER_KEYS : folder;
	int error = store->errors[bad];

	if (error == 0)
		return true;
	if (store->reported[bad])
		return false;
	store->reported[bad] = true;
	const char *below = bad == FOLDER_CLIENTS ? "/clients" : "";
	if (error == ENOTDIR || error == ELOOP) {
		struct diagnostic *d = diag_add(store->diags, DIAG_KEY_FILE, at, "'%.*s%s' is not a folder",
		                                STR_ARG(store->directory), below);
		diag_help(store->diags, d, "move away what is there%s",
		          bad == FOLDER_CLIENTS ? "; a symbolic link is not followed here"
		                                : ", or name another folder with --keys");
	} else {
		diag_add(store->diags, DIAG_SYSTEM, at, "cannot open folder '%.*s%s': %s", STR_ARG(store->directory),
		         below, strerror(error));
	}
	return false;
}

static void report_missing(const struct keystore *store, const struct key_name *name, struct span at)
{
	const char *path = key_path(store, name, PART_PUBLIC);
	struct diagnostic *d = diag_add(store->diags, DIAG_KEY_MISSING, at, "'%s' is there but '%s' is not", path,
	                                key_path(store, name, PART_PRIVATE));

	diag_help(store->diags, d,
	          "restore the private key from a backup or with 'hlgen keys import %.*s'; or delete '%s' to make a new "
	          "key, and set the device up again",
	          STR_ARG(name->owner), path);
}

static bool take_redacted(const struct keystore *store, const struct key_name *name, struct span at,
                          const struct key_material *material, struct keypair *pair)
{
	if (!material->has_public) {
		const char *path = key_path(store, name, PART_PUBLIC);
		struct diagnostic *d = diag_add(store->diags, DIAG_PUBLIC_KEY_MISSING, at, "there is no '%s'", path);
		diag_help(store->diags, d,
		          "build once without --redact where the private keys are, and keep '%s' with the site file", path);
		return false;
	}
	pair->private_key = secrets_add_redacted(store->secrets, SECRET_PRIVATE_KEY, name->owner);
	memcpy(pair->public_key, material->public_key, KEY_TEXT);
	return true;
}

static void make_pair(struct key_material *material)
{
	uint8_t public_key[KEY_BYTES];

	key_make_private(material->private_key);
	key_public(material->private_key, public_key);
	key_encode(public_key, material->public_key);
}

/* Hands the material to the pool, and remembers what the disk lacks. */
static bool take_normal(struct keystore *store, const struct key_name *name, struct span at,
                        struct key_material *material, struct keypair *pair)
{
	if (!material->has_private && material->has_public) {
		report_missing(store, name, at);
		return false;
	}
	if (!material->has_private)
		make_pair(material);
	pair->private_key = secrets_add(store->secrets, SECRET_PRIVATE_KEY, name->owner, material->private_key);
	memcpy(pair->public_key, material->public_key, KEY_TEXT);

	if (!material->has_public) {
		struct new_key *new = LIST_ADD(store->arena, &store->news);
		new->name = *name;
		if (!material->has_private)
			new->private_key = pair->private_key;
		memcpy(new->public_key, pair->public_key, KEY_TEXT);
		new->key_time = material->private_info.st_mtim;
	} else if (!material->marked) {
		struct unmarked *unmarked = LIST_ADD(store->arena, &store->unmarked);
		*unmarked = (struct unmarked){*name, material->public_info, material->private_info.st_mtim};
	}
	return true;
}

static bool find_pair(struct keystore *store, const struct key_name *name, struct span at, struct keypair *pair)
{
	struct key_material material;

	if (!keystore_usable(store, name->folder, at))
		return false;
	bool ok = keystore_read_pair(store, name, at, &material);
	if (ok && store->mode == KEYSTORE_REDACTED)
		ok = take_redacted(store, name, at, &material, pair);
	else if (ok)
		ok = take_normal(store, name, at, &material, pair);
	sodium_memzero(&material, sizeof material);
	return ok;
}

bool keystore_pair(struct keystore *store, struct str identity, struct span at, struct keypair *pair)
{
	struct known_pair *known = map_get(&store->pairs, identity);

	if (known == NULL) {
		struct key_name name;
		if (!key_name_of(store, identity, at, &name))
			return false;
		known = ARENA_NEW(store->arena, struct known_pair);
		known->usable = find_pair(store, &name, at, &known->pair);
		(void)map_add(&store->pairs, name.identity, known);
	}
	*pair = known->pair;
	return known->usable;
}

static bool find_preshared(struct keystore *store, const struct key_name *name, struct span at, struct secret *secret)
{
	uint8_t key[KEY_BYTES];
	struct stat info;

	if (store->mode == KEYSTORE_REDACTED) {
		*secret = secrets_add_redacted(store->secrets, SECRET_PRESHARED_KEY, name->owner);
		return true;
	}
	if (!keystore_usable(store, name->folder, at))
		return false;
	enum key_status status = key_file_read(store, name, PART_PRESHARED, key, &info);
	if (status != KEY_OK && status != KEY_ABSENT) {
		key_file_report(store, name, PART_PRESHARED, status, at);
		sodium_memzero(key, sizeof key);
		return false;
	}
	if (status == KEY_ABSENT)
		key_make_preshared(key);
	*secret = secrets_add(store->secrets, SECRET_PRESHARED_KEY, name->owner, key);
	sodium_memzero(key, sizeof key);
	if (status == KEY_ABSENT) {
		struct new_key *new = LIST_ADD(store->arena, &store->news);
		new->name = *name;
		new->preshared = *secret;
	}
	return true;
}

bool keystore_preshared(struct keystore *store, struct str identity, struct span at, struct secret *secret)
{
	struct known_preshared *known = map_get(&store->preshared, identity);

	if (known == NULL) {
		struct key_name name;
		if (!key_name_of(store, identity, at, &name))
			return false;
		known = ARENA_NEW(store->arena, struct known_preshared);
		known->usable = find_preshared(store, &name, at, &known->secret);
		(void)map_add(&store->preshared, name.identity, known);
	}
	*secret = known->secret;
	return known->usable;
}

static bool is_made(const struct new_key *new)
{
	return new->private_key.id != 0;
}

size_t keystore_made_count(const struct keystore *store)
{
	size_t count = 0;
	for (size_t i = 0; i < store->news.count; i++)
		count += is_made(&store->news.items[i]);
	return count;
}

struct str keystore_made_at(const struct keystore *store, size_t index)
{
	for (size_t i = 0; i < store->news.count; i++)
		if (is_made(&store->news.items[i]) && index-- == 0)
			return store->news.items[i].name.identity;
	return (struct str){ NULL, 0 };
}

bool keystore_dirty(const struct keystore *store)
{
	return store->news.count > 0;
}
