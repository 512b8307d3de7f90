#!/usr/bin/python3
"""undo.rsc takes everything back; verify.rsc says how things are and changes nothing; no key is in what anybody may read."""
import sys

from safety_sites import (OTHER, PREFIX, ROLLBACK, Report, armed, backups, changes, fine, router, said, same, sample, site)

MANAGED6 = {"vlans": "managed", "ipv6": True, "prefix": PREFIX}
USED6 = {"vlans": "unmanaged", "ipv6": True, "bridge": "lan-switch"}
NO_ND = "/ipv6/nd/remove [find where interface=family]"
CASES = {"tunnel on defconf": ({}, "defconf", []),
         "tunnel on playbooks, other names": ({"name": "wg-home", "port": 13232}, "playbooks",
                                              ["/ip/address/remove [find where interface=wg-vps]"]),
         "IPv4 tunnel on empty-chr": ({"network6": False, "place": "ether2"}, "empty-chr", []),
         "managed VLANs on defconf": ({"vlans": "managed"}, "defconf", []), "VLANs and IPv6 on defconf": (MANAGED6, "defconf", []),
         "IPv6 without VLANs on defconf": ({"ipv6": True}, "defconf", []), "VLANs as they are on hand-grown": (USED6, "hand-grown", [NO_ND]),
         "take-over of the playbooks": ({**MANAGED6, "take_over": True}, "playbooks", [])}
# What a take-over adopts is hlgen's: undo takes it away.
ADOPTED = {"/interface/wireguard", "/interface/wireguard/peers", "/interface/vlan", "/interface/bridge/vlan", "/ip/address",
           "/ip/firewall/filter", "/ipv6/address", "/ipv6/nd", "/ipv6/dhcp-client", "/ipv6/firewall/filter",
           # what names a VLAN that is gone
           "/interface/list/member", "/ip/dhcp-server"}


def start(case):
    options, state, commands = case
    return site(**options), router(state, *commands)


def expected(case, before):
    """The state that undo must leave: the one before, but for what the header of undo.rsc says."""
    dump = {menu: list(rows) if isinstance(rows, list) else rows for menu, rows in before.items()}
    if case[0].get("vlans") == "managed":
        dump["/interface/bridge"] = [{**row, "vlan-filtering": "true"} if row["name"] == "bridge" else row for row in dump["/interface/bridge"]]
    return dump


def undone(case, before, device, what):
    """Whether the router is as undo must leave it."""
    take_over = case[0].get("take_over")
    wanted, now = expected(case, before), device.dump()
    if case[0].get("vlans") == "managed":
        # A half import may not have come to the filtering.
        for dump in (wanted, now):
            dump["/interface/bridge"] = [{**row, "vlan-filtering": ""} for row in dump["/interface/bridge"]]
    found = changes(wanted, now)
    if take_over:
        found = [line for line in found if not (line.split(": ")[0] in ADOPTED and line.split(": ", 1)[1].startswith("- "))]
        # Rows of others that named what is gone
        found = [line for line in found if "*" not in line]
    left = [f"{menu}: {row}" for menu, rows in now.items() if isinstance(rows, list) for row in rows if "hlgen" in str(row)]
    assert not found, f"{what}: " + "; ".join(found[:6])
    assert not left, f"{what}: hlgen's is left: {left[:3]}"
    assert not armed(device) and not backups(device), f"{what}: a way back is left"


def undo(case):
    home, device = start(case)
    before = device.dump()
    result = fine(device.import_(home.undo), "undo before the import")
    assert not result.writes, f"undo before the import wrote {result.writes[:3]}"
    fine(device.import_(home.hlgen))
    device.wait(10)
    waiting = device.copy()
    fine(device.import_(home.confirm), "confirm")
    done = device.copy()
    fine(done.import_(home.undo), "undo")
    undone(case, before, done, "undo")
    assert said(done, "removed from this router"), "undo says nothing"
    clean = done.dump()
    again = fine(done.import_(home.undo), "second undo")
    assert not again.writes, f"the second undo wrote {again.writes[:3]}"
    same(clean, done, "second undo")
    # While armed: the way back is over, too.
    fine(waiting.import_(home.undo), "undo while armed")
    undone(case, before, waiting, "undo while armed")
    waiting.wait(2 * ROLLBACK)
    assert waiting.reboots == 0, "it went back after the undo"
    # With a bound prefix
    if case[0].get("ipv6"):
        device.bind(OTHER)
        device.wait(10)
        fine(device.import_(home.undo), "undo, bound")
        undone(case, before, device, "undo, bound")
    # And it can be imported again.
    if not case[0].get("take_over"):
        fine(done.import_(home.hlgen), "import after undo")


def flash():
    """The backup in the flash folder goes, too."""
    home, device = start(CASES["tunnel on defconf"])
    device.put_file("flash", "")
    before = device.dump()
    fine(device.import_(home.hlgen))
    assert backups(device), "no backup"
    fine(device.import_(home.undo), "undo")
    undone(CASES["tunnel on defconf"], before, device, "undo")


def half(case):
    """Undo of an import that was stopped, and an undo that was itself stopped."""
    home, device = start(case)
    before = device.dump()
    whole = device.copy()
    fine(whole.import_(home.hlgen))
    for number in sample(range(1, len(whole.writes) + 1), 16):
        one = device.copy()
        one.import_(home.hlgen, stop_at_write=number)
        fine(one.import_(home.undo), f"undo after {number - 1} writes")
        undone(case, before, one, f"undo after {number - 1} writes")
        one.wait(2 * ROLLBACK)
        assert one.reboots == 0, "it went back after the undo"
    writes = fine(whole.copy().import_(home.undo)).writes
    last = [number for number, write in enumerate(writes) if write.menu == "/system/scheduler"]
    late = [write for write in writes[last[0]:] if write.menu not in ("/system/scheduler", "/file")]
    assert not late, f"the way back ends before the undo does: {late[0]}"
    for number in sample(range(1, len(writes) + 1), 10):
        one = whole.copy()
        one.import_(home.undo, stop_at_write=number)
        if armed(one):
            left = one.copy()
            left.wait(2 * ROLLBACK)
            same(before, left, f"undo stopped after {number - 1} writes, left alone")
        fine(one.import_(home.undo), f"undo stopped after {number - 1} writes, again")
        undone(case, before, one, f"undo stopped after {number - 1} writes, again")


def quiet(home, device, what):
    """Runs verify.rsc: no error, no write. Gives what it said."""
    device.texts.clear()
    before = device.stamps(True)
    result = device.import_(home.verify)
    assert result.error is None, f"verify, {what}: {result.error}"
    assert not result.writes and device.stamps(True) == before, f"verify, {what}: it wrote {result.writes[:3]}"
    return "\n".join(device.texts)


def has(text, what, *wanted):
    return [f"{what}: nothing says {one!r}" for one in wanted if one not in text]


def known(device, menu, **values):
    """What only a router that works can know of hlgen's rows."""
    table = device.tables[menu]
    for one, row in list(table.items()):
        if "hlgen" in str(row.get("comment")):
            table[one] = {**row, **{name.replace("_", "-"): value for name, value in values.items()}}


def verify(case):
    options = case[0]
    home, device = start(case)
    wrong = has("\n" + quiet(home, device, "before the import"), "before the import", "\ntunnel: ")
    fine(device.import_(home.hlgen))
    known(device, "/system/scheduler", next_run="2026-11-26 03:17:09")
    text = quiet(home, device, "not confirmed")
    wrong += has(text, "not confirmed", "NOT CONFIRMED", "2026-11-26 03:17:09", "confirm.rsc", "NO handshake", device.row("/interface/wireguard",
                 comment="hlgen:home:wireguard:tunnel")["public-key"])
    fine(device.import_(home.confirm))
    known(device, "/interface/wireguard/peers", last_handshake="1m12s", rx=12345, tx=54321)
    device.set_reachable("10.100.0.1", True)
    text = quiet(home, device, "confirmed")
    wrong += has(text, "confirmed", "1m12s", "12345", "54321", "10.100.0.1 is up", "10.100.0.2/24", "hlgen:home:jump:forward",
                 "hlgen:home:jump:input")
    if "NOT CONFIRMED" in text or "NO handshake" in text:
        wrong.append("confirmed, with a handshake: it says the contrary")
    order = [text.find(f"hlgen:home:forward:{name}") for name in ("established", "invalid", "drop")]
    if -1 in order or order != sorted(order):
        wrong.append(f"the rules of forward are not there in their order: {order}")
    device.set_reachable("10.100.0.1", False)
    wrong += has(quiet(home, device, "hub down"), "hub down", "10.100.0.1 is down")
    if options.get("ipv6"):
        wrong += verify6(case, home, device)
    fine(device.import_(home.undo))
    quiet(home, device, "after undo")
    return wrong


def verify6(case, home, device):
    """The prefix and what is made of it; with no ingress where there are no VLANs."""
    wrong, ingress = [], bool(case[0].get("vlans"))
    names = ("management", "trusted-lan", "kubernetes") if ingress else ("default",)
    device = device.copy()
    device.wait(10)
    if device.rows("/ipv6/pool", dynamic="true"):
        device.lose()
        device.wait(10)
    text = quiet(home, device, "not bound")
    wrong += has(text, "not bound", "NOT BOUND", *[f"network {name}: " for name in names], "waits for the pool")
    device.bind(OTHER)
    device.wait(10)
    text = quiet(home, device, "bound")
    wrong += has(text, "bound", OTHER, *[f"network {name}: " for name in names])
    lines = [line for line in text.split("\n") if line.startswith(("network ", "ingress"))]
    wrong += [f"bound: {line}" for line in lines if not line.endswith("as it should be")]
    if len(lines) != len(names) + ingress:
        wrong.append(f"bound: {len(lines)} verdicts for {len(names)} networks, ingress: {ingress}")
    if ingress:
        device.command('/ipv6/firewall/address-list/set [find where comment="hlgen:home:ingress"] address=2a0d:5600:abcd:30::200')
        wrong += has(quiet(home, device, "stale list"), "stale list", "2a0d:5600:abcd:30::200", "WRONG, should be 2a0d:5600:77:ff30::200")
        device.command('/ipv6/firewall/address-list/set [find where comment="hlgen:home:ingress"] address=2a0d:5600:77:ff30::200 disabled=yes')
        text = quiet(home, device, "list turned off")
        line = [line for line in text.split("\n") if line.startswith("ingress")]
        if not line or line[0].endswith("as it should be"):
            wrong.append(f"the list is turned off, and verify says: {line}")
    unpinned = device.copy()
    unpinned.pinning = False
    unpinned.bind(PREFIX)
    text = quiet(home, unpinned, "not pinned")
    for name, number in zip(names, ("10", "20", "30") if ingress else ("8",)):
        wrong += has(text, "not pinned", f"WRONG, should be 2a0d:5600:abcd:{number}::1")
    device.command('/ipv6/address/disable [find where comment~"gateway6"]')
    lines = [line for line in quiet(home, device, "disabled").split("\n") if line.startswith("network ")]
    wrong += [f"the address is disabled: {line}" for line in lines if line.endswith("as it should be")]
    device.command('/ipv6/address/remove [find where comment~"gateway6"]')
    text = quiet(home, device, "an address is gone")
    wrong += has(text, "an address is gone", *[f"network {name}: " for name in names])
    return wrong


def everywhere():
    """On no state an error, whatever the site counts on."""
    wrong = []
    for options in ({}, {"vlans": "managed"}, MANAGED6, USED6, {**MANAGED6, "take_over": True}):
        for state in ("empty-chr", "defconf", "hand-grown", "playbooks"):
            try:
                quiet(site(**options), router(state), f"{options} on {state}")
            except AssertionError as error:
                wrong.append(str(error))
    return wrong


def secrets(case):
    home, device = start(case)
    wrong = [f"{name}.rsc holds a key" for name in ("confirm", "undo", "verify") if any(key in home.texts[name] for key in home.secrets)]
    assert any(key in home.texts["hlgen"] for key in home.secrets), "the test: hlgen.rsc has no key"
    keys = list(home.secrets) + [row["private-key"] for row in device.rows("/interface/wireguard")]

    def look(what):
        said_ = device.texts + [message for _, message in device.log]
        said_ += [row.get(name, "") for menu, name in (("/system/script", "source"), ("/system/scheduler", "on-event"),
                                                       ("/ipv6/dhcp-client", "script")) for row in device.rows(menu)]
        said_ += [row.get("up-script", "") + row.get("down-script", "") for row in device.rows("/tool/netwatch")]
        for text in said_:
            for key in keys:
                if key in text:
                    wrong.append(f"{what}: a key in: {text.replace(key, '***')[:200]}")
        comments = [row.get("comment", "") for rows in device.dump().values() if isinstance(rows, list) for row in rows]
        wrong.extend(f"{what}: a key in a comment" for text in comments if any(key in text for key in keys))
    fine(device.import_(home.hlgen))
    look("import")
    fine(device.import_(home.verify))
    look("verify")
    # Keys that changed by hand are set again, silently.
    device.command("/interface/wireguard/set [find where comment~\"hlgen\"] private-key=\"0Jt1E7Gz8s2u1eKzG2lqhz5g1yqGv0pXgL5cFJbXnlw=\"")
    device.command("/interface/wireguard/peers/set [find where comment~\"hlgen\"] preshared-key=\"\"")
    fine(device.import_(home.hlgen), "import, other keys")
    fine(device.import_(home.confirm), "confirm")
    fine(device.import_(home.verify), "verify")
    fine(device.import_(home.undo), "undo")
    look("import, confirm, verify, undo")
    # `print` of these menus shows the keys on a real router.
    for name in ("confirm", "undo", "verify"):
        wrong += [f"{name}.rsc prints keys: {line}" for line in home.texts[name].split("\n")
                  if line.strip().startswith(("/interface/wireguard/print", "/interface/wireguard/peers/print"))]
    return wrong


def main():
    report = Report("undo")
    for name, case in CASES.items():
        report.test(f"undo: {name}", undo, case)
        report.test(f"half: {name}", half, case)
        report.test(f"verify: {name}", verify, case)
        report.test(f"no key is seen: {name}", secrets, case)
    report.test("undo: a flash folder", flash)
    report.test("verify on every state", everywhere)
    return report.status()


if __name__ == "__main__":
    sys.exit(main())
