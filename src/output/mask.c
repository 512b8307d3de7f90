/* Makes a line of a file fit to be shown. */
#include "output/mask.h"

#include "base/utf8.h"

/* A WireGuard key has 44 characters. The limit is lower, so that a key that an editor has cut is hidden too. */
enum { KEY_SHAPED = 40 };

static bool is_base64(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* Base64 has '=' only at its end: "key=QGFh...YWE=" is two runs, of which the second is the key. */
static size_t run_length(struct str text, size_t at)
{
	size_t end = at;

	while (end < text.len && is_base64(text.ptr[end]))
		end++;
	while (end < text.len && text.ptr[end] == '=')
		end++;
	return end - at;
}

static size_t put_character(struct buf *out, struct str text, size_t at)
{
	uint32_t codepoint;
	size_t length = utf8_decode(text, at, &codepoint);

	if (length == 0 || (utf8_is_control(codepoint) && codepoint != '\t')) {
		buf_char(out, '?');
		return length == 0 ? 1 : length;
	}
	buf_put(out, text.ptr + at, length);
	return length;
}

bool mask_line(struct buf *out, struct str text, bool secret)
{
	bool masked = false;

	for (size_t at = 0; at < text.len;) {
		size_t run = run_length(text, at);

		if (secret && run >= KEY_SHAPED) {
			buf_str(out, STR("***"));
			masked = true;
			at += run;
		} else if (run > 0) {
			buf_put(out, text.ptr + at, run);
			at += run;
		} else {
			at += put_character(out, text, at);
		}
	}
	return masked;
}
