"""One machine of the lab: a process that holds network, mount, UTS and PID namespaces, with an /etc, /usr, /var, /run and /dev of its own.

The lab itself runs in a private namespace (run), whose /run is a tmpfs: there the machines' folders lie, and all of it goes with its first process."""
import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import time

import boot

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = "/run/lab"
LOGS = f"{FOLDER}/logs"
# Without LOG_LEVEL: wireguard-go would keep the standard output of wg-quick, and whoever reads that would wait for ever.
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "HOME": "/root",
               "WG_QUICK_USERSPACE_IMPLEMENTATION": "wireguard-go", "PYTHONDONTWRITEBYTECODE": "1"}


class Failed(Exception):
    """A command of a machine that failed, or something that did not happen in time."""

    def __init__(self, what, status=None, output="", errors=""):
        super().__init__(what if status is None else f"{what}: status {status}\n{output}{errors}".rstrip())
        self.words, self.status, self.output, self.errors = what, status, output, errors


def wait_for(what, condition, seconds):
    """Polls every 50 ms until the condition holds; the seconds it took."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() - begin > seconds:
            raise Failed(f"{what}: not within {seconds} s")
        time.sleep(0.05)
    return time.monotonic() - begin


def children(pid):
    """The processes that a process (not its threads) has started, as this namespace numbers them."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(word) for word in file.read().split()]
    except FileNotFoundError:
        return []


class Daemon(subprocess.Popen):
    """A process in a machine. Between it and us stands nsenter, which forwards no signals: they go to the process itself."""

    def send_signal(self, sig):
        if self.poll() is not None:
            return
        for _ in range(100):
            found = children(self.pid)
            if found or self.poll() is not None:
                break
            time.sleep(0.01)
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sig)

    def end(self, sig=signal.SIGTERM, seconds=5):
        """Ends it and waits."""
        self.send_signal(sig)
        try:
            self.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            self.wait(seconds)


class Machine:
    def __init__(self, name, keep=True):
        self.name, self.keep = name, keep
        self.folder = f"{FOLDER}/machines/{name}"
        self.holder, self.pid, self.daemons = 0, 0, []
        self.on()

    def __repr__(self):
        return self.name

    # ---- its power

    def on(self):
        """Boots it, without cables: these are laid by whoever turned it off."""
        if not self.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder, exist_ok=True)
        os.makedirs(LOGS, exist_ok=True)
        self.holder, self.pid = boot.start(self.name, self.folder, f"{LOGS}/{self.name}.init")

    def off(self):
        """Loss of power: everything in it ends at once."""
        if not self.holder:
            return
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.holder, 0)
        for daemon in self.daemons:
            with contextlib.suppress(subprocess.TimeoutExpired):
                daemon.wait(2)
        self.holder, self.pid, self.daemons = 0, 0, []

    @property
    def is_on(self):
        return bool(self.holder)

    # ---- commands

    def enter(self, *words):
        """The words of a command that runs in it."""
        if not self.is_on:
            raise Failed(f"{self.name} is off: {' '.join(words)}")
        return ["nsenter", "--target", str(self.pid), "--net", "--mount", "--uts", "--pid", "--wd=/", "--", *words]

    def _done(self, words, text, timeout, env, stderr):
        """(status, output, errors) of a command; one that takes too long is killed, and an error."""
        with Daemon(self.enter(*words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True,
                    env={**ENVIRONMENT, **(env or {})}) as command:
            try:
                output, errors = command.communicate(text or "", timeout)
            except subprocess.TimeoutExpired:
                command.kill()
                output, errors = command.communicate()
                raise Failed(f"{self.name}: {' '.join(words)}: not done within {timeout} s\n{output}{errors or ''}") from None
        return command.returncode, output, errors

    def status(self, *words, text=None, timeout=30, env=None):
        """(status, what it wrote, both outputs together)."""
        return self._done(words, text, timeout, env, subprocess.STDOUT)[:2]

    def run(self, *words, text=None, check=True, timeout=30, env=None):
        """Its standard output."""
        status, output, errors = self._done(words, text, timeout, env, subprocess.PIPE)
        if check and status != 0:
            raise Failed(f"{self.name}: {' '.join(words)}", status, output, errors)
        return output

    def start(self, *words, env=None, ready=None):
        """A daemon, which dies with the machine; it writes to LOGS/NAME.log. `ready`: a line that it prints on its standard output when it is up."""
        with open(f"{LOGS}/{self.name}.log", "ab") as log:
            daemon = Daemon(self.enter(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE if ready else log, stderr=log,
                            env={**ENVIRONMENT, **(env or {})})
        self.daemons.append(daemon)
        if ready:
            line = daemon.stdout.readline()
            daemon.stdout.close()
            if line.decode().strip() != ready:
                raise Failed(f"{self.name}: {' '.join(words)}: said {line!r}, not {ready!r}; see {LOGS}/{self.name}.log")
        return daemon

    @contextlib.contextmanager
    def inside(self):
        """This thread in the machine's network namespace: a socket made there stays there."""
        with open("/proc/thread-self/ns/net", "rb") as here, open(f"/proc/{self.pid}/ns/net", "rb") as there:
            if boot.LIBC.setns(there.fileno(), boot.NEWNET) != 0:
                raise OSError(ctypes.get_errno(), f"setns to {self.name}")
            try:
                yield
            finally:
                if boot.LIBC.setns(here.fileno(), boot.NEWNET) != 0:
                    os._exit(70)    # a thread in the wrong place must not go on

    # ---- files

    def path(self, path):
        """Its file as seen from outside. An absolute symbolic link on the way leads astray: /run/x, not /var/run/x."""
        return f"/proc/{self.pid}/root{path}"

    def exists(self, path):
        return os.path.lexists(self.path(path))

    def read(self, path):
        with open(self.path(path), encoding="utf-8") as file:
            return file.read()

    def write(self, path, text, mode=0o644):
        os.makedirs(os.path.dirname(self.path(path)), exist_ok=True)
        with open(self.path(path), "w", encoding="utf-8", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            file.write(text)
        os.chmod(self.path(path), mode)

    def copy(self, source, path):
        """A file or a folder from outside, with its modes."""
        os.makedirs(os.path.dirname(self.path(path)), exist_ok=True)
        if os.path.isdir(source):
            shutil.copytree(source, self.path(path), dirs_exist_ok=True)
        else:
            shutil.copy2(source, self.path(path))

    # ---- network

    def ip(self, *lines):
        """Lines of ip -batch, without the word ip."""
        with self.inside():
            done = subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n", capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"{self.name}: ip -batch: {'; '.join(lines)}", done.returncode, done.stdout, done.stderr)
        return done.stdout

    def set(self, *settings):
        """Kernel settings, "net.ipv4.ip_forward=1": they belong to the network namespace. (Slashes if an interface's name holds dots.)"""
        with self.inside():
            for setting in settings:
                name, value = setting.split("=", 1)
                name = name if "/" in name else name.replace(".", "/")
                # thread-self: /proc/sys/net shows the namespace of the thread that opens it
                with open(f"/proc/sys/{name}", "w", encoding="ascii") as file:
                    file.write(value)

    def addresses(self, device, family=6):
        """Global addresses of an interface that are usable, without their lengths."""
        shown = self.run("ip", f"-{family}", "-o", "address", "show", "dev", device, "scope", "global", check=False)
        return [line.split()[3].split("/")[0] for line in shown.splitlines() if " tentative" not in line]


def cable(one, device, other, device2, mac=None, mac2=None):
    """A cable between two machines, up at both ends. One that hung there before is gone, also when the kernel has not cleared it away yet."""
    for machine, name in ((one, device), (other, device2)):
        if machine.exists(f"/sys/class/net/{name}"):
            machine.run("ip", "link", "del", name, check=False)
    # Both in one's namespace, from which the peer goes straight to its own: nothing shows up anywhere else.
    one.ip(f"link add {device} {'address ' + mac if mac else ''} type veth peer name {device2} {'address ' + mac2 if mac2 else ''} netns {other.pid}",
           f"link set {device} up")
    other.ip(f"link set {device2} up")
