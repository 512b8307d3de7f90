"""Tests the tools of the lab: every outcome of a probe here, the others in check_test.py.

    tests/lab/run python tests/lab/probe_test.py [NAME…]"""
import contextlib
import socket
import ssl
import sys
import tempfile
import time

import check_test
from probe import http, ping, raw, tcp, tls, udp
from report import run_test
from row import AWAY, NODE, NODE6, SECOND, VPS, World, saw


# Outcomes ----------------------------------------------------------------------------------------------------------------------

def opened(world):
    seen = tcp(world.visitor, NODE, 80, source=SECOND, by="node").try_()
    troubles = [] if (seen.outcome, seen.source, seen.answer.get("port")) == ("open", SECOND, 80) else [f"tcp: {seen} {seen.answer}"]
    for address in (NODE, NODE6):
        for probe in (tcp(world.visitor, address, 80), udp(world.visitor, address, 53), ping(world.visitor, address), raw(world.visitor, address, 80),
                      http(world.visitor, address, 80, by="node")):
            troubles += saw(probe, "open")
    return troubles


def refused(world):
    troubles = []
    for address, sender in ((NODE, VPS), (NODE6, "fd00:2::2")):
        troubles += saw(tcp(world.visitor, address, 81), "refused", "RST") + saw(udp(world.visitor, address, 54), "refused", "port unreachable")
        with world.rule(world.vps, "forward", "reject with icmpx admin-prohibited"):
            for probe in (tcp(world.visitor, address, 80), udp(world.visitor, address, 53), ping(world.visitor, address)):
                troubles += saw(probe, "refused", "ICMP prohibited", sender)
        with world.rule(world.vps, "forward", "tcp dport 80 reject with tcp reset"):
            troubles += saw(tcp(world.visitor, address, 80), "refused", "RST")
    return troubles


def silent(world):
    troubles = []
    with world.rule(world.vps, "forward", "drop"):
        for address in (NODE, NODE6):
            for probe in (tcp(world.visitor, address, 80, wait=0.5), udp(world.visitor, address, 53, wait=0.5), ping(world.visitor, address, wait=0.5)):
                begin = time.monotonic()
                troubles += saw(probe, "silent")
                if not 0.4 < time.monotonic() - begin < 0.8:
                    troubles.append(f"{probe}: waited {time.monotonic() - begin:.2f} s")
    return troubles


def came_up(world):
    """Connections that come up, and then nothing, an end, a reset, or something else."""
    kept = []
    world.serve(1001, kept.append)
    world.serve(1002, lambda connection: connection.close())
    world.serve(1003, lambda connection: connection.sendall(b"SSH-2.0-somebody\r\n"))

    def reset(connection):
        connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        connection.close()
    world.serve(1004, reset)
    who = world.visitor
    troubles = []
    for kind in (tcp, http, tls):
        more = ["films.example.org"] if kind is tls else []
        troubles += saw(kind(who, NODE, 1001, *more, wait=0.3), "mute") + saw(kind(who, NODE, 1002, *more), "closed")
        troubles += saw(kind(who, NODE, 1003, *more, wait=0.3), "wrong", {tcp: "SSH", http: "no HTTP", tls: "handshake"}[kind])
    troubles += saw(tcp(who, NODE, 1004), "closed") + saw(tcp(who, NODE, 80, by="vps"), "wrong", "node answered")
    troubles += saw(raw(who, NODE, 1003, wanted=b"SSH-2"), "open") + saw(raw(who, NODE, 1003, wanted=b"SSH-1", wait=0.3), "wrong")
    return troubles + saw(http(who, NODE, 80, status=301), "wrong", "HTTP 200")


def unsent(world):
    return (saw(tcp(world.visitor, AWAY, 80), "unsent") + saw(udp(world.visitor, AWAY, 80), "unsent") + saw(ping(world.visitor, AWAY), "unsent")
            + saw(tcp(world.visitor, NODE, 80, source="203.0.113.9"), "unsent", "203.0.113.9"))


def size(world):
    """A packet that must stay whole and is too big for a link on the way."""
    world.inet.ip("link set to-vps mtu 1400")
    try:
        return (saw(ping(world.visitor, NODE, size=1372, whole=True), "open")
                + saw(ping(world.visitor, NODE, size=1373, whole=True), "refused", "fragmentation", "10.1.0.2")
                + saw(ping(world.visitor, NODE6, size=1353, whole=True), "refused", "too big")
                + saw(ping(world.visitor, NODE, size=1600, whole=True), "unsent"))
    finally:
        world.inet.ip("link set to-vps mtu 1500")


def certificate(world):
    """A TLS server with a CA of its own; the name that was asked for and the Host header come back."""
    folder = world.folder
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/ca.crt", f"{folder}/ca.key")
    asked = []
    context.sni_callback = lambda one, name, _: asked.append(name)

    def answer(connection):
        with contextlib.suppress(OSError):
            secure = context.wrap_socket(connection, server_side=True)
            asked.append(secure.recv(4096).decode().split("Host: ")[1].split("\r\n")[0])
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Who: node\r\n\r\nok")
    world.serve(443, answer)

    def one(name="films.example.org", ca="ca", **more):
        return tls(world.visitor, NODE, 443, name, ca=f"{folder}/{ca}.crt", **more)
    seen = one().try_()
    troubles = [] if (seen.outcome, seen.headers.get("x-who"), seen.body) == ("open", "node", b"ok") else [f"{one()}: {seen}"]
    troubles += [] if asked == ["films.example.org"] * 2 else [f"the server was asked {asked}"]
    troubles += saw(one(fingerprint=seen.fingerprint), "open") + saw(one(fingerprint="0" * 64), "wrong", "another certificate")
    troubles += saw(one(ca="other"), "wrong", "certificate") + saw(one("music.example.org"), "wrong", "certificate")
    troubles += saw(one("music.example.org", verify=False), "open")
    del asked[:]
    troubles += saw(one(host="secret.example.org"), "open")
    return troubles + ([] if asked == ["films.example.org", "secret.example.org"] else [f"fronting: the server was asked {asked}"])


TESTS = (opened, refused, silent, came_up, unsent, size, certificate, *check_test.TESTS)


def main():
    with tempfile.TemporaryDirectory(dir="/run/lab") as folder:
        world = World(folder)
        for function in TESTS:
            if sys.argv[1:] and function.__name__ not in sys.argv:
                continue
            begin = time.monotonic()
            run_test(f"lab/tools: {function.__name__.replace('_', ' ')}", function, world)
            print(f"    {time.monotonic() - begin:.1f} s", flush=True)


if __name__ == "__main__":
    main()
