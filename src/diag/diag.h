/* Diagnostics: collected during a run, sorted by place, printed once at the end as text or JSON lines.
 *
 *     diag_help(d, diag_note(d, diag_add(diags, DIAG_DUPLICATE_ADDRESS, span, "address %s is used twice", t), first, "…"), …)
 *
 * Messages follow git's rules: no capital, no full stop, subjects in single quotes, what failed first. They never
 * contain a key. */
#ifndef HLGEN_DIAG_DIAG_H
#define HLGEN_DIAG_DIAG_H

#include <stdarg.h>
#include <stdio.h>

#include "diag/codes.h"
#include "diag/source.h"

struct diagnostic;
struct diags;

/* An empty collection in the arena. `strict` turns every warning into an error. */
struct diags *diags_new(struct arena *arena, bool strict);

/* Adds a diagnostic of the code's severity; a span without source is allowed. Returns it for notes and help. */
struct diagnostic *diag_add(struct diags *diags, enum diag_code code, struct span at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* A second place. */
void diag_note(struct diags *diags, struct diagnostic *diagnostic, struct span at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
/* The way out. */
void diag_help(struct diags *diags, struct diagnostic *diagnostic, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

size_t diags_errors(const struct diags *diags);
size_t diags_warnings(const struct diags *diags);
/* True when some diagnostic with this code was reported (used by tests and by checks that depend on one another). */
bool diags_have(const struct diags *diags, enum diag_code code);

enum diag_format { DIAG_TEXT, DIAG_JSON };

/* Prints all, sorted by place, duplicates (same code, place and text) once; in text form at most `limit` (0: no limit)
 * and then a line with the counts. Control bytes print as '?'; text of 40 or more base64 characters is masked with '*'
 * in excerpts unless source_show_key() allowed it. `colour` adds ANSI colours (text form only).
 * Returns false when writing failed (errno). */
bool diags_print(const struct diags *diags, FILE *out, enum diag_format format, bool colour, size_t limit);

#endif
