/* A file within a file: gzip in base64, as cloud-init takes it (encoding gz+b64). */
#ifndef HLGEN_ARTIFACT_PACK_H
#define HLGEN_ARTIFACT_PACK_H

#include "base/str.h"

/* Packs `bytes` into `arena`; the same bytes always give the same text, without time or name (RFC 1952, RFC 4648). False when
 * it would have `limit` characters or more: then only about as much work was done as `limit` asks for. What it works with is
 * wiped, since the bytes may be secret; `arena` is the caller's choice. */
bool pack(struct arena *arena, struct str bytes, size_t limit, struct str *packed);

#endif
