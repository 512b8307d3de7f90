/* Looks up members of described structs by name. */
#include "plan/shape.h"

const struct member *shape_member(const struct shape *shape, struct str name)
{
	for (size_t i = 0; i < shape->count; i++) {
		if (str_equal(str_of(shape->members[i].name), name))
			return &shape->members[i];
	}
	return NULL;
}
