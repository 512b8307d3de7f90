#!/usr/bin/python3
"""The way back: a backup and a scheduler before the first write, and what becomes of them."""
import sys

from safety_sites import (ARMED, BACKUP, PREFIX, ROLLBACK, Report, armed, backups, changes, fine, logged, router, said, same, sample, site)

TUNNEL = ({}, "defconf")
MANAGED6 = ({"vlans": "managed", "ipv6": True}, "defconf")
ADOPT = ({"vlans": "managed", "ipv6": True, "prefix": PREFIX, "take_over": True}, "playbooks")
USED = ({"vlans": "unmanaged", "bridge": "lan-switch"}, "hand-grown")
PAIRS = {"tunnel on defconf": TUNNEL, "VLANs and IPv6 on defconf": MANAGED6, "take-over of the playbooks": ADOPT,
         "VLANs as they are on hand-grown": USED}
STOPS = 14


def start(pair, *commands):
    options, state = pair
    return site(**options), router(state, *commands)


def saves(writes):
    return [write for write in writes if (write.menu, write.command) == ("/system/backup", "save")]


def changes_of(writes):
    """The writes that are configuration: not the way back itself."""
    return [write for write in writes if write.menu not in ("/system/backup", "/file")
            and not (write.menu == "/system/scheduler" and write.values.get("name", ARMED).startswith(ARMED))]


def settled(dump):
    """A dump without the way back."""
    rest = [row for row in dump.get("/system/scheduler", []) if not row["name"].startswith(ARMED)]
    return {menu: rest if menu == "/system/scheduler" else rows for menu, rows in dump.items() if menu != "/system/scheduler" or rest}


def arms_first(pair):
    home, device = start(pair)
    result = fine(device.import_(home.hlgen))
    order = [(write.menu, write.command) for write in result.writes if write.menu != "/file"]
    assert order[:2] == [("/system/backup", "save"), ("/system/scheduler", "add")], f"the first writes: {order[:3]}"
    assert len(saves(result.writes)) == 1 and order.count(("/system/scheduler", "add")) == 1, "armed more than once"
    row = armed(device)[0]
    assert row["interval"] == "5m", row
    assert backups(device) == [BACKUP] and "password=\"\"" in row["on-event"], row
    assert "start-time" not in row, "with a start time the scheduler might fire at once"
    assert said(device, "without confirm.rsc"), "nothing tells of the confirmation"
    assert said(device, "import file-name=confirm.rsc"), "the end does not tell how to keep the changes"


def goes_back(pair):
    home, device = start(pair)
    before = device.dump()
    fine(device.import_(home.hlgen))
    after = device.dump()
    device.wait(ROLLBACK - 20)
    assert device.reboots == 0 and device.dump() == after, "it went back too early"
    device.wait(60)
    assert device.reboots == 1, f"restarts: {device.reboots}"
    device.wait(2 * ROLLBACK)
    assert device.reboots == 1 and not armed(device), "it went back twice"
    same(before, device, "after the way back")
    # The next import arms again, with what is there now.
    result = fine(device.import_(home.hlgen), "import after the way back")
    assert len(saves(result.writes)) == 1 and armed(device), "the second try is not armed"
    device.wait(ROLLBACK + 60)
    same(before, device, "after the second way back")


def stopped(pair):
    """Stopped before a line, or a write, and left alone, or imported again: it goes back to the good state, and can be confirmed."""
    home, clean = start(pair)
    before = clean.dump()
    whole = clean.copy()
    fine(whole.import_(home.hlgen))
    count, wanted = len(whole.writes), whole.dump()
    stops = [("stop_at_line", line) for line in sample(home.hlgen.lines, STOPS)]
    stops += [("stop_at_write", number) for number in sample(range(1, count + 1), STOPS)]
    for kind, at in stops:
        left = clean.copy()
        first = left.import_(home.hlgen, **{kind: at})
        changed = bool(changes_of(first.writes))
        assert not changed or armed(left), f"{kind} {at}: changed, but not armed"
        again = left.copy()
        left.wait(ROLLBACK + 60)
        same(before, left, f"{kind} {at}, left alone")
        if not first.stopped:
            continue
        was_armed = bool(armed(again))
        again.wait(100)
        second = fine(again.import_(home.hlgen), f"{kind} {at}, again")
        where = f"{kind} {at}, again"
        found = changes(settled(wanted), settled(again.dump()))
        assert not found, f"{where}: {found[:4]}"
        if was_armed:
            assert not saves(second.writes), f"{where}: the backup is overwritten while armed"
        assert len(armed(again)) == 1, f"{where}: {len(armed(again))} schedulers"
        kept = again.copy()
        # What was written anew has the whole time again; else the time runs on.
        again.wait(ROLLBACK - 20 if changes_of(second.writes) else 0)
        assert again.reboots == 0, f"{where}: it went back too early"
        again.wait(60 if changes_of(second.writes) else ROLLBACK - 90)
        assert again.reboots == 1, f"{where}: it did not go back in time"
        same(before, again, f"{where}, not confirmed")
        fine(kept.import_(home.confirm), "confirm")
        assert not armed(kept) and not backups(kept), f"{where}: something stays after confirm"
        kept.wait(2 * ROLLBACK)
        assert kept.reboots == 0, f"{where}: it went back after confirm"


def confirmed(pair):
    home, device = start(pair)
    fine(device.import_(home.hlgen))
    after = device.dump()
    after = settled(after)
    result = fine(device.import_(home.confirm), "confirm")
    assert not changes_of(result.writes), f"confirm wrote {changes_of(result.writes)[:3]}"
    same(after, device, "confirmed")
    assert not armed(device) and not backups(device), "something stays of the way back"
    assert said(device, "confirmed"), "confirm says nothing"
    again = fine(device.import_(home.confirm), "second confirm")
    assert not again.writes and said(device, "nothing waits"), f"the second confirm: {again.writes[:3]}"
    device.wait(4 * ROLLBACK)
    assert device.reboots == 0, "it went back all the same"
    same(after, device, "long after")
    # An import that writes nothing arms nothing.
    device.texts.clear()
    result = fine(device.import_(home.hlgen), "import of the same")
    assert not result.writes and not armed(device) and not backups(device), f"it wrote {result.writes[:3]}"
    assert not said(device, "confirm.rsc") and said(device, "nothing was written"), device.texts[-3:]


def waits(pair):
    """Imported again while armed, with nothing to write: it says that it waits, and the timer runs on."""
    home, device = start(pair)
    before = device.dump()
    fine(device.import_(home.hlgen))
    device.wait(ROLLBACK - 120)
    device.texts.clear()
    result = fine(device.import_(home.hlgen), "second import")
    assert not result.writes, f"it wrote {result.writes[:3]}"
    assert said(device, "import file-name=confirm.rsc"), device.texts[-3:]
    device.wait(150)
    assert device.reboots == 1, "the timer was restarted"
    same(before, device, "after the way back")


def flash():
    """With a flash folder the backup must lie in it: the rest is gone after a restart."""
    home, device = start(TUNNEL)
    device.put_file("flash", "")
    before = device.dump()
    fine(device.import_(home.hlgen))
    assert backups(device) == [f"flash/{BACKUP}"], backups(device)
    kept = device.copy()
    device.wait(ROLLBACK + 60)
    same(before, device, "after the way back")
    fine(kept.import_(home.confirm), "confirm")
    assert not backups(kept) and not armed(kept), "something stays"


def power_cut():
    """A restart while armed: the scheduler is configuration, it goes on."""
    home, device = start(TUNNEL)
    before = device.dump()
    fine(device.import_(home.hlgen))
    device.wait(60)
    device.reboot()
    device.wait(ROLLBACK + 60)
    assert device.reboots == 2, device.reboots
    same(before, device, "after the way back")


def later_change():
    """The second, changed import goes back to the first, confirmed one, also when the first one's backup is still there."""
    home, device = start(TUNNEL)
    fine(device.import_(home.hlgen))
    device.wait(ROLLBACK + 60)
    assert backups(device) == [BACKUP], "the stand-in: a restored backup stays"
    device.command('/system/identity/set name="renamed"')
    good = device.dump()
    fine(device.import_(home.hlgen), "second import")
    device.wait(ROLLBACK + 60)
    same(good, device, "the second way back")
    changed = site(vlans="managed")
    fine(device.import_(home.hlgen), "third import")
    fine(device.import_(home.confirm), "confirm")
    good = device.dump()
    fine(device.import_(changed.hlgen), "changed site")
    device.wait(ROLLBACK + 60)
    same(good, device, "the third way back")


def no_way_back():
    """rollback_after: 0"""
    home, device = site(rollback="0"), router("defconf")
    result = fine(device.import_(home.hlgen))
    assert not saves(result.writes) and not armed(device) and not backups(device), "armed"
    assert not said(device, "confirm"), "it speaks of a confirmation"
    after = device.dump()
    device.wait(4 * ROLLBACK)
    same(after, device, "later")
    for name in ("confirm", "verify"):
        if name in home.scripts:
            fine(device.import_(home.scripts[name]), name)
    same(after, device, "confirm and verify")


def turned_off_while_armed():
    """An import with rollback_after: 0 while an earlier one still waits must say that the router will go back."""
    home, device = start(TUNNEL)
    fine(device.import_(home.hlgen))
    device.texts.clear()
    fine(device.import_(site(rollback="0").hlgen), "rollback_after: 0")
    assert not armed(device) or said(device, "confirm.rsc"), "it is armed, and the import does not say so"


def prefix_fails_armed():
    """The import ends with the prefix's error, armed: it must tell how to keep what it did all the same."""
    home, device = start(MANAGED6)
    fine(device.import_(home.hlgen))
    fine(device.import_(home.confirm), "confirm")
    device.pinning = False
    device.bind(PREFIX)
    device.wait(ROLLBACK)
    device.command('/ip/address/remove [find where comment~"hlgen"]')
    device.texts.clear()
    result = device.import_(home.hlgen)
    assert result.error, "no pinning, no error"
    assert armed(device) and logged(device, "armed"), "not armed"
    assert said(device, "import file-name=confirm.rsc") or "confirm.rsc" in result.message, f"the end does not tell: {result.message}"


def main():
    report = Report("rollback")
    for name, pair in PAIRS.items():
        report.test(f"armed before the first write: {name}", arms_first, pair)
        report.test(f"not confirmed: the old state: {name}", goes_back, pair)
        report.test(f"stopped at {STOPS} lines and {STOPS} writes: {name}", stopped, pair)
        report.test(f"confirmed: {name}", confirmed, pair)
        report.test(f"imported again while armed: {name}", waits, pair)
    report.test("a flash folder", flash)
    report.test("a restart while armed", power_cut)
    report.test("an older backup is there", later_change)
    report.test("rollback_after: 0", no_way_back)
    report.test("rollback_after: 0 while armed", turned_off_while_armed)
    report.test("the prefix is refused while armed", prefix_fails_armed)
    return report.status()


if __name__ == "__main__":
    sys.exit(main())
