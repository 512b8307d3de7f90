/* The table of dialects. */
#include "render/dialects.h"

static const struct dialect *const dialects[] = {
	&dialect_json,     &dialect_markdown, &dialect_nft,    &dialect_nginx,   &dialect_path, &dialect_routeros,
	&dialect_shell,    &dialect_sysctl,   &dialect_systemd, &dialect_wg,     &dialect_xml,  &dialect_yaml,
	&dialect_zone,
};

const struct dialect *dialect_at(size_t index)
{
	return index < sizeof dialects / sizeof *dialects ? dialects[index] : NULL;
}

const struct dialect *dialect_find(struct str name)
{
	for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++) {
		if (str_equal(str_of(dialects[i]->name), name))
			return dialects[i];
	}
	return NULL;
}
