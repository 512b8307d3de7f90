"""Does the kernel decide about packets as the stand-in's evaluator (packets.View) does? Thousands of real packets through a translated router.

    router: every interface of the translation as a veth, the tunnel too ── world: sends frames, answers nothing

Each packet has a number (IPv4 id, IPv6 flow label). An observer's table in the router writes down which numbers came to the hooks, whereto the kernel routed
them, and which numbers were still there behind the filter."""
import ipaddress
import json
import socket
import struct

import translate
from machine import Machine, cable
from packets import Packet, View
from probes import tunnel_probes

WAN = translate.Wan("ether1")
SYN, SYN_ACK = 2, 18
INTERNET = {4: ["198.51.100.9", "1.1.1.1"], 6: ["2001:470:1f0b:22::7"]}
# What is tried from everywhere to everywhere: protocol and port.
SERVICES = (("tcp", 22), ("tcp", 80), ("tcp", 443), ("tcp", 8443), ("udp", 53), ("udp", 546), ("udp", 51830), ("icmp", 0))
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def frame(target, number, packet, ports, flags=SYN):
    """An Ethernet frame with a packet in it. `ports`: source and destination."""
    src, dst = ipaddress.ip_address(packet.src).packed, ipaddress.ip_address(packet.dst).packed
    protocol = PROTOCOLS[packet.protocol]

    def body(check):
        if packet.protocol == "tcp":
            return struct.pack("!HHIIBBHHH", *ports, 1, 1 if flags & 16 else 0, 5 << 4, flags, 8192, check, 0)
        if packet.protocol == "udp":
            return struct.pack("!HHHH", *ports, 8, check)
        return struct.pack("!BBHHH", 8 if protocol == 1 else 128, 0, check, ports[0], 1)
    size = len(body(0))
    pseudo = b"" if protocol == 1 else src + dst + (struct.pack("!BBH", 0, protocol,
                                                                size) if packet.family == 4 else struct.pack("!IHBB", size, 0, 0, protocol))
    text = body(checksum(pseudo + body(0)) or 0xffff)
    if packet.family == 4:
        def head(check):
            return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + size, number, 0, 64, protocol, check, src, dst)
        whole = head(checksum(head(0))) + text
    else:
        whole = struct.pack("!IHBB16s16s", 6 << 28 | number, size, protocol, 64, src, dst) + text
    return target + b"\x02\0\0\0\0\x09" + (b"\x08\x00" if packet.family == 4 else b"\x86\xdd") + whole


class Kernel:
    """A machine with a translated router in it. `spoil` may change the firewall's text before it is loaded."""
    def __init__(self, router, spoil=None):
        self.linux = translate.translate(router, WAN)
        self.machine, self.world = Machine("router"), Machine("world")
        self.names = {link.linux: link.name for link in self.linux.links if link.up}
        lines = []
        for number, name in enumerate(self.names):
            cable(self.machine, name, self.world, f"p{number}", f"02:00:00:00:01:{number:02x}")
            lines += [f"address add {each} dev {name}{' nodad' if ':' in each else ''}" for each in self.linux.addresses.get(name, ())]
            lines.append(f"address add fe80::1:{number + 1:x}/64 dev {name} nodad")
        self.machine.set(*self.linux.sysctls, *(one for name in self.names for one in self.linux.link_sysctls[name]))
        self.machine.ip(*lines)
        self.machine.ip(*(f"route add {route}" for route in self.linux.routes))
        if not any(route.startswith("::/0") for route in self.linux.routes):
            # The filter is asked only about what has a way.
            self.machine.ip(f"route add ::/0 via fe80::1 dev {translate.linux_name(WAN.name)}")
        self.machine.run("nft", "-f", "-", text=spoil(self.linux.nft) if spoil else self.linux.nft)
        self.machine.run("nft", "-f", "-", text=self.observer())
        self.sockets = {}
        with self.world.inside():
            for number, name in enumerate(self.names):
                self.sockets[name] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
                self.sockets[name].bind((f"p{number}", 0))

    def observer(self):
        text = ""
        for family, what in (("ip", "ip id"), ("ip6", "ip6 flowlabel")):
            text += f"table {family} observer {{\n"
            sets = ["in", "in-passed", "forward-passed", *(f"to-{number}" for number in range(len(self.names)))]
            text += "".join(f"set {name} {{\ntypeof {what}\nflags dynamic\nsize 65535\n}}\n" for name in sets)
            for hook, priority, rules in (("input", -500, [f"add @in {{ {what} }}"]), ("input", 500, [f"add @in-passed {{ {what} }}"]),
                                          ("forward", -500, [f'oifname "{name}" add @to-{number} {{ {what} }}' for number, name in enumerate(self.names)]),
                                          ("forward", 500, [f"add @forward-passed {{ {what} }}"])):
                text += f"chain {hook}{'-late' if priority > 0 else ''} {{\ntype filter hook {hook} priority {priority};\n" + "\n".join(rules) + "\n}\n"
            text += "}\n"
        return text

    def send(self, place, number, packet, ports, flags=SYN):
        target = bytes((2, 0, 0, 0, 1, list(self.names).index(place)))
        self.sockets[place].send(frame(target, number, packet, ports, flags))

    def seen(self):
        """{family: {set: numbers}}"""
        result = {4: {}, 6: {}}
        for family, table in ((4, "ip"), (6, "ip6")):
            for one in json.loads(self.machine.run("nft", "-j", "list", "table", table, "observer"))["nftables"]:
                if "set" in one:
                    result[family][one["set"]["name"]] = set(one["set"].get("elem", ()))
        return result

    def close(self):
        for one in self.sockets.values():
            one.close()
        self.machine.off()
        self.world.off()


def packets(kernel, router, plan):
    """[(Linux name of the interface where it comes in, Packet)] without chain and out: these the kernel tells."""
    view, found = View(router), {}
    own = {name: [ipaddress.ip_interface(each) for each in kernel.linux.addresses.get(name, ())] for name in kernel.names}
    mine = {str(one.ip) for each in own.values() for one in each}
    hosts = {name: [str(one.network.network_address + 0x77) for one in each] for name, each in own.items()}
    wan = translate.linux_name(WAN.name)
    tunnels = [link.linux for link in kernel.linux.links if link.kind == "wireguard" and link.up]
    targets = mine | {one for each in hosts.values() for one in each} | set(INTERNET[4] + INTERNET[6])
    if plan.get("delegation") and plan["delegation"]["ingress"] and plan["delegation"]["ingress"]["address"]:
        targets.add(plan["delegation"]["ingress"]["address"])

    def add(place, src, dst, protocol, port):
        family = 6 if ":" in src else 4
        if src != dst and src not in mine and family == (6 if ":" in dst else 4):
            protocol = "icmpv6" if protocol == "icmp" and family == 6 else protocol
            found[place, Packet(family, "", router_name(kernel, place), "", src, dst, protocol, port)] = None
    for place in kernel.names:
        sources = hosts[place] + (INTERNET[4] + INTERNET[6] if place == wan else [])
        for src in sources:
            for dst in targets:
                for protocol, port in SERVICES:
                    add(place, src, dst, protocol, port)
        for protocol, port in SERVICES:
            add(place, "fe80::5", f"fe80::1:{list(kernel.names).index(place) + 1:x}", protocol, port)
    for place in tunnels:
        for probe in tunnel_probes(plan):
            if view.leaves_tunnel(router_name(kernel, place), probe.src):
                add(place, *probe[1:])
    return list(found)


def router_name(kernel, place):
    return kernel.names[place]


def compare(router, plan, spoil=None):
    """What differs, how many packets were tried, and how many of them passed."""
    kernel = Kernel(router, spoil)
    try:
        return judge(kernel, View(router), packets(kernel, router, plan))
    finally:
        kernel.close()


def judge(kernel, view, tried):
    names = list(kernel.names)
    for number, (place, packet) in enumerate(tried, 1):
        kernel.send(place, number, packet, (1024 + number, packet.port))
    seen = kernel.seen()
    troubles, passed, answers = [], 0, {}

    def verdict(number, packet, what):
        """The packet with chain and out as the kernel had them, and whether it passed; None: it never came to a hook."""
        have = seen[packet.family]
        if number in have["in"]:
            return packet._replace(chain="input"), number in have["in-passed"]
        out = [name for index, name in enumerate(names) if number in have[f"to-{index}"]]
        if len(out) != 1:
            troubles.append(f"{what}: came to no hook, or to several: {packet}")
            return None, False
        return packet._replace(chain="forward", out=kernel.names[out[0]]), number in have["forward-passed"]

    def check(number, packet, what):
        packet, passes = verdict(number, packet, what)
        if packet and view.decide(packet) != passes:
            troubles.append(f"{what} {'passes' if passes else 'is stopped'} in Linux alone: {packet}")
        return packet, passes
    for number, (_, packet) in enumerate(tried, 1):
        whole, passes = check(number, packet, "a packet")
        passed += passes
        if whole and whole.chain == "forward" and whole.protocol == "tcp" and not (whole.family == 4 and whole.out == WAN.name):
            answers[len(tried) + number] = whole, passes
    # An answer, also to what did not pass: then it belongs to nothing.
    for number, (whole, passes) in answers.items():
        back = whole._replace(into=whole.out, out=whole.into, src=whole.dst, dst=whole.src)
        kernel.send(translate.linux_name(whole.out), number, back, (whole.port, 1024 + number - len(tried)), SYN_ACK)
    seen = kernel.seen()
    for number, (whole, passes) in answers.items():
        back = whole._replace(chain="", into=whole.out, out="", src=whole.dst, dst=whole.src, state="established" if passes else "invalid")
        check(number, back, "an answer" if passes else "an answer to nothing")
    return troubles, len(tried) + len(answers), passed
