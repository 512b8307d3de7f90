"""IPv6 pools: their first and last addresses, without the ingress's, below the prefix and for the pod that watches it."""
import ipaddress
import random
import sys

from planned import ask, plan, report, site

PREFIX, NETWORK = "2001:db8:abcd::/56", ipaddress.ip_network("2001:db8:abcd:30::/64")
# pool6, the ingress's host part, and by hand: what is left. Nothing is an error.
TABLE = [
    ("::200/122", "::100", [("::200", "::23f")]),
    ("::200/122", "::200", [("::201", "::23f")]),
    ("::200/122", "::23f", [("::200", "::23e")]),
    ("::200/122", "::220", [("::200", "::21f"), ("::221", "::23f")]),
    ("::200/122", "::201", [("::200", "::200"), ("::202", "::23f")]),
    ("::200/122", "::240", [("::200", "::23f")]),
    ("::200/122", "::1ff", [("::200", "::23f")]),
    ("::300", "::200", [("::300", "::300")]),
    ("::200", "::200", []),
    ("::200/128", "::200", []),
    ("::200/127", "::201", [("::200", "::200")]),
    ("::1000-::1fff", "::200", [("::1000", "::1fff")]),
    ("::ffff-::1:1", "::1:0", [("::ffff", "::ffff"), ("::1:1", "::1:1")]),          # across a group's border
    ("::ffff:ffff:ffff:0/112", "::ffff:ffff:ffff:ffff", [("::ffff:ffff:ffff:0", "::ffff:ffff:ffff:fffe")]),
    ("::2:0:0:0/80", "::200", [("::2:0:0:0", "::2:ffff:ffff:ffff")]),
]


def whole(suffix):
    return str(NETWORK[int(ipaddress.IPv6Address(suffix))])


def check(pool, ingress, expected):
    text = site(["servers: { vlan: 30, subnet: 10.30.0.0/24 }"],
                [f'cilium: {{ version: 1.19.6, pool6: "{pool}" }}', f'ingress: {{ address: 10.30.0.200, address6: "{ingress}" }}',
                 "prefix_watch: true"], 56, PREFIX)
    if not expected:
        found, said = ask(text)
        return [] if found is None and "[pool-empty]" in said and said.count(": error: ") == 1 else [f"{pool} without {ingress}: {said}"]
    cluster = plan(text)["cluster"]
    ranges = [(one["start"], one["stop"]) for one in cluster["cilium"]["ranges6"]]
    watched = {one["name"]: [(part["start"], part["stop"]) for part in one["ranges"]] for one in cluster["watch"]["pools"]}
    want = [(whole(first), whole(last)) for first, last in expected]
    # There one address has no second one.
    alone = [(first, last if last != first else None) for first, last in expected]
    problems = []
    if ranges != want or not cluster["cilium"]["pool6"]:
        problems.append(f"{pool} without {ingress}: {ranges}, expected {want}")
    if watched.get("table-ingress6") != [(ingress, None)] or watched.get("table-pool6") != alone:
        problems.append(f"{pool} without {ingress}, watched: {watched}, expected {alone}")
    return problems


def draw(chance):
    """A row of the table, by Python's ipaddress: what is left is counted address by address."""
    if chance.random() < 0.5:
        length = chance.randint(118, 128)
        pool = ipaddress.ip_network((chance.getrandbits(64) >> 128 - length << 128 - length, length))
        text, first, last = str(pool), int(pool[0]), int(pool[-1])
    else:
        first = chance.getrandbits(chance.choice((16, 32, 64))) | 2
        last = min(first + chance.choice((0, 1, 2, chance.randrange(300))), (1 << 64) - 1)
        text = f"{ipaddress.IPv6Address(first)}-{ipaddress.IPv6Address(last)}"
    ingress = max(2, min(chance.choice((first, last, first - 1, last + 1, chance.randint(first, last))), (1 << 64) - 1))
    left, run = [], []
    for number in range(first, last + 2):
        if number <= last and number != ingress:
            run.append(number)
        elif run:
            left.append((str(ipaddress.IPv6Address(run[0])), str(ipaddress.IPv6Address(run[-1]))))
            run = []
    return text, str(ipaddress.IPv6Address(ingress)), left


def main():
    count, chance = int(sys.argv[1]) // 4, random.Random(int(sys.argv[2]))
    report("pools: by hand", [problem for row in TABLE for problem in check(*row)])
    rows = [draw(chance) for _ in range(count)]
    report(f"pools: {count} pools", [problem for row in rows for problem in check(*row)])


main()
