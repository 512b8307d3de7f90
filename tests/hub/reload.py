#!/usr/bin/python3
"""Reloads of the hub, as the tree's units do them: reload.py FOLDER, in a private machine (see reload.sh)."""
import copy
import json
import os
import random
import sys
import time

import tunnels
from traffic import Transfer, serve
from tunnels import NETWORKS, build, change, install, reaches, run, site, state, systemctl

CHANGES = 20
failures = 0


def test(name, *troubles):
    """Passed when there is no trouble."""
    global failures
    troubles = [str(each) for each in troubles if each]
    print(f"{'FAIL' if troubles else 'ok'} hub/reload: {name}")
    for each in troubles:
        failures += 1
        print("\n".join("    " + line for line in each.splitlines()[:40]))
    sys.stdout.flush()


def address(number):
    return f"10.100.0.{number}"


def client_tests(folder):
    """Clients and networks that come and go, beside a transfer that nothing of it may touch."""
    clients = {"stays": {"address": address(10)}, "leaves": {"address": address(11)}}
    tree = f"{folder}/out"
    tunnels.client(tree, "stays", 1)
    tunnels.client(tree, "leaves", 2)
    begin = time.monotonic()
    transfer, doomed = Transfer("stays", "10.30.0.5"), Transfer("leaves", "10.30.0.5")
    time.sleep(1)
    test("two clients at work", transfer.trouble(begin, 0.8), doomed.trouble(begin, 0.8))

    begin = time.monotonic()
    clients["joins"] = {"address": address(12)}
    change(folder, site(clients))
    tunnels.client(tree, "joins", 3)
    test("a client that was added works at once", not reaches("joins", "10.30.0.5", timeout=1) and "no connection within a second")

    del clients["leaves"]
    change(folder, site(clients))
    cut = time.monotonic()
    time.sleep(1)
    late = doomed.last() - cut
    test("a client that was removed is out at once", late > 0.2 and f"data came {late:.2f} s later",
         reaches("leaves", "10.30.0.5", timeout=1) and "a new connection was possible")

    test("a network that is not there yet", reaches("stays", "10.40.0.5", timeout=1) and "it answered")
    networks = {**NETWORKS, "cameras": {"vlan": 40, "subnet": "10.40.0.0/24"}}
    change(folder, site(clients, networks))
    test("a network that was added is reached at once", not reaches("stays", "10.40.0.5", timeout=1) and "no connection within a second",
         "10.40.0.0/24" not in run("ip", "route", "show", "dev", "wg0") and "no route")
    change(folder, site(clients))
    test("a network that was removed has no route", "10.40.0.0/24" in run("ip", "route", "show", "dev", "wg0") and "the route is left",
         reaches("stays", "10.40.0.5", timeout=1) and "it answers")
    test("the transfer of the other client went on through all of it", transfer.trouble(begin, 1.0))
    for each in (transfer, doomed):
        if each.connection:
            each.connection.close()


def random_change(chance, now):
    """Another site, one step from `now`; a word about it."""
    after = copy.deepcopy(now)
    clients = after["clients"]
    what = chance.choice(["join", "join", "leave", "network", "routes", "routes", "psk", "reach", "reach", "disable", "move"])
    name = chance.choice(sorted(clients)) if clients else None
    if what == "join" or name is None:
        number = chance.choice([n for n in range(20, 60) if address(n) not in {each["address"] for each in clients.values()}])
        clients[f"c{number}"] = {"address": address(number)}
    elif what == "leave":
        del clients[name]
    elif what == "network":
        vlan = chance.randrange(41, 60)
        if after["networks"].pop(f"n{vlan}", None) is None:
            after["networks"][f"n{vlan}"] = {"vlan": vlan, "subnet": f"10.{vlan}.0.0/{chance.choice((16, 24))}"}
    elif what == "routes":
        number = chance.randrange(4)
        prefix = f"172.20.{number}.0/24"
        holders = [each for each in clients.values() if prefix in each.get("routes", [])]
        for each in holders:
            each["routes"].remove(prefix)
        if not holders or chance.random() < 0.7:
            clients[name].setdefault("routes", []).append(prefix)
    elif what == "psk":
        after["tunnel"]["preshared_keys"] = not after["tunnel"].get("preshared_keys", True)
    elif what == "reach":
        clients[name]["reach"] = chance.choice([["servers"], ["lan", "10.30.0.5:22/tcp"], ["10.20.0.7"], [], ["router"]])
    elif what == "disable":
        clients[name]["enabled"] = not clients[name].get("enabled", True)
    else:
        # A prefix from one peer to another, in a single step: a client and its address under another name, so with other keys.
        clients[name + "x" if len(name) < 12 else name[:3]] = clients.pop(name)
    return after, what


def difference(got, expected):
    """The lines by which two states differ."""
    return "\n".join([f"left over: {line}" for line in got if line not in expected] +
                     [f"missing: {line}" for line in expected if line not in got])


def random_tests(folder, seed):
    chance = random.Random(seed)
    now = site({f"c{n}": {"address": address(n)} for n in range(10, 14)})
    change(folder, now)
    done = []
    for number in range(CHANGES):
        now, what = random_change(chance, now)
        done.append(what)
        change(folder, now)
        if number % 2 == 0:
            continue
        wrong = difference(state(), tunnels.fresh_state([sys.executable, __file__, "--state"]))
        if wrong:
            test(f"after change {number + 1} of {CHANGES} the hub is as after a fresh start (seed {seed})", f"{' '.join(done)}\n{wrong}")
            return
    peers = len(run("wg", "show", "wg0", "peers").splitlines())
    test(f"after every second of {CHANGES} random changes the hub is as after a fresh start",
         (peers < 2 or len(set(done)) < 5) and f"too little was tried: {done}, {peers} peers at the end")


def nothing_to_do(folder):
    """A reload without a change must say so: no route is touched."""
    before = state()
    said = run("/usr/local/sbin/hlgen-wg-routes", "wg0")
    test("a second run finds nothing to do", said, difference(state(), before))
    run("ip", "route", "add", "10.99.0.0/24", "dev", "wg0", "proto", "static")
    run("ip", "route", "add", "10.98.0.0/24", "dev", "wg0")
    said = run("/usr/local/sbin/hlgen-wg-routes", "wg0")
    left = run("ip", "route", "show", "dev", "wg0")
    test("an owner's static route stays, an old route goes", "10.99.0.0/24" not in left and "the static route is gone",
         "10.98.0.0/24" in left and "the old route is left", said.count("\n") != 1 and f"it said: {said}")
    run("ip", "route", "del", "10.99.0.0/24", "dev", "wg0", "proto", "static")


def main():
    folder = sys.argv[1]
    if folder == "--state":
        systemctl("start", "hlgen-firewall", "wg-quick@wg0")
        print(json.dumps(state()))
        return 0
    tunnels.internet()
    tree = build(folder, site({"stays": {"address": address(10)}, "leaves": {"address": address(11)}}))
    install(tree)
    run("sysctl", "-q", "-p", "/etc/sysctl.d/90-hlgen.conf")
    systemctl("start", "hlgen-firewall", "wg-quick@wg0")
    tunnels.router(f"{folder}/keys")
    serve("lan")
    client_tests(folder)
    nothing_to_do(folder)
    random_tests(folder, int(os.environ.get("HUB_SEED", "5")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
