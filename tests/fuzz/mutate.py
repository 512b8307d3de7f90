#!/usr/bin/python3
"""Mutates the sites of the project and runs `hlgen check` on each: mutate.py HLGEN TEMP SECONDS [SEED]

Prints one line for tests/run. What goes wrong is printed with the seed of that input; the same seed makes the same input again."""
import os
import pathlib
import random
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

PIECES = [b"\0", b"\t", b"\r", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xe2\x80\xae", b"\x1b[31m", b"&a ", b"*a", b"!!str ", b"|\n", b">-\n", b"? ", b"- ", b": ",
          b"{", b"}", b"[", b"]", b",", b"#", b'"', b"'", b"---\n", b"...\n", b"%YAML 1.1\n", b"<<: ", b"null", b"~", b"true", b"0x1F", b"1e9", b"-1",
          b"99999999999999999999", b"::/0", b"0.0.0.0/0", b"/33", b"fe80::1%eth0", b"10.100.0.1", b"A" * 400, b" " * 300, b"[" * 40, b"\n" * 50]


def mutate(chance, corpus):
    data = bytearray(chance.choice(corpus))
    for _ in range(chance.choice([1, 1, 1, 2, 3, 5, 10])):
        kind = chance.randrange(8)
        at = chance.randrange(len(data) + 1)
        if kind == 0:
            data[at:at] = chance.choice(PIECES)
        elif kind == 1 and data:
            del data[at : at + chance.randrange(1, 20)]
        elif kind == 2 and at < len(data):
            data[at] ^= 1 << chance.randrange(8)
        elif kind == 3:
            other = chance.choice(corpus)
            start = chance.randrange(len(other))
            data[at:at] = other[start : start + chance.randrange(1, 200)]
        elif kind in (4, 5):
            # Whole lines: gone, doubled, swapped, or indented another way.
            lines = data.split(b"\n")
            first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
            action = chance.randrange(4)
            if action == 0:
                del lines[first]
            elif action == 1:
                lines.insert(second, lines[first])
            elif action == 2:
                lines[first], lines[second] = lines[second], lines[first]
            else:
                lines[first] = b" " * chance.randrange(5) + bytes(lines[first]).lstrip()
            data = bytearray(b"\n".join(lines))
        elif kind == 6:
            # A value becomes another value of the file.
            values = list(re.finditer(rb"(?<=: )[^,{}\n]+", bytes(data)))
            if values:
                old, new = chance.choice(values), chance.choice(values)
                data[old.start() : old.end()] = chance.choice([new.group(), chance.choice(PIECES)])
        else:
            data[at:at] = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 8)))
    return bytes(data)


def attempt(hlgen, temp, corpus, seed):
    """One input; None, or what is wrong."""
    path = f"{temp}/{seed}.yaml"
    with open(path, "wb") as file:
        file.write(mutate(random.Random(seed), corpus))
    # With room for the sanitizer; an input that makes hlgen hang or eat memory is a fault as well.
    try:
        result = subprocess.run([hlgen, "check", path], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=20)
    except subprocess.TimeoutExpired:
        return f"seed {seed}: does not end"
    finally:
        os.unlink(path)
    if result.returncode not in (0, 1):
        return f"seed {seed}: exit {result.returncode}: {result.stderr.decode(errors='replace')[-1500:]}"
    if result.returncode == 1 and b": error: " not in result.stderr:
        return f"seed {seed}: exit 1 without an error: {result.stderr!r}"
    # Tabs of the input are kept in excerpts, so that the caret stands below the right column.
    if re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", result.stderr):
        return f"seed {seed}: control characters on stderr: {result.stderr!r}"
    try:
        result.stderr.decode("utf-8")
    except UnicodeDecodeError:
        return f"seed {seed}: bytes on stderr that are no UTF-8: {result.stderr!r}"
    return None


def main():
    hlgen, temp, seconds, *rest = sys.argv[1:]
    corpus = [path.read_bytes() for pattern in ("examples/*.yaml", "tests/golden/*/site.yaml", "tests/hostile/site.yaml", "tests/errors/*.yaml")
              for path in sorted(pathlib.Path(__file__).parents[2].glob(pattern))]
    corpus = [data for data in corpus if data]
    seed = int(rest[0]) if rest and rest[0] else random.SystemRandom().randrange(1 << 40)
    end, wrong, count = time.monotonic() + float(seconds), [], 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        while time.monotonic() < end and not wrong:
            batch = range(seed + count, seed + count + 50)
            count += len(batch)
            wrong = [what for what in pool.map(lambda one: attempt(hlgen, temp, corpus, one), batch) if what]
    print(f"{'FAIL' if wrong else 'ok'} fuzz/mutated sites: {count} from seed {seed}")
    for what in wrong[:5]:
        print("    " + what.replace("\n", "\n    "))


if __name__ == "__main__":
    main()
