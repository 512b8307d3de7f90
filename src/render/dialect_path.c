/* The dialect of output paths: a value is one component, or part of one, and can never lead out of its folder. */
#include "render/dialects.h"
#include "render/spell.h"

static enum slot_context path_context(struct str before, struct str after)
{
	(void)before;
	(void)after;
	return SLOT_GLUED;
}

static const char *path_put(struct buf *out, enum slot_context context, enum value_kind kind, struct str text)
{
	(void)context;
	(void)kind;
	if (text.len == 0 || str_equal(text, STR(".")) || str_equal(text, STR("..")) || text.ptr[0] == '-')
		return "a file name cannot be empty, '.' or '..', nor begin with '-'";
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~' || text.ptr[i] == '/' || text.ptr[i] == '\\')
			return "a file name holds only printable ASCII without blanks, '/' and '\\'";
	}
	buf_str(out, text);
	return NULL;
}

const struct dialect dialect_path = {"path", "", path_context, path_put, NULL, false};
