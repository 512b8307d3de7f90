/* What the tests of diagnostics share: a collection, sources, and the whole of what is printed. */
#ifndef HLGEN_TESTS_DIAG_SUPPORT_H
#define HLGEN_TESTS_DIAG_SUPPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "diag/diag.h"

static struct arena *arena;
static struct diags *diags;

static inline int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	diags = diags_new(arena, false);
	return 0;
}

static inline int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static inline struct source *source_of(const char *name, struct str bytes)
{
	return source_new(arena, str_of(name), bytes);
}

static inline void assert_prints_as(enum diag_format format, bool colour, size_t limit, const char *expected)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	assert_non_null(out);
	assert_true(diags_print(diags, out, format, colour, limit));
	assert_int_equal(fclose(out), 0);
	assert_string_equal(text, expected);
	free(text);
}

static inline void assert_prints(const char *expected)
{
	assert_prints_as(DIAG_TEXT, false, 0, expected);
}

#endif
