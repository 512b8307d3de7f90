"""The refusals that concern several properties or rows. Where each comes from: README.md, "Refusals"."""
import ipaddress

import x25519
from errors import Refused
from tables import FIREWALLS, INTERFACES

PORT_PROTOCOLS = ("tcp", "udp", "udp-lite", "dccp", "sctp")
FILE_LIMIT = 60 * 1024


def check(router, path, row, old):
    """Refuses a row that is to be added (old is None) or set. May complete it: a name, a key."""
    menu = router.menu(path)
    if menu.prefix and "name" not in row:
        row["name"] = free_name(router, path, menu.prefix)
    for names, message in menu.unique:
        if old is None or any(row.get(name) != old.get(name) for name in names):
            unique(router, path, row, old, names, message)
    special = CHECKS.get(path)
    if special:
        special(router, path, row, old)
    if path in FIREWALLS:
        rule(router, path, row, old)


def others(router, path, old):
    return (row for row in router.table(path).values() if old is None or row[".id"] != old[".id"])


def unique(router, path, row, old, names, message):
    wanted = [row.get(name) for name in names]
    paths = INTERFACES if path in INTERFACES and names == ("name",) else (path,)
    for one in paths:
        for other in others(router, one, old if one == path else None):
            if [other.get(name) for name in names] == wanted:
                what = "interface with such name" if len(paths) > 1 else message.removeprefix("already have ")
                raise Refused(f"failure: already have {what}" if message.startswith("already have ") else f"failure: {message}")


def free_name(router, path, prefix):
    number = 1
    while any(row.get("name") == f"{prefix}{number}" for row in router.table("/interface" if path in INTERFACES else path).values()):
        number += 1
    return f"{prefix}{number}"


def removable(router, path, row):
    if row.get("default"):
        raise Refused("failure: can not remove default")


def rule(router, path, row, old):
    if any(name in row for name in ("src-port", "dst-port", "port")) and row.get("protocol") not in PORT_PROTOCOLS:
        raise Refused("failure: ports can be specified if proto is tcp,udp,udp-lite,dccp,sctp")
    if row["action"] == "jump" and "jump-target" not in row:
        raise Refused("failure: jump target is missing")
    if "reject-with" in row and row["action"] != "reject":
        raise Refused("failure: reject-with is for action=reject")
    if row.get("tcp-flags") and row.get("protocol") != "tcp":
        raise Refused("failure: tcp options can be specified if proto is tcp")
    if row["action"] == "fasttrack-connection" and row["chain"] in ("input", "output"):
        raise Refused("failure: fasttrack-connection is for forwarded connections")


def address(router, path, row, old):
    """The same address is refused on the same interface, and with the same length anywhere."""
    declared = row["address"]
    bare = declared.split("/")[0]
    for other in others(router, path, old):
        if "from-pool" in row or "from-pool" in other:
            same = (row.get("from-pool"), row["interface"]) == (other.get("from-pool"), other["interface"]) and \
                declared in (other["address"], other.get("_declared"))
        else:
            same = other["address"] == declared or (other["address"].split("/")[0] == bare and other["interface"] == row["interface"])
        if same and (old is None or any(row.get(name) != old.get(name) for name in ("address", "interface", "from-pool"))):
            raise Refused("failure: already have such address")


def wireguard(router, path, row, old):
    if "private-key" not in row:
        router.keys_made += 1
        row["private-key"] = x25519.made_up(router.keys_made)


def peer(router, path, row, old):
    if old is not None and all(row.get(name) == old.get(name) for name in ("allowed-address", "interface")):
        return
    mine = [ipaddress.ip_network(text) for text in row["allowed-address"]]
    for at, one in enumerate(mine):
        if any(one.version == other.version and one.overlaps(other) for other in mine[:at]):
            raise Refused("failure: allowed-address overlaps", "allowed-address")
    for other in others(router, path, old):
        if other["interface"] == row["interface"]:
            for text in other["allowed-address"]:
                theirs = ipaddress.ip_network(text)
                if any(one.version == theirs.version and one.overlaps(theirs) for one in mine):
                    raise Refused("failure: allowed-address overlaps with another peer", "allowed-address")


def numbers_of(row):
    """The VLAN ids of a bridge vlan row."""
    for part in row["vlan-ids"]:
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def bridge_vlan(router, path, row, old):
    mine = set(numbers_of(row))
    for other in others(router, path, old):
        if not other.get("dynamic") and other["bridge"] == row["bridge"] and mine & set(numbers_of(other)):
            raise Refused("failure: vlan already added")
    if set(row.get("tagged", ())) & set(row.get("untagged", ())):
        raise Refused("failure: port is both tagged and untagged")


def bridge_port(router, path, row, old):
    if row["interface"] == row["bridge"]:
        raise Refused("failure: bridge can not be a port of itself")
    if any(row["interface"] == other["name"] for other in router.table("/interface/wireguard").values()):
        raise Refused("failure: interface can not be a bridge port")


def scheduler(router, path, row, old):
    if not router.device_mode.get("scheduler", True) and (old is None or not row.get("disabled")):
        raise Refused("failure: not allowed by device-mode")


def file(router, path, row, old):
    if len(row.get("contents", "")) >= FILE_LIMIT and (old is None or row.get("contents") != old.get("contents")):
        raise Refused("failure: contents too long")


def member(router, path, row, old):
    if row["list"] in ("all", "none", "dynamic", "static"):
        raise Refused("failure: can not change builtin list")


CHECKS = {"/ip/address": address, "/ipv6/address": address, "/interface/wireguard": wireguard, "/interface/wireguard/peers": peer,
          "/interface/bridge/vlan": bridge_vlan, "/interface/bridge/port": bridge_port, "/system/scheduler": scheduler, "/file": file,
          "/interface/list/member": member}
