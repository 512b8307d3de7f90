/* What the tests of the plan share: from a site's text to its plan, with keys that are made in memory only. */
#ifndef HLGEN_TESTS_PLAN_SUPPORT_H
#define HLGEN_TESTS_PLAN_SUPPORT_H

#include "yaml_support.h"

#include "plan/plan.h"

static struct secrets *secrets;
static struct keystore *keys;

static inline int set_up_plan(void **state)
{
	set_up(state);
	secrets = secrets_prepare() ? secrets_new() : NULL;
	return secrets == NULL ? -1 : 0;
}

static inline int tear_down_plan(void **state)
{
	if (keys != NULL) {
		keystore_close(keys);
	}
	keys = NULL;
	secrets_free(secrets);
	return tear_down(state);
}

/* The plan of a site without errors; `tunnel` is what its tunnel says beyond the network, `text` all that only some sites have. */
static inline const struct plan *plan_with(const char *tunnel, const char *text)
{
	const struct yaml_node *root = parse(str_format(arena,
		"site: test\nvps: { address: 89.167.62.126 }\ntunnel: { network: 10.100.0.0/24%s }\n%s", tunnel, text));
	assert_non_null(root);
	const struct site *site = site_load(arena, root, diags);
	assert_int_equal(diags_errors(diags), 0);
	if (keys != NULL) {
		keystore_close(keys);
	}
	/* A folder that does not exist, and that nobody saves. */
	keys = keystore_open(arena, "/nonexistent/keys", KEYSTORE_NORMAL, secrets, diags);
	const struct plan *plan = plan_site(arena, site, keys, diags);
	assert_non_null(plan);
	return plan;
}

static inline const struct plan *plan_of(const char *text)
{
	return plan_with("", text);
}

static inline const struct plan_network *network_of(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->networks.count; i++) {
		if (str_equal(plan->networks.items[i].name.value, str_of(name))) {
			return &plan->networks.items[i];
		}
	}
	fail_msg("there is no network '%s'", name);
	return NULL;
}

static inline void is_text(struct text text, const char *wanted)
{
	assert_non_null(text.value.ptr);
	assert_string_equal(str_format(arena, "%.*s", STR_ARG(text.value)).ptr, wanted);
}

static inline void is_address(struct ip ip, const char *wanted)
{
	char text[IP_TEXT];
	assert_int_not_equal(ip.family, IP_NONE);
	assert_string_equal(ip_format(ip, text), wanted);
}

static inline void is_prefix(struct prefix prefix, const char *wanted)
{
	char text[PREFIX_TEXT];
	assert_int_not_equal(prefix.ip.family, IP_NONE);
	assert_string_equal(prefix_format(prefix, text), wanted);
}

#endif
