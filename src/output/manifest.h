/* The list of what was written: manifest.json, and its twin that is on disk only while files are being replaced. */
#ifndef HLGEN_OUTPUT_MANIFEST_H
#define HLGEN_OUTPUT_MANIFEST_H

#include "base/map.h"
#include "diag/diag.h"
#include "output/disk.h"

#define MANIFEST_NAME "manifest.json"
#define PENDING_NAME ".hlgen-pending.json"

struct manifest_file {
	struct str path;
	uint32_t mode;
	uint8_t sha256[HASH_BYTES];
	bool picture; /* then of the text with this hash: */
	uint8_t picture_of[HASH_BYTES];
	bool current; /* made by this version of hlgen: another version may draw differently */
};

struct manifest {
	bool exists;
	bool redacted;
	LIST(struct manifest_file *) files;
	struct map by_path; /* of struct manifest_file */
};

/* Reads a manifest; `name` is for messages. False when a diagnostic was reported. */
bool manifest_parse(struct arena *arena, struct str name, struct str bytes, struct diags *diags,
                    struct manifest *manifest);

/* Starts an empty manifest that files are added to. */
void manifest_start(struct arena *arena, struct manifest *manifest, bool redacted);
void manifest_add(struct arena *arena, struct manifest *manifest, const struct manifest_file *file);
/* Its record of a path, or NULL. */
const struct manifest_file *manifest_find(const struct manifest *manifest, struct str path);
/* Its text: sorted, no clock, no host name. */
struct str manifest_spell(struct arena *arena, const struct manifest *manifest);

#endif
