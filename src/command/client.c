/* `hlgen client add NAME`: a new client with the next free address, put into the site file without touching anything else in it. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/fatal.h"
#include "command/pipeline.h"
#include "command/replace.h"
#include "site/names.h"
#include "yaml/insert.h"

#include <errno.h>
#include <string.h>

enum { MAX_SETTINGS = 3 };

static const struct site_client *find_client(const struct site *site, struct str name)
{
	for (size_t i = 0; i < site->clients.count; i++)
		if (str_equal(site->clients.items[i].head.name, name))
			return &site->clients.items[i];
	return NULL;
}

/* "1.1.1.1,2606:4700::1111" as a YAML list; without ptr when a part is no address. */
static struct str dns_list(struct arena *arena, struct str words)
{
	struct buf out = { .arena = arena };
	const char *before = "[";
	for (size_t at = 0; at <= words.len;) {
		struct str rest = str_slice(words, at, words.len), word = str_slice(rest, 0, str_find(rest, ','));
		struct ip ip;
		if (!ip_parse(word, &ip))
			return (struct str){ NULL, 0 };
		buf_printf(&out, ip.family == IP_V6 ? "%s\"%.*s\"" : "%s%.*s", before, STR_ARG(word));
		before = ", ";
		at += word.len + 1;
	}
	buf_char(&out, ']');
	return buf_view(&out);
}

/* What can be said about the command line without the site. */
static bool arguments_are_good(const struct arguments *arguments, struct arena *arena)
{
	struct ip ip;
	const char *wrong = NULL, *what = NULL;
	if (arguments->tunnel && strcmp(arguments->tunnel, "split") != 0 && strcmp(arguments->tunnel, "full") != 0 &&
	    strcmp(arguments->tunnel, "both") != 0) {
		wrong = arguments->tunnel;
		what = "--tunnel is split, full or both, not";
	} else if (arguments->address && (!ip_parse(str_of(arguments->address), &ip) || ip.family != IP_V4)) {
		wrong = arguments->address;
		what = "--address is an IPv4 address, not";
	} else if (arguments->dns && !dns_list(arena, str_of(arguments->dns)).ptr) {
		wrong = arguments->dns;
		what = "--dns is one IP address or several with commas between, not";
	} else if (arguments->site && strcmp(arguments->site, "-") == 0) {
		wrong = arguments->site;
		what = "the site must be a file that can be changed, not";
	}
	if (wrong)
		fprintf(stderr, "hlgen: client: %s '%s'\n", what, wrong);
	return !wrong;
}

static bool name_is_good(struct build *build, struct str name)
{
	struct span nowhere = { 0 };
	const char *why = name_client(name);
	if (why)
		diag_add(build->diags, DIAG_BAD_NAME, nowhere, "'%.*s' cannot be the name of a client: %s", STR_ARG(name), why);
	return !why;
}

/* The address as text, or NULL when there is none to give. */
static const char *choose_address(struct build *build, const struct site *site)
{
	if (build->arguments->address)
		return build->arguments->address;
	struct ip free = site_next_free(build->arena, site);
	if (free.family == IP_NONE) {
		if (diags_errors(build->diags) == 0)
			diag_help(build->diags, diag_add(build->diags, DIAG_MISSING_ADDRESS, site->tunnel.network.at, "the tunnel network has no free address"),
				"choose a larger one, or remove clients that are gone");
		return NULL;
	}
	char *text = arena_alloc(build->arena, IP_TEXT);
	return ip_format(free, text);
}

static size_t settings_of(struct build *build, const char *address, struct yaml_setting settings[static MAX_SETTINGS])
{
	size_t count = 0;
	settings[count++] = (struct yaml_setting){ STR("address"), str_of(address) };
	if (build->arguments->tunnel)
		settings[count++] = (struct yaml_setting){ STR("tunnel"), str_of(build->arguments->tunnel) };
	if (build->arguments->dns)
		settings[count++] = (struct yaml_setting){ STR("dns"), dns_list(build->arena, str_of(build->arguments->dns)) };
	return count;
}

static void report_impossible(struct build *build, const struct yaml_node *document, const struct yaml_addition *addition, const char *why)
{
	struct span at = document->span;
	for (size_t i = 0; i < document->entries.count; i++)
		if (str_equal(document->entries.items[i].key->text, addition->section))
			at = document->entries.items[i].value->span;
	struct diagnostic *found = diag_add(build->diags, DIAG_CANNOT_INSERT, at, "client '%.*s' cannot be put into '%s' safely: %s",
		STR_ARG(addition->name), build->site_path, why);
	diag_help(build->diags, found, "nothing was changed; add the printed lines yourself");
	printf("%.*s", STR_ARG(yaml_addition_lines(build->arena, addition)));
}

/* For people, in front of the errors that follow. */
static void say_unchanged(const struct build *build, const char *where)
{
	if (build->arguments->diagnostics == DIAG_TEXT)
		fprintf(stderr, "hlgen: '%s' was not changed, because of these errors in %s:\n", build->site_path, where);
}

/* The new text must be a site without errors. Otherwise the file's own errors are shown, or, when it has none, those of the new text. */
static bool check(struct build *build, struct str text)
{
	struct diags *diags = diags_new(build->arena, build->arguments->strict);
	const struct source *source = source_new(build->arena, str_of(build->site_path), text);
	const struct yaml_node *document = yaml_parse(build->arena, source, diags);
	if (document)
		site_load(build->arena, document, diags);
	bool good = document && diags_errors(diags) == 0;
	if (!good)
		say_unchanged(build, diags_errors(build->diags) > 0 ? "it" : "what it would become");
	if (good || diags_errors(build->diags) == 0)
		build->diags = diags;
	return good;
}

static void replace(struct build *build, struct str old, struct str text, struct str name, const char *address)
{
	struct span nowhere = { 0 };
	const char *option = build->arguments->site ? " -s " : "", *path = build->arguments->site ? build->site_path : "";
	switch (replace_file(build->arena, build->site_path, old, text)) {
	case REPLACE_OK:
		printf("added client '%.*s' with address %s to %s\n\nnext:\n  hlgen build%s%s\n  hlgen qr%s%s %.*s\n", STR_ARG(name), address,
			build->site_path, *path ? " " : "", path, option, path, STR_ARG(name));
		if (build->arguments->tunnel && strcmp(build->arguments->tunnel, "both") == 0)
			printf("  hlgen qr%s%s %.*s\n", option, path, STR_ARG(site_full_name(build->arena, name)));
		break;
	case REPLACE_CHANGED:
		diag_help(build->diags, diag_add(build->diags, DIAG_CANNOT_INSERT, nowhere, "'%s' was changed by somebody else meanwhile",
			build->site_path), "run the command again");
		break;
	case REPLACE_FAILED:
		report_system(build->diags, "replace", build->site_path);
		break;
	}
}

static void add(struct build *build, struct str name)
{
	const struct source *source = name_is_good(build, name) ? build_source(build) : NULL;
	const struct yaml_node *document = source ? yaml_parse(build->arena, source, build->diags) : NULL;
	if (!document || diags_errors(build->diags) > 0)
		return;
	const struct site *site = site_load(build->arena, document, build->diags);
	const struct site_client *there = find_client(site, name);
	if (there) {
		diag_help(build->diags, diag_add(build->diags, DIAG_DUPLICATE_NAME, there->head.at, "client '%.*s' is there already", STR_ARG(name)),
			"choose another name");
		return;
	}
	const char *address = choose_address(build, site), *why;
	if (!address)
		return;
	struct yaml_setting settings[MAX_SETTINGS];
	struct yaml_addition addition = { STR("clients"), name, settings, settings_of(build, address, settings) };
	struct str text = yaml_insert(build->arena, source, document, &addition, &why);
	if (!text.ptr && diags_errors(build->diags) == 0)
		report_impossible(build, document, &addition, why);
	else if (!text.ptr)
		say_unchanged(build, "it");
	else if (check(build, text))
		replace(build, source->bytes, text, name, address);
}

int command_client(const struct arguments *arguments)
{
	struct build build;
	if (strcmp(arguments->operands[0], "add") != 0) {
		fprintf(stderr, "usage: hlgen client add NAME\n");
		return EXIT_USAGE;
	}
	if (!build_begin(&build, arguments, arguments->site))
		return EXIT_SYSTEM;
	if (!arguments_are_good(arguments, build.arena)) {
		(void)build_end(&build, EXIT_USAGE);
		return EXIT_USAGE;
	}
	add(&build, str_of(arguments->operands[1]));
	return build_end(&build, EXIT_OK);
}
