/* The special address ranges of the IANA registries, as tables of prefixes. */
#include "base/ip.h"

static bool in_any(const struct prefix *ranges, size_t count, struct ip ip)
{
	for (size_t i = 0; i < count; i++)
		if (prefix_contains(ranges[i], ip))
			return true;
	return false;
}

bool ip_is_private(struct ip ip)
{
	static const struct prefix ranges[] = {
		{{IP_V4, {10}}, 8},
		{{IP_V4, {172, 16}}, 12},
		{{IP_V4, {192, 168}}, 16},
	};
	return in_any(ranges, sizeof(ranges) / sizeof(ranges[0]), ip) || ip_is_ula(ip);
}

bool ip_is_documentation(struct ip ip)
{
	static const struct prefix ranges[] = {
		{{IP_V4, {192, 0, 2}}, 24},
		{{IP_V4, {198, 51, 100}}, 24},
		{{IP_V4, {203, 0, 113}}, 24},
		{{IP_V6, {0x20, 0x01, 0x0d, 0xb8}}, 32},
		{{IP_V6, {0x3f, 0xff}}, 20},
	};
	return in_any(ranges, sizeof(ranges) / sizeof(ranges[0]), ip);
}

bool ip_is_loopback(struct ip ip)
{
	static const struct prefix ranges[] = {
		{{IP_V4, {127}}, 8},
		{{IP_V6, {[15] = 1}}, 128},
	};
	return in_any(ranges, sizeof(ranges) / sizeof(ranges[0]), ip);
}

bool ip_is_link_local(struct ip ip)
{
	static const struct prefix ranges[] = {
		{{IP_V4, {169, 254}}, 16},
		{{IP_V6, {0xfe, 0x80}}, 10},
	};
	return in_any(ranges, sizeof(ranges) / sizeof(ranges[0]), ip);
}

bool ip_is_multicast(struct ip ip)
{
	static const struct prefix ranges[] = {
		{{IP_V4, {224}}, 4},
		{{IP_V6, {0xff}}, 8},
	};
	return in_any(ranges, sizeof(ranges) / sizeof(ranges[0]), ip);
}

bool ip_is_unspecified(struct ip ip)
{
	static const struct prefix ranges[] = {
		{{IP_V4, {0}}, 32},
		{{IP_V6, {0}}, 128},
	};
	return in_any(ranges, sizeof(ranges) / sizeof(ranges[0]), ip);
}

bool ip_is_cgnat(struct ip ip)
{
	return prefix_contains((struct prefix){{IP_V4, {100, 64}}, 10}, ip);
}

bool ip_is_ula(struct ip ip)
{
	return prefix_contains((struct prefix){{IP_V6, {0xfc}}, 7}, ip);
}

/* Ranges without a name of their own in this header that no host on the Internet can have. */
static bool is_reserved(struct ip ip)
{
	static const struct prefix ranges[] = {
		{{IP_V4, {0}}, 8}, /* "this network" */
		{{IP_V4, {192, 0, 0}}, 24}, /* IETF protocol assignments */
		{{IP_V4, {192, 88, 99}}, 24}, /* 6to4 relays, withdrawn by RFC 7526 */
		{{IP_V4, {198, 18}}, 15}, /* benchmarks */
		{{IP_V4, {240}}, 4}, /* class E and the limited broadcast */
		{{IP_V6, {0x20, 0x01, 0x00}}, 23}, /* IETF protocol assignments: Teredo, ORCHID, benchmarks */
		{{IP_V6, {0x20, 0x02}}, 16}, /* 6to4 */
	};
	return in_any(ranges, sizeof(ranges) / sizeof(ranges[0]), ip);
}

bool ip_is_public(struct ip ip)
{
	static const struct prefix global = {{IP_V6, {0x20}}, 3};
	if (ip.family == IP_NONE || (ip.family == IP_V6 && !prefix_contains(global, ip)))
		return false;
	return !ip_is_private(ip) && !ip_is_documentation(ip) && !ip_is_loopback(ip) && !ip_is_link_local(ip) &&
	       !ip_is_multicast(ip) && !ip_is_unspecified(ip) && !ip_is_cgnat(ip) && !is_reserved(ip);
}
