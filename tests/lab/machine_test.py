#!/usr/bin/python3
"""Tests of machine.py: what the lab's machines keep apart, what survives a loss of power, and what is an error. Exit status 1 when something is wrong."""
import os
import signal
import socket
import subprocess
import sys
import time

from machine import Failed, Machine, cable, wait_for

TROUBLES = []


def check(what, holds):
    if not holds:
        TROUBLES.append(what)
        print(f"wrong: {what}")


def fails(what, function, *words):
    try:
        function(*words)
    except Failed as failed:
        check(f"{what}: says '{words[-1]}'? {failed}", str(words[-1]) in str(failed))
        return
    check(f"{what}: no error", False)


def outside():
    return [os.path.lexists(path) for path in ("/etc/lab-test", "/usr/lab-test", "/var/lab-test", "/run/lab-test", "/dev/lab-test")]


one, other, plain = Machine("one"), Machine("other"), Machine("plain", keep=False)
here = os.readlink("/proc/self/ns/net")

# Files: each machine has its own, and nothing comes out.
for top in ("etc", "usr", "var", "run", "dev"):
    one.write(f"/{top}/lab-test", "x", 0o600)
plain.write("/etc/lab-test", "x")
check("files are written", one.run("cat", "/etc/lab-test", "/usr/lab-test", "/var/lab-test", "/run/lab-test", "/dev/lab-test") == "xxxxx")
check("with their modes", one.run("stat", "-c", "%a", "/etc/lab-test").strip() == "600")
check("no other machine has them", not any(other.exists(f"/{top}/lab-test") for top in ("etc", "usr", "var", "run", "dev")))
check("nor this one", not any(outside()))
one.run("sh", "-c", "echo y >> /etc/hosts && mv /usr/bin/true /usr/bin/false && echo z > /etc/lab-second")
check("this machine's own files stay as they are", not open("/etc/hosts", encoding="utf-8").read().endswith("y\n") and subprocess.call("/usr/bin/true") == 0)

# Names, processes, network.
check("a host name", one.run("hostname").strip() == "one" and os.uname().nodename != "one")
check("processes of its own", len(one.run("ps", "-e", "-o", "pid=", check=False).split()) < 5 and one.run("sh", "-c", "echo $$").strip() != "")
cable(one, "eth0", other, "to-one", "02:00:00:00:00:01", "02:00:00:00:00:02")
one.ip("addr add 10.0.0.1/24 dev eth0", "addr add fd00::1/64 dev eth0")
other.ip("addr add 10.0.0.2/24 dev to-one", "addr add fd00::2/64 dev to-one")
check("the cable", one.status("ping", "-c1", "-W1", "10.0.0.2")[0] == 0)
check("IPv6 at once", one.status("ping", "-c1", "-W1", "fd00::2")[0] == 0)
check("no interface here", [name for _, name in socket.if_nameindex()] == ["lo"])
one.set("net.ipv4.ip_forward=1", "net/ipv4/conf/eth0/rp_filter=1")
check("settings of one machine are its own", [each.run("sysctl", "-n", "net.ipv4.ip_forward") for each in (one, other)] == ["1\n", "0\n"])
with one.inside():
    listening = socket.create_server(("10.0.0.1", 7))
check("a socket stays where it was made", os.readlink("/proc/self/ns/net") == here)
with other.inside():
    visit = socket.create_connection(("10.0.0.1", 7), timeout=2)
visit.close()
listening.close()

# Errors.
fails("a command that fails", one.run, "sh", "-c", "echo to-out; echo to-err >&2; exit 3; : status 3\nto-out\nto-err")
check("a status", one.status("sh", "-c", "echo a; echo b >&2; exit 4") == (4, "a\nb\n"))
try:
    one.run("sleep", "10", timeout=0.3)
    check("a timeout is an error", False)
except Failed as late:
    check("a timeout is an error", "not done within 0.3 s" in str(late))
try:
    wait_for("never", lambda: False, 0.2)
    check("waiting ends", False)
except Failed as late:
    check("waiting ends", "never: not within 0.2 s" in str(late))

# Daemons.
daemon = one.start("sleep", "600")
wait_for("the daemon", lambda: "sleep" in one.run("ps", "-e", "-o", "comm="), 2)
daemon.end(signal.SIGTERM)
check("a daemon ends when told", "sleep" not in one.run("ps", "-e", "-o", "comm=").split())
fails("a daemon that is not ready", lambda ready: one.start("echo", "no", ready=ready), "yes")
last = one.start("sleep", "600")
one.run("sh", "-c", "sleep 601 >/dev/null 2>&1 &")

# Power.
begin = time.monotonic()
one.off()
check(f"off at once ({time.monotonic() - begin:.2f} s)", time.monotonic() - begin < 1)
check("with all its processes", last.poll() is not None and not
      [pid for pid in filter(str.isdigit, os.listdir("/proc")) if b"601" in open(f"/proc/{pid}/cmdline", "rb").read()])
fails("a machine that is off", one.run, "true")
wait_for("the other end of the cable goes", lambda: not other.exists("/sys/class/net/to-one"), 5)
one.on()
check("what was written is still there", one.run("cat", "/etc/lab-test", "/var/lab-test", "/usr/lab-test") == "xxx")
check("but /run and /dev are new", not one.exists("/run/lab-test") and not one.exists("/dev/lab-test"))
cable(one, "eth0", other, "to-one")
cable(one, "eth0", other, "to-one")
one.ip("addr add 10.0.0.1/24 dev eth0")
other.ip("addr add 10.0.0.2/24 dev to-one")
check("a new cable", one.status("ping", "-c1", "-W1", "10.0.0.2")[0] == 0)
plain.off()
plain.on()
check("without keep nothing is left", not plain.exists("/etc/lab-test"))
for machine in (one, other, plain):
    machine.off()
    machine.off()
sys.exit(1 if TROUBLES else 0)
