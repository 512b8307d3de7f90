"""Where did it stop: sniffs on the machines of the lab while something is tried, and names the hop after which nothing was seen.

    with Trace(house, legs_of(house, probe)) as trace: probe.try_()
    trace.text()    "visitor eth0 → inet to-visitor → inet to-vps → vps eth0 ✗ vps did not send it on"

A packet is seen behind the input filter's back when it comes in and after the output filter when it leaves, so a machine that
drops it is the last that saw it. Times are the kernel's, so the order of hops is the packet's own."""
import ipaddress
import select
import socket
import struct
import threading
import time
from dataclasses import dataclass

ETH_P_ALL, PACKET_OUTGOING, SO_TIMESTAMPNS = 3, 4, 35
PROTOCOLS = {1: "icmp", 58: "icmp", 6: "tcp", 17: "udp"}
# How long after the try packets are still waited for.
LINGER = 0.15
# The kernel begins to stamp packets some time after the first socket wants it, and ends with the last: until then a stamp is the time of
# reading. So one wants it always.
STAMPING = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
STAMPING.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)


@dataclass(frozen=True)
class Leg:
    """One connection on the way. port: of a ping, its sequence number. address: of the one who is asked, when ports alone do not tell legs apart."""
    protocol: str
    port: int | None = None
    address: str | None = None
    name: str = ""


@dataclass(frozen=True)
class Packet:
    protocol: str
    source: str
    target: str
    sport: int | None
    dport: int | None
    word: str = ""      # what it says, when it is no ordinary packet: SYN, RST, or an ICMP error


@dataclass(frozen=True)
class Hop:
    when: float
    machine: str
    interface: str
    outgoing: bool
    packet: Packet

    def place(self):
        return f"{self.machine} {self.interface}"


def decode(data):
    """The packet inside a frame without its link header, or None. Of an ICMP error, the packet that it is about, turned round."""
    try:
        if data[0] >> 4 == 4:
            number, rest = data[9], data[(data[0] & 15) * 4:]
            source, target = ipaddress.IPv4Address(data[12:16]), ipaddress.IPv4Address(data[16:20])
            if struct.unpack("!H", data[6:8])[0] & 0x1fff:
                return None
        elif data[0] >> 4 == 6:
            number, rest = data[6], data[40:]
            source, target = ipaddress.IPv6Address(data[8:24]), ipaddress.IPv6Address(data[24:40])
        else:
            return None
        protocol = PROTOCOLS.get(number)
        if protocol == "icmp":
            return decode_icmp(number, rest, str(source), str(target))
        if protocol is None:
            return None
        sport, dport = struct.unpack("!HH", rest[:4])
        flags = rest[13] if protocol == "tcp" and len(rest) > 13 else 0
        word = "RST" if flags & 4 else "SYN" if flags & 0x12 == 2 else ""
        return Packet(protocol, str(source), str(target), sport, dport, word)
    except (IndexError, struct.error):
        return None


def decode_icmp(number, rest, source, target):
    kind, code = rest[0], rest[1]
    if (number, kind) in ((1, 8), (58, 128)):
        return Packet("icmp", source, target, None, struct.unpack("!H", rest[6:8])[0])
    if (number, kind) in ((1, 0), (58, 129)):
        return Packet("icmp", source, target, struct.unpack("!H", rest[6:8])[0], None)
    if (number == 1 and kind in (3, 11)) or (number == 58 and kind < 128):
        about = decode(rest[8:])
        if about:
            return Packet(about.protocol, about.target, about.source, about.dport, about.sport, f"ICMP {kind}/{code} from {source}")
    return None


class Trace:
    """machines: a house, or machines. legs: what to look at, in the order of the way. via: "machine interface" that should be
    passed, when known. outer: also the UDP port of WireGuard, as a leg of its own at the end."""

    def __init__(self, machines, legs, via=(), outer=None):
        self.legs = [*legs, *([Leg("udp", outer, name="WireGuard's packets")] if outer else [])]
        self.via, self.hops, self.done = list(via), [[] for _ in self.legs], False
        self.sockets = {}
        for machine in machines_of(machines):
            with machine.inside():
                one = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
            one.setblocking(False)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
            one.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            self.sockets[one] = machine.name
        self.thread = threading.Thread(target=self.listen, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        time.sleep(LINGER)
        self.done = True
        self.thread.join()
        for one in self.sockets:
            one.close()
        for hops in self.hops:
            hops.sort(key=lambda hop: hop.when)
            # What an earlier connection still had to say is not of this try. (A connection has another port behind NAT: its SYN there too.)
            began = {hop.packet.sport for hop in hops if hop.packet.word == "SYN"}
            if began:
                hops[:] = [hop for hop in hops if hop.packet.sport in began or hop.packet.dport in began]

    def listen(self):
        while True:
            readable, _, _ = select.select(list(self.sockets), [], [], 0.05)
            for one in readable:
                self.take(one)
            # Not "until nothing comes": beside a download something always comes.
            if self.done:
                return

    def take(self, one):
        for _ in range(200):
            try:
                data, notes, _, about = one.recvmsg(128, 64)
            except BlockingIOError:
                return
            except OSError:
                # A machine was switched off.
                return
            packet = None if about[0] == "lo" else decode(data)
            if packet is None:
                continue
            when = next((struct.unpack("=qq", stamp[:16]) for _, kind, stamp in notes if kind == SO_TIMESTAMPNS), None)
            when = when[0] + when[1] / 1e9 if when else time.time()
            for leg, hops in zip(self.legs, self.hops):
                if direction(leg, packet):
                    hops.append(Hop(when, self.sockets[one], about[0], about[2] == PACKET_OUTGOING, packet))
                    break

    def path(self, leg, way):
        """Where one direction of a leg was seen, each place once, in order; way: "there" or "back"."""
        found = {}
        for hop in self.hops[self.legs.index(leg)]:
            if direction(leg, hop.packet) == way:
                found.setdefault(hop.place(), hop)
        return list(found.values())

    def places(self, leg=0, way="there"):
        return [(hop.machine, hop.interface) for hop in self.path(self.legs[leg], way)]

    def text(self):
        return "\n".join(self.describe(leg) for leg in self.legs)

    def describe(self, leg):
        """One leg in words: the way there, where it stopped, and the same for the answer."""
        name = leg.name or " ".join(str(each) for each in (leg.protocol, leg.address, leg.port) if each is not None)
        there, back = self.path(leg, "there"), self.path(leg, "back")
        if not there:
            return f"{name}: not seen anywhere"
        said = f"{name}: " + " → ".join(hop.place() for hop in there)
        missing = [each for each in self.via if each not in [hop.place() for hop in there]]
        if not back:
            stop = f"not seen at {missing[0]}" if missing else stopped(there[-1])
            return f"{said} ✗ {stop}"
        words = list(dict.fromkeys(hop.packet.word for hop in back if hop.packet.word))
        said += f"; answer{' (' + ', '.join(words) + ')' if words else ''}: " + " → ".join(hop.place() for hop in back)
        if back[-1].machine != there[0].machine:
            said += f" ✗ {stopped(back[-1])}"
        return said


def stopped(hop):
    if hop.outgoing:
        return f"left {hop.place()}, not seen after it"
    return f"{hop.machine} took it, and neither passed it on nor answered"


def direction(leg, packet):
    """Whether a packet goes the way of a leg ("there") or against it ("back"); None when it is not part of it."""
    if packet.protocol != leg.protocol:
        return None
    if packet.dport is not None and leg.port in (None, packet.dport) and leg.address in (None, packet.target):
        return "there"
    if packet.sport is not None and leg.port in (None, packet.sport) and leg.address in (None, packet.source):
        return "back"
    return None


def machines_of(house):
    """The machines of a house that are on, or those of a list."""
    machines = house if isinstance(house, (list, tuple)) else house.machines.values()
    return [each for each in machines if each.is_on]


def legs_of(house, probe):
    """What a probe's packets are: its own connection and, when it goes to the relay, the one from the VPS to the target."""
    number = probe.more.get("sequence", probe.port)
    legs = [Leg(probe.protocol, number, probe.address, f"ping {probe.address}" if probe.kind == "ping" else "")]
    plan = getattr(house, "plan", None) or {}
    hub, relay = plan.get("hub") or {}, plan.get("relay") or {}
    if probe.address in (hub.get("address"), hub.get("address6")):
        for listen in relay.get("listens", []):
            if listen["port"] == probe.port and probe.protocol == "tcp":
                legs.append(Leg("tcp", listen["upstream"]["port"], listen["upstream"]["address"]))
    return legs
