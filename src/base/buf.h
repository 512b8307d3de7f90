/* A growing byte buffer in an arena. */
#ifndef HLGEN_BASE_BUF_H
#define HLGEN_BASE_BUF_H

#include "base/str.h"

struct buf {
	struct arena *arena; /* set before first use; the rest starts as zero */
	char *ptr;
	size_t len, capacity;
};

void buf_put(struct buf *buf, const void *bytes, size_t len);
void buf_str(struct buf *buf, struct str s);
void buf_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* What is in it now; borrowed until the buffer grows again. */
struct str buf_view(const struct buf *buf);

#endif
