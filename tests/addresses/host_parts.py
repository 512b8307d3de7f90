"""Host parts of nodes: EUI-64 of MAC addresses, tokens, and how they are written (RFC 4291 appendix A, RFC 5952)."""
import ipaddress
import random
import sys

from planned import plan, report, site

# By hand: the second lowest bit of the first byte is turned over, ff:fe goes into the middle, zeros are written short.
EUI64 = {
    "bc:24:11:1c:e2:8c": "::be24:11ff:fe1c:e28c",
    "BE:24:11:1C:E2:8C": "::bc24:11ff:fe1c:e28c",    # the bit the other way round
    "00:00:00:00:00:00": "::200:ff:fe00:0",
    "02:00:00:00:00:00": "::ff:fe00:0",              # the longest run of zeros is joined by the host part's own
    "02:00:00:00:00:01": "::ff:fe00:1",
    "02:00:00:ff:ff:ff": "::ff:feff:ffff",
    "00:00:00:00:00:01": "::200:ff:fe00:1",
    "fe:ff:ff:ff:ff:ff": "::fcff:ffff:feff:ffff",
    "fc:00:00:00:00:01": "::fe00:ff:fe00:1",
    "00:50:56:00:00:01": "::250:56ff:fe00:1",
    "08:00:27:00:00:00": "::a00:27ff:fe00:0",
    "0a:00:00:0b:00:00": "::800:ff:fe0b:0",
    "52:54:00:12:34:56": "::5054:ff:fe12:3456",      # libvirt's; a zero byte in the middle of a group is not written
    "b8:27:eb:00:10:00": "::ba27:ebff:fe00:1000",
    "00:00:5e:00:01:0a": "::200:5eff:fe00:10a",
    "06:00:00:00:ff:ff": "::400:ff:fe00:ffff",
    "02:00:ff:00:00:01": "::ffff:254.0.0.1",         # looks like an IPv4 address inside IPv6, which is written so (RFC 5952, 5)
}
# A host part and a subnet id under 2001:db8::/48, and the address by hand.
WRITTEN = [
    ("::ff:fe00:1", "0", "2001:db8::ff:fe00:1"),
    ("::ff:fe00:1", "30", "2001:db8:0:30:0:ff:fe00:1"),      # one group of zeros stands as it is
    ("::1:0:0:2", "0", "2001:db8::1:0:0:2"),                 # of two runs of equal length the first
    ("::1:0:0:2", "7", "2001:db8:0:7:1::2"),
    ("::2", "0", "2001:db8::2"),
    ("::2", "f00d", "2001:db8:0:f00d::2"),
    ("::a:0:0:0", "1", "2001:db8:0:1:a::"),
    ("::1234:5678", "1", "2001:db8:0:1::1234:5678"),         # never the dots of an IPv4 address
    ("::ffff:1.2.3.4", "1", "2001:db8:0:1:0:ffff:102:304"),  # but not behind a prefix
]


def eui64(mac):
    """Python's own arithmetic, on one number."""
    number = int(mac.replace(":", ""), 16)
    address = ipaddress.IPv6Address((number >> 24 << 40 | 0xFFFE << 24 | number & 0xFFFFFF) ^ 1 << 57)
    return f"::ffff:{address.ipv4_mapped}" if address.ipv4_mapped else str(address)


def planned(macs):
    nodes = [f'  n{i}: {{ address: 10.{30 + i // 60000}.{i // 200 % 250}.{i % 200 + 20}, mac: "{mac}" }}' for i, mac in enumerate(macs)]
    found = plan(site(["servers: { vlan: 30, subnet: 10.30.0.0/16 }"], ["nodes:"] + nodes))
    return {node["name"]: node["suffix"] for node in found["cluster"]["nodes"]}


def compare(macs, expected):
    found = planned(macs)
    return [f"{mac}: {found[f'n{i}']}, expected {expected(mac)}" for i, mac in enumerate(macs) if found[f"n{i}"] != expected(mac)]


def written(suffix, number, expected):
    found = plan(site([f'servers: {{ vlan: 5, subnet: 10.30.0.0/24, subnet_id: "{number}" }}'],
                      [f'nodes: {{ n: {{ address: 10.30.0.20, address6: "{suffix}" }} }}'], 48, "2001:db8::/48"))["cluster"]["nodes"][0]
    return [] if found["address6"] == expected and found["suffix"] == found["token"] == suffix else \
        [f"{suffix} in {number}: {found}, expected {expected}"]


def main():
    count, chance = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    report("host parts: MAC addresses by hand", compare(list(EUI64), EUI64.__getitem__))
    macs = {":".join(f"{chance.choice((0, 255, chance.randrange(256))) & (254 if i == 0 else 255):02x}" for i in range(6)) for _ in range(count)}
    report(f"host parts: {count} MAC addresses", compare(sorted(macs), eui64))
    report("host parts: written by hand", [problem for row in WRITTEN for problem in written(*row)])


main()
