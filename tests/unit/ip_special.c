/* Tests of the special address ranges, at both ends of each. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/ip.h"

/* One letter per predicate that holds: p u(la) d l(oopback) k(link-local) m n(one: unspecified) c(gnat) g(lobal). */
static void assert_class(const char *text, const char *expected)
{
	static bool (*const predicates[])(struct ip) = {
		ip_is_private,   ip_is_ula,         ip_is_documentation, ip_is_loopback, ip_is_link_local,
		ip_is_multicast, ip_is_unspecified, ip_is_cgnat,         ip_is_public,
	};
	struct ip ip;
	char found[10] = {0};
	size_t len = 0;
	assert_true(ip_parse(str_of(text), &ip));
	for (size_t i = 0; i < 9; i++)
		if (predicates[i](ip))
			found[len++] = "pudlkmncg"[i];
	if (strcmp(found, expected) != 0)
		fail_msg("%s is \"%s\", not \"%s\"", text, found, expected);
}

static const struct expected {
	const char *ip, *letters;
} classes[] = {
	{"9.255.255.255", "g"},    {"10.0.0.0", "p"},          {"10.255.255.255", "p"},   {"11.0.0.0", "g"},
	{"172.15.255.255", "g"},   {"172.16.0.0", "p"},        {"172.31.255.255", "p"},   {"172.32.0.0", "g"},
	{"192.167.255.255", "g"},  {"192.168.0.0", "p"},       {"192.168.255.255", "p"},  {"192.169.0.0", "g"},
	{"100.63.255.255", "g"},   {"100.64.0.0", "c"},        {"100.127.255.255", "c"},  {"100.128.0.0", "g"},
	{"192.0.1.255", "g"},      {"192.0.2.0", "d"},         {"192.0.2.255", "d"},      {"192.0.3.0", "g"},
	{"198.51.99.255", "g"},    {"198.51.100.0", "d"},      {"198.51.100.255", "d"},   {"198.51.101.0", "g"},
	{"203.0.112.255", "g"},    {"203.0.113.0", "d"},       {"203.0.113.255", "d"},    {"203.0.114.0", "g"},
	{"126.255.255.255", "g"},  {"127.0.0.0", "l"},         {"127.255.255.255", "l"},  {"128.0.0.0", "g"},
	{"169.253.255.255", "g"},  {"169.254.0.0", "k"},       {"169.254.255.255", "k"},  {"169.255.0.0", "g"},
	{"223.255.255.255", "g"},  {"224.0.0.0", "m"},         {"239.255.255.255", "m"},  {"240.0.0.0", ""},
	{"255.255.255.255", ""},   {"0.0.0.0", "n"},           {"0.0.0.1", ""},           {"0.255.255.255", ""},
	{"1.0.0.0", "g"},          {"1.1.1.1", "g"},           {"191.255.255.255", "g"},  {"192.0.0.0", ""},
	{"192.0.0.255", ""},       {"192.0.1.0", "g"},         {"192.88.98.255", "g"},    {"192.88.99.1", ""},
	{"192.88.100.0", "g"},     {"198.17.255.255", "g"},    {"198.18.0.0", ""},        {"198.19.255.255", ""},
	{"198.20.0.0", "g"},
	{"::", "n"},               {"::1", "l"},               {"::2", ""},               {"::ffff:8.8.8.8", ""},
	{"64:ff9b::808:808", ""},  {"100::1", ""},             {"1fff:ffff::", ""},       {"2000::", "g"},
	{"2001::1", ""},           {"2001:1ff:ffff::", ""},    {"2001:200::", "g"},       {"2001:db7:ffff::", "g"},
	{"2001:db8::", "d"},       {"2001:db8:ffff::1", "d"},  {"2001:db9::", "g"},       {"2001:ffff::", "g"},
	{"2002::1", ""},           {"2003::1", "g"},           {"2606:4700::1111", "g"},  {"3ffe:ffff::", "g"},
	{"3fff::", "d"},           {"3fff:fff:ffff::1", "d"},  {"3fff:1000::", "g"},      {"3fff:ffff::", "g"},
	{"4000::", ""},            {"fbff::", ""},             {"fc00::", "pu"},          {"fd12:3456:789a::1", "pu"},
	{"fdff:ffff::", "pu"},     {"fe00::", ""},             {"fe7f:ffff::", ""},       {"fe80::", "k"},
	{"febf:ffff::1", "k"},     {"fec0::", ""},             {"feff::", ""},            {"ff00::", "m"},
	{"ff02::1", "m"},
};

static void test_classes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		assert_class(classes[i].ip, classes[i].letters);
	assert_false(ip_is_public((struct ip){0}));
	assert_false(ip_is_unspecified((struct ip){0}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
