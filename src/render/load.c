/* Gathers the built-in templates and parts and those of an overlay folder, and compiles all templates. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"
#include "render/embedded.h"
#include "render/internal.h"

enum {
	OVERLAY_DEPTH = 4,            /* folders below the overlay */
	TEMPLATE_LIMIT = 4 * 1024 * 1024 /* bytes */
};

/* A template before it is compiled, or a part. */
struct candidate {
	struct str name, path, bytes; /* "vps/wg0.conf.tmpl", where it is for messages, its text */
};

struct templates {
	LIST(const struct template *) list;
	const struct template *order; /* the one that has an `order` line, or NULL */
};

struct loader {
	struct arena *arena;
	struct diags *diags;
	const char *overlay;
	LIST(struct candidate) found;
	struct map names; /* of what the overlay has */
	bool failed;
};

/* An open folder of the overlay, and those it is in. */
struct folder {
	const struct folder *parent;
	DIR *stream;
	struct str name; /* relative to the overlay, with a final '/'; empty for the overlay itself */
	dev_t device;
	ino_t inode;
	size_t depth;
};

static void read_folder(struct loader *loader, struct folder *folder);

static struct str overlay_path(struct loader *loader, struct str name)
{
	const char *slash = str_ends(str_of(loader->overlay), STR("/")) || name.len == 0 ? "" : "/";
	return str_format(loader->arena, "%s%s%.*s", loader->overlay, slash, STR_ARG(name));
}

static void report(struct loader *loader, struct str name, const char *problem)
{
	struct span nowhere = {0};
	struct str path = overlay_path(loader, name);
	diag_add(loader->diags, DIAG_SYSTEM, nowhere, "cannot read '%.*s': %s", STR_ARG(path), problem);
	loader->failed = true;
}

static void read_template(struct loader *loader, const struct folder *folder, const char *entry, struct str name)
{
	struct candidate candidate = {.name = name, .path = overlay_path(loader, name)};
	struct stat info;
	/* Opening a pipe would wait for its writer. */
	if (fstatat(dirfd(folder->stream), entry, &info, 0) == 0 && !S_ISREG(info.st_mode)) {
		report(loader, name, "not a regular file");
		return;
	}
	switch (file_read(loader->arena, dirfd(folder->stream), entry, TEMPLATE_LIMIT, &candidate.bytes)) {
	case FILE_OK:
		*(struct candidate *)LIST_ADD(loader->arena, &loader->found) = candidate;
		map_add(&loader->names, name, loader);
		break;
	case FILE_TOO_LARGE:
		report(loader, name, "a template has at most 4 MiB");
		break;
	case FILE_ABSENT:
	case FILE_FAILED:
		report(loader, name, strerror(errno));
		break;
	}
}

/* Opens a folder; NULL when an error was reported. */
static DIR *open_folder(struct loader *loader, int at, const char *entry, struct folder *folder)
{
	struct stat status;
	int fd = openat(at, entry, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		report(loader, folder->name, strerror(errno));
		return NULL;
	}
	folder->stream = fstat(fd, &status) == 0 ? fdopendir(fd) : NULL;
	if (folder->stream == NULL) {
		report(loader, folder->name, strerror(errno));
		close(fd);
		return NULL;
	}
	folder->device = status.st_dev;
	folder->inode = status.st_ino;
	return folder->stream;
}

/* A symbolic link to a folder that leads back into one we are in would never end. */
static bool is_loop(const struct folder *folder)
{
	for (const struct folder *above = folder->parent; above != NULL; above = above->parent) {
		if (above->device == folder->device && above->inode == folder->inode)
			return true;
	}
	return false;
}

static void read_subfolder(struct loader *loader, const struct folder *parent, const char *entry, struct str name)
{
	struct folder folder = {.parent = parent, .depth = parent->depth + 1};
	folder.name = str_format(loader->arena, "%.*s/", STR_ARG(name));
	if (folder.depth > OVERLAY_DEPTH) {
		report(loader, name, "templates are nested at most 4 folders deep");
	} else if (open_folder(loader, dirfd(parent->stream), entry, &folder) != NULL) {
		if (is_loop(&folder))
			report(loader, name, strerror(ELOOP));
		else
			read_folder(loader, &folder);
		closedir(folder.stream);
	}
}

static bool is_part(struct str name)
{
	return str_ends(name, STR(".part"));
}

static void read_entry(struct loader *loader, const struct folder *folder, const char *entry)
{
	struct str name = str_format(loader->arena, "%.*s%s", STR_ARG(folder->name), entry);
	struct stat status;
	if (entry[0] == '.')
		return;
	if (fstatat(dirfd(folder->stream), entry, &status, 0) != 0)
		report(loader, name, strerror(errno));
	else if (S_ISDIR(status.st_mode))
		read_subfolder(loader, folder, entry, name);
	else if (str_ends(name, STR(".tmpl")) || is_part(name))
		read_template(loader, folder, entry, name);
}

static void read_folder(struct loader *loader, struct folder *folder)
{
	for (;;) {
		errno = 0;
		const struct dirent *entry = readdir(folder->stream);
		if (entry == NULL)
			break;
		read_entry(loader, folder, entry->d_name);
	}
	if (errno != 0)
		report(loader, folder->name, strerror(errno));
}

static void read_overlay(struct loader *loader)
{
	struct folder folder = {0};
	folder.name = STR("");
	if (open_folder(loader, AT_FDCWD, loader->overlay, &folder) != NULL) {
		read_folder(loader, &folder);
		closedir(folder.stream);
	}
}

static void add_embedded(struct loader *loader)
{
	for (size_t i = 0; i < embedded_templates_count; i++) {
		struct candidate candidate = {.name = str_of(embedded_templates[i].name)};
		if (map_get(&loader->names, candidate.name) != NULL)
			continue;
		candidate.path = str_format(loader->arena, "templates/%.*s", STR_ARG(candidate.name));
		candidate.bytes = (struct str){embedded_templates[i].text, embedded_templates[i].length};
		*(struct candidate *)LIST_ADD(loader->arena, &loader->found) = candidate;
	}
}

static int compare_names(const void *a, const void *b)
{
	return str_compare(((const struct candidate *)a)->name, ((const struct candidate *)b)->name);
}

static void add_template(struct loader *loader, struct templates *templates, struct template *template)
{
	*(const struct template **)LIST_ADD(loader->arena, &templates->list) = template;
	if (template->order.count == 0)
		return;
	if (templates->order != NULL) {
		struct diagnostic *d = diag_add(loader->diags, DIAG_TEMPLATE_SYNTAX, template->order_at, "'order' is given by two templates");
		diag_note(loader->diags, d, templates->order->order_at, "first given here");
		loader->failed = true;
	}
	templates->order = template;
}

struct templates *templates_load(struct arena *arena, const char *overlay, const struct shape *root,
                                 struct diags *diags)
{
	struct loader loader = {.arena = arena, .diags = diags, .overlay = overlay, .names = {.arena = arena}};
	struct templates *templates = ARENA_NEW(arena, struct templates);
	if (overlay != NULL)
		read_overlay(&loader);
	add_embedded(&loader);
	if (loader.found.count > 0)
		qsort(loader.found.items, loader.found.count, sizeof *loader.found.items, compare_names);
	template_parts parts = {0};
	for (size_t i = 0; i < loader.found.count; i++) {
		const struct candidate *part = &loader.found.items[i];
		if (is_part(part->name))
			template_parts_add(arena, &parts, part->name, part->path, part->bytes);
	}
	for (size_t i = 0; i < loader.found.count; i++) {
		const struct candidate *candidate = &loader.found.items[i];
		if (is_part(candidate->name))
			continue;
		const struct source *source = source_new(arena, candidate->path, candidate->bytes);
		struct template *template = template_compile(arena, source, &parts, root, diags);
		if (template == NULL) {
			loader.failed = true;
			continue;
		}
		template->name = candidate->name;
		add_template(&loader, templates, template);
	}
	return loader.failed ? NULL : templates;
}

size_t templates_count(const struct templates *templates)
{
	return templates->list.count;
}

const struct template *templates_at(const struct templates *templates, size_t index)
{
	return templates->list.items[index];
}

const folder_list *templates_order(const struct templates *templates)
{
	static const folder_list none;
	return templates->order != NULL ? &templates->order->order : &none;
}

size_t folder_rank(const folder_list *order, struct str folder)
{
	size_t i = 0;
	while (i < order->count && !str_equal(order->items[i], folder))
		i++;
	return i;
}
