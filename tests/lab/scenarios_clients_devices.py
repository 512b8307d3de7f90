"""What a client's own files can be told: two tunnels for one device, a subnet behind it, its name servers and search domains."""
import ipaddress
import re

import scenario
from callers import Target, beside, clients, hosts, hub, in_clear, joined, may, outspoken, seen_as, words
from hosts import answering
from probe import ping
from scenario import scenario as named
from scenarios_clients import internet, name_servers

scenario.HAS.update({"both": lambda house: bool(clients(house, "both")),
                     "behind": lambda house: any(house.site["clients"][name]["routes"] for name in clients(house)),
                     "name servers": lambda house: any(each.get("dns") for each in words(house).values())})


@named("client: both tunnels of one device", needs=("both",))
def both(house, check):
    """One after the other, with one key and one address: what it may in the house is the same, the internet is reached beside the VPS or through it."""
    front = house.plan["hub"]["address"]
    for name in clients(house, "both"):
        files = [house.client_file(name), house.client_file(name, "full")]
        keys = [re.findall(r"^(?:PrivateKey|Address) = .*$", text, re.MULTILINE) for text in files]
        check.true(f"{name}: both files have the same key and addresses", len(keys[0]) == 2 and keys[0] == keys[1])
        direct = house.phone_addresses(list(house.phones).index(name))[0].split("/")[0]
        # And back again: nothing of the one must be left when the other is on.
        for variant, source in ((None, direct), ("full", front), (None, direct)):
            what = f"{name}{'-' + variant if variant else ''}"
            with beside(house, name) if variant else in_clear(house) as overheard:
                house.join(name, variant)
                try:
                    check.passes(f"{what}: the internet sees {source}", internet(house, name), {"source": source})
                    for target in hosts(house):
                        if may(house, name, target.address, "tcp", 8080):
                            check.passes(f"{what}: {target.what}", target.probe(house.phones[name]), {"source": seen_as(house, name)})
                    name_servers(house, check, name)
                finally:
                    house.leave(name)
            overheard.judge(check, f"{what}: nothing leaves beside the tunnel" if variant else f"{what}: nothing of the house passes the VPS in clear")


@named("client: a subnet behind a client", needs=("behind", "two clients"))
def behind(house, check):
    """Who may reach it does, through the hub and that client; who may not is refused. And it is the subnet, not the client, that he may reach."""
    names = clients(house)
    with joined(house, *names, wide=True), outspoken(house.vps), in_clear(house) as overheard:
        # Each has called the hub once, so that the hub knows where it is.
        for name in names:
            check.passes(f"{name}: the hub", hub(house, name))
        for name in names:
            for subnet in house.site["clients"][name]["routes"]:
                address = str(ipaddress.ip_network(subnet)[5])
                there = Target(f"behind {name}", address, house.phones[name], house.vps)
                server = answering(house.phones[name])
                try:
                    check.passes(f"the VPS: behind {name}", there.probe(house.vps))
                    callers = [each for each in names if each != name]
                    for caller in callers:
                        judge(house, check, caller, there)
                    check.true(f"somebody may reach what is behind {name}, and somebody may not",
                               {may(house, each, address, "tcp", 8080) for each in callers} == {True, False})
                finally:
                    server.end()
    overheard.judge(check, "nothing of it passes the VPS in clear")


def judge(house, check, caller, there):
    for protocol, port in (("tcp", 8080), ("udp", 5001), ("icmp", None)):
        probe = there.probe(house.phones[caller], protocol, port)
        what = f"{caller}: {there.what}, {protocol} {port or ''}".rstrip()
        if may(house, caller, there.address, protocol, port):
            check.passes(what, probe, None if protocol == "icmp" else {"source": seen_as(house, caller)})
        else:
            check.stops(what, probe, "refused", there.probe(house.vps, protocol, port))


@named("client: DNS and search domains as written", needs=("name servers",))
def resolvers(house, check):
    """What wg-quick gives to resolvconf with each file, and that it takes it back."""
    site = words(house)
    for name in clients(house):
        phone = house.phones[name]
        for variant in (None, "full") if house.site["clients"][name]["tunnel"] == "both" else (None,):
            phone.run("rm", "-f", "/run/resolvconf", "/run/resolvconf.calls")
            house.join(name, variant)
            try:
                name_servers(house, check, name)
                check.true(f"{name}: it is asked only where the site file has some", phone.exists("/run/resolvconf") == bool(site[name].get("dns")))
                check.passes(f"{name}: the hub", ping(phone, house.plan["hub"]["tunnel_address"]))
            finally:
                house.leave(name)
            check.true(f"{name}: nothing is left of it afterwards", not phone.exists("/run/resolvconf"))
