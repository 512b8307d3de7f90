/* The gates of releases: RouterOS, Traefik's chart, external-dns and its chart, Cilium. */
#include "site/releases.h"

/* The first release with each feature, and where that is known from. */
static const char *const first_releases[] = {
	[IMPORT_DRY_RUN] = "7.16",   /* `/import … dry-run`: in the command tree of 7.16, not in that of 7.15.3 */
	[KEEPS_SUBNET_IDS] = "7.23", /* `from-pool-policy`: in the command tree and the manual of 7.23; measured on a router with 7.24.4 */
	[CHART_DEFAULT_ENTRIES] = "28.0.0", /* Traefik 3; the templates of 27.0.2 end with an error */
	[CHART_TLS_IN_HTTP] = "39.0.0",     /* values and templates of 38.0.2 and 39.0.0 */
	[EXTERNAL_DNS_PREFIX_FLAG] = "0.20.0", /* docs/flags.md of 0.19.0 and 0.20.0 */
	[EXTERNAL_DNS_NEW_PREFIX] = "0.22.0", /* its release notes: no fallback */
	[CHART_RECORD_TYPES] = "1.15.1",      /* values and templates of 1.15.0 and 1.15.1 */
	[CHART_ANNOTATION_FILTER] = "1.19.0", /* of 1.18.0 and 1.19.0 */
	[CHART_ANNOTATION_PREFIX] = "1.20.0", /* of 1.19.0 and 1.20.0 */
	[CILIUM_LOCAL_ANNOUNCED] = "1.20.2", /* its release notes */
};

const char *release_first(enum release_feature feature)
{
	return first_releases[feature];
}

bool release_knows(struct version release, enum release_feature feature)
{
	struct version first;
	return version_parse(str_of(first_releases[feature]), &first) &&
		version_compare(release, first.part[0], first.part[1], first.part[2]) >= 0;
}
