/* Building a sample tree and looking at it, for the tests of tree_write(). */
#ifndef HLGEN_TESTS_TREE_SUPPORT_H
#define HLGEN_TESTS_TREE_SUPPORT_H

#include "output_support.h"

#include <time.h>

static inline int set_up(void **state)
{
	*state = fixture_new();
	return 0;
}

static inline int tear_down(void **state)
{
	fixture_free(*state);
	return 0;
}

static inline bool build(struct fixture *f)
{
	f->diags = diags_new(f->arena, false);
	memset(&f->changes, 0, sizeof f->changes);
	return tree_write(f->arena, &f->artifacts, &f->options, f->diags, &f->changes);
}

static inline void assert_built(struct fixture *f)
{
	if (!build(f))
		fail_msg("%s", messages(f));
	assert_int_equal(diags_errors(f->diags), 0);
}

/* The message of a build that must fail, and nothing listed as changed. */
static inline void assert_refused(struct fixture *f, const char *expected)
{
	assert_false(build(f));
	assert_string_equal(messages(f), expected);
	assert_int_equal(f->changes.count, 0);
}

static inline const char *changed(struct fixture *f)
{
	static const char *const words[] = {"same", "new", "changed", "mode", "removed"};
	struct buf out = {.arena = f->arena};

	for (size_t i = 0; i < f->changes.count; i++)
		buf_printf(&out, "%s %.*s\n", words[f->changes.items[i].kind], STR_ARG(f->changes.items[i].path));
	buf_char(&out, '\0');
	return out.ptr;
}

/* Everything below `path`: mode and name, sorted. */
static inline const char *listing(struct fixture *f, const char *path)
{
	struct buf out = {.arena = f->arena};
	char command[256], part[4096];
	size_t got;
	FILE *pipe;

	snprintf(command, sizeof command, "cd %s && find . -mindepth 1 -printf '%%m %%y %%P\\n' | LC_ALL=C sort -k3", path);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while ((got = fread(part, 1, sizeof part, pipe)) > 0)
		buf_put(&out, part, got);
	assert_int_equal(pclose(pipe), 0);
	buf_char(&out, '\0');
	return out.ptr;
}

static inline void sample(struct fixture *f)
{
	clear(f);
	add(f, "vps/etc/wireguard/wg0.conf", 0600, "key\n");
	add(f, "vps/apply.sh", 0755, "#!/bin/sh\n");
	add_effect(f, add(f, "APPLY.md", 0644, "# how\n"), (struct effect){.kind = EFFECT_NOTHING, .text = STR("read it")});
	add_picture(f, "clients/phone.svg", "phone text");
}

static inline struct timespec changed_at(const char *path)
{
	struct stat status;

	assert_int_equal(stat(path, &status), 0);
	return status.st_ctim;
}

#endif
