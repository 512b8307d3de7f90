#!/usr/bin/python3
"""The provider's prefix comes, changes, goes and has another length: the ingress's list follows, and nothing else changes."""
import ipaddress
import os
import sys

from language import Script
from safety_sites import OTHER, PREFIX, Report, changes, fine, logged, router, said, site

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "consumers"))
from rsc_schema import Checker  # pylint: disable=wrong-import-position

SCHEMAS = os.path.join(os.environ.get("SHARED", "../shared"), "data", "routeros")
LIST = "/ipv6/firewall/address-list"
TAG = "hlgen:home:ingress"
MANAGED = {"vlans": "managed", "ipv6": True}
USED = {"vlans": "unmanaged", "ipv6": True, "bridge": "lan-switch"}
NO_ND = "/ipv6/nd/remove [find where interface=family]"
KINDS = {"phase 1, managed VLANs": (MANAGED, "defconf", []), "phase 2, managed VLANs": ({**MANAGED, "prefix": PREFIX}, "defconf", []),
         "phase 1, VLANs as they are": (USED, "hand-grown", [NO_ND]), "phase 2, VLANs as they are": ({**USED, "prefix": PREFIX},
                                                                                                    "hand-grown", [NO_ND])}
# What the DHCPv6 client gives its hook
GIVEN = ("variable 'pd-valid' is not declared", "variable 'pd-prefix' is not declared")
THIRD = "2a0d:5600:1:4200::/56"


def at(prefix, subnet, host):
    return ipaddress.IPv6Address(int(ipaddress.IPv6Network(prefix).network_address) | subnet << 64 | host)


def listed(device):
    row = device.row(LIST, comment=TAG)
    return ipaddress.IPv6Address(row["address"].split("/")[0]), row["disabled"]


def others(device):
    """The dump without what the prefix may change: address and disabled of the ingress's row."""
    dump = device.dump()
    dump[LIST] = [{name: text for name, text in row.items() if row.get("comment") != TAG or name not in ("address", "disabled")}
                  for row in dump[LIST]]
    return dump


def imported(kind):
    options, state, commands = kind
    home, device = site(**options), router(state, *commands, provider=None)
    fine(device.import_(home.hlgen))
    fine(device.import_(home.confirm))
    device.texts.clear()
    return home, device


def bound(kind, prefix=PREFIX):
    home, device = imported(kind)
    device.bind(prefix)
    device.wait(10)
    device.writes.clear()
    device.log.clear()
    return home, device


def right(device, prefix, before, what):
    """All that holds the prefix is right, and all else as before."""
    address, disabled = listed(device)
    assert (address, disabled) == (at(prefix, 0x30, 0x200), "false"), f"{what}: the list has {address}, disabled {disabled}"
    for subnet in (0x10, 0x20, 0x30):
        has = device.row("/ipv6/address", comment=f"hlgen:home:gateway6:{subnet:x}")["address"].split("/")[0]
        assert ipaddress.IPv6Address(has) == at(prefix, subnet, 1), f"{what}: subnet {subnet:x} has {has}"
    found = changes(before, others(device))
    assert not found, f"{what}: changed: {found[:4]}"
    foreign = [write for write in device.writes if write.menu != LIST]
    assert not foreign, f"{what}: wrote {foreign[:3]}"
    errors = logged(device, "", "error")
    assert not errors, f"{what}: logged {errors[:3]}"


def first(kind):
    """Bound for the first time after the import."""
    home, device = imported(kind)
    address, disabled = listed(device)
    if "prefix" in kind[0]:
        assert (address, disabled) == (at(PREFIX, 0x30, 0x200), "false"), f"not bound: {address}, {disabled}"
    else:
        assert disabled == "true" and address == at("::/56", 0x30, 0x200), f"not bound: {address}, {disabled}"
    before = others(device)
    for early in (0, 2, 30, 90):
        for twice in (False, True):
            one = device.copy()
            one.writes.clear()
            one.log.clear()
            one.bind(THIRD, early=early, twice=twice)
            one.wait(6)
            right(one, THIRD, before, f"early {early}, twice {twice}")
            assert logged(one, str(at(THIRD, 0x30, 0x200)), "info"), "the log does not name the new address"
            again = fine(one.import_(home.hlgen), "import, bound")
            assert not again.writes, f"the import of a bound router wrote {again.writes[:3]}"


def changed(kind):
    _, device = bound(kind)
    before = others(device)
    for early in (0, 2, 30, 90):
        for twice in (False, True):
            one = device.copy()
            one.bind(OTHER, early=early, twice=twice)
            one.wait(6)
            right(one, OTHER, before, f"early {early}, twice {twice}")
            lines = logged(one, "the ingress is")
            assert 1 <= len(lines) <= 2 and OTHER in lines[-1] and str(at(OTHER, 0x30, 0x200)) in lines[-1], lines
            writes = len(one.writes)
            assert writes <= 2, f"early {early}: {writes} writes"
            one.bind(PREFIX, early=early, twice=twice)
            one.wait(6)
            right(one, PREFIX, before, f"back, early {early}, twice {twice}")


def slow(kind):
    """The addresses follow the pool late; the hook gives up only after two minutes."""
    _, device = bound(kind)
    before = others(device)
    for settle in (5, 60, 100):
        one = device.copy()
        one.bind(OTHER, settle=settle)
        one.wait(6)
        right(one, OTHER, before, f"settle {settle}")
    device.bind(OTHER, early=600, wait=False)
    device.wait(500)
    assert logged(device, OTHER, "error"), "after two minutes nobody says that it does not fit"
    assert listed(device)[0] == at(PREFIX, 0x30, 0x200), "the list has left the prefix that still counts"


def lost(kind):
    home, device = bound(kind)
    before = others(device)
    for twice in (False, True):
        gone = device.copy()
        gone.lose(twice=twice)
        gone.wait(300)
        assert not gone.writes, f"lost: wrote {gone.writes[:3]}"
        assert logged(gone, PREFIX, "warning"), "the log does not say that the prefix is gone"
        same = gone.copy()
        same.bind(PREFIX, twice=twice)
        same.wait(6)
        right(same, PREFIX, before, "lost and back")
        assert not same.writes, f"back: wrote {same.writes[:3]}"
        gone.bind(OTHER, early=2, twice=twice)
        gone.wait(8)
        right(gone, OTHER, before, "lost, and another came")
    # An import in between: what the site file says counts, and without a prefix there nobody may visit.
    device.lose()
    device.wait(10)
    result = fine(device.import_(home.hlgen), "import while it is lost")
    assert said(device, "has given no prefix yet"), device.texts[-3:]
    fine(device.import_(home.confirm), "confirm")
    if "prefix" in kind[0]:
        assert not result.writes, result.writes[:3]
    else:
        assert listed(device) == (at("::/56", 0x30, 0x200), "true"), f"imported while lost: {listed(device)}"
    result = fine(device.import_(home.hlgen), "second import while it is lost")
    assert not result.writes, result.writes[:3]
    device.writes.clear()
    device.bind(OTHER)
    device.wait(6)
    right(device, OTHER, before, "lost, imported, and another came")


def lengths(kind):
    options, state, commands = kind
    for prefix in ("2a0d:5600:9::/48", "2a0d:5600:9:3000::/52", "2a0d:5600:9:80::/58"):
        _, device = bound(kind)
        before = others(device)
        for early in (0, 30):
            one = device.copy()
            one.bind(prefix, early=early)
            one.wait(6)
            right(one, prefix, before, f"{prefix}, early {early}")
    for prefix in ("2a0d:5600:9:80::/59", "2a0d:5600:9:80::/60", "2a0d:5600:9:80::/64"):
        home, device = bound(kind)
        device.bind(prefix)
        device.wait(300)
        assert not device.writes, f"{prefix}: wrote {device.writes[:3]}"
        errors = logged(device, f"{prefix} is too small", "error")
        assert errors and "/58" in errors[0], f"{prefix}: the log does not say that it is too small: {logged(device, '', 'error')[:2]}"
        assert len(errors) <= 4, f"{prefix}: {len(errors)} times in the log"
        result = device.import_(home.hlgen)
        assert result.error and f"{prefix} is too small" in result.message, f"{prefix}: import: {result.error}"
        assert not result.writes, f"{prefix}: the import wrote {result.writes[:3]}"
    # With small subnet ids a /60 fits, and with 0 alone a /64.
    for ids, prefix, subnets in (("1 2 3", "2a0d:5600:9:80::/60", {"1": 1, "2": 2, "3": 3}), ("- - 0", "2a0d:5600:9:80::/64", {"0": 0})):
        one = {name: text for name, text in options.items() if name != "prefix"}
        # A network without IPv6 keeps the advertisements that it has.
        _, device = imported(({**one, "ids": ids}, state, [] if "-" in ids else commands))
        device.bind(prefix)
        device.wait(6)
        last = list(subnets.values())[-1]
        assert listed(device) == (at(prefix, last, 0x200), "false"), f"{prefix}: {listed(device)}"
        for text, number in subnets.items():
            has = device.row("/ipv6/address", comment=f"hlgen:home:gateway6:{text}")["address"].split("/")[0]
            assert ipaddress.IPv6Address(has) == at(prefix, number, 1), f"{prefix}: {text} has {has}"
        assert not logged(device, "", "error"), f"{prefix}: {logged(device, '', 'error')[:2]}"


def renewed(kind):
    _, device = bound(kind)
    before = others(device)
    for _ in range(3):
        device.bind(PREFIX, twice=True)
        device.wait(3600)
    right(device, PREFIX, before, "renewed")
    assert not device.writes and not logged(device, "hlgen"), f"a renewal wrote {device.writes[:3]}, logged {logged(device, 'hlgen')[:2]}"


def unpinned(kind):
    """The router hands out /64s in its own order: loud, with network, has and wanted; all else is in place."""
    options, state, commands = kind
    home = site(**options)
    good, bad = router(state, *commands, provider=None), router(state, *commands, provider=None, pinning=False)
    fine(good.import_(home.hlgen))
    fine(bad.import_(home.hlgen))
    fine(bad.import_(home.confirm))
    fine(good.import_(home.confirm))
    for device in (good, bad):
        device.bind(PREFIX)
        device.wait(200)
    assert logged(bad, "not everything fits", "error"), f"the hook logged {logged(bad, 'hlgen')}"
    bad.log.clear()
    bad.texts.clear()
    result = bad.import_(home.hlgen)
    has = bad.row("/ipv6/address", comment="hlgen:home:gateway6:30")["address"].split("/")[0]
    assert result.error, "the import does not fail"
    for wanted in (f"network kubernetes has {has}", f"wanted is {at(PREFIX, 0x30, 1)}"):
        assert wanted in result.message, f"the error is: {result.message}"
    found = changes(good.dump(), bad.dump())
    assert not found, f"not all else is in place: {found[:4]}"
    assert not result.writes, f"it wrote {result.writes[:3]}"


def old_site(kind):
    """A script built from the old prefix, imported while the router has the new one."""
    options = kind[0]
    old = site(**{**options, "prefix": PREFIX})
    _, device = bound(kind, OTHER)
    before, wrong = others(device), []
    row = f'[find where comment="{TAG}"]'
    for what, command in {"as it is": "", "without the row": f"{LIST}/remove {row}", "the row turned off": f"{LIST}/set {row} disabled=yes",
                          "the old address": f"{LIST}/set {row} address={at(PREFIX, 0x30, 0x200)}"}.items():
        one = device.copy()
        if command:
            one.command(command)
        start = len(one.writes)
        result = fine(one.import_(old.hlgen), what)
        # A literal would let visitors to the old address, even if only for a moment.
        wrong += [f"{what}: the old literal is written: {write}" for write in one.writes[start:]
                  if write.menu == LIST and str(at(PREFIX, 0x30, 0x200)) in str(write.values)]
        if listed(one) != (at(OTHER, 0x30, 0x200), "false"):
            wrong.append(f"{what}: the list has {listed(one)}")
        wrong += [f"{what}: {line}" for line in changes(before, others(one)) if not line.startswith("/system/scheduler")]
        if not command and result.writes:
            wrong.append(f"{what}: wrote {result.writes[:3]}")
        if command and said(one, "nothing was written"):
            wrong.append(f"{what}: it set the list, and says that nothing was written")
    device.lose()
    device.wait(5)
    fine(device.import_(old.hlgen), "not bound")
    if listed(device) != (at(PREFIX, 0x30, 0x200), "false"):
        wrong.append(f"not bound: the list has {listed(device)}")
    return wrong


def meanwhile(kind):
    """An import while the hook waits for the pool, and the hook goes on."""
    home, device = bound(kind)
    before = others(device)
    device.bind(OTHER, early=30, twice=True, wait=False)
    device.wait(10)
    result = fine(device.import_(home.hlgen), "import in between")
    assert not result.writes, result.writes[:3]
    device.wait(40)
    right(device, OTHER, before, "after it")


def stored(kind):
    """The stored script and the hook: scripts of their own, under the policies that a hook has."""
    _, device = bound(kind)
    script = device.row("/system/script", name="hlgen-home-prefix")
    hook = device.row("/ipv6/dhcp-client", comment="hlgen:home:dhcpv6")["script"]
    assert script["policy"] == "read,write,test", script["policy"]
    wrong = []
    for name, text in (("script", script["source"]), ("hook", hook)):
        parsed = Script(text)
        wrong += [f"{name}: {problem}" for problem in list(parsed.problems) + list(parsed.fatal)]
        if os.path.isdir(SCHEMAS):
            wrong += [f"{name}: {release}: {line}: {message}" for release in ("7.12.2", "7.16.2", "7.20.8", "7.24")
                      for line, message in Checker(SCHEMAS, release).check(text.encode())
                      if message not in GIVEN]
        if "delay" in text and name == "script":
            wrong.append("the script waits: it must only look")
    # Run by hand and by netwatch: nobody lacks a right.
    device.command("/system/script/run hlgen-home-prefix")
    device.command('/tool/netwatch/add host=192.0.2.1 down-script=hlgen-home-prefix')
    device.set_reachable("192.0.2.1", False)
    wrong += logged(device, "", "error")
    return wrong


def main():
    report = Report("prefix")
    for name, kind in KINDS.items():
        for what, test in (("bound for the first time", first), ("changed", changed), ("followed late", slow), ("lost", lost),
                           ("of other lengths", lengths), ("renewed", renewed), ("not pinned", unpinned),
                           ("a script of the old prefix", old_site), ("an import meanwhile", meanwhile), ("what is stored", stored)):
            report.test(f"{what}: {name}", test, kind)
    return report.status()


if __name__ == "__main__":
    sys.exit(main())
