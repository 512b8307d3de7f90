/* Completion rules for fish: one `complete` line per command, option and operand. */
#include "command/completions.h"

#include <string.h>

static const char head[] =
	"# fish completion for hlgen, made by 'hlgen completions fish'\n"
	"\n"
	"# The words before the cursor that are no options and no values of options\n"
	"function __hlgen_operands\n"
	"\tset -l value 0\n"
	"\tfor word in (commandline -opc)[2..-1]\n"
	"\t\tif test $value = 1\n"
	"\t\t\tset value 0\n"
	"\t\telse if contains -- $word";

static const char middle[] =
	"\n"
	"\t\t\tset value 1\n"
	"\t\telse if not string match -q -- '-*' $word\n"
	"\t\t\techo $word\n"
	"\t\tend\n"
	"\tend\n"
	"end\n"
	"\n"
	"# Whether COUNT operands of COMMAND stand before the cursor\n"
	"function __hlgen_at\n"
	"\tset -l words (__hlgen_operands)\n"
	"\ttest (count $words) -eq (math $argv[2] + 1); and test $words[1] = $argv[1]\n"
	"end\n"
	"\n"
	"function __hlgen_in\n"
	"\tset -l words (__hlgen_operands)\n"
	"\ttest (count $words) -gt 0; and test $words[1] = $argv[1]\n"
	"end\n"
	"\n"
	"function __hlgen_names\n"
	"\tset -l words (commandline -opc)\n"
	"\tset -l site site.yaml\n"
	"\tfor i in (seq (count $words))\n"
	"\t\tif string match -q -- '--site=*' $words[$i]\n"
	"\t\t\tset site (string replace -- --site= '' $words[$i])\n"
	"\t\telse if contains -- $words[$i] -s --site; and test $i -lt (count $words)\n"
	"\t\t\tset site $words[(math $i + 1)]\n"
	"\t\tend\n"
	"\tend\n"
	"\t$words[1] completions $argv[1] --site=$site 2> /dev/null\n"
	"end\n"
	"\n"
	"complete -c hlgen -f\n";

static void put_quoted(FILE *out, const char *text)
{
	putc('\'', out);
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			putc('\\', out);
		putc(*text, out);
	}
	putc('\'', out);
}

static void put_words(FILE *out, const char *words)
{
	fputs(" -a '", out);
	for (; *words; words++)
		putc(*words == '|' ? ' ' : *words, out);
	putc('\'', out);
}

static void put_option(FILE *out, const struct command *command, const struct option *option)
{
	fprintf(out, "complete -c hlgen -n '__hlgen_in %s' -l %s", command->name, option->name);
	if (option->letter)
		fprintf(out, " -s %c", option->letter);
	if (option->value && strchr(option->value, '|')) {
		fputs(" -x", out);
		put_words(out, option->value);
	} else if (option->value) {
		fputs(strcmp(option->value, "DIR") == 0 ? " -x -a '(__fish_complete_directories)'" :
			strcmp(option->value, "SITE") == 0 ? " -r -F" : " -x", out);
	}
	fputs(" -d ", out);
	put_quoted(out, option->text);
	putc('\n', out);
}

static void put_operand(FILE *out, const struct command *command, int before, enum operand operand)
{
	if (operand == OPERAND_NONE)
		return;
	fprintf(out, "complete -c hlgen -n '__hlgen_at %s %d'", command->name, before);
	if (operand == OPERAND_WORD)
		put_words(out, command->words);
	else if (operand == OPERAND_SITE)
		fputs(" -F", out);
	else
		fprintf(out, " -a '(__hlgen_names %s)'", completions_kind(operand));
	putc('\n', out);
}

void completions_fish(FILE *out)
{
	fputs(head, out);
	for (size_t i = 0; i < option_count; i++) {
		if (options[i].value && options[i].letter)
			fprintf(out, " -%c", options[i].letter);
		if (options[i].value)
			fprintf(out, " --%s", options[i].name);
	}
	fputs(middle, out);
	for (size_t i = 0; i < command_count; i++) {
		fprintf(out, "complete -c hlgen -n 'test (count (__hlgen_operands)) -eq 0' -a %s -d ", commands[i].name);
		put_quoted(out, commands[i].summary);
		putc('\n', out);
	}
	for (size_t i = 0; i < command_count; i++) {
		for (size_t j = 0; j < option_count; j++)
			if (completions_takes(&commands[i], &options[j]))
				put_option(out, &commands[i], &options[j]);
		put_operand(out, &commands[i], 0, commands[i].first);
		put_operand(out, &commands[i], 1, commands[i].second);
	}
}
