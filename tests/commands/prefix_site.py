"""A small site with all that depends on the delegated prefix, for the tests of `hlgen prefix`."""
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
