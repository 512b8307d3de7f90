/* `hlgen diff`: what a build would change, secrets masked; writes nothing. */
#include "base/fatal.h"
#include "command/costs.h"
#include "command/pipeline.h"
#include "output/diff.h"

enum { DIFF_SAME = 0, DIFF_DIFFERS = 1, DIFF_TROUBLE = 2 };

int command_diff(const struct arguments *arguments)
{
	struct build build;
	bool differs = false;
	change_list changes = { 0 };
	if (!build_begin(&build, arguments, arguments->operands[0]))
		return EXIT_SYSTEM;
	struct tree_options tree = { .directory = build.out_path, .redacted = arguments->redact };
	/* On standard output, too: programs that read a diff pass over lines like these. */
	if (build_artifacts(&build) && tree_diff(build.arena, &build.artifacts, &tree, build.diags, stdout, &differs, &changes))
		costs_print(&build, &changes);
	/* As diff(1): 1 says "differs", so errors in the input are trouble. */
	bool failed = diags_errors(build.diags) > 0;
	int status = build_end(&build, differs ? DIFF_DIFFERS : DIFF_SAME);
	return failed && status == EXIT_INPUT ? DIFF_TROUBLE : status;
}
