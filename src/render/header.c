/* Reads a template's header: where the file goes, what it is made for, its dialect, its mode, whether it is secret. */
#include "render/dialects.h"
#include "render/internal.h"
#include "render/spell.h"

enum header_kind {
	HEADER_APPLY,
	HEADER_BUNDLE,
	HEADER_DIALECT,
	HEADER_EACH,
	HEADER_MODE,
	HEADER_ORDER,
	HEADER_PATH,
	HEADER_SECRET,
	HEADER_WHEN,
	HEADER_COUNT
};

static const char *const header_words[HEADER_COUNT] = {"apply", "bundle", "dialect", "each", "mode", "order", "path", "secret", "when"};

/* The words of the header as found: the word itself, and what follows it. */
struct header {
	struct span word[HEADER_COUNT]; /* without source: not there */
	struct span rest[HEADER_COUNT];
	LIST(struct span) apply; /* the one word that may stand there more than once: what follows each */
};

#define APPLY_EXAMPLE "reload: systemctl reload nginx"

static enum header_kind find_word(struct str word)
{
	enum header_kind kind = HEADER_APPLY;
	while (kind < HEADER_COUNT && !str_equal(word, str_of(header_words[kind])))
		kind++;
	return kind;
}

bool header_word(struct str word)
{
	return find_word(word) != HEADER_COUNT;
}

void header_offer(struct suggestion *suggestion)
{
	for (size_t i = 0; i < HEADER_COUNT; i++)
		suggest_offer(suggestion, str_of(header_words[i]));
}

static void report_unknown(struct compiler *c, const struct token *word)
{
	struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, word->at, "unknown statement '%.*s'",
	                                STR_ARG(word->text));
	struct suggestion suggestion = suggest_start(word->text);
	header_offer(&suggestion);
	statement_offer(&suggestion);
	if (suggestion.best.ptr != NULL)
		diag_help(c->diags, d, "did you mean '%.*s'?", STR_ARG(suggestion.best));
	else
		diag_help(c->diags, d,
		          "the header has path, dialect, secret, mode, each, when, bundle, order and apply; "
		          "the body for, if, elif, else, end and include");
}

/* The first line, for what is missing altogether. */
static struct span first_line(const struct compiler *c)
{
	uint32_t at = 0;
	struct line line = line_next(c->source, &at);
	uint32_t end = line.end;
	while (end > 0 && spell_in("\r\n", c->source->bytes.ptr[end - 1]))
		end--;
	return compile_span(c, 0, end);
}

/* True when the word is there with something behind it; a word that must be there is missed. */
static bool has_value(struct compiler *c, const struct header *header, enum header_kind kind, bool required,
                      const char *example)
{
	const char *name = header_words[kind];
	struct diagnostic *d = NULL;
	if (header->word[kind].source == NULL) {
		if (required)
			d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, first_line(c), "the template has no '%%%% %s' in its header", name);
	} else if (header->rest[kind].start >= header->rest[kind].end) {
		d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, header->word[kind], "'%s' without a value", name);
	} else {
		return true;
	}
	if (d != NULL)
		diag_help(c->diags, d, "for example: %%%% %s %s", name, example);
	return false;
}

static void record(struct compiler *c, struct header *header, const struct token *word, uint32_t rest, uint32_t end)
{
	enum header_kind kind = find_word(word->text);
	if (kind == HEADER_COUNT) {
		report_unknown(c, word);
	} else if (header->word[kind].source != NULL && kind != HEADER_APPLY) {
		struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, word->at, "'%.*s' is given twice",
		                                STR_ARG(word->text));
		diag_note(c->diags, d, header->word[kind], "first given here");
	} else {
		while (rest < end && spell_is_blank(c->source->bytes.ptr[rest]))
			rest++;
		header->word[kind] = word->at;
		header->rest[kind] = compile_span(c, rest, end);
		if (kind == HEADER_APPLY && has_value(c, header, kind, false, APPLY_EXAMPLE))
			*(struct span *)LIST_ADD(c->arena, &header->apply) = header->rest[kind];
	}
}

/* Takes statements up to the first line of text or statement of the body. */
static void read_header(struct compiler *c, struct header *header)
{
	for (;;) {
		uint32_t at = c->at;
		struct line line = line_next(c->source, &at);
		if (line.kind != LINE_STATEMENT)
			return;
		struct lexer lexer = compile_lexer(c, line.start, line.end);
		struct token word = token_next(&lexer);
		if (word.kind == TOKEN_WORD && statement_word(word.text))
			return;
		c->at = at;
		if (word.kind == TOKEN_WORD)
			record(c, header, &word, lexer.at, line.end);
		else if (word.kind != TOKEN_END)
			diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, word.at, "expected a word after '%%%%'");
	}
}

static void compile_dialect(struct compiler *c, struct span at)
{
	struct str name = str_slice(c->source->bytes, at.start, at.end);
	c->template->dialect = dialect_find(name);
	if (c->template->dialect != NULL)
		return;
	struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_NAME, at, "unknown dialect '%.*s'", STR_ARG(name));
	struct suggestion suggestion = suggest_start(name);
	struct buf all = {.arena = c->arena};
	for (size_t i = 0; dialect_at(i) != NULL; i++) {
		suggest_offer(&suggestion, str_of(dialect_at(i)->name));
		buf_printf(&all, "%s%s", i > 0 ? ", " : "", dialect_at(i)->name);
	}
	if (suggestion.best.ptr != NULL)
		diag_help(c->diags, d, "did you mean '%.*s'?", STR_ARG(suggestion.best));
	else
		diag_help(c->diags, d, "the dialects are %.*s", STR_ARG(buf_view(&all)));
}

/* A secret file is 0600, whatever else its header says. */
static void compile_mode(struct compiler *c, const struct header *header)
{
	c->template->mode = c->template->secret ? 0600 : 0644;
	if (!has_value(c, header, HEADER_MODE, false, "0755"))
		return;
	struct span at = header->rest[HEADER_MODE];
	struct str mode = str_slice(c->source->bytes, at.start, at.end);
	if (str_equal(mode, STR("0600"))) {
		c->template->mode = 0600;
	} else if (c->template->secret) {
		struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SECRET, at, "a secret file cannot have mode '%.*s'",
		                                STR_ARG(mode));
		diag_help(c->diags, d, "remove the mode: 'secret' means 0600");
	} else if (str_equal(mode, STR("0755"))) {
		c->template->mode = 0755;
	} else if (!str_equal(mode, STR("0644"))) {
		struct diagnostic *d = diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, at, "unknown mode '%.*s'", STR_ARG(mode));
		diag_help(c->diags, d, "files have mode 0600, 0644 or 0755");
	}
}

/* Folders, with blanks between. */
static void compile_order(struct compiler *c, struct span at)
{
	struct str text = str_slice(c->source->bytes, at.start, at.end);
	for (size_t from = 0, to; from < text.len; from = to) {
		for (to = from; to < text.len && !spell_is_blank(text.ptr[to]);)
			to++;
		struct str folder = str_slice(text, from, to);
		if (folder_rank(&c->template->order, folder) < c->template->order.count)
			diag_add(c->diags, DIAG_TEMPLATE_SYNTAX, compile_span(c, at.start + (uint32_t)from, at.start + (uint32_t)to),
			         "'%.*s' is given twice", STR_ARG(folder));
		else
			*(struct str *)LIST_ADD(c->arena, &c->template->order) = folder;
		while (to < text.len && spell_is_blank(text.ptr[to]))
			to++;
	}
}

/* What depends on nothing else in the header. */
static void compile_plain(struct compiler *c, const struct header *header)
{
	if (has_value(c, header, HEADER_DIALECT, true, "yaml"))
		compile_dialect(c, header->rest[HEADER_DIALECT]);
	if (header->word[HEADER_SECRET].source != NULL) {
		c->template->secret = true;
		struct lexer rest = compile_lexer(c, header->rest[HEADER_SECRET].start, header->rest[HEADER_SECRET].end);
		compile_rest(c, &rest);
	}
	if (has_value(c, header, HEADER_BUNDLE, false, "vps/ 32768"))
		bundle_compile(c, header->rest[HEADER_BUNDLE]);
	c->template->order_at = header->rest[HEADER_ORDER];
	if (has_value(c, header, HEADER_ORDER, false, "router vps"))
		compile_order(c, c->template->order_at);
	compile_mode(c, header);
}

/* What may name the variable of `each`, which therefore comes first wherever it stands. */
static void compile_paths(struct compiler *c, const struct header *header)
{
	if (has_value(c, header, HEADER_EACH, false, "client in clients")) {
		struct lexer lexer = compile_lexer(c, header->rest[HEADER_EACH].start, header->rest[HEADER_EACH].end);
		c->template->each = true;
		reference_loop(c, &lexer, &c->template->list, NULL);
	}
	if (has_value(c, header, HEADER_WHEN, false, "router")) {
		struct lexer lexer = compile_lexer(c, header->rest[HEADER_WHEN].start, header->rest[HEADER_WHEN].end);
		c->template->when = condition_compile(c, &lexer);
	}
	if (has_value(c, header, HEADER_PATH, true, "vps/etc/example.conf")) {
		c->template->path_at = header->rest[HEADER_PATH];
		text_compile(c, c->template->path_at.start, c->template->path_at.end, &dialect_path, &c->template->path);
	}
	for (size_t i = 0; i < header->apply.count; i++)
		effect_compile(c, header->apply.items[i]);
}

void header_compile(struct compiler *c)
{
	struct header header = {0};
	read_header(c, &header);
	compile_plain(c, &header);
	compile_paths(c, &header);
}
