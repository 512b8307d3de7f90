/* The cluster's nodes: each with addresses and a MAC address that nobody else has, in both IP versions. */
#include "site/checks.h"

static bool is_taken(const struct site_kubernetes *kubernetes, struct ip ip)
{
	const struct site_cilium *cilium = &kubernetes->cilium;
	return ip_equal(ip, kubernetes->ingress.address.value) || ip_equal(ip, kubernetes->network->gateway.value) ||
		ip_in_range(ip, cilium->pool_first, cilium->pool_last);
}

/* Several nodes, and none where it should be: then the network is wrong, and one message says so. */
static bool all_outside(const struct site_kubernetes *kubernetes)
{
	for (size_t i = 0; i < kubernetes->nodes.count; i++)
		if (prefix_contains(kubernetes->network->subnet.value, kubernetes->nodes.items[i].address.value))
			return false;
	return kubernetes->nodes.count > 1;
}

static void report_all_outside(struct checker *c)
{
	const struct site_kubernetes *kubernetes = &c->site->kubernetes;
	struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_OUTSIDE, kubernetes->nodes.items[0].address.at,
		"no node lies in network '%.*s' (%s)", STR_ARG(kubernetes->network->head.name), prefix_words(c, kubernetes->network->subnet.value));
	note_cluster_network(c, found);
}

static void check_address(struct checker *c, const struct site_node *node)
{
	const struct site_kubernetes *kubernetes = &c->site->kubernetes;
	struct prefix subnet = kubernetes->network->subnet.value;
	struct ip ip = node->address.value;
	if (!prefix_contains(subnet, ip)) {
		if (all_outside(kubernetes))
			return;
		struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_OUTSIDE, node->address.at, "node '%.*s' lies outside network '%.*s' (%s)",
			STR_ARG(node->head.name), STR_ARG(kubernetes->network->head.name), prefix_words(c, subnet));
		note_cluster_network(c, found);
	} else if (is_reserved_in(subnet, ip) || is_taken(kubernetes, ip)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_RESERVED, node->address.at,
			"address %s of node '%.*s' is the gateway, the ingress, part of the pool, or reserved", ip_words(c, ip), STR_ARG(node->head.name));
		diag_help(c->diags, found, "a service or the router would answer for it: correct the address or the pool");
	}
}

/* The host part, written or made of the MAC address, may be nobody else's. Of ::1, the router's, check_cluster6.c speaks. */
static void check_suffix(struct checker *c, const struct site_node *node)
{
	const struct site_kubernetes *kubernetes = &c->site->kubernetes;
	const struct site_cilium *cilium = &kubernetes->cilium;
	struct span at = node->address6.set ? node->address6.at : node->mac.at;
	bool ingress = ip_equal(node->suffix, kubernetes->ingress.address6.value), pool = ip_in_range(node->suffix, cilium->pool6_first, cilium->pool6_last);
	if (node->suffix.family == IP_NONE || ip_equal(node->suffix, router_suffix) || !(ingress || pool))
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_RESERVED, at, "suffix %s of node '%.*s' is %s", ip_words(c, node->suffix),
		STR_ARG(node->head.name), ingress ? "the ingress's" : "part of the IPv6 pool");
	diag_note(c->diags, found, ingress ? kubernetes->ingress.address6.at : cilium->pool6.at, "%s here", ingress ? "it is given" : "the pool is declared");
	diag_help(c->diags, found, "a service and the node would answer for the same address: correct one of them");
}

static void check_twice(struct checker *c, const struct site_node *node, const struct site_node *other)
{
	const char *who = str_format(c->arena, "node '%.*s'", STR_ARG(other->head.name)).ptr;
	if (ip_equal(node->address.value, other->address.value) && node->address.value.family != IP_NONE)
		report_twice(c, DIAG_DUPLICATE_ADDRESS, node->address.at, other->address.at,
			str_format(c->arena, "address %s", ip_words(c, node->address.value)).ptr, who);
	if (node->mac.value.ptr && other->mac.value.ptr && str_equal(node->mac.value, other->mac.value))
		report_twice(c, DIAG_DUPLICATE_MAC, node->mac.at, other->mac.at,
			str_format(c->arena, "MAC address %.*s", STR_ARG(node->mac.value)).ptr, who);
	else if (ip_equal(node->suffix, other->suffix) && node->suffix.family == IP_V6)
		report_twice(c, DIAG_DUPLICATE_ADDRESS, node->address6.set ? node->address6.at : node->mac.at,
			other->address6.set ? other->address6.at : other->mac.at,
			str_format(c->arena, "suffix %s", ip_words(c, node->suffix)).ptr, who);
}

void check_nodes(struct checker *c)
{
	const struct site_kubernetes *kubernetes = &c->site->kubernetes;
	if (!kubernetes->network || kubernetes->network->subnet.value.ip.family == IP_NONE)
		return;
	if (all_outside(kubernetes))
		report_all_outside(c);
	for (size_t i = 0; i < kubernetes->nodes.count; i++) {
		const struct site_node *node = &kubernetes->nodes.items[i];
		if (node->address.value.family == IP_NONE)
			continue;
		check_address(c, node);
		check_suffix(c, node);
		for (size_t k = 0; k < i; k++)
			check_twice(c, node, &kubernetes->nodes.items[k]);
	}
}
