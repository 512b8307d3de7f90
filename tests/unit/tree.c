/* Writing the output tree: what is written, what stops a build, what is left alone, and going on after a stop. */
#include "output_support.h"

#include <signal.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>

static int set_up(void **state)
{
	*state = fixture_new();
	return 0;
}

static int tear_down(void **state)
{
	fixture_free(*state);
	return 0;
}

static bool build(struct fixture *f)
{
	f->diags = diags_new(f->arena, false);
	memset(&f->changes, 0, sizeof f->changes);
	return tree_write(f->arena, &f->artifacts, &f->options, f->diags, &f->changes);
}

static void assert_built(struct fixture *f)
{
	if (!build(f))
		fail_msg("%s", messages(f));
	assert_int_equal(diags_errors(f->diags), 0);
}

/* The message of a build that must fail, and nothing listed as changed. */
static void assert_refused(struct fixture *f, const char *expected)
{
	assert_false(build(f));
	assert_string_equal(messages(f), expected);
	assert_int_equal(f->changes.count, 0);
}

static const char *changed(struct fixture *f)
{
	static const char *const words[] = {"same", "new", "changed", "mode", "removed"};
	struct buf out = {.arena = f->arena};

	for (size_t i = 0; i < f->changes.count; i++)
		buf_printf(&out, "%s %.*s\n", words[f->changes.items[i].kind], STR_ARG(f->changes.items[i].path));
	buf_char(&out, '\0');
	return out.ptr;
}

/* Everything below `path`: mode and name, sorted. */
static const char *listing(struct fixture *f, const char *path)
{
	struct buf out = {.arena = f->arena};
	char command[256], part[4096];
	size_t got;
	FILE *pipe;

	snprintf(command, sizeof command, "cd %s && find . -mindepth 1 -printf '%%m %%y %%P\\n' | LC_ALL=C sort -k3", path);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while ((got = fread(part, 1, sizeof part, pipe)) > 0)
		buf_put(&out, part, got);
	assert_int_equal(pclose(pipe), 0);
	buf_char(&out, '\0');
	return out.ptr;
}

static void sample(struct fixture *f)
{
	clear(f);
	add(f, "vps/etc/wireguard/wg0.conf", 0600, "key\n");
	add(f, "vps/apply.sh", 0755, "#!/bin/sh\n");
	add(f, "APPLY.md", 0644, "# how\n")->apply = STR("read it");
	add_picture(f, "clients/phone.svg", "phone text");
}

static struct timespec changed_at(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_ctim;
}

/* ---- writing ---- */

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
	assert_true(str_equal(f->changes.items[1].apply, STR("read it")));
	assert_null(f->changes.items[0].apply.ptr);
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
	strncpy(manifest, get(f, "out/manifest.json"), 4095);
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

/* ---- what stops a build ---- */

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

/* ---- going on after a stop ---- */

/* A run that was stopped between two renames; then the site changed, so its files are neither old nor new. */
static void a_stopped_run_is_finished(void **state)
{
	struct fixture *f = *state;
	const char *second;

	sample(f);
	add(f, "gone.txt", 0644, "gone\n");
	assert_built(f);
	assert_int_equal(rename("out", "first"), 0);
	sample(f);
	f->artifacts.items[0].bytes = STR("second key\n");
	f->artifacts.items[2].bytes = STR("# second\n");
	add(f, "nodes/a/new.txt", 0644, "second\n");
	assert_built(f);
	second = get(f, "out/manifest.json");
	assert_int_equal(rename("first", "out/../third"), 0);

	put("third/.hlgen-pending.json", 0644, second);
	put("third/APPLY.md", 0644, "# second\n");
	assert_int_equal(mkdir("third/nodes", 0755), 0);
	assert_int_equal(mkdir("third/nodes/a", 0755), 0);
	put("third/nodes/a/new.txt", 0644, "second\n");
	put("third/nodes/a/.hlgen-0123456789abcdef.tmp", 0600, "half a secr");
	put("third/vps/.hlgen-0123456789abcdef.tmp", 0600, "half a secr");

	sample(f);
	f->options.directory = "third";
	f->artifacts.items[2].bytes = STR("# third\n");
	assert_built(f);
	assert_string_equal(changed(f), "same .gitignore\n"
	                                "changed APPLY.md\n"
	                                "same clients/phone.svg\n"
	                                "removed gone.txt\n"
	                                "removed nodes/a/new.txt\n"
	                                "same vps/apply.sh\n"
	                                "same vps/etc/wireguard/wg0.conf\n");
	assert_string_equal(get(f, "third/APPLY.md"), "# third\n");
	assert_string_equal(listing(f, "third"), "644 f .gitignore\n"
	                                         "644 f APPLY.md\n"
	                                         "755 d clients\n"
	                                         "600 f clients/phone.svg\n"
	                                         "644 f manifest.json\n"
	                                         "755 d vps\n"
	                                         "755 f vps/apply.sh\n"
	                                         "755 d vps/etc\n"
	                                         "755 d vps/etc/wireguard\n"
	                                         "600 f vps/etc/wireguard/wg0.conf\n");
}

static void edits_are_seen_after_a_stop_too(void **state)
{
	struct fixture *f = *state;

	sample(f);
	assert_built(f);
	put("out/.hlgen-pending.json", 0644, get(f, "out/manifest.json"));
	put("out/APPLY.md", 0644, "# edited\n");
	assert_refused(f, "hlgen: error: 'out/APPLY.md' was edited by hand [output-edited]\n"
	                  "      = help: move the edit into the site file ('hlgen diff' shows it), or overwrite it with --force\n"
	                  "1 error\n");
	assert_string_equal(get(f, "out/APPLY.md"), "# edited\n");
	assert_string_not_equal(get(f, "out/.hlgen-pending.json"), "(absent)");
}

static void a_stopped_first_run_keeps_its_kind(void **state)
{
	struct fixture *f = *state;

	sample(f);
	assert_built(f);
	assert_int_equal(rename("out/manifest.json", "out/.hlgen-pending.json"), 0);
	f->options.redacted = true;
	assert_refused(f, "hlgen: error: 'out' holds a tree with secrets: a redacted one is not mixed with it [output-mixed]\n"
	                  "      = help: choose another folder with -o\n"
	                  "1 error\n");
	f->options.redacted = false;
	assert_built(f);
	assert_string_equal(get(f, "out/.hlgen-pending.json"), "(absent)");
	assert_string_not_equal(get(f, "out/manifest.json"), "(absent)");
}

static void the_second_of_two_builds_waits(void **state)
{
	struct fixture *f = *state;
	int fd, status = 0;
	pid_t child;

	sample(f);
	assert_int_equal(mkdir("out", 0755), 0);
	fd = open("out", O_RDONLY | O_DIRECTORY);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		_exit(build(f) ? 0 : 1);
	nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
	assert_int_equal(waitpid(child, &status, WNOHANG), 0);
	assert_string_equal(listing(f, "out"), "");
	/* The child has a copy of this descriptor, so closing ours alone would not unlock. */
	assert_int_equal(flock(fd, LOCK_UN), 0);
	close(fd);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_string_equal(get(f, "out/APPLY.md"), "# how\n");
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
		cmocka_unit_test_setup_teardown(a_stopped_run_is_finished, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edits_are_seen_after_a_stop_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_stopped_first_run_keeps_its_kind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_second_of_two_builds_waits, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
