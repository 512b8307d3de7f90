"""Scenarios for apply.sh and verify.sh; each runs on a private machine of its own (tests/hub/apply.sh)."""
import os
import random
import re
import socket
import subprocess
import sys
import time

import tunnels
import apply_trouble
from apply_machine import (STATE, Machine, Watch, confirmed, difference, edit, everything, files, lacks, site, tcp_server, test, timers, tls_server,
                           wait_for, write)

HERE = os.path.dirname(os.path.abspath(__file__))


def first(machine):
    """From nothing to a hub that relays, with the router there."""
    machine.build(site())
    before = everything()
    said = machine.apply("--check", expect=1)
    test("first: --check lists the files and changes nothing", lacks(said, "install  /etc/wireguard/wg0.conf", "load     firewall"),
         difference(before, everything()), os.path.exists(STATE) and "there is a state folder")
    tunnels.router(f"{machine.folder}/keys")
    server, plain = tls_server("lan", "10.30.0.5", 443, machine.folder), tcp_server("lan", "10.20.0.5", 22)
    with Watch(machine.secrets()) as watch:
        said = machine.apply()
    test("first: installs, loads, verifies through the tunnel",
         lacks(said, "films.example.org answers with a certificate", "relay git: port 2222, through to 10.20.0.5:22", "is sent to https",
               "last handshake", "NOT CONFIRMED", "--confirm"), "warning" in said and said)
    plain.close()
    server.kill()
    now = everything()
    test("first: units run and start at boot",
         *[f"{unit}: {now['unit ' + unit]}" for unit in ("wg-quick@wg0", "hlgen-firewall", "hlgen-relay") if now["unit " + unit] != "active enabled"])
    modes = {path: about.split()[0] for path, about in now.items() if path.startswith(("/etc/wireguard/", "/usr/local/sbin/hlgen", "/etc/hlgen/"))}
    want = {"/etc/wireguard/wg0.conf": "600", "/etc/hlgen/vps.nft": "644", "/usr/local/sbin/hlgen-wg-routes": "755"}
    test("first: modes", *[f"{path}: {modes.get(path)}" for path in want if modes.get(path) != want[path]],
         os.stat(STATE).st_mode & 0o77 and f"{STATE} is open to others")
    test("first: the timer waits", len(timers()) != 1 and f"{len(timers())} timers")
    test("first: confirmed over a new connection", lacks(machine.keep(), "confirmed"), timers() and "the timer still waits")
    before = everything() | files([STATE])
    machine.calls()
    said = machine.apply()
    checked = machine.apply("--check")
    test("twice: nothing to do, no file, no timer, no systemctl", lacks(said, "nothing to do"), lacks(checked, "nothing to do"),
         difference(before, everything() | files([STATE])), timers() and "a timer", "\n".join(machine.calls()))
    said = subprocess.run([f"{machine.staged}/verify.sh"], capture_output=True, text=True, check=False)
    test("verify.sh: all is well", said.returncode and f"status {said.returncode}\n{said.stdout}{said.stderr}",
         lacks(said.stdout, "router", "client phone", "client laptop", "never since the start", "ports 80 443 2222", "UDP ports 27015"))
    tunnels.run("ip", "route", "del", "10.20.0.0/24", "dev", "wg0")
    tunnels.systemctl("stop", "hlgen-relay")
    said = subprocess.run([f"{machine.staged}/verify.sh"], capture_output=True, text=True, check=False)
    test("verify.sh: says what is wrong", said.returncode != 1 and f"status {said.returncode}",
         lacks(said.stdout, "10.20.0.0/24 has no route", "hlgen-relay.service does not run", "nothing listens on port 443",
               "nothing listens on UDP port 27015"))
    machine.said.append(said.stdout + said.stderr)
    said = machine.apply("--yes")
    test("a unit that was stopped is started again", "unit" in said and said, lacks(said, "relay, anew"))
    leaked = [f"a key of the site in {path}" for path in ("/run/systemctl-stand-in/journal", f"{STATE}/rollback.log")
              if os.path.exists(path) and any(key in tunnels.read(path) for key in machine.secrets())]
    test("secrets: in no output, no log, no command line", *leaked, watch.looked < 500 and "too few looks",
         any(key in said for key in machine.secrets() for said in machine.said) and "a key was printed", *sorted(watch.seen))


BREAK = {
    "nft": ("etc/hlgen/vps.nft", r"policy drop;", "policy dorp;"),
    "nginx": ("etc/hlgen/nginx.conf", r"^stream \{", "straem {"),
    "wg0.conf": ("etc/wireguard/wg0.conf", r"^PrivateKey = (...)", r"PrivateKey = \1\1"),
    "wg0.conf, a line": ("etc/wireguard/wg0.conf", r"^PresharedKey = ", "PresharedKeys = "),
    "wg0.conf, an address": ("etc/wireguard/wg0.conf", r"^Address = ", "Address = 10.300.0.1/24, "),
    "a unit": ("etc/systemd/system/hlgen-relay.service", r"^Type=forking", "Type=froking"),
    "a command of a unit": ("etc/systemd/system/hlgen-firewall.service", r"^ExecStart=/usr/sbin/nft", "ExecStart=/usr/sbin/ntf"),
    "a script": ("usr/local/sbin/hlgen-wg-routes", r"^done$", "dnoe"),
}


def broken(machine):
    """A broken file stops it before the first change."""
    machine.build(site())
    before = everything() | files([STATE])
    for name, (path, pattern, replacement) in BREAK.items():
        good = tunnels.read(f"{machine.staged}/{path}")
        edit(f"{machine.staged}/{path}", pattern, replacement)
        said = machine.apply(expect=1)
        test(f"broken {name}: stops before the first change", lacks(said, "nothing was changed"), "== install" in said and said,
             difference(before, everything() | files([STATE])), timers() and "a timer",
             any(key in said or key[6:30] in said for key in machine.secrets()) and "it shows a key")
        write(f"{machine.staged}/{path}", good)
    said = machine.apply("--yes")
    test("broken: mended, it installs", lacks(said, "done, for good"))


def lockout(machine):
    """A firewall that lets nobody in undoes itself; so does a change that nobody confirms."""
    confirmed(machine, site())
    before = everything()
    edit(f"{machine.staged}/etc/hlgen/vps.nft", r"^\s*tcp dport 22 counter accept comment \"ssh\"$", "")
    edit(f"{machine.staged}/etc/wireguard/wg0.conf", r"^MTU = .*", "MTU = 1300")
    machine.apply("--rollback-after", "4")
    test("lock-out: nobody gets in", machine.connect() and "a new connection was let in")
    test("lock-out: undone by the timer", not wait_for(lambda: not os.path.exists(f"{STATE}/pending"), 40) and "it still waits")
    test("lock-out: SSH is back", not machine.connect() and "no connection")
    wait_for(lambda: not timers(), 5)
    test("lock-out: all is as before", difference(before, everything()), timers() and "a timer")
    said = machine.apply("--confirm", connection=machine.connect(), expect=1)
    test("lock-out: too late to confirm", lacks(said, "too late"))
    machine.build(site())
    test("lock-out: the old tree again: nothing to do", lacks(machine.apply(), "nothing to do"))


def confirm(machine):
    """Who may confirm, and that it then stays."""
    fresh = everything()
    older = machine.connect()
    machine.build(site())
    machine.apply("--rollback-after", "50")
    for name, connection, word in (("the same connection", None, "older than the change"), ("one that was open before", older, "older than the change"),
                                   ("no SSH connection", False, "no SSH connection")):
        said = machine.apply("--confirm", connection=connection, expect=1)
        test(f"confirm: refused from {name}", lacks(said, word), not os.path.exists(f"{STATE}/pending") and "it took it")
    gone = machine.connect()
    words = machine.ssh_words(gone)
    gone.close()
    time.sleep(0.3)
    said = machine.apply("--confirm", connection=False, expect=1, SSH_CONNECTION=words)
    test("confirm: refused from a connection that has ended", lacks(said, "has ended"))
    said = machine.apply()
    test("confirm: a second run has nothing to do and arms nothing", lacks(said, "nothing to do", "NOT CONFIRMED"), len(timers()) != 1 and f"{len(timers())} timers")
    machine.apply("--rollback")
    test("rollback of a first install: all is as before", difference(fresh, everything()), timers() and "a timer",
         os.path.exists("/etc/hlgen") and "/etc/hlgen is still there")
    machine.apply("--rollback-after", "3")
    machine.keep()
    held = everything()
    time.sleep(5)
    test("confirm: it stays", difference(held, everything()), timers() and "a timer", not machine.connect() and "no SSH")
    machine.build(site(vps={"address": tunnels.HUB, "allow": ["9100/tcp"]}))
    machine.apply()
    test("confirm: --force from the console", lacks(machine.apply("--confirm", "--force", connection=False), "confirmed"), timers() and "a timer")


def changes(machine):
    """Each change loads what it must, and nothing else."""
    confirmed(machine, site())

    def change(name, text, *expected, absent=()):
        machine.build(text)
        machine.apply("--yes")
        calls = [re.sub(r"\.service", "", line) for line in machine.calls()]
        wanted = [line for line in calls if line.split()[0] not in ("enable", "daemon-reload", "stop")]
        test(f"change: {name}", sorted(wanted) != sorted(expected) and f"expected {expected}\ngot {calls}",
             *[f"{path} is still there" for path in absent if os.path.exists(path)])
        return calls

    more = site()
    more["clients"]["tablet"] = {"address": "10.100.0.12", "reach": ["lan"]}
    change("a client: peers and firewall are reloaded", more, "reload hlgen-firewall", "reload wg-quick@wg0")
    more["tunnel"]["mtu"] = 1380
    change("the MTU: the tunnel is restarted", more, "restart wg-quick@wg0")
    more["services"]["books"] = {"via": "relay"}
    change("a published name: only the relay is reloaded", more, "reload hlgen-relay")
    more["vps"]["allow"] = ["9100/tcp"]
    change("an open port: only the firewall is reloaded", more, "reload hlgen-firewall")
    relay, services = more.pop("relay"), more.pop("services")
    change("no relay: its unit ends, its files go", more, "disable --now hlgen-relay", "reload hlgen-firewall",
           absent=("/etc/hlgen/nginx.conf", "/etc/systemd/system/hlgen-relay.service"))
    now = everything()
    test("change: nothing of the relay is left", "nginx" in now["listening"] and now["listening"], ":443 " in now["listening"] and now["listening"],
         now["unit hlgen-relay"].startswith("active") and now["unit hlgen-relay"])
    more.update(relay=relay, services=services)
    change("the relay comes back", more, "start hlgen-relay", "reload hlgen-firewall")
    edit(f"{machine.staged}/etc/hlgen/nginx.conf", "^# hlgen: relay", "# hlgen: a relay")
    tunnels.run("nft", "delete", "table", "inet", "hlgen")
    said = machine.apply("--yes")
    test("change: a table that was taken away by hand comes back", lacks(said, "firewall"), "inet hlgen" not in everything()["nft"] and "no table")


def preflight(machine):
    """What would go wrong is said before anything changes."""
    machine.build(site())
    before = everything() | files([STATE])

    def stops(name, *words):
        said = machine.apply(expect=1)
        test(f"preflight: {name}", lacks(said, "nothing was changed", *words), difference(before, everything() | files([STATE])))

    taken = tcp_server(None, "0.0.0.0", 443)
    before = everything() | files([STATE])
    stops("a port of the relay is taken", "listens on port 443")
    taken.close()
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    taken.bind(("0.0.0.0", 27015))
    before = everything() | files([STATE])
    stops("a UDP port of the relay is taken", "listens on UDP port 27015")
    taken.close()
    machine.start_sshd(2200)
    before = everything() | files([STATE])
    old, machine.connection = machine.connection, machine.connect()
    stops("sshd listens elsewhere", "sshd listens on port 2200", "this SSH connection uses port 2200")
    machine.start_sshd(22)
    machine.connection = machine.connect()
    old.close()
    before = everything() | files([STATE])
    tunnels.run("wireguard-go", "wg7")
    tunnels.run("wg", "set", "wg7", "listen-port", "51820")
    tunnels.run("ip", "link", "set", "wg7", "up")
    before = everything() | files([STATE])
    stops("another WireGuard has the port", "'wg7' has UDP port 51820")
    tunnels.run("ip", "link", "del", "wg7")
    holder = subprocess.Popen(["flock", "-o", "/run/hlgen-apply.lock", "sleep", "60"])  # pylint: disable=consider-using-with
    time.sleep(0.3)
    test("preflight: not two at once", lacks(machine.apply(expect=1), "another run is at work"))
    holder.kill()
    holder.wait()
    for words in (("--what",), ("--rollback-after", "0"), ("--rollback-after",)):
        machine.apply(*words, expect=2)
    test("preflight: usage", lacks(machine.apply("-h"), "--rollback-after"))


TRAP = """
unset BASH_ENV
set -T
hlgen_commands=0
trap 'echo "$hlgen_commands" > "$COUNT_FILE"' EXIT
trap '((++hlgen_commands == KILL_AT)) && kill -KILL $$' DEBUG
"""


def killed(machine):
    """SIGKILL before the n-th command of apply.sh: the next run, or the way back, ends as if nothing had happened."""
    trap, counter = f"{machine.folder}/trap", f"{machine.folder}/count"
    with open(trap, "w", encoding="utf-8") as file:
        file.write(TRAP)
    confirmed(machine, site())
    machine.apply("--yes")
    start = everything(), tunnels.read(f"{STATE}/loaded")
    # Much at once: a restart, a reload, a unit that goes, files that come and go, sysctl.
    text = site(vps={"address": tunnels.HUB, "allow": ["9100/tcp"]})
    text["tunnel"]["mtu"] = 1380
    text["clients"]["tablet"] = {"address": "10.100.0.12"}
    del text["relay"]["http"], text["services"]["films"], text["relay"]["https"]
    machine.build(text)

    def run(kill_at):
        machine.apply(expect=None, BASH_ENV=trap, KILL_AT=str(kill_at), COUNT_FILE=counter)

    run(0)
    total = int(tunnels.read(counter))
    end = everything(times=False), tunnels.read(f"{STATE}/loaded")
    machine.apply("--rollback")
    test("killed: uninterrupted, and back", difference(start[0], everything()),
         start[1] != tunnels.read(f"{STATE}/loaded") and "other digests")
    chance = random.Random(int(os.environ.get("HUB_SEED", "1")))
    cases = int(os.environ.get("HUB_KILLS", "6"))
    # One from each of as many equal stretches.
    points = [chance.randrange(total * i // cases, total * (i + 1) // cases) for i in range(cases)]
    troubles = []
    for case, point in enumerate(points):
        try:
            run(max(point, 1))
            pending = os.path.exists(f"{STATE}/pending")
            if case % 3 != 2 or not pending:
                machine.apply()
                wrong = difference(end[0], everything(times=False))
                if end[1] != tunnels.read(f"{STATE}/loaded"):
                    wrong += "\nother digests"
                if wrong:
                    troubles.append(f"killed before command {point} of {total}, run again: {wrong}")
            machine.apply("--rollback")
            wrong = difference(start[0], everything())
            if wrong or start[1] != tunnels.read(f"{STATE}/loaded"):
                troubles.append(f"killed before command {point} of {total}, undone: {wrong or 'other digests'}")
            if not wait_for(lambda: not timers(), 5):
                troubles.append(f"killed before command {point} of {total}: a timer is left")
        except RuntimeError as error:
            troubles.append(f"killed before command {point} of {total}: {error}")
            break
    test(f"killed: at {cases} points", total < 300 and f"only {total} commands were counted", *troubles)
    run(total * 9 // 10)
    test("killed: and left alone: the timer waits", not timers() and "no timer", not os.path.exists(f"{STATE}/pending") and "nothing is pending")
    machine.apply("--rollback", expect=None)


OLD = """[Interface]
Address = 10.100.0.1/24
ListenPort = 51820
PrivateKey = %s
PostUp = nft add table inet old
PostDown = nft delete table inet old
"""


def takeover(machine):
    """A tunnel that somebody set up before: its hooks run once more, its file is kept, and it comes back."""
    machine.build(site())
    old = OLD % tunnels.read(f"{machine.folder}/keys/vps.key").strip()
    with open("/etc/wireguard/wg0.conf", "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        file.write(old)
    tunnels.systemctl("enable", "wg-quick@wg0")
    tunnels.systemctl("start", "wg-quick@wg0")
    before = everything()
    said = machine.apply()
    now = everything()
    test("take-over: the old hooks ran, its file is kept", "inet old" in now["nft"] and now["nft"], lacks(said, "the old tunnel wg0 ends"),
         tunnels.read(f"{STATE}/before/etc/wireguard/wg0.conf") != old and "another text")
    machine.apply("--rollback")
    test("take-over: undone, the old tunnel runs again", difference(before, everything()))
    machine.apply()
    machine.keep()
    test("take-over: for good", everything()["unit wg-quick@wg0"] != "active enabled" and "it does not run")


def shared(machine):
    """A drop-in beside the owner's own nginx."""
    text = site(vps={"address": tunnels.HUB, "nginx": "shared"})
    machine.build(text)
    with open("/etc/nginx/modules-enabled/60-own.conf", "w", encoding="utf-8") as file:
        file.write("stream { }\n")
    said = machine.apply(expect=1)
    test("shared nginx: a second stream {} is refused", lacks(said, "stream {} block of its own"))
    os.unlink("/etc/nginx/modules-enabled/60-own.conf")
    tunnels.systemctl("start", "nginx")
    pid = tunnels.read("/run/nginx.pid")
    before = everything()
    machine.calls()
    machine.apply()
    now = everything()
    test("shared nginx: reloaded, not restarted", pid != tunnels.read("/run/nginx.pid") and "another process",
         *[f"nothing listens on {port}" for port in (443, 2222) if f":{port} " not in now["listening"]])
    machine.apply("--rollback")
    wait_for(lambda: ":443 " not in tunnels.run("ss", "-Hltn"), 10)
    test("shared nginx: undone", difference(before, everything()))
    machine.apply("--yes")
    edit(f"{machine.staged}/etc/nginx/modules-enabled/90-hlgen-stream.conf", "proxy_timeout 1h", "proxy_timeuot 1h")
    now = everything()
    said = machine.apply(expect=1)
    test("shared nginx: a broken drop-in stops it", lacks(said, "nothing was changed", "proxy_timeuot"), difference(now, everything()))


SCENARIOS = {"first": first, "broken": broken, "lockout": lockout, "confirm": confirm, "changes": changes, "preflight": preflight,
             "killed": killed, "takeover": takeover, "shared": shared, **apply_trouble.SCENARIOS}


def main():
    if sys.argv[1] == "list":
        print("\n".join(SCENARIOS))
        return
    SCENARIOS[sys.argv[1]](Machine(sys.argv[2]))


if __name__ == "__main__":
    main()
