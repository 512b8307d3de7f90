/* Clients: names and keys used once, and settings that would leave a device without network. */
#include "site/checks.h"
#include "site/names.h"

#include <string.h>

/* The second file of a client with `tunnel: both` needs a name that the apps take and that nobody else has. `names`: all clients, lower case. */
static void check_second_name(struct checker *c, const struct site_client *client, const struct map *names)
{
	struct str second = site_full_name(c->arena, client->head.name);
	const struct site_client *other = map_get(names, str_lower(c->arena, second));
	const char *why = name_client(second);
	struct diagnostic *found = NULL;
	if (other) {
		found = diag_add(c->diags, DIAG_DUPLICATE_NAME, client->tunnel.at, "with 'tunnel: both' client '%.*s' gets a second file '%.*s.conf', "
			"which is the file of another client", STR_ARG(client->head.name), STR_ARG(second));
		diag_note(c->diags, found, other->head.at, "client '%.*s' is declared here", STR_ARG(other->head.name));
		diag_help(c->diags, found, "rename one of them; if both are the same device, remove '%.*s'", STR_ARG(other->head.name));
	} else if (why && !name_client(client->head.name)) {
		found = diag_add(c->diags, DIAG_BAD_NAME, client->tunnel.at, "with 'tunnel: both' client '%.*s' gets a second file '%.*s.conf': %s",
			STR_ARG(client->head.name), STR_ARG(second), why);
		diag_help(c->diags, found, "shorten the client's name to at most %d characters", (int)(15 - strlen("-full")));
	}
}

void check_client_names(struct checker *c)
{
	const struct site *site = c->site;
	struct map names = { .arena = c->arena };
	for (size_t i = 0; i < site->clients.count; i++) {
		const struct site_client *client = &site->clients.items[i];
		struct str lower = str_lower(c->arena, client->head.name);
		const struct site_client *first = map_add(&names, lower, (void *)(uintptr_t)client);
		if (first) {
			struct diagnostic *found = report_twice(c, DIAG_DUPLICATE_NAME, client->head.at, first->head.at,
				str_format(c->arena, "name '%.*s' (capital letters do not count)", STR_ARG(lower)).ptr,
				str_format(c->arena, "client '%.*s'", STR_ARG(first->head.name)).ptr);
			diag_help(c->diags, found, "Windows and macOS would write both to one file: rename one");
		}
		if (str_equal(lower, STR("router")) || str_equal(lower, STR("ingress")) || str_equal(lower, STR("vps"))) {
			struct diagnostic *found = diag_add(c->diags, DIAG_AMBIGUOUS_NAME, client->head.at, "a client may not be called '%.*s'",
				STR_ARG(client->head.name));
			diag_help(c->diags, found, "the word has a meaning of its own in 'reach' and in the key store: choose another name");
		}
	}
	for (size_t i = 0; i < site->clients.count; i++)
		if (site->clients.items[i].tunnel.value == TUNNEL_BOTH)
			check_second_name(c, &site->clients.items[i], &names);
	for (size_t i = 0; i < site->networks.count; i++) {
		const struct site_network *network = &site->networks.items[i];
		const struct site_client *client = map_get(&names, network->head.name);
		struct diagnostic *found = NULL;
		if (client) {
			found = diag_add(c->diags, DIAG_AMBIGUOUS_NAME, client->head.at, "a client and a network are both called '%.*s'",
				STR_ARG(network->head.name));
			diag_note(c->diags, found, network->head.at, "the network is declared here");
		} else if (str_equal(network->head.name, STR("router")) || str_equal(network->head.name, STR("ingress"))) {
			found = diag_add(c->diags, DIAG_AMBIGUOUS_NAME, network->head.at, "a network may not be called '%.*s'", STR_ARG(network->head.name));
		}
		if (found)
			diag_help(c->diags, found, "nobody could tell what it means in 'reach': choose another name");
	}
}

/* A disabled client and the client itself do not count. */
static bool reaches_something(const struct site_client *client)
{
	for (size_t i = 0; i < client->reaches.count; i++) {
		const struct site_client *other = client->reaches.items[i].client;
		if (!other || (other != client && client_is_on(other)))
			return true;
	}
	return false;
}

static void check_one(struct checker *c, const struct site_client *client)
{
	bool full = client->tunnel.value == TUNNEL_FULL, both = client->tunnel.value == TUNNEL_BOTH;
	if (!reaches_something(client) && !full && !c->site->disordered && !client->named_by_other && !client->head.broken) {
		struct diagnostic *found = diag_add(c->diags, DIAG_CLIENT_REACHES_NOTHING, client->reach.set ? client->reach.at : client->head.at,
			both ? "the split tunnel of client '%.*s' can reach nothing but the hub itself" : "client '%.*s' can reach nothing but the hub itself",
			STR_ARG(client->head.name));
		diag_help(c->diags, found, client->reach.set ? "name a network or a client in 'reach', or use 'tunnel: full'" :
			"there are no networks to reach: use 'tunnel: full', or name another client in 'reach'");
	}
	if ((full || both) && client->dns.count == 0) {
		struct diagnostic *found = diag_add(c->diags, DIAG_FULL_WITHOUT_DNS, client->head.at,
			both ? "client '%.*s' has no 'dns': with its full tunnel it would ask the local network's server, which is then out of reach" :
			"client '%.*s' sends everything through the tunnel, but has no 'dns': it would ask the local network's server, which is out of reach",
			STR_ARG(client->head.name));
		diag_help(c->diags, found, "add for example: dns: [1.1.1.1]");
	}
	if (client->search.count > 0 && client->dns.count == 0) {
		struct diagnostic *found = diag_add(c->diags, DIAG_SEARCH_WITHOUT_DNS, client->search.at,
			"client '%.*s' has search domains but no DNS server to ask", STR_ARG(client->head.name));
		diag_help(c->diags, found, "add 'dns', or remove 'search'");
	}
	if (client->mtu.value > c->site->tunnel.mtu.value) {
		struct diagnostic *found = diag_add(c->diags, DIAG_MTU, client->mtu.at, "client '%.*s' has an MTU of %d, larger than the tunnel's %d",
			STR_ARG(client->head.name), (int)client->mtu.value, (int)c->site->tunnel.mtu.value);
		diag_note(c->diags, found, c->site->tunnel.mtu.at, "the tunnel's MTU comes from here");
		diag_help(c->diags, found, "large packets would be lost on the way: remove 'mtu', or write at most %d", (int)c->site->tunnel.mtu.value);
	}
	if (client->mtu.value && client->mtu.value < 1280 && c->site->tunnel.network6.value.ip.family == IP_V6) {
		struct diagnostic *found = diag_add(c->diags, DIAG_MTU, client->mtu.at, "client '%.*s' has an MTU of %d, but IPv6 needs at least 1280",
			STR_ARG(client->head.name), (int)client->mtu.value);
		diag_help(c->diags, found, "write 1280 or more (RFC 8200)");
	}
}

void check_clients(struct checker *c)
{
	const struct site *site = c->site;
	struct map keys = { .arena = c->arena };
	for (size_t i = 0; i < site->clients.count; i++) {
		const struct site_client *client = &site->clients.items[i];
		if (client_is_on(client))
			check_one(c, client);
		if (!client->public_key.value.ptr)
			continue;
		const struct site_client *first = map_add(&keys, client->public_key.value, (void *)(uintptr_t)client);
		if (first) {
			struct diagnostic *found = report_twice(c, DIAG_DUPLICATE_KEY, client->public_key.at, first->public_key.at, "this public key",
				str_format(c->arena, "client '%.*s'", STR_ARG(first->head.name)).ptr);
			diag_help(c->diags, found, "WireGuard would merge the two peers into one: each device needs a key of its own");
		}
	}
}
