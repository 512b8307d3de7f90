"""Takes the generated prefix-watch.yaml apart: the files of its ConfigMap for a run, its POOLS, and what must agree within it.

manifest.py MANIFEST FOLDER: writes FOLDER/script/… and FOLDER/pools, and prints what is wrong."""
import ipaddress
import os
import sys

import yaml


class Wishes:
    """POOLS, read as its description says; what the pools shall have is computed here without the script's help."""

    def __init__(self, text):
        self.text, self.ranges = text, {}
        for line in text.splitlines():
            name, borders = line.split()
            self.ranges.setdefault(name, []).append([ipaddress.IPv6Address(border) for border in borders.split("-")])
        self.names = list(self.ranges)

    def blocks(self, name, prefix):
        network = ipaddress.IPv6Network(prefix)
        return [dict(zip(("start", "stop"), (str(network[int(border)]) for border in borders))) for borders in self.ranges[name]]


def objects(path):
    with open(path, encoding="utf-8") as file:
        return {document["kind"]: document for document in yaml.safe_load_all(file)}


def trouble(found, wishes):
    """What does not fit together in it."""
    pod = found["Deployment"]["spec"]["template"]
    container, = pod["spec"]["containers"]
    mount, = container["volumeMounts"]
    volume, = pod["spec"]["volumes"]
    rule, = found["ClusterRole"]["rules"]
    subject, = found["ClusterRoleBinding"]["subjects"]
    namespace = found["Namespace"]["metadata"]["name"]
    account = found["ServiceAccount"]["metadata"]
    checks = {
        "the role names exactly the pools": rule["resourceNames"] == wishes.names,
        "the role allows get and patch of pools, and nothing else":
            (rule["apiGroups"], rule["resources"], rule["verbs"]) == (["cilium.io"], ["ciliumloadbalancerippools"], ["get", "patch"]),
        "the binding is of this role and account": found["ClusterRoleBinding"]["roleRef"]["name"] == found["ClusterRole"]["metadata"]["name"]
            and (subject["name"], subject["namespace"]) == (account["name"], namespace) and pod["spec"]["serviceAccountName"] == account["name"],
        "all is in one namespace": {found[kind]["metadata"]["namespace"] for kind in ("ServiceAccount", "Deployment", "ConfigMap")} == {namespace},
        "the selector selects the pod": found["Deployment"]["spec"]["selector"]["matchLabels"].items() <= pod["metadata"]["labels"].items(),
        "the ConfigMap is mounted": mount["name"] == volume["name"] and volume["configMap"]["name"] == found["ConfigMap"]["metadata"]["name"],
        "the command is a file of the ConfigMap": container["command"][0] == "sh" and os.path.dirname(container["command"][1]) == mount["mountPath"]
            and os.path.basename(container["command"][1]) in found["ConfigMap"]["data"],
        "one pod, never two": found["Deployment"]["spec"]["replicas"] == 1 and found["Deployment"]["spec"]["strategy"]["type"] == "Recreate",
        "it sees the node's network, which the namespace allows": pod["spec"]["hostNetwork"]
            and found["Namespace"]["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "privileged",
        "nobody, without capabilities, on a root filesystem that is not written": pod["spec"]["securityContext"]["runAsNonRoot"]
            and container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}},
        "an image of a certain release": container["image"].count(":") == 1 and not container["image"].endswith(":latest"),
    }
    return [what for what, holds in checks.items() if not holds]


def main():
    path, folder = sys.argv[1:]
    found = objects(path)
    container, = found["Deployment"]["spec"]["template"]["spec"]["containers"]
    environment = {entry["name"]: entry["value"] for entry in container["env"]}
    os.makedirs(f"{folder}/script")
    for name, text in found["ConfigMap"]["data"].items():
        with open(f"{folder}/script/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    with open(f"{folder}/pools", "w", encoding="ascii") as file:
        file.write(environment["POOLS"])
    print("\n".join(trouble(found, Wishes(environment["POOLS"]))), end="")


if __name__ == "__main__":
    main()
