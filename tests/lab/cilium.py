"""Which addresses Cilium gives to the services of a cluster (LB IPAM), from its pools and its announcement policy."""
import ipaddress
import itertools
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Service:
    """One of type LoadBalancer."""
    namespace: str
    name: str
    versions: tuple = (4, 6)    # of IP, as the cluster gives it both or one

    def __str__(self):
        return f"{self.namespace}/{self.name}"

    @property
    def labels(self):
        """What a pool's selector is compared with."""
        return {"io.kubernetes.service.namespace": self.namespace, "io.kubernetes.service.name": self.name}


def selects(selector, labels):
    """A Kubernetes label selector; none selects all."""
    selector = selector or {}
    if any(labels.get(key) != value for key, value in selector.get("matchLabels", {}).items()):
        return False
    meaning = {"In": lambda key, values: labels.get(key) in values, "NotIn": lambda key, values: labels.get(key) not in values,
               "Exists": lambda key, _: key in labels, "DoesNotExist": lambda key, _: key not in labels}
    return all(meaning[one["operator"]](one["key"], one.get("values", [])) for one in selector.get("matchExpressions", []))


def block(one):
    """(first, last) of a block of a pool."""
    if "cidr" in one:
        network = ipaddress.ip_network(one["cidr"])
        return network[0], network[-1]
    first = ipaddress.ip_address(one["start"])
    return first, ipaddress.ip_address(one.get("stop") or one["start"])


def pools(objects):
    """[(selector, blocks)] of the pools among some objects, the oldest first; one that overlaps an older one is not used, as Cilium does."""
    kept, taken = [], []
    for one in objects:
        if one["kind"] != "CiliumLoadBalancerIPPool" or one["spec"].get("disabled"):
            continue
        # A pool that follows the prefix may have none yet.
        blocks = [block(each) for each in one["spec"].get("blocks", one["spec"].get("cidrs")) or []]
        if not any(a.version == c.version and a <= d and c <= b for a, b in blocks for c, d in taken):
            kept.append((one["spec"].get("serviceSelector"), blocks))
            taken += blocks
    return kept


def announced(objects, service, interface):
    """Whether a node answers for a service's addresses on its interface."""
    return any(one["kind"] == "CiliumL2AnnouncementPolicy" and one["spec"].get("loadBalancerIPs") and
               selects(one["spec"].get("serviceSelector"), service.labels) and
               any(re.search(each, interface) for each in one["spec"].get("interfaces") or [""]) for one in objects)


class Ipam:
    """`given`: {(service, version): address}. A service keeps what it has for as long as a pool has it that is for this service."""

    def __init__(self, services):
        self.services, self.given = list(services), {}

    def update(self, objects):
        """After a change of the objects, which come the oldest first."""
        found = pools(objects)
        for service, version in [*self.given]:
            if not any(first <= self.given[service, version] <= last for first, last in self.blocks(found, service, version)):
                del self.given[service, version]
        for service in self.services:
            for version in service.versions:
                free = self.free(self.blocks(found, service, version))
                if (service, version) not in self.given and free is not None:
                    self.given[service, version] = free

    @staticmethod
    def blocks(found, service, version):
        """Those of all pools that are for a service."""
        return [each for selector, blocks in found if selects(selector, service.labels) for each in blocks if each[0].version == version]

    def free(self, blocks):
        """The first address that nobody has."""
        taken = set(self.given.values())
        for first, last in blocks:
            found = next((each for each in (first + n for n in range(int(last) - int(first) + 1)) if each not in taken), None)
            if found is not None:
                return found
        return None

    def addresses(self, service):
        return [str(self.given[service, version]) for version in (4, 6) if (service, version) in self.given]


def orders(objects, services):
    """An Ipam for every order in which pools and services may have come to be: which one Cilium sees first is a matter of chance."""
    some = [one for one in objects if one["kind"] == "CiliumLoadBalancerIPPool"]
    for these in itertools.permutations(some):
        for those in itertools.permutations(services):
            ipam = Ipam(those)
            ipam.update(these)
            yield ipam
