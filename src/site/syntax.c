/* The small languages inside values. */
#include "site/syntax.h"
#include "site/names.h"

bool syntax_ports(struct str text, uint16_t *first, uint16_t *last)
{
	unsigned long long low, high;
	size_t dash = str_find(text, '-');
	if (!str_to_number(str_slice(text, 0, dash), 65535, &low) || low == 0)
		return false;
	high = low;
	if (dash < text.len && (!str_to_number(str_slice(text, dash + 1, text.len), 65535, &high) || high < low))
		return false;
	*first = (uint16_t)low;
	*last = (uint16_t)high;
	return true;
}

static bool read_protocol(struct str text, enum protocol *protocol)
{
	*protocol = str_equal(text, STR("tcp")) ? PROTOCOL_TCP : str_equal(text, STR("udp")) ? PROTOCOL_UDP : PROTOCOL_ANY;
	return *protocol != PROTOCOL_ANY;
}

/* "10.0.0.1", "10.0.0.1:22", "2001:db8::1", "[2001:db8::1]:22"; the port part is left in `ports` (empty: none). */
static bool split_host(struct str text, struct ip *ip, struct str *ports)
{
	*ports = (struct str){ "", 0 };
	if (ip_parse(text, ip))
		return true;
	if (text.len > 0 && text.ptr[0] == '[') {
		size_t close = str_find(text, ']');
		if (close + 1 >= text.len || text.ptr[close + 1] != ':')
			return false;
		*ports = str_slice(text, close + 2, text.len);
		return ip_parse(str_slice(text, 1, close), ip) && ip->family == IP_V6 && ports->len > 0;
	}
	size_t colon = str_find(text, ':');
	*ports = str_slice(text, colon + 1, text.len);
	return colon < text.len && ip_parse(str_slice(text, 0, colon), ip) && ports->len > 0;
}

const char *syntax_reach(struct str text, struct syntax_endpoint *endpoint)
{
	*endpoint = (struct syntax_endpoint){ .protocol = PROTOCOL_ANY };
	if (prefix_parse(text, &endpoint->prefix)) {
		endpoint->is_address = true;
		return NULL;
	}
	size_t slash = str_find(text, '/');
	struct ip ip;
	struct str ports;
	if (slash < text.len) {
		if (!split_host(str_slice(text, 0, slash), &ip, &ports))
			return "before the '/' stands no address; networks are written 10.20.0.0/24, services 10.20.0.5:22/tcp";
		if (!read_protocol(str_slice(text, slash + 1, text.len), &endpoint->protocol))
			return "after the '/' stands a prefix length, 'tcp' or 'udp'";
		if (ports.len > 0 && !syntax_ports(ports, &endpoint->first, &endpoint->last))
			return "ports are numbers from 1 to 65535, or a range such as 8000-8010";
		endpoint->is_address = true;
		endpoint->prefix = prefix_of(ip);
		return NULL;
	}
	if (split_host(text, &ip, &ports)) {
		if (ports.len > 0)
			return "a port needs its protocol: add '/tcp' or '/udp'";
		endpoint->is_address = true;
		endpoint->prefix = prefix_of(ip);
		return NULL;
	}
	if (!name_only(text, "_.-"))
		return "";
	endpoint->name = text;
	return NULL;
}

const char *syntax_target(struct str text, struct syntax_endpoint *endpoint)
{
	*endpoint = (struct syntax_endpoint){ .protocol = PROTOCOL_TCP };
	struct ip ip;
	struct str ports;
	size_t colon = str_find(text, ':');
	if (split_host(text, &ip, &ports)) {
		endpoint->is_address = true;
		endpoint->prefix = prefix_of(ip);
	} else {
		endpoint->name = str_slice(text, 0, colon);
		ports = str_slice(text, colon + 1, text.len);
		if (!str_equal(endpoint->name, STR("ingress")))
			return "the target is an address in the LAN or the word 'ingress', then ':' and a port";
	}
	if (ports.len == 0)
		return "the port is missing";
	if (!endpoint->is_address && !name_label(ports)) {
		endpoint->entry = ports;
		return NULL;
	}
	if (!syntax_ports(ports, &endpoint->first, &endpoint->last) || endpoint->first != endpoint->last)
		return "the port is a number from 1 to 65535";
	return NULL;
}

const char *syntax_opening(struct str text, struct site_opening *opening)
{
	size_t space = str_find(text, ' ');
	struct str port = str_slice(text, 0, space), rest = str_trim(str_slice(text, space, text.len));
	size_t slash = str_find(port, '/');
	if (slash == port.len || !read_protocol(str_slice(port, slash + 1, port.len), &opening->protocol))
		return "a port needs its protocol: '/tcp' or '/udp'";
	if (!syntax_ports(str_slice(port, 0, slash), &opening->first, &opening->last))
		return "ports are numbers from 1 to 65535, or a range such as 8000-8010";
	if (rest.len == 0)
		return NULL;
	if (!str_starts(rest, STR("from ")))
		return "after the port may only stand 'from' and a network";
	struct str from = str_trim(str_slice(rest, 5, rest.len));
	struct ip ip;
	if (ip_parse(from, &ip)) {
		opening->from = prefix_of(ip);
		return NULL;
	}
	if (!prefix_parse(from, &opening->from))
		return "after 'from' stands an address or a network";
	return prefix_has_host_bits(opening->from) ? "the network after 'from' has host bits set" : NULL;
}

const char *syntax_range(struct str text, struct ip *first, struct ip *last)
{
	struct prefix prefix;
	size_t dash = str_find(text, '-');
	if (dash < text.len) {
		if (!ip_parse(str_trim(str_slice(text, 0, dash)), first) || !ip_parse(str_trim(str_slice(text, dash + 1, text.len)), last) ||
		    first->family != last->family)
			return "a range is two addresses with '-' between them";
		return ip_compare(*first, *last) > 0 ? "the range runs backwards" : NULL;
	}
	if (ip_parse(text, first)) {
		*last = *first;
		return NULL;
	}
	if (!prefix_parse(text, &prefix))
		return "";
	if (prefix_has_host_bits(prefix))
		return "the prefix has host bits set; Cilium would silently round it down";
	*first = prefix_first(prefix);
	*last = prefix_last(prefix);
	return NULL;
}

bool syntax_duration(struct str text, int64_t *seconds)
{
	static const struct { char letter; int64_t seconds; } units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 } };
	unsigned long long number;
	if (str_equal(text, STR("0"))) {
		*seconds = 0;
		return true;
	}
	if (text.len < 2 || !str_to_number(str_slice(text, 0, text.len - 1), 1000000, &number))
		return false;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (text.ptr[text.len - 1] == units[i].letter) {
			*seconds = (int64_t)number * units[i].seconds;
			return true;
		}
	return false;
}

static uint8_t hex_pair(const char *at)
{
	unsigned value = 0;
	for (int i = 0; i < 2; i++)
		value = value * 16 + (unsigned)(at[i] <= '9' ? at[i] - '0' : (at[i] | 0x20) - 'a' + 10);
	return (uint8_t)value;
}

struct ip syntax_eui64(struct str mac)
{
	enum { HOST = 8, UNIVERSAL = 0x02 };
	struct ip host = { .family = IP_V6, .bytes = { [HOST + 3] = 0xff, [HOST + 4] = 0xfe } };
	for (size_t i = 0; i < 6; i++)
		host.bytes[HOST + (i < 3 ? i : i + 2)] = hex_pair(mac.ptr + 3 * i);
	host.bytes[HOST] ^= UNIVERSAL;
	return host;
}
