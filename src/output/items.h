/* The list of paths that a build is about: those of the artifacts and those of earlier runs. */
#ifndef HLGEN_OUTPUT_ITEMS_H
#define HLGEN_OUTPUT_ITEMS_H

#include "output/survey.h"

#define GITIGNORE_TEXT \
	"# This folder holds private keys. Keep it out of version control; build it again from the site file and keys/.\n" \
	"*\n" \
	"!.gitignore\n"

/* Fills survey->items from the artifacts (plus .gitignore for a tree with secrets), sorted. Reports paths that are
 * unsafe, used twice, or both a file and a folder. */
void items_of_artifacts(struct survey *survey, const artifact_list *artifacts);
/* Adds the files of earlier runs that are no longer made. */
void items_of_manifests(struct survey *survey);

#endif
