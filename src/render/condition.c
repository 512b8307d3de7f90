/* Conditions of `if`, `elif` and `when`: compiled to a list of terms, decided without side effects. */
#include "render/internal.h"

static bool is_word(const struct token *token, struct str word)
{
	return token->kind == TOKEN_WORD && str_equal(token->text, word);
}

/* "== literal": texts compare with texts, numbers with numbers. */
static bool compile_comparison(struct compiler *c, struct lexer *lexer, const struct token *sign, struct term *term)
{
	struct token literal = token_next(lexer);
	if (literal.kind != TOKEN_TEXT && literal.kind != TOKEN_NUMBER) {
		diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, literal.at, "expected a number or a text in double quotes");
		return false;
	}
	if (term->negated) {
		struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, sign->at, "'not' before a comparison");
		diag_help(c->diags, d, "write '!=' instead");
		return false;
	}
	enum member_type wanted = literal.kind == TOKEN_TEXT ? MEMBER_TEXT : MEMBER_NUMBER;
	if (term->reference.list || term->reference.type != wanted) {
		diag_add(c->diags, DIAG_TEMPLATE_TYPE, span_join(term->reference.at, literal.at), "'%.*s' is not a %s",
		         STR_ARG(term->reference.text), wanted == MEMBER_TEXT ? "text" : "number");
		return false;
	}
	term->comparison = wanted == MEMBER_TEXT ? COMPARE_TEXT : COMPARE_NUMBER;
	term->negated = sign->kind == TOKEN_UNEQUAL;
	term->text = literal.text;
	term->number = literal.number;
	return true;
}

/* One term and the token behind it. */
static bool compile_term(struct compiler *c, struct lexer *lexer, struct term *term, struct token *next)
{
	struct token token = token_next(lexer);
	if (is_word(&token, STR("not"))) {
		term->negated = true;
		token = token_next(lexer);
	}
	if (token.kind != TOKEN_WORD || is_word(&token, STR("and")) || is_word(&token, STR("or")) ||
	    is_word(&token, STR("not"))) {
		diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, token.at, "expected a path");
		return false;
	}
	if (!reference_resolve(c, &token, &term->reference))
		return false;
	*next = token_next(lexer);
	if (next->kind == TOKEN_EQUAL || next->kind == TOKEN_UNEQUAL) {
		if (!compile_comparison(c, lexer, next, term))
			return false;
		*next = token_next(lexer);
	}
	return true;
}

struct condition *condition_compile(struct compiler *c, struct lexer *lexer)
{
	struct condition *condition = ARENA_NEW(c->arena, struct condition);
	bool alternative = false;
	for (;;) {
		struct term *term = LIST_ADD(c->arena, &condition->terms);
		term->alternative = alternative;
		struct token next = {0};
		if (!compile_term(c, lexer, term, &next))
			return NULL;
		if (next.kind == TOKEN_END)
			return condition;
		alternative = is_word(&next, STR("or"));
		if (!alternative && !is_word(&next, STR("and"))) {
			struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, next.at, "expected 'and', 'or' or the end");
			diag_help(c->diags, d,
			          "a condition is '[not] path', 'path == literal' or 'path != literal', joined by 'and' / 'or'");
			return NULL;
		}
	}
}

static bool is_present(const struct reference *reference, const struct frame *frame)
{
	if (reference->start == FROM_LOOP_FIRST)
		return frame->bindings[reference->variable].first;
	if (reference->start == FROM_LOOP_LAST)
		return frame->bindings[reference->variable].last;
	const void *storage = reference_storage(reference, frame);
	if (storage == NULL)
		return false;
	return reference->list ? ((const struct list *)storage)->count > 0 : value_present(reference->type, storage);
}

/* What is absent equals nothing. */
static bool term_holds(const struct term *term, const struct frame *frame)
{
	bool holds = false;
	if (term->comparison == COMPARE_PRESENT) {
		holds = is_present(&term->reference, frame);
	} else {
		const void *storage = reference_storage(&term->reference, frame);
		if (storage != NULL && term->comparison == COMPARE_NUMBER) {
			holds = *(const int64_t *)storage == term->number;
		} else if (storage != NULL) {
			const struct text *text = storage;
			holds = text->value.ptr != NULL && str_equal(text->value, term->text);
		}
	}
	return holds != term->negated;
}

bool condition_holds(const struct condition *condition, const struct frame *frame)
{
	bool all = true;
	for (size_t i = 0; i < condition->terms.count; i++) {
		const struct term *term = &condition->terms.items[i];
		if (term->alternative) {
			if (all)
				return true;
			all = true;
		}
		all = all && term_holds(term, frame);
	}
	return all;
}
