/* Puts one value into the output through the slot's dialect, or says why it cannot be there. */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>

#include "render/internal.h"
#include "render/spell.h"

static void report_absent(struct run *run, const struct op *op)
{
	struct diags *diags = run->target->diags;
	struct diagnostic *d = diag_add(diags, DIAG_TEMPLATE_ABSENT, op->slot, "'%.*s' is absent and cannot be inserted",
	                                STR_ARG(op->reference.text));
	diag_help(diags, d, "put '%%%% if %.*s' before it and '%%%% end' behind it", STR_ARG(op->reference.text));
	run->failures++;
}

/* Points at the value where the user wrote it, if that is known. */
static void report_refused(struct run *run, const struct op *op, struct span origin, const char *reason)
{
	struct diags *diags = run->target->diags;
	struct str name = run->template->name;
	struct span at = origin.source != NULL ? origin : op->slot;
	struct diagnostic *d = diag_add(diags, DIAG_VALUE_REFUSED, at, "'%.*s' cannot be written by %.*s: %s",
	                                STR_ARG(op->reference.text), STR_ARG(name), reason);
	if (origin.source != NULL)
		diag_note(diags, d, op->slot, "it would be inserted here");
	run->failures++;
}

/* Blanks before a line must not become part of a value. Below SLOT_LAST they are not: the dialect indents those lines itself. */
static const char *spell(struct run *run, const struct op *op, enum slot_context context, enum value_kind kind, struct str text)
{
	size_t start = run->out->len;
	const char *reason = op->dialect->put(run->out, context, kind, text);
	if (reason != NULL || !run->indented || context == SLOT_LAST ||
	    !spell_has(str_slice(buf_view(run->out), start, run->out->len), "\n"))
		return reason;
	run->out->len = start;
	return "a value of several lines cannot stand in an indented part";
}

static void put(struct run *run, const struct op *op, enum slot_context context, enum value_kind kind, struct str text,
                struct span origin)
{
	const char *reason = spell(run, op, context, kind, text);
	if (reason != NULL)
		report_refused(run, op, origin, reason);
}

/* A key is spelled into locked-away memory first, so that the dialect can quote it like any other value. */
static void put_secret(struct run *run, const struct op *op, enum slot_context context, struct secret secret)
{
	struct buf *scratch = &run->scratch;
	struct span nowhere = {0};
	scratch->len = 0;
	secret_spell(run->target->secrets, secret, scratch);
	struct str text = buf_view(scratch);
	/* the stand-in of a redacted tree, "<secret: …>", is for readers: it need not be valid */
	bool redacted = str_starts(text, STR("<"));
	const char *reason = spell(run, op, context, VALUE_TEXT, text);
	if (reason != NULL && redacted)
		buf_str(run->out, text);
	else if (reason != NULL)
		report_refused(run, op, nowhere, reason);
	sodium_memzero(scratch->ptr, scratch->len);
}

static void put_element(struct run *run, const struct op *op, enum slot_context context, const void *storage)
{
	char text[PREFIX_TEXT];
	struct span nowhere = {0};
	if (!value_present(op->reference.type, storage) && op->reference.type != MEMBER_NUMBER) {
		report_absent(run, op);
		return;
	}
	switch (op->reference.type) {
	case MEMBER_TEXT: {
		const struct text *value = storage;
		if (op->reference.line && value->value.len == 0)
			op->dialect->put(run->out, context, VALUE_TEXT, value->value); /* or nothing: a blank line is no mistake */
		else
			put(run, op, context, VALUE_TEXT, value->value, value->at);
		break;
	}
	case MEMBER_NUMBER:
		snprintf(text, sizeof text, "%" PRId64, *(const int64_t *)storage);
		put(run, op, context, VALUE_NUMBER, str_of(text), nowhere);
		break;
	case MEMBER_ADDRESS:
		put(run, op, context, VALUE_ADDRESS, str_of(ip_format(*(const struct ip *)storage, text)), nowhere);
		break;
	case MEMBER_PREFIX:
		put(run, op, context, VALUE_ADDRESS, str_of(prefix_format(*(const struct prefix *)storage, text)), nowhere);
		break;
	case MEMBER_SECRET:
		put_secret(run, op, context, *(const struct secret *)storage);
		break;
	case MEMBER_FLAG:
	case MEMBER_OBJECT:
	case MEMBER_POINTER:
		break; /* refused when the template was compiled */
	}
}

static void put_list(struct run *run, const struct op *op, const struct list *list)
{
	struct str separator = str_of(op->dialect->list_separator);
	enum slot_context context = op->context;
	if (context == SLOT_ALONE && list->count > 1 && str_find(separator, ' ') == separator.len)
		context = SLOT_GLUED;
	size_t size = value_size(op->reference.type, op->reference.shape);
	const char *items = list->items;
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			buf_str(run->out, separator);
		put_element(run, op, context, items + i * size);
	}
}

void insert_value(struct run *run, const struct op *op)
{
	const void *storage = reference_storage(&op->reference, &run->frame);
	if (storage == NULL)
		report_absent(run, op);
	else if (!op->reference.list)
		put_element(run, op, op->context, storage);
	else if (((const struct list *)storage)->count == 0)
		report_absent(run, op);
	else
		put_list(run, op, storage);
}
