/* The small languages inside values: ports, "addr:ports/proto", "ports/proto from prefix", "target:port", ranges. */
#ifndef HLGEN_SITE_SYNTAX_H
#define HLGEN_SITE_SYNTAX_H

#include "site/site.h"

/* "22" or "8000-8010", 1 to 65535, not backwards. */
bool syntax_ports(struct str text, uint16_t *first, uint16_t *last);

/* What a `reach` item, a relay target or a pool is, by form alone; names are resolved later. */
struct syntax_endpoint {
	bool is_address;    /* `prefix` is set; otherwise `name` is */
	struct prefix prefix;
	struct str name, entry;
	enum protocol protocol;
	uint16_t first, last; /* 0: none written */
};

/* reach: NAME | CIDR | ADDRESS | ADDRESS[:PORT[-PORT]]/tcp|udp, IPv6 with ports in brackets. NULL, or why not. */
const char *syntax_reach(struct str text, struct syntax_endpoint *endpoint);
/* relay `to`: ADDRESS:PORT, ingress:PORT or ingress:ENTRY (then `entry` is set). NULL, or why not. */
const char *syntax_target(struct str text, struct syntax_endpoint *endpoint);
/* vps.allow: PORT[-PORT]/tcp|udp [from CIDR]. NULL, or why not. */
const char *syntax_opening(struct str text, struct site_opening *opening);
/* "5m", "90s", "1h", "0": seconds. False when it is none of these. */
bool syntax_duration(struct str text, int64_t *seconds);
/* "10.30.0.201-10.30.0.250", a CIDR, or one address: first and last. NULL, or why not. */
const char *syntax_range(struct str text, struct ip *first, struct ip *last);

/* The host part that an interface with this MAC address gives itself (modified EUI-64, RFC 4291, appendix A): ::be24:11ff:fe1c:e28c for
 * bc:24:11:1c:e2:8c. The text must be one that the type accepts. */
struct ip syntax_eui64(struct str mac);

#endif
