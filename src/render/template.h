/* Templates: the built-in ones (templates/, embedded in the program) and those that --templates DIR lays over them.
 *
 * A template is the file it makes, with statements on lines of their own that begin with "%%" and vanish:
 *
 *     %% path vps/etc/wireguard/wg0.conf     header: where it goes (slots allowed, dialect "path")
 *     %% dialect wg                          how inserted values are spelled
 *     %% secret                              may hold secrets; mode 0600
 *     %% mode 0755                           default 0644
 *     %% each client in clients              one file per element
 *     %% when router                         only if; same conditions as `if`
 *     %% apply reload: systemctl reload …    how a change of this file takes effect, and what that costs; see below
 *     %% apply [Interface] restart: …
 *     %% apply comments nothing
 *     %% order router vps                    in one template (the guide's): the tree's folders in the order of putting them into service
 *     [Interface]
 *     ListenPort = {{ hub.port }}
 *     %% for peer in hub.peers               statements: for/end, if/elif/else/end, and "%%#" comments
 *     %% if peer.keepalive                   conditions: [not] path | path == literal | path != literal, joined by and / or
 *     AllowedIPs = {{ peer.allowed_ips }}    a list of scalars is joined with the dialect's separator
 *     %% end
 *     %% end
 *
 *     %% include "routeros/firewall.part"    the lines of a part stand here
 *     %% include "x/script.part" indented 4  the same, with 4 blanks before each line (1 to 32)
 *     %% for line in lines "vps/a.part"      what the part makes, line by line: a file within a file
 *     print "{{ line }}"
 *     %% end
 *
 * `apply [CASE] COST: HOW` is what `build` and `diff` say when the file changed. HOW is a line for the reader; slots are allowed.
 * COST is, the cheapest first: nothing (which needs no HOW), reload (connections live on), run (a command on a machine that is not
 * installed from the tree), scan (on a new device), restart (connections end), re-scan (on a device in use). Without a case it
 * holds for every change that no case is about. The cases, each with a line of its own:
 *     [Section]   lines of that section differ, in a language with such heads (wg, systemd); the body must have it
 *     comments    nothing but comment lines and empty lines differs; `#` begins one, or what the dialect says
 *     new         the file was not there
 * A change that several are about has the dearest cost. The old text is what stands in the tree on disk.
 *
 * `bundle FOLDER BYTES` makes a file of all files below the folder that the other templates made; it must be `secret`. The body
 * then has the list `files`, with path (below the folder), mode and sha256 (hex) of each, and one of three: `plain` is set, and
 * `text` to be used, for small files as long as the result has at most BYTES; else `packed` has the file (gzip in base64); else,
 * when all of that is larger than BYTES, neither, and a last element of the list has `archive` set and nothing but `packed`: a
 * tar archive of all files (with their paths in the tree, so FOLDER is part of them), without comment lines where the file's own
 * template says `apply comments nothing` and is not secret. When even that is too large, no file is made and a warning says so.
 * In a redacted tree there are no bundles, because packed text shows nothing.
 *
 * `{{ "text" }}` inserts a literal (for a `{{` in the output). A literal in a condition is "text" or a number. A path is true
 * when it is present: a flag that is set, a number that is not 0, a text, address, secret or pointer that is not absent, a list
 * that is not empty. In a loop, `loop.first` and `loop.last` are flags. Inserting something absent is an error.
 * `and` binds closer than `or`. A loop variable may not hide another name. Texts in quotes know \" and \\.
 *
 * A part is a file of the same folders whose name ends in ".part": a body without header, of which no file is made. It belongs to
 * the template that takes it in: the dialect, `secret` and all names in scope, loop variables too, are those of that place. It
 * closes the blocks that it opens, ends with a line end (one that lacks is added) and may take in other parts, up to 8 deep.
 * A line of `lines` is a text without its line end, spelled by the dialect once more: as one is inserted between quotes, the
 * other program's own quotes are escaped. An empty line is present; it is spelled as an empty text, or as nothing where the
 * dialect has no empty text. `%% if line != ""` tells it from others.
 *
 * `indented` is for a text within a text: a script in a YAML block, settings below a key. Every line that the part makes gets the
 * blanks, whatever made it (slots, loops, parts taken in), but empty lines stay empty; what a part within it is indented by is added.
 * A value that the dialect spells over several lines is refused there, since the blanks would become part of it; a YAML block that
 * a slot opens moves as a whole. `lines` quotes what its part makes, which is indented only by what that part itself says; what the
 * loop makes of these lines gets the blanks like all else. Slots still speak the template's own dialect: in a shell script that
 * stands in a YAML file they would be spelled as YAML, so such a script better takes its values from its environment. */
#ifndef HLGEN_RENDER_TEMPLATE_H
#define HLGEN_RENDER_TEMPLATE_H

#include "diag/diag.h"
#include "plan/shape.h"
#include "render/bundle.h"
#include "render/dialect.h"
#include "render/effect.h"

struct template;
struct templates;

/* A part, for the templates that take it in. */
struct template_part {
	struct str name; /* "routeros/firewall.part" */
	const struct source *source;
	bool broken;     /* an error in it was reported */
};
typedef LIST(struct template_part) template_parts;

/* Adds a part whose text is `bytes`; messages name it `path`. Borrows name, path and bytes; the list is owned by the arena. */
void template_parts_add(struct arena *arena, template_parts *parts, struct str name, struct str path, struct str bytes);

/* Compiles the built-in templates, replaced or extended by the *.tmpl and *.part files below `overlay` (NULL: none). All names are
 * checked against `root`. A part that no template takes in is not looked at. NULL when errors were reported. */
struct templates *templates_load(struct arena *arena, const char *overlay, const struct shape *root, struct diags *diags);
size_t templates_count(const struct templates *templates);
/* In order of their names. */
const struct template *templates_at(const struct templates *templates, size_t index);

/* Compiles one template from a source, with the parts that there are (NULL: none); for tests and for the loader. NULL when
 * errors were reported, in a part perhaps for an earlier template. */
struct template *template_compile(struct arena *arena, const struct source *source, template_parts *parts,
                                  const struct shape *root, struct diags *diags);

/* Folders of the tree in the order in which they are put into service. */
typedef LIST(struct str) folder_list;

/* The `order` line; empty when no template has one. */
const folder_list *templates_order(const struct templates *templates);
/* The place of a folder in it; those that it does not name come last, all with the same place. */
size_t folder_rank(const folder_list *order, struct str folder);

/* One file that a template asks for. */
struct rendered {
	struct str path;
	uint32_t mode;
	bool secret;
	struct str bytes;
	struct effects effects;  /* header `apply` */
	const void *element;     /* what `each` gave, or NULL */
	const struct template *template;
};
typedef LIST(struct rendered) rendered_list;

struct render_target {
	struct arena *arena;        /* for public text */
	struct arena *secret_arena; /* wiped; for text of templates that are declared secret */
	const struct secrets *secrets;
	const void *root;           /* an object of the root shape */
	struct diags *diags;
};

/* Renders all files of a template into `list`; a bundle takes in `files`, which are NULL for all others. False when a diagnostic was reported: a value that the dialect refuses (pointing at
 * the YAML value), an absent value, a secret in a template that is not declared secret, a bad path. */
bool template_render(const struct template *template, const struct render_target *target, const bundle_files *files,
                     rendered_list *list);

/* True when the template is a bundle: which files it takes in ("vps/"), and how many bytes the result may have. */
bool template_bundle(const struct template *template, struct str *folder, size_t *limit);

struct str template_name(const struct template *template); /* "vps/wg0.conf.tmpl" */

#endif
