/* Draws a QR code as a black and white PNG (libpng). */
#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "artifact/qr_code.h"
#include "base/arena.h"
#include "base/fatal.h"

/* Writing to memory fails for no other reason than memory, and that ends the program. */
static _Noreturn void on_error(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
	fatal_memory();
}

static void on_warning(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

/* libpng and zlib work in the caller's arena, which is wiped: their windows hold the picture of a private key. */
static png_voidp allocate(png_structp png, png_alloc_size_t size)
{
	return arena_alloc(png_get_mem_ptr(png), size);
}

static void release(png_structp png, png_voidp memory)
{
	(void)png;
	(void)memory; /* the arena goes as a whole */
}

static void append(png_structp png, png_bytep bytes, size_t len)
{
	buf_put(png_get_io_ptr(png), bytes, len);
}

static void flush(png_structp png)
{
	(void)png;
}

/* A module is 8 pixels of 1 bit, so it is one byte: white 0xff, black 0x00. */
static void put_rows(png_structp png, const struct qr_code *code, png_bytep row_bytes, size_t side)
{
	for (size_t row = 0; row < side; row++) {
		for (size_t column = 0; column < side; column++)
			row_bytes[column] = qr_dark(code, row, column) ? 0x00 : 0xff;
		for (int repeat = 0; repeat < QR_MODULE_PIXELS; repeat++)
			png_write_row(png, row_bytes);
	}
}

struct str qr_png(struct arena *arena, struct str payload, void **shared)
{
	const struct qr_code *code = qr_encode_once(arena, payload, shared);
	struct buf out = {.arena = arena};
	size_t side = code->width + 2 * (size_t)QR_QUIET;
	png_uint_32 pixels = (png_uint_32)(side * QR_MODULE_PIXELS);
	png_structp png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning, arena, allocate,
	                                            release);
	png_infop info = png != NULL ? png_create_info_struct(png) : NULL;

	if (info == NULL)
		fatal_memory();
	png_set_write_fn(png, &out, append, flush);
	png_set_IHDR(png, info, pixels, pixels, 1, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
	             PNG_FILTER_TYPE_DEFAULT);
	/* A row is at most 186 bytes and mostly like the one before: a small window and little effort find that, several times
	 * as fast as the defaults and with the same size. */
	png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
	png_set_compression_level(png, 4);
	png_set_compression_window_bits(png, 10);
	png_set_compression_mem_level(png, 4);
	png_write_info(png, info);
	put_rows(png, code, arena_alloc(arena, side), side);
	png_write_end(png, info);
	png_destroy_write_struct(&png, &info);
	return buf_view(&out);
}
