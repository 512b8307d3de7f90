/* Hides what looks like a key. */
#ifndef HLGEN_OUTPUT_MASK_H
#define HLGEN_OUTPUT_MASK_H

#include "base/buf.h"

/* Appends `text`. With `secret`, each run of 40 or more base64 characters (with the "=" at its end) becomes "***". Control
 * characters (a tab excepted) and bytes that are not UTF-8 become '?', because the text goes to a terminal. Returns true
 * when something was masked. */
bool mask_line(struct buf *out, struct str text, bool secret);

#endif
