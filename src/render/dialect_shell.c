/* The dialect of POSIX shell scripts. Quotes nest in `"$(…)"`, so this file reads lines with a stack of its own. */
#include "render/dialects.h"
#include "render/spell.h"

enum { NEST = 16 };

/* Kinds of nesting: the quote character itself, '(' for commands, '{' for parameters, 'a' for arithmetic, '`' for the
 * old command substitution, 'x' for what is nested too deeply to follow. */
struct shell_state {
	char stack[NEST];
	size_t depth;
	char previous;
	bool escape, comment, escaped_quote;
};

static void push(struct shell_state *state, char kind)
{
	if (state->depth < NEST)
		state->stack[state->depth++] = kind;
	else
		state->stack[NEST - 1] = 'x';
}

static char top(const struct shell_state *state)
{
	return state->depth > 0 ? state->stack[state->depth - 1] : '(';
}

static void pop(struct shell_state *state, char kind)
{
	if (state->depth > 0 && top(state) == kind)
		state->depth--;
}

/* What '$' may open besides a command, in double quotes and outside. */
static void scan_dollar(struct shell_state *state, struct str rest)
{
	if (str_starts(rest, STR("(("))) {
		push(state, 'a');
	} else if (str_starts(rest, STR("{"))) {
		push(state, '{');
	} else if (str_starts(rest, STR("'")) && top(state) != '"') {
		push(state, 'x'); /* $'…' is not POSIX and has rules of its own */
	}
}

static void scan_double(struct shell_state *state, char c)
{
	if (c == '"')
		pop(state, '"');
	else if (c == '(' && state->previous == '$')
		push(state, '(');
}

static void scan_bare(struct shell_state *state, char c)
{
	char kind = top(state);
	if (c == '#' && (state->previous == '\0' || spell_in(" \t;&|(", state->previous)) && kind == '(') {
		state->comment = true;
	} else if (c == '\'' || c == '"') {
		push(state, c);
		state->escaped_quote = false;
	} else if (c == '(') {
		push(state, '(');
	} else if (c == ')') {
		pop(state, '(');
		/* "))" ends arithmetic: its own two parentheses were pushed as '(' above 'a' */
		pop(state, 'a');
	} else if (c == '}') {
		pop(state, '{');
	}
}

static void scan_char(struct shell_state *state, struct str text, size_t at)
{
	char c = text.ptr[at];
	if (top(state) == '\'') {
		pop(state, c == '\'' ? c : '\0');
	} else if (state->escape) {
		state->escape = false;
		state->escaped_quote = state->escaped_quote || c == '"';
		c = 'x'; /* nothing that could open something together with the next character */
	} else if (c == '\\') {
		state->escape = true;
	} else if (c == '`') {
		if (top(state) == '`')
			pop(state, '`');
		else
			push(state, '`');
	} else if (c == '$') {
		scan_dollar(state, str_slice(text, at + 1, text.len));
	} else if (top(state) == '"') {
		scan_double(state, c);
	} else {
		scan_bare(state, c);
	}
	state->previous = c;
}

static void scan(struct shell_state *state, struct str text)
{
	for (size_t at = 0; at < text.len && !state->comment; at++)
		scan_char(state, text, at);
}

static bool holds(const struct shell_state *state, const char *kinds)
{
	for (size_t i = 0; i < state->depth; i++) {
		if (spell_in(kinds, state->stack[i]))
			return true;
	}
	return false;
}

/* `$name{{ x }}` would be another variable, `~{{ x }}` somebody's home. */
static bool changes_word(struct str before)
{
	size_t end = before.len;
	while (end > 0 && (spell_is_alnum(before.ptr[end - 1]) || before.ptr[end - 1] == '_'))
		end--;
	return end > 0 && (before.ptr[end - 1] == '$' || (before.ptr[end - 1] == '~' && end == before.len));
}

static enum slot_context shell_context(struct str before, struct str after)
{
	struct shell_state state = {0};
	scan(&state, before);
	if (state.comment)
		return SLOT_COMMENT;
	struct shell_state rest = state;
	rest.previous = 'x';
	scan(&rest, after);
	if (state.escape || holds(&state, "{a`x") || holds(&rest, "'\"{`x"))
		return SLOT_IMPOSSIBLE;
	if (top(&state) == '\'')
		return SLOT_SINGLE_QUOTED;
	if (changes_word(before))
		return SLOT_IMPOSSIBLE;
	if (top(&state) == '"') {
		/* `sh -c "echo \"{{ x }}\""` would be read twice */
		return state.escaped_quote ? SLOT_IMPOSSIBLE : SLOT_QUOTED;
	}
	/* quoted and bare parts may touch inside a word, but the elements of a list would fall out of it */
	char left = before.len > 0 ? before.ptr[before.len - 1] : ' ';
	char right = after.len > 0 ? after.ptr[0] : ' ';
	return spell_in(" \t(;&|", left) && spell_in(" \t);&|", right) ? SLOT_ALONE : SLOT_GLUED;
}

/* Between single quotes everything is itself; the quote is written outside of them. */
static void put_single(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'')
			buf_str(out, STR("'\\''"));
		else
			buf_char(out, text.ptr[i]);
	}
}

static const char *shell_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	(void)kind;
	if (context == SLOT_COMMENT)
		return spell_comment(out, text);
	if (!spell_printable(text, "\n\t"))
		return "a shell script cannot hold control characters";
	if (context == SLOT_QUOTED) {
		spell_escaped(out, text, '\\', "\\\"$`");
	} else if (context == SLOT_SINGLE_QUOTED) {
		put_single(out, text);
	} else if (spell_only(text, "_./:,@%+-")) {
		buf_str(out, text);
	} else {
		buf_char(out, '\'');
		put_single(out, text);
		buf_char(out, '\'');
	}
	return NULL;
}

const struct dialect dialect_shell = {"shell", " ", shell_context, shell_put, "#", false};
