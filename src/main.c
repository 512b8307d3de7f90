/* hlgen: from the command line to a command to an exit status. */
#include "base/fatal.h"
#include "command/arguments.h"
#include "diag/suggest.h"

#include <string.h>

static const struct command commands[] = {
	{ "build", "[SITE]", "Compile a site file into the files of all its machines.",
	  "Writes the tree only when there is no error; unchanged files are not touched. Prints what\n"
	  "changed and what has to be done for it.\n",
	  OPTIONS_SITE | OPTION_OUT | OPTION_TEMPLATES | OPTION_REDACT | OPTION_FORCE, 0, 1, command_build },
	{ "check", "[SITE]", "Report every mistake in a site file; write nothing.", NULL,
	  OPTIONS_SITE | OPTION_TEMPLATES | OPTION_REDACT, 0, 1, command_check },
	{ "diff", "[SITE]", "Show what a build would change, with secrets masked.",
	  "Exit status: 0 nothing, 1 something, 2 or more trouble.\n",
	  OPTIONS_SITE | OPTION_OUT | OPTION_TEMPLATES | OPTION_REDACT, 0, 1, command_diff },
	{ "keys", "list | import NAME | rotate NAME", "List the key store, import a key from standard input, or make a new one.",
	  "NAME is vps, router, or a client's name. 'list' shows public keys only. 'rotate' prints\n"
	  "who must get a new file.\n"
	  "For example: hlgen keys import android < android.key\n",
	  OPTION_KEYS | OPTION_SITE | OPTION_PRESHARED | OPTION_REPLACE | OPTION_DIAGNOSTICS, 1, 2, command_keys },
	{ "qr", "CLIENT", "Show a client's QR code in the terminal.", NULL,
	  OPTIONS_SITE | OPTION_SITE | OPTION_TEMPLATES, 1, 1, command_qr },
	{ "show", "site|plan|view [SITE]", "Print what hlgen knows, as JSON, without secrets.",
	  "site: the site file with all defaults filled in. plan: everything computed from it.\n"
	  "view: the names that templates may use, with types, descriptions and values.\n",
	  OPTIONS_SITE | OPTION_REDACT, 1, 2, command_show },
	{ "explain", "[CODE]", "Explain a diagnostic; without CODE, list all.", NULL, 0, 0, 1, command_explain },
};

static void print_help(FILE *out)
{
	fprintf(out, "usage: hlgen COMMAND [options]\n\nhlgen compiles one site file into every configuration file of a homelab behind CGNAT.\n\ncommands:\n");
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].summary);
	fprintf(out, "\n'hlgen COMMAND --help' shows the options of a command. Manual: man hlgen.\n");
}

static int unknown_command(const char *word)
{
	struct suggestion suggestion = suggest_start(str_of(word));
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		suggest_offer(&suggestion, str_of(commands[i].name));
	fprintf(stderr, "hlgen: there is no command '%s'\n", word);
	if (suggestion.best.ptr)
		fprintf(stderr, "did you mean '%.*s'?\n", STR_ARG(suggestion.best));
	else
		print_help(stderr);
	return EXIT_USAGE;
}

static int finish(int status)
{
	return fflush(stdout) != 0 && status == EXIT_OK ? EXIT_SYSTEM : status;
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		print_help(stdout);
		return finish(EXIT_OK);
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("hlgen %s\n", HLGEN_VERSION);
		return finish(EXIT_OK);
	}
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
		struct arguments arguments = { 0 };
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		switch (arguments_parse(&commands[i], argc - 2, argv + 2, &arguments)) {
		case PARSE_RUN:
			return finish(commands[i].run(&arguments));
		case PARSE_DONE:
			return finish(EXIT_OK);
		case PARSE_WRONG:
			return EXIT_USAGE;
		}
	}
	return unknown_command(argv[1]);
}
