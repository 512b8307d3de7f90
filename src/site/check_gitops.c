/* external-dns, Argo CD, the watcher: whether there is work for them, and what would stay behind. */
#include "site/checks.h"

/* The ingress follows the prefix by itself; what hlgen wrote into DNS does not. */
static void check_healed(struct checker *c)
{
	const struct site_kubernetes *kubernetes = &c->site->kubernetes;
	if (!kubernetes->prefix_watch.value || kubernetes->external_dns.head.present)
		return;
	for (size_t i = 0; i < c->site->services.count; i++) {
		const struct site_service *service = &c->site->services.items[i];
		bool direct = site_service_has_via(service, VIA_IPV6);
		if (!direct && !site_service_has_via(service, VIA_CLOUDFLARE))
			continue;
		struct diagnostic *found = diag_add(c->diags, DIAG_AAAA_BY_HAND, via_place(service, direct ? VIA_IPV6 : VIA_CLOUDFLARE),
			"the AAAA record of service '%.*s' stays behind when the prefix changes", STR_ARG(service->head.name));
		diag_note(c->diags, found, kubernetes->prefix_watch.at, "the ingress itself follows the prefix, because of this");
		diag_help(c->diags, found, "let external-dns keep these records ('external_dns'), or run 'hlgen prefix' and dns/cloudflare.sh after each change");
		return; /* one says it for all */
	}
}

/* A section for which no file would be made. */
static void check_external_dns(struct checker *c)
{
	const struct site_external_dns *dns = &c->site->kubernetes.external_dns;
	bool names = false;
	for (size_t i = 0; i < c->site->services.count; i++) {
		const struct site_service *service = &c->site->services.items[i];
		names = names || site_service_has_via(service, VIA_IPV6) || site_service_has_via(service, VIA_CLOUDFLARE) ||
			(dns->endpoints.value && site_service_has_via(service, VIA_RELAY));
	}
	if (!dns->head.present || names || c->site->disordered)
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_EXTERNAL_DNS_IDLE, dns->head.at, "external-dns has no name to make a record of");
	diag_help(c->diags, found, "give a service 'via: ipv6' or 'via: cloudflare', or remove 'external_dns'");
}

static void check_argocd(struct checker *c)
{
	const struct site_kubernetes *kubernetes = &c->site->kubernetes;
	if (!kubernetes->argocd.head.present || kubernetes->cilium.head.present || kubernetes->cloudflared.value ||
		kubernetes->external_dns.head.present || c->site->disordered)
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_ARGOCD_IDLE, kubernetes->argocd.head.at, "Argo CD has nothing to apply");
	diag_help(c->diags, found, "add 'cilium', 'external_dns' or 'cloudflared', or remove 'argocd'");
}

void check_gitops(struct checker *c)
{
	check_healed(c);
	check_external_dns(c);
	check_argocd(c);
}
