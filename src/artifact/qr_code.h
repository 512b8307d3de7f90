/* The matrix of a QR code, shared by the pictures that are drawn of it. */
#ifndef HLGEN_ARTIFACT_QR_CODE_H
#define HLGEN_ARTIFACT_QR_CODE_H

#include "artifact/qr.h"

enum {
	QR_QUIET = 4,          /* light modules on every side (ISO/IEC 18004, 6.3.8) */
	QR_MODULE_PIXELS = 8,  /* in the PNG */
	QR_LARGEST_VERSION = 40
};

struct qr_code {
	size_t width;               /* modules, without quiet zone */
	const unsigned char *cells; /* width * width; 1 is dark */
};

/* Encodes an accepted payload into the arena. */
const struct qr_code *qr_encode(struct arena *arena, struct str payload);
/* The same, but takes `*shared` when that is not NULL, and else leaves the code there. */
const struct qr_code *qr_encode_once(struct arena *arena, struct str payload, void **shared);
/* True for a dark module; everything outside the code is light. Rows and columns count from the quiet zone's edge. */
bool qr_dark(const struct qr_code *code, size_t row, size_t column);

#endif
