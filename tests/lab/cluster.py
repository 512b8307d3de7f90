"""The cluster of a house: what kubectl, the API server, Cilium and a kubelet make of the files that the tree has for it.

    cluster.create(); cluster.apply()       as the guide says: what follows the prefix once, then `kubectl apply -k`
    cluster.api.down(); cluster.api.up()    its API server is away for a while
    cluster.pods["prefix-watch"].end()      a pod ends; cluster.deploy() starts it again"""
import glob
import json
import os
import secrets
import threading

import yaml

from cilium import Ipam, Service, announced
from kube_api import HOST, PORT, Refused, Server, merged, permitted
from machine import Failed
from pod import Pod

# Older than the ingress, and of no interest to hlgen: they want addresses, too.
OTHERS = ("media/films", "git/forge", "home/lights")
# What the lab has an image for.
IMAGES = ("curlimages/curl", "docker.io/curlimages/curl")
APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
RESOURCES = {"CiliumLoadBalancerIPPool": "ciliumloadbalancerippools"}


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
    """`objects`: {identity: object}, the oldest first. `machine`: the node where everything runs. `failing`: the API server answers 503."""

    def __init__(self, house):
        self.house, self.machine = house, house.node
        self.lock, self.objects, self.pods, self.tokens = threading.RLock(), {}, {}, {}
        words = house.site["kubernetes"]
        versions = tuple(sorted(int(each.removeprefix("ipv")) for each in words["ip_families"]))
        self.service = Service(words["ingress"]["namespace"], words["ingress"]["service"], versions)
        self.services = [*(Service(*each.split("/"), versions) for each in OTHERS), self.service]
        self.ipam, self.failing = Ipam(self.services), False
        self.api = Server(self.machine, f"{house.folder}/cluster", self.tokens.get, self.answer)
        self.api.up()

    def close(self):
        self.api.down()

    # ---- kubectl

    def apply(self, objects=None):
        """kubectl apply -k, or -f of some objects."""
        with self.lock:
            for one in listed(self.house.tree) if objects is None else objects:
                now = self.objects.get(identity(one), {})
                before = json.loads(now.get("metadata", {}).get("annotations", {}).get(APPLIED, "{}"))
                new = applied(now, before, one)
                new["metadata"] = {**new["metadata"], "annotations": {**new["metadata"].get("annotations", {}), APPLIED: json.dumps(one)}}
                self.put(new)
            self.changed()
        self.deploy()

    def create(self):
        """kubectl create -f, of what is not there yet."""
        with self.lock:
            for one in once(self.house.tree):
                if identity(one) not in self.objects:
                    self.put(one)
            self.changed()

    def again(self):
        """Everything anew, as if nothing had been there."""
        with self.lock:
            self.objects.clear()
            self.ipam = Ipam(self.services)
        for pod in self.pods.values():
            pod.end()
        self.pods.clear()
        self.create()
        self.apply()

    def put(self, one):
        old = self.objects.get(identity(one), {})
        if {**one, "metadata": {**one["metadata"], "resourceVersion": None}} == {**old, "metadata": {**old.get("metadata", {}), "resourceVersion": None}}:
            return
        version = int(old.get("metadata", {}).get("resourceVersion", "1000")) + 1
        self.objects[identity(one)] = {**one, "metadata": {**one["metadata"], "resourceVersion": str(version)}}

    # ---- the API server, for pods

    def answer(self, call):
        if self.failing:
            raise Refused(503, "the server is currently unable to handle the request")
        with self.lock:
            where = f"in the namespace \"{call.namespace}\"" if call.namespace else "at the cluster scope"
            if not permitted(self.objects.values(), call):
                raise Refused(403, f'{call.resource}.{call.group} "{call.name}" is forbidden: User "{call.account}" cannot {call.verb} resource '
                                   f'"{call.resource}" in API group "{call.group}" {where}')
            one = next((one for (kind, _, name), one in self.objects.items() if RESOURCES.get(kind) == call.resource and name == call.name and
                        one["apiVersion"] == f"{call.group}/{call.version}"), None)
            if one is None:
                raise Refused(404, f'{call.resource}.{call.group} "{call.name}" not found')
            if call.verb == "patch":
                if call.content != "application/merge-patch+json":
                    raise Refused(415, "the body of the request was in an unknown format - accepted media types include: application/merge-patch+json")
                self.put(merged(one, json.loads(call.body)))
                self.changed()
            elif call.verb != "get":
                raise Refused(405, "the server does not allow this method on the requested resource")
            return self.objects[identity(one)]

    def patches(self):
        """What pods have patched or tried to."""
        return [each for each in self.api.calls if each.verb == "patch"]

    # ---- Cilium

    def changed(self):
        """Gives the services their addresses, and the ingress those that a node announces."""
        self.ipam.update(self.objects.values())
        wanted = self.ipam.addresses(self.service) if announced(self.objects.values(), self.service, self.house.node_interface) else []
        if self.house.ingress.addresses != wanted:
            self.house.ingress.assign(wanted)

    def pools(self):
        """{name: blocks} of all pools."""
        with self.lock:
            return {name: one["spec"].get("blocks") for (kind, _, name), one in self.objects.items() if kind == "CiliumLoadBalancerIPPool"}

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
            account = (namespace, spec.get("serviceAccountName", "default"))
            self.pods[name] = Pod(self.machine, name, spec, configs, self.account(*account),
                                  {"KUBERNETES_SERVICE_HOST": HOST, "KUBERNETES_SERVICE_PORT": str(PORT)})

    def account(self, namespace, name):
        """The files of a service account, with a new token; those from before go on for as long as nobody revokes them."""
        if ("ServiceAccount", namespace, name) not in self.objects:
            raise Failed(f"there is no service account {namespace}/{name}")
        token = secrets.token_urlsafe(48)
        self.tokens[token] = f"system:serviceaccount:{namespace}:{name}"
        with open(os.path.join(self.house.folder, "cluster/ca.crt"), encoding="ascii") as file:
            return {"ca.crt": file.read(), "token": token, "namespace": namespace}
