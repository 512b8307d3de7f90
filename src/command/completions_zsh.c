/* Completion rules for zsh: a #compdef file for _arguments. */
#include "command/completions.h"

#include <string.h>

static const char head[] =
	"#compdef hlgen\n"
	"# zsh completion for hlgen, made by 'hlgen completions zsh'\n"
	"\n"
	"_hlgen_names() {\n"
	"\tlocal file=${opt_args[--site]:-${opt_args[-s]:-site.yaml}}\n"
	"\tlocal -a names\n"
	"\tnames=(${(f)\"$(_call_program $1 $service completions $1 --site=${(q)file} 2> /dev/null)\"})\n"
	"\tcompadd -a names\n"
	"}\n"
	"\n"
	"_hlgen() {\n"
	"\tlocal -a commands\n"
	"\tif (( CURRENT == 2 )); then\n"
	"\t\tcommands=(\n";

static const char middle[] =
	"\t\t)\n"
	"\t\t_describe command commands\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tlocal command=$words[2]\n"
	"\tshift words\n"
	"\t(( CURRENT-- ))\n"
	"\tcase $command in\n";

static const char tail[] =
	"\tesac\n"
	"}\n"
	"\n"
	"if [ \"$funcstack[1]\" = _hlgen ]; then\n"
	"\t_hlgen \"$@\"\n"
	"else\n"
	"\tcompdef _hlgen hlgen\n"
	"fi\n";

/* Text inside single quotes; a colon would end the text, a bracket the description. */
static void put_quoted(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else if (strchr(":[]", *text))
			fprintf(out, "\\%c", *text);
		else
			putc(*text, out);
	}
}

static void put_words(FILE *out, const char *words)
{
	for (; *words; words++)
		putc(*words == '|' ? ' ' : *words, out);
}

static void put_option(FILE *out, const struct option *option)
{
	fputs(" \\\n\t\t\t", out);
	if (option->letter)
		fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}", option->letter, option->name, option->letter, option->value ? "+" : "", option->name,
			option->value ? "=" : "");
	else
		fprintf(out, "--%s%s", option->name, option->value ? "=" : "");
	fputs("'[", out);
	put_quoted(out, option->text);
	putc(']', out);
	if (option->value && strchr(option->value, '|')) {
		fputs(":form:(", out);
		put_words(out, option->value);
		putc(')', out);
	} else if (option->value) {
		fputs(strcmp(option->value, "DIR") == 0 ? ":folder:_files -/" :
			strcmp(option->value, "SITE") == 0 ? ":site file:_files" : ":value: ", out);
	}
	putc('\'', out);
}

static void put_operand(FILE *out, int number, enum operand operand, const char *words)
{
	if (operand == OPERAND_NONE)
		return;
	fprintf(out, " \\\n\t\t\t'%d:%s:", number, completions_kind(operand));
	if (operand == OPERAND_WORD)
		fprintf(out, "(%s)'", words);
	else if (operand == OPERAND_SITE)
		fputs("_files'", out);
	else
		fprintf(out, "_hlgen_names %s'", completions_kind(operand));
}

void completions_zsh(FILE *out)
{
	fputs(head, out);
	for (size_t i = 0; i < command_count; i++) {
		fprintf(out, "\t\t\t'%s:", commands[i].name);
		put_quoted(out, commands[i].summary);
		fputs("'\n", out);
	}
	fputs(middle, out);
	for (size_t i = 0; i < command_count; i++) {
		fprintf(out, "\t%s)\n\t\t_arguments -s", commands[i].name);
		for (size_t j = 0; j < option_count; j++)
			if (completions_takes(&commands[i], &options[j]))
				put_option(out, &options[j]);
		put_operand(out, 1, commands[i].first, commands[i].words);
		put_operand(out, 2, commands[i].second, NULL);
		fputs("\n\t\t;;\n", out);
	}
	fputs(tail, out);
}
