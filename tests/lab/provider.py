"""The provider of the house: a line with CGNAT, router advertisements, and a prefix delegated by DHCPv6, which may change."""
import json
import os
import signal
import socket
import struct

from machine import cable, wait_for

# Addresses of the lab's internet. Not those for documentation: RouterOS's own configuration drops these as bogus.
INTERNET4, INTERNET6 = "91.198.51.", "2a10:f::"
PUBLIC, PUBLIC6 = "91.198.52.7", INTERNET6 + "7"    # as the internet sees the customers
GATEWAY, CUSTOMER = "100.64.0.1", "100.64.0.2/24"   # what its DHCP would hand out
LINE6 = "2a10:1:0:1::/64"
LINK_LOCAL = "fe80::1"                              # the provider's on the line: the router's IPv6 gateway
ROUTER_MAC, ROUTER_LINK_LOCAL = "02:00:00:00:02:02", "fe80::ff:fe00:202"
PREFIX = "2a0d:5600:abcd::/56"                      # what it delegates when the site names nothing
RENEW, REBIND, PREFERRED, VALID = 2, 4, 20, 40      # seconds; short, so that a change arrives soon

CGNAT = """
table ip cgnat
delete table ip cgnat
table ip cgnat {
    chain out {
        type nat hook postrouting priority 100;
        ip saddr 100.64.0.0/10 oifname "eth0" masquerade
    }
    chain pass {
        type filter hook forward priority 0; policy drop;
        iifname "line" oifname "eth0" accept
        ct state established,related accept
    }
}
"""
RADVD = f"""
interface line {{
    AdvSendAdvert on;
    AdvOtherConfigFlag on;
    MinRtrAdvInterval 3;
    MaxRtrAdvInterval 4;
    AdvDefaultLifetime 1800;
    prefix {LINE6} {{ }};
}};
"""


def kea(prefix, gone=False):
    """Its configuration: one prefix for the one customer, or none. gone: he is told that it ends now (without a pool Kea would only say
    that there is none, and he would keep it until its lifetime is over)."""
    length = int(prefix.split("/")[1]) if prefix else 0
    pools = [{"prefix": prefix.split("/")[0], "prefix-len": length, "delegated-len": length}] if prefix else []
    return json.dumps({"Dhcp6": {
        "interfaces-config": {"interfaces": ["line"], "service-sockets-max-retries": 20, "service-sockets-retry-wait-time": 200},
        "lease-database": {"type": "memfile", "persist": True, "name": "/run/kea/leases6.csv", "lfc-interval": 0},
        "server-id": {"type": "LL", "persist": False},
        "preferred-lifetime": 0 if gone else PREFERRED, "valid-lifetime": 0 if gone else VALID, "renew-timer": RENEW, "rebind-timer": REBIND,
        "subnet6": [{"id": 1, "subnet": LINE6, "interface": "line", "rapid-commit": True, "pd-pools": pools}],
        "loggers": [{"name": "kea-dhcp6", "severity": "INFO", "output_options": [{"output": "stderr"}]}]}}, indent=1)


class Isp:
    def __init__(self, machine, inet):
        self.machine, self.inet = machine, inet
        self.prefix, self.server, self.radvd = None, None, None

    def serve(self, prefix):
        """Everything but the cables, which must be there; again after the customer's cable was another one."""
        self.machine.set("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
        self.machine.ip(f"addr replace {GATEWAY}/24 dev line", f"addr replace {LINK_LOCAL}/64 dev line nodad",
                        f"addr replace {LINE6.replace('::/', '::1/')} dev line nodad")
        self.machine.run("nft", "-f", "-", text=CGNAT)
        self.machine.write("/run/radvd.conf", RADVD)
        # One that runs already knows only the old cable, and a second one would not start.
        if self.radvd:
            self.radvd.end()
        self.radvd = self.machine.start("radvd", "-n", "-C", "/run/radvd.conf", "-p", "/run/radvd.pid", "-m", "stderr")
        self.inet.ip(f"route replace {LINE6} via {self.link_local()} dev to-provider")
        self.delegate(prefix)

    def link_local(self):
        """Of its interface to the internet."""
        return "fe80::2"

    def wire(self, router, wan):
        """The customer's cable."""
        cable(self.machine, "line", router, wan, "02:00:00:00:02:01", ROUTER_MAC)

    def forget(self):
        """The CGNAT loses its table, as when the provider moves a customer: every connection gets another port or dies."""
        with self.machine.inside(), socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as link:   # NETLINK_NETFILTER
            # IPCTNL_MSG_CT_DELETE without a tuple: all of them; NLM_F_REQUEST | NLM_F_ACK
            link.send(struct.pack("=IHHII", 20, 1 << 8 | 2, 5, 1, 0) + struct.pack("=BBH", 0, 0, 0))
            status = struct.unpack_from("=i", link.recv(4096), 16)[0]
            if status:
                raise OSError(-status, "flushing the CGNAT's table")

    def delegate(self, prefix):
        """From now on the customer gets this prefix; one that he had ends with his next renewal, whose answer says lifetime 0."""
        former = self.prefix
        if former and former != prefix:
            self.machine.ip(f"route del {former} dev line", f"route replace unreachable {former}")
        if prefix:
            self.machine.run("ip", "-6", "route", "del", "unreachable", prefix, check=False)
            self.machine.ip(f"route replace {prefix} via {ROUTER_LINK_LOCAL} dev line")
            self.inet.ip(f"route replace {prefix} via {self.link_local()} dev to-provider")
        self.prefix = prefix
        self.machine.write("/run/kea/dhcp6.json", kea(prefix or former, gone=not prefix))
        if self.server and self.server.poll() is None:
            # It reads its file again. A restart would miss a renewal, and the customer only asks again ten seconds later.
            self.server.send_signal(signal.SIGHUP)
            return
        self.server = self.machine.start("kea-dhcp6", "-c", "/run/kea/dhcp6.json", env={"KEA_LOCKFILE_DIR": "/run/kea", "KEA_PIDFILE_DIR": "/run/kea"})

    def withdraw(self):
        """The customer has no prefix any more, and learns it with his next renewal."""
        self.delegate(None)

    def ready(self):
        """Waits until the server answers; not needed at the start, where clients ask again."""
        return wait_for("kea-dhcp6 listens", self.listens, 10)

    def listens(self):
        path = f"/proc/{self.machine.pid}/net/udp6"
        if not os.path.exists(path):
            return False
        with open(path, encoding="ascii") as file:
            return any(line.split()[1].endswith(":0223") for line in file.readlines()[1:])
