#!/usr/bin/python3
"""The server of a lab machine: says on many ports who it is and whom it sees, so that a wrong way in finds somebody who answers.

    answer.py NAME [--tcp PORT,…] [--udp PORT,…]        prints "ready" when it listens

TCP and UDP get {"machine", "source", "source_port", "local", "port"} and a newline (UDP also "heard", its words); TCP at the first bytes or after 200 ms,
and again for whatever follows, until the visitor closes. A GET or POST gets it as HTTP, and one answer. The words
"stream" and "GET /stream" get numbered blocks without end."""
import argparse
import errno
import json
import resource
import select
import signal
import socket
import struct
import sys
import time

# As tests/hub/traffic.py counts them.
BLOCK = 1000
PAUSE = 0.02
PATIENCE = 0.2
BACKLOG = 4096


def plain(address):
    """An IPv4 address of a dual stack socket as everybody writes it."""
    return address[7:] if address.startswith("::ffff:") else address.split("%")[0]


def said(machine, source, local, **more):
    return json.dumps({"machine": machine, "source": plain(source[0]), "source_port": source[1],
                       "local": plain(local[0]), "port": local[1], **more}).encode() + b"\n"


class Visit:
    """One TCP connection."""

    def __init__(self, connection, machine):
        self.connection = connection
        self.text = said(machine, connection.getpeername(), connection.getsockname())
        self.due = time.monotonic() + PATIENCE
        self.out = b""
        self.ends = False
        self.block = None

    def read(self):
        """Takes what came; False when the visitor has gone."""
        got = self.connection.recv(65536)
        if not got:
            return False
        words = got.split(maxsplit=2)
        self.due = None
        if words[:1] == [b"stream"]:
            self.block, self.due = 0, time.monotonic()
        elif words[:1] in ([b"GET"], [b"HEAD"], [b"POST"], [b"PUT"]):
            if words[1:2] == [b"/stream"]:
                self.out = b"HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\nConnection: close\r\n\r\n"
                self.block, self.due = 0, time.monotonic()
            else:
                head = b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(self.text)
                self.out, self.ends = head + (b"" if words[0] == b"HEAD" else self.text), True
        elif self.block is None:
            self.out += self.text
        return True

    def turn(self, now):
        """Something is due: the answer of a visitor who says nothing, or the next block."""
        if self.block is None:
            self.out, self.due = self.out + self.text, None
            return
        self.due = now + PAUSE
        # A visitor who does not read gets no more.
        if len(self.out) < 64 * BLOCK:
            self.out += struct.pack("!Q", self.block) + bytes(BLOCK - 8)
            self.block += 1

    def write(self):
        """False when all is said and the connection can go."""
        if self.out:
            self.out = self.out[self.connection.send(self.out):]
        return not (self.ends and not self.out)


class Server:
    def __init__(self, machine, tcp, udp):
        self.machine = machine
        self.poll = select.epoll()
        self.listening, self.echoing, self.visits = {}, {}, {}
        for port in tcp:
            one = self.open(socket.SOCK_STREAM, port)
            one.listen(BACKLOG)
            self.listening[one.fileno()] = one
        for port in udp:
            one = self.open(socket.SOCK_DGRAM, port)
            # To answer from the address that was asked, on a machine that has several.
            one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            self.echoing[one.fileno()] = (one, port)

    def open(self, kind, port):
        one = socket.socket(socket.AF_INET6, kind)
        one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        if kind == socket.SOCK_STREAM:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.setblocking(False)
        one.bind(("::", port))
        self.poll.register(one, select.EPOLLIN)
        return one

    def accept(self, listening):
        while True:
            try:
                connection, _ = listening.accept()
                connection.setblocking(False)
                visit = Visit(connection, self.machine)
            except BlockingIOError:
                return
            except OSError as error:
                # It went away before it was taken.
                if error.errno in (errno.ENOTCONN, errno.ECONNABORTED):
                    continue
                raise
            self.visits[connection.fileno()] = visit
            self.poll.register(connection, select.EPOLLIN)

    def echo(self, one, port):
        try:
            words, notes, _, sender = one.recvmsg(2048, 256)
            about = next(data for level, kind, data in notes if (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO))
            local = socket.inet_ntop(socket.AF_INET6, about[:16])
            # Without the interface: the answer goes where the routes say.
            heard = words[:40].decode("ascii", "replace")
            text = said(self.machine, sender, (local, port), heard=heard)
            one.sendmsg([text], [(socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, about[:16] + bytes(4))], 0, sender)
        except OSError:
            # What an ICMP error about an earlier answer leaves on the socket.
            pass

    def serve(self, visit, readable):
        number = visit.connection.fileno()
        try:
            alive = not readable or visit.read()
            alive = alive and visit.write()
        except BlockingIOError:
            alive = True
        except OSError:
            alive = False
        if alive:
            self.poll.modify(number, select.EPOLLIN | (select.EPOLLOUT if visit.out else 0))
        else:
            self.poll.unregister(number)
            del self.visits[number]
            visit.connection.close()

    def run(self):
        while True:
            due = min((visit.due for visit in self.visits.values() if visit.due is not None), default=None)
            happened = self.poll.poll(-1 if due is None else max(0.0, due - time.monotonic()))
            for number, events in happened:
                if number in self.listening:
                    self.accept(self.listening[number])
                elif number in self.echoing:
                    self.echo(*self.echoing[number])
                elif number in self.visits:
                    self.serve(self.visits[number], bool(events & ~select.EPOLLOUT))
            now = time.monotonic()
            for visit in [each for each in self.visits.values() if each.due is not None and each.due <= now]:
                visit.turn(now)
                self.serve(visit, False)


def main():
    def ports(text):
        return [int(each) for each in text.split(",") if each]

    words = argparse.ArgumentParser()
    words.add_argument("name")
    words.add_argument("--tcp", type=ports, default=[])
    words.add_argument("--udp", type=ports, default=[])
    given = words.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    server = Server(given.name, given.tcp, given.udp)
    print("ready", flush=True)
    server.run()


if __name__ == "__main__":
    main()
