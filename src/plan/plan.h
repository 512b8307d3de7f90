/* Everything that is computed from a site, vendor-neutral, once: what two files must agree on is one value here.
 * Nothing is spelled: addresses are numbers, keys are handles; templates and dialects spell. */
#ifndef HLGEN_PLAN_PLAN_H
#define HLGEN_PLAN_PLAN_H

#include "plan/cluster.h"
#include "secret/keystore.h"
#include "site/site.h"

/* One permission to open connections: who, to where, on what. */
struct plan_flow {
	struct text key;       /* stable name on a device: "relay/https", "client/laptop/servers" */
	struct text why;       /* for a comment: "client laptop to network kubernetes" */
	struct prefix from;
	struct prefix to;
	struct text protocol;  /* tcp, udp, or absent: any */
	struct text ports;     /* "22" or "8000-8010"; only with a protocol */
	bool ipv6;             /* family of `from` and `to` */
	bool hosts_only;       /* `to` came from a network's name: its hosts, not the router's own addresses in it */
};
typedef LIST(struct plan_flow) flow_list;

/* A WireGuard peer as the hub sees it. */
struct plan_peer {
	struct text label; /* "router" or "client android" */
	struct text public_key;
	struct secret preshared_key; /* absent: none */
	prefix_list allowed_ips;
};

/* A port that the owner keeps open on the VPS. */
struct plan_opening {
	struct text protocol, ports;
	struct prefix from; /* absent: anywhere */
	bool ipv6;          /* family of `from` */
};

struct plan_hub {
	struct ip address, address6; /* public */
	struct text ssh, scp;        /* root@89.167.62.126; for scp an IPv6 address stands in brackets */
	int64_t ssh_port;
	struct text wan;             /* eth0 */
	struct text interface;       /* wg0 */
	struct secret private_key;
	struct text public_key;
	prefix_list interface_addresses; /* each with the tunnel network's own length */
	struct prefix network, network6; /* of the tunnel */
	struct ip tunnel_address, tunnel_address6;
	int64_t port, mtu;
	bool ipv6;     /* the tunnel has IPv6 addresses */
	bool nat66;    /* full-tunnel clients reach IPv6 through the VPS's own address */
	bool nftables; /* hlgen's own host firewall */
	bool ufw;      /* UFW guards the VPS itself; hlgen's table only what passes through it */
	int64_t generation; /* 32 bits that stand for all permissions of the tunnel: equal ones, equal number; never 0 */
	bool masquerade;                 /* clients appear as the hub towards the LAN */
	LIST(struct plan_peer) peers;    /* router first, then clients in order of their names */
	flow_list flows;                 /* what the hub forwards inside the tunnel, to destinations that were named exactly */
	flow_list network_flows;         /* the same, to the hosts of whole networks: not to `router_addresses` */
	prefix_list router_addresses;    /* the router's own addresses inside those networks */
	prefix_list full4, full6;        /* clients that use the VPS as their way to the internet */
	LIST(struct plan_opening) openings;
	prefix_list house4;              /* networks behind the tunnel and the tunnel itself: never sent to the internet */
	prefix_list house6;
};

struct plan_network {
	struct text name;
	int64_t vlan; /* 0: none */
	struct prefix subnet;
	struct ip gateway;
	struct prefix address; /* the gateway with the subnet's length, as the router's interface carries it */
	struct text interface;
	bool ipv6;             /* it gets a /64 of the delegated prefix; the members below are absent without it */
	struct text subnet_id; /* hexadecimal digits, without leading zeros: "30" */
	struct ip suffix6;     /* the router in it, below the delegated prefix: ::30:0:0:0:1 */
	struct prefix address6; /* the same with the prefix, as a /64; absent until the prefix is known */
};

/* The ingress's own IPv6 address. */
struct plan_ingress6 {
	struct ip suffix;  /* below the delegated prefix: ::30:0:0:0:200 */
	struct ip address; /* with the prefix; absent until it is known */
};

/* The IPv6 prefix that the provider delegates to the router. */
struct plan_delegation {
	struct text pool;     /* the router's name for it */
	int64_t length;       /* as it is asked for */
	struct prefix hint;   /* ::/56 */
	struct prefix prefix; /* absent until the provider has assigned one */
	ip_list dns;          /* announced in the networks */
	int64_t longest;      /* the longest prefix whose subnet bits still hold every subnet id in use */
	struct plan_ingress6 *ingress; /* NULL: the ingress has no IPv6 address */
};

/* The router's side in one IP version: the same facts as in plan_router, sorted. */
struct plan_family {
	struct text name;       /* IPv4 or IPv6 */
	struct text menu, icmp; /* "ip" and "icmp", or "ipv6" and "icmpv6" */
	bool ipv6;
	bool tunnel;            /* the tunnel has addresses of this IP version; without, the rest is absent */
	bool internet;          /* the router guards its way to the provider itself: IPv6 of a delegated prefix */
	struct prefix address;  /* the router's, with the tunnel network's length */
	struct prefix hub;      /* the hub in the tunnel, as a host prefix */
	struct prefix network;  /* of the tunnel */
	prefix_list routes;
	flow_list forward, input;
};

struct plan_router {
	struct text version;
	struct text interface; /* wg-vps */
	struct text wan, bridge;
	struct text lan_list;  /* the interface list that the router's own firewall trusts */
	text_list trunk;       /* bridge ports that carry all VLANs */
	text_list tagged;      /* tagged members of every VLAN: the bridge itself, then the trunk */
	struct secret private_key;
	struct text public_key;
	struct secret preshared_key;
	struct prefix address, address6; /* with the tunnel network's length */
	struct ip endpoint;              /* the hub */
	int64_t endpoint_port, listen_port, mtu, keepalive;
	prefix_list allowed_addresses;   /* what may come out of the tunnel and goes into it */
	prefix_list routes;              /* beyond the connected tunnel network: allowed-address makes none */
	flow_list forward4;              /* from the tunnel into the LAN */
	flow_list input4, input6;        /* from the tunnel to the router itself */
	LIST(struct plan_family) families; /* IPv4, then IPv6 */
	bool ipv6;
	bool routed;                     /* some client may open connections into the LAN */
	bool vlans;                      /* some network has a VLAN */
	bool manage_vlans, take_over;
	struct ip inside;                /* an address that it has in the house before its import; absent: none is known */
	int64_t rollback;                /* seconds until an unconfirmed import is undone; 0: never */
	bool dry_run, keeps_subnet_ids;  /* what its release knows, see site/releases.h */
};

/* One file of a device; with `tunnel: both` a device has two, next to each other. */
struct plan_client {
	struct text name;          /* of the file: phone or phone-full */
	struct text device;        /* the client in the site file */
	struct text other;         /* the name of the device's other file; absent: none */
	struct secret private_key; /* absent for a client that brings its public key */
	struct text public_key;
	struct secret preshared_key;
	bool own_key;
	prefix_list addresses;     /* /32 and /128 */
	ip_list dns;
	text_list search;
	int64_t mtu, keepalive;    /* 0: not written */
	prefix_list allowed_ips;
	bool full;
	struct text endpoint;      /* 89.167.62.126:51820 or [2001:db8::1]:51820 */
	struct text public_hub_key;
};

struct plan_upstream {
	struct text id; /* hlgen_to_https */
	struct ip address;
	int64_t port;
};

struct plan_listen {
	struct text name; /* https */
	int64_t port;
	bool tls;         /* the server name is read and compared */
	bool any;         /* every name is passed: blind */
	bool udp;         /* datagrams; then none of the others */
	bool proxy;       /* the visitor's address goes before the data (PROXY protocol) */
	bool http3;       /* datagrams of a web server: QUIC, whose names cannot be read */
	text_list names;  /* the allow-list */
	struct plan_upstream upstream;
};

struct plan_redirect {
	struct text name;
	int64_t port;
	text_list names;
};

struct plan_relay {
	bool dedicated;                     /* own nginx instance and unit; else a drop-in beside the owner's nginx.conf */
	bool reads_names;                   /* at least one listen compares server names */
	LIST(struct plan_listen) listens;
	LIST(struct plan_redirect) redirects;
	bool tcp, udp;                      /* at least one listen is for connections, for datagrams */
	int64_t udp_sessions;               /* how many visitors each UDP port may have at once */
	bool proxy;                         /* at least one listen tells its target the visitor's address */
	text_list ports;                    /* all TCP ports it listens on, for the firewall */
	text_list udp_ports;                /* all UDP ports */
	int64_t reject_port;                /* on 127.0.0.1, where unknown names end; no port of a listen */
};

/* One public DNS record: an A or AAAA. */
struct plan_record {
	struct text name;   /* in full, lower case, without a dot at the end: "photos.example.org", "*.example.org" */
	struct text type;
	struct ip address;
	int64_t ttl;        /* seconds; 1: the provider's choice, for a proxied record */
	bool proxied;       /* behind Cloudflare's proxy */
};

struct plan_zone {
	struct text name;   /* lower case */
	struct text id;     /* Cloudflare's; absent: looked up */
	LIST(struct plan_record) records; /* by name, A before AAAA */
	text_list waiting;  /* names whose AAAA waits for the delegated prefix */
	text_list elsewhere; /* names with records that external-dns makes */
};

struct plan_dns {
	struct text owner;  /* marks a record as hlgen's: "hlgen:cabin" */
	int64_t ttl;        /* of records that are not proxied */
	LIST(struct plan_zone) zones; /* by name; one that is declared may have no record */
	LIST(struct plan_record) endpoints; /* what external-dns is told to make: records that point to the VPS */
	bool waiting, elsewhere, proxied; /* in some zone there are such names */
};

struct plan {
	struct text site, domain;
	struct plan_hub hub;
	struct plan_router *router;
	struct plan_delegation *delegation; /* NULL: no IPv6 in the house */
	struct plan_relay *relay;
	struct plan_cluster *cluster;
	struct plan_dns *dns;               /* NULL: no public names */
	LIST(struct plan_network) networks;
	LIST(struct plan_client) clients; /* files of the enabled ones, by client */
};

extern const struct shape plan_shape; /* what templates and `show` may name */

/* Plans a checked site. Keys come from the store (new ones are made in memory). NULL when diagnostics were reported. */
struct plan *plan_site(struct arena *arena, const struct site *site, struct keystore *keys, struct diags *diags);

#endif
