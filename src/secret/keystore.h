/* The folder of keys: one 0600 file per secret in WireGuard's own text form, its public key beside it.
 *
 *     keys/.gitignore   keys/vps.key .pub   keys/router.key .pub .psk   keys/clients/android.key .pub .psk
 *
 * A key is made only when its identity is new, in memory first; keystore_save() puts new keys on the disk (fsync)
 * before anything that refers to them is written. Nothing tells a preshared key that was lost from one that never was:
 * a missing .psk is made new, even beside an old .key. */
#ifndef HLGEN_SECRET_KEYSTORE_H
#define HLGEN_SECRET_KEYSTORE_H

#include "diag/diag.h"
#include "secret/key.h"

struct keystore;

enum keystore_mode {
	KEYSTORE_NORMAL,  /* read keys, make missing ones */
	KEYSTORE_REDACTED /* read only .pub files; secrets are names */
};

struct keypair {
	struct secret private_key;
	char public_key[KEY_TEXT];
};

/* Opens `directory` (it need not exist yet). Never NULL; problems are reported when a key is asked for. Everything
 * borrowed must outlive the store. Errors are diagnostics: a system error is DIAG_SYSTEM with the file's name and errno
 * text. */
struct keystore *keystore_open(struct arena *arena, const char *directory, enum keystore_mode mode,
                               struct secrets *secrets, struct diags *diags);
void keystore_close(struct keystore *store);

/* The key pair of an identity: "vps", "router" or "clients/NAME"; made in memory when neither .key nor .pub exists. `at`
 * is the place in the site file that wants it. False when a diagnostic was reported: a .pub without its .key (it would
 * silently cut off every device that has the old key), a .pub that does not belong to its .key, a malformed file, a .key
 * that others can read, a symbolic link or a directory in a file's place. Asking again gives the same answer. */
bool keystore_pair(struct keystore *store, struct str identity, struct span at, struct keypair *pair);
/* The preshared key of a peer: IDENTITY.psk. */
bool keystore_preshared(struct keystore *store, struct str identity, struct span at, struct secret *secret);

/* The identities for which a private key was made by this store and is not on the disk yet: how many, and the n-th. */
size_t keystore_made_count(const struct keystore *store);
struct str keystore_made_at(const struct keystore *store, size_t index);

/* True when keystore_save() would write keys. */
bool keystore_dirty(const struct keystore *store);
/* Writes .gitignore, new keys (O_EXCL, 0600), missing .pub files (0644), then syncs files and folders. All or nothing
 * is not promised, but no existing key is ever replaced, and a second run completes the first. With no keys to write it
 * only renews the times by which a .pub is known to fit its .key (keystore_pair.c), where it may: call it always. */
bool keystore_save(struct keystore *store);

/* `hlgen keys import`: stores a private (or with `preshared` a preshared) key from its text, at once. Refuses to replace
 * a different key, or a .pub of a different key, unless `replace`. The text is never echoed. On success fills
 * `public_key` (empty for a preshared key). Not for an identity that this store was already asked for. */
bool keystore_import(struct keystore *store, struct str identity, bool preshared, struct str text, bool replace,
                     char public_key[static KEY_TEXT]);

/* `hlgen keys revoke`: what the store has of an identity, whatever its content is worth; false when something was reported: a
 * link or a folder in a file's place. */
struct revoked_key {
	char public_key[KEY_TEXT]; /* empty when there is no good .pub */
	bool has_private, has_public, has_preshared;
};
bool keystore_find(struct keystore *store, struct str identity, struct revoked_key *found);
/* Removes all of it, at once and for good. Not for an identity that this store was already asked for. */
bool keystore_revoke(struct keystore *store, struct str identity);

/* `hlgen keys list`: what is in the folder, sorted by identity; public parts only. False when something was reported (a
 * bad file, a key that nothing uses); the list has the rest all the same. */
struct key_entry {
	struct str identity;
	char public_key[KEY_TEXT]; /* empty when there is no .pub or .key that gives it */
	bool has_private, has_preshared;
};
typedef LIST(struct key_entry) key_list;
bool keystore_list(struct keystore *store, key_list *list);

#endif
