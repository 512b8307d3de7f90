"""The clients of a house: a machine in the internet for each, which joins with the file that hlgen made for it."""
import ipaddress

from machine import Failed
from provider import INTERNET4, INTERNET6

FIRST = 211             # the last number of their addresses; visitors have lower ones
# Takes what wg-quick gives it, where a real one would change the machine's name servers.
RESOLVCONF = "#!/bin/sh\nprintf '%s\\n' \"$*\" >> /run/resolvconf.calls\ncase $1 in -a) cat > /run/resolvconf ;; -d) rm -f /run/resolvconf ;; esac\n"


class PhonesMixin:
    def make_phones(self):
        for number, (name, machine) in enumerate(self.phones.items()):
            self.attach(machine, "eth0", f"to-client{number}", 100 + number, self.phone_addresses(number))
            machine.write("/usr/local/sbin/resolvconf", RESOLVCONF, 0o755)
            # What lies behind a client: one address of each subnet.
            routes = [str(ipaddress.ip_network(each)[5]) for each in self.site["clients"][name].get("routes", [])]
            if routes:
                machine.set("net.ipv4.ip_forward=1")
                machine.ip(*(f"addr add {each}/32 dev lo" for each in routes))

    def phone_addresses(self, number):
        taken = self.site["vps"]["address"]
        if number > 39:
            raise Failed("the lab has addresses for 40 clients")
        free = [each for each in (f"{INTERNET4}{FIRST + n}" for n in range(41)) if each != taken]
        return [f"{free[number]}/32", f"{INTERNET6}{FIRST + number:x}/128"]

    def join(self, client, variant=None):
        """wg-quick up with the client's file; returns the machine."""
        if client in self.joined:
            self.leave(client)
        machine, path = self.phones[client], f"/etc/wireguard/{client[:15]}.conf"
        machine.write(path, self.client_file(client, variant), 0o600)
        machine.run("wg-quick", "up", path, timeout=120)
        self.joined[client] = path
        return machine

    def leave(self, client):
        self.phones[client].run("wg-quick", "down", self.joined.pop(client))
