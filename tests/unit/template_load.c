/* Tests of loading templates: the built-in ones compile, and a folder replaces, extends or is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "plan/plan.h"
#include "render/embedded.h"
#include "render/template.h"

struct fixture {
	struct arena *arena;
	struct diags *diags;
	char folder[32];
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof *f);
	f->arena = arena_new();
	f->diags = diags_new(f->arena, false);
	snprintf(f->folder, sizeof f->folder, "/tmp/hlgen-load-XXXXXX");
	*state = f;
	return mkdtemp(f->folder) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
	struct fixture *f = *state;
	int status = system(str_format(f->arena, "rm -rf '%s'", f->folder).ptr);
	arena_free(f->arena);
	free(f);
	return status;
}

static const char *in_folder(struct fixture *f, const char *name)
{
	return str_format(f->arena, "%s/%s", f->folder, name).ptr;
}

static void make_folder(struct fixture *f, const char *name)
{
	assert_int_equal(mkdir(in_folder(f, name), 0755), 0);
}

static void make_file(struct fixture *f, const char *name, const char *text)
{
	int fd = open(in_folder(f, name), O_WRONLY | O_CREAT | O_EXCL, 0644);
	assert_true(fd >= 0);
	assert_true(file_write_fd(fd, str_of(text)));
	assert_int_equal(close(fd), 0);
}

/* What was reported, with the folder's changing name as DIR. */
static const char *messages(struct fixture *f)
{
	char *text = NULL, *found = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	assert_non_null(stream);
	assert_true(diags_print(f->diags, stream, DIAG_TEXT, false, 0));
	assert_int_equal(fclose(stream), 0);
	struct buf out = {.arena = f->arena};
	const char *rest = text;
	while ((found = strstr(rest, f->folder)) != NULL) {
		buf_put(&out, rest, (size_t)(found - rest));
		buf_str(&out, STR("DIR"));
		rest = found + strlen(f->folder);
	}
	buf_str(&out, str_of(rest));
	buf_char(&out, '\0');
	free(text);
	return out.ptr;
}

static const struct template *find(const struct templates *templates, const char *name)
{
	for (size_t i = 0; i < templates_count(templates); i++) {
		if (str_equal(template_name(templates_at(templates, i)), str_of(name)))
			return templates_at(templates, i);
	}
	return NULL;
}

/* Embedded are parts too, of which no template is made. */
static size_t built_in_count(void)
{
	size_t count = 0;
	for (size_t i = 0; i < embedded_templates_count; i++)
		count += str_ends(str_of(embedded_templates[i].name), STR(".tmpl"));
	return count;
}

/* The only file that the template makes of an empty plan. */
static const char *made_by(struct fixture *f, const struct templates *templates, const char *name)
{
	static const struct plan plan;
	const struct render_target target = {f->arena, f->arena, NULL, &plan, f->diags};
	rendered_list list = {0};
	assert_true(template_render(find(templates, name), &target, NULL, &list));
	assert_int_equal(list.count, 1);
	return list.items[0].bytes.ptr;
}

static void test_built_in(void **state)
{
	struct fixture *f = *state;
	struct templates *templates = templates_load(f->arena, NULL, &plan_shape, f->diags);
	if (templates == NULL)
		fail_msg("%s", messages(f));
	assert_int_equal(templates_count(templates), built_in_count());
	assert_non_null(find(templates, "vps/wg0.conf.tmpl"));
	assert_null(embedded_templates[embedded_templates_count].name);
	for (size_t i = 1; i < templates_count(templates); i++)
		assert_true(str_compare(template_name(templates_at(templates, i - 1)), template_name(templates_at(templates,
		i))) < 0);
}

static void test_overlay(void **state)
{
	struct fixture *f = *state;
	make_folder(f, "vps");
	make_folder(f, "new");
	make_folder(f, "new/deep");
	make_folder(f, ".git");
	make_file(f, "vps/wg0.conf.tmpl", "%% path replaced\n%% dialect wg\n");
	make_file(f, "new/deep/x.tmpl", "%% path new\n%% dialect wg\n");
	make_file(f, ".git/x.tmpl", "not a template\n");
	make_file(f, "README", "not a template\n");
	struct templates *templates = templates_load(f->arena, f->folder, &plan_shape, f->diags);
	if (templates == NULL)
		fail_msg("%s", messages(f));
	assert_int_equal(templates_count(templates), built_in_count() + 1);
	assert_non_null(find(templates, "new/deep/x.tmpl"));

	struct plan plan;
	memset(&plan, 0, sizeof plan);
	const struct render_target target = {f->arena, f->arena, NULL, &plan, f->diags};
	rendered_list list = {0};
	assert_true(template_render(find(templates, "vps/wg0.conf.tmpl"), &target, NULL, &list));
	assert_int_equal(list.count, 1);
	assert_string_equal(list.items[0].path.ptr, "replaced");
}

/* A folder may bring parts for its templates; where one is needed, it stands in for the built-in one of that name. */
static void test_overlay_parts(void **state)
{
	struct fixture *f = *state;
	make_folder(f, "new");
	make_folder(f, "new/deep");
	make_file(f, "new/x.tmpl", "%% path new\n%% dialect wg\n%% include \"new/deep/x.part\"\n");
	make_file(f, "new/deep/x.part", "from the part");
	make_file(f, "new/unused.part", "%% nonsense {{ nothere }}\n");
	struct templates *templates = templates_load(f->arena, f->folder, &plan_shape, f->diags);
	if (templates == NULL)
		fail_msg("%s", messages(f));
	assert_int_equal(templates_count(templates), built_in_count() + 1);
	assert_null(find(templates, "new/deep/x.part"));
	assert_string_equal(made_by(f, templates, "new/x.tmpl"), "from the part\n");

	make_file(f, "y.tmpl", "%% path y\n%% dialect wg\n%% include \"new/unused.part\"\n");
	assert_null(templates_load(f->arena, f->folder, &plan_shape, f->diags));
	assert_string_equal(messages(f), "DIR/new/unused.part:1:4: error: unknown statement 'nonsense' [template-syntax]\n"
	                                 "    1 | %% nonsense {{ nothere }}\n"
	                                 "      |    ^~~~~~~~\n"
	                                 "      = help: the statements are for, if, elif, else, end and include\n"
	                                 "1 error\n");
}

/* The folder's part is the one that a built-in template takes in; made once there is a built-in part to replace. */
static void test_overlay_replaces_part(void **state)
{
	struct fixture *f = *state;
	const char *name = NULL;
	for (size_t i = 0; i < embedded_templates_count && name == NULL; i++) {
		if (str_ends(str_of(embedded_templates[i].name), STR(".part")))
			name = embedded_templates[i].name;
	}
	if (name == NULL)
		skip();
	size_t folder = str_find(str_of(name), '/');
	make_folder(f, str_format(f->arena, "%.*s", (int)folder, name).ptr);
	make_file(f, name, "replaced\n");
	make_file(f, "x.tmpl", str_format(f->arena, "%%%% path x\n%%%% dialect wg\n%%%% include \"%s\"\n", name).ptr);
	struct templates *templates = templates_load(f->arena, f->folder, &plan_shape, f->diags);
	if (templates == NULL)
		fail_msg("%s", messages(f));
	assert_string_equal(made_by(f, templates, "x.tmpl"), "replaced\n");
}

static void test_overlay_message(void **state)
{
	struct fixture *f = *state;
	make_file(f, "x.tmpl", "%% path x\n%% dialect wg\n{{ nothere }}\n");
	assert_null(templates_load(f->arena, f->folder, &plan_shape, f->diags));
	assert_string_equal(messages(f), "DIR/x.tmpl:3:4: error: unknown name 'nothere' [template-name]\n"
	                                 "    3 | {{ nothere }}\n"
	                                 "      |    ^~~~~~~\n"
	                                 "      = help: 'hlgen show view' lists every name that templates may use\n"
	                                 "1 error\n");
}

static void test_unreadable(void **state)
{
	struct fixture *f = *state;
	make_folder(f, "vps");
	assert_int_equal(symlink("..", in_folder(f, "vps/loop")), 0);
	assert_null(templates_load(f->arena, f->folder, &plan_shape, f->diags));
	assert_string_equal(messages(f), "hlgen: error: cannot read 'DIR/vps/loop': Too many levels of symbolic links "
	    "[system]\n1 error\n");
	f->diags = diags_new(f->arena, false);
	assert_int_equal(unlink(in_folder(f, "vps/loop")), 0);
	assert_int_equal(symlink("nowhere", in_folder(f, "vps/x.tmpl")), 0);
	assert_null(templates_load(f->arena, f->folder, &plan_shape, f->diags));
	assert_string_equal(messages(f), "hlgen: error: cannot read 'DIR/vps/x.tmpl': No such file or directory "
	    "[system]\n1 error\n");
	f->diags = diags_new(f->arena, false);
	assert_null(templates_load(f->arena, in_folder(f, "none"), &plan_shape, f->diags));
	assert_string_equal(messages(f), "hlgen: error: cannot read 'DIR/none': No such file or directory [system]\n"
	    "1 error\n");
}

static void test_depth(void **state)
{
	struct fixture *f = *state;
	make_folder(f, "a");
	make_folder(f, "a/b");
	make_folder(f, "a/b/c");
	make_folder(f, "a/b/c/d");
	make_file(f, "a/b/c/d/x.tmpl", "%% path x\n%% dialect wg\n");
	struct templates *templates = templates_load(f->arena, f->folder, &plan_shape, f->diags);
	assert_non_null(templates);
	assert_non_null(find(templates, "a/b/c/d/x.tmpl"));
	make_folder(f, "a/b/c/d/e");
	assert_null(templates_load(f->arena, f->folder, &plan_shape, f->diags));
	assert_string_equal(messages(f), "hlgen: error: cannot read 'DIR/a/b/c/d/e': templates are nested at most 4 "
	    "folders deep [system]\n"
	                                 "1 error\n");
}

/* The built-in guide says the order; a second template that says one is a mistake. */
static void test_order(void **state)
{
	struct fixture *f = *state;
	struct templates *templates = templates_load(f->arena, NULL, &plan_shape, f->diags);
	assert_non_null(templates);
	assert_int_equal(folder_rank(templates_order(templates), STR("router")), 0);
	make_folder(f, "guide");
	make_file(f, "guide/more.tmpl", "%% path more\n%% dialect shell\n%% order vps\n");
	assert_null(templates_load(f->arena, f->folder, &plan_shape, f->diags));
	assert_non_null(strstr(messages(f), "more.tmpl:3:10: error: 'order' is given by two templates [template-syntax]"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_built_in, setup, teardown),
		cmocka_unit_test_setup_teardown(test_overlay, setup, teardown),
		cmocka_unit_test_setup_teardown(test_overlay_parts, setup, teardown),
		cmocka_unit_test_setup_teardown(test_overlay_replaces_part, setup, teardown),
		cmocka_unit_test_setup_teardown(test_overlay_message, setup, teardown),
		cmocka_unit_test_setup_teardown(test_unreadable, setup, teardown),
		cmocka_unit_test_setup_teardown(test_order, setup, teardown),
		cmocka_unit_test_setup_teardown(test_depth, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
