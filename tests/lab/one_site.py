#!/usr/bin/python3
"""Runs the scenarios on one site, inside the lab's namespace: one_site.py SITE [--keep-going] [--part=N/M] [WORD…]; lab_main.py reads what it prints.
With --part only every M-th of them.

After a scenario that failed the house is made anew, so that what it broke does not make others fail; not with --keep-going, nor a fourth time."""
import dataclasses
import glob
import importlib
import json
import os
import shutil
import sys
import time

import scenario
from house import House
from lab_sites import BEFORE, site_text
from machine import FOLDER, HERE

# What stands at the begin of a line that is meant for lab_main.py.
MARK = "\x1elab "
# In this order; what is not named here comes after them. First what only looks, last what takes the house apart.
ORDER = ("relay", "names", "tunnel", "clients", "ipv6", "reach", "changes", "restart", "old", "site", "prefix")
FRESH = 3


def load_scenarios():
    """Imports all scenarios_*.py, in a fixed order."""
    def place(name):
        word = name.removeprefix("scenarios_").split("_")[0]
        return (ORDER.index(word) if word in ORDER else len(ORDER), name)
    for name in sorted((os.path.basename(path)[:-3] for path in glob.glob(f"{HERE}/scenarios_*.py")), key=place):
        importlib.import_module(name)


def tell(kind, value):
    print(f"{MARK}{json.dumps([kind, value])}", flush=True)


def result_of(value):
    """The Result that somebody told of."""
    value = dict(value)
    value["failures"] = [scenario.Failure(**each) for each in value["failures"]]
    value["measured"] = [tuple(each) for each in value["measured"]]
    return scenario.Result(**value)


def bring_up(site):
    """A new house, of which nothing was there before."""
    for path in ("house", "machines"):
        shutil.rmtree(f"{FOLDER}/{path}", ignore_errors=True)
    begin = time.monotonic()
    house = House(f"{FOLDER}/house", site_text(site), before=BEFORE.get(site, ()))
    tell("up", time.monotonic() - begin)
    return house


def run(site, only, keep_going, part):
    house, fresh = bring_up(site), 0
    number, count = map(int, part.split("/"))
    for one in list(scenario.selected(house, only))[number - 1::count]:
        if house is None:
            house, fresh = bring_up(site), fresh + 1
        result = scenario.run_one(house, site, one)
        tell("result", dataclasses.asdict(result))
        if not result.ok() and not keep_going and fresh < FRESH:
            house.close()
            house = None
    if house:
        house.close()


def main():
    site, *words = sys.argv[1:]
    load_scenarios()
    part = next((word.removeprefix("--part=") for word in words if word.startswith("--part=")), "1/1")
    run(site, [word for word in words if not word.startswith("--")], "--keep-going" in words, part)


if __name__ == "__main__":
    main()
