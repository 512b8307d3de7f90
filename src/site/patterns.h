/* Regular expressions (ECMA-262) that several value types share: what the schema says must be what the parsers do. */
#ifndef HLGEN_SITE_PATTERNS_H
#define HLGEN_SITE_PATTERNS_H

#define PATTERN_LABEL "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
#define PATTERN_NAME "[a-z]([a-z0-9-]{0,61}[a-z0-9])?"

#define PATTERN_OCTET "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
#define PATTERN_IP4 "(" PATTERN_OCTET "\\.){3}" PATTERN_OCTET
#define PATTERN_LENGTH4 "(3[0-2]|[12]?[0-9])"

/* RFC 4291, 2.2: eight groups; "::" for one or more of them; a dotted quad for the last two. */
#define H16 "[0-9A-Fa-f]{1,4}"
#define PATTERN_IP6 \
	"((" H16 ":){7}" H16 "|(" H16 ":){1,7}:|(" H16 ":){1,6}:" H16 "|(" H16 ":){1,5}(:" H16 "){1,2}" \
	"|(" H16 ":){1,4}(:" H16 "){1,3}|(" H16 ":){1,3}(:" H16 "){1,4}|(" H16 ":){1,2}(:" H16 "){1,5}|" H16 ":(:" H16 "){1,6}" \
	"|:(:" H16 "){1,7}|::|((" H16 ":){6}|:(:" H16 "){0,5}:|" H16 ":(:" H16 "){0,4}:|(" H16 ":){2}(:" H16 "){0,3}:" \
	"|(" H16 ":){3}(:" H16 "){0,2}:|(" H16 ":){4}(:" H16 ")?:|(" H16 ":){5}:)" PATTERN_IP4 ")"
#define PATTERN_LENGTH6 "(12[0-8]|1[01][0-9]|[1-9]?[0-9])"

#define PATTERN_IP "(" PATTERN_IP4 "|" PATTERN_IP6 ")"
#define PATTERN_PREFIX "(" PATTERN_IP4 "/" PATTERN_LENGTH4 "|" PATTERN_IP6 "/" PATTERN_LENGTH6 ")"

#define PATTERN_PORT "(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})"
#define PATTERN_PORTS PATTERN_PORT "(-" PATTERN_PORT ")?"

/* Labels of 63, 253 in all, the last one no number; stands at the end of a pattern. */
#define PATTERN_HOST_LABEL "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#define PATTERN_LAST_LABEL "(?![0-9]+$)" PATTERN_HOST_LABEL "$"
#define PATTERN_HOST "(?=.{1,253}$)(" PATTERN_HOST_LABEL "\\.)*" PATTERN_LAST_LABEL
#define PATTERN_DOMAIN "(?=.{1,253}$)(" PATTERN_HOST_LABEL "\\.)+" PATTERN_LAST_LABEL

/* The same in lower case, short enough for a file's name. */
#define PATTERN_ZONE "(?=.{1,250}$)(" PATTERN_LABEL "\\.)+(?![0-9]+$)" PATTERN_LABEL "$"

/* Windows keeps these names for devices, whatever follows the first dot. */
#define PATTERN_NO_DEVICE \
	"(?!([Cc][Oo][Nn]|[Pp][Rr][Nn]|[Aa][Uu][Xx]|[Nn][Uu][Ll]|[Cc][Oo][Mm][1-9]|[Ll][Pp][Tt][1-9])(\\.|$))"

/* What the decoder takes for control characters. */
#define PATTERN_PRINTABLE "[^\\u0000-\\u001f\\u007f-\\u009f\\u2028-\\u202e\\u2066-\\u2069]"

#endif
