/* Completion rules for bash 3.2 and later, without the bash-completion package. */
#include "command/completions.h"

#include <string.h>

/* The words before the cursor are walked once; bash splits "--site=x" into three of them. */
static const char head[] =
	"# bash completion for hlgen, made by 'hlgen completions bash'\n"
	"\n"
	"_hlgen_offer() {\n"
	"\tlocal line\n"
	"\twhile IFS= read -r line; do\n"
	"\t\tCOMPREPLY+=(\"$line\")\n"
	"\tdone\n"
	"}\n"
	"\n"
	"# What may stand under the cursor: KIND WORDS\n"
	"_hlgen_kind() {\n"
	"\tcase $1 in\n"
	"\twords) _hlgen_offer < <(compgen -W \"$2\" -- \"$cur\") ;;\n"
	"\tclients | peers | codes)\n"
	"\t\t_hlgen_offer < <(compgen -W \"$(\"${COMP_WORDS[0]}\" "
	"completions \"$1\" ${site:+\"--site=$site\"} 2> /dev/null)\" -- \"$cur\")\n"
	"\t\t;;\n"
	"\tfolder)\n"
	"\t\tcompopt -o filenames 2> /dev/null\n"
	"\t\t_hlgen_offer < <(compgen -d -- \"$cur\")\n"
	"\t\t;;\n"
	"\tsite)\n"
	"\t\tcompopt -o filenames 2> /dev/null\n"
	"\t\t_hlgen_offer < <(compgen -f -- \"$cur\")\n"
	"\t\t;;\n"
	"\tesac\n"
	"}\n"
	"\n"
	"# The value of OPTION\n"
	"_hlgen_value() {\n"
	"\tcase $1 in\n";

static const char middle[] =
	"\t*) return 1 ;;\n"
	"\tesac\n"
	"}\n"
	"\n"
	"_hlgen() {\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} options='' words='' first='' second='' site='' option='' word i count=0\n"
	"\tlocal all='";

static const char cases[] =
	"'\n"
	"\tCOMPREPLY=()\n"
	"\tcase ${COMP_WORDS[1]} in\n";

static const char tail[] =
	"\tesac\n"
	"\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
	"\t\t_hlgen_kind words \"$all\"\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tfor ((i = 2; i < COMP_CWORD; i++)); do\n"
	"\t\tword=${COMP_WORDS[i]}\n"
	"\t\tif [ \"$word\" = = ]; then\n"
	"\t\t\tcontinue\n"
	"\t\telif [ -n \"$option\" ]; then\n"
	"\t\t\tcase $option in\n"
	"\t\t\t-s | --site) site=$word ;;\n"
	"\t\t\tesac\n"
	"\t\t\toption=''\n"
	"\t\telif _hlgen_value \"$word\" ask; then\n"
	"\t\t\toption=$word\n"
	"\t\telif [ \"${word#-}\" = \"$word\" ]; then\n"
	"\t\t\tcount=$((count + 1))\n"
	"\t\tfi\n"
	"\tdone\n"
	"\t[ \"$cur\" != = ] || cur=''\n"
	"\tif [ -n \"$option\" ]; then\n"
	"\t\t_hlgen_value \"$option\"\n"
	"\telif [ \"${cur#-}\" != \"$cur\" ]; then\n"
	"\t\t_hlgen_kind words \"$options\"\n"
	"\telif [ \"$count\" -eq 0 ]; then\n"
	"\t\t_hlgen_kind \"$first\" \"$words\"\n"
	"\telif [ \"$count\" -eq 1 ]; then\n"
	"\t\t_hlgen_kind \"$second\"\n"
	"\tfi\n"
	"}\n"
	"\n"
	"complete -F _hlgen hlgen\n";

static void put_words(FILE *out, const char *words)
{
	for (; *words; words++)
		putc(*words == '|' ? ' ' : *words, out);
}

static void put_value(FILE *out, const struct option *option)
{
	fputs("\t", out);
	if (option->letter)
		fprintf(out, "-%c | ", option->letter);
	fprintf(out, "--%s) [ -n \"${2:-}\" ] || _hlgen_kind ", option->name);
	if (strchr(option->value, '|')) {
		fputs("words '", out);
		put_words(out, option->value);
		fputs("'", out);
	} else {
		fputs(strcmp(option->value, "DIR") == 0 ? "folder" : strcmp(option->value, "SITE") == 0 ? "site" : "none", out);
	}
	fputs(" ;;\n", out);
}

static void put_command(FILE *out, const struct command *command)
{
	fprintf(out, "\t%s) options='", command->name);
	for (size_t i = 0, count = 0; i < option_count; i++)
		if (completions_takes(command, &options[i]))
			fprintf(out, "%s--%s", count++ > 0 ? " " : "", options[i].name);
	fprintf(out, "' first=%s second=%s", completions_kind(command->first), completions_kind(command->second));
	if (command->words)
		fprintf(out, " words='%s'", command->words);
	fputs(" ;;\n", out);
}

void completions_bash(FILE *out)
{
	fputs(head, out);
	for (size_t i = 0; i < option_count; i++)
		if (options[i].value)
			put_value(out, &options[i]);
	fputs(middle, out);
	for (size_t i = 0; i < command_count; i++)
		fprintf(out, "%s%s", i > 0 ? " " : "", commands[i].name);
	fputs(cases, out);
	for (size_t i = 0; i < command_count; i++)
		put_command(out, &commands[i]);
	fputs(tail, out);
}
