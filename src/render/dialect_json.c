/* The dialect of JSON (RFC 8259): texts are strings, numbers are numbers. */
#include "base/utf8.h"
#include "render/dialects.h"
#include "render/spell.h"

static const struct line_syntax syntax = {
	.quotes = "\"", .verbatim = "", .comments = "", .comment_place = COMMENT_ANYWHERE, .opens = "[{,:", .closes = "]},:",
};

static enum slot_context json_context(struct str before, struct str after)
{
	return line_context(&syntax, before, after);
}

static void put_escaped(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		if (c < 0x20 || c == 0x7F)
			buf_printf(out, "\\u%04X", (unsigned)c);
		else
			spell_escaped(out, (struct str){&text.ptr[i], 1}, '\\', "\"\\");
	}
}

static const char *json_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	if (utf8_invalid_at(text) != text.len)
		return "JSON holds only valid UTF-8";
	if (context == SLOT_QUOTED) {
		put_escaped(out, text);
	} else if (kind == VALUE_NUMBER) {
		buf_str(out, text);
	} else if (context == SLOT_ALONE) {
		buf_char(out, '"');
		put_escaped(out, text);
		buf_char(out, '"');
	} else {
		return "JSON has no text outside of quotes";
	}
	return NULL;
}

const struct dialect dialect_json = {"json", ", ", json_context, json_put, NULL, false};
