/* Turns files into a C file that holds them; runs during the build, not in hlgen.
 *
 *     embed templates templates/vps/wg0.conf.tmpl … > templates.c
 *
 * makes the table embedded_templates, in which names are paths below templates/; parts of templates are in it too. */
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

static const char *name_of(const char *table, const char *path)
{
	size_t length = strlen(table);
	return strncmp(path, table, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

static int print_file(const char *table, const char *path)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return fail(path);
	size_t length = 0;
	printf("\t{\"%s\",\n\t \"", name_of(table, path));
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
	if (argc < 2) {
		fputs("usage: embed TABLE FILE...\n", stderr);
		return EXIT_FAILURE;
	}
	printf("/* Made by embed from the files below %s/. */\n#include \"base/embedded.h\"\n\n", argv[1]);
	printf("extern const struct embedded_file embedded_%s[];\nextern const size_t embedded_%s_count;\n\n", argv[1], argv[1]);
	printf("const struct embedded_file embedded_%s[] = {\n", argv[1]);
	for (int i = 2; i < argc; i++) {
		if (print_file(argv[1], argv[i]) != EXIT_SUCCESS)
			return EXIT_FAILURE;
	}
	printf("\t{NULL, NULL, 0},\n};\nconst size_t embedded_%s_count = %d;\n", argv[1], argc - 2);
	return ferror(stdout) == 0 && fflush(stdout) == 0 ? EXIT_SUCCESS : fail("standard output");
}
