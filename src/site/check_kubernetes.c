/* The cluster: ingress and pool addresses inside its network, and a Cilium release whose manifests are known. */
#include "site/checks.h"

static void check_address(struct checker *c, const struct site_kubernetes *kubernetes)
{
	const struct site_ingress *ingress = &kubernetes->ingress;
	struct ip ip = ingress->address.value;
	if (!ingress->head.present || ip.family == IP_NONE || !kubernetes->network)
		return;
	const struct site_network *network = kubernetes->network;
	struct prefix subnet = network->subnet.value;
	if (subnet.ip.family == IP_NONE)
		return;
	if (!prefix_contains(subnet, ip)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_OUTSIDE, ingress->address.at,
			"the ingress's address %s lies outside network '%.*s' (%s)", ip_words(c, ip), STR_ARG(network->head.name), prefix_words(c, subnet));
		note_cluster_network(c, found);
		diag_help(c->diags, found, "Cilium answers ARP for it in the nodes' own network only");
	} else if (is_reserved_in(subnet, ip) || ip_equal(ip, network->gateway.value)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_RESERVED, ingress->address.at, "the ingress's address %s is the %s of '%.*s'",
			ip_words(c, ip), ip_equal(ip, network->gateway.value) ? "gateway" : "network or broadcast address", STR_ARG(network->head.name));
		diag_help(c->diags, found, "choose a host address that nobody has");
	}
}

static void check_pool(struct checker *c, const struct site_kubernetes *kubernetes)
{
	const struct site_cilium *cilium = &kubernetes->cilium;
	if (cilium->pool_first.family == IP_NONE || !kubernetes->network || kubernetes->network->subnet.value.ip.family == IP_NONE)
		return;
	const struct site_network *network = kubernetes->network;
	struct prefix subnet = network->subnet.value;
	if (!prefix_contains(subnet, cilium->pool_first) || !prefix_contains(subnet, cilium->pool_last)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_OUTSIDE, cilium->pool.at, "the pool lies outside network '%.*s' (%s)",
			STR_ARG(network->head.name), prefix_words(c, subnet));
		note_cluster_network(c, found);
		return;
	}
	struct ip reserved[3] = { network->gateway.value, prefix_first(subnet), prefix_last(subnet) };
	static const char *const names[3] = { "the gateway", "the network address", "the broadcast address" };
	for (int i = 0; i < 3; i++)
		if (ip_in_range(reserved[i], cilium->pool_first, cilium->pool_last)) {
			struct diagnostic *found = diag_add(c->diags, DIAG_POOL_RESERVED, cilium->pool.at, "the pool contains %s %s of '%.*s'", names[i],
				ip_words(c, reserved[i]), STR_ARG(network->head.name));
			diag_help(c->diags, found, "Cilium would give it to a service: leave it out of the pool");
		}
	struct ip ingress = kubernetes->ingress.address.value;
	if (ip_equal(cilium->pool_first, cilium->pool_last) && ip_equal(cilium->pool_first, ingress)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_POOL_EMPTY, cilium->pool.at, "the pool holds nothing but the ingress's own address");
		diag_help(c->diags, found, "remove 'pool', or make it larger: the ingress has a pool of its own");
	}
}

void check_kubernetes(struct checker *c)
{
	const struct site_kubernetes *kubernetes = &c->site->kubernetes;
	const struct site_cilium *cilium = &kubernetes->cilium;
	if (!kubernetes->head.present)
		return;
	check_address(c, kubernetes);
	check_pool(c, kubernetes);
	if (cilium->release.count == 0)
		return;
	if (version_compare(cilium->release, 1, 14, 0) < 0) {
		struct diagnostic *found = diag_add(c->diags, DIAG_CILIUM_VERSION, cilium->version.at,
			"Cilium %.*s has no L2 announcements: they came with 1.14", STR_ARG(cilium->version.value));
		diag_help(c->diags, found, "upgrade Cilium, or leave the 'cilium' section out");
	} else if (version_compare(cilium->release, 1, 18, 2) < 0 && cilium->pool.value.ptr) {
		struct diagnostic *found = diag_add(c->diags, DIAG_CILIUM_RESHUFFLE, cilium->version.at,
			"Cilium %.*s may give services other addresses when their pool is changed", STR_ARG(cilium->version.value));
		diag_note(c->diags, found, cilium->pool.at, "the pool is declared here");
		diag_help(c->diags, found, "upgrade to 1.18.2 or later before you change it; the ingress's address is safe, in a pool of its own");
	} else if (version_compare(cilium->release, 1, 21, 0) >= 0) {
		struct diagnostic *found = diag_add(c->diags, DIAG_CILIUM_NEWER, cilium->version.at,
			"Cilium %.*s is newer than 1.20, the newest release this hlgen knows", STR_ARG(cilium->version.value));
		diag_help(c->diags, found, "check the manifests with 'kubectl apply --dry-run=server', and look for a newer hlgen");
	}
}
