/* Compares two texts line by line. */
#include "output/lines.h"

#include "base/arena.h"
#include "base/map.h"

/* ---- splitting ---- */

struct numbers {
	struct map map; /* line text -> uint32_t */
	uint32_t next;
};

static void split(struct arena *arena, struct str text, struct numbers *numbers, line_list *lines)
{
	for (size_t start = 0; start < text.len;) {
		struct str rest = str_slice(text, start, text.len);
		struct text_line *line = LIST_ADD(arena, lines);
		size_t end = str_find(rest, '\n');
		uint32_t *id, *known;

		line->text = str_slice(rest, 0, end + 1);
		start += line->text.len;
		id = ARENA_NEW(arena, uint32_t);
		*id = numbers->next;
		known = map_add(&numbers->map, line->text, id);
		if (known == NULL)
			numbers->next++;
		line->id = known == NULL ? *id : *known;
	}
}

/* ---- comparing ---- */

/* More differences than this in one stretch, and the search settles for the furthest point it has reached. */
enum { PATIENCE = 256 };

/* Old lines [old_start, old_end) against new lines [new_start, new_end). */
struct box {
	ptrdiff_t old_start, old_end, new_start, new_end;
};

struct point {
	ptrdiff_t old_at, new_at;
};

/* Diagonals (old_at - new_at) that the paths from one corner have reached; reached[k] is how far into the old text. */
struct front {
	ptrdiff_t *reached;
	ptrdiff_t low, high;
};

struct comparison {
	struct text_line *old_lines, *new_lines;
	struct front forward, backward;
};

static bool same(const struct comparison *c, ptrdiff_t old_at, ptrdiff_t new_at)
{
	return c->old_lines[old_at].id == c->new_lines[new_at].id;
}

/* One diagonal more on either side, or one less where the box ends; `outside` loses against every real value. */
static void widen(struct front *front, const struct box *box, ptrdiff_t outside)
{
	if (front->low > box->old_start - box->new_end) {
		front->low--;
		front->reached[front->low - 1] = outside;
	} else {
		front->low++;
	}
	if (front->high < box->old_end - box->new_start) {
		front->high++;
		front->reached[front->high + 1] = outside;
	} else {
		front->high--;
	}
}

/* One difference more from the start. True when a path meets one from the end. */
static bool step_forward(struct comparison *c, const struct box *box, bool can_meet, struct point *met)
{
	ptrdiff_t *reached = c->forward.reached;

	widen(&c->forward, box, -1);
	for (ptrdiff_t k = c->forward.high; k >= c->forward.low; k -= 2) {
		ptrdiff_t x = reached[k - 1] < reached[k + 1] ? reached[k + 1] : reached[k - 1] + 1;

		while (x < box->old_end && x - k < box->new_end && same(c, x, x - k))
			x++;
		reached[k] = x;
		if (can_meet && k >= c->backward.low && k <= c->backward.high && c->backward.reached[k] <= x) {
			*met = (struct point){x, x - k};
			return true;
		}
	}
	return false;
}

/* The same from the end. */
static bool step_backward(struct comparison *c, const struct box *box, bool can_meet, struct point *met)
{
	ptrdiff_t *reached = c->backward.reached;

	widen(&c->backward, box, PTRDIFF_MAX);
	for (ptrdiff_t k = c->backward.high; k >= c->backward.low; k -= 2) {
		ptrdiff_t x = reached[k - 1] < reached[k + 1] ? reached[k - 1] : reached[k + 1] - 1;

		while (x > box->old_start && x - k > box->new_start && same(c, x - 1, x - k - 1))
			x--;
		reached[k] = x;
		if (can_meet && k >= c->forward.low && k <= c->forward.high && x <= c->forward.reached[k]) {
			*met = (struct point){x, x - k};
			return true;
		}
	}
	return false;
}

/* The point at which the paths from the start have the most lines behind them. */
static struct point furthest(const struct comparison *c, const struct box *box)
{
	struct point best = {box->old_start, box->new_start};

	for (ptrdiff_t k = c->forward.low; k <= c->forward.high; k += 2) {
		ptrdiff_t x = c->forward.reached[k];

		if (x > box->old_end)
			x = box->old_end;
		if (x - k > box->new_end)
			x = box->new_end + k;
		if (x + (x - k) > best.old_at + best.new_at)
			best = (struct point){x, x - k};
	}
	return best;
}

/* A point on a shortest path through a box whose first and whose last lines differ. */
static struct point split_point(struct comparison *c, const struct box *box)
{
	ptrdiff_t start = box->old_start - box->new_start, end = box->old_end - box->new_end;
	bool odd = (start - end) % 2 != 0;
	struct point met;

	c->forward.low = c->forward.high = start;
	c->forward.reached[start] = box->old_start;
	c->backward.low = c->backward.high = end;
	c->backward.reached[end] = box->old_end;
	for (int differences = 0; differences < PATIENCE; differences++) {
		if (step_forward(c, box, odd, &met) || step_backward(c, box, !odd, &met))
			return met;
	}
	return furthest(c, box);
}

static void mark(struct text_line *lines, ptrdiff_t start, ptrdiff_t end)
{
	for (ptrdiff_t i = start; i < end; i++)
		lines[i].changed = true;
}

static void trim(const struct comparison *c, struct box *box)
{
	while (box->old_start < box->old_end && box->new_start < box->new_end && same(c, box->old_start, box->new_start)) {
		box->old_start++;
		box->new_start++;
	}
	while (box->old_start < box->old_end && box->new_start < box->new_end && same(c, box->old_end - 1, box->new_end - 1)) {
		box->old_end--;
		box->new_end--;
	}
}

/* Recursion takes the first part, which costs at most PATIENCE differences or half of them: it does not go deep. */
static void compare(struct comparison *c, struct box box)
{
	for (;;) {
		struct point split;

		trim(c, &box);
		if (box.old_start == box.old_end || box.new_start == box.new_end)
			break;
		split = split_point(c, &box);
		compare(c, (struct box){box.old_start, split.old_at, box.new_start, split.new_at});
		box.old_start = split.old_at;
		box.new_start = split.new_at;
	}
	mark(c->old_lines, box.old_start, box.old_end);
	mark(c->new_lines, box.new_start, box.new_end);
}

void lines_compare(struct arena *arena, struct str before, struct str after, line_list *old_lines,
                   line_list *new_lines)
{
	struct numbers numbers = {.map = {.arena = arena}};
	struct comparison c;
	size_t diagonals;

	split(arena, before, &numbers, old_lines);
	split(arena, after, &numbers, new_lines);
	/* From -new_count - 1 to old_count + 1, each front with its neighbours. */
	diagonals = old_lines->count + new_lines->count + 3;
	c = (struct comparison){.old_lines = old_lines->items, .new_lines = new_lines->items};
	c.forward.reached = (ptrdiff_t *)arena_array(arena, diagonals, sizeof(ptrdiff_t)) + new_lines->count + 1;
	c.backward.reached = (ptrdiff_t *)arena_array(arena, diagonals, sizeof(ptrdiff_t)) + new_lines->count + 1;
	compare(&c, (struct box){0, (ptrdiff_t)old_lines->count, 0, (ptrdiff_t)new_lines->count});
}
