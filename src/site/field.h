/* The grammar as tables: a section is a list of fields; a field has a type, a default, and its documentation.
 * Decoder, "did you mean", schema, manual and completion all read these tables. */
#ifndef HLGEN_SITE_FIELD_H
#define HLGEN_SITE_FIELD_H

#include "site/value.h"

struct arena;
struct diags;
struct field;
struct yaml_node;

enum storage { STORE_TEXT, STORE_NUMBER, STORE_FLAG, STORE_CHOICE, STORE_ADDRESS, STORE_PREFIX };

/* A kind of scalar. */
struct value_type {
	const char *noun;    /* for messages: "an IPv4 address" */
	const char *example; /* for messages and the manual */
	const char *json;    /* JSON type: "string", "integer", "boolean", or "scalar": text or a whole number */
	const char *pattern; /* JSON Schema pattern (ECMA-262), or NULL */
	enum storage storage;
	/* Reads `text` into `value` (the struct of the storage). Returns NULL, or why not, in the arena: "octets end at 255";
	 * "" when there is no better reason than "expected <noun>". */
	const char *(*parse)(struct arena *arena, const struct field *field, struct str text, void *value); /* may keep host bits */
};

enum field_form {
	FORM_ONE,         /* a scalar */
	FORM_MANY,        /* a list of scalars; one scalar stands for a list of one */
	FORM_SECTION,     /* a map with fixed keys, embedded */
	FORM_NAMED        /* a map from names to sections: LIST(struct …) */
};

struct field {
	const char *name;
	enum field_form form;
	const struct value_type *type;  /* FORM_ONE, FORM_MANY */
	const struct section *section;  /* FORM_SECTION, FORM_NAMED */
	size_t offset;
	bool required;
	bool reported_elsewhere;        /* a check has a better message when it is missing */
	int64_t min, max;               /* numbers; both 0: no limits but the type's own */
	const char *const *choices;     /* STORE_CHOICE: ends with NULL */
	const char *fallback;           /* the default, written as in the file; NULL: none */
	const char *fallback_doc;       /* a default that is computed, in words; NULL: `fallback` says it */
	const char *doc;                /* one sentence or two */
	const char *example;            /* a value as in the file; NULL: the type's example */
};

struct section {
	const char *title;       /* for messages: "vps", "a client" */
	const char *doc;
	size_t size;             /* of the struct, which begins with struct site_head */
	const struct value_type *key; /* FORM_NAMED: what its names must be */
	size_t count;
	const struct field *fields;
};

size_t storage_size(enum storage storage);

/* The root of the grammar. */
extern const struct section site_section;

/* Types (types.c). */
extern const struct value_type type_text, type_number, type_flag, type_choice, type_port, type_ip4, type_ip6, type_ip,
	type_prefix4, type_prefix6, type_prefix, type_label, type_dns_label, type_client_name, type_host, type_host_pattern, type_domain,
	type_interface, type_ssh, type_version, type_public_key, type_opening, type_target, type_reach, type_range4, type_range6,
	type_suffix6, type_subnet_id, type_duration, type_mac, type_url, type_path, type_revision,
	type_secret_key, type_network_file, type_kube_name, type_zone, type_zone_id;

#endif
