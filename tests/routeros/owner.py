"""The owner of the router has rules, too, and a hand that slips."""
import compare
import probes
from checks import SETTLE
from router import ScriptError

MENUS = (("ip", 4), ("ipv6", 6))


def found(case, router):
    """Packets that pass and should not, and the other way round."""
    return probes.packet_troubles(router, case.plan, compare.Wanted(router, case.plan))


def after(case, router, what, own=None):
    """Imports on a router that somebody has changed: what must pass passes, a second import writes nothing."""
    result = router.import_(case.script)
    router.wait(SETTLE)
    troubles = [result.error] if result.error else found(case, router)
    second = router.copy().import_(case.script)
    if second.writes or second.error:
        troubles.append(f"a second import: {second.error or second.writes[:2]}")
    if own is not None and compare.foreign(router, case.tag) != own:
        troubles.append("the owner's rows changed")
    return [f"{what}: {text}" for text in troubles[:2]]


def drops(case):
    """A drop of the owner's at every position of forward and input, for everything and for the tunnel only.
    Gives (number of positions, troubles)."""
    router, _ = case.imported()
    tunnel = case.plan["router"]["interface"]
    count, troubles = 0, []
    for family, number in MENUS:
        menu = f"/{family}/firewall/filter"
        for chain in ("forward", "input"):
            rows = [row[".id"] for row in router.rows(menu, chain=chain) if row["dynamic"] != "true"]
            for before in rows + [None]:
                for extra in ("", f" in-interface={tunnel}"):
                    changed = router.copy()
                    place = f" place-before={before}" if before else ""
                    changed.command(f'{menu}/add chain={chain} action=drop comment="stay out"{extra}{place}')
                    own = compare.foreign(changed, case.tag)
                    what = f"a drop{extra} before {before} in {family} {chain}"
                    count += 1
                    troubles += after(case, changed, what, own)
                    if not extra:
                        troubles += still_decides(changed, chain, number, what)
    return count, troubles


def still_decides(router, chain, number, what):
    """The owner's drop decides about the owner's own traffic unless a rule of the owner's before it accepted that."""
    view = probes.View(router)
    source, target = ("10.77.0.5", "10.78.0.5") if number == 4 else ("fd10:77::5", "fd10:78::5")
    packet = probes.Packet(number, chain, "ether4", "ether3" if chain == "forward" else "", source, target, "udp", 4444)
    return [f"{what}: the owner's drop is not reached by {packet}"] if view.decide(packet) else []


def forbids(case):
    """The owner forbids something in particular on the way to the internet, before or after the first import: it stays forbidden,
    and nothing else is. Gives (number of positions, troubles)."""
    router, _ = case.imported()
    wan, mail = case.plan["router"]["wan"], 25
    inside = [row["interface"] for row in router.rows("/interface/list/member", list=f"hlgen-{case.plan['site']}")]
    count, troubles = 0, []
    for start in (case.start, router):
        rows = [row[".id"] for row in start.rows("/ipv6/firewall/filter", chain="forward") if row["dynamic"] != "true"]
        for before in rows + [None]:
            changed = start.copy()
            place = f" place-before={before}" if before else ""
            changed.command(f"/ipv6/firewall/filter/add chain=forward action=drop protocol=tcp dst-port={mail} out-interface={wan} comment=mail{place}")
            if changed.import_(case.script).error:
                troubles.append(f"before {before}: the import ends with an error")
                continue
            view = probes.View(changed)
            for interface in inside:
                count += 1
                passes = {port: view.decide(probes.Packet(6, "forward", interface, wan, "2a0d:5600:abcd:30::5", "2606:4700::1", "tcp", port))
                          for port in (mail, 443)}
                # Behind what accepts everything from the house, the stock firewall's way too, the owner's own rule is of no effect.
                if not passes[443] or (passes[mail] and before != None and before in rows[:1]):
                    troubles.append(f"before {before}, from {interface}: {passes}")
    return count, troubles


HAND = ("disable {id}", "set {id} action=passthrough", "set {id} dst-address={any}", "set {id} chain=elsewhere", "move {id}", "remove {id}",
        "set {id} in-interface=ether3", "set {id} protocol=tcp", "set {id} connection-state=new")


def slips(case, step=1):
    """Each of hlgen's rules disabled, changed, moved or removed by hand: the next import mends it. A step above 1 takes only some.
    Gives (number of slips, troubles)."""
    router, _ = case.imported()
    reference = chains(case, router)
    tried = [(f"/{family}/firewall/filter", row, hand.format(id=row[".id"], any="0.0.0.0/0" if number == 4 else "::/0"))
             for family, number in MENUS for row in router.rows(f"/{family}/firewall/filter")
             if row.get("comment", "").startswith(case.tag) for hand in HAND][::step]
    troubles = []
    for menu, row, command in tried:
        changed = router.copy()
        try:
            changed.command(f"{menu}/{command}")
        except ScriptError:
            continue  # the router takes no such rule
        what = f"{menu} {row['comment']}: {command}"
        troubles += after(case, changed, what)
        if chains(case, changed) != reference:
            troubles.append(f"{what}: not mended: {compare.differences(reference, chains(case, changed))[:2]}")
    return len(tried), troubles


def chains(case, router):
    """hlgen's own chains in their order, and its rules elsewhere. Where a jump stands among rules that decide nothing is free."""
    result = {}
    for family, _ in MENUS:
        for row in router.rows(f"/{family}/firewall/filter"):
            if row.get("comment", "").startswith(case.tag):
                text = compare.text_of({name: value for name, value in row.items() if name not in (".id", "bytes", "packets")})
                result.setdefault(f"{family} {row['chain']}", []).append(text)
    return {chain: rows if chain.partition(" ")[2].startswith("hlgen-") else sorted(rows) for chain, rows in result.items()}
