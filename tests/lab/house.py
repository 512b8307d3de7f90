"""A whole house in the lab: the internet with visitors, phones and a VPS, the provider, the router, the LAN, the cluster's node.

    house = House("/run/lab/house", open("site.yaml").read())       everything is up when this returns
    house.join("phone"); house.phones["phone"].run("ping", "-c1", "10.20.0.5"); house.close()"""
import concurrent.futures
import contextlib
import ipaddress
import time

from cluster import Cluster
from hosts import HostsMixin, answering
from machine import Machine, cable
from nodes import NodesMixin
from phones import PhonesMixin
from provider import CUSTOMER, GATEWAY, INTERNET4, INTERNET6, LINK_LOCAL, PREFIX, PUBLIC, PUBLIC6, Isp
from site_files import SiteFiles
from vps_machine import Vps

INET, INET_LINK_LOCAL = "91.198.53.1", "fe80::1"
VISITORS, VISITOR6 = ipaddress.ip_network(INTERNET4 + "0/24"), INTERNET6 + "50"
PORTS = {"vps": ([8080, 9100, 5001], [53, 5001]), "node": ([22, 53, 8080, 9100, 5001], [53, 5001])}


class House(SiteFiles, HostsMixin, NodesMixin, PhonesMixin):
    def __init__(self, folder, site_text, mutation=None, apply=True, state="defconf", before=()):
        """`mutation(out_folder)` may change the built files; apply=False: the machines are there, but nothing is installed on them.
        `state`: what the router has before, a name or path as Router.load takes it. `before`: what its owner has typed there since."""
        self.begin, self.timings, self.state, self.before = time.monotonic(), [], state, before
        super().__init__(folder, site_text, mutation)
        self.inet = self.visitor = self.provider = self.vps = self.router = self.node = self.lan = None
        self.hub = self.home = self.isp = self.ingress = self.cluster = None
        self.hosts, self.phones, self.machines, self.joined = {}, {}, {}, {}
        self.visitors = [str(each) for each in VISITORS.hosts() if str(each) != self.site["vps"]["address"]][:200]
        self.took("built")
        try:
            self.make()
            if apply:
                self.install()
        except BaseException:
            self.close()
            raise

    def took(self, what):
        self.timings.append((what, time.monotonic() - self.begin))

    # ---- machines and cables

    def names(self):
        """Everything that has power, by what it is."""
        names = ["inet", "visitor", "vps", *(f"client-{name}" for name in self.site.get("clients", {}))]
        if self.plan.get("router"):
            names += ["provider", "router", *(f"host-{each['name']}" for each in self.plan["networks"])]
        if self.plan.get("cluster"):
            names += [*self.node_names(), "lan"]
        return names

    def make(self):
        with concurrent.futures.ThreadPoolExecutor(4) as workers:
            made = list(workers.map(Machine, names := self.names()))
        self.machines = dict(zip(names, made))
        for name in ("inet", "visitor", "vps", "provider", "router", "node", "lan"):
            setattr(self, name, self.machines.get(name))
        self.phones = {name: self.machines[f"client-{name}"] for name in self.site.get("clients", {})}
        self.hosts = {each["name"]: self.machines[f"host-{each['name']}"] for each in self.plan.get("networks") or [] if self.router}
        self.took("machines")
        self.inet.set("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
        self.inet.ip(f"addr add {INET}/32 dev lo")
        with concurrent.futures.ThreadPoolExecutor(4) as workers:
            jobs = [workers.submit(job) for job in (self.make_visitor, self.make_vps, self.make_phones, self.make_home) if job]
            for job in jobs:
                job.result()
        self.took("cables and servers")

    def attach(self, machine, device, port, number, networks, own=("fe80::2",)):
        """A machine in the internet: with /32 and /128 addresses and default routes, so that any public address works."""
        cable(self.inet, port, machine, device, f"02:00:00:01:{number >> 8:02x}:{number & 255:02x}", f"02:00:00:02:{number >> 8:02x}:{number & 255:02x}")
        self.inet.ip(f"addr replace {INET_LINK_LOCAL}/64 dev {port} nodad", *(f"route replace {each} dev {port}" for each in networks))
        lines = [f"addr replace {each}/64 dev {device} nodad" for each in own]
        for each in networks:
            network = ipaddress.ip_network(each)
            if network.num_addresses == 1:
                lines.append(f"addr replace {each} dev {device}" + (" nodad" if network.version == 6 else ""))
        if any("." in each for each in networks):
            lines.append(f"route replace default via {INET} dev {device} onlink")
        if any(":" in each for each in networks):
            lines.append(f"route replace ::/0 via {INET_LINK_LOCAL} dev {device}")
        machine.ip(*lines)

    def make_visitor(self):
        self.attach(self.visitor, "eth0", "to-visitor", 1, [str(VISITORS), f"{VISITOR6}/128"])
        self.visitor.ip(*(f"addr add {each}/32 dev eth0" for each in self.visitors), f"route replace default via {INET} dev eth0 onlink src {self.visitors[0]}")
        answering(self.visitor)

    def make_vps(self):
        self.hub = Vps(self.vps, self.visitor, self.site, self.wire_vps)
        self.hub.serve()

    def wire_vps(self):
        """The cable of the VPS, and who answers on ports where nobody should ask."""
        vps = self.site["vps"]
        self.attach(self.vps, vps["interface"], "to-vps", 2, [vps["address"] + "/32"] + ([vps["address6"] + "/128"] if vps.get("address6") else []))
        answering(self.vps, *PORTS["vps"])

    def make_home(self):
        if not self.router:
            return
        import home_router                          # pylint: disable=import-outside-toplevel # only a house with a router needs it
        self.attach(self.provider, "eth0", "to-provider", 3, [PUBLIC + "/32", PUBLIC6 + "/128"])
        self.isp = Isp(self.provider, self.inet)
        self.isp.prefix = (self.plan.get("delegation") or {}).get("prefix") or PREFIX
        answering(self.provider)
        self.make_lan()
        self.make_nodes()
        self.home = home_router.HomeRouter(self.router, self.plan["router"]["wan"], state=self.state, release=self.plan["router"]["version"],
                                           address=CUSTOMER, gateway=GATEWAY, gateway6=LINK_LOCAL)
        self.wire_router()
        self.home.sync()
        for command in self.before:
            self.home.command(command)

    # ---- files into service

    def install(self):
        """As the guide says: the router, the cluster, then the VPS, which verifies through the tunnel; then the router is confirmed."""
        if self.home:
            self.home.import_(f"{self.tree}/router/hlgen.rsc")
            self.took("router: imported")
        if self.ingress:
            self.ingress.start()
            self.cluster = Cluster(self)
            self.cluster_into_service()
            self.took("cluster: applied")
        self.hub.install(self.tree)
        self.took("VPS: applied and confirmed")
        if self.home:
            self.home.confirm(f"{self.tree}/router/confirm.rsc")
            self.hub.shaken(self.plan["router"]["public_key"])
            self.took("router: confirmed, handshake")

    def cluster_into_service(self):
        """Its nodes, then its manifests."""
        self.configure_nodes()
        self.cluster.apply()
        self.cluster.create()

    def close(self):
        """Turns everything off."""
        if self.home:
            with contextlib.suppress(Exception):
                self.home.close()
        if self.cluster and self.cluster.api.server:
            self.cluster.api.stop()
        with concurrent.futures.ThreadPoolExecutor(4) as workers:
            list(workers.map(lambda machine: machine.off(), self.machines.values()))
