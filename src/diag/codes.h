/* The table of diagnostic codes: stable names, severities and explanations (from codes.def). */
#ifndef HLGEN_DIAG_CODES_H
#define HLGEN_DIAG_CODES_H

#include "base/str.h"

enum severity { SEVERITY_ERROR, SEVERITY_WARNING };

enum diag_code {
#define CODE(id, name, severity, title, explanation) DIAG_##id,
#include "diag/codes.def"
#undef CODE
	DIAG_CODE_COUNT
};

struct code_info {
	const char *name;        /* "duplicate-address": printed in brackets, never changed once released */
	enum severity severity;
	const char *title;       /* one line, for lists */
	const char *explanation; /* for `hlgen explain`: what, why it would hurt on the device, how to fix, an example */
};

const struct code_info *code_info(enum diag_code code);
/* Finds a code by name; false when there is none. */
bool code_find(struct str name, enum diag_code *code);

#endif
