/* The cluster: pools without the ingress's addresses, and the API version that the Cilium release knows. */
#include "plan/planner.h"

void ranges_without(struct planner *p, struct ip first, struct ip last, struct ip taken, range_list *ranges)
{
	if (first.family == IP_NONE)
		return;
	if (!ip_in_range(taken, first, last)) {
		*(struct plan_range *)LIST_ADD(p->arena, ranges) = (struct plan_range){ first, last };
		return;
	}
	if (ip_compare(first, taken) < 0)
		*(struct plan_range *)LIST_ADD(p->arena, ranges) = (struct plan_range){ first, ip_previous(taken) };
	if (ip_compare(taken, last) < 0)
		*(struct plan_range *)LIST_ADD(p->arena, ranges) = (struct plan_range){ ip_next(taken), last };
}

static void plan_pool(struct planner *p, struct plan_cilium *cilium)
{
	const struct site_kubernetes *site = &p->site->kubernetes;
	ranges_without(p, site->cilium.pool_first, site->cilium.pool_last, site->ingress.address.value, &cilium->ranges);
	for (size_t i = 0; i < cilium->ranges.count; i++)
		range_to_prefixes(p, cilium->ranges.items[i].start, cilium->ranges.items[i].stop, &cilium->range_prefixes);
	cilium->pool = cilium->ranges.count > 0;
}

static struct text pool_name(struct planner *p, const char *name)
{
	return text_at(str_format(p->arena, "%.*s-%s", STR_ARG(p->site->name.value), name), p->site->name.at);
}

/* The site has suffixes below the /64 of the nodes' network. */
static void plan_pool6(struct planner *p, struct plan_cilium *cilium)
{
	const struct site_kubernetes *site = &p->site->kubernetes;
	range_list suffixes = { 0 };
	cilium->ingress6_name = pool_name(p, "ingress6");
	cilium->pool6_name = pool_name(p, "pool6");
	ranges_without(p, site->cilium.pool6_first, site->cilium.pool6_last, site->ingress.address6.value, &suffixes);
	cilium->pool6 = suffixes.count > 0;
	if (p->site->ipv6.prefix.value.ip.family != IP_V6)
		return;
	for (size_t i = 0; i < suffixes.count; i++) {
		struct plan_range *range = LIST_ADD(p->arena, &cilium->ranges6);
		range->start = delegated_address(p, delegated_suffix(site->network->subnet_number, suffixes.items[i].start));
		range->stop = delegated_address(p, delegated_suffix(site->network->subnet_number, suffixes.items[i].stop));
	}
}

void plan_cluster(struct planner *p)
{
	const struct site_kubernetes *site = &p->site->kubernetes;
	if (!site->head.present)
		return;
	struct plan_cluster *cluster = p->plan->cluster = ARENA_NEW(p->arena, struct plan_cluster);
	cluster->network = text_of(site->network_name);
	cluster->subnet = site->network->subnet.value;
	cluster->ipv6 = site_cluster_has_ipv6(p->site);
	plan_ingress(p);
	plan_nodes(p);
	plan_gitops(p);
	if (!site->cilium.head.present)
		return;
	struct plan_cilium *cilium = cluster->cilium = ARENA_NEW(p->arena, struct plan_cilium);
	cilium->version = text_of(site->cilium.version);
	cilium->pool_api = text_at(version_compare(site->cilium.release, 1, 18, 0) >= 0 ? STR("cilium.io/v2") : STR("cilium.io/v2alpha1"),
		site->cilium.version.at);
	cilium->cidrs = version_compare(site->cilium.release, 1, 15, 0) < 0;
	plan_pool(p, cilium);
	plan_pool6(p, cilium);
	plan_watch(p);
}
