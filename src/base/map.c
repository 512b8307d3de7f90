/* The hash table: open addressing with linear probing, at most three quarters full. */
#include "base/map.h"

#include <stdint.h>

#include "base/arena.h"

enum { FIRST_CAPACITY = 16 };

struct map_slot {
	struct str key;
	void *value; /* NULL: the slot is empty */
	uint64_t hash;
};

/* FNV-1a with its standard seed, the same in every run: nothing random may reach the output, not even through the
 * order of something. Keys made to collide could cost quadratic time, but the input is limited to 8 MiB and belongs
 * to the one who runs the program. */
static uint64_t hash_of(struct str key)
{
	uint64_t hash = 0xcbf29ce484222325u;
	for (size_t i = 0; i < key.len; i++) {
		hash ^= (unsigned char)key.ptr[i];
		hash *= 0x100000001b3u;
	}
	return hash ^ hash >> 32; /* the lowest bits choose the slot: let the higher ones take part */
}

/* The slot of `key`: where it is, or the empty one where it would go. There is always an empty slot. */
static struct map_slot *slot_of(struct map_slot *slots, size_t capacity, struct str key, uint64_t hash)
{
	size_t at = (size_t)hash & (capacity - 1);
	while (slots[at].value && (slots[at].hash != hash || !str_equal(slots[at].key, key)))
		at = (at + 1) & (capacity - 1);
	return &slots[at];
}

static void grow(struct map *map)
{
	size_t capacity = map->capacity == 0 ? FIRST_CAPACITY : map->capacity * 2;
	struct map_slot *slots = arena_array(map->arena, capacity, sizeof(*slots));
	for (size_t i = 0; i < map->capacity; i++) {
		const struct map_slot *old = &map->slots[i];
		if (old->value)
			*slot_of(slots, capacity, old->key, old->hash) = *old;
	}
	map->slots = slots;
	map->capacity = capacity;
}

void *map_get(const struct map *map, struct str key)
{
	if (map->count == 0)
		return NULL;
	return slot_of(map->slots, map->capacity, key, hash_of(key))->value;
}

void *map_add(struct map *map, struct str key, void *value)
{
	if (map->count + 1 > map->capacity / 4 * 3)
		grow(map);
	uint64_t hash = hash_of(key);
	struct map_slot *slot = slot_of(map->slots, map->capacity, key, hash);
	if (slot->value)
		return slot->value;
	*slot = (struct map_slot){key, value, hash};
	map->count++;
	return NULL;
}
