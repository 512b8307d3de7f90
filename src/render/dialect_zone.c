/* The dialect of DNS master files (RFC 1035, section 5): bare names and addresses, character strings in quotes. */
#include "render/dialects.h"
#include "render/spell.h"

enum { ZONE_STRING = 255 /* bytes that one character string holds */ };

static const struct line_syntax syntax = {
	.quotes = "\"", .verbatim = "", .comments = ";", .comment_place = COMMENT_ANYWHERE, .opens = "(", .closes = ");",
};

static enum slot_context zone_context(struct str before, struct str after)
{
	return line_context(&syntax, before, after);
}

static void put_escaped(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		if (c < ' ' || c > '~')
			buf_printf(out, "\\%03u", (unsigned)(unsigned char)c);
		else
			spell_escaped(out, (struct str){&text.ptr[i], 1}, '\\', "\"\\");
	}
}

static const char *zone_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	(void)kind;
	if (context == SLOT_COMMENT)
		return spell_comment(out, text);
	if (text.len > ZONE_STRING)
		return "a string of a zone file holds at most 255 bytes";
	if (context == SLOT_QUOTED) {
		put_escaped(out, text);
	} else if (spell_only(text, "._*@:/+=-")) {
		buf_str(out, text);
	} else if (context == SLOT_ALONE) {
		buf_char(out, '"');
		put_escaped(out, text);
		buf_char(out, '"');
	} else {
		return "part of a name in a zone file holds only letters, digits and ._*@:/+=-";
	}
	return NULL;
}

const struct dialect dialect_zone = {"zone", " ", zone_context, zone_put, ";", false};
