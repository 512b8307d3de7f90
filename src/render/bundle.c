/* Compiles the `bundle` line of a header: a file made of the files of a whole folder. */
#include "render/bundle.h"
#include "render/internal.h"
#include "render/spell.h"

static const struct member members[] = {
	{"path", "where the file lies below the bundle's folder", MEMBER_TEXT, false, offsetof(struct bundle_file, path), NULL},
	{"mode", "its mode: 0600, 0644 or 0755", MEMBER_TEXT, false, offsetof(struct bundle_file, mode), NULL},
	{"plain", "it is small and there is room: use `text`, else `packed`", MEMBER_FLAG, false,
	 offsetof(struct bundle_file, plain), NULL},
	{"text", "its text", MEMBER_TEXT, false, offsetof(struct bundle_file, text), NULL},
	{"packed", "the same as gzip in base64; absent when it is in the archive", MEMBER_TEXT, false, offsetof(struct bundle_file, packed), NULL},
	{"sha256", "the SHA-256 of its text in hex", MEMBER_TEXT, false, offsetof(struct bundle_file, sha256), NULL},
	{"archive", "it is no file, but all files as a tar archive in `packed`", MEMBER_FLAG, false, offsetof(struct bundle_file, archive), NULL},
};

const struct shape bundle_file_shape = {"bundle_file", sizeof(struct bundle_file), sizeof members / sizeof *members, members};

enum { LIMIT_MAX = 1 << 30 };

void bundle_compile(struct compiler *c, struct span line)
{
	struct str text = str_slice(c->source->bytes, line.start, line.end);
	size_t blank = 0;
	unsigned long long limit = 0;
	struct diagnostic *d = NULL;
	while (blank < text.len && !spell_is_blank(text.ptr[blank]))
		blank++;
	struct str folder = str_slice(text, 0, blank);
	if (!str_ends(folder, STR("/")) || !str_to_number(str_trim(str_slice(text, blank, text.len)), LIMIT_MAX, &limit) || limit == 0) {
		d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, line, "expected a folder, and how many bytes the bundle may have");
		diag_help(c->diags, d, "for example: %%%% bundle vps/ 32768");
	} else if (!c->template->secret) {
		d = diag_add(c->diags, DIAG_TEMPLATE_SECRET, line, "a bundle takes in secret files, but this template is not declared secret");
		diag_help(c->diags, d, "add '%%%% secret' to its header; the file then has mode 0600");
	}
	c->template->bundle = folder;
	c->template->bundle_limit = (size_t)limit;
}

bool bundle_resolve(const struct compiler *c, struct str name, struct reference *reference)
{
	if (c->template->bundle.len == 0 || !str_equal(name, STR("files")))
		return false;
	reference->start = FROM_BUNDLE;
	reference->type = MEMBER_OBJECT;
	reference->shape = &bundle_file_shape;
	reference->list = true;
	return true;
}

bool template_bundle(const struct template *template, struct str *folder, size_t *limit)
{
	*folder = template->bundle;
	*limit = template->bundle_limit;
	return template->bundle.len > 0;
}
