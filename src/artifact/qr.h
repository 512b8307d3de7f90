/* QR codes of client files: SVG, PNG and half-block text for a terminal (libqrencode, libpng). */
#ifndef HLGEN_ARTIFACT_QR_H
#define HLGEN_ARTIFACT_QR_H

#include "base/buf.h"

/* The text to encode: a client's .conf without comments, empty lines and optional blanks. */
struct str qr_payload(struct arena *arena, struct str conf);

/* The size rules of facts: version 13 is the largest that fits 80 columns with its quiet zone. */
struct qr_size {
	int version;       /* 1 to 40 */
	char level;        /* 'H', 'Q', 'M', 'L': the highest error correction that keeps the version at 13 or less, else 'L' */
	size_t bytes;      /* length of the payload */
	bool terminal;     /* fits 80 columns */
	bool scans;        /* not larger than what phone cameras read from a screen (QR_MAX_BYTES) */
};
enum { QR_MAX_BYTES = 800, QR_WARN_BYTES = 600 };

/* Computes the size without keeping the code; false when the payload exceeds version 40-L (2953 bytes). */
bool qr_measure(struct str payload, struct qr_size *size);

/* The pictures: deterministic bytes in the given arena. `payload` must have been accepted by qr_measure(). `shared` keeps
 * the code for other pictures of the same payload in the same arena; it starts as a pointer to NULL. */
struct str qr_svg(struct arena *arena, struct str payload, void **shared);
struct str qr_png(struct arena *arena, struct str payload, void **shared);
/* Half-block characters, dark on light (ANSI colours unless `plain`), with the 4-module quiet zone. */
struct str qr_terminal(struct arena *arena, struct str payload, bool plain);

#endif
