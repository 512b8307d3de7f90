/* How a change of a file takes effect on its machine, and what that costs: the `apply` lines of a template's header. */
#ifndef HLGEN_RENDER_EFFECT_H
#define HLGEN_RENDER_EFFECT_H

#include "base/list.h"
#include "base/str.h"

/* The cheapest first. */
enum effect_kind {
	EFFECT_NOTHING, /* nothing has to be done, or it happens by itself */
	EFFECT_RELOAD,  /* connections live on */
	EFFECT_RUN,     /* a command on a machine that hlgen does not install on: a router's import, kubectl */
	EFFECT_SCAN,    /* on a device that is new: nobody is cut off meanwhile */
	EFFECT_RESTART, /* connections end */
	EFFECT_RESCAN,  /* on a device that is in use: it stays outside until then */
	EFFECT_KINDS
};

/* Which changes a rule is about. */
enum effect_when {
	EFFECT_ANY,     /* all that no other rule is about */
	EFFECT_NEW,     /* the file was not there */
	EFFECT_COMMENTS, /* nothing but lines of comment and empty lines differs */
	EFFECT_SECTION  /* lines differ in sections of this name */
};

struct effect {
	enum effect_when when;
	struct str section; /* "Interface", for EFFECT_SECTION */
	enum effect_kind kind;
	struct str text;    /* how: "systemctl reload nginx: open connections live on"; may be absent when the kind is NOTHING */
};

struct effects {
	LIST(struct effect) rules; /* of each `when` (and section) at most one; none, or one of them is EFFECT_ANY */
	const char *comments;      /* signs that begin a line of comment in this file's language; NULL: it has none */
};

/* "nothing", "reload", "run", "scan", "restart", "re-scan". */
const char *effect_word(enum effect_kind kind);

#endif
