/* What the files of the insertion share: how the neighbours are written, and where bytes go. */
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

/* Bytes that come in at a place. */
struct insertion {
	uint32_t at;
	struct str text;
};

struct insertions {
	struct insertion items[2]; /* by place */
	size_t count;
};

struct job {
	struct arena *arena;
	const struct source *source;
	const struct yaml_node *document;
	const struct yaml_addition *addition;
	struct insertions insertions;
	const char *why; /* not NULL: it cannot be done */
};

/* Fills job->insertions, or job->why. */
void choose_place(struct job *job);
/* The entry of a map with this key, or NULL. */
const struct yaml_entry *entry_of(const struct yaml_node *map, struct str key);

/* The line end that the text uses at `offset`, or uses at all. */
struct str line_end_of(const struct source *source, uint32_t offset);
/* What stands before `offset` in its line, if these are blanks only; otherwise without ptr. */
struct str blanks_before(const struct source *source, uint32_t offset);
/* True when the line that starts at `start` holds nothing but blanks. */
bool blank_line(const struct source *source, uint32_t start);
/* How much deeper the document indents what stands below a key. */
size_t indentation_step(const struct source *source, const struct yaml_node *document);
/* The style of the last entry of `map`, in block style or braces, which has entries. */
struct entry_style style_of(const struct source *source, const struct yaml_node *map);

/* Appends the entry: without the last line end in braces, whole lines in block style. */
void put_entry(struct buf *out, const struct entry_style *style, const struct yaml_addition *addition);

/* True when both mean the same; order and kinds count, quotes of keys and braces do not. */
bool same_meaning(const struct yaml_node *a, const struct yaml_node *b);

#endif
