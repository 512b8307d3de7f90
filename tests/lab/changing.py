"""Changes of a house's site while it is lived in: the new files go into service as the guide says, downloads go on meanwhile, and all of it goes back."""
import contextlib
import re
import threading
import time

from callers import first_host
from machine import Failed, Machine
from phones import RESOLVCONF
from site_files import hlgen
from transfer import Transfer

# A download may pause so long while a busy machine builds, tests and loads; a connection that was cut never comes back.
PAUSE = 3.0


def into_service(house):
    """Import, apply, confirm, confirm. Gives the moment of time.monotonic() at which apply.sh began."""
    if house.home:
        house.home.import_(f"{house.tree}/router/hlgen.rsc")
    begin = time.monotonic()
    house.hub.install(house.tree)
    if house.home:
        house.home.confirm(f"{house.tree}/router/confirm.rsc")
    return begin


@contextlib.contextmanager
def changed(house, text):
    """The house with another site file; at the end with the one from before, unless restored() did that already."""
    before = site_text(house)
    try:
        house.build(text)
        into_service(house)
        yield before
    finally:
        restore(house, before)


def restore(house, before):
    if site_text(house) != before:
        house.build(before)
        into_service(house)


def site_text(house):
    with open(house.site_file, encoding="utf-8") as file:
        return file.read()


def line_of(text, client):
    """The line of the site file that is about a client: those of the lab are one line long."""
    found = re.findall(rf"^  {re.escape(client)}: *\{{.*\}}.*$", text, re.MULTILINE)
    if len(found) != 1:
        raise Failed(f"client {client} has {len(found)} lines in the site file")
    return found[0]


def with_client(house, client, tunnel, more=""):
    """The site file with one more client, as `hlgen client add` writes it. more: further keys of it."""
    path = f"{house.folder}/added.yaml"
    with open(path, "w", encoding="utf-8") as file:
        file.write(site_text(house))
    hlgen("client", "add", "--site", path, "--tunnel", tunnel, client)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if not more:
        return text
    line = line_of(text, client)
    return text.replace(line, line.rstrip()[:-1].rstrip().rstrip(",") + f", {more} }}")


def with_reach(house, client, reach):
    """The site file with another reach of a client."""
    text = site_text(house)
    line = line_of(text, client)
    value = f"reach: [{', '.join(reach)}]"
    new = re.sub(r"reach: *\[[^]]*\]", value, line) if "reach:" in line else re.sub(r" *\}", f", {value} }}", line, count=1)
    return text.replace(line, new)


@contextlib.contextmanager
def device(house, client, *behind):
    """A machine in the internet for a client that the house did not have; behind: addresses in the subnets behind it."""
    number = len(house.phones)
    port = f"to-client{number}"
    machine = Machine(f"client-{client}")
    try:
        house.attach(machine, "eth0", port, 100 + number, house.phone_addresses(number))
        machine.write("/usr/local/sbin/resolvconf", RESOLVCONF, 0o755)
        if behind:
            machine.set("net.ipv4.ip_forward=1")
            machine.ip(*(f"addr add {each}/32 dev lo" for each in behind))
        house.phones[client] = house.machines[machine.name] = machine
        yield machine
    finally:
        house.phones.pop(client, None)
        house.machines.pop(machine.name, None)
        house.joined.pop(client, None)
        machine.off()


class Downloads:
    """Downloads of people whom a change is not about. {what: Transfer} in .all; judge() says whether all were unharmed since the beginning."""

    def __init__(self, house, check, names):
        self.check, self.all = check, {}
        plan = house.plan["hub"]
        for name in names:
            if found := first_host(house, name):
                self.all[f"{name} from {found[0].what}"] = Transfer(house.phones[name], found[0].address, found[1])
            elif house.site["clients"][name]["tunnel"] == "full":
                self.all[f"{name} from the internet"] = Transfer(house.phones[name], house.visitors[0], 8080)
        for listen in (house.plan.get("relay") or {}).get("listens", []):
            upstream = listen["upstream"]["address"]
            if listen["tls"] and house.ingress and upstream in house.ingress.addresses:
                self.all[f"a visitor through relay {listen['name']}"] = Transfer(house.visitor, plan["address"], listen["port"], tls=listen["names"][0])
            elif not listen["tls"] and not listen["udp"]:
                self.all[f"a visitor through relay {listen['name']}"] = Transfer(house.visitor, plan["address"], listen["port"])
        if not self.all:
            raise Failed(f"nobody to download: {', '.join(names)}")
        for what, transfer in self.all.items():
            check.true(f"{what}: the download begins", transfer.begun(), transfer.ended)
        self.begin = time.monotonic()

    def add(self, what, transfer):
        self.all[what] = transfer
        self.check.true(f"{what}: the download begins", transfer.begun(), transfer.ended)

    def judge(self, when):
        for what, transfer in self.all.items():
            self.check.true(f"{what}: unharmed while {when}", not transfer.trouble(self.begin, PAUSE), transfer.trouble(self.begin, PAUSE))
        self.begin = time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for transfer in self.all.values():
            transfer.close()


class Watch:
    """When something came to be true, watched by a thread beside what is being done: .when, a moment of time.monotonic(), or None."""

    def __init__(self, condition, pause=0.3):
        self.condition, self.pause, self.when, self.done = condition, pause, None, False
        self.thread = threading.Thread(target=self.look, daemon=True)

    def look(self):
        while not self.done and self.when is None:
            if self.condition():
                self.when = time.monotonic()
            else:
                time.sleep(self.pause)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.done = True
        self.thread.join()
