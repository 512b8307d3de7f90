/* QR codes: what is encoded, how large it gets, and that every picture shows exactly libqrencode's matrix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <png.h>
#include <qrencode.h>

#include "artifact/qr.h"
#include "base/arena.h"

enum { QUIET = 4, PIXELS = 8, MOST = 177 + 2 * QUIET };

static struct arena *arena;

static int set_up(void **state)
{
	(void)state;
	arena = arena_new();
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static void assert_text(struct str got, const char *expected)
{
	assert_string_equal(str_copy(arena, got).ptr, expected);
}

static struct str letters(size_t count)
{
	char *text = arena_alloc(arena, count + 1);

	for (size_t i = 0; i < count; i++)
		text[i] = (char)('a' + i * 7 % 26);
	return (struct str){text, count};
}

static struct str svg_of(struct str payload)
{
	void *shared = NULL;

	return qr_svg(arena, payload, &shared);
}

static struct str png_of(struct str payload)
{
	void *shared = NULL;

	return qr_png(arena, payload, &shared);
}

/* ---- payload ---- */

static void payload_is_short(void **state)
{
	(void)state;
	assert_text(qr_payload(arena, STR("# a phone\n"
	                                  "[Interface]\n"
	                                  "PrivateKey = QGFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=\n"
	                                  "Address = 10.100.0.10/32, fd00::a/128   # here\n"
	                                  "\tDNS=10.0.0.1 , home.example\r\n"
	                                  "\n"
	                                  "   \n"
	                                  "[Peer]\n"
	                                  "Endpoint = vps.example:51820\n"
	                                  "  # nothing\n"
	                                  "AllowedIPs = 0.0.0.0/0,\t::/0")),
	            "[Interface]\n"
	            "PrivateKey=QGFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE=\n"
	            "Address=10.100.0.10/32,fd00::a/128\n"
	            "DNS=10.0.0.1,home.example\n"
	            "[Peer]\n"
	            "Endpoint=vps.example:51820\n"
	            "AllowedIPs=0.0.0.0/0,::/0\n");
}

static void payload_keeps_blanks_inside(void **state)
{
	(void)state;
	assert_text(qr_payload(arena, STR("PrivateKey = <secret: wireguard private key of android>\n")),
	            "PrivateKey=<secret: wireguard private key of android>\n");
	assert_int_equal(qr_payload(arena, STR("")).len, 0);
	assert_int_equal(qr_payload(arena, STR("# only a comment\n")).len, 0);
}

/* ---- size ---- */

static QRecLevel level_of(char letter)
{
	return letter == 'H' ? QR_ECLEVEL_H : letter == 'Q' ? QR_ECLEVEL_Q : letter == 'M' ? QR_ECLEVEL_M : QR_ECLEVEL_L;
}

/* The version that libqrencode itself picks in 8-bit mode. */
static int version_of(struct str payload, char level)
{
	QRcode *code = QRcode_encodeData((int)payload.len, (const unsigned char *)payload.ptr, 0, level_of(level));
	int version = code != NULL ? code->version : 0;

	QRcode_free(code);
	return version;
}

/* For every length, the level that the rule asks for and the version that libqrencode picks. */
static void size_agrees_with_libqrencode(void **state)
{
	static const char levels[] = "HQML";
	struct qr_size size;

	(void)state;
	for (size_t len = 1; len <= 2953; len += len < 460 ? 1 : 83) {
		struct str payload = letters(len);
		char level = 'L';

		for (size_t i = 0; levels[i] != '\0'; i++) {
			int version = version_of(payload, levels[i]);

			if (version > 0 && version <= 13) {
				level = levels[i];
				break;
			}
		}
		assert_true(qr_measure(payload, &size));
		assert_int_equal(size.level, level);
		assert_int_equal(size.version, version_of(payload, level));
		assert_int_equal(size.bytes, len);
		assert_int_equal(size.terminal, size.version <= 13);
		assert_int_equal(size.scans, len <= 800);
	}
}

/* Both sides of every version of level L. */
static void size_has_the_right_limits(void **state)
{
	struct qr_size size;
	int last = 13;

	(void)state;
	for (size_t len = 425; len <= 2953; len++) {
		assert_true(qr_measure(letters(len), &size));
		assert_int_equal(size.level, 'L');
		if (size.version != last) {
			assert_int_equal(size.version, last + 1);
			assert_int_equal(version_of(letters(len), 'L'), last + 1);
			assert_int_equal(version_of(letters(len - 1), 'L'), last);
		}
		last = size.version;
	}
	assert_int_equal(last, 40);
	assert_false(qr_measure(letters(2954), &size));
	assert_int_equal(size.version, 0);
	assert_false(size.terminal);
}

/* ---- pictures ---- */

struct matrix {
	size_t side; /* with quiet zone */
	unsigned char dark[MOST][MOST];
};

static struct matrix *expected_matrix(struct str payload)
{
	struct matrix *matrix = ARENA_NEW(arena, struct matrix);
	struct qr_size size;
	QRcode *code;

	assert_true(qr_measure(payload, &size));
	code = QRcode_encodeData((int)payload.len, (const unsigned char *)payload.ptr, size.version, level_of(size.level));
	assert_non_null(code);
	matrix->side = (size_t)code->width + 2 * QUIET;
	for (size_t row = 0; row < (size_t)code->width; row++) {
		for (size_t column = 0; column < (size_t)code->width; column++)
			matrix->dark[row + QUIET][column + QUIET] = code->data[row * (size_t)code->width + column] & 1;
	}
	QRcode_free(code);
	return matrix;
}

static size_t number(const char **text)
{
	char *end;
	size_t value = strtoul(*text, &end, 10);

	assert_ptr_not_equal(end, *text);
	*text = end;
	return value;
}

static void expect(const char **text, const char *what)
{
	if (strncmp(*text, what, strlen(what)) != 0)
		fail_msg("expected \"%s\" at \"%.30s\"", what, *text);
	*text += strlen(what);
}

/* Follows the path of an SVG. */
static struct matrix *svg_matrix(struct str svg)
{
	struct matrix *matrix = ARENA_NEW(arena, struct matrix);
	const char *at = str_copy(arena, svg).ptr;
	size_t x = 0, y = 0, length;

	expect(&at, "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"");
	matrix->side = number(&at) / PIXELS;
	at = strstr(at, " d=\"");
	assert_non_null(at);
	for (at += 4; *at != '"';) {
		if (*at == 'M') {
			at++;
			x = number(&at);
			expect(&at, " ");
			y = number(&at);
			expect(&at, ".5h");
		} else {
			expect(&at, "m");
			x += number(&at);
			expect(&at, " 0h");
		}
		for (length = number(&at); length > 0; length--)
			matrix->dark[y][x++] = 1;
	}
	expect(&at, "\"/>\n</svg>\n");
	assert_int_equal(*at, '\0');
	return matrix;
}

static struct matrix *png_matrix(struct str png)
{
	struct matrix *matrix = ARENA_NEW(arena, struct matrix);
	png_image image = {.version = PNG_IMAGE_VERSION};
	png_bytep pixels;

	assert_int_not_equal(png_image_begin_read_from_memory(&image, png.ptr, png.len), 0);
	image.format = PNG_FORMAT_GRAY;
	assert_int_equal(image.width, image.height);
	assert_int_equal(image.width % PIXELS, 0);
	matrix->side = image.width / PIXELS;
	pixels = arena_alloc(arena, PNG_IMAGE_SIZE(image));
	assert_int_not_equal(png_image_finish_read(&image, NULL, pixels, 0, NULL), 0);
	for (size_t y = 0; y < image.height; y++) {
		for (size_t x = 0; x < image.width; x++) {
			unsigned char dark = pixels[y * image.width + x] == 0;

			assert_true(dark || pixels[y * image.width + x] == 255);
			if (y % PIXELS == 0 && x % PIXELS == 0)
				matrix->dark[y / PIXELS][x / PIXELS] = dark;
			assert_int_equal(matrix->dark[y / PIXELS][x / PIXELS], dark);
		}
	}
	return matrix;
}

static struct matrix *terminal_matrix(struct str text, bool plain)
{
	struct matrix *matrix = ARENA_NEW(arena, struct matrix);
	const char *at = str_copy(arena, text).ptr;
	size_t row = 0, column = 0;

	for (; *at != '\0'; row += 2) {
		if (!plain)
			expect(&at, "\033[38;5;16;48;5;231m");
		for (column = 0; *at != '\n' && *at != '\033'; column++) {
			bool upper = true, lower = true;

			if (*at == ' ') {
				upper = lower = false;
				at++;
			} else {
				expect(&at, "\xe2\x96");
				assert_true(*at == '\x88' || *at == '\x80' || *at == '\x84');
				upper = *at != '\x84';
				lower = *at != '\x80';
				at++;
			}
			matrix->dark[row][column] = plain ? !upper : upper;
			matrix->dark[row + 1][column] = plain ? !lower : lower;
		}
		if (!plain)
			expect(&at, "\033[0m");
		expect(&at, "\n");
	}
	matrix->side = column;
	assert_int_equal(row, column + 1);
	if (plain) { /* below the last row there is the terminal's own dark */
		for (column = 0; column < matrix->side; column++)
			assert_int_equal(matrix->dark[matrix->side][column], 1);
	}
	return matrix;
}

static void assert_same(const struct matrix *got, const struct matrix *expected)
{
	assert_int_equal(got->side, expected->side);
	for (size_t row = 0; row < expected->side; row++)
		assert_memory_equal(got->dark[row], expected->dark[row], expected->side);
}

static void pictures_show_the_code(void **state)
{
	static const size_t lengths[] = {1, 7, 8, 100, 177, 287, 425, 426, 804, 2953};

	(void)state;
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		struct str payload = letters(lengths[i]);
		struct matrix *expected = expected_matrix(payload);

		assert_same(svg_matrix(svg_of(payload)), expected);
		assert_same(png_matrix(png_of(payload)), expected);
		assert_same(terminal_matrix(qr_terminal(arena, payload, false), false), expected);
		assert_same(terminal_matrix(qr_terminal(arena, payload, true), true), expected);
	}
}

static void payload_bytes_are_any(void **state)
{
	struct str payload = {"\0\xff\x80 \n", 5};

	(void)state;
	assert_same(svg_matrix(svg_of(payload)), expected_matrix(payload));
}

static void svg_begins_as_written_here(void **state)
{
	static const char start[] =
		"<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"232\" height=\"232\" viewBox=\"0 0 29 29\""
		" shape-rendering=\"crispEdges\">\n"
		"<rect width=\"29\" height=\"29\" fill=\"#fff\"/>\n"
		"<path stroke=\"#000\" d=\"M4 4.5h7m";

	(void)state;
	assert_text(str_slice(svg_of(STR("hello")), 0, sizeof start - 1), start);
}

/* Signature, header, data, end: no time, no text, no colour space. */
static void png_has_only_the_needed_chunks(void **state)
{
	struct str png = png_of(letters(287));
	char names[64] = "";
	size_t count = 0;

	(void)state;
	assert_memory_equal(png.ptr, "\x89PNG\r\n\x1a\n", 8);
	for (size_t at = 8; at < png.len;) {
		const unsigned char *chunk = (const unsigned char *)png.ptr + at;
		size_t len = (size_t)chunk[0] << 24 | (size_t)chunk[1] << 16 | (size_t)chunk[2] << 8 | chunk[3];

		assert_true(count + 5 < sizeof names);
		memcpy(names + count, chunk + 4, 4);
		count += 4;
		if (count == 4)
			assert_memory_equal(chunk + 8 + 8, "\x01\x00\x00\x00\x00", 5); /* 1 bit, grey, not interlaced */
		at += 12 + len;
	}
	assert_string_equal(names, "IHDRIDATIEND");
}

static void pictures_are_deterministic(void **state)
{
	struct str payload = letters(300);

	(void)state;
	assert_true(str_equal(svg_of(payload), svg_of(payload)));
	assert_true(str_equal(png_of(payload), png_of(payload)));
	assert_false(str_equal(png_of(payload), png_of(letters(301))));
}

static void pictures_share_a_code(void **state)
{
	struct str payload = letters(300);
	void *shared = NULL;

	(void)state;
	assert_true(str_equal(qr_svg(arena, payload, &shared), svg_of(payload)));
	assert_non_null(shared);
	assert_true(str_equal(qr_png(arena, payload, &shared), png_of(payload)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(payload_is_short, set_up, tear_down),
		cmocka_unit_test_setup_teardown(payload_keeps_blanks_inside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(size_agrees_with_libqrencode, set_up, tear_down),
		cmocka_unit_test_setup_teardown(size_has_the_right_limits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pictures_show_the_code, set_up, tear_down),
		cmocka_unit_test_setup_teardown(payload_bytes_are_any, set_up, tear_down),
		cmocka_unit_test_setup_teardown(svg_begins_as_written_here, set_up, tear_down),
		cmocka_unit_test_setup_teardown(png_has_only_the_needed_chunks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pictures_are_deterministic, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pictures_share_a_code, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
