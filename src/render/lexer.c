/* Cuts template sources into lines and statements into tokens. */
#include <string.h>

#include "render/internal.h"
#include "render/spell.h"

static uint32_t skip_blanks(const struct source *source, uint32_t at, uint32_t end)
{
	while (at < end && spell_is_blank(source->bytes.ptr[at]))
		at++;
	return at;
}

struct line line_next(const struct source *source, uint32_t *at)
{
	struct str bytes = source->bytes;
	uint32_t start = *at, size = (uint32_t)bytes.len;
	if (start >= size)
		return (struct line){LINE_END, size, size};
	const char *newline = memchr(bytes.ptr + start, '\n', size - start);
	uint32_t end = newline == NULL ? size : (uint32_t)(newline - bytes.ptr) + 1;
	*at = end;
	uint32_t mark = skip_blanks(source, start, end);
	if (!str_starts(str_slice(bytes, mark, end), STR("%%")))
		return (struct line){LINE_TEXT, start, end};
	mark = skip_blanks(source, mark + 2, end);
	while (end > mark && (spell_is_blank(bytes.ptr[end - 1]) || spell_in("\r\n", bytes.ptr[end - 1])))
		end--;
	if (end > mark && bytes.ptr[mark] == '#')
		end = mark;
	return (struct line){LINE_STATEMENT, mark, end};
}

static bool is_word_char(char c)
{
	return spell_is_alnum(c) || c == '_' || c == '.';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static struct token finish(struct lexer *lexer, enum token_kind kind, uint32_t start, uint32_t end)
{
	lexer->at = end;
	return (struct token){
		.kind = kind,
		.at = {lexer->source, start, end},
		.text = str_slice(lexer->source->bytes, start, end),
	};
}

/* A text in double quotes, in which \" and \\ stand for themselves. */
static struct token text_token(struct lexer *lexer, uint32_t start)
{
	const char *bytes = lexer->source->bytes.ptr;
	struct buf decoded = {.arena = lexer->arena};
	for (uint32_t at = start + 1; at < lexer->end; at++) {
		char c = bytes[at];
		if (c == '"') {
			struct token token = finish(lexer, TOKEN_TEXT, start, at + 1);
			token.text = decoded.len > 0 ? buf_view(&decoded) : STR("");
			return token;
		}
		if (c == '\\') {
			at++;
			if (at == lexer->end || !spell_in("\"\\", bytes[at]))
				return finish(lexer, TOKEN_WRONG, at - 1, at == lexer->end ? at : at + 1);
			c = bytes[at];
		}
		buf_char(&decoded, c);
	}
	return finish(lexer, TOKEN_WRONG, start, lexer->end);
}

static struct token number_token(struct lexer *lexer, uint32_t start)
{
	const char *bytes = lexer->source->bytes.ptr;
	bool negative = bytes[start] == '-';
	uint32_t end = start + 1;
	while (end < lexer->end && is_word_char(bytes[end]))
		end++;
	struct str digits = str_slice(lexer->source->bytes, negative ? start + 1 : start, end);
	unsigned long long number = 0;
	bool good = str_to_number(digits, INT64_MAX, &number);
	struct token token = finish(lexer, good ? TOKEN_NUMBER : TOKEN_WRONG, start, end);
	token.number = negative ? -(int64_t)number : (int64_t)number;
	return token;
}

struct token token_next(struct lexer *lexer)
{
	uint32_t start = skip_blanks(lexer->source, lexer->at, lexer->end);
	if (start >= lexer->end)
		return finish(lexer, TOKEN_END, lexer->end, lexer->end);
	const char *bytes = lexer->source->bytes.ptr;
	struct str rest = str_slice(lexer->source->bytes, start, lexer->end);
	char c = bytes[start];
	if (c == '"')
		return text_token(lexer, start);
	if (is_digit(c) || (c == '-' && rest.len > 1 && is_digit(rest.ptr[1])))
		return number_token(lexer, start);
	if (str_starts(rest, STR("==")) || str_starts(rest, STR("!=")))
		return finish(lexer, c == '=' ? TOKEN_EQUAL : TOKEN_UNEQUAL, start, start + 2);
	uint32_t end = start;
	while (end < lexer->end && is_word_char(bytes[end]))
		end++;
	return end > start ? finish(lexer, TOKEN_WORD, start, end) : finish(lexer, TOKEN_WRONG, start, start + 1);
}
