/* Relay and public names: every listen has one target that exists, every published name one way in. */
#include "site/checks.h"
#include "site/names.h"

static bool publishes_something(const struct site *site)
{
	for (size_t i = 0; i < site->services.count; i++)
		if (site_service_has_via(&site->services.items[i], VIA_RELAY))
			return true;
	return false;
}

static void check_target(struct checker *c, const struct site_listen *listen)
{
	struct site_network *network;
	if (listen->target.family == IP_NONE)
		return;
	network = site_network_of(c->site, listen->target);
	if (!network && networks_are_known(c->site)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_RELAY_OUTSIDE, listen->to.at, "the target %s of relay '%.*s' lies in no network of the house",
			ip_words(c, listen->target), STR_ARG(listen->head.name));
		diag_help(c->diags, found, "the hub has no way there: declare its network under 'networks', or correct the address");
	} else if (network && is_reserved_in(network->subnet.value, listen->target)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_RESERVED, listen->to.at,
			"the target %s of relay '%.*s' is the network or broadcast address of '%.*s'", ip_words(c, listen->target),
			STR_ARG(listen->head.name), STR_ARG(network->head.name));
		diag_help(c->diags, found, "write the address of one host");
	} else if (site_is_router_address(c->site, listen->target)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_RELAY_TO_ROUTER, listen->to.at, "relay '%.*s' opens the router itself to the internet",
			STR_ARG(listen->head.name));
		diag_help(c->diags, found, "give the address of the machine that is meant, or reach the router through a client's tunnel");
	}
}

static void report_key(struct checker *c, struct span at, struct span other, const char *why, const char *what, const char *help)
{
	struct diagnostic *found = diag_add(c->diags, DIAG_RELAY_KEY, at, "%s", what);
	diag_note(c->diags, found, other, "%s", why);
	diag_help(c->diags, found, "%s", help);
}

/* Settings that would be without effect: whoever wrote them expects one. */
static void check_keys(struct checker *c, const struct site_listen *listen)
{
	const char *who = str_format(c->arena, "relay '%.*s'", STR_ARG(listen->head.name)).ptr;
	bool udp = listen->protocol.value == RELAY_UDP;
	if (udp && listen->redirect.value)
		report_key(c, listen->redirect.at, listen->protocol.at, "it is UDP here",
			str_format(c->arena, "%s cannot redirect: HTTP to be redirected comes by TCP", who).ptr, "remove 'protocol: udp'");
	if (udp && listen->names.set)
		report_key(c, listen->names.at, listen->protocol.at, "it is UDP here",
			str_format(c->arena, "%s passes datagrams, in which no name can be read", who).ptr,
			"remove 'names': with UDP all that the target serves on this port is open to the internet");
	if (udp && listen->proxy_protocol.value)
		report_key(c, listen->proxy_protocol.at, listen->protocol.at, "it is UDP here",
			str_format(c->arena, "%s passes datagrams, which cannot carry the visitor's address", who).ptr,
			"remove 'proxy_protocol': with UDP every visitor has the hub's address");
	else if (listen->redirect.value && listen->proxy_protocol.value)
		report_key(c, listen->proxy_protocol.at, listen->redirect.at, "it redirects here",
			str_format(c->arena, "%s has no target to tell the visitor's address", who).ptr, "remove 'proxy_protocol'");
}

static void check_listen(struct checker *c, const struct site_listen *listen, bool published)
{
	if (listen->to.set == listen->redirect.value && !listen->head.broken) {
		struct diagnostic *found = diag_add(c->diags, DIAG_RELAY_TARGET, listen->to.set ? listen->redirect.at : listen->head.at,
			"relay '%.*s' has %s", STR_ARG(listen->head.name), listen->to.set ? "a target and a redirect" : "no target");
		diag_help(c->diags, found, listen->to.set ? "remove one of 'to' and 'redirect'" : "add 'to: ingress:443', or 'redirect: true'");
		return;
	}
	check_target(c, listen);
	if (listen->protocol.value == RELAY_UDP)
		return; /* see check_exposure() */
	bool any = listen->names.set && listen->names.value == NAMES_ANY;
	if (any && !listen->redirect.value) {
		struct diagnostic *found = diag_add(c->diags, DIAG_BLIND_RELAY, listen->names.at,
			"relay '%.*s' passes every name: all that the target serves is open to the internet", STR_ARG(listen->head.name));
		diag_help(c->diags, found, "use 'names: published' and list what is public under 'services'");
	} else if (!listen->tls && listen->to_ingress) {
		struct diagnostic *found = diag_add(c->diags, DIAG_BLIND_RELAY, listen->to.at,
			"relay '%.*s' passes plain HTTP for every name to the ingress", STR_ARG(listen->head.name));
		diag_help(c->diags, found, "it is needed for HTTP-01 certificates only: otherwise use 'redirect: true'");
	} else if ((listen->tls || listen->redirect.value) && !published && !c->site->disordered) {
		struct diagnostic *found = diag_add(c->diags, DIAG_NOTHING_PUBLISHED, listen->head.at,
			"relay '%.*s' passes published names only, but no service has 'via: relay'", STR_ARG(listen->head.name));
		diag_help(c->diags, found, "add one under 'services', for example: jellyfin: { via: relay }");
	}
}

/* A redirect sends visitors to https without a port, which is 443. */
static void check_redirect(struct checker *c, const struct site_listen *listen)
{
	if (!listen->redirect.value || listen->to.set)
		return;
	for (size_t i = 0; i < c->site->relay.count; i++) {
		const struct site_listen *other = &c->site->relay.items[i];
		if ((other->listen.value == 443 && other->protocol.value == RELAY_TCP) || other->head.broken)
			return;
	}
	struct diagnostic *found = diag_add(c->diags, DIAG_REDIRECT_NOWHERE, listen->redirect.at,
		"relay '%.*s' redirects to https, but nothing listens on port 443", STR_ARG(listen->head.name));
	diag_help(c->diags, found, "add for example: https: { listen: 443, to: ingress:443 }");
}

void check_relay(struct checker *c)
{
	const struct site *site = c->site;
	bool published = publishes_something(site);
	for (size_t i = 0; i < site->relay.count; i++)
		check_redirect(c, &site->relay.items[i]);
	for (size_t i = 0; i < site->relay.count; i++)
		check_keys(c, &site->relay.items[i]);
	for (size_t i = 0; i < site->relay.count; i++)
		check_listen(c, &site->relay.items[i], published);
}

void check_services(struct checker *c)
{
	const struct site *site = c->site;
	struct map names = { .arena = c->arena };
	bool tls = false;
	for (size_t i = 0; i < site->relay.count; i++)
		tls = tls || site->relay.items[i].tls || site->relay.items[i].head.broken;
	for (size_t i = 0; i < site->services.count; i++) {
		const struct site_service *service = &site->services.items[i];
		if (!service->name.value.ptr) {
			if (!service->host.set && !site->domain.set) {
				struct diagnostic *found = diag_add(c->diags, DIAG_NO_DOMAIN, service->head.at,
					"service '%.*s' has no host name, because the site has no 'domain'", STR_ARG(service->head.name));
				diag_help(c->diags, found, "add 'domain: example.org' to the site, or 'host' to the service");
			}
			continue;
		}
		const char *why = service->host.set ? NULL : name_host(service->name.value);
		if (why) {
			struct diagnostic *found = diag_add(c->diags, DIAG_BAD_NAME, service->name.at, "service '%.*s' gets no good host name: %s",
				STR_ARG(service->head.name), why);
			diag_help(c->diags, found, "its name is the key under the site's domain; shorten one of them");
			continue;
		}
		struct str lower = str_lower(c->arena, service->name.value);
		const struct site_service *first = map_add(&names, lower, (void *)(uintptr_t)service);
		if (first)
			report_twice(c, DIAG_DUPLICATE_HOST, service->name.at, first->name.at, str_format(c->arena, "name '%.*s'", STR_ARG(lower)).ptr,
				str_format(c->arena, "service '%.*s'", STR_ARG(first->head.name)).ptr);
		if (!tls && site_service_has_via(service, VIA_RELAY) && !site->disordered) {
			struct diagnostic *found = diag_add(c->diags, DIAG_NO_TLS_RELAY, service->via.at,
				"service '%.*s' is published through the relay, but no relay reads TLS names", STR_ARG(service->head.name));
			diag_help(c->diags, found, "add under 'relay': https: { listen: 443, to: ingress:443 }");
		}
	}
}
