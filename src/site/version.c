/* Release numbers: parsing and comparing. */
#include "site/version.h"

bool version_parse(struct str text, struct version *version)
{
	struct version found = { { 0, 0, 0 }, 0 };
	for (;;) {
		size_t dot = str_find(text, '.');
		unsigned long long number;
		if (found.count == 3 || !str_to_number(str_slice(text, 0, dot), 99999, &number))
			return false;
		found.part[found.count++] = (unsigned)number;
		if (dot == text.len)
			break;
		text = str_slice(text, dot + 1, text.len);
	}
	if (found.count < 2)
		return false;
	*version = found;
	return true;
}

int version_compare(struct version version, unsigned major, unsigned minor, unsigned patch)
{
	const unsigned other[3] = { major, minor, patch };
	for (int i = 0; i < 3; i++)
		if (version.part[i] != other[i])
			return version.part[i] < other[i] ? -1 : 1;
	return 0;
}
