#!/usr/bin/python3
"""Many TLS connections at once, all held open together: connect and ask, wait for all the others, ask again on each.

    crowd(machine, address, port, name, count, sources) -> Load       processes of this file, in the machine's network
    load.errors == {}      load.peak == count      load.seconds      load.first.p50, .p99      load.second.p50, .p99"""
import collections
import json
import os
import selectors
import socket
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass, field

# The relay's limit of connections for one address is 200; some stay below it.
PER_SOURCE = 150
AT_ONCE = 16
IP_BIND_ADDRESS_NO_PORT = 24


@dataclass
class Times:
    """Of all connections, in seconds."""
    p50: float = 0.0
    p99: float = 0.0
    most: float = 0.0

    @staticmethod
    def of(values):
        ordered = sorted(values)
        if not ordered:
            return Times()
        return Times(ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)], ordered[-1])


@dataclass
class Load:
    wanted: int
    peak: int = 0                                   # answered once and open, all at the same moment
    answered: int = 0                               # answered again after that
    errors: dict = field(default_factory=dict)      # words: how often
    seconds: float = 0.0                            # until all were up
    asking: float = 0.0                             # until all had their second answer
    first: Times = field(default_factory=Times)
    second: Times = field(default_factory=Times)

    def ok(self):
        return not self.errors and self.peak == self.answered == self.wanted

    def __str__(self):
        said = (f"{self.peak} of {self.wanted} open together after {self.seconds:.1f} s (first answer p50 {self.first.p50 * 1000:.0f} ms, "
                f"p99 {self.first.p99 * 1000:.0f} ms), {self.answered} answered again within {self.asking:.1f} s "
                f"(p50 {self.second.p50 * 1000:.0f} ms, p99 {self.second.p99 * 1000:.0f} ms)")
        return said + "".join(f"; {count} × {words}" for words, count in self.errors.items())


def crowd(machine, address, port, name, count, sources, *, path="/", wanted="", processes=2, limit=90):
    """sources: addresses of the machine, at least one for each 150 connections. wanted: words that every answer must contain.
    limit: seconds for each of the two halves."""
    if count > len(sources) * PER_SOURCE:
        raise ValueError(f"{count} connections need {-(-count // PER_SOURCE)} addresses, not {len(sources)}")
    load = Load(count)
    workers = []
    try:
        with machine.inside():
            for number in range(processes):
                order = {"address": str(address), "port": port, "name": name, "path": path, "wanted": wanted, "limit": limit,
                         "count": count * (number + 1) // processes - count * number // processes, "sources": sources[number::processes]}
                workers.append(subprocess.Popen([sys.executable, os.path.abspath(__file__), json.dumps(order)], text=True,
                                                stdin=subprocess.PIPE, stdout=subprocess.PIPE))
        begin = time.monotonic()
        first = [json.loads(worker.stdout.readline() or "{}") for worker in workers]
        load.seconds = time.monotonic() - begin
        # Here all of them are open at the same time.
        begin = time.monotonic()
        for worker in workers:
            worker.stdin.write("again\n")
            worker.stdin.flush()
        second = [json.loads(worker.stdout.readline() or "{}") for worker in workers]
        load.asking = time.monotonic() - begin
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()
    errors = collections.Counter()
    for said in first + second:
        errors.update(said.get("errors", {"a process of the crowd ended early": 1}))
    load.errors = dict(errors)
    # A connection that was lost before the second question was never part of the peak.
    load.peak = sum(said.get("up", 0) for said in first) - sum(said.get("lost", 0) for said in second)
    load.answered = sum(said.get("up", 0) for said in second)
    load.first = Times.of([each for said in first for each in said.get("times", [])])
    load.second = Times.of([each for said in second for each in said.get("times", [])])
    return load


# One process of the crowd ------------------------------------------------------------------------------------------------------

class One:
    """A connection: what it does next is `step`, a generator that gives the events that it waits for."""

    def __init__(self, worker, source):
        self.worker, self.begin, self.time, self.error = worker, time.monotonic(), None, None
        plain = socket.socket(socket.AF_INET6 if ":" in worker.address else socket.AF_INET, socket.SOCK_STREAM)
        plain.setblocking(False)
        # Without it the kernel keeps a port for the address alone, and runs out of them.
        plain.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        plain.bind((source, 0))
        plain.connect_ex((worker.address, worker.port))
        self.socket, self.step = plain, self.come()

    def come(self):
        yield selectors.EVENT_WRITE
        status = self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if status:
            raise OSError(status, os.strerror(status))
        self.worker.forget(self)
        self.socket = self.worker.context.wrap_socket(self.socket, server_hostname=self.worker.name, do_handshake_on_connect=False)
        yield from self.patiently(self.socket.do_handshake)
        yield from self.ask()

    def ask(self):
        yield from self.patiently(lambda: self.socket.send(self.worker.request))
        got = b""
        while not complete(got):
            part = yield from self.patiently(lambda: self.socket.recv(65536))
            if not part:
                raise OSError(0, "ended before its answer")
            got += part
        if b" 200 " not in got[:16] or self.worker.wanted not in got:
            raise OSError(0, f"another answer: {got[:30]!r}")

    def patiently(self, call):
        while True:
            try:
                return call()
            except ssl.SSLWantReadError:
                yield selectors.EVENT_READ
            except ssl.SSLWantWriteError:
                yield selectors.EVENT_WRITE

    def again(self):
        """Its second question begins."""
        self.begin, self.time, self.step = time.monotonic(), None, self.ask()


def complete(got):
    head, end, body = got.partition(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return bool(end) and len(body) >= int(line[15:])
    if end:
        raise OSError(0, "an answer without a length")
    return False


class Worker:
    def __init__(self, order):
        self.address, self.port, self.name = order["address"], order["port"], order["name"]
        self.sources, self.count, self.limit = order["sources"], order["count"], order["limit"]
        self.wanted = order["wanted"].encode()
        self.request = f"GET {order['path']} HTTP/1.1\r\nHost: {self.name}\r\n\r\n".encode()
        self.context = ssl.create_default_context()
        self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE
        self.context.options |= ssl.OP_NO_TICKET
        self.selector, self.watched = selectors.EpollSelector(), {}

    def forget(self, one):
        """Another object takes over its socket."""
        if one in self.watched:
            self.selector.unregister(self.watched.pop(one))

    def advance(self, one):
        """One step; whether it is through with its errand."""
        try:
            events = next(one.step)
        except StopIteration:
            one.time = time.monotonic() - one.begin
        except OSError as error:
            one.error = f"TLS {error.reason}" if isinstance(error, ssl.SSLError) else error.strerror or str(error)
        else:
            if one in self.watched:
                self.selector.modify(self.watched[one], events, one)
            else:
                self.watched[one] = one.socket
                self.selector.register(one.socket, events, one)
            return False
        self.forget(one)
        return True

    def round(self, begin, number):
        """Some at a time until all are through. begin(i) gives the next one."""
        all_, running, started = [], set(), 0
        end = time.monotonic() + self.limit
        while started < number or running:
            while started < number and len(running) < AT_ONCE:
                one = begin(started)
                started += 1
                all_.append(one)
                if not self.advance(one):
                    running.add(one)
            left = end - time.monotonic()
            if left <= 0:
                for one in running:
                    one.error = f"not done within {self.limit} s"
                    self.forget(one)
                all_ += [None] * (number - started)
                break
            # Those who were answered at once are through already.
            for key, _ in self.selector.select(left) if running else ():
                if self.advance(key.data):
                    running.discard(key.data)
        return all_

    def say(self, ones, **more):
        errors = collections.Counter("never begun" if one is None else one.error for one in ones if one is None or one.error)
        up = [one for one in ones if one and not one.error]
        print(json.dumps({"up": len(up), "errors": errors, "times": [round(one.time, 4) for one in up], **more}), flush=True)
        return up

    def run(self):
        up = self.say(self.round(lambda number: One(self, self.sources[number % len(self.sources)]), self.count))
        sys.stdin.readline()
        lost = 0
        for one in up:
            # Readable while nobody asked: it was closed in the meantime (or says something that nobody wanted).
            try:
                lost += one.socket.recv(1) == b""
            except ssl.SSLWantReadError:
                pass
            except OSError:
                lost += 1

        def ask(number):
            up[number].again()
            return up[number]

        self.say(self.round(ask, len(up)), lost=lost)
        sys.stdin.read()


if __name__ == "__main__":
    Worker(json.loads(sys.argv[1])).run()
