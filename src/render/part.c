/* Takes parts into a template: finds the part by its name and compiles it where it is asked for. */
#include "render/internal.h"

void template_parts_add(struct arena *arena, template_parts *parts, struct str name, struct str path, struct str bytes)
{
	/* Slots are judged by the line they stand in, so the line behind the part must be one of its own. */
	if (bytes.len > 0 && !str_ends(bytes, STR("\n"))) {
		struct buf whole = {.arena = arena};
		buf_str(&whole, bytes);
		buf_char(&whole, '\n');
		bytes = buf_view(&whole);
	}
	struct template_part *part = LIST_ADD(arena, parts);
	part->name = name;
	part->source = source_new(arena, path, bytes);
}

void part_note(const struct compiler *c, struct diagnostic *diagnostic)
{
	for (const struct inclusion *in = c->inclusion; in != NULL; in = in->above)
		diag_note(c->diags, diagnostic, in->at, "the part '%.*s' stands here", STR_ARG(in->part->name));
}

static struct template_part *find_part(struct compiler *c, const struct token *name)
{
	struct suggestion suggestion = suggest_start(name->text);
	for (size_t i = 0; c->parts != NULL && i < c->parts->count; i++) {
		struct template_part *part = &c->parts->items[i];
		if (str_equal(part->name, name->text))
			return part;
		suggest_offer(&suggestion, part->name);
	}
	struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_NAME, name->at, "unknown part '%.*s'", STR_ARG(name->text));
	if (suggestion.best.ptr != NULL)
		diag_help(c->diags, d, "did you mean '%.*s'?", STR_ARG(suggestion.best));
	else
		diag_help(c->diags, d, "a part is named by its path below the templates' folder, such as 'vps/example.part'");
	return NULL;
}

/* False when the part would be within itself, too deep, or one too many. */
static bool check_nesting(struct compiler *c, const struct template_part *part, const struct token *name)
{
	struct diagnostic *d;
	for (const struct inclusion *in = c->inclusion; in != NULL; in = in->above) {
		if (in->part == part) {
			d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, name->at, "the part '%.*s' would be within itself",
			             STR_ARG(part->name));
			part_note(c, d);
			return false;
		}
	}
	if (c->inclusion != NULL && c->inclusion->depth == PART_DEPTH) {
		d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, name->at, "parts are nested more than %d deep", PART_DEPTH);
		part_note(c, d);
		return false;
	}
	if (c->part_count == PART_LIMIT) {
		d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, name->at, "the template takes in more than %d parts", PART_LIMIT);
		part_note(c, d);
		c->stopped = true;
		return false;
	}
	return true;
}

static void compile_inside(struct compiler *c, struct template_part *part, struct span at, struct ops *ops)
{
	const struct inclusion *above = c->inclusion;
	const struct inclusion inclusion = {above, part, at, above == NULL ? 1 : above->depth + 1};
	const struct source *source = c->source;
	uint32_t next = c->at;
	size_t errors = diags_errors(c->diags);
	c->inclusion = &inclusion;
	c->source = part->source;
	c->at = 0;
	c->part_count++;
	if (bytes_check(c))
		body_compile(c, ops);
	/* A message is kept once, so that the count does not tell a second template that the part is wrong. */
	part->broken = part->broken || diags_errors(c->diags) != errors;
	c->part_broken = c->part_broken || part->broken;
	c->inclusion = above;
	c->source = source;
	c->at = next;
}

static bool compile_named(struct compiler *c, const struct token *name, struct ops *ops)
{
	struct template_part *part = find_part(c, name);
	if (part == NULL || !check_nesting(c, part, name))
		return false;
	compile_inside(c, part, name->at, ops);
	return true;
}

static bool take_name(struct compiler *c, struct lexer *lexer, struct token *name)
{
	*name = token_next(lexer);
	if (name->kind == TOKEN_TEXT)
		return true;
	diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, name->at, "expected the name of a part in double quotes");
	return false;
}

bool part_compile(struct compiler *c, struct lexer *lexer, struct ops *ops)
{
	struct token name;
	return take_name(c, lexer, &name) && compile_rest(c, lexer) && compile_named(c, &name, ops);
}

/* Takes "indented N", if that is what stands next; without it, `indent` is 0. */
static bool take_indent(struct compiler *c, struct lexer *lexer, size_t *indent)
{
	struct lexer rest = *lexer;
	struct token word = token_next(&rest);
	*indent = 0;
	if (word.kind != TOKEN_WORD || !str_equal(word.text, STR("indented")))
		return true;
	struct token number = token_next(&rest);
	if (number.kind != TOKEN_NUMBER || number.number < 1 || number.number > INDENT_LIMIT) {
		struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, number.at, "expected a number from 1 to %d", INDENT_LIMIT);
		diag_help(c->diags, d, "it is how many blanks go before each line of the part, for example: indented 4");
		return false;
	}
	*indent = (size_t)number.number;
	*lexer = rest;
	return true;
}

void include_compile(struct compiler *c, struct lexer *lexer, struct ops *ops)
{
	struct token name;
	size_t indent;
	if (!take_name(c, lexer, &name) || !take_indent(c, lexer, &indent) || !compile_rest(c, lexer))
		return;
	if (indent > 0) {
		struct op *op = ops_add(c, ops, OP_INDENT);
		op->indent = indent;
		ops = &op->body;
	}
	compile_named(c, &name, ops);
}
