/* What the planners of the several subjects share. */
#ifndef HLGEN_PLAN_PLANNER_H
#define HLGEN_PLAN_PLANNER_H

#include "base/arena.h"
#include "plan/plan.h"

/* An enabled client with everything it may open. */
struct client_access {
	const struct site_client *client;
	flow_list flows;   /* from the client to all it may reach, in both families */
	prefix_list from;  /* addresses of other clients that may reach it: it must send its answers into the tunnel */
};

struct planner {
	struct arena *arena;
	const struct site *site;
	struct keystore *keys;
	struct diags *diags;
	struct plan *plan;
	LIST(struct client_access) access; /* by client name */
};

/* In this order; each relies on those before it. */
void plan_access(struct planner *p);  /* reach.c: who may open what */
void plan_networks(struct planner *p);
void plan_delegation(struct planner *p); /* delegation.c */
void plan_hub(struct planner *p);     /* hub.c */
void plan_generation(struct planner *p); /* generation.c: after the hub */
void plan_router(struct planner *p);
void plan_families(struct planner *p); /* families.c: after the router */
void plan_clients(struct planner *p);
void plan_relay(struct planner *p);
void plan_cluster(struct planner *p);
void plan_dns(struct planner *p);     /* dns.c: after the delegation */
void plan_ingress(struct planner *p); /* ingress.c: part of the cluster */
void plan_nodes(struct planner *p);   /* nodes.c: part of the cluster */
void plan_watch(struct planner *p);   /* nodes.c: part of the cluster, after nodes and pools */
void plan_gitops(struct planner *p);  /* gitops.c: part of the cluster, before the DNS records */

struct text text_of(struct site_text text);
struct text text_at(struct str value, struct span at);

/* A subnet id above the host part of a /64: 30 (hexadecimal) and ::1 become ::30:0:0:0:1. Of `host` only the lower half counts. */
struct ip delegated_suffix(uint64_t subnet, struct ip host);
/* The suffix below the delegated prefix; family IP_NONE while the prefix is not known. */
struct ip delegated_address(const struct planner *p, struct ip suffix);

/* By their keys, whatever the order in the site file. */
void flows_sort(flow_list *flows);
void add_prefix(struct planner *p, prefix_list *list, struct prefix prefix);
/* Sorted, without duplicates and without what another prefix of the list covers. */
void reduce_prefixes(prefix_list *list);
/* The addresses first to last as the fewest prefixes. */
void range_to_prefixes(struct planner *p, struct ip first, struct ip last, prefix_list *list);

/* The addresses first to last without one of them; none when there is no first. */
void ranges_without(struct planner *p, struct ip first, struct ip last, struct ip taken, range_list *ranges);

#endif
