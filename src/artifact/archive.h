/* Many files in one: the tar format. */
#ifndef HLGEN_ARTIFACT_ARCHIVE_H
#define HLGEN_ARTIFACT_ARCHIVE_H

#include <stdint.h>

#include "base/buf.h"

/* Appends a file of root's, without a time, to an archive in ustar format (POSIX.1-2017, pax). False, with nothing appended,
 * when the path has more than 100 bytes or the file more than 8 GiB. */
bool archive_add(struct buf *archive, struct str path, uint32_t mode, struct str bytes);

/* Appends the two empty blocks that say that this is all. */
void archive_end(struct buf *archive);

#endif
