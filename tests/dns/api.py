"""A small HTTP server that speaks the part of Cloudflare's API that concerns DNS records, as its documentation describes it.

It is stricter than the real one: whatever a client does that is not documented is refused and remembered in `complaints`."""
import http.server
import ipaddress
import json
import threading
import time
import urllib.parse

TOKEN = "tEsT-tOkEn_0123456789abcdefghijklmnopqrs"
RECORD_KEYS = {"id", "type", "name", "content", "ttl", "proxied", "comment", "tags", "settings"}
LIST_KEYS = {"page", "per_page", "type", "name", "name.exact", "content", "comment.exact", "comment.startswith", "order", "direction", "match"}
BATCH_LIMIT = 200


class Refused(Exception):
    """An answer with success: false."""

    def __init__(self, status, code, message, chain=()):
        super().__init__(message)
        self.status = status
        self.errors = [{"code": code, "message": message}]
        if chain:
            self.errors[0]["error_chain"] = [{"code": number, "message": text} for number, text in chain]


class Zone:
    """A zone with its records, in the order in which they were made."""

    def __init__(self, name, identifier):
        self.name, self.id = name, identifier
        self.records = []
        self.made = 0

    def add(self, kind, name, content, **more):
        """A record of somebody, made in the dashboard."""
        self.made += 1
        record = {"id": f"{self.made:032x}", "type": kind, "name": name, "content": content, "ttl": 300, "proxied": False, "comment": None,
                  "tags": [], "proxiable": kind in ("A", "AAAA", "CNAME"), **more}
        if record["proxied"]:
            record["ttl"] = 1
        self.records.append(record)
        return record


def checked(record):
    """Refuses what the API refuses in a record that is written."""
    unknown = set(record) - RECORD_KEYS - {"proxiable"}
    if unknown:
        raise Refused(400, 9999, f"unknown keys {sorted(unknown)}")
    for key, kind in (("type", str), ("name", str), ("content", str), ("ttl", int), ("proxied", bool)):
        if not isinstance(record.get(key), kind):
            raise Refused(400, 9005, f"'{key}' must be a {kind.__name__}")
    if record["type"] not in ("A", "AAAA"):
        raise Refused(400, 9999, "nothing but A and AAAA was expected")
    try:
        address = ipaddress.ip_address(record["content"])
    except ValueError as error:
        raise Refused(400, 9005, "Content for A record must be a valid IPv4 address.") from error
    if address.version != (4 if record["type"] == "A" else 6):
        raise Refused(400, 9005, "the address has the wrong version")
    if record["proxied"] and address.is_private:
        raise Refused(400, 9003, "Target is not allowed for a proxied record")
    if record["ttl"] != 1 and not 60 <= record["ttl"] <= 86400:
        raise Refused(400, 9021, "TTL must be between 60 and 86400 seconds, or 1 for Automatic.")
    comment = record.get("comment") or ""
    if len(comment) > 100 or "\n" in comment:
        raise Refused(400, 9301, "the comment is too long")
    if record["proxied"]:
        record["ttl"] = 1
    return record


def conflicts(records, record):
    """Refuses a record that cannot stand beside the others."""
    for other in records:
        if other is record or other["name"].lower() != record["name"].lower():
            continue
        if "CNAME" in (other["type"], record["type"]):
            raise Refused(400, 81054, "A CNAME record with that host already exists.")
        if other["type"] == record["type"] and other["content"] == record["content"]:
            raise Refused(400, 81058, "An identical record already exists.")


def find(records, identifier):
    """The record with that id."""
    for record in records:
        if record["id"] == identifier:
            return record
    raise Refused(404, 81044, "Record does not exist.")


class Api:
    """The server with its state: `zones` by name, `requests` as (method, path, query, body), and ways to make it fail."""

    def __init__(self, *zones):
        self.zones = {zone.name: zone for zone in zones}
        self.requests, self.complaints = [], []
        self.page_limit = 1000
        self.delay = 0.0
        self.fault = None       # fault(api, method, path) -> None, or (status, headers, bytes) to answer; bytes None: hang up
        self.sees_zones = True  # the token may read zones
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        """The base address, as CLOUDFLARE_API has it."""
        return f"http://127.0.0.1:{self.server.server_address[1]}/client/v4"

    def close(self):
        """Ends the server."""
        self.server.shutdown()
        self.server.server_close()

    def writes(self):
        """The bodies of all requests that may change something."""
        return [body for method, _, _, body in self.requests if method != "GET"]

    def zone(self, identifier):
        """The zone with that id."""
        for zone in self.zones.values():
            if zone.id == identifier:
                return zone
        raise Refused(404, 7003, f"Could not route to /client/v4/zones/{identifier}, perhaps your object identifier is invalid?")

    def list_zones(self, query):
        """GET /zones"""
        if not self.sees_zones:
            raise Refused(403, 9109, "Unauthorized to access requested resource")
        unknown = set(query) - {"name", "page", "per_page", "status", "account.id", "order", "direction", "match"}
        if unknown or not 5 <= int(query.get("per_page", 20)) <= 50:
            raise Refused(400, 1068, f"bad query {query}")
        found = [{"id": zone.id, "name": zone.name, "status": "active"} for zone in self.zones.values() if query.get("name") in (None, zone.name)]
        return found, {"page": 1, "per_page": 20, "count": len(found), "total_count": len(found), "total_pages": 1}

    def list_records(self, zone, query):
        """GET /zones/ID/dns_records"""
        if set(query) - LIST_KEYS:
            raise Refused(400, 1068, f"unknown filters {sorted(set(query) - LIST_KEYS)}")
        if {key for key in query if key not in ("page", "per_page")}:
            raise Refused(400, 1068, "a filter was not expected: what is in the way would not be seen")
        page, size = int(query.get("page", 1)), min(int(query.get("per_page", 100)), self.page_limit)
        if page < 1 or size < 1:
            raise Refused(400, 1004, "bad page")
        found = zone.records[(page - 1) * size:page * size]
        total = len(zone.records)
        return found, {"page": page, "per_page": size, "count": len(found), "total_count": total, "total_pages": -(-total // size)}

    def batch(self, zone, body):
        """POST /zones/ID/dns_records/batch: in one transaction, in this order, the first error takes it all back."""
        if not isinstance(body, dict) or set(body) - {"deletes", "patches", "puts", "posts"} or not all(isinstance(v, list) for v in body.values()):
            raise Refused(400, 9207, "the body is no batch")
        if not 1 <= sum(len(list_) for list_ in body.values()) <= BATCH_LIMIT:
            raise Refused(400, 9999, f"a batch has 1 to {BATCH_LIMIT} operations")
        records, result = [dict(record) for record in zone.records], {"deletes": [], "patches": [], "puts": [], "posts": []}
        for item in body.get("deletes", []):
            if set(item) != {"id"}:
                raise Refused(400, 9207, "a delete is an id and nothing else")
            record = find(records, item["id"])
            records.remove(record)
            result["deletes"].append(record)
        for item in body.get("patches", []):
            record = find(records, item.get("id"))
            record.update(item)
            conflicts(records, checked(record))
            result["patches"].append(record)
        for item in body.get("posts", []):
            record = {"comment": None, "tags": [], **checked(dict(item))}
            if "id" in item:
                raise Refused(400, 9207, "a new record has no id")
            if record["name"] != zone.name and not record["name"].endswith("." + zone.name):
                record["name"] += "." + zone.name
            zone.made += 1
            record["id"] = f"{zone.made:032x}"
            conflicts(records, record)
            records.append(record)
            result["posts"].append(record)
        self.check_names(records)
        zone.records = records
        return result, None

    def check_names(self, records):
        """What Cloudflare accepts, and does something else with: one proxied address proxies the name."""
        for record in records:
            for other in records:
                if record["name"] == other["name"] and {record["type"], other["type"]} <= {"A", "AAAA"} and record["proxied"] != other["proxied"]:
                    self.complaints.append(f"{record['name']} has proxied and unproxied addresses")

    def answer(self, method, path, query, headers, body):
        """(status, result, result_info, errors) for one request."""
        if headers.get("Authorization") is None:
            raise Refused(400, 9106, "Missing X-Auth-Key, X-Auth-Email or Authorization headers")
        if not headers["Authorization"].startswith("Bearer "):
            raise Refused(400, 6003, "Invalid request headers", [(6111, "Invalid format for Authorization header")])
        if headers["Authorization"] != f"Bearer {TOKEN}":
            raise Refused(403, 10000, "Authentication error")
        parts = path.split("/")[3:]
        if method == "GET" and parts == ["zones"]:
            return self.list_zones(query)
        if method == "GET" and len(parts) == 3 and parts[::2] == ["zones", "dns_records"]:
            return self.list_records(self.zone(parts[1]), query)
        if method == "POST" and len(parts) == 4 and parts[0] == "zones" and parts[2:] == ["dns_records", "batch"]:
            if headers.get("Content-Type") != "application/json":
                raise Refused(400, 6003, "Invalid request headers")
            return self.batch(self.zone(parts[1]), json.loads(body))
        raise Refused(405, 10405, f"Method {method} not allowed for {path}")

    def handler(self):
        """The request handler, bound to this object."""
        api = self

        class Handler(http.server.BaseHTTPRequestHandler):
            """One connection."""
            protocol_version = "HTTP/1.1"

            def log_message(self, format, *args):  # pylint: disable=redefined-builtin
                """Silent."""

            def send(self, status, headers, text):
                """One answer."""
                self.send_response(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def handle_any(self):
                """Every method."""
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                url = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(url.query, strict_parsing=bool(url.query)))
                api.requests.append((self.command, url.path, query, body))
                time.sleep(api.delay)
                fault = api.fault(api, self.command, url.path) if api.fault else None
                if fault:
                    status, headers, text = fault
                    if text is None:
                        self.close_connection = True
                        self.connection.close()
                        return
                    self.send(status, headers, text)
                    return
                answer = {"success": True, "errors": [], "messages": []}
                status = 200
                try:
                    answer["result"], info = api.answer(self.command, url.path, query, self.headers, body)
                    if info:
                        answer["result_info"] = info
                except Refused as refused:
                    status, answer = refused.status, {"success": False, "errors": refused.errors, "messages": [], "result": None}
                    api.complaints += [f"{self.command} {self.path}: {error['message']}" for error in refused.errors]
                self.send(status, [("Content-Type", "application/json")], json.dumps(answer).encode())

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

        return Handler
