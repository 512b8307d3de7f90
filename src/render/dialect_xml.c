/* The dialect of XML, SVG and HTML: values in text and in quoted attributes. */
#include "render/dialects.h"
#include "render/spell.h"

/* Position just behind the last `mark` in `text`, or 0. */
static size_t behind_last(struct str text, struct str mark)
{
	for (size_t at = text.len; at >= mark.len; at--) {
		if (str_equal(str_slice(text, at - mark.len, at), mark))
			return at;
	}
	return 0;
}

/* In a tag: SLOT_QUOTED between the attribute's quotes; a bare value could add attributes. */
static enum slot_context tag_context(struct str tag)
{
	char quote = '\0';
	for (size_t i = 0; i < tag.len; i++) {
		char c = tag.ptr[i];
		if (quote == '\0' && (c == '"' || c == '\''))
			quote = c;
		else if (c == quote)
			quote = '\0';
		else if (quote == '\0' && c == '>')
			return SLOT_ALONE;
	}
	return quote != '\0' ? SLOT_QUOTED : SLOT_IMPOSSIBLE;
}

static enum slot_context xml_context(struct str before, struct str after)
{
	(void)after;
	if (behind_last(before, STR("<!--")) > behind_last(before, STR("-->")))
		return SLOT_COMMENT;
	if (behind_last(before, STR("<![CDATA[")) > behind_last(before, STR("]]>")))
		return SLOT_IMPOSSIBLE;
	size_t tag = behind_last(before, STR("<"));
	return tag == 0 ? SLOT_ALONE : tag_context(str_slice(before, tag, before.len));
}

static const char *put_comment(struct buf *out, struct str text)
{
	if (str_ends(text, STR("-")) || str_starts(text, STR("-")) || behind_last(text, STR("--")) > 0)
		return "a comment in XML cannot hold '--', nor begin or end with '-'";
	return spell_comment(out, text);
}

static struct str entity(char c)
{
	switch (c) {
	case '&':
		return STR("&amp;");
	case '<':
		return STR("&lt;");
	case '>':
		return STR("&gt;");
	case '"':
		return STR("&quot;");
	case '\'':
		return STR("&#39;");
	default:
		return (struct str){0};
	}
}

static const char *xml_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	(void)kind;
	if (context == SLOT_COMMENT)
		return put_comment(out, text);
	if (!spell_printable(text, ""))
		return "XML text cannot hold control characters";
	for (size_t i = 0; i < text.len; i++) {
		struct str name = entity(text.ptr[i]);
		buf_str(out, name.ptr != NULL ? name : (struct str){&text.ptr[i], 1});
	}
	return NULL;
}

const struct dialect dialect_xml = {"xml", ", ", xml_context, xml_put, NULL, false};
