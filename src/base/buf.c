/* A growing byte buffer: doubles its room in the arena, so that appending costs linear time. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/fatal.h"

/* Makes room for `more` bytes behind what is there. */
static void reserve(struct buf *buf, size_t more)
{
	if (buf->capacity - buf->len >= more)
		return;
	if (more > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4)
		fatal_memory();
	size_t capacity = buf->capacity < 64 ? 64 : buf->capacity;
	while (capacity < buf->len + more)
		capacity *= 2;
	buf->ptr = arena_grow(buf->arena, buf->ptr, buf->capacity, capacity);
	buf->capacity = capacity;
}

void buf_put(struct buf *buf, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	reserve(buf, len);
	memcpy(buf->ptr + buf->len, bytes, len);
	buf->len += len;
}

void buf_str(struct buf *buf, struct str s)
{
	buf_put(buf, s.ptr, s.len);
}

void buf_char(struct buf *buf, char c)
{
	buf_put(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	reserve(buf, 1);
	size_t room = buf->capacity - buf->len;
	va_start(args, format);
	va_copy(again, args);
	int len = vsnprintf(buf->ptr + buf->len, room, format, args);
	va_end(args);
	if (len < 0) /* more than INT_MAX bytes: as good as no memory */
		fatal_memory();
	if ((size_t)len >= room) {
		reserve(buf, (size_t)len + 1);
		vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, again);
	}
	va_end(again);
	buf->len += (size_t)len;
}

struct str buf_view(const struct buf *buf)
{
	return buf->len == 0 ? STR("") : (struct str){buf->ptr, buf->len};
}
