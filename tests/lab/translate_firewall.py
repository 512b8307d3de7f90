"""The tables /ip/firewall and /ipv6/firewall (filter, nat, mangle, raw) as one text for nft -f, which replaces what an earlier one has loaded.

Every chain of RouterOS is a chain TABLE-NAME here; the hooks jump to those that RouterOS calls. A rule is one line, or several when it asks for an address
list that other rules add to: these addresses are in a set of their own, and each line takes a part of the packets."""
import ipaddress
import itertools

from translate_terms import Untranslated, enabled, identifier, linux_name, quoted, seconds

# (table, chain): type, hook and priority
HOOKS = {("raw", "prerouting"): ("filter", "prerouting", -300), ("raw", "output"): ("filter", "output", -300),
         ("mangle", "prerouting"): ("filter", "prerouting", -150), ("mangle", "input"): ("filter", "input", -150),
         ("mangle", "forward"): ("filter", "forward", -150), ("mangle", "output"): ("route", "output", -150),
         ("mangle", "postrouting"): ("filter", "postrouting", -150), ("nat", "dstnat"): ("nat", "prerouting", -100),
         ("filter", "input"): ("filter", "input", 0), ("filter", "forward"): ("filter", "forward", 0), ("filter", "output"): ("filter", "output", 0),
         ("nat", "srcnat"): ("nat", "postrouting", 100)}
PROTOCOLS = {"icmp": 1, "igmp": 2, "ipip": 4, "ip-encap": 4, "tcp": 6, "udp": 17, "dccp": 33, "ipv6-encap": 41, "gre": 47, "ipsec-esp": 50, "ipsec-ah": 51,
             "icmpv6": 58, "ospf": 89, "pim": 103, "vrrp": 112, "l2tp": 115, "sctp": 132, "udp-lite": 136}
REJECT = {4: {"icmp-network-unreachable": "icmp net-unreachable", "icmp-host-unreachable": "icmp host-unreachable",
              "icmp-protocol-unreachable": "icmp prot-unreachable", "icmp-port-unreachable": "icmp port-unreachable",
              "icmp-net-prohibited": "icmp net-prohibited", "icmp-host-prohibited": "icmp host-prohibited",
              "icmp-admin-prohibited": "icmp admin-prohibited", "tcp-reset": "tcp reset"},
          6: {"icmp-no-route": "icmpv6 no-route", "icmp-admin-prohibited": "icmpv6 admin-prohibited", "icmp-address-unreachable": "icmpv6 addr-unreachable",
              "icmp-port-unreachable": "icmpv6 port-unreachable", "tcp-reset": "tcp reset"}}
# What says nothing about the packet; the action looks at some of it.
NO_MATCHER = {".id", "chain", "action", "jump-target", "comment", "disabled", "dynamic", "invalid", "builtin", "bytes", "packets", "log", "log-prefix",
              "reject-with", "hw-offload", "address-list", "address-list-timeout", "passthrough", "new-mss", "to-addresses", "to-ports"}
NEVER = None        # a rule that no packet can match


class Family:
    """The firewall of one family."""
    def __init__(self, router, family, members):
        self.router, self.number, self.members = router, family, members
        self.menu = "/ip/firewall" if family == 4 else "/ipv6/firewall"
        self.ip = "ip" if family == 4 else "ip6"
        self.lists = {}
        for row in self.rows("address-list"):
            self.lists.setdefault(row["list"], []).append(row["address"])
        self.tables = {table: self.rows(table) for table in ("raw", "mangle", "nat", "filter")}
        self.grown = {row["address-list"] for rows in self.tables.values() for row in rows if row["action"].startswith("add-")}

    def rows(self, table):
        path = f"{self.menu}/{table}"
        return [row for row in self.router.rows(path) if enabled(row)] if self.router.tables.get(path) else []

    def text(self):
        lines = [f"table {self.ip} router {{"]
        for name in sorted(set(self.lists) | self.grown | self.asked()):
            lines += self.sets(name)
        for table, rows in self.tables.items():
            chains = {}
            for row in rows:
                chains.setdefault(row["chain"], []).extend(self.rule(table, row))
            for row in rows:
                if row["action"] == "jump":
                    chains.setdefault(row["jump-target"], [])
            for name, rules in chains.items():
                lines += [f"\tchain {table}-{identifier(name)} {{", *(f"\t\t{rule}" for rule in rules), "\t}"]
            for name in chains:
                if (table, name) in HOOKS:
                    kind, hook, priority = HOOKS[table, name]
                    lines += [f"\tchain at-{table}-{name} {{", f"\t\ttype {kind} hook {hook} priority {priority}; policy accept;",
                              f"\t\tjump {table}-{identifier(name)}", "\t}"]
        return "\n".join([*lines, "}", ""])

    # ---- address lists

    def asked(self):
        return {row[name].lstrip("!") for rows in self.tables.values() for row in rows for name in ("src-address-list", "dst-address-list") if row.get(name)}

    def sets(self, name):
        kind = "ipv4_addr" if self.number == 4 else "ipv6_addr"
        lines = [f"\tset list-{identifier(name)} {{", f"\t\ttype {kind}", "\t\tflags interval", "\t\tauto-merge"]
        if self.lists.get(name):
            lines.append(f"\t\telements = {{ {', '.join(self.address(text) for text in self.lists[name])} }}")
        lines.append("\t}")
        if name in self.grown:
            lines += [f"\tset grown-{identifier(name)} {{", f"\t\ttype {kind}", "\t\tsize 65535", "\t\tflags dynamic,timeout", "\t}"]
        return lines

    def address(self, text):
        """An address, prefix or range in nft's spelling."""
        try:
            if "-" in text:
                first, last = (str(ipaddress.ip_address(part)) for part in text.split("-"))
                return f"{first}-{last}"
            net = ipaddress.ip_network(text, strict=False)
        except ValueError:
            raise Untranslated(f"{self.menu}: {text} is no address") from None
        if net.version != self.number:
            raise Untranslated(f"{self.menu}: {text} is of the other family")
        return str(net.network_address) if net.prefixlen == net.max_prefixlen else str(net)

    # ---- rules

    def rule(self, table, row):
        where = f"{self.menu}/{table} chain={row['chain']}"
        matches = []
        for name, text in row.items():
            if name in NO_MATCHER or not text:
                continue
            if name not in MATCHERS:
                raise Untranslated(f"{where}: {name}={text}")
            # Of the flags each has its own "!".
            negated = text.startswith("!") and name != "tcp-flags"
            text = text[1:] if negated else text
            try:
                matches.append(MATCHERS[name](self, text, negated, row))
            except (KeyError, ValueError) as unknown:
                raise Untranslated(f"{where}: {name}={row[name]} ({unknown!r})") from None
        action = self.action(table, row, where)
        comment = f" comment {quoted(row['comment'], 120)}" if row.get("comment") else ""
        if NEVER in matches:
            return [f"# never: {quoted(row.get('comment', ''), 120)}"]
        log = f" log prefix {quoted(row['log-prefix'] + ': ', 120)}" if row.get("log-prefix") else " log"
        log = log if row.get("log") == "true" or row["action"] == "log" else ""
        # A list of alternatives for each matcher: one line for each combination.
        lines = [" ".join(part for part in combination if part) for combination in itertools.product(*(order(matches)))]
        return [f"{line} counter{log}{action}{comment}".strip() for line in lines]

    def action(self, table, row, where):
        """What follows the matchers: "" goes on with the next rule."""
        name, target = row["action"], row.get("to-addresses", "")
        place = f"{'[' + target + ']' if self.number == 6 and target else target}{':' + row['to-ports'] if row.get('to-ports') else ''}"
        if name in ("accept", "drop", "return"):
            return f" {name}"
        if name in ("passthrough", "log") or name == "fasttrack-connection" and table == "filter":
            return ""
        if name == "jump":
            return f" jump {table}-{identifier(row['jump-target'])}"
        if name.startswith("add-") and name.endswith("-to-address-list"):
            after = row.get("address-list-timeout") or "none-dynamic"
            after = "" if after in ("none-dynamic", "none-static", "0s") else f" timeout {seconds(after)}s"
            return f" update @grown-{identifier(row['address-list'])} {{ {self.ip} {name[4]}addr{after} }}"
        if table == "filter" and name == "reject":
            how = row.get("reject-with") or ("icmp-network-unreachable" if self.number == 4 else "icmp-no-route")
            if how in REJECT[self.number]:
                return f" reject with {REJECT[self.number][how]}"
        if table == "raw" and name == "notrack":
            return " notrack"
        if table == "mangle" and name == "change-mss":
            size = "rt mtu" if row["new-mss"] == "clamp-to-pmtu" else str(int(row["new-mss"]))
            return f" tcp option maxseg size set {size}{'' if row.get('passthrough', 'true') == 'true' else ' accept'}"
        if table == "nat" and name == "masquerade":
            return f" masquerade{' to :' + row['to-ports'] if row.get('to-ports') else ''}"
        if table == "nat" and name in ("src-nat", "dst-nat") and place:
            return f" {'snat' if name == 'src-nat' else 'dnat'} to {place}"
        if table == "nat" and name == "redirect":
            return f" redirect{' to :' + row['to-ports'] if row.get('to-ports') else ''}"
        raise Untranslated(f"{where}: action={name}")


def ruleset(router, members):
    """The whole text."""
    families = [Family(router, family, members) for family in (4, 6)]
    return "".join(f"table {family.ip} router\ndelete table {family.ip} router\n" for family in families) + "".join(family.text() for family in families)


# ---- matchers: (family, text without "!", negated, row) -> alternatives (texts of which each takes a part of the packets), or NEVER

def order(matches):
    """The protocol first: what looks at a header needs to know whose it is."""
    return sorted(matches, key=lambda alternatives: not alternatives[0].startswith("meta l4proto"))


def unless(negated):
    return "!= " if negated else ""


def interface(word):
    def match(family, text, negated, row):
        if text.startswith("all-"):
            raise ValueError(text)
        return [f"{word} {unless(negated)}{quoted(linux_name(text), 15)}"]
    return match


def interface_list(word):
    def match(family, text, negated, row):
        if text in ("all", "dynamic", "none"):
            return [""] if (text == "all") != negated else NEVER
        names = sorted(linux_name(name) for name in family.members(text))
        if not names:
            return [""] if negated else NEVER
        return [f"{word} {unless(negated)}{{ {', '.join(quoted(name, 15) for name in names)} }}"]
    return match


def address(word):
    def match(family, text, negated, row):
        if text.endswith("/0"):
            return NEVER if negated else [""]
        return [f"{family.ip} {word} {unless(negated)}{family.address(text)}"]
    return match


def address_list(word):
    def match(family, text, negated, row):
        name, what = identifier(text), f"{family.ip} {word}"
        if text not in family.grown:
            return [f"{what} {unless(negated)}@list-{name}"]
        if negated:
            return [f"{what} != @list-{name} {what} != @grown-{name}"]
        return [f"{what} @list-{name}", f"{what} != @list-{name} {what} @grown-{name}"]
    return match


def protocol(family, text, negated, row):
    return [f"meta l4proto {unless(negated)}{PROTOCOLS.get(text) or int(text)}"]


def ports(word):
    def match(family, text, negated, row):
        parts = ", ".join(part for part in text.split(","))
        if word == "any":
            if negated:
                return [f"th sport != {{ {parts} }} th dport != {{ {parts} }}"]
            return [f"th sport {{ {parts} }}", f"th sport != {{ {parts} }} th dport {{ {parts} }}"]
        return [f"th {word} {unless(negated)}{{ {parts} }}"]
    return match


def state(family, text, negated, row):
    known = {"new", "established", "related", "invalid", "untracked"}
    if not set(text.split(",")) <= known:
        raise ValueError(text)
    return [f"ct state {unless(negated)}{{ {', '.join(text.split(','))} }}"]


def nat_state(family, text, negated, row):
    bits = "|".join({"srcnat": "snat", "dstnat": "dnat"}[part] for part in text.split(","))
    return [f"ct status & ({bits}) {'==' if negated else '!='} 0"]


def ipsec(family, text, negated, row):
    """There is no IPsec in the lab: no packet has a policy."""
    if text not in ("in,ipsec", "out,ipsec", "in,none", "out,none"):
        raise ValueError(text)
    return [""] if text.endswith("none") != negated else NEVER


def hop_limit(family, text, negated, row):
    how, _, number = text.partition(":")
    word = "ip6 hoplimit" if family.number == 6 else "ip ttl"
    sign = {"equal": "==", "not-equal": "!=", "less-than": "<", "greater-than": ">"}[how]
    if negated:
        raise ValueError("negated")
    return [f"{word} {sign} {int(number)}"]


def icmp(family, text, negated, row):
    """icmp-options=8:0-255, or 8"""
    kind, _, codes = text.partition(":")
    word = "icmp" if family.number == 4 else "icmpv6"
    low, _, high = codes.partition("-")
    if negated or "," in text:
        raise ValueError(text)
    return [f"{word} type {int(kind)}" + (f" {word} code {int(low)}-{int(high or low)}" if codes and (low, high) != ("0", "255") else "")]


def tcp_flags(family, text, negated, row):
    names = text.split(",")
    wanted = [name for name in names if not name.startswith("!")]
    known = {"fin", "syn", "rst", "psh", "ack", "urg", "ece", "cwr"}
    if not {name.lstrip("!") for name in names} <= known:
        raise ValueError(text)
    return [f"tcp flags & ({'|'.join(name.lstrip('!') for name in names)}) == {'(' + '|'.join(wanted) + ')' if wanted else '0x0'}"]


def tcp_mss(family, text, negated, row):
    return [f"tcp option maxseg size {unless(negated)}{'-'.join(str(int(part)) for part in text.split('-'))}"]


def address_type(family, text, negated, row):
    if text not in ("unicast", "local", "broadcast", "multicast"):
        raise ValueError(text)
    return [f"fib daddr type {unless(negated)}{text}"]


MATCHERS = {"in-interface": interface("iifname"), "out-interface": interface("oifname"), "in-interface-list": interface_list("iifname"),
            "out-interface-list": interface_list("oifname"), "src-address": address("saddr"), "dst-address": address("daddr"),
            "src-address-list": address_list("saddr"), "dst-address-list": address_list("daddr"), "protocol": protocol, "src-port": ports("sport"),
            "dst-port": ports("dport"), "port": ports("any"), "connection-state": state, "connection-nat-state": nat_state, "ipsec-policy": ipsec,
            "hop-limit": hop_limit, "ttl": hop_limit, "icmp-options": icmp, "tcp-flags": tcp_flags, "tcp-mss": tcp_mss, "dst-address-type": address_type}
