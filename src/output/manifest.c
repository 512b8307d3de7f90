/* Reads and writes manifest.json (jansson). */
#include "output/manifest.h"

#include <jansson.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/version.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/fatal.h"
#include "output/path.h"

enum { FORMAT = 1, HASH_HEX = 2 * HASH_BYTES };

/* While it reads, jansson takes a lack of memory for bad syntax, or drops characters (its lex_save() ignores failures): it
 * must never see one. */
static void *allocate(size_t size)
{
	void *memory = malloc(size);

	if (memory == NULL)
		fatal_memory();
	return memory;
}

/* ---- reading ---- */

struct reading {
	struct arena *arena;
	struct str name;
	struct source *source;
	struct diags *diags;
	struct manifest *manifest;
};

static bool refuse(struct reading *reading, struct span at, struct str what)
{
	struct diagnostic *d = diag_add(reading->diags, DIAG_OUTPUT_MANIFEST, at,
	                                "'%.*s' is not a list that hlgen wrote: %.*s", STR_ARG(reading->name), STR_ARG(what));

	diag_help(reading->diags, d, "restore the file, or remove the whole output folder and build again");
	return false;
}

/* About the file as a whole: jansson keeps no places of values. */
static bool refuse_all(struct reading *reading, struct str what)
{
	return refuse(reading, (struct span){.source = reading->source}, what);
}

static bool refuse_syntax(struct reading *reading, const json_error_t *error)
{
	struct span at = {.source = reading->source};
	size_t line = error->line > 0 ? (size_t)error->line : 1;

	if (line <= reading->source->lines.count)
		at.start = at.end = reading->source->lines.items[line - 1];
	return refuse(reading, at, str_format(reading->arena, "line %zu: %s", line, error->text));
}

static bool read_hash(const json_t *value, uint8_t hash[static HASH_BYTES])
{
	const char *text = json_string_value(value);
	size_t len = 0;

	return text != NULL && strlen(text) == HASH_HEX &&
	       sodium_hex2bin(hash, HASH_BYTES, text, HASH_HEX, NULL, &len, NULL) == 0 && len == HASH_BYTES;
}

/* "0600": four octal digits. */
static bool read_mode(const json_t *value, uint32_t *mode)
{
	const char *text = json_string_value(value);

	if (text == NULL || strlen(text) != 4)
		return false;
	*mode = 0;
	for (size_t i = 0; i < 4; i++) {
		if (text[i] < '0' || text[i] > '7')
			return false;
		*mode = *mode * 8 + (uint32_t)(text[i] - '0');
	}
	return true;
}

static bool read_file(struct reading *reading, const char *path, const json_t *value, bool current)
{
	struct manifest_file file = {.path = str_copy(reading->arena, str_of(path)), .current = current};
	const json_t *picture_of = json_object_get(value, "picture_of");
	const char *problem = path_problem(file.path);

	if (problem != NULL)
		return refuse_all(reading, str_format(reading->arena, "the path '%s' %s", path, problem));
	file.picture = picture_of != NULL;
	if (!read_mode(json_object_get(value, "mode"), &file.mode) ||
	    !read_hash(json_object_get(value, "sha256"), file.sha256) ||
	    (file.picture && !read_hash(picture_of, file.picture_of)))
		return refuse_all(reading, str_format(reading->arena, "the entry of '%s' is malformed", path));
	manifest_add(reading->arena, reading->manifest, &file);
	return true;
}

static bool read_top(struct reading *reading, json_t *top)
{
	const char *version = json_string_value(json_object_get(top, "hlgen"));
	const json_t *format = json_object_get(top, "format");
	const json_t *redacted = json_object_get(top, "redacted");
	json_t *files = json_object_get(top, "files");
	const char *path;
	json_t *value;

	if (json_is_integer(format) && json_integer_value(format) != FORMAT)
		return refuse_all(reading, str_format(reading->arena, "format %lld is of another version of hlgen",
		                                      (long long)json_integer_value(format)));
	if (version == NULL || !json_is_integer(format) || !json_is_boolean(redacted) || !json_is_object(files))
		return refuse_all(reading, STR("'hlgen', 'format', 'redacted' or 'files' is missing or of a wrong type"));
	manifest_start(reading->arena, reading->manifest, json_is_true(redacted));
	json_object_foreach(files, path, value) {
		if (!read_file(reading, path, value, strcmp(version, HLGEN_VERSION) == 0))
			return false;
	}
	return true;
}

bool manifest_parse(struct arena *arena, struct str name, struct str bytes, struct diags *diags,
                    struct manifest *manifest)
{
	struct reading reading = {arena, name, source_new(arena, name, bytes), diags, manifest};
	json_error_t error;
	json_t *top;
	bool done;

	json_set_alloc_funcs(allocate, free);
	top = json_loadb(bytes.ptr, bytes.len, JSON_REJECT_DUPLICATES, &error);
	if (top == NULL)
		return refuse_syntax(&reading, &error);
	done = read_top(&reading, top);
	json_decref(top);
	return done;
}

/* ---- building ---- */

void manifest_start(struct arena *arena, struct manifest *manifest, bool redacted)
{
	*manifest = (struct manifest){.exists = true, .redacted = redacted, .by_path = {.arena = arena}};
}

void manifest_add(struct arena *arena, struct manifest *manifest, const struct manifest_file *file)
{
	struct manifest_file *copy = ARENA_NEW(arena, struct manifest_file);

	*copy = *file;
	*(struct manifest_file **)LIST_ADD(arena, &manifest->files) = copy;
	map_add(&manifest->by_path, copy->path, copy);
}

const struct manifest_file *manifest_find(const struct manifest *manifest, struct str path)
{
	return manifest->exists ? map_get(&manifest->by_path, path) : NULL;
}

/* ---- writing ---- */

/* It would fail only for text that is not UTF-8 (no path here is) or for a NULL from a constructor, so: for memory. */
static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		fatal_memory();
}

static void set_hash(json_t *object, const char *key, const uint8_t hash[static HASH_BYTES])
{
	char hex[HASH_HEX + 1];

	sodium_bin2hex(hex, sizeof hex, hash, HASH_BYTES);
	set(object, key, json_string(hex));
}

static json_t *spell_file(struct arena *arena, const struct manifest_file *file)
{
	json_t *object = json_object();

	set(object, "mode", json_string(str_format(arena, "%04o", (unsigned)file->mode).ptr));
	set_hash(object, "sha256", file->sha256);
	if (file->picture)
		set_hash(object, "picture_of", file->picture_of);
	return object;
}

static int append(const char *bytes, size_t len, void *out)
{
	buf_put(out, bytes, len);
	return 0;
}

struct str manifest_spell(struct arena *arena, const struct manifest *manifest)
{
	struct buf out = {.arena = arena};
	json_t *top = json_object(), *files = json_object();

	for (size_t i = 0; i < manifest->files.count; i++) {
		const struct manifest_file *file = manifest->files.items[i];

		set(files, str_copy(arena, file->path).ptr, spell_file(arena, file));
	}
	set(top, "hlgen", json_string(HLGEN_VERSION));
	set(top, "format", json_integer(FORMAT));
	set(top, "redacted", json_boolean(manifest->redacted));
	set(top, "files", files);
	if (json_dump_callback(top, append, &out, JSON_SORT_KEYS | JSON_INDENT(1)) != 0)
		fatal_memory();
	buf_char(&out, '\n');
	json_decref(top);
	return buf_view(&out);
}
