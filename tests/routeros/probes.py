"""Packets to try, and what a plan says about each. A tunnel's packet is allowed when a flow of the plan names it, and only then."""
import collections
import ipaddress

from packets import Packet, View, in_ports, within

# From the tunnel: who wants what from whom.
Probe = collections.namedtuple("Probe", "family src dst protocol port")
VISITOR = "2001:470:1f0b:22::7"
STRANGERS = {4: "10.100.0.77", 6: "fd5e:7a1c:90d2::77"}
SERVICES = (("tcp", 22), ("tcp", 443), ("tcp", 9999), ("udp", 53))


def families(plan):
    return [family for family in plan["router"]["families"] if family["tunnel"]]


def bare(prefix):
    return str(ipaddress.ip_interface(prefix).ip)


def own_addresses(plan, number):
    """The router's own addresses, as far as the plan knows them."""
    own = {bare(family["address"]) for family in families(plan) if family["ipv6"] == (number == 6)}
    return own | {network["gateway"] for network in plan["networks"]} if number == 4 else own


def matches(flow, probe):
    return within(flow["from"], probe.src) and within(flow["to"], probe.dst) and \
        (not flow["protocol"] or flow["protocol"] == probe.protocol) and (not flow["ports"] or in_ports(flow["ports"], probe.port))


def allowed(plan, probe):
    """May this come out of the tunnel?"""
    for family in families(plan):
        if family["ipv6"] == (probe.family == 6):
            inside = probe.dst in own_addresses(plan, probe.family)
            flows = list(family["input" if inside else "forward"] or ())
            if inside:
                flows.append({"from": family["hub"], "to": family["network"], "protocol": family["icmp"], "ports": None})
            return any(matches(flow, probe) for flow in flows)
    return False


def some_host(prefix):
    """An address in a prefix that is neither the network nor the router."""
    net = ipaddress.ip_network(prefix, strict=False)
    return str(net.network_address if net.prefixlen >= net.max_prefixlen - 1 else net.network_address + 77)


def tunnel_probes(*plans):
    """Every source against every destination of the plans, with the ports that a flow names, their neighbours and some others."""
    found = {}
    for plan in plans:
        for family in families(plan):
            number = 6 if family["ipv6"] else 4
            flows = list(family["forward"] or ()) + list(family["input"] or ())
            sources = {bare(family["hub"]), STRANGERS[number]} | {bare(flow["from"]) for flow in flows}
            sources |= {bare(address) for client in plan["clients"] for address in client["addresses"]
                        if (":" in address) == (number == 6)}
            targets = own_addresses(plan, number) | {some_host(flow["to"]) for flow in flows}
            if number == 4:
                targets |= {some_host(network["subnet"]) for network in plan["networks"]} | {"1.1.1.1"}
            else:
                targets |= {VISITOR}
            wanted = {(flow["protocol"], int(flow["ports"].split("-")[0])) for flow in flows if flow["ports"]}
            services = set(SERVICES) | wanted | {(protocol, port + 1) for protocol, port in wanted} | {(family["icmp"], 0)}
            for src in sources:
                for dst in targets - {src}:
                    for protocol, port in services:
                        found[Probe(number, src, dst, protocol, port)] = None
    return sorted(found)


def tunnel_name(router, plan):
    """The tunnel's interface at this moment: hlgen's, or the one that it is going to take over. None: there is none yet."""
    rows = router.rows("/interface/wireguard")
    names = [row["name"] for row in rows if row.get("comment", "").startswith(f"hlgen:{plan['site']}:")]
    if plan["router"]["take_over"]:
        names += [row["name"] for row in rows if row.get("comment") == "wg-vps-tunnel"]
    return names[0] if names else None


class Moment:
    """A router at one moment, seen from outside."""
    def __init__(self, router, *plans):
        self.view, self.plans = View(router), plans
        self.tunnel = tunnel_name(router, plans[0])
        self.sources, self.places = {}, {}

    def place(self, address):
        """Where a packet to this address leaves: "" is the router itself."""
        if address not in self.places:
            number = 6 if ":" in address else 4
            if self.view.owns(address) or any(address in own_addresses(plan, number) for plan in self.plans):
                self.places[address] = ""
            else:
                self.places[address] = self.view.out_of(address) or self.planned(address) or self.plans[0]["router"]["wan"]
        return self.places[address]

    def planned(self, address):
        for plan in self.plans:
            for network in plan["networks"]:
                if within(network["subnet"], address):
                    return network["interface"]
        return None

    def tunnel_passes(self, probe, state="new"):
        if self.tunnel is None:
            return False
        if probe.src not in self.sources:
            self.sources[probe.src] = self.view.leaves_tunnel(self.tunnel, probe.src)
        if not self.sources[probe.src]:
            return False
        out = self.place(probe.dst)
        return self.view.decide(Packet(probe.family, "forward" if out else "input", self.tunnel, out, probe.src, probe.dst,
                                       probe.protocol, probe.port, state))

    def passing(self, probes):
        return {probe for probe in probes if self.tunnel_passes(probe)}


def house_packets(router, plan, wanted):
    """(what, packet, whether it must pass) of the house's IPv6. `wanted` is a compare.Wanted of the same router."""
    pd, own = plan.get("delegation"), plan["router"]
    if not pd:
        return []
    wan, base = own["wan"], wanted.base() or (pd["prefix"] and ipaddress.ip_network(pd["prefix"]))
    networks = [network for network in plan["networks"] if network["ipv6"]]
    if not base:
        base = ipaddress.ip_network("2a0d:5600:9999::/56")
    result = []

    def address(network, host):
        return str(base.network_address + (int(network["subnet_id"], 16) << 64) + host)

    def add(what, passes, chain, into, out, src, dst, protocol, port=0, state="new"):
        result.append((what, Packet(6, chain, into, out, src, dst, protocol, port, state), passes))
    for network in networks:
        place, host = wanted.interface_of(network), address(network, 0x55)
        add("a visitor to a host", False, "forward", wan, place, VISITOR, host, "tcp", 443)
        add("an answer", True, "forward", wan, place, VISITOR, host, "tcp", 40000, "established")
        add("something invalid", False, "forward", wan, place, VISITOR, host, "tcp", 443, "invalid")
        add("an ICMPv6 error", True, "forward", wan, place, VISITOR, host, "icmpv6")
        add("out of the house", True, "forward", place, wan, host, VISITOR, "tcp", 443)
        add("out of the house by UDP", True, "forward", place, wan, host, VISITOR, "udp", 53)
        add("neighbour discovery", True, "input", place, "", "fe80::5", "fe80::1", "icmpv6")
        add("a visitor to the router", False, "input", wan, "", VISITOR, address(network, 1), "tcp", 22)
        for other in networks:
            if other is not network:
                add("network to network", False, "forward", place, wanted.interface_of(other), host, address(other, 0x66), "tcp", 22)
                add("network to network, an answer", True, "forward", place, wanted.interface_of(other), host, address(other, 0x66), "tcp",
                    22, "established")
    add("a DHCPv6 answer", True, "input", wan, "", "fe80::1", "fe80::2", "udp", 546)
    add("a DHCPv6 answer from afar", False, "input", wan, "", VISITOR, "fe80::2", "udp", 546)
    add("another UDP port from the provider", False, "input", wan, "", "fe80::1", "fe80::2", "udp", 547)
    add("ICMPv6 to the router", True, "input", wan, "", VISITOR, "fe80::2", "icmpv6")
    add("an answer to the router", True, "input", wan, "", VISITOR, "fe80::2", "tcp", 40000, "established")
    listed = pd["ingress"] and (wanted.base() or pd["ingress"]["address"])
    if pd["ingress"]:
        place = next((wanted.interface_of(network) for network in networks
                      if int(network["subnet_id"], 16) == int(ipaddress.ip_address(pd["ingress"]["suffix"])) >> 64), wan)
        ingress = str(ipaddress.ip_address(int(base.network_address) | int(ipaddress.ip_address(pd["ingress"]["suffix"]))))
        for port, passes in ((80, True), (443, True), (22, False), (8443, False)):
            add(f"a visitor to the ingress, port {port}", passes and bool(listed), "forward", wan, place, VISITOR, ingress, "tcp", port)
        add("a visitor to the ingress by UDP", False, "forward", wan, place, VISITOR, ingress, "udp", 443)
        for network in networks:
            if listed and wanted.interface_of(network) != place:
                add("the house to the ingress", True, "forward", wanted.interface_of(network), place, address(network, 0x55), ingress,
                    "tcp", 443)
    return result


def expected(plan, known={}):
    """[(probe, allowed)] of a plan, made once."""
    if id(plan) not in known:
        known[id(plan)] = plan, [(probe, allowed(plan, probe)) for probe in tunnel_probes(plan)]
    return known[id(plan)][1]


def packet_troubles(router, plan, wanted):
    """What passes and should not, and the other way round."""
    moment = Moment(router, plan)
    troubles = []
    for probe, want in expected(plan):
        if moment.tunnel_passes(probe) != want:
            troubles.append(f"{'refused' if want else 'passes'}: {probe}")
        if not moment.tunnel_passes(probe, "established") and moment.sources.get(probe.src):
            troubles.append(f"refused: an answer: {probe}")
        if moment.tunnel_passes(probe, "invalid"):
            troubles.append(f"passes though invalid: {probe}")
    for what, packet, want in house_packets(router, plan, wanted):
        if moment.view.decide(packet) != want:
            troubles.append(f"{'refused' if want else 'passes'}: {what}: {packet}")
    return troubles


def owner_packets(router, plan):
    """Traffic that is not hlgen's business: IPv4 of the house, and what comes in at an interface of no site."""
    wan = plan["router"]["wan"]
    places = sorted({row["interface"] for row in router.rows("/ip/address")
                     if row["interface"] != tunnel_name(router, plan)} | {"ether4"})
    result = []
    for place in places:
        result += [Packet(4, "forward", place, wan, "10.20.0.50", "1.1.1.1", "tcp", 443), Packet(4, "input", place, "", "10.20.0.50",
                                                                                              "10.20.0.1", "tcp", 22),
                   Packet(4, "forward", wan, place, "198.51.100.9", "10.20.0.50", "tcp", 443),
                   Packet(4, "input", place, "", "10.20.0.50", "10.20.0.1", "udp", 53)]
    result += [Packet(4, "input", wan, "", "198.51.100.9", "192.0.2.2", "tcp", 22), Packet(4, "input", wan, "", "198.51.100.9",
                                                                                        "192.0.2.2", "udp", 51830)]
    result += [Packet(6, "forward", "ether4", "ether3", "fd10:10:10:99::5", "fd10:10:10:98::5", "tcp", 443),
               Packet(6, "input", "ether4", "", "fd10:10:10:99::5", "fd10:10:10:99::1", "tcp", 22)]
    return result
