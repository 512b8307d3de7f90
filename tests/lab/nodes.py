"""The nodes of a house's cluster: Debian machines with ifupdown, which take their settings from their own files in the tree."""
import glob
import ipaddress
import os

import traefik
from hosts import UDP, answering
from ingress import Ingress
from machine import Failed, cable

MAC = "02:00:00:05:00:{:02x}"       # of a node whose own the site does not name


class NodesMixin:
    """`node`: the first machine of the cluster, where the ingress and all pods run; `nodes`: those that the site names, {name: machine}."""

    def node_names(self):
        """{name of the machine: name of the node}; the first is there also when the site names none."""
        names = list(self.site["kubernetes"].get("nodes", {}))
        return {"node": names[0] if names else None, **{f"node-{name}": name for name in names[1:]}}

    def node_words(self, name):
        return self.site["kubernetes"].get("nodes", {}).get(name, {})

    @property
    def node_interface(self):
        return self.node_words(self.node_names()["node"]).get("interface", "eth0")

    def node_address(self, name=None):
        """Of a node that the site names (the first one), else the first one that is free."""
        network, names = self.network(self.plan["cluster"]["network"]), self.site["kubernetes"].get("nodes", {})
        if names:
            return names[name or next(iter(names))]["address"]
        pools = [(ipaddress.ip_address(each["start"]), ipaddress.ip_address(each["stop"])) for each in self.plan["cluster"]["cilium"]["ranges"]]
        taken = self.others(network) | set(self.host_addresses(network))
        for each in list(ipaddress.ip_network(network["subnet"]).hosts())[10:]:
            if str(each) not in taken and not any(first <= each <= last for first, last in pools):
                return str(each)
        raise Failed(f"no address is free for the node in {network['subnet']}")

    def make_nodes(self):
        if not self.node:
            return
        for machine, name in self.node_names().items():
            self.wire_node(self.machines[machine], name)
            self.up_node(self.machines[machine], name)
        if self.site["kubernetes"].get("ingress"):
            self.ingress = Ingress(self.node, self.node_interface, f"{self.folder}/certificates", self.tls_names())
            self.upgrade()

    def wire_node(self, machine, name):
        """Its cable, and what others do to its settings: an image may come with addresses that change, and Cilium's agent passes packets on to pods."""
        number, words = list(self.node_names().values()).index(name), self.node_words(name)
        device, port = words.get("interface", "eth0"), f"node{number}"
        cable(self.lan, port, machine, device, None, words.get("mac") or MAC.format(number + 1))
        self.lan.ip(f"link set {port} master br0")
        machine.ip(f"link set {device} down")
        machine.set("net/ipv6/conf/all/forwarding=1", *(f"net/ipv6/conf/{device}/{each}" for each in ("addr_gen_mode=3", "use_tempaddr=2") if name))
        if not name:
            # Its owner has seen to it.
            machine.set(f"net/ipv6/conf/{device}/accept_ra=2")

    def up_node(self, machine, name):
        """ifup: the hooks that it has, and its IPv4 address in between."""
        network, device = self.network(self.plan["cluster"]["network"]), self.node_words(name).get("interface", "eth0")
        self.run_hooks(machine, name, "if-pre-up.d", "pre-up")
        machine.ip(f"link set {device} up", f"addr replace {self.node_address(name)}/{ipaddress.ip_network(network['subnet']).prefixlen} dev {device}",
                   f"route replace default via {network['gateway']} dev {device}")
        self.run_hooks(machine, name, "if-up.d", "post-up")
        answering(machine, [22, 53, 8080, 9100, 5001], UDP)

    def node_files(self, name, folder):
        """Those of the tree in a folder of a node, as paths on the node."""
        top = f"{self.tree}/nodes/{name}"
        return sorted(path.removeprefix(top) for path in glob.glob(f"{top}{folder}/*"))

    def run_hooks(self, machine, name, folder, phase):
        """Of hlgen, once for each IP version; on a node that has them already."""
        for path in self.node_files(name, f"/etc/network/{folder}"):
            if machine.exists(path):
                for family in ("inet", "inet6"):
                    machine.run(path, env={"IFACE": self.node_words(name).get("interface", "eth0"), "ADDRFAM": family, "METHOD": "auto", "MODE": "start",
                                           "PHASE": phase})

    def set_sysctls(self, machine, name):
        for path in self.node_files(name, "/etc/sysctl.d"):
            keys = [line.strip().lstrip("-").replace("/", ".") for line in machine.read(path).splitlines()]
            # All others are the host's, in every namespace.
            if strange := [each for each in keys if each and each[0] not in "#;" and not each.startswith("net.ipv6.")]:
                raise Failed(f"{path}: the lab does not set {strange[0]}")
            machine.run("sysctl", "-p", path)

    def configure_nodes(self):
        """The tree's files onto all nodes, and loaded while everything runs, as the guide says."""
        for machine, name in ((self.machines[machine], name) for machine, name in self.node_names().items() if name):
            if self.node_words(name).get("network_manager", "ifupdown") != "ifupdown":
                raise Failed(f"node {name}: the nodes of the lab have ifupdown")
            if os.path.isdir(f"{self.tree}/nodes/{name}"):
                machine.copy(f"{self.tree}/nodes/{name}/etc", "/etc")
                self.set_sysctls(machine, name)
                self.run_hooks(machine, name, "if-pre-up.d", "pre-up")
                self.run_hooks(machine, name, "if-up.d", "post-up")

    def restart_node(self, name):
        """Loss of power of a node; it starts with what is on its disk. With the first one go the ingress, the API server and all pods."""
        machine = next(self.machines[machine] for machine, each in self.node_names().items() if each == name)
        if machine is self.node:
            self.cluster.api.stop()
        machine.off()
        machine.on()
        self.wire_node(machine, name)
        self.set_sysctls(machine, name)
        self.up_node(machine, name)
        if machine is self.node:
            self.ingress.rebooted()
            self.cluster.api.start()
            self.cluster.deploy()

    # ---- the ingress

    def upgrade(self):
        """Traefik as the tree's values have it, from its next start on. Its owner has marked the routers of the public names for all entry points,
        and no others."""
        found, ingress = traefik.entries(self.tree), self.ingress
        ingress.tls, ingress.plain = (sorted(each.port for each in found if each.tls is tls) for tls in (True, False))
        ingress.only = {each.port: self.public_names() for each in found if not each.default}
        ingress.trusted, ingress.optional = {each.port: each.trusted for each in found if each.trusted}, True

    def public_names(self):
        """Those that the relay passes, and one that it will pass later."""
        names = {name for listen in (self.plan.get("relay") or {}).get("listens", []) for name in listen["names"]}
        return [*sorted(names - {self.coming_name}), self.coming_name]

    def tls_names(self):
        """All names that have a certificate, the public ones first. Last that of a service that must never be seen from outside."""
        public, zones = self.public_names(), (self.plan.get("dns") or {}).get("zones", [])
        others = {name for zone in zones for name in [*(each["name"] for each in zone["records"]), *zone["waiting"], *zone["elsewhere"]]} - {*public}
        return [*public, *sorted(others), self.internal_name]

    @property
    def coming_name(self):
        return f"coming.{self.site.get('domain', 'example.org')}"

    @property
    def internal_name(self):
        return f"internal.{self.site.get('domain', 'example.org')}"
