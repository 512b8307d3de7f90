/* A folder on disk, artifacts for it and the diagnostics of a build, for tests of the output stage. */
#ifndef HLGEN_TESTS_OUTPUT_SUPPORT_H
#define HLGEN_TESTS_OUTPUT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buf.h"
#include "output/tree.h"

struct fixture {
	struct arena *arena;
	int home;        /* the working directory to go back to */
	char folder[64]; /* everything happens in here */
	artifact_list artifacts;
	struct tree_options options;
	change_list changes;
	struct diags *diags;
};

static inline struct fixture *fixture_new(void)
{
	struct arena *arena = arena_new();
	struct fixture *f = ARENA_NEW(arena, struct fixture);

	assert_true(sodium_init() >= 0);
	f->arena = arena;
	f->options.directory = "out";
	f->home = open(".", O_RDONLY | O_DIRECTORY);
	assert_true(f->home >= 0);
	memcpy(f->folder, "/tmp/hlgen-test-XXXXXX", sizeof "/tmp/hlgen-test-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	assert_int_equal(chdir(f->folder), 0);
	return f;
}

static inline void fixture_free(struct fixture *f)
{
	char command[128];

	assert_int_equal(fchdir(f->home), 0);
	close(f->home);
	snprintf(command, sizeof command, "rm -rf %s", f->folder);
	assert_int_equal(system(command), 0);
	arena_free(f->arena);
}

static inline struct artifact *add(struct fixture *f, const char *path, uint32_t mode, const char *bytes)
{
	struct artifact *artifact = LIST_ADD(f->arena, &f->artifacts);

	artifact->path = str_copy(f->arena, str_of(path));
	artifact->mode = mode;
	artifact->secret = mode == 0600;
	artifact->bytes = str_copy(f->arena, str_of(bytes));
	return artifact;
}

static inline void add_effect(struct fixture *f, struct artifact *artifact, struct effect effect)
{
	artifact->effects.comments = "#";
	*(struct effect *)LIST_ADD(f->arena, &artifact->effects.rules) = effect;
}

static inline void clear(struct fixture *f)
{
	memset(&f->artifacts, 0, sizeof f->artifacts);
}

/* A "picture" that is easy to predict, and a count of how many were made. */
static int pictures_made;

static inline struct str draw(struct arena *arena, struct str text, void **shared)
{
	*shared = arena;
	pictures_made++;
	return str_format(arena, "picture of %.*s\n", STR_ARG(text));
}

static inline struct artifact *add_picture(struct fixture *f, const char *path, const char *text)
{
	struct artifact *artifact = add(f, path, 0600, "");

	artifact->bytes = (struct str){0};
	artifact->picture_of = str_copy(f->arena, str_of(text));
	artifact->make = draw;
	return artifact;
}

static inline void put(const char *path, mode_t mode, const char *bytes)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(bytes, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static inline const char *get(struct fixture *f, const char *path)
{
	struct buf out = {.arena = f->arena};
	char part[4096];
	size_t got;
	FILE *file = fopen(path, "r");

	if (file == NULL)
		return "(absent)";
	while ((got = fread(part, 1, sizeof part, file)) > 0)
		buf_put(&out, part, got);
	fclose(file);
	buf_char(&out, '\0');
	return out.ptr;
}

/* All diagnostics so far, as they are printed. */
static inline const char *messages(struct fixture *f)
{
	char *text = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&text, &len);
	struct str copy;

	assert_non_null(stream);
	assert_true(diags_print(f->diags, stream, DIAG_TEXT, false, 0));
	fclose(stream);
	copy = str_copy(f->arena, str_of(text));
	free(text);
	return copy.ptr;
}

static inline const char *hex_hash(struct fixture *f, const char *text)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char *hex = arena_alloc(f->arena, 65);

	crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
	return sodium_bin2hex(hex, 65, hash, sizeof hash);
}

#endif
