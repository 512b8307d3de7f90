/* Renders bundles: gathers a folder's files, packs them, and finds the form that is small enough. */
#include "artifact/bundle.h"
#include "artifact/archive.h"
#include "artifact/pack.h"
#include "base/arena.h"
#include "base/buf.h"

#include <sodium.h>

enum { SMALL = 2048 }; /* bytes; what is larger is mostly a script, which packs well and is better read in the tree */

static struct text text_of(struct str value)
{
	return (struct text){ .value = value };
}

static struct text sha256(struct arena *arena, struct str bytes)
{
	enum { HEX = 2 * crypto_hash_sha256_BYTES };
	unsigned char hash[crypto_hash_sha256_BYTES];
	char *hex = arena_alloc(arena, HEX + 1);
	crypto_hash_sha256(hash, (const unsigned char *)bytes.ptr, bytes.len);
	sodium_bin2hex(hex, HEX + 1, hash, sizeof hash);
	return text_of((struct str){ hex, HEX });
}

/* The text without its lines of comment; the first line of a script stays. */
static struct str without_comments(struct arena *arena, struct str text, const char *signs)
{
	struct buf kept = { .arena = arena };
	for (size_t at = 0; at < text.len;) {
		struct str rest = str_slice(text, at, text.len);
		struct str line = str_slice(rest, 0, str_find(rest, '\n') + 1), content = str_trim(line);
		bool comment = content.len > 0 && str_find(str_of(signs), content.ptr[0]) < str_of(signs).len;
		if (!comment || (at == 0 && str_starts(line, STR("#!"))))
			buf_str(&kept, line);
		at += line.len;
	}
	return buf_view(&kept);
}

/* True when the file's own template says that its comments do nothing. Those of secret files stay: they name the peers. */
static bool can_be_bare(const struct artifact *artifact)
{
	for (size_t i = 0; !artifact->secret && i < artifact->effects.rules.count; i++) {
		const struct effect *rule = &artifact->effects.rules.items[i];
		if (rule->when == EFFECT_COMMENTS && rule->kind == EFFECT_NOTHING)
			return true;
	}
	return false;
}

/* False when a file alone, or the archive, is too large. With `archive` the files are bare and in it; it is the last of the list. */
static bool gather(const struct render_target *target, struct str folder, size_t limit, const artifact_list *artifacts, bool archive, bundle_files *files)
{
	struct buf tar = { .arena = target->secret_arena };
	struct str packed;
	files->count = 0;
	for (size_t i = 0; i < artifacts->count; i++) {
		const struct artifact *artifact = &artifacts->items[i];
		struct str bytes = artifact->bytes;
		if (!str_starts(artifact->path, folder) || artifact->make)
			continue;
		if (archive && can_be_bare(artifact))
			bytes = without_comments(target->arena, bytes, artifact->effects.comments);
		packed = (struct str){ 0 };
		if (archive ? !archive_add(&tar, artifact->path, artifact->mode, bytes) : !pack(target->secret_arena, bytes, limit, &packed))
			return false;
		*(struct bundle_file *)LIST_ADD(target->arena, files) = (struct bundle_file){
			.path = text_of(str_slice(artifact->path, folder.len, artifact->path.len)),
			.mode = text_of(str_format(target->arena, "%04o", (unsigned)artifact->mode)),
			.plain = !archive && artifact->bytes.len > 0 && artifact->bytes.len <= SMALL,
			.text = text_of(artifact->bytes), .packed = text_of(packed),
			.sha256 = sha256(target->secret_arena, bytes) };
	}
	if (archive) {
		archive_end(&tar);
		if (!pack(target->secret_arena, buf_view(&tar), limit, &packed))
			return false;
		*(struct bundle_file *)LIST_ADD(target->arena, files) = (struct bundle_file){ .archive = true, .packed = text_of(packed) };
	}
	return true;
}

static bool fits(const rendered_list *made, size_t limit)
{
	for (size_t i = 0; i < made->count; i++) {
		if (made->items[i].bytes.len > limit)
			return false;
	}
	return true;
}

/* Adds what is small enough and says what is not. */
static void take(const struct render_target *target, const rendered_list *made, size_t limit, rendered_list *list)
{
	struct span nowhere = { 0 };
	for (size_t i = 0; i < made->count; i++) {
		if (made->items[i].bytes.len <= limit) {
			*(struct rendered *)LIST_ADD(target->arena, list) = made->items[i];
			continue;
		}
		struct diagnostic *found = diag_add(target->diags, DIAG_BUNDLE_TOO_LARGE, nowhere, "'%.*s' is not made: it would have more than %zu bytes",
			STR_ARG(made->items[i].path), limit);
		diag_help(target->diags, found, "order the machine without it and set it up afterwards: APPLY.md has the commands");
	}
}

/* Renders one form of the bundle; true when that is done and small enough. */
static bool try(const struct render_target *target, const struct template *template, const bundle_files *files, size_t limit, rendered_list *made, bool *good)
{
	made->count = 0;
	*good = template_render(template, target, files, made);
	return *good && fits(made, limit);
}

static void pack_all(bundle_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		files->items[i].plain = false;
}

bool bundle_render(const struct render_target *target, const struct template *template, const artifact_list *artifacts, rendered_list *list)
{
	rendered_list made = { 0 };
	bundle_files files = { 0 };
	struct str folder;
	size_t limit;
	bool good = true, done = false;
	template_bundle(template, &folder, &limit);
	bool possible = gather(target, folder, limit, artifacts, false, &files);
	if (possible)
		done = try(target, template, &files, limit, &made, &good);
	if (possible && good && !done) {
		pack_all(&files);
		done = try(target, template, &files, limit, &made, &good);
	}
	if (good && !done) {
		possible = gather(target, folder, limit, artifacts, true, &files);
		if (!possible)
			files.count = 0; /* then only the paths are of interest */
		(void)try(target, template, &files, limit, &made, &good);
	}
	for (size_t i = 0; !possible && i < made.count; i++)
		made.items[i].bytes.len = limit + 1;
	if (good)
		take(target, &made, limit, list);
	return good;
}
