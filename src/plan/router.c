/* The router's end of the tunnel: addresses, routes, and what may come out of the tunnel into the LAN or to the router itself. */
#include "base/map.h"
#include "plan/planner.h"
#include "site/releases.h"

struct router_builder {
	struct planner *p;
	struct plan_router *router;
	struct map keys; /* flows that are there already */
};

static bool overlaps_network(const struct planner *p, struct prefix to)
{
	for (size_t i = 0; i < p->plan->networks.count; i++)
		if (prefix_overlaps(p->plan->networks.items[i].subnet, to))
			return true;
	return false;
}

/* Whether `to` contains an address of the router itself: then its packets come to the input chain. */
static bool contains_router(const struct planner *p, struct prefix to)
{
	const struct site_router *router = &p->site->router;
	if (prefix_contains(to, router->address.value) || prefix_contains(to, router->address6.value))
		return true;
	for (size_t i = 0; i < p->plan->networks.count; i++)
		if (prefix_contains(to, p->plan->networks.items[i].gateway))
			return true;
	return false;
}

static void add_flow(struct router_builder *b, flow_list *list, const struct plan_flow *flow)
{
	*(struct plan_flow *)LIST_ADD(b->p->arena, list) = *flow;
}

/* Sorts a flow into the router's chains. A network's name does not open the router's own addresses in it. */
static void place_flow(struct router_builder *b, struct plan_flow flow)
{
	struct plan_router *router = b->router;
	if (map_add(&b->keys, flow.key.value, b))
		return;
	bool single = flow.to.length == ip_bits(flow.to.ip);
	if (b->p->plan->hub.masquerade && !overlaps_network(b->p, flow.to))
		return; /* the hub masquerades towards the networks only */
	bool to_router = contains_router(b->p, flow.to) && !flow.hosts_only;
	if (to_router)
		add_flow(b, flow.ipv6 ? &router->input6 : &router->input4, &flow);
	if (!flow.ipv6 && overlaps_network(b->p, flow.to) && !(to_router && single))
		add_flow(b, &router->forward4, &flow);
}

/* With a masquerading hub the router sees one source: what any client may reach, the hub may. */
static struct plan_flow from_hub(struct planner *p, struct plan_flow flow, const struct site_client *client)
{
	const char *kind = flow.ipv6 ? "client6" : "client";
	struct str prefix = str_format(p->arena, "%s/%.*s/", kind, STR_ARG(client->head.name));
	struct str what = str_slice(flow.key.value, prefix.len, flow.key.value.len);
	flow.key.value = str_format(p->arena, "%ss/%.*s", kind, STR_ARG(what));
	flow.why.value = str_format(p->arena, "clients behind the hub to %.*s", STR_ARG(what));
	flow.from = prefix_of(flow.ipv6 ? p->plan->hub.tunnel_address6 : p->plan->hub.tunnel_address);
	return flow;
}

static void relay_flow(struct router_builder *b, const struct site_listen *listen)
{
	struct planner *p = b->p;
	char text[IP_TEXT];
	if (listen->target.family != IP_V4)
		return;
	struct plan_flow flow = {
		.key = text_at(str_format(p->arena, "relay/%.*s", STR_ARG(listen->head.name)), listen->head.at),
		.why = text_at(str_format(p->arena, "relay %.*s to %s", STR_ARG(listen->head.name), ip_format(listen->target, text)), listen->head.at),
		.from = prefix_of(p->plan->hub.tunnel_address), .to = prefix_of(listen->target),
		.protocol = text_at(listen->protocol.value == RELAY_UDP ? STR("udp") : STR("tcp"), listen->head.at),
		.ports = text_at(str_format(p->arena, "%u", listen->target_port), listen->head.at),
	};
	place_flow(b, flow);
}

static void plan_flows(struct router_builder *b)
{
	struct planner *p = b->p;
	for (size_t i = 0; i < p->site->relay.count; i++)
		relay_flow(b, &p->site->relay.items[i]);
	flows_sort(&b->router->forward4);
	flows_sort(&b->router->input4);
	size_t relays = b->router->forward4.count;
	for (size_t i = 0; i < p->access.count; i++)
		for (size_t k = 0; k < p->access.items[i].flows.count; k++) {
			struct plan_flow flow = p->access.items[i].flows.items[k];
			place_flow(b, p->plan->hub.masquerade ? from_hub(p, flow, p->access.items[i].client) : flow);
		}
	b->router->routed = b->router->forward4.count > relays;
}

static void plan_addresses(struct planner *p, struct plan_router *router)
{
	const struct site_router *site = &p->site->router;
	struct plan_hub *hub = &p->plan->hub;
	router->address = (struct prefix){ site->address.value, hub->network.length };
	if (hub->ipv6)
		router->address6 = (struct prefix){ site->address6.value, hub->network6.length };
	if (hub->masquerade) {
		add_prefix(p, &router->allowed_addresses, prefix_of(hub->tunnel_address));
		if (hub->ipv6)
			add_prefix(p, &router->allowed_addresses, prefix_of(hub->tunnel_address6));
		return;
	}
	add_prefix(p, &router->allowed_addresses, hub->network);
	add_prefix(p, &router->allowed_addresses, hub->network6);
	for (size_t i = 0; i < p->access.count; i++)
		for (size_t k = 0; k < p->access.items[i].client->routes.count; k++)
			add_prefix(p, &router->routes, p->access.items[i].client->routes.items[k].value);
	reduce_prefixes(&router->routes);
	for (size_t i = 0; i < router->routes.count; i++)
		add_prefix(p, &router->allowed_addresses, router->routes.items[i]);
}

static void add_text(struct planner *p, text_list *list, struct site_text text)
{
	*(struct text *)LIST_ADD(p->arena, list) = text_of(text);
}

/* What the router is told about its own interfaces, and how it is to be changed. */
static void plan_device(struct planner *p, struct plan_router *router)
{
	const struct site_router *site = &p->site->router;
	router->wan = text_of(site->wan);
	router->bridge = text_of(site->bridge);
	router->lan_list = text_of(site->lan_list);
	add_text(p, &router->tagged, site->bridge);
	for (size_t i = 0; i < site->trunk.count; i++) {
		add_text(p, &router->trunk, site->trunk.items[i]);
		add_text(p, &router->tagged, site->trunk.items[i]);
	}
	router->manage_vlans = site->manage_vlans.value;
	for (size_t i = 0; i < p->plan->networks.count; i++) {
		const struct plan_network *network = &p->plan->networks.items[i];
		router->vlans = router->vlans || network->vlan > 0;
		/* A VLAN that the import makes is no way in before it. */
		if (router->inside.family == IP_NONE && !(router->manage_vlans && network->vlan > 0))
			router->inside = network->gateway;
	}
	router->take_over = site->take_over.value;
	router->rollback = site->rollback_after.value;
	router->dry_run = release_knows(site->release, IMPORT_DRY_RUN);
	router->keeps_subnet_ids = release_knows(site->release, KEEPS_SUBNET_IDS);
}

void plan_router(struct planner *p)
{
	const struct site *site = p->site;
	struct keypair pair;
	if (!site->router.head.present)
		return;
	struct plan_router *router = p->plan->router = ARENA_NEW(p->arena, struct plan_router);
	router->version = text_of(site->router.version);
	router->interface = text_of(site->router.interface);
	if (keystore_pair(p->keys, STR("router"), site->router.head.at, &pair)) {
		router->private_key = pair.private_key;
		router->public_key = text_at(str_copy(p->arena, str_of(pair.public_key)), site->router.head.at);
	}
	router->preshared_key = p->plan->hub.peers.items[0].preshared_key; /* the router is the first peer */
	router->endpoint = site->vps.address.value;
	router->endpoint_port = site->tunnel.port.value;
	router->listen_port = site->router.listen_port.value;
	router->mtu = site->tunnel.mtu.value;
	router->keepalive = site->tunnel.keepalive.value;
	router->ipv6 = p->plan->hub.ipv6;
	plan_addresses(p, router);
	plan_device(p, router);
	struct router_builder builder = { p, router, { .arena = p->arena } };
	plan_flows(&builder);
}
