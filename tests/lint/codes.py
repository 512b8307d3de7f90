#!/usr/bin/python3
"""Prints every diagnostic code without a real explanation or without a test; prints nothing when all is well.

Tested means: some tests/errors/*.expected shows "[code]", or tests/errors/elsewhere names the test that provokes it, one
"CODE PATH" a line; that file must then mention the code, by its name or as DIAG_NAME."""
import pathlib
import re


def rows():
    """(identifier, name, title, explanation) of codes.def."""
    text = pathlib.Path("src/diag/codes.def").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    string = r'"(?:[^"\\]|\\.)*"'
    found = re.findall(rf"CODE\(\s*(\w+)\s*,\s*({string})\s*,\s*\w+\s*,\s*((?:{string}\s*)+),\s*((?:{string}\s*)+)\)", text)
    if len(found) != len(re.findall(r"\bCODE\(", text)):
        print("src/diag/codes.def: some rows cannot be read")
    for identifier, *groups in found:
        yield (identifier, *("".join(part[1:-1] for part in re.findall(string, group)) for group in groups))


def main():
    shown = set()
    for path in pathlib.Path("tests/errors").glob("*.expected"):
        shown.update(re.findall(r"^(?:\S+: )?(?:error|warning): .* \[([a-z0-9-]+)\]$", path.read_text(encoding="utf-8"), re.MULTILINE))
    elsewhere = {}
    listing = pathlib.Path("tests/errors/elsewhere")
    if listing.is_file():
        for number, line in enumerate(listing.read_text(encoding="utf-8").split("\n"), 1):
            line = line.split("#")[0].split()
            if not line:
                continue
            if len(line) != 2:
                print(f"{listing}:{number}: expected CODE PATH")
                continue
            elsewhere[line[0]] = line[1]
    names = set()
    used = set()
    for path in pathlib.Path("src").rglob("*.c"):
        used.update(re.findall(r"\bDIAG_(\w+)", path.read_text(encoding="utf-8")))
    for identifier, name, title, explanation in rows():
        names.add(name)
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
            print(f"{name}: a code is lower case words and hyphens")
        if not title or title[0].isupper() or title.endswith("."):
            print(f"{name}: the title follows the rules of messages: no capital, no full stop")
        if len(explanation.replace("\\n", "\n")) < 80:
            print(f"{name}: an explanation has at least 80 characters")
        if identifier not in used:
            print(f"{name}: no source reports it")
        if name in elsewhere:
            path = pathlib.Path(elsewhere[name])
            if not path.is_file():
                print(f"{name}: tests/errors/elsewhere names {path}, which is not there")
            elif not re.search(rf"\bDIAG_{identifier}\b|\b{re.escape(name)}\b", path.read_text(encoding="utf-8")):
                print(f"{name}: {path} does not mention it")
        elif name not in shown:
            print(f"{name}: no pair in tests/errors shows it, and tests/errors/elsewhere does not name another test")
    for name in sorted(set(elsewhere) - names):
        print(f"tests/errors/elsewhere: there is no code {name}")
    for name in sorted(shown - names):
        print(f"tests/errors: an expected text shows [{name}], which is no code")


if __name__ == "__main__":
    main()
