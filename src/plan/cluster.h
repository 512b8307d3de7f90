/* The part of the plan that is about the cluster: pools, ingress, nodes, and what runs beside them. */
#ifndef HLGEN_PLAN_CLUSTER_H
#define HLGEN_PLAN_CLUSTER_H

#include "plan/lists.h"

struct plan_range {
	struct ip start, stop;
};
typedef LIST(struct plan_range) range_list;

struct plan_cilium {
	struct text version;
	struct text pool_api;      /* cilium.io/v2 or cilium.io/v2alpha1 */
	bool cidrs;                /* 1.14: `cidrs` with prefixes only; later `blocks` with start and stop */
	range_list ranges;
	prefix_list range_prefixes; /* the same addresses as prefixes */
	bool pool;                 /* there is a general pool */
	struct text ingress6_name, pool6_name; /* of the IPv6 pools: the ingress's own, the general one */
	bool pool6;                /* there is a general IPv6 pool */
	range_list ranges6; /* its addresses without the ingress's; empty while the delegated prefix is not known */
};

/* An entry point of Traefik: a port of its service, and where its routers wait. */
struct plan_entry_point {
	struct text name;  /* web, websecure, or the site's own */
	int64_t port;      /* of the service */
	int64_t inside;    /* of the pod; 0: the chart's own entry point, which has one */
	bool own;          /* made for published names: only routers that name it attach to it */
	bool tls;
	int64_t http3;     /* the port that browsers are told for HTTP/3; 0: none */
	bool relayed;      /* the relay ends there */
	bool proxy;        /* and sends the visitor's address before the data (PROXY protocol) */
};

/* What the relay needs of Traefik, for the values of its Helm chart. */
struct plan_traefik {
	struct text chart;       /* release of the chart */
	LIST(struct plan_entry_point) entry_points; /* the chart's two, then the site's own */
	bool own, proxy;         /* some entry point is */
	prefix_list trusted;     /* as whom Traefik sees the hub: believed when they name a visitor's address */
	bool nodes;              /* among them others than the hub */
	struct text policy;      /* externalTrafficPolicy; absent: as it is */
	bool tls_in_http;        /* how this release writes it, see site/releases.h */
	struct text umbrella;    /* name of the chart in a chart of the owner's, where its values stand; absent: none */
	bool dual_stack;         /* the service gets an address of both IP versions */
	bool ports;              /* something is written for the entry points */
	bool local;              /* traffic policy Local is safe: only nodes with a pod answer for the service */
};

struct plan_ingress {
	struct ip address;
	struct prefix address_prefix;
	struct ip suffix6;             /* host part of its IPv6 address; absent: it has none */
	struct text namespace, service;
	struct plan_traefik *traefik; /* NULL: nothing is written for it */
};

/* A node of the cluster in a network with IPv6. */
struct plan_node {
	struct text name, interface;
	struct ip address;
	struct ip token;         /* the host part that it is to use, ::11; absent: EUI-64 of the MAC address */
	struct ip suffix;        /* its host part; absent: not known */
	struct ip address6;      /* its IPv6 address; absent: the host part or the prefix is not known */
	struct text network_file; /* systemd-networkd's */
	bool ifupdown, networkd, netplan, networkmanager; /* who configures the interface */
};

/* A pool that follows the delegated prefix: a range is two host parts below the /64 of the nodes' network, or one. */
struct plan_watch_pool {
	struct text name;
	range_list ranges; /* `stop` absent: one address */
};

/* The pod that watches the nodes' prefix. */
struct plan_watch {
	text_list interfaces; /* the nodes', by name; empty: that of the default route */
	LIST(struct plan_watch_pool) pools;
};

/* A name whose AAAA external-dns makes. */
struct plan_direct {
	struct text name;
	bool proxied;
	bool relayed;         /* it has an A that points to the VPS, too */
};

struct plan_external_dns {
	struct text version, chart, owner, policy, namespace, secret, secret_key;
	struct text annotation_prefix; /* of this release: "external-dns.kubernetes.io/" */
	text_list sources;
	text_list zones;      /* in which it makes records */
	text_list zone_ids;   /* Cloudflare's of all of them; empty: not all are known */
	LIST(struct plan_direct) names;
	bool endpoints;       /* it makes the records that point to the VPS, too */
	/* What this release of the chart has a value for; else it is given as a flag of the program. */
	bool record_types_value, filter_value, prefix_value;
	bool prefix_flag;     /* no value, but the program knows the flag */
};

struct plan_argocd {
	struct text repo, path, revision, namespace, project;
};

struct plan_cluster {
	struct text network;
	struct prefix subnet; /* the network's, IPv4 */
	bool ipv6;            /* it was built for IPv6 */
	struct plan_cilium *cilium;
	struct plan_ingress *ingress;
	LIST(struct plan_node) nodes; /* by name; none while their network has no IPv6 */
	bool ifupdown, networkd, netplan, networkmanager; /* some of these nodes has it */
	struct plan_watch *watch;
	struct plan_external_dns *external_dns;
	struct plan_argocd *argocd;
	bool cloudflared;
};

#endif
