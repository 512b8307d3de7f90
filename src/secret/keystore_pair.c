/* Reads the two files of a key pair and decides whether they belong together.
 *
 * Computing a public key costs 30 µs or more, which 65,533 clients would notice in every build. So a .pub that hlgen
 * wrote or compared carries a mark: its modification time is that of its .key, cut to the second. With the mark, and
 * not changed before its .key was, it is believed. Whatever else touches it (an editor; git pull on a machine whose
 * .key is older) gives it another time, and then it is computed and compared. Where a file system keeps no finer times
 * than seconds, or somebody set both times on purpose, this proves less; where times are coarser, every build compares.
 */
#include <sodium.h>
#include <string.h>

#include "secret/keystore_internal.h"

struct timespec key_mark(struct timespec key_time)
{
	return (struct timespec){.tv_sec = key_time.tv_sec, .tv_nsec = 0};
}

static bool earlier(struct timespec a, struct timespec b)
{
	return a.tv_sec != b.tv_sec ? a.tv_sec < b.tv_sec : a.tv_nsec < b.tv_nsec;
}

static bool is_marked(const struct stat *private_info, const struct stat *public_info)
{
	struct timespec mark = key_mark(private_info->st_mtim);

	return public_info->st_mtim.tv_sec == mark.tv_sec && public_info->st_mtim.tv_nsec == mark.tv_nsec &&
	       !earlier(public_info->st_ctim, private_info->st_ctim);
}

static void report_mismatch(const struct keystore *store, const struct key_name *name, struct span at)
{
	const char *public_path = key_path(store, name, PART_PUBLIC);
	const char *private_path = key_path(store, name, PART_PRIVATE);
	struct diagnostic *d = diag_add(store->diags, DIAG_KEY_MISMATCH, at, "'%s' is not the public key of '%s'",
	                                public_path, private_path);

	diag_help(store->diags, d, "if '%s' is the right one, delete '%s'; if not, restore the right private key",
	          private_path, public_path);
}

/* Compares the .pub with the .key unless its mark says that this was done. */
static bool check_public(const struct keystore *store, const struct key_name *name, struct span at,
                         const uint8_t public_key[static KEY_BYTES], struct key_material *material)
{
	uint8_t computed[KEY_BYTES];

	material->marked = is_marked(&material->private_info, &material->public_info);
	if (material->marked)
		return true;
	key_public(material->private_key, computed);
	if (memcmp(computed, public_key, KEY_BYTES) == 0)
		return true;
	report_mismatch(store, name, at);
	return false;
}

bool keystore_read_pair(const struct keystore *store, const struct key_name *name, struct span at,
                        struct key_material *material)
{
	enum key_status status = KEY_ABSENT;
	uint8_t public_key[KEY_BYTES];

	*material = (struct key_material){0};
	if (store->mode == KEYSTORE_NORMAL)
		status = key_file_read(store, name, PART_PRIVATE, material->private_key, &material->private_info);
	if (status != KEY_OK && status != KEY_ABSENT) {
		key_file_report(store, name, PART_PRIVATE, status, at);
		return false;
	}
	material->has_private = status == KEY_OK;

	status = key_file_read(store, name, PART_PUBLIC, public_key, &material->public_info);
	if (status != KEY_OK && status != KEY_ABSENT) {
		key_file_report(store, name, PART_PUBLIC, status, at);
		return false;
	}
	material->has_public = status == KEY_OK;

	if (material->has_private && !material->has_public)
		key_public(material->private_key, public_key);
	else if (material->has_private && !check_public(store, name, at, public_key, material))
		return false;
	if (material->has_private || material->has_public)
		key_encode(public_key, material->public_key);
	return true;
}
