/* The dialect of systemd unit files: '%' is doubled everywhere; only command lines and Environment= know quotes. */
#include "render/dialects.h"
#include "render/spell.h"

static const struct line_syntax syntax = {
	.quotes = "\"'", .verbatim = "", .comments = "#;", .comment_place = COMMENT_LINE_START, .opens = "=", .closes = "",
};

static enum slot_context systemd_context(struct str before, struct str after)
{
	enum slot_context context = line_context(&syntax, before, after);
	if (context == SLOT_COMMENT)
		return context;
	struct str line = str_trim(before);
	if (str_starts(line, STR("Exec")) || str_starts(line, STR("Environment=")))
		return context;
	/* elsewhere the value is the rest of the line as it is written, which is what SLOT_QUOTED spells */
	return SLOT_QUOTED;
}

static const char *systemd_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	(void)kind;
	if (context == SLOT_COMMENT)
		return spell_comment(out, text);
	if (!spell_printable(text, ""))
		return "a line of a unit file cannot hold control characters";
	if (spell_has(text, "$"))
		return "'$' in a unit file would be a variable";
	if (context == SLOT_QUOTED || context == SLOT_SINGLE_QUOTED) {
		if (spell_has(text, "\"'\\"))
			return "quotes and '\\' are not written here, because unit files read them in different ways";
		spell_escaped(out, text, '%', "%");
	} else if (spell_only(text, "._/:@,+=%-")) {
		spell_escaped(out, text, '%', "%");
	} else if (context == SLOT_ALONE) {
		buf_char(out, '"');
		for (size_t i = 0; i < text.len; i++)
			spell_escaped(out, (struct str){&text.ptr[i], 1}, text.ptr[i] == '%' ? '%' : '\\', "%\"\\");
		buf_char(out, '"');
	} else {
		return "part of a word in a unit file holds only letters, digits and ._/:@,+=%-";
	}
	return NULL;
}

const struct dialect dialect_systemd = {"systemd", " ", systemd_context, systemd_put, "#;", true};
