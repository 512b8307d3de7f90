/* IPv4 and IPv6 addresses, prefixes and ranges: parsing, printing (RFC 5952), arithmetic. No DNS, no locale. */
#ifndef HLGEN_BASE_IP_H
#define HLGEN_BASE_IP_H

#include <stdint.h>

#include "base/str.h"

enum ip_family { IP_NONE = 0, IP_V4 = 4, IP_V6 = 6 };

struct ip {
	uint8_t family;    /* enum ip_family */
	uint8_t bytes[16]; /* network order; IPv4 uses the first four, the rest is zero */
};

struct prefix {
	struct ip ip;   /* may have host bits: an interface address is a prefix too */
	uint8_t length; /* bits */
};

enum { IP_TEXT = 48, PREFIX_TEXT = 52 }; /* room for the longest text and its NUL */

/* Strict: dotted quad without leading zeros, or RFC 4291 text without zone. */
bool ip_parse(struct str text, struct ip *ip);
/* "address/length"; host bits are kept, see prefix_network(). */
bool prefix_parse(struct str text, struct prefix *prefix);
/* Write RFC 5952 text, terminated; return `out`. */
char *ip_format(struct ip ip, char out[static IP_TEXT]);
char *prefix_format(struct prefix prefix, char out[static PREFIX_TEXT]);

int ip_bits(struct ip ip);                 /* 32 or 128 */
int ip_compare(struct ip a, struct ip b);  /* family first, then the number */
bool ip_equal(struct ip a, struct ip b);
/* Whether the address lies from first to last; false when one is absent or of the other family. */
bool ip_in_range(struct ip ip, struct ip first, struct ip last);
int prefix_compare(struct prefix a, struct prefix b); /* by address, then shorter length first */
bool prefix_equal(struct prefix a, struct prefix b);

struct prefix prefix_of(struct ip ip);                 /* the host prefix: /32 or /128 */
struct prefix prefix_network(struct prefix prefix);    /* host bits cleared */
bool prefix_has_host_bits(struct prefix prefix);
bool prefix_contains(struct prefix prefix, struct ip ip);
bool prefix_covers(struct prefix outer, struct prefix inner);
bool prefix_overlaps(struct prefix a, struct prefix b);
struct ip prefix_first(struct prefix prefix);          /* the network address */
struct ip prefix_last(struct prefix prefix);           /* the highest address; broadcast for IPv4 */

/* The address `offset` above `ip` (it wraps at the end of the address space). */
struct ip ip_add(struct ip ip, uint64_t offset);
/* Next lower and next higher address. */
struct ip ip_previous(struct ip ip);
struct ip ip_next(struct ip ip);
/* The host part of `ip` in `prefix`, lowest 64 bits. */
uint64_t prefix_offset(struct prefix prefix, struct ip ip);

/* Special ranges of the IANA registries (RFC 6890 and updates). */
bool ip_is_private(struct ip ip);       /* RFC 1918, RFC 4193 (ULA) */
bool ip_is_documentation(struct ip ip); /* RFC 5737, RFC 3849, RFC 9637 */
bool ip_is_loopback(struct ip ip);
bool ip_is_link_local(struct ip ip);
bool ip_is_multicast(struct ip ip);
bool ip_is_unspecified(struct ip ip);
bool ip_is_cgnat(struct ip ip);         /* 100.64.0.0/10, RFC 6598 */
bool ip_is_ula(struct ip ip);           /* fc00::/7 */
bool ip_is_public(struct ip ip);        /* none of the above, no reserved range, and for IPv6 inside 2000::/3 */

#endif
