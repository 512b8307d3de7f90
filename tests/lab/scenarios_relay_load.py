"""The relay under many visitors, with a limit for each, and while the tunnel is down."""
import select
import time

import relayed
from load import crowd
from machine import Failed
from probe import Probe, raw, tls
from relayed import fronts, listens, seen_as, serving, target, visit
from scenario import PATIENT, scenario

LIMIT = 200         # connections that the relay gives one address: visitors behind one CGNAT share it
WAITS = 5           # seconds that it waits for the house (proxy_connect_timeout)


# Many --------------------------------------------------------------------------------------------------------------------------

def many(house, check, count, at_most):
    """All of them open at the same time, each answered before and after that by the right server."""
    with serving(house) as servers:
        listen = listens(house, "named")[0]
        check.passes("a visitor", visit(house, listen, servers[listen["name"]]))
        machine = target(house, listen).name
        load = crowd(house.visitor, house.plan["hub"]["address"], listen["port"], relayed.real(listen["names"][0]), count, house.visitors[:50],
                     wanted=f'"machine": "{machine}"', limit=at_most)
    check.true(f"{count} connections at the same time", load.ok(), load)
    check.took(f"{count} up", load.seconds, at_most)
    check.took("all asked again", load.asking, at_most)
    check.took("p99 of an answer", load.second.p99, 10)


@scenario("relay: 1,000 connections", needs=("named", "dedicated"))
def thousand(house, check):
    many(house, check, 1000, 60)


@scenario("relay: 5,000 connections", needs=("named", "dedicated"))
def five_thousand(house, check):
    many(house, check, 5000, 180)


@scenario("relay: 300 connections beside the stock nginx", needs=("named", "no dedicated"))
def stock(house, check):
    """Debian's nginx.conf has 768 connections for a worker, and each visitor takes two."""
    many(house, check, 300, 60)


@scenario("relay: one address has 200 connections", needs="named")
def limited(house, check):
    """Another address comes in all the while, and this one again when it has closed some."""
    with serving(house) as servers:
        listen = listens(house, "named")[0]
        server, (greedy, other) = servers[listen["name"]], house.visitors[-4:-2]
        place, kept = Knock(house.visitor, house.plan["hub"]["address"], listen["port"], relayed.real(listen["names"][0]), source=greedy), []
        try:
            served = wait_for_answers([place.knock(kept) for _ in range(LIMIT + 20)])
            check.true(f"{LIMIT} of {LIMIT + 20} are served", served == LIMIT, f"{served} are")
            check.stops("one more", visit(house, listen, server, source=greedy, wait=PATIENT), "closed", control=visit(house, listen, server, source=other))
        finally:
            for one in kept:
                one.close()
        seen = {"source": seen_as(house, listen, fronts(house)[0], greedy)}
        check.within("again when they are closed", visit(house, listen, server, source=greedy), 10, seen)


class Knock(Probe):
    """Connections that say a ClientHello and stay."""

    def __init__(self, machine, address, port, name, **more):
        super().__init__(machine, "knock", address, port, **more)
        self.data = relayed.hello(name)

    def knock(self, kept):
        one = self.connect(time.monotonic() + 10)
        kept.append(one)
        one.send(self.data)
        return one


def wait_for_answers(connections, seconds=30):
    """How many got a ServerHello; the others must have been closed by then."""
    served, poll, left = 0, select.poll(), {one.fileno(): one for one in connections}
    for number in left:
        poll.register(number, select.POLLIN)
    end = time.monotonic() + seconds
    while left:
        for number, _ in poll.poll(max(0, end - time.monotonic()) * 1000) or [(None, None)]:
            if number is None:
                raise Failed(f"{len(left)} of {len(connections)} connections: neither served nor closed within {seconds} s")
            try:
                served += left[number].recv(2)[:2] == b"\x16\x03"
            except ConnectionError:
                pass
            poll.unregister(number)
            del left[number]
    return served


# The tunnel is down --------------------------------------------------------------------------------------------------------------

@scenario("relay: the tunnel is down", needs="tls")
def down(house, check):
    """The router loses its power: a visitor is told after a few seconds, SSH stays open, and all comes back by itself."""
    with serving(house) as servers:
        before = {listen["name"]: visit(house, listen, servers[listen["name"]]) for listen in listens(house, "named", "blind")}
        expected = {listen["name"]: {"source": seen_as(house, listen, fronts(house)[0])} for listen in listens(house, "named", "blind")}
        for name, probe in before.items():
            check.passes(f"{name} before", probe, expected[name])
        house.router.off()
        try:
            tried = [(name, tls(house.visitor, probe.address, probe.port, probe.more["name"], wait=WAITS + 10).try_()) for name, probe in before.items()]
            for name, seen in tried:
                check.true(f"{name}: the visitor is told", seen.outcome == "closed", seen)
                check.took(f"{name}: told after", seen.seconds, WAITS + 1)
            check.passes("ssh meanwhile", raw(house.visitor, house.plan["hub"]["address"], house.plan["hub"]["ssh_port"], wanted=b"SSH-"))
        finally:
            begin = time.monotonic()
            house.router.on()
            house.wire_router()
            house.home.rebooted()
        for name, probe in before.items():
            check.within(f"{name}: back after power is", probe, 30, expected[name], since=begin)
