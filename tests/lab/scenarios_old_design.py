"""Five faults that hand-made hubs of this kind have, each looked for as itself: here it must not be found."""
import contextlib
import ipaddress
import time

from callers import beside, clients, hosts, hub, in_clear, joined, may, own, subnets
from changing import changed, device, with_client
from house import VISITOR6
from probe import ping, tcp
from relayed import inside, listens, overhearing, real, serving, visit
from scenario import PATIENT, scenario
from scenarios_restarts import inner, relayed
from trace import Leg, Trace

GUEST, BEHIND, THERE = "afterwards", "10.213.8.0/24", "10.213.8.5"


@scenario("old design: a client added by a reload has no route, and its answers leave in clear", needs=("phones", "router"))
def no_route(house, check):
    """`wg syncconf` sets no routes. An address of the tunnel's own network may have one all the same; the subnet behind a client has not."""
    wan = house.site["vps"]["interface"]
    with contextlib.ExitStack() as stack:
        overheard = stack.enter_context(in_clear(house, BEHIND))
        pid = tunnel_since(house)
        stack.enter_context(changed(house, with_client(house, GUEST, "split", f"routes: [{BEHIND}]")))
        check.true("it was a reload: the tunnel's interface is the one from before", tunnel_since(house) == pid)
        phone = stack.enter_context(device(house, GUEST, THERE))
        house.join(GUEST)
        check.passes("the newcomer reaches the hub", hub(house, GUEST))
        for address in (*own(house, GUEST), THERE):
            said = house.vps.run("ip", "route", "get", address)
            check.true(f"the VPS's way to {address} is the tunnel", " dev wg0 " in said and f" dev {wan} " not in said, said)
            check.passes(f"the VPS: {address}", ping(house.vps, address))
        for target in hosts(house)[:1]:
            check.passes(f"the newcomer: {target.what}, and back", target.probe(phone))
        # With the route taken away the answers may go nowhere; least of all out in clear.
        house.vps.run("ip", "route", "del", BEHIND, "dev", "wg0")
        check.stops("without the route", ping(house.vps, THERE, wait=1.2), ("refused", "unsent", "silent"), control=hub(house, GUEST))
    overheard.judge(check, "no packet of it leaves in clear")


def tunnel_since(house):
    """Which wg0 it is: another one has another number."""
    return house.vps.run("ip", "-o", "link", "show", "dev", "wg0").split(":")[0]


@scenario("old design: only the cluster's network is reached, packets for others leave in clear", needs=("phones", "router"))
def other_networks(house, check):
    tried = set()
    for name in clients(house):
        targets = [each for each in hosts(house) if each.machine is not house.node and may(house, name, each.address, "tcp", 8080)]
        if not targets:
            continue
        with joined(house, name), in_clear(house) as overheard:
            for target in targets:
                tried.add(target.what)
                with Trace([house.vps], [Leg("tcp", 8080, target.address)]) as trace:
                    check.passes(f"{name}: {target.what}", target.probe(house.phones[name]))
                # In the tunnel and out of it again, in both directions.
                devices = {interface for way in ("there", "back") for _, interface in trace.places(0, way)}
                check.true(f"{name}: {target.what}: by the tunnel alone", devices == {"wg0"}, trace.text())
        overheard.judge(check, f"{name}: nothing leaves in clear")
    check.true("networks other than the cluster's were tried", tried - {f"host in {(house.plan.get('cluster') or {}).get('network')}"}, tried)
    # The hub sends what is for the house into the tunnel or nowhere.
    for network in subnets(house):
        address = str(ipaddress.ip_network(network)[-3])
        said = house.vps.status("ip", "route", "get", address)[1]
        check.true(f"the VPS's way to {network} is the tunnel", " dev wg0 " in said, said)


@scenario("old design: any SNI reaches the ingress", needs="named")
def any_name(house, check):
    """Whoever guessed an internal name was served it."""
    with serving(house) as servers:
        for listen in listens(house, "named"):
            server, front = servers[listen["name"]], house.plan["hub"]["address"]
            control = inside(house, listen, server)
            with overhearing(house, listen) as heard:
                asked = visit(house, listen, server, front, house.internal_name, wait=PATIENT)
                check.stops(f"{house.internal_name} through relay {listen['name']}", asked, "closed", control=control)
            check.true("the server behind it does not hear of it", not heard, heard)
            check.passes("a published name", visit(house, listen, server, front, real(listen["names"][0])))


@scenario("old design: a restart of the hub costs up to two minutes", needs=("router", "relay"))
def slow_restart(house, check):
    """The router is behind CGNAT and sends nothing of its own: who does not know where it is must wait for its next key. So the hub remembers, and calls it.
    Three times: chance may help once."""
    what, probe = inner(house)
    check.passes(f"before: {what}", probe)
    for attempt in range(3):
        house.hub.restart()
        begin = time.monotonic()
        check.within(f"{what}, restart {attempt + 1}", probe, 3, since=begin)
        for which, other in relayed(house):
            check.within(f"{which}, restart {attempt + 1}", other, 3, since=begin)


@scenario("old design: a full tunnel swallows IPv6", needs="full")
def swallowed(house, check):
    """What takes all of IPv6 must pass it on, or say at once that it does not: a browser that hears nothing hangs at every page."""
    front6 = house.plan["hub"]["address6"]
    for name in clients(house, "full"):
        with joined(house, name), beside(house, name) as overheard:
            probe = tcp(house.phones[name], VISITOR6, 8080, by="visitor")
            begin = time.monotonic()
            if front6:
                check.passes(f"{name}: IPv6 through the VPS", probe, {"source": front6})
            else:
                check.stops(f"{name}: IPv6 is refused", probe, "refused", control=tcp(house.inet, VISITOR6, 8080))
            check.took(f"{name}: an answer over IPv6", time.monotonic() - begin, 2)
            check.passes(f"{name}: IPv4 works", tcp(house.phones[name], house.visitors[0], 8080, by="visitor"))
        overheard.judge(check, f"{name}: IPv6 does not leave beside the tunnel either")
