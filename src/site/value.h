/* Values of the site file: typed, each with its place. */
#ifndef HLGEN_SITE_VALUE_H
#define HLGEN_SITE_VALUE_H

#include "base/ip.h"
#include "base/list.h"
#include "diag/source.h"

/* `set`: written in the file (otherwise the default stands there, and `at` is the place of the section it belongs to). */
struct site_text    { struct str value;     struct span at; bool set; }; /* value.ptr == NULL: absent */
struct site_number  { int64_t value;        struct span at; bool set; };
struct site_flag    { bool value;           struct span at; bool set; };
struct site_choice  { int value;            struct span at; bool set; }; /* index into the field's choices */
struct site_address { struct ip value;      struct span at; bool set; }; /* family IP_NONE: absent */
struct site_prefix  { struct prefix value;  struct span at; bool set; }; /* family IP_NONE: absent */

/* A list that knows whether it was written: `reach: []` differs from no `reach`. */
#define SITE_LIST(T) struct { LIST(T); bool set; struct span at; }
struct site_list { struct list list; bool set; struct span at; };

/* What every section begins with. */
struct site_head {
	struct str name;  /* the key under which it stands: "vps", "android" */
	struct span at;   /* its key in the file */
	bool present;     /* written in the file */
	bool broken;      /* something in it was refused: checks that need it keep silent */
};

#endif
