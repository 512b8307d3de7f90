"""IPv6 in the cluster: its nodes take the addresses that were predicted, and its services those that their pools give."""
import ipaddress
import re

from changing import site_text
from cilium import orders
from cluster import OTHERS, listed
from delegated import PATIENCE, ingress, joined, networks, node, subnet, wait_for_ingress
from house import VISITOR6
from machine import wait_for
from probe import tcp
from scenario import HAS, scenario
from site_files import SiteFiles

HAS["nodes"] = lambda house: len(house.node_names()) > 1 if HAS["ingress6"](house) else False


# Nodes -------------------------------------------------------------------------------------------------------------------------

def host_part(words):
    """What stands behind a node's /64: its token, or EUI-64 of its MAC address (RFC 4291, appendix A)."""
    if words.get("address6"):
        return words["address6"]
    mac = bytes.fromhex(words["mac"].replace(":", ""))
    return str(ipaddress.IPv6Address(bytes(8) + bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:]))


def predicted(house, name):
    """A node's address in the prefix that the customer has now."""
    return joined(str(subnet(house, house.site["kubernetes"]["network"])), host_part(house.node_words(name)))


def judge(house, check, machine, name):
    """A node has its address, only that, and a way out."""
    device, words = house.node_words(name).get("interface", "eth0"), next(each for each in house.plan["cluster"]["nodes"] if each["name"] == name)
    check.true(f"{name}: hlgen predicts it", words["suffix"] == host_part(house.node_words(name)), words["suffix"])
    network = subnet(house, house.site["kubernetes"]["network"])
    mine = [each for each in machine.addresses(device) if ipaddress.ip_address(each) in network and each not in house.ingress.addresses]
    check.true(f"{name}: has the predicted address and no other one in the prefix", mine == [predicted(house, name)], f"{mine}, not {predicted(house, name)}")
    temporary = machine.run("ip", "-6", "-o", "address", "show", "dev", device, "temporary")
    check.true(f"{name}: has no temporary address", not temporary, temporary)
    check.true(f"{name}: passes packets on, for its pods", machine.run("sysctl", "-n", f"net.ipv6.conf.{device}.forwarding").strip() == "1")
    routes = machine.run("ip", "-6", "route", "show", "default")
    check.true(f"{name}: has the default route of the advertisements", "proto ra" in routes, routes)
    check.passes(f"{name}: to the internet", tcp(machine, VISITOR6, 8080, by="visitor"))


@scenario("ipv6: the node takes its address as its own files say", needs="nodes")
def nodes(house, check):
    """Though it passes packets on, and its image would have made addresses that change; also after a loss of power."""
    wait_for_ingress(house)
    names = house.node_names()
    check.true("there are nodes of both kinds", {bool(house.node_words(name).get("address6")) for name in names.values()} == {True, False})
    for machine, name in names.items():
        wait_for(f"{name} has an address", lambda name=name: node(house, name), PATIENCE)
        judge(house, check, house.machines[machine], name)
    for machine, name in names.items():
        house.restart_node(name)
        wait_for(f"{name} has an address again", lambda name=name: node(house, name), PATIENCE)
        judge(house, check, house.machines[machine], name)


# Services ----------------------------------------------------------------------------------------------------------------------

def bounds(house, key):
    """(first, last) of a pool as the site file has it."""
    words = house.site["kubernetes"]["cilium"][key]
    first, _, last = words.partition("-")
    if not last:
        network = ipaddress.ip_network(words)
        return network[0], network[-1]
    return ipaddress.ip_address(first), ipaddress.ip_address(last)


def right(house, ipam, service, prefix):
    """What is wrong with the addresses that some services got, as text."""
    words, network, wrong = house.site["kubernetes"], str(subnet(house, house.site["kubernetes"]["network"], prefix)), []
    own = [words["ingress"]["address"], joined(network, words["ingress"]["address6"])]
    pools = [bounds(house, "pool"), tuple(ipaddress.ip_address(joined(network, str(each))) for each in bounds(house, "pool6"))]
    for one in ipam.services:
        given = ipam.addresses(one)
        if one == service:
            good = given == own
        else:
            good = len(given) == 2 and all(first <= ipaddress.ip_address(each) <= last and each not in own
                                           for each, (first, last) in zip(given, pools))
        wrong += [] if good else [f"{one} has {', '.join(given) or 'nothing'}"]
    return wrong


def in_any_order(house, check, what, objects, prefix):
    """Which of the pools and services Cilium sees first is not known, and must not matter."""
    wrong = {text for ipam in orders(objects, house.cluster.services) for text in right(house, ipam, house.cluster.service, prefix)}
    check.true(f"{what}: whatever comes first, the ingress has its own addresses, all others have some of the general pools", not wrong,
               "; ".join(sorted(wrong)[:4]))


@scenario("ipv6: the ingress has the address that its pool gives", needs="watcher")
def pools(house, check):
    """And no other service ever has it. With the watcher, and in the tree of a site without one, whose prefix is written down."""
    wait_for_ingress(house)
    cluster = house.cluster
    check.true("there are other services", len(cluster.services) == len(OTHERS) + 1)
    check.true("the cluster of now", not right(house, cluster.ipam, cluster.service, None), right(house, cluster.ipam, cluster.service, None))
    check.true("the node answers for the ingress's addresses", house.ingress.addresses == cluster.ipam.addresses(cluster.service), house.ingress.addresses)
    in_any_order(house, check, "with the watcher", cluster.everything(), None)
    prefix = "2a0d:5600:fedc:ba00::/56"
    text = re.sub(r"^# *prefix:.*\n|^  prefix:.*\n|^  prefix_watch:.*\n", "", site_text(house), flags=re.MULTILINE)
    text = re.sub(r"^ipv6:.*\n", f"ipv6:\n  prefix: {prefix}\n", text, count=1, flags=re.MULTILINE)
    written = SiteFiles(f"{house.folder}/without-watcher", text)
    in_any_order(house, check, "without the watcher", listed(written.tree), prefix)
    others = [name for name in networks(house) if name != house.site["kubernetes"]["network"]]
    check.true("the ingress is in no other network", all(ipaddress.ip_address(ingress(house)) not in subnet(house, name) for name in others))
