/* The field tables as JSON Schema, draft 2020-12: what editors need for completion, hover and checks. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/fatal.h"
#include "command/schema.h"
#include "yaml/yaml.h"

#include <stdint.h>
#include <string.h>

static json_t *section_schema(struct arena *arena, json_t *defs, const struct section *section, const char *doc);

static json_t *checked(json_t *value)
{
	if (!value)
		fatal_memory();
	return value;
}

static void set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, checked(value)) != 0)
		fatal_memory();
}

static void append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, checked(value)) != 0)
		fatal_memory();
}

static json_t *text(struct str s)
{
	return checked(json_stringn(s.ptr, s.len));
}

/* A scalar as YAML reads it, by the type of its field. */
static json_t *scalar(const struct value_type *type, struct str word, bool plain)
{
	unsigned long long number;
	bool negative = word.len > 1 && word.ptr[0] == '-';
	if (strcmp(type->json, "boolean") == 0)
		return json_boolean(str_equal(word, STR("true")));
	if (strcmp(type->json, "string") != 0 && plain && str_to_number(str_slice(word, negative, word.len), INT32_MAX, &number))
		return checked(json_integer(negative ? -(json_int_t)number : (json_int_t)number));
	return text(word);
}

static json_t *value_of_node(const struct value_type *type, const struct yaml_node *node)
{
	if (node->kind != YAML_LIST)
		return scalar(type, node->text, node->plain);
	json_t *array = checked(json_array());
	for (size_t i = 0; i < node->items.count; i++)
		append(array, value_of_node(type, node->items.items[i]));
	return array;
}

/* An example is written as in the file, so it is read as the file is. */
static json_t *example_value(struct arena *arena, const struct value_type *type, const char *example)
{
	struct diags *diags = diags_new(arena, false);
	const struct yaml_node *node = yaml_parse(arena, source_new(arena, STR("example"), str_of(example)), diags);
	return node ? value_of_node(type, node) : text(str_of(example));
}

static void add_example(struct arena *arena, json_t *schema, const struct value_type *type, const char *example)
{
	json_t *examples = checked(json_array());
	append(examples, example_value(arena, type, example));
	set(schema, "examples", examples);
}

/* Not every example of a type is one to copy: "<output of wg pubkey>". */
static bool is_value(struct arena *arena, const struct value_type *type)
{
	const struct field field = { .name = "example", .type = type };
	json_t *value = example_value(arena, type, type->example);
	void *room = arena_alloc(arena, storage_size(type->storage));
	bool good = !json_is_string(value) || !type->parse(arena, &field, str_copy(arena, str_of(json_string_value(value))), room);
	json_decref(value);
	return good;
}

/* "an IPv4 address" -> "ipv4-address": what a type is called in $defs. */
static struct str slug(struct arena *arena, const struct value_type *type)
{
	struct str noun = str_lower(arena, str_of(type->noun));
	struct buf out = { .arena = arena };
	for (size_t i = str_starts(noun, STR("a ")) ? 2 : str_starts(noun, STR("an ")) ? 3 : 0; i < noun.len; i++) {
		char c = noun.ptr[i];
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			buf_char(&out, c);
		else if (out.len > 0 && out.ptr[out.len - 1] != '-')
			buf_char(&out, '-');
	}
	while (out.len > 0 && out.ptr[out.len - 1] == '-')
		out.len--;
	return buf_view(&out);
}

static json_t *definition(struct arena *arena, const struct value_type *type)
{
	json_t *schema = checked(json_object());
	set(schema, "description", json_string(type->noun));
	if (strcmp(type->json, "scalar") == 0) {
		set(schema, "type", json_pack("[s, s]", "string", "integer"));
		set(schema, "minimum", json_integer(0));
		set(schema, "maximum", json_integer(type == &type_subnet_id ? 99999999 : 0));
	} else {
		set(schema, "type", json_string(type->json));
	}
	set(schema, "pattern", json_string(type->pattern));
	set(schema, "patternErrorMessage", json_sprintf("it must be %s, for example: %s", type->noun, type->example));
	if (is_value(arena, type))
		add_example(arena, schema, type, type->example);
	return schema;
}

/* Types with a pattern are spelled once, under their noun; a second type of the same noun where it stands. */
static void refer(struct arena *arena, json_t *defs, json_t *schema, const struct value_type *type)
{
	struct str name = slug(arena, type), path = str_format(arena, "#/$defs/%.*s", STR_ARG(name));
	json_t *own = definition(arena, type), *known = json_object_get(defs, str_copy(arena, name).ptr);
	if (!known)
		set(defs, str_copy(arena, name).ptr, json_incref(own));
	if (!known || json_equal(known, own))
		set(schema, "$ref", text(path));
	else if (json_object_update(schema, own) != 0)
		fatal_memory();
	json_decref(own);
}

static void add_limits(json_t *schema, const struct field *field)
{
	bool port = field->type == &type_port, limited = field->min != 0 || field->max != 0;
	if (!port && !limited)
		return;
	set(schema, "minimum", json_integer(limited ? field->min : 1));
	set(schema, "maximum", json_integer(limited ? field->max : 65535));
}

/* Adds to `schema` what one scalar of the field must be. */
static void describe_scalar(struct arena *arena, json_t *defs, json_t *schema, const struct field *field)
{
	if (field->choices) {
		json_t *words = checked(json_array());
		for (size_t i = 0; field->choices[i]; i++)
			append(words, json_string(field->choices[i]));
		set(schema, "enum", words);
	} else if (field->type->pattern) {
		refer(arena, defs, schema, field->type);
		if (field->type->storage == STORE_TEXT && field->max > 0)
			set(schema, "maxLength", json_integer(field->max));
	} else {
		set(schema, "type", json_string(field->type->json));
		if (field->type->storage == STORE_NUMBER)
			add_limits(schema, field);
	}
}

static void describe_many(struct arena *arena, json_t *defs, json_t *schema, const struct field *field)
{
	json_t *item = checked(json_object()), *list = checked(json_object()), *forms = checked(json_array());
	describe_scalar(arena, defs, item, field);
	set(list, "type", json_string("array"));
	set(list, "items", json_deep_copy(item));
	if (field->required || field->fallback)
		set(list, "minItems", json_integer(1));
	append(forms, item);
	append(forms, list);
	set(schema, "anyOf", forms);
}

static struct str description(struct arena *arena, const struct field *field)
{
	return field->fallback_doc ? str_format(arena, "%s Default: %s.", field->doc, field->fallback_doc) : str_of(field->doc);
}

static void add_default(json_t *schema, const struct field *field)
{
	if (!field->fallback)
		return;
	json_t *value = scalar(field->type, str_of(field->fallback), true);
	if (field->form == FORM_MANY) {
		json_t *list = checked(json_array());
		append(list, value);
		value = list;
	}
	set(schema, "default", value);
}

static json_t *named_schema(struct arena *arena, json_t *defs, const struct field *field)
{
	json_t *schema = checked(json_object()), *key = checked(json_object());
	set(schema, "description", json_string(field->doc));
	set(schema, "type", json_pack("[s, s]", "object", "null"));
	refer(arena, defs, key, field->section->key);
	set(schema, "propertyNames", key);
	set(schema, "additionalProperties", section_schema(arena, defs, field->section, field->section->doc));
	return schema;
}

static json_t *field_schema(struct arena *arena, json_t *defs, const struct field *field)
{
	if (field->form == FORM_SECTION)
		return section_schema(arena, defs, field->section, field->doc);
	if (field->form == FORM_NAMED)
		return named_schema(arena, defs, field);
	json_t *schema = checked(json_object());
	set(schema, "description", text(description(arena, field)));
	if (field->form == FORM_MANY)
		describe_many(arena, defs, schema, field);
	else
		describe_scalar(arena, defs, schema, field);
	add_default(schema, field);
	if (field->example)
		add_example(arena, schema, field->type, field->example);
	return schema;
}

/* A section in which nothing is required may be left empty: "router:" with everything below it commented out. */
static json_t *section_schema(struct arena *arena, json_t *defs, const struct section *section, const char *doc)
{
	json_t *schema = checked(json_object()), *properties = checked(json_object()), *required = checked(json_array());
	for (size_t i = 0; i < section->count; i++) {
		const struct field *field = &section->fields[i];
		set(properties, field->name, field_schema(arena, defs, field));
		if (field->required)
			append(required, json_string(field->name));
	}
	set(schema, "title", json_string(section->title));
	set(schema, "description", json_string(doc));
	set(schema, "type", json_array_size(required) > 0 ? json_string("object") : json_pack("[s, s]", "object", "null"));
	set(schema, "additionalProperties", json_false());
	if (json_array_size(required) > 0)
		set(schema, "required", json_incref(required));
	json_decref(required);
	set(schema, "properties", properties);
	return schema;
}

json_t *schema_json(struct arena *arena, const struct section *root)
{
	json_t *schema = checked(json_object()), *defs = checked(json_object());
	set(schema, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
	set(schema, "$id", json_string("site.schema.json"));
	json_t *grammar = section_schema(arena, defs, root, root->doc);
	if (json_object_update(schema, grammar) != 0)
		fatal_memory();
	json_decref(grammar);
	set(schema, "$defs", defs);
	return schema;
}
