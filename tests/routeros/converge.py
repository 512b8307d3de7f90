#!/usr/bin/python3
"""Imports the generated scripts on the stand-in, from every state and after every change of the site: converge.py FOLDER [WORD…]

FOLDER is for scratch files. Only tests whose name contains all the words are run. Prints `ok NAME`, or `FAIL NAME` and why."""
import multiprocessing
import sys
import traceback

import checks
import owner
import sites

# Every write and every line is stopped at here, elsewhere some 25 writes.
EVERY_LINE = {("managed VLANs, prefix known", "defconf"), ("unmanaged VLANs with IPv6", "hand-grown"), ("take-over", "playbooks"),
              ("homelab", "defconf")}
# Owner's rules and slips take longest: one router of each kind.
OWNERS = {("homelab", "defconf"), ("relay", "hand-grown"), ("managed VLANs, prefix known", "defconf with a prefix"),
          ("unmanaged VLANs with IPv6", "hand-grown"), ("untagged with a prefix", "empty-chr"), ("take-over", "playbooks")}
# Changes during which nothing that is allowed before and after may be refused.
NO_GAP = {"IPv6 added", "VLAN added", "VLAN removed", "client added", "client removed", "client renamed", "client turned off",
          "hub moved", "interface renamed", "prefix learned", "reach with a port", "relay to one more port", "subnet id",
          "tunnel interface renamed"}
ADOPTS = {"take-over", "everything"}
CASES = []


def release_of(*built):
    """The newest release that one of the scripts asks for, at least that of the states."""
    return max([one.release for one in built] + ["7.20.8"], key=lambda text: [int(part) for part in text.split(".")])


def cases(folder):
    """(name, function) of every test. The function gives troubles, or (count, troubles)."""
    shop = sites.Workshop(folder)
    all_sites = {**sites.SITES, "everything": sites.example()}
    for name, site in all_sites.items():
        built = shop.site(site)
        for state, (file, options) in sites.STATES.items():
            where = f"{name}, on {state}"

            def make(built=built, file=file, options=options):
                return checks.Case(built, checks.starting(file, options, release_of(built)))
            if (name, state) in sites.REFUSED:
                sentence = sites.REFUSED[name, state]
                yield f"{where}: refused", lambda make=make, sentence=sentence: checks.refused(make(), sentence)
                continue
            yield f"{where}: the wanted state", lambda make=make: checks.wanted_state(make())
            yield f"{where}: what passes", lambda make=make: checks.packets(make())
            yield f"{where}: again", lambda make=make: checks.again(make())
            yield f"{where}: foreign rows", lambda make=make, name=name: checks.foreign_stays(make(), name in ADOPTS)
            every = (name, state) in EVERY_LINE
            yield f"{where}: stopped", lambda make=make, every=every: checks.stops(make(), every)
            yield f"{where}: nothing wrong passes on the way", lambda make=make, name=name: on_the_way(make(), name in ADOPTS)
            if (name, state) in OWNERS:
                if built.plan.get("delegation"):
                    yield f"{where}: what the owner forbids", lambda make=make: owner.forbids(make())
                yield f"{where}: drops of the owner's", lambda make=make: owner.drops(make())
                yield f"{where}: changed by hand", lambda make=make, step=1 if state == "playbooks" else 7: owner.slips(make(), step)
    for name, site, state, sentence in sites.REFUSALS:
        built, (file, options) = shop.site(site), sites.STATES[state]
        yield f"{name}, on {state}: refused", lambda built=built, file=file, options=options, sentence=sentence: checks.refused(
            checks.Case(built, checks.starting(file, options, "7.20.8")), sentence)
    for one in sites.CHANGES:
        yield from changes(shop, one)


def on_the_way(case, gaps):
    return checks.order(case.start, case, gaps=gaps)


def changes(shop, one):
    before, after = shop.site(one.before), shop.site(one.after)
    for state in one.on:
        file, options = sites.STATES[state]

        def make(file=file, options=options):
            start = checks.starting(file, options, release_of(before, after))
            return checks.Case(before, start), checks.Case(after, start)
        yield f"change: {one.name}, on {state}", lambda make=make: checks.change(*make(), one.loose)
        yield f"change: {one.name}, on {state}: nothing wrong passes on the way", lambda make=make: changing(
            *make(), one.name not in NO_GAP)


def changing(before, after, gaps):
    router, _ = before.imported()
    router.import_(before.confirm)
    router.wait(checks.SETTLE)
    return checks.order(router, after, before.plan, gaps)


def run(number):
    name, test = CASES[number]
    try:
        found = test()
    except Exception:  # pylint: disable=broad-except
        return name, 0, traceback.format_exc().splitlines()[-12:]
    count, troubles = found if isinstance(found, tuple) else (0, found)
    return name, count, troubles


def main():
    CASES.extend((name, test) for name, test in cases(sys.argv[1]) if all(word in name for word in sys.argv[2:]))
    with multiprocessing.get_context("fork").Pool() as pool:
        for name, count, troubles in pool.imap(run, range(len(CASES))):
            times = f" ({count} times)" if count else ""
            print(f"{'FAIL' if troubles else 'ok'} routeros/converge: {name}{times}", flush=True)
            for trouble in troubles[:8]:
                print(f"    {str(trouble)[:400]}")


if __name__ == "__main__":
    main()
