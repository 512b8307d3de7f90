/* What a template is after compiling, and the parts of the engine; private to src/render.
 *
 *     lexer      bytes of a source -> lines and tokens
 *     check      a path's names -> offsets and types, against shapes and loop variables
 *     condition  "not a and b == 3": compiling and deciding
 *     line       a text line -> texts and slots
 *     header     the first statements -> where the file goes, for what, how
 *     bundle     its `bundle` line: a file of files
 *     effect     its `apply` lines: how a change of the file takes effect
 *     compile    everything else -> a tree of operations
 *     part       "include" and "lines": a part of a template, from a file of its own
 *     insert     one value -> text in a dialect
 *     execute    the tree -> files */
#ifndef HLGEN_RENDER_INTERNAL_H
#define HLGEN_RENDER_INTERNAL_H

#include "base/arena.h"
#include "diag/suggest.h"
#include "render/bundle.h"
#include "render/template.h"

enum {
	TEMPLATE_DEPTH = 16, /* blocks within blocks, `each` included */
	PART_DEPTH = 8,      /* parts within parts */
	INDENT_LIMIT = 32,   /* blanks before the lines of a part; those of parts within parts add up */
	PART_LIMIT = 1000    /* parts taken into one template: without it, eight small parts could make one of any size */
};

/* ---- lexer ---- */

enum line_kind { LINE_END, LINE_TEXT, LINE_STATEMENT };

struct line {
	enum line_kind kind;
	uint32_t start, end; /* text: with its line end; statement: behind "%%", without blanks at the end */
};

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_TEXT, TOKEN_NUMBER, TOKEN_EQUAL, TOKEN_UNEQUAL, TOKEN_WRONG };

struct token {
	enum token_kind kind;
	struct span at;
	struct str text; /* word: as written, with dots; text: decoded */
	int64_t number;
};

struct lexer {
	struct arena *arena;
	const struct source *source;
	uint32_t at, end;
};

/* The line that begins at `at`, which moves behind it. Comment statements are empty lines of kind LINE_STATEMENT. */
struct line line_next(const struct source *source, uint32_t *at);
struct token token_next(struct lexer *lexer);

/* ---- compiled form ---- */

enum reference_start { FROM_ROOT, FROM_BUNDLE, FROM_VARIABLE, FROM_LOOP_FIRST, FROM_LOOP_LAST };

/* A path like `peer.allowed_ips`, resolved. */
struct reference {
	struct span at;
	struct str text;
	enum reference_start start;
	size_t variable;             /* which loop variable, for the last three */
	enum member_type variable_type;
	const struct member **steps; /* members to go through */
	size_t count;
	enum member_type type;       /* of the end */
	const struct shape *shape;   /* for OBJECT and POINTER */
	bool list;
	bool line; /* the variable of `lines`: a text that may be empty */
};

enum comparison { COMPARE_PRESENT, COMPARE_TEXT, COMPARE_NUMBER };

struct term {
	struct reference reference;
	enum comparison comparison;
	bool negated;
	bool alternative; /* an `or` stands before it */
	struct str text;
	int64_t number;
};

struct condition {
	LIST(struct term) terms; /* `and` binds closer than `or` */
};

struct ops {
	struct op *first, *last;
};

struct branch {
	struct condition *condition; /* NULL: `else` */
	struct ops body;
	struct branch *next;
};

enum op_kind { OP_TEXT, OP_INSERT, OP_FOR, OP_IF, OP_INDENT };

struct op {
	enum op_kind kind;
	struct op *next;
	struct str text;               /* TEXT */
	struct reference reference;    /* INSERT: what; FOR: the list */
	struct span slot;              /* INSERT */
	const struct dialect *dialect; /* INSERT */
	enum slot_context context;     /* INSERT */
	size_t variable;               /* FOR */
	struct ops body;               /* FOR, INDENT */
	const struct ops *lines;       /* FOR: the part whose lines it goes through, or NULL */
	struct branch *branches;       /* IF */
	size_t indent;                 /* INDENT: blanks before each line that the body makes */
};

/* One `apply` line of the header. */
struct effect_rule {
	struct span at;
	enum effect_when when;
	struct str section;
	enum effect_kind kind;
	bool has_text;
	struct ops text;
};

struct template {
	struct str name;
	const struct source *source;
	const struct dialect *dialect;
	struct ops path, body;
	LIST(struct effect_rule) effects;
	struct span path_at;
	struct condition *when;  /* NULL: always */
	struct str bundle; /* the folder; empty: no bundle */
	size_t bundle_limit;
	folder_list order;   /* header `order`; empty: it has none */
	struct span order_at;
	bool each, secret;
	struct reference list;   /* for `each`; its variable is number 0 */
	uint32_t mode;
};

/* ---- compiling ---- */

struct variable {
	struct str name;
	enum member_type type;
	const struct shape *shape;
	bool line;   /* see struct reference */
	bool broken; /* its list was wrong: say nothing more about it */
};

/* A part that is being compiled. */
struct inclusion {
	const struct inclusion *above; /* NULL: the template itself asked for it */
	const struct template_part *part;
	struct span at;                /* where it is asked for */
	size_t depth;                  /* 1 for the first */
};

struct compiler {
	struct arena *arena;
	const struct source *source;      /* of the template, or of the part */
	template_parts *parts;            /* NULL: none */
	const struct inclusion *inclusion; /* NULL: not in a part */
	const struct shape *root;
	struct diags *diags;
	struct template *template;
	uint32_t at; /* where the next line begins */
	struct variable variables[TEMPLATE_DEPTH];
	size_t variable_count;
	size_t loops; /* open `for` loops */
	size_t depth; /* open blocks */
	bool in_body; /* the header is done */
	bool stopped; /* too deep: nothing more is read or reported */
	size_t part_count; /* parts taken in so far */
	bool part_broken;  /* one of them has errors, which were perhaps reported for another template already */
};

struct span compile_span(const struct compiler *c, uint32_t start, uint32_t end);
struct lexer compile_lexer(const struct compiler *c, uint32_t start, uint32_t end);

/* check.c: resolves a word. False when an error was reported, or the path begins with a broken variable. */
bool reference_resolve(struct compiler *c, const struct token *word, struct reference *reference);
/* Compiles "NAME in PATH" and declares the variable, even when something was wrong with it. `lines`, unless it is NULL, also
 * allows NAME in lines "PART", and is set to the part then. */
bool reference_loop(struct compiler *c, struct lexer *lexer, struct reference *list, const struct ops **lines);
/* Reports what is left of a statement. */
bool compile_rest(struct compiler *c, struct lexer *lexer);

/* condition.c: NULL when an error was reported. */
struct condition *condition_compile(struct compiler *c, struct lexer *lexer);

/* line.c: appends the operations of the text [start, end) to `ops`. */
void text_compile(struct compiler *c, uint32_t start, uint32_t end, const struct dialect *dialect, struct ops *ops);
/* A new operation at the end of `ops`. */
struct op *ops_add(struct compiler *c, struct ops *ops, enum op_kind kind);

/* header.c: reads the header and leaves c->at at the first line of the body. */
void header_compile(struct compiler *c);
/* bundle.c: compiles what stands behind `bundle`, when it is known whether the template is secret. */
void bundle_compile(struct compiler *c, struct span line);
/* True when `name` is the list of a bundle's files; `reference` then stands on it. */
bool bundle_resolve(const struct compiler *c, struct str name, struct reference *reference);

/* effect.c: compiles what stands behind an `apply`, when the dialect is known. */
void effect_compile(struct compiler *c, struct span line);
/* Checks all of them, when the body is compiled. */
void effects_check(struct compiler *c);
/* For "did you mean" and misplaced words. */
bool header_word(struct str word);
void header_offer(struct suggestion *suggestion);
/* compile.c: the words of the body. */
bool statement_word(struct str word);
void statement_offer(struct suggestion *suggestion);
/* Compiles c->source from c->at to its end. */
void body_compile(struct compiler *c, struct ops *ops);
/* False when an error was reported: c->source is not text. */
bool bytes_check(struct compiler *c);

/* part.c: compiles the part whose name is the rest of a statement into `ops`; all names in scope are those of this place.
 * False when an error was reported about the statement; those in the part do not count. */
bool part_compile(struct compiler *c, struct lexer *lexer, struct ops *ops);
/* The same for what stands behind `include`, which may say how far the part is indented. */
void include_compile(struct compiler *c, struct lexer *lexer, struct ops *ops);
/* Adds to a diagnostic where the part that it is in was asked for; nothing outside of parts. */
void part_note(const struct compiler *c, struct diagnostic *diagnostic);

/* ---- running ---- */

struct binding {
	const void *storage; /* the element */
	bool first, last;
};

struct frame {
	const void *root;
	const bundle_files *files; /* NULL: no bundle */
	struct binding bindings[TEMPLATE_DEPTH];
};

/* Where the value is stored, or NULL when a pointer on the way is absent. Not for `loop.first` and `loop.last`. */
const void *reference_storage(const struct reference *reference, const struct frame *frame);
bool value_present(enum member_type type, const void *storage);
size_t value_size(enum member_type type, const struct shape *shape);
bool condition_holds(const struct condition *condition, const struct frame *frame);

struct run {
	const struct template *template;
	const struct render_target *target;
	struct frame frame;
	struct buf *out;
	struct buf scratch; /* in the secret arena */
	bool indented; /* blanks will be put before the lines that are made now */
	size_t failures;
};

/* insert.c: appends the value of a slot, or reports why not. */
void insert_value(struct run *run, const struct op *op);

#endif
