"""What a Linux machine needs to treat packets as the RouterOS stand-in does in its present state: translate(router, wan) -> Linux. Nothing is run.

What cannot be said in Linux's words is an error (Untranslated), never left out. The table of what becomes what: TRANSLATION.md."""
import ipaddress
from dataclasses import dataclass, field

from translate_announce import announcements
from translate_firewall import ruleset
from translate_terms import Untranslated, enabled, linux_name, list_members, seconds

__all__ = ["Linux", "Link", "Untranslated", "Wan", "linux_name", "translate"]
# Routes of ours have this protocol number in the kernel: whoever loads them finds them again.
ROUTE_PROTOCOL = 77
# What a static route may say without being lost here.
ROUTE_WORDS = {".id", "dst-address", "gateway", "distance", "routing-table", "comment", "disabled", "dynamic", "invalid", "active", "static", "inactive",
               "connect", "immediate-gw", "blackhole", "pref-src", "check-gateway", "scope", "target-scope", "suppress-hw-offload"}
# A connected IPv6 route has metric 256 in Linux; the router prefers it to every static one.
METRIC6 = 256
# WireGuard's word for no preshared key: 32 zeros.
NO_KEY = "A" * 43 + "="
NETWATCH_WORDS = {".id", "host", "interval", "timeout", "startup-delay", "type", "comment", "disabled", "dynamic", "invalid", "status", "since",
                  "done-tests", "failed-tests", "name"}


@dataclass(frozen=True)
class Wan:
    """What the provider hands out at the router's interface `name`, which the stand-in's tables do not hold."""
    name: str
    address: str = "100.64.0.2/24"
    gateway: str = "100.64.0.1"
    gateway6: str = "fe80::1"


@dataclass(frozen=True)
class Link:
    """An interface that can hold addresses. `up`: it runs; `reach`: frames get from it to a device that is meant to be in it, else `why` not."""
    name: str
    linux: str
    kind: str
    up: bool
    reach: bool
    why: str
    mtu: int


@dataclass(frozen=True)
class Delegation:
    """A DHCPv6 client that asks for a prefix. `serial` changes when the router starts it again."""
    linux: str
    address: bool
    hint: int
    serial: int


@dataclass(frozen=True)
class Ping:
    host: str
    interval: int
    timeout: int
    startup: int


@dataclass
class Linux:
    links: list = field(default_factory=list)
    addresses: dict = field(default_factory=dict)      # Linux name: addresses with their lengths
    routes: list = field(default_factory=list)         # words of `ip route`, without the protocol
    wireguard: dict = field(default_factory=dict)      # Linux name: text for wg setconf
    sysctls: list = field(default_factory=list)        # of the whole machine; "net/ipv4/ip_forward=1"
    link_sysctls: dict = field(default_factory=dict)   # Linux name: settings
    solicit: set = field(default_factory=set)          # Linux names that take router advertisements
    nft: str = ""
    radvd: str = ""                                    # empty: no daemon
    delegation: Delegation | None = None
    pings: list = field(default_factory=list)

    def link(self, linux):
        return next((link for link in self.links if link.linux == linux), None)


def numbers(text):
    """The VLAN ids of "10,20-22"."""
    found = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return found


class Bridges:
    """Which frames a bridge hands from its own side to a port. The port is any one: where a device is plugged in, the tables do not say."""
    def __init__(self, router):
        off = {row["name"] for menu in ("/interface/ethernet", "/interface/bridge") for row in router.rows(menu) if row.get("disabled") == "true"}
        self.rows = {row["name"]: row for row in router.rows("/interface/bridge")}
        self.ports = {row["interface"]: row for row in router.rows("/interface/bridge/port") if enabled(row) and row["interface"] not in off}
        self.vlans = [row for row in router.rows("/interface/bridge/vlan") if enabled(row)]

    def members(self, bridge, number, how):
        """Who is a tagged (untagged) member of a VLAN."""
        return {name for row in self.vlans if row["bridge"] == bridge and number in numbers(row["vlan-ids"])
                for name in row.get(how, "").split(",") if name}

    def trouble(self, bridge, number=None):
        """Why frames of this VLAN (None: untagged, on the bridge itself) reach no port, or nothing."""
        row = self.rows[bridge]
        ports = {name: port for name, port in self.ports.items() if port["bridge"] == bridge}
        if not ports:
            return f"{bridge} has no port"
        if row.get("vlan-filtering") != "true":
            return ""
        tagged = {name for name in self.members(bridge, number or int(row["pvid"]), "tagged")
                  if name == bridge or name in ports and ports[name]["frame-types"] != "admit-only-untagged-and-priority-tagged"}
        untagged = {name for name in self.members(bridge, number or int(row["pvid"]), "untagged")
                    if name == bridge or name in ports and ports[name]["frame-types"] != "admit-only-vlan-tagged"}
        if bridge not in (untagged if number is None else tagged):
            return f"{bridge} itself is no {'untagged' if number is None else 'tagged'} member of VLAN {number or row['pvid']}"
        if not (tagged | untagged) & set(ports):
            return f"no port of {bridge} is a member of VLAN {number or row['pvid']}"
        return ""


def links(router):
    """All interfaces that can hold addresses. A port of a bridge is none."""
    bridges, found = Bridges(router), []
    up = {row["name"]: enabled(row) for menu in ("/interface/ethernet", "/interface/bridge", "/interface/vlan") for row in router.rows(menu)}

    def add(row, kind, runs, why, mtu=1500):
        found.append(Link(row["name"], linux_name(row["name"]), kind, runs, runs and not why, why if runs else "disabled",
                          int(row["mtu"]) if row.get("mtu", "auto").isdigit() else mtu))
    for row in router.rows("/interface/ethernet"):
        if row["name"] not in bridges.ports:
            add(row, "ethernet", enabled(row), "")
    for row in router.rows("/interface/bridge"):
        add(row, "bridge", enabled(row), bridges.trouble(row["name"]))
    for row in router.rows("/interface/vlan"):
        parent = row["interface"]
        if row.get("use-service-tag") == "true":
            raise Untranslated(f"/interface/vlan {row['name']}: use-service-tag")
        why = bridges.trouble(parent, int(row["vlan-id"])) if parent in bridges.rows else \
            f"{parent} is a port of a bridge" if parent in bridges.ports else ""
        add(row, "vlan", enabled(row) and up.get(parent, False), why)
    for row in router.rows("/interface/wireguard"):
        add(row, "wireguard", enabled(row), "", 1420)
    names = {}
    for link in found:
        if names.setdefault(link.linux, link.name) != link.name:
            raise Untranslated(f"{link.name} and {names[link.linux]} would both be {link.linux} in Linux")
    return found


def wireguard(router, name):
    """Text for wg setconf. There are no routes in it: RouterOS makes none from allowed-address."""
    row = router.row("/interface/wireguard", name=name)
    lines = ["[Interface]", f"PrivateKey = {row['private-key']}", f"ListenPort = {row['listen-port']}"]
    for peer in router.rows("/interface/wireguard/peers", interface=name):
        if not enabled(peer):
            continue
        if peer.get("responder") == "true" or peer.get("is-responder") == "true":
            raise Untranslated(f"/interface/wireguard/peers {peer.get('name')}: responder")
        lines += ["", "[Peer]", f"PublicKey = {peer['public-key']}"]
        # Said also when there is none: syncconf keeps what the text does not mention.
        lines.append(f"PresharedKey = {peer.get('preshared-key') or NO_KEY}")
        host = peer.get("endpoint-address", "")
        if host and peer.get("endpoint-port", "0") != "0":
            lines.append(f"Endpoint = {f'[{host}]' if ':' in host else host}:{peer['endpoint-port']}")
        lines.append(f"AllowedIPs = {', '.join(peer['allowed-address'].split(','))}")
        lines.append(f"PersistentKeepalive = {seconds(peer.get('persistent-keepalive') or '0s')}")
    return "\n".join(lines) + "\n"


def addresses(router, runs, wan):
    """{Linux name: addresses}, the lease of the provider among them."""
    found = {}
    for menu in ("/ip/address",) if no_ipv6(router) else ("/ip/address", "/ipv6/address"):
        for row in router.rows(menu):
            if not enabled(row) or row["interface"] not in runs:
                continue
            if row.get("eui-64") == "true" and not row.get("from-pool"):
                raise Untranslated(f"{menu} {row['address']}: eui-64 without a pool")
            found.setdefault(linux_name(row["interface"]), []).append(row["address"])
    if leased(router, runs, wan):
        found.setdefault(linux_name(wan.name), []).append(wan.address)
    return found


def no_ipv6(router):
    return router.rows("/ipv6/settings")[0].get("disable-ipv6") == "true"


def leased(router, runs, wan):
    """The row of the DHCP client that gets the provider's lease, or None."""
    if wan is None or wan.name not in runs:
        return None
    return next((row for row in router.rows("/ip/dhcp-client", interface=wan.name) if enabled(row)), None)


def static_route(row, where, family, runs, held):
    """Words of a route, or None when it is not active: its gateway is nowhere to be found."""
    for name, value in row.items():
        if name not in ROUTE_WORDS and value not in ("", "false"):
            raise Untranslated(f"{where} {row['dst-address']}: {name}={value}")
    if row.get("routing-table", "main") != "main":
        raise Untranslated(f"{where} {row['dst-address']}: routing-table={row['routing-table']}")
    metric = int(row["distance"]) + (METRIC6 if family == 6 else 0)
    if row.get("blackhole") == "true":
        return f"blackhole {row['dst-address']} metric {metric}"
    gateway, _, device = row["gateway"].partition("%")
    source = f" src {row['pref-src']}" if row.get("pref-src") else ""
    if gateway in runs:
        return f"{row['dst-address']} dev {linux_name(gateway)}{source} metric {metric}"
    try:
        address = ipaddress.ip_address(gateway)
    except ValueError:
        return None     # an interface that is gone or does not run
    if device:
        return f"{row['dst-address']} via {gateway} dev {linux_name(device)}{source} metric {metric}" if device in runs else None
    for linux, texts in held.items():
        for text in texts:
            own = ipaddress.ip_interface(text)
            if own.version == address.version and address in own.network and address != own.ip:
                return f"{row['dst-address']} via {gateway} dev {linux}{source} metric {metric}"
    return None


def routes(router, runs, held, wan):
    """Static routes that are active, and the provider's default routes. Connected ones come by themselves."""
    found = []
    for family, menu in ((4, "/ip/route"), (6, "/ipv6/route"))[:1 if no_ipv6(router) else 2]:
        for row in router.rows(menu):
            if enabled(row) and row.get("dynamic") != "true":
                found.append(static_route(row, menu, family, runs, held))
    lease = leased(router, runs, wan)
    if lease and lease["add-default-route"] != "no":
        found.append(f"0.0.0.0/0 via {wan.gateway} dev {linux_name(wan.name)} metric {lease.get('default-route-distance') or 1}")
    for row in router.rows("/ipv6/dhcp-client"):
        if enabled(row) and row.get("prefix") and row.get("add-default-route") == "true" and wan and row["interface"] == wan.name and wan.name in runs:
            found.append(f"::/0 via {wan.gateway6} dev {linux_name(wan.name)} metric {METRIC6 + int(row.get('default-route-distance') or 1)}")
    return sorted({route for route in found if route})


def takes_advertisements(router, members):
    """A test of interface names: does the router listen to advertisements there?"""
    settings = router.rows("/ipv6/settings")[0]
    if no_ipv6(router):
        return lambda name: False
    how = settings.get("accept-router-advertisements", "yes-if-forwarding-disabled")
    on = how == "yes" or how == "yes-if-forwarding-disabled" and settings.get("forward") == "false"
    where = settings.get("accept-router-advertisements-on") or "all"
    return lambda name: on and (where == "all" or name in members(where))


def delegation(router, runs):
    found = [row for row in router.rows("/ipv6/dhcp-client") if enabled(row) and row["interface"] in runs]
    if len(found) > 1 or found and "prefix" not in found[0]["request"].split(","):
        raise Untranslated("/ipv6/dhcp-client: several, or one that asks for no prefix")
    for row in found:
        serial = router.tables["/ipv6/dhcp-client"][row[".id"]]["_serial"]
        return Delegation(linux_name(row["interface"]), "address" in row["request"].split(","), int(row["prefix-hint"].rpartition("/")[2]), serial)
    return None


def pings(router):
    found = []
    for row in router.rows("/tool/netwatch"):
        if not enabled(row):
            continue
        for name, value in row.items():
            if name not in NETWATCH_WORDS and value:
                raise Untranslated(f"/tool/netwatch {row['host']}: {name}={value}")
        if row.get("type", "simple") not in ("simple", "icmp"):
            raise Untranslated(f"/tool/netwatch {row['host']}: type={row['type']}")
        found.append(Ping(row["host"], seconds(row["interval"]), seconds(row.get("timeout") or "1s"), seconds(row.get("startup-delay") or "5m")))
    return found


def translate(router, wan=None, hurry=1, former=()):
    """A complete description. `wan`: what the provider gives (None: nothing); `hurry`: router advertisements come so many times more often;
    `former`: (Linux name, prefix) pairs that were announced before and are taken back."""
    result = Linux(links=links(router))
    runs = {link.name for link in result.links if link.up}
    members = list_members(router)
    result.addresses = addresses(router, runs, wan)
    result.routes = routes(router, runs, result.addresses, wan)
    result.wireguard = {link.linux: wireguard(router, link.name) for link in result.links if link.kind == "wireguard" and link.up}
    settings, accepts = router.rows("/ipv6/settings")[0], takes_advertisements(router, members)
    result.sysctls = ["net/ipv4/ip_forward=1", f"net/ipv6/conf/all/forwarding={int(settings.get('forward') != 'false')}",
                      f"net/ipv6/conf/all/disable_ipv6={int(no_ipv6(router))}", "net/ipv4/conf/all/rp_filter=0"]
    for link in result.links:
        takes = link.kind != "wireguard" and link.up and accepts(link.name)
        result.link_sysctls[link.linux] = [f"net/ipv6/conf/{link.linux}/accept_ra={2 if takes else 0}", f"net/ipv4/conf/{link.linux}/rp_filter=0"]
        if takes:
            result.solicit.add(link.linux)
    result.nft = ruleset(router, members)
    result.radvd = announcements(router, result, hurry, former) if not no_ipv6(router) else ""
    result.delegation = delegation(router, runs)
    result.pings = pings(router)
    return result
