"""What somebody on a machine of the lab gets when he tries an address: a probe, which can be tried again, and what it saw.

    tcp udp ping http tls raw (machine, address, port, …) -> Probe        probe.try_() -> Seen

Outcomes: open     the expected answer            refused  said aloud: RST or an ICMP error
          closed   came up, ended unanswered      silent   nothing came until the end of the wait
          mute     came up, then nothing came     wrong    an answer, but not the expected one
          unsent   the machine itself could not send it (no route, no such source address): nothing was tried"""
import errno
import hashlib
import ipaddress
import os
import select
import socket
import ssl
import struct
import threading
import time

from seen import Seen, answered, parsed, whole

OUTCOMES = ("open", "refused", "closed", "silent", "mute", "wrong", "unsent")
WAIT = 1.5
# The kernel's numbers, which the socket module does not have.
IP_RECVERR, IPV6_RECVERR = 11, 25
ALONE = {}      # locks of pings: {(machine's name, address): lock}
IP_MTU_DISCOVER, IPV6_MTU_DISCOVER, PMTUDISC_PROBE = 10, 23, 3
LOCAL = {errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EINVAL, errno.ENOKEY, errno.EDESTADDRREQ, errno.EMSGSIZE, errno.EPERM}
UNREACHABLE = {0: "network unreachable", 1: "host unreachable", 2: "protocol unreachable", 3: "port unreachable", 4: "fragmentation needed",
               9: "network prohibited", 10: "host prohibited", 13: "prohibited"}
UNREACHABLE6 = {0: "no route", 1: "prohibited", 3: "address unreachable", 4: "port unreachable", 5: "source refused", 6: "route rejected"}


class Ended(Exception):
    """A try came to its end before there was an answer."""

    def __init__(self, outcome, text):
        super().__init__(text)
        self.seen = Seen(outcome, text)


class Probe:
    """One thing to try. `more`: see the functions that make probes."""

    def __init__(self, machine, kind, address, port=None, *, source=None, wait=WAIT, by=None, note="", **more):
        self.machine, self.kind, self.address, self.port = machine, kind, str(address), port
        self.source, self.wait, self.by, self.note, self.more = source, wait, by, note, more
        self.family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        # Whom to connect to. A link-local address has the number of its interface behind it: fe80::1%3.
        plain, _, scope = self.address.partition("%")
        self.peer = (plain, port or 0, 0, int(scope or 0)) if self.family == socket.AF_INET6 else (plain, port or 0)
        # The words of a trace's filter.
        self.protocol = {"udp": "udp", "ping": "icmp"}.get(kind, "tcp")

    def describe(self):
        name = self.machine.name + (f" ({self.source})" if self.source else "")
        place = self.address if self.port is None else f"[{self.address}]:{self.port}" if self.family == socket.AF_INET6 else f"{self.address}:{self.port}"
        return " ".join(filter(None, [f"{name} → {place} {self.kind}", self.note]))

    __str__ = describe

    def try_(self):
        """Waits for each half, to come up and to be answered, not longer than its wait; what a network can do is no exception."""
        begin = time.monotonic()
        try:
            seen = getattr(self, "try_" + self.kind)(begin + self.wait)
        except Ended as end:
            seen = end.seen
        except OSError as error:
            seen = self.told(error, None)
        if seen.outcome == "open" and self.by and seen.answer.get("machine") != self.by:
            seen.outcome, seen.text = "wrong", f"{seen.answer.get('machine', 'nobody known')} answered, not {self.by}"
        seen.source = str(seen.answer.get("source", ""))
        seen.seconds = time.monotonic() - begin
        return seen

    __call__ = try_

    # Sockets ---------------------------------------------------------------------------------------------------------------

    def socket(self, kind, protocol=0):
        """A socket of the machine, which hears ICMP errors and waits for nothing."""
        with self.machine.inside():
            one = socket.socket(self.family, kind, protocol)
        one.setblocking(False)
        try:
            if self.family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
            else:
                one.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
            if self.source:
                one.bind((self.source, 0))
        except OSError as error:
            one.close()
            raise Ended("unsent", f"source {self.source}: {error.strerror}") from error
        return one

    def told(self, error, one):
        """What a failed call means. ICMP says who sent it; an error without a sender is the machine's own."""
        icmp = one is not None and queued(one)
        if icmp:
            return Seen("refused", icmp)
        if error.errno == errno.ECONNREFUSED:
            return Seen("refused", "RST" if self.protocol == "tcp" else "ICMP port unreachable")
        if error.errno in (errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED):
            return Seen("closed", "reset")
        if error.errno == errno.ETIMEDOUT:
            return Seen("silent")
        if error.errno in LOCAL or error.errno == errno.EHOSTUNREACH:
            return Seen("unsent", error.strerror)
        raise error

    def connect(self, end):
        one = self.socket(socket.SOCK_STREAM)
        status = one.connect_ex(self.peer)
        if status == errno.EINPROGRESS:
            if not ready(one, select.POLLOUT, end):
                one.close()
                raise Ended("silent", f"no answer within {self.wait} s")
            status = one.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if status:
            seen = self.told(OSError(status, os.strerror(status)), one)
            one.close()
            raise Ended(seen.outcome, seen.text)
        return one

    # Kinds -----------------------------------------------------------------------------------------------------------------

    def try_tcp(self, end):
        with self.connect(end) as one:
            end = time.monotonic() + self.wait
            one.send(b"who is there?\n")
            return parsed(read(one, end, self, lambda got: b"\n" in got))

    def try_raw(self, end):
        with self.connect(end) as one:
            end = time.monotonic() + self.wait
            if self.more["send"]:
                one.send(self.more["send"])
            wanted = self.more["wanted"]
            got = read(one, end, self, lambda got: wanted in got if wanted else True)
            if wanted and wanted not in got:
                return Seen("wrong", f"said {got[:60]!r}", body=got)
            return Seen("open", f"said {got[:60]!r}", body=got)

    def try_http(self, end):
        with self.connect(end) as one:
            return self.request(one, time.monotonic() + self.wait)

    def try_tls(self, end):
        with self.connect(end) as plain:
            if self.more["before"]:
                plain.send(self.more["before"])
            return self.secured(plain, time.monotonic() + self.wait)

    def secured(self, plain, end):
        context = ssl.create_default_context(cafile=self.more["ca"])
        if not self.more["verify"]:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        name = self.more["name"]
        # Without a name there is no SNI; the certificate cannot be checked against one then.
        context.check_hostname = context.check_hostname and bool(name)
        with context.wrap_socket(plain, server_hostname=name or None, do_handshake_on_connect=False) as one:
            try:
                patiently(one, one.do_handshake, end, self)
            except ssl.SSLCertVerificationError as error:
                return Seen("wrong", f"certificate: {error.verify_message}")
            except ssl.SSLError as error:
                alert = "ALERT" in (error.reason or "").upper() or isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
                return Seen("closed" if alert else "wrong", f"handshake: {error.reason or error}")
            fingerprint = hashlib.sha256(one.getpeercert(binary_form=True)).hexdigest()
            try:
                seen = self.request(one, end)
            except Ended as over:
                seen = over.seen
            seen.fingerprint = fingerprint
            if self.more["fingerprint"] and fingerprint != self.more["fingerprint"]:
                seen.outcome, seen.text = "wrong", f"another certificate: {fingerprint[:16]}…"
            return seen

    def request(self, one, end):
        host = self.more["host"] or self.address
        body = self.more["body"]
        head = f"{'POST' if body else 'GET'} {self.more['path']} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
        rest = memoryview((head + (f"Content-Length: {len(body)}\r\n" if body else "") + "\r\n").encode() + body)
        while rest:
            rest = rest[patiently(one, lambda part=rest: one.send(part), end, self, select.POLLOUT):]
        return answered(read(one, end, self, whole), self.more["status"])

    def try_udp(self, end):
        with self.socket(socket.SOCK_DGRAM) as one:
            try:
                one.connect(self.peer)
                while time.monotonic() < end:
                    one.send(b"who is there?")
                    # Asked again: the first one may have had to wait for a tunnel or a neighbour.
                    if ready(one, select.POLLIN, min(end, time.monotonic() + 0.4)):
                        return parsed(one.recv(65536))
            except OSError as error:
                return self.told(error, one)
        return Seen("silent", f"no answer within {self.wait} s")

    def try_ping(self, end):
        """One echo request; with `whole` it must not be fragmented on the way."""
        six = self.family == socket.AF_INET6
        # A raw socket hears the errors of every ping to its peer, so there is one at a time; waiting for its turn costs it nothing.
        waited = time.monotonic()
        with ALONE.setdefault((self.machine.name, self.address), threading.Lock()), \
             self.socket(socket.SOCK_RAW, socket.IPPROTO_ICMPV6 if six else socket.IPPROTO_ICMP) as one:
            end += time.monotonic() - waited
            if self.more["whole"]:
                one.setsockopt(*((socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER) if six else (socket.IPPROTO_IP, IP_MTU_DISCOVER)), PMTUDISC_PROBE)
            mark = os.urandom(2) + struct.pack("!H", self.more["sequence"])
            request = struct.pack("!BBH", 128 if six else 8, 0, 0) + mark + bytes(self.more["size"])
            if not six:
                request = request[:2] + checksum(request) + request[4:]
            try:
                one.connect(self.peer)
                one.send(request)
                while ready(one, select.POLLIN, end):
                    got = one.recv(65536)
                    got = got if six else got[(got[0] & 15) * 4:]
                    if got[0] == (129 if six else 0) and got[4:8] == mark:
                        if len(got) != len(request):
                            return Seen("wrong", f"{len(got)} bytes came back of {len(request)}")
                        return Seen("open", "echo")
            except OSError as error:
                return self.told(error, one)
        return Seen("silent", f"no answer within {self.wait} s")


# Pieces ------------------------------------------------------------------------------------------------------------------------

def ready(one, events, end):
    """Waits until the moment `end`; an error counts as ready, so that the next call tells it."""
    poll = select.poll()
    poll.register(one, events)
    return bool(poll.poll(max(0.0, end - time.monotonic()) * 1000))


def patiently(one, call, end, probe, blocked=select.POLLIN):
    """A call on a socket, as often as it would block; TLS says itself for what it waits."""
    while True:
        try:
            return call()
        except ssl.SSLWantReadError:
            events = select.POLLIN
        except ssl.SSLWantWriteError:
            events = select.POLLOUT
        except BlockingIOError:
            events = blocked
        if not ready(one, events, end):
            raise Ended("mute", f"came up, then no answer within {probe.wait} s")


def read(one, end, probe, enough):
    """What comes until it is enough or the other side ends it; nothing at all is an end of its own."""
    got = b""
    while not (got and enough(got)):
        try:
            part = patiently(one, lambda: one.recv(65536), end, probe)
        except Ended:
            # Whoever said something was not mute: the reader of it judges what is missing.
            if got:
                break
            raise
        except ssl.SSLError as error:
            raise Ended("closed", f"TLS: {error.reason or error}") from error
        except OSError as error:
            raise Ended("closed", f"came up, then {error.strerror or error}") from error
        if not part:
            break
        got += part
    if not got:
        raise Ended("closed", "came up, ended without a word")
    return got


def queued(one):
    """The ICMP error that a socket has heard, with its sender; nothing when there is none (RST, or the machine's own error)."""
    try:
        _, notes, _, _ = one.recvmsg(2048, 512, socket.MSG_ERRQUEUE)
    except OSError:
        return ""
    for _, _, data in notes:
        _, origin, kind, code, _, _, _ = struct.unpack_from("=IBBBBII", data)
        if origin not in (2, 3):
            continue
        offender = data[16:]
        sender = str(ipaddress.ip_address(offender[4:8] if origin == 2 else offender[8:24]))
        if origin == 2:
            name = UNREACHABLE.get(code, f"code {code}") if kind == 3 else f"type {kind} code {code}"
        else:
            name = UNREACHABLE6.get(code, f"code {code}") if kind == 1 else "packet too big" if kind == 2 else f"type {kind} code {code}"
        return f"ICMP {name} from {sender}"
    return ""


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return struct.pack("!H", ~total & 0xffff)


# Makers. All take source=, wait=, by= (the machine that must answer) and note= (a word for the report). ---------------------------------

def tcp(machine, address, port, **more):
    return Probe(machine, "tcp", address, port, **more)


def udp(machine, address, port, **more):
    return Probe(machine, "udp", address, port, **more)


def ping(machine, address, size=56, whole=False, **more):  # pylint: disable=redefined-outer-name
    """size: bytes of payload. whole: must not be fragmented on the way, as `ping -M probe`."""
    # By the sequence number a trace knows it among others; NAT changes the identifier.
    return Probe(machine, "ping", address, None, size=size, whole=whole, sequence=int.from_bytes(os.urandom(2), "big"), **more)


def raw(machine, address, port, send=b"", wanted=b"", **more):
    """Sends bytes; open when anything comes back, or what is wanted."""
    return Probe(machine, "raw", address, port, send=send, wanted=wanted, **more)


def http(machine, address, port=80, host=None, path="/", body=b"", status=200, **more):
    return Probe(machine, "http", address, port, host=host, path=path, body=body, status=status, **{"note": host or "", **more})


def tls(machine, address, port, name, *, host=None, path="/", body=b"", status=200, ca=None, verify=None, fingerprint=None, before=b"", **more):
    """before: bytes in front of the handshake. name: for SNI (None: without). host: the Host header when it is another (fronting). The certificate is checked
    when there is a CA, unless verify says otherwise; `fingerprint`: the SHA-256 that it must have."""
    fronting = f"with Host {host}" if host and host != name else ""
    return Probe(machine, "tls", address, port, name=name, host=host or name, path=path, body=body, status=status, ca=ca,
                 verify=bool(ca) if verify is None else verify, fingerprint=fingerprint, before=before,
                 **{"note": " ".join(filter(None, [name or "without a name", fronting])), **more})
