/* What names may look like on the machines they end up on. */
#ifndef HLGEN_SITE_NAMES_H
#define HLGEN_SITE_NAMES_H

#include "base/str.h"

/* Not empty, and nothing but ASCII letters, digits and the characters of `marks`. */
bool name_only(struct str text, const char *marks);

/* Each returns NULL when the name is good, otherwise the reason. */
const char *name_label(struct str name);       /* RFC 1123 label in lower case that begins with a letter, at most 63 */
const char *name_kubernetes(struct str name);  /* RFC 1123 label in lower case, at most 63 */
const char *name_host(struct str name);        /* host name of one or more labels, at most 253 */
const char *name_host_pattern(struct str name); /* the same, or "*." before it */
/* What Android, Apple, Windows and wg-quick all take as a tunnel name (facts: 15 characters, no reserved device name). */
const char *name_client(struct str name);
const char *name_interface(struct str name);   /* characters that Linux and RouterOS take without quoting */

#endif
