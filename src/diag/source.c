/* Places in an input text: which line and column a byte is in. */
#include "diag/source.h"

#include "base/arena.h"
#include "base/utf8.h"

/* So many bytes lie between two counted places, so that a text of one long line does not cost quadratic time. */
enum { COUNT_EVERY = 4096 };

static const struct str byte_order_mark = {"\xEF\xBB\xBF", 3};

/* Bytes of the character at `at`; a byte that is not UTF-8 counts as a character of its own. */
static size_t character_length(struct str text, size_t at)
{
	if ((unsigned char)text.ptr[at] < 0x80) {
		return 1;
	}
	uint32_t codepoint;
	size_t length = utf8_decode(text, at, &codepoint);
	return length > 0 ? length : 1;
}

static void add_line(struct arena *arena, struct source *source, size_t start)
{
	uint32_t *line = LIST_ADD(arena, &source->lines);
	*line = (uint32_t)start;
}

static bool ends_line(struct str text, size_t at)
{
	char c = text.ptr[at];
	return c == '\n' || (c == '\r' && !(at + 1 < text.len && text.ptr[at + 1] == '\n'));
}

static void add_count(struct arena *arena, struct source *source, size_t offset, uint32_t characters)
{
	struct source_count *count = LIST_ADD(arena, &source->counts);
	*count = (struct source_count){(uint32_t)offset, characters};
}

struct source *source_new(struct arena *arena, struct str name, struct str bytes)
{
	struct source *source = ARENA_NEW(arena, struct source);
	source->name = name;
	source->bytes = bytes;

	size_t at = str_starts(bytes, byte_order_mark) ? byte_order_mark.len : 0;
	uint32_t characters = 0;
	add_line(arena, source, at);
	add_count(arena, source, at, 0);
	for (size_t next_count = COUNT_EVERY; at < bytes.len; characters++) {
		if (at >= next_count) {
			add_count(arena, source, at, characters);
			next_count = at + COUNT_EVERY;
		}
		bool line_end = ends_line(bytes, at);
		at += character_length(bytes, at);
		if (line_end) {
			add_line(arena, source, at);
		}
	}
	return source;
}

/* Index of the line that holds `offset`: the last one that starts at or before it. */
static size_t line_index(const struct source *source, uint32_t offset)
{
	size_t low = 0, high = source->lines.count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (source->lines.items[middle] <= offset) {
			low = middle;
		} else {
			high = middle;
		}
	}
	return low;
}

/* How many characters lie before `offset`. */
static uint32_t characters_before(const struct source *source, uint32_t offset)
{
	size_t low = 0, high = source->counts.count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (source->counts.items[middle].offset <= offset) {
			low = middle;
		} else {
			high = middle;
		}
	}
	size_t at = source->counts.items[low].offset;
	uint32_t characters = source->counts.items[low].characters;
	while (at < offset && at < source->bytes.len) {
		size_t length = character_length(source->bytes, at);
		if (at + length > offset) {
			break; /* the offset is inside this character */
		}
		at += length;
		characters++;
	}
	return characters;
}

struct source_position source_position(const struct source *source, uint32_t offset)
{
	size_t index = line_index(source, offset);
	uint32_t start = source->lines.items[index];
	if (offset < start) {
		offset = start; /* inside the byte order mark */
	}
	uint32_t column = characters_before(source, offset) - characters_before(source, start);
	return (struct source_position){(uint32_t)index + 1, column + 1};
}

struct str source_line(const struct source *source, uint32_t line)
{
	if (line == 0 || line > source->lines.count) {
		return (struct str){source->bytes.ptr, 0};
	}
	size_t start = source->lines.items[line - 1];
	size_t end = line < source->lines.count ? source->lines.items[line] : source->bytes.len;
	if (line < source->lines.count) {
		const char *last = source->bytes.ptr + end - 1;
		bool crlf = end - start >= 2 && last[0] == '\n' && last[-1] == '\r';
		end -= crlf ? 2 : 1;
	}
	return str_slice(source->bytes, start, end);
}

void source_show_key(struct arena *arena, struct span span)
{
	/* The list belongs to the registration of the text, not to its content; spans point to a const source. */
	struct source *source = (struct source *)span.source;
	if (source == NULL) {
		return;
	}
	struct span *slot = LIST_ADD(arena, &source->public_keys);
	/* Sorted by start, so that printing can search; keys are nearly always declared in the order of the file. */
	while (slot > source->public_keys.items && slot[-1].start > span.start) {
		slot[0] = slot[-1];
		slot--;
	}
	*slot = span;
}

struct span span_join(struct span a, struct span b)
{
	return (struct span){a.source, a.start, b.end};
}
