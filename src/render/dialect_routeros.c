/* The dialect of RouterOS scripts (.rsc): bytes that are not printable ASCII are written as \XX. */
#include "render/dialects.h"
#include "render/spell.h"

static const struct line_syntax syntax = {
	.quotes = "\"", .verbatim = "", .comments = "#", .comment_place = COMMENT_LINE_START,
	.opens = "=([{;~", .closes = ";)]}",
};

/* A text that the router runs later is read twice; one level of escaping would let a value out of it. */
static bool is_code(struct str before, size_t quote_at)
{
	if (quote_at == 0 || before.ptr[quote_at - 1] != '=')
		return false;
	size_t end = quote_at - 1, start = end;
	while (start > 0 && (spell_is_alnum(before.ptr[start - 1]) || before.ptr[start - 1] == '-'))
		start--;
	struct str word = str_slice(before, start, end);
	return str_equal(word, STR("source")) || str_ends(word, STR("script")) || str_starts(word, STR("on-"));
}

static enum slot_context routeros_context(struct str before, struct str after)
{
	enum slot_context context = line_context(&syntax, before, after);
	if (context == SLOT_QUOTED) {
		struct line_state state = {0};
		line_scan(&syntax, &state, before);
		if (state.escaped_quote || is_code(before, state.quote_at))
			return SLOT_IMPOSSIBLE;
	}
	return context;
}

static bool is_plain_byte(char c)
{
	return c >= ' ' && c <= '~';
}

static void put_escaped(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (!is_plain_byte(c))
			buf_printf(out, "\\%02X", (unsigned)(unsigned char)c);
		else
			spell_escaped(out, (struct str){&text.ptr[i], 1}, '\\', "\"\\$");
	}
}

static const char *put_comment(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!is_plain_byte(text.ptr[i]) || text.ptr[i] == '\\')
			return "a comment line of a RouterOS script holds only printable ASCII without '\\'";
	}
	buf_str(out, text);
	return NULL;
}

static const char *routeros_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	(void)kind;
	if (context == SLOT_COMMENT)
		return put_comment(out, text);
	if (context == SLOT_QUOTED) {
		put_escaped(out, text);
	} else if (spell_only(text, "._:/,-")) {
		buf_str(out, text);
	} else if (context == SLOT_ALONE) {
		buf_char(out, '"');
		put_escaped(out, text);
		buf_char(out, '"');
	} else {
		return "part of a RouterOS word holds only letters, digits and ._:/,-";
	}
	return NULL;
}

const struct dialect dialect_routeros = {"routeros", ",", routeros_context, routeros_put, "#", false};
