/* The table of diagnostic codes, made from codes.def. */
#include "diag/codes.h"

static const struct code_info codes[DIAG_CODE_COUNT] = {
#define CODE(id, name, severity, title, explanation) [DIAG_##id] = {name, severity, title, explanation},
#include "diag/codes.def"
#undef CODE
};

const struct code_info *code_info(enum diag_code code)
{
	return &codes[code];
}

bool code_find(struct str name, enum diag_code *code)
{
	for (int i = 0; i < DIAG_CODE_COUNT; i++) {
		if (str_equal(str_of(codes[i].name), name)) {
			*code = (enum diag_code)i;
			return true;
		}
	}
	return false;
}
