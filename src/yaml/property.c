/* Refuses what may stand before a YAML node: anchors and tags. */
#include "yaml/internal.h"

static bool ends_property(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == ']' || c == '}' || c == '\0';
}

static struct span property_span(const struct source *source, uint32_t start)
{
	uint32_t end = start;
	while (!ends_property(byte_at(source, end))) {
		end++;
	}
	return (struct span){source, start, end};
}

static void refuse_anchor(struct tree *tree, struct span span)
{
	struct diagnostic *diagnostic =
		diag_add(tree->diags, DIAG_YAML_UNSUPPORTED, span, "anchors ('&name') are not supported");
	diag_help(tree->diags, diagnostic, "remove it; text that begins with '&' needs quotes");
}

static void refuse_tag(struct tree *tree, struct span span)
{
	struct diagnostic *diagnostic =
		diag_add(tree->diags, DIAG_YAML_UNSUPPORTED, span, "tags ('!name') are not supported");
	diag_help(tree->diags, diagnostic, "remove it; text that begins with '!' needs quotes");
	tree->broken = true; /* nobody knows what the value would have become */
}

static uint32_t skip_blanks(const struct source *source, uint32_t at)
{
	while (byte_at(source, at) == ' ' || byte_at(source, at) == '\t') {
		at++;
	}
	return at;
}

uint32_t refuse_properties(struct tree *tree, uint32_t start, bool anchor, bool tag)
{
	uint32_t at = start;
	for (int left = anchor + tag; left > 0; left--) {
		struct span span = property_span(tree->source, at);
		if (anchor && byte_at(tree->source, at) == '&') {
			refuse_anchor(tree, span);
			anchor = false;
		} else if (tag && byte_at(tree->source, at) == '!') {
			refuse_tag(tree, span);
			tag = false;
		} else {
			break;
		}
		at = skip_blanks(tree->source, span.end);
	}
	/* The second one may stand on another line. */
	if (anchor) {
		refuse_anchor(tree, property_span(tree->source, start));
	}
	if (tag) {
		refuse_tag(tree, property_span(tree->source, start));
	}
	return at;
}
