/* The ingress controller: the entry points of Traefik that the relay uses, and whom they believe a visitor's address. */
#include "plan/planner.h"

#include "site/releases.h"

enum { INSIDE_PORT = 10443 }; /* of an entry point of its own in Traefik's pod; the chart's own are 8000, 8080, 8443, 9000, 9100 */

/* The visitors' port of HTTP/3 beside this TCP listen; 0: none. The chart's service gets the port that Traefik announces, so that
 * only a relay to the same port ends there. */
static int64_t http3_beside(const struct planner *p, const struct site_listen *tcp)
{
	for (size_t i = 0; i < p->site->relay.count; i++) {
		const struct site_listen *udp = &p->site->relay.items[i];
		if (udp->protocol.value == RELAY_UDP && udp->to_ingress && udp->listen.value == tcp->listen.value &&
			udp->target_port == udp->listen.value)
			return udp->listen.value;
	}
	return 0;
}

static void add_entry_point(struct planner *p, struct plan_traefik *traefik, struct text name, int64_t port, bool own)
{
	struct plan_entry_point entry = { .name = name, .port = port, .own = own, .tls = own || port == 443 };
	for (size_t i = 0; i < p->site->relay.count; i++) {
		const struct site_listen *listen = &p->site->relay.items[i];
		if (listen->protocol.value != RELAY_TCP || !listen->to_ingress || listen->target_port != port)
			continue;
		entry.relayed = true;
		entry.proxy = entry.proxy || listen->proxy_protocol.value;
		if (entry.tls && entry.http3 == 0)
			entry.http3 = http3_beside(p, listen);
	}
	if (own)
		entry.inside = INSIDE_PORT;
	traefik->own = traefik->own || own;
	traefik->proxy = traefik->proxy || entry.proxy;
	*(struct plan_entry_point *)LIST_ADD(p->arena, &traefik->entry_points) = entry;
}

/* Below 1.20.2 any node may answer for the address, so the others must serve it, too (traffic policy Cluster): a node without a pod
 * of Traefik passes the connection on under an address of its own, with a tunnel between nodes under one of the pod network. */
static void trust_nodes(struct planner *p, struct plan_traefik *traefik)
{
	const struct site_kubernetes *site = &p->site->kubernetes;
	traefik->nodes = true;
	for (size_t i = 0; i < site->nodes.count; i++)
		add_prefix(p, &traefik->trusted, prefix_of(site->nodes.items[i].address.value));
	if (site->nodes.count == 0)
		add_prefix(p, &traefik->trusted, site->network->subnet.value);
	if (site->pod_network.value.ip.family == IP_V4)
		add_prefix(p, &traefik->trusted, site->pod_network.value);
}

static void plan_trust(struct planner *p, struct plan_traefik *traefik)
{
	const struct site_kubernetes *site = &p->site->kubernetes;
	struct span at = site->ingress.chart.at;
	add_prefix(p, &traefik->trusted, prefix_of(p->site->tunnel.address.value));
	if (!traefik->local)
		trust_nodes(p, traefik);
	traefik->policy = text_at(traefik->local ? STR("Local") : STR("Cluster"), at);
	reduce_prefixes(&traefik->trusted);
}

void plan_ingress(struct planner *p)
{
	const struct site_ingress *site = &p->site->kubernetes.ingress;
	if (!site->head.present)
		return;
	struct plan_ingress *ingress = p->plan->cluster->ingress = ARENA_NEW(p->arena, struct plan_ingress);
	*ingress = (struct plan_ingress){ .address = site->address.value, .address_prefix = prefix_of(site->address.value),
		.suffix6 = site->address6.value, .namespace = text_of(site->namespace), .service = text_of(site->service) };
	if (!site->chart.set)
		return;
	struct plan_traefik *traefik = ARENA_NEW(p->arena, struct plan_traefik);
	traefik->chart = text_of(site->chart);
	traefik->tls_in_http = release_knows(site->chart_release, CHART_TLS_IN_HTTP);
	add_entry_point(p, traefik, text_at(STR("web"), site->chart.at), 80, false);
	add_entry_point(p, traefik, text_at(STR("websecure"), site->chart.at), 443, false);
	if (site->entry_point.head.present)
		add_entry_point(p, traefik, text_of(site->entry_point.name), site->entry_point.port.value, true);
	const struct site_cilium *cilium = &p->site->kubernetes.cilium;
	traefik->local = !cilium->head.present || release_knows(cilium->release, CILIUM_LOCAL_ANNOUNCED);
	if (traefik->proxy)
		plan_trust(p, traefik);
	traefik->umbrella = text_of(site->umbrella);
	traefik->dual_stack = p->plan->cluster->ipv6 && site->address6.value.family == IP_V6;
	traefik->ports = traefik->own || traefik->proxy;
	for (size_t i = 0; i < traefik->entry_points.count; i++)
		traefik->ports = traefik->ports || (traefik->entry_points.items[i].relayed && traefik->entry_points.items[i].tls);
	if (traefik->ports || traefik->dual_stack)
		ingress->traefik = traefik;
}
