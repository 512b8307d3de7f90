/* What the files that change a text share: how the neighbours are written, and where bytes go. */
#ifndef HLGEN_YAML_INSERT_INTERNAL_H
#define HLGEN_YAML_INSERT_INTERNAL_H

#include "base/buf.h"
#include "yaml/insert.h"

/* How an entry is written. Text is borrowed from the source. */
struct entry_style {
	struct str line_end;
	struct str indentation; /* of the entry; without ptr: it stands in the line of others */
	struct str inner;       /* block style: indentation of its settings; without ptr: they stand in braces */
	bool tight;             /* "{a: b}" rather than "{ a: b }" */
	bool apart;             /* an empty line between entries */
	char name_quote, key_quote, value_quote; /* NUL: none */
	uint32_t value_column;  /* bytes before the values of the neighbours, which are aligned; 0: they are not */
};

/* The bytes [at, end) become `text`; none of them go when both are the same. */
struct edit {
	uint32_t at, end;
	struct str text;
};

struct edits {
	struct edit items[2]; /* by place */
	size_t count;
};

struct job {
	struct arena *arena;
	const struct source *source;
	const struct yaml_node *document;
	const struct yaml_addition *addition; /* of insert.c; NULL in set.c */
	struct edits edits;
	const char *why; /* not NULL: it cannot be done */
};

/* Fills job->edits, or job->why. */
void choose_place(struct job *job);
/* The entry of a map with this key, or NULL. */
const struct yaml_entry *entry_of(const struct yaml_node *map, struct str key);

/* ---- edit.c ---- */

void edit_insert(struct job *job, uint32_t at, struct str text);
void edit_replace(struct job *job, uint32_t at, uint32_t end, struct str text);
/* Inserts whole lines at the start of a line, or at the end of a text whose last line has no end: then the new last one has none. */
void edit_insert_lines(struct job *job, uint32_t at, struct str lines, struct str line_end);
/* Inserts an entry into braces that hold none; job->why when they hold more than blanks. */
void edit_empty_braces(struct job *job, const struct yaml_node *map, struct str entry);
/* True when a line ends right before `end`, or the text begins there. */
bool edit_ends_line(const struct source *source, uint32_t end);
/* The start of the line behind what ends at `end`, and behind comments that are indented more than `indentation` blanks. */
uint32_t edit_behind(const struct source *source, uint32_t end, size_t indentation);
/* Behind the comma that follows a value in braces, if it stands in the value's line; otherwise the value's own end. False when there is a
 * comma, but elsewhere. */
bool edit_behind_comma(const struct source *source, uint32_t end, uint32_t close, uint32_t *at);
/* Indentation of what stands below a key of the document that is itself indented by `outer`. */
struct str edit_indentation(struct job *job, struct str outer);
/* The text with all edits. */
struct str edit_apply(struct job *job);
/* The tree of a new text, or NULL when it has errors; nothing is reported. */
struct yaml_node *edit_parse(struct job *job, struct str text);

/* ---- insert_style.c ---- */

/* The line end that the text uses at `offset`, or uses at all. */
struct str line_end_of(const struct source *source, uint32_t offset);
/* What stands before `offset` in its line, if these are blanks only; otherwise without ptr. */
struct str blanks_before(const struct source *source, uint32_t offset);
/* True when the line that starts at `start` holds nothing but blanks. */
bool blank_line(const struct source *source, uint32_t start);
/* How much deeper the document indents what stands below a key. */
size_t indentation_step(const struct source *source, const struct yaml_node *document);
/* The quote that a scalar begins with, or '|' or '>' of a block; NUL: it is plain. */
char quote_of(const struct source *source, const struct yaml_node *node);
/* The column at which the values of all entries begin, save of those whose names are too long, if blanks were added to make it so; 0: none. */
uint32_t aligned_column(const struct source *source, const struct yaml_node *map);
/* The style of the last entry of `map`, in block style or braces, which has entries. */
struct entry_style style_of(const struct source *source, const struct yaml_node *map);

/* Appends the entry: without the last line end in braces, whole lines in block style. */
void put_entry(struct buf *out, const struct entry_style *style, const struct yaml_addition *addition);

/* True when both mean the same; order and kinds count, quotes of keys and braces do not. */
bool same_meaning(const struct yaml_node *a, const struct yaml_node *b);

#endif
