"""A homelab in network namespaces for the tests of the hub: real WireGuard (wireguard-go), real addresses, a router behind CGNAT.

    this namespace: the VPS   eth0 89.167.62.126 ── inet ──┬── cgnat (masquerade) ── router ── lan   10.x.0.5 of every network
                                                          └── a namespace for each client

The machine that this runs on must be a private one: in_namespace and install_tree of the shell tests, systemctl the stand-in."""
import contextlib
import ctypes
import hashlib
import json
import os
import shutil
import socket
import subprocess
import time

HLGEN = os.environ["HLGEN"]
HUB = "89.167.62.126"
PORT_STREAM, PORT_ECHO = 9000, 9001
NETWORKS = {"servers": {"vlan": 30, "subnet": "10.30.0.0/24"}, "lan": {"vlan": 20, "subnet": "10.20.0.0/24"}}
LIBC = ctypes.CDLL(None, use_errno=True)


def run(*words, check=True, text=None):
    """Output of a command; its own words when it fails."""
    done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
    if check and done.returncode != 0:
        raise RuntimeError(f"status {done.returncode}: {' '.join(words)}\n{done.stdout}{done.stderr}")
    return done.stdout


def systemctl(*words, check=True):
    return run("systemctl", *words, check=check)


# Namespaces ----------------------------------------------------------------------------------------------------------------

def at(name, *words, text=None):
    return run("ip", "netns", "exec", name, *words, text=text) if name else run(*words, text=text)


@contextlib.contextmanager
def inside(name):
    """This thread in another network namespace: a socket stays in the one where it was made."""
    if not name:
        yield
        return
    with open("/proc/thread-self/ns/net", encoding="utf-8") as here, open(f"/run/netns/{name}", encoding="utf-8") as there:
        if LIBC.setns(there.fileno(), 0x40000000) != 0:
            raise OSError(ctypes.get_errno(), "setns")
        try:
            yield
        finally:
            LIBC.setns(here.fileno(), 0x40000000)


def host(name, *settings):
    run("ip", "netns", "add", name)
    at(name, "ip", "link", "set", "lo", "up")
    for setting in settings:
        at(name, "sysctl", "-q", "-w", setting)


def cable(one, device, address, other, device2, address2):
    """A link between two namespaces (None: this one)."""
    run("ip", "link", "add", "cable0", "type", "veth", "peer", "name", "cable1")
    for name, old, new, addresses in ((one, "cable0", device, address), (other, "cable1", device2, address2)):
        if name:
            run("ip", "link", "set", old, "netns", name)
        at(name, "ip", "link", "set", old, "name", new)
        for each in addresses.split():
            at(name, "ip", "address", "add", each, "dev", new)
        at(name, "ip", "link", "set", new, "up")


def internet():
    """Everything but WireGuard and the clients."""
    run("ip", "link", "set", "lo", "up")
    # Strict, as UFW sets it: the hub must work with it as well as with the kernel's own 0.
    run("sysctl", "-q", "-w", "net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.default.rp_filter=1")
    host("inet", "net.ipv4.ip_forward=1")
    cable(None, "eth0", HUB + "/24", "inet", "hub", "89.167.62.1/24")
    run("ip", "route", "add", "default", "via", "89.167.62.1")
    host("cgnat", "net.ipv4.ip_forward=1")
    cable("cgnat", "out", "192.0.2.2/30", "inet", "cgnat", "192.0.2.1/30")
    at("cgnat", "ip", "route", "add", "default", "via", "192.0.2.1")
    at("cgnat", "nft", "-f", "-", text="table ip nat { chain out { type nat hook postrouting priority 100; oifname out masquerade; }; }")
    host("router", "net.ipv4.ip_forward=1")
    cable("router", "wan", "100.64.0.2/24", "cgnat", "in", "100.64.0.1/24")
    at("router", "ip", "route", "add", "default", "via", "100.64.0.1")
    host("lan")
    numbers = (10, 20, 30, 40)
    cable("lan", "eth0", " ".join(f"10.{n}.0.5/24" for n in numbers), "router", "lan", " ".join(f"10.{n}.0.1/24" for n in numbers))
    at("lan", "ip", "route", "add", "default", "via", "10.30.0.1")


def wireguard(name, device, private, addresses, peer, routes, **more):
    """One WireGuard interface with one peer. Its name must be unique: sockets of wireguard-go live in one folder."""
    at(name, "wireguard-go", device)
    lines = ["[Interface]", f"PrivateKey = {private}", "[Peer]"]
    lines += [f"{key} = {value}" for key, value in {**peer, "Endpoint": f"{HUB}:51820", "AllowedIPs": ", ".join(routes), **more}.items()]
    at(name, "wg", "setconf", device, "/dev/stdin", text="\n".join(lines) + "\n")
    for address in addresses:
        at(name, "ip", "address", "add", address, "dev", device)
    at(name, "ip", "link", "set", device, "mtu", "1420", "up")
    for route in routes:
        at(name, "ip", "route", "add", route, "dev", device)


def router(keys):
    key = {name: read(f"{keys}/{name}").strip() for name in ("router.key", "router.psk", "vps.pub")}
    wireguard("router", "r0", key["router.key"], ["10.100.0.2/32", "fd5e:7a1c:90d2::2/128"],
              {"PublicKey": key["vps.pub"], "PresharedKey": key["router.psk"]}, ["10.100.0.0/24", "fd5e:7a1c:90d2::/64"],
              PersistentKeepalive=25)


def client(tree, name, number):
    """Joins with the file that the tree has for it, but sends everything below 10.0.0.0/8 into the tunnel."""
    values = dict(line.split(" = ", 1) for line in read(f"{tree}/clients/{name}.conf").splitlines() if " = " in line)
    host(name)
    cable(name, "eth0", f"198.51.100.{number * 4 + 2}/30", "inet", name, f"198.51.100.{number * 4 + 1}/30")
    at(name, "ip", "route", "add", "default", "via", f"198.51.100.{number * 4 + 1}")
    wireguard(name, name, values["PrivateKey"], values["Address"].split(", "),
              {key: values[key] for key in ("PublicKey", "PresharedKey") if key in values}, ["10.0.0.0/8", "fd5e:7a1c:90d2::/64"])


# Trees -----------------------------------------------------------------------------------------------------------------------

def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def site(clients, networks=None, **tunnel):
    return {"site": "hub-test", "vps": {"address": HUB},
            "tunnel": {"network": "10.100.0.0/24", "network6": "fd5e:7a1c:90d2::/64", **tunnel},
            "router": {"vendor": "routeros", "version": "7.20.8", "address": "10.100.0.2"},
            "networks": networks or NETWORKS, "clients": clients}


def build(folder, text):
    """Builds a site; the tree. JSON is YAML."""
    with open(f"{folder}/site.yaml", "w", encoding="utf-8") as file:
        json.dump(text, file, indent=1)
    run(HLGEN, "build", "-o", f"{folder}/out", f"{folder}/site.yaml")
    return f"{folder}/out"


def install(tree, before=None):
    """Copies the tree's vps/ to where its files stand; the paths. Those of `before` that are no longer in it go."""
    paths = set()
    for folder, _, names in os.walk(f"{tree}/vps"):
        for name in names:
            source = os.path.join(folder, name)
            target = source[len(f"{tree}/vps"):]
            if not target.startswith(("/etc/", "/usr/", "/var/")):
                continue
            paths.add(target)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy2(source, target + ".new")
            os.rename(target + ".new", target)
    for path in (before or set()) - paths:
        os.unlink(path)
    return paths


def change(folder, text):
    """Builds, installs and reloads: what an owner does for a change."""
    install(build(folder, text))
    systemctl("reload", "wg-quick@wg0")


def state(device="wg0"):
    """Everything that a reload must bring into the form of a fresh start, as lines. Keys of peers only as a name and a digest."""
    lines = []
    interface, *peers = run("wg", "show", device, "dump").splitlines()
    lines.append("port, mark: " + " ".join(interface.split("\t")[2:]))
    for peer in sorted(peers):
        public, preshared, _, allowed, _, _, _, keepalive = peer.split("\t")
        shown = "(none)" if preshared == "(none)" else hashlib.sha256(preshared.encode()).hexdigest()[:8]
        lines.append(f"peer {public}: psk {shown}, allowed {' '.join(sorted(allowed.split(',')))}, keepalive {keepalive}")
    for family in ("-4", "-6"):
        lines += sorted(f"route {line.strip()}" for line in run("ip", family, "route", "show", "dev", device).splitlines())
        lines += [f"rule {line}" for line in run("ip", family, "rule").splitlines()]
    # Without the link-local address, which the kernel draws by lot for wireguard-go's interface.
    lines += [each for each in run("ip", "-br", "address", "show", "dev", device).split()[2:] if not each.startswith("fe80:")]
    lines += run("nft", "list", "tables").splitlines()
    lines += run("nft", "-s", "list", "table", "inet", "hlgen").splitlines()
    return lines


def fresh_state(program):
    """The state after a start from nothing, in another private namespace with the same files: `program` must print it."""
    script = 'mount -t tmpfs tmpfs /run && ip link set lo up && exec "$@"'
    return json.loads(run("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
                          "sh", "-c", script, "sh", *program))


# Traffic -----------------------------------------------------------------------------------------------------------------------

def tcp(name, address, port=PORT_STREAM, timeout=2.0):
    """A connection from a namespace, or None."""
    with inside(name):
        connection = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    connection.settimeout(timeout)
    try:
        connection.connect((address, port))
        return connection
    except OSError:
        connection.close()
        return None


def reaches(name, address, timeout=2.0):
    connection = tcp(name, address, timeout=timeout)
    if connection:
        connection.close()
    return connection is not None


def seconds_until_echo(name, address, limit):
    """How long it takes until a datagram is answered, asking every 20 ms; None when it takes longer than the limit."""
    with inside(name):
        asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    begin = time.monotonic()
    asking.settimeout(0.02)
    with asking:
        while time.monotonic() - begin < limit:
            try:
                asking.sendto(b"there?", (address, PORT_ECHO))
                asking.recv(64)
                return time.monotonic() - begin
            except TimeoutError:
                pass
            except OSError:
                # No peer, no endpoint, no interface: the kernel says so at once.
                time.sleep(0.02)
    return None
