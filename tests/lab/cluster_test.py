#!/usr/bin/python3
"""Tests what the lab's cluster decides: which address a service gets, what kubectl leaves of an object, what a role permits."""
import sys
from ipaddress import ip_address

from cilium import Ipam, Service, announced, orders, pools
from cluster import applied
from kube_api import permitted, wish

WEB, FILMS, LIGHTS = Service("traefik", "traefik"), Service("media", "films"), Service("home", "lights", (4,))


def pool(name, *blocks, only=None, without=None, **more):
    selector = {"matchLabels": {"io.kubernetes.service.name": only}} if only else {}
    if without:
        selector["matchExpressions"] = [{"key": "io.kubernetes.service.name", "operator": "NotIn", "values": [without]}]
    spec = {"blocks": [dict(zip(("start", "stop"), each.split(" "))) if "/" not in each else {"cidr": each} for each in blocks], **more}
    return {"kind": "CiliumLoadBalancerIPPool", "metadata": {"name": name}, "spec": {**spec, **({"serviceSelector": selector} if selector else {})}}


def given(ipam, *services):
    return [ipam.addresses(each) for each in services]


def unlike(what, found, wanted):
    return [] if found == wanted else [f"{what}: {found}, not {wanted}"]


def addresses():
    """The first that is free, of each IP version that a service has; kept while some pool of the service has it."""
    ipam = Ipam([FILMS, WEB, LIGHTS])
    ipam.update([pool("a", "10.0.0.1 10.0.0.9"), pool("six", "fd00::1 fd00::2")])
    troubles = unlike("first", given(ipam, FILMS, WEB, LIGHTS), [["10.0.0.1", "fd00::1"], ["10.0.0.2", "fd00::2"], ["10.0.0.3"]])
    ipam.update([pool("a", "10.0.0.2 10.0.0.9"), pool("six", "fd00:1::1")])
    troubles += unlike("kept or moved", given(ipam, FILMS, WEB, LIGHTS), [["10.0.0.4", "fd00:1::1"], ["10.0.0.2"], ["10.0.0.3"]])
    ipam.update([pool("a", "10.0.0.0/24"), {"kind": "CiliumLoadBalancerIPPool", "metadata": {"name": "six"}, "spec": {}}])
    return troubles + unlike("without blocks", given(ipam, FILMS, WEB), [["10.0.0.4"], ["10.0.0.2"]])


def selectors():
    """A pool for one, a pool for all others; one that overlaps an older one, or is turned off, gives nothing."""
    ipam = Ipam([FILMS, WEB])
    own, others = pool("own", "10.0.0.5", only="traefik"), pool("others", "10.0.0.1 10.0.0.4", "10.0.0.6 10.0.0.9", without="traefik")
    ipam.update([others, own])
    troubles = unlike("selected", given(ipam, FILMS, WEB), [["10.0.0.1"], ["10.0.0.5"]])
    one = ip_address("10.0.0.5")
    troubles += unlike("a newer one that overlaps", [blocks for _, blocks in pools([own, pool("b", "10.0.0.1 10.0.0.9")])], [[(one, one)]])
    return troubles + unlike("turned off", pools([pool("a", "10.0.0.1", disabled=True)]), [])


def any_order():
    """All orders are tried: without selectors each service has each address in some of them."""
    some = [pool("a", "10.0.0.1"), pool("b", "10.0.0.2")]
    found = {tuple(ipam.addresses(WEB)) for ipam in orders(some, [WEB, FILMS])}
    return unlike("the ingress", found, {("10.0.0.1",), ("10.0.0.2",)})


def policies():
    def policy(**spec):
        return {"kind": "CiliumL2AnnouncementPolicy", "metadata": {"name": "l2"}, "spec": spec}
    cases = [(policy(loadBalancerIPs=True), True), (policy(externalIPs=True), False), (policy(loadBalancerIPs=True, interfaces=["^ens"]), False),
             (policy(loadBalancerIPs=True, interfaces=["^ens", "^eth[0-9]"]), True),
             (policy(loadBalancerIPs=True, serviceSelector={"matchLabels": {"io.kubernetes.service.namespace": "media"}}), False)]
    return [text for one, wanted in cases for text in unlike(one["spec"], announced([one], WEB, "eth0"), wanted)]


def applying():
    """What others have set stays, what a file no longer has goes, lists are replaced."""
    before = {"spec": {"old": 1, "kept": 1, "list": [1, 2]}}
    now = {"spec": {"old": 1, "kept": 1, "list": [1, 2], "others": 5}, "status": {}}
    return unlike("apply", applied(now, before, {"spec": {"kept": 2, "list": [3], "new": {}}}),
                  {"spec": {"kept": 2, "list": [3], "others": 5, "new": {}}, "status": {}})


def permissions():
    role = {"kind": "ClusterRole", "metadata": {"name": "r"},
            "rules": [{"apiGroups": ["cilium.io"], "resources": ["ciliumloadbalancerippools"], "resourceNames": ["mine"], "verbs": ["get", "patch"]}]}
    binding = {"kind": "ClusterRoleBinding", "metadata": {"name": "b"}, "roleRef": {"name": "r"},
               "subjects": [{"kind": "ServiceAccount", "namespace": "hlgen", "name": "watch"}]}
    path, mine, cases = "/apis/cilium.io/v2/ciliumloadbalancerippools", ("hlgen", "watch"), []
    for method, target, account, wanted in (
            ("GET", f"{path}/mine", mine, True), ("PATCH", f"{path}/mine", mine, True), ("PUT", f"{path}/mine", mine, False),
            ("DELETE", f"{path}/mine", mine, False), ("GET", f"{path}/other", mine, False), ("GET", path, mine, False), ("POST", path, mine, False),
            ("GET", f"{path}/mine", ("default", "watch"), False), ("GET", "/api/v1/nodes/mine", mine, False)):
        cases += unlike(f"{method} {target} by {account}", permitted([role, binding], account, wish(method, target)), wanted)
    return cases + unlike("no binding", permitted([role], mine, wish("GET", f"{path}/mine")), False) + unlike("no resource", wish("GET", "/version"), None)


TESTS = (addresses, selectors, any_order, policies, applying, permissions)


def main():
    bad = 0
    for test in TESTS:
        troubles = test()
        bad += bool(troubles)
        print("\n".join([f"{'FAIL' if troubles else 'ok'} lab/self cluster: {test.__name__.replace('_', ' ')}", *(f"    {each}" for each in troubles)]), flush=True)
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
