/* Drives libyaml and turns its events into the tree; the only file that knows libyaml. */
#include <yaml.h>

#include "base/fatal.h"
#include "yaml/internal.h"

struct parse {
	yaml_parser_t parser;
	struct cursor cursor;
	struct tree tree;
};

static uint32_t offset_of(struct parse *parse, yaml_mark_t mark)
{
	return cursor_offset(&parse->cursor, mark.index);
}

static void report_failure(struct parse *parse)
{
	const yaml_parser_t *parser = &parse->parser;
	if (parser->error == YAML_MEMORY_ERROR) {
		fatal_memory();
	}
	struct failure failure = {
		.source = parse->tree.source,
		.diags = parse->tree.diags,
		.problem = parser->problem != NULL ? parser->problem : "",
		.context = parser->context != NULL ? parser->context : "",
	};
	if (parser->error == YAML_READER_ERROR) {
		/* Its mark is useless; it counts bytes of what it was given. */
		failure.at = text_start(failure.source) + (uint32_t)parser->problem_offset;
		failure.began = failure.at;
	} else {
		failure.began = offset_of(parse, parser->context != NULL ? parser->context_mark : parser->problem_mark);
		failure.at = offset_of(parse, parser->problem_mark);
	}
	failure.quoted = parse->tree.quoted;
	failure.bracket = tree_bracket(&parse->tree, failure.began);
	parse->tree.broken = true;
	failure_report(&failure);
}

static struct span scalar_span(struct parse *parse, const yaml_event_t *event, uint32_t start)
{
	yaml_scalar_style_t style = event->data.scalar.style;
	if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE) {
		return word_span(parse->tree.source, start); /* the indicator: the text below may be long */
	}
	uint32_t end = offset_of(parse, event->end_mark);
	return (struct span){parse->tree.source, start, end > start ? end : start};
}

static void add_scalar(struct parse *parse, const yaml_event_t *event)
{
	uint32_t start = refuse_properties(&parse->tree, offset_of(parse, event->start_mark),
	                                   event->data.scalar.anchor != NULL, event->data.scalar.tag != NULL);
	struct str value = {(const char *)event->data.scalar.value, event->data.scalar.length};
	struct span span = scalar_span(parse, event, start);
	tree_scalar(&parse->tree, span, offset_of(parse, event->end_mark), str_copy(parse->tree.arena, value),
	            event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE);
}

static bool open_map(struct parse *parse, const yaml_event_t *event)
{
	bool anchor = event->data.mapping_start.anchor != NULL, tag = event->data.mapping_start.tag != NULL;
	bool flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
	uint32_t start = refuse_properties(&parse->tree, offset_of(parse, event->start_mark), anchor, tag);
	return tree_open(&parse->tree, YAML_MAP, flow, start);
}

static bool open_list(struct parse *parse, const yaml_event_t *event)
{
	bool anchor = event->data.sequence_start.anchor != NULL, tag = event->data.sequence_start.tag != NULL;
	bool flow = event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
	uint32_t start = refuse_properties(&parse->tree, offset_of(parse, event->start_mark), anchor, tag);
	return tree_open(&parse->tree, YAML_LIST, flow, start);
}

/* False when the rest of the text is of no interest. */
static bool start_document(struct parse *parse, const yaml_event_t *event)
{
	struct tree *tree = &parse->tree;
	struct span span = word_span(tree->source, offset_of(parse, event->start_mark));
	if (tree->root != NULL) {
		struct diagnostic *diagnostic =
			diag_add(tree->diags, DIAG_YAML_SECOND_DOCUMENT, span, "a second document begins here");
		diag_help(tree->diags, diagnostic, "remove the '---', or move what follows to another file");
		return false;
	}
	if (event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end) {
		(void)diag_add(tree->diags, DIAG_YAML_UNSUPPORTED, span, "tag directives ('%%TAG') are not supported");
	}
	return true;
}

/* False when the rest of the text is of no interest. */
static bool take_event(struct parse *parse, const yaml_event_t *event)
{
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return start_document(parse, event);
	case YAML_ALIAS_EVENT:
		tree_alias(&parse->tree, word_span(parse->tree.source, offset_of(parse, event->start_mark)));
		return true;
	case YAML_SCALAR_EVENT:
		add_scalar(parse, event);
		return true;
	case YAML_MAPPING_START_EVENT:
		return open_map(parse, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_list(parse, event);
	case YAML_MAPPING_END_EVENT:
	case YAML_SEQUENCE_END_EVENT:
		tree_close(&parse->tree, offset_of(parse, event->end_mark));
		return true;
	case YAML_STREAM_END_EVENT:
		return false;
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return true;
}

static void read_events(struct parse *parse)
{
	bool more = true;
	while (more) {
		yaml_event_t event;
		if (!yaml_parser_parse(&parse->parser, &event)) {
			report_failure(parse);
			return;
		}
		more = take_event(parse, &event);
		yaml_event_delete(&event);
	}
}

static void report_empty(const struct tree *tree)
{
	struct span span = {tree->source, 0, 0};
	if (tree->root != NULL && tree->root->text.len > 0) {
		span = tree->root->span;
	}
	(void)diag_add(tree->diags, DIAG_YAML_EMPTY, span, "the file holds nothing");
}

struct yaml_node *yaml_parse(struct arena *arena, const struct source *source, struct diags *diags)
{
	if (!check_bytes(source, diags)) {
		return NULL;
	}
	struct parse parse = {.cursor = cursor_new(source), .tree = {.arena = arena, .source = source, .diags = diags}};
	if (!yaml_parser_initialize(&parse.parser)) {
		fatal_memory();
	}
	struct str text = str_slice(source->bytes, text_start(source), source->bytes.len);
	yaml_parser_set_encoding(&parse.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parse.parser, (const unsigned char *)(text.len > 0 ? text.ptr : ""), text.len);
	read_events(&parse);
	yaml_parser_delete(&parse.parser);

	if (parse.tree.broken) {
		return NULL;
	}
	if (parse.tree.root == NULL || parse.tree.root->empty) {
		report_empty(&parse.tree);
		return NULL;
	}
	return parse.tree.root;
}

struct yaml_node *yaml_get(const struct yaml_node *map, struct str key)
{
	for (size_t i = 0; i < map->entries.count; i++) {
		if (str_equal(map->entries.items[i].key->text, key)) {
			return map->entries.items[i].value;
		}
	}
	return NULL;
}
