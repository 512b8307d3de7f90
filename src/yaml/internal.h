/* What the files of yaml/ share and nobody else sees. */
#ifndef HLGEN_YAML_INTERNAL_H
#define HLGEN_YAML_INTERNAL_H

#include "base/arena.h"
#include "base/map.h"
#include "diag/diag.h"
#include "yaml/yaml.h"

/* ---- check.c ---- */

/* Refuses, with a place, what libyaml would misread or report without one: size, encoding, control characters. */
bool check_bytes(const struct source *source, struct diags *diags);

/* ---- place.c ---- */

/* Turns libyaml's marks, which count characters from behind the byte order mark, into byte offsets. */
struct cursor {
	const struct source *source;
	size_t index;    /* in characters */
	uint32_t offset; /* of the same character, in bytes */
};

/* Bytes of the byte order mark, if there is one. */
uint32_t text_start(const struct source *source);
struct cursor cursor_new(const struct source *source);
/* Offset of the character `index`. Costs as much as the distance from the last one asked for. */
uint32_t cursor_offset(struct cursor *cursor, size_t index);

/* The byte at `offset`, or NUL at the end of the text. */
char byte_at(const struct source *source, uint32_t offset);
/* From `offset` over what is neither blank nor line end; at least one character unless the line ends there. */
struct span word_span(const struct source *source, uint32_t offset);
/* The characters [from, to) without blanks at the end, at most to the end of the first line. */
struct span line_span(const struct source *source, uint32_t from, uint32_t to);
/* Offset of the first byte of the line of `offset`, and of the one behind it (or the end of the text). */
uint32_t line_start(const struct source *source, uint32_t offset);
uint32_t next_line_start(const struct source *source, uint32_t offset);
/* Offset of the first character of the line of `offset` that is neither blank nor tab. */
uint32_t indentation_end(const struct source *source, uint32_t offset);
/* Looks for a tab in the indentation before `offset`, if nothing else is there. */
bool tab_before(const struct source *source, uint32_t offset, uint32_t *tab);
bool same_line(const struct source *source, uint32_t from, uint32_t to);

/* ---- tree.c ---- */

/* A collection whose end has not been read yet. */
struct open_node {
	struct yaml_node *node;
	struct yaml_node *key; /* map: read, and its value is not */
	struct map index;      /* map: entries by key, once there are many */
};

struct tree {
	struct arena *arena;
	const struct source *source;
	struct diags *diags;
	struct yaml_node *root;
	struct open_node open[YAML_MAX_DEPTH];
	size_t depth;
	struct span quoted; /* see struct failure */
	bool broken;       /* something was reported that leaves no usable tree */
	bool tab_reported; /* one is enough: a file has either none or hundreds */
};

/* Adds a scalar whose text ends at `end`; a span without length means that nothing is written. */
void tree_scalar(struct tree *tree, struct span span, uint32_t end, struct str text, bool plain);
/* Opens a collection; false when it would be nested too deeply. */
bool tree_open(struct tree *tree, enum yaml_kind kind, bool flow, uint32_t start);
/* Closes the innermost collection, whose text ends at `end` (of use for flow style only). */
void tree_close(struct tree *tree, uint32_t end);
/* Start of the innermost open collection if it is in flow style, else `otherwise`. */
uint32_t tree_bracket(const struct tree *tree, uint32_t otherwise);
/* Reports an alias and goes on with a value that stands for it. */
void tree_alias(struct tree *tree, struct span span);

/* ---- property.c ---- */

/* Reports anchors and tags, which begin at `start`, and returns the offset of the node itself. */
uint32_t refuse_properties(struct tree *tree, uint32_t start, bool anchor, bool tag);

/* ---- failure.c, trap.c ---- */

/* What libyaml says when it gives up. */
struct failure {
	const struct source *source;
	struct diags *diags;
	const char *problem, *context; /* context may be "" */
	uint32_t at;    /* where it gave up */
	uint32_t began; /* where that began which it could not finish; the same as `at` when there is no context */
	struct span quoted; /* the value or key read last, if it is in quotes; otherwise without source */
	uint32_t bracket; /* the innermost [ or { that is still open; the same as `began` when there is none */
};

/* Says it in words that a person can act upon. */
void failure_report(const struct failure *failure);
/* The traps that need a look at the text around; false when it is none of them. */
bool trap_report(const struct failure *failure);

#endif
