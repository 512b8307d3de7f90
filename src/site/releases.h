/* What a release of a router, chart or network plugin knows: one table of the gates, for checks and for what is written. */
#ifndef HLGEN_SITE_RELEASES_H
#define HLGEN_SITE_RELEASES_H

#include "site/version.h"

enum release_feature {
	IMPORT_DRY_RUN,  /* an import can be tried without changing anything */
	KEEPS_SUBNET_IDS, /* a network's address of a delegated prefix keeps the subnet id that it names */
	/* Traefik's chart */
	CHART_DEFAULT_ENTRIES, /* ports.NAME.asDefault: routers that name no entry point can be kept out of one */
	CHART_TLS_IN_HTTP,     /* TLS of an entry point stands in ports.NAME.http.tls, before in ports.NAME.tls */
	/* external-dns */
	EXTERNAL_DNS_PREFIX_FLAG, /* --annotation-prefix chooses what annotations begin with */
	EXTERNAL_DNS_NEW_PREFIX, /* annotations begin with external-dns.kubernetes.io/, and those of before are not read */
	/* external-dns's chart: values of their own for these flags */
	CHART_RECORD_TYPES,
	CHART_ANNOTATION_FILTER,
	CHART_ANNOTATION_PREFIX,
	/* Cilium */
	CILIUM_LOCAL_ANNOUNCED /* only a node with a pod of the service answers for it when its traffic policy is Local */
};

/* Whether the release has the feature; false for one that could not be read (count 0). */
bool release_knows(struct version release, enum release_feature feature);
/* The first release with it, as one writes it: "7.23". Static. */
const char *release_first(enum release_feature feature);

#endif
