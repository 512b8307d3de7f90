"""The Kubernetes API as far as the watcher sees it: HTTPS, a token, GET and merge-patch of Cilium's pools; it keeps a list of all calls."""
import copy
import http.server
import json
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

PATH = "/apis/cilium.io/v2/ciliumloadbalancerippools/"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 405: "MethodNotAllowed", 415: "UnsupportedMediaType",
           500: "InternalError", 503: "ServiceUnavailable"}


@dataclass
class Call:
    at: float
    method: str
    pool: str
    status: int


def merge_patch(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merge_patch(result.get(key), value)
    return result


def made_pool(name, blocks):
    """As `kubectl apply` of a file makes it, with all that a pool of a cluster has; blocks None: the file has none."""
    spec = {"disabled": False, "serviceSelector": {"matchLabels": {"io.kubernetes.service.name": "traefik"}}}
    if blocks is not None:
        spec = {"blocks": blocks, **spec}
    applied = {"apiVersion": "cilium.io/v2", "kind": "CiliumLoadBalancerIPPool", "metadata": {"annotations": {}, "name": name}, "spec": spec}
    return {
        "apiVersion": "cilium.io/v2", "kind": "CiliumLoadBalancerIPPool",
        "metadata": {
            "annotations": {LAST_APPLIED: json.dumps(applied, separators=(",", ":")) + "\n", "note": 'a "quoted" \\ [{,:}] spec.blocks'},
            "creationTimestamp": "2026-01-02T03:04:05Z", "generation": 1, "labels": {"app.kubernetes.io/managed-by": "hlgen"},
            "managedFields": [{"apiVersion": "cilium.io/v2", "fieldsType": "FieldsV1", "manager": "kubectl-client-side-apply", "operation": "Update",
                               "fieldsV1": {"f:spec": {".": {}, "f:blocks": {}, "f:serviceSelector": {}}}, "time": "2026-01-02T03:04:05Z"}],
            "name": name, "resourceVersion": "1000", "uid": "6c7e3f1e-0000-4000-8000-000000000000"},
        "spec": spec,
        "status": {"conditions": [{"lastTransitionTime": "2026-01-02T03:04:05Z", "message": "1", "reason": "noreason", "status": "Unknown",
                                   "type": "cilium.io/IPsTotal"}], "spec": {"blocks": [{"start": "2001:db8:dead::1"}]}}}


class Api:
    """One API server on an address of its own. Its moods may be changed at any time:

    refuse   (method, pool) -> status that is answered instead; "lost": it does what it is told, but the answer never comes
    hanging  "connections": takes them and says nothing; "answers": takes calls, too, and says nothing until the caller goes away"""

    def __init__(self, address, port, certificates, token, pretty):
        self.address, self.port, self.certificates, self.pretty = address, port, certificates, pretty
        self.token, self.pools, self.calls, self.refuse, self.hanging = token, {}, [], lambda method, pool: None, None
        self.lock, self.server, self.version = threading.Lock(), None, 1000

    # ---- for the scenario

    def start(self):
        api, context = self, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{self.certificates}/server.pem", f"{self.certificates}/server.key")

        class Server(http.server.ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in api.address else socket.AF_INET
            daemon_threads = True
            request_queue_size = 64

            def get_request(self):
                connection, peer = super().get_request()
                # The handshake belongs into the thread of the connection.
                return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), peer

            def handle_error(self, request, client_address):
                pass    # a client that went away, or that does not like the certificate

        self.server = Server((self.address, self.port), type("Handler", (Handler,), {"api": self}))
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()

    def stop(self):
        """The port is closed; pools stay."""
        self.server.shutdown()
        self.server.server_close()
        self.server = None

    def apply(self, name, blocks):
        """Somebody applies a file."""
        with self.lock:
            self.pools[name] = made_pool(name, blocks)

    def blocks(self, name):
        with self.lock:
            return copy.deepcopy(self.pools[name]["spec"].get("blocks")) if name in self.pools else None

    def count(self, method, status=200):
        with self.lock:
            return sum(1 for call in self.calls if call.method == method and call.status == status)

    # ---- for the handler

    def answer(self, method, target, headers, body):
        """(status, object) for a call, which is written down."""
        url = urlsplit(target)
        pool = url.path.removeprefix(PATH) if url.path.startswith(PATH) else url.path
        with self.lock:
            status, result = self.judge(method, url, pool, headers, body)
            if status == "lost":
                status, result = 0, None
            self.calls.append(Call(time.monotonic(), method, pool, status))
        return status, result

    def judge(self, method, url, pool, headers, body):
        if headers.get("Authorization") != f"Bearer {self.token}":
            return self.failure(401, "Unauthorized")
        refused = self.refuse(method, pool)
        if refused and refused != "lost":
            return self.failure(refused, f'ciliumloadbalancerippools.cilium.io "{pool}" is refused: User "system:serviceaccount:hlgen:prefix-watch" '
                                f'cannot {method.lower()} resource "ciliumloadbalancerippools" in API group "cilium.io" at the cluster scope')
        if not url.path.startswith(PATH) or pool not in self.pools:
            return self.failure(404, f'ciliumloadbalancerippools.cilium.io "{pool}" not found')
        if method == "GET" and not url.query:
            return 200, self.pools[pool]
        if method != "PATCH" or parse_qs(url.query) != {"fieldManager": ["hlgen-prefix"]}:
            return self.failure(405, f"{method} {url.query}")
        if headers.get("Content-Type") != "application/merge-patch+json":
            return self.failure(415, headers.get("Content-Type", ""))
        self.patch(pool, json.loads(body))
        return refused or 200, self.pools[pool]

    def patch(self, pool, patch):
        result = merge_patch(self.pools[pool], patch)
        if result != self.pools[pool]:
            self.version += 1
            meta = result["metadata"] = dict(result["metadata"])
            meta["generation"] += 1
            meta["resourceVersion"] = str(self.version)
            meta["managedFields"] = [entry for entry in meta["managedFields"] if entry["manager"] != "hlgen-prefix"] + [
                {"apiVersion": "cilium.io/v2", "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {"f:blocks": {}}}, "manager": "hlgen-prefix",
                 "operation": "Update", "time": "2026-01-02T03:04:06Z"}]
        self.pools[pool] = result

    @staticmethod
    def failure(status, message):
        return status, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
                        "reason": REASONS[status], "code": status}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api = None

    def setup(self):
        while self.api.hanging == "connections":
            time.sleep(0.1)
        super().setup()

    def do(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.api.hanging == "answers":
            with self.api.lock:
                self.api.calls.append(Call(time.monotonic(), self.command, self.path, 0))
            self.rfile.read(1)
            self.close_connection = True
            return
        status, result = self.api.answer(self.command, self.path, self.headers, body)
        self.close_connection = True
        if status == 0:
            return
        # What the API server does for curl and browsers, unless they say something else; `pretty`: for all.
        pretty = self.api.pretty or self.headers.get("User-Agent", "").startswith(("curl/", "Mozilla/", "Wget/"))
        text = (json.dumps(result, indent=2) if pretty else json.dumps(result, separators=(",", ":"))) + "\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    do_GET = do_PATCH = do_PUT = do_POST = do_DELETE = do

    def log_message(self, format, *args):
        pass
