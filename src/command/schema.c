/* `hlgen schema [json|mdoc]`: the grammar of the site file, for editors and for the manual. */
#include "command/schema.h"
#include "base/arena.h"
#include "base/fatal.h"
#include "command/arguments.h"

#include <string.h>

int command_schema(const struct arguments *arguments)
{
	const char *form = arguments->count > 0 ? arguments->operands[0] : "json";
	bool json = strcmp(form, "json") == 0;
	if (!json && strcmp(form, "mdoc") != 0) {
		fprintf(stderr, "hlgen: schema: it is 'json' or 'mdoc', not '%s'\n", form);
		return EXIT_USAGE;
	}
	struct arena *arena = arena_new();
	if (json) {
		json_t *schema = schema_json(arena, &site_section);
		json_dumpf(schema, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(schema);
	} else {
		schema_mdoc(arena, &site_section, stdout);
	}
	arena_free(arena);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_OK;
	fprintf(stderr, "hlgen: cannot write to standard output\n");
	return EXIT_SYSTEM;
}
