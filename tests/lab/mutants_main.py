#!/usr/bin/python3
"""Runs the mutants (mutants_table.py) on one house, one after the other: break a file, put it into service, run its scenario, put it back.

    tests/lab/mutants [NAME…]      ok lab/mutant NAME: SCENARIO, HOP        FAIL lab/mutant NAME: SCENARIO does not notice"""
import os
import shutil
import subprocess
import sys
import time

import one_site
import scenario
from house import House
from lab_sites import site_text
from machine import FOLDER
from mutants_table import MUTANTS

SITE = "homelab"


class Broken:
    """A house in which one file of the tree is another one, for as long as the block lasts; also in what is built meanwhile."""

    def __init__(self, house, mutant):
        self.house, self.mutant = house, mutant
        self.tree = f"{house.tree}/{mutant.file}"
        with open(self.tree, encoding="utf-8") as file:
            self.good = file.read()

    def __enter__(self):
        self.house.mutation = self.spoil
        try:
            self.spoil(self.house.tree)
            self.serve()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        self.house.mutation = None
        self.write(self.house.tree, self.good)
        self.serve()

    def spoil(self, tree):
        with open(f"{tree}/{self.mutant.file}", encoding="utf-8") as file:
            self.write(tree, self.mutant.changed(file.read()))

    def write(self, tree, text):
        path = f"{tree}/{self.mutant.file}"
        mode = os.stat(path).st_mode
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)
        # As another build would have made it: the list of files knows it, or apply.sh would take it for damaged.
        if self.mutant.file.startswith("vps/"):
            subprocess.run(["sh", "-c", "{ sed 's/^[0-9a-f]*  //; /^#/d' files.sha256 | xargs sha256sum; echo '# complete'; } > new && mv new files.sha256"],
                           cwd=f"{tree}/vps", check=True)

    def serve(self):
        """Puts the tree's file into service: on the VPS where apply.sh would have put it, which itself would refuse some (it tests)."""
        house, top, path = self.house, *self.mutant.file.split("/", 1)
        if top == "vps":
            mode = os.stat(self.tree).st_mode & 0o777
            with open(self.tree, encoding="utf-8") as file:
                house.vps.write(f"/{path}", file.read(), mode)
            for words in self.mutant.service:
                house.vps.run("systemctl", *words.split())
            if any("wg-quick" in words for words in self.mutant.service) and house.mutation is None:
                house.hub.shaken(house.plan["router"]["public_key"], 60, int(time.time()) - 120)
        elif top == "router":
            house.home.import_(self.tree)
            house.home.confirm(f"{house.tree}/router/confirm.rsc")
        elif path.endswith("-values.yaml"):
            house.upgrade()
            house.ingress.start()
        elif top == "kubernetes":
            house.cluster.again()
        elif top == "nodes":
            house.configure_nodes()
            house.restart_node(path.split("/")[0])


def about(result, mutant):
    """What failed first, of what the mutant is about: (what, hop), or None."""
    for failure in result.failures:
        if any(mutant.about in text for text in failure.lines()):
            hop = failure.hop.strip().splitlines()
            return failure.what, " | ".join(text.strip() for text in hop[:2]) if hop and failure.probe else failure.seen
    return None


def control(house, when, names):
    """The scenarios pass when nothing is broken; the number of those that do not."""
    bad = 0
    for one in scenario.SCENARIOS:
        if one.name in names:
            result = scenario.run_one(house, SITE, one)
            said(result.ok(), f"control {when}: {one.name}", [text for failure in result.failures for text in failure.lines()])
            bad += not result.ok()
    return bad


def said(good, text, lines=()):
    print(f"{'ok' if good else 'FAIL'} lab/mutant {text}")
    for line in list(lines)[:12]:
        print(f"    {line}")
    print(end="", flush=True)


def attempt(house, mutant):
    one = next(each for each in scenario.SCENARIOS if each.name == mutant.scenario)
    begin = time.monotonic()
    with Broken(house, mutant):
        result = scenario.run_one(house, SITE, one)
    found = about(result, mutant)
    if found:
        said(True, f"{mutant.name}: {one.name}: {found[0]}, {found[1]} ({time.monotonic() - begin:.0f} s)")
    else:
        said(False, f"{mutant.name}: {one.name} does not notice", [f"nothing in it fails that is about '{mutant.about}'",
                                                                  *(text for failure in result.failures for text in failure.lines())])
    return bool(found)


def main():
    wanted = [each for each in MUTANTS if not sys.argv[1:] or each.name in sys.argv[1:]]
    unknown = set(sys.argv[1:]) - {each.name for each in MUTANTS}
    if unknown or not wanted:
        sys.exit(f"there is no mutant {', '.join(sorted(unknown))}; there are: {', '.join(each.name for each in MUTANTS)}")
    one_site.load_scenarios()
    missing = {each.scenario for each in wanted} - {one.name for one in scenario.SCENARIOS}
    if missing:
        sys.exit(f"there is no scenario {', '.join(sorted(missing))}")
    shutil.rmtree(f"{FOLDER}/house", ignore_errors=True)
    house = House(f"{FOLDER}/house", site_text(SITE))
    names = {each.scenario for each in wanted}
    bad = control(house, "before", names)
    good = 0
    for mutant in wanted:
        try:
            good += attempt(house, mutant)
        except Exception as error:  # pylint: disable=broad-exception-caught # the others are tried all the same
            said(False, f"{mutant.name}: {mutant.scenario}", [repr(error)])
    bad += control(house, "after", names)
    house.close()
    print(f"\n{good} of {len(wanted)} mutants were noticed; {bad} controls failed")
    print(f"\n{good + 2 * len(names) - bad} passed, {len(wanted) - good + bad} failed, 0 skipped", flush=True)
    sys.exit(1 if bad or good != len(wanted) else 0)


if __name__ == "__main__":
    main()
