/* Tests of the folder of keys: making, reading again, the marks of public keys, building without secrets, listing. */
#include <sys/wait.h>

#include "keystore_fixture.h"

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
	                    "# Private and preshared keys stay out of git; public keys go in.\n"
	                    "*\n!*/\n!*.pub\n!.gitignore\n");
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
	assert_string_equal(secret_describe(f->secrets, again.private_key, f->arena).ptr,
	                    "wireguard private key of android");
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
	assert_int_equal(system("git init -q . && git -c core.excludesFile=/dev/null ls-files -o --exclude-standard "
	                        ">listed"),
	                 0);
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
	expect_message(f, "'keys/vps.key' was made by somebody else just now [key-exists]",
	               "nothing was replaced; run hlgen again");
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

/* ---- whether a .pub belongs to its .key ------------------------------------------------------------------------- */

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
	               "build once without --redact where the private keys are, and keep 'keys/router.pub' with the site "
	               "file");
	assert_false(keystore_dirty(f->store));
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
		IN_FOLDER(mismatch_whichever_is_newer),
		IN_FOLDER(believes_a_marked_public_key),
		IN_FOLDER(comparing_renews_the_mark),
		IN_FOLDER(redacted),
		IN_FOLDER(lists),
		IN_FOLDER(list_reports_what_is_wrong),
	};

	if (!secrets_prepare())
		return 1;
	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
