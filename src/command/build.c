/* `hlgen build`: the whole pipeline; prints what changed and what each change costs. */
#include "base/fatal.h"
#include "command/changes.h"
#include "command/costs.h"
#include "command/deliver.h"

int command_build(const struct arguments *arguments)
{
	struct build build;
	change_list changes = { 0 };
	if (!build_begin(&build, arguments, arguments->operands[0]))
		return EXIT_SYSTEM;
	if (build_artifacts(&build) && deliver(&build, NULL, NULL, &changes)) {
		changes_print(&build, &changes);
		costs_print(&build, &changes);
	}
	return build_end(&build, EXIT_OK);
}
