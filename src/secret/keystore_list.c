/* `hlgen keys list`: what is in the folder of keys, by identity. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "secret/keystore_internal.h"

typedef LIST(struct str) name_list;

/* The identity that a file in the folder belongs to; absent when it is no key file. */
static struct str identity_of(struct keystore *store, enum key_folder folder, const char *file)
{
	static const char *const suffixes[] = {".key", ".pub", ".psk"};
	struct str name = str_of(file);

	for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
		struct str suffix = str_of(suffixes[i]);
		if (name.len > suffix.len && name.ptr[0] != '.' && str_ends(name, suffix))
			return str_format(store->arena, "%s%.*s", folder == FOLDER_CLIENTS ? "clients/" : "",
			                  STR_ARG(str_slice(name, 0, name.len - suffix.len)));
	}
	return (struct str){0};
}

/* A key beside vps.key that is neither the hub's nor the router's would never be used: most likely a client's. */
static bool belongs(struct keystore *store, enum key_folder folder, struct str identity, const char *file)
{
	const struct span nowhere = {0};

	if (folder == FOLDER_CLIENTS || str_equal(identity, STR("vps")) || str_equal(identity, STR("router")))
		return true;
	struct diagnostic *d = diag_add(store->diags, DIAG_KEY_FILE, nowhere, "'%.*s/%s' is used by nothing",
	                                STR_ARG(store->directory), file);
	diag_help(store->diags, d, "keys of clients belong into '%.*s/clients'", STR_ARG(store->directory));
	return false;
}

static bool list_failed(const struct keystore *store, enum key_folder folder, int error)
{
	const struct span nowhere = {0};

	diag_add(store->diags, DIAG_SYSTEM, nowhere, "cannot read folder '%.*s%s': %s", STR_ARG(store->directory),
	         folder == FOLDER_CLIENTS ? "/clients" : "", strerror(error));
	return false;
}

static bool collect(struct keystore *store, enum key_folder folder, name_list *names)
{
	int fd = openat(store->fds[folder], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	bool ok = true;

	if (entries == NULL) {
		int error = errno;
		if (fd >= 0)
			(void)close(fd);
		return list_failed(store, folder, error);
	}
	for (errno = 0; (entry = readdir(entries)) != NULL; errno = 0) {
		struct str identity = identity_of(store, folder, entry->d_name);
		if (identity.ptr == NULL)
			continue;
		if (belongs(store, folder, identity, entry->d_name))
			*(struct str *)LIST_ADD(store->arena, names) = identity;
		else
			ok = false;
	}
	if (errno != 0)
		ok = list_failed(store, folder, errno);
	(void)closedir(entries);
	return ok;
}

static int compare_names(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static bool describe(struct keystore *store, struct str identity, struct key_entry *entry)
{
	const struct span nowhere = {0};
	struct key_material material = {0};
	uint8_t preshared[KEY_BYTES];
	struct stat info;
	struct key_name name;

	entry->identity = identity;
	if (!key_name_of(store, identity, nowhere, &name))
		return false;
	bool ok = keystore_read_pair(store, &name, nowhere, &material);
	entry->has_private = material.has_private;
	memcpy(entry->public_key, material.public_key, KEY_TEXT);
	sodium_memzero(&material, sizeof material);
	if (store->mode == KEYSTORE_REDACTED)
		return ok;

	enum key_status status = key_file_read(store, &name, PART_PRESHARED, preshared, &info);
	if (status != KEY_OK && status != KEY_ABSENT) {
		key_file_report(store, &name, PART_PRESHARED, status, nowhere);
		ok = false;
	}
	sodium_memzero(preshared, sizeof preshared);
	entry->has_preshared = status == KEY_OK;
	return ok;
}

bool keystore_list(struct keystore *store, key_list *list)
{
	const struct span nowhere = {0};
	name_list names = {0};
	bool ok = true;

	for (enum key_folder folder = FOLDER_KEYS; folder < FOLDER_COUNT; folder++) {
		if (!keystore_usable(store, folder, nowhere))
			return false;
		if (store->fds[folder] >= 0 && !collect(store, folder, &names))
			ok = false;
	}
	if (names.count > 0)
		qsort(names.items, names.count, sizeof *names.items, compare_names);
	for (size_t i = 0; i < names.count; i++) {
		if (i > 0 && str_equal(names.items[i], names.items[i - 1]))
			continue;
		if (!describe(store, names.items[i], LIST_ADD(store->arena, list)))
			ok = false;
	}
	return ok;
}
