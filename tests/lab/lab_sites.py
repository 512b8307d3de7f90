"""The sites on which the scenarios run: two examples of the manual, and one in which everything is otherwise."""
import os

from machine import HERE

EXAMPLES = os.path.join(os.path.dirname(os.path.dirname(HERE)), "examples")
# What the example leaves to its owner, and the scenarios need: the cluster speaks IPv6, and the ingress has an address there.
HOMELAB = {"  network: kubernetes\n": "  network: kubernetes\n  ip_families: [ipv4, ipv6]\n",
           "ingress: { address: 10.30.0.200, namespace": "ingress: { address: 10.30.0.200, address6: \"::200\", namespace",
           # Of every way that a name can go.
           "  photos:   { via: relay }\n": "  photos:   { via: relay }\n  direct:   { via: ipv6 }\n  printer:  { via: private }\n"}
SITES = {"homelab": (f"{EXAMPLES}/homelab.yaml", HOMELAB), "minimal": (f"{EXAMPLES}/minimal.yaml", {}), "unusual": (f"{HERE}/sites/unusual.yaml", {})}

# What the owner has set up on the router himself: in the state from the factory that port belongs to the bridge.
BEFORE = {"unusual": ("/interface/bridge/port/remove [find where interface=ether5]", "/ip/address/add address=172.16.5.62/26 interface=ether5",
                      "/interface/list/member/add list=LAN interface=ether5")}


def edited(text, edits):
    """Each edit must find its place, exactly once, or be there already: an example that has changed is an error, not a site without it."""
    for old, new in edits.items():
        if new in text:
            continue
        if text.count(old) != 1:
            raise ValueError(f"'{old.strip()}' is {text.count(old)} times in the site, where the lab wants to write '{new.strip()}'")
        text = text.replace(old, new)
    return text


def site_text(name):
    """The text of a site by its name; a path is a site of one's own."""
    path, edits = SITES.get(name, (name, {}))
    with open(path, encoding="utf-8") as file:
        return edited(file.read(), edits)
