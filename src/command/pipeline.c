/* One run of the pipeline, as far as a command needs it. */
#include "command/pipeline.h"
#include "base/arena.h"
#include "base/fatal.h"
#include "base/file.h"
#include "yaml/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void report_system(struct diags *diags, const char *what, const char *path)
{
	struct span nowhere = { 0 };
	diag_add(diags, DIAG_SYSTEM, nowhere, "cannot %s '%s': %s", what, path, strerror(errno));
}

/* The file or folder `name` beside the site file. */
static const char *beside(struct arena *arena, const char *site, const char *name)
{
	const char *slash = strrchr(site, '/');
	return str_format(arena, "%.*s%s", slash ? (int)(slash - site + 1) : 0, site, name).ptr;
}

bool build_begin(struct build *build, const struct arguments *arguments, const char *site_path)
{
	*build = (struct build){ .arguments = arguments, .site_path = site_path ? site_path : "site.yaml" };
	if (!secrets_prepare()) {
		fprintf(stderr, "hlgen: cannot prepare memory for keys: %s\n", strerror(errno));
		return false;
	}
	build->arena = arena_new();
	build->secret_arena = arena_new_wiped();
	build->secrets = secrets_new();
	if (!build->secrets) {
		fprintf(stderr, "hlgen: cannot lock memory for keys: %s\n", strerror(errno));
		return false;
	}
	build->diags = diags_new(build->arena, arguments->strict);
	build->out_path = arguments->out ? arguments->out : beside(build->arena, build->site_path, "out");
	build->keys_path = arguments->keys ? arguments->keys : beside(build->arena, build->site_path, "keys");
	build->keys = keystore_open(build->arena, build->keys_path, arguments->redact ? KEYSTORE_REDACTED : KEYSTORE_NORMAL, build->secrets,
		build->diags);
	return true;
}

static bool read_source(struct build *build, struct str *bytes)
{
	bool standard_input = strcmp(build->site_path, "-") == 0;
	enum file_status status = standard_input ? file_read_fd(build->arena, STDIN_FILENO, YAML_MAX_BYTES, bytes) :
		file_read(build->arena, AT_FDCWD, build->site_path, YAML_MAX_BYTES, bytes);
	struct span nowhere = { 0 };
	if (status == FILE_OK)
		return true;
	if (status == FILE_TOO_LARGE) {
		struct diagnostic *found = diag_add(build->diags, DIAG_YAML_SIZE, nowhere, "'%s' is larger than 8 MiB", build->site_path);
		diag_help(build->diags, found, "a site with 65,000 clients has about 6 MiB; is this the right file?");
		return false;
	}
	report_system(build->diags, "read", build->site_path);
	return false;
}

const struct source *build_source(struct build *build)
{
	struct str bytes;
	return read_source(build, &bytes) ? source_new(build->arena, str_of(build->site_path), bytes) : NULL;
}

bool build_site(struct build *build)
{
	const struct source *source = build->source ? build->source : build_source(build);
	if (!source)
		return false;
	struct yaml_node *document = yaml_parse(build->arena, source, build->diags);
	if (document)
		build->site = site_load(build->arena, document, build->diags);
	return document && diags_errors(build->diags) == 0;
}

bool build_plan(struct build *build)
{
	if (!build_site(build))
		return false;
	build->plan = plan_site(build->arena, build->site, build->keys, build->diags);
	return build->plan != NULL;
}

bool build_artifacts(struct build *build)
{
	if (!build_plan(build))
		return false;
	struct render_target target = { build->arena, build->secret_arena, build->secrets, build->plan, build->diags };
	struct produce_options produce_as = { build->arguments->templates, build->arguments->redact };
	return produce(&target, build->plan, &produce_as, &build->artifacts, &build->order) && diags_errors(build->diags) == 0;
}

int build_end(struct build *build, int status)
{
	bool flushed = fflush(stdout) == 0 && !ferror(stdout);
	int flush_errno = errno;
	bool colour = isatty(STDERR_FILENO) && !getenv("NO_COLOR");
	if (diags_errors(build->diags) > 0)
		status = diags_have(build->diags, DIAG_SYSTEM) ? EXIT_SYSTEM : EXIT_INPUT;
	if (!diags_print(build->diags, stderr, build->arguments->diagnostics, colour, 20))
		status = EXIT_SYSTEM;
	if (!flushed) {
		fprintf(stderr, "hlgen: cannot write to standard output: %s\n", strerror(flush_errno));
		status = EXIT_SYSTEM;
	}
	keystore_close(build->keys);
	secrets_free(build->secrets);
	arena_free(build->secret_arena);
	arena_free(build->arena);
	return status;
}
