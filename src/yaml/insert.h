/* Adds an entry to a map of a text that a person keeps, and leaves every byte that is there as it is. */
#ifndef HLGEN_YAML_INSERT_H
#define HLGEN_YAML_INSERT_H

#include "yaml/yaml.h"

struct yaml_setting {
	struct str key, value; /* the value as it is to be written: a plain scalar or a list in brackets */
};

struct yaml_addition {
	struct str section; /* a key of the document, whose value is a map; it is written at the end when it is missing */
	struct str name;    /* of the new entry in it, which is not there yet */
	const struct yaml_setting *settings;
	size_t count;
};

/* The text with the entry behind the last one of its section, in the style of its neighbours (block or braces, indentation,
 * alignment, quotes, line ends). `document` was parsed from `source` without errors. The result was parsed again and holds
 * the same document and the new entry. Without a safe way the text has no ptr, and *why says what is in the way. */
struct str yaml_insert(struct arena *arena, const struct source *source, const struct yaml_node *document,
                       const struct yaml_addition *addition, const char **why);

/* The section with the entry as lines of their own, for a person to copy from. */
struct str yaml_addition_lines(struct arena *arena, const struct yaml_addition *addition);

#endif
