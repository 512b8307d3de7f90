/* The command line: options from one table, operands, usage and help text. */
#ifndef HLGEN_COMMAND_ARGUMENTS_H
#define HLGEN_COMMAND_ARGUMENTS_H

#include <stdio.h>

#include "command/command.h"
#include "diag/diag.h"

enum {
	OPTION_OUT = 1 << 0,
	OPTION_KEYS = 1 << 1,
	OPTION_TEMPLATES = 1 << 2,
	OPTION_REDACT = 1 << 3,
	OPTION_FORCE = 1 << 4,
	OPTION_STRICT = 1 << 5,
	OPTION_DIAGNOSTICS = 1 << 6,
	OPTION_PRESHARED = 1 << 7,
	OPTION_REPLACE = 1 << 8,
	OPTION_SITE = 1 << 9,
	OPTION_HELP = 1 << 10,
	OPTION_EXAMPLE = 1 << 11,
	OPTION_TUNNEL = 1 << 12,
	OPTION_ADDRESS = 1 << 13,
	OPTION_DNS = 1 << 14,
	OPTION_CONFIRM = 1 << 15,
	/* what every command takes that reads a site */
	OPTIONS_SITE = OPTION_KEYS | OPTION_STRICT | OPTION_DIAGNOSTICS,
};

struct arguments {
	const char *out, *keys, *templates, *site, *example, *tunnel, *address, *dns, *confirm; /* NULL: not given */
	bool redact, force, strict, preshared, replace;
	enum diag_format diagnostics;
	int count;              /* operands */
	const char *operands[4];
};

struct option {
	unsigned bit;
	char letter;       /* 0: none */
	const char *name;
	const char *value; /* "DIR", "SITE", "text|json"; NULL: takes none */
	const char *text;
};

extern const struct option options[];
extern const size_t option_count;

enum parse_result { PARSE_RUN, PARSE_DONE, PARSE_WRONG };

/* Parses what follows the command's name. PARSE_DONE: help was printed; PARSE_WRONG: a message was printed. */
enum parse_result arguments_parse(const struct command *command, int argc, char **argv, struct arguments *arguments);
/* The command's usage and options. */
void arguments_help(const struct command *command, FILE *out);

#endif
