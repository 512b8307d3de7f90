/* Who may open connections to what: each client's reach as flows, computed once for hub, router and client alike. */
#include "base/map.h"
#include "plan/planner.h"

#include <stdlib.h>

struct access_builder {
	struct planner *p;
	struct client_access *access;
	struct map keys; /* flows that are there already */
};

static struct str protocol_name(enum protocol protocol)
{
	return protocol == PROTOCOL_TCP ? STR("tcp") : protocol == PROTOCOL_UDP ? STR("udp") : (struct str){ NULL, 0 };
}

static struct str port_text(struct arena *arena, uint16_t first, uint16_t last)
{
	if (first == 0)
		return (struct str){ NULL, 0 };
	return first == last ? str_format(arena, "%u", first) : str_format(arena, "%u-%u", first, last);
}

/* A flow from the client's own address of the destination's family; NULL when it is there already. `what` names the
 * destination in key and comment. */
static struct plan_flow *add_flow(struct access_builder *b, struct prefix to, enum protocol protocol, uint16_t first, uint16_t last, const char *what)
{
	const struct site_client *client = b->access->client;
	struct arena *arena = b->p->arena;
	struct ip from = to.ip.family == IP_V6 ? client->address6.value : client->address.value;
	if (to.ip.family == IP_NONE || from.family == IP_NONE)
		return NULL;
	struct str key = str_format(arena, "%s/%.*s/%s", to.ip.family == IP_V6 ? "client6" : "client", STR_ARG(client->head.name), what);
	if (map_add(&b->keys, key, b))
		return NULL;
	struct plan_flow *flow = LIST_ADD(arena, &b->access->flows);
	*flow = (struct plan_flow){
		.key = text_at(key, client->head.at),
		.why = text_at(str_format(arena, "client %.*s to %s", STR_ARG(client->head.name), what), client->head.at),
		.from = prefix_of(from), .to = to,
		.protocol = text_at(protocol_name(protocol), client->head.at),
		.ports = text_at(port_text(arena, first, last), client->head.at),
		.ipv6 = to.ip.family == IP_V6,
	};
	return flow;
}

static void reach_router(struct access_builder *b)
{
	const struct site *site = b->p->site;
	if (site->tunnel.clients_appear_as.value == APPEAR_THEMSELVES) {
		add_flow(b, prefix_of(site->router.address.value), PROTOCOL_ANY, 0, 0, "router");
		if (site->router.address6.value.family != IP_NONE)
			add_flow(b, prefix_of(site->router.address6.value), PROTOCOL_ANY, 0, 0, "router");
	}
	for (size_t i = 0; i < b->p->plan->networks.count; i++) {
		const struct plan_network *network = &b->p->plan->networks.items[i];
		add_flow(b, prefix_of(network->gateway), PROTOCOL_ANY, 0, 0,
			str_format(b->p->arena, "router-in/%.*s", STR_ARG(network->name.value)).ptr);
	}
}

static const char *prefix_label(struct arena *arena, const struct site_reach *reach)
{
	char text[PREFIX_TEXT];
	if (reach->prefix.length == ip_bits(reach->prefix.ip))
		ip_format(reach->prefix.ip, text);
	else
		prefix_format(reach->prefix, text);
	struct str protocol = protocol_name(reach->protocol), ports = port_text(arena, reach->first, reach->last);
	return str_format(arena, "%s%s%.*s%s%.*s", text, ports.len ? ":" : "", STR_ARG(ports), protocol.len ? "/" : "", STR_ARG(protocol)).ptr;
}

static void add_reach(struct access_builder *b, const struct site_reach *reach)
{
	const struct site *site = b->p->site;
	struct arena *arena = b->p->arena;
	struct plan_flow *flow;
	switch (reach->kind) {
	case REACH_PREFIX:
		add_flow(b, reach->prefix, reach->protocol, reach->first, reach->last, prefix_label(arena, reach));
		break;
	case REACH_NETWORK:
		flow = add_flow(b, reach->network->subnet.value, PROTOCOL_ANY, 0, 0, str_copy(arena, reach->network->head.name).ptr);
		if (flow)
			flow->hosts_only = true;
		break;
	case REACH_CLIENT:
		if (!reach->client->enabled.value)
			break;
		add_flow(b, prefix_of(reach->client->address.value), PROTOCOL_ANY, 0, 0, str_copy(arena, reach->client->head.name).ptr);
		if (reach->client->address6.value.family != IP_NONE)
			add_flow(b, prefix_of(reach->client->address6.value), PROTOCOL_ANY, 0, 0, str_copy(arena, reach->client->head.name).ptr);
		break;
	case REACH_INGRESS:
		add_flow(b, prefix_of(site->kubernetes.ingress.address.value), PROTOCOL_ANY, 0, 0, "ingress");
		break;
	case REACH_ROUTER:
		reach_router(b);
		break;
	}
}

/* A `dns:` that is an address of the router opens port 53 to it. */
static void add_dns(struct access_builder *b, struct ip server)
{
	if (!site_is_router_address(b->p->site, server))
		return;
	char text[IP_TEXT];
	ip_format(server, text);
	add_flow(b, prefix_of(server), PROTOCOL_UDP, 53, 53, str_format(b->p->arena, "dns/%s/udp", text).ptr);
	add_flow(b, prefix_of(server), PROTOCOL_TCP, 53, 53, str_format(b->p->arena, "dns/%s/tcp", text).ptr);
}

static int by_client_name(const void *a, const void *b)
{
	return str_compare(((const struct client_access *)a)->client->head.name, ((const struct client_access *)b)->client->head.name);
}

static int by_key(const void *a, const void *b)
{
	return str_compare(((const struct plan_flow *)a)->key.value, ((const struct plan_flow *)b)->key.value);
}

void flows_sort(flow_list *flows)
{
	if (flows->count > 0)
		qsort(flows->items, flows->count, sizeof *flows->items, by_key);
}

/* Whom a client may open connections to must send its answers into the tunnel. */
static void note_callers(struct planner *p)
{
	struct map by_address = { .arena = p->arena };
	bool routed = false; /* some client has subnets behind it */
	for (size_t i = 0; i < p->access.count; i++) {
		routed = routed || p->access.items[i].client->routes.count > 0;
		const struct site_client *client = p->access.items[i].client;
		map_add(&by_address, (struct str){ (const char *)&client->address.value, sizeof(struct ip) }, &p->access.items[i]);
		map_add(&by_address, (struct str){ (const char *)&client->address6.value, sizeof(struct ip) }, &p->access.items[i]);
	}
	for (size_t i = 0; i < p->access.count; i++)
		for (size_t k = 0; k < p->access.items[i].flows.count; k++) {
			const struct plan_flow *flow = &p->access.items[i].flows.items[k];
			struct client_access *called = map_get(&by_address, (struct str){ (const char *)&flow->to.ip, sizeof(struct ip) });
			bool single = flow->to.length == ip_bits(flow->to.ip);
			bool several = !single && (prefix_overlaps(flow->to, p->site->tunnel.network.value) ||
				prefix_overlaps(flow->to, p->site->tunnel.network6.value));
			if (single && called) {
				add_prefix(p, &called->from, flow->from);
				continue;
			}
			/* A network's hosts are no clients; a prefix of the tunnel may take in several; anything else may lie behind one. */
			for (size_t n = 0; !flow->hosts_only && (several || routed) && n < p->access.count; n++)
				if (n != i && site_client_lives_in(p->access.items[n].client, flow->to))
					add_prefix(p, &p->access.items[n].from, flow->from);
		}
}

void plan_access(struct planner *p)
{
	for (size_t i = 0; i < p->site->clients.count; i++)
		if (p->site->clients.items[i].enabled.value)
			((struct client_access *)LIST_ADD(p->arena, &p->access))->client = &p->site->clients.items[i];
	if (p->access.count == 0)
		return;
	qsort(p->access.items, p->access.count, sizeof *p->access.items, by_client_name);
	for (size_t i = 0; i < p->access.count; i++) {
		struct access_builder builder = { p, &p->access.items[i], { .arena = p->arena } };
		const struct site_client *client = builder.access->client;
		for (size_t k = 0; k < client->reaches.count; k++)
			add_reach(&builder, &client->reaches.items[k]);
		for (size_t k = 0; k < client->dns.count; k++)
			add_dns(&builder, client->dns.items[k].value);
		flows_sort(&builder.access->flows);
	}
	note_callers(p);
}
