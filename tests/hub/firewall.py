#!/usr/bin/python3
"""The firewall of the VPS on a real kernel: who reaches what through the tunnel, and what of the VPS itself is open."""
import itertools
import sys

from lab import HUB4, HUB6, METADATA, RESOLVER, TUNNEL4, TUNNEL6, WEB4, WEB6, Lab
from report import Trees, run_test
from world import CLIENTS, PROBES, TARGETS, allowed, site


def shown(client, target, masquerade):
    """The source address that a target sees."""
    if target in (WEB4, WEB6):
        return HUB6 if ":" in target else HUB4
    if masquerade and not target.startswith((TUNNEL4, TUNNEL6)):
        return TUNNEL4 + "1"
    return client[1] if ":" in target else client[0]


def matrix(lab, masquerade=False, only=tuple(CLIENTS), nat66=True):
    """Every client tries everything: what is allowed works and shows the right source, all else is refused aloud."""
    troubles = []
    for client, (target, home) in itertools.product(only, TARGETS.items()):
        if len(troubles) > 20:
            break
        if home == client or (masquerade and target in (TUNNEL4 + "2", TUNNEL6 + "2")):
            continue
        for what, port in PROBES:
            seen = lab.probe(client, target, what, port)
            case = f"{client} -> {target} {what} {port or ''}: {seen.outcome}"
            if not allowed(client, target, what, port) or (target == WEB6 and not nat66):
                if seen.outcome != "refused" or seen.where:
                    troubles.append(f"{case} at {seen.where}, should be refused")
            elif seen.outcome != "open":
                troubles.append(f"{case}, should be open")
            elif what != "ping" and (seen.where != home or seen.source != shown(lab.addresses[client], target, masquerade)):
                troubles.append(f"{case} at {seen.where} from {seen.source}")
    return troubles


def expect(lab, cases):
    """(machine, target, what, port, outcome) or with a source address as a sixth."""
    troubles = []
    for name, target, what, port, outcome, *source in cases:
        # Silence is waited for; an answer may take its time on a busy machine.
        seen = lab.probe(name, target, what, port, *source, wait=0.15 if outcome == "silent" else 1)
        reached = seen.where if outcome != "open" else None
        if seen.outcome != outcome or reached:
            troubles.append(f"{name} {source} -> {target} {what} {port}: {seen.outcome} (reached {seen.where}), should be {outcome}")
    return troubles


def vps_ports(lab):
    """The VPS itself: what is open to the internet, to the tunnel, and to one network."""
    cases = []
    for own in (HUB4, HUB6):
        cases += [("net", own, "tcp", port, "open") for port in (22, 443, 8080)]
        cases += [("net", own, "udp", port, "open") for port in (5001, 51820)] + [("net", own, "ping", 0, "open")]
        cases += [("net", own, "tcp", port, "silent") for port in (53, 80, 9100)]
        cases += [("net", own, "udp", port, "silent") for port in (53, 5004, 9100)]
    for own in (TUNNEL4 + "1", TUNNEL6 + "1", HUB4):
        cases += [("all", own, "tcp", port, "open") for port in (22, 443, 8080)]
        cases += [("all", own, "ping", 0, "open"), ("all", own, "udp", 5001, "open")]
        cases += [("all", own, "tcp", port, "refused") for port in (53, 9100)]
        cases += [("all", own, "udp", port, "refused") for port in (53, 9100)]
    cases += [("lan", TUNNEL4 + "1", what, 9100, "open", "10.20.0.9") for what in ("tcp", "udp")]
    cases += [("lan", TUNNEL4 + "1", what, 9100, "refused", "10.10.0.9") for what in ("tcp", "udp")]
    return expect(lab, cases)


def forged(lab):
    """Who says outside that he is in the house is not heard, on any interface; nobody outside opens anything inside."""
    lab.ip("net", "addr add 10.20.0.9/32 dev lo", f"addr add {TUNNEL4}10/32 dev lo", f"addr add {TUNNEL6}a/128 dev lo")
    lab.ip("box", "addr add 10.20.0.9/32 dev lo", f"addr add {TUNNEL4}10/32 dev lo")
    cases = [("net", HUB4, what, 9100, "silent", "10.20.0.9") for what in ("tcp", "udp")]
    cases += [("box", HUB4, "udp", 9100, "silent", "10.20.0.9")]
    for name in ("net", "box"):
        cases += [(name, "10.20.0.5", "udp", 53, "silent", TUNNEL4 + "10")]
    cases += [("net", TUNNEL6 + "b", "udp", 53, "silent", TUNNEL6 + "a")]
    for target in ("10.20.0.5", TUNNEL4 + "11", TUNNEL6 + "b"):
        cases += [("net", target, what, 53, "silent") for what in ("tcp", "udp")] + [("net", target, "ping", 0, "silent")]
    troubles = expect(lab, cases)
    lab.ip("net", "addr del 10.20.0.9/32 dev lo", f"addr del {TUNNEL4}10/32 dev lo", f"addr del {TUNNEL6}a/128 dev lo")
    lab.ip("box", "addr del 10.20.0.9/32 dev lo", f"addr del {TUNNEL4}10/32 dev lo")
    return troubles


def house_opens_nothing(lab):
    """Only clients have permissions: the LAN opens nothing towards them, and has no way to the internet here."""
    lab.ip("lan", f"route add {TUNNEL4}0/24 via 172.31.255.1")
    return expect(lab, [("lan", TUNNEL4 + "11", what, 53, "refused", "10.20.0.5") for what in ("tcp", "udp", "ping")] +
                  [("lan", WEB4, "tcp", 443, "refused", "10.20.0.5"), ("router", TUNNEL6 + "b", "udp", 53, "refused")])


def containers(lab):
    """Containers on the VPS keep their internet and their published ports, and have no part in the house or in what the VPS was ordered with."""
    return expect(lab, [("box", METADATA, "tcp", 80, "refused"), ("box", METADATA, "udp", 53, "open"), ("box", METADATA, "tcp", 53, "open")]) + expect(lab, [("box", WEB4, "tcp", 443, "open"), ("net", "172.17.0.2", "tcp", 80, "open"),
                        ("box", "10.20.0.5", "tcp", 22, "refused"), ("box", TUNNEL4 + "11", "udp", 53, "refused")])


def provider(lab):
    """The VPS itself goes on using what the provider has in private networks; only root may ask what it was ordered with."""
    troubles = []
    for port, wanted in ((80, "refused"), (53, "open")):
        seen = lab.run("hub", "setpriv", "--reuid=65534", "--clear-groups", "bash", "-c",
                       f"(exec 3<>/dev/tcp/{METADATA}/{port}) 2>/dev/null && echo open || echo refused").strip()
        troubles += [f"the user nobody -> {METADATA} port {port}: {seen}, should be {wanted}"] if seen != wanted else []
    return troubles + expect(lab, [("hub", RESOLVER, "udp", 53, "open"), ("hub", METADATA, "tcp", 80, "open"), ("hub", WEB4, "tcp", 443, "open"),
                        ("hub", WEB6, "tcp", 443, "open"), ("hub", "10.20.0.5", "tcp", 22, "open"), ("hub", TUNNEL4 + "1", "tcp", 22, "open")])


def egress_guard(lab):
    """Without its route into the tunnel, nothing for the house leaves through the internet interface: not even an answer."""
    open_ones = lab.connect("all", "10.20.0.5", 22) + lab.connect("friend", TUNNEL6 + "b", 22)
    lab.ip("net", "route add local 10.20.0.0/24 dev lo", f"route add local {TUNNEL6}b dev lo")
    lab.ip("hub", "route del 10.20.0.0/24 dev wg0", f"route add {TUNNEL6}b via 2001:db8:17:1::fe")
    cases = [(name, "10.20.0.5", what, 53, "refused") for name in ("all", "hub") for what in ("tcp", "udp")]
    cases += [(name, TUNNEL6 + "b", what, 53, "refused") for name in ("friend", "hub") for what in ("tcp", "udp")]
    troubles = expect(lab, cases)
    before = lab.run("net", "cat", "/proc/net/dev").split("eth0:")[1].split()[1]
    for side in open_ones:
        side.send(b"x" * 100)
    lab.probe("all", "10.20.0.5", "udp", 53)
    after = lab.run("net", "cat", "/proc/net/dev").split("eth0:")[1].split()[1]
    if before != after:
        troubles.append(f"{int(after) - int(before)} packets of open connections left through eth0")
    lab.ip("net", "route del local 10.20.0.0/24 dev lo", f"route del local {TUNNEL6}b dev lo")
    lab.ip("hub", f"route add 10.20.0.0/24 via {TUNNEL4}2 dev wg0", f"route del {TUNNEL6}b via 2001:db8:17:1::fe")
    for side in open_ones:
        side.close()
    return troubles


def load(lab, tree):
    lab.run("hub", "nft", "-f", str(tree / "etc/hlgen/vps.nft"))


def main():
    lab, trees = Lab(CLIENTS), Trees()
    load(lab, trees.build(site()))
    for name, function in (("every client reaches exactly its reach", matrix), ("ports of the VPS itself", vps_ports),
                           ("forged senders", forged), ("the house opens nothing", house_opens_nothing),
                           ("containers", containers), ("the provider's private services", provider), ("egress guard", egress_guard)):
        run_test(f"hub/firewall: {name}", function, lab)
    load(lab, trees.build(site(tunnel=", clients_appear_as: vps", clients={"admin": 'reach: ["10.10.0.1", "10.20.0.1"]'})))
    run_test("hub/firewall: masquerade: every client reaches exactly its reach", matrix, lab, True)
    load(lab, trees.build(site(address6=False)))
    run_test("hub/firewall: a VPS without IPv6 says so to full tunnels", matrix, lab, False, ("all", "full", "fullplus"), False)


if __name__ == "__main__":
    sys.exit(main())
