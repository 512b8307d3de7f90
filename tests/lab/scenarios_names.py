"""DNS as it is written: whoever believes the zone files finds everything where they say, and nobody else does."""
import ipaddress
import os
import re
import shutil

import scenario
from callers import clients, joined, may
from changing import site_text
from delegated import wait_for_ingress
from probe import tls
from relayed import fronts, listens, real, seen_as, serving, target, visit
from scenario import scenario as named
from scenarios_relay import SILENCE
from site_files import hlgen

scenario.HAS["names"] = lambda house: bool(records(house.tree))


def records(tree):
    """[(name, type, address)] of all zone files, read as BIND does where hlgen writes a whole name in front of each."""
    found, folder = [], f"{tree}/dns"
    for each in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        if each.endswith(".zone"):
            with open(f"{folder}/{each}", encoding="utf-8") as file:
                for text in file:
                    words = text.split(";")[0].split()
                    if words:
                        name, _, _, kind, address = words
                        found.append((name.rstrip("."), kind, address))
    return found


def ways(house):
    """{name: ways} as the site file has them."""
    return {each.get("host") or f"{key}.{house.site['domain']}": each["via"] for key, each in house.site["services"].items()}


@named("names: what the zone file says is where things answer", needs="names")
def zones(house, check):
    found = records(house.tree)
    check.true("every record is one of a service", {name for name, _, _ in found} <= {*ways(house)}, found)
    with serving(house) as servers:
        for name, kind, address in found:
            check.true(f"{name}: {address} is of type {kind}", ipaddress.ip_address(address).version == {"A": 4, "AAAA": 6}[kind])
            if address in fronts(house):
                relayed(house, check, servers, name, address)
            elif any(ipaddress.ip_address(address) in ipaddress.ip_network(each["subnet"]) for each in house.plan["networks"]):
                private(house, check, name, address)
            else:
                # Those in the prefix are tried by the scenario below.
                prefix = house.site.get("ipv6", {}).get("prefix")
                check.true(f"{name}: {address} is of the VPS or of the house", prefix and ipaddress.ip_address(address) in ipaddress.ip_network(prefix))
        for name, via in ways(house).items():
            if "relay" in via:
                wanted = {each for each in fronts(house) if "ipv6" not in via or ":" not in each}
                check.true(f"{name}: has each address of the VPS", wanted <= {address for one, _, address in found if one == name}, found)


def relayed(house, check, servers, name, address):
    listen = next((each for each in listens(house, "named") if name in each["names"] and each["port"] == 443), None)
    if check.true(f"{name}: the relay passes it on port 443", listen):
        check.passes(f"{name} at {address}", visit(house, listen, servers[listen["name"]], address, real(name)),
                     {"machine": target(house, listen).name, "sni": real(name), "source": seen_as(house, listen, address)})


def private(house, check, name, address):
    """From the LAN and from clients who may; nobody else gets there, not even with that name at the relay."""
    def ask(machine, **more):
        return tls(machine, address, 443, name, ca=house.ingress.ca, **more)
    near = ask(house.router)
    for network, host in house.hosts.items():
        check.passes(f"{name} from {network}", ask(host), {"machine": "node", "sni": name})
    names = [each for each in clients(house) if may(house, each, address, "tcp", 443)]
    with joined(house, *names):
        for each in names:
            check.passes(f"{name} by {each}", ask(house.phones[each]), {"machine": "node", "sni": name})
    check.stops(f"{name} from the internet", ask(house.visitor, wait=SILENCE), ("silent", "refused", "unsent"), near)
    for listen in listens(house, "named"):
        for front in fronts(house):
            check.stops(f"{name} at the relay", tls(house.visitor, front, listen["port"], name, wait=5), "closed", near)


@named("names: with the prefix, the ingress's own addresses are where it answers", needs=("names", "delegation", "ingress6"))
def direct(house, check):
    """The provider has assigned one, and the owner writes it down: names that go there directly get their AAAA, if nobody else makes them."""
    six = {name for name, via in ways(house).items() if "ipv6" in via or "cloudflare" in via}
    check.true("there are names that go there, directly or by Cloudflare's proxy", six)
    folder = f"{house.folder}/with-prefix"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    text = re.sub(r"^# *prefix:.*\n|^  prefix:.*\n|^  external_dns:.*\n", "", site_text(house), flags=re.MULTILINE)
    with open(f"{folder}/site.yaml", "w", encoding="utf-8") as file:
        file.write(re.sub(r"^ipv6:.*\n", f"ipv6:\n  prefix: {house.home.prefix}\n", text, count=1, flags=re.MULTILINE))
    hlgen("build", "--keys", house.keys, "--out", f"{folder}/out", f"{folder}/site.yaml")
    found = [(name, address) for name, kind, address in records(f"{folder}/out") if kind == "AAAA" and address not in fronts(house)]
    check.true("each of them has one there", {name for name, _ in found} == six, found)
    wait_for_ingress(house)
    for name, address in found:
        good = tls(house.visitor, address, 443, name, ca=house.ingress.ca)
        check.passes(f"{name} at {address}", good, {"machine": "node", "sni": name, "local": address})
