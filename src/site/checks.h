/* What the check files share: one context, and the small questions that several of them ask. */
#ifndef HLGEN_SITE_CHECKS_H
#define HLGEN_SITE_CHECKS_H

#include "base/map.h"
#include "site/site.h"

struct checker {
	struct arena *arena;
	const struct site *site;
	struct diags *diags;
};

/* One function per subject; site_check() runs all of them, whatever the others found. */
void check_vps(struct checker *c);
void check_ports(struct checker *c);
void check_tunnel(struct checker *c);
void check_addresses(struct checker *c);
void check_router(struct checker *c);
void check_networks(struct checker *c);
void check_ipv6(struct checker *c);
void check_kubernetes(struct checker *c);
void check_ingress6(struct checker *c);
void check_ingress(struct checker *c);
void check_nodes(struct checker *c);
void check_releases(struct checker *c);
void check_relay(struct checker *c);
void check_exposure(struct checker *c);
void check_services(struct checker *c);
void check_ways(struct checker *c);
void check_gitops(struct checker *c);
void check_clients(struct checker *c);
void check_client_names(struct checker *c);
void check_reach(struct checker *c);
void check_dns(struct checker *c);

/* "10.100.0.10" in the arena, for messages. */
const char *ip_words(struct checker *c, struct ip ip);
const char *prefix_words(struct checker *c, struct prefix prefix);
/* The address is the network's own or its broadcast address (IPv4, shorter than /31). */
bool is_reserved_in(struct prefix network, struct ip ip);
/* Reports addresses that no network may use (loopback, link-local, multicast, reserved); true when it did. */
bool report_reserved_range(struct checker *c, struct prefix prefix, struct span at, const char *who);
/* Notes where the cluster's network is chosen, and where it is declared: either may be the mistake. */
void note_cluster_network(struct checker *c, struct diagnostic *found);
/* No network was refused or lost, so that an address outside all of them is really outside. */
bool networks_are_known(const struct site *site);
/* In every network with IPv6 the router has the first host address, ::1: its prefix changes, this end does not. */
extern const struct ip router_suffix;
/* Where a way of the service is written; the whole list when it is not. */
struct span via_place(const struct site_service *service, int via);
bool client_is_on(const struct site_client *client);

/* A diagnostic about a second use of something, with a note at the first. */
struct diagnostic *report_twice(struct checker *c, enum diag_code code, struct span second, struct span first, const char *what,
                                const char *first_user);

#endif
