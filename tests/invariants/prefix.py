#!/usr/bin/python3
"""A thousand random changes of the delegated prefix with `hlgen prefix`: prefix.py HLGEN TEMP [SEED]

Over sites with everything that depends on it, for every delegated length from 48 to 64, with and without the watcher. After each change:
no file holds an address of an earlier prefix, in whatever form; every file that changed holds one of the new prefix and was named by the
command; all others are the same file on disk. Back at the first prefix, site file and tree are what they were. Without a prefix no file
holds a global address but those of the site file, and with it the tree is that of a site that had it from the beginning."""
import concurrent.futures
import importlib.util
import ipaddress
import os
import pathlib
import random
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "tests"))
from trees import ages_of, tree_of  # noqa: E402

CHANGES = 1000
LENGTHS = range(48, 65)
WITH_SECRETS = (48, 56, 64)  # the other trees are redacted: their files for a new VPS are not packed anew each time. The first makes the keys.
# Space that providers have, without what the example names as other people's.
REGISTRIES = [ipaddress.ip_network(text) for text in ("2400::/12", "2800::/12", "2a00::/12", "2c00::/12")]
GLOBAL = ipaddress.ip_network("2000::/3")
TOKEN = re.compile(r"[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")


def site_tool():
    """tests/site.py; python has a module of that name."""
    spec = importlib.util.spec_from_file_location("site_tool", ROOT / "tests/site.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def addresses(text):
    """Every IPv6 address in a text."""
    found = set()
    for token in TOKEN.findall(text):
        for word in {token, token.strip("."), token.rstrip(":."), token.rstrip(":") + "::"}:
            try:
                found.add(int(ipaddress.IPv6Address(word)))
            except ValueError:
                pass
    return found


def holds(found, prefix):
    first, last = int(prefix.network_address), int(prefix.broadcast_address)
    return any(first <= address <= last for address in found)


def other_forms(prefix):
    """What an address of the prefix contains when it is written in parts, in full, or backwards as DNS does."""
    groups = prefix.network_address.exploded.split(":")[:prefix.prefixlen // 16]
    short = [format(int(group, 16), "x") for group in groups]
    digits = "".join(groups)[:prefix.prefixlen // 4]
    return [":".join(groups), ":".join(short), "".join(groups), ".".join(reversed(digits))]


class House:
    """One site, its tree, and what the files were at the last look."""

    def __init__(self, hlgen, folder, text, redacted):
        self.hlgen, self.folder, self.said = hlgen, folder, []
        self.options = ["-k", "../keys"] + ["--redact"] * redacted
        self.site, self.out = folder / "site.yaml", folder / "out"
        folder.mkdir()
        self.site.write_text(text, encoding="utf-8")
        self.ages, self.files, self.addresses = {}, {}, {}

    def run(self, *words):
        done = subprocess.run([self.hlgen, *words, *self.options], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                              check=False)
        self.need(done.returncode == 0, f"hlgen {' '.join(words)}: exit {done.returncode}\n{done.stderr.decode()}")
        return done.stdout.decode()

    def need(self, truth, complaint):
        if not truth:
            self.said.append(f"{self.folder.name}: {complaint}")

    def look(self):
        """Returns the paths that were written anew."""
        ages = ages_of(self.out)
        renewed = {path for path in ages if ages[path] != self.ages.get(path)}
        for path in renewed | (self.ages.keys() - ages.keys()):
            self.files.pop(path, None)
            self.addresses.pop(path, None)
        for path in renewed:
            data = (self.out / path).read_bytes()
            text = "" if path.endswith(".png") else data.decode()
            self.files[path], self.addresses[path] = text, addresses(text)
        self.ages = ages
        return renewed

    def check_without(self, prefix):
        """No trace of a prefix that the site no longer has."""
        forms = other_forms(prefix)
        for path, text in self.files.items():
            self.need(not holds(self.addresses[path], prefix), f"{path} holds an address of {prefix}")
            self.need(not any(form in text for form in forms), f"{path} holds a part of {prefix}")

    def check_change(self, old, new):
        before = dict(self.files)
        said, renewed = self.run("prefix", str(new)), self.look()
        changed = {path for path in self.files if self.files[path] != before.get(path)}
        self.need(changed == renewed, f"written, but the same: {sorted(renewed - changed)}")
        listed = set(re.findall(r"^(?:changed|new) +(\S+)", said, re.M))
        self.need(changed - {"manifest.json"} == listed, f"changed {sorted(changed)}, but listed {sorted(listed)}")
        copied = set(re.findall(r"^  (\S+)$", said, re.M))
        self.need(copied == {path for path in listed if "/" in path}, f"changed {sorted(listed)}, but to be copied are {sorted(copied)}")
        self.need({"APPLY.md", "router/hlgen.rsc"} <= listed, f"only {sorted(listed)} changed")
        for path in changed - {"manifest.json"}:
            self.need(holds(self.addresses[path], new), f"{path} changed, but holds no address of {new}")
        self.check_without(old)

    def check_phase_one(self, allowed):
        self.run("build")
        self.look()
        allowed = allowed | {int(GLOBAL.network_address)}  # "any global address"
        for path, found in self.addresses.items():
            foreign = [ipaddress.IPv6Address(address) for address in found - allowed if ipaddress.IPv6Address(address) in GLOBAL]
            self.need(not foreign, f"without a prefix {path} holds {foreign}")


def random_prefix(chance, length):
    registry = chance.choice(REGISTRIES)
    bits = chance.getrandbits(length - registry.prefixlen)
    return ipaddress.ip_network((int(registry.network_address) | bits << (128 - length), length))


def site_text(tool, chance, length, watch):
    """The example with everything, with subnet ids that fit, and fewer clients, on which no prefix has any influence."""
    root = tool.load(ROOT / "examples/full.yaml")
    ids = chance.sample(range(1 << (64 - length)), min(2, 1 << (64 - length)))
    tool.set_value(root, "ipv6.delegated_length", str(length))
    tool.set_value(root, "networks.kubernetes.subnet_id", f'"{ids[0]:x}"')
    if len(ids) > 1:
        tool.set_value(root, "networks.trusted-lan.subnet_id", f'"{ids[1]:x}"')
    else:
        tool.set_value(root, "networks.trusted-lan.ipv6", "false")
    tool.set_value(root, "kubernetes.prefix_watch", "true" if watch else "false")
    gone = ["clients.laptop", "clients.nas2", "clients.old-phone"]
    if length % 2:
        gone.append("kubernetes.external_dns")  # then these names are ours, in dns/
    for path in gone:
        for parent, index in reversed(tool.find(root, path.split("."))):
            del parent.value[index]
    return tool.dump(root)


def check_house(hlgen, temp, tool, chance, length, watch, changes):
    text = site_text(tool, chance, length, watch)
    house = House(hlgen, temp / f"{length}-{'watched' if watch else 'alone'}", text, length not in WITH_SECRETS)
    house.check_phase_one(addresses(text))
    first = now = random_prefix(chance, length)
    house.run("prefix", str(first))
    house.look()
    site, tree = house.site.read_bytes(), tree_of(house.out)
    for number in range(changes):
        other = first if number == changes - 1 else random_prefix(chance, length)
        house.check_change(now, other)
        now = other
    house.need(house.site.read_bytes() == site, "there and back, and the site file is another one")
    house.need(tree_of(house.out) == tree, "there and back, and the tree is another one")
    house.run("build", "-o", "fresh")
    house.need(tree_of(house.folder / "fresh") == tree, "a fresh tree is another one")
    return house.said


def main():
    hlgen, temp = sys.argv[1], pathlib.Path(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    houses = [(length, watch) for length in LENGTHS for watch in (False, True)]
    # With TEST_SHARE=N (a slow build) each house sees only every N-th change.
    changes = max(2, -(-CHANGES // len(houses) // int(os.environ.get("TEST_SHARE", "1"))))

    def check(house):
        length, watch = house
        return check_house(hlgen, temp, site_tool(), random.Random(f"{seed} {length} {watch}"), length, watch, changes)

    said = check(houses[0])     # makes the keys, which all share
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        said += [line for lines in pool.map(check, houses[1:]) for line in lines]
    done = changes * len(houses)
    print(f"{'FAIL' if said else 'ok'} invariants/prefix: {done} changes (seed {seed})")
    for line in said[:40]:
        print(f"    {line}")


if __name__ == "__main__":
    main()
