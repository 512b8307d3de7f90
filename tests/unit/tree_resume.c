/* Writing the output tree: going on after a run that was stopped, and two runs at once. */
#include "tree_support.h"

#include <sys/file.h>
#include <sys/wait.h>

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
		cmocka_unit_test_setup_teardown(a_stopped_run_is_finished, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edits_are_seen_after_a_stop_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_stopped_first_run_keeps_its_kind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_second_of_two_builds_waits, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
