/* The collection of diagnostics of one run: adding, completing and counting them. */
#include "diag/diag.h"

#include <stdio.h>

#include "base/arena.h"
#include "diag/internal.h"

struct diags *diags_new(struct arena *arena, bool strict)
{
	struct diags *diags = ARENA_NEW(arena, struct diags);
	diags->arena = arena;
	diags->strict = strict;
	diags->seen.arena = arena;
	return diags;
}

__attribute__((format(printf, 2, 0)))
static struct str format_text(struct arena *arena, const char *format, va_list arguments)
{
	va_list again;
	va_copy(again, arguments);
	int length = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (length < 0) {
		return STR("(this message could not be formatted)");
	}

	size_t size = (size_t)length + 1;
	char *text = arena_alloc(arena, size);
	(void)vsnprintf(text, size, format, arguments);
	return (struct str){text, (size_t)length};
}

static enum severity severity_of(const struct diags *diags, enum diag_code code)
{
	return diags->strict ? SEVERITY_ERROR : code_info(code)->severity;
}

/* False when the same was said before about the same place. */
static bool is_new(struct diags *diags, struct diagnostic *diagnostic)
{
	struct str identity = str_format(diags->arena, "%d %p %lu %lu %.*s", (int)diagnostic->code,
	                                 (const void *)diagnostic->at.source, (unsigned long)diagnostic->at.start,
	                                 (unsigned long)diagnostic->at.end, STR_ARG(diagnostic->message));
	return map_add(&diags->seen, identity, diagnostic) == NULL;
}

static void keep(struct diags *diags, struct diagnostic *diagnostic)
{
	struct diagnostic **slot = LIST_ADD(diags->arena, &diags->items);
	*slot = diagnostic;
	diagnostic->order = diags->items.count;
	if (diagnostic->severity == SEVERITY_ERROR) {
		diags->errors++;
	} else {
		diags->warnings++;
	}
}

struct diagnostic *diag_add(struct diags *diags, enum diag_code code, struct span at, const char *format, ...)
{
	struct diagnostic *diagnostic = ARENA_NEW(diags->arena, struct diagnostic);
	va_list arguments;
	va_start(arguments, format);
	diagnostic->message = format_text(diags->arena, format, arguments);
	va_end(arguments);

	diagnostic->code = code;
	diagnostic->severity = severity_of(diags, code);
	diagnostic->at = at;
	diags->have[code] = true;
	/* A repetition is returned like any other, so that notes have somewhere to go, but nobody will print it. */
	if (is_new(diags, diagnostic)) {
		keep(diags, diagnostic);
	}
	return diagnostic;
}

void diag_note(struct diags *diags, struct diagnostic *diagnostic, struct span at, const char *format, ...)
{
	struct note *note = LIST_ADD(diags->arena, &diagnostic->notes);
	note->at = at;
	va_list arguments;
	va_start(arguments, format);
	note->message = format_text(diags->arena, format, arguments);
	va_end(arguments);
}

void diag_help(struct diags *diags, struct diagnostic *diagnostic, const char *format, ...)
{
	struct str *help = LIST_ADD(diags->arena, &diagnostic->helps);
	va_list arguments;
	va_start(arguments, format);
	*help = format_text(diags->arena, format, arguments);
	va_end(arguments);
}

size_t diags_errors(const struct diags *diags)
{
	return diags->errors;
}

size_t diags_warnings(const struct diags *diags)
{
	return diags->warnings;
}

bool diags_have(const struct diags *diags, enum diag_code code)
{
	return diags->have[code];
}
