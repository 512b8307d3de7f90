/* Lists of prefixes: adding, reducing, and turning ranges into prefixes. */
#include "plan/planner.h"

#include <stdlib.h>

void add_prefix(struct planner *p, prefix_list *list, struct prefix prefix)
{
	if (prefix.ip.family != IP_NONE)
		*(struct prefix *)LIST_ADD(p->arena, list) = prefix;
}

static int by_address(const void *a, const void *b)
{
	return prefix_compare(*(const struct prefix *)a, *(const struct prefix *)b);
}

void reduce_prefixes(prefix_list *list)
{
	size_t kept = 0;
	if (list->count == 0)
		return;
	qsort(list->items, list->count, sizeof *list->items, by_address);
	/* Sorted by address with the shorter prefix first, whatever covers a prefix stands right before its like. */
	for (size_t i = 0; i < list->count; i++)
		if (kept == 0 || !prefix_covers(list->items[kept - 1], list->items[i]))
			list->items[kept++] = list->items[i];
	list->count = kept;
}

void range_to_prefixes(struct planner *p, struct ip first, struct ip last, prefix_list *list)
{
	for (;;) {
		struct prefix best = prefix_of(first);
		while (best.length > 0) {
			struct prefix wider = { first, (uint8_t)(best.length - 1) };
			if (prefix_has_host_bits(wider) || ip_compare(prefix_last(wider), last) > 0)
				break;
			best = wider;
		}
		add_prefix(p, list, best);
		if (ip_equal(prefix_last(best), last))
			return;
		first = ip_next(prefix_last(best));
	}
}
