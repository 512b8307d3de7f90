/* What the tests of the key store share: a folder of one's own, files in it, messages without keys. */
#ifndef HLGEN_TESTS_KEYSTORE_FIXTURE_H
#define HLGEN_TESTS_KEYSTORE_FIXTURE_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "secret/keystore.h"

/* Alice's pair of RFC 7748 and Bob's, and a preshared key. */
static const char alice[] = "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=";
static const char alice_public[] = "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=";
static const char bob[] = "XasIfmJKikt54X+Lg4AO5m87sSkmGLb9HC+LJ/+I4Os=";
static const char bob_public[] = "3p7bfXt9wbTTW2HC7OQ1Nz+DQ8hbeGdNrfx+FG+IK08=";
static const char preshared[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
static const char zeros[] = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

static const struct span nowhere = {0};

struct fixture {
	char directory[32];
	struct arena *arena;
	struct secrets *secrets;
	struct diags *diags;
	struct keystore *store;
};

static inline int remove_below(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *entries = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (entries == NULL)
		return unlinkat(parent, name, 0);
	while ((entry = readdir(entries)) != NULL)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 && remove_below(fd, entry->d_name) != 0)
			return -1;
	closedir(entries);
	return unlinkat(parent, name, AT_REMOVEDIR);
}

/* Every test works in an empty directory of its own. */
static inline int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);

	if (f == NULL)
		return -1;
	memcpy(f->directory, "/tmp/hlgen-test-XXXXXX", 23);
	if (mkdtemp(f->directory) == NULL || chdir(f->directory) != 0)
		return -1;
	f->arena = arena_new();
	f->secrets = secrets_new();
	f->diags = diags_new(f->arena, false);
	*state = f;
	return 0;
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;
	int failed = chdir("/") != 0 || remove_below(AT_FDCWD, f->directory) != 0;

	if (f->store != NULL)
		keystore_close(f->store);
	secrets_free(f->secrets);
	arena_free(f->arena);
	free(f);
	return failed;
}

/* Opens "keys" anew, as another run would. */
static inline struct keystore *open_mode(struct fixture *f, enum keystore_mode mode)
{
	if (f->store != NULL)
		keystore_close(f->store);
	f->diags = diags_new(f->arena, false);
	f->store = keystore_open(f->arena, "keys", mode, f->secrets, f->diags);
	return f->store;
}

static inline struct keystore *open_store(struct fixture *f)
{
	return open_mode(f, KEYSTORE_NORMAL);
}

static inline void write_mode(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* The text of a file; in the arena. */
static inline const char *content(struct fixture *f, const char *path)
{
	char text[512];
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	size_t len = fread(text, 1, sizeof text, file);
	fclose(file);
	return str_copy(f->arena, (struct str){text, len}).ptr;
}

static inline mode_t mode_of(const char *path)
{
	struct stat info;

	assert_int_equal(lstat(path, &info), 0);
	return info.st_mode & 07777;
}

static inline bool exists(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0;
}

static inline void make_folders(void)
{
	assert_int_equal(mkdir("keys", 0700), 0);
	assert_int_equal(mkdir("keys/clients", 0700), 0);
}

static inline const char *spelled(struct fixture *f, struct secret secret)
{
	struct buf out = {.arena = f->arena};

	secret_spell(f->secrets, secret, &out);
	return str_copy(f->arena, buf_view(&out)).ptr;
}

/* What the run would print; it must not contain any of the keys. */
static inline const char *messages(struct fixture *f)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_true(diags_print(f->diags, out, DIAG_TEXT, false, 0));
	assert_int_equal(fclose(out), 0);
	const char *copy = str_copy(f->arena, (struct str){text, len}).ptr;
	free(text);
	/* 20 characters are enough to catch a key that was cut. */
	static const char *const secrets[] = {"dwdtCnMYpX08FsFyUbJm", "XasIfmJKikt54X+Lg4AO", "AAECAwQFBgcICQoLDA0O",
	                                      "AAAAAAAAAAAAAAAAAAAA"};
	for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
		assert_null(strstr(copy, secrets[i]));
	return copy;
}

/* The first line of the messages, and its help. */
static inline void expect_message(struct fixture *f, const char *message, const char *help)
{
	const char *expected = str_format(f->arena, "hlgen: error: %s\n      = help: %s\n", message, help).ptr;
	const char *actual = messages(f);

	assert_int_equal(diags_errors(f->diags), 1);
	if (strncmp(actual, expected, strlen(expected)) != 0)
		assert_string_equal(actual, expected);
}

static inline bool pair_of(struct fixture *f, const char *identity, struct keypair *pair)
{
	return keystore_pair(f->store, str_of(identity), nowhere, pair);
}

static inline bool fits(struct fixture *f, const struct keypair *pair)
{
	uint8_t private_key[KEY_BYTES], public_key[KEY_BYTES];
	char text[KEY_TEXT];

	assert_true(key_decode(str_of(spelled(f, pair->private_key)), private_key));
	key_public(private_key, public_key);
	key_encode(public_key, text);
	return strcmp(text, pair->public_key) == 0;
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

#endif
