/* What a build would change: every artifact and every file of the last build, compared with what is on disk. */
#ifndef HLGEN_OUTPUT_SURVEY_H
#define HLGEN_OUTPUT_SURVEY_H

#include "output/disk.h"
#include "output/manifest.h"
#include "output/tree.h"

struct item {
	struct str path;
	const struct artifact *artifact; /* NULL: no longer made */
	bool on_disk;
	struct disk_file disk;
	const struct manifest_file *known;  /* the record of an earlier run that the file on disk agrees with, or NULL */
	const struct manifest_file *record; /* any record of an earlier run, or NULL */
	enum change_kind kind;      /* what this run does */
	enum change_kind untold;    /* else what a run did with it that was stopped before it could tell */
	bool undecided;             /* a picture: whether it changes is known when it has been made */
	struct manifest_file fresh; /* what the new manifest says; without hash while undecided */
	const struct effect *effect; /* how the change takes effect, or NULL: nothing is known, or nothing has to be loaded */
	bool staged;
};

/* Where pictures are made: one after the other, and those of the same text in the same arena. */
struct drawing {
	struct arena *wiped;
	struct str text;
	void *shared; /* see struct artifact */
};

struct survey {
	struct arena *arena;
	const struct tree_options *options;
	struct diags *diags;
	struct disk disk;
	struct manifest manifest; /* of the last complete run */
	struct manifest pending;  /* of a run that was stopped while it replaced files: such files are ours too */
	LIST(struct item) items;  /* sorted by path */
	bool begun;               /* pending is on disk and is of this run */
	struct drawing drawing;
};

enum survey_purpose { SURVEY_TO_WRITE, SURVEY_TO_SHOW };

/* Opens and locks the tree and compares. To show, files edited by hand are no errors. False when a diagnostic was
 * reported; survey_close() is needed in any case. */
bool survey_open(struct survey *survey, struct arena *arena, const artifact_list *artifacts,
                 const struct tree_options *options, struct diags *diags, enum survey_purpose purpose);
void survey_close(struct survey *survey);

/* "out/vps/apply.sh", for messages. */
struct str survey_name(const struct survey *survey, struct str path);
/* Reports disk.failure as a diagnostic; returns false. */
bool survey_failed(struct survey *survey);
/* The complete bytes of an item's artifact; a picture is made, and lasts until the next call. */
struct str survey_bytes(struct survey *survey, const struct item *item);
/* Adds what a build does, or did, to `changes`: every item but those that were gone already. */
void survey_list(const struct survey *survey, change_list *changes);
/* Enters the hash of the complete bytes, which decides what kind of change it is. */
void survey_decide(struct item *item, struct str bytes);

#endif
