"""What a router makes itself: read-only properties, dynamic rows, addresses from a pool."""
import ipaddress

import x25519
from rules import numbers_of
from schema import rank
from values import spell_ip6

DUMMY = "special dummy rule to show fasttrack counters"
LOW = 2**64 - 1


# ---- properties that can only be read ----

def derived(router, path, row, name):
    """The stored value of a read-only property of a row, or None."""
    if name == ".nextid":
        ids = list(router.table(path))
        at = ids.index(row[".id"]) + 1
        return ids[at] if at < len(ids) else "*ffffffff"
    if name in ("running", "active"):
        return not row.get("disabled") and not row.get("invalid")
    if name == "inactive":
        return bool(row.get("disabled") or row.get("invalid"))
    if name == "static":
        return not row.get("dynamic")
    if name == "public-key":
        return x25519.public_key(row["private-key"]) if "private-key" in row else None
    if name == "mac-address":
        return mac_of(row)
    if name == "actual-interface":
        return row.get("interface")
    if name == "network":
        return str(ipaddress.ip_interface(row["address"]).network.network_address)
    if name == "global":
        return not row["address"].startswith("fe80:")
    if name == "link-local":
        return row["address"].startswith("fe80:")
    if name == "actual-prefix":
        return row.get("prefix")
    if name == "size":
        return len(row.get("contents", ""))
    if name == "status" and path == "/tool/netwatch":
        return row.get("_status", "unknown")
    if name == "status" and path == "/ipv6/dhcp-client":
        return "stopped" if row.get("disabled") else "bound" if row.get("prefix") else "searching..."
    if path == "/system/resource":
        return {"version": f"{router.release} (stable)", "board-name": "stand-in", "architecture-name": "x86_64", "platform": "MikroTik",
                "uptime": f"{int(router.now)}s"}.get(name)
    if path == "/system/device-mode":
        return router.device_mode.get(name)
    return None


def mac_of(row):
    return f"02:00:00:00:{int(row['.id'][1:], 16) >> 8 & 255:02X}:{int(row['.id'][1:], 16) & 255:02X}"


# ---- dynamic rows ----

def sync(router, path, source, wanted, first=False):
    """Makes the dynamic rows of one source exactly `wanted`: {key: row}. Ids of those that stay are kept."""
    table = router.tables[path]
    have = {row["_key"]: row for row in table.values() if row.get("_source") == source}
    for key, row in have.items():
        if key not in wanted:
            del table[row[".id"]]
    for key, row in wanted.items():
        whole = {"disabled": False, **row, "dynamic": True, "_source": source, "_key": key}
        if key in have:
            table[have[key][".id"]] = {**whole, ".id": have[key][".id"]}
        else:
            whole[".id"] = router.next_id(path)
            table[whole[".id"]] = whole
            if first:
                router.tables[path] = table = {whole[".id"]: whole, **table}


def fasttrack(router, family):
    """An enabled fasttrack rule brings a dummy rule, first in the table. (IPv6: from 7.18.)"""
    active = any(row.get("action") == "fasttrack-connection" and not row.get("disabled")
                 for row in router.tables[f"/{family}/firewall/filter"].values())
    active = active and (family == "ip" or rank(router.release) >= (7, 18))
    for name, chains in (("filter", ("forward",)), ("mangle", ("prerouting", "forward", "postrouting"))):
        sync(router, f"/{family}/firewall/{name}", "fasttrack",
             {chain: {"chain": chain, "action": "passthrough", "comment": DUMMY} for chain in reversed(chains)} if active else {}, True)


def bridge_vlans(router):
    """A bridge that filters has a row for each pvid whose port is not untagged in a row of that VLAN."""
    wanted = {}
    for bridge in router.tables["/interface/bridge"].values():
        if not bridge["vlan-filtering"] or bridge.get("disabled"):
            continue
        pairs = [(bridge["pvid"], bridge["name"])]
        pairs += [(port["pvid"], port["interface"]) for port in router.tables["/interface/bridge/port"].values()
                  if port["bridge"] == bridge["name"] and not port.get("disabled") and port["frame-types"] != "admit-only-vlan-tagged"]
        for row in router.tables["/interface/bridge/vlan"].values():
            if row["bridge"] == bridge["name"] and not row.get("dynamic") and not row.get("disabled"):
                named = row.get("untagged", ()) + row.get("tagged", ())
                pairs = [(number, port) for number, port in pairs if port not in named or number not in numbers_of(row)]
        for number, port in pairs:
            row = wanted.setdefault((bridge["name"], number), {"bridge": bridge["name"], "vlan-ids": (str(number),), "untagged": (),
                                                               "comment": "added by pvid"})
            row["untagged"] += (port,)
    sync(router, "/interface/bridge/vlan", "pvid", wanted)


def connected(router, family):
    """Connected routes, and for IPv6 the prefixes that are advertised."""
    routes, prefixes = {}, {}
    for row in router.tables[f"/{family}/address"].values():
        if row.get("disabled") or row.get("invalid"):
            continue
        network = str(ipaddress.ip_interface(row["address"]).network)
        routes[(network, row["interface"])] = {"dst-address": network, "gateway": row["interface"], "distance": 0, "routing-table": "main",
                                               "connect": True}
        if row.get("advertise") and network.endswith("/64"):
            prefixes[(network, row["interface"])] = {"prefix": network, "interface": row["interface"], "autonomous": True, "on-link": True}
    if family == "ipv6":
        sync(router, "/ipv6/nd/prefix", "address", prefixes)
        for client in router.tables["/ipv6/dhcp-client"].values():
            if client.get("prefix") and client["add-default-route"]:
                routes[("::/0", client[".id"])] = {"dst-address": "::/0", "gateway": f"fe80::1%{client['interface']}", "distance":
                                                   client.get("default-route-distance", 1), "routing-table": "main"}
    sync(router, f"/{family}/route", "address", routes)


def delegated(router):
    """The pools and address lists of the clients that hold a prefix."""
    pools, lists = {}, {}
    for client in router.tables["/ipv6/dhcp-client"].values():
        prefix = client.get("_prefix")
        if not prefix:
            continue
        if "pool-name" in client:
            pools[client["pool-name"]] = {"name": client["pool-name"], "prefix": prefix, "prefix-length":
                                          client.get("pool-prefix-length", max(64, int(prefix.split("/")[1])))}
        for name in client.get("prefix-address-lists", ()):
            lists[(name, prefix)] = {"list": name, "address": prefix}
    sync(router, "/ipv6/pool", "client", pools)
    sync(router, "/ipv6/firewall/address-list", "client", lists)


# ---- addresses from a pool ----

def place(router, row):
    """The row with its address from the pool as it is now, or as declared and invalid."""
    declared = row.get("_declared", row["address"])
    pool = next((pool for pool in router.tables["/ipv6/pool"].values() if pool["name"] == row["from-pool"] and "prefix" in pool), None)
    row = {name: value for name, value in row.items() if name != "invalid"}
    row["_declared"] = declared
    found = slot(router, row, ipaddress.ip_network(pool["prefix"]), int(ipaddress.IPv6Address(declared.split("/")[0]))) \
        if pool and router.has_interface(row["interface"]) else None
    if found is None:
        return {**row, "address": declared, "invalid": True}
    if row["eui-64"]:
        mac = bytes.fromhex(mac_of(row).replace(":", ""))
        found |= int.from_bytes(bytes([mac[0] ^ 2]) + mac[1:3] + b"\xff\xfe" + mac[3:], "big")
    return {**row, "address": f"{spell_ip6(found)}/{declared.split('/')[1]}"}


def slot(router, row, pool, declared):
    """The address as a number: pool OR declared, or the next free /64 when the router does not pin. None: there is none."""
    base, free = int(pool.network_address), 64 - pool.prefixlen
    if free < 0:
        return None
    taken = {int(ipaddress.IPv6Address(other["address"].split("/")[0])) >> 64
             for other in router.tables["/ipv6/address"].values()
             if other.get("from-pool") == row["from-pool"] and other.get(".id") != row.get(".id") and not other.get("invalid")}
    if router.pinning:
        subnet = declared >> 64
        # Outside the pool, or somebody else's: not established what a router does. Invalid is the careful reading.
        if subnet >> free or (base >> 64 | subnet) in taken:
            return None
        return base | declared
    for number in range(1 << min(free, 12)):
        if (base >> 64) + number not in taken:
            return base + (number << 64) | declared & LOW
    return None


def place_all(router):
    """After a change of a pool. First all become free: a new prefix may overlap the old one."""
    table = router.tables["/ipv6/address"]
    ids = [one for one, row in table.items() if "from-pool" in row]
    before = {one: table[one] for one in ids}
    for one in ids:
        table[one] = {**table[one], "invalid": True}
    for one in ids:
        table[one] = place(router, before[one])
    refresh(router, "/ipv6/address")


def refresh(router, path):
    """Called after each change of a menu."""
    if path in ("/ip/address", "/ipv6/address"):
        connected(router, path.split("/")[1])
    elif path in ("/interface/bridge", "/interface/bridge/port", "/interface/bridge/vlan"):
        bridge_vlans(router)
    elif path == "/ipv6/dhcp-client":
        delegated(router)
        connected(router, "ipv6")


