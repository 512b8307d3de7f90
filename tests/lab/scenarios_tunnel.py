"""What fits through the tunnel: long TLS handshakes, large bodies both ways, packets of exactly its MTU."""
import hashlib
import os

from ingress import LARGE
from machine import wait_for
from probe import ping, tls
from relayed import back, fingerprint, fronts, listens, real, serving, target
from scenario import scenario

PATIENCE = 60       # for 8 MiB on a busy machine
ZEROS = hashlib.sha256(bytes(LARGE)).hexdigest()
BODY = os.urandom(LARGE)
HANDSHAKE = 12000   # bytes of a long certificate


def long_certificate(server):
    """The server's certificate with 180 more names; gives its length."""
    server.start(large=True)
    return os.path.getsize(f"{server.folder}/large.crt")


def both_ways(check, who, place, **more):
    """Down and up over TLS, byte for byte."""
    check.passes(f"{who}: the long handshake", tls(*place, **more), lambda seen: seen.fingerprint)
    check.passes(f"{who}: {LARGE >> 20} MiB down", tls(*place, path="/large", wait=PATIENCE, **more),
                 lambda seen: len(seen.body) == LARGE and hashlib.sha256(seen.body).hexdigest() == ZEROS)
    check.passes(f"{who}: {LARGE >> 20} MiB up", tls(*place, path="/upload", body=BODY, wait=PATIENCE, **more),
                 {"length": LARGE, "sha256": hashlib.sha256(BODY).hexdigest()})
