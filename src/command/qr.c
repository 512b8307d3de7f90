/* `hlgen qr CLIENT`: the client's QR code in the terminal; with `tunnel: both` the second one is asked for as CLIENT-full. */
#include "artifact/qr.h"
#include "base/arena.h"
#include "base/fatal.h"
#include "command/pipeline.h"
#include "diag/suggest.h"

#include <stdlib.h>
#include <unistd.h>

static const struct plan_client *find_client(struct build *build, struct str name)
{
	struct span nowhere = { 0 };
	struct suggestion suggestion = suggest_start(name);
	for (size_t i = 0; i < build->plan->clients.count; i++) {
		if (str_equal(build->plan->clients.items[i].name.value, name))
			return &build->plan->clients.items[i];
		suggest_offer(&suggestion, build->plan->clients.items[i].name.value);
	}
	struct diagnostic *found = diag_add(build->diags, DIAG_UNKNOWN_CLIENT, nowhere, "'%s' has no enabled client '%.*s'", build->site_path,
		STR_ARG(name));
	if (suggestion.best.ptr)
		diag_help(build->diags, found, "did you mean '%.*s'?", STR_ARG(suggestion.best));
	return NULL;
}

static void show(struct build *build, struct str name)
{
	const struct plan_client *client = find_client(build, name);
	struct qr_size size;
	if (!client)
		return;
	if (client->own_key) {
		struct diagnostic *found = diag_add(build->diags, DIAG_NO_QR, client->name.at,
			"client '%.*s' keeps its private key itself, so there is nothing to scan", STR_ARG(name));
		diag_help(build->diags, found, "put the key into clients/%.*s.conf on the device", STR_ARG(name));
		return;
	}
	/* A code of a key that was never stored would be of no use to anybody. */
	if (keystore_dirty(build->keys)) {
		struct diagnostic *found = diag_add(build->diags, DIAG_NO_QR, client->name.at, "the keys of this site are not made yet");
		diag_help(build->diags, found, "run 'hlgen build' first");
		return;
	}
	const struct artifact *conf = produce_find(&build->artifacts, str_format(build->arena, "clients/%.*s.conf", STR_ARG(name)));
	if (!conf)
		return;
	struct str payload = qr_payload(build->secret_arena, conf->bytes);
	if (!qr_measure(payload, &size))
		return; /* reported when the artifacts were made */
	bool plain = !isatty(STDOUT_FILENO) || getenv("NO_COLOR");
	struct str picture = qr_terminal(build->secret_arena, payload, plain);
	if (isatty(STDOUT_FILENO) && !size.terminal)
		fprintf(stderr, "hlgen: this code is wider than 80 columns; clients/%.*s.png shows it as a picture\n", STR_ARG(name));
	fwrite(picture.ptr, 1, picture.len, stdout);
	if (client->other.value.ptr && isatty(STDOUT_FILENO))
		fprintf(stderr, "hlgen: this is the tunnel for %s; 'hlgen qr %.*s' shows the other one\n", client->full ? "everything" : "the house alone",
			STR_ARG(client->other.value));
}

int command_qr(const struct arguments *arguments)
{
	struct build build;
	if (!build_begin(&build, arguments, arguments->site))
		return EXIT_SYSTEM;
	if (build_artifacts(&build))
		show(&build, str_of(arguments->operands[0]));
	return build_end(&build, EXIT_OK);
}
