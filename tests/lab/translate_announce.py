"""Router advertisements: /ipv6/nd and /ipv6/nd/prefix become the configuration of radvd."""
from translate_terms import Untranslated, enabled, linux_name, seconds

# Of a prefix whose row says nothing: the defaults of /ipv6/nd/prefix/default.
VALID, PREFERRED = 4 * 604800 + 2 * 86400, 604800
ND_WORDS = {".id", "interface", "ra-interval", "ra-lifetime", "advertise-dns", "dns", "managed-address-configuration", "other-configuration", "mtu",
            "hop-limit",
            "ra-delay", "reachable-time", "retransmit-interval", "advertise-mac-address", "comment", "disabled", "dynamic", "invalid", "default"}
PREFIX_WORDS = {".id", "interface", "prefix", "autonomous", "on-link", "valid-lifetime", "preferred-lifetime", "comment", "disabled", "dynamic", "invalid",
                "6to4-interface"}


def known(row, words, where):
    for name, value in row.items():
        if name not in words and value:
            raise Untranslated(f"{where} {row['interface']}: {name}={value}")


def switch(row, name, default="false"):
    return "on" if (row.get(name) or default) in ("true", "yes") else "off"


def lifetime(row, name, default):
    text = row.get(name) or ""
    return "infinity" if text == "infinity" else seconds(text) if text else default


def prefix_lines(prefix, on_link="on", autonomous="on", valid=0, preferred=0):
    return [f"\tprefix {prefix} {{", f"\t\tAdvOnLink {on_link};", f"\t\tAdvAutonomous {autonomous};", f"\t\tAdvValidLifetime {valid};",
            f"\t\tAdvPreferredLifetime {preferred};", "\t};"]


def interval(row, hurry):
    """(shortest, longest) time between two advertisements, in hurry but within what radvd takes."""
    first, _, last = (row.get("ra-interval") or "3m20s-10m").partition("-")
    longest = max(4, seconds(last or first) // hurry)
    return max(3, min(seconds(first) // hurry, longest * 3 // 4)), longest


def servers(router, row):
    """The DNS servers that are announced: those of the row, else the router's own that have IPv6 addresses."""
    if row.get("dns"):
        return row["dns"].split(",")
    if row.get("advertise-dns", "yes") in ("yes", "true"):
        return [one for one in router.rows("/ip/dns")[0].get("servers", "").split(",") if ":" in one]
    if row["advertise-dns"] not in ("no", "false"):
        raise Untranslated(f"/ipv6/nd {row['interface']}: advertise-dns={row['advertise-dns']}")
    return []


def announcements(router, linux, hurry, former):
    """The text of radvd.conf; empty when nothing is announced. The row of an interface wins over the one for all, also when it is disabled.
    An interface without a prefix is announced too, as a router without one: so does RouterOS, and that is why its row for all is turned off."""
    rows = {row["interface"]: row for row in router.rows("/ipv6/nd")}
    prefixes = {}
    for row in router.rows("/ipv6/nd/prefix"):
        known(row, PREFIX_WORDS, "/ipv6/nd/prefix")
        if enabled(row):
            prefixes.setdefault(row["interface"], {})[row["prefix"]] = row
    lines = []
    for link in linux.links:
        row = rows.get(link.name) or rows.get("all")
        if not link.up or link.kind == "wireguard" or not row or not enabled(row):
            continue
        known(row, ND_WORDS, "/ipv6/nd")
        shortest, longest = interval(row, hurry)
        router_for = row.get("ra-lifetime") or "30m"
        lines += [f"interface {linux_name(link.name)} {{", "\tIgnoreIfMissing on;", "\tAdvSendAdvert on;", f"\tMinRtrAdvInterval {shortest};",
                  f"\tMaxRtrAdvInterval {longest};", f"\tAdvDefaultLifetime {0 if router_for == 'none' else min(9000, seconds(router_for))};",
                  f"\tAdvManagedFlag {switch(row, 'managed-address-configuration')};", f"\tAdvOtherConfigFlag {switch(row, 'other-configuration')};",
                  f"\tAdvSourceLLAddress {switch(row, 'advertise-mac-address', 'true')};"]
        for name, word in (("mtu", "AdvLinkMTU"), ("hop-limit", "AdvCurHopLimit")):
            if (row.get(name) or "unspecified") != "unspecified":
                lines.append(f"\t{word} {int(row[name])};")
        for name, word in (("reachable-time", "AdvReachableTime"), ("retransmit-interval", "AdvRetransTimer")):
            if (row.get(name) or "unspecified") != "unspecified":
                lines.append(f"\t{word} {seconds(row[name]) * 1000};")
        own = prefixes.get(link.name, {})
        for prefix, one in sorted(own.items()):
            lines += prefix_lines(prefix, switch(one, "on-link", "true"), switch(one, "autonomous", "true"), lifetime(one, "valid-lifetime", VALID),
                                  lifetime(one, "preferred-lifetime", PREFERRED))
        for prefix in sorted({prefix for name, prefix in former if name == link.linux} - set(own)):
            lines += prefix_lines(prefix)
        dns = servers(router, row)
        if dns:
            lines += [f"\tRDNSS {' '.join(dns)} {{", f"\t\tAdvRDNSSLifetime {longest * 3};", "\t};"]
        lines += ["};", ""]
    return "\n".join(lines)


def announced(router, linux):
    """{(Linux name, prefix)} that hosts learn now."""
    names = {link.name for link in linux.links if link.up and f"interface {link.linux} {{" in linux.radvd}
    return {(linux_name(row["interface"]), row["prefix"]) for row in router.rows("/ipv6/nd/prefix") if enabled(row) and row["interface"] in names}
