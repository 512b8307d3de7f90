#!/usr/bin/python3
"""A thousand clients: the rules load in a time that grows with their number, and an open connection does not feel them."""
import base64
import contextlib
import hashlib
import sys
import time

from connections import Connection, judged
from firewall import load
from lab import HUB4, TUNNEL4, Lab
from report import Trees, run_test

# Last in the order of names and so in the rules, where every first packet passes all others.
CLIENT, NUMBER = "zoe", 10
MEGABYTES = 24


def site(count):
    """`count` clients with ten permissions each."""
    reach = ", ".join(f'"10.20.0.{host}:{port}/tcp"' for host in (5, 6, 7, 8, 9) for port in (22, 443))
    others = "".join(f"  c{n}: {{ address: 10.100.{1 + n // 250}.{n % 250}, reach: [{reach}], public_key: \"{key(n)}\" }}\n"
                     for n in range(count - 1))
    return f"""site: test
vps: {{ address: {HUB4} }}
tunnel: {{ network: 10.100.0.0/16, preshared_keys: false }}
router: {{ version: "7.24", address: {TUNNEL4}2 }}
networks: {{ servers: {{ vlan: 20, subnet: 10.20.0.0/24 }} }}
clients:
{others}  {CLIENT}: {{ address: {TUNNEL4}{NUMBER}, reach: [{reach}], public_key: "{key(count)}" }}
"""


def key(number):
    """A public key of its own for each; nobody has to know the private one."""
    return base64.b64encode(hashlib.sha256(str(number).encode()).digest()).decode()


def transfer(lab):
    """Seconds that an open connection needs, the best of five."""
    connection, best = Connection(lab, CLIENT, "10.20.0.9", "tcp", 443, "lan"), None
    for _ in range(5):
        wanted, start = connection.got[1] + (MEGABYTES << 20), time.perf_counter()
        while connection.got[1] < wanted:
            connection.pump(0, min(1 << 16, wanted - connection.sent[0]) or 1)
            connection.collect(1)
        taken = time.perf_counter() - start
        best = min(best or taken, taken)
    connection.close()
    return best


def loading(lab, tree):
    start = time.perf_counter()
    load(lab, tree)
    return time.perf_counter() - start


def grows_evenly(lab, trees):
    """Ten times the clients may take twenty times as long, not a hundred times."""
    few, many = (min(loading(lab, tree) for _ in range(3)) for tree in (trees[100], trees[1000]))
    print(f"# hub/scale: 100 clients load in {few:.2f} s, 1,000 in {many:.2f} s")
    return [] if many < 20 * few else [f"100 clients load in {few:.2f} s, 1,000 in {many:.2f} s"]


def open_connection(lab, trees):
    load(lab, trees[10])
    few = transfer(lab)
    load(lab, trees[1000])
    many = transfer(lab)
    asked = judged(lab)
    print(f"# hub/scale: {MEGABYTES} MB with 10 clients in {few:.3f} s, with 1,000 in {many:.3f} s")
    troubles = [] if many < 2 * few else [f"{MEGABYTES} MB with 10 clients in {few:.3f} s, with 1,000 in {many:.3f} s"]
    return troubles if asked == 1 else [*troubles, f"{asked} packets of one connection were judged"]


def main():
    lab, builder = Lab({CLIENT: NUMBER}), Trees()
    trees = {count: builder.build(site(count)) for count in (10, 100, 1000)}
    run_test("hub/scale: loading grows with the number of rules", grows_evenly, lab, trees)
    run_test("hub/scale: an open connection is as fast as without other clients", open_connection, lab, trees)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
