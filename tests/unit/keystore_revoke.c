/* Tests of `hlgen keys revoke`: what it finds, what it removes, and what it leaves alone. */
#include "keystore_fixture.h"

static bool find(struct fixture *f, struct revoked_key *found)
{
	open_store(f);
	return keystore_find(f->store, STR("clients/android"), found);
}

static void fill(void)
{
	make_folders();
	write_mode("keys/vps.key", bob, 0600);
	write_mode("keys/clients/android.key", alice, 0600);
	write_mode("keys/clients/android.pub", alice_public, 0644);
	write_mode("keys/clients/android.psk", preshared, 0600);
	write_mode("keys/clients/android2.key", bob, 0600);
}

static void removes_all_parts(void **state)
{
	struct fixture *f = *state;
	struct revoked_key found;
	struct keypair pair;

	fill();
	assert_true(find(f, &found));
	assert_true(found.has_private && found.has_public && found.has_preshared);
	assert_string_equal(found.public_key, alice_public);
	assert_true(exists("keys/clients/android.key"));
	assert_true(keystore_revoke(f->store, STR("clients/android")));
	assert_string_equal(messages(f), "");
	assert_false(exists("keys/clients/android.key") || exists("keys/clients/android.pub") || exists("keys/clients/android.psk"));
	assert_true(exists("keys/clients/android2.key") && exists("keys/vps.key"));
	assert_true(find(f, &found));
	assert_false(found.has_private || found.has_public || found.has_preshared);
	assert_string_equal(found.public_key, "");
	/* The identity is free for a new key. */
	assert_true(pair_of(f, "clients/android", &pair));
	assert_string_not_equal(pair.public_key, alice_public);
}

/* A run that was killed left only the public part. */
static void ends_what_was_begun(void **state)
{
	struct fixture *f = *state;
	struct revoked_key found;

	make_folders();
	write_mode("keys/clients/android.pub", alice_public, 0644);
	assert_true(find(f, &found));
	assert_true(!found.has_private && found.has_public && !found.has_preshared);
	assert_true(keystore_revoke(f->store, STR("clients/android")));
	assert_false(exists("keys/clients/android.pub"));
}

/* A key that others could read, or that is none, is the more reason to remove it. */
static void removes_what_is_bad(void **state)
{
	struct fixture *f = *state;
	struct revoked_key found;

	make_folders();
	write_mode("keys/clients/android.key", "nonsense", 0644);
	write_mode("keys/clients/android.pub", "", 0644);
	assert_true(find(f, &found));
	assert_true(found.has_private && found.has_public);
	assert_string_equal(found.public_key, "");
	assert_true(keystore_revoke(f->store, STR("clients/android")));
	assert_false(exists("keys/clients/android.key") || exists("keys/clients/android.pub"));
}

static void refuses_a_link(void **state)
{
	struct fixture *f = *state;
	struct revoked_key found;

	fill();
	assert_int_equal(unlink("keys/clients/android.psk"), 0);
	assert_int_equal(symlink("../vps.key", "keys/clients/android.psk"), 0);
	assert_false(find(f, &found));
	assert_true(diags_have(f->diags, DIAG_KEY_FILE));
	assert_false(strstr(messages(f), "android.psk") == NULL);
}

static void makes_no_folder(void **state)
{
	struct fixture *f = *state;
	struct revoked_key found;

	assert_true(find(f, &found));
	assert_false(found.has_private || found.has_public || found.has_preshared);
	assert_false(exists("keys"));
	assert_false(keystore_find(f->store, STR("clients/../vps"), &found));
	assert_true(diags_have(f->diags, DIAG_KEY_FILE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(removes_all_parts),
		IN_FOLDER(ends_what_was_begun),
		IN_FOLDER(removes_what_is_bad),
		IN_FOLDER(refuses_a_link),
		IN_FOLDER(makes_no_folder),
	};

	if (!secrets_prepare())
		return 1;
	umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
