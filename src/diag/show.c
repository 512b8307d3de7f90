/* Makes text fit to be shown: nothing that a terminal acts upon, nothing that looks like a key. */
#include "base/utf8.h"
#include "diag/internal.h"

/* A WireGuard key has 44 characters; a few lost in copying do not make it harmless. */
enum { KEY_LENGTH = 40 };

struct glyph glyph_at(struct str s, size_t at)
{
	unsigned char byte = (unsigned char)s.ptr[at];
	if (byte >= 0x20 && byte < 0x7F) {
		return (struct glyph){1, 1, false};
	}
	uint32_t codepoint;
	size_t length = utf8_decode(s, at, &codepoint);
	if (length == 0) {
		return (struct glyph){1, 1, true};
	}
	if (utf8_is_control(codepoint)) {
		return (struct glyph){length, 1, true};
	}
	return (struct glyph){length, utf8_width(codepoint), false};
}

static bool is_base64(char c)
{
	bool alphanumeric = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
	return alphanumeric || c == '+' || c == '/' || c == '=';
}

void key_run(struct str s, size_t at, size_t *from, size_t *to)
{
	*from = at;
	*to = at;
	while (*to < s.len && is_base64(s.ptr[*to])) {
		(*to)++;
	}
	while (*to > at && *from > 0 && is_base64(s.ptr[*from - 1])) {
		(*from)--;
	}
}

bool key_shaped(size_t length)
{
	return length >= KEY_LENGTH;
}

/* A path such as /srv/homelab/network/keys/clients/android has no other characters than a key has. Messages hold paths
 * and by rule no keys, so there, and only there, what starts with a slash and has several more counts as a path. */
static bool is_path(struct str run)
{
	size_t slashes = 0;
	for (size_t i = 0; i < run.len; i++) {
		slashes += run.ptr[i] == '/';
	}
	return run.ptr[0] == '/' && slashes >= 3;
}

static void show_glyph(struct buf *out, struct str text, size_t at, struct glyph glyph)
{
	if (glyph.replaced) {
		buf_char(out, '?');
	} else {
		buf_put(out, text.ptr + at, glyph.length);
	}
}

static void show_run(struct buf *out, struct str run)
{
	if (!key_shaped(run.len) || is_path(run)) {
		buf_str(out, run);
		return;
	}
	for (size_t i = 0; i < run.len; i++) {
		buf_char(out, '*');
	}
}

void show_message(struct buf *out, struct str message)
{
	for (size_t at = 0; at < message.len;) {
		size_t from, to;
		key_run(message, at, &from, &to);
		if (to > at) {
			show_run(out, str_slice(message, at, to));
			at = to;
			continue;
		}
		struct glyph glyph = glyph_at(message, at);
		show_glyph(out, message, at, glyph);
		at += glyph.length;
	}
}

void show_name(struct buf *out, struct str name)
{
	for (size_t at = 0; at < name.len;) {
		struct glyph glyph = glyph_at(name, at);
		show_glyph(out, name, at, glyph);
		at += glyph.length;
	}
}
