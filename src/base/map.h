/* A hash table from byte strings to pointers, so that 65,533 clients cost linear time. */
#ifndef HLGEN_BASE_MAP_H
#define HLGEN_BASE_MAP_H

#include "base/str.h"

struct map {
	struct arena *arena; /* set before first use; the rest starts as zero */
	struct map_slot *slots;
	size_t count, capacity;
};

/* The value stored for `key`, or NULL. */
void *map_get(const struct map *map, struct str key);
/* Stores `value` (not NULL) unless the key is there already; returns the earlier value, or NULL if it was new.
 * The key's bytes are borrowed and must outlive the map. */
void *map_add(struct map *map, struct str key, void *value);

#endif
