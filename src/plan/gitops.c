/* What runs in the cluster beside the ingress: external-dns and Argo CD. */
#include "plan/planner.h"
#include "site/releases.h"

/* As its images are tagged: "0.22.0", also where the site says 0.22. */
static struct str full_release(struct planner *p, struct version release)
{
	return str_format(p->arena, "%u.%u.%u", release.part[0], release.part[1], release.part[2]);
}

static void plan_external_dns(struct planner *p)
{
	static const char *const policies[] = { [POLICY_UPSERT_ONLY] = "upsert-only", [POLICY_SYNC] = "sync" };
	static const char *const sources[] = { [SOURCE_INGRESS] = "ingress", [SOURCE_SERVICE] = "service",
		[SOURCE_GATEWAY_HTTPROUTE] = "gateway-httproute" };
	const struct site_external_dns *site = &p->site->kubernetes.external_dns;
	if (!site->head.present)
		return;
	struct plan_external_dns *dns = p->plan->cluster->external_dns = ARENA_NEW(p->arena, struct plan_external_dns);
	*dns = (struct plan_external_dns){ .version = text_at(full_release(p, site->release), site->version.at), .chart = text_of(site->chart), .owner = text_of(site->owner),
		.policy = text_at(str_of(policies[site->policy.value]), site->policy.at), .namespace = text_of(site->namespace),
		.secret = text_of(site->secret), .secret_key = text_of(site->secret_key), .endpoints = site->endpoints.value };
	dns->annotation_prefix = text_at(release_knows(site->release, EXTERNAL_DNS_NEW_PREFIX) ? STR("external-dns.kubernetes.io/") :
		STR("external-dns.alpha.kubernetes.io/"), site->version.at);
	bool prefix = release_knows(site->release, EXTERNAL_DNS_PREFIX_FLAG);
	dns->record_types_value = release_knows(site->chart_release, CHART_RECORD_TYPES);
	dns->filter_value = release_knows(site->chart_release, CHART_ANNOTATION_FILTER);
	dns->prefix_value = prefix && release_knows(site->chart_release, CHART_ANNOTATION_PREFIX);
	dns->prefix_flag = prefix && !dns->prefix_value;
	for (size_t i = 0; i < site->sources.count; i++)
		*(struct text *)LIST_ADD(p->arena, &dns->sources) = text_at(str_of(sources[site->sources.items[i].value]), site->sources.items[i].at);
	if (dns->endpoints)
		*(struct text *)LIST_ADD(p->arena, &dns->sources) = text_at(STR("crd"), site->endpoints.at);
}

void plan_gitops(struct planner *p)
{
	const struct site_kubernetes *site = &p->site->kubernetes;
	plan_external_dns(p);
	p->plan->cluster->cloudflared = site->cloudflared.value;
	if (!site->argocd.head.present)
		return;
	struct plan_argocd *argocd = p->plan->cluster->argocd = ARENA_NEW(p->arena, struct plan_argocd);
	*argocd = (struct plan_argocd){ text_of(site->argocd.repo), text_of(site->argocd.path), text_of(site->argocd.revision),
		text_of(site->argocd.namespace), text_of(site->argocd.project) };
}
