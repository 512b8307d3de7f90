/* The dialect of nftables rule files: bare identifiers and addresses, strings in double quotes, no escapes. */
#include "render/dialects.h"
#include "render/spell.h"

static const struct line_syntax syntax = {
	.quotes = "\"", .verbatim = "\"", .comments = "#", .comment_place = COMMENT_ANYWHERE,
	.opens = "{(,=:", .closes = "},;):#",
};

static enum slot_context nft_context(struct str before, struct str after)
{
	return line_context(&syntax, before, after);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Addresses, numbers and ranges of them: what the scanner does not take for a name. */
static bool is_numeric(struct str text)
{
	bool digit = false;
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
		if (!hex && !spell_in(".:/-", c))
			return false;
		digit = digit || hex;
	}
	return digit && text.ptr[0] != '-' && text.ptr[0] != '/' && text.ptr[0] != '.';
}

static bool is_bare(struct str text)
{
	return (spell_only(text, "/_.-") && is_letter(text.ptr[0])) || is_numeric(text);
}

static const char *nft_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	if (context == SLOT_COMMENT)
		return spell_comment(out, text);
	if (!spell_printable(text, ""))
		return "nft strings cannot hold control characters";
	bool bare = kind != VALUE_TEXT || is_bare(text);
	if (context == SLOT_GLUED) {
		if (kind == VALUE_TEXT && !spell_only(text, "/_.:-"))
			return "part of an nft word holds only letters, digits and /_.:-";
		bare = true;
	}
	if (!bare && spell_has(text, "\""))
		return "nft has no way to write '\"' in a string";
	if (context == SLOT_QUOTED && spell_has(text, "\""))
		return "nft has no way to write '\"' in a string";
	if (bare || context == SLOT_QUOTED)
		buf_str(out, text);
	else
		spell_quoted(out, text, '"', '\\', "");
	return NULL;
}

const struct dialect dialect_nft = {"nft", ", ", nft_context, nft_put, "#", false};
