/* hlgen: from the command line to a command to an exit status. */
#include "base/fatal.h"
#include "base/version.h"
#include "command/arguments.h"
#include "diag/suggest.h"

#include <stdio.h>
#include <string.h>

static void print_help(FILE *out)
{
	fprintf(out, "usage: hlgen COMMAND [options]\n\nhlgen compiles one site file into every configuration file of a homelab behind CGNAT.\n\ncommands:\n");
	for (size_t i = 0; i < command_count; i++)
		fprintf(out, "  %-12s %s\n", commands[i].name, commands[i].summary);
	fprintf(out, "\n'hlgen COMMAND --help' shows the options of a command. Manual: man hlgen.\n");
}

static int unknown_command(const char *word)
{
	struct suggestion suggestion = suggest_start(str_of(word));
	for (size_t i = 0; i < command_count; i++)
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
	if (fflush(stdout) == 0 || status != EXIT_OK)
		return status;
	perror("hlgen: cannot write to standard output");
	return EXIT_SYSTEM;
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
	for (size_t i = 0; i < command_count; i++) {
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
