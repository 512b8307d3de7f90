"""Four machines in a row, for the tests of the lab's own tools: visitor ── inet ── vps ── node, and the node answers."""
import contextlib
import os
import shutil
import socket
import sys
import threading

from machine import Machine, cable

HERE = os.path.dirname(os.path.abspath(__file__))
NODE, NODE6, VPS, AWAY = "10.3.0.2", "fd00:3::2", "10.2.0.2", "192.0.2.1"
SECOND = "198.51.100.7"     # another address of the visitor


class World:
    """Four machines in a row; the last one answers."""

    def __init__(self, folder):
        self.folder = folder
        self.visitor, self.inet, self.vps, self.node = (Machine(name) for name in ("visitor", "inet", "vps", "node"))
        row = [self.visitor, self.inet, self.vps, self.node]
        for number, (left, right) in enumerate(zip(row, row[1:]), 1):
            cable(left, f"to-{right.name}", right, f"to-{left.name}")
            for machine, device, last in ((left, f"to-{right.name}", 1), (right, f"to-{left.name}", 2)):
                machine.ip(f"address add 10.{number}.0.{last}/24 dev {device}", f"address add fd00:{number}::{last}/64 dev {device} nodad")
        for machine in row:
            machine.set("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0")
        for number, machine in enumerate(row, 1):
            for far in (1, 2, 3):
                # Its own links are numbers - 1 and number.
                if far > number:
                    machine.ip(f"route add 10.{far}.0.0/24 via 10.{number}.0.2", f"route add fd00:{far}::/64 via fd00:{number}::2")
                elif far < number - 1:
                    machine.ip(f"route add 10.{far}.0.0/24 via 10.{number - 1}.0.1", f"route add fd00:{far}::/64 via fd00:{number - 1}::1")
        self.visitor.ip(f"address add {SECOND}/32 dev to-inet")
        self.inet.ip(f"route add {SECOND}/32 via 10.1.0.1")
        self.vps.ip(f"route add {SECOND}/32 via 10.2.0.1")
        self.node.ip(f"route add {SECOND}/32 via 10.3.0.1")
        self.answering = None
        self.answer()
        for name in ("ca", "other"):
            self.node.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                          "-subj", f"/CN={name}", "-addext", "subjectAltName=DNS:films.example.org",
                          "-keyout", f"/etc/{name}.key", "-out", f"/etc/{name}.crt")
            for end in ("key", "crt"):
                shutil.copy(self.node.path(f"/etc/{name}.{end}"), folder)
        # What a check asks a house for.
        self.machines = {machine.name: machine for machine in row}
        self.phones, self.plan, self.site, self.router = {}, {}, {}, None

    def answer(self):
        """Starts the answering server of the node."""
        self.answering = self.node.start(sys.executable, f"{HERE}/answer.py", "node", "--tcp", "80,8080", "--udp", "53", ready="ready")

    @contextlib.contextmanager
    def rule(self, machine, hook, text):
        """An nft rule for as long as the block lasts."""
        machine.run("nft", "-f", "-", text=f"table inet test {{ chain {hook} {{ type filter hook {hook} priority 0; {text}; }}; }}")
        try:
            yield
        finally:
            machine.run("nft", "delete", "table", "inet", "test")

    def serve(self, port, handler):
        """On the node, for each connection: handler(connection)."""
        with self.node.inside():
            listening = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)

        def accept():
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=handler, args=(connection,), daemon=True).start()
        threading.Thread(target=accept, daemon=True).start()


def saw(probe, outcome, *words):
    """Trouble unless a probe ends in an outcome and says certain words."""
    seen = probe.try_()
    good = seen.outcome == outcome and all(word in seen.text for word in words)
    return [] if good else [f"{probe}: {seen}, not {outcome} {' '.join(words)}"]


def lacks(text, *words):
    return [f"'{word}' is not in: {text}" for word in words if word not in text]
