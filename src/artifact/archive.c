/* Writes ustar archives. */
#include "artifact/archive.h"

#include <stdio.h>
#include <string.h>

enum { BLOCK = 512 };

/* Numbers are octal digits, NUL or a space at the end. */
struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100], magic[6], version[2], user[32], group[32],
		major[8], minor[8], prefix[155], unused[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a header is a block");

static void pad(struct buf *archive, size_t len)
{
	static const char zeros[BLOCK];
	buf_put(archive, zeros, len);
}

bool archive_add(struct buf *archive, struct str path, uint32_t mode, struct str bytes)
{
	struct header header = { .uid = "0000000", .gid = "0000000", .mtime = "00000000000", .checksum = "       ", .type = '0',
		.magic = "ustar", .version = { '0', '0' } };
	const unsigned char *at = (const unsigned char *)&header;
	unsigned sum = 0;
	if (path.len > sizeof header.name || bytes.len > 077777777777)
		return false;
	memcpy(header.name, path.ptr, path.len);
	snprintf(header.mode, sizeof header.mode, "%07o", (unsigned)mode & 07777);
	snprintf(header.size, sizeof header.size, "%011llo", (unsigned long long)bytes.len);
	header.checksum[7] = ' '; /* the sum is made with spaces in its place */
	for (size_t i = 0; i < sizeof header; i++)
		sum += at[i];
	snprintf(header.checksum, sizeof header.checksum, "%06o", sum);
	buf_put(archive, &header, sizeof header);
	buf_str(archive, bytes);
	pad(archive, (BLOCK - bytes.len % BLOCK) % BLOCK);
	return true;
}

void archive_end(struct buf *archive)
{
	pad(archive, BLOCK);
	pad(archive, BLOCK);
}
