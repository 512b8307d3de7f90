#!/usr/bin/python3
"""Checks every hop for every client and everything in its reach: paths.py LABEL SITE TREE RULES.json

Reads the site only to know what is wanted; whether it is so is read from wg0.conf, the clients' files, nft's view of vps.nft and
hlgen.rsc. Prints lines for tests/run."""
import ipaddress
import os
import re
import sys

import yaml

import files


class House:
    """What the site wants, computed without hlgen."""

    def __init__(self, path):
        self.site = yaml.load(open(path, encoding="utf-8"), yaml.BaseLoader)
        tunnel = self.site["tunnel"]
        self.network = ipaddress.ip_network(tunnel["network"])
        self.hub = ipaddress.ip_address(tunnel.get("address", str(self.network[1])))
        self.networks = {name: ipaddress.ip_network(network["subnet"]) for name, network in self.site.get("networks", {}).items()}
        self.router = self.site.get("router")
        self.gateways = [ipaddress.ip_address(network.get("gateway", str(ipaddress.ip_network(network["subnet"])[1])))
                         for network in self.site.get("networks", {}).values()]
        self.masquerade = tunnel.get("clients_appear_as") == "vps"
        self.clients = {name: client for name, client in self.site.get("clients", {}).items() if client.get("enabled") != "false"}
        self.nftables = self.site["vps"].get("firewall", "nftables") == "nftables"

    def address(self, name):
        return ipaddress.ip_address(self.clients[name]["address"])

    def routes(self, name):
        """Subnets behind a client."""
        routes = self.clients[name].get("routes", [])
        return [ipaddress.ip_network(route) for route in ([routes] if isinstance(routes, str) else routes)]

    def owner(self, address):
        """The client that has this address, itself or behind it; "router" for the rest of the house."""
        for name in self.clients:
            if address == self.address(name) or any(address in route for route in self.routes(name)):
                return name
        return "router"

    def samples(self, prefix):
        """Addresses of a prefix that somebody has: at both ends and in the middle, in the tunnel those in use."""
        if prefix.num_addresses < 4:
            return [prefix[0]]
        if prefix.overlaps(self.network):
            used = [self.address(name) for name in self.clients]
            used += [ipaddress.ip_address(self.router["address"])] if self.router else []
            return [address for address in used if address in prefix]
        # A network's name does not include the router's own address in it.
        return [address for address in (prefix[1], prefix[2], prefix[prefix.num_addresses // 2], prefix[-2], prefix[-3])
                if address not in self.gateways]

    def targets(self, name):
        """(what, prefix, protocol, first port, last port) that this client may open, as declared."""
        reach = self.clients[name].get("reach")
        if reach is None:
            reach = list(self.networks)
        for item in [reach] if isinstance(reach, str) else reach:
            place, slash, protocol = item.rpartition("/")
            if item in self.networks:
                yield item, self.networks[item], None, 1, 65535
            elif item in self.clients:
                yield item, ipaddress.ip_network(self.clients[item]["address"]), None, 1, 65535
            elif item == "ingress":
                yield item, ipaddress.ip_network(self.site["kubernetes"]["ingress"]["address"]), None, 1, 65535
            elif item == "router":
                # A hub that masquerades does so towards the LAN, not inside the tunnel's own network.
                tunnel = [] if self.masquerade else [ipaddress.ip_address(self.router["address"])]
                for address in self.gateways + tunnel:
                    yield item, ipaddress.ip_network(address), None, 1, 65535
            elif slash and protocol in ("tcp", "udp"):
                host, ports = re.fullmatch(r"\[?([^\[\]]*?)\]?(?::([0-9-]+))?", place).groups()
                first, _, last = (ports or "1-65535").partition("-")
                yield item, ipaddress.ip_network(host), protocol, int(first), int(last or first)
            else:
                yield item, ipaddress.ip_network(item), None, 1, 65535

    def may(self, name, target, protocol, port):
        return any(target in prefix and wanted in (None, protocol) and first <= port <= last
                   for _, prefix, wanted, first, last in self.targets(name))


class Check:
    """All hops of one site."""

    def __init__(self, label, house, tree, rules):
        self.label, self.house, self.tree = label, house, tree
        self.interface, self.peers = files.wireguard(f"{tree}/vps/etc/wireguard/wg0.conf")
        self.on_link = files.prefixes(self.interface, "Address")
        self.nft = files.Nft(rules) if os.path.exists(rules) else None
        self.router = files.Router(f"{tree}/router/hlgen.rsc") if house.router else None
        self.errors = []

    def need(self, truth, text):
        if not truth:
            self.errors.append(text)

    def client(self, name):
        """Checks one client; the errors."""
        self.errors = []
        house, address = self.house, self.house.address(name)
        _, peers = files.wireguard(f"{self.tree}/clients/{name}.conf")
        allowed = files.prefixes(peers[0], "AllowedIPs")
        mine = files.longest_match(self.peers, address)
        self.need(mine and name in mine["label"].split(), f"hub: {address} belongs to {mine and mine['label']}")
        self.need(any(address in prefix for prefix in self.on_link), f"hub: no connected route to {address} after a reload")
        self.need(any(house.hub in prefix for prefix in allowed), "client: the hub is not in AllowedIPs")
        for what, prefix, protocol, first, last in house.targets(name):
            for target in house.samples(prefix):
                if target in (address, house.hub):
                    continue
                for port in {first, last}:
                    for proto in [protocol] if protocol else ["tcp", "udp"]:
                        self.hop(what, allowed, files.Packet(address, target, proto, port))
        self.denied(name, address)
        return self.errors

    def hop(self, what, allowed, packet):
        house = self.house
        self.need(any(packet.target in prefix for prefix in allowed), f"client: {what}: {packet.target} is not in AllowedIPs")
        peer = files.longest_match(self.peers, packet.target)
        self.need(peer, f"hub: no peer for {packet.target}")
        owner = house.owner(packet.target)
        behind_router = owner == "router" and packet.target not in house.network
        to_router = packet.target in house.gateways or str(packet.target) == (house.router or {}).get("address")
        self.need(peer and owner in peer["label"].split(), f"hub: {packet.target} goes to {peer and peer['label']}, not to {owner}")
        if packet.target not in house.network:
            # wg-quick and hlgen-wg-routes make a route of each AllowedIPs prefix.
            routes = [prefix for one in self.peers for prefix in files.prefixes(one, "AllowedIPs")] + self.on_link
            self.need(any(packet.target in prefix and prefix.prefixlen for prefix in routes), f"hub: no route to {packet.target}")
        if self.nft:
            self.need(self.nft.forward(packet) == "accept", f"hub: {what}: {packet} is dropped")
            back = files.Packet(packet.target, packet.source, packet.protocol, 40000, state="established")
            self.need(self.nft.forward(back) == "accept", f"hub: the answer {back} is dropped")
        if self.router and (behind_router or to_router):
            self.through_router(what, packet, "input" if to_router else "forward")

    def through_router(self, what, packet, part="forward"):
        masqueraded = self.house.masquerade and packet.target not in self.house.network
        source = self.house.hub if masqueraded else packet.source
        self.need(any(source in prefix for prefix in self.router.allowed), f"router: allowed-address lacks {source}")
        seen = self.at_router(source, packet.target, packet.protocol, packet.port)
        verdict = self.router.decide(part, seen)
        self.need(verdict == "accept", f"router: {what}: {seen}: {verdict}")
        ways = [address.network for address in self.router.addresses] + self.router.routes
        self.need(any(source in prefix for prefix in ways), f"router: no route back to {source}")

    def at_router(self, source, target, protocol, port):
        return files.Packet(source, target, protocol, port, iif=self.house.router.get("interface", "wg-vps"), oif="lan")

    def denied(self, name, address):
        """What is not in the reach is refused on the hub and, when it knows the client, on the router."""
        house = self.house
        others = list(house.networks.values()) + [house.network] + [route for other in house.clients for route in house.routes(other)]
        for prefix in others:
            for target in house.samples(prefix):
                for proto, port in (("tcp", 22), ("udp", 53), ("tcp", 443), ("tcp", 65000)):
                    packet = files.Packet(address, target, proto, port)
                    if target == address or house.may(name, target, proto, port) or self.dns(name, target, port):
                        continue
                    if self.nft:
                        self.need(self.nft.forward(packet) != "accept", f"hub: {packet} is let through")
                    if self.router and not house.masquerade and target not in house.network and house.owner(target) == "router":
                        seen = self.at_router(address, target, proto, port)
                        self.need(self.router.decide("forward", seen) == "drop", f"router: {seen}: {self.router.decide('forward', seen)}")

        if self.router and not house.masquerade:
            self.gateways_denied(name, address)

    def gateways_denied(self, name, address):
        """The router's own addresses are not part of a network's name: its input chain refuses them."""
        house = self.house
        asked = [prefix[0] for what, prefix, *_ in house.targets(name) if what == "router" or prefix.num_addresses == 1]
        for gateway in house.gateways:
            for proto, port in (("tcp", 22), ("udp", 53), ("tcp", 8291)):
                if gateway not in asked and not self.dns(name, gateway, port):
                    seen = self.at_router(address, gateway, proto, port)
                    self.need(self.router.decide("input", seen) == "drop", f"router: {seen}: {self.router.decide('input', seen)}")

    def relays(self):
        return [each for each in self.house.site.get("relay", {}).values() if "to" in each]

    def relay(self):
        """The hub's own connections to what it relays."""
        self.errors = []
        for name, listen in self.house.site.get("relay", {}).items():
            if "to" not in listen:
                continue
            host, _, port = listen["to"].rpartition(":")
            entry = self.house.site.get("kubernetes", {}).get("ingress", {}).get("entry_point", {})
            if port == entry.get("name"):
                port = entry["port"]
            target = ipaddress.ip_address(self.house.site["kubernetes"]["ingress"]["address"] if host == "ingress" else host.strip("[]"))
            peer = files.longest_match(self.peers, target)
            self.need(peer and (target in self.house.network or peer["label"].startswith("router")), f"hub: relay {name}: no peer for {target}")
            if target not in self.house.network:
                proto = listen.get("protocol", "tcp")
                self.through_router(f"relay {name}", files.Packet(self.house.hub, target, proto, int(port)))
                other = self.at_router(self.house.hub, target, "udp" if proto == "tcp" else "tcp", int(port))
                # A hub that masquerades stands for its clients, too: they may reach what the relay does not.
                asked = self.house.masquerade or any(each.get("protocol", "tcp") == other.protocol and each["to"] == listen["to"] for each in self.relays())
                self.need(asked or self.router.decide("forward", other) == "drop", f"router: relay {name}: {other} passes too")
        return self.errors

    def dns(self, name, target, port):
        return port == 53 and str(target) in self.house.clients[name].get("dns", [])

    def hub(self):
        """What holds for the hub as a whole."""
        self.errors = []
        self.need(self.house.network in self.on_link, f"hub: the interface carries {self.on_link}, not {self.house.network}")
        seen = {}
        for peer in self.peers:
            for prefix in files.prefixes(peer, "AllowedIPs"):
                self.need(prefix not in seen, f"hub: {prefix} is allowed for {peer['label']} and for {seen.get(prefix)}")
                seen[prefix] = peer["label"]
        keys = [peer["PublicKey"][0] for peer in self.peers]
        self.need(len(keys) == len(set(keys)), "hub: the same public key twice")
        self.need(len(self.peers) == len(self.house.clients) + bool(self.house.router), f"hub: {len(self.peers)} peers")
        for name, network in self.house.networks.items():
            peer = files.longest_match(self.peers, network[1])
            self.need(peer and network in files.prefixes(peer, "AllowedIPs") and peer["label"].startswith("router"),
                      f"hub: network {name} is not behind the router's peer")
        hooks = [key for key in self.interface if key.lower() in ("preup", "postup", "predown", "postdown")]
        self.need(not hooks, f"hub: hooks {hooks}")
        return self.errors


def main():
    label, site, tree, rules = sys.argv[1:]
    check = Check(label, House(site), tree, rules)
    results = [("the hub", check.hub()), ("the relay", check.relay())]
    results += [(f"client {name}", check.client(name)) for name in sorted(check.house.clients)]
    for what, errors in results:
        print(f"{'FAIL' if errors else 'ok'} paths/{label}: {what}")
        for error in errors[:30]:
            print(f"    {error}")


if __name__ == "__main__":
    main()
