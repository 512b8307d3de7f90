/* Puts new keys on the disk: all are written aside and made durable, then each gets its name. */
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "secret/keystore_internal.h"

/* Up to this many new identities each file is synced by itself (3 ms); syncing the whole file system could wait for
 * whatever else is being written on it. */
enum { FEW = 8 };

static bool sync_each(const struct keystore *store)
{
#ifdef __linux__
	return store->news.count <= FEW;
#else
	(void)store;
	return true;
#endif
}

static bool stage_secret(struct keystore *store, struct new_key *new, enum key_part part, size_t number,
                         struct buf *text)
{
	text->len = 0;
	secret_spell(store->secrets, part == PART_PRIVATE ? new->private_key : new->preshared, text);
	buf_char(text, '\n');
	return key_stage(store, &new->name, part, number, buf_view(text), sync_each(store), &new->key_time);
}

static bool stage_public(struct keystore *store, struct new_key *new, size_t number)
{
	char text[KEY_TEXT];

	memcpy(text, new->public_key, KEY_TEXT - 1);
	text[KEY_TEXT - 1] = '\n';
	return key_stage(store, &new->name, PART_PUBLIC, number, (struct str){text, KEY_TEXT}, sync_each(store),
	                 &new->key_time);
}

/* The private key first: its time marks the public one. */
static bool stage(struct keystore *store, struct new_key *new, size_t number, struct buf *text)
{
	return (new->private_key.id == 0 || stage_secret(store, new, PART_PRIVATE, number, text)) &&
	       (new->public_key[0] == '\0' || stage_public(store, new, number)) &&
	       (new->preshared.id == 0 || stage_secret(store, new, PART_PRESHARED, number, text));
}

static bool stage_all(struct keystore *store)
{
	struct arena *wiped = arena_new_wiped();
	struct buf text = {.arena = wiped};
	bool ok = true;

	for (size_t i = 0; ok && i < store->news.count; i++)
		ok = stage(store, &store->news.items[i], i, &text);
	arena_free(wiped);
	return ok && (sync_each(store) || keystore_sync_files(store));
}

/* The private key first again: a .pub without its .key would be an error in the next run. */
static bool publish(struct keystore *store, const struct new_key *new, size_t number)
{
	return (new->private_key.id == 0 || key_publish(store, &new->name, PART_PRIVATE, number, false)) &&
	       (new->public_key[0] == '\0' || key_publish(store, &new->name, PART_PUBLIC, number, false)) &&
	       (new->preshared.id == 0 || key_publish(store, &new->name, PART_PRESHARED, number, false));
}

static bool publish_all(struct keystore *store)
{
	for (size_t i = 0; i < store->news.count; i++)
		if (!publish(store, &store->news.items[i], i))
			return false;
	return keystore_sync_folders(store);
}

static void discard_all(const struct keystore *store)
{
	for (size_t i = 0; i < store->news.count; i++)
		for (enum key_part part = PART_PRIVATE; part <= PART_PRESHARED; part++)
			key_discard(store, &store->news.items[i].name, part, i);
}

static bool write_news(struct keystore *store)
{
	enum key_folder deepest = FOLDER_KEYS;

	for (size_t i = 0; i < store->news.count; i++)
		if (store->news.items[i].name.folder == FOLDER_CLIENTS)
			deepest = FOLDER_CLIENTS;
	if (!keystore_lock(store, deepest))
		return false;
	bool ok = stage_all(store) && publish_all(store);
	if (!ok)
		discard_all(store);
	keystore_unlock(store);
	return ok;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* Marks a .pub that was compared, unless it changed since. Where that fails (a read-only folder), the next run compares
 * again. */
static void renew_mark(const struct keystore *store, const struct unmarked *unmarked)
{
	char file[KEY_FILE_NAME];
	struct stat info;
	const struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, key_mark(unmarked->key_time)};
	int fd = openat(store->fds[unmarked->name.folder], key_file_name(&unmarked->name, PART_PUBLIC, file),
	                O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return;
	if (fstat(fd, &info) == 0 && same_file(&info, &unmarked->public_info))
		(void)futimens(fd, times);
	(void)close(fd);
}

bool keystore_save(struct keystore *store)
{
	if (store->news.count > 0 && !write_news(store))
		return false;
	store->news.count = 0;
	for (size_t i = 0; i < store->unmarked.count; i++)
		renew_mark(store, &store->unmarked.items[i]);
	store->unmarked.count = 0;
	return true;
}
