"""Scenarios for apply.sh in which something else goes on at the same time, or around it (see apply.py)."""
import os
import shutil
import subprocess
import time

import tunnels
from apply_machine import STATE, confirmed, difference, edit, everything, lacks, site, tcp_server, test, timers, wait_for

SSH_RULE = r"^\s*tcp dport 22 counter accept comment \"ssh\"$"
BOOT_UNIT = "/etc/systemd/system/hlgen-rollback.service"


def lock_out(machine):
    """A build that lets nobody in by SSH, and restarts the tunnel."""
    edit(f"{machine.staged}/etc/hlgen/vps.nft", SSH_RULE, "")
    edit(f"{machine.staged}/etc/wireguard/wg0.conf", r"^MTU = .*", "MTU = 1300")


def end_early(machine):
    """The run ends after the files are installed, before anything is loaded."""
    edit(f"{machine.staged}/apply.sh", r"^\tstep \"load what differs", '\tkill -KILL $$\n\tstep "load what differs')
    machine.apply(expect=-9)


def program(name, text):
    """A stand-in that comes before the real one."""
    with open(f"/usr/local/bin/{name}", "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o755)) as file:
        file.write("#!/bin/sh\n" + text)


def forgotten(machine):
    """Killed after the files are installed; then somebody reloads the tunnel, which loads the new firewall."""
    confirmed(machine, site())
    before = everything()
    lock_out(machine)
    end_early(machine)
    said = machine.apply("--confirm", connection=machine.connect(), expect=1)
    test("forgotten: half a run cannot be confirmed", lacks(said, "did not come to its end"))
    tunnels.systemctl("reload", "wg-quick@wg0")
    test("forgotten: the reload has shut SSH", machine.connect() and "a new connection was let in")
    machine.apply("--rollback")
    test("forgotten: the way back opens it", not machine.connect() and "no connection", difference(before, everything()))


def reboot(machine):
    """The machine is started again in the middle of a change."""
    confirmed(machine, site())
    before = everything()
    lock_out(machine)
    end_early(machine)
    said = subprocess.run(["systemd-analyze", "verify", "--man=no", BOOT_UNIT], capture_output=True, text=True, check=False)
    wants = "/etc/systemd/system/multi-user.target.wants/hlgen-rollback.service"
    test("reboot: a good unit is enabled", "hlgen-rollback" in said.stderr and said.stderr, os.path.realpath(wants) != BOOT_UNIT and "no link to it")
    # As a start does: no timer, everything loaded from the files as they are.
    for pid in timers():
        os.kill(pid, 9)
    for unit in ("hlgen-firewall", "wg-quick@wg0", "hlgen-relay"):
        tunnels.systemctl("restart", unit)
    test("reboot: still locked out", machine.connect() and "a new connection was let in")
    unit = tunnels.read(BOOT_UNIT)
    tunnels.systemctl("start", "hlgen-rollback")
    test("reboot: all is as before", not machine.connect() and "no SSH", difference(before, everything()),
         os.path.exists(f"{STATE}/pending") and "it still waits")
    with open(BOOT_UNIT, "w", encoding="utf-8") as file:
        file.write(unit)
    tunnels.systemctl("start", "hlgen-rollback")
    test("reboot: with nothing to undo its unit does nothing", difference(before | {BOOT_UNIT: ""}, everything() | {BOOT_UNIT: ""}))
    os.unlink(BOOT_UNIT)
    machine.build(site(vps={"address": tunnels.HUB, "allow": ["9100/tcp"]}))
    machine.apply()
    for pid in timers():
        os.kill(pid, 9)
    said = machine.apply()
    test("reboot: a timer that is gone is armed again", lacks(said, "nothing to do", "NOT CONFIRMED"), len(timers()) != 1 and f"{len(timers())} timers")
    machine.keep()
    test("reboot: confirmed, its unit is gone", any(map(os.path.lexists, (BOOT_UNIT, wants))) and "it is there", timers() and "a timer")


def waiting(machine):
    """The way back is due while another run holds the lock."""
    confirmed(machine, site())
    lock_out(machine)
    machine.apply("--rollback-after", "3")
    with subprocess.Popen(["flock", "-o", "/run/hlgen-apply.lock", "sleep", "17"]) as holder:
        said = machine.apply("--rollback", expect=1)
        test("waiting: by hand it says so", lacks(said, "another run is at work"))
        holder.wait()
    test("waiting: the timer waits, too", not wait_for(lambda: not os.path.exists(f"{STATE}/pending"), 30) and "nobody undoes it",
         not machine.connect() and "no SSH")


def window(machine):
    """A connection from the time of the run, before the firewall is loaded, proves nothing; and what is said to be typed can be typed."""
    machine.build(site())
    run = subprocess.Popen([f"{machine.staged}/apply.sh"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,  # pylint: disable=consider-using-with
                           stderr=subprocess.STDOUT, cwd="/", env=machine.environment())
    wait_for(lambda: os.path.exists(f"{STATE}/pending"), 60)
    connection = machine.connect()
    run.wait()
    test("window: a connection from before the load is refused", lacks(machine.apply("--confirm", connection=connection, expect=1), "older than the change"))
    machine.apply("--rollback")
    odd = f"{machine.folder}/my hlgen"
    os.rename(machine.staged, odd)
    done = subprocess.run(["bash", "my hlgen/apply.sh"], cwd=machine.folder, capture_output=True, text=True, check=False,
                          env=machine.environment() | {"CDPATH": "/var:.", "SUDO_USER": "owner"})
    test("window: a folder with a blank, and CDPATH", done.returncode and f"status {done.returncode}: {done.stdout}{done.stderr}",
         lacks(done.stdout, "    sudo " + odd.replace(" ", "\\ ") + "/apply.sh --confirm"))


def folder(machine):
    """Only a folder that is as it was built is installed."""
    confirmed(machine, site())
    before = everything()

    def refused(name, word):
        test(f"folder: {name} is refused", lacks(machine.apply("--yes", expect=1), "not as it was built", word),
             lacks(machine.apply("--check", expect=1), "not as it was built"), difference(before, everything()))
        machine.build(site())

    for path in ("etc/hlgen/vps.nft", "etc/systemd/system/hlgen-firewall.service"):
        os.unlink(f"{machine.staged}/{path}")
    refused("an incomplete one", "etc/hlgen/vps.nft")
    tunnel = f"{machine.staged}/etc/wireguard/wg0.conf"
    os.truncate(tunnel, tunnels.read(tunnel).index("[Peer]"))
    refused("a file that was cut off", "etc/wireguard/wg0.conf: FAILED")
    listed = tunnels.read(f"{machine.staged}/files.sha256")
    os.truncate(f"{machine.staged}/files.sha256", listed.index("\n", len(listed) // 2) + 1)
    refused("a list that was cut off", "")
    os.unlink(f"{machine.staged}/files.sha256")
    refused("one without a list", "files.sha256")
    for path in ("etc/sysctl.d/._90-hlgen.conf", "usr/local/sbin/hlgen-docker~", "etc/nginx/conf.d/old.conf"):
        os.makedirs(os.path.dirname(f"{machine.staged}/{path}"), exist_ok=True)
        with open(f"{machine.staged}/{path}", "w", encoding="utf-8") as file:
            file.write("\0")
    said = machine.apply("--yes")
    test("folder: what is not of this build is named and left alone", lacks(said, "nothing to do", "._90-hlgen.conf, usr/local/sbin/hlgen-docker~"),
         difference(before, everything()))
    machine.build(site())
    with open(f"{machine.staged}/etc/hlgen/vps.nft", "a", encoding="utf-8") as file:
        file.write("# mine\n")
    machine.apply("--yes", "--unlisted")
    test("folder: --unlisted takes it as it is", "# mine" not in tunnels.read("/etc/hlgen/vps.nft") and "it does not")


def packages(machine):
    """A package is missing: its installation is not cut off, and never keeps the way back waiting."""
    there, log = f"{machine.folder}/there", f"{machine.folder}/log"
    program("dpkg-query", f'for last; do :; done\n[ "$last" != iproute2 ] || [ -e {there} ] || exit 1\nexec /usr/bin/dpkg-query "$@"\n')
    program("dpkg", f'echo "dpkg $*" >>{log}\n')
    program("apt-get", f'echo "apt-get $*" >>{log}\nkill -HUP "$PPID"\ncase $* in *install*) cp {machine.folder}/ss /usr/bin/ss; touch {there} ;; esac\n')
    shutil.copy2("/usr/bin/ss", f"{machine.folder}/ss")
    machine.build(site())
    taken = tcp_server(None, "0.0.0.0", 443)
    os.unlink("/usr/bin/ss")
    said = machine.apply("--yes", expect=1)
    test("packages: without ss it looks again when that is there", lacks(said, "listens on port 443"))
    calls = tunnels.read(log).splitlines()
    test("packages: what dpkg has left half done comes first", calls[0] != "dpkg --configure -a" and calls)
    taken.close()
    os.unlink(there)
    machine.apply("--yes")
    machine.build(site(vps={"address": tunnels.HUB, "allow": ["9100/tcp"]}))
    machine.apply()
    os.unlink(there)
    os.unlink(log)
    machine.build(site())
    said = machine.apply(expect=1)
    test("packages: not while a change waits", lacks(said, "packages are missing", "--confirm or --rollback first"), os.path.exists(log) and tunnels.read(log))
    test("packages: --yes is explained", lacks(machine.apply("-h"), "if the run itself ends well"))


def surroundings(machine):
    """What the machine has of its own: networks, other firewalls, an interface of another name, an older nginx."""
    machine.build(site())
    before = everything()
    for route in (("10.30.0.0/24", "dev", "eth0", "metric", "100"), ("10.30.0.64/26", "dev", "eth0"), ("10.0.0.0/8", "dev", "eth0")):
        tunnels.run("ip", "route", "add", *route)
        said = machine.apply(expect=1)
        tunnels.run("ip", "route", "del", *route)
        test(f"surroundings: the house's network is also {' '.join(route)}", lacks(said, "nothing was changed", "10.30.0.0/24 of the house"),
             difference(before, everything()))
    tunnels.run("ip", "route", "add", "10.0.0.0/8", "via", "89.167.62.1")
    tunnels.run("nft", "-f", "-", text="""table ip filter {
        chain INPUT { type filter hook input priority 0; ip protocol { tcp, udp } accept; counter reject with icmp host-prohibited; }
        chain FORWARD { type filter hook forward priority 0; ct state established accept; }
        }""")
    os.makedirs("/usr/lib/old")
    shutil.move("/usr/sbin/nginx", "/usr/lib/old/nginx")
    program("../../sbin/nginx", 'case " $* " in *" -e "*) echo "invalid option: -e" >&2; exit 1 ;; esac\nexec /usr/lib/old/nginx "$@"\n')
    machine.build(site(vps={"address": tunnels.HUB, "interface": "ens3"}))
    said = machine.apply("--yes")
    test("surroundings: another firewall and interface are named, and a wide route is none of its business",
         lacks(said, "firewall chain ip filter INPUT drops", "the way to the internet is: default via 89.167.62.1 dev eth0", "done, for good"),
         "FORWARD" in said and said)
    test("surroundings: an nginx without -e runs the relay", lacks(everything()["listening"], ":443 "))


SCENARIOS = {"forgotten": forgotten, "reboot": reboot, "waiting": waiting, "window": window, "folder": folder, "packages": packages,
             "surroundings": surroundings}
