/* What the files of diag/ share and nobody else sees: how diagnostics are kept, and how text is made fit to print. */
#ifndef HLGEN_DIAG_INTERNAL_H
#define HLGEN_DIAG_INTERNAL_H

#include "base/buf.h"
#include "base/list.h"
#include "base/map.h"
#include "diag/diag.h"

struct note {
	struct span at;
	struct str message;
};

struct diagnostic {
	enum diag_code code;
	enum severity severity;
	size_t order; /* of adding: decides between diagnostics of one place */
	struct span at;
	struct str message;
	LIST(struct note) notes;
	LIST(struct str) helps;
};

struct diags {
	struct arena *arena;
	bool strict;
	LIST(struct diagnostic *) items;
	struct map seen; /* by code, place and text: a diagnostic is kept once */
	size_t errors, warnings;
	bool have[DIAG_CODE_COUNT];
};

/* One character as it is shown: `length` bytes of the text, `columns` on the terminal. */
struct glyph {
	size_t length;
	int columns;
	bool replaced; /* a control character or a byte that is not UTF-8: printed as '?' */
};

/* The character at s[at], at < s.len. */
struct glyph glyph_at(struct str s, size_t at);

/* The longest stretch of base64 characters around s[at]: [*from, *to), empty when s[at] is none. */
void key_run(struct str s, size_t at, size_t *from, size_t *to);
/* True when a stretch of so many characters might be a key. */
bool key_shaped(size_t length);

/* Appends a message: one line, nothing that a terminal acts upon, nothing that looks like a key. */
void show_message(struct buf *out, struct str message);
/* Appends a file's name: the same, but long paths stay readable. */
void show_name(struct buf *out, struct str name);

/* Appends the line of `at` with its number and, below it, what is meant. */
void show_excerpt(struct buf *out, struct span at, bool colour);

/* Append one diagnostic in either form. */
void show_text(struct buf *out, const struct diagnostic *diagnostic, bool colour);
void show_json(struct buf *out, const struct diagnostic *diagnostic);

#endif
