#!/usr/bin/python3
"""The mode `firewall: ufw`: real UFW beside hlgen's own table, and hlgen-ufw, which gives UFW its rules."""
import os
import re
import subprocess
import sys

from connections import CUTS, cut
from firewall import expect, forged, load, matrix
from lab import HUB4, HUB6, TUNNEL4, TUNNEL6, Lab, command
from report import Trees, run_test
from world import CLIENTS, site as any_site


def site(*arguments, **options):
    return any_site(*arguments, firewall="ufw", **options)


class UfwTrees(Trees):
    """For tests that change single clients only."""

    def build(self, site):
        return super().build(site.replace("firewall: nftables", "firewall: ufw"))


def own_machine():
    """UFW's files as the package brings them, in a place of their own: the machine that runs the test has its own rules."""
    for path in ("/etc/ufw", "/etc/default/ufw"):
        copy = "/run/copy" + path.replace("/", "-")
        command("cp", "-a", path, copy)
        command("mount", "--bind", copy, path)


class Ufw:
    def __init__(self, lab):
        self.lab = lab

    def say(self, *words):
        return self.lab.run("hub", "ufw", *words)

    def rules(self):
        """All rules as commands, sorted."""
        return sorted(line for line in self.say("show", "added").splitlines() if line.startswith("ufw "))

    def reset(self, *owners):
        """Off, with nothing but these rules of the owner."""
        self.say("--force", "reset")
        self.say("default", "deny", "incoming")
        self.say("default", "deny", "routed")
        for rule in owners:
            self.say(*rule.split())

    def script(self, tree, *options):
        """(exit status, what it printed) of the tree's hlgen-ufw."""
        done = subprocess.run(["ip", "netns", "exec", "hub", tree / "usr/local/sbin/hlgen-ufw", *options], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    @staticmethod
    def files():
        """What UFW keeps on disk, with the times: a rule that is written anew shows."""
        return [(name, os.stat(f"/etc/ufw/{name}").st_mtime_ns) for name in ("user.rules", "user6.rules")]


OWNERS = ("allow 7000/tcp", "deny 25/tcp", "limit 22/tcp")


def first_run(ufw, tree):
    """From off to on: nobody who is logged in notices; with --check nothing happens at all."""
    troubles = []
    ufw.reset()
    before = (ufw.rules(), ufw.files())
    status, said = ufw.script(tree, "--check")
    if status != 1 or not said.startswith("ufw allow 22/tcp "):
        troubles.append(f"--check on an empty UFW: status {status}, {said}")
    if not said.endswith("ufw --force enable\n"):
        troubles.append(f"--check does not notice that UFW is off: {said}")
    if (ufw.rules(), ufw.files()) != before or "Status: active" in ufw.say("status"):
        troubles.append("--check changed something")
    sides = ufw.lab.connect("net", HUB4, 22)
    status, said = ufw.script(tree, "--enable")
    if status != 0 or not said.startswith("ufw allow 22/tcp ") or not said.endswith("ufw --force enable\n"):
        troubles.append(f"--enable: status {status}, {said}")
    for one, other in (sides, sides[::-1]):
        one.send(b"still there")
        other.setblocking(True)
        other.settimeout(1)
        if other.recv(100) != b"still there":
            troubles.append("the open SSH connection hangs")
    if ufw.script(tree, "--check") != (0, ""):
        troubles.append(f"--check after it: {ufw.script(tree, '--check')}")
    return troubles + expect(ufw.lab, [("net", HUB4, "tcp", 22, "open"), ("net", HUB6, "tcp", 22, "open")])


def ports(lab):
    cases = []
    for own in (HUB4, HUB6):
        cases += [("net", own, "tcp", port, "open") for port in (22, 443, 8080)] + [("net", own, "udp", port, "open") for port in (5001, 51820)]
        cases += [("net", own, "tcp", port, "silent") for port in (53, 80, 9100)]
        cases += [("net", own, "udp", port, "silent") for port in (53, 5004, 9100)]
    for own in (TUNNEL4 + "1", TUNNEL6 + "1"):
        cases += [("all", own, "tcp", 22, "open"), ("all", own, "ping", 0, "open"), ("all", own, "tcp", 9100, "silent")]
    cases += [("lan", TUNNEL4 + "1", what, 9100, "open", "10.20.0.9") for what in ("tcp", "udp")]
    cases += [("lan", TUNNEL4 + "1", what, 9100, "silent", "10.10.0.9") for what in ("tcp", "udp")]
    return expect(lab, cases)


def second_run(ufw, tree):
    before = (ufw.rules(), ufw.files())
    status, said = ufw.script(tree)
    troubles = [] if (status, said) == (0, "") else [f"status {status}: {said}"]
    return troubles + ([] if (ufw.rules(), ufw.files()) == before else ["rules or files changed"])


def changes(ufw, trees, variants):
    """Through several site files, each time the rules equal those of a fresh start, and the owner's are there; SSH stays open."""
    troubles, fresh = [], {}
    for number, text in enumerate(variants):
        ufw.reset(*OWNERS)
        tree = trees.build(text)
        ufw.script(tree, "--enable")
        fresh[number] = (tree, ufw.rules())
    for step, number in enumerate((0, 1, 2, 1, 0, 2, 0)):
        tree, wanted = fresh[number]
        status, said = ufw.script(tree)
        if status or ufw.rules() != wanted:
            troubles += [f"to site {number}: status {status}", said, *sorted(set(ufw.rules()) ^ set(wanted))]
        missing = {f"ufw {rule}" for rule in OWNERS} - set(ufw.rules())
        if missing:
            troubles.append(f"to site {number}: the owner's {missing} are gone")
        if step % 3 == 0:  # the owner's `limit` refuses the sixth connection within half a minute
            troubles += expect(ufw.lab, [("net", HUB4, "tcp", 22, "open"), ("net", HUB6, "tcp", 22, "open")])
        if ufw.script(tree) != (0, ""):
            troubles.append(f"to site {number}: the second run says {ufw.script(tree)}")
    if len({str(rules) for _, rules in fresh.values()}) < len(fresh):
        troubles.append("two sites ask for the same rules: no test")
    return troubles


def odd_rules(ufw, trees):
    """Every kind of vps.allow comes out in the words that UFW itself uses: a second run finds all of them."""
    allow = ('["8000-8010/udp", "8000-8010/tcp from 10.20.0.5", "9000/tcp from 2001:db8::/32", "9001/udp from 2001:db8::5", '
             '"9002/tcp from 0.0.0.0/0", "9003/tcp from 198.51.100.7/32"]')
    text = re.sub(r"allow: \[.*\]", lambda _: f"allow: {allow}", site())
    ufw.reset()
    tree = trees.build(text)
    ufw.script(tree, "--enable")
    count = sum("'hlgen: allow'" in rule for rule in ufw.rules())
    return second_run(ufw, tree) + ([] if count == 6 else [f"{count} rules for 6 openings", *ufw.rules()])


def main():
    own_machine()
    lab, trees = Lab(CLIENTS), Trees()
    ufw, tree = Ufw(lab), trees.build(site())
    load(lab, tree)
    run_test("hub/ufw: the first run turns it on and locks nobody out", first_run, ufw, tree)
    run_test("hub/ufw: a second run changes nothing", second_run, ufw, tree)
    run_test("hub/ufw: every client reaches exactly its reach", matrix, lab)
    run_test("hub/ufw: ports of the VPS itself", ports, lab)
    run_test("hub/ufw: forged senders", forged, lab)
    for name in ("a client is removed", "full becomes split"):
        run_test(f"hub/ufw: connections end when {name}", cut, lab, UfwTrees(), *CUTS[name], 1)
    run_test("hub/ufw: rules follow the site file, the owner's stay", changes, ufw, trees, [
        site(), site({"full": None, "fullplus": None}, vps="ssh_port: 22,").replace("listen: 443", "listen: 80").replace(", 8080/tcp", ""),
        site({"full": None}, address6=False).replace("from 10.20.0.0/24", "from 10.20.0.8")])
    run_test("hub/ufw: openings of every kind", odd_rules, ufw, trees)


if __name__ == "__main__":
    sys.exit(main())
