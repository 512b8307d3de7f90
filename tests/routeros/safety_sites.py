"""Sites and helpers of the safety tests (preflight.py, rollback.py, prefix.py, undo.py): site files made in code, built once each
with one key store, and their scripts parsed once."""
import functools
import json
import os
import subprocess
import sys
import tempfile
import traceback

from router import Router, Script

HERE = os.path.dirname(os.path.abspath(__file__))
HLGEN = os.environ.get("HLGEN") or os.path.join(HERE, "..", "..", "build", "hlgen")
ROLLBACK = 300
SITE = "home"
ARMED = f"hlgen-{SITE}-rollback"
BACKUP = f"hlgen-{SITE}.backup"
PREFIX, OTHER = "2a0d:5600:abcd::/56", "2a0d:5600:77:ff00::/56"

VLANS = {"management": {"vlan": 10, "subnet": "10.10.0.0/24"}, "trusted-lan": {"vlan": 20, "subnet": "10.20.0.0/24"},
         "kubernetes": {"vlan": 30, "subnet": "10.30.0.0/24"}}


class Site:
    """What was built: texts and parsed scripts by name (hlgen, confirm, undo, verify), and the secrets in the key store."""
    def __init__(self, texts, secrets):
        self.texts = texts
        self.secrets = secrets
        self.scripts = {name: Script(text) for name, text in texts.items()}

    def __getattr__(self, name):
        return self.scripts[name]


def data(vlans="", ipv6="", prefix="", take_over=False, rollback="5m", network6=True, release="7.20.8", bridge="bridge",
         lan_list="LAN", trunk=("ether6",), wan="ether1", ids="", name="wg-vps", port=13231, place=""):
    """A site file. vlans: "" (one untagged network), "managed" or "unmanaged"; ipv6: True asks for a prefix; place: the interface of the untagged
    network; ids: the subnet ids of the VLANs in another way than their digits, as "0 1 2"; "-" is a network without IPv6."""
    networks = {name: dict(network) for name, network in VLANS.items()} if vlans else {}
    for network, number in zip(networks.values(), ids.split()):
        network.update({"ipv6": False} if number == "-" else {"subnet_id": number})
    networks["default"] = {"subnet": "192.168.88.0/24", "interface": place or bridge}
    if ipv6 and vlans:
        networks["default"]["ipv6"] = False
    elif ipv6:
        networks["default"]["subnet_id"] = "8"
    if vlans == "unmanaged":
        del networks["default"]
    site = {
        "site": SITE, "domain": "example.org", "vps": {"address": "203.0.113.10"}, "tunnel": {"network": "10.100.0.0/24"},
        "router": {"version": release, "address": "10.100.0.2", "rollback_after": rollback, "bridge": bridge, "wan": wan,
                   "interface": name, "listen_port": port},
        "networks": networks,
        "relay": {"https": {"listen": 443, "to": "10.30.0.200:443" if vlans else "192.168.88.20:443", "names": "any"}},
        "clients": {"phone": {"address": "10.100.0.10", "reach": ["router"]},
                    "laptop": {"address": "10.100.0.11"},
                    "nas": {"address": "10.100.0.12", "routes": ["192.168.50.0/24"]}}}
    if network6:
        site["tunnel"]["network6"] = "fd5e:7a1c:90d2::/64"
    if take_over:
        site["router"]["take_over"] = True
    if vlans == "managed":
        site["router"].update(manage_vlans=True, trunk=list(trunk), lan_list=lan_list)
    if ipv6:
        site["ipv6"] = {"dns": ["2606:4700:4700::1111"]}
        if prefix:
            site["ipv6"]["prefix"] = prefix
            site["ipv6"]["delegated_length"] = int(prefix.split("/")[1])
    if ipv6 and vlans:
        site["kubernetes"] = {"network": "kubernetes", "ip_families": ["ipv4", "ipv6"],
                              "ingress": {"address": "10.30.0.200", "address6": "::200"}}
    return site


@functools.cache
def folder():
    """One folder for the whole run: keys and what is built."""
    holder = tempfile.TemporaryDirectory(prefix="hlgen-safety.")
    return holder, holder.name


@functools.cache
def built(text):
    _, place = folder()
    number = len([name for name in os.listdir(place) if name.endswith(".json")])
    path = os.path.join(place, f"site{number}.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    keys, out = os.path.join(place, "keys"), path[:-5]
    done = subprocess.run([HLGEN, "build", "--keys", keys, "-o", out, path], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"the site does not build:\n{text}\n{done.stderr}")
    texts, secrets = {}, []
    for name in os.listdir(os.path.join(out, "router")):
        with open(os.path.join(out, "router", name), encoding="utf-8") as file:
            texts[name.removesuffix(".rsc")] = file.read()
    for where, _, names in os.walk(keys):
        for name in names:
            if name.endswith((".key", ".psk")):
                with open(os.path.join(where, name), encoding="utf-8") as file:
                    secrets.append(file.read().strip())
    return Site(texts, secrets)


def site(**options):
    return built(json.dumps(data(**options), indent=1))


@functools.cache
def loaded(state, options):
    return Router.load(state, **dict(options))


def router(state, *commands, **options):
    """A fresh router in that state, after these commands."""
    if "provider" in options or "device_mode" in options:
        made = Router.load(state, **options)
    else:
        made = loaded(state, tuple(sorted(options.items()))).copy()
    for command in commands:
        made.command(command)
    made.writes.clear()
    made.log.clear()
    return made


def armed(device):
    return device.rows("/system/scheduler", comment=f"hlgen:{SITE}:rollback")


def backups(device):
    return sorted(name for name in device.files if name.endswith(".backup"))


def said(device, text):
    return any(text in line for line in device.texts)


def logged(device, text, level=""):
    return [message for topics, message in device.log if text in message and level in topics]


class Report:
    """Prints a line for each test, as tests/run counts them."""
    def __init__(self, group):
        self.group = group
        self.failed = 0

    def test(self, name, function, *arguments):
        """Runs a test: it fails by raising, or with the texts that it returns."""
        try:
            wrong = function(*arguments) or []
        except AssertionError as error:
            wrong = [str(error) or "assertion failed"]
        except Exception:  # pylint: disable=broad-exception-caught  # a fault of the stand-in fails this test alone
            wrong = traceback.format_exc().strip().split("\n")[-6:]
        if wrong:
            self.failed += 1
            print(f"FAIL routeros/{self.group}: {name}")
            for line in wrong[:20]:
                print("    " + str(line)[:600])
        else:
            print(f"ok routeros/{self.group}: {name}")
        sys.stdout.flush()

    def status(self):
        """2 when a test failed; 1 is Python's own, for a script that did not come to its end."""
        return 2 if self.failed else 0


def changes(before, after):
    """The differences of two dumps as short texts."""
    found = []
    for menu in sorted(set(before) | set(after)):
        old, new = before.get(menu, []), after.get(menu, [])
        if old == new:
            continue
        if isinstance(old, dict) or isinstance(new, dict):
            found.append(f"{menu}: {old} -> {new}")
            continue
        found += [f"{menu}: - {row}" for row in old if row not in new] + [f"{menu}: + {row}" for row in new if row not in old]
        if sorted(map(str, old)) == sorted(map(str, new)):
            found.append(f"{menu}: another order")
    return found


def same(before, device, what):
    found = changes(before, device.dump())
    assert not found, f"{what}: " + "; ".join(found[:6])


def fine(result, what="import"):
    assert result.error is None and not result.stopped, f"{what}: {result.error}"
    return result


def sample(items, count):
    """At most `count` of them, spread evenly, with the first and the last."""
    items = list(items)
    if len(items) <= count:
        return items
    return [items[round(at * (len(items) - 1) / (count - 1))] for at in range(count)]
