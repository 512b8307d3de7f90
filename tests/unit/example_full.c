/* examples/full.yaml shows the whole language: every key of the field tables, each with a comment where it is first used. */
#include "yaml_support.h"

#include "command/examples.h"
#include "site/field.h"

static struct str full;
static const struct source *source;

static void load(void)
{
	full = (struct str){NULL, 0};
	for (size_t i = 0; i < embedded_examples_count; i++) {
		if (strcmp(embedded_examples[i].name, "full.yaml") == 0) {
			full = (struct str){embedded_examples[i].text, embedded_examples[i].length};
		}
	}
	assert_non_null(full.ptr);
	source = source_new(arena, STR("full.yaml"), full);
}

static struct str line_of(uint32_t offset)
{
	return source_line(source, source_position(source, offset).line);
}

/* What stands behind " # " in the key's line, or the line above when that is a comment. */
static bool has_comment(const struct yaml_node *key)
{
	struct str line = line_of(key->span.start);
	for (size_t i = 1; i + 2 < line.len; i++) {
		if (line.ptr[i] == '#' && line.ptr[i - 1] == ' ' && line.ptr[i + 1] == ' ') {
			return true;
		}
	}
	return false;
}

/* A line "# key: value   # comment", for a key that most sites must leave out. */
static bool stands_in_comment(const char *name)
{
	struct str begin = str_format(arena, "# %s: ", name);
	for (uint32_t line = 1; line <= source->lines.count; line++) {
		struct str text = str_trim(source_line(source, line));
		if (str_starts(text, begin) && str_find(str_slice(text, 1, text.len), '#') < text.len - 1) {
			return true;
		}
	}
	return false;
}

static bool check_section(const char *path, const struct section *section, const struct yaml_node *const *maps, size_t count);

/* Collects the values below a key in all maps; the first key found is where the comment must stand. */
static bool check_field(const char *path, const struct field *field, const struct yaml_node *const *maps, size_t count)
{
	LIST(const struct yaml_node *) values = {0};
	const struct yaml_node *key = NULL;
	bool good = true;
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < maps[i]->entries.count; j++) {
			const struct yaml_entry *entry = &maps[i]->entries.items[j];
			if (!str_equal(entry->key->text, str_of(field->name))) {
				continue;
			}
			key = key == NULL ? entry->key : key;
			if (field->form == FORM_NAMED) {
				for (size_t k = 0; k < entry->value->entries.count; k++) {
					const struct yaml_node **value = LIST_ADD(arena, &values);
					*value = entry->value->entries.items[k].value;
				}
			} else {
				const struct yaml_node **value = LIST_ADD(arena, &values);
				*value = entry->value;
			}
		}
	}
	if (key == NULL ? !stands_in_comment(field->name) : !has_comment(key)) {
		printf("full.yaml %s '%s%s'\n", key == NULL ? "lacks" : "has no comment at", path, field->name);
		good = false;
	}
	if (field->section != NULL) {
		const char *below = str_format(arena, "%s%s%s.", path, field->name, field->form == FORM_NAMED ? ".*" : "").ptr;
		good = check_section(below, field->section, values.items, values.count) && good;
	}
	return good;
}

static bool check_section(const char *path, const struct section *section, const struct yaml_node *const *maps, size_t count)
{
	bool good = true;
	for (size_t i = 0; i < section->count; i++) {
		good = check_field(path, &section->fields[i], maps, count) && good;
	}
	return good;
}

static void every_key_is_shown(void **state)
{
	(void)state;
	load();
	const struct yaml_node *root = yaml_parse(arena, source, diags);
	assert_non_null(root);
	assert_true(check_section("", &site_section, &root, 1));
}

/* Every word of a choice is named somewhere. */
static bool check_words(const struct section *section)
{
	bool good = true;
	for (size_t i = 0; i < section->count; i++) {
		const struct field *field = &section->fields[i];
		for (size_t j = 0; field->choices != NULL && field->choices[j] != NULL; j++) {
			if (strstr(full.ptr, field->choices[j]) == NULL) {
				printf("full.yaml does not name '%s', a word for '%s'\n", field->choices[j], field->name);
				good = false;
			}
		}
		good = (field->section == NULL || check_words(field->section)) && good;
	}
	return good;
}

static void every_word_is_named(void **state)
{
	(void)state;
	load();
	assert_true(check_words(&site_section));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_key_is_shown, set_up, tear_down),
		cmocka_unit_test_setup_teardown(every_word_is_named, set_up, tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
