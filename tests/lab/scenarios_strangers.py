"""Who has no key, or says he is somebody else: forged senders, unknown devices, the internet at the tunnel's own addresses."""
import contextlib
import ipaddress
from concurrent.futures import ThreadPoolExecutor

from callers import Overhearing, clients, first_host, hosts, hub, joined, own, subnets
from probe import ping, tcp, udp
from scenario import scenario
from site_files import wg
from trace import Leg, Trace

STRANGER, DEVICE = "/etc/wireguard/stranger.conf", "stranger"


@contextlib.contextmanager
def address(machine, *some, device="lo"):
    """Addresses that a machine gives itself for a while."""
    lines = [f"{each}/{128 if ':' in each else 32} dev {device}" for each in some]
    machine.ip(*(f"addr add {each}{' nodad' if ':' in each else ''}" for each in lines))
    try:
        yield
    finally:
        machine.ip(*(f"addr del {each}" for each in lines))


@scenario("client: a forged source address goes nowhere", needs=("two clients",))
def forged(house, check):
    """A client sends as another client, as a host of the house and as the router: WireGuard lets none of it through."""
    names = clients(house)
    with joined(house, *names, wide=True):
        some = [claim for name in names for claim in claims(house, name, [each for each in names if each != name])]
        with contextlib.ExitStack() as stack:
            for phone, source in {(claim.machine, claim.source) for claim in some}:
                stack.enter_context(address(phone, source))
            with Trace([*house.phones.values(), house.vps], [Leg("tcp")]) as trace, ThreadPoolExecutor(len(some)) as workers:
                seen = list(workers.map(lambda claim: claim.try_(), some))
        for claim, one in zip(some, seen):
            hops = [hop for hop in trace.hops[0] if (hop.packet.source, hop.packet.target, hop.packet.dport) == (claim.source, claim.address, claim.port)]
            check.true(f"{claim}: it was sent into the tunnel", any(hop.machine == claim.machine.name and hop.interface != "eth0" for hop in hops), one)
            check.true(f"{claim}: it does not come out of the hub's end", all(hop.machine != house.vps.name for hop in hops), [hop.place() for hop in hops])
            check.true(f"{claim}: silence", one.outcome == "silent", one)
        with check.together():
            for name in names:
                check.passes(f"{name} as itself: the hub", hub(house, name))
                if found := first_host(house, name):
                    check.passes(f"{name} as itself: {found[0].what}", found[0].probe(house.phones[name], "tcp", found[1]))


def claims(house, name, others):
    """What a client tries under addresses that are not its own: what their owners may."""
    plan, phone = house.plan["hub"], house.phones[name]
    found = [(other, own(house, other)[0], first_host(house, other)) for other in others]
    sources = [(source, host[0].address, host[1]) for _, source, host in found if host]
    # A host that is not there: the address of one that is asked would be the asker's own.
    there = [own(house, other)[0] for other, _, host in found if not host]
    there += [str(ipaddress.ip_network(each["subnet"])[-3]) for each in (house.plan.get("networks") or [])[:1]]
    sources += [(source, plan["tunnel_address"], house.site["vps"]["ssh_port"])
                for source in [*there, *([house.site["router"]["address"]] if house.router else [])]]
    return [tcp(phone, target, port, source=source, wait=1.0) for source, target, port in sources]


def stranger_file(house, private, psk=None, client=None):
    """The file that somebody makes himself who knows all that is public."""
    hub_plan = house.plan["hub"]
    addresses = own(house, client) if client else [str(ipaddress.ip_network(house.site["tunnel"]["network"])[-3])]
    return (f"[Interface]\nPrivateKey = {private}\nAddress = {', '.join(addresses)}\nTable = off\n"
            f"PostUp = ip route add {hub_plan['tunnel_address']}/32 dev %i\n"
            f"[Peer]\nPublicKey = {hub_plan['public_key']}\n" + (f"PresharedKey = {psk}\n" if psk else "") +
            f"Endpoint = {hub_plan['address']}:{hub_plan['port']}\nAllowedIPs = {', '.join(subnets(house))}\n")


@contextlib.contextmanager
def tunnel(machine, text):
    machine.write(STRANGER, text, 0o600)
    machine.run("wg-quick", "up", STRANGER)
    try:
        yield
    finally:
        machine.run("wg-quick", "down", STRANGER)


def unanswered(house, check, what, text, control, silence):
    """A device with which the hub makes no handshake. silence: it does not even learn that somebody listens there. (Who has a client's key
    does: a preshared key is asked for in the answer only.)"""
    plan = house.plan["hub"]
    def answer(packet):
        return packet.protocol == "udp" and packet.source == plan["address"] and packet.sport == plan["port"] or "ICMP" in packet.word
    with tunnel(house.visitor, text), Overhearing(house.visitor, "eth0", answer) as overheard:
        asked = ping(house.visitor, plan["tunnel_address"], wait=1.2)
        check.stops(what, asked, ("silent", "unsent"), control=control)
        check.true(f"{what}: no handshake", all(line.split()[1] == "0" for line in house.visitor.run("wg", "show", DEVICE, "latest-handshakes").splitlines()))
    check.true(f"{what}: its control, the hub was called", overheard.count)
    if silence:
        check.true(f"{what}: not one packet in answer", not overheard.found, overheard.said())


@scenario("client: a stranger without a key", needs=("phones",))
def stranger(house, check):
    name = clients(house)[0]
    with joined(house, name):
        control = hub(house, name)
        unanswered(house, check, "a key that nobody knows", stranger_file(house, wg("genkey")), control, True)
    private, psk = keys_of(house, name)
    if psk:
        unanswered(house, check, "a stolen key without its preshared key", stranger_file(house, private, client=name), tcp(house.vps, "127.0.0.1", 8080), False)
    # What stopped them was the key, not the file.
    with tunnel(house.visitor, stranger_file(house, private, psk, name)):
        check.passes("the same file with both keys", ping(house.visitor, house.plan["hub"]["tunnel_address"]))


def keys_of(house, client):
    """(private key, preshared key or None) of a client's file."""
    found = {}
    for line in house.client_file(client).splitlines():
        key, _, value = line.partition(" = ")
        found[key] = value.strip()
    return found["PrivateKey"], found.get("PresharedKey")


@scenario("tunnel: the internet at the house's own addresses", needs=("phones",))
def from_outside(house, check):
    """A neighbour at the VPS's provider can send it packets for any address: into the tunnel none of them goes, and none from the house comes that way."""
    name, outside = clients(house)[0], [each for each in subnets(house) if ":" not in each]
    with joined(house, name):
        house.inet.ip(*(f"route add {each} dev to-vps" for each in outside))
        try:
            check.passes(f"{name}: the hub, so that it is known where this client is", hub(house, name))
            with check.together():
                me = house.plan["hub"]["tunnel_address"]
                check.stops("the hub's tunnel address, TCP", tcp(house.visitor, me, 8080, wait=1.2), "silent", control=tcp(house.vps, me, 8080))
                check.stops("the hub's tunnel address, UDP", udp(house.visitor, me, 53, wait=1.2), "silent", control=udp(house.vps, me, 53))
                check.stops(f"client {name}", ping(house.visitor, own(house, name)[0], wait=1.2), "silent", control=ping(house.vps, own(house, name)[0]))
                for target in hosts(house):
                    check.stops(target.what, target.probe(house.visitor, wait=1.2), "silent", control=target.probe(house.router))
        finally:
            house.inet.ip(*(f"route del {each} dev to-vps" for each in outside))
        for who, source in [(name, own(house, name)[0]), *((target.what, target.address) for target in hosts(house))]:
            with address(house.visitor, source):
                knock = tcp(house.visitor, house.plan["hub"]["address"], house.site["vps"]["ssh_port"], source=source, wait=1.0)
                check.stops(f"the VPS, from the internet as {who}", knock, "silent", control=hub(house, name))
