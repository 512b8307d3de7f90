/* Compiles the `apply` lines of a header: how a change takes effect, in general and for what changed. */
#include "render/effect.h"
#include "base/utf8.h"
#include "render/dialects.h"
#include "render/internal.h"
#include "render/spell.h"

static const char *const kind_words[EFFECT_KINDS] = {"nothing", "reload", "run", "scan", "restart", "re-scan"};

const char *effect_word(enum effect_kind kind)
{
	return kind_words[kind];
}

/* The text is a line on a terminal: anything printable. */
static enum slot_context shown_context(struct str before, struct str after)
{
	(void)before;
	(void)after;
	return SLOT_COMMENT;
}

static const char *shown_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	(void)context;
	(void)kind;
	return spell_comment(out, text);
}

static const struct dialect dialect_shown = {"apply", ", ", shown_context, shown_put, NULL, false};

/* What is left of the line. */
struct cursor {
	struct compiler *c;
	uint32_t at, end;
};

static struct str left(const struct cursor *cursor)
{
	return str_slice(cursor->c->source->bytes, cursor->at, cursor->end);
}

static void skip_blanks(struct cursor *cursor)
{
	while (cursor->at < cursor->end && spell_is_blank(cursor->c->source->bytes.ptr[cursor->at]))
		cursor->at++;
}

static struct diagnostic *complain(const struct cursor *cursor, uint32_t length, const char *what)
{
	uint32_t to = cursor->at + length < cursor->end ? cursor->at + length : cursor->end;
	return diag_add(cursor->c->diags, DIAG_TEMPLATE_SYNTAX, compile_span(cursor->c, cursor->at, to), "%s", what);
}

/* Takes "[Interface]". */
static bool take_section(struct cursor *cursor, struct effect_rule *rule)
{
	struct str text = left(cursor);
	size_t close = str_find(text, ']');
	rule->when = EFFECT_SECTION;
	rule->section = str_trim(str_slice(text, 1, close));
	if (close == text.len || rule->section.len == 0) {
		struct diagnostic *d = complain(cursor, 1, "a section is written as it stands in the file");
		diag_help(cursor->c->diags, d, "for example: %%%% apply [Interface] restart: systemctl restart wg-quick@wg0");
		return false;
	}
	if (cursor->c->template->dialect != NULL && !cursor->c->template->dialect->sections) {
		diag_add(cursor->c->diags, DIAG_TEMPLATE_SYNTAX, rule->at, "a file of dialect '%s' has no sections",
		         cursor->c->template->dialect->name);
		return false;
	}
	cursor->at += (uint32_t)close + 1;
	return true;
}

/* Takes `word` when the line goes on with it. */
static bool take_word(struct cursor *cursor, const char *word)
{
	struct str text = left(cursor), wanted = str_of(word);
	if (!str_starts(text, wanted) || text.len == wanted.len || !spell_is_blank(text.ptr[wanted.len]))
		return false;
	cursor->at += (uint32_t)wanted.len;
	return true;
}

static bool take_when(struct cursor *cursor, struct effect_rule *rule)
{
	if (left(cursor).ptr[0] == '[')
		return take_section(cursor, rule);
	if (take_word(cursor, "new")) {
		rule->when = EFFECT_NEW;
	} else if (take_word(cursor, "comments")) {
		const struct dialect *dialect = cursor->c->template->dialect;
		rule->when = EFFECT_COMMENTS;
		if (dialect != NULL && dialect->comments == NULL) {
			diag_add(cursor->c->diags, DIAG_TEMPLATE_SYNTAX, rule->at, "a file of dialect '%s' has no lines of comment",
			         dialect->name);
			return false;
		}
	}
	return true;
}

static bool take_kind(struct cursor *cursor, struct effect_rule *rule)
{
	struct str text = left(cursor);
	size_t length = 0;
	while (length < text.len && text.ptr[length] != ':' && !spell_is_blank(text.ptr[length]))
		length++;
	struct str word = str_slice(text, 0, length);
	struct suggestion suggestion = suggest_start(word);
	for (rule->kind = EFFECT_NOTHING; rule->kind < EFFECT_KINDS; rule->kind++) {
		if (str_equal(word, str_of(kind_words[rule->kind]))) {
			cursor->at += (uint32_t)length;
			return true;
		}
		suggest_offer(&suggestion, str_of(kind_words[rule->kind]));
	}
	struct diagnostic *d = complain(cursor, (uint32_t)length, "expected what a change costs");
	if (suggestion.best.ptr != NULL)
		diag_help(cursor->c->diags, d, "did you mean '%.*s'?", STR_ARG(suggestion.best));
	else
		diag_help(cursor->c->diags, d, "nothing, reload, run, scan, restart or re-scan, for example: %%%% apply reload: "
		          "systemctl reload nginx");
	return false;
}

/* Takes ": how"; only what needs nothing to be done needs no how. */
static bool take_text(struct cursor *cursor, struct effect_rule *rule)
{
	skip_blanks(cursor);
	bool colon = cursor->at < cursor->end && cursor->c->source->bytes.ptr[cursor->at] == ':';
	if (!colon && cursor->at == cursor->end && rule->kind == EFFECT_NOTHING)
		return true;
	cursor->at += colon;
	skip_blanks(cursor);
	if (!colon || cursor->at == cursor->end) {
		diag_add(cursor->c->diags, DIAG_TEMPLATE_SYNTAX, rule->at, "expected ':' and how it is done behind '%s'",
		         kind_words[rule->kind]);
		return false;
	}
	rule->has_text = true;
	text_compile(cursor->c, cursor->at, cursor->end, &dialect_shown, &rule->text);
	return true;
}

static bool same_case(const struct effect_rule *a, const struct effect_rule *b)
{
	return a->when == b->when && (a->when != EFFECT_SECTION || str_equal_nocase(a->section, b->section));
}

void effect_compile(struct compiler *c, struct span line)
{
	struct cursor cursor = {c, line.start, line.end};
	struct effect_rule rule = {.at = line};
	if (!take_when(&cursor, &rule))
		return;
	skip_blanks(&cursor);
	if (!take_kind(&cursor, &rule) || !take_text(&cursor, &rule))
		return;
	for (size_t i = 0; i < c->template->effects.count; i++) {
		const struct effect_rule *other = &c->template->effects.items[i];
		if (same_case(other, &rule)) {
			struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, line, "'apply' is given twice for the same change");
			diag_note(c->diags, d, other->at, "first given here");
			return;
		}
	}
	*(struct effect_rule *)LIST_ADD(c->arena, &c->template->effects) = rule;
}

/* True when a text of the body, parts included, has the line "[section]". */
static bool has_section(const struct ops *ops, struct str header)
{
	for (const struct op *op = ops->first; op != NULL; op = op->next) {
		for (size_t at = 0; op->kind == OP_TEXT && at + header.len <= op->text.len; at++) {
			if (str_equal_nocase(str_slice(op->text, at, at + header.len), header))
				return true;
		}
		if (has_section(&op->body, header))
			return true;
		for (const struct branch *branch = op->branches; branch != NULL; branch = branch->next) {
			if (has_section(&branch->body, header))
				return true;
		}
	}
	return false;
}

void effects_check(struct compiler *c)
{
	const struct template *template = c->template;
	bool any = false;
	for (size_t i = 0; i < template->effects.count; i++) {
		const struct effect_rule *rule = &template->effects.items[i];
		any = any || rule->when == EFFECT_ANY;
		if (rule->when != EFFECT_SECTION ||
		    has_section(&template->body, str_format(c->arena, "[%.*s]", STR_ARG(rule->section))))
			continue;
		diag_add(c->diags, DIAG_TEMPLATE_NAME, rule->at, "the template has no section '%.*s'", STR_ARG(rule->section));
	}
	if (template->effects.count == 0 || any)
		return;
	struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, template->effects.items[0].at,
	                                "'apply' says nothing of all other changes");
	diag_help(c->diags, d, "add one without a case, for example: %%%% apply reload: systemctl reload nginx");
}
