#!/usr/bin/python3
"""Lets every system call of init and client add fail in turn, or kills the program there: faults.py HLGEN FAIL_SO TEMP

Whatever happens, the site file is the old one or the new one, never half; a failure ends with status 1 or 3 and leaves nothing else behind."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MOST_CALLS = 500


class Faults:
    def __init__(self, hlgen, library, temp):
        self.hlgen, self.library, self.temp = hlgen, library, temp
        self.old = (ROOT / "examples/relay.yaml").read_bytes()

    def run(self, words, folder, at, kill):
        """Status, and whether the fault happened."""
        mark = self.temp / "mark"
        mark.unlink(missing_ok=True)
        env = dict(os.environ, LD_PRELOAD=self.library, HLGEN_FAULT="any", HLGEN_FAULT_AT=str(at), HLGEN_FAULT_MARK=str(mark))
        if kill:
            env["HLGEN_FAULT_KILL"] = "1"
        done = subprocess.run([self.hlgen, *words], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        return done.returncode, mark.exists()

    def once(self, words, start, good, at, kill):
        """Complaints about one run, or None when there was no such call any more."""
        folder = self.temp / f"{words[0]}-{at}-{kill}"
        folder.mkdir()
        site = folder / "site.yaml"
        if start is not None:
            site.write_bytes(start)
        status, happened = self.run(words, folder, at, kill)
        now = site.read_bytes() if site.exists() else None
        others = [entry.name for entry in folder.iterdir() if entry.name != "site.yaml"]
        if not happened:
            return None
        said = []
        # A killed init may leave the file that it had just made: nobody's text is lost.
        half_is_fine = kill and start is None and now is not None and good.startswith(now)
        if now not in (start, good) and not half_is_fine:
            said.append(f"call {at}: the file is neither old nor new: {now!r}")
        if status == 0 and now != good:
            said.append(f"call {at}: status 0, but the file is not the new one")
        if not kill and status not in (0, 1, 3):
            said.append(f"call {at}: status {status}")
        if others and not kill:
            said.append(f"call {at}: left behind: {others}")
        return said

    def all(self, words, start, good, kill):
        said = []
        for at in range(1, MOST_CALLS):
            found = self.once(words, start, good, at, kill)
            if found is None:
                if at < 5:
                    said.append(f"only {at - 1} calls were seen")
                break
            said += found
        name = f"commands/{words[0]}: {'killed at' if kill else 'a failure of'} every system call"
        print(f"{'FAIL' if said else 'ok'} {name}")
        for line in said:
            print(f"    {line}")


def main():
    temp = pathlib.Path(sys.argv[3])
    faults = Faults(sys.argv[1], sys.argv[2], temp)
    init = subprocess.run([sys.argv[1], "init", "-"], capture_output=True, check=True).stdout
    added = faults.old + b"  new: { address: 10.100.0.11 }\n"
    for kill in (False, True):
        faults.all(["init"], None, init, kill)
        faults.all(["client", "add", "new"], faults.old, added, kill)


if __name__ == "__main__":
    main()
