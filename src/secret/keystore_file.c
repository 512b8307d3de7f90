/* One file of the key store: its name, reading it without trusting it, saying what is wrong with it. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "secret/keystore_internal.h"

enum { TEXT_LIMIT = 128, OWNER_LIMIT = 200 };

static const char *suffix(enum key_part part)
{
	static const char *const suffixes[] = {[PART_PRIVATE] = ".key", [PART_PUBLIC] = ".pub", [PART_PRESHARED] = ".psk"};

	return suffixes[part];
}

/* A plain file name: no way out of the folder, not hidden (temporary files are), nothing that a terminal acts upon. */
static bool plain_name(struct str s)
{
	if (s.len == 0 || s.len > OWNER_LIMIT || s.ptr[0] == '.')
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];
		if (c == '/' || c < ' ' || c == 127)
			return false;
	}
	return true;
}

bool key_name_of(struct keystore *store, struct str identity, struct span at, struct key_name *name)
{
	const struct str clients = STR("clients/");
	bool client = str_starts(identity, clients);
	struct str owner = client ? str_slice(identity, clients.len, identity.len) : identity;

	if (!plain_name(owner)) {
		struct diagnostic *d = diag_add(store->diags, DIAG_KEY_FILE, at, "'%.*s' cannot name a key file",
		                                STR_ARG(identity));
		diag_help(store->diags, d,
		          "keys are named vps, router or clients/NAME, and NAME has no '/' and no leading '.'");
		return false;
	}
	name->folder = client ? FOLDER_CLIENTS : FOLDER_KEYS;
	name->identity = str_copy(store->arena, identity);
	name->owner = client ? str_slice(name->identity, clients.len, identity.len) : name->identity;
	return true;
}

char *key_file_name(const struct key_name *name, enum key_part part, char out[static KEY_FILE_NAME])
{
	(void)snprintf(out, KEY_FILE_NAME, "%.*s%s", STR_ARG(name->owner), suffix(part));
	return out;
}

const char *key_path(const struct keystore *store, const struct key_name *name, enum key_part part)
{
	return str_format(store->arena, "%.*s/%.*s%s", STR_ARG(store->directory), STR_ARG(name->identity),
	                  suffix(part)).ptr;
}

/* The key in a file's text; blanks and line ends after it are fine, as for wg(8). */
static enum key_status decode_text(const char *text, size_t len, uint8_t key[static KEY_BYTES])
{
	while (len > 0 && text[len - 1] != '\0' && strchr(" \t\r\n\v\f", text[len - 1]) != NULL)
		len--;
	if (len == 0)
		return KEY_EMPTY;
	if (!key_decode((struct str){text, len}, key))
		return KEY_MALFORMED;
	return key_is_zero(key) ? KEY_ZERO : KEY_OK;
}

/* Reads until `size`, the end or until `text` is full; -1 with errno. */
static ssize_t read_all(int fd, off_t size, char text[static TEXT_LIMIT])
{
	size_t len = 0;

	while (len < TEXT_LIMIT) {
		ssize_t n = read(fd, text + len, TEXT_LIMIT - len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		len += (size_t)n;
		if (n == 0 || (off_t)len == size) /* at its size: spares asking for the end */
			break;
	}
	return (ssize_t)len;
}

static enum key_status read_open(int fd, enum key_part part, uint8_t key[static KEY_BYTES], struct stat *info)
{
	enum key_status status = KEY_MALFORMED;
	char text[TEXT_LIMIT];

	if (fstat(fd, info) != 0)
		return KEY_FAILED;
	if (!S_ISREG(info->st_mode))
		return KEY_NOT_REGULAR;
	if (part != PART_PUBLIC && (info->st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return KEY_READABLE;
	ssize_t len = read_all(fd, info->st_size, text);
	if (len < 0)
		status = KEY_FAILED;
	else if (len < TEXT_LIMIT)
		status = decode_text(text, (size_t)len, key);
	int error = errno;
	sodium_memzero(text, sizeof text);
	errno = error;
	return status;
}

enum key_status key_file_read(const struct keystore *store, const struct key_name *name, enum key_part part,
                              uint8_t key[static KEY_BYTES], struct stat *info)
{
	char file[KEY_FILE_NAME];

	if (store->fds[name->folder] < 0)
		return KEY_ABSENT;
	/* O_NONBLOCK: opening a pipe that somebody put here must not wait for a writer. */
	int fd = openat(store->fds[name->folder], key_file_name(name, part, file),
	                O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0) {
		switch (errno) {
		case ENOENT: return KEY_ABSENT;
		case ELOOP: return KEY_LINK;
		case ENXIO: return KEY_NOT_REGULAR; /* a socket */
		default: return KEY_FAILED;
		}
	}
	enum key_status status = read_open(fd, part, key, info);
	int error = errno;
	(void)close(fd); /* nothing was written */
	errno = error;
	return status;
}

static const char *malformed_text(enum key_status status)
{
	if (status == KEY_EMPTY)
		return "is empty";
	if (status == KEY_ZERO)
		return "holds the key of zeros, which WireGuard takes for no key";
	return "does not hold a WireGuard key (44 characters of base64)";
}

static void report_malformed(const struct keystore *store, const char *path, enum key_part part, enum key_status status,
                             struct span at)
{
	struct diagnostic *d = diag_add(store->diags, DIAG_KEY_MALFORMED, at, "'%s' %s", path, malformed_text(status));

	if (part == PART_PUBLIC)
		diag_help(store->diags, d, "if its .key is there, delete '%s': it is then computed again", path);
	else
		diag_help(store->diags, d, "restore it from a backup, or store the right key with 'hlgen keys import'");
}

void key_file_report(const struct keystore *store, const struct key_name *name, enum key_part part,
                     enum key_status status, struct span at)
{
	int error = errno;
	const char *path = key_path(store, name, part);
	struct diags *diags = store->diags;

	switch (status) {
	case KEY_LINK:
		diag_help(diags, diag_add(diags, DIAG_KEY_FILE, at, "'%s' is a symbolic link", path),
		          "put a copy of the file that it points to in its place");
		break;
	case KEY_NOT_REGULAR:
		diag_help(diags, diag_add(diags, DIAG_KEY_FILE, at, "'%s' is not a regular file", path),
		          "move it away; a key is a file with one line of base64");
		break;
	case KEY_READABLE:
		diag_help(diags, diag_add(diags, DIAG_KEY_PERMISSIONS, at, "other users may use the key in '%s'", path),
		          "run: chmod 600 '%s'", path);
		break;
	case KEY_EMPTY:
	case KEY_MALFORMED:
	case KEY_ZERO:
		report_malformed(store, path, part, status, at);
		break;
	case KEY_FAILED:
		diag_add(diags, DIAG_SYSTEM, at, "cannot read '%s': %s", path, strerror(error));
		break;
	case KEY_OK:
	case KEY_ABSENT:
		break;
	}
}
