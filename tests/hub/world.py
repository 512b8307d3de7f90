"""The site that the firewall's tests build, in words of the site file, and by hand what each client may then reach."""
from lab import HUB4, HUB6, METADATA, NETWORKS, RESOLVER, TUNNEL4, TUNNEL6, WEB4, WEB6

CLIENTS = {"all": 10, "few": 11, "friend": 12, "full": 13, "fullplus": 14, "admin": 15, "resolver": 16, "branch": (17, "192.168.50.0/24"),
           "single": 18}

DEFAULTS = {
    "all": "",
    "few": 'reach: ["10.20.0.5", "10.10.0.64/26", "10.20.0.6:22/tcp", "10.20.0.7:5000-5003/udp", "10.20.0.8/32"]',
    "friend": "reach: [servers, few]",
    "full": "tunnel: full, dns: [1.1.1.1], reach: []",
    "fullplus": 'tunnel: both, dns: [1.1.1.1], reach: ["10.20.0.5:22/tcp"]',
    "admin": "reach: [router]",
    "resolver": "reach: [servers], dns: [10.20.0.1]",
    "branch": 'reach: ["10.20.0.9:22/tcp"], routes: [192.168.50.0/24]',
    "single": f'reach: ["192.168.50.9:22/tcp", "[{TUNNEL6}c]:443/tcp"]',
}


def site(clients=None, vps="", tunnel="", firewall="nftables", address6=True):
    """A site's text. `clients` changes single clients: other words, or None for no such client."""
    wanted = {**DEFAULTS, **(clients or {})}
    lines = []
    for name, words in wanted.items():
        number = CLIENTS[name][0] if isinstance(CLIENTS[name], tuple) else CLIENTS[name]
        if words is not None:
            lines.append(f"  {name}: {{ address: {TUNNEL4}{number}, {words} }}\n".replace(", }", " }"))
    v6 = f"address6: \"{HUB6}\", " if address6 else ""
    return f"""site: test
domain: example.org
vps: {{ address: {HUB4}, {v6}firewall: {firewall}, {vps} allow: ["9100/tcp from 10.20.0.0/24", "9100/udp from 10.20.0.0/24", 8080/tcp] }}
tunnel: {{ network: {TUNNEL4}0/24, network6: "{TUNNEL6}/64"{tunnel} }}
router: {{ version: "7.24", address: {TUNNEL4}2 }}
networks:
  lan: {{ vlan: 10, subnet: 10.10.0.0/24 }}
  servers: {{ vlan: 20, subnet: 10.20.0.0/24 }}
relay:
  web: {{ listen: 443, to: 10.20.0.5:443, names: any }}
  game: {{ listen: 5001, protocol: udp, to: 10.20.0.6:5001 }}
clients:
{"".join(lines)}"""


ANY = ("any", 0, 65535)
SERVERS = [(NETWORKS["servers"], *ANY)]

# Beginning of the destination, protocol, first and last port; exact destinations end in "$".
REACH = {
    "all": [(NETWORKS["lan"], *ANY), *SERVERS],
    "few": [("10.20.0.5$", *ANY), ("10.10.0.70$", *ANY), ("10.20.0.6$", "tcp", 22, 22), ("10.20.0.7$", "udp", 5000, 5003),
            ("10.20.0.8$", *ANY)],
    "friend": [*SERVERS, (TUNNEL4 + "11$", *ANY), (TUNNEL6 + "b$", *ANY)],
    "full": [],
    "fullplus": [("10.20.0.5$", "tcp", 22, 22)],
    "admin": [(TUNNEL4 + "2$", *ANY), (TUNNEL6 + "2$", *ANY), ("10.10.0.1$", *ANY), ("10.20.0.1$", *ANY)],
    "resolver": [*SERVERS, ("10.20.0.1$", "tcp", 53, 53), ("10.20.0.1$", "udp", 53, 53)],
    "branch": [("10.20.0.9$", "tcp", 22, 22)],
    "single": [("192.168.50.9$", "tcp", 22, 22), (TUNNEL6 + "c$", "tcp", 443, 443)],
}
ROUTER = ("10.10.0.1", "10.20.0.1")

# Where an address is answered. 10.10.0.70 lies in 10.10.0.64/26, .128 does not.
TARGETS = {
    **{address: "lan" for address in ("10.10.0.5", "10.10.0.70", "10.10.0.128", "10.20.0.5", "10.20.0.6", "10.20.0.7", "10.20.0.8", "10.20.0.9")},
    **{address: "router" for address in ROUTER}, TUNNEL4 + "2": "router", TUNNEL6 + "2": "router",
    **{TUNNEL4 + str(n): name for name, n in CLIENTS.items() if name in ("few", "friend", "full")},
    **{TUNNEL6 + f"{n:x}": name for name, n in CLIENTS.items() if name in ("few", "friend", "full")},
    "192.168.50.9": "branch", "172.17.0.2": "box",
    WEB4: "net", WEB6: "net", METADATA: "net", RESOLVER: "net",
}
PROBES = (("tcp", 22), ("tcp", 443), ("tcp", 53), ("udp", 53), ("udp", 5001), ("udp", 5004), ("ping", 0))


def allowed(client, target, what, port):
    """Whether the site lets that client open this."""
    if target in (WEB4, WEB6):
        return client in ("full", "fullplus")
    for where, protocol, first, last in REACH[client]:
        exact = where.endswith("$")
        if not (target == where[:-1] if exact else target.startswith(where) and target not in ROUTER):
            continue
        if protocol == "any" or (protocol == what and first <= port <= last):
            return True
    return False
