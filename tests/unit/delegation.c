/* The delegated prefix: suffixes that need no prefix, addresses that do, and how long the prefix may be. */
#include "plan_support.h"

#define ROUTER "router: { version: \"7.24\", address: 10.100.0.2 }\n"
#define NETWORKS "networks:\n" \
	"  servers: { vlan: 30, subnet: 10.30.0.0/24, gateway: 10.30.0.254 }\n" \
	"  lan: { subnet: 10.10.0.0/23 }\n" \
	"  guests: { vlan: 40, subnet: 10.40.0.0/24, ipv6: false }\n" \
	"  lab: { subnet: 10.50.0.0/24, interface: ether5, subnet_id: 0A }\n"
#define CLUSTER "kubernetes:\n  network: servers\n  ip_families: [ipv4, ipv6]\n  cilium: { version: 1.19.6 }\n" \
	"  ingress: { address: 10.30.0.200, address6: \"::200\" }\n"

static void without_ipv6(void **state)
{
	(void)state;
	const struct plan *plan = plan_of(ROUTER NETWORKS);
	assert_null(plan->delegation);
	const struct plan_network *servers = network_of(plan, "servers");
	is_prefix(servers->address, "10.30.0.254/24");
	is_prefix(network_of(plan, "lan")->address, "10.10.0.1/23");
	assert_false(servers->ipv6);
	assert_null(servers->subnet_id.value.ptr);
	assert_int_equal(servers->suffix6.family, IP_NONE);
	assert_int_equal(servers->address6.ip.family, IP_NONE);
}

static void prefix_unknown(void **state)
{
	(void)state;
	const struct plan *plan = plan_of(ROUTER NETWORKS CLUSTER "ipv6: { dns: [\"2606:4700:4700::1111\", \"2606:4700:4700::1001\"] }\n");
	const struct plan_delegation *delegation = plan->delegation;
	assert_non_null(delegation);
	is_text(delegation->pool, "hlgen-pd");
	assert_int_equal(delegation->length, 56);
	is_prefix(delegation->hint, "::/56");
	assert_int_equal(delegation->prefix.ip.family, IP_NONE);
	assert_int_equal(delegation->dns.count, 2);
	is_address(delegation->dns.items[1], "2606:4700:4700::1001");
	assert_non_null(delegation->ingress);
	is_address(delegation->ingress->suffix, "::30:0:0:0:200");
	assert_int_equal(delegation->ingress->address.family, IP_NONE);

	const struct plan_network *servers = network_of(plan, "servers"), *lab = network_of(plan, "lab");
	assert_true(servers->ipv6);
	is_text(servers->subnet_id, "30");
	is_address(servers->suffix6, "::30:0:0:0:1");
	assert_int_equal(servers->address6.ip.family, IP_NONE);
	is_text(lab->subnet_id, "a");
	is_address(lab->suffix6, "::a:0:0:0:1");
	assert_false(network_of(plan, "guests")->ipv6);
	assert_false(network_of(plan, "lan")->ipv6);
}

static void prefix_known(void **state)
{
	(void)state;
	const struct plan *plan = plan_of(ROUTER NETWORKS CLUSTER "ipv6: { pool: wan-pd, prefix: \"2a0d:5600:abcd:4200::/56\" }\n");
	is_text(plan->delegation->pool, "wan-pd");
	is_prefix(plan->delegation->prefix, "2a0d:5600:abcd:4200::/56");
	is_address(plan->delegation->ingress->address, "2a0d:5600:abcd:4230::200");
	is_prefix(network_of(plan, "servers")->address6, "2a0d:5600:abcd:4230::1/64");
	is_prefix(network_of(plan, "lab")->address6, "2a0d:5600:abcd:420a::1/64");
	assert_int_equal(network_of(plan, "guests")->address6.ip.family, IP_NONE);
}

/* A short delegation leaves more than one hextet to the subnet ids; zero is one of them. */
static void wide_subnet_ids(void **state)
{
	(void)state;
	const struct plan *plan = plan_of(ROUTER "networks:\n"
		"  one: { subnet: 10.10.0.0/24, subnet_id: 12abc }\n  zero: { subnet: 10.20.0.0/24, interface: ether5, subnet_id: 000 }\n"
		"ipv6: { delegated_length: 40, prefix: \"2a0d:5600:ab00::/40\" }\n");
	is_text(network_of(plan, "one")->subnet_id, "12abc");
	is_address(network_of(plan, "one")->suffix6, "0:0:1:2abc::1");
	is_prefix(network_of(plan, "one")->address6, "2a0d:5600:ab01:2abc::1/64");
	is_text(network_of(plan, "zero")->subnet_id, "0");
	is_address(network_of(plan, "zero")->suffix6, "::1");
	is_prefix(network_of(plan, "zero")->address6, "2a0d:5600:ab00::1/64");
	is_prefix(plan->delegation->hint, "::/40");
}

static void longest_prefix(void **state)
{
	static const struct { const char *id; int longest; } cases[] = {
		{ "0", 64 }, { "1", 63 }, { "2", 62 }, { "3", 62 }, { "30", 58 }, { "3f", 58 }, { "40", 57 }, { "ff", 56 },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct plan *plan = plan_of(str_format(arena, ROUTER "ipv6: {}\nnetworks: { lan: { subnet: 10.10.0.0/24, subnet_id: %s } }\n",
			cases[i].id).ptr);
		assert_int_equal(plan->delegation->longest, cases[i].longest);
	}
	/* Ids of networks without IPv6 take no room. */
	assert_int_equal(plan_of(ROUTER NETWORKS "ipv6: {}\n")->delegation->longest, 58);
	assert_int_equal(plan_of(ROUTER "ipv6: {}\n")->delegation->longest, 64);
}

static void no_ingress(void **state)
{
	(void)state;
	assert_null(plan_of(ROUTER NETWORKS "ipv6: {}\n")->delegation->ingress);
	assert_null(plan_of(ROUTER NETWORKS "ipv6: {}\nkubernetes:\n  network: servers\n"
		"  cilium: { version: 1.19.6 }\n  ingress: { address: 10.30.0.200 }\n")->delegation->ingress);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(without_ipv6, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(prefix_unknown, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(prefix_known, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(wide_subnet_ids, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(longest_prefix, set_up_plan, tear_down_plan),
		cmocka_unit_test_setup_teardown(no_ingress, set_up_plan, tear_down_plan),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
