/* The classic traps of YAML: syntax errors whose cause is clear only from the text around. */
#include "yaml/internal.h"

static struct diagnostic *report(const struct failure *failure, struct span span, const char *message)
{
	return diag_add(failure->diags, DIAG_YAML_SYNTAX, span, "%s", message);
}

static void help(const struct failure *failure, struct diagnostic *diagnostic, const char *text)
{
	diag_help(failure->diags, diagnostic, "%s", text);
}

static struct span one(const struct failure *failure, uint32_t at)
{
	return (struct span){failure->source, at, at + 1};
}

static bool at_end(const struct failure *failure)
{
	return failure->at >= failure->source->bytes.len;
}

/* What stands on the line of `at`, from its first character on. */
static struct span line_of(const struct failure *failure, uint32_t at)
{
	return line_span(failure->source, indentation_end(failure->source, at), (uint32_t)failure->source->bytes.len);
}

static bool begins_line(const struct failure *failure, uint32_t at)
{
	return indentation_end(failure->source, at) == at;
}

static struct str text_of(struct span span)
{
	return str_slice(span.source->bytes, span.start, span.end);
}

static uint32_t indentation(struct span line)
{
	return source_position(line.source, line.start).column;
}

/* The last line above `at` that holds more than a comment; false when there is none. */
static bool line_above(const struct failure *failure, uint32_t at, struct span *above)
{
	uint32_t number = source_position(failure->source, at).line;
	while (--number > 0) {
		*above = line_of(failure, failure->source->lines.items[number - 1]);
		if (above->end > above->start && byte_at(failure->source, above->start) != '#') {
			return true;
		}
	}
	return false;
}

/* ---- tabs and characters ---- */

static bool tab(const struct failure *failure)
{
	uint32_t at;
	bool indents = tab_before(failure->source, indentation_end(failure->source, failure->at), &at);
	if (!indents) {
		if (at_end(failure) || byte_at(failure->source, failure->at) != '\t') {
			return false;
		}
		at = failure->at;
	}
	struct diagnostic *diagnostic = diag_add(failure->diags, DIAG_YAML_TAB, one(failure, at), "%s",
	                                         indents ? "a tab is used as indentation" : "a tab cannot stand here");
	help(failure, diagnostic, "indent with spaces; editors can turn every tab of the file into spaces");
	return true;
}

static bool reserved_character(const struct failure *failure)
{
	struct span word = word_span(failure->source, failure->at);
	struct diagnostic *diagnostic = diag_add(failure->diags, DIAG_YAML_SYNTAX, word,
	                                         "text that begins with '%c' needs quotes",
	                                         byte_at(failure->source, failure->at));
	help(failure, diagnostic, "put it in quotes");
	return true;
}

/* ---- colons ---- */

static const char quote_help[] = "put the value in quotes; IPv6 addresses need them where they begin or end with ':'";

/* The line has no key. */
static void report_keyless_line(const struct failure *failure, struct span line)
{
	struct str text = text_of(line);
	size_t colon = str_find(text, ':');
	if (colon > 0 && colon + 1 < text.len && text.ptr[colon + 1] != '/') {
		struct diagnostic *diagnostic = report(failure, line, "a space is missing after ':'");
		diag_help(failure->diags, diagnostic, "write '%.*s: %.*s'", (int)colon, text.ptr,
		          STR_ARG(str_slice(text, colon + 1, text.len)));
		return;
	}
	struct diagnostic *diagnostic = report(failure, line, "a ':' is missing on this line");
	help(failure, diagnostic, "write 'key: value', or '- value' for an item of a list");
}

/* A line was read as a key, and no colon came. */
static bool missing_colon(const struct failure *failure)
{
	char first = byte_at(failure->source, failure->began);
	if (first == '"' || first == '\'') {
		struct diagnostic *diagnostic =
			report(failure, one(failure, failure->began), "no ':' follows this quoted text");
		help(failure, diagnostic, "check that the quote is closed where it should be");
		return true;
	}
	report_keyless_line(failure,
	                    line_span(failure->source, failure->began, (uint32_t)failure->source->bytes.len));
	return true;
}

/* Offset of the first colon of the line that ends a key, or `at`. */
static uint32_t first_key_colon(const struct failure *failure, struct span line, uint32_t at)
{
	for (uint32_t i = line.start; i < at; i++) {
		char next = byte_at(failure->source, i + 1);
		if (byte_at(failure->source, i) == ':' && (next == ' ' || next == '\t')) {
			return i;
		}
	}
	return at;
}

/* This line begins a key, but the one above has not ended yet. */
static bool unexpected_line(const struct failure *failure)
{
	struct span line = line_of(failure, failure->at), above;
	if (!line_above(failure, failure->at, &above)) {
		return false;
	}
	if (indentation(line) <= indentation(above)) {
		report_keyless_line(failure, above);
		return true;
	}
	struct diagnostic *diagnostic =
		report(failure, line, "this line is indented deeper, but the line above has a value already");
	diag_note(failure->diags, diagnostic, above, "this is the line above");
	help(failure, diagnostic, "let both begin in the same column, or remove the value above");
	return true;
}

static bool unexpected_colon(const struct failure *failure)
{
	struct span line = line_of(failure, failure->at);
	uint32_t colon = first_key_colon(failure, line, failure->at);
	if (colon == failure->at) {
		return unexpected_line(failure);
	}
	struct diagnostic *diagnostic;
	if (failure->at + 1 >= line.end) {
		diagnostic = report(failure, one(failure, failure->at), "a value must not end with ':'");
		help(failure, diagnostic, quote_help);
	} else {
		diagnostic = report(failure, one(failure, failure->at), "a second ': ' on one line");
		diag_note(failure->diags, diagnostic, one(failure, colon), "the first one ends the key");
		help(failure, diagnostic, "put the value in quotes, or begin it on the next line if it is a map");
	}
	return true;
}

static bool flow_value_ends_with_colon(const struct failure *failure)
{
	struct span value = {failure->source, failure->began, failure->at + 1};
	struct diagnostic *diagnostic = report(failure, value, "a value must not end with ':'");
	help(failure, diagnostic, quote_help);
	return true;
}

/* ---- keys and indentation ---- */

static bool expected_key(const struct failure *failure)
{
	struct span line = line_of(failure, failure->at), above;
	char c = byte_at(failure->source, failure->at);
	struct diagnostic *diagnostic;
	if (c == ':') {
		diagnostic = report(failure, one(failure, failure->at), "a key is missing before ':'");
		help(failure, diagnostic, "write 'key: value'");
	} else if (!begins_line(failure, failure->at)) {
		diagnostic = report(failure, line_span(failure->source, failure->at, line.end),
		                    "this follows a value that has ended already");
		help(failure, diagnostic, "put the whole value in quotes; inside single quotes write '' for a quote");
	} else if (c == '-') {
		diagnostic = report(failure, one(failure, failure->at), "a list item ('-') stands among keys");
		help(failure, diagnostic, "a list belongs to the key above it, which then has no value on its own line");
	} else if (line_above(failure, failure->at, &above) && indentation(line) > indentation(above)) {
		return unexpected_line(failure);
	} else {
		/* Either this line is wrong, or the one above, from which it differs. */
		diagnostic = report(failure, line, "the indentation of this line fits none of the lines above");
		diag_note(failure->diags, diagnostic, word_span(failure->source, failure->began), "the map begins here");
		if (line_above(failure, failure->at, &above) && indentation(above) > indentation(line)) {
			diag_note(failure->diags, diagnostic, above, "the line above begins further to the right");
		}
		help(failure, diagnostic, "let it begin in the same column as the keys it belongs to");
	}
	return true;
}

/* ---- brackets ---- */

static char counterpart(char open)
{
	return open == '{' ? '}' : ']';
}

static bool unclosed_at(const struct failure *failure, uint32_t bracket)
{
	char open = byte_at(failure->source, bracket), close = counterpart(open);
	struct diagnostic *diagnostic =
		diag_add(failure->diags, DIAG_YAML_SYNTAX, one(failure, bracket), "this '%c' is not closed", open);
	if (!at_end(failure)) {
		diag_note(failure->diags, diagnostic, one(failure, failure->at), "a ',' or '%c' is missing before this", close);
	}
	diag_help(failure->diags, diagnostic, "add the '%c'", close);
	return true;
}

static bool unclosed_bracket(const struct failure *failure)
{
	char open = byte_at(failure->source, failure->began), close = counterpart(open);
	bool together = !at_end(failure) && same_line(failure->source, failure->began, failure->at);
	if (together) {
		struct diagnostic *diagnostic = diag_add(failure->diags, DIAG_YAML_SYNTAX, one(failure, failure->at),
		                                         "a ',' or '%c' is missing before this", close);
		diag_note(failure->diags, diagnostic, one(failure, failure->began), "the '%c' is opened here", open);
		help(failure, diagnostic, "separate with ','; text with ': ', ',' or brackets in it needs quotes");
		return true;
	}
	return unclosed_at(failure, failure->began);
}

static bool missing_value(const struct failure *failure)
{
	char c = byte_at(failure->source, failure->at);
	struct diagnostic *diagnostic;
	if (c == ':') {
		diagnostic = report(failure, one(failure, failure->at), "a value must not begin with ':' inside brackets");
		help(failure, diagnostic, quote_help);
		return true;
	}
	if (at_end(failure)) {
		return unclosed_at(failure, failure->bracket);
	}
	diagnostic = diag_add(failure->diags, DIAG_YAML_SYNTAX, one(failure, failure->at), "a value cannot begin with '%c'",
	                      c);
	help(failure, diagnostic,
	     c == ',' ? "remove one ',' or put a value between them" :
	                "check that each bracket has its counterpart; text with brackets needs quotes");
	return true;
}

/* ---- quotes ---- */

/* What comes next follows quoted text that goes over several lines: more likely the quote was forgotten where the text began. */
static bool forgotten_quote(const struct failure *failure)
{
	struct span quoted = failure->quoted;
	if (quoted.source == NULL || same_line(failure->source, quoted.start, quoted.end) || !same_line(failure->source, quoted.end, failure->at)) {
		return false;
	}
	struct diagnostic *diagnostic = report(failure, one(failure, quoted.start), "this quote is not closed on its line");
	diag_note(failure->diags, diagnostic, one(failure, quoted.end - 1), "the next one closes it, and what follows fits nowhere");
	help(failure, diagnostic, "close it where its text ends");
	return true;
}

/* ---- which is which ---- */

struct trap {
	const char *problem;
	bool (*report)(const struct failure *failure);
};

static const struct trap traps[] = {
	{"found character that cannot start any token", reserved_character},
	{"could not find expected ':'", missing_colon},
	{"mapping values are not allowed in this context", unexpected_colon},
	{"found unexpected ':'", flow_value_ends_with_colon},
	{"did not find expected key", expected_key},
	{"did not find expected ',' or ']'", unclosed_bracket},
	{"did not find expected ',' or '}'", unclosed_bracket},
	{"did not find expected node content", missing_value},
};

enum { TRAPS = sizeof traps / sizeof traps[0] };

bool trap_report(const struct failure *failure)
{
	if (tab(failure) || forgotten_quote(failure)) {
		return true;
	}
	struct str problem = str_of(failure->problem);
	for (size_t i = 0; i < TRAPS; i++) {
		if (str_equal(problem, str_of(traps[i].problem))) {
			return traps[i].report(failure);
		}
	}
	return false;
}
