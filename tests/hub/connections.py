#!/usr/bin/python3
"""What a load of the firewall does to open connections: nothing, unless they are no longer allowed; then they end at once."""
import contextlib
import errno
import json
import socket
import subprocess
import sys
import time

from firewall import load
from lab import TUNNEL6, WEB4, WEB6, Lab, family
from report import Trees, run_test
from world import CLIENTS, site


class Connection:
    """Both ends of an open TCP or UDP connection; side 0 is the client's."""

    def __init__(self, lab, client, target, what, port, home):
        self.name = f"{client} -> {target} {what} {port}"
        self.what = what
        self.sides = lab.connect(client, target, port) if what == "tcp" else self.udp(lab, client, target, port, home)
        self.sent, self.got = [0, 0], [0, 0]

    @staticmethod
    def udp(lab, client, target, port, home):
        """A far end of its own, since what it sends must not depend on what it is asked."""
        with lab.inside(home):
            far = socket.socket(family(target), socket.SOCK_DGRAM)
        far.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        far.bind((target, port))
        far.settimeout(2)
        near = lab.caller(client, socket.SOCK_DGRAM, None, target)
        near.connect((target, port))
        near.send(b"hello")
        far.connect(far.recvfrom(100)[1])  # whom it sees: the VPS, behind NAT
        far.setblocking(False)
        return near, far

    def pump(self, side, size=1000):
        """One side sends; an error is None for one that says "later", else its number."""
        try:
            self.sent[side] += self.sides[side].send(b"x" * size)
        except BlockingIOError:
            return None
        except OSError as error:
            return error.errno
        return None

    def collect(self, side):
        """What the other side sent so far is taken in; an error as above."""
        try:
            while True:
                data = self.sides[side].recv(1 << 16)
                if not data:
                    return errno.EPIPE
                self.got[side] += len(data)
        except BlockingIOError:
            return None
        except OSError as error:
            return error.errno

    def alive(self):
        """Troubles, if a message of each side does not reach the other one soon."""
        troubles = []
        for side in (0, 1):
            self.collect(0), self.collect(1)
            before, end, error = self.got[1 - side], time.monotonic() + 2, self.pump(side)
            while self.got[1 - side] == before and time.monotonic() < end and not error:
                time.sleep(0.001)
                error = self.collect(1 - side) or self.collect(side)
            if self.got[1 - side] == before:
                troubles.append(f"{self.name}: what side {side} sends does not arrive (error {error})")
        return troubles

    def cut(self, side):
        """Troubles, if what one side sends still arrives, or if the sender is not told within a second (UDP: by ICMP)."""
        self.collect(0), self.collect(1)
        before, start, error = self.got[1 - side], time.monotonic(), None
        while time.monotonic() < start + 1 and not error:
            error = self.pump(side, 100)
            time.sleep(0.002)
            error = error or self.collect(side)
            self.collect(1 - side)
        who = "the client" if side == 0 else "the far side"
        troubles = [] if self.got[1 - side] == before else [f"{self.name}: what {who} sends still arrives"]
        wanted = (errno.ECONNRESET,) if self.what == "tcp" else (errno.EHOSTUNREACH, errno.EACCES)
        if error not in wanted:
            troubles.append(f"{self.name}: {who} got error {error} after {time.monotonic() - start:.1f} s, not {wanted}")
        return troubles

    def close(self):
        for side in self.sides:
            side.close()


WORLD = (("all", "10.20.0.6", "tcp", 443, "lan"), ("all", "10.20.0.6", "udp", 5001, "lan"), ("all", "10.10.0.5", "tcp", 22, "lan"),
         ("few", "10.20.0.6", "tcp", 22, "lan"), ("few", "10.20.0.7", "udp", 5001, "lan"),
         ("friend", TUNNEL6 + "b", "tcp", 443, "few"), ("friend", TUNNEL6 + "b", "udp", 5004, "few"),
         ("full", WEB4, "tcp", 443, "net"), ("full", WEB6, "tcp", 443, "net"), ("full", WEB4, "udp", 5001, "net"),
         ("full", WEB6, "udp", 5001, "net"), ("branch", "10.20.0.9", "tcp", 22, "lan"))

# What is taken away, and of which connections of WORLD: (client, target, protocol); None: all of that client.
CUTS = {
    "a client is removed": ({"all": None}, [("all", None, None)]),
    "a network becomes a host": ({"all": 'reach: ["10.20.0.6"]'}, [("all", "10.10.0.5", None)]),
    "any protocol becomes one": ({"all": 'reach: [lan, "10.20.0.6:443/tcp"]'}, [("all", "10.20.0.6", "udp")]),
    "a port is taken away": ({"few": 'reach: ["10.20.0.6:53/tcp", "10.20.0.7:5002-5003/udp"]'}, [("few", None, None)]),
    "a client no longer reaches a client": ({"friend": "reach: [servers]"}, [("friend", None, None)]),
    "full becomes split": ({"full": "reach: [servers]"}, [("full", None, None)]),
}


def open_world(lab):
    return [(entry, Connection(lab, *entry)) for entry in WORLD]


def close_world(world):
    for _, connection in world:
        connection.close()


def in_flight(lab, tree, world):
    """Loads a tree while all connections carry data both ways, without a pause; whatever is lost or ends is trouble."""
    troubles = []
    with subprocess.Popen(["ip", "netns", "exec", "hub", "nft", "-f", tree / "etc/hlgen/vps.nft"]) as loading:
        end = None
        while end is None or time.monotonic() < end:
            for _, connection in world:
                for side in (0, 1):
                    error = connection.pump(side) or connection.collect(side)
                    if error:
                        troubles.append(f"{connection.name}: side {side} got error {error}")
            if end is None and loading.poll() is not None:
                end = time.monotonic() + 0.3
            if troubles:
                break
    deadline = time.monotonic() + 2
    while time.monotonic() < deadline and any(c.sent[0] != c.got[1] or c.sent[1] != c.got[0] for _, c in world if c.what == "tcp"):
        for _, connection in world:
            connection.collect(0), connection.collect(1)
    for _, connection in world:
        lost = [connection.sent[side] - connection.got[1 - side] for side in (0, 1)]
        # UDP may lose what finds a full buffer, but not for long: alive() tells.
        if connection.what == "tcp" and any(lost):
            troubles.append(f"{connection.name}: lost {lost} bytes of {connection.sent}")
        if min(connection.sent) < 10000:
            troubles.append(f"{connection.name}: sent only {connection.sent}: no test")
        troubles += connection.alive()
    return troubles


def survive(lab, trees, before, after):
    """To and fro several times: what goes wrong while the kernel exchanges the rules goes wrong only now and then."""
    loads = [trees.build(site(before)), trees.build(site(after))]
    load(lab, loads[0])
    world = open_world(lab)
    for number in range(1, 10):
        troubles = in_flight(lab, loads[number % 2], world)
        if troubles:
            break
    close_world(world)
    return troubles


def cut(lab, trees, change, gone, first):
    """Loads what takes something away; `first` sends first. What is gone ends in both directions, all else lives."""
    load(lab, trees.build(site()))
    world, troubles = open_world(lab), []
    for _, connection in world:
        troubles += connection.alive()
    load(lab, trees.build(site(change)))
    for (client, target, what, _, _), connection in world:
        if any(client == c and t in (None, target) and w in (None, what) for c, t, w in gone):
            troubles += connection.cut(first) + connection.cut(1 - first)
        else:
            troubles += connection.alive()
    close_world(world)
    return troubles


def judged(lab):
    """How many packets the rules for new connections have seen since the last load."""
    table = json.loads(lab.run("hub", "nft", "-j", "list", "table", "inet", "hlgen"))["nftables"]
    rules = [entry["rule"] for entry in table if "rule" in entry and entry["rule"]["chain"] in ("tunnel", "reach", "full")]
    return sum(part["counter"]["packets"] for rule in rules for part in rule["expr"] if part.get("counter"))


def same_generation(lab, trees):
    """Equal permissions: no connection is judged again. Others: each once, or once for each side that sends meanwhile."""
    troubles = []
    load(lab, trees.build(site()))
    world = open_world(lab)
    load(lab, trees.build(site(vps="ssh_port: 53,")))
    for _, connection in world:
        troubles += connection.alive()
    if judged(lab):
        troubles.append(f"{judged(lab)} packets judged although no permission changed")
    load(lab, trees.build(site({"single": None})))
    for _ in range(3):
        for _, connection in world:
            troubles += connection.alive()
    if judged(lab) != len(world):
        troubles.append(f"{judged(lab)} packets judged for {len(world)} connections")
    close_world(world)
    return troubles


def restored(lab, trees):
    """A connection that nobody used while it was forbidden lives when it is allowed again."""
    load(lab, trees.build(site()))
    world = open_world(lab)
    load(lab, trees.build(site({"all": None, "full": "reach: [servers]"})))
    load(lab, trees.build(site()))
    troubles = [trouble for _, connection in world for trouble in connection.alive()]
    close_world(world)
    return troubles


def main():
    lab, trees = Lab(CLIENTS), Trees()
    run_test("hub/connections: live on when a client is added", survive, lab, trees, {"single": None}, {})
    run_test("hub/connections: live on when another client changes", survive, lab, trees, {}, {"admin": "reach: [lan]"})
    run_test("hub/connections: live on when a client is removed", survive, lab, trees, {}, {"admin": None})
    run_test("hub/connections: are not judged again under equal permissions", same_generation, lab, trees)
    run_test("hub/connections: live on when they are allowed again", restored, lab, trees)
    for name, (change, gone) in CUTS.items():
        for side, who in ((0, "the client sends"), (1, "the far side sends")):
            run_test(f"hub/connections: end when {name}; {who}", cut, lab, trees, change, gone, side)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
