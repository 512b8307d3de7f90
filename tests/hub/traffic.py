"""Servers and long transfers for the tests of the hub, as threads in namespaces."""
import socket
import struct
import threading
import time

from tunnels import PORT_ECHO, PORT_STREAM, inside, tcp

BLOCK = 1000
PAUSE = 0.005


def serve(name):
    """In a namespace: a stream of numbered blocks for whoever connects, and an echo of datagrams. Never ends."""
    with inside(name):
        stream = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
        echo = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    stream.bind(("::", PORT_STREAM))
    stream.listen(64)
    echo.bind(("::", PORT_ECHO))
    for function, endless in ((accept, stream), (answer, echo)):
        threading.Thread(target=function, args=(endless,), daemon=True).start()


def accept(listening):
    while True:
        connection, _ = listening.accept()
        threading.Thread(target=send, args=(connection,), daemon=True).start()


def send(connection):
    number = 0
    try:
        while True:
            connection.sendall(struct.pack("!Q", number) + bytes(BLOCK - 8))
            number += 1
            time.sleep(PAUSE)
    except OSError:
        connection.close()


def answer(echo):
    while True:
        try:
            data, sender = echo.recvfrom(64)
            echo.sendto(data, sender)
        except OSError:
            # What an ICMP error about an earlier answer leaves on the socket.
            pass


class Transfer:
    """A download that goes on until it ends or is stopped: when blocks came, whether they were whole, how it ended."""

    def __init__(self, name, address):
        self.connection = tcp(name, address)
        self.times, self.wrong, self.ended = [], None, None
        if self.connection is None:
            self.ended = "never connected"
            return
        self.connection.settimeout(None)
        threading.Thread(target=self.receive, daemon=True).start()

    def receive(self):
        number, rest = 0, b""
        try:
            while True:
                got = self.connection.recv(65536)
                if not got:
                    self.ended = "closed"
                    return
                rest += got
                while len(rest) >= BLOCK:
                    if struct.unpack("!Q", rest[:8])[0] != number:
                        self.wrong = number
                    number += 1
                    rest = rest[BLOCK:]
                self.times.append(time.monotonic())
        except OSError as error:
            self.ended = str(error)

    def silence(self, since):
        """The longest time without data from a moment on, and the time since the last."""
        times = [since] + [each for each in self.times if each > since] + [time.monotonic()]
        return max(later - earlier for earlier, later in zip(times, times[1:]))

    def last(self):
        return self.times[-1] if self.times else 0.0

    def trouble(self, since, longest):
        """What was not unharmed, as text; nothing when all was well."""
        found = []
        if self.ended is not None:
            found.append(f"it ended: {self.ended}")
        if self.wrong is not None:
            found.append(f"block {self.wrong} was another")
        if self.silence(since) > longest:
            found.append(f"silent for {self.silence(since):.2f} s")
        return "; ".join(found)
