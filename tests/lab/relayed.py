"""What the relay of a house passes and to whom, for the scenarios that try it: its listens, TLS servers at their targets, ClientHellos."""
import contextlib
import ipaddress
import socket
import ssl
import time
from hashlib import sha256

import client_hello
import scenario
from house import VISITOR6
from ingress import Ingress
from machine import wait_for
from probe import Ended, Probe, raw, ready, tls
from trace import Leg, Trace

# Where the TLS server of a LAN host listens: its port 443 is the answering server's, which speaks no TLS.
BEHIND = 10443
TABLE = "ip lab-tls"


def listens(house, *kinds):
    """Of some kinds: "named" compares names, "blind" passes any, "plain" is TCP that is not TLS, "udp"."""
    def kind(listen):
        return "udp" if listen["udp"] else "blind" if listen["any"] else "named" if listen["tls"] else "plain"
    return [each for each in (house.plan.get("relay") or {}).get("listens", []) if not kinds or kind(each) in kinds]


def has(*kinds):
    return lambda house: bool(listens(house, *kinds))


# What a house may have that only the relay's scenarios ask for.
scenario.HAS.update({"named": has("named"), "plain": has("plain"), "blind": has("blind"), "tls": has("named", "blind"), "udp": has("udp"),
                     "wildcard": lambda house: any(name.startswith("*.") for each in listens(house, "named") for name in each["names"]),
                     "proxied": lambda house: any(each["proxy"] for each in listens(house, "named")),
                     "entry point": lambda house: bool(house.ingress and house.site["kubernetes"]["ingress"].get("entry_point")),
                     "full": lambda house: any(each["full"] and each["name"] in house.phones for each in house.plan["clients"]),
                     "dedicated": lambda house: bool((house.plan.get("relay") or {}).get("dedicated"))})


def fronts(house):
    """The public addresses of the VPS."""
    return [each for each in (house.plan["hub"]["address"], house.plan["hub"]["address6"]) if each]


def back(house):
    """The address under which the relay comes into the house."""
    return house.plan["hub"]["tunnel_address"]


def seen_as(house, listen, address, source=None):
    """As whom the server behind a listen sees a visitor who comes to that address (from that one, or his usual one)."""
    return (source or (VISITOR6 if ":" in address else house.visitors[0])) if listen["proxy"] else back(house)


def real(name):
    """A name that a visitor may ask for, of one that is published."""
    return name.replace("*", "one", 1)


def target(house, listen):
    """The machine that a listen leads to."""
    address = listen["upstream"]["address"]
    if house.ingress and address in house.ingress.addresses:
        return house.node
    return next(house.hosts[each["name"]] for each in house.plan["networks"] if ipaddress.ip_address(address) in ipaddress.ip_network(each["subnet"]))


def neighbour(house, listen):
    """A machine that may ask that target without the relay."""
    return house.hosts[house.plan["cluster"]["network"]] if target(house, listen) is house.node else house.router


# Servers ----------------------------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def serving(house):
    """A TLS server behind every listen that is for TLS: {listen's name: Ingress}. The cluster's is there; a LAN host gets one for as long as this lasts."""
    found, added = {}, {}
    try:
        for listen in listens(house, "named", "blind"):
            machine = target(house, listen)
            if machine is not house.node and machine not in added:
                added[machine] = begin(house, machine, [each for each in listens(house, "named", "blind") if target(house, each) is machine])
            found[listen["name"]] = added.get(machine, house.ingress)
        yield found
    finally:
        for machine, server in added.items():
            machine.run("nft", "delete", "table", *TABLE.split(), check=False)
            server.server.end()


def begin(house, machine, some):
    """A server for some listens, with a port for each. It believes the hub where that says who the visitor is, as its owner has to tell it."""
    ports = dict(enumerate(some, BEHIND))
    server = Ingress(machine, "eth0", f"{house.folder}/certificates-{machine.name}", house.tls_names(), tuple(ports), (),
                     trusted={port: [back(house)] for port, listen in ports.items() if listen["proxy"]})
    server.start()
    rules = [f"ip daddr {each['upstream']['address']} tcp dport {each['upstream']['port']} redirect to :{port};" for port, each in ports.items()]
    machine.run("nft", "-f", "-", text=f"table {TABLE} {{ chain prerouting {{ type nat hook prerouting priority dstnat; {' '.join(rules)} }}; }}")
    for listen in some:
        knock = inside(house, listen, server)
        wait_for(f"the TLS server of {machine.name} for {listen['name']}", lambda knock=knock: knock.try_().outcome == "open", 10)
    return server


def certificate(server, kind="server"):
    """A server's own certificate, or its "large" one."""
    with open(f"{server.folder}/{kind}.crt", encoding="ascii") as file:
        return ssl.PEM_cert_to_DER_cert(file.read())


def fingerprint(server, kind="server"):
    return sha256(certificate(server, kind)).hexdigest()


def visit(house, listen, server, address=None, name=None, **more):
    """A visitor who asks for a published name, through the relay."""
    name = name or (real(listen["names"][0]) if listen["names"] else house.internal_name)
    return tls(house.visitor, address or house.plan["hub"]["address"], listen["port"], name, ca=server.ca, fingerprint=fingerprint(server), **more)


def inside(house, listen, server):
    """A machine of the house that asks the target for what must not be seen from outside."""
    address, port, before = *(listen["upstream"][key] for key in ("address", "port")), b""
    if server is house.ingress:
        # The relay may have an entry point of its own; others have this one.
        port = next(each for each in server.tls if each not in server.only)
    elif listen["proxy"]:
        # That server wants to be told by everybody who it is.
        before = b"PROXY UNKNOWN\r\n"
    return tls(neighbour(house, listen), address, port, house.internal_name, ca=server.ca, before=before)


# Who heard of it --------------------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def overhearing(house, *some):
    """Gives a list that holds, at the end, what came from the relay to the targets of some listens, in connections that are new."""
    heard = []
    # Older ones may still say goodbye.
    old = {line.split()[3].rsplit(":", 1)[1] for line in house.vps.run("ss", "-Htan").splitlines()}
    legs = [Leg("tcp", each["upstream"]["port"], each["upstream"]["address"]) for each in some]
    with Trace(list({target(house, each) for each in some}), legs) as trace:
        yield heard
    # Neighbours ask the same targets meanwhile.
    heard += [hop for hops in trace.hops for hop in hops if hop.packet.source == back(house) and str(hop.packet.sport) not in old]


# ClientHellos ------------------------------------------------------------------------------------------------------------------

def hello(name, instead=None):
    """A ClientHello that asks for a name. `instead`: bytes of the same length that take its place, which no TLS library would send."""
    data = client_hello.hello(name)
    if instead is None:
        return data
    if data.count(name.encode()) != 1 or len(instead) != len(name):
        raise ValueError(f"{instead!r} cannot stand in the place of {name}")
    return data.replace(name.encode(), instead)


def asks(machine, address, port, text, **more):
    """Sends a ClientHello for these bytes; open when a ServerHello comes back."""
    stand_in = ("a" * 40 + ".") * 5
    return raw(machine, address, port, hello(stand_in[:len(text) - 1] + "a", text), b"\x16\x03", **{"note": f"name {text!r}", **more})


class Pieces(Probe):
    """A ClientHello in two packets, as those of today's browsers are: open when a ServerHello comes back."""

    def __init__(self, machine, address, port, name, **more):
        super().__init__(machine, "pieces", address, port, note=f"{name} in two packets", data=hello(name), **more)

    def try_pieces(self, end):
        data = self.more["data"]
        with self.connect(end) as one:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            cut = len(data) // 2
            one.send(data[:cut])
            time.sleep(0.2)         # the first half has been read when the second comes
            one.send(data[cut:])
            if not ready(one, 1, time.monotonic() + self.wait):
                raise Ended("mute", f"came up, then no answer within {self.wait} s")
            got = one.recv(65536)
            raise Ended("open" if got[:2] == b"\x16\x03" else "wrong" if got else "closed", f"said {got[:10]!r}")
