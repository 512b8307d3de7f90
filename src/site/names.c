/* What names may look like on the machines they end up on. */
#include "site/names.h"
#include "base/ip.h"

static bool is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return is_lower(c) || (c >= 'A' && c <= 'Z');
}

bool name_only(struct str text, const char *marks)
{
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];
		bool good = is_letter(c) || is_digit(c);
		for (const char *m = marks; !good && *m; m++)
			good = c == *m;
		if (!good)
			return false;
	}
	return text.len > 0;
}

static bool ascii(struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		if ((unsigned char)name.ptr[i] >= 0x80)
			return false;
	return true;
}

static const char *check_label(struct str name, bool upper)
{
	if (name.len == 0)
		return "it is empty";
	if (name.len > 63)
		return "a name has at most 63 characters between two dots";
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if (is_lower(c) || is_digit(c) || c == '-' || (upper && is_letter(c)))
			continue;
		if (is_letter(c))
			return "capital letters are not allowed here";
		if (c == '_')
			return "'_' is not allowed in host names; use '-'";
		return "only the letters a-z, digits and '-' are allowed";
	}
	if (name.ptr[0] == '-' || name.ptr[name.len - 1] == '-')
		return "it may not begin or end with '-'";
	return NULL;
}

const char *name_label(struct str name)
{
	const char *why = check_label(name, false);
	return why ? why : !is_lower(name.ptr[0]) ? "it must begin with a letter" : NULL;
}

const char *name_kubernetes(struct str name)
{
	return check_label(name, false);
}

const char *name_host(struct str name)
{
	if (!ascii(name))
		return "write names with other letters in their ASCII form (xn--…)";
	if (name.len > 253)
		return "a host name has at most 253 characters";
	if (name.len > 0 && name.ptr[name.len - 1] == '.')
		return "leave the dot at the end away";
	struct str rest = name, label;
	for (;;) {
		size_t dot = str_find(rest, '.');
		label = str_slice(rest, 0, dot);
		const char *why = check_label(label, true);
		if (why)
			return why;
		if (dot == rest.len)
			break;
		rest = str_slice(rest, dot + 1, rest.len);
	}
	bool number = true;
	for (size_t i = 0; i < label.len; i++)
		number = number && is_digit(label.ptr[i]);
	return number ? "the last part may not be a number" : NULL;
}

const char *name_host_pattern(struct str name)
{
	if (!str_starts(name, STR("*.")))
		return name_host(name);
	struct str rest = str_slice(name, 2, name.len);
	const char *why = name_host(rest);
	return why ? why : str_find(rest, '.') == rest.len ? "a wildcard needs at least two names behind it" : NULL;
}

/* Windows refuses these whatever follows the first dot. */
static bool reserved_on_windows(struct str name)
{
	static const char *const devices[] = { "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
		"com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9" };
	struct str stem = str_slice(name, 0, str_find(name, '.'));
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
		if (str_equal_nocase(stem, str_of(devices[i])))
			return true;
	return false;
}

const char *name_client(struct str name)
{
	if (name.len == 0)
		return "it is empty";
	if (name.len > 15)
		return "Android and wg-quick take at most 15 characters";
	bool number = true;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if (!is_letter(c) && !is_digit(c) && c != '_' && c != '.' && c != '-')
			return "only letters, digits, '_', '.' and '-' are allowed";
		number = number && is_digit(c);
	}
	if (!is_letter(name.ptr[0]) && !is_digit(name.ptr[0]))
		return "it must begin with a letter or a digit";
	if (name.ptr[name.len - 1] == '.')
		return "Windows refuses names that end with a dot";
	struct ip ip;
	if (number)
		return "a name of digits only is taken for a number by some tools";
	if (ip_parse(name, &ip))
		return "in 'reach' it would be taken for an address";
	return reserved_on_windows(name) ? "Windows keeps this name for a device" : NULL;
}

const char *name_interface(struct str name)
{
	if (name.len == 0)
		return "it is empty";
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if (!is_letter(c) && !is_digit(c) && c != '_' && c != '.' && c != '-')
			return "only letters, digits, '_', '.' and '-' are allowed";
	}
	return name.ptr[0] == '-' || name.ptr[0] == '.' ? "it must begin with a letter or a digit" : NULL;
}
