/* Draws a QR code with half blocks, two rows of modules in a line of text. */
#include "artifact/qr_code.h"

/* Black on white whatever the theme of the terminal: both from the fixed part of the 256 colours. */
#define COLOURS "\033[38;5;16;48;5;231m"
#define RESET "\033[0m"

/* `upper` and `lower`: whether the half is drawn in the foreground colour. */
static struct str half_block(bool upper, bool lower)
{
	if (upper)
		return lower ? STR("\xe2\x96\x88") : STR("\xe2\x96\x80"); /* U+2588 full, U+2580 upper half */
	return lower ? STR("\xe2\x96\x84") : STR(" ");                    /* U+2584 lower half */
}

/* Without colours the terminal is taken to be light on dark, so that light modules are what is drawn. */
static void put_line(struct buf *out, const struct qr_code *code, size_t row, size_t side, bool plain)
{
	bool last = row + 1 >= side; /* the number of rows is odd: there is nothing below */

	for (size_t column = 0; column < side; column++) {
		bool upper = qr_dark(code, row, column), lower = qr_dark(code, row + 1, column);

		buf_str(out, plain ? half_block(!upper, !lower && !last) : half_block(upper, lower));
	}
}

struct str qr_terminal(struct arena *arena, struct str payload, bool plain)
{
	const struct qr_code *code = qr_encode(arena, payload);
	struct buf out = {.arena = arena};
	size_t side = code->width + 2 * (size_t)QR_QUIET;

	for (size_t row = 0; row < side; row += 2) {
		if (!plain)
			buf_str(&out, STR(COLOURS));
		put_line(&out, code, row, side, plain);
		if (!plain)
			buf_str(&out, STR(RESET));
		buf_char(&out, '\n');
	}
	return buf_view(&out);
}
