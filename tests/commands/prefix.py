#!/usr/bin/python3
"""Runs `hlgen prefix` over sites in every style and compares whole files and trees: prefix.py HLGEN TEMP"""
import json
import os
import pathlib
import re
import subprocess
import sys

import yaml

from prefix_site import FIRST, SECOND, with_section

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
from trees import ages_of, tree_of  # noqa: E402

# The section before and after the command. The first one's trees are what all others' must be.
SHAPES = {
    "block": ("ipv6:\n  delegated_length: 56\n  prefix: FIRST   # ours\n  pool: pd\n",
              "ipv6:\n  delegated_length: 56\n  prefix: SECOND   # ours\n  pool: pd\n"),
    "single quotes": ("ipv6:\n  pool: pd\n  prefix: 'FIRST'\n", "ipv6:\n  pool: pd\n  prefix: 'SECOND'\n"),
    "double quotes": ("ipv6:\n    pool: pd\n    prefix: \"FIRST\" # ours\n", "ipv6:\n    pool: pd\n    prefix: \"SECOND\" # ours\n"),
    "value on a line of its own": ("ipv6:\n  pool: pd\n  prefix:\n    # ours\n    FIRST\n", "ipv6:\n  pool: pd\n  prefix:\n    # ours\n    SECOND\n"),
    "braces": ("ipv6: { pool: pd, prefix: FIRST }   # ours\n", "ipv6: { pool: pd, prefix: SECOND }   # ours\n"),
    "tight braces": ("ipv6: {pool: pd,prefix: \"FIRST\"}\n", "ipv6: {pool: pd,prefix: \"SECOND\"}\n"),
    "braces over lines": ("ipv6: {\n  pool: pd,\n  prefix: FIRST, # ours\n}\n", "ipv6: {\n  pool: pd,\n  prefix: SECOND, # ours\n}\n"),
    "quoted keys": ("\"ipv6\": {\"pool\": \"pd\", \"prefix\": \"FIRST\"}\n", "\"ipv6\": {\"pool\": \"pd\", \"prefix\": \"SECOND\"}\n"),
    "capital letters": ("ipv6: { pool: pd, prefix: 2A0D:5600:ABCD:0::/56 }\n", "ipv6: { pool: pd, prefix: SECOND }\n"),
    "missing": ("ipv6:\n  pool: pd   # the router's\n  dns: [\"2606:4700:4700::1111\"]\n",
                "ipv6:\n  pool: pd   # the router's\n  prefix: SECOND\n  dns: [\"2606:4700:4700::1111\"]\n"),
    "missing, commented": ("ipv6:\n  delegated_length: 56\n# prefix: FIRST\n", "ipv6:\n  delegated_length: 56\n  prefix: SECOND\n# prefix: FIRST\n"),
    "missing, a list last": ("ipv6:\n  dns:\n  - \"2606:4700:4700::1111\"\n\n", "ipv6:\n  dns:\n  - \"2606:4700:4700::1111\"\n  prefix: SECOND\n\n"),
    "missing, aligned": ("ipv6:\n  delegated_length: 56\n  pool:             pd\n", "ipv6:\n  delegated_length: 56\n  pool:             pd\n  prefix:           SECOND\n"),
    "missing in braces": ("ipv6: { delegated_length: 56 }\n", "ipv6: { delegated_length: 56, prefix: \"SECOND\" }\n"),
    "missing in braces over lines": ("ipv6: {\n  pool: pd, # the router's\n  dns: []\n}\n", "ipv6: {\n  pool: pd, # the router's\n  prefix: \"SECOND\",\n  dns: []\n}\n"),
    "empty": ("ipv6:\n  prefix:   # later\n", "ipv6:\n  prefix: SECOND   # later\n"),
    "empty section": ("ipv6:   # later\n", "ipv6:   # later\n  prefix: SECOND\n"),
    "empty braces": ("ipv6: {}\n", "ipv6: { prefix: \"SECOND\" }\n"),
    "null section": ("ipv6: null   # later\n", "ipv6: { prefix: \"SECOND\" }   # later\n"),
    "wrong before": ("ipv6: { prefix: \"2a0d:5600::/48\" }\n", "ipv6: { prefix: \"SECOND\" }\n"),
}

# A section, the words of the command, its status and what it must say.
REFUSALS = {
    "no section": ("", [SECOND], 1, "'site.yaml' has no 'ipv6' section [missing-key]\n      = help: add one, with the length that the provider delegates"),
    "not a map": ("ipv6: yes\n", [SECOND], 1, "the prefix cannot be put into 'site.yaml' safely: the section is not a map [cannot-insert]"),
    "a block of text": ("ipv6:\n  prefix: >-\n    FIRST\n", [SECOND], 1, "its value is a block of text [cannot-insert]"),
    "a list": ("ipv6: { prefix: [\"FIRST\"] }\n", [SECOND], 1, "a map or a list stands in its place [cannot-insert]"),
    "no colon": ("ipv6: { prefix, pool: pd }\n", [SECOND], 1, "the key has no colon of its own [cannot-insert]"),
    "no YAML": ("ipv6: { pool: pd\n", [SECOND], 1, "[yaml-syntax]"),
    "twice": ("ipv6: { prefix: FIRST, prefix: FIRST }\n", [SECOND], 1, "[yaml-duplicate-key]"),
    "another length": ("ipv6: { prefix: FIRST }\n", ["2a0d:5600:beef::/48"], 1, "the prefix is a /48, but the delegated length is 56 [prefix-length]"),
    "not global": ("ipv6: { prefix: FIRST }\n", ["fd00:1::/56"], 1, "[prefix-not-global]"),
    "documentation, strictly": ("ipv6: { prefix: FIRST }\n", ["2001:db8:1::/56", "--strict"], 1, "[prefix-documentation]"),
    "errors elsewhere": ("ipv6: { prefix: FIRST, pol: x }\n", [SECOND], 1,
                         "hlgen: 'site.yaml' was not changed, because of these errors in what it would become:\nsite.yaml:"),
    "host bits": ("ipv6: { prefix: FIRST }\n", ["2a0d:5600:beef::1/56"], 2,
                  "hlgen: prefix: '2a0d:5600:beef::1/56' has host bits set: did you mean 2a0d:5600:beef::/56?\n"),
    "no length": ("ipv6: { prefix: FIRST }\n", ["2a0d:5600:beef::"], 2, "hlgen: prefix: '2a0d:5600:beef::' is no IPv6 prefix: its length is missing"),
    "IPv4": ("ipv6: { prefix: FIRST }\n", ["10.0.0.0/8"], 2, "hlgen: prefix: '10.0.0.0/8' is no IPv6 prefix, but an IPv4 network\n"),
    "no prefix": ("ipv6: { prefix: FIRST }\n", ["beef"], 2, "hlgen: prefix: 'beef' is no IPv6 prefix, such as"),
    "too long a length": ("ipv6: { prefix: FIRST }\n", ["2a0d:5600:beef::/129"], 2, "is no IPv6 prefix"),
    "nothing": ("ipv6: { prefix: FIRST }\n", [""], 2, "is no IPv6 prefix"),
    "two": ("ipv6: { prefix: FIRST }\n", [FIRST, SECOND], 2, "one word too many"),
    "standard input": ("ipv6: { prefix: FIRST }\n", [SECOND, "-s", "-"], 2, "the site must be a file that can be changed, not '-'"),
    "no such file": ("ipv6: { prefix: FIRST }\n", [SECOND, "-s", "absent.yaml"], 3, "cannot read 'absent.yaml'"),
}


class Case:
    """One folder with a site; the keys are shared, so that they are made once."""

    def __init__(self, hlgen, temp, name, section):
        self.hlgen, self.keys, self.name, self.said = hlgen, temp / "keys", name, []
        self.folder = temp / re.sub(r"\W+", "-", name)
        self.folder.mkdir()
        self.site, self.out = self.folder / "site.yaml", self.folder / "out"
        self.write(with_section(section))

    def write(self, data):
        self.site.write_bytes(data if isinstance(data, bytes) else data.encode())

    def run(self, *words):
        done = subprocess.run([self.hlgen, *words, "-k", self.keys], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              check=False)
        return done.stdout.decode(), done.stderr.decode(), done.returncode

    def good(self, *words):
        out, err, status = self.run(*words)
        self.need(status == 0, f"{words}: exit {status}\n{out}{err}")
        return out

    def need(self, truth, complaint):
        if not truth:
            self.said.append(str(complaint))

    def same(self, expected, got):
        self.need(expected == got, f"expected:\n{expected!r}\ngot:\n{got!r}")

    def report(self):
        print(f"{'FAIL' if self.said else 'ok'} commands/prefix: {self.name}")
        for line in "\n".join(self.said).split("\n")[:60] if self.said else []:
            print(f"    {line}")


def variants(before, after):
    before, after = with_section(before).encode(), with_section(after).encode()
    yield "", before, after
    yield ", CR LF", before.replace(b"\n", b"\r\n"), after.replace(b"\n", b"\r\n")
    yield ", byte order mark", b"\xef\xbb\xbf" + before, b"\xef\xbb\xbf" + after
    yield ", no last line end", before[:-1], after[:-1]


def check_shape(hlgen, temp, name, before, after):
    """The exact bytes, and there and back where there was a prefix before."""
    for what, old, new in variants(before, after):
        case = Case(hlgen, temp, name + what, before)
        case.write(old)
        os.chmod(case.site, 0o640)
        case.good("prefix", SECOND)
        case.same(new, case.site.read_bytes())
        case.need(case.site.stat().st_mode & 0o7777 == 0o640, "the mode changed")
        if what:
            case.report()
            continue
        there = tree_of(case.out)
        case.need(b"2a0d:5600:beef:30::200" in there["dns/cloudflare.json"], "the tree lacks the new address")
        case.same(SECOND + "\n", case.good("prefix"))
        case.good("build")
        case.same(there, tree_of(case.out))
        if FIRST.encode() in old and "missing" not in name:
            case.good("prefix", FIRST)
            case.same(old, case.site.read_bytes())
        case.report()


def check_refusal(hlgen, temp, name, row):
    section, words, wanted, text = row
    case = Case(hlgen, temp, f"refused: {name}", "ipv6: { prefix: FIRST }\n")
    case.good("build")
    case.write(with_section(section))
    files, ages = tree_of(case.folder), ages_of(case.folder)
    out, err, status = case.run("prefix", *words)
    case.need(status == wanted and text in err, f"exit {status}, expected {wanted} and {text!r}:\n{out}{err}")
    case.need(files == tree_of(case.folder) and ages == ages_of(case.folder), "something was touched")
    case.same("ipv6:\n  prefix: 2a0d:5600:beef::/56\n" if "[cannot-insert]" in text else "", out)
    case.report()


def check_list(hlgen, temp):
    """What is printed: exactly the files that changed, and each machine once in the order of service."""
    case = Case(hlgen, temp, "lists the files to copy", "ipv6: { prefix: FIRST }\n")
    case.good("build")
    before, ages = tree_of(case.out), ages_of(case.out)
    said = case.good("prefix", SECOND)
    after = tree_of(case.out)
    case.need(said.startswith(f"site.yaml: prefix changed from {FIRST} to {SECOND}\n\n"), said)
    changed = {path for path in after if before.get(path) != after[path]} - {"manifest.json"}
    case.same(changed, set(re.findall(r"^changed +(\S+)", said, re.M)))
    case.same({path for path in changed if "/" in path}, set(re.findall(r"^  (\S+)$", said, re.M)))
    case.same(["router", "kubernetes", "dns"], re.findall(r"^(\w+):$", said, re.M))
    case.need(re.search(r"^dns:\n  dns/cloudflare.json\n  dns/example.org.zone\n    run: dns/cloudflare.sh", said, re.M), said)
    now = ages_of(case.out)
    case.same(changed | {"manifest.json"}, {path for path in after if ages[path] != now[path]})
    again, site = case.good("prefix", SECOND.upper()), ages_of(case.folder)["site.yaml"]
    case.same(f"site.yaml: prefix is {SECOND.upper()} already\n\nnothing changed: {len(after) - 1} files in out\n\nno machine needs a new file\n", again)
    case.same(now, ages_of(case.out))
    (case.out / "router/hlgen.rsc").unlink()
    said = case.good("prefix", SECOND)
    case.same(["router/hlgen.rsc"], re.findall(r"^  (\S+)$", said, re.M))
    case.same(site, ages_of(case.folder)["site.yaml"])
    case.same(after, tree_of(case.out))
    case.report()


def check_first(hlgen, temp):
    case = Case(hlgen, temp, "without a prefix, without a tree", "ipv6: {}\n")
    out, err, status = case.run("prefix")
    case.same(("", "hlgen: 'site.yaml' has no prefix yet; on the router '/ipv6/dhcp-client/print' shows it\n", 0), (out, err, status))
    (case.folder / "other.yaml").write_text("site: x\nvps: { address: 203.0.113.10 }\ntunnel: { network: 10.100.0.0/24 }\n")
    out, err, status = case.run("prefix", "-s", "other.yaml")
    case.need(status == 1 and "'other.yaml' has no 'ipv6' section [missing-key]" in err, err)
    said = case.good("prefix", SECOND)
    case.need(said.startswith(f"site.yaml: prefix set to {SECOND}\n\n") and "first build: follow out/APPLY.md" in said and "put into service" not in said, said)
    case.report()


def check_places(hlgen, temp):
    case = Case(hlgen, temp, "another site, tree and form; redacted; through a link", "ipv6: { prefix: FIRST }\n")
    (case.folder / "real").mkdir()
    case.site.rename(case.folder / "real/home.yaml")
    (case.folder / "link.yaml").symlink_to("real/home.yaml")
    case.good("prefix", SECOND, "-s", "link.yaml", "-o", "tree", "--redact")
    case.need((case.folder / "link.yaml").is_symlink(), "the link is gone")
    case.same(with_section(f"ipv6: {{ prefix: {SECOND} }}\n"), (case.folder / "real/home.yaml").read_text())
    case.need("<secret: " in (case.folder / "tree/vps/etc/wireguard/wg0.conf").read_text(), "it is not redacted")
    out, err, status = case.run("prefix", "fd00::/56", "-s", "real/home.yaml", "-o", "tree", "--redact", "--diagnostics=json")
    case.same((1, "", "prefix-not-global"), (status, out, json.loads(err)["code"]))
    out, err, status = case.run("prefix", FIRST, "-s", "real/home.yaml", "-o", "tree")
    case.need(status == 1 and "[output-mixed]" in err, err)
    case.same(SECOND + "\n", case.good("prefix", "-s", "real/home.yaml"))
    case.report()


def check_tree_in_the_way(hlgen, temp):
    """Whatever is found before the first rename leaves both as they were."""
    case = Case(hlgen, temp, "a tree that cannot be written", "ipv6: { prefix: FIRST }\n")
    case.good("build")
    with open(case.out / "router/hlgen.rsc", "a", encoding="utf-8") as file:
        file.write("# mine\n")
    files, ages = tree_of(case.folder), ages_of(case.folder)
    out, err, status = case.run("prefix", SECOND)
    case.need(status == 1 and out == "" and err.startswith("hlgen: 'site.yaml' and the tree were not changed, because of this:\n") and
              "[output-edited]" in err, f"exit {status}\n{out}{err}")
    case.need(files == tree_of(case.folder) and ages == ages_of(case.folder), "something was touched")
    (case.out / "dns/example.org.zone").unlink()
    (case.out / "dns/example.org.zone").mkdir()
    out, err, status = case.run("prefix", SECOND, "--force")
    case.need(status == 1 and "is in the way" in err, f"exit {status}\n{out}{err}")
    (case.out / "dns/example.org.zone").rmdir()
    case.same(with_section(f"ipv6: {{ prefix: {FIRST} }}\n"), case.site.read_text())
    case.good("prefix", SECOND, "--force")
    case.same(with_section(f"ipv6: {{ prefix: {SECOND} }}\n"), case.site.read_text())
    case.need("# mine" not in (case.out / "router/hlgen.rsc").read_text(), "the edit is still there")
    case.report()


def check_json(hlgen, temp):
    """The whole site as one JSON text."""
    case = Case(hlgen, temp, "a site in JSON", "")
    for before, after in (('{"prefix": "FIRST"}', '{"prefix": "SECOND"}'), ("{}", '{ "prefix": "SECOND" }'), ("null", '{ "prefix": "SECOND" }'),
                          ('{"pool": "pd", "dns": []}', '{"pool": "pd", "prefix": "SECOND", "dns": []}')):
        text = json.dumps(yaml.safe_load(with_section("ipv6: SECTION\n"))).replace('"SECTION"', "SECTION")
        case.write(text.replace("SECTION", before.replace("FIRST", FIRST)))
        case.good("prefix", SECOND)
        case.same(text.replace("SECTION", after.replace("SECOND", SECOND)), case.site.read_text())
    case.report()


def check_order(hlgen, temp):
    """Each folder that any golden tree has is named by the guide."""
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    case = Case(hlgen, temp, "every machine has its place in the order of service", "")
    line = re.search(r"^%% order (.*)$", (root / "templates/guide/apply.md.tmpl").read_text(encoding="utf-8"), re.M).group(1)
    folders = {path.name for path in root.glob("tests/golden/*/expected/*") if path.is_dir()}
    case.need(folders and folders <= set(line.split()), f"{folders} against {line}")
    case.report()


def main():
    hlgen, temp = sys.argv[1], pathlib.Path(sys.argv[2])
    for name, (before, after) in SHAPES.items():
        check_shape(hlgen, temp, name, before, after)
    for name, row in REFUSALS.items():
        check_refusal(hlgen, temp, name, row)
    for check in (check_list, check_first, check_places, check_tree_in_the_way, check_json, check_order):
        check(hlgen, temp)


if __name__ == "__main__":
    main()
