/* From YAML nodes to typed structs, driven by the field tables; reports every structural mistake. */
#include "base/map.h"
#include "base/utf8.h"
#include "diag/suggest.h"
#include "site/field.h"
#include "site/site.h"
#include "site/unknown.h"
#include "yaml/yaml.h"

#include <string.h>

struct decoder {
	struct arena *arena;
	struct diags *diags;
	struct site *site;
};

static void decode_section(struct decoder *d, const struct yaml_node *map, const struct section *section, void *out);

static void *at_offset(void *base, size_t offset)
{
	return (char *)base + offset;
}

/* Every scalar's struct ends with {span, bool}; where depends on its size. */
static void place(enum storage storage, void *value, struct span at, bool set)
{
	switch (storage) {
	case STORE_TEXT: ((struct site_text *)value)->at = at; ((struct site_text *)value)->set = set; break;
	case STORE_NUMBER: ((struct site_number *)value)->at = at; ((struct site_number *)value)->set = set; break;
	case STORE_FLAG: ((struct site_flag *)value)->at = at; ((struct site_flag *)value)->set = set; break;
	case STORE_CHOICE: ((struct site_choice *)value)->at = at; ((struct site_choice *)value)->set = set; break;
	case STORE_ADDRESS: ((struct site_address *)value)->at = at; ((struct site_address *)value)->set = set; break;
	case STORE_PREFIX: ((struct site_prefix *)value)->at = at; ((struct site_prefix *)value)->set = set; break;
	}
}

static const char *kind_of(const struct yaml_node *node)
{
	return node->kind == YAML_MAP ? "a map" : node->kind == YAML_LIST ? "a list" : node->empty ? "nothing" : "a single value";
}

/* Numbers and booleans by the YAML 1.2 core schema: what an editor or another YAML reader would not take for text. */
static bool looks_like_number(struct str s)
{
	size_t i = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+') ? 1 : 0, digits = 0, dots = 0;
	if (s.len > 2 && s.ptr[0] == '0' && (s.ptr[1] == 'x' || s.ptr[1] == 'o'))
		return true;
	for (; i < s.len; i++) {
		if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
			digits++;
		else if (s.ptr[i] == '.')
			dots++;
		else if ((s.ptr[i] == 'e' || s.ptr[i] == 'E') && digits > 0 && i + 1 < s.len) {
			i += s.ptr[i + 1] == '-' || s.ptr[i + 1] == '+' ? 1 : 0;
			dots = dots > 1 ? dots : 1; /* no dot may follow an exponent */
		} else {
			return false;
		}
	}
	return digits > 0 && dots <= 1;
}

static bool is_text_for_yaml(const struct yaml_node *node)
{
	static const char *const words[] = { "true", "True", "TRUE", "false", "False", "FALSE" };
	if (!node->plain)
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_equal(node->text, str_of(words[i])))
			return false;
	return !looks_like_number(node->text);
}

static void add_choices(struct decoder *d, struct diagnostic *diagnostic, const struct field *field, struct str word)
{
	struct suggestion suggestion = suggest_start(word);
	struct str all = STR("");
	for (size_t i = 0; field->choices[i]; i++) {
		suggest_offer(&suggestion, str_of(field->choices[i]));
		all = str_format(d->arena, "%.*s%s%s", STR_ARG(all), i ? ", " : "", field->choices[i]);
	}
	if (suggestion.best.ptr)
		diag_help(d->diags, diagnostic, "did you mean '%.*s'?", STR_ARG(suggestion.best));
	else
		diag_help(d->diags, diagnostic, "it is one of: %.*s", STR_ARG(all));
}

static void refuse(struct decoder *d, const struct yaml_node *node, const struct field *field, const char *why)
{
	struct diagnostic *found = diag_add(d->diags, DIAG_BAD_VALUE, node->span, "'%s' must be %s%s%s", field->name, field->type->noun,
		*why ? ": " : "", why);
	if (field->choices)
		add_choices(d, found, field, node->text);
	else
		diag_help(d->diags, found, "for example: %s", field->example && field->form == FORM_ONE ? field->example : field->type->example);
}

static bool decode_scalar(struct decoder *d, const struct yaml_node *node, const struct field *field, void *value)
{
	bool text = strcmp(field->type->json, "string") == 0, scalar = strcmp(field->type->json, "scalar") == 0;
	place(field->type->storage, value, node->span, true);
	if (node->kind != YAML_SCALAR || node->empty) {
		struct diagnostic *found = diag_add(d->diags, DIAG_WRONG_TYPE, node->span, "'%s' must be %s, but here stands %s", field->name,
			field->type->noun, kind_of(node));
		diag_help(d->diags, found, node->empty ? "write a value, or remove the key: %s" : "for example: %s",
			field->example ? field->example : field->choices ? field->choices[0] : field->type->example);
		return false;
	}
	if (text && !is_text_for_yaml(node)) {
		struct diagnostic *found = diag_add(d->diags, DIAG_NEEDS_QUOTES, node->span,
			"'%s' must be text, but YAML takes this for a number or a boolean", field->name);
		diag_help(d->diags, found, "write it in quotes: \"%.*s\"", STR_ARG(node->text));
		return false;
	}
	if (!text && !scalar && !node->plain) {
		struct diagnostic *found = diag_add(d->diags, DIAG_WRONG_TYPE, node->span, "'%s' must be %s, but here stands text in quotes",
			field->name, field->type->noun);
		diag_help(d->diags, found, "remove the quotes");
		return false;
	}
	for (size_t i = 0, step; i < node->text.len; i += step) {
		uint32_t c;
		step = utf8_decode(node->text, i, &c);
		if (step == 0 || utf8_is_control(c)) {
			struct diagnostic *found = diag_add(d->diags, DIAG_CONTROL_CHARACTER, node->span,
				"'%s' contains a control character or a line break", field->name);
			diag_help(d->diags, found, "remove it: no setting needs one, and in a configuration file it could begin a new line");
			return false;
		}
	}
	const char *why = field->type->parse(d->arena, field, node->text, value);
	if (why) {
		refuse(d, node, field, why);
		return false;
	}
	if (field->type->storage == STORE_PREFIX && prefix_has_host_bits(((struct site_prefix *)value)->value)) {
		struct prefix network = prefix_network(((struct site_prefix *)value)->value);
		char right[PREFIX_TEXT];
		struct diagnostic *found = diag_add(d->diags, DIAG_HOST_BITS, node->span, "'%s' must be a network, but %.*s has host bits set",
			field->name, STR_ARG(node->text));
		diag_help(d->diags, found, "did you mean %s?", prefix_format(network, right));
		((struct site_prefix *)value)->value = (struct prefix){ { 0 }, 0 }; /* silences what depends on it */
		return false;
	}
	if (field->type == &type_public_key)
		source_show_key(d->arena, node->span);
	return true;
}

static bool decode_many(struct decoder *d, const struct yaml_node *node, const struct field *field, struct site_list *list)
{
	const struct yaml_node *single[1] = { node };
	bool good = true;
	list->set = true;
	list->at = node->span;
	list->list.count = 0; /* the default's */
	if (node->kind == YAML_MAP || node->empty) {
		struct diagnostic *found = diag_add(d->diags, DIAG_WRONG_TYPE, node->span, "'%s' must be a list, but here stands %s", field->name,
			kind_of(node));
		diag_help(d->diags, found, node->empty ? "write [] for an empty list" : "for example: %s", field->example ? field->example : "[]");
		return false;
	}
	size_t count = node->kind == YAML_LIST ? node->items.count : 1;
	if (count == 0 && (field->required || field->fallback)) {
		struct diagnostic *found = diag_add(d->diags, DIAG_BAD_VALUE, node->span, "'%s' must name at least one", field->name);
		diag_help(d->diags, found, "for example: %s", field->example);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		const struct yaml_node *item = node->kind == YAML_LIST ? node->items.items[i] : single[0];
		void *value = list_add(d->arena, &list->list, storage_size(field->type->storage));
		good = decode_scalar(d, item, field, value) && good;
	}
	return good;
}

static void decode_named(struct decoder *d, const struct yaml_node *node, const struct field *field, struct list *list)
{
	const struct section *section = field->section;
	const struct field key_field = { .name = field->name, .form = FORM_ONE, .type = section->key };
	if (node->kind != YAML_MAP) {
		if (node->empty)
			return; /* "clients:" with everything below it commented out */
		struct diagnostic *found = diag_add(d->diags, DIAG_WRONG_TYPE, node->span, "'%s' must be a map from names to settings, but here stands %s",
			field->name, kind_of(node));
		diag_help(d->diags, found, "write 'name: { ... }' below it, one line each");
		return;
	}
	const struct section *home = report_foreign_names(d->diags, node, field);
	d->site->disordered = d->site->disordered || home;
	for (size_t i = 0; i < node->entries.count; i++) {
		const struct yaml_entry *entry = &node->entries.items[i];
		if (home && is_foreign_name(entry, section, home))
			continue;
		void *element = list_add(d->arena, list, section->size);
		struct site_head *head = element;
		struct site_text name = { 0 };
		head->name = entry->key->text;
		head->at = entry->key->span;
		head->present = true;
		const char *why = section->key->parse(d->arena, &key_field, entry->key->text, &name);
		if (why) {
			struct diagnostic *found = diag_add(d->diags, DIAG_BAD_NAME, entry->key->span, "'%.*s' cannot be the name of %s%s%s",
				STR_ARG(entry->key->text), section->title, *why ? ": " : "", why);
			diag_help(d->diags, found, "a good name looks like this: %s", section->key->example);
			head->broken = true;
		}
		decode_section(d, entry->value, section, element);
	}
}

static void set_default(struct decoder *d, const struct field *field, struct span at, void *out)
{
	void *value = at_offset(out, field->offset);
	if (field->form == FORM_SECTION) {
		struct site_head *head = value;
		head->name = str_of(field->name);
		head->at = at;
		for (size_t i = 0; i < field->section->count; i++)
			set_default(d, &field->section->fields[i], at, value);
		return;
	}
	if (field->form == FORM_MANY) {
		/* The default of a section within a section comes up once for each of them. */
		((struct site_list *)value)->list.count = 0;
		((struct site_list *)value)->at = at;
		if (!field->fallback)
			return;
		value = list_add(d->arena, &((struct site_list *)value)->list, storage_size(field->type->storage));
	} else if (field->form != FORM_ONE) {
		return;
	}
	place(field->type->storage, value, at, false);
	if (field->fallback)
		field->type->parse(d->arena, field, str_of(field->fallback), value);
}

/* Returns false when the value was refused. */
static bool decode_field(struct decoder *d, const struct field *field, const struct yaml_entry *entry, void *out)
{
	void *value = at_offset(out, field->offset);
	struct site_head *head = value;
	switch (field->form) {
	case FORM_ONE:
		return decode_scalar(d, entry->value, field, value);
	case FORM_MANY:
		return decode_many(d, entry->value, field, value);
	case FORM_NAMED:
		decode_named(d, entry->value, field, value);
		return true;
	case FORM_SECTION:
		head->name = entry->key->text;
		head->at = entry->key->span;
		head->present = true;
		decode_section(d, entry->value, field->section, value);
		return true;
	}
	return true;
}

/* Where to point when keys belong elsewhere: at the element's own name, or at the first key that a section does not have. */
static struct span first_unknown(const struct yaml_node *map, const struct section *section, const struct site_head *head)
{
	for (size_t i = 0; !section->key && i < map->entries.count; i++)
		if (!section_field(section, map->entries.items[i].key->text))
			return map->entries.items[i].key->span;
	return head->at;
}

static void decode_section(struct decoder *d, const struct yaml_node *map, const struct section *section, void *out)
{
	struct site_head *head = out;
	uint64_t seen = 0;
	for (size_t i = 0; i < section->count; i++)
		set_default(d, &section->fields[i], head->at, out);
	if (map->kind != YAML_MAP && !map->empty) {
		struct diagnostic *found = diag_add(d->diags, DIAG_WRONG_TYPE, map->span, "%s must be a map of keys and values, but here stands %s",
			section->title, kind_of(map));
		diag_help(d->diags, found, "write its keys below it, indented, or in braces: { %s: ... }", section->fields[0].name);
		head->broken = true;
		return;
	}
	bool foreign = report_foreign(d->arena, d->diags, map, section, first_unknown(map, section, head), head->name);
	if (foreign)
		head->broken = d->site->disordered = true;
	for (size_t i = 0; i < map->entries.count; i++) {
		const struct yaml_entry *entry = &map->entries.items[i];
		const struct field *field = section_field(section, entry->key->text);
		if (!field) {
			head->broken = true;
			field = foreign ? NULL : report_unknown(d->arena, d->diags, map, entry->key, section);
		}
		if (!field || seen >> (field - section->fields) & 1)
			continue;
		seen |= UINT64_C(1) << (field - section->fields);
		if (!decode_field(d, field, entry, out))
			head->broken = true;
	}
	for (size_t i = 0; i < section->count; i++) {
		const struct field *field = &section->fields[i];
		if (!field->required || (seen >> i & 1))
			continue;
		head->broken = true;
		d->site->disordered = d->site->disordered || field->section;
		if (field->reported_elsewhere || (foreign && section->key))
			continue;
		struct diagnostic *found = diag_add(d->diags, DIAG_MISSING_KEY, head->at, "%s%s%.*s%s lacks the key '%s'", section->title,
			section->key ? " '" : "", section->key ? (int)head->name.len : 0, section->key ? head->name.ptr : "",
			section->key ? "'" : "", field->name);
		diag_help(d->diags, found, "%s For example: %s: %s", field->doc, field->name, field->example ? field->example :
			field->type ? field->type->example : "{ ... }");
	}
}

void site_decode(struct arena *arena, const struct yaml_node *document, struct site *site, struct diags *diags)
{
	struct decoder decoder = { arena, diags, site };
	site->head.name = STR("site");
	site->head.present = true;
	site->head.at = document->span;
	if (document->kind == YAML_MAP && document->entries.count > 0)
		site->head.at = document->entries.items[0].key->span;
	decode_section(&decoder, document, &site_section, site);
}
