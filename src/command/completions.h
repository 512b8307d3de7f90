/* Completion rules for shells, made from the tables of commands and options. */
#ifndef HLGEN_COMMAND_COMPLETIONS_H
#define HLGEN_COMMAND_COMPLETIONS_H

#include <stdio.h>

#include "command/arguments.h"

void completions_bash(FILE *out);
void completions_zsh(FILE *out);
void completions_fish(FILE *out);

/* What is completed for an operand or an option's value, as the rules call it: "site", "clients", "peers", "codes", "words". */
const char *completions_kind(enum operand operand);
bool completions_takes(const struct command *command, const struct option *option);

#endif
