/* The router's side once for each IP version, so that a router's template is written once for both. Both are always there: what an
 * earlier site file has left of one that is no longer used must be found, too. */
#include "plan/planner.h"

static void add_family(struct planner *p, struct prefix address, bool ipv6)
{
	struct plan_router *router = p->plan->router;
	const struct plan_hub *hub = &p->plan->hub;
	struct span at = router->interface.at;
	struct plan_family *family = LIST_ADD(p->arena, &router->families);
	family->name = text_at(ipv6 ? STR("IPv6") : STR("IPv4"), at);
	family->menu = text_at(ipv6 ? STR("ipv6") : STR("ip"), at);
	family->icmp = text_at(ipv6 ? STR("icmpv6") : STR("icmp"), at);
	family->ipv6 = ipv6;
	family->internet = ipv6 && p->plan->delegation;
	family->tunnel = address.ip.family != IP_NONE;
	if (!family->tunnel)
		return;
	family->address = address;
	family->hub = prefix_of(ipv6 ? hub->tunnel_address6 : hub->tunnel_address);
	family->network = ipv6 ? hub->network6 : hub->network;
	family->input = ipv6 ? router->input6 : router->input4;
	if (!ipv6)
		family->forward = router->forward4;
	for (size_t i = 0; i < router->routes.count; i++)
		if ((router->routes.items[i].ip.family == IP_V6) == ipv6)
			add_prefix(p, &family->routes, router->routes.items[i]);
}

void plan_families(struct planner *p)
{
	struct plan_router *router = p->plan->router;
	if (!router)
		return;
	add_family(p, router->address, false);
	add_family(p, router->address6, true);
}
