/* Tests of the folder of keys: making, reading, refusing, importing, listing; no key ever shows in a message. */
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
#include <sys/wait.h>
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

static int remove_below(int parent, const char *name)
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
static int set_up(void **state)
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

static int tear_down(void **state)
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
static struct keystore *open_mode(struct fixture *f, enum keystore_mode mode)
{
	if (f->store != NULL)
		keystore_close(f->store);
	f->diags = diags_new(f->arena, false);
	f->store = keystore_open(f->arena, "keys", mode, f->secrets, f->diags);
	return f->store;
}

static struct keystore *open_store(struct fixture *f)
{
	return open_mode(f, KEYSTORE_NORMAL);
}

static void write_mode(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* The text of a file; in the arena. */
static const char *content(struct fixture *f, const char *path)
{
	char text[512];
	FILE *file = fopen(path, "r");

	assert_non_null(file);
	size_t len = fread(text, 1, sizeof text, file);
	fclose(file);
	return str_copy(f->arena, (struct str){text, len}).ptr;
}

static mode_t mode_of(const char *path)
{
	struct stat info;

	assert_int_equal(lstat(path, &info), 0);
	return info.st_mode & 07777;
}

static bool exists(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0;
}

static void make_folders(void)
{
	assert_int_equal(mkdir("keys", 0700), 0);
	assert_int_equal(mkdir("keys/clients", 0700), 0);
}

static const char *spelled(struct fixture *f, struct secret secret)
{
	struct buf out = {.arena = f->arena};

	secret_spell(f->secrets, secret, &out);
	return str_copy(f->arena, buf_view(&out)).ptr;
}

/* What the run would print; it must not contain any of the keys. */
static const char *messages(struct fixture *f)
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
static void expect_message(struct fixture *f, const char *message, const char *help)
{
	const char *expected = str_format(f->arena, "hlgen: error: %s\n      = help: %s\n", message, help).ptr;
	const char *actual = messages(f);

	assert_int_equal(diags_errors(f->diags), 1);
	if (strncmp(actual, expected, strlen(expected)) != 0)
		assert_string_equal(actual, expected);
}

static bool pair_of(struct fixture *f, const char *identity, struct keypair *pair)
{
	return keystore_pair(f->store, str_of(identity), nowhere, pair);
}

static bool fits(struct fixture *f, const struct keypair *pair)
{
	uint8_t private_key[KEY_BYTES], public_key[KEY_BYTES];
	char text[KEY_TEXT];

	assert_true(key_decode(str_of(spelled(f, pair->private_key)), private_key));
	key_public(private_key, public_key);
	key_encode(public_key, text);
	return strcmp(text, pair->public_key) == 0;
}

/* ---- making and reading ----------------------------------------------------------------------------------------- */

static void makes_and_reads_again(void **state)
{
	struct fixture *f = *state;
	struct keypair vps, android, again;
	struct secret psk, psk_again;

	open_store(f);
	assert_false(keystore_dirty(f->store));
	assert_true(pair_of(f, "vps", &vps));
	assert_true(pair_of(f, "clients/android", &android));
	assert_true(keystore_preshared(f->store, STR("clients/android"), nowhere, &psk));
	assert_true(fits(f, &vps));
	assert_true(fits(f, &android));
	assert_string_not_equal(vps.public_key, android.public_key);
	assert_true(keystore_dirty(f->store));
	assert_false(exists("keys")); /* in memory first */

	/* Asked twice, the same key. */
	assert_true(pair_of(f, "clients/android", &again));
	assert_int_equal(again.private_key.id, android.private_key.id);
	assert_true(keystore_preshared(f->store, STR("clients/android"), nowhere, &psk_again));
	assert_int_equal(psk_again.id, psk.id);

	assert_true(keystore_save(f->store));
	assert_false(keystore_dirty(f->store));
	assert_int_equal(mode_of("keys"), 0700);
	assert_int_equal(mode_of("keys/clients"), 0700);
	assert_int_equal(mode_of("keys/vps.key"), 0600);
	assert_int_equal(mode_of("keys/vps.pub"), 0644);
	assert_int_equal(mode_of("keys/clients/android.psk"), 0600);
	assert_false(exists("keys/vps.psk"));
	assert_string_equal(content(f, "keys/.gitignore"),
	                    "# Private and preshared keys stay out of git; public keys go in.\n*\n!*/\n!*.pub\n!.gitignore\n");
	assert_string_equal(content(f, "keys/vps.key"), str_format(f->arena, "%s\n", spelled(f, vps.private_key)).ptr);
	assert_string_equal(content(f, "keys/vps.pub"), str_format(f->arena, "%s\n", vps.public_key).ptr);
	assert_string_equal(content(f, "keys/clients/android.psk"), str_format(f->arena, "%s\n", spelled(f, psk)).ptr);

	open_store(f);
	assert_true(pair_of(f, "clients/android", &again));
	assert_true(keystore_preshared(f->store, STR("clients/android"), nowhere, &psk_again));
	assert_string_equal(again.public_key, android.public_key);
	assert_string_equal(spelled(f, again.private_key), spelled(f, android.private_key));
	assert_string_equal(spelled(f, psk_again), spelled(f, psk));
	assert_false(keystore_dirty(f->store));
	assert_string_equal(secret_describe(f->secrets, again.private_key, f->arena).ptr, "wireguard private key of android");
	assert_string_equal(messages(f), "");
}

/* Enough to go through the way that syncs the file system once. */
static void makes_many(void **state)
{
	struct fixture *f = *state;
	struct keypair pair;
	struct secret psk;
	char identity[32], public_keys[100][KEY_TEXT];

	open_store(f);
	for (int i = 0; i < 100; i++) {
		snprintf(identity, sizeof identity, "clients/c%d", i);
		assert_true(pair_of(f, identity, &pair));
		assert_true(keystore_preshared(f->store, str_of(identity), nowhere, &psk));
		memcpy(public_keys[i], pair.public_key, KEY_TEXT);
	}
	assert_true(keystore_save(f->store));
	open_store(f);
	for (int i = 0; i < 100; i++) {
		snprintf(identity, sizeof identity, "clients/c%d", i);
		assert_true(pair_of(f, identity, &pair));
		assert_true(fits(f, &pair));
		assert_string_equal(pair.public_key, public_keys[i]);
	}
	assert_false(keystore_dirty(f->store));
	DIR *entries = opendir("keys/clients");
	int files = 0;
	for (const struct dirent *entry; (entry = readdir(entries)) != NULL;)
		files += entry->d_name[0] != '.';
	closedir(entries);
	assert_int_equal(files, 300);
}

static void adopts_a_copied_key(void **state)
{
	struct fixture *f = *state;
	struct keypair pair;

	make_folders();
	write_mode("keys/clients/laptop.key", "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo= \t\r\n\n", 0600);
	open_store(f);
	assert_true(pair_of(f, "clients/laptop", &pair));
	assert_string_equal(pair.public_key, alice_public);
	assert_string_equal(spelled(f, pair.private_key), alice);
	assert_true(keystore_dirty(f->store)); /* its .pub is missing */
	assert_true(keystore_save(f->store));
	assert_string_equal(content(f, "keys/clients/laptop.pub"), str_format(f->arena, "%s\n", alice_public).ptr);
	assert_string_equal(content(f, "keys/clients/laptop.key"), "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo= \t\r\n\n");
	assert_string_equal(messages(f), "");
}

static void keeps_another_gitignore(void **state)
{
	struct fixture *f = *state;
	struct keypair pair;

	make_folders();
	write_mode("keys/.gitignore", "", 0644);
	write_mode("keys/.new-17-key", alice, 0600);
	write_mode("keys/clients/.new-3-psk", preshared, 0600);
	open_store(f);
	assert_true(pair_of(f, "vps", &pair));
	assert_true(keystore_save(f->store));
	assert_string_equal(content(f, "keys/.gitignore"), "");
	/* What a killed run left is gone. */
	assert_false(exists("keys/.new-17-key"));
	assert_false(exists("keys/clients/.new-3-psk"));
}

static void git_sees_public_keys_only(void **state)
{
	struct fixture *f = *state;
	struct keypair pair;
	struct secret psk;

	if (system("command -v git >/dev/null 2>&1") != 0)
		skip();
	open_store(f);
	assert_true(pair_of(f, "vps", &pair));
	assert_true(pair_of(f, "clients/android", &pair));
	assert_true(keystore_preshared(f->store, STR("clients/android"), nowhere, &psk));
	assert_true(keystore_save(f->store));
	write_mode("keys/clients/.new-1-pub", "", 0600);
	assert_int_equal(system("git init -q . && git -c core.excludesFile=/dev/null ls-files -o --exclude-standard >listed"), 0);
	assert_string_equal(content(f, "listed"), "keys/.gitignore\nkeys/clients/android.pub\nkeys/vps.pub\nlisted\n");
}

/* Somebody else's key appears between reading and writing. */
static void replaces_nothing(void **state)
{
	struct fixture *f = *state;
	struct keypair pair;

	open_store(f);
	assert_true(pair_of(f, "vps", &pair));
	make_folders();
	write_mode("keys/vps.key", alice, 0600);
	assert_false(keystore_save(f->store));
	expect_message(f, "'keys/vps.key' was made by somebody else just now [key-exists]", "nothing was replaced; run hlgen again");
	assert_string_equal(content(f, "keys/vps.key"), alice);
	assert_false(exists("keys/vps.pub"));
	assert_false(exists("keys/.new-0-key"));
	assert_false(exists("keys/.new-0-pub"));
}

/* Two runs at once: one key wins, the other run is told; nothing is mixed. */
static void two_runs_do_not_mix(void **state)
{
	struct fixture *f = *state;
	struct keypair pair;
	const struct timespec pause = {.tv_nsec = 20000000};
	pid_t children[2];
	int saved = 0;

	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		assert_int_not_equal(children[i], -1);
		if (children[i] == 0) {
			open_store(f);
			bool ok = pair_of(f, "vps", &pair) && pair_of(f, "clients/a", &pair);
			nanosleep(&pause, NULL);
			_exit(ok && keystore_save(f->store) ? 0 : 1);
		}
	}
	for (int i = 0; i < 2; i++) {
		int status;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		saved += WIFEXITED(status) && WEXITSTATUS(status) == 0;
	}
	assert_in_range(saved, 1, 2); /* 2: the second began when the first was done */
	open_store(f);
	assert_true(pair_of(f, "vps", &pair));
	assert_true(fits(f, &pair));
	assert_true(pair_of(f, "clients/a", &pair));
	assert_true(fits(f, &pair));
	assert_string_equal(messages(f), "");
}

/* ---- what is refused -------------------------------------------------------------------------------------------- */

static void public_without_private(void **state)
{
	struct fixture *f = *state;
	struct keypair pair;

	make_folders();
	write_mode("keys/clients/android.pub", alice_public, 0644);
	open_store(f);
	assert_false(pair_of(f, "clients/android", &pair));
	expect_message(f, "'keys/clients/android.pub' is there but 'keys/clients/android.key' is not [key-missing]",
	               "restore the private key from a backup or with 'hlgen keys import android'; or delete "
	               "'keys/clients/android.pub' to make a new key, and set the device up again");
	assert_false(pair_of(f, "clients/android", &pair)); /* and only once */
	assert_int_equal(diags_errors(f->diags), 1);
	assert_false(keystore_dirty(f->store));
}

static void expect_mismatch(struct fixture *f)
{
	struct keypair pair;

	open_store(f);
	assert_false(pair_of(f, "vps", &pair));
	expect_message(f, "'keys/vps.pub' is not the public key of 'keys/vps.key' [key-mismatch]",
	               "if 'keys/vps.key' is the right one, delete 'keys/vps.pub'; if not, restore the right private key");
}

static void mismatch_whichever_is_newer(void **state)
{
	struct fixture *f = *state;
	struct keypair pair;

	make_folders();
	write_mode("keys/vps.key", alice, 0600);
	write_mode("keys/vps.pub", bob_public, 0644);
	expect_mismatch(f);
	write_mode("keys/vps.key", alice, 0600);
	expect_mismatch(f);

	write_mode("keys/vps.pub", alice_public, 0644);
	open_store(f);
	assert_true(pair_of(f, "vps", &pair));
	assert_false(keystore_dirty(f->store));
	assert_true(keystore_save(f->store)); /* marks it */
	/* As git pull does on a machine whose .key is older. */
	write_mode("keys/vps.pub", bob_public, 0644);
	expect_mismatch(f);
}

/* A .pub with its mark is believed: that is what makes large sites fast. One changed afterwards is not. */
static void believes_a_marked_public_key(void **state)
{
	struct fixture *f = *state;
	struct stat info;
	struct keypair pair;

	make_folders();
	write_mode("keys/vps.key", alice, 0600);
	open_store(f);
	assert_true(pair_of(f, "vps", &pair));
	assert_true(keystore_save(f->store));

	assert_int_equal(stat("keys/vps.key", &info), 0);
	struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = info.st_mtim.tv_sec, .tv_nsec = 0}};
	struct stat public_info;
	assert_int_equal(stat("keys/vps.pub", &public_info), 0);
	assert_int_equal(public_info.st_mtim.tv_sec, times[1].tv_sec);
	assert_int_equal(public_info.st_mtim.tv_nsec, 0);

	/* The mark forged on purpose: the only way to see that it is used. */
	write_mode("keys/vps.pub", bob_public, 0644);
	assert_int_equal(utimensat(AT_FDCWD, "keys/vps.pub", times, 0), 0);
	open_store(f);
	assert_true(pair_of(f, "vps", &pair));
	assert_string_equal(pair.public_key, bob_public);

	/* A .key that changed after its .pub makes the mark worthless, even with the old time put back. */
	struct timespec original[] = {{.tv_nsec = UTIME_OMIT}, info.st_mtim};
	const struct timespec pause = {.tv_nsec = 20000000};
	nanosleep(&pause, NULL); /* ctime goes in steps of up to 10 ms */
	write_mode("keys/vps.key", alice, 0600);
	assert_int_equal(utimensat(AT_FDCWD, "keys/vps.key", original, 0), 0);
	expect_mismatch(f);
}

static void comparing_renews_the_mark(void **state)
{
	struct fixture *f = *state;
	struct stat key, before, after;
	struct keypair pair;

	make_folders();
	write_mode("keys/vps.key", alice, 0600);
	write_mode("keys/vps.pub", alice_public, 0644);
	assert_int_equal(stat("keys/vps.key", &key), 0);
	open_store(f);
	assert_true(pair_of(f, "vps", &pair));
	assert_int_equal(stat("keys/vps.pub", &before), 0);
	assert_false(keystore_dirty(f->store));
	assert_true(keystore_save(f->store));
	assert_int_equal(stat("keys/vps.pub", &after), 0);
	assert_int_equal(after.st_mtim.tv_sec, key.st_mtim.tv_sec);
	assert_int_equal(after.st_mtim.tv_nsec, 0);
	assert_int_equal(after.st_ino, before.st_ino);

	/* Not when it was replaced after the comparison. */
	write_mode("keys/vps.pub", alice_public, 0644);
	open_store(f);
	assert_true(pair_of(f, "vps", &pair));
	write_mode("keys/new", bob_public, 0644);
	assert_int_equal(rename("keys/new", "keys/vps.pub"), 0);
	assert_true(keystore_save(f->store));
	expect_mismatch(f);
}

static void permissions(void **state)
{
	static const mode_t modes[] = {0644, 0640, 0660, 0604, 0610, 0601};
	struct fixture *f = *state;
	struct keypair pair;
	struct secret secret;

	make_folders();
	write_mode("keys/clients/a.psk", preshared, 0640);
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		write_mode("keys/vps.key", alice, modes[i]);
		open_store(f);
		assert_false(pair_of(f, "vps", &pair));
		expect_message(f, "other users may use the key in 'keys/vps.key' [key-permissions]", "run: chmod 600 'keys/vps.key'");
	}
	write_mode("keys/vps.key", alice, 0400);
	open_store(f);
	assert_true(pair_of(f, "vps", &pair));
	assert_false(keystore_preshared(f->store, STR("clients/a"), nowhere, &secret));
	expect_message(f, "other users may use the key in 'keys/clients/a.psk' [key-permissions]",
	               "run: chmod 600 'keys/clients/a.psk'");
}

static void malformed_files(void **state)
{
	static const char help[] = "restore it from a backup, or store the right key with 'hlgen keys import'";
	static const char not_a_key[] = "'keys/vps.key' does not hold a WireGuard key (44 characters of base64) [key-malformed]";
	static const struct {
		const char *text, *message;
	} cases[] = {
		{"", "'keys/vps.key' is empty [key-malformed]"},
		{" \n", "'keys/vps.key' is empty [key-malformed]"},
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo\n", not_a_key},
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCp=\n", not_a_key},
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo= x\n", not_a_key},
		{" dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=\n", not_a_key},
		{"PrivateKey = dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=\n", not_a_key},
		{"dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=                                                        "
		 "                                                              \n",
		 not_a_key},
		{zeros, "'keys/vps.key' holds the key of zeros, which WireGuard takes for no key [key-malformed]"},
	};
	struct fixture *f = *state;
	struct keypair pair;

	make_folders();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		write_mode("keys/vps.key", cases[i].text, 0600);
		open_store(f);
		assert_false(pair_of(f, "vps", &pair));
		expect_message(f, cases[i].message, help);
	}
	write_mode("keys/vps.key", alice, 0600);
	write_mode("keys/vps.pub", "hSDw", 0600);
	open_store(f);
	assert_false(pair_of(f, "vps", &pair));
	expect_message(f, "'keys/vps.pub' does not hold a WireGuard key (44 characters of base64) [key-malformed]",
	               "if its .key is there, delete 'keys/vps.pub': it is then computed again");
}

static void not_files(void **state)
{
	struct fixture *f = *state;
	struct keypair pair;
	struct secret secret;

	make_folders();
	write_mode("target", alice, 0600);
	assert_int_equal(symlink("../target", "keys/vps.key"), 0);
	open_store(f);
	assert_false(pair_of(f, "vps", &pair));
	expect_message(f, "'keys/vps.key' is a symbolic link [key-file]", "put a copy of the file that it points to in its place");

	assert_int_equal(unlink("keys/vps.key"), 0);
	assert_int_equal(symlink("nothing", "keys/vps.key"), 0); /* a dangling one must not become a new key */
	open_store(f);
	assert_false(pair_of(f, "vps", &pair));
	assert_true(diags_have(f->diags, DIAG_KEY_FILE));

	assert_int_equal(mkdir("keys/router.key", 0700), 0);
	open_store(f);
	assert_false(pair_of(f, "router", &pair));
	expect_message(f, "'keys/router.key' is not a regular file [key-file]",
	               "move it away; a key is a file with one line of base64");

	assert_int_equal(mkfifo("keys/clients/a.psk", 0600), 0);
	open_store(f);
	assert_false(keystore_preshared(f->store, STR("clients/a"), nowhere, &secret));
	expect_message(f, "'keys/clients/a.psk' is not a regular file [key-file]",
	               "move it away; a key is a file with one line of base64");
}

static void folders_in_the_way(void **state)
{
	struct fixture *f = *state;
	struct keypair pair;

	assert_int_equal(mkdir("keys", 0700), 0);
	assert_int_equal(mkdir("elsewhere", 0700), 0);
	assert_int_equal(symlink("../elsewhere", "keys/clients"), 0);
	open_store(f);
	assert_true(pair_of(f, "vps", &pair));
	assert_false(pair_of(f, "clients/a", &pair));
	assert_false(pair_of(f, "clients/b", &pair)); /* said once */
	expect_message(f, "'keys/clients' is not a folder [key-file]",
	               "move away what is there; a symbolic link is not followed here");

	assert_int_equal(rename("keys", "moved"), 0);
	write_mode("keys", "", 0600);
	open_store(f);
	assert_false(pair_of(f, "clients/a", &pair));
	expect_message(f, "'keys' is not a folder [key-file]", "move away what is there, or name another folder with --keys");
}

static void save_without_a_parent(void **state)
{
	struct fixture *f = *state;
	struct keypair pair;

	f->store = keystore_open(f->arena, "no/such/keys//", KEYSTORE_NORMAL, f->secrets, f->diags);
	assert_true(pair_of(f, "vps", &pair));
	assert_false(keystore_save(f->store));
	assert_string_equal(messages(f), "hlgen: error: cannot make folder 'no/such/keys': No such file or directory [system]\n"
	                                 "1 error\n");
}

static void identities_stay_inside(void **state)
{
	static const char *const bad[] = {"", "clients/", "../vps", "a/b", "clients/../vps", "clients/a/b", "..", "clients/.x",
	                                  "clients/a\nb", "/etc/x"};
	struct fixture *f = *state;
	struct keypair pair;
	struct secret secret;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		open_store(f);
		assert_false(pair_of(f, bad[i], &pair));
		assert_true(diags_have(f->diags, DIAG_KEY_FILE));
		assert_false(keystore_preshared(f->store, str_of(bad[i]), nowhere, &secret));
		assert_false(keystore_dirty(f->store));
	}
	assert_false(keystore_pair(f->store, STR("clients/a\0b"), nowhere, &pair));
	open_store(f);
	assert_false(pair_of(f, "../vps", &pair));
	expect_message(f, "'../vps' cannot name a key file [key-file]",
	               "keys are named vps, router or clients/NAME, and NAME has no '/' and no leading '.'");
}

/* ---- without secrets -------------------------------------------------------------------------------------------- */

static void redacted(void **state)
{
	struct fixture *f = *state;
	struct keypair pair;
	struct secret secret;

	make_folders();
	write_mode("keys/vps.pub", alice_public, 0644);
	write_mode("keys/router.key", alice, 0644); /* not even looked at */
	open_mode(f, KEYSTORE_REDACTED);
	assert_true(pair_of(f, "vps", &pair));
	assert_string_equal(pair.public_key, alice_public);
	assert_string_equal(spelled(f, pair.private_key), "<secret: wireguard private key of vps>");
	assert_true(keystore_preshared(f->store, STR("clients/android"), nowhere, &secret));
	assert_string_equal(spelled(f, secret), "<secret: wireguard preshared key of android>");
	assert_false(keystore_dirty(f->store));
	assert_string_equal(messages(f), "");
	assert_false(pair_of(f, "router", &pair));
	expect_message(f, "there is no 'keys/router.pub' [public-key-missing]",
	               "build once without --redact where the private keys are, and keep 'keys/router.pub' with the site file");
	assert_false(keystore_dirty(f->store));
}

/* ---- import ----------------------------------------------------------------------------------------------------- */

static bool import(struct fixture *f, const char *identity, const char *text, bool replace, char public_key[KEY_TEXT])
{
	open_store(f);
	return keystore_import(f->store, str_of(identity), false, str_of(text), replace, public_key);
}

static void imports(void **state)
{
	struct fixture *f = *state;
	char public_key[KEY_TEXT];
	struct keypair pair;

	assert_true(import(f, "clients/android", " \r\n dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=\r\n", false, public_key));
	assert_string_equal(public_key, alice_public);
	assert_int_equal(mode_of("keys/clients/android.key"), 0600);
	assert_int_equal(mode_of("keys/clients/android.pub"), 0644);
	assert_string_equal(content(f, "keys/clients/android.key"), "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=\n");
	assert_string_equal(content(f, "keys/clients/android.pub"), "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=\n");
	assert_true(exists("keys/.gitignore"));

	/* The same again changes nothing. */
	struct stat before, after;
	assert_int_equal(stat("keys/clients/android.key", &before), 0);
	assert_true(import(f, "clients/android", alice, false, public_key));
	assert_true(import(f, "clients/android", alice, true, public_key));
	assert_int_equal(stat("keys/clients/android.key", &after), 0);
	assert_int_equal(after.st_ino, before.st_ino);
	assert_int_equal(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);

	/* Another one only on request. */
	assert_false(import(f, "clients/android", bob, false, public_key));
	expect_message(f, "'keys/clients/android.key' holds another key [key-exists]",
	               "with --replace it is replaced, and every device that has the old key must be set up again");
	assert_string_equal(public_key, "");
	assert_string_equal(content(f, "keys/clients/android.key"), "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=\n");
	assert_true(import(f, "clients/android", bob, true, public_key));
	assert_string_equal(public_key, bob_public);
	open_store(f);
	assert_true(pair_of(f, "clients/android", &pair));
	assert_string_equal(pair.public_key, bob_public);
	assert_string_equal(spelled(f, pair.private_key), bob);
	assert_false(exists("keys/clients/.new-0-key"));
}

static void import_completes_a_pair(void **state)
{
	struct fixture *f = *state;
	char public_key[KEY_TEXT];

	make_folders();
	/* The lost private key comes back. */
	write_mode("keys/vps.pub", alice_public, 0644);
	assert_false(import(f, "vps", bob, false, public_key));
	expect_message(f, "'keys/vps.pub' belongs to another private key [key-exists]",
	               "with --replace it is replaced, and every device that has the old key must be set up again");
	assert_false(exists("keys/vps.key"));
	assert_true(import(f, "vps", alice, false, public_key));
	assert_string_equal(content(f, "keys/vps.key"), "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=\n");

	/* A missing .pub is added. */
	assert_int_equal(unlink("keys/vps.pub"), 0);
	assert_true(import(f, "vps", alice, false, public_key));
	assert_string_equal(content(f, "keys/vps.pub"), "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=\n");

	/* Damaged or too open files: reported, and replaced on request. */
	write_mode("keys/vps.key", alice, 0644);
	assert_false(import(f, "vps", alice, false, public_key));
	assert_true(diags_have(f->diags, DIAG_KEY_PERMISSIONS));
	write_mode("keys/vps.key", "dwdt", 0600);
	assert_false(import(f, "vps", alice, false, public_key));
	assert_true(diags_have(f->diags, DIAG_KEY_MALFORMED));
	assert_true(import(f, "vps", alice, true, public_key));
	assert_int_equal(mode_of("keys/vps.key"), 0600);

	/* A symbolic link is never followed or replaced. */
	assert_int_equal(unlink("keys/vps.key"), 0);
	assert_int_equal(symlink("../target", "keys/vps.key"), 0);
	assert_false(import(f, "vps", alice, true, public_key));
	assert_true(diags_have(f->diags, DIAG_KEY_FILE));
	assert_false(exists("target"));
	(void)messages(f);
}

static void imports_preshared(void **state)
{
	struct fixture *f = *state;
	char public_key[KEY_TEXT] = "x";
	struct secret secret;

	open_store(f);
	assert_true(keystore_import(f->store, STR("router"), true, str_of(preshared), false, public_key));
	assert_string_equal(public_key, "");
	assert_int_equal(mode_of("keys/router.psk"), 0600);
	assert_false(exists("keys/router.pub"));
	assert_false(exists("keys/clients"));
	assert_false(keystore_import(f->store, STR("router"), true, str_of(bob), false, public_key));
	expect_message(f, "'keys/router.psk' holds another key [key-exists]",
	               "with --replace it is replaced, and every device that has the old key must be set up again");
	assert_true(keystore_preshared(f->store, STR("router"), nowhere, &secret));
	assert_string_equal(spelled(f, secret), preshared);
}

static void import_refuses_garbage(void **state)
{
	static const char help[] = "give the text that 'wg genkey' or 'wg genpsk' prints, on standard input";
	static const char not_a_key[] = "what was given is not a WireGuard key (44 characters of base64) [key-malformed]";
	struct fixture *f = *state;
	char public_key[KEY_TEXT];

	assert_false(import(f, "vps", "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo", false, public_key));
	expect_message(f, not_a_key, help);
	assert_false(import(f, "vps", "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo= x", false, public_key));
	expect_message(f, not_a_key, help);
	assert_false(import(f, "vps", "\n", false, public_key));
	expect_message(f, "there is no key to import [key-malformed]", help);
	assert_false(import(f, "vps", zeros, false, public_key));
	expect_message(f, "what was given is the key of zeros, which WireGuard takes for no key [key-malformed]", help);
	assert_false(import(f, "clients/../../x", alice, false, public_key));
	assert_true(diags_have(f->diags, DIAG_KEY_FILE));
	assert_false(exists("keys"));
}

/* ---- list ------------------------------------------------------------------------------------------------------- */

static void lists(void **state)
{
	struct fixture *f = *state;
	key_list list = {0};

	assert_true(keystore_list(open_store(f), &list)); /* no folder yet: no keys */
	assert_int_equal(list.count, 0);

	make_folders();
	write_mode("keys/vps.key", alice, 0600);
	write_mode("keys/vps.pub", alice_public, 0644);
	write_mode("keys/router.pub", bob_public, 0644);
	write_mode("keys/clients/zoe.psk", preshared, 0600);
	write_mode("keys/clients/bob.key", bob, 0600); /* its .pub is not there yet */
	write_mode("keys/clients/bob.psk", preshared, 0600);
	write_mode("keys/notes.txt", "", 0644);
	write_mode("keys/clients/.new-0-key", "", 0600);
	assert_true(keystore_list(open_store(f), &list));
	assert_string_equal(messages(f), "");
	assert_int_equal(list.count, 4);

	static const struct {
		const char *identity, *public_key;
		bool has_private, has_preshared;
	} expected[] = {
		{"clients/bob", bob_public, true, true},
		{"clients/zoe", "", false, true},
		{"router", bob_public, false, false},
		{"vps", alice_public, true, false},
	};
	for (size_t i = 0; i < 4; i++) {
		assert_true(str_equal(list.items[i].identity, str_of(expected[i].identity)));
		assert_string_equal(list.items[i].public_key, expected[i].public_key);
		assert_int_equal(list.items[i].has_private, expected[i].has_private);
		assert_int_equal(list.items[i].has_preshared, expected[i].has_preshared);
	}
	assert_false(keystore_dirty(f->store));
}

static void list_reports_what_is_wrong(void **state)
{
	struct fixture *f = *state;
	key_list list = {0};

	make_folders();
	write_mode("keys/android.key", alice, 0600);
	write_mode("keys/clients/a.key", alice, 0640);
	write_mode("keys/clients/b.psk", "AAECAwQFBgcICQoLDA0ODxAREhM", 0600);
	write_mode("keys/clients/c.key", alice, 0600);
	write_mode("keys/clients/c.pub", bob_public, 0600);
	write_mode("keys/clients/d.key", bob, 0600);
	assert_false(keystore_list(open_store(f), &list));
	assert_int_equal(diags_errors(f->diags), 4);
	assert_true(diags_have(f->diags, DIAG_KEY_FILE));
	assert_true(diags_have(f->diags, DIAG_KEY_PERMISSIONS));
	assert_true(diags_have(f->diags, DIAG_KEY_MALFORMED));
	assert_true(diags_have(f->diags, DIAG_KEY_MISMATCH));
	assert_non_null(strstr(messages(f), "'keys/android.key' is used by nothing [key-file]\n"
	                                    "      = help: keys of clients belong into 'keys/clients'\n"));
	assert_int_equal(list.count, 4); /* the rest all the same */
	assert_string_equal(list.items[3].public_key, bob_public);
	assert_true(list.items[3].has_private);
	assert_string_equal(list.items[0].public_key, "");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(makes_and_reads_again),
		IN_FOLDER(makes_many),
		IN_FOLDER(adopts_a_copied_key),
		IN_FOLDER(keeps_another_gitignore),
		IN_FOLDER(git_sees_public_keys_only),
		IN_FOLDER(replaces_nothing),
		IN_FOLDER(two_runs_do_not_mix),
		IN_FOLDER(public_without_private),
		IN_FOLDER(mismatch_whichever_is_newer),
		IN_FOLDER(believes_a_marked_public_key),
		IN_FOLDER(comparing_renews_the_mark),
		IN_FOLDER(permissions),
		IN_FOLDER(malformed_files),
		IN_FOLDER(not_files),
		IN_FOLDER(folders_in_the_way),
		IN_FOLDER(save_without_a_parent),
		IN_FOLDER(identities_stay_inside),
		IN_FOLDER(redacted),
		IN_FOLDER(imports),
		IN_FOLDER(import_completes_a_pair),
		IN_FOLDER(imports_preshared),
		IN_FOLDER(import_refuses_garbage),
		IN_FOLDER(lists),
		IN_FOLDER(list_reports_what_is_wrong),
	};

	if (!secrets_prepare())
		return 1;
	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
