/* Puts a new entry into a text, and proves that it did no harm: the result, parsed again, is the old document and the entry. */
#include "yaml/insert.h"

#include "yaml/insert_internal.h"

const struct yaml_entry *entry_of(const struct yaml_node *map, struct str key)
{
	for (size_t i = 0; i < map->entries.count; i++) {
		if (str_equal(map->entries.items[i].key->text, key)) {
			return &map->entries.items[i];
		}
	}
	return NULL;
}

/* The entry as it was meant, whatever its quotes. */
static bool is_addition(struct job *job, const struct yaml_entry *entry)
{
	const struct yaml_node *meant = edit_parse(job, yaml_addition_lines(job->arena, job->addition));
	if (meant == NULL || !str_equal(entry->key->text, job->addition->name) || entry->value->kind != YAML_MAP) {
		return false;
	}
	const struct yaml_node *settings = meant->entries.items[0].value->entries.items[0].value;
	if (settings->entries.count != entry->value->entries.count) {
		return false;
	}
	for (size_t i = 0; i < settings->entries.count; i++) {
		const struct yaml_entry *a = &settings->entries.items[i], *b = &entry->value->entries.items[i];
		bool same = a->value->kind == YAML_SCALAR && b->value->kind == YAML_SCALAR ? str_equal(a->value->text, b->value->text) :
			same_meaning(a->value, b->value);
		if (!same || !str_equal(a->key->text, b->key->text)) {
			return false;
		}
	}
	return true;
}

/* The new text holds what the old one held, in its order, and the entry as the last one of its section. */
static bool is_right(struct job *job, struct str text)
{
	const struct yaml_node *old = job->document, *now = edit_parse(job, text);
	const struct yaml_entry *before = entry_of(old, job->addition->section), *after = now != NULL ? entry_of(now, job->addition->section) : NULL;
	if (after == NULL || after->value->kind != YAML_MAP || after->value->entries.count == 0) {
		return false;
	}
	struct yaml_node *section = after->value;
	if (!is_addition(job, &section->entries.items[section->entries.count - 1])) {
		return false;
	}
	/* Take the new entry out again: what remains must be the old document. */
	section->entries.count--;
	if (before == NULL) {
		struct yaml_node rest = *now;
		rest.entries.count--;
		return section->entries.count == 0 && same_meaning(old, &rest);
	}
	if (before->value->kind == YAML_SCALAR) {
		*section = *before->value; /* an empty value became a map */
	}
	return same_meaning(old, now);
}

struct str yaml_addition_lines(struct arena *arena, const struct yaml_addition *addition)
{
	struct entry_style style = {.line_end = STR("\n"), .indentation = STR("  ")};
	struct buf out = {.arena = arena};
	buf_printf(&out, "%.*s:\n", STR_ARG(addition->section));
	put_entry(&out, &style, addition);
	buf_char(&out, '\n');
	return buf_view(&out);
}

struct str yaml_insert(struct arena *arena, const struct source *source, const struct yaml_node *document,
                       const struct yaml_addition *addition, const char **why)
{
	struct job job = {.arena = arena, .source = source, .document = document, .addition = addition};
	choose_place(&job);
	struct str text = job.why == NULL ? edit_apply(&job) : (struct str){NULL, 0};
	if (job.why == NULL && !is_right(&job, text)) {
		job.why = "the file is written in a way that a new entry would break";
		text = (struct str){NULL, 0};
	}
	*why = job.why;
	return text;
}
