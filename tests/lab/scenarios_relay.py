"""The relay as visitors see it: which names and ports pass, which do not, and who hears of it."""
import contextlib
import ipaddress
from concurrent.futures import ThreadPoolExecutor

from hosts import answering
from house import PORTS
from probe import http, raw, tcp, tls, udp
from provider import CUSTOMER
from relayed import Pieces, asks, back, fingerprint, fronts, inside, listens, overhearing, real, seen_as, serving, target, visit
from scenario import PATIENT, scenario

SILENCE = 1.0       # how long a probe waits that must not be answered


# Names -------------------------------------------------------------------------------------------------------------------------

@scenario("relay: a published name", needs="named")
def published(house, check):
    """Each name, at each address of the VPS: with the certificate of the server behind it, who sees the hub, or the visitor where it is told of him."""
    with serving(house) as servers, check.together():
        for listen in listens(house, "named"):
            server = servers[listen["name"]]
            for address in fronts(house):
                seen = {"machine": target(house, listen).name, "source": seen_as(house, listen, address)}
                for name in map(real, listen["names"]):
                    check.passes(name, visit(house, listen, server, address, name), {**seen, "sni": name})
                mixed = "".join(letter.upper() if number % 2 else letter for number, letter in enumerate(real(listen["names"][-1])))
                check.passes("in any case", visit(house, listen, server, address, mixed), {**seen, "sni": mixed})
                check.passes("with the root's dot", asks(house.visitor, address, listen["port"], f"{real(listen['names'][0])}.".encode()))
                check.passes("a name in the second packet", Pieces(house.visitor, address, listen["port"], real(listen["names"][0])))


def strangers(house, listen):
    """Names that are near the published ones, and are not."""
    names = {*house.tls_names(), house.site.get("domain", "example.org")}
    for name in listen["names"]:
        whole = name.removeprefix("*.")
        names |= {f"{whole}.evil.example", f"evil{whole}", f"{whole}x", whole, f"x.{whole}", f"x.{real(name)}"}

    def passes(name):
        # nginx takes "*.example.org" for all that ends so, however deep.
        return any(name == each or each.startswith("*.") and name.endswith(each[1:]) for each in listen["names"])
    return sorted(name for name in names if not passes(name))


@scenario("relay: an unpublished name", needs="named")
def unpublished(house, check):
    """Closed without a word, and the server behind the relay never hears of it, though it would serve that name."""
    with serving(house) as servers:
        some = listens(house, "named")
        with overhearing(house, *some) as heard, check.together():
            for listen in some:
                control = inside(house, listen, servers[listen["name"]])
                name = real(listen["names"][0])
                for address in fronts(house):
                    place = (house.visitor, address, listen["port"])
                    for each in strangers(house, listen):
                        check.stops(f"name {each}", tls(*place, each, wait=PATIENT), "closed", control=control)
                    check.stops("no name", tls(*place, None, wait=PATIENT), "closed", control=control)
                    check.stops("plain HTTP", http(*place, host=name, wait=PATIENT), "closed", control=control)
                    for text in (house.plan["hub"]["address"].encode(), name.encode() + b"\0.evil.example", b"*" * len(name)):
                        check.stops(f"name {text!r}", asks(*place, text, wait=PATIENT), "closed", control=control)
        check.true("the servers behind it never heard of that", not heard, "\n".join(f"{hop.place()}: {hop.packet}" for hop in heard[:5]))
        for listen in some:
            with overhearing(house, listen) as heard:
                check.passes("a published name", visit(house, listen, servers[listen["name"]]))
            check.true("of a published name they hear", heard)


@scenario("relay: blind", needs="blind")
def blind(house, check):
    """`names: any`: whatever the target serves, and that on this port only."""
    with serving(house) as servers, check.together():
        for listen in listens(house, "blind"):
            server = servers[listen["name"]]
            for address in fronts(house):
                any_names = [tls(house.visitor, address, listen["port"], name, verify=False, fingerprint=fingerprint(server))
                             for name in (house.internal_name, "anything.invalid", None)]
                for probe in any_names:
                    check.passes("any name", probe, {"machine": target(house, listen).name, "source": seen_as(house, listen, address)})
                for port in [each["port"] for each in listens(house, "named")]:
                    for probe in any_names:
                        check.stops(f"the same on port {port}", tls(house.visitor, address, port, probe.more["name"], wait=PATIENT), "closed", control=probe)


@scenario("relay: port 80 sends published names to https and hangs up on others", needs="redirect")
def redirect(house, check):
    with check.together():
        for each in house.plan["relay"]["redirects"]:
            for address in fronts(house):
                place = (house.visitor, address, each["port"])
                for name in map(real, each["names"]):
                    for written in (name, name.upper()):
                        check.passes(written, http(*place, host=written, path="/a/b?c=d", status=308),
                                     lambda seen, name=name: seen.headers.get("location") == f"https://{name}/a/b?c=d")
                control = http(*place, host=real(each["names"][0]), status=308)
                for name in (house.internal_name, f"x.{real(each['names'][0])}", house.plan["hub"]["address"], "localhost"):
                    check.stops(f"name {name}", http(*place, host=name, status=308, wait=PATIENT), "closed", control=control)
                check.stops("no name", raw(*place, b"GET / HTTP/1.0\r\n\r\n", wait=PATIENT), "closed", control=control)
    # Not even a name that is published is served here, only sent elsewhere.
    if house.ingress:
        with overhearing(house, *[{"upstream": {"address": house.ingress.addresses[0], "port": port}} for port in house.ingress.plain]) as heard:
            check.passes("sent elsewhere", control)
        check.true("the ingress does not hear of it", not heard, heard)


# Ports -------------------------------------------------------------------------------------------------------------------------

def may(house, address, port, protocol="tcp"):
    """Whether the hub itself may open this in the house."""
    def holds(flow):
        ends = (back(house), flow["from"]), (address, flow["to"])
        return (all(ipaddress.ip_address(one) in ipaddress.ip_network(network) for one, network in ends)
                and flow["protocol"] in (None, protocol) and (flow["ports"] is None or within(port, flow["ports"])))
    return any(map(holds, house.plan["router"]["forward4"]))


def within(port, ports):
    """Whether a port is among those of "22" or "100-200"."""
    first, _, last = ports.partition("-")
    return int(first) <= port <= int(last or first)


@scenario("relay: a plain TCP port passes", needs="plain")
def plain(house, check):
    """To the one port of the one machine, and the hub may open nothing else there."""
    with check.together():
        for listen in listens(house, "plain"):
            upstream, machine = listen["upstream"], target(house, listen)
            for address in fronts(house):
                check.passes(listen["name"], tcp(house.visitor, address, listen["port"]),
                             {"machine": machine.name, "local": upstream["address"], "port": upstream["port"], "source": back(house)})
            others = [(upstream["address"], port) for port in (22, 80, 443, 8080)]
            others += [(house.host_addresses(network)[0], upstream["port"]) for network in house.plan["networks"]]
            for address, port in others:
                if not may(house, address, port):
                    check.stops(f"{address} port {port} from the VPS", tcp(house.vps, address, port, wait=SILENCE), "silent",
                                control=tcp(house.router, address, port))
    # Nor does the provider get there, who can send packets for any address to the router.
    customer = CUSTOMER.split("/")[0]
    for listen in listens(house, "plain"):
        address, port = listen["upstream"]["address"], listen["upstream"]["port"]
        house.provider.ip(f"route add {address} via {customer}")
        try:
            check.stops(f"{address} port {port} from the provider", tcp(house.provider, address, port, wait=SILENCE), "silent",
                        control=tcp(house.vps, address, port))
        finally:
            house.provider.ip(f"route del {address} via {customer}")


def opened(house, protocol, port):
    """Whether the site opens a port of the VPS to everybody."""
    hub, relay = house.plan["hub"], house.plan.get("relay") or {}
    return ((protocol, port) in (("tcp", hub["ssh_port"]), ("udp", hub["port"])) or str(port) in relay.get("ports" if protocol == "tcp" else "udp_ports", [])
            or any(each["protocol"] == protocol and not each["from"] and within(port, each["ports"]) for each in hub["openings"]))


@contextlib.contextmanager
def listening(house, protocol, ports):
    """Somebody answers on these ports of the VPS."""
    missing = sorted(set(ports) - set(PORTS["vps"][protocol == "udp"]))
    server = answering(house.vps, missing if protocol == "tcp" else [], missing if protocol == "udp" else []) if missing else None
    try:
        yield
    finally:
        if server:
            server.end()


@scenario("relay: other ports of the VPS are silent")
def silent(house, check):
    """Whatever listens there. SSH is open, and what the site opens to somebody is open to him."""
    hub, (tcp_ports, udp_ports) = house.plan["hub"], PORTS["vps"]
    relay = house.plan.get("relay") or {}
    near = {hub["ssh_port"] + 1, hub["port"], *(int(port) + 1 for port in relay.get("ports", [])), *map(int, relay.get("udp_ports", []))}
    near_udp = {int(port) + 1 for port in relay.get("udp_ports", [])} | {int(port) for port in relay.get("ports", [])}
    with listening(house, "tcp", near), listening(house, "udp", near_udp), check.together():
        for address in fronts(house):
            check.passes("ssh", raw(house.visitor, address, hub["ssh_port"], wanted=b"SSH-"))
            here = "::1" if ":" in address else "127.0.0.1"
            for kind, ports in ((tcp, {*tcp_ports, *near}), (udp, {*udp_ports, *near_udp})):
                for port in ports:
                    if not opened(house, kind.__name__, port):
                        check.stops(f"{kind.__name__} {port}", kind(house.visitor, address, port, wait=SILENCE), "silent",
                                    control=kind(house.vps, here, port))
    for opening in hub["openings"]:
        if opening["from"] and opening["protocol"] in ("tcp", "udp"):
            with listening(house, opening["protocol"], [int(opening["ports"].split("-")[0])]):
                try_opening(house, check, opening)


def try_opening(house, check, opening):
    """From the addresses that the site names, and from no others."""
    kind, port = {"tcp": tcp, "udp": udp}[opening["protocol"]], int(opening["ports"].split("-")[0])
    network = ipaddress.ip_network(opening["from"])
    homes = [each["name"] for each in house.plan.get("networks") or [] if ipaddress.ip_network(each["subnet"]).overlaps(network)]
    if homes:
        # A network of the house comes through the tunnel, and is told at once what it may not.
        good = kind(house.hosts[homes[0]], back(house), port)
        check.passes(f"{port} from {network}", good, {"machine": "vps"})
        for name, host in house.hosts.items():
            if name not in homes:
                check.stops(f"{port} from {name}", kind(host, back(house), port, wait=SILENCE), ("refused", "silent"), control=good)
        return
    inner, outer = str(network[9]), str(network.broadcast_address + 9)
    address = house.plan["hub"]["address6" if opening["ipv6"] else "address"]
    with borrowed(house, inner), borrowed(house, outer):
        good = kind(house.visitor, address, port, source=inner)
        check.passes(f"{port} from {network}", good, {"machine": "vps", "source": inner})
        check.stops(f"{port} from {outer}", kind(house.visitor, address, port, source=outer, wait=SILENCE), "silent", control=good)


@contextlib.contextmanager
def borrowed(house, address):
    """The visitor has one more address."""
    length = 128 if ":" in address else 32
    house.visitor.ip(f"addr add {address}/{length} dev eth0" + (" nodad" if length == 128 else ""))
    house.inet.ip(f"route add {address}/{length} dev to-visitor")
    try:
        yield
    finally:
        house.inet.ip(f"route del {address}/{length} dev to-visitor")
        house.visitor.ip(f"addr del {address}/{length} dev eth0")


@scenario("relay: who knocks at ssh too often waits", needs="nftables")
def knocking(house, check):
    """One address; the owner, at another one, comes in meanwhile."""
    port, (often, other) = house.plan["hub"]["ssh_port"], house.visitors[-2:]
    address = house.plan["hub"]["address"]

    def knock(times):
        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(lambda _: raw(house.visitor, address, port, wanted=b"SSH-", source=often, wait=SILENCE).try_().outcome, range(times)))

    # How many exactly is a matter of seconds: every other one lets another in.
    for times in (40, 20):
        seen = knock(times)
        check.true(f"some of {times} connections at once are not answered", "silent" in seen, f"all were: {', '.join(sorted({*seen}))}")
    check.passes("meanwhile somebody at another address", raw(house.visitor, address, port, wanted=b"SSH-", source=other))
