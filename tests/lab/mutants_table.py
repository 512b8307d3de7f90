"""The mutants of the lab: for each the file that is broken, how, and the scenario that must notice."""
import re
from dataclasses import dataclass

WG0, NFT, NGINX, RSC = "vps/etc/wireguard/wg0.conf", "vps/etc/hlgen/vps.nft", "vps/etc/hlgen/nginx.conf", "router/hlgen.rsc"
DROPIN, ANDROID, POOL = "vps/etc/systemd/system/wg-quick@wg0.service.d/hlgen.conf", "clients/android.conf", "kubernetes/cilium-ingress.yaml"
POOL6, INGRESS6, WATCH = "kubernetes/cilium-pool6.yaml", "kubernetes/cilium-ingress6.yaml", "kubernetes/prefix-watch.yaml"
SYSCTL, TOKEN = "nodes/worker1/etc/sysctl.d/90-hlgen-ipv6.conf", "nodes/worker2/etc/network/if-pre-up.d/hlgen-token"
VALUES, ZONE = "kubernetes/traefik-values.yaml", "dns/ruddenchaux.xyz.zone"
PUBLISHED, PLAIN, REACH = "relay: a published name", "relay: a plain TCP port passes", "client: reach"
SPLIT, NODE, POOLS = "client: split tunnel", "ipv6: the node takes its address as its own files say", "ipv6: the ingress has the address that its pool gives"
RIGHTS = "prefix: the watcher may change its pools and nothing else"
# How the VPS takes a changed file. (A reload of the relay is answered before its new workers are there.)
RELOAD = {WG0: ("reload wg-quick@wg0",), NFT: ("reload hlgen-firewall",), NGINX: ("restart hlgen-relay",), DROPIN: ("daemon-reload",)}


@dataclass
class Mutant:
    name: str
    file: str
    edits: tuple        # (old, new): all of old, a text or a pattern, which must be there; or, with SWAP, two lines that hold these words change places
    scenario: str
    about: str          # what must be in what the scenario says of a failure
    verbs: tuple = ()

    @property
    def service(self):
        return self.verbs or RELOAD.get(self.file, ())

    def changed(self, text):
        for old, new in self.edits:
            before = text
            if new.startswith(SWAP):
                text = swapped(text, old, new.removeprefix(SWAP))
            else:
                text = old.sub(new, text) if isinstance(old, re.Pattern) else text.replace(old, new)
            if text == before:
                raise ValueError(f"{self.name}: '{old}' is not in {self.file}")
        return text


SWAP = "\x1eswap "


def swapped(text, one, other):
    """Two lines, each named by words that it alone holds, change places."""
    lines = text.split("\n")
    places = [[at for at, line in enumerate(lines) if words in line] for words in (one, other)]
    if [len(each) for each in places] != [1, 1]:
        raise ValueError(f"'{one}' and '{other}' are in {[len(each) for each in places]} lines")
    (first,), (second,) = places
    lines[first], lines[second] = lines[second], lines[first]
    return "\n".join(lines)


RESTART = ("restart wg-quick@wg0",)
ROUTER_PSK = re.compile(r"(\n# router\n\[Peer\]\nPublicKey = \S+\nPresharedKey = )\S+")
DROP_FIRST = re.compile(r'(\n\t:set [^\n]*"name"="relay/git"[^\n]*)(.*?)(\n\t:set [^\n]*"name"="drop"[^\n]*)', re.DOTALL)
FLOW = ':set ($hlForward->[:len $hlForward]) {"name"='
SELECTOR = re.compile(r"  serviceSelector:\n(?:   .*\n)+")
MUTANTS = [
    # The tunnel
    Mutant("hub-allowed-ip", WG0, (("10.20.0.0/24, ", ""),), PLAIN, "git"),
    Mutant("hub-preshared-key", WG0, ((ROUTER_PSK, r"\g<1>AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE="),), PUBLISHED, "jellyfin", RESTART),
    Mutant("hub-mtu", WG0, (("MTU = 1420", "MTU = 1400"),), "tunnel: packets of its MTU pass whole, larger ones do not", "bytes", RESTART),
    Mutant("router-allowed-ip", RSC, ((':local hlAllowed "10.100.0.0/24,', ':local hlAllowed "10.100.0.1/32,'),), SPLIT, "host"),
    Mutant("router-route", RSC, (('"10.100.0.2/24"', '"10.100.0.2/32"'),), SPLIT, "host"),
    Mutant("client-endpoint", ANDROID, ((":51820", ":51821"),), SPLIT, "android"),
    Mutant("client-allowed-ip", ANDROID, (("10.20.0.0/24, ", ""),), SPLIT, "android"),
    Mutant("reload-routes", DROPIN, (("ExecReload=/usr/local/sbin/hlgen-wg-routes %i\n", ""),), "change: a client is added while others download, then revoked",
           "behind the newcomer"),
    Mutant("endpoints-not-saved", DROPIN, (("ExecStop=-/usr/local/sbin/hlgen-wg-endpoints save %i\n", ""), ("ExecStartPost=-", "#")),
           "restart: the hub's tunnel", "VPS"),
    # The hub's firewall
    Mutant("nft-rule", NFT, (('ct original ip saddr 10.100.0.10/32 ct original ip daddr 10.20.0.0/24 counter goto admit', 'counter'),), REACH, "android"),
    Mutant("nft-order", NFT, (("ct original ip daddr 10.20.0.1/32 counter goto refuse", SWAP + 'comment "client/android/trusted-lan"'),), REACH, "router"),
    Mutant("nft-element", NFT, (("tcp dport { 80, 443, 2222 }", "tcp dport { 80, 443 }"),), PLAIN, "git"),
    Mutant("nft-guard", NFT, (('oifname != { "lo", $wg } ip daddr @house4', 'oifname "nothing" ip daddr @house4'),),
           "old design: a client added by a reload has no route, and its answers leave in clear", "in clear"),
    Mutant("nft-open-connections", NFT, (("iifname $wg oifname $wg ct mark $generation accept", "ct state established accept"),),
           "change: reach is narrowed, then widened", "download"),
    Mutant("nft-nat", NFT, (('iifname $wg oifname $wan masquerade', 'iifname $wg oifname $wan counter'),), "client: full tunnel", "laptop"),
    Mutant("nft-open-port", NFT, (("tcp dport { 80, 443, 2222 }", "tcp dport { 80, 443, 2222, 8080 }"),), "relay: other ports of the VPS are silent", "8080"),
    # The relay
    Mutant("relay-name", NGINX, (("        photos.", "        photo."),), PUBLISHED, "photos"),
    Mutant("relay-default", NGINX, (("default hlgen_reject;", "default hlgen_to_https;"),), "relay: an unpublished name", "name"),
    Mutant("relay-upstream", NGINX, (("server 10.20.0.5:22;", "server 10.20.0.5:80;"),), PLAIN, "git"),
    Mutant("relay-redirect", NGINX, (("return 444;", "return 308 https://$host$request_uri;"),),
           "relay: port 80 sends published names to https and hangs up on others", "name"),
    Mutant("pool-address", POOL, (('start: "10.30.0.200"', 'start: "10.30.0.199"'),), PUBLISHED, "the TLS server"),
    Mutant("traefik-default", VALUES, (("    asDefault: false", "    asDefault: true"),), "relay: fronting", "Host"),
    Mutant("traefik-port", VALUES, (("exposedPort: 8443", "exposedPort: 8444"),), PUBLISHED, "jellyfin"),
    Mutant("zone-address", ZONE, (("photos.ruddenchaux.xyz. 300 IN A 89.167.62.126", "photos.ruddenchaux.xyz. 300 IN A 89.167.62.127"),),
           "names: what the zone file says is where things answer", "photos"),
    # The router
    Mutant("router-rule", RSC, ((FLOW + '"relay/git"', '# ' + FLOW + '"relay/git"'),), PLAIN, "git"),
    Mutant("router-order", RSC, ((DROP_FIRST, r"\3\2\1"),), PLAIN, "git"),
    Mutant("router-too-much", RSC,
           (('"from"="10.100.0.1/32";"to"="10.20.0.5/32";"protocol"="tcp";"port"="22"}', '"from"="10.100.0.1/32";"to"="10.20.0.5/32"}'),),
           PLAIN, "from the VPS"),
    Mutant("router-vlan-member", RSC, ((':local hlTagged "bridge,ether6"', ':local hlTagged "ether6"'),), SPLIT, "host"),
    # IPv6
    Mutant("router-advertise", RSC, (("advertise=yes comment", "advertise=no comment"), ("advertise=yes disabled=no", "advertise=no disabled=no"),
                                     ('"advertise"=true', '"advertise"=false')),
           "ipv6: router advertisements only where they belong", "its /64"),
    Mutant("router-ingress", RSC, (('[:toip6 \\"::30:0:0:0:200\\"]', '[:toip6 \\"::30:0:0:0:201\\"]'),),
           "ipv6: a visitor reaches the ingress", "jellyfin"),
    Mutant("router-ingress-port", RSC, (('"port"="80,443"', '"port"="80,443,8080"'),), "ipv6: another port of the ingress", "8080"),
    # The cluster
    Mutant("node-listens", SYSCTL, (("conf/eth0/accept_ra = 2", "conf/eth0/accept_ra = 1"),), NODE, "worker1"),
    Mutant("node-address", SYSCTL, (("-net/ipv6/conf/eth0/addr_gen_mode = 0", "#"),), NODE, "worker1"),
    Mutant("node-temporary", SYSCTL, (("conf/eth0/use_tempaddr = 0", "conf/eth0/use_tempaddr = 2"),), NODE, "temporary"),
    Mutant("node-token", TOKEN, (("token=::12", "token=::13"),), NODE, "worker2"),
    Mutant("pool-for-all", INGRESS6, ((SELECTOR, "  serviceSelector: {}\n"),), POOLS, "the ingress has its address"),
    Mutant("pool6-for-ingress", POOL6, ((SELECTOR, "  serviceSelector: {}\n"),), POOLS, "whatever comes first"),
    Mutant("pools-overlap", WATCH, (("::100-::1ff", "::100-::200"),), POOLS, "the ingress has its address"),
    Mutant("pool-with-prefix", INGRESS6, (("\nspec:\n", '\nspec:\n  blocks:\n    - start: "2a0d:5600:abcd:30::200"\n'),),
           "prefix: healed, then built again from the old site file", "nothing goes back"),
    Mutant("watcher-forbidden", WATCH, (("      - get\n      - patch\n", "      - get\n"),), RIGHTS, "the ingress has its address"),
    Mutant("watcher-too-much", WATCH, ((re.compile(r"    resourceNames:\n(?:      - .*\n)+"), ""),), RIGHTS, "it may not"),
    Mutant("watcher-interface", WATCH, (("                eth0\n", "                eth1\n"),), "ipv6: a visitor reaches the ingress", "the ingress has its address"),
]
