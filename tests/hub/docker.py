#!/usr/bin/python3
"""Docker's part: a FORWARD policy of DROP and a chain DOCKER-USER, made by hand as Docker makes them, and what the drop-in does."""
import re
import sys

from firewall import expect, load, matrix
from lab import TUNNEL6, WEB4, WEB6, Lab
from report import Trees, run_test
from world import CLIENTS, site

TOOLS = ("iptables", "ip6tables")


def drop_in(lab, tree):
    """Runs what the drop-in tells systemd to run once Docker is up."""
    unit = (tree / "etc/systemd/system/docker.service.d/hlgen.conf").read_text(encoding="utf-8")
    said = ""
    for line in re.findall(r"^ExecStartPost=-?(/.*)$", unit, re.MULTILINE):
        path, *words = line.split()
        said += lab.run("hub", str(tree) + path, *words)
    return said


def saved(lab):
    return "".join(re.sub(r"^#.*\n|\[\d+:\d+\]", "", lab.run("hub", f"{tool}-save"), flags=re.MULTILINE) for tool in TOOLS)


def without(lab, tree):
    """A machine without Docker: nothing happens."""
    before = saved(lab)
    said = drop_in(lab, tree)
    return [f"it says {said!r} or changes rules"] if said or saved(lab) != before else []


def passes(lab, tree):
    for tool in TOOLS:
        lab.run("hub", tool, "-P", "FORWARD", "DROP")
        lab.run("hub", tool, "-N", "DOCKER-USER")
        lab.run("hub", tool, "-A", "DOCKER-USER", "-j", "RETURN")
        lab.run("hub", tool, "-I", "FORWARD", "-j", "DOCKER-USER")
    troubles = expect(lab, [("all", "10.20.0.5", "tcp", 22, "silent"), ("friend", TUNNEL6 + "b", "tcp", 22, "silent"),
                            ("full", WEB4, "tcp", 443, "silent"), ("full", WEB6, "tcp", 443, "silent")])
    if troubles:
        troubles.insert(0, "Docker's rules alone should stop all of this")
    said = drop_in(lab, tree)
    if len(said.splitlines()) != 4:
        troubles.append(f"the first run says {said!r}")
    return troubles + matrix(lab)


def twice(lab, tree):
    before = saved(lab)
    said = drop_in(lab, tree)
    return [f"the second run says {said!r} or changes rules"] if said or saved(lab) != before else []


def taken_back(lab, tree):
    """Nobody judges the tunnel's packets any more: Docker's firewall must not be told to pass them."""
    lab.run("hub", "nft", "delete", "table", "inet", "hlgen")
    said = drop_in(lab, tree)
    troubles = [f"the first run without the table says {said!r}"] if len(said.splitlines()) != 4 else []
    troubles += ["rules are left"] if "wg0" in saved(lab) else []
    troubles += ["an owner's rule is gone"] if saved(lab).count("-A DOCKER-USER -j RETURN") != 2 else []
    said = drop_in(lab, tree)
    troubles += [f"the second says {said!r}"] if said else []
    load(lab, tree)
    drop_in(lab, tree)
    return troubles + ([] if saved(lab).count("wg0") == 4 else ["with the table the rules do not come back"])


def main():
    lab = Lab(CLIENTS)
    tree = Trees().build(site())
    load(lab, tree)
    run_test("hub/docker: without Docker nothing happens", without, lab, tree)
    run_test("hub/docker: every client reaches exactly its reach", passes, lab, tree)
    run_test("hub/docker: a second run adds no rule", twice, lab, tree)
    run_test("hub/docker: without the table the rules are taken back", taken_back, lab, tree)


if __name__ == "__main__":
    sys.exit(main())
