/* The router: its release, its ports, and what a remote import needs to end well. */
#include "site/checks.h"

static const char *interface_words(struct checker *c, struct str name)
{
	return str_format(c->arena, "interface '%.*s'", STR_ARG(name)).ptr;
}

static bool same_interface(const struct site_text *a, const struct site_text *b)
{
	return a->value.ptr && b->value.ptr && str_equal(a->value, b->value);
}

/* Reports that the way to the provider is something of the house as well; `role` is what else it is. */
static void check_wan(struct checker *c, const struct site_text *other, const char *role)
{
	const struct site_text *wan = &c->site->router.wan;
	if (!same_interface(wan, other))
		return;
	/* Where one of the two is a default, the mistake is the one that was written. */
	struct span at = other->set ? other->at : wan->at;
	struct span first = other->set ? wan->at : other->at;
	struct diagnostic *found = diag_add(c->diags, DIAG_WAN_IN_HOUSE, at, "'%.*s' is the way to the provider and also %s", STR_ARG(wan->value),
		role);
	diag_note(c->diags, found, first, "it is %s here", other->set ? "the way to the provider" : role);
	diag_help(c->diags, found, "'wan' is the port of the provider's line, and that line alone is behind it");
}

/* A port is the tunnel, the bridge, or a trunk of it, and never two of these. */
static void check_interfaces(struct checker *c, const struct site_router *router)
{
	const struct site_text *named[3] = { &router->interface, &router->wan, &router->bridge };
	static const char *const roles[3] = { "the tunnel", "the way to the provider", "the bridge" };
	for (size_t i = 0; i < router->trunk.count; i++) {
		const struct site_text *port = &router->trunk.items[i];
		check_wan(c, port, "a trunk port");
		for (size_t k = 0; k < 3; k += 2)
			if (same_interface(port, named[k]))
				report_twice(c, DIAG_DUPLICATE_INTERFACE, port->at, named[k]->at, interface_words(c, port->value), roles[k]);
		for (size_t k = 0; k < i; k++)
			if (same_interface(port, &router->trunk.items[k]))
				report_twice(c, DIAG_DUPLICATE_INTERFACE, port->at, router->trunk.items[k].at, interface_words(c, port->value), "the trunk");
	}
	for (size_t i = 1; i < 3; i++)
		if (same_interface(named[i], &router->interface))
			report_twice(c, DIAG_DUPLICATE_INTERFACE, named[i]->at, router->interface.at, interface_words(c, named[i]->value), roles[0]);
	check_wan(c, &router->bridge, "the bridge");
	for (size_t i = 0; i < c->site->networks.count; i++) {
		const struct site_network *network = &c->site->networks.items[i];
		if (same_interface(&network->interface, &router->interface))
			report_twice(c, DIAG_DUPLICATE_INTERFACE, network->interface.at, router->interface.at, interface_words(c, router->interface.value),
				roles[0]);
		if (!same_interface(&network->interface, &router->bridge)) /* else the bridge is reported */
			check_wan(c, &network->interface, str_format(c->arena, "the interface of network '%.*s'", STR_ARG(network->head.name)).ptr);
	}
}

static void check_vlans(struct checker *c, const struct site_router *router)
{
	if (router->manage_vlans.value && router->trunk.count == 0)
		for (size_t i = 0; i < c->site->networks.count; i++) {
			const struct site_network *network = &c->site->networks.items[i];
			if (network->vlan.value == 0)
				continue;
			struct diagnostic *found = diag_add(c->diags, DIAG_VLANS_WITHOUT_TRUNK, router->manage_vlans.at,
				"the router makes VLANs, but no port carries them: they end in the router");
			diag_note(c->diags, found, network->vlan.at, "VLAN %d is the first of them", (int)network->vlan.value);
			diag_help(c->diags, found, "add 'trunk: [...]' with the ports towards switches and hypervisors, or give VLANs to ports by hand");
			return;
		}
	if (!router->manage_vlans.value && router->trunk.count > 0) {
		struct diagnostic *found = diag_add(c->diags, DIAG_TRUNK_UNUSED, router->trunk.items[0].at,
			"'trunk' does nothing without 'manage_vlans: true'");
		diag_help(c->diags, found, "add 'manage_vlans: true', or remove 'trunk' if the bridge's VLAN table is yours");
	}
}

static void check_release(struct checker *c, const struct site_router *router)
{
	if (router->release.count > 0 && version_compare(router->release, 7, 12, 0) < 0) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ROUTEROS_VERSION, router->version.at, "RouterOS %.*s is older than 7.12",
			STR_ARG(router->version.value));
		diag_help(c->diags, found, "upgrade the router (/system/package/update), then write its new release here");
	} else if (router->release.count > 0 && version_compare(router->release, 7, 25, 0) >= 0) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ROUTEROS_NEWER, router->version.at,
			"RouterOS %.*s is newer than 7.24, the newest release this hlgen knows", STR_ARG(router->version.value));
		diag_help(c->diags, found, "import with 'dry-run' first, and look for a newer hlgen");
	}
}

void check_router(struct checker *c)
{
	const struct site_router *router = &c->site->router;
	if (!router->head.present)
		return;
	check_release(c, router);
	const struct site_number *keepalive = &c->site->tunnel.keepalive;
	if (keepalive->value == 0 || keepalive->value > 120) {
		struct diagnostic *found = diag_add(c->diags, DIAG_KEEPALIVE, keepalive->at,
			"a keepalive of %d lets the provider's CGNAT forget the tunnel", (int)keepalive->value);
		diag_help(c->diags, found, "25 seconds is the usual value");
	}
	check_interfaces(c, router);
	check_vlans(c, router);
	if (router->rollback_after.value > 0 && router->rollback_after.value < 60) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ROLLBACK_TOO_SHORT, router->rollback_after.at,
			"an import and its confirmation take longer than %d seconds", (int)router->rollback_after.value);
		diag_help(c->diags, found, "5m is usual, 0 turns the rollback off");
	}
}
