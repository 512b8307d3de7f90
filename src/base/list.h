/* Typed growing arrays in an arena. */
#ifndef HLGEN_BASE_LIST_H
#define HLGEN_BASE_LIST_H

#include <stddef.h>

struct arena;

/* A list of T, zero-initialised when empty; for (size_t i = 0; i < l.count; i++) use(&l.items[i]).
 * Adding may move the items: keep indexes or build the list completely before pointing into it. */
#define LIST(T) struct { T *items; size_t count, capacity; }

/* The untyped layout that all lists share, for code that walks structs by description (shape.h, field.h). */
struct list { void *items; size_t count, capacity; };

/* Room for one more element of `size` bytes in `list`: its address, zeroed. Owned by the arena. */
void *list_add(struct arena *arena, struct list *list, size_t size);

/* Adds a zeroed element to a LIST(T) and yields its address (as void *). */
#define LIST_ADD(arena, l) list_add((arena), (struct list *)(void *)(l), sizeof *(l)->items)

#endif
