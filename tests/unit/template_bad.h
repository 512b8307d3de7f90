/* What templates with mistakes are told, without excerpts: tables of tests. */
#ifndef HLGEN_TESTS_TEMPLATE_BAD_H
#define HLGEN_TESTS_TEMPLATE_BAD_H

#include "template_plan.h"

struct bad {
	const char *text;
	const char *told; /* places without the template's name, messages and help; no excerpts */
};

/* What was reported, without excerpts and without what is the same in every line. */
static inline const char *told(struct fixture *f)
{
	static const char name[] = "templates/t/x.tmpl:", error[] = "error: ", help[] = "      = ";
	struct buf kept = {.arena = f->arena};
	for (const char *line = messages(f); *line != '\0'; line = strchr(line, '\n') + 1) {
		struct str text = {line, (size_t)(strchr(line, '\n') - line)};
		const char *severity = strstr(line, error);
		if (str_starts(text, str_of(help)))
			text = str_slice(text, strlen(help), text.len);
		else if (line[0] == ' ' || strchr("0123456789", line[0]) != NULL)
			continue; /* an excerpt, or the count */
		if (str_starts(text, str_of(name)))
			text = str_slice(text, strlen(name), text.len);
		if (severity != NULL && severity < text.ptr + text.len) {
			buf_str(&kept, (struct str){text.ptr, (size_t)(severity - text.ptr)});
			text = (struct str){severity + strlen(error), text.len - (size_t)(severity - text.ptr) - strlen(error)};
		}
		buf_str(&kept, text);
		buf_char(&kept, '\n');
	}
	buf_char(&kept, '\0');
	return kept.ptr;
}

static inline void check_all(struct fixture *f, const struct bad *rows, size_t count, bool compiles)
{
	for (size_t i = 0; i < count; i++) {
		struct template *template = compile(f, rows[i].text);
		if ((template != NULL) != compiles)
			fail_msg("template:\n%s\n%s", rows[i].text, messages(f));
		if (compiles) {
			assert_false(render_with(f, template));
			assert_int_equal(f->files.count, 0);
		}
		const char *actual = told(f);
		if (strcmp(actual, rows[i].told) != 0)
			fail_msg("template:\n%s\ntold:\n%s\nexpected:\n%s", rows[i].text, actual, rows[i].told);
	}
}

#endif
