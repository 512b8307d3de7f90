/* The table of subcommands: what each is called, takes, and runs. Help, parsing and completions read it. */
#include "command/arguments.h"

const struct command commands[] = {
	{ "build", "[SITE]", "Compile a site file into the files of all its machines.",
	  "Writes the tree only when there is no error; unchanged files are not touched. Prints what\n"
	  "changed and what has to be done for it.\n",
	  OPTIONS_SITE | OPTION_OUT | OPTION_TEMPLATES | OPTION_REDACT | OPTION_FORCE, 0, 1, command_build,
	  NULL, OPERAND_SITE, OPERAND_NONE },
	{ "check", "[SITE]", "Report every mistake in a site file; write nothing.", NULL,
	  OPTIONS_SITE | OPTION_TEMPLATES | OPTION_REDACT, 0, 1, command_check,
	  NULL, OPERAND_SITE, OPERAND_NONE },
	{ "diff", "[SITE]", "Show what a build would change, with secrets masked.",
	  "Exit status: 0 nothing, 1 something, 2 or more trouble.\n",
	  OPTIONS_SITE | OPTION_OUT | OPTION_TEMPLATES | OPTION_REDACT, 0, 1, command_diff,
	  NULL, OPERAND_SITE, OPERAND_NONE },
	{ "keys", "list | import NAME | rotate NAME | revoke NAME", "List the key store, import a key, make a new one, or remove one.",
	  "NAME is vps, router, or a client's name. 'list' shows public keys only. 'import' reads\n"
	  "standard input. 'rotate' prints who must get a new file. 'revoke' removes the keys of a\n"
	  "client that the site file no longer has or that is disabled, for good.\n"
	  "For example: hlgen keys import android < android.key\n",
	  OPTION_KEYS | OPTION_SITE | OPTION_PRESHARED | OPTION_REPLACE | OPTION_CONFIRM | OPTION_DIAGNOSTICS, 1, 2,
	  command_keys, "list import rotate revoke", OPERAND_WORD, OPERAND_PEER },
	{ "qr", "CLIENT", "Show a client's QR code in the terminal.", NULL,
	  OPTIONS_SITE | OPTION_SITE | OPTION_TEMPLATES, 1, 1, command_qr,
	  NULL, OPERAND_CLIENT, OPERAND_NONE },
	{ "show", "site|plan|view [SITE]", "Print what hlgen knows, as JSON, without secrets.",
	  "site: the site file with all defaults filled in. plan: everything computed from it.\n"
	  "view: the names that templates may use, with types, descriptions and values.\n",
	  OPTIONS_SITE | OPTION_REDACT, 1, 2, command_show,
	  "site plan view", OPERAND_WORD, OPERAND_SITE },
	{ "init", "[SITE]", "Write a commented site file to start from.",
	  "Never overwrites a file. '-' prints it. Examples: minimal (a VPS and a phone), relay (a router and a\n"
	  "public service), homelab (VLANs, Kubernetes, several clients), full (every key there is).\n",
	  OPTION_EXAMPLE, 0, 1, command_init,
	  NULL, OPERAND_NONE, OPERAND_NONE },
	{ "client", "add NAME", "Add a client to the site file, with the next free address.",
	  "Nothing else in the file changes: comments, order and style stay as they are. When that\n"
	  "cannot be done safely, the lines to add are printed and the file is left alone.\n",
	  OPTION_SITE | OPTION_TUNNEL | OPTION_ADDRESS | OPTION_DNS | OPTION_STRICT | OPTION_DIAGNOSTICS, 2, 2, command_client,
	  "add", OPERAND_WORD, OPERAND_NONE },
	{ "prefix", "[PREFIX]", "Change the delegated IPv6 prefix in the site file, and build.",
	  "Nothing else in the file changes. Prints which files are to be copied, machine by machine in the\n"
	  "order that keeps everything reachable. Without PREFIX: print the one that the site file has.\n"
	  "For example: hlgen prefix 2a0d:5600:abcd::/56\n",
	  OPTIONS_SITE | OPTION_SITE | OPTION_OUT | OPTION_TEMPLATES | OPTION_REDACT | OPTION_FORCE, 0, 1, command_prefix,
	  NULL, OPERAND_NONE, OPERAND_NONE },
	{ "explain", "[CODE]", "Explain a diagnostic; without CODE, list all.", NULL, 0, 0, 1, command_explain,
	  NULL, OPERAND_CODE, OPERAND_NONE },
	{ "schema", "[json|mdoc]", "Print the grammar of the site file.",
	  "json: JSON Schema (draft 2020-12) for editors, the default. mdoc: the key reference of\n"
	  "hlgen-site(5), as manual source.\n",
	  0, 0, 1, command_schema,
	  "json mdoc", OPERAND_WORD, OPERAND_NONE },
	{ "completions", "bash|zsh|fish", "Print completion rules for a shell.",
	  "For bash, in ~/.bashrc: eval \"$(hlgen completions bash)\"\n",
	  OPTION_SITE, 1, 1, command_completions,
	  "bash zsh fish", OPERAND_WORD, OPERAND_NONE },
};
const size_t command_count = sizeof commands / sizeof *commands;
