/* `hlgen completions bash|zsh|fish`, and what the rules ask back: `completions clients|peers|codes`, one word a line. */
#include "command/completions.h"
#include "base/arena.h"
#include "base/fatal.h"
#include "base/file.h"
#include "site/names.h"
#include "site/site.h"
#include "yaml/yaml.h"

#include <fcntl.h>
#include <string.h>

const char *completions_kind(enum operand operand)
{
	switch (operand) {
	case OPERAND_NONE: return "none";
	case OPERAND_WORD: return "words";
	case OPERAND_SITE: return "site";
	case OPERAND_CLIENT: return "clients";
	case OPERAND_PEER: return "peers";
	case OPERAND_CODE: return "codes";
	}
	return "none";
}

bool completions_takes(const struct command *command, const struct option *option)
{
	return ((command->options | OPTION_HELP) & option->bit) != 0;
}

/* The clients of a site file that may be half written: whatever YAML can be read, without a word about the rest. Only good names,
 * so that a shell never sees anything else. With `files`, also the second file of a client with two. */
static void print_clients(const char *path, bool files)
{
	struct arena *arena = arena_new();
	struct str bytes;
	if (file_read(arena, AT_FDCWD, path, YAML_MAX_BYTES, &bytes) == FILE_OK) {
		const struct yaml_node *document = yaml_parse(arena, source_new(arena, str_of(path), bytes), diags_new(arena, false));
		const struct yaml_node *clients = document && document->kind == YAML_MAP ? yaml_get(document, STR("clients")) : NULL;
		for (size_t i = 0; clients && i < clients->entries.count; i++) {
			struct str name = clients->entries.items[i].key->text;
			const struct yaml_node *client = clients->entries.items[i].value;
			const struct yaml_node *tunnel = client->kind == YAML_MAP ? yaml_get(client, STR("tunnel")) : NULL;
			if (name_client(name))
				continue;
			printf("%.*s\n", STR_ARG(name));
			if (files && tunnel && tunnel->kind == YAML_SCALAR && str_equal(tunnel->text, STR("both")))
				printf("%.*s\n", STR_ARG(site_full_name(arena, name)));
		}
	}
	arena_free(arena);
}

static void print_codes(void)
{
	for (int i = 0; i < DIAG_CODE_COUNT; i++)
		printf("%s\n", code_info((enum diag_code)i)->name);
}

int command_completions(const struct arguments *arguments)
{
	const char *what = arguments->operands[0], *site = arguments->site ? arguments->site : "site.yaml";
	if (strcmp(what, "bash") == 0) {
		completions_bash(stdout);
	} else if (strcmp(what, "zsh") == 0) {
		completions_zsh(stdout);
	} else if (strcmp(what, "fish") == 0) {
		completions_fish(stdout);
	} else if (strcmp(what, "codes") == 0) {
		print_codes();
	} else if (strcmp(what, "clients") == 0) {
		print_clients(site, true);
	} else if (strcmp(what, "peers") == 0) {
		printf("vps\nrouter\n");
		print_clients(site, false);
	} else {
		fprintf(stderr, "hlgen: completions: it is 'bash', 'zsh' or 'fish', not '%s'\n", what);
		return EXIT_USAGE;
	}
	if (fflush(stdout) == 0 && !ferror(stdout))
		return EXIT_OK;
	fprintf(stderr, "hlgen: cannot write to standard output\n");
	return EXIT_SYSTEM;
}
