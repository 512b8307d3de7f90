"""The LAN of a house: its router's cables, a machine in every network, and the small servers on all of them. The cluster's nodes are in nodes.py."""
import ipaddress

from machine import HERE, cable

TCP, UDP = [22, 53, 80, 443, 8080, 9100, 5001], [53, 5001]


def answering(machine, tcp=None, udp=None):
    """A server that says who it is on these ports, so that who comes where he must not finds somebody who answers."""
    words = ["--tcp", ",".join(str(each) for each in (TCP if tcp is None else tcp)), "--udp", ",".join(str(each) for each in (UDP if udp is None else udp))]
    return machine.start("/usr/bin/python3", f"{HERE}/answer.py", machine.name, *words, ready="ready")


class HostsMixin:
    def linux_name(self, name):
        import translate                            # pylint: disable=import-outside-toplevel # only a house with a router needs it
        return translate.linux_name(name)

    @property
    def wan(self):
        return self.linux_name(self.plan["router"]["wan"])

    def network(self, name):
        return next(each for each in self.plan["networks"] if each["name"] == name)

    def wire_router(self):
        """All cables of the router, and what hangs at their other ends; also after its reboot."""
        self.isp.wire(self.router, self.wan)
        self.isp.serve(self.isp.prefix)
        for number, each in enumerate(self.plan["networks"]):
            device, mac = self.linux_name(each["interface"]), f"02:00:00:03:00:{number:02x}"
            if self.node and each["name"] == self.plan["cluster"]["network"]:
                cable(self.router, device, self.lan, "router", mac)
                self.lan.ip("link set router master br0")
            else:
                cable(self.router, device, self.hosts[each["name"]], "eth0", mac, f"02:00:00:04:00:{number:02x}")
                self.address_host(each)
        answering(self.router)

    def make_lan(self):
        """A host in every network. Only the cluster's network has several machines, and so a switch."""
        for number, each in enumerate(self.plan["networks"]):
            host = self.hosts[each["name"]]
            if self.node and each["name"] == self.plan["cluster"]["network"]:
                self.lan.ip("link add br0 type bridge forward_delay 0 mcast_snooping 0", "link set br0 up")
                cable(self.lan, "host", host, "eth0", None, f"02:00:00:04:00:{number:02x}")
                self.lan.ip("link set host master br0")
                self.address_host(each)
            answering(host, *self.host_ports(each))

    def targets(self, network):
        """{address: [(protocol, port)]} that relay and clients may reach in a network, other than its gateway and the cluster's addresses."""
        found, subnet = {}, ipaddress.ip_network(network["subnet"])
        for flow in self.plan["router"]["forward4"]:
            to = ipaddress.ip_network(flow["to"])
            if to.prefixlen == 32 and to[0] in subnet and str(to[0]) not in self.others(network):
                found.setdefault(str(to[0]), []).append((flow["protocol"], flow["ports"]))
        return found

    def others(self, network):
        """Addresses of a network that are not its host's."""
        cluster = self.site.get("kubernetes", {})
        return {network["gateway"], cluster.get("ingress", {}).get("address"), *(node["address"] for node in cluster.get("nodes", {}).values())}

    def host_addresses(self, network):
        subnet = ipaddress.ip_network(network["subnet"])
        usual = str(subnet[5]) if subnet.num_addresses > 7 else str(subnet[-2])
        return [each for each in dict.fromkeys([usual, *self.targets(network)]) if each not in self.others(network)]

    def host_ports(self, network):
        tcp, udp = list(TCP), list(UDP)
        for protocol, ports in (one for found in self.targets(network).values() for one in found):
            for ports, mine in ((ports, tcp if protocol == "tcp" else udp if protocol == "udp" else None),):
                if ports and mine is not None:
                    mine += [int(ports.split("-")[0])]
        return sorted({*tcp}), sorted({*udp})

    def address_host(self, network):
        """Addresses and routes of a network's host; its IPv6 addresses come from the router's advertisements."""
        host, length = self.hosts[network["name"]], ipaddress.ip_network(network["subnet"]).prefixlen
        host.set("net/ipv6/conf/eth0/accept_ra=1")
        host.ip(*(f"addr replace {each}/{length} dev eth0" for each in self.host_addresses(network)),
                f"route replace default via {network['gateway']} dev eth0")
