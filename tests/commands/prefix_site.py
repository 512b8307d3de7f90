"""A small site with all that depends on the delegated prefix, and looks at folders, for the tests of `hlgen prefix`."""
import os

FIRST, SECOND = "2a0d:5600:abcd::/56", "2a0d:5600:beef::/56"

SITE = """\
site: home   # a comment
domain: example.org
vps: { address: 203.0.113.10 }
tunnel: { network: 10.100.0.0/24 }
router: { version: "7.23.1", address: 10.100.0.2 }
networks:
  lan: { vlan: 20, subnet: 10.20.0.0/24 }
  servers: { vlan: 30, subnet: 10.30.0.0/24 }
kubernetes:
  network: servers
  ip_families: [ipv4, ipv6]
  nodes:
    one: { address: 10.30.0.11, mac: "bc:24:11:1c:e2:8c" }
  cilium: { version: 1.19.6, pool: 10.30.0.201-10.30.0.250, pool6: "::1000-::1fff" }
  ingress: { address: 10.30.0.200, address6: "::200" }
SECTION\
services: { photos: { via: ipv6 } }
"""


def with_section(section):
    return SITE.replace("SECTION", section).replace("FIRST", FIRST).replace("SECOND", SECOND)


def files_of(folder):
    for path, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(path, name), folder)


def tree_of(folder):
    """All bytes below a folder, by path."""
    found = {}
    for name in files_of(folder):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = file.read()
    return found


def ages_of(folder):
    """Which file it is, and when it was written."""
    stats = {name: os.stat(os.path.join(folder, name)) for name in files_of(folder)}
    return {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in stats.items()}
