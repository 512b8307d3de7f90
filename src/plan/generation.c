/* The generation: one number for all permissions of the tunnel. Open connections carry it on the hub, so that a firewall with other
 * permissions knows which of them to judge anew. Names, comments and order do not count: only who may open what. */
#include "plan/planner.h"

#include <sodium.h>
#include <stdlib.h>

typedef LIST(struct str) permission_list;

static void add_permission(struct planner *p, permission_list *list, struct str permission)
{
	*(struct str *)LIST_ADD(p->arena, list) = permission;
}

static void add_flows(struct planner *p, permission_list *list, const flow_list *flows)
{
	char from[PREFIX_TEXT], to[PREFIX_TEXT];
	for (size_t i = 0; i < flows->count; i++) {
		const struct plan_flow *flow = &flows->items[i];
		prefix_format(flow->from, from);
		prefix_format(flow->to, to);
		add_permission(p, list, str_format(p->arena, "%s %s %s %.*s %.*s\n", flow->hosts_only ? "hosts" : "reach", from, to,
			STR_ARG(flow->protocol.value), STR_ARG(flow->ports.value)));
	}
}

static void add_prefixes(struct planner *p, permission_list *list, const char *what, const prefix_list *prefixes)
{
	char text[PREFIX_TEXT];
	for (size_t i = 0; i < prefixes->count; i++) {
		prefix_format(prefixes->items[i], text);
		add_permission(p, list, str_format(p->arena, "%s %s\n", what, text));
	}
}

static int by_text(const void *a, const void *b)
{
	return str_compare(*(const struct str *)a, *(const struct str *)b);
}

void plan_generation(struct planner *p)
{
	struct plan_hub *hub = &p->plan->hub;
	permission_list list = { 0 };
	add_flows(p, &list, &hub->flows);
	add_flows(p, &list, &hub->network_flows);
	if (hub->network_flows.count > 0)
		add_prefixes(p, &list, "router", &hub->router_addresses);
	add_prefixes(p, &list, "full", &hub->full4);
	if (hub->nat66)
		add_prefixes(p, &list, "full", &hub->full6);
	if (hub->masquerade)
		add_permission(p, &list, STR("masquerade\n"));
	if (list.count > 0)
		qsort(list.items, list.count, sizeof *list.items, by_text);

	uint8_t digest[crypto_generichash_BYTES_MIN];
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof digest);
	for (size_t i = 0; i < list.count; i++)
		if (i == 0 || !str_equal(list.items[i], list.items[i - 1]))
			crypto_generichash_update(&state, (const unsigned char *)list.items[i].ptr, list.items[i].len);
	crypto_generichash_final(&state, digest, sizeof digest);
	/* 0 is the mark of a connection that nobody has judged. */
	uint32_t number = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];
	hub->generation = number != 0 ? number : 1;
}
