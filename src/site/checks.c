/* Runs every check on a decoded and resolved site, and answers the small questions they share. */
#include "site/checks.h"

#include "base/arena.h"

void site_check(struct arena *arena, const struct site *site, struct diags *diags)
{
	static void (*const all[])(struct checker *) = {
		check_vps, check_ports, check_tunnel, check_addresses, check_router, check_networks, check_ipv6, check_kubernetes,
		check_ingress6, check_ingress, check_nodes, check_releases, check_relay, check_exposure, check_services, check_ways, check_gitops, check_clients,
		check_client_names, check_reach, check_dns,
	};
	struct checker checker = { arena, site, diags };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		all[i](&checker);
}

struct site *site_load(struct arena *arena, const struct yaml_node *document, struct diags *diags)
{
	struct site *site = ARENA_NEW(arena, struct site);
	site_decode(arena, document, site, diags);
	site_resolve(arena, site, diags);
	site_check(arena, site, diags);
	return site;
}

const char *ip_words(struct checker *c, struct ip ip)
{
	char *text = arena_alloc(c->arena, IP_TEXT);
	return ip_format(ip, text);
}

const char *prefix_words(struct checker *c, struct prefix prefix)
{
	char *text = arena_alloc(c->arena, PREFIX_TEXT);
	return prefix_format(prefix, text);
}

bool is_reserved_in(struct prefix network, struct ip ip)
{
	if (network.ip.family == IP_V6)
		return ip_equal(ip, prefix_first(network)); /* subnet-router anycast, RFC 4291 */
	return network.length < 31 && (ip_equal(ip, prefix_first(network)) || ip_equal(ip, prefix_last(network)));
}

bool site_is_router_address(const struct site *site, struct ip ip)
{
	if (!site->router.head.present)
		return false;
	if (ip_equal(ip, site->router.address.value) || ip_equal(ip, site->router.address6.value))
		return true;
	for (size_t i = 0; i < site->networks.count; i++)
		if (ip_equal(ip, site->networks.items[i].gateway.value))
			return true;
	return false;
}

void note_cluster_network(struct checker *c, struct diagnostic *found)
{
	const struct site_kubernetes *kubernetes = &c->site->kubernetes;
	diag_note(c->diags, found, kubernetes->network_name.at, "the cluster's network is chosen here");
	diag_note(c->diags, found, kubernetes->network->subnet.at, "and declared here");
}

bool networks_are_known(const struct site *site)
{
	for (size_t i = 0; i < site->networks.count; i++)
		if (site->networks.items[i].subnet.value.ip.family == IP_NONE || site->networks.items[i].subnet.value.length < 8)
			return false;
	return !site->disordered && site->tunnel.network.value.ip.family != IP_NONE;
}

bool client_is_on(const struct site_client *client)
{
	return client->enabled.value;
}

bool site_client_goes_out(const struct site_client *client)
{
	return client->tunnel.value != TUNNEL_SPLIT;
}

struct str site_full_name(struct arena *arena, struct str client)
{
	return str_format(arena, "%.*s-full", STR_ARG(client));
}

bool report_reserved_range(struct checker *c, struct prefix prefix, struct span at, const char *who)
{
	/* RFC 6890: this network, loopback, link-local, multicast and reserved. */
	static const struct prefix ranges[] = {
		{ { IP_V4, { 0 } }, 8 }, { { IP_V4, { 127 } }, 8 }, { { IP_V4, { 169, 254 } }, 16 }, { { IP_V4, { 224 } }, 3 },
	};
	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (prefix.ip.family == IP_V4 && prefix_overlaps(prefix, ranges[i])) {
			struct diagnostic *found = diag_add(c->diags, DIAG_NETWORK_RESERVED, at, "%s (%s) has addresses that no network may use: %s", who,
				prefix_words(c, prefix), prefix_words(c, ranges[i]));
			diag_help(c->diags, found, "use private addresses (RFC 1918), for example 10.20.0.0/24");
			return true;
		}
	return false;
}

bool site_service_has_via(const struct site_service *service, enum service_via via)
{
	for (size_t i = 0; i < service->via.count; i++)
		if (service->via.items[i].value == (int)via)
			return true;
	return false;
}

bool site_cluster_has_ipv6(const struct site *site)
{
	for (size_t i = 0; i < site->kubernetes.ip_families.count; i++)
		if (site->kubernetes.ip_families.items[i].value == FAMILY_IPV6)
			return true;
	return false;
}

struct diagnostic *report_twice(struct checker *c, enum diag_code code, struct span second, struct span first, const char *what,
                                const char *first_user)
{
	struct diagnostic *found = diag_add(c->diags, code, second, "%s is used twice", what);
	diag_note(c->diags, found, first, "first used here, by %s", first_user);
	return found;
}

struct site_network *site_network_of(const struct site *site, struct ip ip)
{
	for (size_t i = 0; i < site->networks.count; i++)
		if (site->networks.items[i].subnet.value.ip.family != IP_NONE && prefix_contains(site->networks.items[i].subnet.value, ip))
			return &site->networks.items[i];
	return NULL;
}

static struct str address_key(struct arena *arena, struct ip ip)
{
	return str_copy(arena, (struct str){ (const char *)&ip, sizeof ip });
}

static struct ip first_free(const struct map *used, struct ip from, struct ip end)
{
	for (struct ip ip = from; ip_compare(ip, end) < 0; ip = ip_next(ip))
		if (!map_get(used, (struct str){ (const char *)&ip, sizeof ip }))
			return ip;
	return (struct ip){ 0 };
}

struct ip site_next_free(struct arena *arena, const struct site *site)
{
	struct prefix network = site->tunnel.network.value;
	struct ip none = { 0 };
	struct map used = { .arena = arena };
	if (network.ip.family != IP_V4)
		return none;
	map_add(&used, address_key(arena, site->tunnel.address.value), &used);
	if (site->router.head.present)
		map_add(&used, address_key(arena, site->router.address.value), &used);
	struct ip first = ip_next(prefix_first(network)), last = prefix_last(network), start = last;
	for (size_t i = 0; i < site->clients.count; i++) {
		struct ip ip = site->clients.items[i].address.value;
		map_add(&used, address_key(arena, ip), &used);
		if (prefix_contains(network, ip) && ip_compare(ip, start) < 0)
			start = ip;
	}
	struct ip free = first_free(&used, start, last);
	return free.family != IP_NONE ? free : first_free(&used, first, last);
}
