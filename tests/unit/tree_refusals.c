/* Writing the output tree: what stops a build before anything is changed. */
#include "tree_support.h"

static void edits_stop_the_build(void **state)
{
	struct fixture *f = *state;

	sample(f);
	assert_built(f);
	put("out/APPLY.md", 0644, "# edited\n");
	put("out/clients/phone.svg", 0600, "edited\n");
	put("out/vps/etc/wireguard/wg0.conf", 0600, "edited\n");
	f->artifacts.items[1].bytes = STR("#!/bin/bash\n");
	f->artifacts.items++; /* wg0.conf is no longer made */
	f->artifacts.count--;
	assert_refused(f, "hlgen: error: 'out/APPLY.md' was edited by hand [output-edited]\n"
	                  "      = help: move the edit into the site file ('hlgen diff' shows it), or overwrite it with --force\n"
	                  "hlgen: error: 'out/clients/phone.svg' was edited by hand [output-edited]\n"
	                  "      = help: move the edit into the site file ('hlgen diff' shows it), or overwrite it with --force\n"
	                  "hlgen: error: 'out/vps/etc/wireguard/wg0.conf' is no longer made, but was edited by hand [output-edited]\n"
	                  "      = help: move it elsewhere, or let --force remove it\n"
	                  "3 errors\n");
	assert_string_equal(get(f, "out/vps/apply.sh"), "#!/bin/sh\n");
	assert_null(strstr(listing(f, "out"), ".hlgen-"));
	f->options.force = true;
	assert_built(f);
	assert_string_equal(changed(f), "same .gitignore\n"
	                                "changed APPLY.md\n"
	                                "changed clients/phone.svg\n"
	                                "changed vps/apply.sh\n"
	                                "removed vps/etc/wireguard/wg0.conf\n");
	assert_string_equal(get(f, "out/APPLY.md"), "# how\n");
	assert_string_equal(get(f, "out/clients/phone.svg"), "picture of phone text\n");
}

/* An edit that anticipates what the build would write is no edit. */
static void an_edit_to_the_new_content_is_fine(void **state)
{
	struct fixture *f = *state;

	sample(f);
	assert_built(f);
	put("out/APPLY.md", 0644, "# next\n");
	put("out/clients/phone.svg", 0600, "picture of next\n");
	f->artifacts.items[2].bytes = STR("# next\n");
	f->artifacts.items[3].picture_of = STR("next");
	assert_built(f);
	assert_string_equal(changed(f), "same .gitignore\n"
	                                "same APPLY.md\n"
	                                "same clients/phone.svg\n"
	                                "same vps/apply.sh\n"
	                                "same vps/etc/wireguard/wg0.conf\n");
	assert_non_null(strstr(get(f, "out/manifest.json"), hex_hash(f, "# next\n")));
}

static void foreign_files_stop_the_build(void **state)
{
	struct fixture *f = *state;

	sample(f);
	assert_int_equal(mkdir("out", 0755), 0);
	assert_int_equal(mkdir("out/vps", 0755), 0);
	assert_int_equal(mkdir("out/vps/apply.sh", 0755), 0);
	put("out/APPLY.md", 0644, "somebody's\n");
	put("out/clients", 0644, "somebody's\n");
	assert_refused(f, "hlgen: error: 'out/APPLY.md' is in the way: hlgen did not make it [output-foreign]\n"
	                  "      = help: move it elsewhere, build into another folder with -o, or overwrite it with --force\n"
	                  "hlgen: error: 'out/clients' is in the way: a folder where a file must be, or the other way round [output-foreign]\n"
	                  "      = help: move it elsewhere and build again; --force does not replace it\n"
	                  "hlgen: error: 'out/vps/apply.sh' is in the way: a folder where a file must be, or the other way round [output-foreign]\n"
	                  "      = help: move it elsewhere and build again; --force does not replace it\n"
	                  "3 errors\n");
	assert_string_equal(listing(f, "out"), "644 f APPLY.md\n644 f clients\n755 d vps\n755 d vps/apply.sh\n");
	assert_int_equal(unlink("out/clients"), 0);
	assert_int_equal(rmdir("out/vps/apply.sh"), 0);
	f->options.force = true;
	assert_built(f);
	assert_string_equal(get(f, "out/APPLY.md"), "# how\n");
}

static void a_foreign_file_with_our_content_is_taken(void **state)
{
	struct fixture *f = *state;

	sample(f);
	assert_built(f);
	assert_int_equal(unlink("out/manifest.json"), 0);
	pictures_made = 0;
	assert_built(f);
	assert_int_equal(pictures_made, 1);
	assert_non_null(strstr(changed(f), "same clients/phone.svg\n"));
	assert_non_null(strstr(get(f, "out/manifest.json"), "clients/phone.svg"));
}

static void trees_do_not_mix(void **state)
{
	struct fixture *f = *state;

	sample(f);
	assert_built(f);
	f->options.redacted = true;
	f->options.force = true;
	assert_refused(f, "hlgen: error: 'out' holds a tree with secrets: a redacted one is not mixed with it [output-mixed]\n"
	                  "      = help: choose another folder with -o\n"
	                  "1 error\n");
	f->options.directory = "golden/";
	assert_built(f);
	f->options.redacted = false;
	assert_refused(f, "hlgen: error: 'golden/' holds a redacted tree: secrets are not written into it [output-mixed]\n"
	                  "      = help: choose another folder with -o\n"
	                  "1 error\n");
	assert_string_equal(get(f, "golden/.gitignore"), "(absent)");
}

static void links_are_not_followed(void **state)
{
	struct fixture *f = *state;

	sample(f);
	assert_int_equal(mkdir("out", 0755), 0);
	assert_int_equal(mkdir("elsewhere", 0755), 0);
	put("target", 0644, "# how\n");
	assert_int_equal(symlink("../elsewhere", "out/clients"), 0);
	assert_int_equal(symlink("../target", "out/APPLY.md"), 0);
	assert_int_equal(symlink("nowhere", "out/manifest.json"), 0);
	f->options.force = true;
	assert_refused(f, "hlgen: error: 'out/manifest.json' is a symbolic link [output-symlink]\n"
	                  "      = help: remove the link: below the output folder hlgen writes through none\n"
	                  "1 error\n");
	assert_int_equal(unlink("out/manifest.json"), 0);
	assert_refused(f, "hlgen: error: 'out/APPLY.md' is a symbolic link [output-symlink]\n"
	                  "      = help: remove the link: below the output folder hlgen writes through none\n"
	                  "hlgen: error: 'out/clients' is a symbolic link [output-symlink]\n"
	                  "      = help: remove the link: below the output folder hlgen writes through none\n"
	                  "2 errors\n");
	assert_string_equal(listing(f, "elsewhere"), "");
}

static void the_output_folder_may_be_a_link(void **state)
{
	struct fixture *f = *state;

	sample(f);
	assert_int_equal(mkdir("elsewhere", 0755), 0);
	assert_int_equal(symlink("elsewhere", "out"), 0);
	assert_built(f);
	assert_string_equal(get(f, "elsewhere/APPLY.md"), "# how\n");
}

static void a_broken_manifest_stops_the_build(void **state)
{
	static const char *const cases[][2] = {
		{"{\n \"files\": {},\n", "out/manifest.json:3:1: error: 'out/manifest.json' is not a list that hlgen wrote: line 3: "},
		{"", "is not a list that hlgen wrote: line 1: "},
		{"[]\n", "'hlgen', 'format', 'redacted' or 'files' is missing or of a wrong type [output-manifest]\n"},
		{"{\"hlgen\": \"9\", \"format\": 2, \"redacted\": false, \"files\": {}}\n", "format 2 is of another version of hlgen"},
		{"{\"hlgen\": \"9\", \"format\": 1, \"redacted\": false, \"files\": {\"../x\": {}}}\n",
	         "the path '../x' has a component '.' or '..'"},
		{"{\"hlgen\": \"9\", \"format\": 1, \"redacted\": false, \"files\": {\"x\": {\"mode\": \"0644\", \"sha256\": \"00\"}}}\n",
	         "the entry of 'x' is malformed"},
		{"{\"hlgen\": \"9\", \"format\": 1, \"redacted\": false, \"files\": {\"x\": {\"mode\": \"0844\", \"sha256\": "
	         "\"0000000000000000000000000000000000000000000000000000000000000000\"}}}\n",
	         "the entry of 'x' is malformed"},
		{"{\"hlgen\": \"9\", \"hlgen\": \"9\"}", "line 1: duplicate object key"},
	};
	struct fixture *f = *state;

	sample(f);
	assert_int_equal(mkdir("out", 0755), 0);
	f->options.force = true;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		put("out/manifest.json", 0644, cases[i][0]);
		assert_false(build(f));
		if (strstr(messages(f), cases[i][1]) == NULL)
			fail_msg("case %zu: %s", i, messages(f));
		assert_string_equal(listing(f, "out"), "644 f manifest.json\n");
	}
	put("out/manifest.json", 0644, "{\n \"files\": {},\n \"x\" 7\n}\n");
	assert_refused(f, "out/manifest.json:3:1: error: 'out/manifest.json' is not a list that hlgen wrote: line 3: ':' expected near '7'"
	                  " [output-manifest]\n"
	                  "    3 |  \"x\" 7\n"
	                  "      | ^\n"
	                  "      = help: restore the file, or remove the whole output folder and build again\n"
	                  "1 error\n");
}

static void impossible_paths_are_refused(void **state)
{
	static const char *const cases[][2] = {
		{"", "the path '' is empty"},
		{"/etc/passwd", "the path '/etc/passwd' is absolute"},
		{"a/../../b", "the path 'a/../../b' has a component '.' or '..'"},
		{"a//b", "the path 'a//b' has an empty component"},
		{"a/", "the path 'a/' has an empty component"},
		{"./a", "the path './a' has a component '.' or '..'"},
		{"manifest.json", "the path 'manifest.json' is kept for the list of what was written"},
		{"a/.hlgen-x", "the path 'a/.hlgen-x' has a component that begins with '.hlgen-', which is kept for temporary files"},
		{"a\nb", "the path 'a?b' has a control character"},
		{"a\xff", "is not valid UTF-8"},
		{".gitignore", "the path '.gitignore' belongs to two files"},
		{"APPLY.md", "the path 'APPLY.md' belongs to two files"},
		{"vps", "the path 'vps' belongs to a file and to a folder"},
		{"vps/etc", "the path 'vps/etc' belongs to a file and to a folder"},
		{"APPLY.md/x", "the path 'APPLY.md' belongs to a file and to a folder"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		sample(f);
		add(f, cases[i][0], 0644, "x");
		assert_false(build(f));
		if (strstr(messages(f), cases[i][1]) == NULL)
			fail_msg("%s: %s", cases[i][0], messages(f));
		assert_non_null(strstr(messages(f), "[output-path]"));
	}
	assert_string_equal(listing(f, "."), "");
	/* A name that merely sorts between a folder and what is in it. */
	sample(f);
	add(f, "vps-2", 0644, "x");
	assert_built(f);
}

static void system_errors_name_the_file(void **state)
{
	struct fixture *f = *state;

	sample(f);
	put("file", 0644, "");
	f->options.directory = "file/out";
	assert_refused(f, "hlgen: error: cannot create 'file/out': Not a directory [system]\n1 error\n");
	f->options.directory = "/proc/hlgen";
	assert_refused(f, "hlgen: error: cannot create '/proc/hlgen': No such file or directory [system]\n1 error\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(edits_stop_the_build, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_edit_to_the_new_content_is_fine, set_up, tear_down),
		cmocka_unit_test_setup_teardown(foreign_files_stop_the_build, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_foreign_file_with_our_content_is_taken, set_up, tear_down),
		cmocka_unit_test_setup_teardown(trees_do_not_mix, set_up, tear_down),
		cmocka_unit_test_setup_teardown(links_are_not_followed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_output_folder_may_be_a_link, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_broken_manifest_stops_the_build, set_up, tear_down),
		cmocka_unit_test_setup_teardown(impossible_paths_are_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(system_errors_name_the_file, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
