"""IPv6 as the provider delegates it: the LAN goes out by itself, visitors come to the ingress and to nothing else, RAs are where they belong."""
import contextlib
import ipaddress
from concurrent.futures import ThreadPoolExecutor

import announced6
from callers import outspoken
from delegated import SILENCE, as_itself, call, gateway, host, ingress, networks, node, out, subnet, wait_for_ingress, wan_addresses
from hosts import answering
from probe import http, ping, tcp, tls, udp
from provider import ROUTER_LINK_LOCAL
from scenario import scenario
from trace import Leg, Trace

ROUTER_PORTS = (22, 53, 80, 443, 8080, 8291, 8728)


# Outwards ----------------------------------------------------------------------------------------------------------------------

@scenario("ipv6: the LAN goes out", needs=("delegation", "ipv6"))
def lan(house, check):
    """Each network with IPv6, from its own /64 and not through the tunnel; the others not at all."""
    with check.together():
        for name in networks(house):
            check.passes(f"{name} to the internet", out(house, name), as_itself(house, name))
            check.passes(f"{name} pings the internet", ping(house.hosts[name], house.visitor.addresses("eth0")[0]))
        for name in networks(house, six=False):
            check.true(f"{name} has no IPv6 address", not house.hosts[name].addresses("eth0"), house.hosts[name].addresses("eth0"))
            # It may still know the router from its advertisements before hlgen; but without an address there is no way back.
            check.stops(f"{name} to the internet", out(house, name, wait=SILENCE), ("unsent", "refused"), control=out(house, next(iter(networks(house)))))


@scenario("ipv6: from network to network only to the ingress", needs="ingress6")
def between(house, check):
    """New connections between the networks are refused; the ingress is for the house too."""
    home = house.site["kubernetes"]["network"]
    wait_for_ingress(house)
    with outspoken(house.router), check.together():
        for name in networks(house):
            machine = house.hosts[name]
            check.passes(f"{name} to the ingress", call(house, machine=machine), as_itself(house, name))
            for other in networks(house):
                if other != name:
                    control = [out(house, name), tcp(house.router, host(house, other), 22)]
                    check.stops(f"{name} to the host in {other}", tcp(machine, host(house, other), 22, wait=SILENCE), "refused", control=control)
            if name != home:
                check.stops(f"{name} to port 22 of the ingress", tcp(machine, ingress(house), 22, wait=SILENCE), "refused",
                            control=tcp(house.hosts[home], ingress(house), 22))


# Inwards -----------------------------------------------------------------------------------------------------------------------

@scenario("ipv6: a visitor reaches the ingress", needs="ingress6")
def visitor(house, check):
    """Directly, so that it sees him and not the VPS."""
    wait_for_ingress(house)
    with check.together():
        me = house.visitor.addresses("eth0")[0]
        seen = {"machine": "node", "source": me, "local": ingress(house)}
        for name in house.tls_names():
            check.passes(name, tls(house.visitor, ingress(house), 443, name, ca=house.ingress.ca), {**seen, "sni": name, "port": 443})
        check.passes("port 80", http(house.visitor, ingress(house), 80, host=house.tls_names()[0]), {**seen, "port": 80})
        check.passes("ping", ping(house.visitor, ingress(house)))


@scenario("ipv6: another port of the ingress", needs="ingress6")
def ports(house, check):
    wait_for_ingress(house)
    near = house.hosts[house.site["kubernetes"]["network"]]
    # The number of a port alone opens nothing: QUIC would be another rule.
    server = answering(house.node, [], [443])
    try:
        with check.together():
            for kind, numbers in ((tcp, (22, 53, 8080, 9100, 5001)), (udp, (53, 443, 5001))):
                for port in numbers:
                    check.stops(f"{kind.__name__} {port}", kind(house.visitor, ingress(house), port, wait=SILENCE), "silent",
                                control=kind(near, ingress(house), port, by="node"))
    finally:
        server.end()


@scenario("ipv6: another host", needs="ingress6")
def others(house, check):
    """The node's own address and the hosts of all networks, also at the ports that are open for the ingress. Pings pass, as RFC 4890 asks."""
    wait_for_ingress(house)
    with check.together():
        # What visitors may have, so that silence means something.
        check.passes("the ingress", call(house))
        targets = [("the node itself", node(house), "node"), *((f"the host in {name}", host(house, name), f"host-{name}") for name in networks(house))]
        for what, address, machine in targets:
            for probe in (tcp, 22), (tcp, 80), (tcp, 443), (tcp, 8080), (udp, 5001):
                kind, port = probe
                if machine == "node" and port in (80, 443):
                    control = http(house.router, address, 80) if port == 80 else tls(house.router, address, 443, house.tls_names()[0], ca=house.ingress.ca)
                else:
                    control = kind(house.router, address, port, by=machine)
                check.stops(f"{what}: {kind.__name__} {port}", kind(house.visitor, address, port, wait=SILENCE), "silent", control=control)
            check.passes(f"{what}: ping", ping(house.visitor, address))


@scenario("ipv6: the router itself", needs=("delegation", "ipv6"))
def router(house, check):
    """From outside nothing but pings: at its addresses in the networks, at that towards the provider, and from the line itself."""
    server, first = answering(house.router, [8291, 8728], []), next(iter(networks(house)))
    try:
        with check.together():
            for name in networks(house):
                near, address = house.hosts[name], gateway(house, name)
                check.passes(f"ping in {name}", ping(house.visitor, address))
                for port in ROUTER_PORTS if name == first else (22, 80):
                    check.stops(f"tcp {port} in {name}", tcp(house.visitor, address, port, wait=SILENCE), "silent",
                                control=tcp(near, address, port, by="router"))
                check.stops(f"udp 53 in {name}", udp(house.visitor, address, 53, wait=SILENCE), "silent", control=udp(near, address, 53, by="router"))
            line = int(house.provider.run("cat", "/sys/class/net/line/ifindex"))
            doors = [(house.visitor, each) for each in wan_addresses(house)] + [(house.provider, f"{ROUTER_LINK_LOCAL}%{line}")]
            check.true("the router has an address towards the provider", len(doors) > 1)
            for machine, address in doors:
                check.passes("ping at the line", ping(machine, address))
                for port in (22, 80, 8291):
                    check.stops(f"tcp {port} at the line", tcp(machine, address, port, wait=SILENCE), "silent",
                                control=tcp(house.hosts[first], gateway(house, first), port, by="router"))
                check.stops("udp 53 at the line", udp(machine, address, 53, wait=SILENCE), "silent",
                            control=udp(house.hosts[first], gateway(house, first), 53, by="router"))
    finally:
        server.end()


# Forged ------------------------------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def forged(house, sources):
    """The visitor sends as somebody else; nobody on the way minds, though a good provider would."""
    # Deprecated: whoever asks for no source of his own does not get one of these.
    house.visitor.ip(*(f"addr add {each}/128 dev eth0 nodad preferred_lft 0" for each in sources))
    try:
        yield
    finally:
        house.visitor.ip(*(f"addr del {each}/128 dev eth0" for each in sources))


@scenario("ipv6: a forged source from outside opens nothing", needs="ingress6")
def spoofed(house, check):
    """As a host of the house, as the router, out of the tunnel, with an address that nobody has: where visitors may not go, these do not come either."""
    wait_for_ingress(house)
    names = list(networks(house))
    sources = [str(subnet(house, names[0])[0x999]), gateway(house, names[-1]), "fd00:6c61:62::5", "2001:db8::5",
               *([house.plan["hub"]["tunnel_address6"]] if house.plan["hub"]["tunnel_address6"] else [])]
    targets = [*(host(house, name) for name in names), node(house), gateway(house, names[0])]
    legs = [Leg("udp", 5001, each) for each in targets] + [Leg("tcp", 22, each) for each in targets]
    with forged(house, sources):
        with Trace([house.router, house.node, *house.hosts.values()], legs) as trace:
            with ThreadPoolExecutor(10) as pool:
                list(pool.map(lambda pair: pair[0](house.visitor, pair[1], pair[2], source=pair[3], wait=0.3).try_(),
                              [(kind, each, port, source) for kind, port in ((udp, 5001), (tcp, 22)) for each in targets for source in sources]))
        for leg in legs:
            hops = trace.hops[legs.index(leg)]
            came = {hop.packet.source for hop in hops if hop.place() == f"router {house.wan}"}
            check.true(f"{leg.address} {leg.protocol}: its control, they come as far as the router", came >= set(sources), f"only {came}")
            beyond = [f"{hop.place()}: {hop.packet.source} > {hop.packet.target}" for hop in hops if hop.place() != f"router {house.wan}" or hop.outgoing]
            check.true(f"{leg.address} {leg.protocol}: no further", not beyond, "; ".join(beyond[:4]))
        with check.together():
            for source in (each for each in sources if not each.startswith(("fd00:", "2001:db8:"))):
                check.stops(f"the ingress as {source}", call(house, source=source, wait=SILENCE), "silent", control=call(house))


# Advertisements ----------------------------------------------------------------------------------------------------------------

@scenario("ipv6: router advertisements only where they belong", needs=("delegation", "ipv6"))
def advertisements(house, check):
    """In each network with IPv6 its /64 and the site's name servers; silence in the others, towards the provider and in the tunnel."""
    expected = {house.linux_name(each["interface"]): name for name, each in networks(house).items()}
    heard, seconds = announced6.listen(house, set(expected))
    for device, name in expected.items():
        mine = [each for each in heard if each.machine == "router" and each.device == device]
        at_host = [each for each in heard if each.machine == f"host-{name}"]
        if check.true(f"{name}: the host hears them", mine and at_host, f"the router sent {len(mine)}, the host heard {len(at_host)} within {seconds:.1f} s"):
            said = at_host[-1]
            check.true(f"{name}: its /64, to make addresses of", said.prefixes == [str(subnet(house, name))], said)
            check.true(f"{name}: the name servers", said.dns == [str(ipaddress.ip_address(each)) for each in house.site["ipv6"]["dns"]], said)
            check.true(f"{name}: a way out", said.lifetime > 0, said)
            check.true(f"{name}: the host uses it", house.hosts[name].run("ip", "-6", "route", "show", "default"), "no default route")
    strange = [each for each in heard if each.machine == "router" and each.device not in expected or each.machine == "provider" and not each.outgoing]
    check.true("silence elsewhere", not strange, "; ".join(map(str, strange[:4])))
    for name in networks(house, six=False):
        check.true(f"{name}: silence", not [each for each in heard if each.machine == f"host-{name}"], "heard one")
