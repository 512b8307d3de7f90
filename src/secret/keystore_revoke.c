/* `hlgen keys revoke`: removes a client's keys from the store for good. */
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "secret/keystore_internal.h"

/* The secrets first: a run that is killed leaves a .pub, which no build takes for a key, and the next revoke ends it. */
static const enum key_part order[] = {PART_PRIVATE, PART_PRESHARED, PART_PUBLIC};
enum { PARTS = sizeof order / sizeof *order };

/* What is there may be bad in its content or mode, but must be a plain file. */
static bool look(const struct keystore *store, const struct key_name *name, enum key_part part, struct revoked_key *found)
{
	const struct span nowhere = {0};
	uint8_t key[KEY_BYTES];
	struct stat info;
	enum key_status status = key_file_read(store, name, part, key, &info);
	int error = errno;

	if (status == KEY_OK && part == PART_PUBLIC)
		key_encode(key, found->public_key);
	sodium_memzero(key, sizeof key);
	errno = error;
	if (status == KEY_ABSENT)
		return true;
	if (status == KEY_LINK || status == KEY_NOT_REGULAR || status == KEY_FAILED) {
		key_file_report(store, name, part, status, nowhere);
		return false;
	}
	*(part == PART_PRIVATE ? &found->has_private : part == PART_PRESHARED ? &found->has_preshared : &found->has_public) = true;
	return true;
}

static bool remove_part(const struct keystore *store, const struct key_name *name, enum key_part part)
{
	const struct span nowhere = {0};
	char file[KEY_FILE_NAME];

	if (unlinkat(store->fds[name->folder], key_file_name(name, part, file), 0) == 0 || errno == ENOENT)
		return true;
	int error = errno;
	diag_add(store->diags, DIAG_SYSTEM, nowhere, "cannot remove '%s': %s", key_path(store, name, part), strerror(error));
	return false;
}

bool keystore_find(struct keystore *store, struct str identity, struct revoked_key *found)
{
	const struct span nowhere = {0};
	struct key_name name;
	bool ok = true;

	*found = (struct revoked_key){0};
	if (!key_name_of(store, identity, nowhere, &name) || !keystore_usable(store, name.folder, nowhere))
		return false;
	for (int i = 0; store->fds[name.folder] >= 0 && i < PARTS; i++)
		ok = look(store, &name, order[i], found) && ok;
	return ok;
}

bool keystore_revoke(struct keystore *store, struct str identity)
{
	const struct span nowhere = {0};
	struct key_name name;
	bool ok = true;

	if (!key_name_of(store, identity, nowhere, &name) || !keystore_lock(store, name.folder))
		return false;
	for (int i = 0; ok && i < PARTS; i++)
		ok = remove_part(store, &name, order[i]);
	ok = keystore_sync_folders(store) && ok;
	keystore_unlock(store);
	return ok;
}
