/* The command line: options from one table, operands, usage and help text. */
#include "command/arguments.h"
#include "diag/suggest.h"

#include <string.h>

const struct option options[] = {
	{ OPTION_OUT, 'o', "out", "DIR", "where the tree is written (default: out beside SITE)" },
	{ OPTION_KEYS, 'k', "keys", "DIR", "the key store (default: keys beside SITE)" },
	{ OPTION_SITE, 's', "site", "SITE", "the site file (default: site.yaml)" },
	{ OPTION_TEMPLATES, 't', "templates", "DIR", "templates that replace or extend the built-in ones" },
	{ OPTION_REDACT, 0, "redact", NULL, "write names instead of secrets; needs only the .pub files" },
	{ OPTION_FORCE, 0, "force", NULL, "overwrite files that were edited by hand" },
	{ OPTION_STRICT, 0, "strict", NULL, "treat warnings as errors" },
	{ OPTION_DIAGNOSTICS, 0, "diagnostics", "text|json", "how messages are printed" },
	{ OPTION_PRESHARED, 0, "preshared", NULL, "the key is a preshared key" },
	{ OPTION_REPLACE, 0, "replace", NULL, "replace a key that is there" },
	{ OPTION_CONFIRM, 0, "confirm", "NAME", "revoke: the name once more, to say that it is meant" },
	{ OPTION_EXAMPLE, 0, "example", "minimal|relay|homelab|full", "what to start from (default: minimal)" },
	{ OPTION_TUNNEL, 0, "tunnel", "split|full|both", "what the client sends through the tunnel" },
	{ OPTION_ADDRESS, 0, "address", "ADDRESS", "its tunnel address (default: the next free one)" },
	{ OPTION_DNS, 0, "dns", "ADDRESS,...", "its DNS servers while the tunnel is up" },
	{ OPTION_HELP, 'h', "help", NULL, "show this help" },
};
const size_t option_count = sizeof options / sizeof *options;

void arguments_help(const struct command *command, FILE *out)
{
	fprintf(out, "usage: hlgen %s [options]%s%s\n\n%s\n", command->name, *command->operands ? " " : "", command->operands, command->summary);
	if (command->details)
		fprintf(out, "\n%s", command->details);
	fprintf(out, "\noptions:\n");
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &options[i];
		char letter[5] = "    ";
		if (!((command->options | OPTION_HELP) & option->bit))
			continue;
		if (option->letter)
			snprintf(letter, sizeof letter, "-%c, ", option->letter);
		int width = fprintf(out, "  %s--%s%s%s", letter, option->name, option->value ? "=" : "", option->value ? option->value : "");
		fprintf(out, "%*s%s\n", width < 30 ? 30 - width : 1, "", option->text);
	}
}

static enum parse_result wrong(const struct command *command, const char *message, const char *word)
{
	fprintf(stderr, "hlgen: %s: %s '%s'\n", command->name, message, word);
	fprintf(stderr, "try 'hlgen %s --help'\n", command->name);
	return PARSE_WRONG;
}

static enum parse_result apply(const struct command *command, const struct option *option, const char *value, struct arguments *arguments)
{
	switch (option->bit) {
	case OPTION_OUT: arguments->out = value; break;
	case OPTION_KEYS: arguments->keys = value; break;
	case OPTION_SITE: arguments->site = value; break;
	case OPTION_TEMPLATES: arguments->templates = value; break;
	case OPTION_EXAMPLE: arguments->example = value; break;
	case OPTION_TUNNEL: arguments->tunnel = value; break;
	case OPTION_ADDRESS: arguments->address = value; break;
	case OPTION_DNS: arguments->dns = value; break;
	case OPTION_CONFIRM: arguments->confirm = value; break;
	case OPTION_REDACT: arguments->redact = true; break;
	case OPTION_FORCE: arguments->force = true; break;
	case OPTION_STRICT: arguments->strict = true; break;
	case OPTION_PRESHARED: arguments->preshared = true; break;
	case OPTION_REPLACE: arguments->replace = true; break;
	case OPTION_DIAGNOSTICS:
		if (!value)
			return PARSE_WRONG; /* parse_option() saw to it */
		if (strcmp(value, "json") != 0 && strcmp(value, "text") != 0)
			return wrong(command, "--diagnostics is text or json, not", value);
		arguments->diagnostics = strcmp(value, "json") == 0 ? DIAG_JSON : DIAG_TEXT;
		break;
	default:
		arguments_help(command, stdout);
		return PARSE_DONE;
	}
	return PARSE_RUN;
}

static const struct option *find(const struct command *command, const char *word, size_t length)
{
	for (size_t i = 0; i < option_count; i++) {
		if (!((command->options | OPTION_HELP) & options[i].bit))
			continue;
		if (word[0] == '-' ? strlen(options[i].name) == length - 1 && strncmp(options[i].name, word + 1, length - 1) == 0 :
		    length == 1 && options[i].letter == word[0])
			return &options[i];
	}
	return NULL;
}

static enum parse_result unknown(const struct command *command, const char *word)
{
	struct suggestion suggestion = suggest_start(str_of(word[1] == '-' ? word + 2 : word + 1));
	for (size_t i = 0; i < option_count; i++)
		if ((command->options | OPTION_HELP) & options[i].bit)
			suggest_offer(&suggestion, str_of(options[i].name));
	wrong(command, "unknown option", word);
	if (suggestion.best.ptr)
		fprintf(stderr, "did you mean '--%.*s'?\n", STR_ARG(suggestion.best));
	return PARSE_WRONG;
}

/* One word that begins with '-'. `next` is the word behind it; `used` tells that it was the value. */
static enum parse_result parse_option(const struct command *command, const char *word, const char *next, bool *used, struct arguments *arguments)
{
	bool is_long = word[1] == '-';
	const char *equals = is_long ? strchr(word, '=') : NULL;
	size_t length = is_long ? (equals ? (size_t)(equals - word) : strlen(word)) - 1 : 1;
	const struct option *option = find(command, word + 1, length);
	const char *value = equals ? equals + 1 : !is_long && word[2] ? word + 2 : NULL;
	if (!option)
		return unknown(command, word);
	if (!option->value && value)
		return wrong(command, "this option takes no value:", word);
	if (option->value && !value) {
		value = next;
		*used = true;
	}
	if (option->value && (!value || !*value))
		return wrong(command, "this option needs a value:", word);
	return apply(command, option, value, arguments);
}

enum parse_result arguments_parse(const struct command *command, int argc, char **argv, struct arguments *arguments)
{
	bool only_operands = false;
	for (int i = 0; i < argc; i++) {
		const char *word = argv[i];
		if (!only_operands && strcmp(word, "--") == 0) {
			only_operands = true;
		} else if (!only_operands && word[0] == '-' && word[1]) {
			bool used = false;
			enum parse_result result = parse_option(command, word, i + 1 < argc ? argv[i + 1] : NULL, &used, arguments);
			if (result != PARSE_RUN)
				return result;
			i += used;
		} else if (arguments->count == command->max_operands) {
			return wrong(command, "one word too many:", word);
		} else {
			arguments->operands[arguments->count++] = word;
		}
	}
	return arguments->count < command->min_operands ? wrong(command, "something is missing:", command->operands) : PARSE_RUN;
}
