"""The sites that are imported, their changes, and the routers that they are imported on. A site is a dict; JSON is YAML."""
import copy
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PREFIX, OTHER_PREFIX = "2a0d:5600:abcd::/56", "2a0d:5600:ef01:2300::/56"
PROVIDER = {"prefix": PREFIX, "after": 3}
# The private key of the tunnel in states/playbooks.json: a take-over keeps it.
ROUTER_KEY = "cD0i0f5Jv6+ZMPWf6Uq3Gq7tmRRNTLBzTXdR8Fdt8Ec="

# name: (state file, options of Router.load)
STATES = {"empty-chr": ("empty-chr", {"provider": None}), "defconf": ("defconf", {"provider": None}),
          "defconf with a prefix": ("defconf", {"provider": PROVIDER}), "hand-grown": ("hand-grown", {"provider": None}),
          "hand-grown with a prefix": ("hand-grown", {"provider": PROVIDER}), "playbooks": ("playbooks", {})}


def changed(site, *removed, **values):
    """A copy with other values: a__b=x is site["a"]["b"] = x; removed are paths "a__b"."""
    site = copy.deepcopy(site)
    for path, value in values.items():
        *steps, last = path.split("__")
        place = site
        for step in steps:
            place = place.setdefault(step.replace("_at_", "-"), {})
        place[last.replace("_at_", "-")] = value
    for path in removed:
        *steps, last = path.split("__")
        place = site
        for step in steps:
            place = place[step]
        del place[last]
    return site


RELAY = {"site": "house", "domain": "example.org", "vps": {"address": "203.0.113.10"}, "tunnel": {"network": "10.100.0.0/24"},
         "router": {"version": "7.20.8", "address": "10.100.0.2", "interface": "wg-hub"},
         "networks": {"lan": {"subnet": "192.168.88.0/24", "interface": "ether2"}},
         "relay": {"https": {"listen": 443, "to": "192.168.88.10:443"}, "git": {"listen": 2222, "to": "192.168.88.11:22"}},
         "services": {"photos": {"via": "relay"}}}

CLIENTS = {"phone": {"address": "10.100.0.10", "dns": ["192.168.88.1"]},
           "laptop": {"address": "10.100.0.11", "reach": ["lan", "router", "192.168.89.5:22/tcp", "192.168.89.6"]},
           "backup": {"address": "10.100.0.12", "reach": ["192.168.88.20:873/tcp", "phone"], "routes": ["192.168.50.0/24"],
                      "keepalive": 25},
           "away": {"address": "10.100.0.13", "tunnel": "full", "reach": [], "dns": ["1.1.1.1"]},
           "lost": {"address": "10.100.0.14", "enabled": False}}
HOMELAB = changed(RELAY, tunnel__network6="fd5e:7a1c:90d2::/64", clients=CLIENTS,
                  networks={"lan": {"subnet": "192.168.88.0/24", "interface": "bridge"},
                            "guests": {"subnet": "192.168.89.0/24", "interface": "ether5"}})
CHR = changed(HOMELAB, networks__lan__interface="ether2", networks__guests__interface="ether3", ipv6={"prefix": PREFIX},
              networks__lan__subnet_id="88", networks__guests__ipv6=False)
MASQUERADE = changed(HOMELAB, tunnel__clients_appear_as="vps", clients__laptop__reach=["lan", "192.168.89.5:22/tcp"])

VLANS = changed(RELAY, clients={"phone": {"address": "10.100.0.10"},
                                "laptop": {"address": "10.100.0.11", "reach": ["kubernetes", "10.20.0.5:22/tcp", "router"]},
                                "tablet": {"address": "10.100.0.15", "reach": ["10.20.0.5:22/tcp"]}},
                networks={"management": {"vlan": 10, "subnet": "10.10.0.0/24", "ipv6": False},
                          "trusted-lan": {"vlan": 20, "subnet": "10.20.0.0/24"},
                          "kubernetes": {"vlan": 30, "subnet": "10.30.0.0/24"},
                          "default": {"subnet": "192.168.88.0/24", "interface": "bridge"}},
                router__manage_vlans=True, router__trunk=["ether6"],
                relay__https__to="10.30.0.200:443", relay__git__to="10.20.0.5:22")
PHASE1 = changed(VLANS, tunnel__network6="fd5e:7a1c:90d2::/64", ipv6={"dns": ["2606:4700:4700::1111"]},
                 kubernetes={"network": "kubernetes", "ip_families": ["ipv4", "ipv6"],
                             "cilium": {"version": "1.19.6", "pool": "10.30.0.201-10.30.0.250"},
                             "ingress": {"address": "10.30.0.200", "address6": "::200"}})
PHASE2 = changed(PHASE1, ipv6__prefix=PREFIX)
UNMANAGED = changed(PHASE1, "router__trunk", "networks__default", router__manage_vlans=False, router__bridge="lan-switch",
                    networks__trusted_at_lan__ipv6=False)
UNMANAGED_FAMILY = changed(UNMANAGED, networks__trusted_at_lan__ipv6=True)
TAKE_OVER = changed(PHASE2, router__take_over=True, router__interface="wg-vps", ipv6__pool="starlink-pd")

SITES = {"relay": RELAY, "homelab": HOMELAB, "untagged with a prefix": CHR, "masquerade": MASQUERADE, "managed VLANs": VLANS,
         "managed VLANs, prefix unknown": PHASE1, "managed VLANs, prefix known": PHASE2, "unmanaged VLANs with IPv6": UNMANAGED,
         "unmanaged VLANs, all with IPv6": UNMANAGED_FAMILY, "take-over": TAKE_OVER,
         "beside the old tunnel": changed(RELAY, router__address="10.100.0.5")}

NO_BRIDGE = "there is no interface bridge: see router.bridge"
NO_SWITCH = "there is no interface lan-switch: see router.bridge"
TUNNEL_IS_THERE = "the tunnel address 10.100.0.2/30 is on wg-vps already"
# (site, state): what the preflight must say. Every other pair must be imported.
REFUSED = {(name, "playbooks"): TUNNEL_IS_THERE for name in SITES if name not in ("take-over", "beside the old tunnel")}
for managed in ("managed VLANs", "managed VLANs, prefix unknown", "managed VLANs, prefix known", "take-over", "everything"):
    for bridgeless in ("empty-chr", "hand-grown", "hand-grown with a prefix"):
        REFUSED[managed, bridgeless] = NO_BRIDGE
for unmanaged in ("unmanaged VLANs with IPv6", "unmanaged VLANs, all with IPv6"):
    for state in ("empty-chr", "defconf", "defconf with a prefix"):
        REFUSED[unmanaged, state] = NO_SWITCH
for grown in ("hand-grown", "hand-grown with a prefix"):
    REFUSED["unmanaged VLANs, all with IPv6", grown] = "family has router advertisements (/ipv6/nd) that are not hlgen's"
for bridged in ("homelab", "masquerade"):
    REFUSED[bridged, "empty-chr"] = "there is no interface ether5 for the network guests"
    for grown in ("hand-grown", "hand-grown with a prefix"):
        REFUSED[bridged, grown] = "there is no interface bridge for the network lan"
# Further sites that only have to be refused: (name, site, state, sentence)
BESIDE = {"router__address": "10.100.0.5"}
REFUSALS = [
    ("VLANs of the playbooks", changed(VLANS, **BESIDE), "playbooks", "is there and not hlgen's: set router.take_over"),
    ("DHCPv6 client of the playbooks", changed(CHR, **BESIDE), "playbooks", "ether1 has a DHCPv6 client that is not hlgen's"),
    ("name of the old tunnel", changed(RELAY, router__interface="wg-vps"), "playbooks", "the name wg-vps belongs to an interface that is "
     "not hlgen's"),
    ("port of the old tunnel", changed(RELAY, router__listen_port=51820), "playbooks", "another WireGuard interface listens on port 51820"),
    ("VLANs of somebody", changed(VLANS, router__bridge="lan-switch", router__lan_list="HOUSE", networks__default__interface="ether2"),
     "hand-grown", "is there and not hlgen's: set router.take_over"),
    ("no such list", changed(VLANS, router__lan_list="HOUSE"), "defconf", "there is no interface list HOUSE"),
    ("no such port", changed(VLANS, router__trunk=["ether9"]), "defconf", "ether9 is no port of bridge"),
    ("no bridge at all", changed(VLANS, router__bridge="ether2"), "defconf", "ether2 is not a bridge"),
    ("no such wan", changed(PHASE2, router__wan="sfp1"), "defconf", "there is no interface sfp1"),
    ("name of a port", changed(RELAY, router__interface="ether3"), "defconf", "the name ether3 belongs to"),
    ("newer release", changed(RELAY, router__version="7.22.1"), "defconf", "this script is for RouterOS 7.22.1 or later"),
    ("VLAN that is not there", changed(UNMANAGED, router__bridge="bridge"), "defconf", "is not on bridge: create it"),
]


class Change:
    """A site that becomes another one. `on`: the states; `loose`: what is asked for instead of the same as a fresh import."""
    def __init__(self, name, before, after, on=("defconf",), loose=""):
        self.name, self.before, self.after, self.on, self.loose = name, before, after, on, loose


BOTH = ("defconf", "defconf with a prefix")
TABLET = {"address": "10.100.0.16", "reach": ["lan", "192.168.89.7:443/tcp"]}
CHANGES = [
    Change("client added", HOMELAB, changed(HOMELAB, clients__tablet=TABLET), on=("defconf", "defconf with a prefix")),
    Change("client removed", HOMELAB, changed(HOMELAB, "clients__laptop"), on=("defconf", "defconf with a prefix")),
    Change("client renamed", changed(HOMELAB, clients__tablet=TABLET),
           changed(HOMELAB, clients__slate=TABLET), on=("defconf", "defconf with a prefix")),
    Change("client turned off", HOMELAB, changed(HOMELAB, clients__backup__enabled=False)),
    Change("address of a client", HOMELAB, changed(HOMELAB, clients__laptop__address="10.100.0.44")),
    Change("addresses of two clients swapped", HOMELAB,
           changed(HOMELAB, clients__laptop__address="10.100.0.10", clients__phone__address="10.100.0.11")),
    Change("reach without the port", VLANS, changed(VLANS, clients__tablet__reach=["10.20.0.5"])),
    Change("reach with a port", changed(VLANS, clients__tablet__reach=["10.20.0.5/32"]), VLANS),
    Change("port of a reach", VLANS, changed(VLANS, clients__tablet__reach=["10.20.0.5:23/tcp"])),
    Change("reach udp", VLANS, changed(VLANS, clients__tablet__reach=["10.20.0.5:22/udp"])),
    Change("a network's subnet", HOMELAB, changed(HOMELAB, networks__guests__subnet="192.168.90.0/24",
                                                  clients__laptop__reach=["lan", "192.168.90.5:22/tcp"])),
    Change("router's address", HOMELAB, changed(HOMELAB, router__address="10.100.0.9")),
    Change("tunnel's network", HOMELAB, changed(
        HOMELAB, tunnel__network="10.101.0.0/24", router__address="10.101.0.2",
        clients={"phone": {"address": "10.101.0.10"}, "laptop": {"address": "10.101.0.11", "reach": ["lan"]}})),
    Change("hub moved", HOMELAB, changed(HOMELAB, vps__address="198.51.100.4", tunnel__port=51821)),
    Change("no preshared keys", HOMELAB, changed(HOMELAB, tunnel__preshared_keys=False)),
    Change("relay target moved", VLANS, changed(VLANS, relay__https__to="10.30.0.201:8443")),
    Change("relay to one more port", VLANS, changed(VLANS, relay__mail={"listen": 25, "to": "10.20.0.6:25"})),
    Change("VLAN renumbered", PHASE2, changed(PHASE2, networks__trusted_at_lan__vlan=21), on=BOTH),
    Change("VLAN renumbered, interface kept", PHASE2, changed(
        changed(PHASE2), networks__trusted_at_lan__vlan=21, networks__trusted_at_lan__interface="vlan20-trusted-lan"), on=BOTH),
    Change("ids of two VLANs swapped", PHASE2, changed(PHASE2, networks__trusted_at_lan__vlan=30, networks__kubernetes__vlan=20), on=BOTH),
    Change("network renamed", PHASE2, changed(
        PHASE2, "networks__trusted-lan", networks__family={"vlan": 20, "subnet": "10.20.0.0/24"}), on=BOTH),
    Change("interface renamed", PHASE2, changed(PHASE2, networks__trusted_at_lan__interface="family"), on=BOTH),
    Change("interfaces of two VLANs swapped", PHASE2, changed(PHASE2, networks__trusted_at_lan__interface="vlan30-kubernetes",
                                                             networks__kubernetes__interface="vlan20-trusted-lan"), on=BOTH),
    Change("interfaces of three VLANs turned round", PHASE2, changed(
        PHASE2, networks__trusted_at_lan__interface="vlan30-kubernetes", networks__kubernetes__interface="vlan10-management",
        networks__management__interface="vlan20-trusted-lan"), on=BOTH),
    Change("subnets of two VLANs swapped", VLANS, changed(
        VLANS, networks__trusted_at_lan__subnet="10.10.0.0/24", networks__management__subnet="10.20.0.0/24")),
    Change("VLAN removed", PHASE2, changed(PHASE2, "networks__management"), on=BOTH),
    # Nothing is left to manage, but the bridge is still named.
    Change("the last VLANs removed", VLANS, changed(
        VLANS, "networks__management", "networks__trusted-lan__vlan", "networks__kubernetes__vlan",
        networks__trusted_at_lan__interface="ether4", networks__kubernetes__interface="ether3")),
    Change("VLAN added", changed(PHASE2, "networks__management"), PHASE2, on=BOTH),
    Change("trunk moved", PHASE2, changed(PHASE2, router__trunk=["ether5", "ether6"])),
    Change("network without IPv6", PHASE2, changed(PHASE2, networks__trusted_at_lan__ipv6=False), on=BOTH),
    Change("subnet id", PHASE2, changed(PHASE2, networks__trusted_at_lan__subnet_id="2f"), on=BOTH),
    Change("subnet ids swapped", PHASE2, changed(PHASE2, networks__trusted_at_lan__subnet_id="30", networks__kubernetes__subnet_id="20"),
           on=BOTH),
    Change("prefix changed", PHASE2, changed(PHASE2, ipv6__prefix=OTHER_PREFIX), on=BOTH),
    Change("prefix learned", PHASE1, PHASE2, on=BOTH),
    Change("prefix removed", PHASE2, PHASE1, on=BOTH),
    Change("pool renamed", PHASE2, changed(PHASE2, ipv6__pool="other-pd"), on=BOTH),
    Change("DNS servers removed", PHASE2, changed(PHASE2, "ipv6__dns"), on=BOTH),
    Change("address of the ingress", PHASE2, changed(PHASE2, kubernetes__ingress__address6="::300"), on=BOTH),
    Change("ingress without IPv6", PHASE2, changed(PHASE2, "kubernetes__ingress__address6"), on=BOTH),
    Change("IPv6 removed", PHASE2, VLANS, on=BOTH),
    Change("IPv6 of the house removed", PHASE2, changed(PHASE2, "ipv6", "kubernetes__ingress__address6",
                                                        kubernetes__ip_families=["ipv4"]), on=BOTH),
    Change("IPv6 of the tunnel removed", changed(HOMELAB, "clients__away"), changed(HOMELAB, "tunnel__network6", "clients__away")),
    Change("IPv6 of the tunnel removed, prefix kept", PHASE2, changed(PHASE2, "tunnel__network6"), on=BOTH),
    Change("IPv6 added", VLANS, PHASE2, on=BOTH),
    Change("wan moved", PHASE2, changed(PHASE2, router__wan="ether2"), on=BOTH),
    Change("tunnel interface renamed", PHASE2, changed(PHASE2, router__interface="wg-other"), on=BOTH),
    Change("tunnel port", HOMELAB, changed(HOMELAB, router__listen_port=13999, tunnel__mtu=1400)),
    Change("masquerade turned on", HOMELAB, MASQUERADE),
    Change("masquerade turned off", MASQUERADE, HOMELAB),
    Change("clients removed", HOMELAB, changed(HOMELAB, "clients")),
    Change("take-over turned off", TAKE_OVER, changed(TAKE_OVER, "router__take_over"), on=("playbooks",), loose="nothing changes"),
    Change("way back turned off", HOMELAB, changed(HOMELAB, router__rollback_after=0)),
    Change("VLANs no longer managed", VLANS, changed(VLANS, router__manage_vlans=False), loose="nothing else is lost"),
]


def example():
    """examples/full.yaml with a prefix, as tests/site.py writes it."""
    return subprocess.run([sys.executable, f"{ROOT}/tests/site.py", f"{ROOT}/examples/full.yaml", "set", f"ipv6.prefix={PREFIX}"],
                          check=True, capture_output=True, text=True).stdout


class Built:
    """What hlgen makes of a site."""
    def __init__(self, text, folder, keys):
        os.makedirs(folder, exist_ok=True)
        path = f"{folder}/site.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        hlgen = os.environ["HLGEN"]
        run([hlgen, "build", "--keys", keys, "-o", f"{folder}/out", path])
        self.plan = json.loads(run([hlgen, "show", "plan", "--keys", keys, path]))
        self.script, self.confirm = (open(f"{folder}/out/router/{name}.rsc", encoding="utf-8").read() for name in ("hlgen", "confirm"))
        self.release = self.plan["router"]["version"]


def run(words, text=None):
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(words)}: exit {done.returncode}\n{done.stderr}{done.stdout[-2000:]}")
    return done.stdout


class Workshop:
    """Builds every site once, with one key store."""
    def __init__(self, folder):
        self.folder, self.keys, self.made = folder, f"{folder}/keys", {}
        os.makedirs(folder, exist_ok=True)
        path = f"{folder}/first.yaml"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(HOMELAB, file)
        run([os.environ["HLGEN"], "keys", "import", "router", "-k", self.keys, "-s", path], ROUTER_KEY + "\n")
        self.site(changed(HOMELAB, clients__tablet=TABLET))
        # "client renamed" keeps the key: both names have it.
        for name in os.listdir(f"{self.keys}/clients"):
            if name.startswith("tablet."):
                shutil.copy2(f"{self.keys}/clients/{name}", f"{self.keys}/clients/{name.replace('tablet', 'slate')}")

    def site(self, site):
        text = site if isinstance(site, str) else json.dumps(site, indent=1)
        if text not in self.made:
            self.made[text] = Built(text, f"{self.folder}/{len(self.made)}", self.keys)
        return self.made[text]
