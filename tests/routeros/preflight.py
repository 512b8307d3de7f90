#!/usr/bin/python3
"""Every sentence with which hlgen.rsc refuses a router is reached, before anything is changed, and says what to do.

A case is a site, a state made for it, and the exact sentence. At the end every `:error` line of every script must have been reached."""
import re
import sys

from errors import Refused
from safety_sites import ARMED, BACKUP, PREFIX, Report, armed, backups, changes, fine, router, site

TUNNEL = {}
MANAGED = {"vlans": "managed"}
MANAGED6 = {"vlans": "managed", "ipv6": True}
ADOPT = {"vlans": "managed", "ipv6": True, "take_over": True}
USED = {"vlans": "unmanaged"}
USED6 = {"vlans": "unmanaged", "ipv6": True, "prefix": PREFIX, "bridge": "lan-switch"}
PLAIN6 = {"ipv6": True}
SITES = (TUNNEL, MANAGED, MANAGED6, ADOPT, USED, USED6, PLAIN6, {**MANAGED, "take_over": True}, {**USED6, "rollback": "0"})
REMEDY = re.compile(r"\b(rename|choose|remove|set|see|add|allow|create|give|correct|update|upgrade|enable|free|turn it on|make room)\b")
MOVE_BRIDGE = "/interface/bridge/set [find where name=bridge] name=old"

# A name; the site; the state; the commands that build it (first "!": after an import that was confirmed); what the sentence says.
CASES = [
    ("the release is too old", TUNNEL, "defconf", [], "this script is for RouterOS 7.20.8 or later, here runs 7.16.2 (stable)", "7.16.2"),
    ("the scheduler's name is taken", TUNNEL, "defconf", [f'/system/scheduler/add name={ARMED} interval=1d on-event=""'],
     f"a scheduler with the name {ARMED} is there"),
    ("the other scheduler's name is taken", TUNNEL, "defconf", [f'/system/scheduler/add name={ARMED}-2 interval=1d on-event=""'],
     f"a scheduler with the name {ARMED}-2 is there"),
    ("the interface's name is taken", TUNNEL, "playbooks", [], "the name wg-vps belongs to an interface that is not hlgen's"),
    ("the interface's name is taken, take_over", ADOPT, "defconf", ["/interface/bridge/add name=wg-vps"],
     "the name wg-vps belongs to another interface"),
    ("the port is taken", TUNNEL, "defconf", ["/interface/wireguard/add name=other listen-port=13231"],
     "another WireGuard interface listens on port 13231"),
    ("the peer is somebody else's", TUNNEL, "defconf", ["!", '/interface/wireguard/peers/set [find where interface=wg-vps] comment="mine"'],
     "wg-vps has a peer that is not hlgen's (mine)"),
    ("a peer is somebody else's, take_over", ADOPT, "playbooks",
     ['/interface/wireguard/peers/add interface=wg-vps public-key="BhZPMnUeiHmbcL57JFjKtjnmh/9bQYK2h03xwyn2AB4=" allowed-address=10.9.9.9/32 '
      'comment=friend'], "wg-vps has a peer that is not hlgen's (friend)"),
    ("IPv6 is off, IPv6 tunnel", TUNNEL, "defconf", ["/ipv6/settings/set disable-ipv6=yes"], "it is turned off: set disable-ipv6=no in /ipv6/settings"),
    ("IPv6 is off, delegation", {**MANAGED6, "network6": False}, "defconf", ["/ipv6/settings/set disable-ipv6=yes"],
     "it is turned off: set disable-ipv6=no in /ipv6/settings"),
    ("IPv6 forwarding is off", MANAGED6, "defconf", ["/ipv6/settings/set forward=no"], "IPv6 forwarding is turned off"),
    ("the tunnel's address is elsewhere", TUNNEL, "defconf", ["/ip/address/add address=10.100.0.2/30 interface=ether1"],
     "the tunnel address 10.100.0.2/30 is on ether1"),
    ("the tunnel's IPv6 address is elsewhere", TUNNEL, "defconf", ['/ipv6/address/add address="fd5e:7a1c:90d2::2/64" interface=ether1'],
     "the tunnel address fd5e:7a1c:90d2::2/64 is on ether1"),
    ("the tunnel's address is elsewhere, take_over", ADOPT, "playbooks", ["/ip/address/set [find where interface=wg-vps] interface=ether1"],
     "the tunnel address 10.100.0.2/30 is on ether1"),
    ("the route is somebody else's", TUNNEL, "defconf", ["/ip/route/add dst-address=192.168.50.0/24 gateway=ether1"],
     "a route to 192.168.50.0/24 is there"),
    ("no bridge, managed", MANAGED, "hand-grown", [], "there is no interface bridge: see router.bridge"),
    ("no bridge, unmanaged", USED, "hand-grown", [], "there is no interface bridge: see router.bridge"),
    ("no interface of an untagged network", TUNNEL, "empty-chr", [], "there is no interface bridge for the network default"),
    ("a VLAN is missing", USED6, "hand-grown", ["/interface/vlan/set [find where name=servers] vlan-id=31"],
     "VLAN 30 (kubernetes) is not on lan-switch"),
    ("the bridge is none", MANAGED, "defconf", [MOVE_BRIDGE, "/interface/ethernet/set [find where name=ether5] name=bridge"],
     "bridge is not a bridge"),
    ("no list", MANAGED, "defconf", ["/interface/list/set [find where name=LAN] name=HOUSE"], "there is no interface list LAN"),
    ("a trunk port is no port", MANAGED, "defconf", ["/interface/bridge/port/remove [find where interface=ether6]"],
     "ether6 is no port of bridge"),
    ("a trunk port of another bridge", MANAGED, "defconf",
     ["/interface/bridge/add name=br2", "/interface/bridge/port/set [find where interface=ether6] bridge=br2"], "ether6 is no port of bridge"),
    ("a VLAN is somebody else's", MANAGED, "defconf", ["/interface/vlan/add name=video vlan-id=20 interface=bridge"],
     "VLAN 20 on bridge is there and not hlgen's"),
    ("a VLAN's name is taken", MANAGED, "defconf", ["/interface/bridge/add name=vlan20-trusted-lan"],
     "the name vlan20-trusted-lan belongs to another interface"),
    ("a VLAN's name is taken by another VLAN", MANAGED, "defconf", ["/interface/vlan/add name=vlan20-trusted-lan vlan-id=21 interface=bridge"],
     "the name vlan20-trusted-lan belongs to another interface"),
    ("a VLAN's name is taken, take_over", ADOPT, "defconf", ["/interface/vlan/add name=vlan20-trusted-lan vlan-id=21 interface=bridge"],
     "the name vlan20-trusted-lan belongs to another interface"),
    ("a gateway is elsewhere", MANAGED, "defconf", ["/ip/address/add address=10.20.0.1/24 interface=bridge"],
     "10.20.0.1/24 is on bridge already"),
    ("a gateway is elsewhere, take_over", ADOPT, "defconf", ["/ip/address/add address=10.20.0.1/24 interface=bridge"],
     "10.20.0.1/24 is on bridge already"),
    *((f"a bridge row has VLAN 20: {ids}", MANAGED, "defconf", [f"/interface/bridge/vlan/add bridge=bridge vlan-ids={ids} tagged=ether6"],
       f"has VLAN 20 already (row {row})") for ids, row in (("20", "20"), ("19-25", "19-25"), ("5,20,99", "20"), ("5,18-20", "18-20"))),
    ("a bridge row of several has VLAN 20, take_over", ADOPT, "defconf",
     ["/interface/bridge/vlan/add bridge=bridge vlan-ids=19-25 tagged=ether6"], "has VLAN 20 already (row 19-25)"),
    ("a VLAN would be cut off", MANAGED, "defconf", ["/interface/vlan/add name=video vlan-id=77 interface=bridge"],
     "VLAN 77 on bridge would be cut off by vlan-filtering"),
    ("a port of a VLAN that the bridge would begin to obey", MANAGED, "defconf",
     ["/interface/bridge/port/set [find where interface=ether3] pvid=20"],
     "ether3 has VLAN settings (pvid 20, admit-all)"),
    ("a port that the bridge would begin to shut", MANAGED, "defconf",
     ["/interface/bridge/port/set [find where interface=ether3] frame-types=admit-only-vlan-tagged"],
     "ether3 has VLAN settings (pvid 1, admit-only-vlan-tagged)"),
    ("a row of the list is turned off", MANAGED, "defconf",
     ["!", '/interface/list/member/set [find where interface=vlan20-trusted-lan] comment="mine" disabled=yes'],
     "vlan20-trusted-lan is in the list LAN, but turned off there"),
    ("a VLAN's row has another port, take_over", ADOPT, "playbooks",
     ['/interface/bridge/vlan/set [find where comment="vlan20-trusted-lan"] tagged=bridge,ether6,ether3'], "ether3 carries VLAN 20 tagged"),
    ("somebody else's DHCPv6 client, take_over", ADOPT, "defconf", ["/ipv6/dhcp-client/remove [find]",
                                                                   "/ipv6/dhcp-client/add interface=ether1 request=address"],
     "ether1 has a DHCPv6 client"),
    ("somebody depends on the advertisements for all", MANAGED6, "defconf",
     ['/ipv6/address/add address="fd00:7::1/64" interface=ether5 advertise=yes'],
     "ether5 is announced by the entry of /ipv6/nd for all interfaces"),
    ("no WAN", PLAIN6, "defconf", ["/interface/ethernet/set [find where name=ether1] name=fibre"], "there is no interface ether1: see router.wan"),
    ("somebody else's DHCPv6 client", MANAGED6, "defconf", ["/ipv6/dhcp-client/remove [find]",
                                                           "/ipv6/dhcp-client/add interface=ether1 request=address"],
     "ether1 has a DHCPv6 client"),
    ("the pool's name is taken", MANAGED6, "defconf", ["/ipv6/pool/add name=hlgen-pd prefix=fd00:1::/56 prefix-length=64"],
     "the name of the pool hlgen-pd is taken"),
    ("another client makes the pool", MANAGED6, "defconf",
     ["/ipv6/dhcp-client/add interface=ether2 request=prefix pool-name=hlgen-pd"], "hlgen-pd"),
    ("the script's name is taken", MANAGED6, "defconf", ['/system/script/add name=hlgen-home-prefix source=""'],
     "a script with the name hlgen-home-prefix is there"),
    ("the list's name is taken", MANAGED6, "defconf", ["/interface/list/add name=hlgen-home"], "an interface list with the name hlgen-home is there"),
    ("somebody else's advertisements", USED6, "hand-grown", [], "family has router advertisements (/ipv6/nd)"),
    ("somebody else's address from the pool", PLAIN6, "defconf", ["/ipv6/address/add address=::8:0:0:0:9 from-pool=hlgen-pd interface=bridge"],
     "bridge has an IPv6 address from hlgen-pd"),
]
# What must not be refused.
PASSES = [
    ("a WireGuard interface on the same port is disabled", TUNNEL, "defconf", ["/interface/wireguard/add name=x listen-port=13231 disabled=yes"]),
    ("bridge rows of other VLANs", MANAGED, "defconf", ["/interface/bridge/vlan/add bridge=bridge vlan-ids=11-19,21-29,40 tagged=ether6"]),
    ("a row of VLAN 1", MANAGED, "defconf", ["/interface/bridge/vlan/add bridge=bridge vlan-ids=1 untagged=bridge,ether6"]),
    ("another VLAN that has its row", MANAGED, "defconf", ["/interface/vlan/add name=video vlan-id=77 interface=bridge",
                                                          "/interface/bridge/vlan/add bridge=bridge vlan-ids=77 tagged=bridge,ether6"]),
    ("another VLAN, already filtered", MANAGED, "defconf", ["/interface/vlan/add name=video vlan-id=77 interface=bridge",
                                                           "/interface/bridge/set [find] vlan-filtering=yes"]),
    ("the same VLAN id on another bridge", MANAGED, "defconf", ["/interface/bridge/add name=br2",
                                                               "/interface/vlan/add name=video vlan-id=20 interface=br2"]),
    ("a DHCPv6 client elsewhere", MANAGED6, "defconf", ["/ipv6/dhcp-client/remove [find]",
                                                       "/ipv6/dhcp-client/add interface=ether2 request=prefix pool-name=other"]),
    ("a route elsewhere", TUNNEL, "defconf", ["/ip/route/add dst-address=192.168.51.0/24 gateway=ether1"]),
    ("the state of the playbooks, take_over", ADOPT, "playbooks", []),
    ("the playbooks' tunnel address without its comment", ADOPT, "playbooks", ['/ip/address/set [find where interface=wg-vps] comment="x"']),
    ("IPv6 is off and not asked for", {"network6": False}, "defconf", ["/ipv6/settings/set disable-ipv6=yes"]),
    ("advertisements of their own elsewhere", MANAGED6, "defconf", ['/ipv6/address/add address="fd00:7::1/64" interface=ether5 advertise=yes',
                                                                    "/ipv6/nd/add interface=ether5"]),
    ("a longer release", TUNNEL, "defconf", [], "7.24"),
]


class Sentences:
    """The sentences with which the scripts end, and which of them were reached."""
    def __init__(self):
        self.reached = set()

    @staticmethod
    def of(text):
        """Of a script: {sentence: expression that matches what it prints}. What lies in the stored script and hook is not its own."""
        found = {}
        for line in text.split("\n"):
            said = None if line.startswith((":set hlSource", ":set hlHook")) else re.search(r'(?::error|\$hlStop) "(.*?[^\\])"', line)
            if said:
                parts = re.split(r"\$\w+", said.group(1))
                found[said.group(1)] = re.compile(".*".join(re.escape(part) for part in parts))
        return found

    def reach(self, options, result):
        hits = [sentence for sentence, form in self.of(site(**options).texts["hlgen"]).items() if form.fullmatch(result.message)]
        assert hits, f"not one of the script's own sentences: {result.error}"
        # Of several the one with most words of its own
        self.reached.add(max(hits, key=lambda sentence: len(re.sub(r"\$\w+", "", sentence))))

    def missing(self):
        everything = {}
        for options in SITES:
            for sentence in self.of(site(**options).texts["hlgen"]):
                everything.setdefault(sentence, options)
        return [f"never reached: {sentence} (site {options})" for sentence, options in everything.items() if sentence not in self.reached]


def make(options, state, commands, release=None, **more):
    first = ["!"] if commands[:1] == ["!"] else []
    device = router(state, *([] if first else commands), release=release, **more)
    if first:
        fine(device.import_(site(**options).hlgen))
        fine(device.import_(site(**options).confirm))
        for command in commands[1:]:
            device.command(command)
    return device


def refused(sentences, options, device, sentence, saves=False):
    """Imports: it must be refused with the sentence, and nothing may be left."""
    before, files = device.dump(), dict(device.files)
    result = device.import_(site(**options).hlgen)
    assert result.error, f"it was not refused; writes: {len(result.writes)}"
    message = result.message
    wrong = []
    sentences.reach(options, result)
    if sentence not in message:
        wrong.append(f"another sentence: {message}")
    if not message.startswith("hlgen: ") or "\n" in message or message.endswith("."):
        wrong.append(f"not one line of hlgen's: {message!r}")
    if not REMEDY.search(message):
        wrong.append(f"no remedy in: {message}")
    writes = [write for write in result.writes if write.menu not in (("/system/backup", "/system/scheduler", "/file") if saves else ())]
    if writes:
        wrong.append(f"it wrote: {writes[:3]}")
    wrong += changes(before, device.dump())
    if dict(device.files) != files:
        wrong.append(f"files: {sorted(device.files)}")
    if armed(device) and not any(row["name"] == ARMED for row in before.get("/system/scheduler", [])):
        wrong.append("it is armed")
    return wrong


def case(sentences, options, state, commands, sentence, release=None):
    return refused(sentences, options, make(options, state, commands, release), sentence)


def passes(options, state, commands, release=None):
    device = make(options, state, commands, release)
    fine(device.import_(site(**options).hlgen))
    again = fine(device.import_(site(**options).hlgen), "second import")
    return [f"the second import wrote {again.writes[:3]}"] if again.writes else []


def no_scheduler(sentences):
    """device-mode forbids the scheduler: refused; with rollback_after: 0 it goes on."""
    device = make(TUNNEL, "defconf", [], device_mode={"scheduler": False})
    wrong = refused(sentences, TUNNEL, device, "device-mode forbids the scheduler")
    fine(device.import_(site(rollback="0").hlgen), "rollback_after: 0")
    return wrong


def not_armed(sentences):
    wrong = []
    for options in (TUNNEL, MANAGED6):
        device = make(options, "defconf", [])
        record = device.record

        def instead(line, menu, command, one, values, record=record):
            if (menu, command) == ("/system/scheduler", "add"):
                raise Refused("failure: not allowed by device-mode")
            record(line, menu, command, one, values)
        device.record = instead
        wrong += refused(sentences, options, device, "the scheduler that would bring the old state back was refused", True)
    return wrong


def disk_full(sentences, stale):
    """The backup is not written; with stale, one of an earlier import lies there."""
    wrong = []
    for flash in (False, True):
        device = make(TUNNEL, "defconf", [])
        if flash:
            device.put_file("flash", "")
        name = f"flash/{BACKUP}" if flash else BACKUP
        if stale:
            fine(device.import_(site().hlgen))
            device.wait(400)
            assert backups(device) == [name], "the way back left no backup"
            device.writes.clear()
        device.put_file = lambda name, text: None
        before = [] if stale else None
        found = refused(sentences, TUNNEL, device, "the backup could not be saved", True)
        # The old backup may go: it is of no use.
        wrong += [line for line in found if before is None or not line.startswith("files:")]
    return wrong


def main():
    report, sentences = Report("preflight"), Sentences()
    for name, options, state, commands, sentence, *release in CASES:
        report.test(name, case, sentences, options, state, commands, sentence, *release)
    report.test("device-mode without scheduler", no_scheduler, sentences)
    report.test("the scheduler is refused at the moment of arming", not_armed, sentences)
    report.test("the backup is not written", disk_full, sentences, False)
    report.test("the backup is not written, an older one is there", disk_full, sentences, True)
    report.test("every :error sentence is reached", sentences.missing)
    for name, options, state, commands, *release in PASSES:
        report.test(f"passes: {name}", passes, options, state, commands, *release)
    return report.status()


if __name__ == "__main__":
    sys.exit(main())
