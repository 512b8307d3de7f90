#!/usr/bin/python3
"""Tests the readers of client files themselves: a good file that all take, and bad ones with the apps that must refuse each.

Prints one line per test as tests/lib.sh describes; exit 1 when one failed."""
import sys

from client_readers import READERS, Refused

KEY = "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="
OTHER = "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="
GOOD = f"""# a phone
[Interface]
PrivateKey = {KEY}
Address = 10.100.0.10/32, fd00::a/128   # two
DNS = 1.1.1.1, home.example.org
MTU = 1280

[Peer]
PublicKey = {OTHER}
PresharedKey = {KEY}
Endpoint = [2001:db8::1]:51820
AllowedIPs = 0.0.0.0/0, ::/0
PersistentKeepalive = 25
"""
ALL = set(READERS)

# What is done to the good file: a text and what stands in its place, the name of the file, and who must refuse it.
BAD = {
    "a hook": ("MTU = 1280", "PostUp = true", "phone", {"android", "apple"}),
    "Table": ("MTU = 1280", "Table = off", "phone", {"android", "apple"}),
    "FwMark": ("MTU = 1280", "FwMark = 1", "phone", {"android", "apple", "windows"}),
    "SaveConfig": ("MTU = 1280", "SaveConfig = true", "phone", {"android", "apple", "windows"}),
    "a made-up key": ("MTU = 1280", "Mtuu = 1280", "phone", ALL),
    "a key of the other section": ("MTU = 1280", "Endpoint = 10.0.0.1:1", "phone", ALL),
    "an empty DNS": ("1.1.1.1, home.example.org", "", "phone", ALL - {"apple"}),
    "an empty MTU": ("1280", "", "phone", ALL),
    "no equals sign": ("MTU = 1280", "MTU 1280", "phone", ALL),
    "MTU twice": ("MTU = 1280", "MTU = 1280\nMTU = 1280", "phone", {"apple"}),
    "the endpoint twice": ("AllowedIPs", "Endpoint = 10.0.0.1:1\nAllowedIPs", "phone", {"apple"}),
    "DNS twice": ("MTU", "DNS = 9.9.9.9\nMTU", "phone", set()),
    "a comma at the end": ("0.0.0.0/0, ::/0", "0.0.0.0/0,", "phone", ALL - {"apple"}),
    "a tiny MTU": ("1280", "500", "phone", {"windows"}),
    "an MTU in words": ("1280", "auto", "phone", ALL),
    "a search domain with '_'": ("home.example.org", "my_home", "phone", {"android"}),
    "an endpoint with '_'": ("[2001:db8::1]", "my_vps.example", "phone", ALL),
    "an IPv6 endpoint without brackets": ("[2001:db8::1]", "2001:db8::1", "phone", ALL),
    "an endpoint without a port": ("]:51820", "]", "phone", ALL),
    "port 65536": ("51820", "65536", "phone", ALL),
    "keepalive off": ("Keepalive = 25", "Keepalive = off", "phone", {"apple"}),
    "a keepalive with a unit": ("Keepalive = 25", "Keepalive = 25s", "phone", ALL),
    "a length of 33": ("10/32", "10/33", "phone", ALL),
    "a mask in dots": ("10/32", "10/255.255.255.255", "phone", ALL),
    "an address with a leading zero": ("10.100.0.10", "10.100.0.010", "phone", ALL),
    "a key that is cut": (OTHER, OTHER[:-3] + "=", "phone", ALL),
    "a key with stray bits": (OTHER, OTHER[:-2] + "h=", "phone", ALL),
    "no private key": ("PrivateKey", "# PrivateKey", "phone", ALL),
    "a peer without key": ("PublicKey", "# PublicKey", "phone", ALL),
    "no interface": ("[Interface]", "[Peer]", "phone", ALL),
    "a section of another kind": ("[Peer]", "[Server]", "phone", ALL),
    "the same peer twice": ("[Peer]", f"[Peer]\nPublicKey = {OTHER}\n[Peer]", "phone", {"apple"}),
    "applications in and out": ("MTU", "IncludedApplications = a.b\nExcludedApplications = a.c\nMTU", "phone", ALL),
    "applications": ("MTU", "IncludedApplications = a.b\nMTU", "phone", ALL - {"android"}),
    "a name of 16 letters": ("", "", "x" * 16, {"android", "wg-quick"}),
    "a name of 33 letters": ("", "", "x" * 33, ALL - {"apple"}),
    "a name with a blank": ("", "", "my phone", ALL - {"apple"}),
    "a device's name": ("", "", "nul", {"windows"}),
    "a device's name with more behind a dot": ("", "", "com1.home", {"windows"}),
    "a dot at the end": ("", "", "phone.", {"windows"}),
    "no name": ("", "", "", ALL),
}


def refusers(name, text):
    refused = {}
    for app, reader in READERS.items():
        try:
            reader(name, text)
        except Refused as why:
            refused[app] = str(why)
    return refused


def main():
    failed = False
    tests = {"a good file": ("", "", "phone", set()), **BAD}
    for what, (old, new, name, wanted) in tests.items():
        refused = refusers(name, GOOD.replace(old, new, 1) if old else GOOD)
        missing = bool(old) and old not in GOOD
        if set(refused) == wanted and not missing:
            print(f"ok consumers/client readers: {what}")
            continue
        failed = True
        print(f"FAIL consumers/client readers: {what}")
        print(f"    refused by {sorted(refused)}, expected {sorted(wanted)}" if not missing else f"    '{old}' is not in the good file")
        print("".join(f"    {app}: {why}\n" for app, why in refused.items()), end="")
    sys.exit(failed)


if __name__ == "__main__":
    main()
