"""Restarts: the hub's tunnel, the whole VPS, the router. All of it comes back by itself, and soon."""
import contextlib
import time

from callers import clients, first_host, hosts, hub, in_clear, joined, seen_as
from probe import raw, tcp, tls, udp
from scenario import scenario

# A machine of the house answers the VPS; a visitor gets through the relay. The stand-in for systemctl takes a while of its own.
TUNNEL, RELAY, PHONE = 3, 20, 20


def relayed(house):
    """A visitor's probe through the relay, to the end: one for each listen that a house can answer."""
    found = []
    for listen in (house.plan.get("relay") or {}).get("listens", []):
        place = (house.visitor, house.plan["hub"]["address"], listen["port"])
        if not listen["tls"]:
            found.append((f"relay {listen['name']}", (udp if listen["udp"] else tcp)(*place)))
        elif house.ingress and listen["upstream"]["address"] in house.ingress.addresses:
            found.append((f"relay {listen['name']}", tls(*place, listen["names"][0], ca=house.ingress.ca)))
    return found


def inner(house):
    """From the VPS to a host of the house, which only the relay's own way opens: (what, probe)."""
    for listen in (house.plan.get("relay") or {}).get("listens", []):
        return f"the VPS: {listen['upstream']['address']}", raw(house.vps, listen["upstream"]["address"], listen["upstream"]["port"], b"who is there?\n")
    return None


def phone_probe(house, name):
    """What a client that stays joined asks: a host of the house, else the internet through the VPS, else the hub."""
    if found := first_host(house, name):
        return found[0].probe(house.phones[name], "tcp", found[1])
    if house.site["clients"][name]["tunnel"] == "full":
        return tcp(house.phones[name], house.visitors[0], 8080, by="visitor")
    return hub(house, name)


def before(house, check, names):
    """Everything that is looked at afterwards works."""
    with check.together():
        for what, probe in relayed(house):
            check.passes(f"before: {what}", probe)
        for name in names:
            check.passes(f"before: {name}", phone_probe(house, name))


@scenario("restart: the hub's tunnel", needs=("phones",))
def tunnel(house, check):
    """systemctl restart wg-quick@wg0: the router does not call for two minutes; the hub calls it."""
    names = clients(house)[:2]
    with joined(house, *names), in_clear(house) as overheard:
        before(house, check, names)
        begin = time.monotonic()
        house.hub.restart()
        check.took("wg-quick is up again", time.monotonic() - begin, 30)
        again(house, check, names, time.monotonic(), TUNNEL, TUNNEL, TUNNEL)
    overheard.judge(check, "nothing of the house passes the VPS in clear meanwhile")


def again(house, check, names, since, inside, outside, phones):
    """All that worked does again, each within its time."""
    if house.home and inner(house):
        what, probe = inner(house)
        check.within(f"{what} answers", probe, inside, since=since)
    for what, probe in relayed(house):
        check.within(f"{what} passes", probe, outside, since=since)
    for name in names:
        check.within(f"{name} is back", phone_probe(house, name), phones, since=since)


@scenario("restart: the VPS loses power", needs=("phones",))
def vps(house, check):
    """Nobody does anything: systemd starts what apply.sh enabled, and the endpoints of the last reload are on its disk."""
    names = clients(house)[:2]
    with joined(house, *names):
        before(house, check, names)
        house.hub.off()
        for what, probe in relayed(house):
            check.stops(f"without power: {what}", tcp(house.visitor, probe.address, probe.port, wait=1.0), ("silent", "refused"),
                        control=tcp(house.phones[names[0]], house.visitors[0], 8080) if house.site["clients"][names[0]]["tunnel"] == "split" else
                        tcp(house.inet, house.visitors[0], 8080))
        house.hub.boot()
        with in_clear(house) as overheard:
            again(house, check, names, time.monotonic(), RELAY, RELAY, PHONE)
            tables = house.vps.run("nft", "list", "tables")
            check.true("the firewall is loaded", "table inet hlgen" in tables, tables)
            front = house.plan["hub"]["address"]
            check.stops("a stranger at another port", tcp(house.visitor, front, 8080, wait=1.2), "silent", control=tcp(house.vps, front, 8080))
        overheard.judge(check, "nothing of the house passes the VPS in clear after it")


@scenario("restart: the router loses power", needs=("phones", "router"))
def router(house, check):
    names = [each for each in clients(house) if first_host(house, each)][:2]
    with joined(house, *names), in_clear(house) as overheard:
        before(house, check, names)
        house.router.off()
        check.stops("without power", hosts(house)[0].probe(house.vps, wait=1.0), ("silent", "refused", "unsent"), control=hub(house, names[0]))
        reboot(house)
        again(house, check, names, time.monotonic(), RELAY, RELAY, PHONE)
        with contextlib.suppress(StopIteration):
            name = next(iter(names))
            check.passes(f"{name} is seen as before", phone_probe(house, name), {"source": seen_as(house, name)})
    overheard.judge(check, "nothing of the house passes the VPS in clear meanwhile")


def reboot(house):
    house.router.on()
    house.wire_router()
    house.home.rebooted()
