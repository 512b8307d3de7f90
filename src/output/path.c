/* Refuses paths that would leave the output folder, hide in it, or be shown differently from what they are. */
#include "output/path.h"

#include <limits.h>

#include "base/utf8.h"
#include "output/manifest.h"

static const char *component_problem(struct str component)
{
	if (component.len == 0)
		return "has an empty component";
	if (component.len > NAME_MAX)
		return "has a component of more than 255 bytes";
	if (str_equal(component, STR(".")) || str_equal(component, STR("..")))
		return "has a component '.' or '..'";
	if (str_starts(component, STR(".hlgen-")))
		return "has a component that begins with '.hlgen-', which is kept for temporary files";
	return NULL;
}

static const char *text_problem(struct str path)
{
	uint32_t codepoint;
	size_t length;

	for (size_t at = 0; at < path.len; at += length) {
		length = utf8_decode(path, at, &codepoint);
		if (length == 0)
			return "is not valid UTF-8";
		if (utf8_is_control(codepoint))
			return "has a control character";
	}
	return NULL;
}

const char *path_problem(struct str path)
{
	const char *problem = NULL;
	size_t start = 0;

	if (path.len == 0)
		return "is empty";
	if (path.len >= PATH_MAX)
		return "is too long";
	if (path.ptr[0] == '/')
		return "is absolute";
	if (str_equal(path, STR(MANIFEST_NAME)))
		return "is kept for the list of what was written";
	while (start <= path.len && problem == NULL) {
		struct str rest = str_slice(path, start, path.len);
		size_t end = str_find(rest, '/');

		problem = component_problem(str_slice(rest, 0, end));
		start += end + 1;
	}
	return problem != NULL ? problem : text_problem(path);
}
