#!/usr/bin/python3
"""Runs `hlgen client add` over the files of client-add/ and compares whole files: client_add.py HLGEN TEMP

NAME.before.yaml and NAME.after.yaml are a pair: the file before and after. NAME.before.yaml and NAME.refused: what is printed (standard
output, then standard error, then the status) and a file that was not touched. NAME.args holds the words after "add", one a line; without it
the client is called "new". Each pair is run four times: as it is, with CR LF, with a byte order mark, and without the last line end.
With --update, the .refused texts are written anew."""
import os
import pathlib
import subprocess
import sys

FOLDER = pathlib.Path(__file__).parent / "client-add"


def run(hlgen, folder, words):
    done = subprocess.run([hlgen, "client", "add", *words, "-s", "site.yaml"], cwd=folder, stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=60, check=False)
    return done.stdout.decode(), done.stderr.decode(), done.returncode


def words_of(name):
    path = FOLDER / f"{name}.args"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else ["new"]


def report(name, troubles):
    print(f"FAIL commands/client add: {name}" if troubles else f"ok commands/client add: {name}")
    for trouble in troubles:
        for line in str(trouble).split("\n"):
            print(f"    {line}")


def variants(before, after):
    yield "", before, after
    if b"\r" not in before:
        yield " with CR LF", before.replace(b"\n", b"\r\n"), after.replace(b"\n", b"\r\n")
    yield " with a byte order mark", b"\xef\xbb\xbf" + before, b"\xef\xbb\xbf" + after
    if before.endswith(b"\n") and not before.endswith(b"\n\n"):
        yield " without the last line end", before[:-1], after[:-1]


def check_pair(hlgen, folder, name):
    before = (FOLDER / f"{name}.before.yaml").read_bytes()
    after = (FOLDER / f"{name}.after.yaml").read_bytes()
    site = folder / "site.yaml"
    for what, old, new in variants(before, after):
        site.write_bytes(old)
        os.chmod(site, 0o640)
        out, err, status = run(hlgen, folder, words_of(name))
        troubles = []
        if status != 0 or not out.startswith("added client '"):
            troubles.append(f"exit {status}\n{out}{err}")
        if site.read_bytes() != new:
            troubles.append(f"expected:\n{new!r}\ngot:\n{site.read_bytes()!r}")
        if site.stat().st_mode & 0o7777 != 0o640:
            troubles.append("the mode changed")
        if [entry.name for entry in folder.iterdir()] != ["site.yaml"]:
            troubles.append("something else is in the folder")
        report(name + what, troubles)


def check_refusal(hlgen, folder, name, update):
    site = folder / "site.yaml"
    old = (FOLDER / f"{name}.before.yaml").read_bytes()
    expected = FOLDER / f"{name}.refused"
    site.write_bytes(old)
    stat = site.stat()
    out, err, status = run(hlgen, folder, words_of(name))
    got = f"{out}--\n{err}--\nexit: {status}\n"
    if update:
        expected.write_text(got, encoding="utf-8")
    troubles = []
    if got != expected.read_text(encoding="utf-8"):
        troubles.append(f"expected:\n{expected.read_text(encoding='utf-8')}\ngot:\n{got}")
    if status not in (1, 2):
        troubles.append(f"exit {status}")
    now = site.stat()
    if site.read_bytes() != old or (now.st_ino, now.st_mtime_ns) != (stat.st_ino, stat.st_mtime_ns):
        troubles.append("the file was touched")
    if [entry.name for entry in folder.iterdir()] != ["site.yaml"]:
        troubles.append("something else is in the folder")
    report(f"{name} is refused", troubles)


def main():
    hlgen, temp = sys.argv[1], pathlib.Path(sys.argv[2])
    for path in sorted(FOLDER.glob("*.before.yaml")):
        name = path.name[: -len(".before.yaml")]
        folder = temp / name
        folder.mkdir()
        if (FOLDER / f"{name}.refused").exists():
            check_refusal(hlgen, folder, name, "--update" in sys.argv)
        else:
            check_pair(hlgen, folder, name)
    for path in sorted(FOLDER.iterdir()):
        name = path.name.split(".")[0] if not path.name.startswith("1.") else path.name
        if not (FOLDER / f"{name}.before.yaml").exists():
            report(path.name, ["there is no .before.yaml beside it"])


if __name__ == "__main__":
    main()
