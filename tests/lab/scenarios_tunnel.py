"""What fits through the tunnel: long TLS handshakes, large bodies both ways, packets of exactly its MTU."""
import contextlib
import hashlib
import ipaddress
import json
import os

from ingress import LARGE, Ingress
from machine import wait_for
from probe import ping, tls
from relayed import BEHIND, back, certificate, fingerprint, fronts, listens, real, serving
from scenario import scenario

PATIENCE = 30       # seconds for 8 MiB on a busy machine
HANDSHAKE = 10000   # bytes that a long certificate has at least
ZEROS, BODY = hashlib.sha256(bytes(LARGE)).hexdigest(), os.urandom(LARGE)
BODY_DIGEST = hashlib.sha256(BODY).hexdigest()
HEADERS = {4: 28, 6: 48}    # of an echo request


# Large things -----------------------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def long_certificate(check, server, knock):
    """The server has 180 more names in its certificate. knock: a probe of it."""
    def shows(kind):
        return lambda: knock.try_().fingerprint == fingerprint(server, kind)

    length = len(certificate(server, "large"))
    check.true("the handshake is long", length >= HANDSHAKE, f"{length} bytes")
    server.start(large=True)
    try:
        wait_for("the server with the long certificate", shows("large"), 15)
        yield
    finally:
        server.start()
        wait_for("the server as before", shows("server"), 15)


def through(check, who, server, *place, bodies=True):
    """The handshake, 8 MiB down and 8 MiB up, byte for byte."""
    more = {"ca": server.ca, "fingerprint": fingerprint(server, "large"), "note": who}
    good = check.passes(f"{who}: the long handshake", tls(*place, **more)).outcome == "open"
    # What does not even begin would only be waited for.
    if bodies and good:
        check.passes(f"{who}: {LARGE >> 20} MiB down", tls(*place, path="/large", wait=PATIENCE, **more),
                     lambda seen: hashlib.sha256(seen.body).hexdigest() == ZEROS)
        check.passes(f"{who}: {LARGE >> 20} MiB up", tls(*place, path="/upload", body=BODY, wait=PATIENCE, **more),
                     lambda seen: json.loads(seen.body) == {"length": LARGE, "sha256": BODY_DIGEST})


@contextlib.contextmanager
def joined(house, client):
    """The client is in the tunnel, whether it was before or not."""
    was = client in house.joined
    try:
        yield house.phones[client] if was else house.join(client)
    finally:
        if not was and client in house.joined:
            house.leave(client)


def reaches(house, client, address):
    """Whether a client may open anything at an address of the house."""
    mine = [ipaddress.ip_network(each) for each in client["addresses"]]
    return any(ipaddress.ip_network(flow["from"]) in mine and not flow["protocol"] and ipaddress.ip_address(address) in ipaddress.ip_network(flow["to"])
               for flow in [*house.plan["hub"]["flows"], *house.plan["hub"]["network_flows"]])


@scenario("tunnel: large TLS handshakes and uploads pass", needs="tls")
def large(house, check):
    """Through the relay, and from a phone to the same server."""
    listen = listens(house, "named", "blind")[0]
    name = real(listen["names"][0]) if listen["names"] else house.internal_name
    address, port = listen["upstream"]["address"], listen["upstream"]["port"]
    with serving(house) as servers:
        server = servers[listen["name"]]
        with long_certificate(check, server, tls(house.router, address, port, name)):
            for front in fronts(house):
                through(check, f"relay at {front}", server, house.visitor, front, listen["port"], name, bodies=front == fronts(house)[0])
            client = next((each for each in house.plan["clients"] if each["name"] in house.phones and reaches(house, each, address)), None)
            if client:
                with joined(house, client["name"]) as phone:
                    through(check, client["name"], server, phone, address, port, name)


@scenario("tunnel: large things from the internet pass a full tunnel", needs="full")
def large_full(house, check):
    """As a film does that a phone looks at from abroad: it comes with packets of 1500 bytes to the VPS."""
    client = next(each for each in house.plan["clients"] if each["full"] and each["name"] in house.phones)
    server = Ingress(house.visitor, "eth0", f"{house.folder}/certificates-internet", ["films.example.org"], (BEHIND,), ())
    server.start()
    try:
        with long_certificate(check, server, tls(house.visitor, house.visitors[0], BEHIND, "films.example.org")):
            with joined(house, client["name"]) as phone:
                place = (phone, house.visitors[0], BEHIND, "films.example.org")
                check.passes("as the VPS", tls(*place, ca=server.ca), {"source": house.plan["hub"]["address"]})
                through(check, client["name"], server, *place)
    finally:
        server.server.end()


# Packets ----------------------------------------------------------------------------------------------------------------------

def fits(check, what, machine, address, mtu, outcome):
    """A packet of the exact MTU passes whole; one byte more does not, and its sender is told."""
    size = mtu - HEADERS[6 if ":" in address else 4]
    good = ping(machine, address, size, whole=True, note=f"{mtu} bytes")
    check.passes(f"{what}: {mtu} bytes", good)
    check.stops(f"{what}: {mtu + 1} bytes", ping(machine, address, size + 1, whole=True, note=f"{mtu + 1} bytes"), outcome, control=good)


@scenario("tunnel: packets of its MTU pass whole, larger ones do not", needs="phones")
def packets(house, check):
    hub = house.plan["hub"]
    hosts = [house.host_addresses(each)[0] for each in house.plan.get("networks") or []]
    # The first of each MTU will do.
    for client in {each["mtu"]: each for each in reversed(house.plan["clients"]) if each["name"] in house.phones}.values():
        with joined(house, client["name"]) as phone, check.together():
            mine = mtu_of(phone, client["name"])
            check.true(f"{client['name']}: the MTU of its file", mine == (client["mtu"] or mine), mine)
            for end in filter(None, (back(house), hub["tunnel_address6"])):
                # Its own interface says it.
                fits(check, client["name"], phone, end, mine, "unsent")
            host = next((each for each in hosts if reaches(house, client, each)), None)
            if host:
                fits(check, client["name"], phone, host, min(mine, hub["mtu"]), "unsent" if mine <= hub["mtu"] else "refused")
    if house.router:
        with check.together():
            # Here the router has to say it.
            for name, host in house.hosts.items():
                fits(check, f"host in {name}", host, back(house), hub["mtu"], "refused")
            fits(check, "VPS", house.vps, house.plan["router"]["address"].split("/")[0], hub["mtu"], "unsent")


def mtu_of(phone, client):
    """Of a client's tunnel, in use: its file names one, or leaves it to the app."""
    return int(phone.run("ip", "-o", "link", "show", "dev", client[:15]).split(" mtu ")[1].split()[0])
