/* "did you mean": the known word nearest to a mistyped one. */
#ifndef HLGEN_DIAG_SUGGEST_H
#define HLGEN_DIAG_SUGGEST_H

#include "base/str.h"

struct suggestion {
	struct str word, best; /* best.ptr == NULL while nothing is near enough */
	unsigned distance;
};

/* Start with the word the user typed, offer every known word, read `best`. Distance is Damerau-Levenshtein; more than
 * a third of the letters wrong is not near. */
struct suggestion suggest_start(struct str word);
void suggest_offer(struct suggestion *suggestion, struct str known);

#endif
