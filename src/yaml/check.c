/* Checks the bytes of a YAML text before it is parsed: size, encoding, control characters. */
#include "base/utf8.h"
#include "yaml/internal.h"

static struct span bytes_at(const struct source *source, size_t offset, size_t length)
{
	return (struct span){source, (uint32_t)offset, (uint32_t)(offset + length)};
}

static bool check_size(const struct source *source, struct diags *diags)
{
	if (source->bytes.len <= YAML_MAX_BYTES) {
		return true;
	}
	struct diagnostic *diagnostic =
		diag_add(diags, DIAG_YAML_SIZE, bytes_at(source, 0, 0), "the file has %zu bytes, at most %d are read",
	                 source->bytes.len, (int)YAML_MAX_BYTES);
	diag_help(diags, diagnostic, "check that this is the right file");
	return false;
}

/* UTF-16 and UTF-32 begin with a mark of their own, or show NUL bytes around the first character. */
static bool check_wide(const struct source *source, struct diags *diags)
{
	struct str bytes = source->bytes;
	bool little = str_starts(bytes, STR("\xFF\xFE")), big = str_starts(bytes, STR("\xFE\xFF"));
	bool bare = bytes.len >= 2 && (bytes.ptr[0] == '\0') != (bytes.ptr[1] == '\0');
	if (!little && !big && !bare) {
		return true;
	}
	struct diagnostic *diagnostic =
		diag_add(diags, DIAG_YAML_ENCODING, bytes_at(source, 0, 1), "the file is UTF-16, not UTF-8");
	diag_help(diags, diagnostic, "save it as UTF-8, or convert it: iconv -f UTF-16 -t UTF-8");
	return false;
}

static bool check_utf8(const struct source *source, struct diags *diags)
{
	size_t at = utf8_invalid_at(source->bytes);
	if (at == source->bytes.len) {
		return true;
	}
	struct diagnostic *diagnostic = diag_add(diags, DIAG_YAML_ENCODING, bytes_at(source, at, 1),
	                                         "byte 0x%02X is not valid UTF-8", (unsigned char)source->bytes.ptr[at]);
	diag_help(diags, diagnostic, "save the file as UTF-8");
	return false;
}

/* What YAML allows in a text (section 5.1). A byte order mark is allowed at the very beginning only. */
static bool is_allowed(uint32_t c)
{
	if (c < 0xA0) {
		return (c >= 0x20 && c < 0x7F) || c == '\t' || c == '\n' || c == '\r' || c == 0x85;
	}
	return c != 0xFEFF && c != 0xFFFE && c != 0xFFFF;
}

static bool check_characters(const struct source *source, struct diags *diags)
{
	struct str bytes = source->bytes;
	for (size_t at = text_start(source), length; at < bytes.len; at += length) {
		uint32_t character;
		length = utf8_decode(bytes, at, &character);
		if (length == 0) {
			return false; /* cannot be: the text was found to be UTF-8 */
		}
		if (!is_allowed(character)) {
			struct diagnostic *diagnostic = diag_add(diags, DIAG_YAML_ENCODING, bytes_at(source, at, length),
			                                         "character U+%04X is not allowed in YAML", (unsigned)character);
			diag_help(diags, diagnostic, "remove it; editors often hide such characters");
			return false;
		}
	}
	return true;
}

bool check_bytes(const struct source *source, struct diags *diags)
{
	return check_size(source, diags) && check_wide(source, diags) && check_utf8(source, diags) &&
	       check_characters(source, diags);
}
