"""The prefix watcher in the cluster: it moves the ingress when the provider's prefix changes, whatever else goes wrong meanwhile, and does nothing else."""
import ipaddress
import json
import time

from delegated import LOSS, OTHER, PATIENCE, healed, joined, moved, node, restored, subnet, unharmed, wait_for_ingress
from kube_api import HOST, PORT
from machine import wait_for
from pod import ACCOUNT
from scenario import scenario

ENDS = 3        # seconds that a pod may take to end when it is told to


def seen(house):
    """The node has an address of the prefix of now: from here on it is the watcher's turn."""
    wait_for("the node has an address of the new prefix", lambda: node(house), PATIENCE)


def watcher(house):
    (pod,) = house.cluster.pods.values()
    return pod


@scenario("prefix: the watcher moves the ingress", needs=("watcher", "named"))
def moves(house, check):
    """All services move with one call for each pool; nothing else is asked for, and no IPv4 address changes."""
    cluster = house.cluster
    with restored(house):
        before, calls = {each: cluster.ipam.addresses(each) for each in cluster.services}, len(cluster.api.calls)
        begin = time.monotonic()
        house.isp.delegate(OTHER)
        with unharmed(house, check):
            healed(house, check, begin)
        done = cluster.api.calls[calls:]
        names = [each["name"] for each in house.plan["cluster"]["watch"]["pools"]]
        check.true("one patch for each pool, and no other call", sorted((each.method, each.pool, each.status) for each in done) ==
                   sorted(("PATCH", name, 200) for name in names), done)
        network = subnet(house, house.site["kubernetes"]["network"])
        for service, addresses in before.items():
            after = cluster.ipam.addresses(service)
            check.true(f"{service}: its IPv4 address stays", after[0] == addresses[0], f"{addresses}, then {after}")
            check.true(f"{service}: its IPv6 address keeps its host part", after[1] == joined(str(network), str(part(addresses[1]))),
                       f"{addresses}, then {after}")


def part(address):
    """The host part."""
    return ipaddress.ip_address(int(ipaddress.ip_address(address)) & (1 << 64) - 1)


@scenario("prefix: a new one while the old one still holds", needs=("watcher", "named"))
def beside(house, check):
    """After an outage nobody has told the hosts that the old prefix is gone: they have both, and the new one is right."""
    with restored(house):
        old = node(house)
        with unharmed(house, check):
            house.isp.withdraw()
            wait_for("the router loses its prefix", lambda: house.home.prefix is None, LOSS)
            begin = time.monotonic()
            house.isp.delegate(OTHER)
            # Hosts go on using the old one, too, until its lifetime is over: RouterOS has told them nothing.
            healed(house, check, begin, outwards=False)
        shown = house.node.run("ip", "-6", "-o", "address", "show", "dev", house.node_interface, "to", old, "-deprecated")
        check.true("its control: the node still has the old address, for use", old in shown, f"{old} is gone")


@scenario("prefix: the cluster's API is away meanwhile", needs=("watcher", "named"))
def api(house, check):
    """It fails, then is gone altogether; the watcher goes on asking, but not too often."""
    cluster = house.cluster
    with restored(house):
        calls = len(cluster.api.calls)
        cluster.api.refuse = lambda method, pool: 503
        try:
            house.isp.delegate(OTHER)
            wait_for("the watcher asks in vain", lambda: len(cluster.api.calls) > calls + 1, PATIENCE)
        finally:
            cluster.api.stop()
            cluster.api.refuse = lambda method, pool: None
        asked = cluster.api.calls[calls:]
        check.true("the ingress stays where it was", not moved(house), house.ingress.addresses)
        check.true("it only asks about its pools", {each.pool for each in asked} <= {each["name"] for each in house.plan["cluster"]["watch"]["pools"]}, asked)
        time.sleep(5)       # as long as a server takes to start
        cluster.api.start()
        healed(house, check, time.monotonic())


@scenario("prefix: the watcher's pod restarts meanwhile", needs=("watcher", "named"))
def pod(house, check):
    """It ends at once, and the next one begins with what the node and the pools have; its token is another one, as after an hour."""
    with restored(house):
        begin = time.monotonic()
        house.isp.delegate(OTHER)
        seen(house)
        check.took("the pod ends", watcher(house).end(), ENDS)
        house.cluster.deploy()
        check.true("the next one runs", watcher(house).running())
        healed(house, check, begin)


@scenario("prefix: the watcher may change its pools and nothing else", needs="watcher")
def permissions(house, check):
    """With its own token, from the node."""
    wait_for_ingress(house)
    base, names = f"https://{HOST}:{PORT}", [each["name"] for each in house.plan["cluster"]["watch"]["pools"]]
    other = next(name for name in house.cluster.blocks() if name not in names)
    pool = "/apis/cilium.io/v2/ciliumloadbalancerippools"
    account = watcher(house).account()

    def ask(method, path, token=account["token"]):
        said = house.node.run("curl", "-sS", "--config", "-", "-X", method, "-H", "Content-Type: application/merge-patch+json", "-w", "\n%{http_code}",
                              "--data", "{}" if method == "PATCH" else "", f"{base}{path}" + ("?fieldManager=hlgen-prefix" if method == "PATCH" else ""),
                              text=f'header = "Authorization: Bearer {token}"\ncacert = "{watcher(house).folder}/account/ca.crt"\n')
        return int(said.rsplit("\n", 1)[1])

    for name in names:
        check.true(f"{name}: it may read it", ask("GET", f"{pool}/{name}") == 200)
        check.true(f"{name}: it may patch it", ask("PATCH", f"{pool}/{name}") == 200)
        check.true(f"{name}: it may not delete it", ask("DELETE", f"{pool}/{name}") == 403)
        check.true(f"{name}: nobody without a token may read it", ask("GET", f"{pool}/{name}", "none") == 401)
    for method, path in (("GET", pool), ("POST", pool), ("PATCH", f"{pool}/{other}"), ("GET", "/api/v1/nodes"),
                         ("GET", "/api/v1/namespaces/kube-system/secrets"), ("PATCH", "/api/v1/namespaces/traefik/services/traefik"),
                         ("PATCH", "/apis/apps/v1/namespaces/hlgen/deployments/prefix-watch")):
        check.true(f"it may not {method} {path}", ask(method, path) == 403)
    spec = watcher(house).spec
    check.true("its pod has no privileges", not [word for word in ("privileged", "hostPID", "hostIPC", "hostPath") if f'"{word}"' in json.dumps(spec)])
    shown = house.node.run("sh", "-c", "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null", check=False)
    check.true(f"the token is only in {ACCOUNT}", "prefix-watch" in shown and account["token"] not in shown)
