/* A unified diff between the tree on disk and the artifacts, with secrets masked. */
#ifndef HLGEN_OUTPUT_DIFF_H
#define HLGEN_OUTPUT_DIFF_H

#include <stdio.h>

#include "output/tree.h"

/* Prints the differences: text files as a unified diff, pictures and modes as one line each. Writes nothing to disk and needs
 * no write access. Files edited by hand are shown, not refused. In files that are or were secret, each run of 40 or more base64
 * characters is masked ("***"); a changed secret shows as a changed masked line. Returns false when a diagnostic was reported;
 * `*differs` says whether anything would change, and `changes` is filled as tree_write() does. Before each text stands what its change
 * costs; like the lines about pictures and modes it is no part of the diff, and patch(1) passes over it. */
bool tree_diff(struct arena *arena, const artifact_list *artifacts, const struct tree_options *options,
               struct diags *diags, FILE *out, bool *differs, change_list *changes);

#endif
