"""The cluster's API server as pods meet it: HTTPS with a certificate of the cluster's own CA, tokens of service accounts, and permissions.

What it knows is in cluster.py; here is only how one talks to it."""
import contextlib
import http.server
import json
import os
import re
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse
from dataclasses import dataclass

# As every pod is told. The lab has no service address for it: the server is on the node itself.
HOST, PORT = "127.0.0.1", 6443
PATH = re.compile(r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>v[^/]+)(?:/namespaces/(?P<namespace>[^/]+))?/(?P<resource>[a-z]+)(?:/(?P<name>[^/]+))?")
VERBS = {"GET": "get", "PATCH": "patch", "PUT": "update", "POST": "create", "DELETE": "delete"}
REASONS = {401: "Unauthorized", 403: "Forbidden", 404: "NotFound", 405: "MethodNotAllowed", 415: "UnsupportedMediaType", 503: "ServiceUnavailable"}


@dataclass
class Call:
    """What somebody asked for."""
    account: str        # system:serviceaccount:NAMESPACE:NAME
    verb: str
    group: str
    version: str
    namespace: str
    resource: str
    name: str
    content: str        # the type of the body
    body: str
    when: float = 0.0
    status: int = 0     # what was answered


class Refused(Exception):
    """An answer that is an error: Refused(404, "there is no such pool")."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code

    def status(self):
        return {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": str(self), "reason": REASONS[self.code], "code": self.code}


def permitted(objects, call):
    """Whether some ClusterRole that is bound to the account allows a call (RBAC)."""
    roles = {one["metadata"]["name"]: one.get("rules") or [] for one in objects if one["kind"] == "ClusterRole"}
    account = call.account.split(":")[2:]
    bound = [one["roleRef"]["name"] for one in objects if one["kind"] == "ClusterRoleBinding" and
             any([each.get("kind"), each.get("namespace"), each["name"]] == ["ServiceAccount", *account] for each in one.get("subjects", []))]

    def has(words, word):
        return word in words or "*" in words
    return any(has(rule["apiGroups"], call.group) and has(rule["resources"], call.resource) and has(rule["verbs"], call.verb) and
               (not rule.get("resourceNames") or call.name in rule["resourceNames"]) for role in bound for rule in roles.get(role, []))


def merged(old, patch):
    """A JSON merge patch (RFC 7386)."""
    if not isinstance(patch, dict):
        return patch
    new = dict(old) if isinstance(old, dict) else {}
    for key, value in patch.items():
        if value is None:
            new.pop(key, None)
        else:
            new[key] = merged(new.get(key), value)
    return new


def certificates(folder):
    """A CA, and the server's certificate by it."""
    os.makedirs(folder, exist_ok=True)

    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True)

    for name in ("ca", "server"):
        openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", f"{folder}/{name}.key")
    openssl("req", "-x509", "-key", f"{folder}/ca.key", "-days", "3", "-subj", "/CN=kubernetes", "-out", f"{folder}/ca.crt")
    openssl("req", "-new", "-key", f"{folder}/server.key", "-subj", "/CN=kube-apiserver", "-out", f"{folder}/server.csr")
    with open(f"{folder}/server.ext", "w", encoding="utf-8") as file:
        file.write(f"subjectAltName=IP:{HOST}\n")
    openssl("x509", "-req", "-in", f"{folder}/server.csr", "-CA", f"{folder}/ca.crt", "-CAkey", f"{folder}/ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", f"{folder}/server.ext", "-out", f"{folder}/server.crt")


class Server(http.server.ThreadingHTTPServer):
    """`answer(call)`: the object for a call, or Refused; it also says whose a token is: `account(token)`, or None. `calls`: all that came."""
    daemon_threads = True

    def __init__(self, machine, folder, account, answer):
        super().__init__((HOST, PORT), Handler, bind_and_activate=False)
        self.socket.close()
        self.machine, self.account, self.answer, self.calls = machine, account, answer, []
        certificates(folder)
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(f"{folder}/server.crt", f"{folder}/server.key")
        self.thread = None

    def up(self):
        with self.machine.inside():
            self.socket = socket.create_server((HOST, PORT))
        self.thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self.thread.start()

    def down(self):
        """Nobody listens any more, as while it is updated."""
        if self.thread:
            self.shutdown()
            self.thread.join()
            self.socket.close()
            self.thread = None

    def finish_request(self, request, client_address):
        # In the connection's own thread: a handshake must not hold up others.
        with contextlib.suppress(OSError):
            request.settimeout(10)
            with self.context.wrap_socket(request, server_side=True) as tls:
                super().finish_request(tls, client_address)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def call(self):
        url = urllib.parse.urlsplit(self.path)
        found = PATH.fullmatch(url.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if not found:
            raise Refused(404, "the server could not find the requested resource")
        words = {key: value or "" for key, value in found.groupdict().items()}
        verb = VERBS[self.command] if words["name"] or self.command != "GET" else "list"
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return Call(self.server.account(token), verb, content=self.headers.get("Content-Type", ""), body=body, when=time.monotonic(), **words)

    def do(self):
        call = None
        try:
            call = self.call()
            if call.account is None:
                raise Refused(401, "Unauthorized")
            status, said = 200, self.server.answer(call)
        except Refused as error:
            status, said = error.code, error.status()
        if call:
            call.status = status
            self.server.calls.append(call)
        # Indented for whoever looks like a person, which the real one does for curl, too.
        data = (json.dumps(said, indent=2 if self.headers.get("User-Agent", "").startswith(("curl", "Wget", "Mozilla")) else None) + "\n").encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_PATCH = do_PUT = do_POST = do_DELETE = do

    def log_message(self, *_):          # pylint: disable=arguments-differ
        pass
