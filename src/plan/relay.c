/* The relay: listens, targets, and the names that may pass. */
#include "plan/planner.h"

#include <stdlib.h>

static int by_text(const void *a, const void *b)
{
	return str_compare(((const struct text *)a)->value, ((const struct text *)b)->value);
}

static text_list published_names(struct planner *p)
{
	text_list names = { 0 };
	for (size_t i = 0; i < p->site->services.count; i++) {
		const struct site_service *service = &p->site->services.items[i];
		if (site_service_has_via(service, VIA_RELAY))
			*(struct text *)LIST_ADD(p->arena, &names) = text_at(str_lower(p->arena, service->name.value), service->name.at);
	}
	if (names.count > 0)
		qsort(names.items, names.count, sizeof *names.items, by_text);
	return names;
}

static int by_listen_name(const void *a, const void *b)
{
	return str_compare(((const struct plan_listen *)a)->name.value, ((const struct plan_listen *)b)->name.value);
}

static int by_redirect_name(const void *a, const void *b)
{
	return str_compare(((const struct plan_redirect *)a)->name.value, ((const struct plan_redirect *)b)->name.value);
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return x < y ? -1 : x > y;
}

static void plan_ports(struct planner *p, int protocol, text_list *list)
{
	size_t count = 0;
	int64_t *ports = arena_array(p->arena, p->site->relay.count, sizeof *ports);
	for (size_t i = 0; i < p->site->relay.count; i++)
		if (p->site->relay.items[i].protocol.value == protocol)
			ports[count++] = p->site->relay.items[i].listen.value;
	if (count > 0)
		qsort(ports, count, sizeof *ports, by_number);
	for (size_t i = 0; i < count; i++)
		((struct text *)LIST_ADD(p->arena, list))->value = str_format(p->arena, "%d", (int)ports[i]);
}

/* A local port for the server that hangs up, which no listen and no sshd has. */
static int64_t free_port(const struct planner *p)
{
	for (int64_t port = 61443;; port++) {
		bool taken = port == p->site->vps.ssh_port.value;
		for (size_t i = 0; !taken && i < p->site->relay.count; i++)
			taken = p->site->relay.items[i].listen.value == port;
		if (!taken)
			return port;
	}
}

static void plan_listen(struct planner *p, struct plan_relay *relay, const struct site_listen *site, text_list names)
{
	struct text name = text_at(site->head.name, site->head.at);
	if (site->redirect.value) {
		*(struct plan_redirect *)LIST_ADD(p->arena, &relay->redirects) = (struct plan_redirect){ name, site->listen.value, names };
		return;
	}
	struct plan_listen *listen = LIST_ADD(p->arena, &relay->listens);
	*listen = (struct plan_listen){ .name = name, .port = site->listen.value };
	listen->any = site->names.set && site->names.value == NAMES_ANY;
	listen->tls = site->tls && !listen->any;
	listen->udp = site->protocol.value == RELAY_UDP;
	listen->proxy = site->proxy_protocol.value;
	listen->http3 = site->http3;
	if (listen->tls)
		listen->names = names;
	relay->reads_names = relay->reads_names || listen->tls;
	relay->tcp = relay->tcp || !listen->udp;
	relay->udp = relay->udp || listen->udp;
	relay->proxy = relay->proxy || listen->proxy;
	listen->upstream = (struct plan_upstream){
		.id = text_at(str_format(p->arena, "hlgen_to_%.*s", STR_ARG(site->head.name)), site->head.at),
		.address = site->target, .port = site->target_port };
}

/* A session takes two of a worker's connections: 16,384 in our own nginx, 768 in a shared one. However many UDP ports there are, together
 * they leave most of these to TCP, and none of them has another one's share. */
static int64_t udp_share(const struct plan_relay *relay)
{
	int64_t all = relay->dedicated ? 2000 : 100, ports = (int64_t)relay->udp_ports.count;
	return ports == 0 ? 0 : ports < all ? all / ports : 1;
}

void plan_relay(struct planner *p)
{
	if (p->site->relay.count == 0)
		return;
	struct plan_relay *relay = p->plan->relay = ARENA_NEW(p->arena, struct plan_relay);
	text_list names = published_names(p);
	relay->dedicated = p->site->vps.nginx.value == NGINX_DEDICATED;
	for (size_t i = 0; i < p->site->relay.count; i++)
		plan_listen(p, relay, &p->site->relay.items[i], names);
	if (relay->listens.count > 0)
		qsort(relay->listens.items, relay->listens.count, sizeof *relay->listens.items, by_listen_name);
	if (relay->redirects.count > 0)
		qsort(relay->redirects.items, relay->redirects.count, sizeof *relay->redirects.items, by_redirect_name);
	plan_ports(p, RELAY_TCP, &relay->ports);
	plan_ports(p, RELAY_UDP, &relay->udp_ports);
	relay->udp_sessions = udp_share(relay);
	relay->reject_port = free_port(p);
}
