/* One run of the pipeline: its options, its memory, and what each stage made. The one context of a command. */
#ifndef HLGEN_COMMAND_PIPELINE_H
#define HLGEN_COMMAND_PIPELINE_H

#include "artifact/produce.h"
#include "command/arguments.h"
#include "site/site.h"

struct build {
	const struct arguments *arguments;
	const char *site_path, *out_path, *keys_path;
	struct arena *arena, *secret_arena;
	struct secrets *secrets;
	struct diags *diags;
	struct keystore *keys;
	const struct source *source; /* the site's text that is built; NULL: it is read from site_path */
	struct site *site;      /* after build_site() */
	struct plan *plan;      /* after build_plan() */
	artifact_list artifacts; /* after build_artifacts() */
	folder_list order;       /* the same: of the tree's folders, when they are put into service */
};

/* Sets everything up for a site file (NULL: site.yaml). False when the system refuses; a message was printed. */
bool build_begin(struct build *build, const struct arguments *arguments, const char *site_path);
/* The site file's text; NULL when it cannot be read, which was reported. */
const struct source *build_source(struct build *build);
/* Each runs the stages up to its own; false when errors were reported. */
bool build_site(struct build *build);
bool build_plan(struct build *build);
bool build_artifacts(struct build *build);
/* Prints all diagnostics to stderr, wipes and frees, and returns the exit status; `status` when there were no errors. */
int build_end(struct build *build, int status);

/* Reports a failed system call on `path`: errno's text behind "cannot <what> <path>". */
void report_system(struct diags *diags, const char *what, const char *path);

#endif
