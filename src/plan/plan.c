/* From a checked site to a plan: runs the planners in order. */
#include "plan/planner.h"

#include <inttypes.h>
#include <stdlib.h>

struct text text_of(struct site_text text)
{
	return (struct text){ text.value, text.at };
}

struct text text_at(struct str value, struct span at)
{
	return (struct text){ value, at };
}

static int by_name(const void *a, const void *b)
{
	return str_compare(((const struct plan_network *)a)->name.value, ((const struct plan_network *)b)->name.value);
}

/* The router is host 1 of each network's /64. */
static void plan_network6(struct planner *p, const struct site_network *network, struct plan_network *out)
{
	const struct ip router = { IP_V6, { [15] = 1 } };
	out->ipv6 = true;
	out->subnet_id = text_at(str_format(p->arena, "%" PRIx64, network->subnet_number), network->subnet_id.at);
	out->suffix6 = delegated_suffix(network->subnet_number, router);
	struct ip address = delegated_address(p, out->suffix6);
	if (address.family == IP_V6)
		out->address6 = (struct prefix){ address, 64 };
}

void plan_networks(struct planner *p)
{
	for (size_t i = 0; i < p->site->networks.count; i++) {
		const struct site_network *network = &p->site->networks.items[i];
		struct plan_network *out = LIST_ADD(p->arena, &p->plan->networks);
		*out = (struct plan_network){ .name = text_at(network->head.name, network->head.at), .vlan = network->vlan.value,
			.subnet = network->subnet.value, .gateway = network->gateway.value,
			.address = { network->gateway.value, network->subnet.value.length }, .interface = text_of(network->interface) };
		if (network->has_ipv6)
			plan_network6(p, network, out);
	}
	if (p->plan->networks.count > 0)
		qsort(p->plan->networks.items, p->plan->networks.count, sizeof *p->plan->networks.items, by_name);
}

struct plan *plan_site(struct arena *arena, const struct site *site, struct keystore *keys, struct diags *diags)
{
	static void (*const planners[])(struct planner *) = {
		plan_networks, plan_delegation, plan_access, plan_hub, plan_generation, plan_router, plan_families, plan_clients, plan_relay,
		plan_cluster, plan_dns,
	};
	struct planner planner = { .arena = arena, .site = site, .keys = keys, .diags = diags, .plan = ARENA_NEW(arena, struct plan) };
	size_t errors = diags_errors(diags);
	planner.plan->site = text_of(site->name);
	planner.plan->domain = text_of(site->domain);
	for (size_t i = 0; i < sizeof planners / sizeof *planners; i++)
		planners[i](&planner);
	return diags_errors(diags) == errors ? planner.plan : NULL;
}
