/* Settings that are read and checked, but from which this release writes no file yet: said aloud, never ignored silently. */
#include "site/checks.h"

static void unwritten(struct checker *c, bool present, struct span at, const char *what)
{
	if (!present)
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_UNWRITTEN, at, "this release checks %s, but writes nothing for it", what);
	diag_help(c->diags, found, "set it up by hand, or leave it out; see 'hlgen explain unwritten'");
}

void check_unwritten(struct checker *c)
{
	const struct site *site = c->site;
	const struct site_kubernetes *kubernetes = &site->kubernetes;
	unwritten(c, kubernetes->nodes.count > 0, kubernetes->nodes.count ? kubernetes->nodes.items[0].head.at : kubernetes->head.at, "'nodes'");
	unwritten(c, kubernetes->cilium.pool6.value.ptr != NULL, kubernetes->cilium.pool6.at, "'pool6'");
	/* The router opens the address; nobody gives it to the ingress yet. */
	unwritten(c, kubernetes->ingress.address6.value.family == IP_V6, kubernetes->ingress.address6.at, "the cluster's part of 'address6'");
	unwritten(c, kubernetes->external_dns.head.present, kubernetes->external_dns.head.at, "'external_dns'");
	unwritten(c, kubernetes->argocd.head.present, kubernetes->argocd.head.at, "'argocd'");
	unwritten(c, kubernetes->prefix_watch.value, kubernetes->prefix_watch.at, "'prefix_watch'");
	unwritten(c, kubernetes->cloudflared.value, kubernetes->cloudflared.at, "'cloudflared'");
}
