/* The kinds of scalar values: how each is read, and what it is called in messages, schema and manual. */
#include "secret/key.h"
#include "site/field.h"
#include "site/names.h"
#include "site/patterns.h"
#include "site/syntax.h"

#include <sodium.h>

size_t storage_size(enum storage storage)
{
	static const size_t sizes[] = {
		[STORE_TEXT] = sizeof(struct site_text), [STORE_NUMBER] = sizeof(struct site_number),
		[STORE_FLAG] = sizeof(struct site_flag), [STORE_CHOICE] = sizeof(struct site_choice),
		[STORE_ADDRESS] = sizeof(struct site_address), [STORE_PREFIX] = sizeof(struct site_prefix),
	};
	return sizes[storage];
}

static const char *store_text(struct str text, void *value)
{
	((struct site_text *)value)->value = text;
	return NULL;
}

static const char *named(const char *(*check)(struct str), const struct field *field, struct arena *arena, struct str text, void *value)
{
	const char *why = check(text);
	if (why)
		return why;
	if (field->max > 0 && text.len > (size_t)field->max)
		return str_format(arena, "at most %d characters are allowed", (int)field->max).ptr;
	return store_text(text, value);
}

static const char *parse_text(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	return text.len == 0 ? "it is empty" : store_text(text, value);
}

static const char *parse_label(struct arena *arena, const struct field *field, struct str text, void *value)
{
	return named(name_label, field, arena, text, value);
}

static const char *parse_kube_name(struct arena *arena, const struct field *field, struct str text, void *value)
{
	return named(name_kubernetes, field, arena, text, value);
}

static const char *parse_client_name(struct arena *arena, const struct field *field, struct str text, void *value)
{
	return named(name_client, field, arena, text, value);
}

static const char *parse_host(struct arena *arena, const struct field *field, struct str text, void *value)
{
	return named(name_host, field, arena, text, value);
}

static const char *parse_host_pattern(struct arena *arena, const struct field *field, struct str text, void *value)
{
	const char *why = named(name_host_pattern, field, arena, text, value);
	return why ? why : str_find(text, '.') == text.len ? "a public name has at least one dot" : NULL;
}

static const char *parse_domain(struct arena *arena, const struct field *field, struct str text, void *value)
{
	const char *why = named(name_host, field, arena, text, value);
	return why ? why : str_find(text, '.') == text.len ? "a domain has at least one dot" : NULL;
}

static const char *parse_interface(struct arena *arena, const struct field *field, struct str text, void *value)
{
	return named(name_interface, field, arena, text, value);
}

static const char *parse_ssh(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	size_t at = str_find(text, '@');
	struct str user = str_slice(text, 0, at), host = str_slice(text, at + 1, text.len);
	struct ip ip;
	if (at == text.len)
		return "it has the form user@host";
	if (name_interface(user))
		return "the user name before the '@' is not one";
	if (!ip_parse(host, &ip) && name_host(host))
		return "behind the '@' stands no address and no host name";
	return store_text(text, value);
}

static const char *parse_version(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	struct version version;
	return version_parse(text, &version) ? store_text(text, value) : "";
}

static const char *parse_number(struct arena *arena, const struct field *field, struct str text, void *value)
{
	bool negative = text.len > 1 && text.ptr[0] == '-';
	unsigned long long number;
	if (!str_to_number(str_slice(text, negative ? 1 : 0, text.len), 1000000000, &number))
		return "";
	int64_t found = negative ? -(int64_t)number : (int64_t)number;
	if ((field->min != 0 || field->max != 0) && (found < field->min || found > field->max))
		return str_format(arena, "it must lie between %lld and %lld", (long long)field->min, (long long)field->max).ptr;
	((struct site_number *)value)->value = found;
	return NULL;
}

static const char *parse_port(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	unsigned long long number;
	if (!str_to_number(text, 1000000000, &number))
		return "";
	if (number < 1 || number > 65535)
		return "ports run from 1 to 65535";
	((struct site_number *)value)->value = (int64_t)number;
	return NULL;
}

static const char *parse_flag(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	bool yes = str_equal(text, STR("true"));
	if (!yes && !str_equal(text, STR("false")))
		return "";
	((struct site_flag *)value)->value = yes;
	return NULL;
}

static const char *parse_choice(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	for (int i = 0; field->choices[i]; i++)
		if (str_equal(text, str_of(field->choices[i]))) {
			((struct site_choice *)value)->value = i;
			return NULL;
		}
	return ""; /* the decoder lists the choices */
}

static const char *parse_address(struct str text, int family, void *value)
{
	struct ip ip;
	struct prefix prefix;
	if (!ip_parse(text, &ip))
		return prefix_parse(text, &prefix) ? "it is an address without '/' and length" : "";
	if (family && ip.family != family)
		return family == IP_V4 ? "this is an IPv6 address" : "this is an IPv4 address";
	((struct site_address *)value)->value = ip;
	return NULL;
}

static const char *parse_prefix_of(struct str text, int family, void *value)
{
	struct ip ip;
	struct prefix prefix;
	if (!prefix_parse(text, &prefix))
		return ip_parse(text, &ip) ? "the prefix length is missing, for example '/24'" : "";
	if (family && prefix.ip.family != family)
		return family == IP_V4 ? "this is an IPv6 prefix" : "this is an IPv4 prefix";
	((struct site_prefix *)value)->value = prefix;
	return NULL;
}

#define ADDRESS_PARSER(name, family) \
	static const char *name(struct arena *arena, const struct field *field, struct str text, void *value) \
	{ (void)arena; (void)field; return parse_address(text, family, value); }
#define PREFIX_PARSER(name, family) \
	static const char *name(struct arena *arena, const struct field *field, struct str text, void *value) \
	{ (void)arena; (void)field; return parse_prefix_of(text, family, value); }
ADDRESS_PARSER(parse_ip4, IP_V4)
ADDRESS_PARSER(parse_ip6, IP_V6)
ADDRESS_PARSER(parse_ip, IP_NONE)
PREFIX_PARSER(parse_prefix4, IP_V4)
PREFIX_PARSER(parse_prefix6, IP_V6)
PREFIX_PARSER(parse_prefix, IP_NONE)

static const char *parse_public_key(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	uint8_t key[KEY_BYTES];
	bool good = key_decode(text, key), zero = good && key_is_zero(key);
	sodium_memzero(key, sizeof key); /* somebody may have pasted a private key */
	if (zero)
		return "this is the empty key";
	return good ? store_text(text, value) : "it is 44 characters of base64 and ends with '='";
}

static const char *parse_opening(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	struct site_opening opening = { 0 };
	const char *why = syntax_opening(text, &opening);
	return why ? why : store_text(text, value);
}

static const char *parse_target(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	struct syntax_endpoint endpoint;
	const char *why = syntax_target(text, &endpoint);
	return why ? why : store_text(text, value);
}

static const char *parse_reach(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	struct syntax_endpoint endpoint;
	const char *why = syntax_reach(text, &endpoint);
	return why ? why : store_text(text, value);
}

static const char *parse_range4(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	struct ip first, last;
	const char *why = syntax_range(text, &first, &last);
	if (why)
		return why;
	return first.family != IP_V4 ? "this is IPv6" : store_text(text, value);
}

const struct value_type type_text = { "text", "\"some text\"", "string",
	"^" PATTERN_PRINTABLE "+$", STORE_TEXT, parse_text };
const struct value_type type_number = { "a whole number", "1420", "integer", NULL, STORE_NUMBER, parse_number };
const struct value_type type_flag = { "true or false", "true", "boolean", NULL, STORE_FLAG, parse_flag };
const struct value_type type_choice = { "one of its words", "", "string", NULL, STORE_CHOICE, parse_choice };
const struct value_type type_port = { "a port number", "443", "integer", NULL, STORE_NUMBER, parse_port };
const struct value_type type_ip4 = { "an IPv4 address", "10.20.0.5", "string",
	"^" PATTERN_IP4 "$", STORE_ADDRESS, parse_ip4 };
const struct value_type type_ip6 = { "an IPv6 address", "2001:db8::1", "string",
	"^" PATTERN_IP6 "$", STORE_ADDRESS, parse_ip6 };
const struct value_type type_ip = { "an IP address", "1.1.1.1", "string",
	"^" PATTERN_IP "$", STORE_ADDRESS, parse_ip };
const struct value_type type_prefix4 = { "an IPv4 network", "10.20.0.0/24", "string",
	"^" PATTERN_IP4 "/" PATTERN_LENGTH4 "$", STORE_PREFIX, parse_prefix4 };
const struct value_type type_prefix6 = { "an IPv6 prefix", "fd5e:7a1c:90d2::/64", "string",
	"^" PATTERN_IP6 "/" PATTERN_LENGTH6 "$", STORE_PREFIX, parse_prefix6 };
const struct value_type type_prefix = { "a network", "10.20.0.0/24", "string",
	"^" PATTERN_PREFIX "$", STORE_PREFIX, parse_prefix };
const struct value_type type_label = { "a name of lower-case letters, digits and '-'", "trusted-lan", "string",
	"^" PATTERN_NAME "$", STORE_TEXT, parse_label };
const struct value_type type_dns_label = { "the first part of a host name", "jellyfin", "string",
	"^" PATTERN_LABEL "$", STORE_TEXT, parse_kube_name };
const struct value_type type_kube_name = { "a Kubernetes name", "traefik", "string",
	"^" PATTERN_LABEL "$", STORE_TEXT, parse_kube_name };
const struct value_type type_client_name = { "a client's name", "android", "string",
	"^(?![0-9]+$)(?!" PATTERN_IP4 "$)" PATTERN_NO_DEVICE "[A-Za-z0-9]([A-Za-z0-9_.-]{0,13}[A-Za-z0-9_-])?$",
	STORE_TEXT, parse_client_name };
const struct value_type type_host = { "a host name", "git.example.org", "string",
	"^" PATTERN_HOST, STORE_TEXT, parse_host };
const struct value_type type_host_pattern = { "a host name or a wildcard", "\"*.example.org\"", "string",
	"^(\\*\\.)?" PATTERN_DOMAIN, STORE_TEXT, parse_host_pattern };
const struct value_type type_domain = { "a domain", "example.org", "string",
	"^" PATTERN_DOMAIN, STORE_TEXT, parse_domain };
const struct value_type type_interface = { "an interface name", "eth0", "string", "^[A-Za-z0-9_][A-Za-z0-9_.-]*$", STORE_TEXT,
	parse_interface };
const struct value_type type_ssh = { "an SSH login", "root@203.0.113.5", "string",
	"^[A-Za-z0-9_][A-Za-z0-9_.-]*@(" PATTERN_IP "$|" PATTERN_HOST ")", STORE_TEXT, parse_ssh };
const struct value_type type_version = { "a release number", "\"7.20.8\"", "string",
	"^(0|[1-9][0-9]{0,4})(\\.(0|[1-9][0-9]{0,4})){1,2}$", STORE_TEXT, parse_version };
const struct value_type type_public_key = { "a WireGuard public key", "\"<output of wg pubkey>\"", "string",
	"^(?!A{43}=)[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$", STORE_TEXT, parse_public_key };
const struct value_type type_opening = { "a port with its protocol", "\"9100/tcp from 10.20.0.0/24\"", "string",
	"^" PATTERN_PORTS "/(tcp|udp)( *| +from +(" PATTERN_IP "|" PATTERN_PREFIX ") *)$", STORE_TEXT, parse_opening };
const struct value_type type_target = { "a target", "ingress:443", "string",
	"^(ingress:(" PATTERN_PORT "|" PATTERN_NAME ")|(" PATTERN_IP4 "|\\[" PATTERN_IP6 "\\]):" PATTERN_PORT ")$",
	STORE_TEXT, parse_target };
const struct value_type type_reach = { "a destination", "\"10.20.0.5:22/tcp\"", "string",
	"^([A-Za-z0-9_.-]+|" PATTERN_IP6 "|" PATTERN_PREFIX
	"|(" PATTERN_IP "|(" PATTERN_IP4 "|\\[" PATTERN_IP6 "\\]):" PATTERN_PORTS ")/(tcp|udp))$", STORE_TEXT, parse_reach };
const struct value_type type_range4 = { "a range of IPv4 addresses", "10.30.0.201-10.30.0.250", "string",
	"^( *" PATTERN_IP4 " *- *" PATTERN_IP4 " *|" PATTERN_IP4 "|" PATTERN_IP4 "/" PATTERN_LENGTH4 ")$", STORE_TEXT, parse_range4 };
