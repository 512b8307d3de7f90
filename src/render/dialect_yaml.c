/* The dialect of YAML: plain where version 1.1 and 1.2 both read the same text, else in double quotes. */
#include "base/ip.h"
#include "base/utf8.h"
#include "render/dialects.h"
#include "render/spell.h"

static const struct line_syntax syntax = {
	.quotes = "\"'", .verbatim = "'", .comments = "#", .comment_place = COMMENT_TOKEN_START, .quotes_start_tokens = true,
	.opens = "[{,", .closes = "",
};

static struct str trim_left_dashes(struct str before)
{
	struct str rest = str_trim(before);
	while (str_equal(rest, STR("-")) || str_starts(rest, STR("- ")))
		rest = str_trim(str_slice(rest, 1, rest.len));
	return rest;
}

/* True when a scalar begins behind `before`: after indentation, "- ", "key: " or an opening of a flow collection. */
static bool scalar_begins(struct str before)
{
	struct str rest = trim_left_dashes(before);
	if (rest.len == 0)
		return true;
	char last = rest.ptr[rest.len - 1];
	return spell_in("[{,", last) || (last == ':' && spell_is_blank(before.ptr[before.len - 1]));
}

/* True when a scalar ends before `after`: at the end of the line, a comment, ": " or a closing of a flow collection. */
static bool scalar_ends(struct str after)
{
	struct str rest = str_trim(after);
	if (rest.len == 0)
		return true;
	if (rest.ptr[0] == ':')
		return rest.len == 1 || spell_is_blank(rest.ptr[1]);
	return spell_in("]},", rest.ptr[0]) || (rest.ptr[0] == '#' && spell_is_blank(after.ptr[0]));
}

/* True for the value of a key in block style, where a block scalar may stand. */
static bool is_last(struct str before, struct str after)
{
	return str_trim(after).len == 0 && str_ends(str_trim(before), STR(":")) && !spell_has(before, "[{\"'");
}

static enum slot_context yaml_context(struct str before, struct str after)
{
	enum slot_context context = line_context(&syntax, before, after);
	if (context != SLOT_ALONE && context != SLOT_GLUED)
		return context;
	if (!scalar_begins(before) || !scalar_ends(after))
		return SLOT_GLUED;
	return is_last(before, after) ? SLOT_LAST : SLOT_ALONE;
}

static bool is_reserved(struct str text)
{
	static const char *const words[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (str_equal_nocase(text, str_of(words[i])))
			return true;
	}
	return false;
}

static bool is_ipv4(struct str text)
{
	struct ip ip;
	struct prefix prefix;
	return (ip_parse(text, &ip) && ip.family == IP_V4) || (prefix_parse(text, &prefix) && prefix.ip.family == IP_V4);
}

/* Only texts that begin with a letter or '/' can be no number, date, time or indicator; and IPv4 addresses. */
static bool is_plain(struct str text)
{
	if (!spell_only(text, "._/@+-") || is_reserved(text))
		return false;
	char first = text.ptr[0];
	return (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '/' || is_ipv4(text);
}

/* A byte order mark is printable for YAML, but readers drop it. */
static bool has_mark(struct str text)
{
	static const struct str mark = {"\xEF\xBB\xBF", 3};
	for (size_t at = 0; at < text.len; at++) {
		if (str_starts(str_slice(text, at, text.len), mark))
			return true;
	}
	return false;
}

static void put_escape(struct buf *out, uint32_t codepoint)
{
	if (codepoint == '\n')
		buf_str(out, STR("\\n"));
	else if (codepoint == '\t')
		buf_str(out, STR("\\t"));
	else if (codepoint <= 0xFF)
		buf_printf(out, "\\x%02X", (unsigned)codepoint);
	else
		buf_printf(out, codepoint > 0xFFFF ? "\\U%08X" : "\\u%04X", (unsigned)codepoint);
}

static void put_escaped(struct buf *out, struct str text)
{
	size_t length = 0;
	for (size_t at = 0; at < text.len; at += length) {
		uint32_t codepoint = 0;
		length = utf8_decode(text, at, &codepoint);
		if (utf8_is_control(codepoint) || codepoint == 0xFEFF)
			put_escape(out, codepoint);
		else
			spell_escaped(out, str_slice(text, at, at + length), '\\', "\"\\");
	}
}

static const char *put_glued(struct buf *out, struct str text)
{
	if (!spell_only(text, "._/:@+-") || text.ptr[0] == '@' || text.ptr[0] == '-' || text.ptr[text.len - 1] == ':')
		return "part of a plain YAML scalar holds only letters, digits and ._/:@+-; put quotes around the whole";
	buf_str(out, text);
	return NULL;
}

/* Lines that read the same in a literal block, with one line end behind the last. */
static bool is_block(struct str text)
{
	bool ends_once = str_ends(text, STR("\n")) && !str_ends(text, STR("\n\n")) && text.len > 1;
	return ends_once && spell_printable(text, "\t\n") && text.ptr[0] != '\n' && !spell_is_blank(text.ptr[0]) && !has_mark(text);
}

/* Where the key of the line that `out` ends in begins, behind the dashes of list entries. */
static size_t key_column(const struct buf *out)
{
	size_t start = out->len, at;
	while (start > 0 && out->ptr[start - 1] != '\n')
		start--;
	for (at = start; at < out->len && spell_in(" -", out->ptr[at]);)
		at++;
	return at - start;
}

/* YAML 1.2, section 8.1.2; the line end of the last line is the template's own. */
static void put_block(struct buf *out, struct str text)
{
	size_t column = key_column(out) + 2;
	buf_char(out, '|');
	for (size_t at = 0; at < text.len;) {
		struct str rest = str_slice(text, at, text.len);
		struct str line = str_slice(rest, 0, str_find(rest, '\n'));
		buf_char(out, '\n');
		for (size_t i = 0; line.len > 0 && i < column; i++)
			buf_char(out, ' ');
		buf_str(out, line);
		at += line.len + 1;
	}
}

static const char *yaml_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	if (utf8_invalid_at(text) != text.len)
		return "YAML holds only valid UTF-8";
	if (context == SLOT_COMMENT)
		return spell_comment(out, text);
	if (context == SLOT_QUOTED) {
		put_escaped(out, text);
	} else if (context == SLOT_SINGLE_QUOTED) {
		if (!spell_printable(text, ""))
			return "single quotes in YAML cannot hold control characters";
		spell_escaped(out, text, '\'', "'");
	} else if (kind == VALUE_NUMBER) {
		buf_str(out, text);
	} else if (context == SLOT_GLUED) {
		return put_glued(out, text);
	} else if (context == SLOT_LAST && is_block(text)) {
		put_block(out, text);
	} else if (is_plain(text)) {
		buf_str(out, text);
	} else {
		buf_char(out, '"');
		put_escaped(out, text);
		buf_char(out, '"');
	}
	return NULL;
}

const struct dialect dialect_yaml = {"yaml", ", ", yaml_context, yaml_put, "#", false};
