/* Tests of addresses and prefixes: their text and their arithmetic. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/ip.h"

static struct ip ip_of(const char *text)
{
	struct ip ip = {0};
	if (!ip_parse(str_of(text), &ip))
		fail_msg("no address: %s", text);
	return ip;
}

static struct prefix prefix_from(const char *text)
{
	struct prefix prefix = {0};
	if (!prefix_parse(str_of(text), &prefix))
		fail_msg("no prefix: %s", text);
	return prefix;
}

static void assert_ip(struct ip ip, const char *text)
{
	char out[IP_TEXT];
	assert_ptr_equal(ip_format(ip, out), out);
	assert_string_equal(out, text);
}

static void assert_prefix(struct prefix prefix, const char *text)
{
	char out[PREFIX_TEXT];
	assert_ptr_equal(prefix_format(prefix, out), out);
	assert_string_equal(out, text);
}

struct pair {
	const char *from, *to;
};

/* What is read, and how it is printed. */
static void test_texts(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{"0.0.0.0", "0.0.0.0"},
		{"255.255.255.255", "255.255.255.255"},
		{"10.0.200.9", "10.0.200.9"},
		/* RFC 4291, 2.2 */
		{"ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"},
		{"2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"},
		{"FF01:0:0:0:0:0:0:101", "ff01::101"},
		{"0:0:0:0:0:0:0:1", "::1"},
		{"0:0:0:0:0:0:0:0", "::"},
		{"::", "::"},
		{"0:0:0:0:0:FFFF:129.144.52.38", "::ffff:129.144.52.38"},
		/* RFC 5952, 1 to 4: leading zeros, single zero group, longest run, first of equal runs, lower case */
		{"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
		{"2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
		{"2001:db8::1:0:0:1", "2001:db8::1:0:0:1"},
		{"2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"},
		{"2001:0db8::1:0:0:1", "2001:db8::1:0:0:1"},
		{"2001:db8:0:0:1::1", "2001:db8::1:0:0:1"},
		{"2001:db8:0000:0:1::1", "2001:db8::1:0:0:1"},
		{"2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"},
		{"2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"},
		{"2001:db8:aaaa:bbbb:cccc:dddd::1", "2001:db8:aaaa:bbbb:cccc:dddd:0:1"},
		{"2001:db8:0:0:0::1", "2001:db8::1"},
		{"2001:db8::0:1", "2001:db8::1"},
		{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
		{"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
		{"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
		/* RFC 5952, 5 */
		{"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
		{"0:0:0:0:0:ffff:c000:201", "::ffff:192.0.2.1"},
		{"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
		{"1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"},
		{"::192.0.2.1", "::c000:201"},
		/* zeros at both ends, and what the old "IPv4 compatible" form would spoil */
		{"::1:200", "::1:200"},
		{"::30:0:0:0:200", "::30:0:0:0:200"},
		{"1::", "1::"},
		{"0:1:2:3:4:5:6:7", "0:1:2:3:4:5:6:7"},
		{"1:2:3:4:5:6:7:0", "1:2:3:4:5:6:7:0"},
		{"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
		{"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
		{"1:0:0:4:5:6:0:0", "1::4:5:6:0:0"},
		{"0:0:3:4:5:6:0:0", "::3:4:5:6:0:0"},
		{"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"},
		{"0:0:0:0:0:fffe:1:2", "::fffe:1:2"},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
	};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct ip ip = ip_of(pairs[i].from);
		assert_ip(ip, pairs[i].to);
		assert_true(ip_equal(ip, ip_of(pairs[i].to)));
	}
}

static void test_bytes(void **state)
{
	(void)state;
	static const uint8_t v4[16] = {192, 0, 2, 1};
	static const uint8_t v6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xab, 0xcd, 0, 1};
	struct ip ip = ip_of("192.0.2.1");
	assert_int_equal(ip.family, IP_V4);
	assert_memory_equal(ip.bytes, v4, 16);
	assert_int_equal(ip_bits(ip), 32);
	ip = ip_of("2001:db8::abcd:1");
	assert_int_equal(ip.family, IP_V6);
	assert_memory_equal(ip.bytes, v6, 16);
	assert_int_equal(ip_bits(ip), 128);
	assert_ip((struct ip){0}, "");
	assert_prefix((struct prefix){0}, "");
}

static void test_refused_addresses(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"", "1", "1.2.3", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.", "1.2.3.4.5", "01.2.3.4", "1.2.3.00",
		"1.2.3.256", "1.2.3.1000", "1.2.3.-4", "1.2.3.+4", "0x1.2.3.4", " 1.2.3.4", "1.2.3.4 ",
		"1.2.3.4\n", "1.2.3.a", "1.2.3.4/24", "3232235777", "localhost", ":", ":::", "::1::", "1::2::3",
		":1", "1:", ":1:2:3:4:5:6:7", "1:::2", "::1:", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
		"1:2:3:4:5:6:7:", "1:2:3:4:5:6:7:8:", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8",
		"1:2:3:4::5:6:7:8", "12345::", "::00001", "::g", "::1%eth0", "fe80::1%1", "[::1]", "::1 ",
		" ::1", "::1/64", "::-1", "::0x1", "::1.2.3", "::01.2.3.4", "::1.2.3.256", "::1.2.3.4:5",
		"::1.2.3.4::", "1.2.3.4::", "1:2:3:4:5:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4",
		"::1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:8:1.2.3.4", "::1.2.3.4.",
	};
	struct ip before = ip_of("192.0.2.1"), ip = before;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (ip_parse(str_of(texts[i]), &ip))
			fail_msg("taken for an address: %s", texts[i]);
		assert_true(ip_equal(ip, before));
	}
	assert_false(ip_parse((struct str){NULL, 0}, &ip));
	assert_false(ip_parse(STR("1.2.3.4\0"), &ip));
	assert_false(ip_parse(STR("::1\0"), &ip));
}

static void test_prefix_texts(void **state)
{
	(void)state;
	static const struct pair pairs[] = {
		{"0.0.0.0/0", "0.0.0.0/0"},       {"10.1.2.3/24", "10.1.2.3/24"},
		{"192.0.2.1/32", "192.0.2.1/32"}, {"::/0", "::/0"},
		{"2001:DB8::1/64", "2001:db8::1/64"}, {"::1/128", "::1/128"},
		{"FFFF:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"},
	};
	static const char *const refused[] = {
		"", "/", "/24", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/08", "10.0.0.0/-1",
		"10.0.0.0/+8", "10.0.0.0/ 8", "10.0.0.0/8 ", "10.0.0.0 /8", "10.0.0.0/8/8", "10.0.0/8",
		"10.0.0.0/255.0.0.0", "10.0.0.0/256", "::/129", "::/00", "::/a", "::",
		"::/18446744073709551616",
	};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_prefix(prefix_from(pairs[i].from), pairs[i].to);
	struct prefix prefix;
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (prefix_parse(str_of(refused[i]), &prefix))
			fail_msg("taken for a prefix: %s", refused[i]);
}

static int sign(int order)
{
	return (order > 0) - (order < 0);
}

static void test_order(void **state)
{
	(void)state;
	static const char *const sorted[] = {
		"0.0.0.0/0", "0.0.0.0/8", "9.255.255.255/32", "10.0.0.0/8", "10.0.0.0/24", "10.0.1.0/24", "200.0.0.0/8",
		"::/0", "::/128", "::1/128", "2001:db8::/32", "2001:db8::/48", "2001:db8:0:1::/64", "fd00::/8",
	};
	for (size_t i = 0; i < sizeof(sorted) / sizeof(sorted[0]); i++) {
		for (size_t k = 0; k < sizeof(sorted) / sizeof(sorted[0]); k++) {
			struct prefix a = prefix_from(sorted[i]), b = prefix_from(sorted[k]);
			assert_int_equal(sign(prefix_compare(a, b)), (i > k) - (i < k));
			assert_int_equal(prefix_equal(a, b), i == k);
		}
	}
	assert_int_equal(sign(ip_compare(ip_of("255.255.255.255"), ip_of("::"))), -1);
	assert_int_equal(sign(ip_compare(ip_of("10.0.0.2"), ip_of("10.0.0.10"))), -1);
	assert_int_equal(sign(ip_compare(ip_of("10.0.0.128"), ip_of("10.0.0.127"))), 1);
	assert_false(ip_equal(ip_of("0.0.0.0"), ip_of("::")));
	assert_false(prefix_equal(prefix_from("10.0.0.1/24"), prefix_from("10.0.0.0/24")));
}

struct edges {
	const char *prefix, *network, *first, *last;
	bool host_bits;
};

static void test_edges(void **state)
{
	(void)state;
	static const struct edges all[] = {
		{"1.2.3.4/0", "0.0.0.0/0", "0.0.0.0", "255.255.255.255", true},
		{"0.0.0.0/0", "0.0.0.0/0", "0.0.0.0", "255.255.255.255", false},
		{"200.2.3.4/1", "128.0.0.0/1", "128.0.0.0", "255.255.255.255", true},
		{"10.1.2.3/8", "10.0.0.0/8", "10.0.0.0", "10.255.255.255", true},
		{"172.20.0.0/12", "172.16.0.0/12", "172.16.0.0", "172.31.255.255", true},
		{"10.100.0.1/23", "10.100.0.0/23", "10.100.0.0", "10.100.1.255", true},
		{"192.0.2.130/30", "192.0.2.128/30", "192.0.2.128", "192.0.2.131", true},
		{"192.0.2.1/31", "192.0.2.0/31", "192.0.2.0", "192.0.2.1", true},
		{"192.0.2.0/31", "192.0.2.0/31", "192.0.2.0", "192.0.2.1", false},
		{"192.0.2.1/32", "192.0.2.1/32", "192.0.2.1", "192.0.2.1", false},
		{"2001:db8::1/0", "::/0", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", true},
		{"2001:db8:1:2::1/64", "2001:db8:1:2::/64", "2001:db8:1:2::", "2001:db8:1:2:ffff:ffff:ffff:ffff", true},
		{"2001:db8:1:2fe::/60", "2001:db8:1:2f0::/60", "2001:db8:1:2f0::",
		 "2001:db8:1:2ff:ffff:ffff:ffff:ffff", true},
		{"2001:db8::/56", "2001:db8::/56", "2001:db8::", "2001:db8:0:ff:ffff:ffff:ffff:ffff", false},
		{"2001:db8::f/127", "2001:db8::e/127", "2001:db8::e", "2001:db8::f", true},
		{"2001:db8::f/128", "2001:db8::f/128", "2001:db8::f", "2001:db8::f", false},
	};
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct prefix prefix = prefix_from(all[i].prefix);
		assert_prefix(prefix_network(prefix), all[i].network);
		assert_ip(prefix_first(prefix), all[i].first);
		assert_ip(prefix_last(prefix), all[i].last);
		assert_int_equal(prefix_has_host_bits(prefix), all[i].host_bits);
	}
	assert_prefix(prefix_of(ip_of("192.0.2.7")), "192.0.2.7/32");
	assert_prefix(prefix_of(ip_of("2001:db8::7")), "2001:db8::7/128");
}

static void assert_contains(const char *prefix, const char *ip, bool expected)
{
	if (prefix_contains(prefix_from(prefix), ip_of(ip)) != expected)
		fail_msg("%s in %s should be %d", ip, prefix, expected);
}

static void test_contains(void **state)
{
	(void)state;
	assert_contains("0.0.0.0/0", "255.255.255.255", true);
	assert_contains("0.0.0.0/0", "::1", false);
	assert_contains("::/0", "1.2.3.4", false);
	assert_contains("::/0", "ffff::", true);
	assert_contains("10.0.0.0/8", "10.255.255.255", true);
	assert_contains("10.0.0.0/8", "11.0.0.0", false);
	assert_contains("10.0.0.99/8", "10.1.1.1", true); /* host bits of the prefix do not matter */
	assert_contains("192.0.2.0/31", "192.0.2.1", true);
	assert_contains("192.0.2.0/31", "192.0.2.2", false);
	assert_contains("192.0.2.1/32", "192.0.2.1", true);
	assert_contains("192.0.2.1/32", "192.0.2.0", false);
	assert_contains("2001:db8::/33", "2001:db8:7fff::", true);
	assert_contains("2001:db8::/33", "2001:db8:8000::", false);
	assert_contains("::1/128", "::1", true);
	assert_contains("::1/128", "::", false);
	assert_false(prefix_contains((struct prefix){0}, (struct ip){0}));
}

static void assert_relation(const char *a, const char *b, bool covers, bool covered)
{
	struct prefix x = prefix_from(a), y = prefix_from(b);
	bool overlap = covers || covered;
	if (prefix_covers(x, y) != covers || prefix_covers(y, x) != covered || prefix_overlaps(x, y) != overlap ||
	    prefix_overlaps(y, x) != overlap)
		fail_msg("%s and %s", a, b);
}

static void test_overlap(void **state)
{
	(void)state;
	assert_relation("10.0.0.0/8", "10.0.0.0/8", true, true);
	assert_relation("10.0.0.0/8", "10.20.0.0/16", true, false);
	assert_relation("10.20.30.40/32", "10.20.30.0/24", false, true);
	assert_relation("10.0.0.0/24", "10.0.1.0/24", false, false);
	assert_relation("10.0.0.0/23", "10.0.1.0/24", true, false);
	assert_relation("10.0.0.1/24", "10.0.0.2/24", true, true);
	assert_relation("0.0.0.0/0", "192.0.2.1/32", true, false);
	assert_relation("0.0.0.0/0", "::/0", false, false);
	assert_relation("0.0.0.0/1", "128.0.0.0/1", false, false);
	assert_relation("2001:db8::/32", "2001:db8:ffff::/48", true, false);
	assert_relation("2001:db8::/64", "2001:db8:0:1::/64", false, false);
	assert_relation("::/0", "::1/128", true, false);
}

static void test_add(void **state)
{
	(void)state;
	assert_ip(ip_add(ip_of("10.0.0.1"), 0), "10.0.0.1");
	assert_ip(ip_add(ip_of("10.0.0.250"), 10), "10.0.1.4");
	assert_ip(ip_add(ip_of("10.0.255.255"), 1), "10.1.0.0");
	assert_ip(ip_add(ip_of("10.255.255.255"), 1), "11.0.0.0");
	assert_ip(ip_add(ip_of("10.100.0.0"), 65533), "10.100.255.253");
	assert_ip(ip_add(ip_of("255.255.255.255"), 1), "0.0.0.0");
	assert_ip(ip_add(ip_of("255.255.255.255"), 0x100000001), "0.0.0.0");
	assert_ip(ip_add(ip_of("2001:db8::ffff"), 1), "2001:db8::1:0");
	assert_ip(ip_add(ip_of("2001:db8::ffff:ffff:ffff:ffff"), 1), "2001:db8:0:1::");
	assert_ip(ip_add(ip_of("2001:db8::2"), UINT64_MAX), "2001:db8:0:1::1");
	assert_ip(ip_add(ip_of("2001:db8::"), 0x123456789abcdef0), "2001:db8::1234:5678:9abc:def0");
	assert_ip(ip_add(ip_of("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), 1), "::");
	/* equal, so nothing was left behind the fourth byte */
	assert_true(ip_equal(ip_add(ip_of("255.255.255.255"), 1), ip_of("0.0.0.0")));
}

static void test_neighbours(void **state)
{
	(void)state;
	static const struct pair pairs[] = { /* the lower one and the next */
		{"10.0.0.1", "10.0.0.2"},
		{"10.0.0.255", "10.0.1.0"},
		{"9.255.255.255", "10.0.0.0"},
		{"255.255.255.255", "0.0.0.0"},
		{"2001:db8::ff", "2001:db8::100"},
		{"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::"},
		{"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::"},
	};
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		assert_ip(ip_next(ip_of(pairs[i].from)), pairs[i].to);
		assert_ip(ip_previous(ip_of(pairs[i].to)), pairs[i].from);
		assert_true(ip_equal(ip_previous(ip_of(pairs[i].to)), ip_of(pairs[i].from)));
	}
}

static void assert_offset(const char *prefix, const char *ip, uint64_t expected)
{
	struct prefix p = prefix_from(prefix);
	assert_true(prefix_offset(p, ip_of(ip)) == expected);
	if (prefix_contains(p, ip_of(ip)) && ip_bits(p.ip) - p.length <= 64)
		assert_ip(ip_add(prefix_first(p), expected), ip);
}

static void test_offset(void **state)
{
	(void)state;
	assert_offset("10.100.0.0/24", "10.100.0.12", 12);
	assert_offset("10.100.0.0/16", "10.100.1.2", 258);
	assert_offset("10.100.0.99/16", "10.100.255.255", 65535);
	assert_offset("0.0.0.0/0", "255.255.255.255", 0xffffffff);
	assert_offset("192.0.2.0/31", "192.0.2.1", 1);
	assert_offset("192.0.2.1/32", "192.0.2.1", 0);
	assert_offset("10.0.0.0/20", "10.0.31.1", 0xf01); /* only the host bits count */
	assert_offset("2001:db8::/64", "2001:db8::200", 0x200);
	assert_offset("2001:db8::/64", "2001:db8::ffff:ffff:ffff:ffff", UINT64_MAX);
	assert_offset("2001:db8::/68", "2001:db8::1fff:0:0:1", 0x0fff000000000001);
	assert_offset("2001:db8::/48", "2001:db8:0:30::5", 5); /* the lowest 64 bits of them */
	assert_offset("::/0", "2001:db8::1:2", 0x10002);
	assert_offset("::1/128", "::1", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_refused_addresses),
		cmocka_unit_test(test_prefix_texts),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_edges),
		cmocka_unit_test(test_contains),
		cmocka_unit_test(test_overlap),
		cmocka_unit_test(test_add),
		cmocka_unit_test(test_neighbours),
		cmocka_unit_test(test_offset),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
