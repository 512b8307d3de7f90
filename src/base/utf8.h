/* UTF-8: decoding, validation and display width, independent of the locale. */
#ifndef HLGEN_BASE_UTF8_H
#define HLGEN_BASE_UTF8_H

#include <stdint.h>

#include "base/str.h"

/* Decodes the character at s[at]; returns its length in bytes (1 to 4), or 0 when the bytes are not valid UTF-8
 * (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF) or `at` is the end. */
size_t utf8_decode(struct str s, size_t at, uint32_t *codepoint);

/* Offset of the first byte that is not valid UTF-8, or s.len when all is well. */
size_t utf8_invalid_at(struct str s);

/* Terminal columns of a character: 0 for combining marks and format characters, 2 for wide ones (Unicode East Asian Width W
 * and F, emoji), else 1. Control characters count 1, because they are printed as one '?'. */
int utf8_width(uint32_t codepoint);

/* True for C0 and C1 controls, DEL, line and paragraph separators and bidirectional overrides: what a terminal or a
 * config file might act upon instead of showing it. */
bool utf8_is_control(uint32_t codepoint);

#endif
