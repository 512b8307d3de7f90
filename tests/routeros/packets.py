"""A packet filter: what a router's /ip and /ipv6 firewall filter would decide about one packet.

    view = View(router)                                  # the tables as they are now
    view.decide(Packet(4, "forward", "wg-vps", "bridge", "10.100.0.1", "192.168.88.10", "tcp", 443))   # True: it passes

Only the matchers that states and scripts use are known; another one is an error, so that nothing is believed that was not evaluated."""
import collections
import functools
import ipaddress

Packet = collections.namedtuple("Packet", "family chain into out src dst protocol port state", defaults=("", 0, "new"))

PASS = ("accept",)
STOP = ("drop", "reject", "tarpit")
GO_ON = ("log", "passthrough", "add-src-to-address-list", "add-dst-to-address-list", "fasttrack-connection")
IGNORED = {"chain", "action", "jump-target", "comment", "disabled", "dynamic", "invalid", "builtin", "bytes", "packets", ".id", "log",
           "log-prefix", "reject-with", "hw-offload", "address-list", "address-list-timeout", "passthrough", "connection-nat-state",
           "ipsec-policy"}
DEPTH = 20
GOES_ON = object()


class UnknownMatcher(Exception):
    pass


def network(text):
    return ipaddress.ip_network(text, strict=False)


@functools.lru_cache(None)
def within(text, address):
    """Is the address (a text) in this prefix, range or host?"""
    first, dash, last = text.partition("-")
    address = ipaddress.ip_address(address)
    if dash:
        return ipaddress.ip_address(first) <= address <= ipaddress.ip_address(last)
    net = network(text)
    return net.version == address.version and address in net


@functools.lru_cache(None)
def in_ports(text, port):
    for part in text.split(","):
        first, _, last = part.partition("-")
        if int(first) <= port <= int(last or first):
            return True
    return False


def negated(text, test):
    """The test of a matcher's text, turned round after a "!"."""
    if not text.startswith("!"):
        return lambda packet: test(text, packet)
    return lambda packet: not test(text[1:], packet)


class View:
    """Firewall, interface lists and addresses of a router at one moment."""
    def __init__(self, router):
        self.router = router
        self.chains, self.lists = {}, {}
        for family, menu in ((4, "ip"), (6, "ipv6")):
            for row in router.rows(f"/{menu}/firewall/filter"):
                if row.get("disabled") != "true" and row.get("invalid") != "true":
                    self.chains.setdefault((family, row["chain"]), []).append(self.compile(row))
            for row in router.rows(f"/{menu}/firewall/address-list"):
                if row.get("disabled") != "true":
                    self.lists.setdefault((family, row["list"]), []).append(row["address"])
        self.members = {}
        for row in router.rows("/interface/list/member"):
            if row.get("disabled") != "true":
                self.members.setdefault(row["list"], set()).add(row["interface"])
        self.nested = {row["name"]: row for row in router.rows("/interface/list")}

    def in_list(self, name, interface):
        if name in ("all", "none"):
            return name == "all"
        row = self.nested.get(name, {})
        if interface in self.members.get(name, ()):
            return True
        if any(self.in_list(other, interface) for other in row.get("exclude", "").split(",") if other):
            return False
        return any(self.in_list(other, interface) for other in row.get("include", "").split(",") if other)

    def compile(self, row):
        """(action, target, tests) of a rule."""
        tests = []
        for name, text in row.items():
            if name in IGNORED and name not in ("connection-nat-state", "ipsec-policy") or not text:
                continue
            make = MATCHERS.get(name)
            if make is None:
                raise UnknownMatcher(f"{name}={text}")
            tests.append(make(self, text))
        if row["action"] not in PASS + STOP + GO_ON + ("jump", "return"):
            raise UnknownMatcher(f"action={row['action']}")
        return row["action"], row.get("jump-target"), tests

    def decide(self, packet):
        """True: accepted, also when no rule decides."""
        return self.walk((packet.family, packet.chain), packet, 0) is not False

    def walk(self, chain, packet, depth):
        if depth > DEPTH:
            raise UnknownMatcher(f"endless jumps in {chain}")
        for action, target, tests in self.chains.get(chain, ()):
            for test in tests:
                if not test(packet):
                    break
            else:
                verdict = self.act(action, target, packet, depth)
                if verdict is not GOES_ON:
                    return verdict
        return None

    def act(self, action, target, packet, depth):
        """What a rule that matches decides: True, False, None (leave this chain), or GOES_ON."""
        if action in PASS:
            return True
        if action in STOP:
            return False
        if action == "return":
            return None
        if action == "jump":
            verdict = self.walk((packet.family, target), packet, depth + 1)
            return GOES_ON if verdict is None else verdict
        return GOES_ON

    # ---- what surrounds the filter ----

    def out_of(self, address):
        """The interface whose own network holds this address, or None."""
        address, best = ipaddress.ip_address(address), (-1, None)
        for row in self.router.rows("/ip/address" if address.version == 4 else "/ipv6/address"):
            if row.get("disabled") == "true" or row.get("invalid") == "true":
                continue
            net = network(row["address"])
            if address in net and net.prefixlen > best[0]:
                best = (net.prefixlen, row["interface"])
        return best[1]

    def owns(self, address):
        """Is this an address of the router itself?"""
        address = ipaddress.ip_address(address)
        menu = "/ip/address" if address.version == 4 else "/ipv6/address"
        return any(ipaddress.ip_address(row["address"].split("/")[0]) == address for row in self.router.rows(menu)
                   if row.get("disabled") != "true")

    def leaves_tunnel(self, interface, address):
        """Does WireGuard hand packets from this source over? Only with a peer that may send them."""
        if not any(row["name"] == interface and row.get("disabled") != "true" for row in self.router.rows("/interface/wireguard")):
            return False
        return any(within(text, address) for row in self.router.rows("/interface/wireguard/peers", interface=interface)
                   if row.get("disabled") != "true" for text in row["allowed-address"].split(",") if text)


def interface_test(attribute):
    return lambda view, text: negated(text, lambda name, packet: getattr(packet, attribute) == name)


def list_test(attribute):
    return lambda view, text: negated(text, lambda name, packet: view.in_list(name, getattr(packet, attribute)))


def address_test(attribute):
    return lambda view, text: negated(text, lambda prefix, packet: within(prefix, getattr(packet, attribute)))


def address_list_test(attribute):
    return lambda view, text: negated(text, lambda name, packet: any(
        within(prefix, getattr(packet, attribute)) for prefix in view.lists.get((packet.family, name), ())))


def state_test(view, text):
    return negated(text, lambda states, packet: packet.state in states.split(","))


def protocol_test(view, text):
    return negated(text, lambda name, packet: packet.protocol == name)


def port_test(view, text):
    return negated(text, lambda ports, packet: in_ports(ports, packet.port))


def nat_test(view, text):
    """The packets here were translated by nothing."""
    return lambda packet: text.startswith("!")


def ipsec_test(view, text):
    return lambda packet: text.endswith("none")


def hop_limit_test(view, text):
    """Ours have an ordinary one: neither 1 nor 255."""
    kind, _, number = text.partition(":")
    return lambda packet: {"equal": 64 == int(number), "not-equal": 64 != int(number), "less-than": 64 < int(number),
                           "greater-than": 64 > int(number)}[kind]


MATCHERS = {"in-interface": interface_test("into"), "out-interface": interface_test("out"), "in-interface-list": list_test("into"),
            "out-interface-list": list_test("out"), "src-address": address_test("src"), "dst-address": address_test("dst"),
            "src-address-list": address_list_test("src"), "dst-address-list": address_list_test("dst"), "protocol": protocol_test,
            "dst-port": port_test, "connection-state": state_test, "connection-nat-state": nat_test, "ipsec-policy": ipsec_test,
            "hop-limit": hop_limit_test}
