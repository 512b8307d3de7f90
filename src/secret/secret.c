/* The pool of secrets: key bytes in locked, guarded pages; kind and owner in ordinary memory beside them. */
#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "base/arena.h"
#include "base/fatal.h"
#include "secret/secret.h"

/* 32 KiB a chunk: 131,072 keys then lock 4.6 MiB, which fits the usual limit of 8 MiB (a guarded allocation per key
 * would not). */
enum { KEYS_PER_CHUNK = 1024, FIRST_ENTRIES = 64 };

struct entry {
	struct str owner;
	const uint8_t *bytes; /* in a chunk; NULL when redacted */
	enum secret_kind kind;
};

struct secrets {
	struct entry *entries; /* the entry of id N is entries[N - 1] */
	size_t count, capacity;
	uint8_t **chunks;
	size_t chunk_count, keys; /* keys stored in all chunks together */
};

bool secrets_prepare(void)
{
	/* Both are hardening only: where a sandbox refuses them, the program still does its work. */
	const struct rlimit none = {0, 0};
	(void)setrlimit(RLIMIT_CORE, &none);
#ifdef __linux__
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
	errno = 0;
	if (sodium_init() >= 0)
		return true;
	if (errno == 0)
		errno = EIO; /* libsodium does not say why */
	return false;
}

struct secrets *secrets_new(void)
{
	return calloc(1, sizeof(struct secrets));
}

void secrets_free(struct secrets *secrets)
{
	if (secrets == NULL)
		return;
	for (size_t i = 0; i < secrets->chunk_count; i++)
		sodium_free(secrets->chunks[i]); /* wipes */
	free(secrets->chunks);
	free(secrets->entries);
	free(secrets);
}

static struct secret add_entry(struct secrets *secrets, struct entry entry)
{
	if (secrets->count == secrets->capacity) {
		size_t capacity = secrets->capacity == 0 ? FIRST_ENTRIES : secrets->capacity * 2;
		if (capacity > UINT32_MAX)
			fatal_memory();
		struct entry *entries = realloc(secrets->entries, capacity * sizeof *entries);
		if (entries == NULL)
			fatal_memory();
		secrets->entries = entries;
		secrets->capacity = capacity;
	}
	secrets->entries[secrets->count++] = entry;
	return (struct secret){(uint32_t)secrets->count};
}

static void add_chunk(struct secrets *secrets)
{
	uint8_t **chunks = realloc(secrets->chunks, (secrets->chunk_count + 1) * sizeof *chunks);
	if (chunks == NULL)
		fatal_memory();
	secrets->chunks = chunks;
	/* sodium_malloc() ignores a refused mlock: the pages are then merely not locked. */
	uint8_t *chunk = sodium_malloc((size_t)KEYS_PER_CHUNK * KEY_BYTES);
	if (chunk == NULL)
		fatal_memory();
	secrets->chunks[secrets->chunk_count++] = chunk;
}

struct secret secrets_add(struct secrets *secrets, enum secret_kind kind, struct str owner,
                          const uint8_t bytes[static KEY_BYTES])
{
	size_t at = secrets->keys % KEYS_PER_CHUNK;

	if (at == 0)
		add_chunk(secrets);
	uint8_t *place = secrets->chunks[secrets->chunk_count - 1] + at * KEY_BYTES;
	memcpy(place, bytes, KEY_BYTES);
	secrets->keys++;
	return add_entry(secrets, (struct entry){.owner = owner, .bytes = place, .kind = kind});
}

struct secret secrets_add_redacted(struct secrets *secrets, enum secret_kind kind, struct str owner)
{
	return add_entry(secrets, (struct entry){.owner = owner, .kind = kind});
}

static const struct entry *entry_of(const struct secrets *secrets, struct secret secret)
{
	assert(secret.id != 0 && secret.id <= secrets->count);
	return &secrets->entries[secret.id - 1];
}

static const char *kind_text(enum secret_kind kind)
{
	return kind == SECRET_PRIVATE_KEY ? "wireguard private key" : "wireguard preshared key";
}

void secret_spell(const struct secrets *secrets, struct secret secret, struct buf *out)
{
	const struct entry *entry = entry_of(secrets, secret);

	if (entry->bytes == NULL) {
		buf_printf(out, "<secret: %s of %.*s>", kind_text(entry->kind), STR_ARG(entry->owner));
		return;
	}
	char text[KEY_TEXT];
	sodium_bin2base64(text, sizeof text, entry->bytes, KEY_BYTES, sodium_base64_VARIANT_ORIGINAL);
	buf_put(out, text, KEY_TEXT - 1);
	sodium_memzero(text, sizeof text);
}

struct str secret_describe(const struct secrets *secrets, struct secret secret, struct arena *arena)
{
	const struct entry *entry = entry_of(secrets, secret);

	return str_format(arena, "%s of %.*s", kind_text(entry->kind), STR_ARG(entry->owner));
}
