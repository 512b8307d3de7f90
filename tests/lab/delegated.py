"""The delegated prefix of a house, for the scenarios that try IPv6: who has which address in it, how it changes, and that everything follows.

What is expected comes from the site file and from what the provider gave, not from hlgen's plan: a mistake in that one must not be made here too."""
import contextlib
import ipaddress
import threading
import time

import scenario
from machine import wait_for
from probe import tcp, tls
from house import VISITOR6
from relayed import listens, serving, visit
from transfer import Transfer

PATIENCE = 60           # seconds within which everything must have followed a change of the prefix
LOSS = 30               # those within which the router has learned that its prefix is gone
PAUSE = 5.0             # and those for which a busy machine may hold up a download that nothing is done to
OTHER = "2a0d:5600:77:a500::/56"
SILENCE = 1.0           # how long a probe waits that must not be answered

scenario.HAS["ingress6"] = lambda house: bool(house.node and house.site.get("ipv6") and house.site["kubernetes"].get("ingress", {}).get("address6"))
scenario.HAS["watcher"] = lambda house: scenario.HAS["ingress6"](house) and house.site["kubernetes"].get("prefix_watch")


# Addresses --------------------------------------------------------------------------------------------------------------------

def joined(prefix, *parts):
    """An address from a prefix and what stands behind it."""
    return str(ipaddress.ip_address(int(ipaddress.ip_network(prefix).network_address) | sum(int(ipaddress.ip_address(each)) for each in parts)))


def networks(house, six=True):
    """The networks that have IPv6, or those that have not: {name: what the site says}."""
    return {name: each for name, each in house.site["networks"].items() if bool(each["ipv6"] and each.get("subnet_id")) == six}


def subnet(house, name, prefix=None):
    """The /64 of a network."""
    return ipaddress.ip_network(joined(prefix or house.isp.prefix, f"0:0:0:{networks(house)[name]['subnet_id']}::") + "/64")


def gateway(house, name):
    """The router's address in a network."""
    return str(subnet(house, name)[1])


def ingress(house):
    """The ingress's address in the prefix that the customer has now."""
    words = house.site["kubernetes"]
    return joined(str(subnet(house, words["network"])), words["ingress"]["address6"])


def own(house, machine, device, name):
    """The address that a machine made for itself in a network's /64, or None."""
    return next((each for each in machine.addresses(device) if ipaddress.ip_address(each) in subnet(house, name) and each != ingress(house)), None)


def host(house, name):
    return own(house, house.hosts[name], "eth0", name)


def node(house, name=None):
    """The address that a node made for itself, the first one if it is not named."""
    names = {each: machine for machine, each in house.node_names().items()}
    machine, words = house.machines[names[name]] if name else house.node, house.node_words(name)
    return own(house, machine, words.get("interface", house.node_interface), house.site["kubernetes"]["network"])


def wan_addresses(house):
    return house.router.addresses(house.wan)


def entry(house):
    """The ingress's address in the list of the router's firewall; None when it is turned off."""
    row = house.home.state.row("/ipv6/firewall/address-list", comment=f"hlgen:{house.site['site']}:ingress")
    return None if row.get("disabled") == "true" else str(ipaddress.ip_interface(row["address"]).ip)


# Probes -----------------------------------------------------------------------------------------------------------------------

def name_of(house):
    """A name that the ingress's certificate is for."""
    return house.tls_names()[0]


def call(house, address=None, port=443, machine=None, **more):
    """Somebody who asks the ingress by IPv6."""
    return tls(machine or house.visitor, address or ingress(house), port, name_of(house), ca=house.ingress.ca, by="node", **more)


def out(house, name, **more):
    """A host of a network that asks somebody in the internet."""
    return tcp(house.hosts[name], VISITOR6, 8080, by="visitor", **more)


def as_itself(house, name):
    """For Check.passes: the internet sees the host's own address in its network's /64."""
    return lambda seen: ipaddress.ip_address(seen.source) in subnet(house, name)


# A change ---------------------------------------------------------------------------------------------------------------------

def moved(house):
    """Whether the ingress has its address in the prefix of now and no other one, and all other services are there, too."""
    network, cluster = subnet(house, house.site["kubernetes"]["network"]), house.cluster
    return ([each for each in house.ingress.addresses if ":" in each] == [ingress(house)]
            and all(any(ipaddress.ip_address(each) in network for each in cluster.ipam.addresses(service)) for service in cluster.services))


def wait_for_ingress(house):
    """A house that was just made needs a moment until its cluster has learned the prefix."""
    return wait_for("the ingress has its address", lambda: moved(house), PATIENCE)


def settled(house):
    """Whether router, hosts, nodes and the ingress have followed the prefix that the customer has now."""
    return (house.home.prefix == house.isp.prefix and entry(house) == ingress(house)
            and all(gateway(house, name) in house.router.addresses(house.linux_name(each["interface"])) and host(house, name)
                    for name, each in networks(house).items())
            and all(node(house, name) for name in house.node_names().values()) and moved(house))


@contextlib.contextmanager
def restored(house):
    """Everything is right before, and afterwards: the customer has the prefix again that he had, and everything has followed. Gives that prefix."""
    def wait():
        wait_for(f"everything has followed {house.isp.prefix}", lambda: settled(house), PATIENCE)
    wait()
    before = house.isp.prefix
    try:
        yield before
    finally:
        if house.isp.prefix != before:
            house.isp.delegate(before)
        wait()


def healed(house, check, since, outwards=True):
    """Router, hosts, nodes and cluster follow without anybody's hand, and a visitor is measured. Times count from the provider's change. outwards: so do
    those who go out."""
    def at(what, condition):
        wait_for(what, condition, PATIENCE)
        check.took(what, time.monotonic() - since, PATIENCE)

    at("the router has its addresses in the new prefix", lambda: all(
        gateway(house, name) in house.router.addresses(house.linux_name(each["interface"])) for name, each in networks(house).items()))
    at("the firewall lets visitors to the new address", lambda: entry(house) == ingress(house))
    at("the hosts have addresses of the new prefix", lambda: all(host(house, name) for name in networks(house)))
    at("the nodes have addresses of the new prefix", lambda: all(node(house, name) for name in house.node_names().values()))
    at("the ingress has its address in the new prefix", lambda: moved(house))
    check.within("a visitor reaches the ingress at its new address", call(house), PATIENCE, {"local": ingress(house)}, since)
    for name in networks(house) if outwards else ():
        check.within(f"{name} goes out from the new prefix", out(house, name), PATIENCE, as_itself(house, name), since)


# Meanwhile --------------------------------------------------------------------------------------------------------------------

class Callers:
    """New visitors of the relay, one after the other, and one who downloads all the time."""

    def __init__(self, probe):
        self.probe, self.seen, self.done = probe, [], False
        self.transfer = Transfer(probe.machine, probe.address, probe.port, tls=probe.more["name"])
        self.thread = threading.Thread(target=self.call, daemon=True)

    def call(self):
        while not self.done:
            self.seen.append(self.probe.try_())
            time.sleep(0.1)

    def judge(self, check, since):
        bad = [str(each) for each in self.seen if each.outcome != "open"]
        check.true(f"{self.probe}: every visitor was answered", self.seen and not bad, f"{len(bad)} of {len(self.seen)} were not: {', '.join(bad[:3])}")
        trouble = self.transfer.trouble(since, PAUSE)
        check.true("a download through the relay went on", not trouble, trouble)


@contextlib.contextmanager
def unharmed(house, check):
    """The relay, which is IPv4 on its way into the house, must not notice what happens in the block. Gives a visit to it."""
    found = listens(house, "named")
    if not found:
        raise ValueError("the house has no relay for names")
    with serving(house) as servers:
        callers = Callers(visit(house, found[0], servers[found[0]["name"]], wait=PAUSE))
        check.true("a download through the relay begins", callers.transfer.begun(), callers.transfer.ended)
        begin = time.monotonic()
        callers.thread.start()
        try:
            yield callers.probe
        finally:
            callers.done = True
            callers.thread.join(15)
            callers.judge(check, begin)
            callers.transfer.close()
