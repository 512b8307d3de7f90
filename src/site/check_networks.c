/* Networks behind the router: no two overlap, VLAN ids and interfaces are unique, gateways lie inside. */
#include "site/checks.h"

static const char *quoted(struct checker *c, const char *what, struct str name)
{
	return str_format(c->arena, "%s '%.*s'", what, STR_ARG(name)).ptr;
}

static void check_overlap(struct checker *c, struct prefix a, struct span at, const char *who, struct prefix b, struct span other_at,
                          const char *other)
{
	/* What is larger than a /8 is reported as such. */
	if (a.ip.family == IP_NONE || b.ip.family == IP_NONE || a.length < 8 || b.length < 8 || !prefix_overlaps(a, b))
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_NETWORK_OVERLAP, at, "%s (%s) overlaps %s (%s)", who, prefix_words(c, a), other,
		prefix_words(c, b));
	diag_note(c->diags, found, other_at, "%s is declared here", other);
	diag_help(c->diags, found, "WireGuard and routers send an address to one place only: give them separate ranges");
}

static void check_gateway(struct checker *c, const struct site_network *network)
{
	struct prefix subnet = network->subnet.value;
	struct ip gateway = network->gateway.value;
	if (subnet.ip.family == IP_NONE || gateway.family == IP_NONE)
		return;
	if (!prefix_contains(subnet, gateway)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_OUTSIDE, network->gateway.at, "gateway %s lies outside %s",
			ip_words(c, gateway), prefix_words(c, subnet));
		diag_note(c->diags, found, network->subnet.at, "the subnet is declared here");
	} else if (is_reserved_in(subnet, gateway)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_RESERVED, network->gateway.at,
			"gateway %s is the network or broadcast address of %s", ip_words(c, gateway), prefix_words(c, subnet));
		diag_help(c->diags, found, "the usual gateway is the first host, %s", ip_words(c, ip_next(prefix_first(subnet))));
	}
}

static void check_pair(struct checker *c, const struct site_network *later, const struct site_network *earlier)
{
	if (later->head.broken || earlier->head.broken)
		return;
	check_overlap(c, later->subnet.value, later->subnet.at, quoted(c, "network", later->head.name), earlier->subnet.value, earlier->subnet.at,
		quoted(c, "network", earlier->head.name));
	if (later->vlan.value && later->vlan.value == earlier->vlan.value)
		report_twice(c, DIAG_DUPLICATE_VLAN, later->vlan.at, earlier->vlan.at, str_format(c->arena, "VLAN %d", (int)later->vlan.value).ptr,
			quoted(c, "network", earlier->head.name));
	else if (str_equal(later->interface.value, earlier->interface.value))
		report_twice(c, DIAG_DUPLICATE_INTERFACE, later->interface.at, earlier->interface.at,
			quoted(c, "interface", later->interface.value), quoted(c, "network", earlier->head.name));
}

/* A range that is not for houses, or in which the VPS itself lives. */
static void check_range(struct checker *c, struct prefix range, struct span at, const char *who)
{
	struct ip vps = c->site->vps.address.value;
	if (range.ip.family != IP_V4 || range.length < 8 || report_reserved_range(c, range, at, who))
		return;
	if (vps.family == IP_V4 && prefix_contains(range, vps)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_NETWORK_OVERLAP, at, "%s contains the VPS's public address", who);
		diag_note(c->diags, found, c->site->vps.address.at, "the VPS's address is declared here");
		diag_help(c->diags, found, "the way to the VPS would lead into the tunnel itself: use private addresses (RFC 1918) in the house");
	} else if (!ip_is_private(range.ip) && !ip_is_cgnat(range.ip) && !ip_is_documentation(range.ip)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_NETWORK_PUBLIC, at, "%s (%s) is not a private one: its real owner becomes unreachable",
			who, prefix_words(c, range));
		diag_help(c->diags, found, "use a network of RFC 1918, unless these addresses are really yours");
	}
}

static void check_client_routes(struct checker *c)
{
	const struct site *site = c->site;
	for (size_t i = 0; i < site->clients.count; i++)
		for (size_t k = 0; k < site->clients.items[i].routes.count; k++) {
			const struct site_client *client = &site->clients.items[i];
			const struct site_prefix *route = &client->routes.items[k];
			const char *who = quoted(c, "a route of client", client->head.name);
			check_range(c, route->value, route->at, who);
			if (route->value.ip.family == IP_V4 && route->value.length < 8) {
				struct diagnostic *found = diag_add(c->diags, DIAG_NETWORK_SIZE, route->at, "%s is larger than a /8", who);
				diag_help(c->diags, found, "write the subnet that is really behind this client");
			}
			check_overlap(c, route->value, route->at, who, site->tunnel.network.value, site->tunnel.network.at, "the tunnel network");
			for (size_t n = 0; n < site->networks.count; n++)
				check_overlap(c, route->value, route->at, who, site->networks.items[n].subnet.value, site->networks.items[n].subnet.at,
					quoted(c, "network", site->networks.items[n].head.name));
			for (size_t j = 0; j <= i; j++)
				for (size_t m = 0; m < (j < i ? site->clients.items[j].routes.count : k); m++)
					check_overlap(c, route->value, route->at, who, site->clients.items[j].routes.items[m].value,
						site->clients.items[j].routes.items[m].at, quoted(c, "a route of client", site->clients.items[j].head.name));
		}
}

/* Pods reach nobody in a network whose addresses are their own, and what is trusted of them would be trusted of it. */
static void check_pods(struct checker *c)
{
	const struct site *site = c->site;
	const struct site_prefix *pods = &site->kubernetes.pod_network;
	if (pods->value.ip.family != IP_V4)
		return;
	check_range(c, pods->value, pods->at, "the pod network");
	if (pods->value.length < 8) {
		struct diagnostic *found = diag_add(c->diags, DIAG_NETWORK_SIZE, pods->at, "the pod network is larger than a /8");
		diag_help(c->diags, found, "write the range that the nodes' own ranges come from: kubectl get nodes -o yaml | grep podCIDR");
	}
	check_overlap(c, pods->value, pods->at, "the pod network", site->tunnel.network.value, site->tunnel.network.at, "the tunnel network");
	for (size_t i = 0; i < site->networks.count; i++)
		check_overlap(c, pods->value, pods->at, "the pod network", site->networks.items[i].subnet.value, site->networks.items[i].subnet.at,
			quoted(c, "network", site->networks.items[i].head.name));
}

void check_networks(struct checker *c)
{
	const struct site *site = c->site;
	if (site->networks.count > 0 && !site->router.head.present && !site->disordered) {
		struct diagnostic *found = diag_add(c->diags, DIAG_NO_ROUTER, site->networks.items[0].head.at,
			"there are networks, but no router that they stand behind");
		diag_help(c->diags, found, "add a 'router' section, or remove 'networks'");
	}
	for (size_t i = 0; i < site->networks.count; i++) {
		const struct site_network *network = &site->networks.items[i];
		struct prefix subnet = network->subnet.value;
		if (network->head.broken)
			continue;
		check_gateway(c, network);
		check_overlap(c, subnet, network->subnet.at, quoted(c, "network", network->head.name), site->tunnel.network.value,
			site->tunnel.network.at, "the tunnel network");
		if (subnet.ip.family == IP_V4 && (subnet.length > 30 || subnet.length < 8)) {
			struct diagnostic *found = diag_add(c->diags, DIAG_NETWORK_SIZE, network->subnet.at, "network '%.*s' is %s",
				STR_ARG(network->head.name), subnet.length > 30 ? "too small for a gateway and a host" : "larger than a /8");
			diag_help(c->diags, found, "a /24 holds 254 hosts");
		}
		check_range(c, subnet, network->subnet.at, quoted(c, "network", network->head.name));
		for (size_t k = 0; k < i; k++)
			check_pair(c, network, &site->networks.items[k]);
	}
	check_pods(c);
	check_client_routes(c);
}
