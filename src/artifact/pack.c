/* Packs files with zlib. */
#include "artifact/pack.h"

#include <limits.h>
#include <sodium.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/fatal.h"

enum {
	LEVEL = 9,
	GZIP_WINDOW = 15 + 16, /* the largest window; 16 asks zlib for a gzip head, which then has no time and no name */
	MEMORY = 8
};

/* zlib's windows hold what is packed, so they lie in a wiped arena as well. */
static voidpf allocate(voidpf arena, uInt count, uInt size)
{
	return arena_array(arena, count, size);
}

static void release(voidpf arena, voidpf memory)
{
	(void)arena;
	(void)memory; /* the arena goes as a whole */
}

/* False when `room` is not enough. */
static bool deflate_into(struct arena *wiped, struct str bytes, unsigned char *out, size_t room, size_t *len)
{
	z_stream stream = {.zalloc = allocate, .zfree = release, .opaque = wiped};

	if (deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		fatal_memory();
	stream.next_in = (z_const Bytef *)(uintptr_t)bytes.ptr;
	stream.avail_in = (uInt)bytes.len;
	stream.next_out = out;
	stream.avail_out = (uInt)room;
	bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
	*len = room - stream.avail_out;
	deflateEnd(&stream);
	return done;
}

bool pack(struct arena *arena, struct str bytes, size_t limit, struct str *packed)
{
	size_t room = limit / 4 * 3, len = 0;

	if (bytes.len > UINT_MAX || room > UINT_MAX || room == 0)
		return false;
	struct arena *wiped = arena_new_wiped();
	unsigned char *out = arena_alloc(wiped, room);
	bool done = deflate_into(wiped, bytes, out, room, &len);
	if (done) {
		size_t size = sodium_base64_ENCODED_LEN(len, sodium_base64_VARIANT_ORIGINAL);
		char *text = arena_alloc(arena, size);

		sodium_bin2base64(text, size, out, len, sodium_base64_VARIANT_ORIGINAL);
		*packed = (struct str){text, size - 1};
	}
	arena_free(wiped);
	return done;
}
