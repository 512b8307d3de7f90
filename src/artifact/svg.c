/* Draws a QR code as SVG: one path, a horizontal stroke for each run of dark modules. */
#include "artifact/qr_code.h"

/* A number of at most three digits; printf would take most of the time of this file. */
static void put_number(struct buf *out, size_t number)
{
	char digits[3];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number > 0 && at > 0);
	buf_put(out, digits + at, sizeof digits - at);
}

/* One row: the first run by its place, the others by the gap since the run before. */
static void put_row(struct buf *out, const struct qr_code *code, size_t row, size_t side)
{
	size_t from = 0;

	for (size_t column = 0; column < side;) {
		size_t start = column;

		while (column < side && qr_dark(code, row, column) == qr_dark(code, row, start))
			column++;
		if (!qr_dark(code, row, start))
			continue;
		buf_char(out, from == 0 ? 'M' : 'm');
		put_number(out, start - from);
		buf_char(out, ' ');
		if (from == 0) {
			put_number(out, row);
			buf_str(out, STR(".5"));
		} else {
			buf_char(out, '0');
		}
		buf_char(out, 'h');
		put_number(out, column - start);
		from = column;
	}
}

struct str qr_svg(struct arena *arena, struct str payload, void **shared)
{
	const struct qr_code *code = qr_encode_once(arena, payload, shared);
	struct buf out = {.arena = arena};
	size_t side = code->width + 2 * (size_t)QR_QUIET;

	buf_printf(&out,
	           "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%zu\" height=\"%zu\""
	           " viewBox=\"0 0 %zu %zu\" shape-rendering=\"crispEdges\">\n"
	           "<rect width=\"%zu\" height=\"%zu\" fill=\"#fff\"/>\n"
	           "<path stroke=\"#000\" d=\"",
	           side * QR_MODULE_PIXELS, side * QR_MODULE_PIXELS, side, side, side, side);
	for (size_t row = 0; row < side; row++)
		put_row(&out, code, row, side);
	buf_str(&out, STR("\"/>\n</svg>\n"));
	return buf_view(&out);
}
