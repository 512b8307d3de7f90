#!/usr/bin/python3
"""cloudflare.sh against a server that speaks the documented API: what it changes, what it leaves alone, and what it says when that fails."""
import concurrent.futures
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time

import trees
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
    variables = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "TMPDIR": os.environ["TEMP"], "CLOUDFLARE_API": api.url if api else "http://127.0.0.1:9",
                 **dict(environment)}
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


def test_create():
    """Into an empty zone: one call; afterwards nothing to do, and no call that writes."""
    with Server() as s:
        folder = tree_of(BASIC)
        out, _, troubles = run(s.api, folder, "--check", status=1)
        troubles += lacks(out, "example.org: 7 new, 0 changed, 0 removed", f"+ grafana.example.org AAAA {INGRESS6} proxied")
        troubles += ["--check wrote"] if s.api.writes() or s.zone.records else []
        troubles += run(s.api, folder)[2] + differs(s.zone, *BASIC_STATE)
        troubles += [] if len(s.api.writes()) == 1 else [f"{len(s.api.writes())} calls that write"]
        out, _, more = run(s.api, folder)
        troubles += more + lacks(out, "nothing to do") + run(s.api, folder, "--check")[2]
        troubles += [] if len(s.api.writes()) == 1 else ["a run with nothing to do wrote"]
        return troubles + s.complaints()


def test_change():
    """Another address, another TTL, another way, a name less: patches keep the records' ids, and the rest goes."""
    with Server() as s:
        troubles = run(s.api, tree_of(BASIC))[2]
        ids = {(r["name"], r["type"]): r["id"] for r in s.zone.records}
        folder = tree_of({"photos": {"via": "ipv6"}, "grafana": {"via": "relay"}, "both": {"via": ["relay", "ipv6"]}},
                         prefix="2a0d:5600:ffff::/56", dns={"ttl": 600})
        other = "2a0d:5600:ffff:30::200"
        out, _, more = run(s.api, folder)
        troubles += more + lacks(out, f"~ photos.example.org AAAA {VPS6} ttl 300 -> {other} ttl 600", f"- inside.example.org A {INGRESS} ttl 300")
        troubles += differs(s.zone, record("photos", "AAAA", other, ttl=600), record("grafana", "A", VPS, ttl=600),
                            record("grafana", "AAAA", VPS6, ttl=600), record("both", "A", VPS, ttl=600), record("both", "AAAA", other, ttl=600))
        for r in s.zone.records:
            if (r["name"], r["type"]) in ids and ids[r["name"], r["type"]] != r["id"]:
                troubles.append(f"{r['name']} was made anew instead of changed")
        troubles += [] if len(s.api.writes()) == 2 else ["not one call"]
        return troubles + run(s.api, folder, "--check")[2] + s.complaints()


def test_delete_all():
    """The last name of a listed zone is removed."""
    with Server() as s:
        troubles = run(s.api, tree_of({"photos": {"via": "relay"}}))[2]
        out, _, more = run(s.api, tree_of({}, dns={"zones": {"example.org": {}}}))
        return troubles + more + lacks(out, "0 new, 0 changed, 2 removed") + differs(s.zone) + s.complaints()


def test_foreign():
    """Records of others stay byte for byte: other names, other types, other sites, external-dns's, and comments that only begin alike."""
    with Server() as s:
        add = s.zone.add
        add("MX", "example.org", "mail.example.org")
        add("TXT", "photos.example.org", "v=spf1 -all")
        add("CAA", "photos.example.org", "0 issue letsencrypt.org")
        add("A", "old.example.org", VPS, comment="made by hand")
        add("A", "cabin2.example.org", VPS, comment="hlgen:cabin2")
        add("A", "shed.example.org", VPS, comment="hlgen:shed")
        add("TXT", "note.example.org", "hlgen", comment=OWNER)
        add("CNAME", "www.example.org", "example.org", proxied=True)
        add("AAAA", "apps.example.org", INGRESS6, proxied=True)
        add("TXT", "edns-aaaa.apps.example.org", '"heritage=external-dns,external-dns/owner=homelab"')
        add("NS", "lab.example.org", "ns.example.net")
        add("AAAA", "both.example.org", INGRESS6, comment="external-dns")
        before = json.dumps(s.zone.records, sort_keys=True)
        kept = len(s.zone.records)
        folder = tree_of({"photos": {"via": "relay"}, "both": {"via": ["relay", "ipv6"]}}, external_dns=True)
        troubles = run(s.api, folder)[2]
        troubles += [] if json.dumps(s.zone.records[:kept], sort_keys=True) == before else ["a foreign record was changed"]
        made = [(r["name"], r["type"]) for r in s.zone.records[kept:]]
        asked = [("both.example.org", "A"), ("photos.example.org", "A"), ("photos.example.org", "AAAA")]
        troubles += [] if sorted(made) == asked else [f"made {made}"]
        return troubles + run(s.api, folder, "--check")[2] + s.complaints()


def test_own_words():
    """Words of the owner's behind the mark: still hlgen's, and they stay. Duplicates of hlgen's own go."""
    with Server() as s:
        s.zone.add("A", "photos.example.org", "203.0.113.99", comment=f"{OWNER} do not proxy")
        s.zone.add("A", "photos.example.org", "203.0.113.98", comment=OWNER)
        s.zone.add("A", "gone.example.org", VPS, comment=f"{OWNER}: old")
        troubles = run(s.api, tree_of({"photos": {"via": "relay"}}, vps6=False))[2]
        return troubles + differs(s.zone, record("photos", "A", VPS, comment=f"{OWNER} do not proxy")) + s.complaints()


def obstacle(kind, content, **more):
    """A foreign record at photos.example.org: that name is left alone, the other is made, the status is 4."""
    with Server() as s:
        s.zone.add(kind, "photos.example.org", content, **more)
        left = state(s.zone)
        folder = tree_of({"photos": {"via": "relay"}, "other": {"via": "relay"}})
        _, err, troubles = run(s.api, folder, "--check", status=4)
        troubles += lacks(err, "photos.example.org: left alone", content)
        troubles += run(s.api, folder, status=4)[2]
        troubles += differs(s.zone, *left, record("other", "A", VPS), record("other", "AAAA", VPS6))
        writes = len(s.api.writes())
        troubles += run(s.api, folder, status=4)[2] + ([] if len(s.api.writes()) == writes else ["the second run wrote"])
        return troubles + s.complaints()


def test_in_the_way():
    """A CNAME, another address, a proxied address of the other family, a delegation."""
    return obstacle("CNAME", "tunnel.cfargotunnel.com", proxied=True) + obstacle("A", "198.51.100.7") + \
        obstacle("AAAA", "2001:db8:99::1", proxied=True) + obstacle("NS", "ns.example.net")


def test_proxied_beside():
    """A proxied AAAA of external-dns beside a relayed A would proxy the relay: it is said, also when hlgen's record is there already."""
    with Server() as s:
        folder = tree_of({"photos": {"via": ["relay", "ipv6"]}}, external_dns=True)
        troubles = run(s.api, folder)[2]
        s.zone.add("AAAA", "photos.example.org", INGRESS6, proxied=True)
        _, err, more = run(s.api, folder, status=4)
        return troubles + more + lacks(err, "one proxied address makes Cloudflare proxy all of the name") + s.complaints()


def test_right_already():
    """A record by hand that says the same is no obstacle, and stays its maker's."""
    with Server() as s:
        s.zone.add("A", "photos.example.org", VPS, ttl=120, comment="by hand")
        before = state(s.zone)
        out, _, troubles = run(s.api, tree_of({"photos": {"via": "relay"}}, vps6=False))
        return troubles + lacks(out, "nothing to do") + differs(s.zone, *before)


def test_take_over():
    """--take-over: what is in the way becomes hlgen's or goes, in one call; what external-dns registered stays."""
    with Server() as s:
        add = s.zone.add
        add("CNAME", "grafana.example.org", "tunnel.cfargotunnel.com", proxied=True)
        add("A", "photos.example.org", "198.51.100.7", comment="by hand")
        add("A", "photos.example.org", "198.51.100.8")
        add("AAAA", "both.example.org", "2001:db8:99::1", proxied=True)
        add("A", "old.example.org", "198.51.100.9")
        add("TXT", "photos.example.org", "text")
        add("AAAA", "apps.example.org", "2001:db8:99::2")
        add("TXT", "edns-aaaa.apps.example.org", '"heritage=external-dns,external-dns/owner=homelab"')
        add("AAAA", "docs.example.org", "2001:db8:99::3")
        add("TXT", "aaaa-docs.example.org", '"heritage=external-dns,external-dns/owner=homelab"')
        add("A", "wiki.example.org", "198.51.100.10")
        add("TXT", "edns-aaaa.wiki.example.org", '"heritage=external-dns,external-dns/owner=homelab"')
        stays = [r for r in state(s.zone) if r[1] == "TXT" or r[0].split(".")[0] in ("old", "apps", "docs")]
        folder = tree_of({name: {"via": "relay"} for name in ("grafana", "photos", "apps", "docs", "wiki")} | {"both": {"via": ["relay", "ipv6"]}})
        out, err, troubles = run(s.api, folder, "--take-over", status=4)
        troubles += lacks(out, "- grafana.example.org CNAME tunnel.cfargotunnel.com proxied, not ours until now")
        troubles += lacks(err, "apps.example.org: left alone", "docs.example.org: left alone")
        troubles += differs(s.zone, *stays, *(record(name, "A", VPS) for name in ("grafana", "photos", "wiki", "both")),
                            *(record(name, "AAAA", VPS6) for name in ("grafana", "photos", "wiki")), record("both", "AAAA", INGRESS6))
        troubles += [] if len(s.api.writes()) == 1 else ["not one call"]
        return troubles + run(s.api, folder, status=4)[2] + s.complaints()


def test_pages():
    """A zone of many pages is read to its end; a server with smaller pages too; a list that falls short is refused."""
    with Server() as s:
        for i in range(250):
            s.zone.add("A", f"host{i}.example.org", VPS)
        s.zone.add("A", "gone.example.org", VPS, comment=OWNER)
        troubles = run(s.api, tree_of(BASIC))[2]
        troubles += [f"{r['name']} was not found" for r in s.zone.records if r["name"] == "gone.example.org"]
        pages = [query["page"] for method, path, query, _ in s.api.requests if path.endswith("dns_records")]
        troubles += [] if pages == ["1", "2", "3"] else [f"pages {pages}"]
        s.api.page_limit = 20
        troubles += run(s.api, tree_of(BASIC), "--check")[2] + s.complaints()

        def short(api, method, path):
            if not path.endswith("dns_records"):
                return None
            return 200, [], json.dumps({"success": True, "errors": [], "result": api.zones["example.org"].records[:30] if len(api.requests) == start
                                        else [], "result_info": {"total_count": 300}}).encode()
        start = len(s.api.requests) + 2
        s.api.fault = short
        _, err, more = run(s.api, tree_of(BASIC), status=3)
        return troubles + more + lacks(err, "30 of the zone's 300 records", "nothing was changed")


def test_exact_page():
    """As many records as a page holds, and none at all: no endless loop, nothing missed."""
    with Server() as s:
        for i in range(100):
            s.zone.add("A", f"host{i}.example.org", VPS)
        troubles = run(s.api, tree_of(BASIC))[2]
        return troubles + ([] if len(s.zone.records) == 107 else ["not all was made"]) + s.complaints()


def test_many():
    """More than 200 changes go in several calls, and no name is split over two."""
    with Server() as s:
        folder = tree_of({f"n{i:03}": {"via": "relay"} for i in range(150)})
        out, _, troubles = run(s.api, folder)
        sizes = [sum(map(len, json.loads(body).values())) for body in s.api.writes()]
        troubles += lacks(out, "in 2 calls") + ([] if sizes == [200, 100] else [f"calls of {sizes}"])
        for body in s.api.writes():
            names = [r["name"] for r in json.loads(body)["posts"]]
            troubles += [f"{name} is split" for name in set(names) if names.count(name) != 2]
        return troubles + ([] if len(s.zone.records) == 300 else ["not all was made"]) + run(s.api, folder, "--check")[2] + s.complaints()


def test_two_zones():
    """Each zone its own lookup and call; ids from the site file; --zone; an error in the second leaves the first alone."""
    second = Zone("example.net", ID2)
    with Server(second) as s:
        services = {"photos": {"via": "relay"}, "blog": {"host": "www.example.net", "via": "relay"}}
        folder = tree_of(services, vps6=False)
        troubles = run(s.api, folder, "--zone", "example.net")[2] + ([] if len(second.records) == 1 and not s.zone.records else ["--zone"])
        troubles += run(s.api, folder)[2] + differs(s.zone, record("photos", "A", VPS)) + s.complaints()
        _, err, more = run(s.api, folder, "--zone", "example.com", status=2)
        troubles += more + lacks(err, "there is no zone 'example.com'")
        # The second of two zones cannot be read: the first is not written either.
        services["cloud"] = {"host": "example.net", "via": "relay"}
        del s.api.zones["example.org"]
        writes = len(s.api.writes())
        _, err, more = run(s.api, tree_of(services, vps6=False), status=3)
        troubles += more + lacks(err, "no zone 'example.org'", "dns: zones:", "nothing was changed")
        return troubles + ([] if len(s.api.writes()) == writes else ["it wrote before all zones were read"])


def test_zone_id():
    """Given ids need no right to read zones; a wrong one, or one for two zones, is refused."""
    second = Zone("example.net", ID2)
    with Server(second) as s:
        s.api.sees_zones = False
        s.zone.add("TXT", "example.org", "text")
        second.add("TXT", "example.net", "text")
        services = {"photos": {"via": "relay"}}
        _, err, troubles = run(s.api, tree_of(services), status=3)
        troubles += lacks(err, "HTTP 403", "error 9109", "Zone > DNS > Edit") + ([] if s.complaints() else ["the server did not refuse"])
        troubles += run(s.api, tree_of(services), environment={"CLOUDFLARE_ZONE_ID": ID})[2]
        troubles += run(s.api, tree_of(services, dns={"zones": {"example.org": {"id": ID}}}), "--check")[2] + s.complaints()
        _, err, more = run(s.api, tree_of(services), status=3, environment={"CLOUDFLARE_ZONE_ID": ID2})
        troubles += more + lacks(err, f"{ID2} is not the id of zone 'example.org'", "'example.net'")
        both = tree_of({"photos": {"via": "relay"}, "blog": {"host": "www.example.net", "via": "relay"}})
        _, err, more = run(s.api, both, status=2, environment={"CLOUDFLARE_ZONE_ID": ID})
        return troubles + more + lacks(err, "--zone") + ([] if len(second.records) == 1 else ["the other zone was changed"])


def test_wrong_id_of_empty_zone():
    """In an empty zone a wrong id cannot be seen before: what was made elsewhere is reported."""
    second = Zone("example.net", ID2)
    with Server(second) as s:
        _, err, troubles = run(s.api, tree_of({"photos": {"via": "relay"}}), status=3, environment={"CLOUDFLARE_ZONE_ID": ID2})
        return troubles + lacks(err, "Cloudflare made 'photos.example.org.example.net'")


def test_token():
    """None, a wrong one, one that would be more than a header; and http is only for this machine."""
    with Server() as s:
        folder = tree_of({"photos": {"via": "relay"}})
        _, err, troubles = run(s.api, folder, token=None, status=2)
        troubles += lacks(err, "CLOUDFLARE_API_TOKEN is not set")
        _, err, more = run(s.api, folder, token="wrong", status=3)
        troubles += more + lacks(err, "HTTP 403", "error 10000: Authentication error", "is it still valid", "nothing was changed")
        requests = len(s.api.requests)
        for token in ('x"\nurl = "http://127.0.0.1:1', "not good", "line\n"):
            troubles += run(s.api, folder, token=token, status=2)[2]
        _, err, more = run(s.api, folder, status=2, environment={"CLOUDFLARE_API": "http://api.example.org/client/v4"})
        return troubles + more + lacks(err, "https://") + ([] if len(s.api.requests) == requests else ["a bad token was sent"])


def fault(status, headers, text, on="POST"):
    """Every request of that method gets this answer."""
    return lambda api, method, path: (status, headers, text) if method == on else None


def failing(how, status, *words):
    """A run in which the API fails in some way."""
    with Server() as s:
        s.api.fault = how
        _, err, troubles = run(s.api, tree_of({"photos": {"via": "relay"}}), status=status)
        return troubles + lacks(err, *words) + (["it was changed"] if s.zone.records else [])


def test_errors():
    """Refusals with their code and text, rate limits with their time, answers that are none, and no answer."""
    refusal = json.dumps({"success": False, "result": None, "errors": [{"code": 6003, "message": "Invalid\x1b[31m request", "error_chain": [
        {"code": 6111, "message": "Invalid format"}]}]}).encode()
    troubles = failing(fault(400, [], refusal), 3, "POST /zones/", "HTTP 400", "error 6003: Invalid?[31m request", "error 6111: Invalid format",
                       "nothing was changed")
    troubles += failing(fault(200, [], refusal), 3, "error 6003", "nothing was changed")
    limited = json.dumps({"success": False, "errors": [{"code": 971, "message": "Please wait"}]}).encode()
    troubles += failing(fault(429, [("Retry-After", "37")], limited, "GET"), 5, "HTTP 429", "in 37 seconds", "nothing was changed")
    troubles += failing(fault(429, [], b"slow down"), 5, "in 300 seconds", "nothing was changed")
    troubles += failing(fault(502, [], b"<html>Bad gateway\x07</html>\n"), 3, "HTTP 502", "no answer of the API", "<html>Bad gateway?", "not known")
    troubles += failing(fault(200, [], b'{"success": true, "result": ['), 3, "no answer of the API", "not known")
    troubles += failing(fault(200, [], b'{"success": true, "result": {"id": 1}}', "GET"), 3, "nothing was changed")
    troubles += failing(fault(200, [], b"", "GET"), 3, "no answer of the API")
    troubles += failing(fault(302, [("Location", "http://127.0.0.1:9/")], b"", "GET"), 3, "HTTP 302")
    troubles += failing(fault(0, [], None, "GET"), 3, "curl: (52)", "nothing was changed")
    return troubles + failing(fault(0, [], None), 3, "curl: (52)", "not known")


def test_no_server():
    """Nobody listens."""
    _, err, troubles = run(None, tree_of({"photos": {"via": "relay"}}), status=3)
    return troubles + lacks(err, "curl: (7)", "nothing was changed")


def test_second_zone_fails():
    """A failure between two zones: what was changed before is named."""
    second = Zone("example.net", ID2)
    with Server(second) as s:
        s.api.fault = lambda api, method, path: (500, [], b'{"success":false,"errors":[]}') if method == "POST" and ID in path else None
        _, err, troubles = run(s.api, tree_of({"photos": {"via": "relay"}, "blog": {"host": "www.example.net", "via": "relay"}}), status=3)
        return troubles + lacks(err, "changed before that: example.net", "no reason given")


def test_usage():
    """--help needs nothing; wrong words are status 2."""
    folder = tree_of({"photos": {"via": "relay"}})
    out, _, troubles = run(None, folder, "--help", token=None)
    troubles += lacks(out, "usage:", "CLOUDFLARE_API_TOKEN", "CLOUDFLARE_ZONE_ID", "--take-over")
    return troubles + run(None, folder, "--force", status=2)[2] + run(None, folder, "--zone", status=2)[2]


class Watcher(threading.Thread):
    """Looks for the token in the command line of every process, in the environment of the script's helpers, and in files."""

    def __init__(self, folder):
        super().__init__(daemon=True)
        self.folder, self.stop, self.seen, self.helpers = folder, False, set(), set()

    def run(self):
        secret = TOKEN.encode()
        while not self.stop:
            for process in pathlib.Path("/proc").glob("[0-9]*"):
                try:
                    line = (process / "cmdline").read_bytes()
                    name = (process / "comm").read_text().strip()
                    if secret in line:
                        self.seen.add(f"command line of {name}")
                    if name in ("curl", "jq") and (str(self.folder).encode() in line or b"127.0.0.1" in line):
                        self.helpers.add(name)
                        if secret in (process / "environ").read_bytes():
                            self.seen.add(f"environment of {name}")
                except OSError:
                    continue
            for file in self.folder.rglob("*"):
                try:
                    if secret in file.read_bytes():
                        self.seen.add(f"file {file.name}")
                except OSError:
                    continue
            time.sleep(0.002)


def test_token_hidden():
    """The token is in no command line, no helper's environment, no file, and not in a trace of the shell."""
    with Server() as s:
        s.api.delay = 0.3
        folder = pathlib.Path(tempfile.mkdtemp(dir=os.environ["TEMP"]))
        watcher = Watcher(folder)
        watcher.start()
        _, _, troubles = run(s.api, tree_of(BASIC), environment={"TMPDIR": str(folder)})
        watcher.stop = True
        watcher.join()
        troubles += sorted(watcher.seen) + ([] if "curl" in watcher.helpers else ["curl was never seen: the test proves nothing"])
        troubles += [f"{path} was left behind" for path in folder.iterdir()]
        for extra in ({"SHELLOPTS": "xtrace"}, {"SHELLOPTS": "verbose:xtrace"}):
            troubles += run(s.api, tree_of(BASIC), environment=extra)[2]
        return troubles + s.complaints()


def main():
    names = sorted(name for name in globals() if name.startswith("test_") and name != "test_token_hidden")
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, troubles in zip(names, pool.map(lambda name: attempt(globals()[name]), names)):
            report(f"dns/cloudflare: {name[5:]}", troubles)
    report("dns/cloudflare: token_hidden", attempt(test_token_hidden))


if __name__ == "__main__":
    main()
