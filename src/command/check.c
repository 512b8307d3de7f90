/* `hlgen check`: diagnostics only; reads keys if there are any, writes nothing. */
#include "base/fatal.h"
#include "command/pipeline.h"

int command_check(const struct arguments *arguments)
{
	struct build build;
	if (!build_begin(&build, arguments, arguments->operands[0]))
		return EXIT_SYSTEM;
	build_artifacts(&build);
	return build_end(&build, EXIT_OK);
}
