/* Changes to the folder of keys: making and locking it, writing files aside, naming them, making all durable. */
#ifdef __linux__
#define _GNU_SOURCE /* syncfs(): one call instead of an fsync() per key */
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "secret/keystore_internal.h"

static const char temporary_prefix[] = ".new-";
static const char ignore_name[] = ".gitignore";
static const char ignore_temporary[] = ".new-gitignore";
static const char ignore_text[] = "# Private and preshared keys stay out of git; public keys go in.\n"
                                  "*\n!*/\n!*.pub\n!.gitignore\n";

/* Reports a failed system call on something in the store; always false. */
static bool failed(const struct keystore *store, const char *verb, const char *name)
{
	const struct span nowhere = {0};
	const char *reason = strerror(errno);

	if (name[0] == '\0')
		diag_add(store->diags, DIAG_SYSTEM, nowhere, "cannot %s '%.*s': %s", verb, STR_ARG(store->directory), reason);
	else
		diag_add(store->diags, DIAG_SYSTEM, nowhere, "cannot %s '%.*s/%s': %s", verb, STR_ARG(store->directory),
		         name, reason);
	return false;
}

/* Writes a new file and closes it; false with errno. */
static bool write_new(int folder, const char *name, mode_t mode, struct str text, bool sync, struct timespec *filled,
                      const struct timespec *given)
{
	struct stat info;
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);

	if (fd < 0)
		return false;
	bool ok = file_write_fd(fd, text);
	if (ok && given != NULL)
		(void)futimens(fd, (const struct timespec[]){{.tv_nsec = UTIME_OMIT}, *given}); /* without it, only slower */
	if (ok && filled != NULL) {
		ok = fstat(fd, &info) == 0;
		if (ok)
			*filled = info.st_mtim;
	}
	ok = ok && (!sync || fsync(fd) == 0);
	int error = errno;
	if (close(fd) != 0 && ok)
		return false;
	errno = error;
	return ok;
}

/* Gives a file its final name unless that is taken (EEXIST); false with errno. */
static bool name_new(int folder, const char *from, const char *to)
{
	struct stat info;

	if (linkat(folder, from, folder, to, 0) == 0)
		return unlinkat(folder, from, 0) == 0;
	if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
		return false;
	/* No hard links here (FAT, some network file systems): look first. The lock keeps other runs of hlgen away. */
	if (fstatat(folder, to, &info, AT_SYMLINK_NOFOLLOW) == 0) {
		errno = EEXIST;
		return false;
	}
	return errno == ENOENT && renameat(folder, from, folder, to) == 0;
}

/* ---- the lock --------------------------------------------------------------------------------------------------- */

static bool make_folder(struct keystore *store, enum key_folder folder)
{
	const struct span nowhere = {0};

	if (store->fds[folder] < 0 && store->errors[folder] == 0) {
		int result = folder == FOLDER_KEYS ? mkdir(store->directory.ptr, S_IRWXU)
		                                   : mkdirat(store->fds[FOLDER_KEYS], "clients", S_IRWXU);
		if (result != 0 && errno != EEXIST)
			return failed(store, "make folder", folder == FOLDER_CLIENTS ? "clients" : "");
		keystore_open_folders(store);
	}
	return keystore_usable(store, folder, nowhere);
}

/* Removes temporary files of a run that was killed. Only the holder of the lock may do this. */
static bool remove_leftovers(const struct keystore *store, enum key_folder folder)
{
	int fd = openat(store->fds[folder], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	bool ok = true;

	if (entries == NULL) {
		int error = errno;
		if (fd >= 0)
			(void)close(fd);
		errno = error;
		return failed(store, "read folder", folder == FOLDER_CLIENTS ? "clients" : "");
	}
	for (errno = 0; ok && (entry = readdir(entries)) != NULL; errno = 0)
		if (strncmp(entry->d_name, temporary_prefix, sizeof temporary_prefix - 1) == 0 &&
		    unlinkat(store->fds[folder], entry->d_name, 0) != 0)
			ok = failed(store, "remove", entry->d_name);
	if (ok && errno != 0)
		ok = failed(store, "read folder", folder == FOLDER_CLIENTS ? "clients" : "");
	(void)closedir(entries);
	return ok;
}

static bool write_ignore(const struct keystore *store)
{
	struct stat info;
	int folder = store->fds[FOLDER_KEYS];
	const mode_t mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;

	if (fstatat(folder, ignore_name, &info, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	if (errno != ENOENT)
		return failed(store, "look at", ignore_name);
	if (!write_new(folder, ignore_temporary, mode, str_of(ignore_text), true, NULL, NULL) ||
	    !name_new(folder, ignore_temporary, ignore_name)) {
		int error = errno;
		(void)unlinkat(folder, ignore_temporary, 0);
		errno = error;
		return failed(store, "write", ignore_name);
	}
	return true;
}

bool keystore_lock(struct keystore *store, enum key_folder deepest)
{
	if (!make_folder(store, FOLDER_KEYS) || (deepest == FOLDER_CLIENTS && !make_folder(store, FOLDER_CLIENTS)))
		return false;
	while (flock(store->fds[FOLDER_KEYS], LOCK_EX) != 0)
		if (errno != EINTR)
			return failed(store, "lock folder", "");
	bool ok = remove_leftovers(store, FOLDER_KEYS) &&
	          (store->fds[FOLDER_CLIENTS] < 0 || remove_leftovers(store, FOLDER_CLIENTS)) && write_ignore(store);
	if (!ok)
		keystore_unlock(store);
	return ok;
}

void keystore_unlock(struct keystore *store)
{
	(void)flock(store->fds[FOLDER_KEYS], LOCK_UN); /* closing the folder would do it too */
}

/* ---- key files -------------------------------------------------------------------------------------------------- */

enum { TEMPORARY_NAME = 48 };

static const char *temporary_name(enum key_part part, size_t number, char out[static TEMPORARY_NAME])
{
	/* No .pub at the end: .gitignore would let it in. */
	static const char *const parts[] = {[PART_PRIVATE] = "key", [PART_PUBLIC] = "pub", [PART_PRESHARED] = "psk"};

	(void)snprintf(out, TEMPORARY_NAME, "%s%zu-%s", temporary_prefix, number, parts[part]);
	return out;
}

static bool key_failed(const struct keystore *store, const struct key_name *name, enum key_part part)
{
	const struct span nowhere = {0};
	int error = errno;

	diag_add(store->diags, DIAG_SYSTEM, nowhere, "cannot write '%s': %s", key_path(store, name, part), strerror(error));
	return false;
}

bool key_stage(struct keystore *store, const struct key_name *name, enum key_part part, size_t number, struct str text,
               bool sync, struct timespec *key_time)
{
	char temporary[TEMPORARY_NAME];
	const mode_t owner = S_IRUSR | S_IWUSR;
	const mode_t mode = part == PART_PUBLIC ? owner | S_IRGRP | S_IROTH : owner;
	struct timespec mark = part == PART_PUBLIC ? key_mark(*key_time) : (struct timespec){0};

	if (write_new(store->fds[name->folder], temporary_name(part, number, temporary), mode, text, sync,
	              part == PART_PRIVATE ? key_time : NULL, part == PART_PUBLIC ? &mark : NULL))
		return true;
	return key_failed(store, name, part);
}

bool key_publish(struct keystore *store, const struct key_name *name, enum key_part part, size_t number, bool replace)
{
	char from[TEMPORARY_NAME], to[KEY_FILE_NAME];
	const struct span nowhere = {0};
	int folder = store->fds[name->folder];

	(void)temporary_name(part, number, from);
	(void)key_file_name(name, part, to);
	if (replace ? renameat(folder, from, folder, to) == 0 : name_new(folder, from, to))
		return true;
	if (errno != EEXIST)
		return key_failed(store, name, part);
	struct diagnostic *d = diag_add(store->diags, DIAG_KEY_EXISTS, nowhere, "'%s' was made by somebody else just now",
	                                key_path(store, name, part));
	diag_help(store->diags, d, "nothing was replaced; run hlgen again");
	return false;
}

void key_discard(const struct keystore *store, const struct key_name *name, enum key_part part, size_t number)
{
	char temporary[TEMPORARY_NAME];

	/* Mostly it is gone already; if it cannot be removed, the next run tries again. */
	(void)unlinkat(store->fds[name->folder], temporary_name(part, number, temporary), 0);
}

/* ---- durability ------------------------------------------------------------------------------------------------- */

bool keystore_sync_files(struct keystore *store)
{
#ifdef __linux__
	for (int i = 0; i < FOLDER_COUNT; i++)
		if (store->fds[i] >= 0 && syncfs(store->fds[i]) != 0)
			return failed(store, "sync", i == FOLDER_CLIENTS ? "clients" : "");
#else
	(void)store; /* every file was synced when it was staged: see keystore_save() */
#endif
	return true;
}

bool keystore_sync_folders(struct keystore *store)
{
	/* EINVAL: this file system has nothing to sync for a folder. */
	for (int i = FOLDER_COUNT - 1; i >= 0; i--)
		if (store->fds[i] >= 0 && fsync(store->fds[i]) != 0 && errno != EINVAL)
			return failed(store, "sync folder", i == FOLDER_CLIENTS ? "clients" : "");
	/* keys/ itself may be new. A parent that may not be read cannot be synced either. */
	int parent = openat(store->fds[FOLDER_KEYS], "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (parent < 0)
		return errno == EACCES || failed(store, "open the folder above", "");
	bool ok = fsync(parent) == 0 || errno == EINVAL || failed(store, "sync the folder above", "");
	(void)close(parent);
	return ok;
}
