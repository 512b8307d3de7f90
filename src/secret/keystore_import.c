/* `hlgen keys import`: puts a key that the user has into the store, at once. */
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "secret/keystore_internal.h"

/* What an import is about; wiped at its end. */
struct import {
	struct key_name name;
	enum key_part part; /* PART_PRIVATE or PART_PRESHARED */
	bool replace;
	uint8_t key[KEY_BYTES], public_key[KEY_BYTES];
	bool write_key, write_public;
	struct timespec key_time;
};

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The user's text must not be echoed, whatever is wrong with it. */
static bool decode(struct keystore *store, struct str text, uint8_t key[static KEY_BYTES])
{
	const struct span nowhere = {0};
	const char *wrong = NULL;

	while (text.len > 0 && is_space(text.ptr[0]))
		text = str_slice(text, 1, text.len);
	while (text.len > 0 && is_space(text.ptr[text.len - 1]))
		text.len--;
	if (text.len == 0)
		wrong = "there is no key to import";
	else if (!key_decode(text, key))
		wrong = "what was given is not a WireGuard key (44 characters of base64)";
	else if (key_is_zero(key))
		wrong = "what was given is the key of zeros, which WireGuard takes for no key";
	if (wrong == NULL)
		return true;
	struct diagnostic *d = diag_add(store->diags, DIAG_KEY_MALFORMED, nowhere, "%s", wrong);
	diag_help(store->diags, d, "give the text that 'wg genkey' or 'wg genpsk' prints, on standard input");
	return false;
}

static bool refuse(struct keystore *store, const struct import *import, enum key_part part, const char *what)
{
	const struct span nowhere = {0};
	struct diagnostic *d = diag_add(store->diags, DIAG_KEY_EXISTS, nowhere, "'%s' %s",
	                                key_path(store, &import->name, part), what);

	diag_help(store->diags, d,
	          "with --replace it is replaced, and every device that has the old key must be set up again");
	return false;
}

/* A file that is bad in its content or mode may be replaced on request; whatever else is in its place may not. */
static bool replaceable(enum key_status status)
{
	return status != KEY_LINK && status != KEY_NOT_REGULAR && status != KEY_FAILED;
}

/* Decides whether the .key or .psk must be written. */
static bool look_at_key(struct keystore *store, struct import *import)
{
	const struct span nowhere = {0};
	uint8_t old[KEY_BYTES];
	struct stat info;
	enum key_status status = key_file_read(store, &import->name, import->part, old, &info);
	bool same = status == KEY_OK && sodium_memcmp(old, import->key, KEY_BYTES) == 0;
	int error = errno;

	sodium_memzero(old, sizeof old);
	errno = error;
	import->write_key = !same;
	if (same)
		import->key_time = info.st_mtim;
	if (same || status == KEY_ABSENT)
		return true;
	if (import->replace && replaceable(status))
		return true;
	if (status == KEY_OK)
		return refuse(store, import, import->part, "holds another key");
	key_file_report(store, &import->name, import->part, status, nowhere);
	return false;
}

/* The same for the .pub, which alone tells what key devices know when the .key is lost. */
static bool look_at_public(struct keystore *store, struct import *import)
{
	const struct span nowhere = {0};
	uint8_t old[KEY_BYTES];
	struct stat info;
	enum key_status status = key_file_read(store, &import->name, PART_PUBLIC, old, &info);

	bool same = status == KEY_OK && memcmp(old, import->public_key, KEY_BYTES) == 0;

	/* Next to a new .key it is written anew even when equal, to carry the mark of its time. */
	import->write_public = !same || import->write_key;
	if (same || status == KEY_ABSENT || (import->replace && replaceable(status)))
		return true;
	if (status == KEY_OK)
		return refuse(store, import, PART_PUBLIC, "belongs to another private key");
	key_file_report(store, &import->name, PART_PUBLIC, status, nowhere);
	return false;
}

static bool stage(struct keystore *store, struct import *import, enum key_part part,
                  const uint8_t key[static KEY_BYTES])
{
	char text[KEY_TEXT];

	key_encode(key, text);
	text[KEY_TEXT - 1] = '\n';
	bool ok = key_stage(store, &import->name, part, 0, (struct str){text, KEY_TEXT}, true, &import->key_time);
	sodium_memzero(text, sizeof text);
	return ok;
}

static bool write_import(struct keystore *store, struct import *import)
{
	bool ok = (!import->write_key || stage(store, import, import->part, import->key)) &&
	          (!import->write_public || stage(store, import, PART_PUBLIC, import->public_key)) &&
	          (!import->write_key || key_publish(store, &import->name, import->part, 0, import->replace)) &&
	          /* What is there is equal, or may be replaced: look_at_public() saw to it. */
	          (!import->write_public || key_publish(store, &import->name, PART_PUBLIC, 0, true));

	key_discard(store, &import->name, import->part, 0);
	key_discard(store, &import->name, PART_PUBLIC, 0);
	return ok && keystore_sync_folders(store);
}

static bool run_import(struct keystore *store, struct import *import)
{
	if (!keystore_lock(store, import->name.folder))
		return false;
	bool ok = look_at_key(store, import) && (import->part == PART_PRESHARED || look_at_public(store, import));
	if (ok && (import->write_key || import->write_public))
		ok = write_import(store, import);
	keystore_unlock(store);
	return ok;
}

bool keystore_import(struct keystore *store, struct str identity, bool preshared, struct str text, bool replace,
                     char public_key[static KEY_TEXT])
{
	const struct span nowhere = {0};
	struct import import = {.part = preshared ? PART_PRESHARED : PART_PRIVATE, .replace = replace};

	public_key[0] = '\0';
	bool ok = key_name_of(store, identity, nowhere, &import.name) && decode(store, text, import.key);
	if (ok && !preshared)
		key_public(import.key, import.public_key);
	ok = ok && run_import(store, &import);
	if (ok && !preshared)
		key_encode(import.public_key, public_key);
	sodium_memzero(&import, sizeof import);
	return ok;
}
