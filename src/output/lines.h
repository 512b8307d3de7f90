/* Which lines of a text were removed, added or kept on the way to another text. */
#ifndef HLGEN_OUTPUT_LINES_H
#define HLGEN_OUTPUT_LINES_H

#include <stdint.h>

#include "base/list.h"
#include "base/str.h"

struct arena;

struct text_line {
	struct str text; /* with its line feed, which the last line may lack */
	uint32_t id;     /* equal lines have equal numbers, in both texts */
	bool changed;    /* removed (in the old text) or added (in the new one) */
};

typedef LIST(struct text_line) line_list;

/* Splits both texts and marks what differs: E. Myers, "An O(ND) difference algorithm" (1986), in linear space. Very
 * different texts get a correct but not a shortest answer, so that the time stays bounded. */
void lines_compare(struct arena *arena, struct str before, struct str after, line_list *old_lines,
                   line_list *new_lines);

#endif
