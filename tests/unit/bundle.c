/* Bundles: packing, which form each file takes, and what is left out because it is too large. */
#include "template_plan.h"

#include <zlib.h>

#include "artifact/bundle.h"
#include "artifact/pack.h"

#define HEADER "%% path b/all.yaml\n%% dialect yaml\n%% secret\n%% bundle a/ "
#define BODY "files:\n%% for file in files\n%% if file.archive\n  - archive: {{ file.packed }}\n%% else\n  - path: {{ file.path }}\n    mode: \"{{ file.mode }}\"\n%% if file.plain\n" \
	"    text: {{ file.text }}\n%% elif file.packed\n    packed: {{ file.packed }}\n%% end\n%% end\n%% end\n"

/* What gzip in base64 holds. */
static struct str unpacked(struct fixture *f, struct str packed)
{
	size_t room = packed.len + 100000, len = 0;
	unsigned char *bytes = arena_alloc(f->arena, packed.len), *out = arena_alloc(f->arena, room);
	assert_int_equal(sodium_base642bin(bytes, packed.len, packed.ptr, packed.len, NULL, &len, NULL,
	                                   sodium_base64_VARIANT_ORIGINAL), 0);
	assert_true(len > 10);
	/* RFC 1952: deflate, no name or comment, no time. */
	assert_memory_equal(bytes, "\x1f\x8b\x08\0\0\0\0\0", 8);
	z_stream stream = {.next_in = bytes, .avail_in = (uInt)len, .next_out = out, .avail_out = (uInt)room};
	assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
	assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
	assert_int_equal(stream.avail_in, 0);
	struct str text = {(const char *)out, room - stream.avail_out};
	inflateEnd(&stream);
	return text;
}

/* Text that does not compress. */
static struct str noise(struct fixture *f, size_t len)
{
	char *text = arena_alloc(f->arena, len);
	uint32_t state = 1;
	for (size_t i = 0; i < len; i++) {
		state = state * 1664525 + 1013904223;
		text[i] = (char)(' ' + (state >> 24) % 94);
	}
	return (struct str){text, len};
}

static void test_pack(void **state)
{
	struct fixture *f = *state;
	const struct str texts[] = {STR(""), STR("a"), STR("\0\n\xFF"), noise(f, 50000)};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct str packed, again;
		assert_true(pack(f->arena, texts[i], 1 << 20, &packed));
		assert_true(pack(f->arena, texts[i], 1 << 20, &again));
		assert_true(str_equal(packed, again));
		assert_true(str_equal(unpacked(f, packed), texts[i]));
		/* The limit is the length itself, give or take a group of base64. */
		assert_true(pack(f->arena, texts[i], packed.len + 4, &again));
		assert_false(pack(f->arena, texts[i], packed.len - 4, &again));
	}
	struct str ignored;
	assert_false(pack(f->arena, STR("a"), 0, &ignored));
}

static void add(struct fixture *f, artifact_list *artifacts, const char *path, uint32_t mode, struct str bytes)
{
	*(struct artifact *)LIST_ADD(f->arena, artifacts) =
		(struct artifact){.path = str_of(path), .mode = mode, .secret = mode == 0600, .bytes = bytes};
}

/* Renders `HEADER limit BODY` over the artifacts; the text, or NULL when nothing was made. */
static const char *bundle(struct fixture *f, const artifact_list *artifacts, size_t limit)
{
	const struct template *template = compile(f, str_format(f->arena, "%s%zu\n%s", HEADER, limit, BODY).ptr);
	if (template == NULL)
		fail_msg("%s", messages(f));
	const struct render_target target = {f->arena, f->secret_arena, f->secrets, &f->trunk, f->diags};
	f->files = (rendered_list){0};
	assert_true(bundle_render(&target, template, artifacts, &f->files));
	if (f->files.count == 0)
		return NULL;
	assert_int_equal(f->files.items[0].mode, 0600);
	assert_true(f->files.items[0].bytes.len <= limit);
	return bytes_of(f, 0);
}

static void test_forms(void **state)
{
	struct fixture *f = *state;
	artifact_list artifacts = {0};
	struct str many = {arena_alloc(f->arena, 3000), 3000}, packed;
	memset((char *)(uintptr_t)many.ptr, 'x', many.len);
	add(f, &artifacts, "a/big", 0755, many);
	add(f, &artifacts, "a/deep/conf", 0644, STR("one: 1\n\n  two\t# 2\n"));
	add(f, &artifacts, "a/empty", 0644, STR(""));
	add(f, &artifacts, "a/key", 0600, STR("no line end"));
	add(f, &artifacts, "ab", 0644, STR("elsewhere\n"));
	assert_true(pack(f->arena, many, 1 << 20, &packed));
	const char *text = bundle(f, &artifacts, 32768);
	struct str empty;
	assert_true(pack(f->arena, STR(""), 1 << 20, &empty));
	assert_string_equal(text, str_format(f->arena,
		"files:\n"
		"  - path: big\n    mode: \"0755\"\n    packed: \"%.*s\"\n"
		"  - path: deep/conf\n    mode: \"0644\"\n    text: |\n      one: 1\n\n        two\t# 2\n"
		"  - path: empty\n    mode: \"0644\"\n    packed: \"%.*s\"\n"
		"  - path: key\n    mode: \"0600\"\n    text: \"no line end\"\n", STR_ARG(packed), STR_ARG(empty)).ptr);
	assert_string_equal(messages(f), "");
}

/* Plain while there is room, then all packed, then as an archive, then nothing, with a warning. */
static void test_sizes(void **state)
{
	struct fixture *f = *state;
	artifact_list artifacts = {0};
	char *text = arena_alloc(f->arena, 2000);
	memset(text, 'x', 1999);
	text[1999] = '\n';
	add(f, &artifacts, "a/one", 0644, (struct str){text, 2000});
	add(f, &artifacts, "a/two", 0644, (struct str){text, 2000});
	assert_non_null(strstr(bundle(f, &artifacts, 5000), "    text: |\n"));
	const char *packed = bundle(f, &artifacts, 4000);
	assert_null(strstr(packed, "text:"));
	assert_non_null(strstr(packed, "packed:"));
	assert_string_equal(messages(f), "");
	for (size_t limit = strlen(packed) - 1; limit > 0; limit /= 2) {
		assert_null(bundle(f, &artifacts, limit));
		assert_string_equal(messages(f), str_format(f->arena,
			"hlgen: warning: 'b/all.yaml' is not made: it would have more than %zu bytes [bundle-too-large]\n"
			"      = help: order the machine without it and set it up afterwards: APPLY.md has the commands\n1 warning\n",
			limit).ptr);
	}
	assert_non_null(bundle(f, &artifacts, strlen(packed)));
}

/* The archive of a bundle. */
static struct str archive_of(struct fixture *f, const char *made)
{
	const char *start = strstr(made, "- archive: ");
	assert_non_null(start);
	start += strlen("- archive: ");
	start += *start == '"';
	return unpacked(f, (struct str){start, strcspn(start, "\"\n")});
}

/* Looks at the member at `at`, by the rules of POSIX for the format ustar; where the next one begins. */
static size_t member(struct str archive, size_t at, const char *path, uint32_t mode, struct str bytes)
{
	const char *head = archive.ptr + at;
	unsigned sum = 0;
	assert_true(at + 512 + bytes.len <= archive.len);
	assert_string_equal(head, path);
	assert_int_equal(strtoul(head + 100, NULL, 8), mode);
	assert_string_equal(head + 108, "0000000");
	assert_string_equal(head + 116, "0000000");
	assert_int_equal(strtoul(head + 124, NULL, 8), bytes.len);
	assert_string_equal(head + 136, "00000000000");
	for (size_t i = 0; i < 512; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)head[i];
	assert_int_equal(strtoul(head + 148, NULL, 8), sum);
	assert_memory_equal(head + 154, "\0 0", 3);
	assert_memory_equal(head + 257, "ustar\00000", 8);
	assert_memory_equal(head + 512, bytes.ptr, bytes.len);
	return at + 512 + (bytes.len + 511) / 512 * 512;
}

/* What two files have in common is packed once in an archive, which comes last and without comments, where they do nothing. */
static void test_archive(void **state)
{
	struct fixture *f = *state;
	artifact_list artifacts = {0};
	struct str same = noise(f, 1024), empty = STR("");
	struct str script = str_format(f->arena, "#!/bin/sh\n# c\n%.*s", STR_ARG(same));
	struct str bare = str_format(f->arena, "#!/bin/sh\n%.*s", STR_ARG(same));
	const struct effect rule = {.when = EFFECT_COMMENTS, .kind = EFFECT_NOTHING};
	add(f, &artifacts, "a/empty", 0644, empty);
	add(f, &artifacts, "a/key", 0600, script);
	add(f, &artifacts, "a/program", 0755, script);
	add(f, &artifacts, "a/same", 0644, same);
	for (size_t i = 0; i < artifacts.count; i++) {
		artifacts.items[i].effects.comments = "#";
		if (i != 3)
			*(struct effect *)LIST_ADD(f->arena, &artifacts.items[i].effects.rules) = rule;
	}
	assert_null(strstr(bundle(f, &artifacts, 8000), "archive:"));
	const char *made = bundle(f, &artifacts, 2500);
	struct str archive = archive_of(f, made);
	size_t at = member(archive, 0, "a/empty", 0644, empty);
	at = member(archive, at, "a/key", 0600, script);
	at = member(archive, at, "a/program", 0755, bare);
	at = member(archive, at, "a/same", 0644, same);
	assert_int_equal(archive.len, at + 1024);
	for (; at < archive.len; at++)
		assert_int_equal(archive.ptr[at], 0);
	assert_null(strstr(made, "packed:"));
	assert_null(strstr(made, "text:"));
	assert_string_equal(messages(f), "");
	/* A path that the format does not know: then there is none. */
	add(f, &artifacts, str_format(f->arena, "a/%0100d", 1).ptr, 0644, empty);
	assert_null(bundle(f, &artifacts, 2500));
	assert_non_null(bundle(f, &artifacts, 8000));
	messages(f);
}

/* Comments go where their template says that they do nothing. */
static void test_comments(void **state)
{
	struct fixture *f = *state;
	artifact_list artifacts = {0};
	struct str comment = noise(f, 1500);
	struct str text = str_format(f->arena, "#!/bin/sh\n#%.*s\na # b\n  ; c\n\n\t# d\n", STR_ARG(comment));
	const struct effect rule = {.when = EFFECT_COMMENTS, .kind = EFFECT_NOTHING};
	for (int with = 0; with < 2; with++) {
		for (int secret = 0; secret < 2; secret++) {
			artifacts.count = 0;
			add(f, &artifacts, "a/script", secret ? 0600 : 0755, text);
			artifacts.items[0].effects.comments = "#;";
			if (with)
				*(struct effect *)LIST_ADD(f->arena, &artifacts.items[0].effects.rules) = rule;
			const char *made = bundle(f, &artifacts, 1000);
			if (with && !secret)
				member(archive_of(f, made), 0, "a/script", 0755, STR("#!/bin/sh\na # b\n\n"));
			else
				assert_null(made);
			assert_non_null(strstr(bundle(f, &artifacts, 4000), "a # b\n"));
			messages(f);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_pack, setup, teardown),
		cmocka_unit_test_setup_teardown(test_forms, setup, teardown),
		cmocka_unit_test_setup_teardown(test_sizes, setup, teardown),
		cmocka_unit_test_setup_teardown(test_archive, setup, teardown),
		cmocka_unit_test_setup_teardown(test_comments, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
