#!/usr/bin/python3
"""Prints every include that goes the wrong way between the stages of src/; prints nothing when all is well."""
import pathlib
import re

STAGES = ["yaml", "site", "plan", "render", "artifact", "output", "command"]
# Who may use what of the folders that lie underneath.
UNDER = {"base": set(), "diag": {"base"}, "secret": {"base", "diag"}}
SYSTEM = {"yaml.h": {"yaml"}, "jansson.h": {"diag", "plan", "output", "command", "site"}, "qrencode.h": {"artifact"}, "png.h": {"artifact"}, "zlib.h": {"artifact"}}


def allowed(stage):
    """Folders that a file of this folder may include from."""
    if stage in UNDER:
        return UNDER[stage] | {stage}
    if stage == "main.c":
        return set(STAGES) | set(UNDER)
    return set(STAGES[: STAGES.index(stage) + 1]) | set(UNDER)


def main():
    for path in sorted(pathlib.Path("src").rglob("*.[ch]")):
        stage = path.parts[1]
        if stage not in STAGES and stage not in UNDER and stage != "main.c":
            print(f"{path}: a folder that is no stage")
            continue
        # The embedder is a program of its own.
        if path.parts[1:3] == ("render", "embed"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            match = re.match(r'\s*#\s*include\s+([<"])([^>"]+)[>"]', line)
            if not match:
                continue
            kind, name = match.groups()
            if kind == "<":
                if name in SYSTEM and stage not in SYSTEM[name]:
                    print(f"{path}:{number}: <{name}> belongs to {', '.join(sorted(SYSTEM[name]))}")
                continue
            if "/" not in name or not pathlib.Path("src", name).is_file():
                print(f'{path}:{number}: "{name}" is not a path below src/')
            elif name.split("/")[0] not in allowed(stage):
                print(f'{path}:{number}: {stage} must not include "{name}"')
            elif name.endswith("internal.h") and name.split("/")[0] != stage:
                print(f'{path}:{number}: "{name}" is internal to its stage')


if __name__ == "__main__":
    main()
