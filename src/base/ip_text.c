/* The text of addresses and prefixes: strict parsing and canonical printing (RFC 5952). */
#include "base/ip.h"

#include <stdio.h>
#include <string.h>

enum { NO_GAP = 255 };

static bool parse_v4(struct str text, uint8_t bytes[4])
{
	for (int i = 0; i < 4; i++) {
		unsigned long long octet;
		size_t dot = str_find(text, '.');
		bool last = dot == text.len;
		if (last != (i == 3) || !str_to_number(str_slice(text, 0, dot), 255, &octet))
			return false;
		bytes[i] = (uint8_t)octet;
		text = str_slice(text, dot + 1, text.len);
	}
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool parse_group(struct str text, uint8_t bytes[2])
{
	unsigned group = 0;
	if (text.len < 1 || text.len > 4)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		int digit = hex_digit(text.ptr[i]);
		if (digit < 0)
			return false;
		group = group * 16 + (unsigned)digit;
	}
	bytes[0] = (uint8_t)(group >> 8);
	bytes[1] = (uint8_t)(group & 0xff);
	return true;
}

/* Reads the groups in front of and behind "::" one after the other into `bytes`; sets how many bytes there were and
 * before which of them "::" stood. */
static bool parse_groups(struct str text, uint8_t bytes[16], size_t *used, size_t *gap)
{
	*used = 0;
	*gap = NO_GAP;
	if (str_starts(text, STR("::"))) {
		*gap = 0;
		text = str_slice(text, 2, text.len);
	}
	while (text.len > 0) {
		size_t colon = str_find(text, ':');
		struct str group = str_slice(text, 0, colon);
		bool quad = str_find(group, '.') < group.len;
		size_t size = quad ? 4 : 2;
		if (*used + size > 16 || !(quad ? parse_v4(group, bytes + *used) : parse_group(group, bytes + *used)))
			return false;
		*used += size;
		if (colon == text.len)
			break;
		text = str_slice(text, colon + 1, text.len);
		if (quad || text.len == 0) /* a dotted quad is the end; a single colon is none */
			return false;
		if (text.ptr[0] == ':') {
			if (*gap != NO_GAP)
				return false;
			*gap = *used;
			text = str_slice(text, 1, text.len);
		}
	}
	return true;
}

static bool parse_v6(struct str text, uint8_t bytes[16])
{
	size_t used, gap;
	if (!parse_groups(text, bytes, &used, &gap))
		return false;
	if (gap == NO_GAP)
		return used == 16;
	if (used > 14) /* "::" stands for one group at least */
		return false;
	size_t behind = used - gap;
	memmove(bytes + 16 - behind, bytes + gap, behind);
	memset(bytes + gap, 0, 16 - used);
	return true;
}

bool ip_parse(struct str text, struct ip *ip)
{
	struct ip parsed = {0};
	bool v6 = str_find(text, ':') < text.len;
	parsed.family = v6 ? IP_V6 : IP_V4;
	if (!(v6 ? parse_v6(text, parsed.bytes) : parse_v4(text, parsed.bytes)))
		return false;
	*ip = parsed;
	return true;
}

bool prefix_parse(struct str text, struct prefix *prefix)
{
	struct prefix parsed;
	unsigned long long length;
	size_t slash = str_find(text, '/');
	if (slash == text.len || !ip_parse(str_slice(text, 0, slash), &parsed.ip))
		return false;
	if (!str_to_number(str_slice(text, slash + 1, text.len), (unsigned)ip_bits(parsed.ip), &length))
		return false;
	parsed.length = (uint8_t)length;
	*prefix = parsed;
	return true;
}

static void format_v4(const uint8_t bytes[4], char *out, size_t room)
{
	snprintf(out, room, "%d.%d.%d.%d", bytes[0], bytes[1], bytes[2], bytes[3]);
}

/* The first of the longest runs of zero groups; a single group is no run (RFC 5952, 4.2). */
static void longest_run(const unsigned groups[8], int *start, int *length)
{
	*start = -1;
	*length = 1;
	for (int i = 0; i < 8; i++) {
		int end = i;
		while (end < 8 && groups[end] == 0)
			end++;
		if (end - i > *length) {
			*start = i;
			*length = end - i;
		}
	}
}

static void format_v6(const uint8_t bytes[16], char out[static IP_TEXT])
{
	static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	if (memcmp(bytes, mapped, sizeof(mapped)) == 0) { /* RFC 5952, 5: the one well-known mixed notation */
		static const char prefix[] = "::ffff:";
		memcpy(out, prefix, sizeof prefix);
		format_v4(bytes + 12, out + sizeof prefix - 1, IP_TEXT - (sizeof prefix - 1));
		return;
	}
	unsigned groups[8];
	int run, run_length;
	for (int i = 0; i < 8; i++)
		groups[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
	longest_run(groups, &run, &run_length);
	size_t at = 0;
	for (int i = 0; i < 8; i++) {
		if (i == run) {
			at += (size_t)snprintf(out + at, IP_TEXT - at, "::");
			i += run_length - 1;
		} else {
			bool colon = i > 0 && out[at - 1] != ':';
			at += (size_t)snprintf(out + at, IP_TEXT - at, colon ? ":%x" : "%x", groups[i]);
		}
	}
}

char *ip_format(struct ip ip, char out[static IP_TEXT])
{
	out[0] = '\0';
	if (ip.family == IP_V4)
		format_v4(ip.bytes, out, IP_TEXT);
	else if (ip.family == IP_V6)
		format_v6(ip.bytes, out);
	return out;
}

char *prefix_format(struct prefix prefix, char out[static PREFIX_TEXT])
{
	ip_format(prefix.ip, out);
	size_t len = strlen(out);
	if (len > 0)
		snprintf(out + len, PREFIX_TEXT - len, "/%d", prefix.length);
	return out;
}
