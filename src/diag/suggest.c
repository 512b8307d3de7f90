/* "did you mean": an edit distance in which slips of the same key are cheap. */
#include "diag/suggest.h"

/* Distances are in quarters of a letter. */
enum {
	LETTER = 4,
	SLIP = 1,         /* another case, or '_' for '-' */
	LONGEST_WORD = 64 /* longer words are no keys or names that anyone mistypes */
};

struct suggestion suggest_start(struct str word)
{
	return (struct suggestion){.word = word, .best = {NULL, 0}, .distance = 0};
}

static bool is_joiner(char c)
{
	return c == '_' || c == '-';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static unsigned replace_cost(char a, char b)
{
	if (a == b) {
		return 0;
	}
	return lower(a) == lower(b) || (is_joiner(a) && is_joiner(b)) ? SLIP : LETTER;
}

static unsigned insert_cost(char c)
{
	return is_joiner(c) ? SLIP : LETTER;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Damerau-Levenshtein, in the form where no stretch is edited twice. Both words have at most LONGEST_WORD bytes. */
static unsigned edit_distance(struct str a, struct str b)
{
	unsigned cost[3][LONGEST_WORD + 1]; /* the rows for two, one and no letters of `a` back, in turn */
	cost[0][0] = 0;
	for (size_t j = 0; j < b.len; j++) {
		cost[0][j + 1] = cost[0][j] + insert_cost(b.ptr[j]);
	}
	for (size_t i = 1; i <= a.len; i++) {
		unsigned *row = cost[i % 3];
		const unsigned *above = cost[(i + 2) % 3];
		const unsigned *above2 = cost[(i + 1) % 3];
		char ca = a.ptr[i - 1];
		row[0] = above[0] + insert_cost(ca);
		for (size_t j = 1; j <= b.len; j++) {
			char cb = b.ptr[j - 1];
			row[j] = least(above[j - 1] + replace_cost(ca, cb),
			               least(above[j] + insert_cost(ca), row[j - 1] + insert_cost(cb)));
			if (i > 1 && j > 1 && ca == b.ptr[j - 2] && a.ptr[i - 2] == cb) {
				row[j] = least(row[j], above2[j - 2] + LETTER);
			}
		}
	}
	return cost[a.len % 3][b.len];
}

/* The highest distance that is still near: a third of the longer word's letters. */
static unsigned near_enough(struct str a, struct str b)
{
	size_t letters = a.len > b.len ? a.len : b.len;
	return (unsigned)letters * LETTER / 3;
}

void suggest_offer(struct suggestion *suggestion, struct str known)
{
	struct str word = suggestion->word;
	if (word.len > LONGEST_WORD || known.len > LONGEST_WORD || known.len == 0) {
		return;
	}
	unsigned limit = near_enough(word, known);
	size_t difference = word.len > known.len ? word.len - known.len : known.len - word.len;
	if (difference * SLIP > limit) {
		return; /* without looking: every letter too many costs something */
	}
	unsigned distance = edit_distance(word, known);
	if (distance <= limit && (suggestion->best.ptr == NULL || distance < suggestion->distance)) {
		suggestion->best = known;
		suggestion->distance = distance;
	}
}
