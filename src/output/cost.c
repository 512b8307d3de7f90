/* Decides which rule a change falls under, in one pass over both texts for each section that has a rule, and without a copy. */
#include "output/cost.h"

static const struct effect *find(const struct effects *effects, enum effect_when when)
{
	for (size_t i = 0; i < effects->rules.count; i++) {
		if (effects->rules.items[i].when == when)
			return &effects->rules.items[i];
	}
	return NULL;
}

const struct effect *cost_of_new(const struct effects *effects)
{
	const struct effect *fresh = find(effects, EFFECT_NEW);
	return fresh != NULL ? fresh : find(effects, EFFECT_ANY);
}

const struct effect *cost_of_any(const struct effects *effects)
{
	return find(effects, EFFECT_ANY);
}

bool cost_depends(const struct effects *effects)
{
	return find(effects, EFFECT_SECTION) != NULL || find(effects, EFFECT_COMMENTS) != NULL;
}

/* The lines of one text that fall under one rule. */
struct walk {
	const struct effects *effects;
	const struct effect *rule; /* EFFECT_SECTION, or EFFECT_ANY: lines of all sections without a rule */
	bool skip_comments;
	struct str text;
	size_t at;
	struct str section; /* that `at` is in; before the first one empty */
};

static const struct effect *rule_of(const struct walk *walk)
{
	for (size_t i = 0; i < walk->effects->rules.count; i++) {
		const struct effect *rule = &walk->effects->rules.items[i];
		if (rule->when == EFFECT_SECTION && str_equal_nocase(rule->section, walk->section))
			return rule;
	}
	return find(walk->effects, EFFECT_ANY);
}

/* Neither a line of comment nor an empty one. */
static bool says_something(const struct walk *walk, struct str content)
{
	if (!walk->skip_comments)
		return true;
	struct str signs = walk->effects->comments != NULL ? str_of(walk->effects->comments) : STR("");
	return content.len > 0 && str_find(signs, content.ptr[0]) == signs.len;
}

/* The next line that falls under the rule, without its line end; false at the end of the text. */
static bool next(struct walk *walk, struct str *line)
{
	while (walk->at < walk->text.len) {
		struct str rest = str_slice(walk->text, walk->at, walk->text.len);
		*line = str_slice(rest, 0, str_find(rest, '\n'));
		walk->at += line->len + 1;
		if (str_ends(*line, STR("\r")))
			line->len--;
		struct str content = str_trim(*line);
		if (str_starts(content, STR("[")) && str_ends(content, STR("]")))
			walk->section = str_trim(str_slice(content, 1, content.len - 1));
		if (says_something(walk, content) && rule_of(walk) == walk->rule)
			return true;
	}
	return false;
}

static bool differs(struct walk before, struct walk after)
{
	struct str old_line, new_line;
	for (;;) {
		bool more = next(&before, &old_line);
		if (more != next(&after, &new_line))
			return true;
		if (!more)
			return false;
		if (!str_equal(old_line, new_line))
			return true;
	}
}

const struct effect *cost_of_change(const struct effects *effects, struct str before, struct str after)
{
	const struct effect *comments = find(effects, EFFECT_COMMENTS), *dearest = NULL;
	for (size_t i = 0; i < effects->rules.count; i++) {
		const struct effect *rule = &effects->rules.items[i];
		struct walk walk = {.effects = effects, .rule = rule, .skip_comments = comments != NULL, .text = before};
		struct walk other = walk;
		other.text = after;
		if (rule->when != EFFECT_ANY && rule->when != EFFECT_SECTION)
			continue;
		if ((dearest == NULL || rule->kind > dearest->kind) && differs(walk, other))
			dearest = rule;
	}
	if (dearest != NULL)
		return dearest;
	/* Line ends at most, when no rule is about comments. */
	return comments != NULL ? comments : find(effects, EFFECT_ANY);
}
