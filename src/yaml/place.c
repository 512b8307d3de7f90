/* Places in a YAML text: from libyaml's character counts to bytes, and the text around a place. */
#include "yaml/internal.h"

uint32_t text_start(const struct source *source)
{
	return str_starts(source->bytes, STR("\xEF\xBB\xBF")) ? 3 : 0;
}

struct cursor cursor_new(const struct source *source)
{
	return (struct cursor){source, 0, text_start(source)};
}

/* The text is known to be UTF-8: every byte that does not continue a character begins one. */
static bool continues_character(const struct source *source, size_t offset)
{
	return offset < source->bytes.len && ((unsigned char)source->bytes.ptr[offset] & 0xC0) == 0x80;
}

uint32_t cursor_offset(struct cursor *cursor, size_t index)
{
	const struct source *source = cursor->source;
	for (; cursor->index < index && cursor->offset < source->bytes.len; cursor->index++) {
		do {
			cursor->offset++;
		} while (continues_character(source, cursor->offset));
	}
	/* Marks go forward from event to event, except for values of which nothing is written. */
	for (; cursor->index > index && cursor->offset > text_start(source); cursor->index--) {
		do {
			cursor->offset--;
		} while (continues_character(source, cursor->offset));
	}
	return cursor->offset;
}

char byte_at(const struct source *source, uint32_t offset)
{
	return offset < source->bytes.len ? source->bytes.ptr[offset] : '\0';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool ends_line(const struct source *source, uint32_t offset)
{
	char c = byte_at(source, offset);
	return offset >= source->bytes.len || c == '\n' || c == '\r';
}

struct span word_span(const struct source *source, uint32_t offset)
{
	uint32_t end = offset;
	while (!ends_line(source, end) && !is_blank(byte_at(source, end))) {
		end++;
	}
	if (end == offset && !ends_line(source, end)) {
		end++;
	}
	return (struct span){source, offset, end};
}

struct span line_span(const struct source *source, uint32_t from, uint32_t to)
{
	uint32_t end = from;
	while (end < to && !ends_line(source, end)) {
		end++;
	}
	while (end > from && is_blank(byte_at(source, end - 1))) {
		end--;
	}
	return (struct span){source, from, end};
}

uint32_t line_start(const struct source *source, uint32_t offset)
{
	return source->lines.items[source_position(source, offset).line - 1];
}

uint32_t next_line_start(const struct source *source, uint32_t offset)
{
	uint32_t line = source_position(source, offset).line;
	return line < source->lines.count ? source->lines.items[line] : (uint32_t)source->bytes.len;
}

uint32_t indentation_end(const struct source *source, uint32_t offset)
{
	uint32_t end = line_start(source, offset);
	while (is_blank(byte_at(source, end))) {
		end++;
	}
	return end;
}

bool tab_before(const struct source *source, uint32_t offset, uint32_t *tab)
{
	bool found = false;
	for (uint32_t at = offset; at > text_start(source); at--) {
		char c = byte_at(source, at - 1);
		if (c == '\n' || c == '\r') {
			return found;
		}
		if (!is_blank(c)) {
			return false;
		}
		if (c == '\t') {
			*tab = at - 1;
			found = true;
		}
	}
	return found;
}

bool same_line(const struct source *source, uint32_t from, uint32_t to)
{
	while (from < to && !ends_line(source, from)) {
		from++;
	}
	return from >= to;
}
