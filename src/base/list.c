/* Growing arrays: finds room for one more element, doubling the array when it is full. */
#include "base/list.h"

#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/fatal.h"

enum { FIRST_CAPACITY = 4 };

/* Every LIST(T) is a type of its own, so its members are read and written as bytes: an optimizer that sees both types
 * (link-time optimization) may not take `T *items` and `void *items` for the same object. */
void *list_add(struct arena *arena, struct list *list, size_t size)
{
	struct list now;
	memcpy(&now, list, sizeof(now));
	if (now.count == now.capacity) {
		size_t capacity = now.capacity == 0 ? FIRST_CAPACITY : now.capacity * 2;
		if (capacity < now.capacity || capacity > SIZE_MAX / size)
			fatal_memory();
		now.items = arena_grow(arena, now.items, now.capacity * size, capacity * size);
		now.capacity = capacity;
	}
	void *item = (char *)now.items + now.count * size;
	memset(item, 0, size); /* a list whose count was lowered leaves old elements behind */
	now.count++;
	memcpy(list, &now, sizeof(now));
	return item;
}
