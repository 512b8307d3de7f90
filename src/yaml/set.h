/* Sets one value in a map of a text that a person keeps, and leaves every other byte as it is. */
#ifndef HLGEN_YAML_SET_H
#define HLGEN_YAML_SET_H

#include "yaml/yaml.h"

struct yaml_value {
	struct str section;      /* a key of the document, whose value is a map, or nothing yet */
	struct str key, text;    /* of the entry in it, which may be there; the text is one that a plain scalar can hold */
	const struct str *behind; /* keys of the section that a new entry stands behind: the first that is there, else the last entry */
	size_t behind_count;
};

/* The text with that value: a value that is there is replaced and keeps its quotes, a new entry is written like its neighbours (block
 * style or braces, indentation, alignment, quotes, line ends). `document` was parsed from `source` without errors. The result was
 * parsed again and holds the same document but for this value. Without a safe way the text has no ptr, and *why says what is in
 * the way. */
struct str yaml_set(struct arena *arena, const struct source *source, const struct yaml_node *document, const struct yaml_value *value,
                    const char **why);

/* The section with the entry as lines of their own, for a person to copy from. */
struct str yaml_value_lines(struct arena *arena, const struct yaml_value *value);

#endif
