"""The menus as data. A menu that is not here works as a plain table (or singleton) of texts when the release's schema has it."""
from dataclasses import dataclass, field

import kinds as k

POLICIES = ("ftp", "reboot", "read", "write", "policy", "test", "password", "sniff", "sensitive", "romon")
STATES = ("invalid", "established", "related", "new", "untracked")
ACTIONS = ("accept", "add-dst-to-address-list", "add-src-to-address-list", "drop", "fasttrack-connection", "jump", "log", "passthrough",
           "reject", "return")
FLAGS = ("fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr", "!fin", "!syn", "!rst", "!psh", "!ack", "!urg", "!ece", "!cwr")
REJECT4 = ("icmp-network-unreachable", "icmp-host-unreachable", "icmp-protocol-unreachable", "icmp-port-unreachable",
           "icmp-net-prohibited", "icmp-host-prohibited", "icmp-admin-prohibited", "tcp-reset")
REJECT6 = ("icmp-no-route", "icmp-admin-prohibited", "icmp-not-neighbour", "icmp-address-unreachable", "icmp-port-unreachable",
           "tcp-reset", "icmp-err-src-routing-header", "icmp-headers-too-long")

# What a property is, whatever its menu.
KINDS = {
    "disabled": k.flag, "log": k.flag, "passthrough": k.flag, "advertise": k.flag, "eui-64": k.flag, "no-dad": k.flag,
    "auto-link-local": k.flag, "use-peer-dns": k.flag, "rapid-commit": k.flag, "use-interface-duid": k.flag,
    "accept-prefix-without-address": k.flag, "vlan-filtering": k.flag, "ingress-filtering": k.flag, "responder": k.flag,
    "dont-require-permissions": k.flag, "hw": k.flag, "on-link": k.flag, "autonomous": k.flag, "blackhole": k.flag,
    "managed-address-configuration": k.flag, "other-configuration": k.flag, "advertise-mac-address": k.flag,
    "chain": k.text, "action": k.choice(*ACTIONS), "protocol": k.protocol, "jump-target": k.text,
    "src-port": k.ports, "dst-port": k.ports, "port": k.ports, "to-ports": k.ports,
    "connection-state": k.choices(STATES, True), "connection-nat-state": k.choices(("srcnat", "dstnat"), True),
    "tcp-flags": k.choices(FLAGS), "ipsec-policy": k.choice("in,ipsec", "in,none", "out,ipsec", "out,none"),
    "in-interface": k.matched_interface, "out-interface": k.matched_interface,
    "in-interface-list": k.interface_list, "out-interface-list": k.interface_list,
    "interval": k.duration(), "timeout": k.duration(), "address-list-timeout": k.duration(0, 2**32, "none-dynamic", "none-static"),
    "distance": k.number(1, 255), "policy": k.choices(POLICIES), "interface": k.interface, "list": k.interface_list,
    "prefix-length": k.number(0, 128),
}


@dataclass
class Menu:
    """A menu. unique: (properties, message) pairs. reads: what can be read only (rules in dynamics.py or set by the router).
    unset: properties that `!name` may take away although they have a default. hidden: not part of a dump."""
    kind: str = "table"            # table, ordered or single
    required: tuple = ()
    unique: tuple = ()
    defaults: dict = field(default_factory=dict)
    kinds: dict = field(default_factory=dict)
    reads: tuple = ()
    interface: str = ""            # the type of the interfaces in it
    prefix: str = ""               # made-up names: vlan1, vlan2 …
    hidden: bool = False
    plain: bool = False            # known from the schema only

    def kind_of(self, name):
        return self.kinds.get(name) or (k.text if self.plain else KINDS.get(name, k.text))


NAME = (("name",), "already have such name")
INTERFACE = {"mtu": k.number(0, 65536, "auto")}
MATCH4 = {"src-address": k.match4, "dst-address": k.match4}
MATCH6 = {"src-address": k.match6, "dst-address": k.match6}
RULE = {"disabled": "no", "log": "no", "action": "accept"}
RULE_READS = ("bytes", "packets")
MANGLE = k.choice(*ACTIONS[:4], "jump", "log", "passthrough", "return", "change-dscp", "change-mss", "change-ttl", "change-hop-limit",
                  "mark-connection", "mark-packet", "mark-routing", "set-priority", "strip-ipv4-options", "clear-df", "sniff-pc", "route")
NAT = k.choice("accept", "add-dst-to-address-list", "add-src-to-address-list", "dst-nat", "src-nat", "masquerade", "redirect", "jump",
               "log", "netmap", "passthrough", "return", "same", "endpoint-independent-nat", "socksify")
RAW = k.choice("accept", "add-dst-to-address-list", "add-src-to-address-list", "drop", "jump", "log", "notrack", "passthrough", "return")

MENUS = {
    "/system/identity": Menu("single", defaults={"name": "MikroTik"}),
    "/system/resource": Menu("single", hidden=True, reads=("version", "board-name", "architecture-name", "uptime", "platform", "cpu",
                                                          "free-memory", "total-memory")),
    "/system/device-mode": Menu("single", hidden=True, reads=("mode", "scheduler", "fetch", "container", "email", "hotspot")),
    "/interface/ethernet": Menu(interface="ether", required=("name",), unique=(NAME,), kinds=INTERFACE, defaults={"mtu": "1500"},
                                reads=("running", "slave", "default-name", "orig-mac-address")),
    "/interface/bridge": Menu(interface="bridge", prefix="bridge", unique=(NAME,),
                              kinds={**INTERFACE, "pvid": k.number(1, 4094), "protocol-mode": k.choice("none", "rstp", "stp", "mstp"),
                                     "frame-types": k.choice("admit-all", "admit-only-untagged-and-priority-tagged",
                                                             "admit-only-vlan-tagged"), "auto-mac": k.flag, "fast-forward": k.flag},
                              defaults={"mtu": "auto", "vlan-filtering": "no", "pvid": "1", "protocol-mode": "rstp", "frame-types":
                                        "admit-all", "ingress-filtering": "yes"},
                              reads=("running", "mac-address", "actual-mtu")),
    "/interface/vlan": Menu(interface="vlan", prefix="vlan", required=("interface",),
                            unique=(NAME, (("interface", "vlan-id"), "already have such vlan")),
                            kinds={**INTERFACE, "vlan-id": k.number(1, 4095), "use-service-tag": k.flag},
                            defaults={"vlan-id": "1", "mtu": "1500"}, reads=("running", "mac-address")),
    "/interface/wireguard": Menu(interface="wg", prefix="wireguard", unique=(NAME,), kinds={**INTERFACE, "private-key": k.key,
                                                                                           "listen-port": k.number(0, 65535)},
                                 defaults={"mtu": "1420", "listen-port": "13231"}, reads=("running", "public-key")),
    "/interface/list": Menu(required=("name",), unique=(NAME,), kinds={"include": k.interface_lists, "exclude": k.interface_lists}),
    "/interface/list/member": Menu(required=("interface", "list"), unique=((("list", "interface"), "already have such entry"),)),
    "/interface/bridge/port": Menu("ordered", required=("interface", "bridge"),
                                   unique=((("interface",), "device already added as bridge port"),),
                                   kinds={"bridge": k.bridge, "pvid": k.number(1, 4094), "frame-types": k.choice(
                                       "admit-all", "admit-only-untagged-and-priority-tagged", "admit-only-vlan-tagged")},
                                   defaults={"pvid": "1", "frame-types": "admit-all", "ingress-filtering": "yes", "hw": "yes"}),
    "/interface/bridge/vlan": Menu(required=("bridge", "vlan-ids"), kinds={"bridge": k.bridge, "vlan-ids": k.vlan_ids, "tagged":
                                                                           k.interfaces, "untagged": k.interfaces},
                                   reads=("current-tagged", "current-untagged")),
    "/interface/wireguard/peers": Menu("ordered", prefix="peer", required=("interface", "public-key", "allowed-address"),
                                       unique=((("interface", "public-key"), "already have such peer"),),
                                       kinds={"interface": k.wireguard, "public-key": k.key, "preshared-key": k.key, "private-key":
                                              k.key, "allowed-address": k.networks, "endpoint-address": k.host, "endpoint-port":
                                              k.number(0, 65535), "persistent-keepalive": k.duration(0, 65535)},
                                       defaults={"endpoint-port": "0"},
                                       reads=("last-handshake", "rx", "tx", "current-endpoint-address", "current-endpoint-port")),
    "/ip/pool": Menu(required=("name", "ranges"), unique=(NAME,)),
    "/ip/address": Menu(required=("address", "interface"), kinds={"address": k.interface4}, reads=("network", "actual-interface")),
    "/ip/dns": Menu("single", kinds={"servers": k.addresses, "allow-remote-requests": k.flag, "cache-size": k.number()},
                    defaults={"allow-remote-requests": "no", "cache-size": "2048"}, reads=("dynamic-servers",)),
    "/ip/dns/static": Menu("ordered", kinds={"address": k.host, "ttl": k.duration()}, defaults={"ttl": "1d"}),
    "/ip/dhcp-client": Menu(required=("interface",), unique=((("interface",), "dhcp-client on that interface already exists"),),
                            kinds={"add-default-route": k.choice("yes", "no", "special-classless"), "use-peer-ntp": k.flag},
                            defaults={"add-default-route": "yes", "use-peer-dns": "yes", "use-peer-ntp": "yes"}, reads=("status",)),
    "/ip/dhcp-server": Menu(prefix="dhcp", required=("interface",), unique=(NAME,), kinds={"lease-time": k.duration()},
                            defaults={"lease-time": "30m"}),
    "/ip/dhcp-server/network": Menu(required=("address",), kinds={"address": k.prefix4, "gateway": k.addresses, "dns-server":
                                                                  k.addresses}),
    "/ip/route": Menu(kinds={"dst-address": k.prefix4, "gateway": k.gateway, "pref-src": k.host},
                      defaults={"dst-address": "0.0.0.0/0", "distance": "1", "routing-table": "main"},
                      reads=("active", "static", "connect", "inactive", "immediate-gw")),
    "/ip/firewall/address-list": Menu(required=("list",), kinds={"list": k.text, "address": k.listed4, "dynamic": k.flag},
                                      unique=((("list", "address"), "already have such entry"),), reads=("creation-time",)),
    "/ip/firewall/filter": Menu("ordered", ("chain",), defaults=RULE, kinds={**MATCH4, "reject-with": k.choice(*REJECT4)},
                                reads=RULE_READS),
    "/ip/firewall/nat": Menu("ordered", ("chain",), defaults=RULE, kinds={**MATCH4, "action": NAT, "to-addresses": k.match4},
                             reads=RULE_READS),
    "/ip/firewall/mangle": Menu("ordered", ("chain",), defaults={**RULE, "passthrough": "yes"}, kinds={**MATCH4, "action": MANGLE},
                                reads=RULE_READS),
    "/ip/firewall/raw": Menu("ordered", ("chain",), defaults=RULE, kinds={**MATCH4, "action": RAW}, reads=RULE_READS),
    "/ipv6/settings": Menu("single", kinds={"disable-ipv6": k.flag, "forward": k.flag, "accept-router-advertisements":
                                            k.choice("no", "yes", "yes-if-forwarding-disabled"), "accept-redirects":
                                            k.choice("no", "yes-if-forwarding-disabled")},
                           defaults={"disable-ipv6": "no", "forward": "yes", "accept-router-advertisements":
                                     "yes-if-forwarding-disabled", "accept-redirects": "yes-if-forwarding-disabled"}),
    "/ipv6/pool": Menu(required=("name", "prefix-length"), unique=(NAME,), kinds={"prefix": k.prefix6},
                       reads=("actual-prefix", "expires-after", "valid-lifetime", "preferred-lifetime")),
    "/ipv6/dhcp-client": Menu(required=("interface", "request"),
                              kinds={"request": k.choices(("info", "address", "prefix")), "prefix-hint": k.prefix6,
                                     "pool-prefix-length": k.number(32, 128), "add-default-route": k.flag,
                                     "default-route-distance": k.number(1, 255), "prefix-address-lists": k.words},
                              defaults={"add-default-route": "no", "use-peer-dns": "yes", "rapid-commit": "yes",
                                        "use-interface-duid": "no", "prefix-hint": "::/0"},
                              reads=("status", "prefix", "address", "dhcp-server-v6")),
    "/ipv6/address": Menu(required=("interface",), kinds={"address": k.interface6, "from-pool-policy":
                                                          k.choice("recommended", "strict", "without-acquire")},
                          defaults={"address": "::/64", "advertise": "yes", "eui-64": "no", "no-dad": "no"},
                          reads=("actual-interface", "global", "link-local", "deprecated")),
    "/ipv6/nd": Menu(required=("interface",), kinds={"interface": k.nd_interface, "mtu": k.number(0, 65535, "unspecified"),
                                                    "dns": k.words, "advertise-dns": k.flag_or_self, "ra-lifetime": k.duration(0, 9000, "none")},
                     unique=((("interface",), "already have such interface"),),
                     defaults={"ra-interval": "3m20s-10m", "advertise-dns": "yes", "managed-address-configuration": "no",
                               "other-configuration": "no", "ra-lifetime": "30m", "mtu": "unspecified"}, reads=("default",)),
    "/ipv6/nd/prefix": Menu(required=("interface", "prefix"), kinds={"prefix": k.prefix6, "valid-lifetime":
                                                                     k.duration(0, 2**32, "infinity"), "preferred-lifetime":
                                                                     k.duration(0, 2**32, "infinity")},
                            defaults={"autonomous": "yes", "on-link": "yes"}),
    "/ipv6/route": Menu(kinds={"dst-address": k.prefix6, "gateway": k.gateway, "pref-src": k.host},
                        defaults={"dst-address": "::/0", "distance": "1", "routing-table": "main"},
                        reads=("active", "static", "connect", "inactive", "immediate-gw")),
    "/ipv6/firewall/address-list": Menu(required=("list",), kinds={"list": k.text, "address": k.listed6, "dynamic": k.flag},
                                        unique=((("list", "address"), "already have such entry"),), reads=("creation-time",)),
    "/ipv6/firewall/filter": Menu("ordered", ("chain",), defaults=RULE, kinds={**MATCH6, "reject-with": k.choice(*REJECT6)},
                                  reads=RULE_READS),
    "/ipv6/firewall/mangle": Menu("ordered", ("chain",), defaults={**RULE, "passthrough": "yes"}, kinds={**MATCH6, "action": MANGLE},
                                  reads=RULE_READS),
    "/system/script": Menu(required=("name",), unique=(NAME,), reads=("owner", "last-started", "run-count", "invalid"),
                           defaults={"policy": "ftp,reboot,read,write,policy,test,password,sniff,sensitive,romon",
                                     "dont-require-permissions": "no"}),
    "/system/scheduler": Menu(required=("name",), unique=(NAME,), reads=("owner", "next-run", "run-count"),
                              defaults={"policy": "ftp,reboot,read,write,policy,test,password,sniff,sensitive,romon",
                                        "interval": "0s"}),
    "/tool/netwatch": Menu(required=("host",), kinds={"host": k.host, "port": k.number(0, 65535)},
                           defaults={"interval": "10s", "type": "simple"}, reads=("status", "since", "done-tests", "failed-tests")),
    "/file": Menu(hidden=True, required=("name",), unique=(NAME,), reads=("size", "creation-time", "last-modified")),
    "/log": Menu(hidden=True, reads=("message", "topics", "time", "buffer")),
}
COMMON_READS = (".id", ".nextid", "invalid")
# The menus that know rows of the router's own making. /ipv6/nd is none of them (its manual lists X, I and *).
DYNAMIC = ("/interface", "/interface/list", "/interface/list/member", "/interface/bridge/port", "/interface/bridge/vlan", "/ip/address",
           "/ip/route", "/ipv6/address", "/ipv6/route", "/ipv6/dhcp-client", "/ipv6/pool", "/ipv6/nd/prefix", "/ip/firewall/address-list",
           "/ipv6/firewall/address-list", "/ip/dns/static")
INTERFACE_READS = ("name", "type", "running", "disabled", "comment", "mtu", "actual-mtu", "mac-address", "default-name", "slave", "l2mtu")
FIREWALLS = tuple(path for path in MENUS if path.endswith(("/filter", "/nat", "/mangle", "/raw")))
INTERFACES = tuple(path for path, menu in MENUS.items() if menu.interface)
# The kinds whose values are names of interfaces (or lists): they follow when one is renamed.
REFER_TO_INTERFACE = (k.interface, k.interfaces, k.matched_interface, k.bridge, k.wireguard, k.nd_interface, k.gateway)
REFER_TO_LIST = (k.interface_list, k.interface_lists)
# Not one per menu: taken away by removing an interface or told by it.
HAS_NO_DISABLED = ("/interface/list", "/ipv6/pool", "/system/script", "/file", "/log", "/ip/pool", "/ip/dhcp-server/network")
