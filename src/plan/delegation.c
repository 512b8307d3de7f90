/* The delegated IPv6 prefix. What lies below it is planned as a suffix (subnet id and host), because the prefix is unknown at
 * first and changes later; a full address exists only while the prefix is known. */
#include "plan/planner.h"

struct ip delegated_suffix(uint64_t subnet, struct ip host)
{
	/* The subnet id ends where a /64 begins (RFC 4291, 2.5.4): VLAN 30 reads ::30:0:0:0:1. */
	for (int i = 7; i >= 0; i--, subnet >>= 8)
		host.bytes[i] = (uint8_t)(subnet & 0xff);
	return host;
}

struct ip delegated_address(const struct planner *p, struct ip suffix)
{
	struct prefix prefix = p->site->ipv6.prefix.value;
	if (prefix.ip.family != IP_V6)
		return (struct ip){ 0 };
	struct ip address = prefix_first(prefix);
	for (size_t i = 0; i < sizeof address.bytes; i++)
		address.bytes[i] |= suffix.bytes[i];
	return address;
}

static int64_t bit_length(uint64_t number)
{
	int64_t bits = 0;
	for (; number > 0; number >>= 1)
		bits++;
	return bits;
}

/* The longest delegation in which every subnet id still has a /64 of its own. */
static int64_t longest_length(const struct site *site)
{
	uint64_t highest = 0;
	for (size_t i = 0; i < site->networks.count; i++)
		if (site->networks.items[i].has_ipv6 && site->networks.items[i].subnet_number > highest)
			highest = site->networks.items[i].subnet_number;
	return 64 - bit_length(highest);
}

static struct plan_ingress6 *plan_ingress6(const struct planner *p)
{
	const struct site_kubernetes *kubernetes = &p->site->kubernetes;
	struct ip host = kubernetes->ingress.address6.value;
	if (host.family != IP_V6 || !kubernetes->network || !kubernetes->network->has_ipv6)
		return NULL;
	struct plan_ingress6 *ingress = ARENA_NEW(p->arena, struct plan_ingress6);
	ingress->suffix = delegated_suffix(kubernetes->network->subnet_number, host);
	ingress->address = delegated_address(p, ingress->suffix);
	return ingress;
}

void plan_delegation(struct planner *p)
{
	const struct site_ipv6 *site = &p->site->ipv6;
	if (!site->head.present)
		return;
	struct plan_delegation *delegation = p->plan->delegation = ARENA_NEW(p->arena, struct plan_delegation);
	delegation->pool = text_of(site->pool);
	delegation->length = site->delegated_length.value;
	delegation->hint = (struct prefix){ { .family = IP_V6 }, (uint8_t)site->delegated_length.value };
	delegation->prefix = site->prefix.value;
	for (size_t i = 0; i < site->dns.count; i++)
		*(struct ip *)LIST_ADD(p->arena, &delegation->dns) = site->dns.items[i].value;
	delegation->longest = longest_length(p->site);
	delegation->ingress = plan_ingress6(p);
}
