/* `hlgen prefix PREFIX`: another delegated prefix in the site file, a new tree, and what to copy where. */
#include "base/arena.h"
#include "base/fatal.h"
#include "base/file.h"
#include "command/changes.h"
#include "command/costs.h"
#include "command/deliver.h"
#include "command/replace.h"
#include "command/service.h"
#include "yaml/set.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

static const struct span nowhere = { 0 };

/* The site file on its way from one text to the other. */
struct renewal {
	struct build *build;
	struct str old, text;
	const char *from, *to; /* the prefixes; from is NULL when there was none */
	bool replaced;
};

/* What can be said about the command line without the site. */
static bool parse(struct str word, struct prefix *prefix)
{
	char right[PREFIX_TEXT];
	struct ip ip;
	bool good = prefix_parse(word, prefix);
	if (good && prefix->ip.family == IP_V6 && !prefix_has_host_bits(*prefix))
		return true;
	if (!good)
		fprintf(stderr, "hlgen: prefix: '%.*s' is no IPv6 prefix%s\n", STR_ARG(word),
			ip_parse(word, &ip) ? ": its length is missing, for example '/56'" : ", such as 2a0d:5600:abcd::/56");
	else if (prefix->ip.family != IP_V6)
		fprintf(stderr, "hlgen: prefix: '%.*s' is no IPv6 prefix, but an IPv4 network\n", STR_ARG(word));
	else
		fprintf(stderr, "hlgen: prefix: '%.*s' has host bits set: did you mean %s?\n", STR_ARG(word),
			prefix_format(prefix_network(*prefix), right));
	return false;
}

static void report_no_section(struct build *build)
{
	diag_help(build->diags, diag_add(build->diags, DIAG_MISSING_KEY, nowhere, "'%s' has no 'ipv6' section", build->site_path),
		"add one, with the length that the provider delegates: ipv6: { delegated_length: 56 }");
}

static void show(struct build *build)
{
	char text[PREFIX_TEXT];
	if (!build_site(build))
		return;
	if (!build->site->ipv6.head.present)
		report_no_section(build);
	else if (build->site->ipv6.prefix.value.ip.family == IP_V6)
		printf("%s\n", prefix_format(build->site->ipv6.prefix.value, text));
	else /* standard output is for the prefix alone */
		fprintf(stderr, "hlgen: '%s' has no prefix yet; on the router '/ipv6/dhcp-client/print' shows it\n", build->site_path);
}

/* For people, in front of the errors that follow. */
static void say(const struct build *build, const char *state)
{
	if (build->arguments->diagnostics == DIAG_TEXT)
		fprintf(stderr, "hlgen: '%s' %s:\n", build->site_path, state);
}

static void report_impossible(struct build *build, const struct yaml_node *section, const struct yaml_value *value, const char *why)
{
	struct diagnostic *found = diag_add(build->diags, DIAG_CANNOT_INSERT, section->span, "the prefix cannot be put into '%s' safely: %s",
		build->site_path, why);
	diag_help(build->diags, found, "nothing was changed; write the printed lines yourself");
	printf("%.*s", STR_ARG(yaml_value_lines(build->arena, value)));
}

/* True when the file holds the new text, whatever went wrong behind that. */
static bool is_new(const struct renewal *renewal)
{
	struct str now;
	return file_read(renewal->build->arena, AT_FDCWD, renewal->build->site_path, renewal->text.len, &now) == FILE_OK &&
	       str_equal(now, renewal->text);
}

/* The tree is ready beside its place: now the site file, then the tree. */
static bool replace_site(void *context)
{
	struct renewal *renewal = context;
	struct build *build = renewal->build;
	switch (replace_file(build->arena, build->site_path, renewal->old, renewal->text)) {
	case REPLACE_OK:
		renewal->replaced = true;
		if (renewal->from)
			printf("%s: prefix changed from %s to %s\n\n", build->site_path, renewal->from, renewal->to);
		else
			printf("%s: prefix set to %s\n\n", build->site_path, renewal->to);
		return true;
	case REPLACE_CHANGED:
		diag_help(build->diags, diag_add(build->diags, DIAG_CANNOT_INSERT, nowhere, "'%s' was changed by somebody else meanwhile",
			build->site_path), "run the command again");
		return false;
	case REPLACE_FAILED:
		report_system(build->diags, "replace", build->site_path);
		renewal->replaced = is_new(renewal);
		return false;
	}
	return false;
}

/* Builds the new text in memory, then brings both to the disk. */
static void renew(struct renewal *renewal)
{
	struct build *build = renewal->build;
	bool same = str_equal(renewal->old, renewal->text);
	change_list changes = { 0 };
	build->source = source_new(build->arena, str_of(build->site_path), renewal->text);
	if (!build_artifacts(build)) {
		say(build, same ? "has this prefix already, and these errors" : "was not changed, because of these errors in what it would become");
		return;
	}
	if (same)
		printf("%s: prefix is %s already\n\n", build->site_path, renewal->to);
	if (!deliver(build, same ? NULL : replace_site, renewal, &changes)) {
		if (!same)
			say(build, renewal->replaced ? "has the new prefix, but the tree is not complete: run the command again when this is mended" :
				"and the tree were not changed, because of this");
		return;
	}
	changes_print(build, &changes);
	if (!costs_first(&changes))
		service_print(build, &changes);
}

static void change(struct build *build, const char *word, struct prefix wanted)
{
	const struct str above[] = { STR("pool"), STR("delegated_length") };
	const struct yaml_value value = { STR("ipv6"), STR("prefix"), str_of(word), above, sizeof above / sizeof *above };
	const struct source *source = build_source(build);
	const struct yaml_node *document = source ? yaml_parse(build->arena, source, build->diags) : NULL;
	const char *why = NULL;
	struct prefix now;
	if (!document || diags_errors(build->diags) > 0)
		return;
	const struct yaml_node *section = yaml_get(document, value.section), *node = section ? yaml_get(section, value.key) : NULL;
	if (!section) {
		report_no_section(build);
		return;
	}
	struct renewal renewal = { .build = build, .old = source->bytes, .to = word };
	bool known = node && node->kind == YAML_SCALAR && prefix_parse(node->text, &now);
	if (known)
		renewal.from = str_copy(build->arena, node->text).ptr;
	renewal.text = known && prefix_equal(now, wanted) ? source->bytes : yaml_set(build->arena, source, document, &value, &why);
	if (renewal.text.ptr)
		renew(&renewal);
	else
		report_impossible(build, section, &value, why);
}

int command_prefix(const struct arguments *arguments)
{
	struct build build;
	struct prefix wanted;
	const char *word = arguments->count > 0 ? arguments->operands[0] : NULL;
	bool standard_input = arguments->site && strcmp(arguments->site, "-") == 0;
	if (word && !parse(str_of(word), &wanted))
		return EXIT_USAGE;
	if (word && standard_input) {
		fprintf(stderr, "hlgen: prefix: the site must be a file that can be changed, not '-'\n");
		return EXIT_USAGE;
	}
	if (!build_begin(&build, arguments, arguments->site))
		return EXIT_SYSTEM;
	if (word)
		change(&build, word, wanted);
	else
		show(&build);
	return build_end(&build, EXIT_OK);
}
