#!/usr/bin/python3
"""Lets each system call of a build fail, or kill it, in turn (fail.c), and looks at what is left: preload.py HLGEN LIBRARY TEMP

Two things are asked after each fault: each file is the old one or the new one, and the next run makes exactly the tree of a fresh
build, be it for the same site or for one that has changed in between. FAULT_ALL=1 tries every call, not a sample. Prints lines for
tests/run."""
import os
import pathlib
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ROOT = pathlib.Path(__file__).parents[2]
# Per function: whether the loss must be told (closing what was only read, and tidying up, may fail unnoticed), and the sample.
STRICT = ("write", "fsync", "syncfs", "rename", "fchmod", "mkdir", "flock")
STEPS = {"read": lambda at: 3, "openat": lambda at: 3, "close": lambda at: 3, "any": lambda at: 4, "malloc": lambda at: 1 + at // 10}
SAYS_WHAT = re.compile(rb"cannot .*: |out of memory|\[system\]")


class Trees:
    """The builds to compare with."""

    def __init__(self, hlgen, library, temp):
        self.hlgen, self.library, self.temp = hlgen, library, temp
        self.sites = {
            "old": ROOT / "examples/relay.yaml",
            "new": self.change("new", "domain=other.example", "tunnel.mtu=1380", "vps.nginx=shared"),
            "third": self.change("third", "domain=third.example", "tunnel.mtu=1340"),
        }
        self.whole = {"none": {}}
        for name, site in self.sites.items():
            result = self.build(f"{temp}/{name}", site)
            if result.returncode != 0:
                sys.exit(f"FAIL faults/preload: build\n    {result.stderr.decode()}")
            self.whole[name] = read(f"{temp}/{name}")

    def change(self, name, *settings):
        text = subprocess.run([ROOT / "tests/site.py", ROOT / "examples/relay.yaml", "set", *settings], check=True, capture_output=True).stdout
        path = pathlib.Path(self.temp, f"{name}.yaml")
        path.write_bytes(text)
        return path

    def build(self, tree, site, environment=None):
        command = [self.hlgen, "build", "--keys", f"{self.temp}/keys", "-o", tree, site]
        return subprocess.run(command, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL, capture_output=True, check=False)


def read(tree):
    """Relative path to (mode, bytes)."""
    found = {}
    for top, _, names in os.walk(tree):
        for name in names:
            path = f"{top}/{name}"
            with open(path, "rb") as file:
                found[os.path.relpath(path, tree)] = (os.stat(path).st_mode & 0o7777, file.read())
    return found


def difference(wanted, got):
    return ", ".join(sorted(path for path in wanted.keys() | got.keys() if wanted.get(path) != got.get(path)))


def judge(trees, tree, result, before, strict, at):
    """What is wrong after a fault, or None."""
    status, said = result.returncode, result.stderr
    left = read(tree) if os.path.isdir(tree) else {}
    if status == 0 and (strict or left != trees.whole["new"]):
        return "exit 0, as if nothing had happened"
    if status not in (0, 3, -9):
        return f"exit {status} instead of 3: {said!r}"
    if status == 3 and not SAYS_WHAT.search(said):
        return f"the message does not say what failed: {said!r}"
    temporary = [path for path in left if os.path.basename(path).startswith(".hlgen-")]
    if status == 3 and strict and b"out of memory" not in said and [path for path in temporary if path.endswith(".tmp")]:
        return f"temporaries are left: {temporary}"
    for path, content in left.items():
        # The manifest of an unfinished run says so; what it says is judged by the next run.
        if path not in temporary and path != "manifest.json" and content not in (trees.whole[before].get(path), trees.whole["new"].get(path)):
            return f"{path} is neither old nor new"
    # Both at each call would take twice as long.
    goals = ("new", "third") if "FAULT_ALL" in os.environ else ("new",) if at // 2 % 2 == 0 else ("third",)
    for goal in goals:
        shutil.rmtree(f"{tree}.next", ignore_errors=True)
        if os.path.isdir(tree):
            shutil.copytree(tree, f"{tree}.next")
        result = trees.build(f"{tree}.next", trees.sites[goal])
        if result.returncode != 0:
            return f"the next run ({goal}) does not finish the work: {result.stderr.decode()}"
        wrong = difference(trees.whole[goal], read(f"{tree}.next"))
        if wrong:
            return f"the next run ({goal}) leaves another tree: {wrong}"
    return None


def attempt(trees, function, before, strict, kill, at):
    """One fault: (whether it happened, what is wrong)."""
    tree = f"{trees.temp}/{function}-{before}-{bool(kill)}-{at}"
    if before != "none":
        shutil.copytree(f"{trees.temp}/{before}", tree)
    environment = {"HLGEN_FAULT": function, "HLGEN_FAULT_AT": str(at), "HLGEN_FAULT_MARK": f"{tree}.mark", "LD_PRELOAD": trees.library}
    if kill:
        environment["HLGEN_FAULT_KILL"] = "1"
    result = trees.build(tree, trees.sites["new"], environment)
    happened = os.path.exists(f"{tree}.mark")
    wrong = judge(trees, tree, result, before, strict, at) if happened else None
    for name in (tree, f"{tree}.next"):
        shutil.rmtree(name, ignore_errors=True)
    return happened, wrong


def inject(trees, function, before, kill=False):
    """Each call in turn, until there are no more. `before` is "old", or "none" for a first build."""
    name = f"faults/preload: {function} {'kills ' if kill else ''}over {before}"
    step = STEPS.get(function, lambda at: 1) if "FAULT_ALL" not in os.environ else lambda at: 1
    at, tried = 1, 0
    while True:
        happened, wrong = attempt(trees, function, before, not kill and function in STRICT, kill, at)
        if wrong:
            return f"FAIL {name}, call {at}\n    {wrong}"
        if not happened:
            return f"ok {name}, {tried} calls" if tried else f"FAIL {name}\n    the program makes no such call"
        tried += 1
        at += step(at)


def main():
    trees = Trees(*sys.argv[1:])
    jobs = [(function, "none") for function in STRICT]
    jobs += [(function, "old") for function in ("write", "fsync", "syncfs", "rename", "read", "openat", "close", "unlink", "malloc")]
    jobs += [("any", "none", True), ("any", "old", True)]
    with ThreadPoolExecutor(max_workers=2) as pool:
        for line in pool.map(lambda job: inject(trees, *job), jobs):
            print(line)


if __name__ == "__main__":
    main()
