#!/usr/bin/python3
"""The site files of the relay's scenarios: sites.py SCENARIO. YAML is a superset of JSON, and JSON is what is written."""
import copy
import json
import os
import subprocess
import sys

INGRESS, SSH, GAME = "10.30.0.200", "10.20.0.5", "10.20.0.6"
HUB4, HUB6, TUNNEL = "203.0.113.10", "2001:db8:17:1::1", "10.100.0.1"

BASE = {
    "site": "test", "domain": "example.org",
    "vps": {"address": HUB4, "address6": HUB6},
    "tunnel": {"network": "10.100.0.0/24"},
    "router": {"version": "7.20.8", "address": "10.100.0.2"},
    "networks": {"servers": {"vlan": 20, "subnet": "10.20.0.0/24"}, "kubernetes": {"vlan": 30, "subnet": "10.30.0.0/24"}},
    "kubernetes": {"network": "kubernetes", "ingress": {"address": INGRESS, "entry_point": {"name": "public", "port": 8443}}},
    "relay": {
        "https": {"listen": 443, "to": "ingress:public", "proxy_protocol": True},
        "http": {"listen": 80, "redirect": True},
        "git": {"listen": 2222, "to": f"{SSH}:22"},
        "game": {"listen": 27015, "protocol": "udp", "to": f"{GAME}:27015"},
    },
    "services": {"films": {"via": "relay"}, "wild": {"via": "relay", "host": "*.Apps.example.org"}, "apex": {"via": "relay", "host": "example.org"},
                 "long": {"via": "relay", "host": f"{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 50}.example.org"}},
}


def scenario(name):
    """Everything guarded; the same beside the owner's own nginx; and what one gets without the guards."""
    site = copy.deepcopy(BASE)
    if name == "shared":
        site["vps"]["nginx"] = "shared"
        # Its redirect needs another server_names_hash_bucket_size, which only the owner's nginx.conf can set.
        del site["services"]["long"]
    elif name == "open":
        del site["kubernetes"]["ingress"]["entry_point"]
        site["relay"] = {"https": {"listen": 443, "to": "ingress:443", "names": "published"},
                         "challenge": {"listen": 80, "to": "ingress:80", "proxy_protocol": False},
                         "any": {"listen": 9443, "to": "ingress:443", "names": "any", "proxy_protocol": False},
                         # The target of this one does not expect it.
                         "early": {"listen": 4443, "to": f"{INGRESS}:444", "names": "published", "proxy_protocol": True},
                         "quic": {"listen": 443, "protocol": "udp", "to": "ingress:443"}}
    return site


def build(site, folder):
    """Another tree, with the same keys; its place."""
    with open(folder + "/after.yaml", "w", encoding="utf-8") as file:
        json.dump(site, file)
    subprocess.run([os.environ["HLGEN"], "build", "--keys", folder + "/keys", "-o", folder + "/after", folder + "/after.yaml"], check=True,
                   capture_output=True, stdin=subprocess.DEVNULL)
    return folder + "/after"


if __name__ == "__main__":
    print(json.dumps(scenario(sys.argv[1]), indent=2))
