"""The clients of a house for the scenarios that call through the tunnel: who may reach what, read from the site file alone; joined, listening, overheard."""
import contextlib
import ipaddress
import select
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import yaml

import scenario
from hosts import answering
from probe import ping, raw, tcp, udp
from trace import ETH_P_ALL, decode

scenario.HAS.update({
    "split": lambda house: bool(clients(house, "split")), "full": lambda house: bool(clients(house, "full")),
    "two clients": lambda house: len(clients(house)) > 1, "themselves": lambda house: house.site["tunnel"]["clients_appear_as"] == "themselves"})
# What is tried of each address, beside the ports that some client may use of it.
USUAL = (("tcp", 22), ("tcp", 8080), ("udp", 53), ("icmp", None))


# Who may what. It is read from the site file, not from hlgen's plan: a mistake in that one must not be made here too. ------------------

def words(house):
    with open(house.site_file, encoding="utf-8") as file:
        return yaml.safe_load(file)["clients"]


def clients(house, tunnel=None):
    """Names of the clients that are enabled (of those with that kind of tunnel)."""
    return [name for name, client in house.site["clients"].items() if client["enabled"] and tunnel in (None, client["tunnel"])]


def own(house, client):
    """A client's addresses in the tunnel."""
    return [each for each in (house.site["clients"][client]["address"], house.site["clients"][client].get("address6")) if each]


def gateways(house):
    """The router's addresses in the networks behind it."""
    return {network["gateway"]: name for name, network in house.site.get("networks", {}).items()}


def may(house, client, address, protocol, port):
    """Whether a client may open a connection through the hub."""
    mine = words(house)[client]
    if port == 53 and address in mine.get("dns", []) and address in gateways(house):
        return True
    return any(covers(house, each, address, protocol, port) for each in mine.get("reach", house.site.get("networks", {})))


def covers(house, entry, address, protocol, port):
    """Whether an entry of `reach` opens that."""
    if entry in house.site.get("networks", {}):
        return address not in gateways(house) and within(address, house.site["networks"][entry]["subnet"])
    if entry in house.site["clients"]:
        return address in own(house, entry)
    if entry == "router":
        return address in gateways(house) or address in (house.site["router"]["address"], house.site["router"].get("address6"))
    if entry == "ingress":
        return address == house.site["kubernetes"]["ingress"]["address"]
    place, _, protocols = entry.partition("/")
    if protocols.isdigit():
        return within(address, entry)
    place, _, ports = place.partition(":")
    first, _, last = ports.partition("-")
    return address == place and protocols in ("", protocol) and (not ports or (port is not None and int(first) <= port <= int(last or first)))


def within(address, network):
    one, network = ipaddress.ip_address(address), ipaddress.ip_network(network)
    return one.version == network.version and one in network


def subnets(house):
    """Everything that belongs to the house, and so into the tunnel."""
    return [*(each["subnet"] for each in house.site.get("networks", {}).values()), house.site["tunnel"]["network"],
            *filter(None, [house.site["tunnel"].get("network6")]), *(each for client in house.site["clients"].values() for each in client["routes"])]


# Whom they call -------------------------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Target:
    """An address that somebody may try. near: a machine that may ask it without any tunnel, for controls; or the machine itself."""
    what: str
    address: str
    machine: object
    near: object

    def probe(self, machine, protocol="tcp", port=8080, **more):
        """Open when it is this machine that answers."""
        if protocol == "icmp":
            return ping(machine, self.address, **more)
        return (tcp if protocol == "tcp" else udp)(machine, self.address, port, by=self.machine.name, **more)


def hosts(house):
    """The hosts of all networks, each at its first address, and the cluster's node."""
    networks = house.plan.get("networks") or []
    found = [Target(f"host in {each['name']}", house.host_addresses(each)[0], house.hosts[each["name"]], house.router) for each in networks]
    return found + ([Target("the node", house.node_address(), house.node, house.router)] if house.node else [])


def routers(house):
    """The router's own addresses; who may ask them is a host behind it. (Of IPv6 only where a host has a global address to ask from.)"""
    if not house.router:
        return []
    found = [Target(f"the router in {name}", address, house.router, house.hosts[name]) for address, name in gateways(house).items()]
    found.append(Target("the router in the tunnel", house.site["router"]["address"], house.router, next(iter(house.hosts.values()))))
    six = [each["name"] for each in house.plan["networks"] if each["ipv6"]] if house.site.get("ipv6") else []
    if six and house.site["router"].get("address6"):
        found.append(Target("the router in the tunnel, IPv6", house.site["router"]["address6"], house.router, house.hosts[six[0]]))
    return found


def ports(house, target):
    """What is tried of a target: the usual, and what entries with a port say of this address."""
    found = list(USUAL)
    for client in words(house).values():
        for entry in client.get("reach", []):
            place, _, protocol = entry.partition("/")
            address, _, number = place.partition(":")
            if address == target.address and number:
                found.append((protocol or "tcp", int(number.split("-")[0])))
    return list(dict.fromkeys(found))


def first_host(house, client):
    """(a host that a client may reach, its TCP port), the first that there is; None when the site gives it none."""
    for target in hosts(house):
        for protocol, port in [("tcp", 8080), *(each for each in ports(house, target) if each[0] == "tcp")]:
            if may(house, client, target.address, protocol, port):
                return target, port
    return None


def seen_as(house, client):
    """As whom hosts see it."""
    return house.site["clients"][client]["address"] if house.site["tunnel"]["clients_appear_as"] == "themselves" else house.plan["hub"]["tunnel_address"]


def hub(house, name):
    """A probe of the hub's SSH, which says a word of its own."""
    return raw(house.phones[name], house.plan["hub"]["tunnel_address"], house.site["vps"]["ssh_port"], wanted=b"SSH-")


# Joined ---------------------------------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def joined(house, *names, wide=False):
    """Some clients with their tunnels up. wide: as somebody who edits his file, they send everything of the house into it."""
    try:
        with ThreadPoolExecutor(4) as workers:
            list(workers.map(house.join, names))
        for name in names if wide else ():
            widen(house, name)
        yield [house.phones[name] for name in names]
    finally:
        for name in names:
            # Also one whose wg-quick did not end in time.
            if name in house.joined:
                house.leave(name)
            elif house.phones[name].exists(f"/sys/class/net/{name[:15]}"):
                house.phones[name].run("wg-quick", "down", f"/etc/wireguard/{name[:15]}.conf", check=False)


def widen(house, client):
    device, machine = client[:15], house.phones[client]
    file = house.client_file(client)
    allowed = next(line.split("=", 1)[1] for line in file.splitlines() if line.startswith("AllowedIPs"))
    if house.site["clients"][client]["tunnel"] == "full":
        return
    machine.run("wg", "set", device, "peer", house.plan["hub"]["public_key"], "allowed-ips", ",".join([*allowed.replace(" ", "").split(","), *subnets(house)]))
    machine.ip(*(f"route replace {each} dev {device}" for each in subnets(house)))


@contextlib.contextmanager
def listening(*machines):
    """Clients that answer too, as hosts do."""
    started = [answering(each) for each in machines]
    try:
        yield
    finally:
        for each in started:
            each.end()


@contextlib.contextmanager
def outspoken(*machines):
    """Machines that answer every refused packet. A kernel sends one host six ICMP errors at once and then one a second, which many
    refusals side by side would exceed, as nobody's ordinary day does."""
    names = ("net.ipv4.icmp_ratelimit", "net.ipv6.icmp.ratelimit")
    before = [(each, name, each.run("sysctl", "-n", name).strip()) for each in machines for name in names]
    try:
        for each in machines:
            each.set(*(f"{name}=0" for name in names))
        yield
    finally:
        for each, name, value in before:
            each.set(f"{name}={value}")


# Overheard ------------------------------------------------------------------------------------------------------------------------

class Overhearing:
    """What passes on one interface of a machine while the block lasts: how many packets, and those that are wrong there."""

    def __init__(self, machine, device, wrong):
        self.machine, self.wrong, self.count, self.found, self.done = machine, wrong, 0, [], False
        with machine.inside():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        self.socket.bind((device, ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.socket.setblocking(False)
        self.thread = threading.Thread(target=self.listen, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        time.sleep(0.15)                    # what is under way
        self.done = True
        self.thread.join()
        self.socket.close()

    def listen(self):
        while not self.done:
            select.select([self.socket], [], [], 0.05)
            with contextlib.suppress(BlockingIOError):
                for _ in range(500):
                    packet = decode(self.socket.recv(128))
                    if packet:
                        self.count += 1
                        if len(self.found) < 20 and self.wrong(packet):
                            self.found.append(packet)

    def said(self):
        return "; ".join(f"{each.protocol} {each.source} > {each.target} {each.dport or ''}" for each in self.found[:5])

    def judge(self, check, what):
        """Nothing wrong passed; and something did, or nobody listened."""
        check.true(what, not self.found, self.said())
        check.true(f"{what}: its control, packets that may pass there", self.count, "no packet passed at all")


def in_clear(house, *more):
    """Overhears the VPS towards the internet: nothing of the house (and of more networks) may be seen there but in WireGuard's packets."""
    networks = [ipaddress.ip_network(each) for each in (*subnets(house), *more)]
    def wrong(packet):
        return any(ipaddress.ip_address(each) in network for each in (packet.source, packet.target) for network in networks)
    return Overhearing(house.vps, house.site["vps"]["interface"], wrong)


def beside(house, client):
    """Overhears a client beside its tunnel: nothing but WireGuard's packets may be seen there."""
    there = (house.plan["hub"]["address"], house.plan["hub"]["port"])
    def wrong(packet):
        return packet.protocol != "udp" or there not in ((packet.target, packet.dport), (packet.source, packet.sport))
    return Overhearing(house.phones[client], "eth0", wrong)
