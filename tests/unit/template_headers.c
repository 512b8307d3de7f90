/* Tests of the template engine: mistakes in the lines of a header that say what a change costs, what a bundle takes in, and what comes
 * into service when. */
#include "template_bad.h"

#define HEADER "%% path x\n%% dialect shell\n"

static void test_apply(void **state)
{
	struct fixture *f = *state;
	static const struct bad rows[] = {
		{HEADER "%% apply\n",
		 "3:4: 'apply' without a value [template-syntax]\n"
		 "help: for example: %% apply reload: systemctl reload nginx\n"},
		{HEADER "%% apply systemctl reload nginx\n",
		 "3:10: expected what a change costs [template-syntax]\n"
		 "help: nothing, reload, run, scan, restart or re-scan, for example: %% apply reload: systemctl reload nginx\n"},
		{HEADER "%% apply comments relaod: x\n",
		 "3:19: expected what a change costs [template-syntax]\n"
		 "help: did you mean 'reload'?\n"},
		{HEADER "%% apply reload\n",
		 "3:10: expected ':' and how it is done behind 'reload' [template-syntax]\n"},
		{HEADER "%% apply nothing at all\n",
		 "3:10: expected ':' and how it is done behind 'nothing' [template-syntax]\n"},
		{HEADER "%% apply reload: x\n%% apply run: y\n",
		 "4:10: 'apply' is given twice for the same change [template-syntax]\n"
		 "3:10: note: first given here\n"},
		{HEADER "%% apply comments nothing\n",
		 "3:10: 'apply' says nothing of all other changes [template-syntax]\n"
		 "help: add one without a case, for example: %% apply reload: systemctl reload nginx\n"},
		{HEADER "%% apply run: x\n%% apply [a] run: x\n[a]\n",
		 "4:10: a file of dialect 'shell' has no sections [template-syntax]\n"},
		{"%% path x\n%% dialect wg\n%% apply run: x\n%% apply [Peer run: x\n%% apply [] run: x\n[Peer]\n",
		 "4:10: a section is written as it stands in the file [template-syntax]\n"
		 "help: for example: %% apply [Interface] restart: systemctl restart wg-quick@wg0\n"
		 "5:10: a section is written as it stands in the file [template-syntax]\n"
		 "help: for example: %% apply [Interface] restart: systemctl restart wg-quick@wg0\n"},
		{"%% path x\n%% dialect wg\n%% apply run: x\n%% apply [Pear] run: x\n[Peer]\n",
		 "4:10: the template has no section 'Pear' [template-name]\n"},
		{"%% path x\n%% dialect json\n%% apply run: x\n%% apply comments nothing\n",
		 "4:10: a file of dialect 'json' has no lines of comment [template-syntax]\n"},
	};
	check_all(f, rows, sizeof rows / sizeof *rows, false);
}

static void test_bundle(void **state)
{
	struct fixture *f = *state;
	static const struct bad rows[] = {
		{HEADER "%% secret\n%% bundle vps 1\n%% for f in files\n%% end\n",
		 "4:11: expected a folder, and how many bytes the bundle may have [template-syntax]\n"
		 "help: for example: %% bundle vps/ 32768\n"},
		{HEADER "%% bundle vps/ 1\n",
		 "3:11: a bundle takes in secret files, but this template is not declared secret [template-secret]\n"
		 "help: add '%% secret' to its header; the file then has mode 0600\n"},
		{HEADER "%% secret\n%% bundle vps/ 0\n",
		 "4:11: expected a folder, and how many bytes the bundle may have [template-syntax]\n"
		 "help: for example: %% bundle vps/ 32768\n"},
		{HEADER "%% bundle vps/ 1\n%% secret\n%% for f in files\n{{ f.txt }}\n%% end\n%% for files in words\n%% end\n{{ files }}\n{{ files.text }}\n",
		 "6:6: unknown name 'txt' [template-name]\n"
		 "help: did you mean 'text'?\n"
		 "8:8: 'files' already means something else [template-name]\n"
		 "help: choose another name for the loop variable\n"
		 "10:1: 'files' is a list: its element is an object and cannot be inserted [template-type]\n"
		 "help: go through it with '%% for x in files'\n"
		 "11:10: 'files' is a list and has no member 'text' [template-type]\n"
		 "help: go through it with '%% for x in files'\n"},
		{HEADER "%% for f in files\n%% end\n",
		 "3:13: unknown name 'files' [template-name]\n"
		 "help: 'hlgen show view' lists every name that templates may use\n"},
	};
	check_all(f, rows, sizeof rows / sizeof *rows, false);
}

static void test_order(void **state)
{
	struct fixture *f = *state;
	static const struct bad rows[] = {
		{HEADER "%% order\n",
		 "3:4: 'order' without a value [template-syntax]\n"
		 "help: for example: %% order router vps\n"},
		{HEADER "%% order vps  router vps\n",
		 "3:22: 'vps' is given twice [template-syntax]\n"},
	};
	check_all(f, rows, sizeof rows / sizeof *rows, false);
}

static void test_rank(void **state)
{
	struct str items[] = {{"router", 6}, {"vps", 3}};
	folder_list order = {.items = items, .count = 2}, none = {.count = 0};
	(void)state;
	assert_int_equal(folder_rank(&order, STR("router")), 0);
	assert_int_equal(folder_rank(&order, STR("vps")), 1);
	assert_int_equal(folder_rank(&order, STR("vp")), 2);
	assert_int_equal(folder_rank(&none, STR("vps")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_apply, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bundle, setup, teardown),
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test(test_rank),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
