"""Three machines in network namespaces: the VPS (where this runs), the house behind the tunnel, and a visitor on the internet.

The tunnel is a veth that is called wg0. The VPS has the firewall of its tree. One process opens sockets on all three."""
import contextlib
import ctypes
import os
import re
import resource
import socket
import subprocess
import sys
import time

from sites import GAME, HUB4, HUB6, INGRESS, SSH, TUNNEL

VISITOR4, VISITOR6 = "198.51.100.9", "2001:db8:ffff::9"
# Further visitors, with addresses of their own.
CROWD = [f"198.51.100.{number}" for number in range(100, 150)]
LIBC = ctypes.CDLL(None, use_errno=True)


def command(*words, text=None):
    return subprocess.run(words, check=True, input=text, capture_output=True, text=True).stdout


def report(scenario, name, *troubles):
    """One line of the report; a trouble is a text, or empty."""
    troubles = [str(trouble) for trouble in troubles if trouble]
    print(f"FAIL relay/{scenario}: {name}" if troubles else f"ok relay/{scenario}: {name}", flush=True)
    for trouble in troubles:
        for line in trouble.splitlines()[:30]:
            print("    " + line, flush=True)


def differs(got, wanted):
    """The trouble with what one got, or nothing."""
    return got != wanted and f"got {got!r}, wanted {wanted!r}"


class World:
    """Builds everything; nothing need be taken down, since all of it goes with the namespace."""

    def __init__(self):
        resource.setrlimit(resource.RLIMIT_NOFILE, (20000, 20000))
        self.places = {"hub": os.open("/proc/self/ns/net", os.O_RDONLY)}
        for name, link in (("visitor", "eth0"), ("house", "wg0")):
            command("ip", "netns", "add", name)
            self.places[name] = os.open(f"/run/netns/{name}", os.O_RDONLY)
            command("ip", "link", "add", "name", link, "type", "veth", "peer", "name", link, "netns", name)
            command("ip", "link", "set", link, "up")
            command("ip", "-n", name, "-batch", "-", text=f"link set lo up\nlink set {link} up\n")
        command("ip", "-batch", "-", text=f"""addr add {HUB4}/24 dev eth0
addr add {HUB6}/64 dev eth0 nodad
addr add {TUNNEL}/24 dev wg0
route add default via 203.0.113.1
route add default via 2001:db8:17:1::fe
route add 10.30.0.0/24 via 10.100.0.2
route add 10.20.0.0/24 via 10.100.0.2
""")
        command("ip", "-n", "visitor", "-batch", "-", text="".join(f"addr add {line}\n" for line in (
            "203.0.113.1/24 dev eth0", "2001:db8:17:1::fe/64 dev eth0 nodad", f"{VISITOR4}/32 dev lo", f"{VISITOR6}/128 dev lo nodad",
            *(f"{address}/32 dev lo" for address in CROWD))))
        command("ip", "-n", "house", "-batch", "-", text="addr add 10.100.0.2/24 dev wg0\n" +
                "".join(f"addr add {address}/32 dev lo\n" for address in (INGRESS, SSH, GAME)))
        command("nft", "-f", "/etc/hlgen/vps.nft")

    def enter(self, name):
        if LIBC.setns(self.places[name], 0):
            raise OSError(ctypes.get_errno(), "setns")

    @contextlib.contextmanager
    def inside(self, name):
        """Sockets that are opened here belong to that machine, for good."""
        self.enter(name)
        try:
            yield
        finally:
            self.enter("hub")

    def socket(self, name, kind, address, port=0, bind=True):
        """A socket that does not block, of the family of the address."""
        with self.inside(name):
            made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
        made.setblocking(False)
        if bind:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.bind((address, port))
        return made


class Nginx:
    """One nginx: the relay's own, started as its unit starts it, or the packaged one."""

    def __init__(self, configuration=None, errors="/run/errors"):
        self.option = ["-c", configuration] if configuration else []
        self.errors = errors
        self.limit = (1024, 524288)
        if configuration:
            unit = "/etc/systemd/system/hlgen-relay.service"
            with open(unit, encoding="utf-8") as file:
                self.limit = (int(re.search(r"^LimitNOFILE=(\d+)", file.read(), re.M)[1]),) * 2
            os.makedirs("/run/hlgen-relay", exist_ok=True)
        self.limit = tuple(min(limit, 20000) for limit in self.limit)
        self.start()

    def start(self):
        self.test()
        with open(self.errors, "ab") as file:
            subprocess.run(["nginx", *self.option], check=True, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
                           preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, self.limit))
        self.wait(set())

    def test(self):
        subprocess.run(["nginx", "-t", "-q", *self.option], check=True, stdin=subprocess.DEVNULL)

    def reload(self):
        before = self.workers()
        self.test()
        os.kill(self.master(), 1)
        self.wait(before)

    def wait(self, before):
        """Returns when new workers have taken over from those."""
        for _ in range(500):
            if (now := self.workers()) and not now & before:
                return
            time.sleep(0.02)
        raise RuntimeError("no new workers of nginx")

    def master(self):
        try:
            with open("/run/hlgen-relay/nginx.pid" if self.option else "/run/nginx.pid", encoding="ascii") as file:
                return int(file.read())
        except (OSError, ValueError):
            return 0  # not yet

    def workers(self):
        """Those that take connections."""
        found, master = set(), self.master()
        if not master:
            return found
        for pid in subprocess.run(["pgrep", "-P", str(master)], check=False, capture_output=True, text=True).stdout.split():
            with contextlib.suppress(OSError), open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:
                if "nginx: worker process" in (line := file.read()) and "shutting down" not in line:
                    found.add(int(pid))
        return found

    def said(self):
        """What stands in its error log."""
        with open(self.errors, encoding="utf-8", errors="replace") as file:
            return file.read()


class Journal:
    """/dev/log: what the relay writes about its connections. Read by a process of its own: a thousand of them may end in one moment."""

    FILE = "/run/journal"

    def __init__(self):
        # As systemd sets it; the kernel's own is ten lines.
        with open("/proc/sys/net/unix/max_dgram_qlen", "w", encoding="ascii") as file:
            file.write("512")
        self.reader = subprocess.Popen([sys.executable, os.environ["ROOT"] + "/tests/lab/journal.py", self.FILE], stdout=subprocess.PIPE)
        if self.reader.stdout.readline() != b"ready\n":
            raise RuntimeError("/dev/log cannot be read")

    @property
    def lines(self):
        with open(self.FILE, encoding="utf-8") as file:
            return file.read().splitlines()
