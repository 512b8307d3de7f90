/* Says what libyaml's syntax errors mean, and what to do about them. */
#include "yaml/internal.h"

enum where {
	AT_WORD,  /* the word where libyaml gave up */
	AT_BEGIN, /* the character where that began which it could not finish */
	AT_BEGUN_WORD
};

/* One of libyaml's complaints and its translation. */
struct translation {
	const char *problem;
	const char *context; /* NULL: any */
	enum diag_code code;
	enum where where;
	const char *message, *help;
	const char *note; /* about the place where it began, or NULL */
};

static const struct translation translations[] = {
	{"found unexpected end of stream", "while scanning a quoted scalar", DIAG_YAML_SYNTAX, AT_BEGIN,
	 "this quote is not closed", "close it on its line; or else one of the quotes above is not closed", NULL},
	{"found unexpected document indicator", "while scanning a quoted scalar", DIAG_YAML_SYNTAX, AT_BEGIN,
	 "this quote is not closed", "close it on its line; or else one of the quotes above is not closed", NULL},
	{"found unknown escape character", NULL, DIAG_YAML_SYNTAX, AT_WORD, "this escape is not known in double quotes",
	 "write '\\\\' for a backslash, or use single quotes", NULL},
	{"did not find expected hexdecimal number", NULL, DIAG_YAML_SYNTAX, AT_WORD, "this escape lacks hexadecimal digits",
	 "write '\\\\' for a backslash, or use single quotes", NULL},
	{"found invalid Unicode character escape code", NULL, DIAG_YAML_SYNTAX, AT_WORD,
	 "this escape is not a Unicode character", "write the character itself", NULL},
	{"block sequence entries are not allowed in this context", NULL, DIAG_YAML_SYNTAX, AT_WORD,
	 "a list item ('-') cannot begin here",
	 "begin the list on the next line, or write [a, b]; text that begins with '-' and a space needs quotes", NULL},
	{"mapping keys are not allowed in this context", NULL, DIAG_YAML_SYNTAX, AT_WORD, "a '?' cannot stand here",
	 "text that begins with '?' and a space needs quotes", NULL},
	{"did not find expected '-' indicator", NULL, DIAG_YAML_SYNTAX, AT_WORD,
	 "this line stands where a list goes on, but has no '-'",
	 "begin it with '- ' if it is an item, or else mend its indentation", "the list begins here"},
	{"did not find expected <document start>", NULL, DIAG_YAML_SYNTAX, AT_WORD,
	 "this does not belong to what stands above", "check the indentation of this line and the brackets above it", NULL},
	{"did not find expected comment or line break", "while scanning a block scalar", DIAG_YAML_SYNTAX, AT_WORD,
	 "no text may follow '|' or '>' on its line", "text that begins with '|' or '>' needs quotes", NULL},
	{"did not find expected alphabetic or numeric character", "while scanning an alias", DIAG_YAML_SYNTAX,
	 AT_BEGUN_WORD, "text that begins with '*' needs quotes", "put it in quotes, as in \"*.example.org\"", NULL},
	{"did not find expected alphabetic or numeric character", "while scanning an anchor", DIAG_YAML_SYNTAX,
	 AT_BEGUN_WORD, "text that begins with '&' needs quotes", "put it in quotes", NULL},
	{"found incompatible YAML document", NULL, DIAG_YAML_UNSUPPORTED, AT_BEGUN_WORD,
	 "only YAML 1.1 and 1.2 are understood", "remove the line with '%YAML'", NULL},
	{"found unknown directive name", NULL, DIAG_YAML_UNSUPPORTED, AT_BEGUN_WORD, "this directive is not supported",
	 "remove the line; text that begins with '%' needs quotes", NULL},
};

enum { TRANSLATIONS = sizeof translations / sizeof translations[0] };

static bool is_text(const char *a, const char *b)
{
	return str_equal(str_of(a), str_of(b));
}

static const struct translation *find_translation(const struct failure *failure)
{
	for (size_t i = 0; i < TRANSLATIONS; i++) {
		const struct translation *translation = &translations[i];
		if (is_text(translation->problem, failure->problem) &&
		    (translation->context == NULL || is_text(translation->context, failure->context))) {
			return translation;
		}
	}
	return NULL;
}

static struct span place(const struct failure *failure, enum where where)
{
	if (where == AT_BEGIN) {
		return (struct span){failure->source, failure->began, failure->began + 1};
	}
	return word_span(failure->source, where == AT_WORD ? failure->at : failure->began);
}

static void report_translated(const struct failure *failure, const struct translation *translation)
{
	struct span span = place(failure, translation->where);
	struct diagnostic *diagnostic = diag_add(failure->diags, translation->code, span, "%s", translation->message);
	if (translation->note != NULL) {
		diag_note(failure->diags, diagnostic, word_span(failure->source, failure->began), "%s", translation->note);
	}
	diag_help(failure->diags, diagnostic, "%s", translation->help);
}

/* Tags have a dozen ways to be wrong and are refused anyway. */
static bool is_about_tag(const struct failure *failure)
{
	return is_text(failure->context, "while scanning a tag") || is_text(failure->context, "while parsing a tag");
}

static void report_tag(const struct failure *failure)
{
	struct diagnostic *diagnostic = diag_add(failure->diags, DIAG_YAML_SYNTAX, place(failure, AT_BEGUN_WORD),
	                                         "text that begins with '!' needs quotes");
	diag_help(failure->diags, diagnostic, "put it in quotes");
}

/* The rare rest, in libyaml's words. */
static void report_untranslated(const struct failure *failure)
{
	const char *blank = failure->context[0] != '\0' ? " " : "";
	struct diagnostic *diagnostic = diag_add(failure->diags, DIAG_YAML_SYNTAX, place(failure, AT_WORD), "%s%s%s",
	                                         failure->context, blank, failure->problem);
	if (failure->began != failure->at) {
		diag_note(failure->diags, diagnostic, word_span(failure->source, failure->began), "it begins here");
	}
}

void failure_report(const struct failure *failure)
{
	if (trap_report(failure)) {
		return;
	}
	const struct translation *translation = find_translation(failure);
	if (translation != NULL) {
		report_translated(failure, translation);
	} else if (is_about_tag(failure)) {
		report_tag(failure);
	} else {
		report_untranslated(failure);
	}
}
