/* What the plan says about the router as a device: its interfaces, how it is changed, and what its release knows. */
#include "plan_support.h"

#include "site/releases.h"

#define LAN "networks: { lan: { subnet: 10.10.0.0/24 } }\n"

static const struct plan_router *router_of(const char *keys_of_router, const char *rest)
{
	const struct plan *plan = plan_of(str_format(arena, "router: { address: 10.100.0.2, %s }\n%s", keys_of_router, rest).ptr);
	assert_non_null(plan->router);
	return plan->router;
}

static void defaults(void **state)
{
	(void)state;
	const struct plan_router *router = router_of("version: \"7.24\"", LAN);
	is_text(router->wan, "ether1");
	is_text(router->bridge, "bridge");
	is_text(router->lan_list, "LAN");
	assert_int_equal(router->trunk.count, 0);
	assert_int_equal(router->tagged.count, 1);
	is_text(router->tagged.items[0], "bridge");
	assert_false(router->manage_vlans || router->take_over || router->vlans || router->routed);
	assert_int_equal(router->rollback, 300);
}

static void everything_said(void **state)
{
	(void)state;
	const struct plan_router *router = router_of("version: \"7.24\", wan: sfp1, bridge: br0, trunk: [ether6, ether3], lan_list: inside, "
		"manage_vlans: true, take_over: true, rollback_after: 0",
		"networks: { lan: { vlan: 10, subnet: 10.10.0.0/24 }, dmz: { subnet: 10.20.0.0/24 } }\nipv6: {}\n");
	is_text(router->wan, "sfp1");
	is_text(router->bridge, "br0");
	is_text(router->lan_list, "inside");
	assert_int_equal(router->trunk.count, 2);
	is_text(router->trunk.items[0], "ether6");
	is_text(router->trunk.items[1], "ether3");
	assert_int_equal(router->tagged.count, 3);
	is_text(router->tagged.items[0], "br0");
	is_text(router->tagged.items[1], "ether6");
	is_text(router->tagged.items[2], "ether3");
	assert_true(router->manage_vlans && router->take_over && router->vlans);
	assert_int_equal(router->rollback, 0);
}

/* Where one logs in before the import: in a VLAN only when that is there already. */
static void inside(void **state)
{
	static const char *const networks[] = {
		"networks: { a: { vlan: 10, subnet: 10.10.0.0/24 }, b: { subnet: 10.20.0.0/24 }, c: { subnet: 10.30.0.0/24, interface: ether4 } }\n",
		"networks: { a: { vlan: 10, subnet: 10.10.0.0/24 } }\n",
	};
	(void)state;
	is_address(router_of("version: \"7.24\"", networks[0])->inside, "10.10.0.1");
	is_address(router_of("version: \"7.24\", manage_vlans: true", networks[0])->inside, "10.20.0.1");
	is_address(router_of("version: \"7.24\"", networks[1])->inside, "10.10.0.1");
	assert_int_equal(router_of("version: \"7.24\", manage_vlans: true", networks[1])->inside.family, IP_NONE);
}

/* What the relay opens is the hub's own traffic; a client's is routed, also behind a hub that masquerades. */
static void routed(void **state)
{
	static const char relay[] = "relay: { git: { listen: 2222, to: 10.10.0.5:22 } }\n";
	(void)state;
	const struct plan_router *router = router_of("version: \"7.24\"", str_format(arena, LAN "%s", relay).ptr);
	assert_int_equal(router->forward4.count, 1);
	assert_true(str_equal(router->forward4.items[0].protocol.value, STR("tcp")));
	assert_false(router->routed);
	router = router_of("version: \"7.24\"", LAN "relay: { game: { listen: 27015, protocol: udp, to: 10.10.0.6:27016 } }\n");
	assert_int_equal(router->forward4.count, 1);
	assert_true(str_equal(router->forward4.items[0].protocol.value, STR("udp")));
	assert_true(str_equal(router->forward4.items[0].ports.value, STR("27016")));
	assert_true(router_of("version: \"7.24\"", str_format(arena, LAN "%sclients: { phone: { address: 10.100.0.10 } }\n", relay).ptr)->routed);
	/* To the router itself, or to another client: nothing enters the LAN. */
	router = router_of("version: \"7.24\"", LAN "clients:\n  phone: { address: 10.100.0.10, reach: [router, nas] }\n"
		"  nas: { address: 10.100.0.11, reach: [] }\n  old: { address: 10.100.0.12, enabled: false }\n");
	assert_true(router->input4.count > 0);
	assert_false(router->routed);
	assert_true(plan_with(", clients_appear_as: vps", "router: { version: \"7.24\", address: 10.100.0.2 }\n" LAN
		"clients: { phone: { address: 10.100.0.10, reach: [\"10.10.0.5:22/tcp\"] } }\n")->router->routed);
}

static void releases(void **state)
{
	static const struct { const char *version; bool dry_run, keeps_subnet_ids; } cases[] = {
		{ "7.12", false, false }, { "7.15.3", false, false }, { "7.16", true, false }, { "7.16.2", true, false },
		{ "7.22.3", true, false }, { "7.23", true, true }, { "7.24", true, true },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct plan_router *router = router_of(str_format(arena, "version: \"%s\"", cases[i].version).ptr, LAN);
		assert_int_equal(router->dry_run, cases[i].dry_run);
		assert_int_equal(router->keeps_subnet_ids, cases[i].keeps_subnet_ids);
	}
	assert_false(release_knows((struct version){ 0 }, IMPORT_DRY_RUN));
	assert_string_equal(release_first(KEEPS_SUBNET_IDS), "7.23");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(defaults, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(everything_said, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(inside, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(routed, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(releases, set_up_plan, tear_down_plan),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
