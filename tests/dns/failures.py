#!/usr/bin/python3
"""What cloudflare.sh says and does when it must not or cannot do its work: pages, ids, tokens, refusals, rate limits, no answer."""
import json
import os
import pathlib
import tempfile
import threading
import time

from api import TOKEN, Zone
from scenario import BASIC, ID, ID2, OWNER, Server, lacks, run, run_all, tree_of
from trees import VPS


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


def test_token_hidden_alone():
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


if __name__ == "__main__":
    run_all(globals())
