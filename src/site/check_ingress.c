/* The ingress controller behind the relay: an entry point of its own, and a target that knows of PROXY protocol. */
#include "site/checks.h"
#include "site/releases.h"

static bool is_proxied(const struct site_listen *listen)
{
	return listen->proxy_protocol.value && listen->protocol.value == RELAY_TCP && listen->target.family != IP_NONE;
}

/* What Traefik's chart brings along. */
static void check_entry_point(struct checker *c, const struct site_ingress *ingress)
{
	static const char *const names[] = { "web", "websecure", "traefik", "metrics" };
	const struct site_entry_point *entry = &ingress->entry_point;
	for (size_t i = 0; entry->name.value.ptr && i < sizeof names / sizeof *names; i++)
		if (str_equal(entry->name.value, str_of(names[i]))) {
			struct diagnostic *found = diag_add(c->diags, DIAG_ENTRY_POINT_TAKEN, entry->name.at,
				"Traefik's chart has an entry point '%s' of its own", names[i]);
			diag_help(c->diags, found, "unpublished routes attach to it, too: choose another name, for example 'public'");
		}
	if (entry->port.value == 80 || entry->port.value == 443) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ENTRY_POINT_TAKEN, entry->port.at, "port %d of the ingress is that of '%s'",
			(int)entry->port.value, entry->port.value == 80 ? "web" : "websecure");
		diag_help(c->diags, found, "choose another port, for example 8443; visitors never see it");
	}
	if (ingress->chart_release.count == 0 || release_knows(ingress->chart_release, CHART_DEFAULT_ENTRIES))
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_RELEASE_OLD, ingress->chart.at,
		"the Traefik chart %.*s cannot keep routes out of an entry point: that came with %s", STR_ARG(ingress->chart.value),
		release_first(CHART_DEFAULT_ENTRIES));
	diag_note(c->diags, found, entry->head.at, "an entry point for published routes is asked for here");
	diag_help(c->diags, found, "upgrade it: with Traefik 2 each route that names no entry point is open on all of them");
}

/* Without the chart's release nothing is written for the ingress, and what it must know is left to its owner. */
static void check_written(struct checker *c, const struct site_ingress *ingress)
{
	const struct site *site = c->site;
	if (ingress->chart.set && ingress->chart_release.count == 0)
		return;
	for (size_t i = 0; i < site->relay.count; i++) {
		const struct site_listen *listen = &site->relay.items[i];
		bool known = ingress->chart.set && (listen->target_port == 80 || listen->target_port == 443 ||
			(ingress->entry_point.head.present && listen->target_port == ingress->entry_point.port.value));
		if (known || !is_proxied(listen) || !listen->to_ingress)
			continue;
		struct diagnostic *found = diag_add(c->diags, DIAG_INGRESS_BY_HAND, listen->proxy_protocol.at,
			"nothing is written that makes port %d of the ingress expect what relay '%.*s' sends", (int)listen->target_port,
			STR_ARG(listen->head.name));
		if (ingress->chart.set)
			diag_help(c->diags, found, "it is no entry point that hlgen knows: use ingress:443, or 'entry_point'");
		else
			diag_help(c->diags, found, "add for example 'chart: 41.3.0' to kubernetes.ingress (helm list -A), or set it up there by hand, first");
	}
	if (ingress->chart.set || !ingress->entry_point.head.present)
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_INGRESS_BY_HAND, ingress->entry_point.head.at,
		"nothing is written that makes this entry point");
	diag_help(c->diags, found, "add for example 'chart: 41.3.0' to kubernetes.ingress (helm list -A), or make it by hand, first");
}

/* Traefik announces HTTP/3 on its TCP port, for the port that visitors see. */
static void check_http3(struct checker *c, const struct site_listen *udp)
{
	const struct site_entry_point *own = &c->site->kubernetes.ingress.entry_point;
	const struct site_listen *tcp = NULL;
	for (size_t i = 0; i < c->site->relay.count; i++)
		if (c->site->relay.items[i].protocol.value == RELAY_TCP && c->site->relay.items[i].listen.value == udp->listen.value)
			tcp = &c->site->relay.items[i];
	bool heard = tcp && tcp->to_ingress && tcp->target_port != 80, ends = udp->target_port == udp->listen.value;
	bool on_own = heard && own->port.set && tcp->target_port == own->port.value;
	if (heard && udp->entry_point && !on_own) {
		struct diagnostic *found = diag_add(c->diags, DIAG_INGRESS_BY_HAND, udp->to.at,
			"the HTTP/3 of relay '%.*s' would be answered by another entry point than '%.*s'", STR_ARG(udp->head.name), STR_ARG(own->name.value));
		diag_note(c->diags, found, tcp->to.at, "by TCP the same port leads here, and this is where HTTP/3 is announced");
		diag_help(c->diags, found, "lead both to the same entry point, or remove this one: all that the other one serves would be open");
	} else if (!heard || !ends) {
		struct diagnostic *found = diag_add(c->diags, DIAG_INGRESS_BY_HAND, udp->to.at,
			"nothing is written that makes UDP port %d of the ingress answer relay '%.*s'", (int)udp->target_port, STR_ARG(udp->head.name));
		diag_help(c->diags, found, heard ? "HTTP/3 ends at the port that visitors see: write 'to: ingress:%d'" :
			"Traefik announces HTTP/3 by TCP: add a relay that listens on %d by TCP, or remove this one", (int)udp->listen.value);
	} else if (on_own && own->name.value.len > 9) {
		struct diagnostic *found = diag_add(c->diags, DIAG_BAD_NAME, own->name.at, "entry point '%.*s' has too long a name for HTTP/3",
			STR_ARG(own->name.value));
		diag_note(c->diags, found, udp->head.at, "HTTP/3 is asked for here");
		diag_help(c->diags, found, "its UDP port gets '-http3' behind it, and Kubernetes takes 15 characters: choose one of at most 9");
	}
}

static void check_trust(struct checker *c, const struct site_kubernetes *kubernetes)
{
	const struct site *site = c->site;
	if (!kubernetes->ingress.chart.set || kubernetes->cilium.release.count == 0 ||
		release_knows(kubernetes->cilium.release, CILIUM_LOCAL_ANNOUNCED))
		return;
	for (size_t i = 0; i < site->relay.count; i++) {
		const struct site_listen *listen = &site->relay.items[i];
		if (!is_proxied(listen) || !listen->to_ingress)
			continue;
		struct diagnostic *found = diag_add(c->diags, DIAG_PROXY_TRUSTS_NODES, listen->proxy_protocol.at,
			"before Cilium %s Traefik must believe its nodes, not only the hub, when they name a visitor's address",
			release_first(CILIUM_LOCAL_ANNOUNCED));
		diag_note(c->diags, found, kubernetes->cilium.version.at, "the release is %.*s", STR_ARG(kubernetes->cilium.version.value));
		diag_help(c->diags, found, kubernetes->pod_network.set ? "upgrade Cilium; until then whoever is inside could pose as any visitor" :
			"upgrade Cilium; until then add 'pod_network' to kubernetes, or visitors may look like a node");
		return;
	}
}

/* A target that believes the hub would believe a visitor, too, who writes such a header himself. */
static void check_mixed(struct checker *c, const struct site_listen *plain)
{
	for (size_t i = 0; i < c->site->relay.count; i++) {
		const struct site_listen *proxied = &c->site->relay.items[i];
		if (!is_proxied(proxied) || proxied->target_port != plain->target_port || !ip_equal(proxied->target, plain->target))
			continue;
		struct diagnostic *found = diag_add(c->diags, DIAG_PROXY_MIXED, plain->proxy_protocol.set ? plain->proxy_protocol.at : plain->head.at,
			"relay '%.*s' sends no visitor's address to a target that expects one", STR_ARG(plain->head.name));
		diag_note(c->diags, found, proxied->proxy_protocol.at, "relay '%.*s' sends it to the same port", STR_ARG(proxied->head.name));
		diag_help(c->diags, found, "its visitors could name any address as theirs: add 'proxy_protocol: true', or use another port of the target");
		return;
	}
}

void check_ingress(struct checker *c)
{
	const struct site *site = c->site;
	const struct site_kubernetes *kubernetes = &site->kubernetes;
	for (size_t i = 0; i < site->relay.count; i++)
		if (!is_proxied(&site->relay.items[i]) && site->relay.items[i].protocol.value == RELAY_TCP &&
			site->relay.items[i].target.family != IP_NONE)
			check_mixed(c, &site->relay.items[i]);
	if (!kubernetes->ingress.head.present || kubernetes->ingress.head.broken)
		return;
	if (kubernetes->ingress.entry_point.head.present && !kubernetes->ingress.entry_point.head.broken)
		check_entry_point(c, &kubernetes->ingress);
	check_written(c, &kubernetes->ingress);
	for (size_t i = 0; kubernetes->ingress.chart_release.count > 0 && i < site->relay.count; i++)
		if (site->relay.items[i].protocol.value == RELAY_UDP && site->relay.items[i].to_ingress && !site->relay.items[i].head.broken)
			check_http3(c, &site->relay.items[i]);
	check_trust(c, kubernetes);
}
