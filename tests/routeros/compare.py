"""What a router should have after an import, taken from the plan (`hlgen show plan`), not from the script; and comparisons of routers."""
import ipaddress

ORDERED = ("/interface/bridge/port", "/interface/wireguard/peers", "/ip/dns/static")
FIREWALLS = tuple(f"/{family}/firewall/{table}" for family in ("ip", "ipv6") for table in ("filter", "nat", "mangle", "raw"))
# hlgen turns this row off and marks it; it is neither made nor removed.
DEFAULT_ND = "nd:default"


def canonical(router):
    """What is configured, with the order where it matters: in firewalls within each chain, in ordered tables, nowhere else.
    Without the way back: whether one is armed, and under which name, depends on what was written and when."""
    result = {}
    for menu, rows in router.dump().items():
        if menu == "/system/scheduler":
            rows = [row for row in rows if not row.get("comment", "").endswith(":rollback")]
        if menu in FIREWALLS:
            for row in rows:
                result.setdefault(f"{menu} {row['chain']}", []).append(text_of(row))
        elif isinstance(rows, list):
            texts = [text_of(row) for row in rows]
            result[menu] = texts if menu in ORDERED else sorted(texts)
        else:
            result[menu] = [text_of(rows)]
    return result


def text_of(row):
    return " ".join(f"{name}={value}" for name, value in sorted(row.items()))


def differences(wanted, got):
    """Lines that tell two canonical() apart; none: they are equal."""
    lines = []
    for menu in sorted(set(wanted) | set(got)):
        left, right = wanted.get(menu, []), got.get(menu, [])
        if left != right:
            lines += [f"{menu}: missing {text}" for text in left if text not in right]
            lines += [f"{menu}: unwanted {text}" for text in right if text not in left]
            if sorted(left) == sorted(right):
                lines.append(f"{menu}: another order: {[comment(text) for text in right]}")
            elif not lines:
                lines.append(f"{menu}: another number of the same rows")
    return lines


def comment(text):
    return text.partition("comment=")[2].partition(" connection-")[0] or text


def foreign(router, tag):
    """Everything that is not hlgen's, in its order; of the default row of /ipv6/nd only that it is there."""
    result = {}
    for menu, rows in router.dump().items():
        if isinstance(rows, list):
            rows = [text_of(row) for row in rows if not row.get("comment", "").startswith(tag)
                    and not (menu == "/ipv6/nd" and row["interface"] == "all")]
        else:
            rows = [text_of(rows)]
        if rows:
            result[menu] = rows
    return result


def host(text):
    """A prefix as filters spell it: a host without its length."""
    return text[:-3] if text.endswith("/32") else text


def plain6(text):
    return str(ipaddress.ip_interface(text)) if "/" in text else str(ipaddress.ip_address(text))


def same(wanted, text):
    """Filters may spell the prefix of a host with or without its length."""
    if not wanted or not text:
        return not wanted and not text
    return ipaddress.ip_network(wanted) == ipaddress.ip_network(text)


class Wanted:
    """The plan's view of a router, checked row by row. `troubles` is what does not fit."""
    def __init__(self, router, plan):
        self.router, self.plan, self.troubles = router, plan, []
        self.tag = f"hlgen:{plan['site']}:"
        self.known = {}
        own = plan["router"]
        self.own, self.delegation = own, plan.get("delegation")
        self.wireguard()
        self.addresses()
        if own["manage_vlans"]:
            self.vlans()
        if self.delegation:
            self.ipv6()
        for family in own["families"]:
            Rules(self, family).check()
        if own["routed"]:
            self.expect("/ip/firewall/mangle", [{"out-interface": own["interface"], **MSS}, {"in-interface": own["interface"], **MSS}])
        self.leftovers()

    def trouble(self, text):
        self.troubles.append(text)

    def mine(self, menu):
        return [row for row in self.router.rows(menu) if row.get("comment", "").startswith(self.tag)]

    def expect(self, menu, wanted):
        """Exactly these rows are hlgen's in this menu; given properties count."""
        rows = self.mine(menu)
        self.known[menu] = self.known.get(menu, 0) + len(wanted)
        for one in wanted:
            one = {"disabled": "false", **one}
            found = [row for row in rows if all(row.get(name, "false" if name == "disabled" else "") == value
                                                for name, value in one.items())]
            if len(found) != 1:
                self.trouble(f"{menu}: {len(found)} rows with {one}; there are {[text_of(row) for row in rows]}")
            elif found[0].get("invalid") == "true" and not (found[0].get("from-pool") and self.base() is None):
                self.trouble(f"{menu}: invalid: {found[0]}")

    def leftovers(self):
        """No row of hlgen's but the expected ones, in any menu."""
        for menu, rows in self.router.dump().items():
            count = sum(row.get("comment", "").startswith(self.tag) for row in rows) if isinstance(rows, list) else 0
            allowed = self.known.get(menu, 0)
            if menu == "/system/scheduler":
                allowed = count if count <= 1 else 1
            if count != allowed:
                self.trouble(f"{menu}: {count} rows are hlgen's, {allowed} are expected: "
                             f"{[row['comment'] for row in rows if row.get('comment', '').startswith(self.tag)]}")

    # ---- the tunnel ----

    def wireguard(self):
        own, hub = self.own, self.plan["hub"]
        self.expect("/interface/wireguard", [{"name": own["interface"], "listen-port": str(own["listen_port"]), "mtu": str(own["mtu"]),
                                              "public-key": own["public_key"]}])
        self.expect("/interface/wireguard/peers", [{"interface": own["interface"], "public-key": hub["public_key"],
                                                    "endpoint-address": own["endpoint"], "endpoint-port": str(own["endpoint_port"])}])
        for row in self.mine("/interface/wireguard/peers"):
            if sorted(row["allowed-address"].split(",")) != sorted(map(plain6, own["allowed_addresses"])):
                self.trouble(f"allowed addresses: {row['allowed-address']}, wanted {own['allowed_addresses']}")
            if row.get("persistent-keepalive", "0s") != f"{own['keepalive']}s":
                self.trouble(f"keepalive: {row.get('persistent-keepalive')}")
            if bool(row.get("preshared-key", "none") not in ("", "none")) != bool(own["preshared_key"]):
                self.trouble("preshared key: there is one too many or too few")
        self.expect("/tool/netwatch", [{"host": hub["tunnel_address"], "interval": "10s"}])

    def addresses(self):
        own = self.own
        four = [{"address": family["address"], "interface": own["interface"]} for family in own["families"]
                if family["tunnel"] and not family["ipv6"]]
        if own["manage_vlans"]:
            four += [{"address": network["address"], "interface": network["interface"]} for network in self.plan["networks"]
                     if network["vlan"]]
        self.expect("/ip/address", four)
        self.expect("/ipv6/address", [{"address": plain6(family["address"]), "interface": own["interface"], "advertise": "false"}
                                      for family in own["families"] if family["tunnel"] and family["ipv6"]])
        for family in own["families"]:
            self.expect(f"/{family['menu']}/route", [{"dst-address": route, "gateway": own["interface"]}
                                                     for route in family["routes"] or ()])

    # ---- VLANs ----

    def vlans(self):
        own = self.own
        networks = [network for network in self.plan["networks"] if network["vlan"]]
        self.expect("/interface/vlan", [{"name": network["interface"], "vlan-id": str(network["vlan"]), "interface": own["bridge"]}
                                        for network in networks])
        self.expect("/interface/bridge/vlan", [{"bridge": own["bridge"], "vlan-ids": str(network["vlan"]),
                                                "tagged": ",".join(own["tagged"])} for network in networks])
        for network in networks:
            members = self.router.rows("/interface/list/member", list=own["lan_list"], interface=network["interface"])
            if len(members) != 1 or members[0].get("disabled") == "true":
                self.trouble(f"{network['interface']} is {len(members)} times in the list {own['lan_list']}")
        # Which of them hlgen added, and which were there, does not matter.
        self.known["/interface/list/member"] = len([row for row in self.mine("/interface/list/member") if row["list"] == own["lan_list"]])
        if self.router.row("/interface/bridge", name=own["bridge"])["vlan-filtering"] != "true":
            self.trouble(f"vlan-filtering of {own['bridge']} is off")

    def interface_of(self, network):
        """The name that the network's interface has on this router."""
        if network["vlan"] and not self.own["manage_vlans"]:
            for row in self.router.rows("/interface/vlan", vlan_id=str(network["vlan"]), interface=self.own["bridge"]):
                return row["name"]
        return network["interface"]

    # ---- the delegated prefix ----

    def base(self):
        """The prefix of the pool, or None."""
        pools = self.router.rows("/ipv6/pool", name=self.delegation["pool"])
        return ipaddress.ip_network(pools[0]["prefix"]) if pools else None

    def joined(self, suffix):
        return str(ipaddress.IPv6Address(int(self.base().network_address) | int(ipaddress.IPv6Address(suffix))))

    def ipv6(self):
        own, pd = self.own, self.delegation
        networks = [network for network in self.plan["networks"] if network["ipv6"]]
        places = [self.interface_of(network) for network in networks]
        self.expect("/ipv6/dhcp-client", [{
            "interface": own["wan"], "request": "prefix", "pool-name": pd["pool"], "prefix-hint": pd["hint"], "pool-prefix-length": "64",
            "add-default-route": "true", "use-peer-dns": "false", "rapid-commit": "false", "use-interface-duid": "true"}])
        for row in self.mine("/ipv6/dhcp-client"):
            if "hlgen" not in row.get("script", ""):
                self.trouble("the DHCPv6 client has no hook")
        self.expect("/system/script", [{"name": f"hlgen-{self.plan['site']}-prefix"}])
        bound = self.base() is not None
        self.expect("/ipv6/address", [{"interface": place, "from-pool": pd["pool"], "advertise": "true",
                                       **({"address": self.joined(network["suffix6"]) + "/64"} if bound else {})}
                                      for network, place in zip(networks, places)])
        declared = sorted((row["interface"], row["address"]) for row in self.router.dump().get("/ipv6/address", ())
                          if row.get("comment", "").startswith(self.tag) and "from-pool" in row)
        if declared != sorted((place, plain6(network["suffix6"] + "/64")) for network, place in zip(networks, places)):
            self.trouble(f"subnet ids: {declared}")
        name = f"hlgen-{self.plan['site']}"
        self.expect("/interface/list", [{"name": name}])
        self.expect("/interface/list/member", [{"list": name, "interface": place} for place in places])
        dns = {"dns": ",".join(map(plain6, pd["dns"])), "advertise-dns": "yes"} if pd["dns"] else {"advertise-dns": "no"}
        nd = [row for row in self.router.rows("/ipv6/nd") if row["interface"] in places]
        if sorted(row["interface"] for row in nd) != sorted(places) or \
                any(row.get("disabled") == "true" or {"true": "yes", "false": "no"}.get(row.get(key), row.get(key, "")) != value
                    for row in nd for key, value in dns.items()):
            self.trouble(f"router advertisements: {[text_of(row) for row in nd]}, wanted {dns} on {places}")
        self.known["/ipv6/nd"] = len([row for row in self.mine("/ipv6/nd") if row["interface"] in places + ["all"]])
        if self.router.row("/ipv6/nd", interface="all")["disabled"] != "true":
            self.trouble("router advertisements go to all interfaces")
        if pd["ingress"]:
            self.ingress(pd["ingress"], bound)

    def ingress(self, ingress, bound):
        want = self.joined(ingress["suffix"]) if bound else ingress["address"] or ingress["suffix"]
        self.expect("/ipv6/firewall/address-list", [{"list": f"hlgen-{self.plan['site']}-ingress", "address": plain6(want.split("/")[0]) +
                                                     "/128", "disabled": "false" if bound or ingress["address"] else "true"}])


MSS = {"chain": "forward", "action": "change-mss", "new-mss": "clamp-to-pmtu", "protocol": "tcp", "tcp-flags": "syn", "passthrough": "true"}


class Rules:
    """The filter rules of one family: hlgen's chains for the tunnel in the declared order, and their jumps."""
    def __init__(self, wanted, family):
        self.wanted, self.family = wanted, family
        self.menu = f"/{family['menu']}/firewall/filter"
        self.rows = wanted.mine(self.menu)
        self.prefix = f"hlgen-{wanted.plan['site']}-"
        self.counted = 0

    def check(self):
        family, own = self.family, self.wanted.own
        ways = {"action": "accept", "connection-state": "established,related"}, {"action": "drop", "connection-state": "invalid"}
        if family["tunnel"]:
            for chain in ("forward", "input"):
                flows = [{"action": "accept", "src-address": flow["from"], "dst-address": flow["to"], "protocol": flow["protocol"] or "",
                          "dst-port": flow["ports"] or ""} for flow in family[chain] or ()]
                if chain == "input":
                    flows.insert(0, {"action": "accept", "src-address": family["hub"], "dst-address": family["network"],
                                     "protocol": family["icmp"]})
                self.chain(chain, [*ways, *flows, {"action": "drop"}])
                self.jump(chain, chain, own["interface"])
        for row in self.rows:
            # The rules that guard the way to the provider are not in the plan: packets tell whether they are right.
            part = row["comment"].removeprefix(self.wanted.tag)
            self.counted += family["internet"] and part.startswith(("ipv6-", "jump:ipv6-", "end:"))
        self.wanted.known[self.menu] = self.counted

    def chain(self, name, wanted):
        rows = [row for row in self.rows if row["chain"] == self.prefix + name]
        self.counted += len(wanted)
        if len(rows) != len(wanted):
            self.wanted.trouble(f"{self.menu} {name}: {len(rows)} rules, wanted {len(wanted)}")
        for want, row in zip(wanted, rows):
            if not self.fits(want, row):
                self.wanted.trouble(f"{self.menu} {name}: {text_of(row)} where {want} is wanted")

    def fits(self, want, row):
        if row.get("disabled") == "true" or row.get("invalid") == "true":
            return False
        for name in ("action", "connection-state", "protocol", "dst-port", "in-interface", "out-interface", "dst-address-list",
                     "in-interface-list", "out-interface-list", "jump-target"):
            if row.get(name, "") != want.get(name, ""):
                return False
        return all(same(want.get(name, ""), row.get(name, "")) for name in ("src-address", "dst-address"))

    def jump(self, name, chain, interface):
        """One jump; where it stands is for the packets to find out."""
        self.counted += 1
        rows = [row for row in self.rows if row["chain"] == chain and row.get("jump-target") == self.prefix + name]
        if len(rows) != 1 or not self.fits({"action": "jump", "jump-target": self.prefix + name, "in-interface": interface}, rows[0]):
            self.wanted.trouble(f"{self.menu}: jumps to {name}: {[text_of(row) for row in rows]}")
