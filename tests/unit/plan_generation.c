/* The generation of permissions: the same for equal ones, whatever their names and order; another one for every difference. */
#include "plan_support.h"

#define NETWORKS "router: { version: \"7.24\", address: 10.100.0.2 }\n" \
	"networks: { lan: { vlan: 10, subnet: 10.10.0.0/24 }, servers: { vlan: 20, subnet: 10.20.0.0/24 } }\n"

static int64_t generation_with(const char *tunnel, const char *clients)
{
	return plan_with(tunnel, str_format(arena, NETWORKS "clients:\n%s", clients).ptr)->hub.generation;
}

static int64_t generation_of(const char *clients)
{
	return generation_with(", network6: \"fd5e:7a1c:90d2::/64\"", clients);
}

static void is_a_mark(void **state)
{
	(void)state;
	int64_t generation = generation_of("  a: { address: 10.100.0.10 }\n");
	assert_true(generation > 0 && generation <= UINT32_MAX);
	/* It must not change from release to release either: that would judge every connection anew for nothing. */
	assert_int_equal(generation, 0xf370c781);
	generation = plan_of("")->hub.generation;
	assert_true(generation > 0 && generation <= UINT32_MAX);
}

static void equal_permissions(void **state)
{
	(void)state;
	int64_t generation = generation_of("  a: { address: 10.100.0.10, reach: [lan] }\n  b: { address: 10.100.0.11, reach: [\"10.20.0.5:22/tcp\", lan] }\n");
	assert_int_equal(generation, generation_of("  b: { address: 10.100.0.11, reach: [lan, \"10.20.0.5:22/tcp\"] }\n  a: { address: 10.100.0.10, reach: [lan] }\n"));
	/* Other names, another order by name, another DNS server. */
	assert_int_equal(generation, generation_of("  z: { address: 10.100.0.10, reach: [lan], dns: [1.1.1.1] }\n"
		"  b: { address: 10.100.0.11, reach: [\"10.20.0.5:22/tcp\", lan] }\n"));
	assert_int_equal(generation, generation_of("  a: { address: 10.100.0.10, reach: [lan] }\n  b: { address: 10.100.0.11, reach: [\"10.20.0.5:22/tcp\", lan] }\n"
		"  c: { address: 10.100.0.12, enabled: false }\n"));
}

static void every_difference(void **state)
{
	static const char *const clients[] = {
		"  a: { address: 10.100.0.10, reach: [lan] }\n",
		"  a: { address: 10.100.0.11, reach: [lan] }\n",
		"  a: { address: 10.100.0.10, reach: [servers] }\n",
		"  a: { address: 10.100.0.10, reach: [lan, servers] }\n",
		"  a: { address: 10.100.0.10, reach: [\"10.10.0.0/24\"] }\n",
		"  a: { address: 10.100.0.10, reach: [\"10.10.0.0/25\"] }\n",
		"  a: { address: 10.100.0.10, reach: [\"10.10.0.5\"] }\n",
		"  a: { address: 10.100.0.10, reach: [\"10.10.0.5:22/tcp\"] }\n",
		"  a: { address: 10.100.0.10, reach: [\"10.10.0.5:22/udp\"] }\n",
		"  a: { address: 10.100.0.10, reach: [\"10.10.0.5:22-23/tcp\"] }\n",
		"  a: { address: 10.100.0.10, reach: [\"10.10.0.5:23/tcp\"] }\n",
		"  a: { address: 10.100.0.10, reach: [router] }\n",
		"  a: { address: 10.100.0.10, reach: [lan], dns: [10.10.0.1] }\n",
		"  a: { address: 10.100.0.10, reach: [lan], tunnel: full, dns: [1.1.1.1] }\n",
		"  a: { address: 10.100.0.10, reach: [], tunnel: full, dns: [1.1.1.1] }\n",
		"  a: { address: 10.100.0.10, reach: [lan] }\n  b: { address: 10.100.0.11, reach: [lan] }\n",
		"  a: { address: 10.100.0.10, reach: [lan] }\n  b: { address: 10.100.0.11, reach: [a] }\n",
	};
	enum { COUNT = sizeof clients / sizeof *clients };
	int64_t generations[COUNT + 1];
	(void)state;
	for (size_t i = 0; i < COUNT; i++)
		generations[i] = generation_of(clients[i]);
	generations[COUNT] = generation_with(", network6: \"fd5e:7a1c:90d2::/64\", clients_appear_as: vps", clients[0]);
	for (size_t i = 0; i <= COUNT; i++)
		for (size_t k = 0; k < i; k++)
			if (generations[i] == generations[k])
				fail_msg("sites %zu and %zu have the same generation", k, i);
}

/* Whether full tunnels reach IPv6 through the VPS is a permission too, and so are the router's addresses that a network's name leaves out. */
static void surroundings(void **state)
{
	static const char site[] = "site: test\nvps: { address: 89.167.62.126%s }\ntunnel: { network: 10.100.0.0/24, network6: \"fd5e:7a1c:90d2::/64\" }\n"
		"router: { version: \"7.24\", address: 10.100.0.2 }\nnetworks: { lan: { subnet: 10.10.0.0/24%s } }\n"
		"clients: { a: { address: 10.100.0.10, tunnel: full, dns: [1.1.1.1] } }\n";
	static const char *const cases[][2] = { { "", "" }, { ", address6: \"2a01:4f8:c17:1::1\"", "" }, { "", ", gateway: 10.10.0.254" } };
	int64_t generations[3];
	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct yaml_node *root = parse(str_format(arena, site, cases[i][0], cases[i][1]));
		const struct site *loaded = site_load(arena, root, diags);
		assert_int_equal(diags_errors(diags), 0);
		if (keys != NULL) {
			keystore_close(keys);
		}
		keys = keystore_open(arena, "/nonexistent/keys", KEYSTORE_NORMAL, secrets, diags);
		const struct plan *plan = plan_site(arena, loaded, keys, diags);
		assert_non_null(plan);
		generations[i] = plan->hub.generation;
	}
	assert_int_not_equal(generations[0], generations[1]);
	assert_int_not_equal(generations[0], generations[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(is_a_mark, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(equal_permissions, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(every_difference, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(surroundings, set_up_plan, tear_down_plan),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
