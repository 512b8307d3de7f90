#!/usr/bin/python3
"""Compares a WireGuard file with what a device holds after loading it: wg_compare.py FILE DUMP (the output of `wg show X dump`)."""
import ipaddress
import re
import sys

ZERO_KEY = "A" * 43 + "="
KEYS = {
    "interface": {"privatekey", "listenport", "fwmark", "address", "dns", "mtu", "table"},
    "peer": {"publickey", "presharedkey", "allowedips", "endpoint", "persistentkeepalive"},
}


def read(path):
    """Sections in order, each a name and a dict of lists, by WireGuard's own rules ("#" begins a comment anywhere)."""
    sections = []
    for line in open(path, encoding="utf-8"):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        if line.startswith("["):
            sections.append((line.strip("[]").lower(), {}))
            continue
        key, _, value = line.partition("=")
        key = key.strip().lower()
        if key not in KEYS[sections[-1][0]]:
            sys.exit(f"{path}: unexpected key {key}")
        sections[-1][1].setdefault(key, []).extend(re.split(r"\s*,\s*", value.strip()))
    return sections


def one(section, key, default):
    values = section.get(key, [default])
    if len(values) != 1:
        sys.exit(f"{key} is there {len(values)} times")
    return values[0]


def networks(values):
    return sorted(str(ipaddress.ip_network(value)) for value in values or [])


def main():
    sections = read(sys.argv[1])
    rows = [line.rstrip("\n").split("\t") for line in open(sys.argv[2], encoding="ascii")]
    (name, interface), peers = sections[0], sections[1:]
    errors = []

    def check(what, wanted, got):
        if wanted != got:
            errors.append(f"{what}: the file says {wanted}, the device {got}")

    check("first section", "interface", name)
    if one(interface, "privatekey", "") != rows[0][0]:
        errors.append("the device has another private key")
    if "listenport" in interface:
        check("listen port", one(interface, "listenport", ""), rows[0][2])
    check("number of peers", len(peers), len(rows) - 1)
    held = {row[0]: row for row in rows[1:]}
    for _, peer in peers:
        key = one(peer, "publickey", "")
        if key not in held:
            errors.append(f"peer {key} is missing")
            continue
        row = held[key]
        preshared = one(peer, "presharedkey", ZERO_KEY)
        if (None if preshared == ZERO_KEY else preshared) != (None if row[1] in ("(none)", ZERO_KEY) else row[1]):
            errors.append(f"peer {key} has another preshared key")
        check(f"endpoint of {key}", one(peer, "endpoint", "(none)"), row[2])
        allowed = [] if row[3] == "(none)" else row[3].split(",")
        check(f"allowed IPs of {key}", networks(peer.get("allowedips")), networks([ipaddress.ip_network(a) for a in allowed]))
        check(f"keepalive of {key}", one(peer, "persistentkeepalive", "off").replace("off", "0"), row[7].replace("off", "0"))
    for error in errors:
        print(error)
    sys.exit(bool(errors))


if __name__ == "__main__":
    main()
