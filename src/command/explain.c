/* `hlgen explain CODE`: what a diagnostic means, and how to mend it. */
#include "base/fatal.h"
#include "command/arguments.h"
#include "diag/suggest.h"

int command_explain(const struct arguments *arguments)
{
	enum diag_code code;
	if (arguments->count == 0) {
		for (int i = 0; i < DIAG_CODE_COUNT; i++) {
			const struct code_info *info = code_info((enum diag_code)i);
			printf("%-24s %-8s %s\n", info->name, info->severity == SEVERITY_ERROR ? "error" : "warning", info->title);
		}
		return EXIT_OK;
	}
	if (!code_find(str_of(arguments->operands[0]), &code)) {
		struct suggestion suggestion = suggest_start(str_of(arguments->operands[0]));
		for (int i = 0; i < DIAG_CODE_COUNT; i++)
			suggest_offer(&suggestion, str_of(code_info((enum diag_code)i)->name));
		fprintf(stderr, "hlgen: there is no code '%s'\n", arguments->operands[0]);
		if (suggestion.best.ptr)
			fprintf(stderr, "did you mean '%.*s'?\n", STR_ARG(suggestion.best));
		return EXIT_USAGE;
	}
	const struct code_info *info = code_info(code);
	printf("%s (%s): %s\n\n%s", info->name, info->severity == SEVERITY_ERROR ? "error" : "warning", info->title, info->explanation);
	return EXIT_OK;
}
