/* The hub: its keys and addresses, its peers with all that lies behind them, and what it forwards. */
#include "base/map.h"
#include "plan/planner.h"

/* scp would take the first colon of an IPv6 address for the end of the host. */
static struct str scp_login(struct arena *arena, struct str login)
{
	size_t at = str_find(login, '@');
	struct str host = str_slice(login, at + 1, login.len);
	if (str_find(host, ':') == host.len)
		return login;
	return str_format(arena, "%.*s@[%.*s]", STR_ARG(str_slice(login, 0, at)), STR_ARG(host));
}

static void plan_hub_addresses(struct planner *p)
{
	const struct site *site = p->site;
	struct plan_hub *hub = &p->plan->hub;
	struct prefix network = site->tunnel.network.value, network6 = site->tunnel.network6.value;
	hub->address = site->vps.address.value;
	hub->address6 = site->vps.address6.value;
	hub->ssh = text_of(site->vps.ssh);
	hub->scp = text_at(scp_login(p->arena, hub->ssh.value), hub->ssh.at);
	hub->ssh_port = site->vps.ssh_port.value;
	hub->wan = text_of(site->vps.interface);
	hub->interface = text_at(STR("wg0"), site->tunnel.head.at);
	hub->network = network;
	hub->network6 = network6;
	hub->tunnel_address = site->tunnel.address.value;
	hub->tunnel_address6 = site->tunnel.address6.value;
	hub->port = site->tunnel.port.value;
	hub->mtu = site->tunnel.mtu.value;
	hub->ipv6 = network6.ip.family == IP_V6;
	hub->nftables = site->vps.firewall.value == FIREWALL_NFTABLES;
	hub->ufw = site->vps.firewall.value == FIREWALL_UFW;
	hub->masquerade = site->tunnel.clients_appear_as.value == APPEAR_VPS;
	/* The tunnel network's own length, so that a hot reload needs no route for a new client. */
	add_prefix(p, &hub->interface_addresses, (struct prefix){ hub->tunnel_address, network.length });
	if (hub->ipv6)
		add_prefix(p, &hub->interface_addresses, (struct prefix){ hub->tunnel_address6, network6.length });
}

static void plan_openings(struct planner *p)
{
	for (size_t i = 0; i < p->site->vps.openings.count; i++) {
		const struct site_opening *opening = &p->site->vps.openings.items[i];
		struct str ports = opening->first == opening->last ? str_format(p->arena, "%u", opening->first) :
			str_format(p->arena, "%u-%u", opening->first, opening->last);
		*(struct plan_opening *)LIST_ADD(p->arena, &p->plan->hub.openings) = (struct plan_opening){
			.protocol = text_at(opening->protocol == PROTOCOL_TCP ? STR("tcp") : STR("udp"), opening->at),
			.ports = text_at(ports, opening->at), .from = opening->from, .ipv6 = opening->from.ip.family == IP_V6 };
	}
}

/* Everything that lives behind the tunnel. */
static void plan_house(struct planner *p)
{
	struct plan_hub *hub = &p->plan->hub;
	for (size_t i = 0; i < p->plan->networks.count; i++)
		add_prefix(p, &hub->router_addresses, prefix_of(p->plan->networks.items[i].gateway));
	add_prefix(p, &hub->house4, hub->network);
	add_prefix(p, &hub->house6, hub->network6);
	for (size_t i = 0; i < p->site->networks.count; i++)
		add_prefix(p, &hub->house4, p->site->networks.items[i].subnet.value);
	for (size_t i = 0; i < p->access.count; i++)
		for (size_t k = 0; k < p->access.items[i].client->routes.count; k++)
			add_prefix(p, &hub->house4, p->access.items[i].client->routes.items[k].value);
	reduce_prefixes(&hub->house4);
	reduce_prefixes(&hub->house6);
}

static struct plan_peer *add_peer(struct planner *p, struct str label, struct span at)
{
	struct plan_peer *peer = LIST_ADD(p->arena, &p->plan->hub.peers);
	peer->label = text_at(label, at);
	return peer;
}

static void keys_of(struct planner *p, struct plan_peer *peer, struct str identity, struct span at)
{
	struct keypair pair;
	if (keystore_pair(p->keys, identity, at, &pair))
		peer->public_key = text_at(str_copy(p->arena, str_of(pair.public_key)), at);
	if (p->site->tunnel.preshared_keys.value)
		keystore_preshared(p->keys, identity, at, &peer->preshared_key);
}

static void plan_router_peer(struct planner *p)
{
	const struct site_router *router = &p->site->router;
	if (!router->head.present)
		return;
	struct plan_peer *peer = add_peer(p, STR("router"), router->head.at);
	keys_of(p, peer, STR("router"), router->head.at);
	add_prefix(p, &peer->allowed_ips, prefix_of(router->address.value));
	if (p->plan->hub.ipv6)
		add_prefix(p, &peer->allowed_ips, prefix_of(router->address6.value));
	for (size_t i = 0; i < p->plan->networks.count; i++)
		add_prefix(p, &peer->allowed_ips, p->plan->networks.items[i].subnet);
	reduce_prefixes(&peer->allowed_ips);
}

static void plan_client_peer(struct planner *p, const struct client_access *access)
{
	const struct site_client *client = access->client;
	struct plan_hub *hub = &p->plan->hub;
	struct plan_peer *peer = add_peer(p, str_format(p->arena, "client %.*s", STR_ARG(client->head.name)), client->head.at);
	struct str identity = str_format(p->arena, "clients/%.*s", STR_ARG(client->head.name));
	if (client->public_key.value.ptr) {
		peer->public_key = text_of(client->public_key);
		if (p->site->tunnel.preshared_keys.value)
			keystore_preshared(p->keys, identity, client->head.at, &peer->preshared_key);
	} else {
		keys_of(p, peer, identity, client->head.at);
	}
	add_prefix(p, &peer->allowed_ips, prefix_of(client->address.value));
	if (hub->ipv6)
		add_prefix(p, &peer->allowed_ips, prefix_of(client->address6.value));
	for (size_t i = 0; i < client->routes.count; i++)
		add_prefix(p, &peer->allowed_ips, client->routes.items[i].value);
	reduce_prefixes(&peer->allowed_ips);
	for (size_t i = 0; i < access->flows.count; i++) {
		const struct plan_flow *flow = &access->flows.items[i];
		*(struct plan_flow *)LIST_ADD(p->arena, flow->hosts_only ? &hub->network_flows : &hub->flows) = *flow;
	}
	if (!site_client_goes_out(client))
		return;
	add_prefix(p, &hub->full4, prefix_of(client->address.value));
	add_prefix(p, &hub->full6, prefix_of(client->address6.value));
}

/* WireGuard merges two peers with one key; the site file shows only keys that clients bring themselves. */
static void check_public_keys(struct planner *p)
{
	struct plan_hub *hub = &p->plan->hub;
	struct map keys = { .arena = p->arena };
	struct plan_peer self = { .label = text_at(STR("the hub"), p->site->tunnel.head.at), .public_key = hub->public_key };
	if (self.public_key.value.ptr)
		map_add(&keys, self.public_key.value, &self);
	for (size_t i = 0; i < hub->peers.count; i++) {
		struct plan_peer *peer = &hub->peers.items[i];
		const struct plan_peer *first = peer->public_key.value.ptr ? map_add(&keys, peer->public_key.value, peer) : NULL;
		if (!first || diags_have(p->diags, DIAG_DUPLICATE_KEY))
			continue;
		struct diagnostic *found = diag_add(p->diags, DIAG_DUPLICATE_KEY, peer->public_key.at, "%.*s has the same public key as %.*s",
			STR_ARG(peer->label.value), STR_ARG(first->label.value));
		diag_note(p->diags, found, first->label.at, "%.*s is declared here", STR_ARG(first->label.value));
		diag_help(p->diags, found, "WireGuard would merge the two into one: each machine needs a key of its own");
	}
}

void plan_hub(struct planner *p)
{
	struct plan_hub *hub = &p->plan->hub;
	struct keypair pair;
	plan_hub_addresses(p);
	plan_openings(p);
	plan_house(p);
	if (keystore_pair(p->keys, STR("vps"), p->site->tunnel.head.at, &pair)) {
		hub->private_key = pair.private_key;
		hub->public_key = text_at(str_copy(p->arena, str_of(pair.public_key)), p->site->tunnel.head.at);
	}
	plan_router_peer(p);
	for (size_t i = 0; i < p->access.count; i++)
		plan_client_peer(p, &p->access.items[i]);
	hub->nat66 = hub->full6.count > 0 && hub->address6.family == IP_V6;
	check_public_keys(p);
}
