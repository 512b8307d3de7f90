/* What clients may reach exists, and their DNS servers are among it. */
#include "site/checks.h"

/* Some network, the tunnel, or a subnet behind a client has these addresses. */
static bool inside_house(const struct site *site, struct prefix prefix)
{
	if (prefix_covers(site->tunnel.network.value, prefix) ||
	    (site->tunnel.network6.value.ip.family == IP_V6 && prefix_covers(site->tunnel.network6.value, prefix)))
		return true;
	for (size_t i = 0; i < site->networks.count; i++)
		if (site->networks.items[i].subnet.value.ip.family != IP_NONE && prefix_covers(site->networks.items[i].subnet.value, prefix))
			return true;
	for (size_t i = 0; i < site->clients.count; i++)
		for (size_t k = 0; client_is_on(&site->clients.items[i]) && k < site->clients.items[i].routes.count; k++)
			if (prefix_covers(site->clients.items[i].routes.items[k].value, prefix))
				return true;
	return false;
}

static bool is_host(struct prefix prefix)
{
	return prefix.length == ip_bits(prefix.ip);
}

void check_reach(struct checker *c)
{
	const struct site *site = c->site;
	for (size_t i = 0; i < site->clients.count; i++) {
		const struct site_client *client = &site->clients.items[i];
		for (size_t k = 0; k < client->reaches.count; k++) {
			const struct site_reach *reach = &client->reaches.items[k];
			if (reach->kind != REACH_PREFIX)
				continue;
			if (prefix_has_host_bits(reach->prefix)) {
				struct diagnostic *found = diag_add(c->diags, DIAG_HOST_BITS, reach->at, "%s has host bits set", prefix_words(c, reach->prefix));
				diag_help(c->diags, found, "did you mean %s for the network, or %s for the host?", prefix_words(c, prefix_network(reach->prefix)),
					ip_words(c, reach->prefix.ip));
			} else if (is_host(reach->prefix) && (ip_equal(reach->prefix.ip, site->tunnel.address.value) ||
			                                      ip_equal(reach->prefix.ip, site->tunnel.address6.value))) {
				struct diagnostic *found = diag_add(c->diags, DIAG_REACH_USELESS, reach->at, "%s is the hub itself, which 'reach' does not open",
					ip_words(c, reach->prefix.ip));
				diag_help(c->diags, found, "ports of the VPS are opened under 'vps.allow', for example: \"9100/tcp from %s\"",
					ip_words(c, client->address.value));
			} else if (is_host(reach->prefix) && site->tunnel.clients_appear_as.value == APPEAR_VPS && site->router.head.present &&
			           (ip_equal(reach->prefix.ip, site->router.address.value) || ip_equal(reach->prefix.ip, site->router.address6.value))) {
				struct diagnostic *found = diag_add(c->diags, DIAG_REACH_USELESS, reach->at,
					"with 'clients_appear_as: vps' the router's tunnel address answers the hub only");
				diag_help(c->diags, found, "use 'router', or the router's address in one of the networks");
			} else if (networks_are_known(site) && !inside_house(site, reach->prefix)) {
				struct diagnostic *found = diag_add(c->diags, DIAG_REACH_OUTSIDE, reach->at, "nothing behind the tunnel has the addresses %s",
					prefix_words(c, reach->prefix));
				diag_help(c->diags, found, "the whole prefix must lie in one of the networks; the internet comes only with 'tunnel: full'");
			}
		}
	}
}

static bool may_ask(const struct site *site, const struct site_client *client, struct ip server)
{
	for (size_t i = 0; i < client->reaches.count; i++) {
		const struct site_reach *reach = &client->reaches.items[i];
		bool port = reach->first == 0 || (reach->first <= 53 && reach->last >= 53);
		switch (reach->kind) {
		case REACH_PREFIX:
			if (port && reach->protocol != PROTOCOL_TCP && prefix_contains(reach->prefix, server))
				return true;
			break;
		case REACH_NETWORK:
			if (reach->network->subnet.value.ip.family != IP_NONE && prefix_contains(reach->network->subnet.value, server))
				return true;
			break;
		case REACH_CLIENT:
			if (ip_equal(reach->client->address.value, server) || ip_equal(reach->client->address6.value, server))
				return true;
			break;
		case REACH_INGRESS:
			if (ip_equal(site->kubernetes.ingress.address.value, server))
				return true;
			break;
		case REACH_ROUTER:
			break; /* the router's addresses are allowed for DNS in any case */
		}
	}
	return false;
}

static bool has_ipv4_server(const struct site_client *client)
{
	for (size_t i = 0; i < client->dns.count; i++)
		if (client->dns.items[i].value.family == IP_V4)
			return true;
	return false;
}

void check_dns(struct checker *c)
{
	const struct site *site = c->site;
	for (size_t i = 0; i < site->clients.count; i++) {
		const struct site_client *client = &site->clients.items[i];
		for (size_t k = 0; client_is_on(client) && !client->head.broken && k < client->dns.count; k++) {
			struct ip server = client->dns.items[k].value;
			struct diagnostic *found = NULL;
			if (server.family == IP_NONE)
				continue;
			bool tunnel_end = ip_equal(server, site->router.address.value) || ip_equal(server, site->router.address6.value);
			if (tunnel_end && site->tunnel.clients_appear_as.value == APPEAR_VPS) {
				found = diag_add(c->diags, DIAG_DNS_UNREACHABLE, client->dns.items[k].at,
					"client '%.*s' asks the router's tunnel address for DNS, but with 'clients_appear_as: vps' the router answers the hub only",
					STR_ARG(client->head.name));
				diag_help(c->diags, found, "use the router's address in one of the networks");
				continue;
			}
			if (site_is_router_address(site, server))
				continue;
			bool no_way = site_client_goes_out(client) && server.family == IP_V6 && site->vps.address6.value.family == IP_NONE;
			bool inside = inside_house(site, prefix_of(server));
			if (no_way && !inside && !has_ipv4_server(client)) {
				found = diag_add(c->diags, DIAG_DNS_UNREACHABLE, client->dns.items[k].at,
					"client '%.*s' asks an IPv6 server for DNS, but the VPS has no IPv6", STR_ARG(client->head.name));
				diag_help(c->diags, found, "add an IPv4 server, for example 1.1.1.1, or 'address6' to the VPS if it has one");
				continue;
			}
			bool hub = ip_equal(server, site->tunnel.address.value) || ip_equal(server, site->tunnel.address6.value);
			if (hub) {
				found = diag_add(c->diags, DIAG_DNS_UNREACHABLE, client->dns.items[k].at, "client '%.*s' asks the hub for DNS, but no server runs there",
					STR_ARG(client->head.name));
				diag_help(c->diags, found, "use a public server such as 1.1.1.1, or one of the house");
			} else if (inside && !may_ask(site, client, server) && networks_are_known(site)) {
				found = diag_add(c->diags, DIAG_DNS_UNREACHABLE, client->dns.items[k].at, "client '%.*s' may not reach its DNS server %s",
					STR_ARG(client->head.name), ip_words(c, server));
				diag_help(c->diags, found, "add to its 'reach': %s%s%s:53/udp", server.family == IP_V6 ? "[" : "", ip_words(c, server),
					server.family == IP_V6 ? "]" : "");
			} else if (!inside && !ip_is_public(server) && networks_are_known(site)) {
				found = diag_add(c->diags, DIAG_DNS_UNREACHABLE, client->dns.items[k].at,
					"DNS server %s of client '%.*s' is neither public nor in a network of the house", ip_words(c, server), STR_ARG(client->head.name));
				diag_help(c->diags, found, "declare its network under 'networks', or use a public server such as 1.1.1.1");
			}
		}
	}
}
