/* Arena memory: hands out pieces of large zeroed blocks and gives all of them back at once. */
#include "base/arena.h"

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/fatal.h"

enum { FIRST_BLOCK = 64 * 1024, LARGEST_BLOCK = 1024 * 1024 };

/* Bytes beyond `used` were never handed out, so they are still the zeros of calloc. */
struct block {
	struct block *next;
	size_t size, used;
	_Alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct block *blocks;     /* the first one serves small allocations */
	size_t next_size;         /* of the next shared block */
	struct block *last_block; /* where the latest allocation is ... */
	void *last;               /* ... and its address, for growing in place */
	bool wiped;
};

static struct arena *new_arena(bool wiped)
{
	struct arena *arena = calloc(1, sizeof(*arena));
	if (!arena)
		fatal_memory();
	arena->next_size = FIRST_BLOCK;
	arena->wiped = wiped;
	return arena;
}

struct arena *arena_new(void)
{
	return new_arena(false);
}

struct arena *arena_new_wiped(void)
{
	return new_arena(true);
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	struct block *block = arena->blocks;
	while (block) {
		struct block *next = block->next;
		if (arena->wiped)
			sodium_memzero(block->bytes, block->used);
		free(block);
		block = next;
	}
	free(arena);
}

/* What an allocation takes up: at least one unit, so that every allocation has an address of its own. */
static size_t rounded(size_t size)
{
	const size_t unit = _Alignof(max_align_t);
	if (size > SIZE_MAX / 2)
		fatal_memory();
	if (size == 0)
		return unit;
	return (size + unit - 1) / unit * unit;
}

static struct block *new_block(size_t size)
{
	struct block *block = calloc(1, sizeof(*block) + size);
	if (!block)
		fatal_memory();
	block->size = size;
	return block;
}

/* A block with room for `need` bytes. A big allocation gets its own, behind the first, which stays in use. */
static struct block *add_block(struct arena *arena, size_t need)
{
	struct block *block;
	if (need > arena->next_size / 4) {
		block = new_block(need);
		if (arena->blocks) {
			block->next = arena->blocks->next;
			arena->blocks->next = block;
			return block;
		}
	} else {
		block = new_block(arena->next_size);
		if (arena->next_size < LARGEST_BLOCK)
			arena->next_size *= 2;
	}
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	size_t need = rounded(size);
	struct block *block = arena->blocks;
	if (!block || block->size - block->used < need)
		block = add_block(arena, need);
	arena->last = block->bytes + block->used;
	arena->last_block = block;
	block->used += need;
	return arena->last;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size)
		fatal_memory();
	return arena_alloc(arena, count * size);
}

static bool grown_in_place(struct arena *arena, const void *old, size_t new_size)
{
	if (!old || old != arena->last)
		return false;
	struct block *block = arena->last_block;
	size_t start = (size_t)((const unsigned char *)old - block->bytes);
	size_t need = rounded(new_size);
	if (block->size - start < need)
		return false;
	block->used = start + need;
	return true;
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size)
{
	if (old && new_size <= old_size)
		return old;
	if (grown_in_place(arena, old, new_size))
		return old;
	void *grown = arena_alloc(arena, new_size);
	if (old && old_size > 0) {
		memcpy(grown, old, old_size);
		if (arena->wiped)
			sodium_memzero(old, old_size);
	}
	return grown;
}
