"""How a machine of the lab starts: a process that makes namespaces and mounts for itself, and then reaps the machine's orphans, as its PID 1."""
import ctypes
import fcntl
import os
import signal
import socket
import struct
import traceback

LIBC = ctypes.CDLL(None, use_errno=True)
NEWNS, NEWUTS, NEWPID, NEWNET = 0x00020000, 0x04000000, 0x20000000, 0x40000000
BIND, REC, PRIVATE = 4096, 16384, 1 << 18
SIOCSIFFLAGS = 0x8914
DEVICES = ["null", "zero", "full", "random", "urandom", "tty", "net/tun"]
LINKS = {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2", "ptmx": "pts/ptmx"}


def call(function, *arguments):
    if function(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function.__name__}{arguments}: {os.strerror(number)}")


def mount(source, target, kind=None, flags=0, data=None):
    call(LIBC.mount, *(each.encode() if each else None for each in (source, target, kind)), ctypes.c_ulong(flags), data.encode() if data else None)


def mounts(folder):
    """What the machine sees: this machine's files, its own changes of /etc, /usr and /var laid over them, and an empty /run at every start."""
    mount("none", "/", None, REC | PRIVATE)
    mount("proc", "/proc", "proc")
    for top in ("etc", "usr", "var"):
        for path in (f"{folder}/{top}", f"{folder}/{top}.work"):
            os.makedirs(path, exist_ok=True)
        mount("lab", f"/{top}", "overlay", 0, f"lowerdir=/{top},upperdir={folder}/{top},workdir={folder}/{top}.work")
    # A /dev of its own: what is logged to /dev/log stays in the machine.
    dev = f"{folder}/dev"
    os.makedirs(dev, exist_ok=True)
    mount("lab", dev, "tmpfs", 0, "mode=755,size=1m")
    for path in ("net", "pts", "shm"):
        os.mkdir(f"{dev}/{path}")
    for name in DEVICES:
        os.close(os.open(f"{dev}/{name}", os.O_CREAT | os.O_WRONLY))
        mount(f"/dev/{name}", f"{dev}/{name}", None, BIND)
    mount("lab", f"{dev}/pts", "devpts", 0, "newinstance,ptmxmode=666,mode=620")
    for name, target in LINKS.items():
        os.symlink(target, f"{dev}/{name}")
    mount(dev, "/dev", None, BIND | REC)
    mount("lab", "/sys", "sysfs")
    # Last, because it hides the folder.
    mount("lab", "/run", "tmpfs", 0, "mode=755,size=64m")
    for path in ("lock", "wireguard"):
        os.mkdir(f"/run/{path}")


def network():
    """The loopback is up; addresses are usable at once (looking for duplicates would cost a second for each, and is not the subject)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", 1))
    with open("/proc/sys/net/ipv6/conf/default/accept_dad", "w", encoding="ascii") as file:
        file.write("0")


def init(name, folder, ready):
    """Process 1 of the machine."""
    mounts(folder)
    socket.sethostname(name)
    network()
    os.chdir("/")
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    os.write(ready, b"ready")
    os.close(ready)
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        signal.sigwait({signal.SIGCHLD})


def start(name, folder, log):
    """Starts a machine: (process that waits for its process 1, process 1), or an OSError with what went wrong. `log`: a path for its errors."""
    read, write = os.pipe()
    holder = os.fork()
    if holder == 0:
        # Whatever happens here, nothing of the program that was forked may go on.
        try:
            # Not of the terminal's group: Ctrl-C ends the lab as a whole.
            os.setsid()
            os.dup2(os.open("/dev/null", os.O_RDWR), 0)
            os.dup2(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644), 1)
            os.dup2(1, 2)
            os.dup2(write, 3)
            os.closerange(4, 65536)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_DFL)
            call(LIBC.unshare, NEWNS | NEWUTS | NEWPID | NEWNET)
            pid = os.fork()
            if pid == 0:
                init(name, folder, 3)
            os.write(3, struct.pack("=i", pid))
            os.close(3)
            os.waitpid(pid, 0)
        except BaseException:       # pylint: disable=broad-exception-caught
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(write)
    said = b""
    while got := os.read(read, 64):
        said += got
    os.close(read)
    if len(said) != 9 or b"ready" not in said:
        os.kill(holder, signal.SIGKILL)
        os.waitpid(holder, 0)
        raise OSError(f"{name} did not start: see {log}")
    return holder, struct.unpack("=i", said.replace(b"ready", b""))[0]
