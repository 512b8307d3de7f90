/* The cluster: pools without the ingress's address, and the API version that the Cilium release knows. */
#include "plan/planner.h"

static void add_range(struct planner *p, struct plan_cilium *cilium, struct ip start, struct ip stop)
{
	*(struct plan_range *)LIST_ADD(p->arena, &cilium->ranges) = (struct plan_range){ start, stop };
	range_to_prefixes(p, start, stop, &cilium->range_prefixes);
	cilium->pool = true;
}

static void plan_pool(struct planner *p, struct plan_cilium *cilium, struct ip first, struct ip last, struct ip ingress)
{
	if (first.family == IP_NONE)
		return;
	if (ingress.family != first.family || ip_compare(ingress, first) < 0 || ip_compare(ingress, last) > 0) {
		add_range(p, cilium, first, last);
		return;
	}
	if (ip_compare(first, ingress) < 0)
		add_range(p, cilium, first, ip_previous(ingress));
	if (ip_compare(ingress, last) < 0)
		add_range(p, cilium, ip_next(ingress), last);
}

void plan_cluster(struct planner *p)
{
	const struct site_kubernetes *site = &p->site->kubernetes;
	if (!site->head.present)
		return;
	struct plan_cluster *cluster = p->plan->cluster = ARENA_NEW(p->arena, struct plan_cluster);
	cluster->network = text_of(site->network_name);
	plan_ingress(p);
	if (!site->cilium.head.present)
		return;
	struct plan_cilium *cilium = cluster->cilium = ARENA_NEW(p->arena, struct plan_cilium);
	cilium->version = text_of(site->cilium.version);
	cilium->pool_api = text_at(version_compare(site->cilium.release, 1, 18, 0) >= 0 ? STR("cilium.io/v2") : STR("cilium.io/v2alpha1"),
		site->cilium.version.at);
	cilium->cidrs = version_compare(site->cilium.release, 1, 15, 0) < 0;
	plan_pool(p, cilium, site->cilium.pool_first, site->cilium.pool_last, site->ingress.address.value);
}
