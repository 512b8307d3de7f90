/* The clients' own files: keys, addresses, and what each sends into the tunnel. */
#include "plan/planner.h"

static void plan_allowed_ips(struct planner *p, const struct client_access *access, bool full, prefix_list *list)
{
	const struct plan_hub *hub = &p->plan->hub;
	if (full) {
		add_prefix(p, list, (struct prefix){ { .family = IP_V4 }, 0 });
		add_prefix(p, list, (struct prefix){ { .family = IP_V6 }, 0 });
		return;
	}
	add_prefix(p, list, prefix_of(hub->tunnel_address));
	if (hub->ipv6)
		add_prefix(p, list, prefix_of(hub->tunnel_address6));
	for (size_t i = 0; i < access->flows.count; i++)
		add_prefix(p, list, access->flows.items[i].to);
	for (size_t i = 0; i < access->from.count; i++)
		add_prefix(p, list, access->from.items[i]);
	reduce_prefixes(list);
}

static void plan_client_keys(struct planner *p, const struct site_client *site, struct plan_client *client)
{
	struct keypair pair;
	client->own_key = site->public_key.value.ptr != NULL;
	if (client->own_key) {
		client->public_key = text_of(site->public_key);
		return;
	}
	struct str identity = str_format(p->arena, "clients/%.*s", STR_ARG(site->head.name));
	if (keystore_pair(p->keys, identity, site->head.at, &pair)) {
		client->private_key = pair.private_key;
		client->public_key = text_at(str_copy(p->arena, str_of(pair.public_key)), site->head.at);
	}
}

static void plan_file(struct planner *p, const struct client_access *access, const struct plan_peer *peer, bool full)
{
	const struct site_client *site = access->client;
	struct plan_hub *hub = &p->plan->hub;
	struct plan_client *client = LIST_ADD(p->arena, &p->plan->clients);
	char text[IP_TEXT];
	struct text plain = text_at(site->head.name, site->head.at);
	client->name = client->device = plain;
	if (site->tunnel.value == TUNNEL_BOTH) {
		struct text second = text_at(site_full_name(p->arena, site->head.name), site->head.at);
		client->name = full ? second : plain;
		client->other = full ? plain : second;
	}
	plan_client_keys(p, site, client);
	client->preshared_key = peer->preshared_key;
	add_prefix(p, &client->addresses, prefix_of(site->address.value));
	if (hub->ipv6)
		add_prefix(p, &client->addresses, prefix_of(site->address6.value));
	for (size_t i = 0; i < site->dns.count; i++)
		*(struct ip *)LIST_ADD(p->arena, &client->dns) = site->dns.items[i].value;
	for (size_t i = 0; i < site->search.count; i++)
		*(struct text *)LIST_ADD(p->arena, &client->search) = text_of(site->search.items[i]);
	client->mtu = site->mtu.value;
	client->keepalive = site->keepalive.value;
	client->full = full;
	plan_allowed_ips(p, access, full, &client->allowed_ips);
	client->endpoint = text_at(str_format(p->arena, "%s:%d", ip_format(hub->address, text), (int)hub->port), p->site->vps.address.at);
	client->public_hub_key = hub->public_key;
}

void plan_clients(struct planner *p)
{
	size_t first = p->site->router.head.present ? 1 : 0; /* the router is the hub's first peer */
	for (size_t i = 0; i < p->access.count; i++) {
		const struct client_access *access = &p->access.items[i];
		const struct plan_peer *peer = &p->plan->hub.peers.items[first + i];
		plan_file(p, access, peer, access->client->tunnel.value == TUNNEL_FULL);
		if (access->client->tunnel.value == TUNNEL_BOTH)
			plan_file(p, access, peer, true);
	}
}
