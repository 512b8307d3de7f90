/* Tunnel addresses: inside the network, not reserved, each used once; a missing one is answered with the next free. */
#include "base/arena.h"
#include "site/checks.h"

struct user {
	struct span at;
	const char *who;
	bool derived;
};

struct addresses {
	struct checker *c;
	struct map used;
	struct ip next_free; /* found when first needed */
};

static const char *next_free(struct addresses *a)
{
	if (a->next_free.family == IP_NONE)
		a->next_free = site_next_free(a->c->arena, a->c->site);
	return a->next_free.family == IP_NONE ? NULL : ip_words(a->c, a->next_free);
}

static void help_next_free(struct addresses *a, struct diagnostic *found, struct ip ip)
{
	const char *free = ip.family == IP_V4 ? next_free(a) : NULL;
	if (free)
		diag_help(a->c->diags, found, "the next free address is %s", free);
}

/* Registers the address; returns who has it already, or NULL. */
static const struct user *take(struct addresses *a, const struct site_address *address, const char *who)
{
	struct user *user = ARENA_NEW(a->c->arena, struct user);
	struct str key = { (const char *)&address->value, sizeof address->value };
	*user = (struct user){ address->at, who, !address->set };
	return map_add(&a->used, key, user);
}

static void check_one(struct addresses *a, const struct site_address *address, struct prefix network, struct span network_at, const char *who)
{
	struct checker *c = a->c;
	struct ip ip = address->value;
	if (ip.family == IP_NONE || network.ip.family == IP_NONE)
		return;
	const char *words = ip_words(c, ip);
	if (!prefix_contains(network, ip)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_OUTSIDE, address->at, "address %s of %s lies outside the tunnel network %s",
			words, who, prefix_words(c, network));
		diag_note(c->diags, found, network_at, "the tunnel network is declared here");
		help_next_free(a, found, ip);
		return;
	}
	if (is_reserved_in(network, ip)) {
		struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_RESERVED, address->at, "address %s of %s is %s of %s", words, who,
			ip_equal(ip, prefix_first(network)) ? "the network address" : "the broadcast address", prefix_words(c, network));
		help_next_free(a, found, ip);
		return;
	}
	const struct user *first = take(a, address, who);
	if (first) {
		struct diagnostic *found = report_twice(c, DIAG_DUPLICATE_ADDRESS, address->at, first->at,
			str_format(c->arena, "address %s", words).ptr, first->who);
		help_next_free(a, found, ip);
	}
}

static void check_derived(struct addresses *a, const struct site_address *address6, const char *who)
{
	const struct user *first = take(a, address6, who);
	if (!first || first->at.start == address6->at.start)
		return;
	if (first->derived)
		return; /* the IPv4 addresses collide already */
	report_twice(a->c, DIAG_DUPLICATE_ADDRESS, address6->at, first->at, str_format(a->c->arena, "address %s (the same host number in network6)",
		ip_words(a->c, address6->value)).ptr, first->who);
}

static void check_both(struct addresses *a, const struct site_address *address, const struct site_address *address6, const char *who)
{
	const struct site_tunnel *tunnel = &a->c->site->tunnel;
	check_one(a, address, tunnel->network.value, tunnel->network.at, who);
	if (address6->set && tunnel->network6.value.ip.family == IP_NONE) {
		struct diagnostic *found = diag_add(a->c->diags, DIAG_NO_NETWORK6, address6->at, "%s has an IPv6 address, but the tunnel has no IPv6 network",
			who);
		diag_help(a->c->diags, found, "add 'network6' to the tunnel, or remove 'address6'");
		return;
	}
	if (address6->set || address6->value.family == IP_NONE) {
		check_one(a, address6, tunnel->network6.value, tunnel->network6.at, who);
		return;
	}
	/* A derived address only collides with one that was written: its other faults are those of the IPv4 address. */
	if (prefix_contains(tunnel->network.value, address->value) && !is_reserved_in(tunnel->network.value, address->value))
		check_derived(a, address6, who);
}

/* When no member lies in the network, the network is the mistake: one message, not one for each member. */
static bool report_wrong_network(struct checker *c)
{
	const struct site *site = c->site;
	struct prefix network = site->tunnel.network.value;
	const struct site_address *first = NULL;
	size_t members = 0;
	if (network.ip.family != IP_V4)
		return false;
	for (size_t i = 0; i < site->clients.count + 2; i++) {
		const struct site_address *address = i == 0 ? &site->tunnel.address : i == 1 ? &site->router.address : &site->clients.items[i - 2].address;
		if (!address->set || address->value.family == IP_NONE)
			continue;
		if (prefix_contains(network, address->value))
			return false;
		first = first ? first : address;
		members++;
	}
	if (members < 3)
		return false;
	struct diagnostic *found = diag_add(c->diags, DIAG_ADDRESS_OUTSIDE, site->tunnel.network.at,
		"the tunnel network %s contains none of its %zu members' addresses", prefix_words(c, network), members);
	diag_note(c->diags, found, first->at, "one of them is here");
	return true;
}

void check_addresses(struct checker *c)
{
	const struct site *site = c->site;
	if (site->tunnel.network.value.length > 29 || report_wrong_network(c))
		return;
	struct addresses addresses = { .c = c, .used = { .arena = c->arena } };
	check_both(&addresses, &site->tunnel.address, &site->tunnel.address6, "the hub");
	if (site->router.head.present)
		check_both(&addresses, &site->router.address, &site->router.address6, "the router");
	for (size_t i = 0; i < site->clients.count; i++) {
		const struct site_client *client = &site->clients.items[i];
		if (client->address.value.family == IP_NONE && !client->address.set) {
			const char *free = next_free(&addresses);
			struct diagnostic *found = diag_add(c->diags, DIAG_MISSING_ADDRESS, client->head.at, "client '%.*s' has no address",
				STR_ARG(client->head.name));
			if (free)
				diag_help(c->diags, found, "the next free one is: address: %s", free);
			else
				diag_help(c->diags, found, "the tunnel network is full or missing: choose a larger one");
			continue;
		}
		check_both(&addresses, &client->address, &client->address6,
			str_format(c->arena, "client '%.*s'", STR_ARG(client->head.name)).ptr);
	}
}
