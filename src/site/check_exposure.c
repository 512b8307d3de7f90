/* What a relay opens or hides without saying so: names behind an allowed one, visitors' addresses lost or forged, HTTP/3 past the list. */
#include "site/checks.h"

/* An allow-list of TLS names decides by what the visitor asks for first. The request itself, inside, may name another host, and an
 * ingress that has both serves it. */
static void check_fronting(struct checker *c, const struct site_listen *listen)
{
	const struct site_ingress *ingress = &c->site->kubernetes.ingress;
	bool published = listen->tls && !(listen->names.set && listen->names.value == NAMES_ANY);
	if (!published || !listen->to_ingress || listen->entry_point)
		return;
	if (ingress->entry_point.head.present && listen->target_port == ingress->entry_point.port.value)
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_FRONTING, listen->to.at,
		"who asks relay '%.*s' for a published name can then ask for any other that the ingress serves",
		STR_ARG(listen->head.name));
	if (ingress->entry_point.name.value.ptr)
		diag_help(c->diags, found, "lead it to the entry point of the published names: ingress:%.*s", STR_ARG(ingress->entry_point.name.value));
	else
		diag_help(c->diags, found, "give the ingress an entry point for published names, 'entry_point: { name: public, port: 8443 }', and write "
			"'to: ingress:public'");
	if (ingress->address6.value.family == IP_V6)
		diag_note(c->diags, found, ingress->address6.at, "visitors by IPv6 who know this address come past the relay altogether");
}

static void check_visitors(struct checker *c, const struct site_listen *listen)
{
	if (listen->protocol.value == RELAY_UDP || listen->proxy_protocol.set || listen->redirect.value || !(listen->tls || listen->to_ingress))
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_VISITORS_LOOK_ALIKE, listen->to.at,
		"behind relay '%.*s' every visitor has the hub's address: logs, bans, limits and 'is it the LAN?' go wrong", STR_ARG(listen->head.name));
	if (listen->to_ingress)
		diag_help(c->diags, found, "'proxy_protocol: true' tells the ingress who they are (set that up there first, see APPLY.md); "
			"'proxy_protocol: false' accepts it");
	else
		diag_help(c->diags, found, "'proxy_protocol: true' tells the target who they are, if it can be told (turn it on there first); "
			"'proxy_protocol: false' accepts it");
}

/* Behind a masquerading hub a client has the address that the target believes when it names a visitor's. */
static void check_believed_clients(struct checker *c, const struct site_listen *listen)
{
	const struct site_tunnel *tunnel = &c->site->tunnel;
	if (!listen->proxy_protocol.value || tunnel->clients_appear_as.value != APPEAR_VPS || c->site->clients.count == 0)
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_PROXY_TRUSTS_CLIENTS, listen->proxy_protocol.at,
		"the target of relay '%.*s' believes the hub's address, which all clients have: one that may reach it could pose as any visitor",
		STR_ARG(listen->head.name));
	diag_note(c->diags, found, tunnel->clients_appear_as.at, "clients get the hub's address here");
	diag_help(c->diags, found, "use 'clients_appear_as: themselves'; else keep the target out of the clients' reach");
}

static void check_http3(struct checker *c, const struct site_listen *listen)
{
	if (!listen->http3 || listen->names.set) /* with names it is an error already */
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_HTTP3_UNFILTERED, listen->protocol.at,
		"relay '%.*s' passes HTTP/3 unread: every name that the target serves is open, and every visitor has the hub's address",
		STR_ARG(listen->head.name));
	diag_help(c->diags, found, "without it browsers use HTTP/2 on the TCP port, with names and addresses: remove it unless you need it");
}

void check_exposure(struct checker *c)
{
	for (size_t i = 0; i < c->site->relay.count; i++) {
		const struct site_listen *listen = &c->site->relay.items[i];
		if (!listen->to.value.ptr || listen->target.family == IP_NONE || listen->head.broken || c->site->disordered)
			continue;
		check_fronting(c, listen);
		check_visitors(c, listen);
		check_believed_clients(c, listen);
		check_http3(c, listen);
	}
}
