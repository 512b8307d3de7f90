"""The cluster of a house: what kubectl, the API server, Cilium and a kubelet make of the files that the tree has for it.

    cluster.apply(); cluster.create()       as the guide says: `kubectl apply -k`, then, once, what follows the prefix
    cluster.api.stop(); cluster.api.start() its API server is away for a while
    cluster.pods["prefix-watch"].end()      a pod ends; cluster.deploy() starts the next one"""
import glob
import json
import threading

import yaml

from api import merge_patch
from cilium import Ipam, Service, announced
from kube_api import HOST, PORT, ClusterApi
from machine import Failed
from pod import Pod

# Older than the ingress, and of no interest to hlgen: they want addresses, too.
OTHERS = ("media/films", "git/forge", "home/lights")
# What the lab has an image for.
IMAGES = ("curlimages/curl", "docker.io/curlimages/curl")
POOL = "CiliumLoadBalancerIPPool"
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def documents(path):
    with open(path, encoding="utf-8") as file:
        return [one for one in yaml.safe_load_all(file) if one]


def listed(tree):
    """What `kubectl apply -k` reads."""
    folder = f"{tree}/kubernetes"
    (words,) = documents(f"{folder}/kustomization.yaml")
    if strange := set(words) - {"apiVersion", "kind", "resources"}:
        raise Failed(f"kustomization.yaml: the lab does not know '{strange.pop()}'")
    return [one for name in words["resources"] for one in documents(f"{folder}/{name}")]


def once(tree):
    """Cilium's objects that are not among them: they are made once, and belong to the prefix watcher from then on."""
    found = [one for path in sorted(glob.glob(f"{tree}/kubernetes/cilium-*.yaml")) if not path.endswith("-values.yaml") for one in documents(path)]
    names = {identity(one) for one in listed(tree)}
    return [one for one in found if identity(one) not in names]


def identity(one):
    return one["kind"], one["metadata"].get("namespace", ""), one["metadata"]["name"]


def applied(now, before, new):
    """What `kubectl apply` makes of an object as it is now: what the file had before and has no longer goes, what it has is set, the rest stays."""
    result = {key: value for key, value in now.items() if key in new or key not in before}
    for key, value in new.items():
        old = now.get(key)
        result[key] = applied(old, before.get(key) or {}, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return result


class Cluster:
    """`machine`: the node where everything runs. The API server has the pools, in the order in which they were made; `objects`: {identity: object}, all
    others."""

    def __init__(self, house):
        self.house, self.machine = house, house.node
        self.lock, self.objects, self.pods = threading.RLock(), {}, {}
        words = house.site["kubernetes"]
        versions = tuple(sorted(int(each.removeprefix("ipv")) for each in words["ip_families"]))
        self.service = Service(words["ingress"]["namespace"], words["ingress"]["service"], versions)
        self.services = [*(Service(*each.split("/"), versions) for each in OTHERS), self.service]
        self.ipam = Ipam(self.services)
        self.api = ClusterApi(self.machine, f"{house.folder}/cluster", self.lock, self.everything, self.changed)
        self.api.start()

    def everything(self):
        return [*self.objects.values(), *self.api.pools.values()]

    # ---- kubectl

    def apply(self):
        """kubectl apply -k"""
        with self.lock:
            for one in listed(self.house.tree):
                now = next((each for each in self.everything() if identity(each) == identity(one)), {})
                before = json.loads(now.get("metadata", {}).get("annotations", {}).get(APPLIED, "{}"))
                new = applied(now, before, one)
                new["metadata"] = {**new["metadata"], "annotations": {**new["metadata"].get("annotations", {}), APPLIED: json.dumps(one)}}
                self.put(new)
            self.changed()
        self.deploy()

    def create(self):
        """kubectl create -f, of what is not there yet."""
        with self.lock:
            names = [identity(one) for one in self.everything()]
            for one in once(self.house.tree):
                if identity(one) not in names:
                    self.put(one)
            self.changed()

    def patch(self):
        """kubectl patch --type merge, of what is made only once, with its whole file."""
        with self.lock:
            now = {identity(one): one for one in self.everything()}
            for one in once(self.house.tree):
                self.put(merge_patch(now[identity(one)], one))
            self.changed()

    def again(self):
        """Everything anew, as if nothing had been there."""
        for pod in self.pods.values():
            pod.end()
        self.pods.clear()
        with self.lock:
            self.objects.clear()
            self.api.pools.clear()
            self.ipam = Ipam(self.services)
        self.apply()
        self.create()

    def put(self, one):
        kind, _, name = identity(one)
        if kind == POOL:
            if one["apiVersion"] != "cilium.io/v2":
                raise Failed(f"pool {name}: the lab's API server has only cilium.io/v2, not {one['apiVersion']}")
            # What the server itself adds.
            one = {**one, "metadata": {"generation": 1, "resourceVersion": "1000", "managedFields": [], **one["metadata"]}}
            self.api.pools[name] = one
        else:
            self.objects[identity(one)] = one

    # ---- Cilium

    def changed(self):
        """Gives the services their addresses, and the ingress those that a node announces."""
        objects = self.everything()
        self.ipam.update(objects)
        wanted = self.ipam.addresses(self.service) if announced(objects, self.service, self.house.node_interface) else []
        if self.house.ingress.addresses != wanted:
            self.house.ingress.assign(wanted)

    def blocks(self):
        """{pool: what it has}."""
        with self.lock:
            return {name: one["spec"].get("blocks") for name, one in self.api.pools.items()}

    # ---- the kubelet

    def deploy(self):
        """Runs what the Deployments want: one pod for each, replaced when its template became another one or it ended."""
        for (kind, namespace, name), one in [*self.objects.items()]:
            if kind != "Deployment":
                continue
            spec = one["spec"]["template"]["spec"]
            if spec["containers"][0]["image"].rsplit(":", 1)[0] not in IMAGES:
                continue
            pod = self.pods.get(name)
            if pod and pod.running() and pod.spec == spec:
                continue
            if pod:
                pod.end()
            configs = {other: each["data"] for (what, space, other), each in self.objects.items() if (what, space) == ("ConfigMap", namespace)}
            account = spec.get("serviceAccountName", "default")
            if ("ServiceAccount", namespace, account) not in self.objects:
                raise Failed(f"pod {name}: there is no service account {namespace}/{account}")
            self.pods[name] = Pod(self.machine, name, spec, configs, self.api.account(namespace, account),
                                  {"KUBERNETES_SERVICE_HOST": HOST, "KUBERNETES_SERVICE_PORT": str(PORT)})
