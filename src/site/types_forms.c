/* Types with a form of their own: durations, MAC addresses, URLs, IPv6 suffixes, subnet ids. */
#include "site/field.h"
#include "site/names.h"
#include "site/patterns.h"
#include "site/syntax.h"

static const char *store(struct str text, void *value)
{
	((struct site_text *)value)->value = text;
	return NULL;
}

static bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static const char *parse_duration(struct arena *arena, const struct field *field, struct str text, void *value)
{
	int64_t seconds;
	if (!syntax_duration(text, &seconds))
		return "it is a number with 's', 'm' or 'h' behind it, or 0";
	if (field->max > 0 && seconds > field->max)
		return str_format(arena, "at most %lld seconds are allowed", (long long)field->max).ptr;
	((struct site_number *)value)->value = seconds;
	return NULL;
}

static const char *parse_suffix6(struct arena *arena, const struct field *field, struct str text, void *value)
{
	static const uint8_t zero[8] = { 0 };
	struct ip ip;
	(void)arena;
	(void)field;
	if (!ip_parse(text, &ip) || ip.family != IP_V6)
		return "";
	for (size_t i = 0; i < sizeof zero; i++)
		if (ip.bytes[i] != 0)
			return "write only what stands behind the network's /64, for example ::200";
	if (ip_is_unspecified(ip))
		return "all zeros is the network itself";
	((struct site_address *)value)->value = ip;
	return NULL;
}

static const char *parse_range6(struct arena *arena, const struct field *field, struct str text, void *value)
{
	struct ip first, last;
	(void)arena;
	(void)field;
	const char *why = syntax_range(text, &first, &last);
	if (why)
		return why;
	if (first.family != IP_V6)
		return "this is IPv4";
	for (size_t i = 0; i < 8; i++)
		if (first.bytes[i] != 0 || last.bytes[i] != 0)
			return "write only what stands behind the network's /64";
	return store(text, value);
}

static const char *parse_subnet_id(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	for (size_t i = 0; i < text.len; i++)
		if (!is_hex(text.ptr[i]))
			return "it consists of hexadecimal digits";
	return text.len == 0 || text.len > 8 ? "it has one to eight hexadecimal digits" : store(text, value);
}

static const char *parse_mac(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)field;
	if (text.len != 17)
		return "it has six pairs of hexadecimal digits with ':' between them";
	for (size_t i = 0; i < text.len; i++)
		if (i % 3 == 2 ? text.ptr[i] != ':' : !is_hex(text.ptr[i]))
			return "it has six pairs of hexadecimal digits with ':' between them";
	struct str lower = str_lower(arena, text);
	/* The lowest bit of the first octet: IEEE 802. */
	const char *odd = "13579bdf";
	for (size_t i = 0; odd[i]; i++)
		if (lower.ptr[1] == odd[i])
			return "this is a group address; no interface has it";
	return store(lower, value);
}

static const char *parse_url(struct arena *arena, const struct field *field, struct str text, void *value)
{
	static const char *const schemes[] = { "https://", "http://", "ssh://", "git@" };
	(void)arena;
	(void)field;
	bool known = false;
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
		known = known || (str_starts(text, str_of(schemes[i])) && text.len > str_of(schemes[i]).len);
	if (!known)
		return "it begins with https://, ssh:// or git@";
	return name_only(text, "._~:/@%+-") ? store(text, value) : "only letters, digits and ._~:/@%+- are allowed";
}

/* True when `pair` stands somewhere in the text. */
static bool has_pair(struct str text, const char *pair)
{
	for (size_t i = 0; i + 1 < text.len; i++)
		if (text.ptr[i] == pair[0] && text.ptr[i + 1] == pair[1])
			return true;
	return false;
}

static const char *parse_path(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	if (!name_only(text, "._/-"))
		return "only letters, digits and ._/- are allowed";
	if (text.ptr[0] == '/' || text.ptr[0] == '-')
		return "it is relative to the top of the repository";
	if (has_pair(text, ".."))
		return "'..' is not allowed";
	if (has_pair(text, "//") || text.ptr[text.len - 1] == '/')
		return "there is one '/' between two names, and none at the end";
	return store(text, value);
}

static const char *parse_revision(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	if (!name_only(text, "._/-"))
		return "only letters, digits and ._/- are allowed";
	/* git-check-ref-format(1), as far as these characters go. */
	if (text.ptr[0] == '/' || text.ptr[0] == '-' || text.ptr[0] == '.')
		return "it begins with a letter or a digit";
	if (has_pair(text, "..") || has_pair(text, "//"))
		return "'..' and '//' are not allowed";
	if (text.ptr[text.len - 1] == '/' || text.ptr[text.len - 1] == '.')
		return "it does not end in '/' or '.'";
	if (text.len > 250)
		return "at most 250 characters are allowed";
	return store(text, value);
}

static const char *parse_secret_key(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	if (text.len > 253)
		return "at most 253 characters are allowed";
	return name_only(text, "._-") ? store(text, value) : "only letters, digits and ._- are allowed";
}

static const char *parse_network_file(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	if (!str_ends(text, STR(".network")) || text.len == STR(".network").len)
		return "its name ends in .network";
	if (!name_only(text, "._-") || text.ptr[0] == '.' || text.ptr[0] == '-')
		return "write its name without the folder: letters, digits and ._- are allowed";
	return text.len > 200 ? "at most 200 characters are allowed" : store(text, value);
}

static const char *parse_zone(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)field;
	if (!str_equal(text, str_lower(arena, text)))
		return "write it in lower case";
	const char *why = name_host(text);
	if (why)
		return why;
	/* The zone's file is named after it, and a file name has at most 255 bytes. */
	if (text.len > 250)
		return "at most 250 characters are allowed";
	return str_find(text, '.') == text.len ? "a zone has at least one dot" : store(text, value);
}

static const char *parse_zone_id(struct arena *arena, const struct field *field, struct str text, void *value)
{
	(void)arena;
	(void)field;
	bool good = text.len == 32;
	for (size_t i = 0; good && i < text.len; i++)
		good = is_hex(text.ptr[i]) && (text.ptr[i] < 'A' || text.ptr[i] > 'Z');
	return good ? store(text, value) : "it has 32 hexadecimal digits in lower case";
}

const struct value_type type_zone = { "a DNS zone", "example.org", "string", "^" PATTERN_ZONE, STORE_TEXT, parse_zone };
const struct value_type type_zone_id = { "a zone id of Cloudflare", "023e105f4ecef8ad9ca31a8372d0c353", "string",
	"^[0-9a-f]{32}$", STORE_TEXT, parse_zone_id };
const struct value_type type_duration = { "a duration", "5m", "scalar",
	"^(0|(0|[1-9][0-9]{0,5}|1000000)[smh])$", STORE_NUMBER, parse_duration };
const struct value_type type_suffix6 = { "an IPv6 suffix", "\"::200\"", "string",
	"^(?=::|0{1,4}:)" PATTERN_IP6 "$", STORE_ADDRESS, parse_suffix6 };
const struct value_type type_range6 = { "a range of IPv6 suffixes", "\"::1000-::1fff\"", "string",
	"^(?= *(::|0{1,4}:))( *" PATTERN_IP6 " *- *" PATTERN_IP6 " *|" PATTERN_IP6 "|" PATTERN_IP6 "/" PATTERN_LENGTH6 ")$",
	STORE_TEXT, parse_range6 };
const struct value_type type_subnet_id = { "a subnet id in hexadecimal digits", "30", "scalar", "^[0-9A-Fa-f]{1,8}$", STORE_TEXT,
	parse_subnet_id };
const struct value_type type_mac = { "a MAC address", "\"bc:24:11:1c:e2:8c\"", "string",
	"^[0-9A-Fa-f][02468ACEace](:[0-9A-Fa-f]{2}){5}$", STORE_TEXT, parse_mac };
const struct value_type type_url = { "the address of a Git repository", "https://github.com/example/homelab", "string",
	"^(https?://|ssh://|git@)[A-Za-z0-9._~:/@%+-]+$", STORE_TEXT, parse_url };
const struct value_type type_path = { "a folder in the repository", "kubernetes", "string",
	"^(?!.*(\\.\\.|//))[A-Za-z0-9._]([A-Za-z0-9._/-]*[A-Za-z0-9._-])?$", STORE_TEXT, parse_path };
const struct value_type type_revision = { "a branch, tag or commit", "main", "string", "^(?!.*(\\.\\.|//))[A-Za-z0-9_]([A-Za-z0-9._/-]{0,248}[A-Za-z0-9_-])?$", STORE_TEXT, parse_revision };
const struct value_type type_secret_key = { "a key of a secret", "api-token", "string", "^[A-Za-z0-9._-]{1,253}$", STORE_TEXT, parse_secret_key };
const struct value_type type_network_file = { "the name of a .network file", "10-eth0.network", "string",
	"^(?=.{1,200}$)[A-Za-z0-9_][A-Za-z0-9._-]*\\.network$", STORE_TEXT, parse_network_file };
