/* The delegated prefix: its length and kind, and a subnet id of its own for every network. */
#include "site/checks.h"
#include "site/releases.h"

static void check_prefix(struct checker *c, const struct site_ipv6 *ipv6)
{
	struct prefix prefix = ipv6->prefix.value;
	if (prefix.ip.family != IP_V6)
		return;
	if (prefix.length != ipv6->delegated_length.value) {
		struct diagnostic *found = diag_add(c->diags, DIAG_PREFIX_LENGTH, ipv6->prefix.at, "the prefix is a /%d, but the delegated length is %d",
			prefix.length, (int)ipv6->delegated_length.value);
		diag_note(c->diags, found, ipv6->delegated_length.at, "the delegated length comes from here");
		diag_help(c->diags, found, "write the whole delegated prefix, not one network's /64; '/ipv6/dhcp-client/print' shows it");
	}
	if (ip_is_documentation(prefix.ip)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_PREFIX_DOCUMENTATION, ipv6->prefix.at,
			"%s is reserved for documentation: RouterOS's stock firewall drops it", prefix_words(c, prefix));
		diag_help(c->diags, found, "write the prefix that the provider has assigned, or leave 'prefix' out until it has");
	} else if (!ip_is_public(prefix.ip)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_PREFIX_NOT_GLOBAL, ipv6->prefix.at,
			"%s is not a global prefix: no visitor could reach it", prefix_words(c, prefix));
		diag_help(c->diags, found, "a delegated prefix lies in 2000::/3; unique local ones (fd00::/8) belong to 'tunnel.network6'");
	}
}

static void check_subnet(struct checker *c, const struct site_network *network)
{
	unsigned bits = (unsigned)(64 - c->site->ipv6.delegated_length.value);
	if (bits >= 64 || network->subnet_number < UINT64_C(1) << bits)
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_SUBNET_ID_RANGE, network->subnet_id.at,
		"subnet id %.*s of network '%.*s' does not fit a delegated /%d", STR_ARG(network->subnet_id.value), STR_ARG(network->head.name),
		(int)c->site->ipv6.delegated_length.value);
	if (bits == 0)
		diag_help(c->diags, found, "a /64 is one network: write 'subnet_id: 0' for it, and 'ipv6: false' for all others");
	else
		diag_help(c->diags, found, "add 'subnet_id' with hexadecimal digits up to %x, or 'ipv6: false'", (unsigned)((UINT64_C(1) << bits) - 1));
}

void check_ipv6(struct checker *c)
{
	const struct site *site = c->site;
	const struct site_ipv6 *ipv6 = &site->ipv6;
	if (!ipv6->head.present)
		return;
	if (!site->router.head.present) {
		struct diagnostic *found = diag_add(c->diags, DIAG_NO_ROUTER, ipv6->head.at, "there is no router that asks for the prefix");
		diag_help(c->diags, found, "add a 'router' section, or remove 'ipv6'");
		return;
	}
	check_prefix(c, ipv6);
	for (size_t i = 0; i < site->networks.count; i++) {
		const struct site_network *network = &site->networks.items[i];
		if (!network->has_ipv6)
			continue;
		check_subnet(c, network);
		for (size_t k = 0; k < i; k++)
			if (site->networks.items[k].has_ipv6 && site->networks.items[k].subnet_number == network->subnet_number) {
				struct diagnostic *found = report_twice(c, DIAG_DUPLICATE_SUBNET_ID, network->subnet_id.at, site->networks.items[k].subnet_id.at,
					str_format(c->arena, "subnet id %.*s", STR_ARG(network->subnet_id.value)).ptr,
					str_format(c->arena, "network '%.*s'", STR_ARG(site->networks.items[k].head.name)).ptr);
				diag_help(c->diags, found, "both networks would get the same /64: give one another 'subnet_id'");
			}
	}
	if (site->router.release.count > 0 && !release_knows(site->router.release, KEEPS_SUBNET_IDS)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ROUTEROS_PINNING, site->router.version.at,
			"RouterOS %.*s is not known to keep the subnet ids of its networks", STR_ARG(site->router.version.value));
		diag_note(c->diags, found, ipv6->head.at, "IPv6 is asked for here");
		diag_help(c->diags, found, "upgrade to %s or later, so that addresses and DNS agree after every change of the prefix",
			release_first(KEEPS_SUBNET_IDS));
	}
}
