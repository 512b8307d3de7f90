/* Names become pointers, small languages become values, and defaults that depend on other keys are filled in. */
#include "diag/suggest.h"
#include "site/resolver.h"
#include "site/syntax.h"

/* The same host number in IPv6 as in IPv4: 10.100.0.11 of a /24 becomes ::b. */
static void default_address6(const struct site *site, const struct site_address *address, struct site_address *address6)
{
	struct prefix network = site->tunnel.network.value, network6 = site->tunnel.network6.value;
	if (address6->set || network6.ip.family != IP_V6 || address->value.family != IP_V4 || network.ip.family != IP_V4)
		return;
	address6->value = ip_add(prefix_first(network6), prefix_offset(network, address->value));
	address6->at = address->at;
}

static void resolve_vps(struct resolver *r)
{
	struct site_vps *vps = &r->site->vps;
	char text[IP_TEXT];
	if (!vps->ssh.set && vps->address.value.family == IP_V4) {
		vps->ssh.value = str_format(r->arena, "root@%s", ip_format(vps->address.value, text));
		vps->ssh.at = vps->address.at;
	}
	for (size_t i = 0; i < vps->allow.count; i++) {
		struct site_opening opening = { 0 };
		if (!vps->allow.items[i].value.ptr || syntax_opening(vps->allow.items[i].value, &opening))
			continue;
		opening.at = vps->allow.items[i].at;
		*(struct site_opening *)LIST_ADD(r->arena, &vps->openings) = opening;
	}
}

static void resolve_tunnel(struct resolver *r)
{
	struct site_tunnel *tunnel = &r->site->tunnel;
	if (!tunnel->address.set && tunnel->network.value.ip.family == IP_V4 && tunnel->network.value.length <= 30) {
		tunnel->address.value = ip_next(prefix_first(tunnel->network.value));
		tunnel->address.at = tunnel->network.at;
	}
	default_address6(r->site, &tunnel->address, &tunnel->address6);
	if (r->site->router.head.present) {
		default_address6(r->site, &r->site->router.address, &r->site->router.address6);
		version_parse(r->site->router.version.value, &r->site->router.release);
	}
}

/* The digits of a VLAN id read as hexadecimal, so that VLAN 30 becomes `:30::/64`; a network without VLAN needs a subnet id. */
static void resolve_subnet_id(struct resolver *r, struct site_network *network)
{
	if (!r->site->ipv6.head.present || !network->ipv6.value)
		return;
	if (!network->subnet_id.set) {
		if (network->vlan.value == 0)
			return;
		network->subnet_id.value = str_format(r->arena, "%d", (int)network->vlan.value);
		network->subnet_id.at = network->vlan.at;
	}
	if (!network->subnet_id.value.ptr)
		return;
	network->has_ipv6 = true;
	for (size_t i = 0; i < network->subnet_id.value.len; i++) {
		char c = network->subnet_id.value.ptr[i];
		unsigned digit = (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
		network->subnet_number = network->subnet_number << 4 | digit;
	}
}

static void resolve_networks(struct resolver *r)
{
	for (size_t i = 0; i < r->site->networks.count; i++) {
		struct site_network *network = &r->site->networks.items[i];
		map_add(&r->networks, network->head.name, network);
		if (!network->gateway.set && network->subnet.value.ip.family == IP_V4 && network->subnet.value.length <= 30) {
			network->gateway.value = ip_next(prefix_first(network->subnet.value));
			network->gateway.at = network->subnet.at;
		}
		resolve_subnet_id(r, network);
		if (network->interface.set)
			continue;
		network->interface.at = network->head.at;
		network->interface.value = network->vlan.value == 0 ? r->site->router.bridge.value :
			str_format(r->arena, "vlan%d-%.*s", (int)network->vlan.value, STR_ARG(network->head.name));
		if (!network->interface.value.ptr)
			network->interface.value = STR("bridge");
	}
}

static void resolve_entry_point(struct resolver *r, struct site_listen *listen, struct str name)
{
	const struct site_entry_point *entry = &r->site->kubernetes.ingress.entry_point;
	if (entry->head.present && entry->name.value.ptr && str_equal(entry->name.value, name)) {
		listen->entry_point = true;
		/* HTTP/3 is announced with the port that visitors see, and the chart gives the service that same port. */
		listen->target_port = (uint16_t)(listen->protocol.value == RELAY_UDP ? listen->listen.value : entry->port.value);
		return;
	}
	struct diagnostic *found = diag_add(r->diags, DIAG_UNKNOWN_ENTRY_POINT, listen->to.at, "the ingress has no entry point '%.*s'", STR_ARG(name));
	if (entry->name.value.ptr)
		diag_help(r->diags, found, "it is called '%.*s'", STR_ARG(entry->name.value));
	else
		diag_help(r->diags, found, "add 'entry_point: { name: ..., port: ... }' to kubernetes.ingress");
	listen->head.broken = true;
}

static void resolve_relay(struct resolver *r)
{
	const struct site_ingress *ingress = &r->site->kubernetes.ingress;
	for (size_t i = 0; i < r->site->relay.count; i++) {
		struct site_listen *listen = &r->site->relay.items[i];
		struct syntax_endpoint target;
		if (!listen->to.value.ptr || syntax_target(listen->to.value, &target))
			continue;
		listen->target_port = target.first;
		if (target.entry.ptr && ingress->head.present)
			resolve_entry_point(r, listen, target.entry);
		listen->target = target.is_address ? target.prefix.ip : ingress->address.value;
		listen->to_ingress = !target.is_address || (ingress->head.present && ip_equal(listen->target, ingress->address.value));
		/* The ingress serves many names, so it is never passed to unread, however it is written; its port 80 cannot be read (it is plain HTTP). */
		listen->tls = listen->protocol.value == RELAY_TCP && (listen->names.set || listen->listen.value == 443 || target.first == 443 ||
			listen->entry_point || (listen->to_ingress && target.first != 80));
		listen->http3 = listen->protocol.value == RELAY_UDP && (listen->to_ingress || listen->listen.value == 443 || target.first == 443);
		/* Names on a UDP port: check_keys() says so, and which of the two was meant is not known. */
		listen->head.broken = listen->head.broken || (listen->protocol.value == RELAY_UDP && listen->names.set);
		if (target.is_address || ingress->head.present || listen->head.broken || r->site->disordered)
			continue;
		struct diagnostic *found = diag_add(r->diags, DIAG_NO_INGRESS, listen->to.at, "the site has no ingress to relay to");
		diag_help(r->diags, found, "add 'kubernetes: { ingress: { address: ... } }', or write an address instead of 'ingress'");
		listen->head.broken = true;
	}
}

static void resolve_services(struct resolver *r)
{
	for (size_t i = 0; i < r->site->services.count; i++) {
		struct site_service *service = &r->site->services.items[i];
		service->name = service->host;
		if (service->host.set || !r->site->domain.value.ptr)
			continue;
		service->name.value = str_format(r->arena, "%.*s.%.*s", STR_ARG(service->head.name), STR_ARG(r->site->domain.value));
		service->name.at = service->head.at;
	}
}

static void unknown_reach(struct resolver *r, struct str name, struct span at)
{
	bool ingress = str_equal(name, STR("ingress"));
	if (ingress || str_equal(name, STR("router"))) {
		struct diagnostic *found = diag_add(r->diags, ingress ? DIAG_NO_INGRESS : DIAG_NO_ROUTER, at, "the site has no %.*s to reach",
			STR_ARG(name));
		diag_help(r->diags, found, ingress ? "add 'kubernetes: { ingress: { address: ... } }', or write an address" : "add a 'router' section");
		return;
	}
	struct suggestion suggestion = suggest_start(name);
	for (size_t i = 0; i < r->site->networks.count; i++)
		suggest_offer(&suggestion, r->site->networks.items[i].head.name);
	for (size_t i = 0; i < r->site->clients.count; i++)
		suggest_offer(&suggestion, r->site->clients.items[i].head.name);
	suggest_offer(&suggestion, STR("ingress"));
	suggest_offer(&suggestion, STR("router"));
	struct diagnostic *found = diag_add(r->diags, DIAG_UNKNOWN_REACH, at,
		"'%.*s' is no network, no client, and not 'ingress' or 'router'", STR_ARG(name));
	if (suggestion.best.ptr)
		diag_help(r->diags, found, "did you mean '%.*s'?", STR_ARG(suggestion.best));
	else
		diag_help(r->diags, found, "write a name, a network such as 10.20.0.0/24, or a service such as 10.20.0.5:22/tcp");
}

/* Fills `reach` from one item; false when it means nothing. */
static bool resolve_reach(struct resolver *r, struct site_client *client, const struct site_text *item, struct site_reach *reach)
{
	struct syntax_endpoint endpoint;
	if (!item->value.ptr || syntax_reach(item->value, &endpoint)) {
		client->head.broken = true;
		return false;
	}
	*reach = (struct site_reach){ .at = item->at, .prefix = endpoint.prefix, .protocol = endpoint.protocol,
		.first = endpoint.first, .last = endpoint.last };
	if (endpoint.is_address)
		reach->kind = REACH_PREFIX;
	else if ((reach->network = map_get(&r->networks, endpoint.name)))
		reach->kind = REACH_NETWORK;
	else if ((reach->client = map_get(&r->clients, endpoint.name)))
		reach->kind = REACH_CLIENT;
	else if (str_equal(endpoint.name, STR("ingress")) && r->site->kubernetes.ingress.head.present)
		reach->kind = REACH_INGRESS;
	else if (str_equal(endpoint.name, STR("router")) && r->site->router.head.present)
		reach->kind = REACH_ROUTER;
	else {
		if (!r->site->disordered)
			unknown_reach(r, endpoint.name, item->at);
		client->head.broken = true;
		return false;
	}
	if (reach->client && reach->client != client && client->enabled.value)
		reach->client->named_by_other = true;
	return true;
}

bool site_client_lives_in(const struct site_client *client, struct prefix prefix)
{
	if (prefix_contains(prefix, client->address.value) || prefix_contains(prefix, client->address6.value))
		return true;
	for (size_t i = 0; i < client->routes.count; i++)
		if (prefix_overlaps(prefix, client->routes.items[i].value))
			return true;
	return false;
}

static void resolve_clients(struct resolver *r)
{
	for (size_t i = 0; i < r->site->clients.count; i++)
		map_add(&r->clients, r->site->clients.items[i].head.name, &r->site->clients.items[i]);
	for (size_t i = 0; i < r->site->clients.count; i++) {
		struct site_client *client = &r->site->clients.items[i];
		struct site_reach reach;
		default_address6(r->site, &client->address, &client->address6);
		for (size_t k = 0; k < client->reach.count; k++)
			if (resolve_reach(r, client, &client->reach.items[k], &reach))
				*(struct site_reach *)LIST_ADD(r->arena, &client->reaches) = reach;
		for (size_t k = 0; !client->reach.set && k < r->site->networks.count; k++) {
			struct site_reach *every = LIST_ADD(r->arena, &client->reaches);
			*every = (struct site_reach){ .kind = REACH_NETWORK, .at = client->head.at, .network = &r->site->networks.items[k] };
		}
	}
}

/* A client may also be reached by its address, or as the way to a subnet behind it. */
static void resolve_callers(struct resolver *r)
{
	for (size_t i = 0; i < r->site->clients.count; i++) {
		struct site_client *called = &r->site->clients.items[i];
		/* Only a client that may open nothing itself is ever asked whether somebody calls it. */
		for (size_t k = 0; called->reach.set && called->reaches.count == 0 && k < r->site->clients.count; k++) {
			const struct site_client *caller = &r->site->clients.items[k];
			for (size_t n = 0; caller->enabled.value && n < caller->reaches.count; n++)
				if (caller->reaches.items[n].kind == REACH_PREFIX && site_client_lives_in(called, caller->reaches.items[n].prefix))
					called->named_by_other = true;
		}
	}
}

void site_resolve(struct arena *arena, struct site *site, struct diags *diags)
{
	struct resolver resolver = { .arena = arena, .site = site, .diags = diags, .networks = { .arena = arena }, .clients = { .arena = arena } };
	resolve_vps(&resolver);
	resolve_tunnel(&resolver);
	resolve_networks(&resolver);
	resolve_kubernetes(&resolver);
	resolve_relay(&resolver);
	resolve_services(&resolver);
	resolve_clients(&resolver);
	resolve_callers(&resolver);
}
