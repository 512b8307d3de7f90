/* `hlgen init`: writes one of the examples as a site file to start from; never over a file that is there. */
#include "command/arguments.h"
#include "command/examples.h"

#include "base/arena.h"
#include "base/fatal.h"
#include "base/file.h"
#include "diag/suggest.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The word for --example: the file's name without its ending. */
static struct str example_name(const struct embedded_file *file)
{
	return str_slice(str_of(file->name), 0, str_find(str_of(file->name), '.'));
}

static const struct embedded_file *find_example(struct str name)
{
	struct suggestion suggestion = suggest_start(name);
	for (size_t i = 0; i < embedded_examples_count; i++) {
		if (str_equal(example_name(&embedded_examples[i]), name))
			return &embedded_examples[i];
		suggest_offer(&suggestion, example_name(&embedded_examples[i]));
	}
	fprintf(stderr, "hlgen: init: there is no example '%.*s'\n", STR_ARG(name));
	if (suggestion.best.ptr) {
		fprintf(stderr, "did you mean '%.*s'?\n", STR_ARG(suggestion.best));
		return NULL;
	}
	fprintf(stderr, "it is one of:");
	for (size_t i = 0; i < embedded_examples_count; i++)
		fprintf(stderr, "%s %.*s", i ? "," : "", STR_ARG(example_name(&embedded_examples[i])));
	fprintf(stderr, "\n");
	return NULL;
}

/* The example as it is, but the line for editors names the schema beside the new file, not the one in the source tree. */
static struct str starter(struct arena *arena, const struct embedded_file *file)
{
	static const char modeline[] = "# yaml-language-server: $schema=";
	struct str text = { file->text, file->length }, mode = str_of(modeline), up = STR("../schema/");
	struct str rest = str_slice(text, mode.len + up.len, text.len);
	if (!str_starts(text, mode) || !str_starts(str_slice(text, mode.len, text.len), up))
		return text;
	return str_format(arena, "%s%.*s", modeline, STR_ARG(rest));
}

static int failed(const char *path, int error)
{
	fprintf(stderr, "hlgen: cannot write '%s': %s\n", path, strerror(error));
	return EXIT_SYSTEM;
}

static int write_new(const char *path, struct str text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0644);
	if (fd < 0 && errno == EEXIST) {
		fprintf(stderr, "hlgen: '%s' is there already and was not touched\n", path);
		fprintf(stderr, "name another file: hlgen init FILE\n");
		return EXIT_INPUT;
	}
	if (fd < 0)
		return failed(path, errno);
	int error = file_write_fd(fd, text) && fsync(fd) == 0 ? 0 : errno;
	if (close(fd) != 0 && error == 0)
		error = errno;
	if (error == 0)
		return EXIT_OK;
	(void)unlink(path); /* it was made here: half a file would only stand in the way of the next try */
	return failed(path, error);
}

int command_init(const struct arguments *arguments)
{
	const char *path = arguments->count > 0 ? arguments->operands[0] : "site.yaml";
	const struct embedded_file *example = find_example(str_of(arguments->example ? arguments->example : "minimal"));
	if (!example)
		return EXIT_USAGE;
	struct arena *arena = arena_new();
	struct str text = starter(arena, example);
	bool to_output = strcmp(path, "-") == 0;
	int status = EXIT_OK;
	if (!to_output)
		status = write_new(path, text);
	else if (!file_write_fd(STDOUT_FILENO, text))
		status = failed("standard output", errno);
	if (status == EXIT_OK && !to_output) {
		bool usual = strcmp(path, "site.yaml") == 0;
		printf("wrote %s\n\nnext: change the values whose comments say so, then run\n  hlgen check%s%s\n  hlgen build%s%s\n", path,
			usual ? "" : " ", usual ? "" : path, usual ? "" : " ", usual ? "" : path);
	}
	arena_free(arena);
	return status;
}
