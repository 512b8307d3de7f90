"""What clients reach through the tunnel and what they must not: networks, ports, the hub, each other, the internet."""
from callers import (USUAL, Target, beside, clients, first_host, hosts, hub, in_clear, joined, listening, may, outspoken, own, ports, routers, seen_as,
                     words)
from hosts import answering
from house import VISITOR6
from probe import tcp
from scenario import scenario

METADATA = "169.254.169.254"


def internet(house, name, six=False, **more):
    """A client asks a machine of the internet."""
    return tcp(house.phones[name], VISITOR6 if six else house.visitors[0], 8080, by="visitor", **more)


def name_servers(house, check, name):
    """What wg-quick gave to resolvconf, if the site says so."""
    client, phone = words(house)[name], house.phones[name]
    given = phone.read("/run/resolvconf").split("\n") if phone.exists("/run/resolvconf") else []
    wanted = [f"nameserver {each}" for each in client.get("dns", [])] + ([f"search {' '.join(client['search'])}"] if client.get("search") else [])
    check.true(f"{name}: its name servers are those of the site file", sorted(filter(None, given)) == sorted(wanted), f"{given}, not {wanted}")


@scenario("client: split tunnel", needs=("split",))
def split_tunnel(house, check):
    names = clients(house, "split")
    direct = house.plan["hub"]["address"]
    with joined(house, *names), in_clear(house) as overheard:
        for name in names:
            own4, own6 = (each.split("/")[0] for each in house.phone_addresses(list(house.phones).index(name)))
            with check.together():
                for target in hosts(house):
                    if may(house, name, target.address, "tcp", 8080):
                        check.passes(f"{name}: {target.what}", target.probe(house.phones[name]), {"source": seen_as(house, name)})
                check.passes(f"{name}: the hub", hub(house, name))
                check.passes(f"{name}: the internet sees its own address, not {direct}", internet(house, name), {"source": own4})
                check.passes(f"{name}: and its own IPv6 address", internet(house, name, six=True), {"source": own6})
            name_servers(house, check, name)
    overheard.judge(check, "nothing of the house passes the VPS in clear")


@scenario("client: full tunnel", needs=("full",))
def full_tunnel(house, check):
    front, front6 = house.plan["hub"]["address"], house.plan["hub"]["address6"]
    for name in clients(house, "full"):
        with joined(house, name), beside(house, name) as overheard:
            check.passes(f"{name}: the internet sees the VPS", internet(house, name), {"source": front})
            if front6:
                check.passes(f"{name}: over IPv6 too", internet(house, name, six=True), {"source": front6})
            else:
                seen = check.stops(f"{name}: IPv6, which the VPS has not, is refused at once", internet(house, name, six=True), "refused",
                                   control=tcp(house.inet, VISITOR6, 8080))
                check.true(f"{name}: so that IPv4 is tried without waiting", seen.seconds < 1, f"after {seen.seconds:.1f} s: {seen}")
                check.true(f"{name}: and it is said why", "no route" in seen.text, seen)
            for target in hosts(house):
                if may(house, name, target.address, "tcp", 8080):
                    check.passes(f"{name}: {target.what}", target.probe(house.phones[name]), {"source": seen_as(house, name)})
            check.passes(f"{name}: the hub", hub(house, name))
            name_servers(house, check, name)
        overheard.judge(check, f"{name}: nothing leaves beside the tunnel, over IPv4 or IPv6")


@scenario("client: the provider's metadata service", needs=("full",))
def metadata(house, check):
    """It hands out what the VPS was ordered with, and trusts whoever asks from its address."""
    house.inet.ip(f"addr add {METADATA}/32 dev lo")
    server = answering(house.inet, [80], [])
    name = clients(house, "full")[0]
    try:
        with joined(house, name):
            check.stops(f"{name} through the VPS", tcp(house.phones[name], METADATA, 80), "refused", control=tcp(house.vps, METADATA, 80, by="inet"))
            check.passes(f"{name}: the internet", internet(house, name))
    finally:
        server.end()
        house.inet.ip(f"addr del {METADATA}/32 dev lo")


@scenario("client: reach", needs=("phones",))
def reach(house, check):
    """Every client, at every address of the house. Split clients have edited their files: AllowedIPs on a device is no protection."""
    names = clients(house)
    with joined(house, *names, wide=True), outspoken(house.vps):
        for name in names:
            with check.together():
                for target in [*hosts(house), *routers(house)]:
                    for protocol, port in ports(house, target):
                        judge(house, check, name, target, protocol, port)
        services(house, check, names)


def judge(house, check, name, target, protocol, port):
    what = f"{name}: {target.what}, {protocol} {port or ''}".rstrip()
    probe = target.probe(house.phones[name], protocol, port)
    if may(house, name, target.address, protocol, port):
        check.passes(what, probe, None if protocol == "icmp" else {"source": seen_as(house, name)})
    else:
        check.stops(what, probe, "refused", control=target.probe(target.near, protocol, port))


def services(house, check, names):
    """The hub's own services: what a stranger may have, and no more."""
    plan, silent = house.plan["hub"], "refused" if house.site["vps"]["firewall"] == "nftables" else ("refused", "silent")
    with check.together():
        for name in names:
            check.passes(f"{name}: SSH of the hub", hub(house, name))
            for address in filter(None, (plan["tunnel_address"], plan.get("tunnel_address6"))):
                me = Target("the hub", address, house.vps, house.vps)
                check.passes(f"{name}: ping of {address}", me.probe(house.phones[name], "icmp", None))
                for protocol, port in (("tcp", 8080), ("tcp", 9100), ("udp", 5001), ("udp", 53)):
                    check.stops(f"{name}: {address} {protocol} {port}", me.probe(house.phones[name], protocol, port, wait=1.2), silent,
                                control=me.probe(house.vps, protocol, port))


@scenario("client: from client to client", needs=("two clients",))
def between_clients(house, check):
    """Denied unless one names the other, and then in that direction."""
    names = clients(house)
    phones = [house.phones[each] for each in names]
    with joined(house, *names, wide=True), listening(*phones), outspoken(house.vps), in_clear(house) as overheard:
        # Each has called the hub once, so that the hub knows where it is.
        for name in names:
            check.passes(f"{name}: the hub", hub(house, name))
        with check.together():
            for caller, called in ((a, b) for a in names for b in names if a != b):
                for address in own(house, called):
                    target = Target(called, address, house.phones[called], house.vps)
                    for protocol, port in USUAL:
                        what = f"{caller} to {called}: {address}, {protocol} {port or ''}".rstrip()
                        probe = target.probe(house.phones[caller], protocol, port)
                        if may(house, caller, address, protocol, port):
                            check.passes(what, probe, None if protocol == "icmp" else lambda seen, caller=caller: seen.source in own(house, caller))
                        else:
                            check.stops(what, probe, "refused", control=target.probe(house.vps, protocol, port))
    overheard.judge(check, "nothing of it passes the VPS in clear")


@scenario("client: seen as the site says", needs=("phones", "router"))
def appearance(house, check):
    """As itself, or as the hub; in every network, over TCP and UDP."""
    names = clients(house)
    with joined(house, *names), check.together():
        for name in names:
            for target in hosts(house):
                for protocol, port in ports(house, target):
                    if protocol != "icmp" and may(house, name, target.address, protocol, port):
                        check.passes(f"{name} at {target.what}, {protocol} {port}", target.probe(house.phones[name], protocol, port),
                                     {"source": seen_as(house, name)})


@scenario("client: the router enforces reach too", needs=("phones", "router", "themselves"))
def enforced_twice(house, check):
    """A hub that somebody has taken over calls as a client: the router lets pass what that client may, and no more."""
    for name in clients(house):
        client, found = own(house, name)[0], first_host(house, name)
        if not found:
            continue
        house.vps.ip(f"addr add {client}/32 dev lo")
        try:
            allowed = found[0].probe(house.vps, "tcp", found[1], source=client)
            check.passes(f"as {name}: {found[0].what}", allowed, {"source": client})
            with check.together():
                for target in [*hosts(house), *routers(house)]:
                    for protocol, port in ports(house, target):
                        if protocol != "icmp" and ":" not in target.address and not may(house, name, target.address, protocol, port):
                            check.stops(f"as {name}: {target.what}, {protocol} {port}", target.probe(house.vps, protocol, port, source=client, wait=1.2),
                                        ("silent", "refused"), control=[target.probe(target.near, protocol, port), allowed])
        finally:
            house.vps.ip(f"addr del {client}/32 dev lo")
