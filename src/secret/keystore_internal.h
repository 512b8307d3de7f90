/* What the files of the key store share: names, one file's reading and reporting, folders and new files. */
#ifndef HLGEN_SECRET_KEYSTORE_INTERNAL_H
#define HLGEN_SECRET_KEYSTORE_INTERNAL_H

#include <sys/stat.h>
#include <time.h>

#include "base/map.h"
#include "secret/keystore.h"

enum key_folder { FOLDER_KEYS, FOLDER_CLIENTS, FOLDER_COUNT };
enum key_part { PART_PRIVATE, PART_PUBLIC, PART_PRESHARED };
enum { KEY_FILE_NAME = 256 }; /* room for a file's name and its NUL */

struct key_name {
	enum key_folder folder;
	struct str identity; /* "clients/android" */
	struct str owner;    /* "android": the files' name without the suffix */
};

/* Files that keystore_save() will write: the absent ones have id 0 or no text. */
struct new_key {
	struct key_name name;
	struct secret private_key, preshared;
	char public_key[KEY_TEXT];
	struct timespec key_time; /* of the .key that is there already, when only its .pub is new */
};

/* A .pub that was compared with its .key and found right, but lacks the mark that says so (see keystore_pair.c). */
struct unmarked {
	struct key_name name;
	struct stat public_info; /* as it was when compared */
	struct timespec key_time;
};

struct keystore {
	struct arena *arena;
	struct str directory; /* as the user gave it, for messages; terminated */
	enum keystore_mode mode;
	struct secrets *secrets;
	struct diags *diags;
	int fds[FOLDER_COUNT];    /* -1: not there */
	int errors[FOLDER_COUNT]; /* errno of a folder that is there but cannot be opened */
	bool reported[FOLDER_COUNT];
	struct map pairs, preshared; /* identity -> what was answered, so that asking twice gives the same key */
	LIST(struct new_key) news;
	LIST(struct unmarked) unmarked;
};

/* keystore_file.c: one key file */

enum key_status {
	KEY_OK,
	KEY_ABSENT,
	KEY_LINK,        /* a symbolic link */
	KEY_NOT_REGULAR, /* a folder, a socket, a pipe */
	KEY_READABLE,    /* others than its owner may use it */
	KEY_EMPTY,
	KEY_MALFORMED,
	KEY_ZERO,
	KEY_FAILED /* errno says what */
};

/* The files' place from an identity (copied into the arena); reports one that could lead elsewhere. */
bool key_name_of(struct keystore *store, struct str identity, struct span at, struct key_name *name);
/* "android.key"; returns `out`. */
char *key_file_name(const struct key_name *name, enum key_part part, char out[static KEY_FILE_NAME]);
/* "keys/clients/android.key", for messages. */
const char *key_path(const struct keystore *store, const struct key_name *name, enum key_part part);
/* Reads a file's key; the caller wipes it. `info` is filled when the status is KEY_OK. Reports nothing. */
enum key_status key_file_read(const struct keystore *store, const struct key_name *name, enum key_part part,
                              uint8_t key[static KEY_BYTES], struct stat *info);
/* Says what is wrong with a file whose status is neither KEY_OK nor KEY_ABSENT; errno is still as key_file_read() left
 * it. */
void key_file_report(const struct keystore *store, const struct key_name *name, enum key_part part,
                     enum key_status status, struct span at);

/* keystore_pair.c: the two files of a pair */

struct key_material {
	uint8_t private_key[KEY_BYTES]; /* the caller wipes */
	char public_key[KEY_TEXT];      /* empty when neither file is there */
	bool has_private, has_public;   /* which files are there and good */
	bool marked;                    /* the .pub carries its mark */
	struct stat private_info, public_info;
};

/* Reads both files of a pair and compares them; in a redacted store only the .pub. False when it reported something. */
bool keystore_read_pair(const struct keystore *store, const struct key_name *name, struct span at,
                        struct key_material *material);
/* The time that a .pub gets as its mark. */
struct timespec key_mark(struct timespec key_time);

/* keystore.c: folders */

/* False when the folder is there but cannot be used; says so once. */
bool keystore_usable(struct keystore *store, enum key_folder folder, struct span at);
/* Opens the folders that are there. */
void keystore_open_folders(struct keystore *store);

/* keystore_write.c: folders and new files. All report what fails. */

/* Makes the folders that are missing, locks the store, removes what a killed run left, writes .gitignore. */
bool keystore_lock(struct keystore *store, enum key_folder deepest);
void keystore_unlock(struct keystore *store);
/* Writes `text` (a key and a newline) to a temporary file; `number` tells the temporary files of one run apart. With
 * `sync` its content is durable on return. A private part fills `key_time` with its own time, a public part gets the
 * mark of `key_time`, a preshared part leaves it alone. */
bool key_stage(struct keystore *store, const struct key_name *name, enum key_part part, size_t number, struct str text,
               bool sync, struct timespec *key_time);
/* Gives a temporary file its name; with `replace` over an existing file. */
bool key_publish(struct keystore *store, const struct key_name *name, enum key_part part, size_t number, bool replace);
/* Removes a temporary file that is perhaps there. */
void key_discard(const struct keystore *store, const struct key_name *name, enum key_part part, size_t number);
/* Makes the content of all staged files durable at once. */
bool keystore_sync_files(struct keystore *store);
/* Makes the names durable. */
bool keystore_sync_folders(struct keystore *store);

#endif
