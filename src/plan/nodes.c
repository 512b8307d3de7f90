/* The cluster's nodes in IPv6: which address each makes for itself; and the pod that follows a change of their prefix. */
#include "plan/planner.h"

#include <stdlib.h>

static int by_name(const void *a, const void *b)
{
	return str_compare(((const struct plan_node *)a)->name.value, ((const struct plan_node *)b)->name.value);
}

static int by_text(const void *a, const void *b)
{
	return str_compare(((const struct text *)a)->value, ((const struct text *)b)->value);
}

static void add_node(struct planner *p, const struct site_node *site)
{
	struct plan_node *node = LIST_ADD(p->arena, &p->plan->cluster->nodes);
	*node = (struct plan_node){ .name = text_at(site->head.name, site->head.at), .interface = text_of(site->interface),
		.address = site->address.value, .token = site->address6.value, .suffix = site->suffix, .network_file = text_of(site->network_file),
		.ifupdown = site->network_manager.value == MANAGER_IFUPDOWN, .networkd = site->network_manager.value == MANAGER_NETWORKD,
		.netplan = site->network_manager.value == MANAGER_NETPLAN,
		.networkmanager = site->network_manager.value == MANAGER_NETWORKMANAGER };
	if (site->suffix.family == IP_V6)
		node->address6 = delegated_address(p, delegated_suffix(p->site->kubernetes.network->subnet_number, site->suffix));
	p->plan->cluster->ifupdown |= node->ifupdown;
	p->plan->cluster->networkd |= node->networkd;
	p->plan->cluster->netplan |= node->netplan;
	p->plan->cluster->networkmanager |= node->networkmanager;
}

void plan_nodes(struct planner *p)
{
	const struct site_kubernetes *site = &p->site->kubernetes;
	if (!p->plan->delegation || !site->network->has_ipv6)
		return;
	for (size_t i = 0; i < site->nodes.count; i++)
		add_node(p, &site->nodes.items[i]);
	if (site->nodes.count > 0)
		qsort(p->plan->cluster->nodes.items, site->nodes.count, sizeof *p->plan->cluster->nodes.items, by_name);
}

static void add_interfaces(struct planner *p, struct plan_watch *watch)
{
	text_list *list = &watch->interfaces;
	size_t kept = 0;
	for (size_t i = 0; i < p->plan->cluster->nodes.count; i++)
		*(struct text *)LIST_ADD(p->arena, list) = p->plan->cluster->nodes.items[i].interface;
	if (list->count > 0)
		qsort(list->items, list->count, sizeof *list->items, by_text);
	for (size_t i = 0; i < list->count; i++)
		if (kept == 0 || !str_equal(list->items[kept - 1].value, list->items[i].value))
			list->items[kept++] = list->items[i];
	list->count = kept;
}

static struct plan_watch_pool *add_pool(struct planner *p, struct plan_watch *watch, struct text name)
{
	struct plan_watch_pool *pool = LIST_ADD(p->arena, &watch->pools);
	pool->name = name;
	return pool;
}

void plan_watch(struct planner *p)
{
	const struct site_kubernetes *site = &p->site->kubernetes;
	const struct plan_cilium *cilium = p->plan->cluster->cilium;
	if (!site->prefix_watch.value)
		return;
	struct plan_watch *watch = p->plan->cluster->watch = ARENA_NEW(p->arena, struct plan_watch);
	add_interfaces(p, watch);
	struct plan_watch_pool *ingress = add_pool(p, watch, cilium->ingress6_name);
	*(struct plan_range *)LIST_ADD(p->arena, &ingress->ranges) = (struct plan_range){ .start = site->ingress.address6.value };
	if (!cilium->pool6)
		return;
	range_list *ranges = &add_pool(p, watch, cilium->pool6_name)->ranges;
	ranges_without(p, site->cilium.pool6_first, site->cilium.pool6_last, site->ingress.address6.value, ranges);
	for (size_t i = 0; i < ranges->count; i++)
		if (ip_equal(ranges->items[i].start, ranges->items[i].stop))
			ranges->items[i].stop = (struct ip){ 0 };
}
