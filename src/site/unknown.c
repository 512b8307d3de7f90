/* Keys that a section does not have: what was probably meant, said once. */
#include "site/unknown.h"
#include "diag/suggest.h"

const struct field *section_field(const struct section *section, struct str name)
{
	for (size_t i = 0; i < section->count; i++)
		if (str_equal(str_of(section->fields[i].name), name))
			return &section->fields[i];
	return NULL;
}

const struct field *report_unknown(struct arena *arena, struct diags *diags, const struct yaml_node *map, const struct yaml_node *key,
                                   const struct section *section)
{
	struct suggestion suggestion = suggest_start(key->text);
	struct str all = STR("");
	for (size_t i = 0; i < section->count; i++) {
		suggest_offer(&suggestion, str_of(section->fields[i].name));
		all = str_format(arena, "%.*s%s%s", STR_ARG(all), i ? ", " : "", section->fields[i].name);
	}
	struct diagnostic *found = diag_add(diags, DIAG_UNKNOWN_KEY, key->span, "%s has no key '%.*s'", section->title, STR_ARG(key->text));
	if (!suggestion.best.ptr) {
		diag_help(diags, found, "known keys: %.*s", STR_ARG(all));
		return NULL;
	}
	diag_help(diags, found, "did you mean '%.*s'?", STR_ARG(suggestion.best));
	return yaml_get(map, suggestion.best) ? NULL : section_field(section, suggestion.best);
}

/* How many of the map's keys are unknown to its own section but fields of `other`. */
static size_t count_foreign(const struct yaml_node *map, const struct section *section, const struct section *other)
{
	size_t count = 0;
	for (size_t i = 0; i < map->entries.count; i++) {
		struct str key = map->entries.items[i].key->text;
		count += !section_field(section, key) && section_field(other, key);
	}
	return count;
}

/* How many unknown keys hold maps whose keys are all fields of `other`: names of its elements. */
static size_t count_elements(const struct yaml_node *map, const struct section *section, const struct section *other)
{
	size_t count = 0;
	for (size_t i = 0; i < map->entries.count; i++) {
		const struct yaml_node *value = map->entries.items[i].value;
		bool fits = !section_field(section, map->entries.items[i].key->text) && value->kind == YAML_MAP && value->entries.count > 0;
		for (size_t k = 0; fits && k < value->entries.count; k++)
			fits = section_field(other, value->entries.items[k].key->text) != NULL;
		count += fits;
	}
	return count;
}

struct home {
	const struct field *field; /* of the site file */
	bool elements;             /* the keys are names in it */
	size_t count;
};

static void offer(struct home *best, struct home home)
{
	if (home.count > best->count)
		*best = home;
}

bool report_foreign(struct arena *arena, struct diags *diags, const struct yaml_node *map, const struct section *section, struct span at,
                    struct str name)
{
	struct home home = { 0 };
	size_t own = 0;
	for (size_t i = 0; i < map->entries.count; i++)
		own += section_field(section, map->entries.items[i].key->text) != NULL;
	for (size_t i = 0; i < site_section.count; i++) {
		const struct field *field = &site_section.fields[i];
		if (!field->section || field->section == section)
			continue;
		/* Among names (say, services) one foreign element is enough; in a section (say, vps) one key may be a slip. */
		if ((field->form == FORM_NAMED) == (section->key != NULL))
			offer(&home, (struct home){ field, false, count_foreign(map, section, field->section) });
		if (field->form == FORM_NAMED)
			offer(&home, (struct home){ field, true, count_elements(map, section, field->section) });
	}
	bool whole = section->key && !home.elements && home.count + own >= map->entries.count && home.count > 0 && own <= home.count;
	if (!whole && home.count < 2)
		return false;
	struct str shown = section->key ? str_format(arena, "%s '%.*s'", section->title, STR_ARG(name)) : str_of(section->title);
	struct diagnostic *found = diag_add(diags, DIAG_UNKNOWN_KEY, at, "%.*s has keys that belong to '%s'", STR_ARG(shown), home.field->name);
	diag_help(diags, found, "is the line '%s:' missing above, or is the indentation wrong?", home.field->name);
	return true;
}

bool is_foreign_name(const struct yaml_entry *entry, const struct section *section, const struct section *home)
{
	const struct yaml_node *value = entry->value;
	if (!section_field(home, entry->key->text))
		return false;
	return value->kind != YAML_MAP || value->entries.count == 0 || !section_field(section, value->entries.items[0].key->text) ||
		section_field(home, entry->key->text)->form == FORM_SECTION;
}

const struct section *report_foreign_names(struct diags *diags, const struct yaml_node *map, const struct field *field)
{
	for (size_t i = 0; i < site_section.count; i++) {
		const struct field *home = &site_section.fields[i];
		const struct yaml_node *first = NULL;
		size_t count = 0;
		for (size_t k = 0; home->form == FORM_SECTION && k < map->entries.count; k++) {
			if (!is_foreign_name(&map->entries.items[k], field->section, home->section))
				continue;
			first = first ? first : map->entries.items[k].key;
			count++;
		}
		if (count < 2)
			continue;
		struct diagnostic *found = diag_add(diags, DIAG_UNKNOWN_KEY, first->span, "'%s' has entries that belong to '%s'", field->name, home->name);
		diag_help(diags, found, "is the line '%s:' missing above, or is the indentation wrong?", home->name);
		return home->section;
	}
	return NULL;
}
