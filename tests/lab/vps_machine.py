"""The VPS of the lab: takes the tree's vps folder into service with its own apply.sh, as its owner does over SSH."""
import os
import re
import shutil
import socket

from machine import HERE, Failed, wait_for

STAGED = "/var/hlgen"                           # where scp would have put it: ~/hlgen
JOURNAL = "/var/log/lab-journal"
TESTS = os.path.dirname(HERE)
# A process that is named sshd and listens: this is what apply.sh looks for. It answers like one.
SSHD = """
import socket, sys
listening = socket.create_server(("::", int(sys.argv[1])), family=socket.AF_INET6, dualstack_ipv6=True)
print("ready", flush=True)
kept = []
while True:
    one, _ = listening.accept()
    one.sendall(b"SSH-2.0-lab\\r\\n")
    kept = [*kept[-200:], one]
"""
# Units that hlgen's files bring or change, in the order in which a boot starts them; what else Debian would start is not there.
BOOT = ["ufw.service", "hlgen-firewall.service", "nftables.service", "wg-quick@*.service", "nginx.service", "hlgen-relay.service"]


class Vps:
    def __init__(self, machine, owner, site, wire):
        """`owner`: the machine from which its owner logs in; `wire`: a function that lays its cable."""
        self.machine, self.owner, self.site, self.wire = machine, owner, site, wire
        self.address, self.port = site["vps"]["address"], site["vps"]["ssh_port"]
        self.connection, self.said = None, []
        self.equip()
        wire()

    def equip(self):
        """What a VPS has of its own: systemd, here a stand-in, and sshd."""
        for source, path in ((f"{TESTS}/hub/systemctl", "/usr/bin/systemctl"), (os.path.realpath("/usr/bin/python3"), "/usr/sbin/sshd")):
            if self.machine.exists(path):
                os.unlink(self.machine.path(path))
            self.machine.copy(source, path)
        # apply.sh calls it some thirty times: without the modules that Python would look for at each start.
        text = self.machine.read("/usr/bin/systemctl")
        self.machine.write("/usr/bin/systemctl", text.replace("#!/usr/bin/python3\n", "#!/usr/bin/python3 -IS\n", 1), 0o755)
        # Only what this machine starts is enabled; which of Debian's units were on the machine of the tests does not count.
        for folder in ("multi-user.target.wants", "network-online.target.wants", "sysinit.target.wants"):
            shutil.rmtree(self.machine.path(f"/etc/systemd/system/{folder}"), ignore_errors=True)
        # As Debian's package leaves it; whether UFW then does something stands in its own ufw.conf.
        self.machine.run("systemctl", "enable", "ufw.service")

    def serve(self):
        """What runs before anything of hlgen does."""
        self.machine.start("/usr/bin/python3", f"{HERE}/journal.py", JOURNAL, ready="ready")
        self.machine.start("/usr/sbin/sshd", "-c", SSHD, str(self.port), ready="ready")

    # ---- the owner

    def connect(self, timeout=5.0):
        """A new SSH connection of the owner."""
        with self.owner.inside():
            connection = socket.create_connection((self.address, self.port), timeout=timeout)
        if not connection.recv(64).startswith(b"SSH-"):
            raise Failed(f"no sshd at {self.address} port {self.port}")
        return connection

    def apply(self, *words, connection=None, expect=0, timeout=400):
        """Runs the staged apply.sh over a connection (default: the one of the owner); what it said. expect=None: any status."""
        if connection is None:
            connection = self.connection = self.connection or self.connect()
        status, said = self.machine.status(f"{STAGED}/apply.sh", *words, timeout=timeout, env={
            "SSH_CONNECTION": f"{connection.getsockname()[0]} {connection.getsockname()[1]} {self.address} {self.port}"})
        self.said.append(said)
        if expect is not None and status != expect:
            raise Failed(f"apply.sh {' '.join(words)} at {self.address}", status, said)
        return said

    def stage(self, tree):
        """Copies the folder, into an empty one."""
        shutil.rmtree(self.machine.path(STAGED), ignore_errors=True)
        self.machine.copy(f"{tree}/vps", STAGED)

    def install(self, tree, confirm=True):
        """Puts a tree into service; what apply.sh said. It verifies through the tunnel, so the router should be there first."""
        self.stage(tree)
        if self.connection:
            self.connection.close()
        self.connection = self.connect()
        said = self.apply()
        if confirm and "NOT CONFIRMED" in said:
            said += self.confirm()
        return said

    def confirm(self):
        """Over a new connection, which proves that the firewall lets one in."""
        fresh = self.connect()
        said = self.apply("--confirm", connection=fresh)
        self.connection.close()
        self.connection = fresh
        return said

    # ---- its life

    def restart(self):
        return self.machine.run("systemctl", "restart", "wg-quick@wg0")

    def off(self):
        if self.connection:
            self.connection.close()
            self.connection = None
        self.machine.off()

    def boot(self):
        """Power is back: what systemd would do with what is enabled."""
        self.machine.on()
        self.wire()
        self.serve()
        if self.machine.exists("/etc/sysctl.d/90-hlgen.conf"):
            self.machine.run("sysctl", "-q", "-p", "/etc/sysctl.d/90-hlgen.conf")
        enabled = set()
        for folder, _, names in os.walk(self.machine.path("/etc/systemd/system")):
            if folder.endswith((".wants", ".requires")):
                enabled.update(names)
        for pattern in BOOT:
            for unit in sorted(enabled):
                if re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), unit):
                    self.machine.run("systemctl", "start", unit, check=False)

    def reboot(self):
        self.off()
        self.boot()

    def log(self):
        """What nginx and others wrote to /dev/log, line by line."""
        return self.machine.read(JOURNAL).splitlines()

    # ---- the tunnel

    def handshakes(self):
        """{public key: seconds since 1970 of the last handshake}, without those that never had one."""
        status, said = self.machine.status("wg", "show", "wg0", "latest-handshakes")
        lines = [line.split() for line in said.splitlines()] if status == 0 else []
        return {key: int(when) for key, when in lines if when != "0"}

    def shaken(self, key, seconds=15, since=0):
        """Waits for the handshake of a peer; the seconds it took."""
        return wait_for(f"a handshake of {key} at the VPS", lambda: self.handshakes().get(key, 0) > since, seconds)
