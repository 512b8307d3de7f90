/* The public DNS records: which address each name gets, and which zone a name belongs to. */
#include "plan/planner.h"

#include "base/map.h"

#include <stdlib.h>

enum { TTL_AUTOMATIC = 1 /* what Cloudflare shows for a proxied record, whatever was asked for */ };

/* A name in its zone; a zone of `dns.zones` also stands there once without a name, so that it does not vanish with its last one. */
struct entry {
	struct text zone;
	struct str host;
	const struct site_service *service; /* NULL: the zone itself */
};

struct zoning {
	struct planner *p;
	struct map declared; /* names of dns.zones to struct site_zone */
	struct str domain;
	LIST(struct entry) entries;
};

static bool lies_below(struct str host, struct str domain)
{
	if (!domain.ptr || host.len < domain.len)
		return false;
	return str_ends(host, domain) && (host.len == domain.len || host.ptr[host.len - domain.len - 1] == '.');
}

static struct str without_first_label(struct str name)
{
	return str_slice(name, str_find(name, '.') + 1, name.len);
}

/* The longest declared zone that holds the name, else the site's domain, else what most registries sell: the name's parent. */
static struct str zone_of(const struct zoning *z, struct str host)
{
	struct str name = str_starts(host, STR("*.")) ? without_first_label(host) : host;
	for (struct str rest = name; rest.len > 0; rest = without_first_label(rest))
		if (map_get(&z->declared, rest))
			return rest;
	if (lies_below(name, z->domain))
		return z->domain;
	struct str parent = without_first_label(name);
	return str_find(parent, '.') < parent.len ? parent : name;
}

static int by_zone(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = str_compare(x->zone.value, y->zone.value);
	return order != 0 ? order : str_compare(x->host, y->host);
}

static void collect(struct zoning *z)
{
	const struct site *site = z->p->site;
	struct arena *arena = z->p->arena;
	z->declared.arena = arena;
	if (site->domain.value.ptr)
		z->domain = str_lower(arena, site->domain.value);
	for (size_t i = 0; i < site->dns.zones.count; i++) {
		struct site_zone *zone = &site->dns.zones.items[i];
		map_add(&z->declared, zone->head.name, zone);
		*(struct entry *)LIST_ADD(arena, &z->entries) = (struct entry){ .zone = text_at(zone->head.name, zone->head.at), .host = STR("") };
	}
	for (size_t i = 0; i < site->services.count; i++) {
		const struct site_service *service = &site->services.items[i];
		struct str host = str_lower(arena, service->name.value);
		*(struct entry *)LIST_ADD(arena, &z->entries) = (struct entry){ text_at(zone_of(z, host), service->name.at), host, service };
	}
	if (z->entries.count > 0)
		qsort(z->entries.items, z->entries.count, sizeof *z->entries.items, by_zone);
}

static struct plan_external_dns *external_dns(const struct planner *p)
{
	return p->plan->cluster ? p->plan->cluster->external_dns : NULL;
}

static struct plan_record record_of(const struct planner *p, const struct entry *entry, struct ip address, bool proxied)
{
	return (struct plan_record){ .name = text_at(entry->host, entry->service->name.at),
		.type.value = address.family == IP_V4 ? STR("A") : STR("AAAA"), .address = address,
		.ttl = proxied ? TTL_AUTOMATIC : p->site->dns.ttl.value, .proxied = proxied };
}

static void add_record(struct planner *p, struct plan_zone *zone, const struct entry *entry, struct ip address, bool proxied)
{
	if (address.family != IP_NONE)
		*(struct plan_record *)LIST_ADD(p->arena, &zone->records) = record_of(p, entry, address, proxied);
}

static void add_elsewhere(struct planner *p, struct plan_zone *zone, const struct entry *entry)
{
	if (zone->elsewhere.count == 0 || !str_equal(zone->elsewhere.items[zone->elsewhere.count - 1].value, entry->host))
		*(struct text *)LIST_ADD(p->arena, &zone->elsewhere) = text_at(entry->host, entry->service->name.at);
}

/* A record that points to the VPS: hlgen's own, or one that external-dns is told to make. */
static void add_relayed(struct planner *p, struct plan_zone *zone, const struct entry *entry, struct ip address)
{
	const struct plan_external_dns *external = external_dns(p);
	if (address.family == IP_NONE || !external || !external->endpoints) {
		add_record(p, zone, entry, address, false);
		return;
	}
	*(struct plan_record *)LIST_ADD(p->arena, &p->plan->dns->endpoints) = record_of(p, entry, address, false);
	add_elsewhere(p, zone, entry);
}

/* The name's AAAA at the ingress itself: external-dns makes it where it runs, because two owners must not share a record. */
static void add_direct(struct planner *p, struct plan_zone *zone, const struct entry *entry, bool proxied)
{
	const struct plan_ingress6 *ingress = p->plan->delegation ? p->plan->delegation->ingress : NULL;
	struct plan_external_dns *external = external_dns(p);
	struct text name = text_at(entry->host, entry->service->name.at);
	if (external) {
		*(struct plan_direct *)LIST_ADD(p->arena, &external->names) = (struct plan_direct){ .name = name, .proxied = proxied,
			.relayed = site_service_has_via(entry->service, VIA_RELAY) };
		add_elsewhere(p, zone, entry);
	} else if (ingress && ingress->address.family == IP_V6) {
		add_record(p, zone, entry, ingress->address, proxied);
	} else {
		*(struct text *)LIST_ADD(p->arena, &zone->waiting) = name;
	}
}

static void add_name(struct planner *p, struct plan_zone *zone, const struct entry *entry)
{
	const struct site_service *service = entry->service;
	bool direct = site_service_has_via(service, VIA_IPV6);
	if (site_service_has_via(service, VIA_PRIVATE))
		add_record(p, zone, entry, p->site->kubernetes.ingress.address.value, false);
	if (site_service_has_via(service, VIA_RELAY)) {
		add_relayed(p, zone, entry, p->site->vps.address.value);
		if (!direct)
			add_relayed(p, zone, entry, p->site->vps.address6.value);
	}
	if (direct || site_service_has_via(service, VIA_CLOUDFLARE))
		add_direct(p, zone, entry, !direct);
}

/* Its token need not reach further than these zones; but unless the id of each is known, it asks for the list of all. */
static void name_zones(struct planner *p, const struct plan_dns *dns, struct plan_external_dns *external)
{
	bool known = true;
	for (size_t i = 0; i < dns->zones.count; i++) {
		const struct plan_zone *zone = &dns->zones.items[i];
		if (zone->elsewhere.count == 0)
			continue;
		*(struct text *)LIST_ADD(p->arena, &external->zones) = zone->name;
		*(struct text *)LIST_ADD(p->arena, &external->zone_ids) = zone->id;
		known = known && zone->id.value.ptr;
	}
	if (!known)
		external->zone_ids.count = 0;
}

void plan_dns(struct planner *p)
{
	struct zoning zoning = { .p = p };
	collect(&zoning);
	if (zoning.entries.count == 0)
		return;
	struct plan_dns *dns = p->plan->dns = ARENA_NEW(p->arena, struct plan_dns);
	dns->owner = text_at(str_format(p->arena, "hlgen:%.*s", STR_ARG(p->site->name.value)), p->site->name.at);
	dns->ttl = p->site->dns.ttl.value;
	struct plan_zone *zone = NULL;
	for (size_t i = 0; i < zoning.entries.count; i++) {
		const struct entry *entry = &zoning.entries.items[i];
		if (!zone || !str_equal(zone->name.value, entry->zone.value)) {
			const struct site_zone *declared = map_get(&zoning.declared, entry->zone.value);
			zone = LIST_ADD(p->arena, &dns->zones);
			zone->name = entry->zone;
			if (declared)
				zone->id = text_of(declared->id);
		}
		if (entry->service)
			add_name(p, zone, entry);
	}
	if (external_dns(p))
		name_zones(p, dns, external_dns(p));
	for (size_t i = 0; i < dns->zones.count; i++) {
		dns->waiting = dns->waiting || dns->zones.items[i].waiting.count > 0;
		dns->elsewhere = dns->elsewhere || dns->zones.items[i].elsewhere.count > 0;
		for (size_t k = 0; k < dns->zones.items[i].records.count; k++)
			dns->proxied = dns->proxied || dns->zones.items[i].records.items[k].proxied;
	}
}
