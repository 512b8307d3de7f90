/* Dialects: how a value is spelled in a target language, or why it cannot be. There is no raw form. */
#ifndef HLGEN_RENDER_DIALECT_H
#define HLGEN_RENDER_DIALECT_H

#include "base/buf.h"

/* Where in the line a slot stands; found when the template is compiled, from the text around the slot. Only the slot's
 * own line is looked at: a quoted part opens and closes on that line. */
enum slot_context {
	SLOT_ALONE,         /* a whole token: blanks, line ends or the dialect's delimiters on both sides; may be quoted */
	SLOT_LAST,          /* the same, and nothing can follow on the line: a text of several lines may go on below */
	SLOT_GLUED,         /* part of a bare token: `hlgen-{{ site }}`; must need no quoting */
	SLOT_QUOTED,        /* between the template's own quotes: escaped, not quoted again */
	SLOT_SINGLE_QUOTED, /* the same, between single quotes */
	SLOT_COMMENT,       /* after the dialect's comment sign: shown as it is, but no control characters */
	SLOT_IMPOSSIBLE     /* no value is safe here: an error when the template is compiled */
};

/* What is being spelled. Some languages write a text that looks like a number unlike the number itself. */
enum value_kind { VALUE_TEXT, VALUE_NUMBER, VALUE_ADDRESS /* or prefix */ };

struct dialect {
	const char *name;
	/* Between the elements of an inserted list: ", ". Without a blank in it, the whole list is one token, and its elements
	 * are spelled as SLOT_GLUED. */
	const char *list_separator;
	/* The context of a slot: `before` is the line up to it, `after` the rest of the line behind it without the line
	 * end. Other slots of the line show as one letter 'x', inserted literals as their text. */
	enum slot_context (*context)(struct str before, struct str after);
	/* Appends `text` spelled for the context; otherwise returns why it cannot be ("nginx has no way to write '$'") and
	 * appends nothing. Numbers, addresses and prefixes come through here too. Never called for SLOT_IMPOSSIBLE. */
	const char *(*put)(struct buf *out, enum slot_context context, enum value_kind kind, struct str text);
	const char *comments; /* signs that make a line a comment when it begins with one, behind blanks; NULL: there are none */
	bool sections;        /* lines like "[Name]" head sections */
};

/* wg, nginx, nft, shell, routeros, yaml, json, zone, markdown, xml, systemd, sysctl, path, or NULL. */
const struct dialect *dialect_find(struct str name);
/* All of them, for "did you mean" and for tests; NULL after the last. */
const struct dialect *dialect_at(size_t index);

#endif
