/* Tests of what the key store refuses: lost and malformed keys, modes, links, folders in the way, names. */
#include "keystore_fixture.h"

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
		expect_message(f, "other users may use the key in 'keys/vps.key' [key-permissions]",
		               "run: chmod 600 'keys/vps.key'");
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
	static const char not_a_key[] =
		"'keys/vps.key' does not hold a WireGuard key (44 characters of base64) [key-malformed]";
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
	expect_message(f, "'keys/vps.key' is a symbolic link [key-file]",
	               "put a copy of the file that it points to in its place");

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
	expect_message(f, "'keys' is not a folder [key-file]",
	               "move away what is there, or name another folder with --keys");
}

static void save_without_a_parent(void **state)
{
	struct fixture *f = *state;
	struct keypair pair;

	f->store = keystore_open(f->arena, "no/such/keys//", KEYSTORE_NORMAL, f->secrets, f->diags);
	assert_true(pair_of(f, "vps", &pair));
	assert_false(keystore_save(f->store));
	assert_string_equal(messages(f),
	                    "hlgen: error: cannot make folder 'no/such/keys': No such file or directory [system]\n"
	                    "1 error\n");
}

static void identities_stay_inside(void **state)
{
	static const char *const bad[] = {"", "clients/", "../vps", "a/b", "clients/../vps", "clients/a/b", "..",
	                                  "clients/.x", "clients/a\nb", "/etc/x"};
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(public_without_private),
		IN_FOLDER(permissions),
		IN_FOLDER(malformed_files),
		IN_FOLDER(not_files),
		IN_FOLDER(folders_in_the_way),
		IN_FOLDER(save_without_a_parent),
		IN_FOLDER(identities_stay_inside),
	};

	if (!secrets_prepare())
		return 1;
	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
