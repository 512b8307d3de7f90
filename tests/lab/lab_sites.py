"""The sites on which the scenarios run: two examples of the manual, and one in which everything is otherwise."""
import os
import re

from machine import HERE

EXAMPLES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "examples")
# What the example leaves to its owner, and the scenarios need: (pattern: it is there already, old, new). The cluster speaks IPv6 and follows the prefix;
# one node has an EUI-64 address, one a token; the ingress's address lies in the middle of the others' pool.
HOMELAB = (
    (r"^  ip_families:", "  network: kubernetes\n", "  network: kubernetes\n  ip_families: [ipv4, ipv6]\n"),
    (r"^  prefix_watch:", "  network: kubernetes\n", "  network: kubernetes\n  prefix_watch: true\n"),
    (r"^  nodes:", "  network: kubernetes\n", """  network: kubernetes
  nodes:
    cp1:     { address: 10.30.0.10, mac: "bc:24:11:1c:e2:8c" }
    worker1: { address: 10.30.0.11, address6: "::12" }
"""),
    (r"pool6:", "pool: 10.30.0.201-10.30.0.250 }", 'pool: 10.30.0.201-10.30.0.250, pool6: "::100-::2ff" }'),
    (r"ingress: \{[^}]*address6:", "ingress: { address: 10.30.0.200,", 'ingress: { address: 10.30.0.200, address6: "::200",'),
    # Of every way that a name can go.
    (r"via: ipv6 ", "  photos:   { via: relay }\n", "  photos:   { via: relay }\n  direct:   { via: ipv6 }\n"),
    (r"via: private ", "  photos:   { via: relay }\n", "  photos:   { via: relay }\n  printer:  { via: private }\n"))
SITES = {"homelab": (f"{EXAMPLES}/homelab.yaml", HOMELAB), "minimal": (f"{EXAMPLES}/minimal.yaml", ()), "unusual": (f"{HERE}/sites/unusual.yaml", ())}

# What the owner has set up on the router himself: in the state from the factory that port belongs to the bridge.
BEFORE = {"unusual": ("/interface/bridge/port/remove [find where interface=ether5]", "/ip/address/add address=172.16.5.62/26 interface=ether5",
                      "/interface/list/member/add list=LAN interface=ether5")}


def edited(text, edits):
    """Each edit (old, new) must find its place, exactly once: an example that has changed is an error, not a site without it."""
    for old, new in edits:
        if text.count(old) != 1:
            raise ValueError(f"'{old.strip()}' is {text.count(old)} times in the site, where the lab wants to write '{new.strip()}'")
        text = text.replace(old, new)
    return text


def site_text(name):
    """The text of a site by its name; a path is a site of one's own."""
    path, edits = SITES.get(name, (name, ()))
    with open(path, encoding="utf-8") as file:
        text = file.read()
    return edited(text, [(old, new) for there, old, new in edits if not re.search(there, text, re.MULTILINE)])
