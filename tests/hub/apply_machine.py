"""The VPS on which apply.sh is tested: its state as a whole, its sshd, and runs of apply.sh as if over an SSH connection."""
import difflib
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import threading
import time

import tunnels
from tunnels import HUB

STATE = "/var/lib/hlgen"
CALLS = "/run/systemctl-stand-in/calls"
FOLDERS = ["/etc/wireguard", "/etc/hlgen", "/etc/nginx", "/etc/sysctl.d", "/etc/systemd/system", "/etc/ufw", "/usr/local/sbin"]
UNITS = ["wg-quick@wg0", "hlgen-firewall", "hlgen-relay", "nginx"]
SETTINGS = ["net/ipv4/ip_forward", "net/ipv6/conf/all/forwarding", "net/ipv6/conf/eth0/accept_ra"]
# A process that is named sshd and listens: this is what preflight looks for. It answers like one.
SSHD = """
import socket, sys, threading
listening = socket.create_server(("0.0.0.0", int(sys.argv[1])))
kept = []
while True:
    one, _ = listening.accept()
    one.sendall(b"SSH-2.0-test\\r\\n")
    kept.append(one)
"""


def test(name, *troubles):
    """One line of the report; a trouble is a text, or empty."""
    troubles = [str(trouble) for trouble in troubles if trouble]
    print(f"FAIL hub/apply {name}" if troubles else f"ok hub/apply {name}", flush=True)
    for trouble in troubles:
        for line in trouble.splitlines()[:40]:
            print("    " + line, flush=True)


def files(folders):
    """Every file with its mode, time and digest; links with their target."""
    found = {}
    for top in folders:
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.join(folder, name)
                if os.path.islink(path):
                    found[path] = os.readlink(path)
                    continue
                about = os.stat(path)
                with open(path, "rb") as file:
                    found[path] = f"{about.st_mode & 0o7777:o} {about.st_mtime_ns} {hashlib.sha256(file.read()).hexdigest()[:12]}"
    return found


def timers():
    """Processes that wait to undo a change."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8") as file:
                if "--rollback\0--token" in file.read():
                    found.append(int(pid))
        except OSError:
            pass
    return found


def tunnel():
    """The hub's interface as lines; preshared keys as a digest."""
    shown = [tunnels.run("wg", "show", "wg0", "listen-port")]
    for what in ("allowed-ips", "persistent-keepalive"):
        shown += sorted(tunnels.run("wg", "show", "wg0", what).splitlines())
    shown.append(hashlib.sha256("".join(sorted(tunnels.run("wg", "show", "wg0", "preshared-keys").splitlines())).encode()).hexdigest())
    for family in ("-4", "-6"):
        shown += sorted(tunnels.run("ip", family, "route", "show", "dev", "wg0").splitlines())
    link = json.loads(tunnels.run("ip", "-j", "address", "show", "dev", "wg0"))[0]
    # Without the link-local address, which the kernel draws by lot for wireguard-go's interface.
    shown += [f"{each['local']}/{each['prefixlen']}" for each in link["addr_info"] if each["scope"] == "global"]
    return "\n".join([*shown, f"mtu {link['mtu']}"])


def everything(times=True):
    """What counts on this machine. Without `times`: what two ways to the same end have in common."""
    found = {path: about if times else " ".join(about.split()[::2]) for path, about in files(FOLDERS).items()}
    for unit in UNITS:
        found["unit " + unit] = " ".join(tunnels.run("systemctl", verb, unit, check=False).strip() for verb in ("is-active", "is-enabled"))
    for setting in SETTINGS:
        found[setting] = tunnels.read(f"/proc/sys/{setting}").strip()
    # Without who has knocked at SSH lately.
    found["nft"] = re.sub(r"\n\s*elements = \{[^}]*limit rate[^}]*\}", "", tunnels.run("nft", "-s", "list", "ruleset"))
    found["wg0"] = tunnel() if os.path.exists("/run/wireguard/wg0.sock") else "none"
    found["listening"] = tunnels.run("ss", "-Hltn")
    return found


def difference(before, after):
    """In words, or nothing."""
    lines = []
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            lines += [f"{key}:", *difflib.unified_diff(str(before.get(key, "absent")).splitlines(), str(after.get(key, "absent")).splitlines(),
                                                       "before", "now", lineterm="", n=1)]
    return "\n".join(lines)


class Machine:
    """The VPS, seen from the owner's computer."""

    def __init__(self, folder):
        self.folder, self.tree = folder, f"{folder}/out"
        self.staged = f"{folder}/hlgen"
        self.said = []
        os.makedirs("/etc/wireguard", mode=0o700, exist_ok=True)
        os.makedirs(os.path.dirname(CALLS), exist_ok=True)
        tunnels.internet()
        self.sshd = None
        self.start_sshd(22)
        self.connection = self.connect()

    def start_sshd(self, port):
        if self.sshd:
            self.sshd.kill()
            self.sshd.wait()
        if not os.path.exists("/usr/sbin/sshd"):
            shutil.copy2(os.path.realpath("/usr/bin/python3"), "/usr/sbin/sshd")
        self.sshd = subprocess.Popen(["/usr/sbin/sshd", "-c", SSHD, str(port)])  # pylint: disable=consider-using-with
        self.port = port
        for _ in range(100):
            if tunnels.run("ss", "-Hltn", f"sport = :{port}"):
                return
            time.sleep(0.05)
        raise RuntimeError("the stand-in for sshd does not listen")

    def connect(self, timeout=2.0):
        """A new SSH connection from the internet, or None when it is not let in."""
        return tunnels.tcp("inet", HUB, self.port, timeout)

    def ssh_words(self, connection):
        return f"{connection.getsockname()[0]} {connection.getsockname()[1]} {HUB} {self.port}"

    def build(self, site):
        """Builds and copies to the staging folder, as the owner does: into an empty one."""
        tunnels.build(self.folder, site)
        shutil.rmtree(self.staged, ignore_errors=True)
        shutil.copytree(f"{self.tree}/vps", self.staged)

    def environment(self, connection=None, **more):
        words = {"PATH": os.environ["PATH"], **more}
        if connection is not False:
            words["SSH_CONNECTION"] = self.ssh_words(connection or self.connection)
        return words

    def apply(self, *words, connection=None, expect=0, **more):
        """Runs apply.sh; what it said. A status that was not expected is an error; None: any will do."""
        done = subprocess.run([f"{self.staged}/apply.sh", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False, cwd="/", env=self.environment(connection, **more))
        self.said.append(done.stdout)
        if expect is not None and done.returncode != expect:
            raise RuntimeError(f"apply.sh {' '.join(words)}: status {done.returncode}, expected {expect}\n{done.stdout}")
        return done.stdout

    def keep(self):
        """Confirms as one should: over a new connection."""
        return self.apply("--confirm", connection=self.connect())

    def calls(self):
        """What systemctl was asked to change since the last time, one line each."""
        with open(CALLS, "a+", encoding="utf-8") as file:
            file.seek(0)
            lines = file.read().splitlines()
            file.truncate(0)
        return [line for line in lines if not set(line.split()) & {"is-active", "is-enabled", "show", "cat", "list-units", "is-failed"}]

    def secrets(self):
        """All private and preshared keys of the site."""
        found = []
        for folder, _, names in os.walk(f"{self.folder}/keys"):
            found += [tunnels.read(os.path.join(folder, name)).strip() for name in names if name.endswith((".key", ".psk"))]
        return found


class Watch:
    """While it runs: every command line on the machine that contains one of some words."""

    def __init__(self, words):
        self.words = [word.encode() for word in words]
        self.seen, self.looked, self.stop = set(), 0, False
        self.thread = threading.Thread(target=self.look)

    def look(self):
        while not self.stop:
            for pid in filter(str.isdigit, os.listdir("/proc")):
                try:
                    with open(f"/proc/{pid}/cmdline", "rb") as file:
                        line = file.read()
                except OSError:
                    continue
                self.looked += 1
                if any(word in line for word in self.words):
                    self.seen.add(line.split(b"\0")[0].decode())

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop = True
        self.thread.join()


def tls_server(name, address, port, folder):
    """A server with a certificate in a namespace."""
    tunnels.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=test", "-keyout", f"{folder}/tls.key", "-out", f"{folder}/tls.crt")
    return subprocess.Popen(["ip", "netns", "exec", name, "openssl", "s_server", "-quiet", "-accept", f"{address}:{port}",
                             "-key", f"{folder}/tls.key", "-cert", f"{folder}/tls.crt"],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def tcp_server(name, address, port):
    """Listens in a namespace, for as long as the value is kept."""
    with tunnels.inside(name):
        return socket.create_server((address, port))


def site(**more):
    """The site of these tests: two networks, a relay with TLS, a redirect and a plain port, two clients."""
    text = tunnels.site({"phone": {"address": "10.100.0.10"}, "laptop": {"address": "10.100.0.11", "reach": ["lan"]}})
    text["domain"] = "example.org"
    text["kubernetes"] = {"network": "servers", "ingress": {"address": "10.30.0.5", "namespace": "traefik", "service": "traefik"}}
    text["relay"] = {"https": {"listen": 443, "to": "ingress:443", "names": "published"}, "http": {"listen": 80, "redirect": True},
                     "git": {"listen": 2222, "to": "10.20.0.5:22"}, "game": {"listen": 27015, "protocol": "udp", "to": "10.20.0.6:27015"}}
    text["services"] = {"films": {"via": "relay"}}
    text.update(more)
    return json.loads(json.dumps(text))


def lacks(text, *words):
    """Which of the words a text lacks."""
    return "".join(f"not said: {word}\n" for word in words if word not in text) and f"{[w for w in words if w not in text]} not in:\n{text}"


def edit(path, pattern, replacement):
    text = tunnels.read(path)
    changed, count = re.subn(pattern, replacement, text, flags=re.MULTILINE)
    assert count, f"{pattern} is not in {path}"
    write(path, changed)


def write(path, text):
    """As another build would have made it: the list of files knows it."""
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    tunnels.run("sh", "-c", "cd \"$1\" && { sed 's/^[0-9a-f]*  //; /^#/d' files.sha256 | xargs sha256sum; echo '# complete'; } >new && mv new files.sha256",
                "-", path[:path.index("/hlgen/") + 6])


def wait_for(condition, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def confirmed(machine, text):
    """A machine on which the site runs, for good."""
    machine.build(text)
    machine.apply("--yes")
    machine.calls()
