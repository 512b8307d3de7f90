/* Descriptions of plan structs: what templates may name, and what `hlgen show` prints. Because shapes are static, a
 * template's names are checked when it is loaded, whether or not the branch they stand in is ever taken. */
#ifndef HLGEN_PLAN_SHAPE_H
#define HLGEN_PLAN_SHAPE_H

#include <stddef.h>

#include "base/ip.h"
#include "base/list.h"
#include "diag/source.h"
#include "secret/secret.h"

/* Text that came from the user, or was derived from it: `at` is where to point when a dialect cannot carry it. */
struct text {
	struct str value; /* value.ptr == NULL: absent */
	struct span at;
};

enum member_type {
	MEMBER_TEXT,    /* struct text */
	MEMBER_NUMBER,  /* int64_t */
	MEMBER_FLAG,    /* bool */
	MEMBER_ADDRESS, /* struct ip; family IP_NONE: absent */
	MEMBER_PREFIX,  /* struct prefix; family IP_NONE: absent */
	MEMBER_SECRET,  /* struct secret; id 0: absent */
	MEMBER_OBJECT,  /* an embedded struct of `shape` */
	MEMBER_POINTER  /* a pointer to a struct of `shape`; NULL: absent */
};

struct member {
	const char *name; /* as templates spell it: lower case, underscores */
	const char *doc;  /* one line, for `hlgen show view` */
	enum member_type type;
	bool list;        /* the member is a LIST() of that type */
	size_t offset;
	const struct shape *shape; /* for OBJECT and POINTER */
};

struct shape {
	const char *name;
	size_t size;
	size_t count;
	const struct member *members;
};

#define SHAPE(identifier, type, ...) \
	static const struct member identifier##_members[] = { __VA_ARGS__ }; \
	const struct shape identifier = { #type, sizeof(struct type), \
		sizeof identifier##_members / sizeof *identifier##_members, identifier##_members }

/* The member called `name`, or NULL. */
const struct member *shape_member(const struct shape *shape, struct str name);

#endif
