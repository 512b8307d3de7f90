/* Writing the output tree: what changes together with it, and what a stopped run did but did not tell. */
#include "tree_support.h"

struct seen {
	struct fixture *f;
	const char *site; /* what the file beside the tree becomes; NULL: it cannot be changed */
	const char *listing, *guide;
	int calls;
};

static bool ready(void *context)
{
	struct seen *seen = context;
	struct span nowhere = {0};

	seen->calls++;
	seen->listing = listing(seen->f, "out");
	seen->guide = strstr(seen->listing, "APPLY.md") != NULL ? get(seen->f, "out/APPLY.md") : "";
	if (seen->site == NULL) {
		diag_add(seen->f->diags, DIAG_SYSTEM, nowhere, "no");
		return false;
	}
	put("site", 0644, seen->site);
	return true;
}

/* Everything is on disk by then, and nothing is in its place. */
static void it_changes_when_the_tree_is_ready(void **state)
{
	struct fixture *f = *state;
	struct seen seen = {.f = f, .site = "new\n"};

	sample(f);
	assert_built(f);
	f->artifacts.items[2].bytes = STR("# second\n");
	f->options.ready = ready;
	f->options.context = &seen;
	assert_built(f);
	assert_int_equal(seen.calls, 1);
	assert_string_equal(seen.guide, "# how\n");
	assert_non_null(strstr(seen.listing, ".hlgen-"));
	assert_string_equal(get(f, "out/APPLY.md"), "# second\n");
	/* Nor is it forgotten when the tree stays as it is. */
	assert_built(f);
	assert_int_equal(seen.calls, 2);
}

static void the_tree_stays_when_it_does_not(void **state)
{
	struct fixture *f = *state;
	struct seen seen = {.f = f};
	const char *before;

	sample(f);
	f->options.ready = ready;
	f->options.context = &seen;
	assert_refused(f, "hlgen: error: no [system]\n1 error\n");
	assert_string_equal(listing(f, "out"), "");
	f->options.ready = NULL;
	assert_built(f);
	before = listing(f, "out");
	f->options.ready = ready;
	assert_refused(f, "hlgen: error: no [system]\n1 error\n"); /* with nothing to write, too */
	f->artifacts.items[2].bytes = STR("# second\n");
	add(f, "nodes/a/new.txt", 0644, "new\n");
	assert_refused(f, "hlgen: error: no [system]\n1 error\n");
	assert_string_equal(listing(f, "out"), before);
	assert_string_equal(get(f, "out/APPLY.md"), "# how\n");
	assert_int_equal(seen.calls, 3);
}

static void nothing_changes_when_the_tree_cannot(void **state)
{
	struct fixture *f = *state;
	struct seen seen = {.f = f, .site = "new\n"};

	sample(f);
	assert_built(f);
	put("out/APPLY.md", 0644, "# edited\n");
	f->artifacts.items[2].bytes = STR("# second\n");
	f->options.ready = ready;
	f->options.context = &seen;
	assert_false(build(f));
	assert_int_equal(seen.calls, 0);
}

/* The run was stopped behind all renames: nobody has heard of what it did. */
static void a_stopped_run_is_told(void **state)
{
	struct fixture *f = *state;
	const char *first;

	sample(f);
	add(f, "gone.txt", 0644, "gone\n");
	assert_built(f);
	first = get(f, "out/manifest.json");
	memset(&f->artifacts, 0, sizeof f->artifacts);
	sample(f);
	f->artifacts.items[2].bytes = STR("# second\n");
	add(f, "nodes/a/new.txt", 0644, "new\n");
	assert_built(f);
	assert_int_equal(rename("out/manifest.json", "out/.hlgen-pending.json"), 0);
	put("out/manifest.json", 0644, first);
	assert_built(f);
	assert_string_equal(changed(f), "same .gitignore\n"
	                                "changed APPLY.md\n"
	                                "same clients/phone.svg\n"
	                                "removed gone.txt\n"
	                                "new nodes/a/new.txt\n"
	                                "same vps/apply.sh\n"
	                                "same vps/etc/wireguard/wg0.conf\n");
	/* Once. */
	assert_built(f);
	assert_null(strstr(changed(f), "changed"));
	assert_null(strstr(changed(f), "new "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(it_changes_when_the_tree_is_ready, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_tree_stays_when_it_does_not, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nothing_changes_when_the_tree_cannot, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_stopped_run_is_told, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
