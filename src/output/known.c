/* What a tree on disk says it holds, without touching it. */
#include "output/known.h"
#include "base/file.h"
#include "output/manifest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { MANIFEST_LIMIT = 256 * 1024 * 1024 };

bool tree_known(struct arena *arena, const char *directory, struct diags *diags, struct map *paths)
{
	struct str name = str_format(arena, "%s/%s", directory, MANIFEST_NAME), bytes;
	struct manifest manifest = { 0 };
	struct span nowhere = { 0 };
	enum file_status status = file_read(arena, AT_FDCWD, name.ptr, MANIFEST_LIMIT, &bytes);
	if (status == FILE_ABSENT)
		return true;
	if (status != FILE_OK) {
		diag_add(diags, DIAG_SYSTEM, nowhere, "cannot read '%s': %s", name.ptr, status == FILE_TOO_LARGE ? "too large" : strerror(errno));
		return false;
	}
	if (!manifest_parse(arena, name, bytes, diags, &manifest))
		return false;
	for (size_t i = 0; !manifest.redacted && i < manifest.files.count; i++)
		map_add(paths, manifest.files.items[i]->path, manifest.files.items[i]);
	return true;
}
