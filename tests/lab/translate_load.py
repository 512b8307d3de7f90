"""Loads a translation into a machine: only what is different from what the kernel has. The other half of HomeRouter."""
import contextlib
import json
import socket
import struct

import translate
from machine import wait_for


def solicit(machine, device):
    """Asks for router advertisements: the kernel does so only when an interface comes up. Without an own address it asks later by itself."""
    with machine.inside(), socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as raw:
        raw.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
        with contextlib.suppress(OSError):
            raw.sendto(struct.pack("!BBHI", 133, 0, 0, 0), ("ff02::2", 0, 0, socket.if_nametoindex(device)))


class Loader:
    """Needs `machine` and `linux`, the translation."""
    def __init__(self):
        # Both end with the machine's power: the texts that are loaded, and the kernel's settings.
        self.loaded, self.settings = {}, {}

    def load(self, what, text, how):
        """Loads a text when it is not the one that is loaded."""
        if self.loaded.get(what) != text:
            how(text)
            self.loaded[what] = text

    def setting(self, text):
        name, _, value = text.partition("=")
        if self.settings.get(name) != value:
            self.machine.set(text)
            self.settings[name] = value
            return True
        return False

    def devices(self):
        """Interfaces that have no cable, the tunnels, and what must not be there any more."""
        shown = json.loads(self.machine.run("ip", "-j", "-d", "link", "show"))
        kinds = {one["ifname"]: one.get("linkinfo", {}).get("info_kind", "") for one in shown}
        lines = []
        for name, kind in kinds.items():
            link = self.linux.link(name)
            if kind == "tun" and name not in self.linux.wireguard or kind == "bridge" and not link:
                lines.append(f"link del {name}")
                self.loaded.pop(f"wireguard {name}", None)
                self.settings = {key: value for key, value in self.settings.items() if f"/{name}/" not in key}
        for link in self.linux.links:
            if link.kind != "wireguard" and link.linux in self.linux.addresses and link.linux not in kinds:
                # Nobody is plugged in there: a switch without ports holds the address.
                lines.append(f"link add {link.linux} type bridge")
        if lines:
            self.machine.ip(*lines)
        for name in self.linux.wireguard:
            if name not in kinds:
                self.machine.start("wireguard-go", "-f", name)
                wait_for(f"{self.machine}: {name}", lambda name=name: self.machine.exists(f"/run/wireguard/{name}.sock"), 5)

    def tunnel(self, name, text):
        file = f"/run/lab-{name}.conf"

        def set_it(text):
            self.machine.write(file, text, mode=0o600)
            # setconf forgets the sessions of a tunnel that runs.
            self.machine.run("wg", "syncconf" if f"wireguard {name}" in self.loaded else "setconf", name, file)
        self.load(f"wireguard {name}", text, set_it)

    def kernel(self):
        """Links, addresses and routes, compared with what the kernel has."""
        shown = {one["ifname"]: one for one in json.loads(self.machine.run("ip", "-j", "address", "show"))}
        first, last, cut, asks = [], [], [], []
        for link in self.linux.links:
            one = shown.get(link.linux)
            if one is None:
                continue
            key = f"index {link.linux}"
            if self.settings.get(key) != one["ifindex"]:    # another cable: it knows nothing yet
                self.settings = {name: value for name, value in self.settings.items() if f"/{link.linux}/" not in name}
                self.settings[key] = one["ifindex"]
            for setting in [f"net/ipv6/conf/{link.linux}/keep_addr_on_down=1", *self.linux.link_sysctls[link.linux]]:
                if self.setting(setting) and setting.endswith("accept_ra=2"):
                    asks.append(link.linux)
            if one["mtu"] != link.mtu:
                first.append(f"link set {link.linux} mtu {link.mtu}")
            if ("UP" in one["flags"]) != link.up:
                first.append(f"link set {link.linux} {'up' if link.up else 'down'}")
            if link.up and not link.reach:
                cut.append(f'{link.linux}" # {one["ifindex"]}, {link.why}')
            have = {f"{each['local']}/{each['prefixlen']}" for each in one["addr_info"] if each["scope"] == "global" and not each.get("dynamic")}
            want = set(self.linux.addresses.get(link.linux, ()))
            first += [f"address del {each} dev {link.linux}" for each in sorted(have - want)]
            last += [f"address add {each} dev {link.linux}{' nodad' if ':' in each else ''}" for each in sorted(want - have)]
        self.load("cut", self.cut(cut), lambda text: self.machine.run("nft", "-f", "-", text=text))
        if first + last:
            self.machine.ip(*first, *last)
        self.routes()
        for device in asks:
            solicit(self.machine, device)

    @staticmethod
    def cut(lines):
        """A table that drops all frames of the interfaces that reach nobody. (Taken down, they would lose what the router itself does with them.)"""
        text = "table netdev router\ndelete table netdev router\ntable netdev router {\n"
        for number, line in enumerate(lines):
            name, _, why = line.partition('" # ')
            for hook in ("ingress", "egress"):
                text += f'\t# {why}\n\tchain {hook}-{number} {{\n\t\ttype filter hook {hook} device "{name}" priority 0; policy drop;\n\t}}\n'
        return text + "}\n"

    def routes(self):
        """Routes go with a link or an address that goes; so the kernel's are looked at each time."""
        for family in (4, 6):
            want = [route for route in self.linux.routes if (":" in route) == (family == 6)]
            old, seen = self.loaded.get(f"routes {family}", ([], ""))
            if old == want and seen == self.shown_routes(family):
                continue
            gone = "".join(f"route del {route} proto {translate.ROUTE_PROTOCOL}\n" for route in old if route not in want)
            # Some of these went with their interface: -force goes on.
            self.machine.status("ip", f"-{family}", "-force", "-batch", "-", text=gone)
            self.machine.run("ip", f"-{family}", "-batch", "-", text="".join(f"route replace {route} proto {translate.ROUTE_PROTOCOL}\n" for route in want))
            self.loaded[f"routes {family}"] = want, self.shown_routes(family)

    def shown_routes(self, family):
        return self.machine.run("ip", f"-{family}", "route", "show", "proto", str(translate.ROUTE_PROTOCOL))
