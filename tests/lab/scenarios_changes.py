"""The site changes while the house is in use: a client comes and goes, a reach becomes narrower; who is not meant must not notice."""
import contextlib
import time

from callers import clients, first_host, hosts, hub, in_clear, joined, may, outspoken, own, seen_as
from changing import Downloads, Watch, changed, device, restore, with_client, with_reach
from probe import ping
from scenario import scenario
from transfer import Transfer

GUEST, BEHIND, THERE = "newcomer", "10.213.7.0/24", "10.213.7.5"
# From the moment at which the VPS holds the new permissions until the last byte.
SOON = 2


@scenario("change: a client is added while others download, then revoked", needs=("phones",))
def added(house, check):
    """The newcomer has a subnet behind it, for which the hub needs a route that no reload of WireGuard brings."""
    old = clients(house)[:2]
    text = with_client(house, GUEST, "split" if house.router else "full", f"routes: [{BEHIND}]")
    with contextlib.ExitStack() as stack:
        stack.enter_context(joined(house, *old))
        overheard = stack.enter_context(in_clear(house))
        downloads = stack.enter_context(Downloads(house, check, old))
        before = stack.enter_context(changed(house, text))
        downloads.judge("a client is added")
        phone = stack.enter_context(device(house, GUEST, THERE))
        come(house, check, phone)
        key = next(each["public_key"] for each in house.plan["clients"] if each["name"] == GUEST)
        addresses = own(house, GUEST)
        download = stack.enter_context(contextlib.closing(Transfer(phone, *source(house, GUEST))))
        check.true("the newcomer downloads", download.begun(), download.ended)
        with Watch(lambda: key not in house.vps.run("wg", "show", "wg0", "peers").split()) as revoked:
            restore(house, before)
            time.sleep(SOON)
        ends(check, "a revoked client's download", download, revoked)
        gone(house, check, phone, addresses, hub(house, old[0]))
        downloads.judge("a client is revoked")
    overheard.judge(check, "nothing of the house passes the VPS in clear meanwhile")


def source(house, client):
    """(address, port) from which a client downloads."""
    found = first_host(house, client)
    return (found[0].address, found[1]) if found else (house.visitors[0], 8080)


def come(house, check, phone):
    """What a client may as soon as the change is in service, without a restart of anything."""
    house.join(GUEST)
    check.passes("the newcomer: the hub", hub(house, GUEST))
    with check.together():
        for target in hosts(house):
            if may(house, GUEST, target.address, "tcp", 8080):
                check.passes(f"the newcomer: {target.what}", target.probe(phone), {"source": seen_as(house, GUEST)})
        for address in own(house, GUEST):
            check.passes(f"the VPS: the newcomer, {address}", ping(house.vps, address))
        check.passes("the VPS: what is behind the newcomer", ping(house.vps, THERE))


def gone(house, check, phone, addresses, control):
    """What a revoked client may: nothing, not even call the hub; and nobody calls it."""
    with check.together():
        check.stops("a revoked client: the hub", ping(phone, house.plan["hub"]["tunnel_address"], wait=1.2), "silent", control=control)
        for target in hosts(house):
            check.stops(f"a revoked client: {target.what}", target.probe(phone, wait=1.2), "silent", control=target.probe(house.router))
        for address in (*addresses, THERE):
            check.stops(f"the VPS: a revoked client, {address}", ping(house.vps, address, wait=1.2), ("silent", "refused", "unsent"), control=control)


def ends(check, what, download, since):
    """A download that must end soon after something came to be true."""
    if check.true(f"{what}: the VPS holds the new permissions", since.when):
        check.took(f"{what} goes on for", max(0.0, download.last() - since.when), SOON)


def told(download, seconds=3):
    """Whether the next word on a connection is answered by its end; who only listens is told nothing, as no packet of his asks."""
    with contextlib.suppress(OSError):
        download.connection.send(b"still there?")
    end = time.monotonic() + seconds
    while download.ended is None and time.monotonic() < end:
        time.sleep(0.05)
    return download.ended is not None


@scenario("change: reach is narrowed, then widened", needs=("phones", "router"))
def narrowed(house, check):
    """Open connections that are no longer allowed end; all others, of that client too, go on."""
    name, targets = several(house)
    kept, lost = targets[0], targets[-1]
    network = next(each["name"] for each in house.plan["networks"] if house.hosts[each["name"]] is kept.machine)
    def rules():
        return house.vps.run("nft", "list", "chain", "inet", "hlgen", "reach")
    with contextlib.ExitStack() as stack:
        others = [each for each in clients(house) if each != name][:1]
        stack.enter_context(joined(house, name, *others))
        stack.enter_context(outspoken(house.vps))
        downloads = stack.enter_context(Downloads(house, check, others))
        downloads.add(f"{name} from {kept.what}", Transfer(house.phones[name], kept.address, 8080))
        ending = stack.enter_context(contextlib.closing(Transfer(house.phones[name], lost.address, 8080)))
        check.true(f"{name} downloads from {lost.what}", ending.begun(), ending.ended)
        before = rules()
        with Watch(lambda: before != rules()) as narrower:
            now = stack.enter_context(changed(house, with_reach(house, name, [network])))
            time.sleep(SOON)
        ends(check, f"{name}'s download from {lost.what}", ending, narrower)
        check.true(f"{name} is told that it ended", told(ending), "the connection hangs")
        downloads.judge("a reach is narrowed")
        with check.together():
            check.passes(f"{name}: {kept.what}", kept.probe(house.phones[name]), {"source": seen_as(house, name)})
            for target in targets[1:]:
                check.stops(f"{name}: {target.what}", target.probe(house.phones[name]), "refused", control=target.probe(house.router))
        restore(house, now)
        downloads.judge("a reach is widened")
        with check.together():
            for target in targets:
                check.passes(f"{name}: {target.what} again", target.probe(house.phones[name]), {"source": seen_as(house, name)})


def several(house):
    """The client that reaches most hosts, and those hosts, of one network first (the node is in the same as another)."""
    def reached(name):
        return [target for target in hosts(house) if target.machine is not house.node and may(house, name, target.address, "tcp", 8080)]
    name = max(clients(house), key=lambda each: len(reached(each)))
    return name, reached(name)
