/* Turns a client file into a QR code: what is encoded, how large it gets, and its matrix (libqrencode). */
#include "artifact/qr.h"

#include <qrencode.h>
#include <sodium.h>
#include <string.h>

#include "artifact/qr_code.h"
#include "base/arena.h"
#include "base/fatal.h"

/* The largest version that fits 80 columns: 69 modules and twice the quiet zone. */
enum { TERMINAL_VERSION = 13 };

/* ---- what is encoded ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Appends `text` without the blanks around it and around each comma. */
static void put_value(struct buf *out, struct str text)
{
	for (size_t start = 0; start <= text.len;) {
		struct str rest = str_slice(text, start, text.len);
		size_t end = str_find(rest, ',');

		if (start > 0)
			buf_char(out, ',');
		buf_str(out, str_trim(str_slice(rest, 0, end)));
		start += end + 1;
	}
}

static void put_setting(struct buf *out, struct str line)
{
	size_t equals = str_find(line, '=');

	if (equals == line.len) {
		buf_str(out, line); /* a section */
	} else {
		buf_str(out, str_trim(str_slice(line, 0, equals)));
		buf_char(out, '=');
		put_value(out, str_slice(line, equals + 1, line.len));
	}
	buf_char(out, '\n');
}

struct str qr_payload(struct arena *arena, struct str conf)
{
	struct buf out = {.arena = arena};

	for (size_t start = 0; start < conf.len;) {
		struct str rest = str_slice(conf, start, conf.len);
		size_t end = str_find(rest, '\n');
		struct str line = str_slice(rest, 0, end);

		line = str_slice(line, 0, str_find(line, '#'));
		while (line.len > 0 && is_blank(line.ptr[line.len - 1]))
			line.len--;
		line = str_trim(line);
		if (line.len > 0)
			put_setting(&out, line);
		start += end + 1;
	}
	return buf_view(&out);
}

/* ---- how large it gets ---- */

/* Bytes that fit in 8-bit mode, for versions 1 to 40 (ISO/IEC 18004, table 7); only level L is used above 13. */
struct capacity {
	char level;
	short bytes[QR_LARGEST_VERSION];
};

static const struct capacity capacities[] = {
	{'H', {7, 14, 24, 34, 44, 58, 64, 84, 98, 119, 137, 155, 177}},
	{'Q', {11, 20, 32, 46, 60, 74, 86, 108, 130, 151, 177, 203, 241}},
	{'M', {14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331}},
	{'L', {17,   32,   53,   78,   106,  134,  154,  192,  230,  271,  321,  367,  425,  458,
	       520,  586,  644,  718,  792,  858,  929,  1003, 1091, 1171, 1273, 1367, 1465, 1528,
	       1628, 1732, 1840, 1952, 2068, 2188, 2303, 2431, 2563, 2699, 2809, 2953}},
};

static int version_for(const struct capacity *capacity, size_t bytes, int largest)
{
	for (int version = 1; version <= largest; version++) {
		if (bytes <= (size_t)capacity->bytes[version - 1])
			return version;
	}
	return 0;
}

bool qr_measure(struct str payload, struct qr_size *size)
{
	const size_t levels = sizeof capacities / sizeof *capacities;

	*size = (struct qr_size){.bytes = payload.len, .scans = payload.len <= QR_MAX_BYTES};
	for (size_t i = 0; i < levels && size->version == 0; i++) {
		size->level = capacities[i].level;
		size->version = version_for(&capacities[i], payload.len, i + 1 < levels ? TERMINAL_VERSION : QR_LARGEST_VERSION);
	}
	size->terminal = size->version > 0 && size->version <= TERMINAL_VERSION;
	return size->version > 0;
}

/* ---- the matrix ---- */

static QRecLevel level_of(char letter)
{
	switch (letter) {
	case 'H':
		return QR_ECLEVEL_H;
	case 'Q':
		return QR_ECLEVEL_Q;
	case 'M':
		return QR_ECLEVEL_M;
	default:
		return QR_ECLEVEL_L;
	}
}

const struct qr_code *qr_encode(struct arena *arena, struct str payload)
{
	struct qr_code *code = ARENA_NEW(arena, struct qr_code);
	struct qr_size size;
	unsigned char *cells;
	QRcode *made = NULL;
	size_t count;

	/* The caller has measured it, so all that can fail is memory. An empty text has no code: one blank stands for it. */
	if (payload.len == 0)
		payload = STR(" ");
	if (qr_measure(payload, &size))
		made = QRcode_encodeData((int)payload.len, (const unsigned char *)payload.ptr, size.version, level_of(size.level));
	if (made == NULL)
		fatal_memory();
	code->width = (size_t)made->width;
	count = code->width * code->width;
	cells = arena_alloc(arena, count);
	for (size_t i = 0; i < count; i++)
		cells[i] = made->data[i] & 1;
	code->cells = cells;
	sodium_memzero(made->data, count); /* a client's private key can be read from it */
	QRcode_free(made);
	return code;
}

const struct qr_code *qr_encode_once(struct arena *arena, struct str payload, void **shared)
{
	if (*shared == NULL)
		*shared = (void *)qr_encode(arena, payload);
	return *shared;
}

bool qr_dark(const struct qr_code *code, size_t row, size_t column)
{
	return row >= QR_QUIET && row < QR_QUIET + code->width && column >= QR_QUIET && column < QR_QUIET + code->width &&
	       code->cells[(row - QR_QUIET) * code->width + (column - QR_QUIET)] == 1;
}
