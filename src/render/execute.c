/* Runs compiled templates over the plan and makes files in memory. */
#include "render/internal.h"

enum {
	FAILURES = 100,  /* after so many in one template, more would tell nothing new */
	NAME_LIMIT = 255 /* bytes of one path component, as file systems have it */
};

static void run_ops(struct run *run, const struct ops *ops);

static struct arena *text_arena(const struct run *run)
{
	return run->template->secret ? run->target->secret_arena : run->target->arena;
}

/* The text of `ops`, terminated, in `arena`; `indented` when its lines will get blanks in front. */
static struct str run_text(struct run *run, struct arena *arena, const struct ops *ops, bool indented)
{
	struct buf out = {.arena = arena}, *around = run->out;
	bool around_indented = run->indented;
	run->out = &out;
	run->indented = indented;
	run_ops(run, ops);
	run->out = around;
	run->indented = around_indented;
	buf_char(&out, '\0');
	return (struct str){out.ptr, out.len - 1};
}

size_t value_size(enum member_type type, const struct shape *shape)
{
	switch (type) {
	case MEMBER_TEXT:
		return sizeof(struct text);
	case MEMBER_NUMBER:
		return sizeof(int64_t);
	case MEMBER_FLAG:
		return sizeof(bool);
	case MEMBER_ADDRESS:
		return sizeof(struct ip);
	case MEMBER_PREFIX:
		return sizeof(struct prefix);
	case MEMBER_SECRET:
		return sizeof(struct secret);
	case MEMBER_OBJECT:
		return shape->size;
	case MEMBER_POINTER:
		return sizeof(const void *);
	}
	return 0;
}

bool value_present(enum member_type type, const void *storage)
{
	switch (type) {
	case MEMBER_TEXT:
		return ((const struct text *)storage)->value.ptr != NULL;
	case MEMBER_NUMBER:
		return *(const int64_t *)storage != 0;
	case MEMBER_FLAG:
		return *(const bool *)storage;
	case MEMBER_ADDRESS:
		return ((const struct ip *)storage)->family != IP_NONE;
	case MEMBER_PREFIX:
		return ((const struct prefix *)storage)->ip.family != IP_NONE;
	case MEMBER_SECRET:
		return ((const struct secret *)storage)->id != 0;
	case MEMBER_OBJECT:
		return true;
	case MEMBER_POINTER:
		return *(const void *const *)storage != NULL;
	}
	return false;
}

const void *reference_storage(const struct reference *reference, const struct frame *frame)
{
	const void *storage = frame->root;
	enum member_type type = MEMBER_OBJECT;
	if (reference->start == FROM_BUNDLE)
		storage = frame->files;
	if (reference->start == FROM_VARIABLE) {
		storage = frame->bindings[reference->variable].storage;
		type = reference->variable_type;
	}
	for (size_t i = 0; storage != NULL && i < reference->count; i++) {
		const char *object = type == MEMBER_POINTER ? *(const void *const *)storage : storage;
		if (object == NULL)
			return NULL;
		storage = object + reference->steps[i]->offset;
		type = reference->steps[i]->type;
	}
	return storage;
}

/* The line of `text` that begins at *from, which moves behind it; without its line end. */
static struct str next_line(struct str text, size_t *from)
{
	struct str rest = str_slice(text, *from, text.len);
	struct str line = str_slice(rest, 0, str_find(rest, '\n'));
	*from += line.len + 1;
	return str_ends(line, STR("\r")) ? str_slice(line, 0, line.len - 1) : line;
}

/* What the part makes is text like the file's own: as secret as that. */
static void run_lines(struct run *run, const struct op *op)
{
	size_t failures = run->failures;
	struct str text = run_text(run, text_arena(run), op->lines, false);
	if (run->failures != failures)
		return;
	for (size_t from = 0; from < text.len && run->failures < FAILURES;) {
		bool first = from == 0;
		struct text line = {next_line(text, &from), op->reference.at};
		run->frame.bindings[op->variable] = (struct binding){&line, first, from >= text.len};
		run_ops(run, &op->body);
	}
}

/* Indents what is there in the end, so that it does not matter what made a line: a text, a slot, a loop or another part. */
static void run_indent(struct run *run, const struct op *op)
{
	struct str text = run_text(run, text_arena(run), &op->body, true);
	for (size_t start = 0, end = 0; start < text.len; start = end) {
		struct str line = next_line(text, &end);
		for (size_t i = 0; line.len > 0 && i < op->indent; i++)
			buf_char(run->out, ' ');
		buf_str(run->out, str_slice(text, start, end));
	}
}

static void run_for(struct run *run, const struct op *op)
{
	if (op->lines != NULL) {
		run_lines(run, op);
		return;
	}
	const struct list *list = reference_storage(&op->reference, &run->frame);
	if (list == NULL) {
		struct diagnostic *d = diag_add(run->target->diags, DIAG_TEMPLATE_ABSENT, op->reference.at,
		                                "'%.*s' is absent: something on the way to the list is", STR_ARG(op->reference.text));
		diag_help(run->target->diags, d, "put '%%%% if %.*s' around the loop", STR_ARG(op->reference.text));
		run->failures++;
		return;
	}
	size_t size = value_size(op->reference.type, op->reference.shape);
	const char *items = list->items;
	for (size_t i = 0; i < list->count && run->failures < FAILURES; i++) {
		run->frame.bindings[op->variable] = (struct binding){items + i * size, i == 0, i + 1 == list->count};
		run_ops(run, &op->body);
	}
}

static void run_if(struct run *run, const struct op *op)
{
	for (const struct branch *branch = op->branches; branch != NULL; branch = branch->next) {
		if (branch->condition == NULL || condition_holds(branch->condition, &run->frame)) {
			run_ops(run, &branch->body);
			return;
		}
	}
}

static void run_ops(struct run *run, const struct ops *ops)
{
	for (const struct op *op = ops->first; op != NULL; op = op->next) {
		switch (op->kind) {
		case OP_TEXT:
			buf_str(run->out, op->text);
			break;
		case OP_INSERT:
			insert_value(run, op);
			break;
		case OP_FOR:
			run_for(run, op);
			break;
		case OP_IF:
			run_if(run, op);
			break;
		case OP_INDENT:
			run_indent(run, op);
			break;
		}
	}
}

/* Relative, and no component that a file system or a shell takes for something else. */
static const char *path_problem(struct str path)
{
	for (size_t i = 0; i < path.len; i++) {
		if (path.ptr[i] <= ' ' || path.ptr[i] > '~' || path.ptr[i] == '\\')
			return "a path holds only printable ASCII without blanks and '\\'";
	}
	for (size_t from = 0; from <= path.len;) {
		size_t to = from + str_find(str_slice(path, from, path.len), '/');
		struct str part = str_slice(path, from, to);
		if (part.len == 0)
			return "a path is relative and has no empty component";
		if (str_equal(part, STR(".")) || str_equal(part, STR("..")))
			return "a path has no component '.' or '..'";
		if (part.ptr[0] == '-')
			return "no component of a path begins with '-'";
		if (part.len > NAME_LIMIT)
			return "a component of a path has at most 255 bytes";
		from = to + 1;
	}
	return NULL;
}

static struct str run_path(struct run *run)
{
	size_t failures = run->failures;
	struct str path = run_text(run, run->target->arena, &run->template->path, false);
	const char *problem = run->failures == failures ? path_problem(path) : NULL;
	if (problem != NULL) {
		diag_add(run->target->diags, DIAG_TEMPLATE_PATH, run->template->path_at, "bad path '%.*s': %s", STR_ARG(path),
		         problem);
		run->failures++;
	}
	return path;
}

static void run_effects(struct run *run, struct effects *effects)
{
	struct arena *arena = run->target->arena;
	const struct template *template = run->template;
	effects->comments = template->dialect->comments;
	for (size_t i = 0; i < template->effects.count; i++) {
		const struct effect_rule *rule = &template->effects.items[i];
		struct effect *effect = LIST_ADD(arena, &effects->rules);
		*effect = (struct effect){.when = rule->when, .section = rule->section, .kind = rule->kind};
		if (rule->has_text)
			effect->text = run_text(run, arena, &rule->text, false);
	}
}

/* One file, unless `when` says no. */
static void run_file(struct run *run, const void *element, rendered_list *list)
{
	const struct template *template = run->template;
	if (template->when != NULL && !condition_holds(template->when, &run->frame))
		return;
	size_t failures = run->failures;
	struct rendered file = {.mode = template->mode, .secret = template->secret, .element = element, .template = template};
	file.path = run_path(run);
	run_effects(run, &file.effects);
	file.bytes = run_text(run, text_arena(run), &template->body, false);
	if (run->failures == failures)
		*(struct rendered *)LIST_ADD(run->target->arena, list) = file;
}

static void run_each(struct run *run, rendered_list *list)
{
	const struct template *template = run->template;
	const struct list *elements = reference_storage(&template->list, &run->frame);
	if (elements == NULL) {
		return; /* the pointer on the way is absent, so there is nothing to make files for */
	}
	size_t size = value_size(template->list.type, template->list.shape);
	const char *items = elements->items;
	for (size_t i = 0; i < elements->count && run->failures < FAILURES; i++) {
		const void *storage = items + i * size;
		run->frame.bindings[0] = (struct binding){storage, i == 0, i + 1 == elements->count};
		run_file(run, template->list.type == MEMBER_POINTER ? *(const void *const *)storage : storage, list);
	}
}

bool template_render(const struct template *template, const struct render_target *target, const bundle_files *files,
                     rendered_list *list)
{
	struct run run = {.template = template, .target = target, .frame = {.root = target->root, .files = files}};
	run.scratch.arena = target->secret_arena;
	if (template->each)
		run_each(&run, list);
	else
		run_file(&run, NULL, list);
	return run.failures == 0;
}
