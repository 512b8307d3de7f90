/* The dialect of nginx configuration files: quotes with backslashes, but no way at all to write a '$'. */
#include "render/dialects.h"
#include "render/spell.h"

static const struct line_syntax syntax = {
	.quotes = "\"'", .verbatim = "", .comments = "#", .comment_place = COMMENT_TOKEN_START, .opens = "{;}", .closes = "{;",
};

static enum slot_context nginx_context(struct str before, struct str after)
{
	return line_context(&syntax, before, after);
}

static const char *nginx_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	(void)kind;
	if (context == SLOT_COMMENT)
		return spell_comment(out, text);
	if (spell_has(text, "$"))
		return "nginx has no way to write '$'";
	if (!spell_printable(text, ""))
		return "nginx values cannot hold control characters";
	if (context == SLOT_QUOTED)
		spell_escaped(out, text, '\\', "\"\\");
	else if (context == SLOT_SINGLE_QUOTED)
		spell_escaped(out, text, '\\', "'\\");
	else if (spell_only(text, "._:/*@-"))
		buf_str(out, text);
	else if (context == SLOT_ALONE)
		spell_quoted(out, text, '"', '\\', "\"\\");
	else
		return "part of an nginx word holds only letters, digits and ._:/*@-";
	return NULL;
}

const struct dialect dialect_nginx = {"nginx", " ", nginx_context, nginx_put, "#", false};
