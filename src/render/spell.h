/* What the dialects share: character classes, escaping, and finding out where in a line a slot stands. */
#ifndef HLGEN_RENDER_SPELL_H
#define HLGEN_RENDER_SPELL_H

#include "render/dialect.h"

/* True when `c` is one of the characters of `set`. */
bool spell_in(const char *set, char c);
bool spell_is_alnum(char c); /* ASCII letters and digits */
bool spell_is_blank(char c); /* blank or tab */
/* Not empty, and nothing but ASCII letters, digits and the characters of `extra`. */
bool spell_only(struct str text, const char *extra);
/* True when some byte of `text` is one of `set`. */
bool spell_has(struct str text, const char *set);
/* Valid UTF-8 without control characters; `but` lists control characters that are fine. */
bool spell_printable(struct str text, const char *but);

/* Appends `text`, with `escape` before each character of `specials`. */
void spell_escaped(struct buf *out, struct str text, char escape, const char *specials);
/* The same between two `quote` characters. */
void spell_quoted(struct buf *out, struct str text, char quote, char escape, const char *specials);
/* A comment's text as it is; the reason when it has control characters. */
const char *spell_comment(struct buf *out, struct str text);

enum comment_place { COMMENT_LINE_START, COMMENT_TOKEN_START, COMMENT_ANYWHERE };

/* How a language's lines are cut into tokens, as far as it matters for slots. */
struct line_syntax {
	const char *quotes;   /* characters that open and close a quoted part */
	const char *verbatim; /* those of them between which a backslash is an ordinary character */
	const char *comments; /* characters that begin a comment */
	enum comment_place comment_place;
	bool quotes_start_tokens; /* a quote inside a bare token is an ordinary character */
	const char *opens, *closes; /* what may stand directly before and behind a whole token, besides blanks */
};

struct line_state {
	char quote;          /* the quote that is open, or 0 */
	size_t quote_at;     /* where it opened */
	bool escaped_quote;  /* a quote was escaped since then */
	bool comment;
	char previous;       /* the last character, or 0 at the start of the line */
	bool started;        /* something other than blanks was seen */
	bool escape;         /* the last character was a backslash that escapes the next one */
	size_t at;
};

/* Reads `text` on from `state` (zero at the start of a line). */
void line_scan(const struct line_syntax *syntax, struct line_state *state, struct str text);
/* The context by quotes, comments and delimiters; SLOT_IMPOSSIBLE when a quoted part does not close on the line. */
enum slot_context line_context(const struct line_syntax *syntax, struct str before, struct str after);

#endif
