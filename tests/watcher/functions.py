"""Compares the watcher's awk programs with Python: addresses with ipaddress, answers with json. functions.py FOLDER SHELL…"""
import ipaddress
import json
import random
import subprocess
import sys

from api import made_pool

SEED = 6


def awk(folder, shell, program, text):
    words = [f"{folder}/{shell}/awk", "-f", f"{folder}/script/addresses.awk", "-f", f"{folder}/script/{program}.awk"]
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False, timeout=120)
    # 1 is the word of blocks.awk for a range that is none.
    if done.returncode not in (0, 1) or done.stderr:
        raise OSError(f"{words[0]}: status {done.returncode}: {done.stderr}")
    return done.stdout


def spellings(chance, address):
    """The same address in other words."""
    groups = address.exploded.split(":")
    yield from (str(address), address.exploded, str(address).upper(), ":".join(group.lstrip("0") or "0" for group in groups))
    # Any run of zero groups, even a single one, may be left out by whoever writes by hand.
    at = chance.randrange(8)
    if groups[at] == "0000":
        end = at + 1
        while end < 8 and groups[end] == "0000" and chance.random() < 0.7:
            end += 1
        yield ":".join(groups[:at]) + "::" + ":".join(groups[end:])


def some_address(chance):
    return ipaddress.IPv6Address(":".join(f"{chance.choice([0, 0, 0, 1, 0xa, 0xdb8, 0x2001, 0xffff, chance.randrange(65536)]):x}" for _ in range(8)))


def addresses(folder, shell):
    """Suffixes below a prefix, as blocks: what is printed is what ipaddress prints."""
    chance, lines, expected = random.Random(SEED), [], []
    for _ in range(400):
        prefix, suffix = int(some_address(chance)) >> 64 << 64, int(some_address(chance)) & (1 << 64) - 1
        words = list(spellings(chance, ipaddress.IPv6Address(suffix)))
        lines += [f"{prefix >> 64:016x} {word}" for word in words]
        whole = ipaddress.IPv6Address(prefix | suffix)
        digits = whole.exploded.replace(":", "")
        expected += [f'{digits}-{digits} {{"spec":{{"blocks":[{{"start":"{whole}"}}]}}}} {whole}'] * len(words)
    got = awk(folder, shell, "blocks", "".join(line + "\n" for line in lines)).splitlines()
    if len(got) != len(lines):
        return [f"{len(lines)} lines in, {len(got)} out"]
    return [f"{line}: {one!r}, expected {other!r}" for line, one, other in zip(lines, got, expected) if one != other]


def no_addresses(folder, shell):
    texts = ("", "1", ":", ":::", "1:::2", "1::2::3", ":1", "1:", "::12345", "::g", "::1-", "-::1", "::1-::2-::3", "::2-::1", "1:2:3:4:5:6:7:8::",
             "1:2:3:4:5:6:7:8:9", "2001:db8::1", "0:0:0:1::5", "::1.2.3.4", "10.0.0.1", "::1/64", "::1%eth0")
    return [f"{text!r} was taken for a range" for text in texts if awk(folder, shell, "blocks", f"20010db800010030 {text}\n")]


def answers(folder, shell):
    """Pools in many shapes of JSON, and texts that are none."""
    chance, wrong = random.Random(SEED), []
    for turn in range(60):
        blocks = []
        for _ in range(chance.randrange(4)):
            start, stop = some_address(chance), some_address(chance)
            blocks.append(chance.choice([{"start": str(start)}, {"stop": str(stop), "start": chance.choice(list(spellings(chance, start)))}]))
        pool = made_pool("a-pool", blocks if turn % 7 else None)
        pool["metadata"]["annotations"]["note"] = "".join(chance.choice('"\\{}[]:,/é\n\t ab') for _ in range(chance.randrange(60)))
        if chance.random() < 0.5:
            pool = dict(sorted(pool.items(), key=lambda item: chance.random()))
        text = json.dumps(pool, indent=chance.choice([None, 1, 2, "\t"]), separators=chance.choice([None, (",", ":"), (" , ", " : ")]),
                          ensure_ascii=chance.random() < 0.5)
        plain = [(ipaddress.IPv6Address(block["start"]), ipaddress.IPv6Address(block.get("stop", block["start"]))) for block in blocks]
        expected = ",".join("-".join(border.exploded.replace(":", "") for border in pair) for pair in plain) if turn % 7 else ""
        got = awk(folder, shell, "answer", text)
        if got != f"blocks {expected or 'none'}\n":
            wrong.append(f"{text[:300]}: {got!r}, expected {expected!r}")
    status = json.dumps({"kind": "Status", "message": 'pools "x" is forbidden: no {"spec":{"blocks":[]}}\nsecond line', "code": 403}, indent=2)
    whole = json.dumps(made_pool("a-pool", []))
    for text, begins in ((status, 'message pools "x" is forbidden: no {"spec":'), ("404 page not found\n", "message 404 page not found\n"),
                         ("curl: (7) no connection\n", "message no connection\n"), ("", "message"), ("{", "message"),
                         (whole[:-1], "message"), (whole.replace(":", " ", 1), "message"), (whole.replace("CiliumLoadBalancerIPPool", "List"), "message")):
        got = awk(folder, shell, "answer", text)
        if not got.startswith(begins) or got.count("\n") != 1:
            wrong.append(f"{text[:60]!r}: {got!r}, expected {begins!r}")
    return wrong


def main():
    folder = sys.argv[1]
    for shell in sys.argv[2:]:
        for test in (addresses, no_addresses, answers):
            wrong = test(folder, shell)
            print(f"{'FAIL' if wrong else 'ok'} watcher/{test.__name__}: {shell}" + "".join(f"\n    {line}" for line in wrong[:20]))


if __name__ == "__main__":
    main()
