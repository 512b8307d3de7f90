/* `hlgen show site|plan|view`: what hlgen knows, as JSON, without secrets. */
#include "base/fatal.h"
#include "command/pipeline.h"
#include "command/show_json.h"

#include <string.h>

static void print(struct build *build, json_t *json)
{
	if (json_dumpf(json, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII) != 0 || putchar('\n') == EOF)
		report_system(build->diags, "write to", "standard output");
	json_decref(json);
}

int command_show(const struct arguments *arguments)
{
	struct build build;
	const char *what = arguments->operands[0];
	bool site = strcmp(what, "site") == 0, plan = strcmp(what, "plan") == 0, view = strcmp(what, "view") == 0;
	if (!site && !plan && !view) {
		fprintf(stderr, "hlgen: show: it is 'site', 'plan' or 'view', not '%s'\n", what);
		return EXIT_USAGE;
	}
	if (!build_begin(&build, arguments, arguments->operands[1]))
		return EXIT_SYSTEM;
	if (site && build_site(&build))
		print(&build, json_of_section(&site_section, build.site));
	else if (plan && build_plan(&build))
		print(&build, json_of_object(&plan_shape, build.plan));
	else if (view && build_plan(&build))
		print(&build, json_of_names(&plan_shape, build.plan));
	return build_end(&build, EXIT_OK);
}
