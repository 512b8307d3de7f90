"""A node and its router: radvd announces prefixes on a cable, the kernel makes addresses of them, and a watcher for each shell runs as in its pod.

The calling process is the node: it is in a network namespace of its own (watcher.py sees to it)."""
import ipaddress
import os
import shutil
import signal
import subprocess
import sys
import time

from api import Api

TOKEN = "eyJhbGciOi.first-token.c2lnbmF0dXJl"
# Longer than a test: nothing ends by itself.
PREFERRED, VALID = 3600, 7200
WITHIN = 60


class Wrong(Exception):
    """What a scenario found wrong."""


def command(*words):
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True)


def setting(name, value):
    with open("/proc/sys/net/" + name, "w", encoding="ascii") as file:
        file.write(str(value))


def children(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []    # it has ended meanwhile


def descendants(pid):
    found = []
    for child in children(pid):
        found += [child, *descendants(child)]
    return found


class Router:
    """The other end of the node's cable, a namespace of its own with radvd."""

    def __init__(self, folder):
        self.folder, self.radvd = folder, None
        self.holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        own = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{self.holder.pid}/ns/net") == own:
            time.sleep(0.01)
        command("ip", "link", "add", "eth0", "address", "02:00:00:00:00:11", "type", "veth", "peer", "name", "lan", "address", "02:00:00:00:00:01",
                "netns", str(self.holder.pid))
        self.run("sysctl", "-qw", "net.ipv6.conf.all.forwarding=1", "net.ipv6.conf.lan.accept_dad=0")
        self.run("ip", "link", "set", "lan", "up")

    def inside(self, *words):
        return ["nsenter", "--target", str(self.holder.pid), "--net", *words]

    def run(self, *words):
        command(*self.inside(*words))

    def announce(self, prefixes, default=30):
        """prefixes: (prefix, preferred lifetime). What was announced before and is left out keeps its lifetime."""
        lines = [f"interface lan {{\n\tAdvSendAdvert on;\n\tMinRtrAdvInterval 3;\n\tMaxRtrAdvInterval 4;\n\tAdvDefaultLifetime {default};\n"]
        lines += [f"\tprefix {prefix} {{ AdvPreferredLifetime {preferred}; AdvValidLifetime {VALID}; }};\n" for prefix, preferred in prefixes]
        path = f"{self.folder}/radvd.conf"
        with open(path, "w", encoding="ascii") as file:
            file.write("".join(lines) + "};\n")
        if self.radvd:
            self.radvd.send_signal(signal.SIGHUP)    # it announces at once
        else:
            self.radvd = subprocess.Popen(self.inside("radvd", "-n", "-C", path, "-p", f"{self.folder}/radvd.pid", "-m", "logfile",
                                                      "-l", f"{self.folder}/radvd.log"), stdin=subprocess.DEVNULL)

    def end(self):
        for process in (self.radvd, self.holder):
            if process:
                process.kill()
                process.wait()


class Side:
    """A watcher in one shell, and the API server it talks to."""

    def __init__(self, shell, number, folder, shared, wishes, address):
        self.shell, self.folder, self.shared, self.wishes = shell, f"{folder}/{shell}", shared, wishes
        os.makedirs(self.folder)
        self.account = f"{self.folder}/account"
        os.makedirs(self.account)
        self.api = Api(address, 6443 + number, f"{shared}/certificates", TOKEN, pretty=number == 0)
        self.token(TOKEN)
        self.trust("ca")
        self.process, self.times, self.curl_seen, self.log_path = None, [], False, f"{self.folder}/log"

    def token(self, text):
        """The kubelet writes another one: a rename, as it does it."""
        with open(f"{self.account}/.token", "w", encoding="ascii") as file:
            file.write(text)
        os.rename(f"{self.account}/.token", f"{self.account}/token")

    def trust(self, name):
        with open(f"{self.shared}/certificates/{name}.pem", encoding="ascii") as source, open(f"{self.account}/ca.crt", "w", encoding="ascii") as file:
            file.write(source.read())

    def start(self, **environment):
        host = self.api.address
        words = {"PATH": f"{self.shared}/{self.shell}", "KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": str(self.api.port),
                 "SERVICE_ACCOUNT": self.account, "POOLS": self.wishes.text, **environment}
        # As in the pod: process 1, of nobody, without capabilities, with no other programs than it says it needs.
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [shutil.which("unshare"), "--pid", "--fork", "--kill-child", shutil.which("setpriv"), "--reuid", "65534", "--regid", "65534", "--clear-groups", "--no-new-privs",
                 "--bounding-set=-all", "--inh-caps=-all", f"{self.shared}/{self.shell}/sh", f"{self.shared}/script/prefix-watch.sh"],
                env=words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def terminate(self):
        """SIGTERM to the script itself: (seconds until it ended, status)."""
        begin = time.monotonic()
        os.kill(children(self.process.pid)[0], signal.SIGTERM)
        status = self.process.wait(20)
        return time.monotonic() - begin, status

    def end(self):
        if self.process:
            self.process.kill()
            self.process.wait()

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def said(self, text):
        return sum(1 for line in self.log().splitlines() if text in line)


class World:
    """What a scenario has in its hands."""

    def __init__(self, folder, shared, shells, wishes, address):
        self.folder, self.wishes, self.router, self.changed = folder, wishes, None, time.monotonic()
        self.sides = [Side(shell, number, folder, shared, wishes, address) for number, shell in enumerate(shells)]

    def build(self):
        setting("ipv6/conf/all/forwarding", 1)
        command("ip", "link", "set", "lo", "up")
        self.router = Router(self.folder)
        setting("ipv6/conf/eth0/accept_ra", 2)
        setting("ipv6/conf/eth0/router_solicitation_delay", 0)
        command("ip", "link", "set", "eth0", "up")
        # Has a global address, too, but no default route leads there: not the node's prefix, and lower than all of them.
        command("ip", "link", "add", "other", "type", "veth", "peer", "name", "elsewhere")
        command("ip", "address", "add", "2001:db8:0:1::1/64", "dev", "other", "nodad")
        command("ip", "link", "set", "other", "up")
        for side in self.sides:
            side.api.start()

    def end(self):
        for side in self.sides:
            side.end()
        if self.router:
            self.router.end()

    # ---- what happens

    def announce(self, *prefixes, **more):
        """A prefix, or (prefix, preferred lifetime)."""
        self.router.announce([one if isinstance(one, tuple) else (one, PREFERRED) for one in prefixes], **more)
        self.changed = time.monotonic()

    def settled(self, *prefixes):
        """Waits until the node has usable addresses of exactly these prefixes."""
        wanted, begin = {str(ipaddress.ip_network(prefix).network_address) for prefix in prefixes}, time.monotonic()
        while self.usable() != wanted:
            if time.monotonic() - begin > 20:
                raise Wrong(f"the node has addresses of {self.usable()} and not of {wanted}")
            time.sleep(0.1)

    @staticmethod
    def usable():
        with open("/proc/net/if_inet6", encoding="ascii") as file:
            rows = [line.split() for line in file]
        return {str(ipaddress.IPv6Address(bytes.fromhex(row[0][:16] + "0" * 16))) for row in rows
                if row[5] == "eth0" and row[3] == "00" and int(row[4], 16) & 0x69 == 0}

    def pools(self, prefix, *names):
        """Somebody applied these pools (all of them) with the addresses of a prefix; None: without any."""
        for side in self.sides:
            for name in names or self.wishes.names:
                side.api.apply(name, self.wishes.blocks(name, prefix) if prefix else None)

    def start(self, **environment):
        for side in self.sides:
            side.start(**environment)
        self.changed = time.monotonic()

    def each(self, action):
        for side in self.sides:
            action(side)
        self.changed = time.monotonic()

    # ---- what is judged

    def right(self, prefix, names=None):
        """All pools have the addresses of the prefix, within the time; a note of how long it took."""
        waiting = list(self.sides)
        while waiting:
            for side in list(waiting):
                if all(side.api.blocks(name) == self.wishes.blocks(name, prefix) for name in names or self.wishes.names):
                    side.times.append(time.monotonic() - self.changed)
                    waiting.remove(side)
            if waiting and time.monotonic() - self.changed > WITHIN:
                raise Wrong(f"{waiting[0].shell}: not right for {prefix} within {WITHIN} s")
            time.sleep(0.2)

    def stays(self, prefix, seconds):
        """The pools are right now, and nothing is called for so long."""
        before = [len(side.api.calls) for side in self.sides]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for side, count in zip(self.sides, before):
                if len(side.api.calls) != count:
                    raise Wrong(f"{side.shell}: called though nothing had changed")
            time.sleep(0.2)
        self.right_now(prefix)

    def counted(self, prefix):
        """Waits until the watchers take it for the right one."""
        self.wait(lambda side: side.said(f"the prefix is {prefix}"))

    def stays_quiet(self, seconds):
        """It may read each pool once, and does no more for so long."""
        time.sleep(seconds)
        self.calls(len(self.wishes.names), 0)

    def wait(self, condition):
        """Until it holds on all sides."""
        begin = time.monotonic()
        while not all(condition(side) for side in self.sides):
            if time.monotonic() - begin > WITHIN:
                raise Wrong(f"what was waited for did not happen within {WITHIN} s")
            time.sleep(0.2)

    def right_now(self, prefix):
        for side in self.sides:
            for name in self.wishes.names:
                if side.api.blocks(name) != self.wishes.blocks(name, prefix):
                    raise Wrong(f"{side.shell}: pool {name} has {side.api.blocks(name)}, not the addresses of {prefix}")

    def calls(self, get, patch, **others):
        """So many calls were made that succeeded, and no others than those whose number is given by status: s403=(least, most)."""
        for side in self.sides:
            found = {"GET": side.api.count("GET"), "PATCH": side.api.count("PATCH")}
            if found != {"GET": get, "PATCH": patch}:
                raise Wrong(f"{side.shell}: {found}, expected {get} GET, {patch} PATCH")
            rest = [call for call in side.api.calls if call.status != 200]
            for word, (least, most) in others.items():
                count = sum(1 for call in rest if call.status == int(word[1:]))
                if not least <= count <= most:
                    raise Wrong(f"{side.shell}: {count} calls answered {word[1:]}, expected {least} to {most}")
            strange = [call for call in rest if f"s{call.status}" not in others]
            if strange:
                raise Wrong(f"{side.shell}: {strange[0]}")

    def said(self, text, times=1):
        for side in self.sides:
            if side.said(text) != times:
                raise Wrong(f"{side.shell}: its log has {side.said(text)} lines with {text!r}, expected {times}")

    def alive(self):
        for side in self.sides:
            if side.process and side.process.poll() is not None:
                raise Wrong(f"{side.shell}: the watcher ended with status {side.process.returncode}")

    def report(self):
        """Everything, for a scenario that failed."""
        for side in self.sides:
            said = side.log() if os.path.exists(side.log_path) else "(not started)"
            print(f"    {side.shell} said:\n" + "".join(f"        {line}\n" for line in said.splitlines()), end="")
            for call in side.api.calls:
                print(f"        {call.at - self.changed:+7.1f} s {call.method} {call.pool} {call.status}")
        sys.stdout.flush()
