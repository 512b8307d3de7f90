/* What a change costs: which rule it falls under, and that build and diff look at what is on disk. */
#include "output_support.h"

#include "output/cost.h"
#include "output/diff.h"

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

/* Rules as of a wg0.conf; each test takes as many as it names. */
static const struct effect rules[] = {
	{EFFECT_ANY, {0}, EFFECT_RELOAD, {0}},
	{EFFECT_SECTION, {"Interface", 9}, EFFECT_RESTART, {0}},
	{EFFECT_SECTION, {"Free", 4}, EFFECT_NOTHING, {0}},
	{EFFECT_COMMENTS, {0}, EFFECT_NOTHING, {0}},
	{EFFECT_NEW, {0}, EFFECT_SCAN, {0}},
};
enum { ANY, INTERFACE, FREE, COMMENTS, NEW, RULES };

static struct effects effects_of(struct arena *arena, const char *which)
{
	struct effects effects = {.comments = "#;"};

	for (; *which != '\0'; which++)
		*(struct effect *)LIST_ADD(arena, &effects.rules) = rules[*which - '0'];
	return effects;
}

static void assert_cost(const struct effects *effects, const char *before, const char *after, int expected)
{
	const struct effect *there = cost_of_change(effects, str_of(before), str_of(after));
	const struct effect *back = cost_of_change(effects, str_of(after), str_of(before));

	if (there->when != rules[expected].when || !str_equal(there->section, rules[expected].section))
		fail_msg("from '%s' to '%s': rule %d %.*s", before, after, there->when, STR_ARG(there->section));
	assert_ptr_equal(there, back);
}

static void changes_fall_under_rules(void **state)
{
	struct fixture *f = *state;
	struct effects all = effects_of(f->arena, "01234");
	const char *text = "# c\n[Interface]\nA = 1\n\n# p\n[Peer]\nB = 2\n[Free]\nC = 3\n";

	assert_cost(&all, text, "# c\n[Interface]\nA = 2\n\n# p\n[Peer]\nB = 2\n[Free]\nC = 3\n", INTERFACE);
	assert_cost(&all, text, "# c\n[Interface]\n\n# p\n[Peer]\nB = 2\n[Free]\nC = 3\n", INTERFACE);
	assert_cost(&all, text, "# c\n[Interface]\nA = 1\n\n# p\n[Peer]\nB = 3\n[Free]\nC = 3\n", ANY);
	assert_cost(&all, text, "# c\n[Interface]\nA = 1\n\n# p\n[Free]\nC = 3\n", ANY);
	assert_cost(&all, text, "X = 1\n[Interface]\nA = 1\n[Peer]\nB = 2\n[Free]\nC = 3\n", ANY);
	assert_cost(&all, text, "[Interface]\nA = 1\n[Peer]\nB = 2\n[Free]\nC = 4\n", FREE);
	assert_cost(&all, text, "[Interface]\nA = 1\n[Peer]\nB = 3\n[Free]\nC = 4\n", ANY);
	assert_cost(&all, text, "[Interface]\nA = 0\n[Peer]\nB = 3\n[Free]\nC = 4\n", INTERFACE);
	/* The same line in another section is a change of both. */
	assert_cost(&all, text, "[Interface]\n[Peer]\nA = 1\nB = 2\n[Free]\nC = 3\n", INTERFACE);
	/* A section may be written in parts, and in other letters. */
	assert_cost(&all, "[Interface]\nA = 1\nB = 2\n", "[Interface]\nA = 1\n[interface]\nB = 2\n", INTERFACE);
	assert_cost(&all, "[INTERFACE]\nA = 1\n", "[INTERFACE]\nA = 2\n", INTERFACE);
	assert_cost(&all, text, "", INTERFACE);
}

static void comments_alone_cost_their_own(void **state)
{
	struct fixture *f = *state;
	struct effects all = effects_of(f->arena, "01234"), strict = effects_of(f->arena, "01"), plain = effects_of(f->arena, "03");

	assert_cost(&all, "# a\n[Interface]\nA = 1\n", "[Interface]\n\n \t\n; b\n  # c\nA = 1", COMMENTS);
	assert_cost(&all, "[Interface]\nA = 1 # a\n", "[Interface]\nA = 1 # b\n", INTERFACE);
	assert_cost(&all, "[Interface]\nA = 1\n", "[Interface]\r\nA = 1\r\n", COMMENTS);
	assert_cost(&strict, "[Interface]\n# a\nA = 1\n", "[Interface]\n# b\nA = 1\n", INTERFACE);
	assert_cost(&strict, "[Peer]\n# a\nA = 1\n", "[Peer]\n# b\nA = 1\n", ANY);
	assert_cost(&strict, "A = 1\n", "A = 1\r\n", ANY);
	assert_cost(&plain, "A = 1\n", "# a\nA = 1\n", COMMENTS);
	assert_cost(&plain, "[Interface]\n", "[Other]\n", ANY);
	plain.comments = NULL;
	assert_cost(&plain, "A = 1\n", "# a\nA = 1\n", ANY);
}

static void new_files_and_files_without_rules(void **state)
{
	struct fixture *f = *state;
	struct effects all = effects_of(f->arena, "01234"), some = effects_of(f->arena, "0"), none = {0};

	assert_int_equal(cost_of_new(&all)->when, EFFECT_NEW);
	assert_int_equal(cost_of_new(&some)->when, EFFECT_ANY);
	assert_null(cost_of_new(&none));
	assert_null(cost_of_change(&none, STR("a"), STR("b")));
	assert_true(cost_depends(&all));
	assert_false(cost_depends(&some));
	assert_false(cost_depends(&none));
}

static void sample(struct fixture *f, const char *bytes)
{
	struct artifact *artifact;

	clear(f);
	artifact = add(f, "wg0.conf", 0600, bytes);
	for (size_t i = 0; i < RULES; i++)
		add_effect(f, artifact, rules[i]);
	memset(&f->changes, 0, sizeof f->changes);
	f->diags = diags_new(f->arena, false);
}

/* The cost of wg0.conf, which comes behind .gitignore: diff must say the same as the build after it. */
static const struct effect *built(struct fixture *f, const char *bytes)
{
	const struct effect *shown;
	bool differs;
	FILE *nowhere = fopen("/dev/null", "w");

	assert_non_null(nowhere);
	sample(f, bytes);
	assert_true(tree_diff(f->arena, &f->artifacts, &f->options, f->diags, nowhere, &differs, &f->changes));
	fclose(nowhere);
	assert_int_equal(f->changes.count, 2);
	shown = f->changes.items[1].effect;
	sample(f, bytes);
	assert_true(tree_write(f->arena, &f->artifacts, &f->options, f->diags, &f->changes));
	assert_int_equal(f->changes.count, 2);
	if (shown == NULL)
		assert_null(f->changes.items[1].effect);
	else
		assert_int_equal(shown->when, f->changes.items[1].effect->when);
	return f->changes.items[1].effect;
}

static void builds_compare_with_the_disk(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(built(f, "[Interface]\nA = 1\n")->when, EFFECT_NEW);
	assert_null(built(f, "[Interface]\nA = 1\n"));
	assert_int_equal(built(f, "[Interface]\nA = 1\n[Peer]\n")->when, EFFECT_ANY);
	assert_int_equal(built(f, "# x\n[Interface]\nA = 1\n[Peer]\n")->when, EFFECT_COMMENTS);
	assert_int_equal(built(f, "[Interface]\nA = 2\n[Peer]\n")->when, EFFECT_SECTION);
	assert_int_equal(chmod("out/wg0.conf", 0644), 0);
	assert_null(built(f, "[Interface]\nA = 2\n[Peer]\n"));
	/* What was edited by hand is what counts. */
	put("out/wg0.conf", 0600, "[Interface]\nA = 2\n[Peer]\nB = 1\n");
	f->options.force = true;
	assert_int_equal(built(f, "[Interface]\nA = 2\n[Peer]\n")->when, EFFECT_ANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(changes_fall_under_rules, set_up, tear_down),
		cmocka_unit_test_setup_teardown(comments_alone_cost_their_own, set_up, tear_down),
		cmocka_unit_test_setup_teardown(new_files_and_files_without_rules, set_up, tear_down),
		cmocka_unit_test_setup_teardown(builds_compare_with_the_disk, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
