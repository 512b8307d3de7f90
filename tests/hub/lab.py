"""A VPS, its tunnel, a house and an internet in network namespaces, and one process that opens sockets in all of them.

The machines (namespaces): `hub` is the VPS; `router` has the networks' gateway addresses and `lan` all other addresses of them behind
it; `net` is the internet, the provider's private network (10.99.0.0/24) and its metadata service in one; `box` is a container on
docker0 of the hub; and one for each client. The tunnel is no WireGuard: the hub's wg0 is a veth into a bridge, in which every client
and the router have an end. They talk to the hub only, and their addresses are true, as WireGuard would see to it; what the
firewall sees, interface names and addresses, is the same. eth0 of the hub is a veth to `net`.

Needs root in a network and mount namespace of its own, with an empty /run (tests/hub/run gives it)."""
import collections
import contextlib
import ctypes
import errno
import os
import select
import socket
import struct
import subprocess
import time

HUB4, HUB6 = "203.0.113.10", "2001:db8:17:1::1"
WEB4, WEB6 = "198.51.100.9", "2001:db8:ffff::9"
TUNNEL4, TUNNEL6 = "10.100.0.", "fd5e:7a1c:90d2::"
METADATA, RESOLVER = "169.254.169.254", "10.99.0.53"
NETWORKS = {"lan": "10.10.0.", "servers": "10.20.0."}
TCP_PORTS, UDP_PORTS = (22, 53, 80, 443, 8080, 9100), (53, 5001, 5004, 9100, 51820)

LIBC = ctypes.CDLL(None, use_errno=True)
Seen = collections.namedtuple("Seen", "outcome where source")


def command(*words):
    return subprocess.run(words, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def plain(address):
    return address.removeprefix("::ffff:")


class Lab:
    """Builds everything; nothing need be taken down, since all of it goes with the namespace it was built in."""

    def __init__(self, clients):
        """`clients`: a client's name to the last number of its addresses, or to (number, subnet behind it)."""
        self.names, self.watched = {}, {}
        self.epoll = select.epoll()
        self.home = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.addresses = {"hub": (TUNNEL4 + "1", TUNNEL6 + "1"), "router": (TUNNEL4 + "2", TUNNEL6 + "2")}
        os.makedirs("/run/netns", exist_ok=True)
        for name in ("hub", "tunnel", "router", "lan", "net", "box"):
            self.add(name)
        self.ip("tunnel", "link add name bridge type bridge", "link set bridge up")
        self.build_hub()
        self.build_house()
        for name, number in clients.items():
            number, subnet = number if isinstance(number, tuple) else (number, None)
            self.add(name)
            self.member(name, number)
            if subnet:
                self.ip(name, f"route add local {subnet} dev lo")
                self.ip("hub", f"route add {subnet} via {self.addresses[name][0]} dev wg0")
        self.listen()

    def add(self, name):
        command("ip", "netns", "add", name)
        self.names[name] = os.open(f"/run/netns/{name}", os.O_RDONLY)
        self.ip(name, "link set lo up")
        # No DAD: addresses are there at once. No redirects: the hub's word that somebody else is nearer is not heard.
        for setting in ("ipv6.conf.all.accept_dad=0", "ipv6.conf.default.accept_dad=0", "ipv6.conf.default.accept_redirects=0",
                        "ipv4.conf.all.accept_redirects=0", "ipv4.conf.default.accept_redirects=0", "ipv4.conf.all.send_redirects=0",
                        "ipv4.conf.default.send_redirects=0", "ipv4.conf.all.rp_filter=0", "ipv4.conf.default.rp_filter=0",
                        "ipv4.ping_group_range=0 0", "ipv4.icmp_ratelimit=0", "ipv6.icmp.ratelimit=0"):
            self.set(name, setting)

    def set(self, name, setting):
        path, value = setting.split("=")
        with self.inside(name), open("/proc/sys/net/" + path.replace(".", "/"), "w", encoding="ascii") as file:
            file.write(value)

    def ip(self, name, *lines):
        subprocess.run(["ip", "-n", name, "-batch", "-"], input="\n".join(lines) + "\n", check=True, text=True)

    def link(self, one, one_end, other, other_end):
        self.ip(one, f"link add name {one_end} type veth peer name {other_end} netns {other}", f"link set {one_end} up")
        self.ip(other, f"link set {other_end} up")

    def build_hub(self):
        for setting in ("ipv4.ip_forward=1", "ipv6.conf.all.forwarding=1"):
            self.set("hub", setting)
            self.set("router", setting)
        self.link("hub", "wg0", "tunnel", "hub")
        self.ip("tunnel", "link set hub master bridge")
        self.link("hub", "eth0", "net", "eth0")
        self.ip("hub", f"addr add {TUNNEL4}1/24 dev wg0", f"addr add {TUNNEL6}1/64 dev wg0",
                f"addr add {HUB4}/24 dev eth0", f"addr add {HUB6}/64 dev eth0",
                "route add default via 203.0.113.1", "route add default via 2001:db8:17:1::fe")
        # Knows a way to everything that is not its own through the VPS, as a neighbour at the provider would.
        self.ip("net", "addr add 203.0.113.1/24 dev eth0", "addr add 2001:db8:17:1::fe/64 dev eth0",
                f"route add local {WEB4} dev lo", f"addr add {WEB6}/128 dev lo", f"route add local {METADATA} dev lo",
                f"route add local {RESOLVER} dev lo", f"route add 10.0.0.0/8 via {HUB4}", f"route add 172.17.0.0/16 via {HUB4}",
                f"route add {TUNNEL6}/64 via {HUB6}")
        self.link("hub", "docker0", "box", "eth0")
        self.ip("hub", "addr add 172.17.0.1/16 dev docker0")
        self.ip("box", "addr add 172.17.0.2/16 dev eth0", "route add default via 172.17.0.1")

    def build_house(self):
        self.member("router", 2)
        self.link("router", "eth1", "lan", "eth0")
        self.ip("router", "addr add 172.31.255.1/30 dev eth1")
        self.ip("lan", "addr add 172.31.255.2/30 dev eth0", "route add default via 172.31.255.1")
        for network in NETWORKS.values():
            self.ip("hub", f"route add {network}0/24 via {TUNNEL4}2 dev wg0")
            self.ip("router", f"route add {network}0/24 via 172.31.255.2", f"addr add {network}1/32 dev eth1")
            self.ip("lan", f"route add local {network}0/24 dev lo", f"route add {network}1/32 via 172.31.255.1")

    def member(self, name, number):
        """An end of the tunnel: whatever it sends goes to the hub first, also to its neighbours."""
        self.link(name, "wg0", "tunnel", f"to-{name}")
        self.ip("tunnel", f"link set to-{name} master bridge")
        own4, own6 = f"{TUNNEL4}{number}", f"{TUNNEL6}{number:x}"
        self.addresses[name] = (own4, own6)
        self.ip(name, f"addr add {own4}/32 dev wg0", f"addr add {own6}/128 dev wg0",
                f"route add {TUNNEL4}1 dev wg0", f"route add {TUNNEL6}1 dev wg0",
                f"route add default via {TUNNEL4}1 dev wg0", f"route add default via {TUNNEL6}1 dev wg0")

    @contextlib.contextmanager
    def inside(self, name):
        if LIBC.setns(self.names[name], 0x40000000):
            raise OSError(ctypes.get_errno(), "setns")
        try:
            yield
        finally:
            if LIBC.setns(self.home, 0x40000000):
                raise OSError(ctypes.get_errno(), "setns")

    def run(self, name, *words):
        """What a command prints that runs on that machine; raises CalledProcessError."""
        return command("ip", "netns", "exec", name, *words)

    def listen(self):
        """Everybody listens on the same few ports and answers."""
        for name in self.names:
            if name == "tunnel":
                continue
            for port in TCP_PORTS:
                self.watch(name, socket.SOCK_STREAM, port)
            for port in UDP_PORTS:
                self.watch(name, socket.SOCK_DGRAM, port)

    def watch(self, name, kind, port):
        with self.inside(name):
            listener = socket.socket(socket.AF_INET6, kind)
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("::", port))
        if kind == socket.SOCK_STREAM:
            listener.listen(256)
        listener.setblocking(False)
        self.watched[listener.fileno()] = (name, listener)
        self.epoll.register(listener, select.EPOLLIN)

    def arrivals(self, wait):
        """What reached a listener meanwhile: [(where, source, connection or None)]. UDP is answered at once."""
        found = []
        for number, _ in self.epoll.poll(wait):
            name, listener = self.watched[number]
            with contextlib.suppress(BlockingIOError, ConnectionError):
                while True:
                    if listener.type == socket.SOCK_STREAM:
                        connection, source = listener.accept()
                        found.append((name, plain(source[0]), connection))
                    else:
                        data, ancillary, _, source = listener.recvmsg(2048, 256)
                        found.append((name, plain(source[0]), None))
                        with contextlib.suppress(OSError):
                            listener.sendmsg([data], ancillary, 0, source)
        return found

    def drain(self):
        for _, _, connection in self.arrivals(0):
            if connection:
                connection.close()

    def caller(self, name, kind, source, target, protocol=0):
        """A socket on a machine, not yet connected, that hears every refusal."""
        with self.inside(name):
            caller = socket.socket(family(target), kind, protocol)
        caller.setblocking(False)
        if family(target) == socket.AF_INET6:
            caller.setsockopt(socket.IPPROTO_IPV6, 25, 1)  # IPV6_RECVERR
        else:
            caller.setsockopt(socket.IPPROTO_IP, 11, 1)  # IP_RECVERR
        if source:
            caller.bind((source, 0))
        return caller

    def probe(self, name, target, what, port=0, source=None, wait=1):
        """Tries to reach a target by "tcp", "udp" or "ping". Seen.outcome is "open", "refused" (said aloud) or "silent"; where and
        source tell which machine was reached and whom it saw, for tcp and udp."""
        self.drain()
        ping6 = what == "ping" and family(target) == socket.AF_INET6
        protocol = 0 if what != "ping" else socket.IPPROTO_ICMPV6 if ping6 else socket.IPPROTO_ICMP
        kind = socket.SOCK_STREAM if what == "tcp" else socket.SOCK_DGRAM
        with self.caller(name, kind, source, target, protocol) as caller:
            try:
                status = caller.connect_ex((target, port))
                if status not in (0, errno.EINPROGRESS):
                    return Seen("refused", None, None)
                if what == "udp":
                    caller.send(b"probe")
                elif what == "ping":
                    caller.send(struct.pack("!BBHHH", 128 if ping6 else 8, 0, 0, 0, 1) + b"probe")
                return self.outcome(caller, what, wait)
            except OSError:
                return Seen("refused", None, None)

    def outcome(self, caller, what, wait):
        """Waits until the caller has an answer of either kind."""
        where = source = None
        end = time.monotonic() + wait
        while True:
            for where, source, connection in self.arrivals(0.001):
                if connection:
                    connection.close()
            ready = select.select([caller], [caller] if what == "tcp" else [], [], 0.001)
            if (ready[1] or ready[0]) and (what != "tcp" or where):
                if what != "tcp":
                    caller.recv(2048)
                return Seen("open", where, source)
            if ready[1] and caller.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                return Seen("refused", where, source)
            if time.monotonic() > end:
                return Seen("silent", where, source)

    def connect(self, name, target, port, source=None):
        """An open TCP connection: the sockets of both ends, not blocking."""
        self.drain()
        caller = self.caller(name, socket.SOCK_STREAM, source, target)
        caller.connect_ex((target, port))
        end = time.monotonic() + 2
        while time.monotonic() < end:
            for _, _, connection in self.arrivals(0.01):
                if connection:
                    connection.setblocking(False)
                    return caller, connection
        raise TimeoutError(f"{name} cannot connect to {target} port {port}")
