"""What the tests of cloudflare.sh share: trees, a run of the script with its troubles, and the state of a zone in words."""
import concurrent.futures
import os
import subprocess
import sys
import threading

from api import TOKEN, Api, Zone
from trees import INGRESS, INGRESS6, VPS, VPS6, attempt, build, report, site

ID, ID2 = "023e105f4ecef8ad9ca31a8372d0c353", "0123456789abcdef0123456789abcdef"
OWNER = "hlgen:cabin"
TREES, LOCK = {}, threading.Lock()


def tree_of(services, **more):
    """The folder dns/ of a site; each site is built once."""
    text = site(services, **more)
    with LOCK:
        if text not in TREES:
            TREES[text] = build(text) / "dns"
        return TREES[text]


def run(api, folder, *options, token=TOKEN, status=0, environment=()):
    """Runs cloudflare.sh; gives its outputs and the troubles with its status or with the token."""
    variables = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "TMPDIR": os.environ["TEMP"],
                 "CLOUDFLARE_API": api.url if api else "http://127.0.0.1:9", **dict(environment)}
    if token is not None:
        variables["CLOUDFLARE_API_TOKEN"] = token
    result = subprocess.run([folder / "cloudflare.sh", *options], env=variables, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                            check=False, timeout=120)
    troubles = []
    if result.returncode != status:
        troubles += [f"status {result.returncode}, not {status}", *result.stdout.splitlines(), *result.stderr.splitlines()]
    if token and token in result.stdout + result.stderr:
        troubles.append("the token was printed")
    return result.stdout, result.stderr, troubles


def state(zone):
    """What a zone holds, without ids."""
    return sorted((r["name"], r["type"], r["content"], r["ttl"], r["proxied"], r["comment"] or "") for r in zone.records)


def record(name, kind, content, proxied=False, ttl=300, comment=OWNER):
    """One element of state()."""
    return f"{name}.example.org", kind, content, 1 if proxied else ttl, proxied, comment


def differs(zone, *expected):
    """Troubles with a zone's records."""
    found, asked = state(zone), sorted(expected)
    return [f"too much: {r}" for r in found if r not in asked] + [f"missing: {r}" for r in asked if r not in found]


def lacks(text, *words):
    """Words that should stand in a text."""
    return [f"'{word}' is not said in: {text}" for word in words if word not in text]


class Server:
    """One API with the zone example.org, and what went wrong in it as troubles."""

    def __init__(self, *zones):
        self.zone = Zone("example.org", ID)
        self.api = Api(self.zone, *zones)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.api.close()

    def complaints(self):
        """What the server refused or doubted, once."""
        found, self.api.complaints = self.api.complaints, []
        return found


BASIC = {"photos": {"via": "relay"}, "grafana": {"via": "cloudflare"}, "both": {"via": ["relay", "ipv6"]}, "inside": {"via": "private"},
         "star": {"host": "*.example.org", "via": "ipv6"}}
BASIC_STATE = [record("photos", "A", VPS), record("photos", "AAAA", VPS6), record("grafana", "AAAA", INGRESS6, True), record("both", "A", VPS),
               record("both", "AAAA", INGRESS6), record("inside", "A", INGRESS), record("*", "AAAA", INGRESS6)]


def run_all(module):
    """The tests of a module that the command line names, or all, two at a time; those whose names end in "alone" after the others."""
    names = sorted(name for name in module if name.startswith("test_") and (not sys.argv[1:] or name[5:] in sys.argv))
    together = [name for name in names if not name.endswith("_alone")]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, troubles in zip(together, pool.map(lambda name: attempt(module[name]), together)):
            report(f"dns/cloudflare: {name[5:]}", troubles)
    for name in names:
        if name not in together:
            report(f"dns/cloudflare: {name[5:-6]}", attempt(module[name]))
