/* The output tree on disk: compares, writes aside, makes durable, renames, removes what is no longer made. */
#ifndef HLGEN_OUTPUT_TREE_H
#define HLGEN_OUTPUT_TREE_H

#include "artifact/artifact.h"
#include "diag/diag.h"

enum change_kind { CHANGE_SAME, CHANGE_NEW, CHANGE_CHANGED, CHANGE_MODE, CHANGE_REMOVED };

struct change {
	enum change_kind kind;
	struct str path;
	const struct effect *effect; /* how it takes effect; NULL: nothing to load, or nothing is known, as of a removed file */
};
typedef LIST(struct change) change_list;

struct tree_options {
	const char *directory;
	bool redacted; /* a tree without secrets: has no .gitignore, never mixes with a tree that has them */
	bool force;    /* overwrite files that were edited by hand */
	/* Called, unless NULL, once every check has passed and all new files lie beside their places, but before anything is replaced:
	 * what must change together with the tree is changed here. False, with a diagnostic, leaves the tree as it was. */
	bool (*ready)(void *context);
	void *context;
};

/* Writes the artifacts plus .gitignore and manifest.json. Nothing is changed unless every check passes (files edited by hand,
 * foreign files in the way, redacted against full tree, symbolic links). Waits for another build in the same directory. Fills
 * `changes` in the order of paths, unchanged files included, manifest.json left out. False when a diagnostic was reported; the
 * files are then each old or new, never half, and the next run finishes the work. */
bool tree_write(struct arena *arena, const artifact_list *artifacts, const struct tree_options *options,
                struct diags *diags, change_list *changes);

#endif
