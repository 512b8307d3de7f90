#!/usr/bin/python3
"""Which records a site gets, in which zone, and that the zone file and cloudflare.json say the same: the zone file as BIND reads it."""
import os
import pathlib
import re
import subprocess

import trees
from trees import INGRESS, INGRESS6, VPS, VPS6, build, records, run_test, site

# SOA and NS are the zone's own: the file brings records only.
WRAPPER = """$TTL 3600
@ IN SOA ns.invalid. hostmaster.invalid. 1 3600 900 604800 300
@ IN NS ns.invalid.
$INCLUDE {file} {zone}.
"""


def as_bind_reads(file, zone):
    """{(name, type, address, ttl)} of a zone file, and what named-checkzone has to say against it."""
    wrapper = file.with_suffix(".wrapped")
    wrapper.write_text(WRAPPER.format(file=file, zone=zone), encoding="utf-8")
    result = subprocess.run(["named-checkzone", "-i", "local", "-k", "fail", "-m", "fail", "-D", "-o", "-", zone, wrapper], check=False,
                            capture_output=True, text=True)
    wrapper.unlink()
    troubles = [] if result.returncode == 0 else [f"named-checkzone: {line}" for line in result.stderr.splitlines()]
    troubles += [f"named-checkzone: {line}" for line in result.stderr.splitlines() if "ignor" in line or "warning" in line]
    found = set()
    for line in result.stdout.splitlines():
        match = re.fullmatch(r"(\S+)\.\s+(\d+)\s+IN\s+(A|AAAA)\s+(\S+)", line)
        if match:
            found.add((match[1], match[3], match[4], int(match[2])))
        elif not re.search(r"\sIN\s+(SOA|NS)\s", line):
            troubles.append(f"unexpected line: {line}")
    return found, troubles


def compare_forms(tree):
    """The zone files of a tree against its cloudflare.json."""
    troubles = []
    wanted = trees.wanted(tree) or {"owner": "", "zones": []}
    files = {path.name for path in (tree / "dns").glob("*.zone")}
    if files != {f"{zone['name']}.zone" for zone in wanted["zones"]}:
        troubles.append(f"zone files {files} for the zones {[zone['name'] for zone in wanted['zones']]}")
    for zone in wanted["zones"]:
        file = tree / "dns" / f"{zone['name']}.zone"
        found, more = as_bind_reads(file, zone["name"])
        troubles += more
        asked = {(r["name"], r["type"], r["content"], r["ttl"]) for r in zone["records"]}
        if found != asked or len(asked) != len(zone["records"]):
            troubles.append(f"{file.name} has {sorted(found - asked)} more and {sorted(asked - found)} less than cloudflare.json")
        # The remark is what makes an import proxied or not, and hlgen's.
        remarks = {}
        for line in file.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(";"):
                match = re.fullmatch(r"(\S+)\. \d+ IN (A|AAAA) \S+ ; (\S+) cf_tags=cf-proxied:(true|false)", line)
                if not match or match[3] != wanted["owner"]:
                    troubles.append(f"odd line: {line}")
                else:
                    remarks[match[1], match[2]] = match[4] == "true"
        if remarks != {(r["name"], r["type"]): r["proxied"] for r in zone["records"]}:
            troubles.append(f"{file.name}: cf-proxied differs from cloudflare.json")
    return troubles


def expect(text, expected):
    """A site's records, without order, and both of their forms."""
    tree = build(text)
    found = records(tree)
    troubles = [f"too much: {record}" for record in sorted(set(found) - set(expected))]
    troubles += [f"missing: {record}" for record in sorted(set(expected) - set(found))]
    if len(found) != len(set(found)):
        troubles.append("a record stands there twice")
    return troubles + compare_forms(tree)


def in_zone(zone, *rows):
    """Rows of (name, type, content, proxied, ttl) as records."""
    return [(zone, name, kind, content, more[1] if len(more) > 1 else 1 if more and more[0] else 300, bool(more and more[0]))
            for name, kind, content, *more in rows]


def test_ways():
    """Every way, alone and with others."""
    services = {"relayed": {"via": "relay"}, "both": {"via": ["relay", "ipv6"]}, "direct": {"via": "ipv6"}, "proxied": {"via": "cloudflare"},
                "inside": {"via": "private"}, "dual": {"via": ["private", "ipv6"]}}
    return expect(site(services), in_zone(
        "example.org", ("relayed.example.org", "A", VPS), ("relayed.example.org", "AAAA", VPS6), ("both.example.org", "A", VPS),
        ("both.example.org", "AAAA", INGRESS6), ("direct.example.org", "AAAA", INGRESS6), ("proxied.example.org", "AAAA", INGRESS6, True),
        ("inside.example.org", "A", INGRESS), ("dual.example.org", "A", INGRESS), ("dual.example.org", "AAAA", INGRESS6)))


def test_no_vps6():
    """A VPS without IPv6: no AAAA of it."""
    return expect(site({"relayed": {"via": "relay"}}, vps6=False), in_zone("example.org", ("relayed.example.org", "A", VPS)))


def test_no_prefix():
    """Until the prefix is known, what needs it is left out and named."""
    services = {"relayed": {"via": "relay"}, "both": {"via": ["relay", "ipv6"]}, "direct": {"via": "ipv6"}, "proxied": {"via": "cloudflare"}}
    text = site(services, prefix=None)
    troubles = expect(text, in_zone("example.org", ("relayed.example.org", "A", VPS), ("relayed.example.org", "AAAA", VPS6),
                                    ("both.example.org", "A", VPS)))
    tree = build(text)
    for file in ("APPLY.md", "dns/example.org.zone"):
        content = (tree / file).read_text(encoding="utf-8")
        troubles += [f"{file} does not name {name}" for name in ("both", "direct", "proxied") if f"{name}.example.org" not in content]
    return troubles


def test_external_dns():
    """With external-dns in the cluster its records are left to it, and named."""
    services = {"relayed": {"via": "relay"}, "both": {"via": ["relay", "ipv6"]}, "direct": {"via": "ipv6"}, "proxied": {"via": "cloudflare"}}
    text = site(services, external_dns=True)
    troubles = expect(text, in_zone("example.org", ("relayed.example.org", "A", VPS), ("relayed.example.org", "AAAA", VPS6),
                                    ("both.example.org", "A", VPS)))
    content = (build(text) / "dns/example.org.zone").read_text(encoding="utf-8")
    return troubles + [f"the zone file does not name {name}" for name in ("both", "direct", "proxied") if f"{name}.example.org" not in content]


def test_names():
    """Apex, wildcards, other letters, capitals, other zones."""
    services = {"apex": {"host": "example.org", "via": "relay"}, "wild": {"host": "*.apps.example.org", "via": "cloudflare"},
                "all": {"host": "*.example.org", "via": "relay"}, "blog": {"host": "WWW.Example.net", "via": "relay"},
                "top": {"host": "example.net", "via": "relay"}, "idn": {"host": "xn--bcher-kva.example.org", "via": "relay"},
                "star": {"host": "*.example.com", "via": "relay"}}
    return expect(site(services, vps6=False), in_zone(
        "example.org", ("example.org", "A", VPS), ("*.apps.example.org", "AAAA", INGRESS6, True), ("*.example.org", "A", VPS),
        ("xn--bcher-kva.example.org", "A", VPS)) + in_zone("example.net", ("www.example.net", "A", VPS), ("example.net", "A", VPS)) +
                  in_zone("example.com", ("*.example.com", "A", VPS)))


def test_zones():
    """The longest listed zone holds a name, also one below the site's domain; a listed zone stays without names; the TTL is one for all."""
    services = {"photos": {"via": "relay"}, "deep": {"host": "a.sub.example.org", "via": "relay"},
                "shop": {"host": "shop.example.co.uk", "via": "relay"}, "uk": {"host": "example.co.uk", "via": "relay"},
                "near": {"host": "www.notexample.org", "via": "relay"}}
    identifier = "0123456789abcdef0123456789abcdef"
    text = site(services, {"ttl": 900, "zones": {"sub.example.org": {}, "example.co.uk": {"id": identifier}, "empty.example": {}}}, vps6=False)
    troubles = expect(text, in_zone("example.org", ("photos.example.org", "A", VPS, False, 900)) +
                      in_zone("sub.example.org", ("a.sub.example.org", "A", VPS, False, 900)) +
                      in_zone("example.co.uk", ("shop.example.co.uk", "A", VPS, False, 900), ("example.co.uk", "A", VPS, False, 900)) +
                      in_zone("notexample.org", ("www.notexample.org", "A", VPS, False, 900)))
    zones = {zone["name"]: zone.get("id") for zone in trees.wanted(build(text))["zones"]}
    asked = {"example.org": None, "sub.example.org": None, "example.co.uk": identifier, "empty.example": None, "notexample.org": None}
    return troubles + ([] if zones == asked else [f"zones and ids are {zones}"])


def test_domain_in_zone():
    """A site below a zone: the zone is listed, the domain is no zone of its own."""
    text = site({"photos": {"via": "relay"}}, {"zones": {"example.org": {}}}, vps6=False).replace("domain: example.org", "domain: Home.example.org")
    return expect(text, in_zone("example.org", ("photos.home.example.org", "A", VPS)))


def test_bare():
    """Neither a domain nor a section dns."""
    text = site({"photos": {"host": "photos.example.net", "via": "relay"}, "web": {"host": "web.example.net", "via": "cloudflare"}}, vps6=False)
    return expect(text.replace("domain: example.org\n", "").replace("dns: {}\n", ""), in_zone(
        "example.net", ("photos.example.net", "A", VPS), ("web.example.net", "AAAA", INGRESS6, True)))


def test_no_names():
    """Without public names there is no dns/."""
    tree = build(site({}))
    return [f"there is {path}" for path in tree.glob("dns/*")]


def test_cost():
    """A changed record is a command to run."""
    tree = build(site({"photos": {"via": "relay"}}))
    file = trees.FOLDER / "cost.yaml"
    file.write_text(site({"photos": {"via": "private"}}), encoding="utf-8")
    result = subprocess.run([trees.HLGEN, "build", "--keys", trees.FOLDER / "keys", "-o", tree, file], check=True, capture_output=True, text=True)
    return [] if re.search(r"run: +.*dns/cloudflare\.sh", result.stdout) else result.stdout.splitlines()


def test_tree(file):
    """A whole site of the project: both forms agree."""
    return compare_forms(build(file.read_text(encoding="utf-8")))


def main():
    for name, function in sorted(globals().items()):
        if name.startswith("test_") and name != "test_tree":
            run_test(f"dns/records: {name[5:]}", function)
    root = pathlib.Path(os.environ["ROOT"])
    for file in sorted([*root.glob("examples/*.yaml"), *root.glob("tests/golden/*/site.yaml")]):
        run_test(f"dns/zone: {file.relative_to(root)}", test_tree, file)


if __name__ == "__main__":
    main()
