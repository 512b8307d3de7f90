/* Compiles a template's body into a tree of operations; everything that can be wrong with it is found here, once. */
#include "base/utf8.h"
#include "render/internal.h"

static const char *const body_words[] = {"for", "if", "elif", "else", "end", "include"};

/* How a block ended: the statement that did not belong to its body. */
struct stop {
	struct token word; /* elif, else, end; or TOKEN_END at the end of the source */
	struct lexer rest;
};

static struct stop compile_block(struct compiler *c, struct ops *ops);

bool statement_word(struct str word)
{
	for (size_t i = 0; i < sizeof body_words / sizeof *body_words; i++) {
		if (str_equal(word, str_of(body_words[i])))
			return true;
	}
	return false;
}

void statement_offer(struct suggestion *suggestion)
{
	for (size_t i = 0; i < sizeof body_words / sizeof *body_words; i++)
		suggest_offer(suggestion, str_of(body_words[i]));
}

static bool is_word(const struct token *token, const char *word)
{
	return token->kind == TOKEN_WORD && str_equal(token->text, str_of(word));
}

static void report_unclosed(struct compiler *c, const struct token *opening)
{
	if (c->stopped)
		return;
	struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, opening->at, "'%.*s' is never closed",
	                                STR_ARG(opening->text));
	diag_help(c->diags, d, "add a line '%%%% end' where it ends");
}

/* Blocks nest in the program's own stack, so their depth has a limit. */
static bool enter(struct compiler *c, const struct token *opening)
{
	if (c->depth + 1 == TEMPLATE_DEPTH) {
		diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, opening->at, "blocks are nested more than %d deep", TEMPLATE_DEPTH - 1);
		c->stopped = true;
		return false;
	}
	c->depth++;
	return true;
}

static void report_stray(struct compiler *c, const struct token *word)
{
	if (is_word(word, "end")) {
		struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, word->at, "'end' without 'for' or 'if'");
		diag_help(c->diags, d, "remove it, or open a block above it");
	} else {
		struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, word->at, "'%.*s' without 'if'", STR_ARG(word->text));
		diag_help(c->diags, d, "open the block with '%%%% if'; nothing but 'end' may follow an 'else'");
	}
}

/* Compiles up to the `end` of a block that has no `else` any more. */
static void compile_to_end(struct compiler *c, const struct token *opening, struct ops *body)
{
	for (;;) {
		struct stop stop = compile_block(c, body);
		if (stop.word.kind == TOKEN_END) {
			report_unclosed(c, opening);
			return;
		}
		if (is_word(&stop.word, "end")) {
			compile_rest(c, &stop.rest);
			return;
		}
		report_stray(c, &stop.word);
	}
}

static void compile_for(struct compiler *c, const struct token *opening, struct lexer *rest, struct ops *ops)
{
	if (!enter(c, opening))
		return;
	struct op *op = ops_add(c, ops, OP_FOR);
	op->variable = c->variable_count;
	reference_loop(c, rest, &op->reference, &op->lines);
	c->loops++;
	compile_to_end(c, opening, &op->body);
	c->loops--;
	c->variable_count--;
	c->depth--;
}

static struct branch *add_branch(struct compiler *c, struct op *op, struct branch *last)
{
	struct branch *branch = ARENA_NEW(c->arena, struct branch);
	if (last == NULL)
		op->branches = branch;
	else
		last->next = branch;
	return branch;
}

static void compile_if(struct compiler *c, const struct token *opening, struct lexer *rest, struct ops *ops)
{
	if (!enter(c, opening))
		return;
	struct op *op = ops_add(c, ops, OP_IF);
	struct branch *branch = add_branch(c, op, NULL);
	branch->condition = condition_compile(c, rest);
	for (;;) {
		struct stop stop = compile_block(c, &branch->body);
		if (stop.word.kind == TOKEN_END) {
			report_unclosed(c, opening);
			break;
		}
		if (is_word(&stop.word, "end")) {
			compile_rest(c, &stop.rest);
			break;
		}
		branch = add_branch(c, op, branch);
		if (is_word(&stop.word, "else")) {
			compile_rest(c, &stop.rest);
			compile_to_end(c, opening, &branch->body);
			break;
		}
		branch->condition = condition_compile(c, &stop.rest);
	}
	c->depth--;
}

static void report_statement(struct compiler *c, const struct token *word)
{
	struct diagnostic *d;
	if (word->kind != TOKEN_WORD) {
		diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, word->at, "expected a word after '%%%%'");
	} else if (header_word(word->text)) {
		d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, word->at, "'%.*s' belongs to the header", STR_ARG(word->text));
		if (c->inclusion != NULL)
			diag_help(c->diags, d, "a part has no header: the template that includes it has one");
		else
			diag_help(c->diags, d, "move it to the top, before the first line of text");
	} else {
		d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, word->at, "unknown statement '%.*s'", STR_ARG(word->text));
		struct suggestion suggestion = suggest_start(word->text);
		statement_offer(&suggestion);
		if (suggestion.best.ptr != NULL)
			diag_help(c->diags, d, "did you mean '%.*s'?", STR_ARG(suggestion.best));
		else
			diag_help(c->diags, d, "the statements are for, if, elif, else, end and include");
	}
}

/* Compiles lines until a statement that only the block around them understands. */
static struct stop compile_block(struct compiler *c, struct ops *ops)
{
	for (;;) {
		struct line line = line_next(c->source, &c->at);
		struct stop stop = {.rest = compile_lexer(c, line.start, line.end)};
		if (line.kind == LINE_END || c->stopped)
			return stop;
		if (line.kind == LINE_TEXT) {
			text_compile(c, line.start, line.end, c->template->dialect, ops);
			continue;
		}
		stop.word = token_next(&stop.rest);
		if (is_word(&stop.word, "for"))
			compile_for(c, &stop.word, &stop.rest, ops);
		else if (is_word(&stop.word, "if"))
			compile_if(c, &stop.word, &stop.rest, ops);
		else if (is_word(&stop.word, "include"))
			include_compile(c, &stop.rest, ops);
		else if (stop.word.kind == TOKEN_WORD && statement_word(stop.word.text))
			return stop;
		else if (stop.word.kind != TOKEN_END)
			report_statement(c, &stop.word);
	}
}

void body_compile(struct compiler *c, struct ops *ops)
{
	for (;;) {
		struct stop stop = compile_block(c, ops);
		if (stop.word.kind == TOKEN_END)
			return;
		report_stray(c, &stop.word);
	}
}

/* A template is text that will be a file: no NUL or other control bytes, and UTF-8 throughout. */
bool bytes_check(struct compiler *c)
{
	struct str bytes = c->source->bytes;
	size_t at = utf8_invalid_at(bytes);
	for (size_t i = 0; i < at; i++) {
		unsigned char byte = (unsigned char)bytes.ptr[i];
		if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F)
			at = i;
	}
	if (at == bytes.len)
		return true;
	struct span span = compile_span(c, (uint32_t)at, (uint32_t)at + 1);
	const char *what = c->inclusion != NULL ? "part" : "template";
	struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, span, "the %s is not valid text", what);
	diag_help(c->diags, d, "a %s is UTF-8 without control characters", what);
	return false;
}

/* Built-in templates are named by their place below templates/; the loader renames those of an overlay. */
static struct str name_of(struct str source_name)
{
	struct str folder = STR("templates/");
	return str_starts(source_name, folder) ? str_slice(source_name, folder.len, source_name.len) : source_name;
}

struct template *template_compile(struct arena *arena, const struct source *source, template_parts *parts,
                                  const struct shape *root, struct diags *diags)
{
	struct template *template = ARENA_NEW(arena, struct template);
	template->name = name_of(source->name);
	template->source = source;
	struct compiler c = {
		.arena = arena, .source = source, .parts = parts, .root = root, .diags = diags, .template = template,
	};
	size_t errors = diags_errors(diags);
	if (!bytes_check(&c))
		return NULL;
	header_compile(&c);
	c.in_body = true;
	body_compile(&c, &template->body);
	effects_check(&c);
	return diags_errors(diags) == errors && !c.part_broken ? template : NULL;
}

struct str template_name(const struct template *template)
{
	return template->name;
}
