/* The ways a name is reached: what each needs, and which do not go together on one name. */
#include "site/checks.h"

struct span via_place(const struct site_service *service, int via)
{
	for (size_t i = 0; i < service->via.count; i++)
		if (service->via.items[i].value == via)
			return service->via.items[i].at;
	return service->via.at;
}

static void check_proxied(struct checker *c, const struct site_service *service)
{
	if (!site_service_has_via(service, VIA_CLOUDFLARE) || !site_service_has_via(service, VIA_RELAY))
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_PROXIED_RELAY, via_place(service, VIA_CLOUDFLARE),
		"service '%.*s' cannot be both relayed and behind Cloudflare", STR_ARG(service->head.name));
	diag_note(c->diags, found, via_place(service, VIA_RELAY), "it is relayed here");
	diag_help(c->diags, found, "one proxied record makes Cloudflare proxy the whole name, the relay's address too: choose one way");
}

/* Also where both would be the same record: it is proxied or it is not. */
static void check_mixed(struct checker *c, const struct site_service *service)
{
	if (!site_service_has_via(service, VIA_CLOUDFLARE) || !site_service_has_via(service, VIA_IPV6))
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_PROXIED_DIRECT, via_place(service, VIA_CLOUDFLARE),
		"service '%.*s' cannot be reached directly and behind Cloudflare", STR_ARG(service->head.name));
	diag_note(c->diags, found, via_place(service, VIA_IPV6), "it is reached directly here");
	diag_help(c->diags, found, "one proxied record makes Cloudflare proxy the whole name: choose one way, or use two services");
}

static void check_private(struct checker *c, const struct site_service *service)
{
	if (!site_service_has_via(service, VIA_PRIVATE))
		return;
	if (!c->site->kubernetes.ingress.head.present) {
		struct diagnostic *found = diag_add(c->diags, DIAG_NO_INGRESS, via_place(service, VIA_PRIVATE),
			"service '%.*s' is to point to the ingress, but the site has none", STR_ARG(service->head.name));
		diag_help(c->diags, found, "add 'kubernetes: { ingress: { address: ... } }'");
	}
	if (!site_service_has_via(service, VIA_RELAY) && !site_service_has_via(service, VIA_CLOUDFLARE))
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_PRIVATE_PUBLIC, via_place(service, VIA_PRIVATE),
		"service '%.*s' cannot point to a private and a public address at once", STR_ARG(service->head.name));
	diag_help(c->diags, found, "visitors would get either of the two: use two services with different names");
}

static void check_direct(struct checker *c, const struct site_service *service, int via)
{
	if (!site_service_has_via(service, via) || c->site->kubernetes.ingress.address6.value.family == IP_V6 || c->site->kubernetes.ingress.head.broken)
		return;
	struct diagnostic *found = diag_add(c->diags, DIAG_NO_INGRESS6, via_place(service, via),
		"service '%.*s' is reached at the ingress's IPv6 address, but the ingress has none", STR_ARG(service->head.name));
	diag_help(c->diags, found, "add for example 'address6: \"::200\"' to kubernetes.ingress, or use 'via: relay'");
}

void check_ways(struct checker *c)
{
	for (size_t i = 0; i < c->site->services.count; i++) {
		const struct site_service *service = &c->site->services.items[i];
		check_proxied(c, service);
		check_mixed(c, service);
		check_private(c, service);
		check_direct(c, service, VIA_IPV6);
		check_direct(c, service, VIA_CLOUDFLARE);
		for (size_t k = 0; k < service->via.count; k++)
			for (size_t m = 0; m < k; m++)
				if (service->via.items[m].set && service->via.items[m].value == service->via.items[k].value)
					report_twice(c, DIAG_DUPLICATE_WAY, service->via.items[k].at, service->via.items[m].at, "this way", "the same service");
	}
}
