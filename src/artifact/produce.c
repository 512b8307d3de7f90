/* From a plan to complete files: renders every template and adds the clients' QR codes. */
#include "artifact/bundle.h"
#include "artifact/produce.h"
#include "artifact/qr.h"
#include "base/arena.h"

#include <stdlib.h>

static int by_path(const void *a, const void *b)
{
	return str_compare(((const struct artifact *)a)->path, ((const struct artifact *)b)->path);
}

static void sort(artifact_list *artifacts)
{
	if (artifacts->count > 0)
		qsort(artifacts->items, artifacts->count, sizeof *artifacts->items, by_path);
}

const struct artifact *produce_find(const artifact_list *artifacts, struct str path)
{
	struct artifact key = { .path = path };
	return artifacts->count == 0 ? NULL : bsearch(&key, artifacts->items, artifacts->count, sizeof key, by_path);
}

static void add(struct arena *arena, artifact_list *artifacts, const rendered_list *files)
{
	for (size_t i = 0; i < files->count; i++) {
		const struct rendered *file = &files->items[i];
		*(struct artifact *)LIST_ADD(arena, artifacts) = (struct artifact){ .path = file->path, .mode = file->mode,
			.secret = file->secret, .bytes = file->bytes, .effects = file->effects };
	}
	sort(artifacts);
}

static bool is_bundle(const struct template *template)
{
	struct str folder;
	size_t limit;
	return template_bundle(template, &folder, &limit);
}

/* Bundles come last; they see the files of all other templates, and not each other. A redacted tree has none: packed text shows
 * nothing, and its bytes depend on the release of zlib. */
static bool render_all(const struct render_target *target, const struct produce_options *options, artifact_list *artifacts,
                       folder_list *order)
{
	rendered_list files = { 0 }, bundles = { 0 };
	bool good = true;
	struct templates *templates = templates_load(target->arena, options->templates, &plan_shape, target->diags);
	if (!templates)
		return false;
	*order = *templates_order(templates);
	for (size_t i = 0; i < templates_count(templates); i++) {
		if (!is_bundle(templates_at(templates, i)))
			good = template_render(templates_at(templates, i), target, NULL, &files) && good;
	}
	add(target->arena, artifacts, &files);
	for (size_t i = 0; good && !options->redacted && i < templates_count(templates); i++) {
		if (is_bundle(templates_at(templates, i)))
			good = bundle_render(target, templates_at(templates, i), artifacts, &bundles);
	}
	add(target->arena, artifacts, &bundles);
	return good;
}

/* Names the keys of the site file that make the text long, the one that adds most first. */
static void say_what_to_shorten(const struct render_target *target, const struct plan_client *client, struct diagnostic *found)
{
	size_t prefixes = client->allowed_ips.count, names = 0;
	for (size_t i = 0; i < client->search.count; i++)
		names += client->search.items[i].value.len + 1;
	/* An address or prefix is about as long as 15 letters. */
	size_t servers = client->dns.count * 15, others = client->full ? 0 : prefixes * 15;
	if (names >= servers && names > others)
		diag_help(target->diags, found, "shorten its 'search' (%zu domains with %zu letters)", client->search.count, names);
	else if (servers > others)
		diag_help(target->diags, found, "shorten its 'dns' (%zu servers)", client->dns.count);
	else
		diag_help(target->diags, found, "shorten its 'reach' (%zu prefixes), 'dns' or 'search', or use 'tunnel: full'", prefixes);
}

/* Reports a code that no camera reads; false when it cannot be made at all. */
static bool check_size(const struct render_target *target, const struct plan_client *client, struct str payload)
{
	struct qr_size size;
	bool fits = qr_measure(payload, &size);
	if (fits && size.bytes <= QR_WARN_BYTES)
		return true;
	bool error = !fits || !size.scans;
	struct diagnostic *found = diag_add(target->diags, error ? DIAG_QR_TOO_LARGE : DIAG_QR_LARGE, client->name.at,
		"the QR code of client '%.*s' holds %zu bytes, %s", STR_ARG(client->name.value), payload.len,
		error ? "more than phone cameras read from a screen" : "which some phone cameras do not read from a screen");
	say_what_to_shorten(target, client, found);
	return !error;
}

static void add_picture(const struct render_target *target, artifact_list *artifacts, const struct plan_client *client, struct str payload,
                        const char *suffix, struct str (*make)(struct arena *, struct str, void **))
{
	*(struct artifact *)LIST_ADD(target->arena, artifacts) = (struct artifact){
		.path = str_format(target->arena, "clients/%.*s.%s", STR_ARG(client->name.value), suffix), .mode = 0600, .secret = true,
		.picture_of = payload, .make = make };
}

static bool add_pictures(const struct render_target *target, const struct plan *plan, artifact_list *artifacts)
{
	bool good = true;
	artifact_list pictures = { 0 };
	for (size_t i = 0; i < plan->clients.count; i++) {
		const struct plan_client *client = &plan->clients.items[i];
		const struct artifact *conf = produce_find(artifacts, str_format(target->arena, "clients/%.*s.conf", STR_ARG(client->name.value)));
		if (!conf || client->private_key.id == 0)
			continue; /* without the private key a code would be of no use */
		struct str payload = qr_payload(target->secret_arena, conf->bytes);
		if (!check_size(target, client, payload)) {
			good = false;
			continue;
		}
		add_picture(target, &pictures, client, payload, "svg", qr_svg);
		add_picture(target, &pictures, client, payload, "png", qr_png);
	}
	for (size_t i = 0; i < pictures.count; i++)
		*(struct artifact *)LIST_ADD(target->arena, artifacts) = pictures.items[i];
	sort(artifacts);
	return good;
}

bool produce(const struct render_target *target, const struct plan *plan, const struct produce_options *options, artifact_list *artifacts,
             folder_list *order)
{
	if (!render_all(target, options, artifacts, order))
		return false;
	return options->redacted || add_pictures(target, plan, artifacts);
}
