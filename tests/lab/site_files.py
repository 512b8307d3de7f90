"""The files of a house: builds its site with hlgen, and knows what hlgen makes of it."""
import contextlib
import json
import os
import re
import subprocess

from machine import Failed

HLGEN = os.environ.get("HLGEN", "hlgen")


def hlgen(*words):
    done = subprocess.run([HLGEN, *words], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise Failed(f"hlgen {' '.join(words)}", done.returncode, done.stdout, done.stderr)
    return done.stdout


def wg(*words, text=None):
    return subprocess.run(["wg", *words], input=text, capture_output=True, text=True, check=True).stdout.strip()


class SiteFiles:
    """`tree`: what was built; `plan` and `site`: what `hlgen show` says; `said`: what the last build said."""

    def __init__(self, folder, site_text, mutation=None):
        self.folder, self.mutation = folder, mutation
        self.tree, self.keys, self.site_file = f"{folder}/out", f"{folder}/keys", f"{folder}/site.yaml"
        self.own_keys = {}                  # of clients that bring their own: {client: private key}
        self.plan, self.site, self.said = {}, {}, ""
        os.makedirs(folder, exist_ok=True)
        self.build(site_text)

    def show(self, what):
        return json.loads(hlgen("show", what, "--keys", self.keys, self.site_file))

    def build(self, site_text):
        """Builds into the same tree with the same keys; what hlgen said."""
        self._write(site_text)
        with contextlib.suppress(Failed):           # if the site is wrong, the build says so
            self.site = self.show("site")
        self._write(self.with_own_keys(site_text))
        return self._built(hlgen("build", "--keys", self.keys, "--out", self.tree, "--force", self.site_file))

    def set_prefix(self, prefix):
        """Writes the provider's prefix into the site file and builds, as its owner does it; what hlgen said."""
        return self._built(hlgen("prefix", "--site", self.site_file, "--keys", self.keys, "--out", self.tree, "--force", prefix))

    def _built(self, said):
        self.said, self.plan, self.site = said, self.show("plan"), self.show("site")
        if self.mutation:
            self.mutation(self.tree)
        return said

    def with_own_keys(self, text):
        """A client with `public_key` keeps its private key itself; in the lab it needs one, so its public key becomes one that the lab has."""
        for name, client in self.site.get("clients", {}).items():
            if client.get("public_key"):
                if name not in self.own_keys:
                    self.own_keys[name] = wg("genkey")
                text = text.replace(client["public_key"], wg("pubkey", text=self.own_keys[name]))
        return text

    def client_file(self, client, variant=None):
        """The text of a client's file, as it is; only the gap that is marked in that of a client with a key of its own is filled in."""
        path = f"{self.tree}/clients/{client}{'-' + variant if variant else ''}.conf"
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if client in self.own_keys:
            text, count = re.subn(r"^# PrivateKey = .*$", f"PrivateKey = {self.own_keys[client]}", text, flags=re.MULTILINE)
            if count != 1:
                raise Failed(f"{path} has no place for the client's own key")
        return text

    def _write(self, text):
        with open(self.site_file, "w", encoding="utf-8") as file:
            file.write(text)
