/* Writing the output tree: what is written, with which mode, and what is left alone. */
#include "base/version.h"
#include "tree_support.h"

static void a_fresh_tree(void **state)
{
	struct fixture *f = *state;
	mode_t mask = umask(077);

	sample(f);
	f->options.directory = "deep/er/out";
	assert_built(f);
	umask(mask);
	assert_string_equal(listing(f, "deep/er/out"), "644 f .gitignore\n"
	                                               "644 f APPLY.md\n"
	                                               "755 d clients\n"
	                                               "600 f clients/phone.svg\n"
	                                               "644 f manifest.json\n"
	                                               "755 d vps\n"
	                                               "755 f vps/apply.sh\n"
	                                               "755 d vps/etc\n"
	                                               "755 d vps/etc/wireguard\n"
	                                               "600 f vps/etc/wireguard/wg0.conf\n");
	assert_string_equal(get(f, "deep/er/out/vps/etc/wireguard/wg0.conf"), "key\n");
	assert_string_equal(get(f, "deep/er/out/clients/phone.svg"), "picture of phone text\n");
	assert_string_equal(changed(f), "new .gitignore\n"
	                                "new APPLY.md\n"
	                                "new clients/phone.svg\n"
	                                "new vps/apply.sh\n"
	                                "new vps/etc/wireguard/wg0.conf\n");
	assert_true(str_equal(f->changes.items[1].effect->text, STR("read it")));
	assert_null(f->changes.items[0].effect);
}

static void the_manifest(void **state)
{
	struct fixture *f = *state;
	struct str expected;

	sample(f);
	f->options.redacted = true;
	assert_built(f);
	expected = str_format(f->arena,
	                      "{\n \"files\": {\n"
	                      "  \"APPLY.md\": {\n   \"mode\": \"0644\",\n   \"sha256\": \"%s\"\n  },\n"
	                      "  \"clients/phone.svg\": {\n   \"mode\": \"0600\",\n   \"picture_of\": \"%s\",\n   \"sha256\": \"%s\"\n  },\n"
	                      "  \"vps/apply.sh\": {\n   \"mode\": \"0755\",\n   \"sha256\": \"%s\"\n  },\n"
	                      "  \"vps/etc/wireguard/wg0.conf\": {\n   \"mode\": \"0600\",\n   \"sha256\": \"%s\"\n  }\n"
	                      " },\n \"format\": 1,\n \"hlgen\": \"%s\",\n \"redacted\": true\n}\n",
	                      hex_hash(f, "# how\n"), hex_hash(f, "phone text"), hex_hash(f, "picture of phone text\n"),
	                      hex_hash(f, "#!/bin/sh\n"), hex_hash(f, "key\n"), HLGEN_VERSION);
	assert_string_equal(get(f, "out/manifest.json"), expected.ptr);
	assert_string_equal(get(f, "out/.gitignore"), "(absent)");
}

static void gitignore_hides_everything(void **state)
{
	struct fixture *f = *state;

	sample(f);
	assert_built(f);
	assert_string_equal(get(f, "out/.gitignore"),
	                    "# This folder holds private keys. Keep it out of version control; build it again from the site file and keys/.\n"
	                    "*\n"
	                    "!.gitignore\n");
}

static void nothing_is_written_when_nothing_changes(void **state)
{
	static const char *const files[] = {"out", "out/manifest.json", "out/vps", "out/APPLY.md", "out/clients/phone.svg"};
	struct fixture *f = *state;
	struct timespec before[5];

	sample(f);
	assert_built(f);
	for (size_t i = 0; i < 5; i++)
		before[i] = changed_at(files[i]);
	nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	pictures_made = 0;
	assert_built(f);
	for (size_t i = 0; i < 5; i++) {
		struct timespec after = changed_at(files[i]);

		assert_memory_equal(&after, &before[i], sizeof after);
	}
	assert_int_equal(pictures_made, 0);
	assert_string_equal(changed(f), "same .gitignore\n"
	                                "same APPLY.md\n"
	                                "same clients/phone.svg\n"
	                                "same vps/apply.sh\n"
	                                "same vps/etc/wireguard/wg0.conf\n");
}

static void only_what_changed_is_written(void **state)
{
	struct fixture *f = *state;
	struct timespec before;

	sample(f);
	assert_built(f);
	before = changed_at("out/vps/apply.sh");
	nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
	f->artifacts.items[2].bytes = STR("# other\n");
	f->artifacts.items[3].picture_of = STR("other text");
	assert_int_equal(chmod("out/vps/etc/wireguard/wg0.conf", 0644), 0);
	assert_built(f);
	assert_string_equal(changed(f), "same .gitignore\n"
	                                "changed APPLY.md\n"
	                                "changed clients/phone.svg\n"
	                                "same vps/apply.sh\n"
	                                "mode vps/etc/wireguard/wg0.conf\n");
	assert_string_equal(get(f, "out/APPLY.md"), "# other\n");
	assert_string_equal(get(f, "out/clients/phone.svg"), "picture of other text\n");
	assert_int_equal(before.tv_nsec, changed_at("out/vps/apply.sh").tv_nsec);
	assert_non_null(strstr(listing(f, "out"), "600 f vps/etc/wireguard/wg0.conf\n"));
	assert_null(strstr(listing(f, "out"), ".hlgen-"));
}

static void a_lost_file_is_made_again(void **state)
{
	struct fixture *f = *state;

	sample(f);
	assert_built(f);
	assert_int_equal(unlink("out/clients/phone.svg"), 0);
	assert_int_equal(unlink("out/APPLY.md"), 0);
	assert_built(f);
	assert_string_equal(get(f, "out/clients/phone.svg"), "picture of phone text\n");
	assert_string_equal(get(f, "out/APPLY.md"), "# how\n");
}

static void what_is_no_longer_made_is_removed(void **state)
{
	struct fixture *f = *state;

	sample(f);
	assert_built(f);
	put("out/vps/mine.txt", 0644, "mine\n");
	clear(f);
	add(f, "APPLY.md", 0644, "# how\n");
	assert_built(f);
	assert_string_equal(changed(f), "same .gitignore\n"
	                                "same APPLY.md\n"
	                                "removed clients/phone.svg\n"
	                                "removed vps/apply.sh\n"
	                                "removed vps/etc/wireguard/wg0.conf\n");
	assert_string_equal(listing(f, "out"), "644 f .gitignore\n"
	                                       "644 f APPLY.md\n"
	                                       "644 f manifest.json\n"
	                                       "755 d vps\n"
	                                       "644 f vps/mine.txt\n");
	assert_built(f);
	assert_string_equal(changed(f), "same .gitignore\nsame APPLY.md\n");
}

static void pictures_of_another_version_are_made_again(void **state)
{
	struct fixture *f = *state;
	char *manifest, *version;

	sample(f);
	assert_built(f);
	manifest = arena_alloc(f->arena, 4096);
	memccpy(manifest, get(f, "out/manifest.json"), 0, 4095);
	version = strstr(manifest, "\"hlgen\": \"");
	assert_non_null(version);
	version[10] = '9';
	put("out/manifest.json", 0644, manifest);
	pictures_made = 0;
	assert_built(f);
	assert_int_equal(pictures_made, 1);
	assert_non_null(strstr(changed(f), "same clients/phone.svg\n"));
	assert_non_null(strstr(get(f, "out/manifest.json"), "\"hlgen\": \"" HLGEN_VERSION "\""));
	pictures_made = 0;
	assert_built(f);
	assert_int_equal(pictures_made, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_fresh_tree, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_manifest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(gitignore_hides_everything, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_is_written_when_nothing_changes, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_what_changed_is_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_lost_file_is_made_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_longer_made_is_removed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(pictures_of_another_version_are_made_again, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
