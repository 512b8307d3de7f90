/* The cluster: its network, releases and ranges become values; what is not written of its nodes and external-dns is filled in. */
#include "diag/suggest.h"
#include "site/resolver.h"
#include "site/syntax.h"

static struct diagnostic *unknown_network(struct resolver *r, struct str name, struct span at)
{
	struct suggestion suggestion = suggest_start(name);
	for (size_t i = 0; i < r->site->networks.count; i++)
		suggest_offer(&suggestion, r->site->networks.items[i].head.name);
	struct diagnostic *found = diag_add(r->diags, DIAG_UNKNOWN_NETWORK, at, "there is no network '%.*s'", STR_ARG(name));
	if (suggestion.best.ptr)
		diag_help(r->diags, found, "did you mean '%.*s'?", STR_ARG(suggestion.best));
	else
		diag_help(r->diags, found, "declare it under 'networks'");
	return found;
}

/* What is computed of nodes where nothing is written. */
static void resolve_nodes(struct resolver *r)
{
	for (size_t i = 0; i < r->site->kubernetes.nodes.count; i++) {
		struct site_node *node = &r->site->kubernetes.nodes.items[i];
		if (node->address6.value.family == IP_V6)
			node->suffix = node->address6.value;
		else if (node->mac.value.ptr)
			node->suffix = syntax_eui64(node->mac.value);
		if (!node->network_file.set)
			node->network_file.value = str_format(r->arena, "10-%.*s.network", STR_ARG(node->interface.value));
	}
}

static void resolve_external_dns(struct resolver *r)
{
	struct site_external_dns *dns = &r->site->kubernetes.external_dns;
	if (!dns->version.value.ptr || !version_parse(dns->version.value, &dns->release))
		return;
	if (!dns->owner.set)
		dns->owner.value = r->site->name.value;
	/* Program and chart have been released together, as 0.N and 1.N. */
	if (!dns->chart.set)
		dns->chart.value = str_format(r->arena, "1.%u.0", dns->release.part[1]);
	version_parse(dns->chart.value, &dns->chart_release);
}

void resolve_kubernetes(struct resolver *r)
{
	struct site_kubernetes *kubernetes = &r->site->kubernetes;
	if (kubernetes->network_name.value.ptr) {
		kubernetes->network = map_get(&r->networks, kubernetes->network_name.value);
		if (!kubernetes->network && r->site->disordered) {
			kubernetes->head.broken = true;
		} else if (!kubernetes->network) {
			unknown_network(r, kubernetes->network_name.value, kubernetes->network_name.at);
			kubernetes->head.broken = true;
		}
	}
	if (kubernetes->ingress.chart.value.ptr)
		version_parse(kubernetes->ingress.chart.value, &kubernetes->ingress.chart_release);
	struct site_cilium *cilium = &kubernetes->cilium;
	if (cilium->version.value.ptr)
		version_parse(cilium->version.value, &cilium->release);
	if (cilium->pool.value.ptr)
		syntax_range(cilium->pool.value, &cilium->pool_first, &cilium->pool_last);
	if (cilium->pool6.value.ptr)
		syntax_range(cilium->pool6.value, &cilium->pool6_first, &cilium->pool6_last);
	resolve_nodes(r);
	resolve_external_dns(r);
}
