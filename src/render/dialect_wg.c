/* The dialect of wg(8) and wg-quick(8) files: no quotes and no escapes exist, and '#' ends a value anywhere. */
#include "render/dialects.h"
#include "render/spell.h"

static const struct line_syntax syntax = {
	.quotes = "", .verbatim = "", .comments = "#", .comment_place = COMMENT_ANYWHERE, .opens = "=,", .closes = ",#",
};

static enum slot_context wg_context(struct str before, struct str after)
{
	return line_context(&syntax, before, after);
}

static const char *wg_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	(void)kind;
	if (context == SLOT_COMMENT)
		return spell_comment(out, text);
	if (text.len == 0)
		return "wg takes a key without a value for an error";
	if (!spell_only(text, "+/=.:,_@%-[]"))
		return "wg has no quotes, so a value holds only letters, digits and +/=.:,_@%-[]";
	buf_str(out, text);
	return NULL;
}

const struct dialect dialect_wg = {"wg", ", ", wg_context, wg_put, "#", true};
