"""What configures a node's interface: each with settings of the owner's that are as wrong as they may be, before the node's files come."""
import os
import re
import time

from node_world import OWN4, Session, Wrong, run, settings, soon, write

ADDRESS4 = OWN4 + "/24"


def plug_in(world):
    # What the kernel would do by itself: temporary addresses, a random host part, no advertisements while it forwards.
    settings(default__accept_ra=1, default__use_tempaddr=2, default__addr_gen_mode=3)
    # Addresses need not wait until nobody else claims them.
    settings(default__accept_dad=0, default__router_solicitation_delay=0)
    world.plug()


SYSCTL = "/lib/systemd/systemd-sysctl"


# ---- ifupdown -----------------------------------------------------------------------------------------------------------------------

INTERFACES = """iface {0} inet static
	address {1}

iface {0} inet6 auto
"""


def ifupdown(world):
    plug_in(world)
    interface, path = world.interface, "/etc/sysctl.d/90-hlgen-ipv6.conf"
    write("/etc/network/interfaces", INTERFACES.format(interface, ADDRESS4))
    os.makedirs("/run/network")
    # On a running node, the way it is told to be done.
    run("ip", "address", "add", ADDRESS4, "dev", interface)
    run("ip", "link", "set", interface, "up")
    soon("a default route before the settings", world.has_default_route)
    with Session():
        world.follow_guide({f"sysctl -p {path}": f"sysctl -p {path} && ip -6 route show default > /run/route"})
    with open("/run/route", encoding="ascii") as file:
        if interface not in file.read():
            raise Wrong("loading the settings dropped the default route")
    soon("the predicted address, among others until a reboot", lambda: any(one["local"] == world.predicted() for one in world.addresses()))
    def load():
        run(SYSCTL, path)

    def appear():
        plug_in(world)

    boot(world, appear, load)
    # The settings are loaded without the interface; when it comes, udev has them loaded once more for it.
    boot(world, load, appear, lambda: run(SYSCTL, f"--prefix=/net/ipv6/conf/{interface}", path))
    if world.node["token"]:
        # The same, but ifup is quicker than udev: the hook alone must do.
        boot(world, load, appear, lambda: settings(**{f"{interface}__use_tempaddr": 0}))
        token_again(world)
        token_is_refused(world)


def boot(world, *steps):
    """From an interface that is not there to one that is up."""
    run("ifdown", world.interface, check=False)
    world.unplug()
    settings(all__forwarding=0)
    for step in steps:
        step()
    run("ifup", world.interface)
    soon("the predicted address and no other", world.is_predicted)
    soon("a default route", world.has_default_route)
    if not world.has_ipv4():
        raise Wrong("there is no IPv4 address")
    if run("sysctl", "-n", "net.ipv6.conf.all.forwarding") != "1\n":
        raise Wrong("nothing is forwarded")


def run_hook(name):
    run("/etc/network/if-pre-up.d/hlgen-token", env={**os.environ, "IFACE": name})


def token_again(world):
    """The hook comes by twice, and nothing changes; of another interface it makes nothing."""
    with world.watched() as lines:
        run_hook(world.interface)
        time.sleep(1)
    if deleted := [line for line in lines if line.startswith("Deleted")]:
        raise Wrong(f"the hook's second run took the address away: {deleted}")
    run("ip", "token", "set", "::", "dev", world.interface)
    run_hook("lo")
    if not run("ip", "token", "get", "dev", world.interface).startswith("token :: "):
        raise Wrong("the hook was meant for another interface")


def token_is_refused(world):
    """What the hook cannot do must not keep the node from its IPv4 address."""
    run("ifdown", world.interface)
    world.unplug()
    settings(default__router_solicitations=0)
    plug_in(world)
    said = run("ifup", world.interface)
    if not world.has_ipv4() or "hlgen-token:" not in said:
        raise Wrong(f"a refused token: {said}")


# ---- systemd-networkd ---------------------------------------------------------------------------------------------------------------

NETWORK = """[Match]
Name={0}

[Network]
Address={1}
IPForward=yes
IPv6PrivacyExtensions=yes

[IPv6AcceptRA]
Token=static:::99
"""


def start_bus():
    run("dbus-daemon", "--system", "--fork")


def start_networkd(world):
    run("rm", "-rf", "/etc/systemd/network")
    os.makedirs("/etc/systemd/network")
    if not os.path.exists("/etc/machine-id") or not os.path.getsize("/etc/machine-id"):
        write("/etc/machine-id", "00112233445566778899aabbccddeeff\n")
    for folder in ("netif/links", "netif/leases", "netif/lldp"):
        os.makedirs("/run/systemd/" + folder)
    run("chown", "-R", "systemd-network:systemd-network", "/run/systemd/netif")
    start_bus()
    world.networkd = lambda: world.start("/lib/systemd/systemd-networkd")


def networkd(world):
    plug_in(world)
    start_networkd(world)
    write("/etc/systemd/network/" + world.node["network_file"], NETWORK.format(world.interface, ADDRESS4))
    world.networkd()
    soon("the IPv4 address", world.has_ipv4)
    with Session():
        world.follow_guide()
        soon("the predicted address and no other", world.is_predicted)
        soon("a default route", world.has_default_route)
    # A token that is forgotten is none of the file's own; without the file both would be wrong.
    if "::99" in run("ip", "-6", "address", "show", "dev", world.interface):
        raise Wrong("the file's own token was not forgotten")


# ---- netplan ------------------------------------------------------------------------------------------------------------------------

NETPLAN = """network:
  version: 2
  ethernets:
    {0}:
      addresses: [{1}]
      accept-ra: false
      ipv6-privacy: true
"""


def netplan(world):
    plug_in(world)
    start_networkd(world)
    write("/etc/netplan/50-own.yaml", NETPLAN.format("other-id", ADDRESS4), 0o600)
    # No service manager here, so what `netplan try` does is done in two steps.
    replaced = {"netplan try": "netplan generate && networkctl reload"}
    try:
        world.follow_guide(replaced)
    except Wrong:
        if os.path.exists("/etc/netplan/90-hlgen.yaml"):
            raise Wrong("the file was installed beside another id") from None
    else:
        raise Wrong("another id in the owner's file was not noticed")
    write("/etc/netplan/50-own.yaml", NETPLAN.format(world.interface, ADDRESS4), 0o600)
    run("netplan", "generate")
    world.networkd()
    soon("the IPv4 address", world.has_ipv4)
    with Session():
        said = world.follow_guide(replaced)
        soon("the predicted address and no other", world.is_predicted)
        soon("a default route", world.has_default_route)
    if re.search("warn|too open", said, re.IGNORECASE):
        raise Wrong(said)
    if os.listdir("/run/systemd/network") != [f"10-netplan-{world.interface}.network"]:
        raise Wrong(f"netplan made {os.listdir('/run/systemd/network')}")


# ---- NetworkManager -----------------------------------------------------------------------------------------------------------------

def networkmanager(world):
    plug_in(world)
    start_bus()
    run("sysctl", "-q", "-w", "net.ipv6.conf.all.forwarding=1")
    world.start("NetworkManager", "--debug", "--log-level=WARN")
    soon("NetworkManager", lambda: run("nmcli", "-g", "RUNNING", "general", check=False) == "running\n")
    interface = world.interface
    # A profile with a will of its own, as nmcli before 1.40 made them.
    run("nmcli", "connection", "add", "type", "ethernet", "ifname", interface, "con-name", "own", "ipv4.method", "manual",
        "ipv4.addresses", ADDRESS4, "ipv6.ip6-privacy", "2", "ipv6.addr-gen-mode", "stable-privacy")
    run("nmcli", "connection", "up", "own")
    with Session():
        world.follow_guide()
        soon("the predicted address and no other", world.is_predicted)
        soon("a default route", world.has_default_route)
    if "[connection-hlgen]" not in (printed := run("NetworkManager", "--print-config")):
        raise Wrong(f"NetworkManager reads no such section: {printed}")
    run("nmcli", "connection", "up", "own")
    soon("the predicted address again, after an activation", world.is_predicted)
    if world.node["token"]:
        return
    # A profile without values takes the defaults.
    run("nmcli", "connection", "add", "type", "ethernet", "ifname", interface, "con-name", "new", "ipv4.method", "manual",
        "ipv4.addresses", ADDRESS4)
    run("nmcli", "connection", "up", "new")
    run("nmcli", "connection", "delete", "own")
    soon("the predicted address from the defaults", world.is_predicted)


MANAGERS = {"ifupdown": ifupdown, "networkd": networkd, "netplan": netplan, "networkmanager": networkmanager}
