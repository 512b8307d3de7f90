#!/usr/bin/python3
"""Puts every kind of nasty text into every scalar of a site: hostile.py HLGEN SITE TEMP

For each pair, hlgen must either refuse (exit status 1, an error whose place is on a line of that text) or build a tree that differs
from the ordinary one only where the ordinary text stood: same lines, same text around it, and the spelling decodes to the nasty text.
Never a signal, never a control character on stderr, never a file elsewhere. Prints one line per scalar, for tests/run."""
import html
import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import yaml

# name: function of the ordinary text
TEXTS = {
    "double quote": lambda text: text + '"x',
    "single quote": lambda text: text + "'x",
    "both quotes and a blank": lambda text: f"{text}' \"",
    "newline": lambda text: text + "\nPostUp = reboot",
    "carriage return": lambda text: text + "\rPostUp = reboot",
    "newline alone": lambda text: "\n",
    "next line and line separator": lambda text: text + "\u0085\u2028x",
    "tab": lambda text: text + "\tx",
    "dollar": lambda text: text + "$PATH",
    "dollar brace": lambda text: text + "${x}",
    "command": lambda text: text + "$(reboot)",
    "backtick": lambda text: text + "`reboot`",
    "semicolon": lambda text: text + ";reboot",
    "pipe and ampersand": lambda text: text + "|x&&y",
    "brace": lambda text: text + "}x{",
    "hash": lambda text: text + " # x",
    "hash first": lambda text: "#" + text,
    "slot": lambda text: text + "{{ hub.private_key }}",
    "statement": lambda text: "%% for x in y\n" + text,
    "percent": lambda text: text + "%i%%n",
    "ANSI escape": lambda text: text + "\x1b[31mred\x1b]0;title\x07",
    "NUL": lambda text: text + "\0x",
    "delete and C1": lambda text: text + "\x7f\x9b31m",
    "300 characters": lambda text: text + "a" * 300,
    "3000 characters": lambda text: "b" * 3000,
    "300 non-ASCII characters": lambda text: text + "\u00e9" * 300,
    "non-ASCII": lambda text: text + "\u00fc\u00f1\u65e5\U0001f512",
    "combining": lambda text: text + "e\u0301",
    "backslash": lambda text: text + "\\n\\",
    "right-to-left override": lambda text: text + "\u202egnp.x",
    "zero width and BOM": lambda text: text + "\u200b\ufeff",
    "leading dash": lambda text: "-" + text,
    "option": lambda text: "--help",
    "parent folder": lambda text: "../" + text,
    "path": lambda text: text + "/../../../x",
    "dots": lambda text: "..",
    "empty": lambda text: "",
    "blank": lambda text: " ",
    "blanks around": lambda text: f"  {text}  ",
    "comma": lambda text: text + ",0.0.0.0/0",
    "brackets": lambda text: text + "](http://x)[",
    "markup": lambda text: text + "</text><script>x</script>&amp;<!--",
    "markdown fence": lambda text: text + "```\n```sh",
    "colon and blank": lambda text: text + ": x",
    "wildcard": lambda text: "*." + text,
    "asterisk": lambda text: "*",
    "regular expression": lambda text: "~^.*$",
    "upper case": lambda text: text.upper(),
    "trailing dot": lambda text: text + ".",
    "YAML 1.1": lambda text: "no",
}
# Enough for a word of the language, where nothing but that word is accepted.
FEW = ("double quote", "newline", "NUL", "ANSI escape", "300 characters", "right-to-left override", "hash", "empty")
PICTURES = (".png", ".svg")
KEY = re.compile(r"[A-Za-z0-9+/]{43}=")


def scalars(node, path=""):
    """(path, node) of every scalar, keys included; "(word)" marks those keys that are not names of the user's."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            step = f"{path}.{key.value}" if path else key.value
            yield step + (" (key)" if key.value.startswith("base") else " (word)"), key
            yield from scalars(value, step)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from scalars(value, f"{path}[{index}]")
    else:
        yield path, node


def quoted(text):
    """A double-quoted YAML scalar on one line."""
    out = []
    for char in text:
        code = ord(char)
        if char in '"\\':
            out.append("\\" + char)
        elif char == "\0":
            out.append("\\0")
        elif code < 0x20 or 0x7F <= code < 0xA0:
            out.append(f"\\x{code:02x}")
        elif code in range(0x2028, 0x2030) or code in (0x200B, 0xFEFF):
            out.append(f"\\u{code:04x}")
        else:
            out.append(char)
    return '"' + "".join(out) + '"'


def decodings(spelled):
    """What a spelling may mean to the programs that read it."""
    yield spelled
    yield html.unescape(spelled)
    for body in (spelled, spelled.strip('"'), spelled.strip("'")):
        yield body
        try:
            yield json.loads(f'"{body}"')
        except ValueError:
            pass
        # RouterOS: \" \\ \$ and \XX (bytes); markdown, nft and nginx: a backslash before punctuation.
        plain = re.sub(rb"\\([0-9A-F]{2})", lambda match: bytes([int(match.group(1), 16)]), body.encode())
        yield re.sub(rb"\\([^0-9A-Za-z])", rb"\1", plain).decode(errors="replace")
        yield body.replace("'\\''", "'")
        yield body.replace("''", "'")
        yield re.sub(r"\\(.)", r"\1", body)
        yield body.replace("%%", "%")


class Case:
    """One built site."""

    def __init__(self, hlgen, folder, keys, text):
        self.folder = folder
        os.makedirs(folder)
        shutil.copytree(keys, f"{folder}/keys")
        with open(f"{folder}/site.yaml", "w", encoding="utf-8", newline="") as file:
            file.write(text)
        result = subprocess.run([hlgen, "build", "site.yaml"], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        self.status, self.out, self.err = result.returncode, result.stdout, result.stderr

    def tree(self):
        """Relative path to lines, without keys, hashes, packed files and pictures."""
        files = {}
        for top, _, names in os.walk(f"{self.folder}/out"):
            for name in names:
                path = os.path.relpath(f"{top}/{name}", f"{self.folder}/out")
                with open(f"{top}/{name}", "rb") as file:
                    content = b"picture" if path.endswith(PICTURES) else file.read()
                content = KEY.sub("KEY", content.decode("utf-8"))
                if path == "manifest.json":
                    content = re.sub(r"[0-9a-f]{16,}|\b[0-9]+\b", "N", content)
                if path == "vps/files.sha256":
                    content = re.sub(r"(?m)^[0-9a-f]{64} ", "HASH ", content)
                if path == "vps/cloud-init.yaml":  # what is packed in it is the other files, which are looked at themselves
                    content = re.sub(r'(?m)^( *content:) "?[A-Za-z0-9+/=]{60,}"?$', r"\1 PACKED", content)
                files[path] = content.split("\n")
        return files

    def strays(self):
        """Files outside out/ and keys/."""
        return [name for name in os.listdir(self.folder) if name not in ("out", "keys", "site.yaml")]


def pattern(line, ordinary):
    return re.compile("(.*?)".join(re.escape(part) for part in line.split(ordinary)), re.DOTALL)


def in_order(lines, nasty_lines, ordinary):
    """The nasty lines in the order of the ordinary ones: lists are sorted, and another text may stand elsewhere in one."""
    rest = list(nasty_lines)
    for line in lines:
        if ordinary not in line and line in rest:
            rest.remove(line)
    if len(rest) != sum(ordinary in line for line in lines):
        return nasty_lines
    return [rest.pop(0) if ordinary in line else line for line in lines]


def compare(base, other, ordinary, nasty):
    """What differs beyond the place of the text, or None."""
    wanted = sorted(base)
    got = sorted(other)
    for spelled in (nasty, nasty.lower()):  # a domain is in a file's name, in lower case
        renamed = {path.replace(ordinary, spelled): path for path in wanted}
        if sorted(renamed) == got:
            break
    else:
        return f"other files: {sorted(set(got) ^ {path.replace(ordinary, nasty) for path in wanted})}"
    for path in got:
        lines, nasty_lines = base[renamed[path]], other[path]
        if len(lines) != len(nasty_lines):
            return f"{path}: {len(nasty_lines)} lines instead of {len(lines)}"
        for number, (line, nasty_line) in enumerate(zip(lines, in_order(lines, nasty_lines, ordinary)), 1):
            if ordinary not in line:
                if line != nasty_line:
                    return f"{path}:{number}: a line without the text differs: {nasty_line!r}"
                continue
            match = pattern(line, ordinary).fullmatch(nasty_line)
            if not match:
                return f"{path}:{number}: differs beyond the text: {nasty_line!r}"
            for spelled in match.groups():
                if nasty not in decodings(spelled) and nasty.lower() not in decodings(spelled):
                    return f"{path}:{number}: {spelled!r} is no spelling of the text"
    return None


def control_characters(text):
    """Control and direction characters that would reach a terminal."""
    return re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]", text)


def try_text(hlgen, temp, index, source, nodes, ordinary, nasty, base):
    """Builds one site; "refused" or "carried", or what is wrong."""
    text = source
    for node in sorted(nodes, key=lambda node: -node.start_mark.index):
        text = text[: node.start_mark.index] + quoted(nasty) + text[node.end_mark.index :]
    case = Case(hlgen, f"{temp}/{index}", f"{temp}/keys", text)
    try:
        said = case.err.decode("utf-8", errors="surrogateescape")
        if any("\udc80" <= char <= "\udcff" for char in said):
            return f"bytes on stderr that are no UTF-8: {said!r}"
        found = control_characters(said) or control_characters(case.out.decode("utf-8", errors="replace"))
        if found:
            return f"control characters in the output: {found!r}"
        if case.strays():
            return f"files outside of out/ and keys/: {case.strays()}"
        if case.status == 1:
            if os.path.exists(f"{case.folder}/out/manifest.json"):
                return "refused, but a tree was written"
            places = {int(line) for line in re.findall(r"^site\.yaml:(\d+):\d+: error: ", said, re.MULTILINE)}
            if not places & {node.start_mark.line + 1 for node in nodes}:
                return f"refused at lines {sorted(places)}: {said}"
            return "refused"
        if case.status != 0:
            return f"exit {case.status}: {said}"
        return (compare(base, case.tree(), ordinary, nasty) if nasty != ordinary else None) or "carried"
    finally:
        shutil.rmtree(case.folder)


def main():
    hlgen, site, temp = sys.argv[1:]
    with open(site, encoding="utf-8") as file:
        source = file.read()
    first = Case(hlgen, f"{temp}/first", "/var/empty" if os.path.isdir("/var/empty") else os.makedirs(f"{temp}/none") or f"{temp}/none", source)
    if first.status != 0:
        print("FAIL hostile/the ordinary site")
        print("    " + first.err.decode(errors="replace").replace("\n", "\n    "))
        return
    print("ok hostile/the ordinary site")
    shutil.copytree(f"{first.folder}/keys", f"{temp}/keys")
    base = first.tree()
    everything = list(scalars(yaml.compose(source, Loader=yaml.SafeLoader)))

    # Comments are never read: nothing of them can be anywhere.
    for name, make in TEXTS.items():
        nasty = make("")
        if re.search("[\n\r\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]", nasty):
            continue
        case = Case(hlgen, f"{temp}/comment", f"{temp}/keys", f"#{nasty}\n" + source.replace("\n", f" # {nasty}\n"))
        if case.status == 0 and case.tree() == base:
            print(f"ok hostile/comment: {name}")
        else:
            print(f"FAIL hostile/comment: {name}\n    exit {case.status}: {case.err!r}")
        shutil.rmtree(case.folder)

    # With TEST_SHARE=N (a slow build) each scalar gets every N-th text, each another N-th.
    share = int(os.environ.get("TEST_SHARE", "1"))
    index = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for turn, (path, scalar) in enumerate(everything):
            # All places that name the same thing change together.
            nodes = [node for _, node in everything if node.value == scalar.value] if scalar.value.startswith("base") else [scalar]
            jobs = []
            for number, (name, make) in enumerate(TEXTS.items()):
                if path.endswith("(word)") and name not in FEW or (number + turn) % share != 0:
                    continue
                index += 1
                nasty = make(scalar.value)
                jobs.append((name, pool.submit(try_text, hlgen, temp, index, source, nodes, scalar.value, nasty, base)))
            results = [(name, job.result()) for name, job in jobs]
            wrong = [(name, what) for name, what in results if what not in ("refused", "carried")]
            if wrong:
                print(f"FAIL hostile/{path}")
                for name, what in wrong:
                    print("    " + f"{name}: {what[:1200]}".encode("utf-8", "replace").decode().replace("\n", "\n        "))
            else:
                carried = [name for name, what in results if what == "carried"]
                print(f"ok hostile/{path}: {len(jobs)} texts, carried: {', '.join(carried) or 'none'}")


if __name__ == "__main__":
    main()
