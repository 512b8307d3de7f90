"""The API server of a house's cluster: that of tests/watcher, on the cluster's node, with service accounts, their tokens and what RBAC lets them do."""
import re
import secrets
from dataclasses import dataclass

import certificates
from api import Api

# As every pod is told. The lab has no service address for it: the server is on the node itself.
HOST, PORT = "127.0.0.1", 6443
PATH = re.compile(r"/(?:api|apis/(?P<group>[^/]+))/v[^/]+(?:/namespaces/[^/]+)?/(?P<resource>[a-z]+)(?:/(?P<name>[^/]+))?")
VERBS = {"GET": "get", "PATCH": "patch", "PUT": "update", "POST": "create", "DELETE": "delete"}


@dataclass(frozen=True)
class Wish:
    """What an account wants to do."""
    verb: str
    group: str
    resource: str
    name: str


def wish(method, path):
    """Of a request; a path that has no resource is nobody's."""
    found = PATH.fullmatch(path)
    if not found:
        return None
    group, resource, name = (found[key] or "" for key in ("group", "resource", "name"))
    return Wish(VERBS[method] if name or method != "GET" else "list", group, resource, name)


def permitted(objects, account, one):
    """Whether some ClusterRole that is bound to an account (namespace, name) allows it."""
    roles = {each["metadata"]["name"]: each.get("rules") or [] for each in objects if each["kind"] == "ClusterRole"}
    bound = [each["roleRef"]["name"] for each in objects if each["kind"] == "ClusterRoleBinding" and
             any((who["kind"], who.get("namespace"), who["name"]) == ("ServiceAccount", *account) for who in each.get("subjects", []))]

    def has(words, word):
        return word in words or "*" in words
    return any(has(rule["apiGroups"], one.group) and has(rule["resources"], one.resource) and has(rule["verbs"], one.verb) and
               (not rule.get("resourceNames") or one.name in rule["resourceNames"]) for role in bound for rule in roles.get(role, []))


class ClusterApi(Api):
    """`objects()`: all that the cluster has; `changed()` is called after each patch. Its lock is the cluster's."""

    def __init__(self, machine, folder, lock, objects, changed):
        certificates.make(folder, "kubernetes", "kube-apiserver", {"server": [f"IP:{HOST}"]}, "pem")
        super().__init__(HOST, PORT, folder, "", pretty=False)
        self.machine, self.lock, self.objects, self.changed, self.accounts = machine, lock, objects, changed, {}

    def start(self):
        with self.machine.inside():
            super().start()

    def account(self, namespace, name):
        """The files of a service account for a pod, with a token of its own."""
        token = secrets.token_urlsafe(48)
        self.accounts[token] = namespace, name
        with open(f"{self.certificates}/ca.pem", encoding="ascii") as file:
            return {"ca.crt": file.read(), "token": token, "namespace": namespace}

    def judge(self, method, url, pool, headers, body):
        token = (headers.get("Authorization") or "").removeprefix("Bearer ")
        account, one = self.accounts.get(token), wish(method, url.path)
        if account and not (one and permitted(self.objects(), account, one)):
            return self.failure(403, f'{method} {url.path} is forbidden: User "system:serviceaccount:{":".join(account)}" cannot do this')
        # The one token that is taken is that of the account which asks.
        self.token = token if account else secrets.token_urlsafe()
        return super().judge(method, url, pool, headers, body)

    def patch(self, pool, patch):
        super().patch(pool, patch)
        self.changed()
