/* IPv6 in the cluster, and the releases of what runs in it. */
#include "site/checks.h"

static void need(struct checker *c, struct span at, const char *what, const char *lack, const char *help)
{
	struct diagnostic *found = diag_add(c->diags, DIAG_INGRESS6_IMPOSSIBLE, at, "%s needs %s", what, lack);
	diag_help(c->diags, found, "%s", help);
}

static void check_announcements(struct checker *c, const struct site_cilium *cilium, struct span at)
{
	if (cilium->release.count == 0)
		return;
	if (version_compare(cilium->release, 1, 19, 0) < 0) {
		struct diagnostic *found = diag_add(c->diags, DIAG_CILIUM_NO_NDP, cilium->version.at,
			"Cilium %.*s does not answer for IPv6 addresses: that came with 1.19.0", STR_ARG(cilium->version.value));
		diag_note(c->diags, found, at, "an IPv6 address is asked for here");
		diag_help(c->diags, found, "upgrade to 1.19.6 or later, or leave the IPv6 address out");
	} else if (version_compare(cilium->release, 1, 19, 6) < 0) {
		struct diagnostic *found = diag_add(c->diags, DIAG_CILIUM_NDP_SNOOPING, cilium->version.at,
			"Cilium %.*s is not found behind bridges that snoop multicast, such as Proxmox's", STR_ARG(cilium->version.value));
		diag_note(c->diags, found, at, "an IPv6 address is asked for here");
		diag_help(c->diags, found, "upgrade to 1.19.6, or on the host: echo 0 > /sys/class/net/vmbr0/bridge/multicast_snooping");
	}
}

/* The pool holds addresses that nobody may draw from it, or none that anybody may. */
static void check_pool6(struct checker *c)
{
	const struct site_cilium *cilium = &c->site->kubernetes.cilium;
	if (cilium->pool6_first.family != IP_V6)
		return;
	if (ip_is_unspecified(cilium->pool6_first)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_POOL_RESERVED, cilium->pool6.at, "the IPv6 pool contains ::, every router's own address");
		diag_help(c->diags, found, "leave it out of the pool (RFC 4291, 2.6.1): '::2-...' for example");
	}
	if (ip_equal(cilium->pool6_first, cilium->pool6_last) && ip_equal(cilium->pool6_first, c->site->kubernetes.ingress.address6.value)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_POOL_EMPTY, cilium->pool6.at, "the IPv6 pool holds nothing but the ingress's own address");
		diag_help(c->diags, found, "remove 'pool6', or make it larger: the ingress has a pool of its own");
	}
}

const struct ip router_suffix = { .family = IP_V6, .bytes = { [15] = 1 } };

static void report_router_suffix(struct checker *c, struct span at, const char *who)
{
	const struct site_network *network = c->site->kubernetes.network;
	struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS6_IS_ROUTER, at, "%s ::1, which is the router's own address in '%.*s'", who,
		STR_ARG(network->head.name));
	diag_note(c->diags, found, c->site->kubernetes.network_name.at, "the cluster's network is chosen here");
	diag_help(c->diags, found, "both would answer for it: leave ::1 to the router");
}

static void check_router_suffix(struct checker *c)
{
	const struct site_kubernetes *kubernetes = &c->site->kubernetes;
	const struct site_cilium *cilium = &kubernetes->cilium;
	if (!kubernetes->network || !kubernetes->network->has_ipv6)
		return;
	if (ip_equal(kubernetes->ingress.address6.value, router_suffix))
		report_router_suffix(c, kubernetes->ingress.address6.at, "the ingress has");
	if (ip_in_range(router_suffix, cilium->pool6_first, cilium->pool6_last))
		report_router_suffix(c, cilium->pool6.at, "the IPv6 pool holds");
	for (size_t i = 0; i < kubernetes->nodes.count; i++) {
		const struct site_node *node = &kubernetes->nodes.items[i];
		if (ip_equal(node->address6.value, router_suffix))
			report_router_suffix(c, node->address6.at, str_format(c->arena, "node '%.*s' has", STR_ARG(node->head.name)).ptr);
	}
}

/* Relay, clients and the names of the house come by IPv4, and the ingress always has such an address. */
static void check_lacks_ipv4(struct checker *c, const struct site_kubernetes *kubernetes)
{
	for (size_t i = 0; i < kubernetes->ip_families.count; i++)
		if (kubernetes->ip_families.items[i].value != FAMILY_IPV6)
			return;
	if (kubernetes->ip_families.count == 0 || !kubernetes->ingress.address.set)
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_CLUSTER_IPV6_ONLY, kubernetes->ip_families.at,
		"the ingress's address needs a cluster that was built for IPv4, too");
	diag_note(c->diags, found, kubernetes->ingress.address.at, "it is given here");
	diag_help(c->diags, found, "if the cluster has both, write 'ip_families: [ipv6, ipv4]'");
}

void check_ingress6(struct checker *c)
{
	const struct site *site = c->site;
	const struct site_kubernetes *kubernetes = &site->kubernetes;
	bool pool6 = kubernetes->cilium.pool6.value.ptr != NULL, ingress6 = kubernetes->ingress.address6.value.family == IP_V6;
	if (kubernetes->prefix_watch.value && (!ingress6 || !kubernetes->cilium.head.present))
		need(c, kubernetes->prefix_watch.at, "prefix_watch", "an IPv6 address of the ingress, given by Cilium",
			"add 'ingress.address6' and 'cilium', or remove 'prefix_watch'");
	check_router_suffix(c);
	check_pool6(c);
	check_lacks_ipv4(c, kubernetes);
	if (!pool6 && !ingress6)
		return;
	struct span at = ingress6 ? kubernetes->ingress.address6.at : kubernetes->cilium.pool6.at;
	const char *what = ingress6 ? "the ingress's IPv6 address" : "the IPv6 pool";
	if (!site->ipv6.head.present)
		need(c, at, what, "a delegated prefix", "add an 'ipv6' section, or leave it out");
	else if (kubernetes->network && !kubernetes->network->has_ipv6)
		need(c, at, what, "IPv6 in the cluster's network", "give that network a 'vlan' or a 'subnet_id', and no 'ipv6: false'");
	if (!site_cluster_has_ipv6(site)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_CLUSTER_IPV4_ONLY, at, "%s needs a cluster that was built for IPv6", what);
		diag_note(c->diags, found, kubernetes->ip_families.at, "the cluster's address families come from here");
		diag_help(c->diags, found, "if it was, add 'ip_families: [ipv4, ipv6]'; if not, see 'hlgen explain cluster-ipv4-only'");
	}
	check_announcements(c, &kubernetes->cilium, at);
}

struct release_limits {
	const struct site_text *text;
	const char *what;
	unsigned first[2], last[2]; /* oldest and newest known, major and minor */
};

static void check_release(struct checker *c, struct release_limits limits)
{
	struct version version;
	if (!limits.text->set || !version_parse(limits.text->value, &version))
		return;
	if (version_compare(version, limits.first[0], limits.first[1], 0) < 0) {
		struct diagnostic *found = diag_add(c->diags, DIAG_RELEASE_OLD, limits.text->at, "%s %.*s is older than %u.%u", limits.what,
			STR_ARG(limits.text->value), limits.first[0], limits.first[1]);
		diag_help(c->diags, found, "upgrade it; older releases take other keys, and ignore those they do not know");
	} else if (version_compare(version, limits.last[0], limits.last[1] + 1, 0) >= 0) {
		struct diagnostic *found = diag_add(c->diags, DIAG_RELEASE_NEW, limits.text->at,
			"%s %.*s is newer than %u.%u, the newest release this hlgen knows", limits.what, STR_ARG(limits.text->value), limits.last[0],
			limits.last[1]);
		diag_help(c->diags, found, "read its release notes for renamed values, and look for a newer hlgen");
	}
}

void check_releases(struct checker *c)
{
	const struct site_kubernetes *kubernetes = &c->site->kubernetes;
	check_release(c, (struct release_limits){ &kubernetes->ingress.chart, "the Traefik chart", { 18, 0 }, { 41, 99 } }); /* proxyProtocol, http3.enabled */
	check_release(c, (struct release_limits){ &kubernetes->external_dns.version, "external-dns", { 0, 15 }, { 0, 23 } });
	check_release(c, (struct release_limits){ &kubernetes->external_dns.chart, "the external-dns chart", { 1, 15 }, { 1, 23 } });
}
