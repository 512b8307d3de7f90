"""Listens to router advertisements on the router's interfaces, on the hosts and at the provider, after it has asked for them everywhere."""
import ipaddress
import select
import socket
import struct
import time
from dataclasses import dataclass, field

from trace import ETH_P_ALL, PACKET_OUTGOING
from translate_load import solicit

ADVERTISEMENT, PREFIX, RDNSS = 134, 3, 25
# A router that announces answers a solicitation within half a second, but not twice within three (RFC 4861).
SURE, LIMIT = 4.0, 20.0


@dataclass
class Advertisement:
    machine: str
    device: str
    outgoing: bool
    source: str
    lifetime: int
    prefixes: list = field(default_factory=list)    # those of which hosts make addresses now
    dns: list = field(default_factory=list)


def read(data, machine, device, outgoing):
    """What a packet says, or None when it is no advertisement."""
    if len(data) < 56 or data[0] >> 4 != 6 or data[6] != 58 or data[40] != ADVERTISEMENT:
        return None
    one = Advertisement(machine, device, outgoing, str(ipaddress.IPv6Address(data[8:24])), struct.unpack_from("!H", data, 46)[0])
    options = data[56:]
    while len(options) >= 8 and options[1]:
        option, options = options[:options[1] * 8], options[options[1] * 8:]
        if option[0] == PREFIX and option[3] & 0x40 and struct.unpack_from("!I", option, 8)[0]:
            one.prefixes.append(f"{ipaddress.IPv6Address(option[16:32])}/{option[2]}")
        elif option[0] == RDNSS:
            one.dns += [str(ipaddress.IPv6Address(option[at:at + 16])) for at in range(8, len(option), 16)]
    return one


def listen(house, expected):
    """(all that was heard, the seconds it took): until those interfaces of the router have announced, and long enough for the others to."""
    places = {"provider": "line", **{f"host-{name}": "eth0" for name in house.hosts}}
    machines = [house.router, house.provider, *house.hosts.values()]
    sockets, heard, begin, asked = {}, [], time.monotonic(), 0.0
    try:
        for machine in machines:
            with machine.inside():
                one = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
            one.setblocking(False)
            sockets[one] = machine.name
        while (spent := time.monotonic() - begin) < SURE or (spent < LIMIT and expected - {each.device for each in heard if each.machine == "router"}):
            if time.monotonic() - asked > 1:
                for machine in machines[1:]:
                    solicit(machine, places[machine.name])
                asked = time.monotonic()
            for one in select.select(list(sockets), [], [], 0.1)[0]:
                data, about = one.recvfrom(2048)
                found = read(data, sockets[one], about[0], about[2] == PACKET_OUTGOING)
                # The router also hears the provider's, and the provider sends his own, which his loopback shows him.
                if found and found.device != "lo" and found.outgoing == (found.machine == "router"):
                    heard.append(found)
        return heard, time.monotonic() - begin
    finally:
        for one in sockets:
            one.close()
