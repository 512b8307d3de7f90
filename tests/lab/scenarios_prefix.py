"""The provider's prefix changes, goes, comes back, or is written into the site file: router and cluster follow by themselves, the relay never notices."""
import contextlib
import time

from changing import site_text
from delegated import (LOSS, OTHER, PATIENCE, SILENCE, as_itself, call, entry, healed, host, ingress, networks, node, out, restored, settled, subnet,
                       unharmed)
from machine import wait_for
from provider import ROUTER_LINK_LOCAL
from relayed import listens, serving, visit
from scenario import scenario


# Changes -----------------------------------------------------------------------------------------------------------------------

@scenario("prefix: the provider assigns another /56", needs=("ingress6", "named"))
def another(house, check):
    """Addresses, advertisements and the firewall heal by themselves; the relay goes on; the old address opens nothing any more."""
    with restored(house) as first:
        old, old_network = ingress(house), subnet(house, house.site["kubernetes"]["network"])
        check.passes("before", call(house), {"local": old})
        with unharmed(house, check):
            begin = time.monotonic()
            house.isp.delegate(OTHER)
            healed(house, check, begin)
        with also(house, first, old, old_network):
            check.stops("the old address", call(house, old, wait=SILENCE), "silent", control=[call(house), call(house, old, machine=house.router)])


@contextlib.contextmanager
def also(house, prefix, address, network):
    """Provider, router and node know the old prefix as well as the new one: what is stopped now, only the firewall stops."""
    device = house.linux_name(house.network(house.site["kubernetes"]["network"])["interface"])
    house.provider.ip(f"route replace {prefix} via {ROUTER_LINK_LOCAL} dev line")
    house.router.ip(f"route replace {network} dev {device}")
    before = house.ingress.addresses
    house.ingress.assign([*before, address])
    try:
        yield
    finally:
        house.ingress.assign(before)
        house.router.ip(f"route del {network} dev {device}")
        house.provider.ip(f"route del {prefix} via {ROUTER_LINK_LOCAL} dev line")


@scenario("prefix: lost and back", needs=("ingress6", "named"))
def lost(house, check):
    """Meanwhile IPv4 works and IPv6 does not; when the prefix is back, everything is."""
    with restored(house) as first:
        address, pools, patches = ingress(house), house.cluster.blocks(), house.cluster.api.count("PATCH")
        with unharmed(house, check) as relayed:
            begin = time.monotonic()
            house.isp.withdraw()
            wait_for("the router loses its prefix", lambda: house.home.prefix is None, LOSS)
            check.took("the router knows that it is gone", time.monotonic() - begin, LOSS)
            check.stops("a visitor by IPv6", call(house, address, wait=SILENCE), ("refused", "silent"), control=relayed)
            for name, each in networks(house).items():
                left = house.router.addresses(house.linux_name(each["interface"]))
                check.true(f"the router has no address in {name}", not left, left)
            check.true("the pools keep what they have: an outage is no new prefix", house.cluster.blocks() == pools, house.cluster.blocks())
            begin = time.monotonic()
            house.isp.delegate(first)
            healed(house, check, begin)
        check.true("the watcher had nothing to do", house.cluster.api.count("PATCH") == patches, house.cluster.api.calls[patches - 6:])


@scenario("prefix: the router reboots meanwhile", needs=("ingress6", "named"))
def reboots(house, check):
    """Power goes; while it is off, the provider gives the prefix away; nobody is there who would repair anything."""
    with restored(house):
        def rewire():
            house.isp.prefix = OTHER
            house.wire_router()
        begin = time.monotonic()
        house.home.reboot(rewire)
        check.took("the router is on again", time.monotonic() - begin, PATIENCE)
        with serving(house) as servers:
            listen = listens(house, "named")[0]
            check.within("the relay answers again", visit(house, listen, servers[listen["name"]]), PATIENCE, since=begin)
        healed(house, check, begin)


# The site file -----------------------------------------------------------------------------------------------------------------

def state(house):
    """What must not change: the router's configuration, its addresses with what comes from the pool, how nodes and hosts are addressed, the cluster's
    pools and what its services have of them."""
    kernel = {name: house.router.addresses(house.linux_name(each["interface"])) for name, each in networks(house).items()}
    return {"configuration": house.home.state.dump(dynamic=True), "kernel": kernel, "entry": entry(house),
            "hosts": {name: host(house, name) for name in networks(house)},
            "nodes": {name: node(house, name) for name in house.node_names().values()},
            "pools": house.cluster.blocks(), "services": {str(each): house.cluster.ipam.addresses(each) for each in house.cluster.services},
            "ingress": list(house.ingress.addresses)}


def different(before, after, path=""):
    """Where two states differ, as text."""
    if isinstance(before, dict) and isinstance(after, dict):
        return [line for key in dict.fromkeys([*before, *after]) for line in different(before.get(key), after.get(key), f"{path}/{key}")]
    return [] if before == after else [f"{path}: {before} is now {after}"]


def sums(house):
    """What the VPS would get."""
    with open(f"{house.tree}/vps/files.sha256", encoding="utf-8") as file:
        return file.read()


def into_service(house, vps):
    """As the guide says; the VPS only where its files are others, which takes long."""
    house.home.import_(f"{house.tree}/router/hlgen.rsc")
    house.cluster_into_service()
    if vps:
        house.hub.install(house.tree)
    house.home.confirm(f"{house.tree}/router/confirm.rsc")


@contextlib.contextmanager
def built_with(house, prefix):
    """The tree of the house's site with a prefix in it; afterwards the one that was there, in service again."""
    before, old = site_text(house), sums(house)
    if house.site["ipv6"].get("prefix"):
        raise ValueError("the site has a prefix already")
    try:
        house.set_prefix(prefix)
        yield old
    finally:
        new = sums(house)
        house.build(before)
        into_service(house, new != old)


def apply_again(house, check, what, vps):
    """Everything once more into service, also those manifests that are made only once; nothing of it may change what works."""
    before, patches = state(house), house.cluster.api.count("PATCH")
    with unharmed(house, check):
        result = house.home.import_(f"{house.tree}/router/hlgen.rsc")
        check.true(f"{what}: the import finds nothing to change", not result.writes, "; ".join(map(str, result.writes[:4])))
        house.cluster_into_service()
        house.cluster.patch()
        if vps:
            house.hub.install(house.tree)
        house.home.confirm(f"{house.tree}/router/confirm.rsc")
        changed = different(before, state(house))
        check.true(f"{what}: nothing goes back", not changed, "; ".join(changed[:4])[:1500])
        check.true(f"{what}: the watcher has nothing to repair", house.cluster.api.count("PATCH") == patches, house.cluster.api.calls[patches - 6:])
        with check.together():
            check.passes(f"{what}: a visitor reaches the ingress", call(house), {"local": ingress(house)})
            for name in networks(house):
                check.passes(f"{what}: {name} goes out", out(house, name), as_itself(house, name))


@scenario("prefix: healed, then built again from the old site file", needs=("ingress6", "named"))
def again(house, check):
    """The site file still says the prefix that the provider has taken away."""
    with restored(house) as first:
        house.isp.delegate(OTHER)
        wait_for("everything has followed", lambda: settled(house), PATIENCE)
        with built_with(house, first):
            apply_again(house, check, "with the old prefix", vps=True)


@scenario("prefix: site phases, first without ipv6.prefix, then with it", needs=("ingress6", "named"))
def phases(house, check):
    """The provider has assigned a prefix; its owner writes it into the site file (hlgen prefix), and puts into service whatever there is."""
    with restored(house) as prefix, built_with(house, prefix) as old:
        apply_again(house, check, "with the prefix", vps=sums(house) != old)
