/* A YAML document as a tree in which every node knows its place. Knows nothing of homelabs.
 *
 * Refused with a place: syntax errors, tabs as indentation, invalid UTF-8, NUL, a second document, anchors, aliases, merge keys,
 * tags, duplicate keys, keys that are not plain text, more than 32 levels, more than 8 MiB. */
#ifndef HLGEN_YAML_YAML_H
#define HLGEN_YAML_YAML_H

#include "diag/diag.h"

enum yaml_kind { YAML_SCALAR, YAML_MAP, YAML_LIST };
enum { YAML_MAX_BYTES = 8 * 1024 * 1024, YAML_MAX_DEPTH = 32 };

struct yaml_node {
	enum yaml_kind kind;
	struct span span; /* what to underline: a scalar's text with its quotes; for a collection its first line's part, never
	                     the text of what follows it; for an empty value the key it belongs to */
	uint32_t end;     /* offset behind the last byte of the whole node, on whatever line that is; of an empty value: behind the ':' */
	struct str text;  /* scalar: the value */
	bool plain;       /* scalar: written without quotes, so `true`, `12` and `null` may mean more than text */
	bool empty;       /* scalar: nothing is written at all ("key:"), or plain `~` or `null` */
	bool flow;        /* collection: written with { } or [ ] */
	LIST(struct yaml_entry) entries;  /* map, in the order of the file */
	LIST(struct yaml_node *) items;   /* list */
};

struct yaml_entry {
	struct yaml_node *key; /* always a scalar */
	struct yaml_node *value;
};

/* Parses the source into the arena. NULL when errors were reported that leave no usable tree. An empty document is an error. */
struct yaml_node *yaml_parse(struct arena *arena, const struct source *source, struct diags *diags);
/* The value stored under `key` in a map, or NULL. */
struct yaml_node *yaml_get(const struct yaml_node *map, struct str key);

#endif
