/* Release numbers: "7.20.8", "1.19". */
#ifndef HLGEN_SITE_VERSION_H
#define HLGEN_SITE_VERSION_H

#include "base/str.h"

struct version {
	unsigned part[3]; /* what is not written is 0 */
	unsigned count;   /* parts written; 0: none */
};

bool version_parse(struct str text, struct version *version);
/* Below, equal or above `major.minor.patch`. */
int version_compare(struct version version, unsigned major, unsigned minor, unsigned patch);

#endif
