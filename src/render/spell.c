/* Character classes, escaping and line scanning that all dialects share. */
#include "render/spell.h"

#include <string.h>

#include "base/utf8.h"

bool spell_in(const char *set, char c)
{
	return c != '\0' && strchr(set, c) != NULL;
}

bool spell_is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool spell_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool spell_only(struct str text, const char *extra)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!spell_is_alnum(text.ptr[i]) && !spell_in(extra, text.ptr[i]))
			return false;
	}
	return text.len > 0;
}

bool spell_has(struct str text, const char *set)
{
	for (size_t i = 0; i < text.len; i++) {
		if (spell_in(set, text.ptr[i]))
			return true;
	}
	return false;
}

bool spell_printable(struct str text, const char *but)
{
	for (size_t at = 0; at < text.len;) {
		uint32_t codepoint = 0;
		size_t length = utf8_decode(text, at, &codepoint);
		if (length == 0 || (utf8_is_control(codepoint) && !(length == 1 && spell_in(but, text.ptr[at]))))
			return false;
		at += length;
	}
	return true;
}

void spell_escaped(struct buf *out, struct str text, char escape, const char *specials)
{
	for (size_t i = 0; i < text.len; i++) {
		if (spell_in(specials, text.ptr[i]))
			buf_char(out, escape);
		buf_char(out, text.ptr[i]);
	}
}

void spell_quoted(struct buf *out, struct str text, char quote, char escape, const char *specials)
{
	buf_char(out, quote);
	spell_escaped(out, text, escape, specials);
	buf_char(out, quote);
}

const char *spell_comment(struct buf *out, struct str text)
{
	if (!spell_printable(text, ""))
		return "a comment cannot hold control characters";
	buf_str(out, text);
	return NULL;
}

static bool starts_token(const struct line_syntax *syntax, char previous)
{
	return previous == '\0' || spell_is_blank(previous) || spell_in(syntax->opens, previous) ||
	       spell_in(syntax->closes, previous);
}

static bool starts_comment(const struct line_syntax *syntax, const struct line_state *state, char c)
{
	if (!spell_in(syntax->comments, c))
		return false;
	switch (syntax->comment_place) {
	case COMMENT_LINE_START:
		return !state->started;
	case COMMENT_TOKEN_START:
		return starts_token(syntax, state->previous);
	case COMMENT_ANYWHERE:
		break;
	}
	return true;
}

static void scan_quoted(const struct line_syntax *syntax, struct line_state *state, char c)
{
	if (state->escape) {
		state->escape = false;
		state->escaped_quote = state->escaped_quote || c == state->quote;
	} else if (c == '\\' && !spell_in(syntax->verbatim, state->quote)) {
		state->escape = true;
	} else if (c == state->quote) {
		state->quote = '\0';
	}
}

static void scan_bare(const struct line_syntax *syntax, struct line_state *state, char c)
{
	if (state->escape) {
		state->escape = false;
	} else if (c == '\\') {
		state->escape = true;
	} else if (starts_comment(syntax, state, c)) {
		state->comment = true;
	} else if (spell_in(syntax->quotes, c) &&
	           (!syntax->quotes_start_tokens || state->previous == c || starts_token(syntax, state->previous))) {
		state->quote = c;
		state->quote_at = state->at;
		state->escaped_quote = false;
	}
}

void line_scan(const struct line_syntax *syntax, struct line_state *state, struct str text)
{
	for (size_t i = 0; i < text.len && !state->comment; i++, state->at++) {
		char c = text.ptr[i];
		if (state->quote != '\0')
			scan_quoted(syntax, state, c);
		else
			scan_bare(syntax, state, c);
		state->previous = c;
		state->started = state->started || !spell_is_blank(c);
	}
}

enum slot_context line_context(const struct line_syntax *syntax, struct str before, struct str after)
{
	struct line_state state = {0};
	line_scan(syntax, &state, before);
	if (state.comment)
		return SLOT_COMMENT;
	struct line_state rest = state;
	line_scan(syntax, &rest, STR("x"));
	line_scan(syntax, &rest, after);
	if (rest.quote != '\0' || state.escape)
		return SLOT_IMPOSSIBLE;
	if (state.quote != '\0')
		return state.quote == '\'' ? SLOT_SINGLE_QUOTED : SLOT_QUOTED;
	char left = before.len > 0 ? before.ptr[before.len - 1] : ' ';
	char right = after.len > 0 ? after.ptr[0] : ' ';
	bool whole = (spell_is_blank(left) || spell_in(syntax->opens, left)) &&
	             (spell_is_blank(right) || spell_in(syntax->closes, right));
	return whole ? SLOT_ALONE : SLOT_GLUED;
}
