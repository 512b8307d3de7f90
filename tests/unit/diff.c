/* The unified diff: its text, what is masked in it, and what is said of pictures, modes and trouble. */
#include "output_support.h"

#include "output/diff.h"
#include "output/lines.h"
#include "output/mask.h"
#include "output/unified.h"

#define KEY_A "QGFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="
#define KEY_B "QGJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmI="

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

/* ---- texts ---- */

static const char *unified(struct fixture *f, const char *before, const char *after, bool secret)
{
	struct buf out = {.arena = f->arena};
	struct unified input = {STR("a/x"), STR("b/x"), str_of(before), str_of(after), secret};

	unified_diff(&out, &input);
	buf_char(&out, '\0');
	return out.ptr;
}

static void texts(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(unified(f, "a\n", "a\n", false), "");
	assert_string_equal(unified(f, "", "a\nb\n", false), "--- a/x\n+++ b/x\n@@ -0,0 +1,2 @@\n+a\n+b\n");
	assert_string_equal(unified(f, "a\n", "", false), "--- a/x\n+++ b/x\n@@ -1 +0,0 @@\n-a\n");
	assert_string_equal(unified(f, "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n", false),
	                    "--- a/x\n+++ b/x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
	assert_string_equal(unified(f, "a", "a\n", false),
	                    "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n");
}

/* Six common lines join two changes, seven part them. */
static void hunks(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(unified(f, "a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nB\n", false),
	                    "--- a/x\n+++ b/x\n@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B\n");
	assert_string_equal(unified(f, "a\n1\n2\n3\n4\n5\n6\n7\nb\n", "A\n1\n2\n3\n4\n5\n6\n7\nB\n", false),
	                    "--- a/x\n+++ b/x\n@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B\n");
}

static void secrets_are_masked(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(unified(f, "[Interface]\nPrivateKey = " KEY_A "\nMTU = 1420\n",
	                            "[Interface]\nPrivateKey = " KEY_B "\nMTU = 1380\n", true),
	                    "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n [Interface]\n-PrivateKey = ***\n-MTU = 1420\n"
	                    "+PrivateKey = *** (secret changed)\n+MTU = 1380\n");
	assert_string_equal(unified(f, "k=" KEY_A "\n", "x=" KEY_A "\n", true),
	                    "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-k=***\n+x=***\n");
	assert_string_equal(unified(f, "PublicKey = " KEY_A "\n", "PublicKey = " KEY_B "\n", false),
	                    "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-PublicKey = " KEY_A "\n+PublicKey = " KEY_B "\n");
}

static const char *masked(struct fixture *f, const char *text, size_t len, bool secret, bool expected)
{
	struct buf out = {.arena = f->arena};

	assert_int_equal(mask_line(&out, (struct str){text, len}, secret), expected);
	buf_char(&out, '\0');
	return out.ptr;
}

static void masks(void **state)
{
	static const char run[] = "0123456789abcdefghijABCDEFGHIJ+/+/01234="; /* 40 */
	struct fixture *f = *state;

	assert_string_equal(masked(f, run, 40, true, true), "***");
	assert_string_equal(masked(f, run, 39, true, false), "0123456789abcdefghijABCDEFGHIJ+/+/01234");
	assert_string_equal(masked(f, run, 40, false, false), run);
	assert_string_equal(masked(f, "a \"" KEY_A "\";b " KEY_B, 95, true, true), "a \"***\";b ***");
	assert_string_equal(masked(f, "\033[31m\tx\xff\xc2\x85\xc3\xa4", 12, true, false), "?[31m\tx??\xc3\xa4");
}

/* What is not marked must be the same in both texts, in order; and nothing that `diff` would keep may be marked. */
static void assert_script(struct fixture *f, struct str before, struct str after, size_t most)
{
	line_list old_lines = {0}, new_lines = {0};
	size_t i = 0, j = 0, marks = 0;

	lines_compare(f->arena, before, after, &old_lines, &new_lines);
	while (i < old_lines.count || j < new_lines.count) {
		if (i < old_lines.count && old_lines.items[i].changed) {
			marks++;
			i++;
		} else if (j < new_lines.count && new_lines.items[j].changed) {
			marks++;
			j++;
		} else {
			assert_true(i < old_lines.count && j < new_lines.count);
			assert_true(str_equal(old_lines.items[i++].text, new_lines.items[j++].text));
		}
	}
	assert_true(marks <= most);
}

/* Length of the shortest script, by the table that takes quadratic time. */
static size_t shortest(const char *a, size_t a_len, const char *b, size_t b_len)
{
	static size_t table[41][41];

	for (size_t i = 0; i <= a_len; i++) {
		for (size_t j = 0; j <= b_len; j++) {
			if (i == 0 || j == 0)
				table[i][j] = i + j;
			else if (a[i - 1] == b[j - 1])
				table[i][j] = table[i - 1][j - 1];
			else
				table[i][j] = 1 + (table[i - 1][j] < table[i][j - 1] ? table[i - 1][j] : table[i][j - 1]);
		}
	}
	return table[a_len][b_len];
}

static uint32_t next_random(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 16;
}

static struct str random_lines(struct fixture *f, uint32_t *seed, char *letters, size_t *count)
{
	struct buf out = {.arena = f->arena};

	*count = next_random(seed) % 41;
	for (size_t i = 0; i < *count; i++) {
		letters[i] = (char)('a' + next_random(seed) % 4);
		buf_char(&out, letters[i]);
		buf_char(&out, '\n');
	}
	return buf_view(&out);
}

static void scripts_are_shortest(void **state)
{
	struct fixture *f = *state;
	uint32_t seed = 1;

	for (int i = 0; i < 3000; i++) {
		char a[41], b[41];
		size_t a_len, b_len;
		struct str before = random_lines(f, &seed, a, &a_len), after = random_lines(f, &seed, b, &b_len);

		assert_script(f, before, after, shortest(a, a_len, b, b_len));
	}
}

/* Far more differences than the search has patience for: still correct, soon, and not everything is marked. */
static void large_scripts_are_correct(void **state)
{
	struct fixture *f = *state;
	struct buf before = {.arena = f->arena}, after = {.arena = f->arena};

	for (int i = 0; i < 20000; i++) {
		buf_printf(&before, i % 3 == 0 ? "common %d\n" : "old %d\n", i);
		buf_printf(&after, i % 3 == 0 ? "common %d\n" : "new %d\n", i);
	}
	assert_script(f, buf_view(&before), buf_view(&after), 30000);
}

/* ---- trees ---- */

static const char *diff(struct fixture *f, bool differs)
{
	char *text = NULL;
	size_t len = 0;
	FILE *stream = open_memstream(&text, &len);
	bool got = !differs;
	const char *copy;

	f->diags = diags_new(f->arena, false);
	if (!tree_diff(f->arena, &f->artifacts, &f->options, f->diags, stream, &got, &f->changes))
		fail_msg("%s", messages(f));
	assert_int_equal(got, differs);
	fclose(stream);
	copy = str_copy(f->arena, str_of(text)).ptr;
	free(text);
	return copy;
}

static void sample(struct fixture *f)
{
	clear(f);
	add(f, "vps/wg0.conf", 0600, "PrivateKey = " KEY_A "\n");
	add(f, "vps/apply.sh", 0755, "#!/bin/sh\n");
	add_picture(f, "clients/phone.svg", "phone text");
}

static void write_sample(struct fixture *f)
{
	sample(f);
	f->diags = diags_new(f->arena, false);
	assert_true(tree_write(f->arena, &f->artifacts, &f->options, f->diags, &f->changes));
}

static void a_missing_tree_is_all_new(void **state)
{
	struct fixture *f = *state;

	sample(f);
	assert_string_equal(diff(f, true),
	                    "--- /dev/null\n+++ b/.gitignore\n@@ -0,0 +1,3 @@\n"
	                    "+# This folder holds private keys. Keep it out of version control; build it again from the site file and keys/.\n"
	                    "+*\n+!.gitignore\n"
	                    "picture clients/phone.svg is new\n"
	                    "--- /dev/null\n+++ b/vps/apply.sh\n@@ -0,0 +1 @@\n+#!/bin/sh\n"
	                    "--- /dev/null\n+++ b/vps/wg0.conf\n@@ -0,0 +1 @@\n+PrivateKey = ***\n");
	assert_int_not_equal(access("out", F_OK), 0);
}

static void the_same_tree_shows_nothing(void **state)
{
	struct fixture *f = *state;

	write_sample(f);
	assert_string_equal(diff(f, false), "");
}

static void changes_are_shown(void **state)
{
	struct fixture *f = *state;

	sample(f);
	add(f, "old.key", 0600, "old " KEY_A "\n");
	add_picture(f, "clients/old.svg", "old text");
	f->diags = diags_new(f->arena, false);
	assert_true(tree_write(f->arena, &f->artifacts, &f->options, f->diags, &f->changes));
	sample(f);
	f->artifacts.items[0].bytes = STR("PrivateKey = " KEY_B "\n");
	f->artifacts.items[2].picture_of = STR("other text");
	assert_int_equal(chmod("out/vps/apply.sh", 0644), 0);
	assert_string_equal(diff(f, true), "picture clients/old.svg is removed\n"
	                                   "picture clients/phone.svg changes\n"
	                                   "--- a/old.key\n+++ /dev/null\n@@ -1 +0,0 @@\n-old ***\n"
	                                   "mode of vps/apply.sh changes from 0644 to 0755\n"
	                                   "--- a/vps/wg0.conf\n+++ b/vps/wg0.conf\n@@ -1 +1 @@\n"
	                                   "-PrivateKey = ***\n+PrivateKey = *** (secret changed)\n");
	/* Nothing was written: it still differs. */
	assert_string_equal(get(f, "out/vps/wg0.conf"), "PrivateKey = " KEY_A "\n");
	assert_string_equal(get(f, "out/clients/phone.svg"), "picture of phone text\n");
}

static void edits_are_shown(void **state)
{
	struct fixture *f = *state;

	write_sample(f);
	put("out/vps/apply.sh", 0755, "#!/bin/sh\nedited\n");
	put("out/vps/wg0.conf", 0644, "PrivateKey = " KEY_B "\n");
	assert_string_equal(diff(f, true), "--- a/vps/apply.sh\n+++ b/vps/apply.sh\n@@ -1,2 +1 @@\n #!/bin/sh\n-edited\n"
	                                   "mode of vps/wg0.conf changes from 0644 to 0600\n"
	                                   "--- a/vps/wg0.conf\n+++ b/vps/wg0.conf\n@@ -1 +1 @@\n"
	                                   "-PrivateKey = ***\n+PrivateKey = *** (secret changed)\n");
}

/* A file that is no longer secret is still masked, because the old text is. */
static void what_was_secret_stays_masked(void **state)
{
	struct fixture *f = *state;

	write_sample(f);
	f->artifacts.items[0].secret = false;
	f->artifacts.items[0].mode = 0644;
	f->artifacts.items[0].bytes = STR("nothing\n");
	assert_string_equal(diff(f, true), "mode of vps/wg0.conf changes from 0600 to 0644\n"
	                                   "--- a/vps/wg0.conf\n+++ b/vps/wg0.conf\n@@ -1 +1 @@\n-PrivateKey = ***\n+nothing\n");
}

static void trouble_is_reported(void **state)
{
	struct fixture *f = *state;
	bool differs;
	FILE *full;

	write_sample(f);
	put("out/vps/apply.sh", 0755, "edited\n");
	full = fopen("/dev/full", "w");
	assert_non_null(full);
	assert_false(tree_diff(f->arena, &f->artifacts, &f->options, f->diags, full, &differs, &f->changes));
	assert_string_equal(messages(f), "hlgen: error: cannot write the differences: No space left on device [system]\n1 error\n");
	fclose(full);

	f->diags = diags_new(f->arena, false);
	f->options.redacted = true;
	assert_false(tree_diff(f->arena, &f->artifacts, &f->options, f->diags, stdout, &differs, &f->changes));
	assert_string_equal(messages(f), "hlgen: error: 'out' holds a tree with secrets: a redacted one is not mixed with it [output-mixed]\n"
	                                 "      = help: choose another folder with -o\n1 error\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(texts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(hunks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(secrets_are_masked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(masks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(scripts_are_shortest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(large_scripts_are_correct, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_missing_tree_is_all_new, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_same_tree_shows_nothing, set_up, tear_down),
		cmocka_unit_test_setup_teardown(changes_are_shown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(edits_are_shown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(what_was_secret_stays_masked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(trouble_is_reported, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
