/* Compiles text with slots: finds the slots, what each of them names, and in which context it stands. */
#include <string.h>

#include "render/internal.h"
#include "render/spell.h"

/* A slot before its context is known. */
struct piece {
	struct span slot;
	uint32_t text_end;           /* the text before it ends here */
	struct token token;          /* TOKEN_WORD, TOKEN_TEXT, or TOKEN_WRONG when an error was reported */
	size_t shown;                /* where it stands in the line as dialects see it */
};

struct pieces {
	LIST(struct piece) list;
	struct buf shown; /* the line as dialects see it: a slot is one 'x', a literal its text */
};

struct op *ops_add(struct compiler *c, struct ops *ops, enum op_kind kind)
{
	struct op *op = ARENA_NEW(c->arena, struct op);
	op->kind = kind;
	if (ops->last == NULL)
		ops->first = op;
	else
		ops->last->next = op;
	ops->last = op;
	return op;
}

/* Texts that follow one another in the source become one operation. */
static void add_text(struct compiler *c, struct ops *ops, struct str text)
{
	if (text.len == 0)
		return;
	struct op *last = ops->last;
	if (last != NULL && last->kind == OP_TEXT && last->text.ptr + last->text.len == text.ptr)
		last->text.len += text.len;
	else
		ops_add(c, ops, OP_TEXT)->text = text;
}

/* Position of the two characters `c c` in [at, end), or `end`. */
static uint32_t find_pair(const struct source *source, uint32_t at, uint32_t end, char c)
{
	const char *bytes = source->bytes.ptr;
	while (at + 1 < end) {
		const char *found = memchr(bytes + at, c, end - at - 1);
		if (found == NULL)
			break;
		if (found[1] == c)
			return (uint32_t)(found - bytes);
		at = (uint32_t)(found - bytes) + 1;
	}
	return end;
}

/* Reads the slot at `start`; returns where the text goes on. */
static uint32_t read_slot(struct compiler *c, uint32_t start, uint32_t end, struct piece *piece)
{
	struct lexer lexer = compile_lexer(c, start + 2, end);
	piece->token = token_next(&lexer);
	while (lexer.at < end && spell_is_blank(c->source->bytes.ptr[lexer.at]))
		lexer.at++;
	bool known = piece->token.kind == TOKEN_WORD || piece->token.kind == TOKEN_TEXT;
	uint32_t close = known ? lexer.at : start + 2;
	if (known && str_starts(str_slice(c->source->bytes, close, end), STR("}}"))) {
		piece->slot = compile_span(c, start, close + 2);
		return close + 2;
	}
	close = find_pair(c->source, start + 2, end, '}');
	struct diagnostic *d;
	if (close == end) {
		d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, compile_span(c, start, start + 2), "'{{' without '}}' on the same line");
		diag_help(c->diags, d, "for '{{' in the output write {{ \"{{\" }}");
	} else {
		end = close + 2;
		d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, compile_span(c, start, end),
		             "a slot holds one path or one text in quotes");
		diag_help(c->diags, d, "write {{ path }}, or {{ \"{{\" }} for '{{' in the output");
	}
	piece->slot = compile_span(c, start, end);
	piece->token.kind = TOKEN_WRONG;
	return end;
}

static void read_pieces(struct compiler *c, uint32_t start, uint32_t end, struct pieces *pieces)
{
	for (uint32_t at = start; at < end;) {
		uint32_t slot = find_pair(c->source, at, end, '{');
		buf_str(&pieces->shown, str_slice(c->source->bytes, at, slot));
		if (slot == end)
			return;
		struct piece *piece = LIST_ADD(c->arena, &pieces->list);
		piece->text_end = slot;
		piece->shown = pieces->shown.len;
		at = read_slot(c, slot, end, piece);
		buf_str(&pieces->shown, piece->token.kind == TOKEN_TEXT ? piece->token.text : STR("x"));
	}
}

static const char *type_name(enum member_type type)
{
	switch (type) {
	case MEMBER_FLAG:
		return "a flag";
	case MEMBER_OBJECT:
	case MEMBER_POINTER:
		return "an object";
	default:
		return "a value";
	}
}

static bool check_type(struct compiler *c, const struct reference *reference, struct span slot)
{
	if (reference->type != MEMBER_FLAG && reference->type != MEMBER_OBJECT && reference->type != MEMBER_POINTER)
		return true;
	struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_TYPE, slot, "'%.*s' is %s%s and cannot be inserted",
	                                STR_ARG(reference->text), reference->list ? "a list: its element is " : "",
	                                type_name(reference->type));
	if (reference->list)
		diag_help(c->diags, d, "go through it with '%%%% for x in %.*s'", STR_ARG(reference->text));
	else if (reference->type == MEMBER_FLAG)
		diag_help(c->diags, d, "test it with '%%%% if %.*s' and write the words yourself", STR_ARG(reference->text));
	else
		diag_help(c->diags, d, "insert one of its members");
	return false;
}

static bool check_secret(struct compiler *c, const struct op *op)
{
	if (op->reference.type != MEMBER_SECRET || (c->template->secret && c->in_body))
		return true;
	if (!c->in_body) {
		diag_add(c->diags, DIAG_TEMPLATE_SECRET, op->slot, "the secret '%.*s' cannot be part of the header",
		         STR_ARG(op->reference.text));
		return false;
	}
	struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SECRET, op->slot,
	                                "'%.*s' is a secret, but this template is not declared secret",
	                                STR_ARG(op->reference.text));
	part_note(c, d);
	diag_help(c->diags, d, "add '%%%% secret' to its header; the file then has mode 0600");
	return false;
}

/* Elements joined by blanks, or by nothing, would not stay part of one word. */
static bool check_context(struct compiler *c, const struct op *op)
{
	struct diagnostic *d;
	if (op->context == SLOT_IMPOSSIBLE) {
		d = diag_add(c->diags, DIAG_TEMPLATE_TYPE, op->slot, "no value is safe at this place of a %s file",
		             op->dialect->name);
		diag_help(c->diags, d, "quotes must open and close on the slot's line, and may not hold code that is read once more");
		return false;
	}
	struct str separator = str_of(op->dialect->list_separator);
	if (op->reference.list && op->context == SLOT_GLUED && (separator.len == 0 || spell_has(separator, " "))) {
		d = diag_add(c->diags, DIAG_TEMPLATE_TYPE, op->slot, "the list '%.*s' cannot be part of a word",
		             STR_ARG(op->reference.text));
		diag_help(c->diags, d, "put blanks around it, or go through it with '%%%% for x in %.*s'",
		          STR_ARG(op->reference.text));
		return false;
	}
	return true;
}

static void add_slot(struct compiler *c, const struct piece *piece, const struct pieces *pieces,
                     const struct dialect *dialect, struct ops *ops)
{
	struct reference reference;
	if (piece->token.kind == TOKEN_TEXT) {
		add_text(c, ops, piece->token.text);
		return;
	}
	if (piece->token.kind != TOKEN_WORD || !reference_resolve(c, &piece->token, &reference) ||
	    !check_type(c, &reference, piece->slot) || dialect == NULL) {
		return;
	}
	struct str shown = buf_view(&pieces->shown);
	struct op *op = ops_add(c, ops, OP_INSERT);
	op->reference = reference;
	op->slot = piece->slot;
	op->dialect = dialect;
	op->context = dialect->context(str_slice(shown, 0, piece->shown), str_slice(shown, piece->shown + 1, shown.len));
	if (check_secret(c, op))
		check_context(c, op);
}

void text_compile(struct compiler *c, uint32_t start, uint32_t end, const struct dialect *dialect, struct ops *ops)
{
	struct pieces pieces = {.shown = {.arena = c->arena}};
	uint32_t line_end = end;
	while (line_end > start && spell_in("\r\n", c->source->bytes.ptr[line_end - 1]))
		line_end--;
	if (find_pair(c->source, start, line_end, '{') < line_end)
		read_pieces(c, start, line_end, &pieces);
	for (size_t i = 0; i < pieces.list.count; i++) {
		const struct piece *piece = &pieces.list.items[i];
		add_text(c, ops, str_slice(c->source->bytes, start, piece->text_end));
		add_slot(c, piece, &pieces, dialect, ops);
		start = piece->slot.end;
	}
	add_text(c, ops, str_slice(c->source->bytes, start, end));
}
