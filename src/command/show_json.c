/* The plan and the site as JSON values, without secrets. */
#include "command/show_json.h"
#include "base/fatal.h"

#include <string.h>

static json_t *checked(json_t *value)
{
	if (!value)
		fatal_memory();
	return value;
}

static void set(json_t *object, struct str key, json_t *value)
{
	if (json_object_setn_new(object, key.ptr, key.len, checked(value)) != 0)
		fatal_memory();
}

static void append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, checked(value)) != 0)
		fatal_memory();
}

static json_t *text(struct str s)
{
	return s.ptr ? checked(json_stringn(s.ptr, s.len)) : json_null();
}

static json_t *address(struct ip ip)
{
	char out[IP_TEXT];
	return ip.family == IP_NONE ? json_null() : checked(json_string(ip_format(ip, out)));
}

static json_t *prefix(struct prefix value)
{
	char out[PREFIX_TEXT];
	return value.ip.family == IP_NONE ? json_null() : checked(json_string(prefix_format(value, out)));
}

static size_t member_size(const struct member *member)
{
	switch (member->type) {
	case MEMBER_TEXT: return sizeof(struct text);
	case MEMBER_NUMBER: return sizeof(int64_t);
	case MEMBER_FLAG: return sizeof(bool);
	case MEMBER_ADDRESS: return sizeof(struct ip);
	case MEMBER_PREFIX: return sizeof(struct prefix);
	case MEMBER_SECRET: return sizeof(struct secret);
	case MEMBER_OBJECT: return member->shape->size;
	case MEMBER_POINTER: return sizeof(void *);
	}
	return 0;
}

static json_t *single(const struct member *member, const void *value)
{
	switch (member->type) {
	case MEMBER_TEXT: return text(((const struct text *)value)->value);
	case MEMBER_NUMBER: return checked(json_integer(*(const int64_t *)value));
	case MEMBER_FLAG: return json_boolean(*(const bool *)value);
	case MEMBER_ADDRESS: return address(*(const struct ip *)value);
	case MEMBER_PREFIX: return prefix(*(const struct prefix *)value);
	case MEMBER_SECRET: return ((const struct secret *)value)->id ? checked(json_string("***")) : json_null();
	case MEMBER_OBJECT: return json_of_object(member->shape, value);
	case MEMBER_POINTER: {
		const void *target = *(const void *const *)value;
		return target ? json_of_object(member->shape, target) : json_null();
	}
	}
	return json_null();
}

static json_t *member_value(const struct member *member, const void *object)
{
	const void *value = (const char *)object + member->offset;
	struct list list;
	if (!member->list)
		return single(member, value);
	memcpy(&list, value, sizeof list);
	json_t *array = checked(json_array());
	for (size_t i = 0; i < list.count; i++)
		append(array, single(member, (const char *)list.items + i * member_size(member)));
	return array;
}

json_t *json_of_object(const struct shape *shape, const void *object)
{
	json_t *json = checked(json_object());
	for (size_t i = 0; i < shape->count; i++)
		set(json, str_of(shape->members[i].name), member_value(&shape->members[i], object));
	return json;
}

static json_t *stored(const struct field *field, const void *value)
{
	switch (field->type->storage) {
	case STORE_TEXT: return text(((const struct site_text *)value)->value);
	case STORE_NUMBER: return checked(json_integer(((const struct site_number *)value)->value));
	case STORE_FLAG: return json_boolean(((const struct site_flag *)value)->value);
	case STORE_CHOICE: return checked(json_string(field->choices[((const struct site_choice *)value)->value]));
	case STORE_ADDRESS: return address(((const struct site_address *)value)->value);
	case STORE_PREFIX: return prefix(((const struct site_prefix *)value)->value);
	}
	return json_null();
}

static json_t *field_value(const struct field *field, const void *object)
{
	const void *value = (const char *)object + field->offset;
	const struct site_head *head = value;
	struct list list;
	if (field->form == FORM_ONE)
		return stored(field, value);
	if (field->form == FORM_SECTION)
		return head->present ? json_of_section(field->section, value) : json_null();
	memcpy(&list, value, sizeof list);
	json_t *json = checked(field->form == FORM_NAMED ? json_object() : json_array());
	for (size_t i = 0; i < list.count; i++) {
		if (field->form == FORM_MANY) {
			append(json, stored(field, (const char *)list.items + i * storage_size(field->type->storage)));
			continue;
		}
		const void *element = (const char *)list.items + i * field->section->size;
		set(json, ((const struct site_head *)element)->name, json_of_section(field->section, element));
	}
	return json;
}

json_t *json_of_section(const struct section *section, const void *object)
{
	json_t *json = checked(json_object());
	for (size_t i = 0; i < section->count; i++) {
		json_t *value = field_value(&section->fields[i], object);
		if (json_is_null(value))
			json_decref(value);
		else
			set(json, str_of(section->fields[i].name), value);
	}
	return json;
}

static const char *type_name(const struct member *member)
{
	static const char *const names[] = { [MEMBER_TEXT] = "text", [MEMBER_NUMBER] = "number", [MEMBER_FLAG] = "flag",
		[MEMBER_ADDRESS] = "address", [MEMBER_PREFIX] = "prefix", [MEMBER_SECRET] = "secret", [MEMBER_OBJECT] = "object",
		[MEMBER_POINTER] = "object" };
	return names[member->type];
}

/* `path` is what stands before the member's name; an element of a list has no value of its own. */
static void add_names(json_t *names, const char *path, const struct shape *shape, const void *object)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];
		json_t *name = checked(json_sprintf("%s%s%s", path, member->name, member->list ? "[]" : ""));
		json_t *row = checked(json_object());
		set(row, STR("name"), json_incref(name));
		set(row, STR("type"), json_string(type_name(member)));
		set(row, STR("doc"), json_string(member->doc));
		const void *inner = NULL;
		if (object && !member->list && member->type == MEMBER_POINTER)
			inner = *(const void *const *)(const void *)((const char *)object + member->offset);
		else if (object && !member->list && member->type == MEMBER_OBJECT)
			inner = (const char *)object + member->offset;
		else if (object && !member->shape)
			set(row, STR("value"), member_value(member, object));
		append(names, row);
		if (member->shape) {
			json_t *below = checked(json_sprintf("%s.", json_string_value(name)));
			add_names(names, json_string_value(below), member->shape, inner);
			json_decref(below);
		}
		json_decref(name);
	}
}

json_t *json_of_names(const struct shape *shape, const void *object)
{
	json_t *names = checked(json_array());
	add_names(names, "", shape, object);
	return names;
}
