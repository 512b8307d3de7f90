/* Resolves the names in templates against shapes and loop variables, once, when a template is compiled. */
#include "render/internal.h"

struct span compile_span(const struct compiler *c, uint32_t start, uint32_t end)
{
	return (struct span){c->source, start, end};
}

struct lexer compile_lexer(const struct compiler *c, uint32_t start, uint32_t end)
{
	return (struct lexer){c->arena, c->source, start, end};
}

static struct variable *find_variable(struct compiler *c, struct str name, size_t *index)
{
	for (size_t i = c->variable_count; i > 0; i--) {
		if (str_equal(c->variables[i - 1].name, name)) {
			*index = i - 1;
			return &c->variables[i - 1];
		}
	}
	return NULL;
}

static void help_nearest(struct compiler *c, struct diagnostic *diagnostic, struct str name, const struct shape *shape,
                         bool variables)
{
	struct suggestion suggestion = suggest_start(name);
	for (size_t i = 0; i < shape->count; i++)
		suggest_offer(&suggestion, str_of(shape->members[i].name));
	for (size_t i = 0; variables && i < c->variable_count; i++)
		suggest_offer(&suggestion, c->variables[i].name);
	if (suggestion.best.ptr != NULL)
		diag_help(c->diags, diagnostic, "did you mean '%.*s'?", STR_ARG(suggestion.best));
	else
		diag_help(c->diags, diagnostic, "'hlgen show view' lists every name that templates may use");
}

/* Position of the next dot at or behind `from`, or the end. */
static size_t part_end(struct str path, size_t from)
{
	return from + str_find(str_slice(path, from, path.len), '.');
}

static struct span part_span(const struct token *word, size_t from, size_t to)
{
	return (struct span){word->at.source, word->at.start + (uint32_t)from, word->at.start + (uint32_t)to};
}

static bool has_empty_part(struct str path)
{
	for (size_t from = 0; from <= path.len; from = part_end(path, from) + 1) {
		if (part_end(path, from) == from)
			return true;
	}
	return false;
}

/* What the path stands on so far. */
static void step(struct reference *reference, const struct member *member)
{
	reference->steps[reference->count++] = member;
	reference->type = member->type;
	reference->shape = member->shape;
	reference->list = member->list;
}

static bool resolve_loop(struct compiler *c, const struct token *word, struct reference *reference)
{
	bool first = str_equal(word->text, STR("loop.first"));
	if (!first && !str_equal(word->text, STR("loop.last"))) {
		struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_NAME, word->at, "unknown name '%.*s'", STR_ARG(word->text));
		diag_help(c->diags, d, "a loop has 'loop.first' and 'loop.last'");
		return false;
	}
	if (c->loops == 0) {
		struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_NAME, word->at, "'%.*s' outside of a 'for' loop",
		                                STR_ARG(word->text));
		part_note(c, d);
		return false;
	}
	reference->start = first ? FROM_LOOP_FIRST : FROM_LOOP_LAST;
	reference->variable = c->variable_count - 1;
	reference->type = MEMBER_FLAG;
	return true;
}

/* Follows the rest of the path, from `from` on. */
static bool resolve_members(struct compiler *c, const struct token *word, size_t from, struct reference *reference)
{
	struct str path = word->text;
	while (from < path.len) {
		size_t to = part_end(path, from);
		struct str name = str_slice(path, from, to);
		if (reference->list || (reference->type != MEMBER_OBJECT && reference->type != MEMBER_POINTER)) {
			struct str owner = str_slice(path, 0, from - 1);
			struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_TYPE, part_span(word, from, to),
			                                "'%.*s' is %s and has no member '%.*s'", STR_ARG(owner),
			                                reference->list ? "a list" : "a single value", STR_ARG(name));
			if (reference->list)
				diag_help(c->diags, d, "go through it with '%%%% for x in %.*s'", STR_ARG(owner));
			return false;
		}
		const struct member *member = shape_member(reference->shape, name);
		if (member == NULL) {
			struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_NAME, part_span(word, from, to), "unknown name '%.*s'",
			                                STR_ARG(name));
			if (from == 0)
				part_note(c, d);
			help_nearest(c, d, name, reference->shape, from == 0);
			return false;
		}
		step(reference, member);
		from = to + 1;
	}
	return true;
}

bool reference_resolve(struct compiler *c, const struct token *word, struct reference *reference)
{
	struct str path = word->text;
	*reference = (struct reference){.at = word->at, .text = path, .type = MEMBER_OBJECT, .shape = c->root};
	if (has_empty_part(path)) {
		diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, word->at, "'%.*s' is not a path of names and dots", STR_ARG(path));
		return false;
	}
	size_t end = part_end(path, 0), index = 0, dots = 0;
	for (size_t i = 0; i < path.len; i++)
		dots += path.ptr[i] == '.';
	reference->steps = arena_array(c->arena, dots + 1, sizeof(struct member *));
	const struct variable *variable = find_variable(c, str_slice(path, 0, end), &index);
	if (variable == NULL && str_equal(str_slice(path, 0, end), STR("loop")))
		return resolve_loop(c, word, reference);
	if (variable == NULL && bundle_resolve(c, str_slice(path, 0, end), reference))
		return resolve_members(c, word, end + 1, reference);
	if (variable == NULL)
		return resolve_members(c, word, 0, reference);
	reference->start = FROM_VARIABLE;
	reference->variable = index;
	reference->variable_type = variable->type;
	reference->line = variable->line;
	reference->type = variable->type;
	reference->shape = variable->shape;
	return !variable->broken && resolve_members(c, word, end + 1, reference);
}

bool compile_rest(struct compiler *c, struct lexer *lexer)
{
	struct token token = token_next(lexer);
	if (token.kind == TOKEN_END)
		return true;
	token.at.end = lexer->end;
	diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, token.at, "unexpected text at the end of the statement");
	return false;
}

static bool is_reserved(const struct compiler *c, struct str name)
{
	struct reference ignored;
	return bundle_resolve(c, name, &ignored) || str_equal(name, STR("loop")) || str_equal(name, STR("not")) || str_equal(name, STR("and")) ||
	       str_equal(name, STR("or"));
}

/* Every name means one thing: a variable may not hide another name. */
static bool check_variable_name(struct compiler *c, const struct token *name)
{
	size_t index = 0;
	if (name->kind != TOKEN_WORD || str_find(name->text, '.') != name->text.len) {
		diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, name->at, "expected the name of a loop variable");
		return false;
	}
	if (find_variable(c, name->text, &index) != NULL || shape_member(c->root, name->text) != NULL ||
	    is_reserved(c, name->text)) {
		struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_NAME, name->at, "'%.*s' already means something else",
		                                STR_ARG(name->text));
		part_note(c, d);
		diag_help(c->diags, d, "choose another name for the loop variable");
		return false;
	}
	return true;
}

/* `lines` is a word only before the name of a part: a list may be called so. */
static bool is_lines(const struct token *word, struct lexer rest)
{
	return str_equal(word->text, STR("lines")) && token_next(&rest).kind != TOKEN_END;
}

static bool loop_lines(struct compiler *c, const struct token *word, struct lexer *lexer, struct reference *list,
                       const struct ops **lines)
{
	if (lines == NULL) {
		struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, word->at, "'lines' outside of 'for'");
		diag_help(c->diags, d, "the header goes only through lists");
		return false;
	}
	struct ops *made = ARENA_NEW(c->arena, struct ops);
	struct span at = compile_span(c, word->at.start, lexer->end);
	*list = (struct reference){.at = at, .text = STR("lines"), .type = MEMBER_TEXT, .line = true};
	*lines = made;
	return part_compile(c, lexer, made);
}

static bool loop_list(struct compiler *c, struct lexer *lexer, struct reference *list, const struct ops **lines)
{
	struct token in = token_next(lexer);
	if (in.kind != TOKEN_WORD || !str_equal(in.text, STR("in"))) {
		diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, in.at, "expected 'in' and the path of a list");
		return false;
	}
	struct token path = token_next(lexer);
	if (path.kind != TOKEN_WORD) {
		diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, path.at, "expected the path of a list");
		return false;
	}
	if (is_lines(&path, *lexer))
		return loop_lines(c, &path, lexer, list, lines);
	if (!reference_resolve(c, &path, list))
		return false;
	if (!list->list) {
		diag_add(c->diags, DIAG_TEMPLATE_TYPE, path.at, "'%.*s' is not a list", STR_ARG(path.text));
		return false;
	}
	return compile_rest(c, lexer);
}

bool reference_loop(struct compiler *c, struct lexer *lexer, struct reference *list, const struct ops **lines)
{
	struct token name = token_next(lexer);
	bool named = check_variable_name(c, &name);
	bool good = loop_list(c, lexer, list, lines) && named;
	if (c->variable_count < TEMPLATE_DEPTH)
		c->variables[c->variable_count++] = (struct variable){name.text, list->type, list->shape, list->line, !good};
	return good;
}
