/* Secrets in memory: one pool of locked pages; everybody else holds handles. */
#ifndef HLGEN_SECRET_SECRET_H
#define HLGEN_SECRET_SECRET_H

#include <stdint.h>

#include "base/buf.h"

struct secrets; /* the pool */

struct secret {
	uint32_t id; /* 0: absent */
};

enum secret_kind { SECRET_PRIVATE_KEY, SECRET_PRESHARED_KEY };
enum { KEY_BYTES = 32, KEY_TEXT = 45 /* 44 base64 characters and NUL */ };

/* Turns core dumps off, makes the process undumpable and starts libsodium; call once, first. False with errno when
 * libsodium does not start; the rest is hardening, and a sandbox may refuse it. */
bool secrets_prepare(void);

/* An empty pool; its pages are locked, guarded and left out of core dumps. NULL with errno when memory cannot be had (a
 * refused mlock is not an error: the pool then works unlocked, as with `ulimit -l 0`). */
struct secrets *secrets_new(void);
/* Wipes and frees. NULL is fine. */
void secrets_free(struct secrets *secrets);

/* Stores 32 bytes (the caller wipes its own copy). `owner` is "vps", "router" or a client's name; borrowed. */
struct secret secrets_add(struct secrets *secrets, enum secret_kind kind, struct str owner,
                          const uint8_t bytes[static KEY_BYTES]);
/* A secret of which only the name is known (`--redact`): it is spelled "<secret: wireguard private key of android>". */
struct secret secrets_add_redacted(struct secrets *secrets, enum secret_kind kind, struct str owner);

/* Appends the base64 text, or the redacted form. Only the template engine and the key store call this, and only with a
 * buffer in an arena_new_wiped() arena. */
void secret_spell(const struct secrets *secrets, struct secret secret, struct buf *out);
/* "wireguard private key of android": safe to print anywhere. */
struct str secret_describe(const struct secrets *secrets, struct secret secret, struct arena *arena);

#endif
