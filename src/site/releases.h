/* What a router's release knows: one table of the gates, for checks and for what is written. */
#ifndef HLGEN_SITE_RELEASES_H
#define HLGEN_SITE_RELEASES_H

#include "site/version.h"

enum release_feature {
	IMPORT_DRY_RUN,  /* an import can be tried without changing anything */
	KEEPS_SUBNET_IDS /* a network's address of a delegated prefix keeps the subnet id that it names */
};

/* Whether the release has the feature; false for one that could not be read (count 0). */
bool release_knows(struct version release, enum release_feature feature);
/* The first release with it, as one writes it: "7.23". Static. */
const char *release_first(enum release_feature feature);

#endif
