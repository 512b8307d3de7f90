"""What the relay can be told beyond names and ports: an entry point of its own, PROXY protocol, UDP, wildcards, HTTP passed on; and what a change costs."""
import contextlib
import re
import select
import socket
import time

from callers import clients, joined, may as may_client
from changing import PAUSE, changed, into_service, restore, site_text
from house import VISITOR6
from lab_sites import edited
from machine import wait_for
from probe import http, tcp, tls, udp
from relayed import back, fingerprint, fronts, inside, listens, real, seen_as, serving, target, visit
from scenario import PATIENT, scenario
from scenarios_relay import SILENCE, may
from seen import parsed
from transfer import Transfer

# Somebody who is not in the lab at all: whose address it is that liars claim.
CLAIMED = "203.0.113.66"
OWNERS = """
pid /run/owner.pid;
error_log /run/owner.log;
events {}
http { access_log off; server { listen 127.0.0.1:8081; location / { proxy_pass http://127.0.0.1:8080; proxy_buffering off; } } }
"""


# Fronting ----------------------------------------------------------------------------------------------------------------------

@scenario("relay: fronting", needs=("named", "entry point"))
def fronting(house, check):
    """Within a connection for a published name a visitor asks for another host: the relay cannot see that, so its entry point must know no others."""
    ingress = house.ingress
    usual = next(each for each in ingress.tls if each not in ingress.only)
    hidden = [name for name in house.tls_names() if name not in house.public_names()]
    for listen in listens(house, "named"):
        name = real(listen["names"][0])
        for address in fronts(house):
            good = visit(house, listen, ingress, address)
            check.passes(name, good, {"host": name, "port": listen["upstream"]["port"]})
            for other in hidden:
                controls = [good, tls(house.router, ingress.addresses[0], usual, other, ca=ingress.ca)]
                for words, more in ((f"Host: {other}", {"host": other}), (f"GET https://{other}/", {"path": f"https://{other}/"})):
                    fronted = visit(house, listen, ingress, address, name, wait=PATIENT, **more)
                    seen = check.stops(f"{words} in a connection for {name}", fronted, "wrong", controls)
                    check.true(f"{words}: there is no such host here", seen.status == 404, seen)


# PROXY protocol ----------------------------------------------------------------------------------------------------------------

def header(source, target_address, port):
    return f"PROXY TCP{6 if ':' in source else 4} {source} {target_address} 4711 {port}\r\n".encode()


def tells(house, check, servers):
    """Who the visitor is, of both families; and it is the hub that is believed, nobody else."""
    for listen in listens(house, "named"):
        server, (address, port) = servers[listen["name"]], (listen["upstream"][key] for key in ("address", "port"))
        with check.together():
            for front in fronts(house):
                for source in [VISITOR6] if ":" in front else house.visitors[:3]:
                    check.passes(f"{source} through {front}", visit(house, listen, server, front, source=source), {"source": source})
                # What a visitor himself puts in front is no TLS.
                check.stops("a header of the visitor's own", visit(house, listen, server, front, before=header(CLAIMED, front, listen["port"]), wait=PATIENT),
                            "closed", visit(house, listen, server, front))
        def claims(machine, server=server, address=address, port=port, name=real(listen["names"][0])):
            return tls(machine, address, port, name, ca=server.ca, fingerprint=fingerprint(server), before=header(CLAIMED, address, port))
        check.passes("the hub is believed", claims(house.vps), {"source": CLAIMED})
        for name, host in strangers(house, listen):
            check.passes(f"{name} is not believed", claims(host), lambda seen, name=name: seen.source in house.host_addresses(house.network(name)))
        for name in clients(house) if house.site["tunnel"]["clients_appear_as"] == "themselves" else ():
            if may_client(house, name, address, "tcp", port):
                with joined(house, name):
                    check.passes(f"{name} is not believed", claims(house.phones[name]), {"source": house.site["clients"][name]["address"]})


def strangers(house, listen):
    """Hosts that the target must not believe: all but itself, and those of the cluster's network where its nodes have to be believed."""
    behind, cluster = target(house, listen), house.plan.get("cluster")
    for name, host in house.hosts.items():
        nodes = behind is house.node and name == cluster["network"] and cluster["ingress"]["traefik"]["nodes"]
        if host is not behind and not nodes:
            yield name, host


@scenario("relay: PROXY protocol brings the visitor's address", needs=("proxied", "no cluster"))
def proxied(house, check):
    with serving(house) as servers:
        tells(house, check, servers)


# UDP ---------------------------------------------------------------------------------------------------------------------------

def talk(house, address, port, sources, rounds=3):
    """All of them talk at the same time, each with words of its own: {source: its answers, as read}."""
    with house.visitor.inside():
        sockets = {source: socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) for source in sources}
    answers = {source: [] for source in sources}
    try:
        for source, one in sockets.items():
            one.bind((source, 0))
            one.connect((address, port))
        for number in range(rounds):
            # Who is refused has no answer.
            for source, one in sockets.items():
                with contextlib.suppress(ConnectionError):
                    one.send(f"{source} {number}".encode())
            for source, one in sockets.items():
                with contextlib.suppress(ConnectionError):
                    while select.select([one], [], [], SILENCE)[0]:
                        answers[source].append(parsed(one.recv(2048)).answer)
                        if answers[source][-1].get("heard") == f"{source} {number}":
                            break
    finally:
        for one in sockets.values():
            one.close()
    return answers


def datagrams(house, check):
    for listen in listens(house, "udp"):
        upstream, machine = listen["upstream"], target(house, listen)
        for address in fronts(house):
            check.passes(listen["name"], udp(house.visitor, address, listen["port"], wait=PATIENT),
                         {"machine": machine.name, "local": upstream["address"], "port": upstream["port"], "source": back(house)})
            sources = [VISITOR6] if ":" in address else house.visitors[:12]
            answers = talk(house, address, listen["port"], sources)
            for source, got in answers.items():
                heard = [one.get("heard") for one in got]
                check.true(f"{source} has an answer to each of its words, and no others", heard == [f"{source} {n}" for n in range(3)], got)
                check.true(f"{source}: it is one conversation for the target", len({one.get("source_port") for one in got}) == 1, got)
            check.true("each visitor is another one for the target", len({got[0]["source_port"] for got in answers.values() if got}) == len(sources), answers)
            good = udp(house.visitor, address, listen["port"])
            if upstream["port"] != listen["port"]:
                check.stops("the target's port at the VPS", udp(house.visitor, address, upstream["port"], wait=SILENCE), "silent", good)
        for port in {53, 5001} - {upstream["port"]}:
            if not may(house, upstream["address"], port, "udp"):
                check.stops(f"{upstream['address']} udp {port} from the VPS", udp(house.vps, upstream["address"], port, wait=SILENCE), "silent",
                            [udp(house.router, upstream["address"], port), udp(house.vps, upstream["address"], upstream["port"])])
        if not may(house, upstream["address"], upstream["port"]):
            place = (house.vps, upstream["address"], upstream["port"])
            check.stops(f"{upstream['address']} tcp {upstream['port']} from the VPS", tcp(*place, wait=SILENCE), "silent", udp(*place))


@scenario("relay: a UDP port", needs=("udp",))
def udp_port(house, check):
    datagrams(house, check)


# Names -------------------------------------------------------------------------------------------------------------------------

@scenario("relay: a wildcard name, any case, an apex", needs="wildcard")
def wildcard(house, check):
    with serving(house) as servers, check.together():
        for listen in listens(house, "named"):
            server = servers[listen["name"]]
            wild = [each.removeprefix("*") for each in listen["names"] if each.startswith("*.")]
            apexes = [each for each in listen["names"] if any(one.endswith(f".{each}") for one in wild)]
            check.true("there is an apex beside it", apexes)
            for address in fronts(house):
                place, seen = (house, listen, server, address), {"machine": target(house, listen).name, "source": seen_as(house, listen, address)}
                for each in apexes:
                    for name in (each, each.upper(), each.title()):
                        check.passes(f"the apex, {name}", visit(*place, name), {**seen, "sni": name})
                for each in wild:
                    for name in (f"one{each}", f"two-3{each}", f"xn--bcher-kva{each}", f"ONE{each.upper()}", f"One{each.title()}"):
                        check.passes(f"any label, {name}", visit(*place, name), {**seen, "sni": name})
                    # nginx takes it for all that ends so, however deep; the certificate is the target's affair.
                    check.passes("two labels", visit(*place, f"a.b{each}", verify=False), {"sni": f"a.b{each}"})
                    for name in (each[1:], f"one{each}x", f"one{each}.example", f"x{each[1:]}", f"one-{each[1:]}"):
                        if name not in listen["names"]:
                            controls = [visit(*place, f"one{each}"), inside(house, listen, server)]
                            check.stops(f"name {name}", visit(*place, name, wait=PATIENT), "closed", controls)


# Changes -----------------------------------------------------------------------------------------------------------------------

# What the site of the example becomes: visitors keep their addresses, certificates come by HTTP-01, and there is a game.
VARIANT = (("names: published, proxy_protocol: false }", "names: published, proxy_protocol: true }"),
           ("  http:  { listen: 80, redirect: true }\n", "  http:  { listen: 80, to: ingress:80, proxy_protocol: true }\n"
                                                         "  game:  { listen: 27015, protocol: udp, to: 10.20.0.5:5001 }\n"),
           ("  network: kubernetes\n", "  network: kubernetes\n  pod_network: 10.244.0.0/16\n"))


def passed_on(house, check):
    """Plain HTTP for whoever asks, as a certificate's challenge needs it; the ingress is told who."""
    for listen in listens(house, "plain"):
        if listen["upstream"]["address"] not in house.ingress.addresses:
            continue
        for address in fronts(house):
            for name in house.public_names():
                check.passes(f"http://{name}", http(house.visitor, address, listen["port"], host=name, path="/.well-known/acme-challenge/x"),
                             {"machine": "node", "host": name, "port": listen["upstream"]["port"], "source": seen_as(house, listen, address)})


@scenario("relay: PROXY protocol, HTTP and UDP are switched on, and off again", needs=("router", "entry point", "redirect"))
def switched(house, check):
    """In the order of the guide: Traefik first when it is switched on, the VPS first when it is switched off. Visitors come in all the while."""
    before, named = site_text(house), listens(house, "named")[0]
    good = visit(house, named, house.ingress)
    def upgraded():
        house.upgrade()
        house.ingress.start()
        wait_for("Traefik's new pod", lambda: inside(house, named, house.ingress).try_().outcome == "open", 20)
    try:
        house.build(edited(before, VARIANT))
        upgraded()
        check.passes("Traefik expects it, the VPS does not say it yet", good, {"source": back(house)})
        into_service(house)
        tells(house, check, {each["name"]: house.ingress for each in listens(house, "named")})
        passed_on(house, check)
        datagrams(house, check)
    finally:
        restore(house, before)
        check.passes("the VPS does not say it any more, Traefik still expects it", good, {"source": back(house)})
        upgraded()
    check.passes("as before", good, {"source": back(house)})


@contextlib.contextmanager
def owners_nginx(house):
    """The owner runs one of his own; gives a function that says who of it listens, workers and all."""
    house.vps.write("/run/owner.conf", OWNERS)
    server = house.vps.start("nginx", "-c", "/run/owner.conf", "-g", "daemon off;")
    try:
        end = time.monotonic() + 10
        while tcp(house.vps, "127.0.0.1", 8081, wait=0.5).try_().outcome in ("refused", "silent") and time.monotonic() < end:
            time.sleep(0.05)
        yield lambda: house.vps.run("ss", "-Htlnp", "sport = :8081")
    finally:
        server.end()


@scenario("relay: one more name, while others download", needs=("named",))
def one_more(house, check):
    """A reload ends no connection, and touches no nginx of the owner's. The new name passes at once."""
    address, (text, count) = fronts(house)[0], re.subn(r"^services:.*\n", "\\g<0>  coming: { via: relay }\n", site_text(house), flags=re.MULTILINE)
    check.true("the site file has a place for one more", count == 1, text)
    with contextlib.ExitStack() as stack:
        servers, owners = stack.enter_context(serving(house)), stack.enter_context(owners_nginx(house))
        transfers, asks = {}, {}
        for listen in listens(house, "named"):
            name = real(listen["names"][0])
            transfers[f"a download of {name}"] = Transfer(house.visitor, address, listen["port"], tls=name)
            asks[listen["name"]] = visit(house, listen, servers[listen["name"]], name=house.coming_name)
            check.stops(f"{house.coming_name} before", visit(house, listen, servers[listen["name"]], name=house.coming_name, wait=PATIENT), "closed",
                        visit(house, listen, servers[listen["name"]]))
        owned = http(house.vps, "127.0.0.1", 8081)
        check.passes("the owner's nginx before", owned, {"machine": "vps"})
        workers = owners()
        check.true("the owner's nginx has its workers", "nginx" in workers, workers)
        for what, transfer in transfers.items():
            stack.enter_context(contextlib.closing(transfer))
            check.true(f"{what} begins", transfer.begun(PATIENT), transfer.ended)
        begin = time.monotonic()
        before = stack.enter_context(changed(house, text))
        for listen in listens(house, "named"):
            check.passes(f"{house.coming_name} at once", asks[listen["name"]], {"source": seen_as(house, listen, address), "sni": house.coming_name})
        for what, transfer in transfers.items():
            check.true(f"{what} goes on", not transfer.trouble(begin, PAUSE), transfer.trouble(begin, PAUSE))
        check.passes("the owner's nginx after it", owned, {"machine": "vps"})
        check.true("it is the same one, and was not even reloaded", owners() == workers, owners())
        restore(house, before)
        for listen in listens(house, "named"):
            check.stops(f"{house.coming_name} afterwards", visit(house, listen, servers[listen["name"]], name=house.coming_name, wait=PATIENT), "closed",
                        visit(house, listen, servers[listen["name"]]))
