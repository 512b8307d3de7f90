#!/usr/bin/python3
"""Runs all scenarios on all sites: each site in labs of its own (one_site.py), two labs at a time; says what they found, and ends with 1 if something is wrong.

    run [--site NAME]… [--only WORD]… [--keep-going]       list       (see run)"""
import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import one_site
import scenario
import table
from lab_sites import SITES
from machine import HERE

AT_ONCE = 2
LABS = {"homelab": 2}       # the biggest site has two, and each of them runs every other scenario
PRINTING = threading.Lock()


def words_of(arguments):
    parser = argparse.ArgumentParser(prog="tests/lab/run", allow_abbrev=False, description="Runs the scenarios of the lab.")
    parser.add_argument("--site", action="append", choices=list(SITES), help="only on this site; may be given several times")
    parser.add_argument("--only", action="append", metavar="WORD", help="only scenarios whose name contains this word; may be given several times")
    parser.add_argument("--keep-going", action="store_true", help="after a failure the next scenario gets no new house")
    return parser.parse_args(arguments)


def run_lab(site, part, only, keep_going):
    """One lab, for a site or for `part` of its scenarios ("1/2"): (its results, how long its houses took to come up, why it did not come to its
    end). It dies with us, and everything in it."""
    words = ["setpriv", "--pdeathsig", "KILL", f"{HERE}/run", "site", site, *(["--keep-going"] if keep_going else []), f"--part={part}", *only]
    environment = dict(os.environ)
    if environment.get("LAB_LOGS"):
        environment["LAB_LOGS"] = os.path.join(os.path.abspath(environment["LAB_LOGS"]), site, *([] if part == "1/1" else [part.replace("/", "-of-")]))
    results, brought_up, other = [], [], []
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as lab:
        for text in lab.stdout:
            if text.startswith(one_site.MARK):
                kind, value = json.loads(text.removeprefix(one_site.MARK))
                if kind == "up":
                    brought_up.append(value)
                    continue
                results.append(one_site.result_of(value))
                with PRINTING:
                    table.line(results[-1])
            else:
                other.append(text.rstrip("\n"))
    if lab.returncode != 0:
        return results, brought_up, "\n".join([f"ended with status {lab.returncode}", *other[-30:]])
    return results, brought_up, ""


def run_all(sites, only, keep_going):
    begin = time.monotonic()
    if only and not any(word in one.name for word in only for one in scenario.SCENARIOS):
        print(f"FAIL lab/none nothing ran\n    no scenario's name has {' or '.join(only)} in it; see tests/lab/run list\n\n0 passed, 1 failed, 0 skipped")
        return False
    # Where only some are wanted, one house does.
    labs = [(site, f"{number + 1}/{count}") for site in sites for count in [1 if only else LABS.get(site, 1)] for number in range(count)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        # The biggest one first: the small ones fit beside it.
        found = list(pool.map(lambda lab: run_lab(*lab, only, keep_going), labs))
    results = [result for one, _, _ in found for result in one]
    troubles = {site: why for (site, _), (_, _, why) in zip(labs, found) if why}
    # A scenario that found no site to run on is a mistake only where all sites were tried, and came up.
    everywhere = set(sites) == set(SITES) and not troubles
    passed = sum(each.ok() for each in results)
    failed = len(results) - passed + len(troubles)
    table.table(results, time.monotonic() - begin, only, everywhere)
    for (site, _), (_, houses, _) in zip(labs, found):
        if houses:
            print(f"  {site}: up in {houses[0]:.1f} s" + (f", {len(houses) - 1} more after failures" if len(houses) > 1 else ""))
    for site, why in troubles.items():
        print(f"FAIL lab/{site} the house\n" + "\n".join(f"    {text}" for text in why.splitlines()))
    if everywhere:
        failed += len(scenario.never_run(results, only))
    if not results and not troubles:
        print("FAIL lab/none nothing ran\n    these sites have not what the scenarios need; see tests/lab/run list")
        failed += 1
    print(f"\n{passed} passed, {failed} failed, 0 skipped", flush=True)
    return failed == 0


def show_list():
    """All scenarios with what they need, and the pending ones."""
    for row in table.columns([("scenario", "needs"), *((one.name, ", ".join(one.needs) or "-") for one in scenario.SCENARIOS)]):
        print(row)
    for name, why in scenario.PENDING:
        print(f"pending {name}: {why}")
    print(f"\n  {len(scenario.SCENARIOS)} scenarios, {len(scenario.PENDING)} pending; sites: {', '.join(SITES)}")


def ended(number, _):
    """Nobody is waited for: all labs end with this process."""
    os._exit(128 + number)


def main():
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, ended)
    one_site.load_scenarios()
    if sys.argv[1:] == ["list"]:
        show_list()
        return
    words = words_of(sys.argv[1:])
    sys.exit(0 if run_all(words.site or list(SITES), words.only or [], words.keep_going) else 1)


if __name__ == "__main__":
    main()
