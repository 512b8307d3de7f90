/* Turns template files into a C file that holds them; runs during the build, not in hlgen.
 *
 *     embed templates/vps/wg0.conf.tmpl … > templates.c */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fail(const char *path)
{
	fprintf(stderr, "embed: %s: %s\n", path, strerror(errno));
	return EXIT_FAILURE;
}

/* One byte of a C string; '?' is escaped because two of them begin a trigraph. */
static void print_byte(int byte)
{
	if (byte == '\n')
		fputs("\\n\"\n\t \"", stdout);
	else if (byte == '"' || byte == '\\' || byte == '?')
		printf("\\%c", byte);
	else if (byte >= ' ' && byte <= '~')
		putchar(byte);
	else
		printf("\\%03o", (unsigned)byte);
}

static const char *name_of(const char *path)
{
	static const char folder[] = "templates/";
	const char *found = strstr(path, folder);
	return found != NULL ? found + sizeof folder - 1 : path;
}

static int print_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return fail(path);
	size_t length = 0;
	printf("\t{\"%s\",\n\t \"", name_of(path));
	for (int byte = getc(file); byte != EOF; byte = getc(file)) {
		print_byte(byte);
		length++;
	}
	printf("\",\n\t %zu},\n", length);
	if (ferror(file) != 0) {
		fclose(file);
		return fail(path);
	}
	return fclose(file) == 0 ? EXIT_SUCCESS : fail(path);
}

int main(int argc, char **argv)
{
	puts("/* Made by embed from the files below templates/. */\n#include \"render/embedded.h\"\n");
	puts("const struct embedded_template embedded_templates[] = {");
	for (int i = 1; i < argc; i++) {
		if (print_file(argv[i]) != EXIT_SUCCESS)
			return EXIT_FAILURE;
	}
	printf("\t{NULL, NULL, 0},\n};\nconst size_t embedded_template_count = %d;\n", argc > 1 ? argc - 1 : 0);
	return ferror(stdout) == 0 && fflush(stdout) == 0 ? EXIT_SUCCESS : fail("standard output");
}
