/* The dialect of sysctl.d(5) files: no quotes, no escapes. */
#include "render/dialects.h"
#include "render/spell.h"

static const struct line_syntax syntax = {
	.quotes = "", .verbatim = "", .comments = "#;", .comment_place = COMMENT_LINE_START, .opens = "=", .closes = "=",
};

static enum slot_context sysctl_context(struct str before, struct str after)
{
	return line_context(&syntax, before, after);
}

static const char *sysctl_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	(void)kind;
	if (context == SLOT_COMMENT)
		return spell_comment(out, text);
	if (!spell_only(text, "._/-"))
		return "sysctl has no quotes, so a value holds only letters, digits and ._/-";
	buf_str(out, text);
	return NULL;
}

const struct dialect dialect_sysctl = {"sysctl", " ", sysctl_context, sysctl_put, "#;", false};
