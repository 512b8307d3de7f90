/* An input text with its name, and places in it. */
#ifndef HLGEN_DIAG_SOURCE_H
#define HLGEN_DIAG_SOURCE_H

#include <stdint.h>

#include "base/list.h"
#include "base/str.h"

struct arena;

/* A place: bytes [start, end) of a source. source == NULL means "no place". */
struct span {
	const struct source *source;
	uint32_t start, end;
};

/* A counted place: so many characters lie before this byte. */
struct source_count {
	uint32_t offset, characters;
};

struct source {
	struct str name;  /* as the user gave it, for messages */
	struct str bytes; /* whole text, at most 4 GiB */
	LIST(uint32_t) lines;          /* byte offset of each line's start */
	LIST(struct source_count) counts; /* every few thousand bytes, for columns in very long lines */
	LIST(struct span) public_keys; /* key-shaped text that may be shown, sorted by start: see diags_print() */
};

struct source_position {
	uint32_t line;   /* from 1 */
	uint32_t column; /* from 1, in characters, as editors count */
};

/* Registers a text; borrows name and bytes. Lines end with LF, CR LF or CR. A byte order mark is part of no column. */
struct source *source_new(struct arena *arena, struct str name, struct str bytes);
struct source_position source_position(const struct source *source, uint32_t offset);
/* The text of a line (from 1) without its line end. */
struct str source_line(const struct source *source, uint32_t line);
/* Declares that the key-shaped text at `span` is not secret and may appear in excerpts. */
void source_show_key(struct arena *arena, struct span span);
/* From the start of `a` to the end of `b`. */
struct span span_join(struct span a, struct span b);

#endif
