"""A node of the cluster and the router of its network, in namespaces: links, advertisements by radvd, and the guide's own commands.

The node is the namespace that the program runs in; it has its own /run, /sys, and layers over /etc, /usr and /var, with the network managers
of UNPACKED in them. Nothing of it reaches the real machine."""
import contextlib
import ipaddress
import json
import os
import re
import socket
import subprocess
import time

PREFIX = ipaddress.ip_network("2001:db8:77:30::/64")  # announced where the site does not know the prefix yet
# AdvIntervalOpt lets radvd be this quick.
RADVD = """interface lan {
	AdvSendAdvert on;
	AdvIntervalOpt on;
	MinRtrAdvInterval 0.3;
	MaxRtrAdvInterval 0.5;
	MinDelayBetweenRAs 0.3;
	AdvDefaultLifetime 1800;
	prefix %s { AdvValidLifetime 3600; AdvPreferredLifetime 1800; };
};
"""
OWN4, ROUTER4 = "10.30.0.11", "10.30.0.1"
# The owner's computer: sends each line over one connection to the node, and prints what comes back.
OWNER = """
import socket, sys
wire = socket.create_connection((sys.argv[1], 22), timeout=10)
for line in sys.stdin:
    wire.sendall(line.encode())
    print(wire.recv(100).decode(), end="", flush=True)
"""
# ssh and scp of the guide: the same commands, on the machine that this is.
SSH = """#!/bin/sh
[ "$1" != -t ] || shift
shift
cd "$HOME" && exec sh -c "$*"
"""
SCP = """#!/bin/sh
[ "$1" = -r ] && exec cp -R "$2" "$HOME/${3##*:}"
"""


class Wrong(Exception):
    """What a test found."""


def run(*words, check=True, **more):
    """What a command prints; its own words when it fails."""
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **more)
    if check and done.returncode:
        raise Wrong(f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}")
    return done.stdout


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def settings(**values):
    """Kernel settings below net/ipv6/conf: default__accept_ra=1."""
    for name, value in values.items():
        with open("/proc/sys/net/ipv6/conf/" + name.replace("__", "/"), "w", encoding="ascii") as file:
            file.write(str(value))


def soon(what, question, seconds=15):
    """Asks until the answer is true."""
    end = time.monotonic() + seconds
    while not (answer := question()):
        if time.monotonic() > end:
            raise Wrong(f"not within {seconds} s: {what}\n{run('ip', 'address')}{run('ip', '-6', 'route')}")
        time.sleep(0.1)
    return answer


class Session:
    """The connection by which the owner is logged in (IPv4): it must live on while the node's settings change."""

    def __enter__(self):
        with socket.create_server((OWN4, 22)) as server:
            server.settimeout(10)
            self.owner = subprocess.Popen(["ip", "netns", "exec", "router", "/usr/bin/python3", "-c", OWNER, OWN4], text=True,
                                          stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self.wire = server.accept()[0]
        self.wire.settimeout(10)
        return self

    def __exit__(self, *failure):
        try:
            if not failure[0]:
                self.talk()
        except OSError as error:
            raise Wrong(f"the owner's connection ended: {error}") from error
        finally:
            self.owner.kill()
            self.owner.wait()
            self.wire.close()

    def talk(self):
        self.owner.stdin.write("still there\n")
        self.owner.stdin.flush()
        self.wire.sendall(self.wire.recv(100))
        if self.owner.stdout.readline() != "still there\n":
            raise Wrong("the owner's connection ended")


class World:
    def __init__(self, tree, node, mac, unpacked):
        self.tree, self.node, self.name, self.interface = tree, node, node["name"], node["interface"]
        # A node that goes by a token may have any MAC address.
        self.mac = mac or "02:00:5e:10:00:01"
        self.prefix = ipaddress.ip_network((node["address6"], 64), strict=False) if node["address6"] else PREFIX
        self.machine(unpacked)
        self.router()

    def machine(self, unpacked):
        run("mount", "--make-rprivate", "/")
        run("mount", "-t", "tmpfs", "tmpfs", "/run")
        # Read-only, as in a container: then nobody waits for udev.
        run("mount", "-t", "sysfs", "-o", "ro", "sysfs", "/sys")
        os.makedirs("/run/layers")
        run("mount", "-t", "tmpfs", "tmpfs", "/run/layers")
        for top in ("etc", "usr", "var"):
            lower = "/" + top
            if os.path.isdir(f"{unpacked}/{top}"):
                lower = f"{unpacked}/{top}:{lower}"
            os.makedirs(f"/run/layers/{top}")
            os.makedirs(f"/run/layers/{top}.work")
            run("mount", "-t", "overlay", "overlay", "-o",
                f"lowerdir={lower},upperdir=/run/layers/{top},workdir=/run/layers/{top}.work", "/" + top)
        run("ldconfig")
        os.makedirs("/run/dbus")
        write("/run/bin/ssh", SSH, 0o755)
        write("/run/bin/scp", SCP, 0o755)
        os.makedirs("/run/home")
        os.environ.update(HOME="/run/home", PATH="/run/bin:/usr/sbin:/usr/bin:/sbin:/bin")
        run("ip", "link", "set", "lo", "up")

    def router(self):
        run("ip", "netns", "add", "router")
        run("ip", "-n", "router", "link", "set", "lo", "up")
        run("ip", "netns", "exec", "router", "sysctl", "-q", "-w", "net.ipv6.conf.all.forwarding=1", "net.ipv6.conf.default.accept_dad=0")
        write("/run/radvd.conf", RADVD % self.prefix)

    def plug(self):
        """The node's interface, new to the kernel and down; at its other end the router, which advertises."""
        run("ip", "link", "add", self.interface, "address", self.mac, "type", "veth", "peer", "name", "lan", "netns", "router")
        run("ip", "-n", "router", "address", "add", f"{ROUTER4}/24", "dev", "lan")
        run("ip", "-n", "router", "link", "set", "lan", "up")
        if not os.path.exists("/run/radvd.pid"):
            self.start("ip", "netns", "exec", "router", "radvd", "-n", "-C", "/run/radvd.conf", "-p", "/run/radvd.pid", "-m", "stderr")

    def unplug(self):
        """Takes the interface out, unless it is gone: ifdown removes one whose name looks like a VLAN's."""
        if os.path.exists("/sys/class/net/" + self.interface):
            run("ip", "link", "delete", self.interface)

    @staticmethod
    def start(*words, log="/run/log"):
        """A daemon; it ends with the namespace."""
        with open(log, "a", encoding="utf-8") as file:
            return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=file, stderr=file)

    @contextlib.contextmanager
    def watched(self):
        """Fills a list with what happens to the interface's IPv6 addresses meanwhile."""
        lines = []
        with subprocess.Popen(["ip", "-6", "monitor", "address", "dev", self.interface], stdout=subprocess.PIPE, text=True) as monitor:
            time.sleep(0.2)
            yield lines
            monitor.terminate()
            lines += monitor.stdout.read().splitlines()

    def has_ipv4(self):
        return OWN4 in run("ip", "-4", "address", "show", "dev", self.interface)

    def addresses(self):
        """The interface's global IPv6 addresses that are settled, each with its flags."""
        found = json.loads(run("ip", "-j", "-6", "address", "show", "dev", self.interface, "scope", "global"))
        return [one for link in found for one in link.get("addr_info", []) if one and not one.get("tentative")]

    def predicted(self):
        """The address of the plan; with a prefix of this test where the site knows none."""
        return str(self.prefix[int(ipaddress.ip_address(self.node["suffix"]))])

    def is_predicted(self):
        """Exactly that address, and no temporary one."""
        found = self.addresses()
        return [one["local"] for one in found] == [self.predicted()] and not any(one.get("temporary") for one in found)

    def has_default_route(self):
        return any(route.get("protocol") in ("ra", "kernel") and route["dev"] == self.interface
                   for route in json.loads(run("ip", "-j", "-6", "route", "show", "default")))

    def follow_guide(self, replaced=()):
        """Runs what APPLY.md says for this node, some words replaced, and gives its output."""
        with open(f"{self.tree}/APPLY.md", encoding="utf-8") as file:
            text = file.read()
        block = re.search(rf"^# {re.escape(self.name)}(:.*)?\n((?:[^#`\n].*\n)+)", text.partition("\n## Nodes\n")[2], re.MULTILINE)
        if not block:
            raise Wrong("APPLY.md has no commands for this node")
        commands = block[2]
        for old, new in dict(replaced).items():
            if old not in commands:
                raise Wrong(f"APPLY.md does not say '{old}'")
            commands = commands.replace(old, new)
        return run("sh", "-e", "-c", commands, cwd=self.tree)
