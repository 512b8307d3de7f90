/* From a plan to complete files: renders every template and adds the clients' QR codes. */
#ifndef HLGEN_ARTIFACT_PRODUCE_H
#define HLGEN_ARTIFACT_PRODUCE_H

#include "artifact/artifact.h"
#include "plan/plan.h"
#include "render/template.h"

struct produce_options {
	const char *templates; /* overlay folder, or NULL */
	bool redacted;         /* no pictures: they would show no key */
};

/* Fills `artifacts`, sorted by path, and the order of the tree's folders. False when diagnostics were reported; both are then of no use. */
bool produce(const struct render_target *target, const struct plan *plan, const struct produce_options *options, artifact_list *artifacts,
             folder_list *order);

/* The client's configuration text among the artifacts (path clients/NAME.conf), or NULL. */
const struct artifact *produce_find(const artifact_list *artifacts, struct str path);

#endif
