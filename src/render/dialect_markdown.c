/* The dialect of Markdown (CommonMark): a value never becomes markup. Inside `code` it is shown as it is. */
#include "render/dialects.h"
#include "render/spell.h"

static size_t count(struct str text, char c)
{
	size_t found = 0;
	for (size_t i = 0; i < text.len; i++)
		found += text.ptr[i] == c;
	return found;
}

static enum slot_context markdown_context(struct str before, struct str after)
{
	if (count(before, '`') % 2 == 0)
		return SLOT_ALONE;
	return count(after, '`') % 2 == 1 ? SLOT_QUOTED : SLOT_IMPOSSIBLE;
}

/* '_' is emphasis only at the edge of a word; line starts matter only when the value is the first thing on its line. */
static bool is_special(struct str text, size_t at)
{
	char c = text.ptr[at];
	if (c == '_')
		return at == 0 || at + 1 == text.len || !spell_is_alnum(text.ptr[at - 1]) || !spell_is_alnum(text.ptr[at + 1]);
	return spell_in("\\`*[]<|&~", c) || (at == 0 && spell_in("#>+-=", c));
}

static const char *markdown_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	(void)kind;
	if (!spell_printable(text, ""))
		return "a line of Markdown cannot hold control characters";
	if (context == SLOT_QUOTED) {
		if (spell_has(text, "`"))
			return "Markdown has no way to write '`' between '`'";
		buf_str(out, text);
		return NULL;
	}
	for (size_t i = 0; i < text.len; i++) {
		if (is_special(text, i))
			buf_char(out, '\\');
		buf_char(out, text.ptr[i]);
	}
	return NULL;
}

const struct dialect dialect_markdown = {"markdown", ", ", markdown_context, markdown_put, NULL, false};
