/* Subcommands: one file each, one row each in main.c. */
#ifndef HLGEN_COMMAND_COMMAND_H
#define HLGEN_COMMAND_COMMAND_H

#include <stdbool.h>

struct arguments;

struct command {
	const char *name;     /* "build", or "keys" with its own words as operands */
	const char *operands; /* for usage: "[SITE]" */
	const char *summary;  /* one line */
	const char *details;  /* more lines for --help, or NULL */
	unsigned options;     /* OPTION_… bits that it takes */
	int min_operands, max_operands;
	int (*run)(const struct arguments *arguments); /* returns the exit status */
};

int command_build(const struct arguments *arguments);
int command_check(const struct arguments *arguments);
int command_diff(const struct arguments *arguments);
int command_keys(const struct arguments *arguments);
int command_qr(const struct arguments *arguments);
int command_show(const struct arguments *arguments);
int command_explain(const struct arguments *arguments);

#endif
