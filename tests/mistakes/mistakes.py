#!/usr/bin/python3
"""Makes single mistakes in examples/homelab.yaml, one at a time, and checks what `hlgen check` says: mistakes.py HLGEN TEMP [WORD…]

A row is (OLD, NEW, VERDICT) or (OLD, NEW, VERDICT, PLACE). OLD stands exactly once in the file. The verdict is
    error CODE or warning CODE   a diagnostic with this code (or one of CODE|CODE) stands at a line that was touched, or has a note there;
                                 PLACE is text of another line that counts as touched, for what was removed or is contradicted there
    same: REASON                 no diagnostic, and `show site` prints what it prints for the file without the edit
    same-plan: REASON            the same for `show plan`
    other: REASON                no diagnostic, but another site: what nobody but the owner can know to be wrong
Whatever the row: the program ends by itself with status 0 or 1, and says at most three things more than the one that was expected.
With words, only rows that contain one of them are run, and what hlgen says is printed."""
import json
import pathlib
import subprocess
import sys

import meaning
import structure

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLLOW_UPS = 3
LEAST_MISTAKES = 200


def run(hlgen, temp, words, site):
    done = subprocess.run([hlgen, *words, "--keys", str(temp / "keys"), str(site)], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                          check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def line_at(text, offset):
    return text.count("\n", 0, offset) + 1


def touched_lines(text, row, start):
    """Lines of the new text, counted from 1, that hold what was put in, or the PLACE."""
    new = row[1]
    lines = set(range(line_at(text, start), line_at(text, start + max(len(new.rstrip("\n")), 1) - 1) + 1)) if new.strip("\n") else set()
    # A removed piece of a line: the rest of the line was touched.
    if new == "" and not row[0].endswith("\n"):
        lines.add(line_at(text, start))
    if len(row) > 3:
        if text.count(row[3]) != 1:
            return None
        lines.add(line_at(text, text.index(row[3])))
    return lines


def stands_at(diagnostic, lines):
    if any(line in lines for line in range(diagnostic.get("line", 0), diagnostic.get("end_line", 0) + 1)):
        return True
    return any(note.get("line") in lines for note in diagnostic["notes"])


def check_reported(verdict, status, found, lines):
    severity, codes = verdict.split(" ")
    wanted = [one for one in found if one["severity"] == severity and one["code"] in codes.split("|")]
    if status != (1 if any(one["severity"] == "error" for one in found) else 0):
        yield f"exit {status} does not fit the diagnostics"
    if not wanted:
        yield f"no {verdict}"
    elif not any(stands_at(one, lines) for one in wanted):
        yield f"{verdict} stands elsewhere, not at line {sorted(lines)}"
    if len(found) > 1 + FOLLOW_UPS:
        yield f"{len(found) - 1} other diagnostics"


class Runner:
    def __init__(self, hlgen, temp):
        self.hlgen, self.temp = hlgen, temp
        self.text = (ROOT / "examples/homelab.yaml").read_text(encoding="utf-8")
        (temp / "good").mkdir()
        self.good = temp / "good" / "site.yaml"
        self.good.write_text(self.text, encoding="utf-8")
        # The same keys for all, so that two plans can be compared.
        run(hlgen, temp, ["build", "-o", str(temp / "out")], self.good)
        self.shown = {what: self.show(what, self.good) for what in ("site", "plan")}

    def show(self, what, site):
        status, out, err = run(self.hlgen, self.temp, ["show", what], site)
        return out if status == 0 else f"exit {status}: {err}"

    def complaints(self, row, site):
        old, new, verdict = row[:3]
        if self.text.count(old) != 1:
            return [f"the old text stands {self.text.count(old)} times in examples/homelab.yaml: adapt this row"]
        start = self.text.index(old)
        text = self.text[:start] + new + self.text[start + len(old):]
        site.write_text(text, encoding="utf-8", newline="")
        lines = touched_lines(text, row, start)
        if lines is None:
            return ["the place does not stand exactly once in the file: adapt this row"]
        status, _, err = run(self.hlgen, self.temp, ["check", "--diagnostics=json"], site)
        if status not in (0, 1):
            return [f"exit {status}: {err}"]
        found = [json.loads(line) for line in err.splitlines()]
        if verdict.startswith(("error ", "warning ")):
            said = list(check_reported(verdict, status, found, lines))
        else:
            kind, reason = verdict.split(": ", 1)
            said = [] if not found and status == 0 and reason else ["something was reported"]
            what = {"same": "site", "same-plan": "plan", "other": "site"}[kind]
            if not said and (self.show(what, site) == self.shown[what]) != (kind != "other"):
                said = ["the site is not the same" if kind != "other" else "the site is the same: say so in the verdict"]
        return said + [f"{one['severity']} {one['code']} line {one.get('line')}: {one['message']}" for one in found] if said else []


def main():
    temp = pathlib.Path(sys.argv[2])
    words = sys.argv[3:]
    runner = Runner(sys.argv[1], temp)
    count = 0
    seen = set()
    for group, rows in {**structure.GROUPS, **meaning.GROUPS}.items():
        for number, row in enumerate(rows, 1):
            if words and not any(word in part for part in row for word in words):
                continue
            count += 1
            folder = temp / f"{group}-{number}"
            folder.mkdir()
            site = folder / "site.yaml"
            said = runner.complaints(row, site)
            if row[:2] in seen:
                said.append("this mistake is listed twice")
            seen.add(row[:2])
            title = f"mistakes/{group} {number}: {' '.join(row[0].split())[:32]} -> {' '.join(row[1].split())[:48] or 'nothing'}"
            title = title.encode("ascii", "replace").decode()
            print(f"{'FAIL' if said else 'ok'} {title}")
            for line in said:
                print(f"    {row[2]}: {line}" if line is said[0] else f"    {line}")
            if words:
                print(run(runner.hlgen, temp, ["check"], site)[2])
    if not words:
        print(f"{'ok' if count >= LEAST_MISTAKES else 'FAIL'} mistakes/there are at least {LEAST_MISTAKES}")


if __name__ == "__main__":
    main()
