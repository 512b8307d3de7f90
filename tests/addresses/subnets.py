"""The /64 of each network: subnet ids from VLAN ids and as they are given, in delegations of every length."""
import ipaddress
import random
import re
import sys

from planned import ask, plan, report, site

# VLAN id, subnet_id, length, prefix, and by hand: the router's address, or None where the id does not fit.
TABLE = [
    (30, None, 56, "2001:db8:abcd::/56", "2001:db8:abcd:30::1/64"),         # decimal digits, read as hexadecimal ones
    (99, None, 56, "2001:db8:abcd:ff00::/56", "2001:db8:abcd:ff99::1/64"),
    (100, None, 56, "2001:db8:abcd::/56", None),
    (100, None, 52, "2001:db8:abcd:f000::/52", "2001:db8:abcd:f100::1/64"),
    (4094, None, 48, "2001:db8:abcd::/48", "2001:db8:abcd:4094::1/64"),
    (4094, None, 49, "2001:db8:abcd:8000::/49", "2001:db8:abcd:c094::1/64"),
    (4094, None, 50, "2001:db8:abcd:4000::/50", None),
    (7, None, 61, "2001:db8:abcd:8::/61", "2001:db8:abcd:f::1/64"),
    (8, None, 61, "2001:db8:abcd:8::/61", None),
    (30, "ff", 56, "2001:db8:abcd::/56", "2001:db8:abcd:ff::1/64"),
    (30, "00FF", 56, "2001:db8:abcd::/56", "2001:db8:abcd:ff::1/64"),
    (30, "100", 56, "2001:db8:abcd::/56", None),
    (30, "0", 56, "2001:db8:abcd::/56", "2001:db8:abcd::1/64"),
    (30, "0", 64, "2001:db8:abcd:77::/64", "2001:db8:abcd:77::1/64"),
    (30, "1", 64, "2001:db8:abcd:77::/64", None),
    (30, "1", 63, "2001:db8:abcd:76::/63", "2001:db8:abcd:77::1/64"),
    (30, "ffff", 48, "2001:db8:abcd::/48", "2001:db8:abcd:ffff::1/64"),
    (30, "10000", 48, "2001:db8:abcd::/48", None),
    (30, "1e3", 48, "2001:db8:abcd::/48", "2001:db8:abcd:1e3::1/64"),       # no power of ten
]


def text(vlan, given, length, prefix):
    number = f', subnet_id: "{given}"' if given is not None else ""
    return site([f"servers: {{ vlan: {vlan}, subnet: 10.30.0.0/24{number} }}"], ['nodes: { n: { address: 10.30.0.20, address6: "::20" } }'],
                length, prefix)


def check(vlan, given, length, prefix, expected):
    found, said = ask(text(vlan, given, length, prefix))
    what = f"vlan {vlan}, subnet_id {given} in {prefix}"
    if expected is None:
        return [] if found is None and "[subnet-id-range]" in said and said.count(": error: ") == 1 else [f"{what}: it does not fit: {said}"]
    if found is None:
        return [f"{what}: {said}"]
    network, node, delegation = found["networks"][0], found["cluster"]["nodes"][0], found["delegation"]
    router = ipaddress.ip_interface(expected)
    number = int(given if given is not None else str(vlan), 16)
    got = (network["address6"], network["subnet_id"], network["suffix6"], node["address6"], delegation["longest"])
    want = (str(router), f"{number:x}", str(ipaddress.IPv6Address(number << 64 | 1)), str(router.network[0x20]), 64 - number.bit_length())
    return [] if got == want else [f"{what}: {got}, expected {want}"]


def draw(chance):
    """A row of the table, by Python's arithmetic."""
    length = chance.randint(48, 64)
    network = ipaddress.ip_network((0x2001_0DB8 << 96 | chance.getrandbits(96) >> 128 - length << 128 - length, length))
    vlan, given = chance.choice((chance.randint(1, 99), chance.randint(2, 4094))), None
    if chance.random() < 0.6:
        given = f"{chance.getrandbits(chance.randint(1, 64 - length + 1)):x}"
    number = int(given if given is not None else str(vlan), 16)
    fits = number < 1 << 64 - length
    return vlan, given, length, str(network), f"{network.network_address + (number << 64 | 1)}/64" if fits else None


def main():
    count, chance = int(sys.argv[1]) // 4, random.Random(int(sys.argv[2]))
    report("subnets: by hand", [problem for row in TABLE for problem in check(*row)])
    rows = [draw(chance) for _ in range(count)]
    report(f"subnets: {count} delegations", [problem for row in rows for problem in check(*row)])
    # Before the prefix is known the same site has no whole address at all, and every suffix stays.
    before = plan(text(30, None, 56, None))
    whole = re.findall(r"2001:db8", str(before["networks"]) + str(before["cluster"]))
    kept = (before["networks"][0]["suffix6"], before["cluster"]["nodes"][0]["suffix"], before["cluster"]["nodes"][0]["address6"])
    report("subnets: without a prefix", [] if not whole and kept == ("::30:0:0:0:1", "::20", None) else [str(before)])


main()
