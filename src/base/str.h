/* Borrowed strings: a pointer and a length, never owned, may hold any byte. */
#ifndef HLGEN_BASE_STR_H
#define HLGEN_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

struct str {
	const char *ptr; /* not terminated unless made by an arena function below */
	size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_ARG(s) (int)(s).len, (s).ptr /* for "%.*s" */

struct str str_of(const char *terminated);
bool str_equal(struct str a, struct str b);
bool str_equal_nocase(struct str a, struct str b); /* ASCII letters only, whatever the locale */
int str_compare(struct str a, struct str b);       /* by bytes, as memcmp */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_slice(struct str s, size_t from, size_t to); /* bounds are clamped */
struct str str_trim(struct str s);                          /* blanks and tabs at both ends */
/* Position of `c` in `s`, or s.len when it is not there. */
size_t str_find(struct str s, char c);

/* Copies and formatted strings: terminated with NUL (not counted in len), owned by the arena. */
struct str str_copy(struct arena *arena, struct str s);
struct str str_lower(struct arena *arena, struct str s); /* ASCII letters only */
struct str str_format(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Whole text as a decimal number without sign, blanks or leading zeros; false when it is not one or exceeds `max`. */
bool str_to_number(struct str s, unsigned long long max, unsigned long long *number);

#endif
