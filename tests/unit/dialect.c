/* Tests of the dialects: for each, where a slot stands, how values are spelled there, and what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "render/dialect.h"

struct spelling {
	const char *line; /* with the slot as {{}} */
	enum slot_context context;
	enum value_kind kind;
	const char *value;
	const char *spelled; /* NULL: refused */
	const char *reason;
};

#define TEXT VALUE_TEXT
#define REFUSED(reason) NULL, reason

static const char nginx_dollar[] = "nginx has no way to write '$'";
static const char nginx_control[] = "nginx values cannot hold control characters";
static const char comment_control[] = "a comment cannot hold control characters";

static void check(const char *name, const struct spelling *rows, size_t count)
{
	const struct dialect *dialect = dialect_find(str_of(name));
	assert_non_null(dialect);
	for (size_t i = 0; i < count; i++) {
		const struct spelling *row = &rows[i];
		struct arena *arena = arena_new();
		struct buf out = {.arena = arena};
		const char *slot = strstr(row->line, "{{}}");
		struct str before = {row->line, (size_t)(slot - row->line)};
		enum slot_context context = dialect->context(before, str_of(slot + 4));
		if (context != row->context)
			fail_msg("%s: '%s': context %d, expected %d", name, row->line, context, row->context);
		buf_str(&out, STR("<"));
		const char *reason = NULL;
		if (context != SLOT_IMPOSSIBLE)
			reason = dialect->put(&out, context, row->kind, str_of(row->value));
		buf_char(&out, '\0');
		if (row->spelled != NULL && (reason != NULL || strcmp(out.ptr + 1, row->spelled) != 0))
			fail_msg("%s: '%s' in '%s': %s, expected %s", name, row->value, row->line, reason != NULL ? reason : out.ptr + 1,
			         row->spelled);
		if (row->spelled == NULL && context != SLOT_IMPOSSIBLE) {
			if (reason == NULL)
				fail_msg("%s: '%s' in '%s': %s, expected to be refused", name, row->value, row->line, out.ptr + 1);
			assert_string_equal(reason, row->reason);
			assert_int_equal(out.len, 2); /* nothing was appended */
		}
		arena_free(arena);
	}
}

#define CHECK(name, rows) check(name, rows, sizeof rows / sizeof *rows)

static void test_wg(void **state)
{
	(void)state;
	static const char bare[] = "wg has no quotes, so a value holds only letters, digits and +/=.:,_@%-[]";
	static const struct spelling rows[] = {
		{"AllowedIPs = {{}}", SLOT_ALONE, VALUE_ADDRESS, "10.0.0.0/24", "10.0.0.0/24", NULL},
		{"DNS = {{}}, x", SLOT_ALONE, VALUE_ADDRESS, "fd00::1", "fd00::1", NULL},
		{"PrivateKey={{}}", SLOT_ALONE, TEXT, "AbC+/w==", "AbC+/w==", NULL},
		{"Endpoint = x:{{}}", SLOT_GLUED, VALUE_NUMBER, "51820", "51820", NULL},
		{"Endpoint = {{}}", SLOT_ALONE, TEXT, "[2001:db8::1]:51820", "[2001:db8::1]:51820", NULL},
		{"Endpoint = {{}}", SLOT_ALONE, TEXT, "", REFUSED("wg takes a key without a value for an error")},
		{"MTU = {{}}", SLOT_ALONE, TEXT, "a b", REFUSED(bare)},
		{"MTU = {{}}", SLOT_ALONE, TEXT, "a#b", REFUSED(bare)},
		{"MTU = {{}}", SLOT_ALONE, TEXT, "a\nPostUp = x", REFUSED(bare)},
		{"MTU = {{}}", SLOT_ALONE, TEXT, "k\xC3\xBC", REFUSED(bare)},
		{"# {{}}", SLOT_COMMENT, TEXT, "K\xC3\xBC" "che; \"$x\"", "K\xC3\xBC" "che; \"$x\"", NULL},
		{"MTU = 1420 # {{}}", SLOT_COMMENT, TEXT, "a b", "a b", NULL},
		{"# {{}}", SLOT_COMMENT, TEXT, "phone\nPostUp = x", REFUSED(comment_control)},
		{"# {{}}", SLOT_COMMENT, TEXT, "a\xE2\x80\xAE" "b", REFUSED(comment_control)},
		{"# {{}}", SLOT_COMMENT, TEXT, "a\xFF", REFUSED(comment_control)},
	};
	CHECK("wg", rows);
}

static void test_nginx(void **state)
{
	(void)state;
	static const char glued[] = "part of an nginx word holds only letters, digits and ._:/*@-";
	static const struct spelling rows[] = {
		{"server_name {{}};", SLOT_ALONE, TEXT, "*.example.org", "*.example.org", NULL},
		{"server_name {{}};", SLOT_ALONE, TEXT, "a b;}", "\"a b;}\"", NULL},
		{"server_name {{}};", SLOT_ALONE, TEXT, "a\"b\\", "\"a\\\"b\\\\\"", NULL},
		{"server_name {{}};", SLOT_ALONE, TEXT, "", "\"\"", NULL},
		{"server_name {{}};", SLOT_ALONE, TEXT, "#x", "\"#x\"", NULL},
		{"server_name {{}};", SLOT_ALONE, TEXT, "$host", REFUSED(nginx_dollar)},
		{"server_name {{}};", SLOT_ALONE, TEXT, "a\nb", REFUSED(nginx_control)},
		{"listen [::]:{{}};", SLOT_GLUED, VALUE_NUMBER, "443", "443", NULL},
		{"server {{}}:443;", SLOT_GLUED, TEXT, "a b", REFUSED(glued)},
		{"server {{}}:443;", SLOT_GLUED, TEXT, "", REFUSED(glued)},
		{"x \"a {{}} b\";", SLOT_QUOTED, TEXT, "q\"\\'", "q\\\"\\\\'", NULL},
		{"x \"a\\\" {{}}\";", SLOT_QUOTED, TEXT, "a b", "a b", NULL},
		{"x 'a {{}}';", SLOT_SINGLE_QUOTED, TEXT, "q\"'", "q\"\\'", NULL},
		{"x \"{{}}\";", SLOT_QUOTED, TEXT, "$x", REFUSED(nginx_dollar)},
		{"x \"a {{}}", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"x \\{{}};", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"  # {{}}", SLOT_COMMENT, TEXT, "$x {;}", "$x {;}", NULL},
		{"x; # don't {{}}", SLOT_COMMENT, TEXT, "a", "a", NULL},
		{"x a#{{}};", SLOT_GLUED, TEXT, "a", "a", NULL},
		{"x \"#\" {{}};", SLOT_ALONE, TEXT, "a", "a", NULL},
	};
	CHECK("nginx", rows);
}

static void test_nft(void **state)
{
	(void)state;
	static const char quote[] = "nft has no way to write '\"' in a string";
	static const struct spelling rows[] = {
		{"ip saddr {{}} accept", SLOT_ALONE, VALUE_ADDRESS, "10.0.0.0/8", "10.0.0.0/8", NULL},
		{"elements = {{{}}}", SLOT_ALONE, VALUE_ADDRESS, "fd00::/64", "fd00::/64", NULL},
		{"tcp dport {{}}", SLOT_ALONE, TEXT, "8000-8010", "8000-8010", NULL},
		{"iifname {{}} drop", SLOT_ALONE, TEXT, "wg0", "wg0", NULL},
		{"iifname {{}} drop", SLOT_ALONE, TEXT, "6in4", "\"6in4\"", NULL},
		{"comment {{}}", SLOT_ALONE, TEXT, "to the LAN; $x", "\"to the LAN; $x\"", NULL},
		{"comment {{}}", SLOT_ALONE, TEXT, "", "\"\"", NULL},
		{"comment {{}}", SLOT_ALONE, TEXT, "say \"x\"", REFUSED(quote)},
		{"comment \"{{}}\"", SLOT_QUOTED, TEXT, "a b", "a b", NULL},
		{"comment \"{{}}\"", SLOT_QUOTED, TEXT, "a\" drop", REFUSED(quote)},
		{"comment \"{{}}\"", SLOT_QUOTED, TEXT, "a\n", REFUSED("nft strings cannot hold control characters")},
		{"comment \"a\\\" {{}}", SLOT_ALONE, TEXT, "b", "b", NULL},
		{"comment \"{{}}", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"chain hlgen-{{}} {", SLOT_GLUED, TEXT, "home", "home", NULL},
		{"chain hlgen-{{}} {", SLOT_GLUED, TEXT, "a b", REFUSED("part of an nft word holds only letters, digits and /_.:-")},
		{"accept # {{}}", SLOT_COMMENT, TEXT, "\"", "\"", NULL},
	};
	CHECK("nft", rows);
}

static void test_shell(void **state)
{
	(void)state;
	static const char control[] = "a shell script cannot hold control characters";
	static const struct spelling rows[] = {
		{"ip link show {{}}", SLOT_ALONE, TEXT, "wg0", "wg0", NULL},
		{"x={{}}", SLOT_GLUED, TEXT, "a b", "'a b'", NULL},
		{"x={{}}", SLOT_GLUED, TEXT, "", "''", NULL},
		{"x={{}}", SLOT_GLUED, TEXT, "don't $(x)", "'don'\\''t $(x)'", NULL},
		{"x={{}}", SLOT_GLUED, TEXT, "a\nb", "'a\nb'", NULL},
		{"x={{}}", SLOT_GLUED, TEXT, "a\x1B[0m", REFUSED(control)},
		{"cat /etc/{{}}.conf", SLOT_GLUED, TEXT, "a;b", "'a;b'", NULL},
		{"x=\"a {{}}\"", SLOT_QUOTED, TEXT, "\"$`\\!'", "\\\"\\$\\`\\\\!'", NULL},
		{"x='a {{}}'", SLOT_SINGLE_QUOTED, TEXT, "it's $x", "it'\\''s $x", NULL},
		{"x=\"$(cmd {{}})\"", SLOT_ALONE, TEXT, "a; b", "'a; b'", NULL},
		{"x=\"$(cmd \"{{}}\")\"", SLOT_QUOTED, TEXT, "a; b", "a; b", NULL},
		{"x=\"$(cmd) {{}}\"", SLOT_QUOTED, TEXT, "a; b", "a; b", NULL},
		{"x=\"\\$(cmd {{}})\"", SLOT_QUOTED, TEXT, "a; b", "a; b", NULL},
		{"x=$(cmd {{}} | y)", SLOT_ALONE, TEXT, "a; b", "'a; b'", NULL},
		{"x=({{}})", SLOT_ALONE, TEXT, "a", "a", NULL},
		{"(cd {{}}; ls)", SLOT_ALONE, TEXT, "a", "a", NULL},
		{"x=`cmd {{}}`", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"x=${y:-{{}}}", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"x=$((1 + {{}}))", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"x=\"$((1 + {{}}))\"", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"x=$((1 + (2))) {{}}", SLOT_ALONE, TEXT, "a", "a", NULL},
		{"x=${y} {{}}", SLOT_ALONE, TEXT, "a", "a", NULL},
		{"sh -c \"echo \\\"{{}}\\\"\"", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"x=$'{{}}'", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"echo $name{{}}", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"echo \"$name{{}}\"", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"echo ${name}{{}}", SLOT_GLUED, TEXT, "a", "a", NULL},
		{"cd ~{{}}", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"x=\"a {{}}", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"x=a\\{{}}", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"# don't {{}}", SLOT_COMMENT, TEXT, "$(x) `y`", "$(x) `y`", NULL},
		{"x # {{}}", SLOT_COMMENT, TEXT, "a\nrm", REFUSED(comment_control)},
		{"echo $# {{}}", SLOT_ALONE, TEXT, "a", "a", NULL},
	};
	CHECK("shell", rows);
}

static void test_routeros(void **state)
{
	(void)state;
	static const char comment[] = "a comment line of a RouterOS script holds only printable ASCII without '\\'";
	static const struct spelling rows[] = {
		{"add name={{}} mtu=1", SLOT_ALONE, TEXT, "wg-hub", "wg-hub", NULL},
		{"add name={{}}", SLOT_ALONE, TEXT, "a b", "\"a b\"", NULL},
		{"add name={{}}", SLOT_ALONE, TEXT, "", "\"\"", NULL},
		{"add name={{}}", SLOT_ALONE, TEXT, "k=\"$x\\", "\"k=\\\"\\$x\\\\\"", NULL},
		{"add name={{}}", SLOT_ALONE, TEXT, "K\xC3\xBC\n\x7F", "\"K\\C3\\BC\\0A\\7F\"", NULL},
		{"remove [find name={{}}]", SLOT_ALONE, VALUE_ADDRESS, "fd00::1/64", "fd00::1/64", NULL},
		{"add list=hl-{{}}", SLOT_GLUED, TEXT, "home", "home", NULL},
		{"add list=hl-{{}}", SLOT_GLUED, TEXT, "a b", REFUSED("part of a RouterOS word holds only letters, digits "
		    "and ._:/,-")},
		{"add comment=\"hl: {{}}\"", SLOT_QUOTED, TEXT, "[x] $(y) \"", "[x] \\$(y) \\\"", NULL},
		{"add comment=\"{{}}\" x=\"", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"add source=\"/log info {{}}\"", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"add on-event=\"{{}}\"", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"add lease-script=\"{{}}\"", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{":put \"say \\\"{{}}\\\"\"", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{":put \"say \\\"x\\\"\" {{}}", SLOT_ALONE, TEXT, "a", "a", NULL},
		{"  # {{}}", SLOT_COMMENT, TEXT, "a $x \"", "a $x \"", NULL},
		{"# {{}}", SLOT_COMMENT, TEXT, "K\xC3\xBC", REFUSED(comment)},
		{"# {{}}", SLOT_COMMENT, TEXT, "a\\", REFUSED(comment)},
		{"# {{}}", SLOT_COMMENT, TEXT, "a\n/system reset", REFUSED(comment)},
		{"add x # {{}}", SLOT_ALONE, TEXT, "a", "a", NULL},
	};
	CHECK("routeros", rows);
}

static void test_yaml(void **state)
{
	(void)state;
	static const char glued[] = "part of a plain YAML scalar holds only letters, digits and ._/:@+-; put quotes "
	    "around the whole";
	static const struct spelling rows[] = {
		{"name: {{}}", SLOT_LAST, TEXT, "home", "home", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "cilium.io/v2", "cilium.io/v2", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "yes", "\"yes\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "N", "\"N\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "Off", "\"Off\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "null", "\"null\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "~", "\"~\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "", "\"\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "010", "\"010\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "1e3", "\"1e3\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, ".5", "\".5\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "-x", "\"-x\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "1:30", "\"1:30\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "2024-01-01", "\"2024-01-01\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "a: b", "\"a: b\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "a #b", "\"a #b\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "@x", "\"@x\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "say \"x\"\\", "\"say \\\"x\\\"\\\\\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "a\nb\t\x01", "\"a\\nb\\t\\x01\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "K\xC3\xBC\xE2\x80\xA8", "\"K\xC3\xBC\\u2028\"", NULL},
		{"name: {{}}", SLOT_LAST, TEXT, "a\xFF", REFUSED("YAML holds only valid UTF-8")},
		{"port: {{}}", SLOT_LAST, VALUE_NUMBER, "443", "443", NULL},
		{"ip: {{}}", SLOT_LAST, VALUE_ADDRESS, "10.0.0.1", "10.0.0.1", NULL},
		{"ip: {{}}", SLOT_LAST, VALUE_ADDRESS, "10.0.0.0/8", "10.0.0.0/8", NULL},
		{"ip: {{}}", SLOT_LAST, VALUE_ADDRESS, "::1", "\"::1\"", NULL},
		{"  - {{}}", SLOT_ALONE, TEXT, "no", "\"no\"", NULL},
		{"  - - {{}}", SLOT_ALONE, TEXT, "a", "a", NULL},
		{"  {{}}: x", SLOT_ALONE, TEXT, "on", "\"on\"", NULL},
		{"  {{}}:", SLOT_ALONE, TEXT, "a b", "\"a b\"", NULL},
		{"x: [{{}}, b]", SLOT_ALONE, TEXT, "a,b", "\"a,b\"", NULL},
		{"x: { a: {{}} }", SLOT_ALONE, TEXT, "a}", "\"a}\"", NULL},
		{"x: {{}} # c", SLOT_ALONE, TEXT, "a b", "\"a b\"", NULL},
		{"x: { a: {{}}", SLOT_ALONE, TEXT, "a\n", "\"a\\n\"", NULL},
		{"x: [a, b: {{}}", SLOT_ALONE, TEXT, "a\n", "\"a\\n\"", NULL},
		{"\"x\": {{}}", SLOT_ALONE, TEXT, "a\n", "\"a\\n\"", NULL},
		{"name: hl-{{}}", SLOT_GLUED, TEXT, "home", "home", NULL},
		{"url: http://{{}}:80/", SLOT_GLUED, VALUE_ADDRESS, "10.0.0.1", "10.0.0.1", NULL},
		{"text: hello {{}}", SLOT_GLUED, TEXT, "a: b", REFUSED(glued)},
		{"text: hello {{}}", SLOT_GLUED, TEXT, "a:", REFUSED(glued)},
		{"text: hello {{}}", SLOT_GLUED, TEXT, "", REFUSED(glued)},
		{"text: don't {{}}", SLOT_GLUED, TEXT, "x", "x", NULL},
		{"x: \"a {{}}\"", SLOT_QUOTED, TEXT, "\"\\\n", "\\\"\\\\\\n", NULL},
		{"x: 'it''s {{}}'", SLOT_SINGLE_QUOTED, TEXT, "it's \"", "it''s \"", NULL},
		{"x: '{{}}'", SLOT_SINGLE_QUOTED, TEXT, "a\n", REFUSED("single quotes in YAML cannot hold control characters")},
		{"x: \"{{}}", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"x: 1 # {{}}", SLOT_COMMENT, TEXT, "a: b", "a: b", NULL},
		{"# {{}}", SLOT_COMMENT, TEXT, "a\nb: c", REFUSED(comment_control)},
		{"x: a#{{}}", SLOT_GLUED, TEXT, "b", "b", NULL},
	};
	CHECK("yaml", rows);
}

static void test_json(void **state)
{
	(void)state;
	static const struct spelling rows[] = {
		{"\"a\": {{}},", SLOT_ALONE, TEXT, "x", "\"x\"", NULL},
		{"\"a\": {{}}", SLOT_ALONE, TEXT, "", "\"\"", NULL},
		{"[{{}}]", SLOT_ALONE, TEXT, "12", "\"12\"", NULL},
		{"{\"a\":{{}}}", SLOT_ALONE, VALUE_NUMBER, "-12", "-12", NULL},
		{"\"a\": {{}}", SLOT_ALONE, VALUE_ADDRESS, "10.0.0.1", "\"10.0.0.1\"", NULL},
		{"\"a\": {{}}", SLOT_ALONE, TEXT, "\"\\\n\x01\xC3\xBC", "\"\\\"\\\\\\u000A\\u0001\xC3\xBC\"", NULL},
		{"\"a {{}}\": 1", SLOT_QUOTED, TEXT, "\"}", "\\\"}", NULL},
		{"\"a \\\"{{}}\\\"\": 1", SLOT_QUOTED, TEXT, "\"", "\\\"", NULL},
		{"\"a\": 1{{}}", SLOT_GLUED, TEXT, "x", REFUSED("JSON has no text outside of quotes")},
		{"\"a\": \"{{}}\"", SLOT_QUOTED, TEXT, "\xC3", REFUSED("JSON holds only valid UTF-8")},
		{"\"a: {{}}", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
	};
	CHECK("json", rows);
}

static void test_zone(void **state)
{
	(void)state;
	static const struct spelling rows[] = {
		{"{{}} 300 IN A 10.0.0.1", SLOT_ALONE, TEXT, "_x.www", "_x.www", NULL},
		{"@ IN AAAA {{}}", SLOT_ALONE, VALUE_ADDRESS, "2001:db8::1", "2001:db8::1", NULL},
		{"@ IN TXT {{}}", SLOT_ALONE, TEXT, "a b; \"c\"\\", "\"a b; \\\"c\\\"\\\\\"", NULL},
		{"@ IN TXT {{}}", SLOT_ALONE, TEXT, "\xC3\xBC\n", "\"\\195\\188\\010\"", NULL},
		{"@ IN TXT \"v={{}}\"", SLOT_QUOTED, TEXT, "a\"b", "a\\\"b", NULL},
		{"{{}}.example.org. IN A 10.0.0.1", SLOT_GLUED, TEXT, "a b",
		 REFUSED("part of a name in a zone file holds only letters, digits and ._*@:/+=-")},
		{"@ IN A 10.0.0.1 ; {{}}", SLOT_COMMENT, TEXT, "a \"b", "a \"b", NULL},
		{"; {{}}", SLOT_COMMENT, TEXT, "a\n@ IN A 1.2.3.4", REFUSED(comment_control)},
	};
	CHECK("zone", rows);
}

static void test_zone_string_limit(void **state)
{
	(void)state;
	char text[257] = {0};
	struct arena *arena = arena_new();
	struct buf out = {.arena = arena};
	const struct dialect *zone = dialect_find(STR("zone"));
	memset(text, ' ', 256);
	assert_string_equal(zone->put(&out, SLOT_QUOTED, VALUE_TEXT, str_of(text)), "a string of a zone file holds at "
	    "most 255 bytes");
	assert_null(zone->put(&out, SLOT_QUOTED, VALUE_TEXT, str_of(text + 1)));
	assert_int_equal(out.len, 255);
	arena_free(arena);
}

static void test_markdown(void **state)
{
	(void)state;
	static const struct spelling rows[] = {
		{"Open {{}} now", SLOT_ALONE, TEXT, "10.0.0.1", "10.0.0.1", NULL},
		{"**{{}}**", SLOT_ALONE, TEXT, "a_b *c* _d_", "a_b \\*c\\* \\_d\\_", NULL},
		{"{{}}", SLOT_ALONE, TEXT, "# x", "\\# x", NULL},
		{"{{}}", SLOT_ALONE, TEXT, "> - #", "\\> - #", NULL},
		{"| {{}} |", SLOT_ALONE, TEXT, "a|b [c](d) <e> &f; `g` \\~", "a\\|b \\[c\\](d) \\<e> \\&f; \\`g\\` \\\\\\~", NULL},
		{"`a` and {{}}", SLOT_ALONE, TEXT, "*", "\\*", NULL},
		{"`scp {{}}`", SLOT_QUOTED, TEXT, "a_*b", "a_*b", NULL},
		{"`scp {{}}`", SLOT_QUOTED, TEXT, "a`b", REFUSED("Markdown has no way to write '`' between '`'")},
		{"`scp {{}}", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"x {{}}", SLOT_ALONE, TEXT, "a\n# b", REFUSED("a line of Markdown cannot hold control characters")},
	};
	CHECK("markdown", rows);
}

static void test_xml(void **state)
{
	(void)state;
	static const char comment[] = "a comment in XML cannot hold '--', nor begin or end with '-'";
	static const struct spelling rows[] = {
		{"<a>{{}}</a>", SLOT_ALONE, TEXT, "<b>&\"'", "&lt;b&gt;&amp;&quot;&#39;", NULL},
		{"{{}}", SLOT_ALONE, TEXT, "x", "x", NULL},
		{"<a b=\"{{}}\">", SLOT_QUOTED, TEXT, "\" onload=\"x", "&quot; onload=&quot;x", NULL},
		{"<a b='{{}}'>", SLOT_QUOTED, TEXT, "'", "&#39;", NULL},
		{"<a b=\">\" {{}}>", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"<a b=\">\">{{}}", SLOT_ALONE, TEXT, "x", "x", NULL},
		{"<![CDATA[{{}}]]>", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"<a>{{}}", SLOT_ALONE, TEXT, "a\x01", REFUSED("XML text cannot hold control characters")},
		{"<!-- {{}} -->", SLOT_COMMENT, TEXT, "a-b <c>", "a-b <c>", NULL},
		{"<!-- {{}} -->", SLOT_COMMENT, TEXT, "a--b", REFUSED(comment)},
		{"<!-- {{}} -->", SLOT_COMMENT, TEXT, "a-", REFUSED(comment)},
		{"<!-- x --> {{}}", SLOT_ALONE, TEXT, "<", "&lt;", NULL},
	};
	CHECK("xml", rows);
}

static void test_systemd(void **state)
{
	(void)state;
	static const char quotes[] = "quotes and '\\' are not written here, because unit files read them in different ways";
	static const struct spelling rows[] = {
		{"Description={{}}", SLOT_QUOTED, TEXT, "the VPS; 100%", "the VPS; 100%%", NULL},
		{"Description=of {{}}", SLOT_QUOTED, TEXT, "a\"b", REFUSED(quotes)},
		{"Description={{}}", SLOT_QUOTED, TEXT, "a\\", REFUSED(quotes)},
		{"Description={{}}", SLOT_QUOTED, TEXT, "a\nExecStart=x", REFUSED("a line of a unit file cannot hold control "
		    "characters")},
		{"ExecStart=/bin/x {{}}", SLOT_ALONE, TEXT, "wg0", "wg0", NULL},
		{"ExecStart=/bin/x {{}}", SLOT_ALONE, TEXT, "a b%\"\\", "\"a b%%\\\"\\\\\"", NULL},
		{"ExecStart=/bin/x {{}}", SLOT_ALONE, TEXT, ";", "\";\"", NULL},
		{"ExecStart=/bin/x {{}}", SLOT_ALONE, TEXT, "$HOME", REFUSED("'$' in a unit file would be a variable")},
		{"ExecStart=/bin/x --a={{}}", SLOT_ALONE, TEXT, "b", "b", NULL},
		{"ExecStart=/bin/x-{{}}", SLOT_GLUED, TEXT, "a b",
		 REFUSED("part of a word in a unit file holds only letters, digits and ._/:@,+=%-")},
		{"ExecStart=/bin/x \"{{}}\"", SLOT_QUOTED, TEXT, "a b", "a b", NULL},
		{"ExecStart=/bin/x \"{{}}", SLOT_IMPOSSIBLE, TEXT, "", NULL, NULL},
		{"Environment=\"A={{}}\"", SLOT_QUOTED, TEXT, "a b%", "a b%%", NULL},
		{"# {{}}", SLOT_COMMENT, TEXT, "100% $x", "100% $x", NULL},
		{"; {{}}", SLOT_COMMENT, TEXT, "x", "x", NULL},
	};
	CHECK("systemd", rows);
}

static void test_sysctl(void **state)
{
	(void)state;
	static const char bare[] = "sysctl has no quotes, so a value holds only letters, digits and ._/-";
	static const struct spelling rows[] = {
		{"net.ipv4.conf.{{}}.rp_filter = 2", SLOT_GLUED, TEXT, "enP4p65s0", "enP4p65s0", NULL},
		{"net.x = {{}}", SLOT_ALONE, VALUE_NUMBER, "2", "2", NULL},
		{"net.x = {{}}", SLOT_ALONE, TEXT, "a b", REFUSED(bare)},
		{"net.x = {{}}", SLOT_ALONE, TEXT, "", REFUSED(bare)},
		{"# {{}}", SLOT_COMMENT, TEXT, "a = b", "a = b", NULL},
	};
	CHECK("sysctl", rows);
}

/* A text of several lines goes on below its key, indented as the key is and by two more. */
static void test_yaml_block(void **state)
{
	(void)state;
	static const struct {
		const char *line, *value, *spelled;
	} rows[] = {
		{"a: ", "x\ny\n", "a: |\n  x\n  y"},
		{"  - b: ", "x: 1 # \"'\n\n\t- y\n", "  - b: |\n      x: 1 # \"'\n\n      \t- y"},
		{"z: 1\n    c: ", "K\xC3\xBC\n  y\n", "z: 1\n    c: |\n      K\xC3\xBC\n        y"},
		/* What a block would not give back byte for byte is quoted. */
		{"a: ", "x\ny", "a: \"x\\ny\""},
		{"a: ", "x\n\n", "a: \"x\\n\\n\""},
		{"a: ", "\n", "a: \"\\n\""},
		{"a: ", "\nx\n", "a: \"\\nx\\n\""},
		{"a: ", " x\n", "a: \" x\\n\""},
		{"a: ", "\tx\n", "a: \"\\tx\\n\""},
		{"a: ", "x\r\n", "a: \"x\\x0D\\n\""},
		{"a: ", "x\xC2\x85y\n", "a: \"x\\x85y\\n\""},
		{"a: ", "x\xE2\x80\xA8\n", "a: \"x\\u2028\\n\""},
		{"a: ", "\xEF\xBB\xBFx\n", "a: \"\\uFEFFx\\n\""},
		{"a: ", "x\x1B\n", "a: \"x\\x1B\\n\""},
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct arena *arena = arena_new();
		struct buf out = {.arena = arena};
		buf_str(&out, str_of(rows[i].line));
		assert_null(dialect_find(STR("yaml"))->put(&out, SLOT_LAST, VALUE_TEXT, str_of(rows[i].value)));
		buf_char(&out, '\0');
		assert_string_equal(out.ptr, rows[i].spelled);
		/* Nothing may go on below where that is not known to be possible. */
		out.len = 0;
		assert_null(dialect_find(STR("yaml"))->put(&out, SLOT_ALONE, VALUE_TEXT, str_of(rows[i].value)));
		for (size_t at = 0; at < out.len; at++)
			assert_int_not_equal(out.ptr[at], '\n');
		arena_free(arena);
	}
}

static void test_path(void **state)
{
	(void)state;
	static const char dots[] = "a file name cannot be empty, '.' or '..', nor begin with '-'";
	static const char bytes[] = "a file name holds only printable ASCII without blanks, '/' and '\\'";
	static const struct spelling rows[] = {
		{"clients/{{}}.conf", SLOT_GLUED, TEXT, "an-droid_1.x", "an-droid_1.x", NULL},
		{"clients/{{}}", SLOT_GLUED, TEXT, "..", REFUSED(dots)},
		{"clients/{{}}", SLOT_GLUED, TEXT, ".", REFUSED(dots)},
		{"clients/{{}}", SLOT_GLUED, TEXT, "", REFUSED(dots)},
		{"clients/{{}}", SLOT_GLUED, TEXT, "-rf", REFUSED(dots)},
		{"clients/{{}}", SLOT_GLUED, TEXT, "../x", REFUSED(bytes)},
		{"clients/{{}}", SLOT_GLUED, TEXT, "a b", REFUSED(bytes)},
		{"clients/{{}}", SLOT_GLUED, TEXT, "a\nb", REFUSED(bytes)},
		{"clients/{{}}", SLOT_GLUED, TEXT, "a\\b", REFUSED(bytes)},
		{"clients/{{}}", SLOT_GLUED, TEXT, "k\xC3\xBC", REFUSED(bytes)},
	};
	CHECK("path", rows);
}

/* A NUL ends nothing: it is refused by all that have no escape for it. */
static void test_nul(void **state)
{
	(void)state;
	for (size_t i = 0; dialect_at(i) != NULL; i++) {
		const struct dialect *dialect = dialect_at(i);
		bool escapes = strstr(" json routeros yaml zone ", dialect->name) != NULL;
		struct arena *arena = arena_new();
		struct buf out = {.arena = arena};
		const char *reason = dialect->put(&out, SLOT_QUOTED, VALUE_TEXT, STR("a\0b"));
		assert_int_equal(reason == NULL, escapes);
		assert_true(reason == NULL || out.len == 0);
		for (size_t j = 0; j < out.len; j++)
			assert_int_not_equal(out.ptr[j], 0);
		arena_free(arena);
	}
}

static void test_names(void **state)
{
	(void)state;
	assert_null(dialect_find(STR("")));
	assert_null(dialect_find(STR("wgx")));
	assert_null(dialect_at(13));
	for (size_t i = 0; i < 13; i++)
		assert_ptr_equal(dialect_find(str_of(dialect_at(i)->name)), dialect_at(i));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wg),       cmocka_unit_test(test_nginx),    cmocka_unit_test(test_nft),
		cmocka_unit_test(test_shell),    cmocka_unit_test(test_routeros), cmocka_unit_test(test_yaml), cmocka_unit_test(test_yaml_block),
		cmocka_unit_test(test_json),     cmocka_unit_test(test_zone),     cmocka_unit_test(test_zone_string_limit),
		cmocka_unit_test(test_markdown), cmocka_unit_test(test_xml),      cmocka_unit_test(test_systemd),
		cmocka_unit_test(test_sysctl),   cmocka_unit_test(test_path),     cmocka_unit_test(test_nul),
		cmocka_unit_test(test_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
