/* The model of a site: what the user wrote, typed and with places, names resolved to pointers, nothing computed. */
#ifndef HLGEN_SITE_SITE_H
#define HLGEN_SITE_SITE_H

#include "diag/diag.h"
#include "site/value.h"
#include "site/version.h"

enum vps_firewall { FIREWALL_NFTABLES, FIREWALL_UFW, FIREWALL_NONE };
enum vps_nginx { NGINX_DEDICATED, NGINX_SHARED };
enum appear_as { APPEAR_THEMSELVES, APPEAR_VPS };
enum router_vendor { VENDOR_ROUTEROS };
enum relay_protocol { RELAY_TCP, RELAY_UDP };
enum relay_names { NAMES_PUBLISHED, NAMES_ANY };
enum service_via { VIA_RELAY, VIA_IPV6, VIA_CLOUDFLARE, VIA_PRIVATE };
enum network_manager { MANAGER_IFUPDOWN, MANAGER_NETWORKD, MANAGER_NETPLAN, MANAGER_NETWORKMANAGER };
enum family_choice { FAMILY_IPV4, FAMILY_IPV6 };
enum dns_policy { POLICY_UPSERT_ONLY, POLICY_SYNC };
enum dns_source { SOURCE_INGRESS, SOURCE_SERVICE, SOURCE_GATEWAY_HTTPROUTE };
enum client_tunnel { TUNNEL_SPLIT, TUNNEL_FULL, TUNNEL_BOTH };
enum protocol { PROTOCOL_ANY, PROTOCOL_TCP, PROTOCOL_UDP };

/* vps.allow: "9100/tcp from 10.20.0.0/24" */
struct site_opening {
	enum protocol protocol;
	uint16_t first, last;
	struct prefix from; /* family IP_NONE: anywhere */
	struct span at;
};

struct site_vps {
	struct site_head head;
	struct site_address address, address6;
	struct site_text ssh;
	struct site_number ssh_port;
	struct site_text interface;
	struct site_choice firewall, nginx;
	SITE_LIST(struct site_text) allow;
	LIST(struct site_opening) openings; /* resolved from `allow` */
};

struct site_tunnel {
	struct site_head head;
	struct site_prefix network, network6;
	struct site_address address, address6;
	struct site_number port, mtu, keepalive;
	struct site_choice clients_appear_as;
	struct site_flag preshared_keys;
};

struct site_router {
	struct site_head head;
	struct site_choice vendor;
	struct site_text version;
	struct version release; /* resolved */
	struct site_address address, address6;
	struct site_text interface;
	struct site_number listen_port;
	struct site_text wan, bridge, lan_list;
	SITE_LIST(struct site_text) trunk;
	struct site_flag manage_vlans, take_over;
	struct site_number rollback_after; /* seconds; 0: no rollback */
};

struct site_network {
	struct site_head head;
	struct site_number vlan;
	struct site_prefix subnet;
	struct site_address gateway;
	struct site_text interface;
	struct site_text subnet_id; /* hexadecimal digits */
	struct site_flag ipv6;
	bool has_ipv6;              /* resolved: it gets a /64 of the delegated prefix */
	uint64_t subnet_number;     /* resolved: the subnet id as a number, when has_ipv6 */
};

struct site_ipv6 {
	struct site_head head;
	struct site_number delegated_length;
	struct site_text pool;
	struct site_prefix prefix; /* absent until the provider has assigned one */
	SITE_LIST(struct site_address) dns;
};

struct site_cilium {
	struct site_head head;
	struct site_text version, pool, pool6;
	struct version release;      /* resolved */
	struct ip pool_first, pool_last;   /* resolved; family IP_NONE: no pool */
	struct ip pool6_first, pool6_last; /* resolved: suffixes below the network's /64 */
};

struct site_entry_point {
	struct site_head head;
	struct site_text name;
	struct site_number port;
};

struct site_ingress {
	struct site_head head;
	struct site_address address, address6; /* address6 is a suffix: "::200" */
	struct site_text namespace, service, chart, umbrella;
	struct version chart_release; /* resolved; count 0: no chart */
	struct site_entry_point entry_point;
};

struct site_external_dns {
	struct site_head head;
	struct site_text version, chart, owner;
	struct site_choice policy;
	SITE_LIST(struct site_choice) sources;
	struct site_text namespace, secret, secret_key;
	struct site_flag endpoints;
	struct version release, chart_release; /* resolved */
};

struct site_argocd {
	struct site_head head;
	struct site_text repo, path, revision, namespace, project;
};

struct site_node {
	struct site_head head;
	struct site_address address, address6; /* address6 is a suffix */
	struct site_text mac, interface;
	struct site_choice network_manager;
	struct site_text network_file; /* systemd-networkd's */
	struct ip suffix; /* resolved: its host part, by address6 or EUI-64 of the MAC address; family IP_NONE: not known */
};

struct site_kubernetes {
	struct site_head head;
	struct site_text network_name;
	struct site_network *network; /* resolved */
	SITE_LIST(struct site_choice) ip_families;
	struct site_prefix pod_network;
	LIST(struct site_node) nodes;
	struct site_cilium cilium;
	struct site_ingress ingress;
	struct site_external_dns external_dns;
	struct site_argocd argocd;
	struct site_flag prefix_watch, cloudflared;
};

struct site_listen {
	struct site_head head;
	struct site_number listen;
	struct site_text to;
	struct site_flag redirect, proxy_protocol;
	struct site_choice protocol, names;
	bool entry_point;     /* resolved: the target is ingress.entry_point */
	struct ip target;     /* resolved; family IP_NONE: none (a redirect), or broken */
	uint16_t target_port;
	bool tls;             /* resolved: server names are read; never on UDP */
	bool to_ingress;      /* resolved: the target is the ingress, by name or by its address */
	bool http3;           /* resolved: UDP of a web server */
};

struct site_service {
	struct site_head head;
	struct site_text host;
	SITE_LIST(struct site_choice) via;
	struct site_text name; /* resolved: the full host name */
};

/* A DNS zone, by its name. */
struct site_zone {
	struct site_head head;
	struct site_text id;
};

struct site_dns {
	struct site_head head;
	struct site_number ttl;
	LIST(struct site_zone) zones;
};

enum reach_kind { REACH_PREFIX, REACH_NETWORK, REACH_CLIENT, REACH_INGRESS, REACH_ROUTER };

struct site_reach {
	enum reach_kind kind;
	struct span at;
	struct prefix prefix;         /* REACH_PREFIX */
	struct site_network *network; /* REACH_NETWORK */
	struct site_client *client;   /* REACH_CLIENT */
	enum protocol protocol;       /* REACH_PREFIX */
	uint16_t first, last;         /* ports; 0: any */
};

struct site_client {
	struct site_head head;
	struct site_flag enabled;
	struct site_address address, address6;
	struct site_choice tunnel;
	SITE_LIST(struct site_address) dns;
	SITE_LIST(struct site_text) search;
	SITE_LIST(struct site_text) reach;
	SITE_LIST(struct site_prefix) routes;
	struct site_text public_key;
	struct site_number mtu, keepalive;
	LIST(struct site_reach) reaches; /* resolved; without `reach`: every network */
	bool named_by_other;             /* resolved: another enabled client's reach names it */
};

struct site {
	struct site_head head;
	bool disordered; /* a section is missing, or its contents stand in another: checks across sections keep silent */
	struct site_text name, domain;
	struct site_vps vps;
	struct site_tunnel tunnel;
	struct site_router router;
	LIST(struct site_network) networks;
	struct site_ipv6 ipv6;
	struct site_kubernetes kubernetes;
	LIST(struct site_listen) relay;
	LIST(struct site_service) services;
	struct site_dns dns;
	LIST(struct site_client) clients;
};

struct yaml_node;

/* Decodes, resolves and checks a document. NULL only when there is no usable map at all; otherwise the site may be incomplete: use it
 * only when diags_errors() is 0. */
struct site *site_load(struct arena *arena, const struct yaml_node *document, struct diags *diags);

/* The stages of site_load(), in order. */
void site_decode(struct arena *arena, const struct yaml_node *document, struct site *site, struct diags *diags);
void site_resolve(struct arena *arena, struct site *site, struct diags *diags);
void site_check(struct arena *arena, const struct site *site, struct diags *diags);

/* A free host address of tunnel.network for a client: the first one above the lowest client, so that clients stay together, else
 * the lowest; family IP_NONE when there is none. */
struct ip site_next_free(struct arena *arena, const struct site *site);
/* An address of the router itself: in the tunnel, or a gateway. False without a router. */
bool site_is_router_address(const struct site *site, struct ip ip);
/* Whether an address of the client, or a subnet behind it, lies in the prefix. */
bool site_client_lives_in(const struct site_client *client, struct prefix prefix);
/* The device may send everything through the tunnel, always (full) or at times (both). */
bool site_client_goes_out(const struct site_client *client);
/* The name of the second file of a client with `tunnel: both`, which sends everything: "phone-full". */
struct str site_full_name(struct arena *arena, struct str client);
/* Visitors may reach it that way. */
bool site_service_has_via(const struct site_service *service, enum service_via via);
/* The cluster was built for IPv6. */
bool site_cluster_has_ipv6(const struct site *site);
/* The network that contains the address, or NULL. */
struct site_network *site_network_of(const struct site *site, struct ip ip);

#endif
