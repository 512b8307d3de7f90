#!/usr/bin/python3
"""Readers of generated files for the path tests: WireGuard files, nft's JSON and RouterOS scripts."""
import ipaddress
import json
import re


def wireguard(path):
    """(interface, peers): dicts of key to value; a peer has "label" from the comment above it."""
    sections, comment = [], ""
    for line in open(path, encoding="utf-8"):
        line = line.strip()
        if line.startswith("#"):
            comment = line.lstrip("# ")
        elif line.startswith("["):
            sections.append({"label": comment})
        elif line:
            key, _, value = line.partition("=")
            sections[-1].setdefault(key.strip(), []).extend(part.strip() for part in value.split("#")[0].split(","))
    return sections[0], sections[1:]


def prefixes(section, key):
    return [ipaddress.ip_interface(value).network for value in section.get(key, [])]


def longest_match(peers, address):
    """The peer to which WireGuard sends packets for this address, and from which it accepts it as source."""
    best = None
    for peer in peers:
        for prefix in prefixes(peer, "AllowedIPs"):
            if address in prefix and (best is None or prefix.prefixlen > best[0]):
                best = (prefix.prefixlen, peer)
    return best and best[1]


class Packet:
    """The first packet of a connection (state "new"), or an answer ("established")."""

    def __init__(self, source, target, protocol="tcp", port=443, iif="wg0", oif="wg0", state="new"):
        self.source, self.target = ipaddress.ip_address(source), ipaddress.ip_address(target)
        self.protocol, self.port, self.iif, self.oif, self.state = protocol, port, iif, oif, state

    def __str__(self):
        return f"{self.source} -> {self.target} {self.protocol}/{self.port} ({self.iif} to {self.oif}, {self.state})"


class Nft:
    """Evaluates the forward hook of a table as nft prints it in JSON. What it does not understand is an error, never a match."""

    def __init__(self, path):
        objects = json.load(open(path, encoding="utf-8"))["nftables"]
        self.sets = {entry["set"]["name"]: entry["set"].get("elem", []) for entry in objects if "set" in entry}
        self.chains = {entry["chain"]["name"]: entry["chain"] for entry in objects if "chain" in entry}
        self.rules = {}
        self.generation = None  # the mark of an admitted connection
        for entry in objects:
            if "rule" in entry:
                self.rules.setdefault(entry["rule"]["chain"], []).append(entry["rule"]["expr"])
                for statement in entry["rule"]["expr"]:
                    if statement.get("mangle", {}).get("key") == {"ct": {"key": "mark"}}:
                        self.generation = statement["mangle"]["value"]

    def forward(self, packet):
        """The verdict of all filter chains at the forward hook."""
        chains = [chain for chain in self.chains.values() if chain.get("hook") == "forward" and chain["type"] == "filter"]
        for chain in sorted(chains, key=lambda chain: chain["prio"]):
            if (self.run(chain["name"], packet) or chain["policy"]) != "accept":
                return "drop"
        return "accept"

    def run(self, chain, packet):
        for rule in self.rules.get(chain, []):
            for statement in rule:
                (kind, value), = statement.items()
                if kind == "match":
                    if not self.match(value, packet):
                        break
                elif kind in ("accept", "drop", "reject"):
                    return kind
                elif kind == "jump":
                    verdict = self.run(value["target"], packet)
                    if verdict:
                        return verdict
                elif kind == "goto":
                    return self.run(value["target"], packet)
                elif kind == "return":
                    return None
                elif kind not in ("counter", "limit", "mangle", "log"):
                    raise ValueError(f"unknown statement {statement}")
        return None

    def match(self, match, packet):
        left, right, operation = match["left"], match["right"], match["op"]
        value = self.value(left, packet)
        if value is None:
            return False
        if left == {"ct": {"key": "state"}}:
            states = right if isinstance(right, list) else [right]
            return (value in states) == (operation != "!=")
        return self.contains(right, value) == (operation in ("==", "in"))

    def connection(self, left, packet):
        """What conntrack knows of the packet's connection. An answer belongs to one that was admitted by this very ruleset."""
        answer, key = packet.state != "new", left["key"]
        if left.get("dir") == "original":
            first, second = (packet.target, packet.source) if answer else (packet.source, packet.target)
            if key in ("ip saddr", "ip daddr", "ip6 saddr", "ip6 daddr"):
                family, key = key.split(" ")
                if packet.source.version != {"ip": 4, "ip6": 6}[family]:
                    return None
            return {"saddr": first, "daddr": second, "proto-dst": packet.port}[key]
        return {"state": packet.state, "mark": self.generation if answer else 0, "direction": "reply" if answer else "original"}[key]

    def value(self, left, packet):
        """What the left side of a match is for this packet; None when the packet has no such thing."""
        if "meta" in left:
            return {"iifname": packet.iif, "oifname": packet.oif, "l4proto": packet.protocol,
                    "nfproto": f"ipv{packet.source.version}"}[left["meta"]["key"]]
        if "ct" in left:
            return self.connection(left["ct"], packet)
        if "payload" in left:
            protocol, field = left["payload"]["protocol"], left["payload"]["field"]
            if protocol in ("ip", "ip6"):
                if packet.source.version != {"ip": 4, "ip6": 6}[protocol]:
                    return None
                return {"saddr": packet.source, "daddr": packet.target, "protocol": packet.protocol}[field]
            if protocol in ("tcp", "udp", "th"):
                if protocol not in (packet.protocol, "th"):
                    return None
                return {"dport": packet.port}[field]
            if protocol in ("icmp", "icmpv6"):
                return None
        if "&" in left:
            return None  # TCP flags, in a chain that only clamps the segment size
        raise ValueError(f"unknown match {left}")

    def contains(self, right, value):
        if isinstance(right, list):
            return any(self.contains(item, value) for item in right)
        if isinstance(right, dict):
            if "set" in right:
                return self.contains(right["set"], value)
            if "prefix" in right:
                return value in ipaddress.ip_network(f"{right['prefix']['addr']}/{right['prefix']['len']}")
            if "range" in right:
                low, high = (type(value)(end) if not isinstance(value, int) else end for end in right["range"])
                return low <= value <= high
            if "elem" in right:
                return self.contains(right["elem"]["val"], value)
            raise ValueError(f"unknown right side {right}")
        if isinstance(right, str) and right.startswith("@"):
            return self.contains(self.sets[right[1:]], value)
        return str(right) == str(value)


class Router:
    """What a RouterOS script declares: its variables and its tables of rules, which the code below them turns into rows."""

    def __init__(self, path):
        self.text = open(path, encoding="ascii").read()
        self.variables = dict(re.findall(r'^:local (hl[A-Za-z0-9]+) "?([^"\n]*?)"?$', self.text, re.MULTILINE))
        self.routes = [ipaddress.ip_network(value) for value in
                       re.findall(r'^\s*:set \(\$hlRoutes->\[:len \$hlRoutes\]\) "([^"]*)"$', self.text, re.MULTILINE)]
        self.allowed = [ipaddress.ip_network(value) for value in self.variables["hlAllowed"].split(",")]
        self.addresses = [ipaddress.ip_interface(value) for value in re.findall(r'^\s*:local hlIp6? "([^"]+)"$', self.text, re.MULTILINE)]
        self.rules, version = {4: [], 6: []}, None
        for line in self.text.split("\n"):
            heading = re.match(r"# ---- IPv([46])\b", line)
            version = int(heading.group(1)) if heading else version
            table = re.match(r"\s*:set \(\$hl(Forward|Input)->\[:len \$hl\1\]\) \{(.*)\}$", line)
            if table:
                rule = dict.fromkeys(("state", "from", "to", "protocol", "port"), "")
                rule.update(re.findall(r'"([a-z]+)"="([^"]*)"', table.group(2)), part=table.group(1).lower())
                self.rules[version].append(rule)
        self.jumps = {version: f"/{menu}/firewall/filter/add chain=$hlChain action=jump jump-target=$hlTarget" in self.text
                      and '"chain"="forward";"in"=$hlWg}' in self.text for version, menu in ((4, "ip"), (6, "ipv6"))}

    def decide(self, part, packet):
        """The action of the first rule that matches a packet from the tunnel; None when none does (or nothing leads there)."""
        version = packet.source.version
        if not self.jumps[version] or packet.iif != self.variables["hlWg"]:
            return None
        for rule in self.rules[version]:
            first, _, last = rule["port"].partition("-")
            if rule["part"] == part \
               and (not rule["state"] or packet.state in rule["state"].split(",")) \
               and (not rule["from"] or packet.source in ipaddress.ip_network(rule["from"])) \
               and (not rule["to"] or packet.target in ipaddress.ip_network(rule["to"])) \
               and (not rule["protocol"] or packet.protocol == rule["protocol"]) \
               and (not first or int(first) <= packet.port <= int(last or first)):
                return rule["action"]
        return None
