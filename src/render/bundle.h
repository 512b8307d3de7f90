/* What a template with `bundle` in its header sees of the files that the other templates made. */
#ifndef HLGEN_RENDER_BUNDLE_H
#define HLGEN_RENDER_BUNDLE_H

#include "plan/shape.h"

struct bundle_file {
	struct text path;   /* below the bundle's folder */
	struct text mode;   /* "0644" */
	bool plain;         /* is to be shown as it is; else packed */
	struct text text;   /* its bytes, perhaps with secrets */
	struct text packed; /* the same as gzip in base64; absent when the file is in the archive */
	struct text sha256; /* of its bytes, in hex */
	bool archive;       /* is no file, but all of them as a tar archive in `packed`; nothing else is set */
};
typedef LIST(struct bundle_file) bundle_files;

extern const struct shape bundle_file_shape;

#endif
