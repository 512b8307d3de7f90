#!/usr/bin/python3
"""Lets every system call of `hlgen prefix` fail in turn, or kills it there: prefix_faults.py HLGEN FAIL_SO TEMP

The site file is the old one or the new one, never half. As long as it is the old one, the tree is; no file of the tree is new before the
site file is. The same command, run once more, finishes the work, and tells of every file that has to be copied. As long as the program only
reads, a sample of its calls is enough; from its first write on it is every one."""
import os
import pathlib
import re
import shutil
import subprocess
import sys

from prefix_site import SECOND, with_section

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
from trees import tree_of  # noqa: E402

MOST_CALLS = 1000
STEP = 20  # while the program only reads
SHARE = int(os.environ.get("TEST_SHARE", "1"))  # for a slow build: every so many while it writes


class Faults:
    def __init__(self, hlgen, library, temp):
        self.hlgen, self.library, self.temp, self.said = hlgen, library, temp, []
        self.start, self.folder, self.mark = temp / "start", temp / "now", temp / "mark"
        self.start.mkdir()
        (self.start / "site.yaml").write_text(with_section("ipv6: { prefix: FIRST }\n"))
        self.once(self.start, "build")
        shutil.copytree(self.start, self.folder)
        self.once(self.folder, "prefix", SECOND)
        self.old, self.new = tree_of(self.start), tree_of(self.folder)
        self.changed = {path for path in self.new if self.old[path] != self.new[path] and path.startswith("out/")} - {"out/manifest.json"}

    def once(self, folder, *words, **more):
        env = dict(os.environ, **more)
        return subprocess.run([self.hlgen, *words], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)

    def fault(self, at, kill):
        """Runs the command with a fault at this call; None when there was no such call any more."""
        self.mark.unlink(missing_ok=True)
        more = {"HLGEN_FAULT_KILL": "1"} if kill else {}
        done = self.once(self.folder, "prefix", SECOND, LD_PRELOAD=self.library, HLGEN_FAULT="any", HLGEN_FAULT_AT=str(at),
                         HLGEN_FAULT_MARK=str(self.mark), **more)
        return done if self.mark.exists() else None

    def judge(self, at, done, kill):
        def need(truth, complaint):
            if not truth:
                self.said.append(f"call {at}: {complaint} ({done.stderr.decode()!r})")

        now = self.state()
        renewed = now["site.yaml"] == self.new["site.yaml"]
        need(renewed or now["site.yaml"] == self.old["site.yaml"], "the site file is neither old nor new")
        if not renewed:
            lasting = {path: data for path, data in now.items() if ".hlgen-" not in path} if kill else now
            need({path for path in lasting if lasting[path] != self.old.get(path)} <= {"out/manifest.json"} and lasting.keys() == self.old.keys(),
                 "the site file is the old one, but the rest is not")
        need(done.returncode in ((-9,) if kill else (0, 1, 3)), f"status {done.returncode}")
        need(done.returncode != 0 or now == self.new, "status 0, but not all is new")
        if renewed and done.returncode != 0 and not kill:
            need(b"has the new prefix, but the tree is not complete" in done.stderr or now == self.new, "it does not say what state things are in")
        if now in (self.old, self.new):
            return
        again = self.once(self.folder, "prefix", SECOND)
        need(again.returncode == 0 and self.state() == self.new, f"running it again does not finish the work: {again.stderr.decode()!r}")
        told = set(re.findall(r"^(?:changed|new) +(\S+)", again.stdout.decode(), re.M))
        need({f"out/{path}" for path in told} == self.changed, f"it tells of {sorted(told)}")

    def state(self):
        """All files; of the site file's own folder without what a killed run left there, which nobody takes for a site."""
        return {path: data for path, data in tree_of(self.folder).items() if not path.startswith(".hlgen-")}

    def restore(self):
        if tree_of(self.folder) != self.old:
            shutil.rmtree(self.folder)
            shutil.copytree(self.start, self.folder)

    def first_write(self):
        """About the first call at which a killed run leaves something behind."""
        self.restore()
        for at in range(1, MOST_CALLS, STEP):
            if self.fault(at, True) is None or tree_of(self.folder) != self.old:
                return max(1, at - STEP)
        return MOST_CALLS

    def all(self, kill, first):
        self.said, at = [], 1
        while at < MOST_CALLS:
            self.restore()
            done = self.fault(at, kill)
            if done is None:
                break
            self.judge(at, done, kill)
            at += STEP if at + STEP < first else SHARE
        if not first + STEP < at < MOST_CALLS:
            self.said.append(f"{at - 1} calls were seen, and the first write at {first}")
        name = f"commands/prefix: {'killed at' if kill else 'a failure of'} every system call"
        print(f"{'FAIL' if self.said else 'ok'} {name}")
        for line in self.said[:40]:
            print(f"    {line}")


def main():
    faults = Faults(sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]))
    first = faults.first_write()
    for kill in (False, True):
        faults.all(kill, first)


if __name__ == "__main__":
    main()
