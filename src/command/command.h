/* Subcommands: one file each, one row each in table.c. */
#ifndef HLGEN_COMMAND_COMMAND_H
#define HLGEN_COMMAND_COMMAND_H

#include <stddef.h>

struct arguments;

/* What an operand is, for completion. */
enum operand { OPERAND_NONE, OPERAND_WORD, OPERAND_SITE, OPERAND_CLIENT, OPERAND_PEER, OPERAND_CODE };

struct command {
	const char *name;     /* "build", or "keys" with its own words as operands */
	const char *operands; /* for usage: "[SITE]" */
	const char *summary;  /* one line */
	const char *details;  /* more lines for --help, or NULL */
	unsigned options;     /* OPTION_… bits that it takes */
	int min_operands, max_operands;
	int (*run)(const struct arguments *arguments); /* returns the exit status */
	const char *words;    /* OPERAND_WORD: what the first operand may be, with blanks between */
	enum operand first, second;
};

extern const struct command commands[];
extern const size_t command_count;

int command_build(const struct arguments *arguments);
int command_check(const struct arguments *arguments);
int command_diff(const struct arguments *arguments);
int command_keys(const struct arguments *arguments);
int command_qr(const struct arguments *arguments);
int command_show(const struct arguments *arguments);
int command_init(const struct arguments *arguments);
int command_client(const struct arguments *arguments);
int command_prefix(const struct arguments *arguments);
int command_explain(const struct arguments *arguments);
int command_schema(const struct arguments *arguments);
int command_completions(const struct arguments *arguments);

#endif
