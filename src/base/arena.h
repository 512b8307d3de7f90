/* Memory that lives as long as one build: allocate freely, free once. */
#ifndef HLGEN_BASE_ARENA_H
#define HLGEN_BASE_ARENA_H

#include <stddef.h>

struct arena;

/* A new, empty arena. Never NULL: without memory the program ends (see fatal.h). Owned by the caller. */
struct arena *arena_new(void);

/* The same, for text that contains secrets: its blocks are wiped before they are given back. */
struct arena *arena_new_wiped(void);

/* Gives all memory of the arena back. NULL is fine. */
void arena_free(struct arena *arena);

/* `size` zeroed bytes, aligned for any type, owned by the arena. */
void *arena_alloc(struct arena *arena, size_t size);

/* `count` zeroed elements of `size` bytes; the product is checked for overflow. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/* Enlarges `old` (of `old_size` bytes) to `new_size`, in place when it was the arena's last allocation. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))

#endif
