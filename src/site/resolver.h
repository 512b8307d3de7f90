/* What the resolving of the several subjects shares. */
#ifndef HLGEN_SITE_RESOLVER_H
#define HLGEN_SITE_RESOLVER_H

#include "base/map.h"
#include "site/site.h"

struct resolver {
	struct arena *arena;
	struct site *site;
	struct diags *diags;
	struct map networks, clients; /* by name */
};

void resolve_kubernetes(struct resolver *r); /* resolve_kubernetes.c; after the networks */

#endif
