/* The field tables as the key reference of hlgen-site(5), in mdoc(7). */
#include "base/arena.h"
#include "base/buf.h"
#include "command/schema.h"

#include <string.h>

enum { LINE = 76 };

/* Where an item's text goes: lines that break at blanks and after each sentence, as mdoc wants them. */
struct page {
	struct arena *arena;
	FILE *out;
};

/* A character so that neither roff nor a macro's quotes take it for their own. */
static void put_char(FILE *out, char c)
{
	if (c == '\\')
		fputs("\\e", out);
	else if (c == '"')
		fputs("\\(dq", out);
	else
		putc(c, out);
}

static bool ends_sentence(struct str word)
{
	return word.len > 1 && (word.ptr[word.len - 1] == '.' || word.ptr[word.len - 1] == '?');
}

/* Prints a word of text; `code` tells whether it lies between two backticks. */
static size_t put_word(FILE *out, struct str word, bool *code, bool first)
{
	if (first && (word.ptr[0] == '.' || word.ptr[0] == '\''))
		fputs("\\&", out);
	for (size_t i = 0; i < word.len; i++) {
		if (word.ptr[i] != '`') {
			put_char(out, word.ptr[i]);
			continue;
		}
		*code = !*code;
		fputs(*code ? "\\(oq" : "\\(cq", out);
	}
	return word.len;
}

static void put_text(struct page *page, const char *text)
{
	struct str rest = str_of(text);
	size_t column = 0;
	bool code = false;
	while (rest.len > 0) {
		size_t blank = str_find(rest, ' ');
		struct str word = str_slice(rest, 0, blank);
		rest = str_slice(rest, blank + 1, rest.len);
		if (column > 0 && column + 1 + word.len > LINE) {
			putc('\n', page->out);
			column = 0;
		} else if (column > 0) {
			putc(' ', page->out);
			column++;
		}
		column += put_word(page->out, word, &code, column == 0);
		if (!code && ends_sentence(word) && rest.len > 0) {
			putc('\n', page->out);
			column = 0;
		}
	}
	putc('\n', page->out);
}

/* A value as in the file. */
static void put_literal(struct page *page, const char *value)
{
	fputs(".Li \"", page->out);
	for (const char *c = value; *c; c++) {
		if (*c == '-')
			putc('\\', page->out);
		put_char(page->out, *c);
	}
	fputs("\" .\n", page->out);
}

static void put_choices(struct page *page, const struct field *field)
{
	fprintf(page->out, "%s\n.Cm", field->form == FORM_MANY ? "One or several of" : "One of");
	for (size_t i = 0; field->choices[i]; i++)
		fprintf(page->out, "%s %s", i > 0 ? " ," : "", field->choices[i]);
	fputs(" .\n", page->out);
}

/* What a value must be, as a sentence. */
static void put_type(struct page *page, const struct field *field)
{
	struct buf text = { .arena = page->arena };
	if (field->choices) {
		put_choices(page, field);
		return;
	}
	char capital = field->type->noun[0];
	buf_char(&text, capital >= 'a' && capital <= 'z' ? (char)(capital - 'a' + 'A') : capital);
	buf_printf(&text, "%s", field->type->noun + 1);
	if (field->type->storage == STORE_NUMBER && field->type == &type_number && (field->min != 0 || field->max != 0))
		buf_printf(&text, " from %lld to %lld", (long long)field->min, (long long)field->max);
	if (field->type->storage == STORE_TEXT && field->max > 0)
		buf_printf(&text, " of at most %lld characters", (long long)field->max);
	if (field->form == FORM_MANY)
		buf_printf(&text, ", or a list of such");
	buf_printf(&text, ".%c", '\0');
	put_text(page, buf_view(&text).ptr);
}

static void put_field(struct page *page, const struct field *field)
{
	fprintf(page->out, ".It Cm %s\n", field->name);
	if (field->form == FORM_SECTION)
		put_text(page, "A section, see below.");
	else if (field->form == FORM_NAMED)
		put_text(page, "A map from names to sections, see below.");
	else
		put_type(page, field);
	if (field->required)
		put_text(page, "Required.");
	put_text(page, field->doc);
	if (field->fallback_doc) {
		put_text(page, str_format(page->arena, "Default: %s.", field->fallback_doc).ptr);
	} else if (field->fallback) {
		put_text(page, "Default:");
		put_literal(page, field->fallback);
	}
	if (field->example) {
		put_text(page, "Example:");
		put_literal(page, field->example);
	}
}

static void put_section(struct page *page, const struct section *section, const char *path, const char *doc)
{
	fprintf(page->out, ".Ss %s\n", *path ? path : "The top level");
	put_text(page, doc);
	if (section->key)
		put_text(page, str_format(page->arena, "NAME is %s, for example %s.", section->key->noun, section->key->example).ptr);
	fputs(".Bl -tag -width Ds\n", page->out);
	for (size_t i = 0; i < section->count; i++)
		put_field(page, &section->fields[i]);
	fputs(".El\n", page->out);
	for (size_t i = 0; i < section->count; i++) {
		const struct field *field = &section->fields[i];
		bool named = field->form == FORM_NAMED;
		if (!named && field->form != FORM_SECTION)
			continue;
		struct str below = str_format(page->arena, "%s%s%s%s", path, *path ? "." : "", field->name, named ? ".NAME" : "");
		put_section(page, field->section, below.ptr, named ? field->section->doc : field->doc);
	}
}

void schema_mdoc(struct arena *arena, const struct section *root, FILE *out)
{
	struct page page = { arena, out };
	put_section(&page, root, "", root->doc);
}
