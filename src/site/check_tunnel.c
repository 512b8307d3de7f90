/* The VPS and the tunnel: addresses that work on the internet, sizes, ports used once. */
#include "base/arena.h"
#include "site/checks.h"

#include <sodium.h>

/* With UFW the hub still enforces each client's reach; on the VPS itself UFW has the last word. */
static void check_ufw(struct checker *c)
{
	struct diagnostic *found = diag_add(c->diags, DIAG_UFW_LIMITS, c->site->vps.firewall.at,
		"with UFW the VPS's own ports are as open as all of UFW's rules together leave them, not only as this file says");
	diag_help(c->diags, found, "'ufw status' shows rules that were made by hand: they stay; 'firewall: nftables' needs no such look");
}

static void check_firewall(struct checker *c)
{
	const struct site *site = c->site;
	if (site->vps.firewall.value == FIREWALL_UFW)
		check_ufw(c);
	if (site->vps.firewall.value != FIREWALL_NONE)
		return;
	if (site->tunnel.clients_appear_as.value == APPEAR_VPS) {
		struct diagnostic *found = diag_add(c->diags, DIAG_FIREWALL_NEEDED, site->tunnel.clients_appear_as.at,
			"clients are to appear as the VPS, but with this firewall setting nobody translates their addresses");
		diag_note(c->diags, found, site->vps.firewall.at, "the firewall is chosen here");
		diag_help(c->diags, found, "use 'firewall: nftables', or 'clients_appear_as: themselves'");
		return;
	}
	for (size_t i = 0; i < site->clients.count; i++) {
		const struct site_client *client = &site->clients.items[i];
		if (!client_is_on(client) || client->tunnel.value != TUNNEL_FULL)
			continue;
		struct diagnostic *found = diag_add(c->diags, DIAG_FIREWALL_NEEDED, client->tunnel.at,
			"client '%.*s' has a full tunnel, but with this firewall setting nobody translates its addresses", STR_ARG(client->head.name));
		diag_note(c->diags, found, site->vps.firewall.at, "the firewall is chosen here");
		diag_help(c->diags, found, "use 'firewall: nftables', or 'tunnel: split'");
		return;
	}
	struct diagnostic *found = diag_add(c->diags, DIAG_FIREWALL_NONE, site->vps.firewall.at,
		"without a firewall the hub enforces no client's reach and leaves every port open");
	diag_help(c->diags, found, "use 'firewall: nftables' unless other rules on the VPS do this");
}

void check_vps(struct checker *c)
{
	const struct site *site = c->site;
	struct ip address = site->vps.address.value, address6 = site->vps.address6.value;
	if (str_equal(site->vps.interface.value, STR("wg0")) || str_equal(site->vps.interface.value, STR("lo"))) {
		struct diagnostic *found = diag_add(c->diags, DIAG_DUPLICATE_INTERFACE, site->vps.interface.at, "'%.*s' does not face the internet: it is %s",
			STR_ARG(site->vps.interface.value), str_equal(site->vps.interface.value, STR("lo")) ? "the loopback" : "the tunnel itself");
		diag_help(c->diags, found, "'ip -br link' on the VPS shows its interfaces; the usual one is eth0");
	}
	if (address.family == IP_V4 && !ip_is_public(address) && !ip_is_documentation(address)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_NOT_PUBLIC, site->vps.address.at,
			"the VPS's address %s cannot be reached from the internet", ip_words(c, address));
		diag_help(c->diags, found, "write the public address that the provider shows for the machine");
	}
	if (address6.family == IP_V6 && !ip_is_public(address6) && !ip_is_documentation(address6)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_NOT_PUBLIC, site->vps.address6.at,
			"the VPS's address %s cannot be reached from the internet", ip_words(c, address6));
		diag_help(c->diags, found, "write a global address (2000::/3), or remove 'address6'");
	}
	check_firewall(c);
}

struct port_user {
	int protocol; /* RELAY_TCP or RELAY_UDP */
	int64_t port;
	struct span at;
	const char *who;
};

static void check_port(struct checker *c, struct port_user *users, size_t *count, struct port_user user)
{
	if (user.port == 0)
		return;
	for (size_t i = 0; i < *count; i++)
		if (users[i].port == user.port && users[i].protocol == user.protocol) {
			struct diagnostic *found = report_twice(c, DIAG_DUPLICATE_PORT, user.at, users[i].at,
				str_format(c->arena, "%s port %d of the VPS", user.protocol == RELAY_UDP ? "UDP" : "TCP", (int)user.port).ptr, users[i].who);
			diag_help(c->diags, found, "only one program can listen on a port: choose another one");
			return;
		}
	users[(*count)++] = user;
}

void check_ports(struct checker *c)
{
	const struct site *site = c->site;
	struct port_user *users = arena_array(c->arena, site->relay.count + 2, sizeof *users);
	size_t count = 0;
	check_port(c, users, &count, (struct port_user){ RELAY_TCP, site->vps.ssh_port.value, site->vps.ssh_port.at, "SSH" });
	check_port(c, users, &count, (struct port_user){ RELAY_UDP, site->tunnel.port.value, site->tunnel.port.at, "WireGuard" });
	for (size_t i = 0; i < site->relay.count; i++) {
		const struct site_listen *listen = &site->relay.items[i];
		check_port(c, users, &count, (struct port_user){ listen->protocol.value, listen->listen.value, listen->listen.at,
			str_format(c->arena, "relay '%.*s'", STR_ARG(listen->head.name)).ptr });
	}
}

/* A ULA prefix to propose: 40 bits that differ from house to house (RFC 4193 wants them random) and stay the same from run to run. */
static const char *propose_ula(struct checker *c)
{
	uint8_t hash[crypto_generichash_BYTES_MIN];
	struct str seed = str_format(c->arena, "%.*s %s", STR_ARG(c->site->name.value), ip_words(c, c->site->vps.address.value));
	crypto_generichash(hash, sizeof hash, (const unsigned char *)seed.ptr, seed.len, NULL, 0);
	struct prefix prefix = { { IP_V6, { 0xfd, hash[0], hash[1], hash[2], hash[3], hash[4] } }, 64 };
	return prefix_words(c, prefix);
}

static void check_network6(struct checker *c)
{
	const struct site_prefix *network6 = &c->site->tunnel.network6;
	if (network6->value.ip.family != IP_V6)
		return;
	if (network6->value.length != 64 || !ip_is_ula(network6->value.ip)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_NETWORK6, network6->at, "the tunnel's IPv6 network is %s", network6->value.length != 64 ?
			"not a /64" : "not a unique local one (fd00::/8)");
		diag_help(c->diags, found, "for example: network6: %s", propose_ula(c));
	}
}

void check_tunnel(struct checker *c)
{
	const struct site *site = c->site;
	const struct site_tunnel *tunnel = &site->tunnel;
	struct prefix network = tunnel->network.value;
	if (network.ip.family == IP_V4 && (network.length > 29 || network.length < 8)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_NETWORK_SIZE, tunnel->network.at, "the tunnel network is %s",
			network.length > 29 ? "too small for hub, router and clients" : "larger than a /8");
		diag_help(c->diags, found, "a /24 holds 254 members, a /16 65,534");
	}
	if (network.length < 8 || report_reserved_range(c, network, tunnel->network.at, "the tunnel network"))
		return;
	if (network.ip.family == IP_V4 && !ip_is_private(network.ip) && !ip_is_cgnat(network.ip)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_NETWORK_PUBLIC, tunnel->network.at,
			"the tunnel network %s is not a private one: its real owner becomes unreachable", prefix_words(c, network));
		diag_help(c->diags, found, "use a network of RFC 1918, for example 10.100.0.0/24");
	}
	if (network.ip.family == IP_V4 && ip_is_cgnat(network.ip) && site->router.head.present) {
		struct diagnostic *found = diag_add(c->diags, DIAG_NETWORK_PUBLIC, tunnel->network.at,
			"the tunnel network %s lies in the range that providers use for CGNAT (100.64.0.0/10)", prefix_words(c, network));
		diag_help(c->diags, found, "use a network of RFC 1918, for example 10.100.0.0/24");
	}
	check_network6(c);
	if (tunnel->network6.value.ip.family == IP_V6 || tunnel->head.broken || !tunnel->head.present)
		return;
	for (size_t i = 0; i < site->clients.count; i++) {
		const struct site_client *client = &site->clients.items[i];
		if (!client_is_on(client) || client->tunnel.value != TUNNEL_FULL)
			continue;
		struct diagnostic *found = diag_add(c->diags, DIAG_FULL_NEEDS_IPV6, client->tunnel.at,
			"client '%.*s' has a full tunnel, but the tunnel has no IPv6: its IPv6 traffic would leak or hang", STR_ARG(client->head.name));
		diag_note(c->diags, found, tunnel->head.at, "the tunnel is declared here");
		diag_help(c->diags, found, "add to 'tunnel': network6: %s", propose_ula(c));
		return;
	}
}
