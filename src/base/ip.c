/* Arithmetic with addresses and prefixes. Their text is in ip_text.c, the special ranges are in ip_special.c. */
#include "base/ip.h"

#include <string.h>

int ip_bits(struct ip ip)
{
	return ip.family == IP_V6 ? 128 : 32;
}

int ip_compare(struct ip a, struct ip b)
{
	if (a.family != b.family)
		return a.family < b.family ? -1 : 1;
	return memcmp(a.bytes, b.bytes, sizeof(a.bytes));
}

bool ip_equal(struct ip a, struct ip b)
{
	return ip_compare(a, b) == 0;
}

int prefix_compare(struct prefix a, struct prefix b)
{
	int order = ip_compare(a.ip, b.ip);
	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

bool prefix_equal(struct prefix a, struct prefix b)
{
	return prefix_compare(a, b) == 0;
}

/* Which bits of byte `i` belong to a network of `length` bits. */
static uint8_t mask_byte(int length, int i)
{
	int bits = length - 8 * i;
	if (bits <= 0)
		return 0;
	if (bits >= 8)
		return UINT8_MAX;
	return (uint8_t)(0xff << (8 - bits) & 0xff);
}

bool ip_in_range(struct ip ip, struct ip first, struct ip last)
{
	return ip.family != IP_NONE && first.family == ip.family && ip_compare(first, ip) <= 0 && ip_compare(ip, last) <= 0;
}

struct prefix prefix_of(struct ip ip)
{
	return (struct prefix){ip, (uint8_t)ip_bits(ip)};
}

struct ip prefix_first(struct prefix prefix)
{
	for (int i = 0; i < ip_bits(prefix.ip) / 8; i++)
		prefix.ip.bytes[i] = (uint8_t)(prefix.ip.bytes[i] & mask_byte(prefix.length, i));
	return prefix.ip;
}

struct ip prefix_last(struct prefix prefix)
{
	for (int i = 0; i < ip_bits(prefix.ip) / 8; i++)
		prefix.ip.bytes[i] = (uint8_t)(prefix.ip.bytes[i] | (mask_byte(prefix.length, i) ^ 0xff));
	return prefix.ip;
}

struct prefix prefix_network(struct prefix prefix)
{
	return (struct prefix){prefix_first(prefix), prefix.length};
}

bool prefix_has_host_bits(struct prefix prefix)
{
	return !ip_equal(prefix.ip, prefix_first(prefix));
}

bool prefix_contains(struct prefix prefix, struct ip ip)
{
	if (ip.family == IP_NONE || prefix.ip.family != ip.family)
		return false;
	return ip_equal(prefix_first(prefix), prefix_first((struct prefix){ip, prefix.length}));
}

bool prefix_covers(struct prefix outer, struct prefix inner)
{
	return outer.length <= inner.length && prefix_contains(outer, inner.ip);
}

bool prefix_overlaps(struct prefix a, struct prefix b)
{
	return prefix_covers(a, b) || prefix_covers(b, a);
}

struct ip ip_add(struct ip ip, uint64_t offset)
{
	unsigned carry = 0;
	for (int i = ip_bits(ip) / 8 - 1; i >= 0; i--) {
		unsigned sum = ip.bytes[i] + (unsigned)(offset & 0xff) + carry;
		ip.bytes[i] = (uint8_t)(sum & 0xff);
		carry = sum >> 8;
		offset >>= 8;
	}
	return ip;
}

struct ip ip_previous(struct ip ip)
{
	int i = ip_bits(ip) / 8 - 1;
	while (i > 0 && ip.bytes[i] == 0)
		ip.bytes[i--] = 0xff;
	ip.bytes[i]--;
	return ip;
}

struct ip ip_next(struct ip ip)
{
	return ip_add(ip, 1);
}

uint64_t prefix_offset(struct prefix prefix, struct ip ip)
{
	uint64_t offset = 0;
	for (int i = 0; i < ip_bits(ip) / 8; i++)
		offset = offset << 8 | (uint64_t)(ip.bytes[i] & (mask_byte(prefix.length, i) ^ 0xff));
	return offset;
}
