/* Tests of `hlgen keys import`: what it writes, what it replaces and what it refuses. */
#include "keystore_fixture.h"

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

	assert_true(import(f, "clients/android", " \r\n dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo=\r\n", false,
	                   public_key));
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(imports),
		IN_FOLDER(import_completes_a_pair),
		IN_FOLDER(imports_preshared),
		IN_FOLDER(import_refuses_garbage),
	};

	if (!secrets_prepare())
		return 1;
	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
