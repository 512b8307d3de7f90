"""What must hold for a script on a router. Each check gives a list of troubles; none: it holds."""
import compare
import probes
from router import Router, Script

SETTLE = 60
BUILTIN = ("forward", "input")


class Case:
    """A site's script, and a router to import it on."""
    def __init__(self, built, start):
        self.built, self.plan, self.start = built, built.plan, start
        self.script, self.confirm = script_of(built.script), script_of(built.confirm)
        self.tag = f"hlgen:{self.plan['site']}:"

    def imported(self, router=None):
        """A router after one import and a while, and the result."""
        router = (router or self.start).copy()
        result = router.import_(self.script)
        router.wait(SETTLE)
        return router, result


def script_of(text, known={}):
    if text not in known:
        known[text] = Script(text)
    return known[text]


def starting(state, options, release):
    """A router that has been running for a while."""
    router = Router.load(state, release=release, **options)
    router.wait(10)
    return router


# ---- 1: once ----

def refused(case, sentence):
    """The preflight stops the import with this sentence and nothing was touched."""
    router, result = case.imported()
    troubles = [] if sentence in (result.error or "") else [f"said: {result.error}", f"wanted: {sentence}"]
    if result.writes or router.dump() != case.start.dump():
        troubles.append(f"{len(result.writes)} writes")
    return troubles


def wanted_state(case):
    router, result = case.imported()
    if result.error:
        return [result.error]
    return case.script.problems + compare.Wanted(router, case.plan).troubles + \
        [f"log: {text}" for topics, text in router.log if "error" in topics]


def packets(case):
    router, _ = case.imported()
    return probes.packet_troubles(router, case.plan, compare.Wanted(router, case.plan))


# ---- 2: again ----

def again(case):
    """A second import writes nothing, confirmed or not; a third after a restart, too."""
    router, _ = case.imported()
    troubles = []
    for what in ("again", "after the confirmation", "after a restart"):
        if what == "after the confirmation":
            router.import_(case.confirm)
        if what == "after a restart":
            router.reboot()
            router.wait(SETTLE)
        before, saved = router.dump(), len([1 for write in router.writes if write.menu == "/system/backup"])
        result = router.import_(case.script)
        if result.error or result.writes:
            troubles.append(f"{what}: {result.error or result.writes[:3]}")
        router.wait(SETTLE)
        if router.dump() != before:
            troubles.append(f"{what}: the configuration changed")
        if len([1 for write in router.writes if write.menu == "/system/backup"]) != saved or \
                (what != "again" and router.rows("/system/scheduler", comment=case.tag + "rollback")):
            troubles.append(f"{what}: a way back was made")
    return troubles


def foreign_stays(case, adopts):
    """What is not hlgen's is as it was. adopts: what the old playbooks left becomes hlgen's, so it is looked at only without that."""
    router, _ = case.imported()
    before, after = compare.foreign(case.start, case.tag), compare.foreign(router, case.tag)
    if case.plan["router"]["manage_vlans"]:
        for rows in (before, after):
            rows["/interface/bridge"] = [text.replace("vlan-filtering=false", "vlan-filtering=true") for text in rows["/interface/bridge"]]
    troubles = []
    for menu in sorted(set(before) | set(after)):
        left, right = before.get(menu, []), after.get(menu, [])
        if adopts:
            left = [text for text in left if text in right or not OLD.intersection(word.partition("=")[2] for word in text.split())
                    and not any(word.startswith(("comment=fw6-", "comment=ipv6-gw-", "comment=nd-")) for word in text.split())]
        if left != right:
            troubles += [f"{menu}: lost or changed: {text}" for text in left if text not in right] + \
                [f"{menu}: new or changed: {text}" for text in right if text not in left] or [f"{menu}: another order"]
    view, start = probes.View(router), probes.View(case.start)
    for packet in [] if adopts else probes.owner_packets(case.start, case.plan):
        if view.decide(packet) != start.decide(packet):
            troubles.append(f"{'refused' if start.decide(packet) else 'passes'} now: {packet}")
    return troubles


OLD = {"wg-vps-tunnel-ip", "vps-relay-peer", "fw-wg-vps-fwd", "fw-wg-bridge-fwd", "dhcpv6-pd-starlink", "wg-vps-tunnel",
       "vlan10-management", "vlan20-trusted-lan", "vlan30-kubernetes"}


# ---- 3: stopped ----

class Spy:
    """Compared with every line that is about to run; notes how many writes were done when a line came up first."""
    def __init__(self, router):
        self.router, self.first = router, len(router.writes)
        self.seen = {}

    def __eq__(self, line):
        self.seen.setdefault(line, len(self.router.writes) - self.first)
        return False

    def __hash__(self):
        return id(self)


def mended(case, router, reference, what):
    """Imports once more on a router on which an import was stopped."""
    result = router.import_(case.script)
    router.wait(SETTLE)
    if result.error:
        return [f"{what}: {result.error}"]
    troubles = compare.differences(reference, compare.canonical(router))
    armed = router.rows("/system/scheduler", comment=case.tag + "rollback")
    if len(armed) != 1:
        troubles.append(f"{len(armed)} ways back are armed")
    for _, (_, tables, _) in router.backups.items():
        for menu in ("/ip/firewall/filter", "/ipv6/firewall/filter", "/interface/wireguard", "/ip/address", "/interface/vlan"):
            if list(tables[menu].values()) != list(case.start.tables[menu].values()):
                troubles.append(f"the backup is not the good state: {menu}")
    return [f"{what}: {text}" for text in troubles[:3]]


def stops(case, every_line):
    """Stopped before every write and every line, and imported again: as if it had not been stopped. What a stop leaves
    behind is the writes before it; so without every_line only some writes are stopped at. Gives (number of stops, troubles)."""
    whole = case.start.copy()
    spy = Spy(whole)
    writes = len(whole.import_(case.script, stop_at_line=spy).writes)
    whole.wait(SETTLE)
    reference = compare.canonical(whole)
    troubles, seen = [], set()
    tried = range(1, writes + 1, 1 if every_line else 1 + writes // 25)
    for number in tried:
        router = case.start.copy()
        if not router.import_(case.script, stop_at_write=number).stopped:
            troubles.append(f"write {number} was not reached")
        seen.add(router.stamps())
        troubles += mended(case, router, reference, f"stopped before write {number}")
        if len(troubles) > 20:
            break
    if not every_line:
        return len(tried), troubles
    # Lines that came up after the same number of writes leave the same behind: one of them is stopped at for all.
    for line in {count: line for line, count in sorted(spy.seen.items(), reverse=True)}.values():
        router = case.start.copy()
        if not router.import_(case.script, stop_at_line=line).stopped:
            troubles.append(f"line {line} was not reached")
        stamps = router.stamps()
        if stamps not in seen and len(troubles) <= 20:
            seen.add(stamps)
            troubles += mended(case, router, reference, f"stopped before line {line}")
    return len(tried) + len(spy.seen), troubles


# ---- 4: changes ----

def change(before, after, loose):
    """`before`, confirmed, and then `after` are the same as `after` alone. Both are Cases with the same start."""
    router, result = before.imported()
    router.import_(before.confirm)
    if result.error:
        return [result.error]
    old = compare.foreign(router, before.tag)
    held = compare.canonical(router)
    router, result = after.imported(router)
    if result.error:
        return [result.error]
    second = router.copy().import_(after.script)
    troubles = [f"a second import writes: {write}" for write in second.writes[:3]]
    router.import_(after.confirm)
    if loose == "nothing else is lost":
        return troubles + compare.differences(old, compare.foreign(router, after.tag))
    if loose == "nothing changes":
        return troubles + compare.differences(held, compare.canonical(router))
    fresh, result = after.imported()
    if result.error:
        return [result.error]
    fresh.import_(after.confirm)
    return troubles + compare.differences(compare.canonical(fresh), compare.canonical(router)) + \
        compare.Wanted(router, after.plan).troubles + probes.packet_troubles(router, after.plan, compare.Wanted(router, after.plan))


# ---- 6: the order of writes ----

class Watched(Router):
    """A router that calls `watch` before each write that may change what passes."""
    watch = staticmethod(lambda: None)

    def record(self, line, path, command, one, values):
        if "firewall" in path or path.startswith(("/interface", "/ip/address", "/ipv6/address")):
            self.watch()
        super().record(line, path, command, one, values)


def order(start, case, old_plan=None, gaps=False):
    """At no point of the import passes anything from the tunnel that did not pass at the start and does not at the end; nothing that
    passes at both is refused on the way, unless gaps are accepted."""
    plans = [case.plan] + ([old_plan] if old_plan else [])
    tried = probes.tunnel_probes(*plans)
    end, result = case.imported(start)
    if result.error:
        return [result.error]
    first, last = probes.Moment(start, *plans).passing(tried), probes.Moment(end, *plans).passing(tried)
    router = start.copy()
    router.__class__ = Watched
    troubles = []

    def watch():
        passing = probes.Moment(router, *plans).passing(tried)
        at = f"after {len(router.writes)} writes ({router.writes[-1].line if router.writes else 'none'})"
        troubles.extend(f"{at} passes for a moment: {probe}" for probe in sorted(passing - first - last)[:2])
        if not gaps:
            troubles.extend(f"{at} refused for a moment: {probe}" for probe in sorted((first & last) - passing)[:2])
    router.watch = watch
    router.import_(case.script)
    watch()
    return troubles
