"""Tests of the translation: each kind of row, what has no translation, real packets against the stand-in's evaluator, and HomeRouter.

    tests/lab/run python tests/lab/translate_test.py [WORD]        only tests with WORD in their name"""
import os
import sys
import time

import translate
import translate_packets
from home_router import EVENTS, HomeRouter
from machine import Failed, Machine, cable
from report import run_test
from router import Router
from sites import STATES, SITES, Workshop, example
from translate_cases import REFUSED, RULES, TEXTS

ONLY = sys.argv[1] if len(sys.argv) > 1 else ""
WAN = translate.Wan("ether1")
VLAN = "vlan30-kubernetes"
# (site, state) whose filters are compared packet by packet.
COMPARED = (("homelab", "defconf"), ("example", "defconf with a prefix"), ("take-over", "playbooks"), ("unmanaged VLANs with IPv6", "hand-grown with a prefix"))


def test(name, function, *arguments):
    if ONLY in name:
        run_test(f"lab/translate: {name}", function, *arguments)


def tiny(lines):
    router = Router.load("empty-chr", release="7.20.8")
    for line in lines:
        router.command(line)
    return router


# ---- rows

def rule(lines, wanted):
    """These lines of nft, in this order, and the kernel's own check of them (in `loads`)."""
    nft = translate.translate(tiny(lines), WAN).nft
    have = [line.strip() for line in nft.splitlines()]
    at, troubles = 0, []
    for line in wanted:
        if line not in have[at:]:
            troubles.append(f"missing, or in another order: {line}")
        else:
            at = have.index(line, at) + 1
    return troubles and [*troubles, *nft.splitlines()]


def loads(machine):
    """nft takes every one of them."""
    troubles = []
    for name, lines, _ in RULES:
        status, output = machine.status("nft", "-c", "-f", "-", text=translate.translate(tiny(lines), WAN).nft)
        troubles += [f"{name}: {output}"] if status else []
    return troubles


def text(lines, look, wanted):
    got = look(translate.translate(tiny(lines), WAN))
    return [] if got == wanted else [f"wanted: {wanted!r}", f"got:    {got!r}"]


def refused(lines, part):
    try:
        translate.translate(tiny(lines), WAN)
    except translate.Untranslated as error:
        return [] if part in str(error) else [f"wanted …{part}…, got {error}"]
    return ["was translated"]


def clash():
    """Two names that become one are refused. (Made by force: nobody finds such a pair by chance.)"""
    router, plain = tiny(["/interface/ethernet/set ether2 name=same", "/interface/ethernet/set ether3 name=other"]), translate.linux_name
    translate.linux_name = lambda name: "same" if name in ("same", "other") else plain(name)
    try:
        translate.translate(router, WAN)
    except translate.Untranslated as error:
        return [] if "same and other" in str(error) or "other and same" in str(error) else [str(error)]
    finally:
        translate.linux_name = plain
    return ["was translated"]


# ---- real packets

def imported(workshop, site, state):
    built, (file, options) = workshop.site(example() if site == "example" else SITES[site]), STATES[state]
    router = Router.load(file, release=built.release, **options)
    result = router.import_(built.script)
    assert result.error is None, result.error
    router.wait(20)
    return router, built.plan


def compared(router, plan, most=0.9):
    troubles, tried, passed = translate_packets.compare(router, plan)
    if not 300 < tried or not 0.02 * tried < passed < most * tried:
        troubles.append(f"{tried} packets, {passed} of them passed: this compares little")
    return troubles


def noticed(router, plan, old, new):
    """A firewall that is wrong in one place differs."""
    def spoil(nft):
        assert old in nft, f"not there: {old}\n{nft}"
        return nft.replace(old, new, 1)
    return [] if translate_packets.compare(router, plan, spoil)[0] else ["nothing differs"]


SPOILED = (("a rule is gone", 'iifname != { "bridge", "vlan10-man-5424", "vlan20-tru-de47", "vlan30-kub-31fb" } counter drop', "counter"),
           ("a port is another one", "th dport { 8443 }", "th dport { 8444 }"), ("a source is turned round", "ip saddr 10.100.0.11 ip daddr 10.30.0.0/24",
                                                                            "ip saddr != 10.100.0.11 ip daddr 10.30.0.0/24"),
           ("an address list is empty", "elements = { 2a0d:5600:abcd:30::200 }", ""),
           ("what is invalid is let through", 'ct state { invalid } counter drop comment "defconf: drop invalid"', "counter"),
           ("the jump goes to another chain", "jump filter-hlgen-full-input comment", "jump filter-hlgen-full-forward comment"))


# ---- HomeRouter

class Home:
    """A router with one host behind its VLAN, and somebody at its other side."""
    def __init__(self, tree, release):
        self.tree, self.release = tree, release
        self.router, self.host, self.line = Machine("home"), Machine("host"), Machine("line")
        self.wire()
        self.home = HomeRouter(self.router, "ether1", release=release)
        self.home.sync()

    def wire(self):
        cable(self.router, "ether1", self.line, "line", "02:00:00:00:02:02")
        cable(self.router, translate.linux_name(VLAN), self.host, "eth0", "02:00:00:00:02:03")
        self.line.ip("address replace 100.64.0.1/24 dev line", "address replace fe80::1/64 dev line nodad")
        self.host.set("net.ipv6.conf.eth0.accept_ra=1")
        self.host.ip("address replace 10.30.0.5/24 dev eth0", "route replace default via 10.30.0.1 dev eth0")

    def pings(self, address, machine=None):
        return (machine or self.host).status("ping", "-n", "-c", "1", "-W", "1", address)[0] == 0

    def hear(self, *lines):
        """As if dhclient reported."""
        self.router.run("sh", "-c", f"cat >> {EVENTS}", text="".join(f"{line}\n" for line in lines))

    def close(self):
        self.home.close()
        for machine in (self.router, self.host, self.line):
            machine.off()


def comes_up(house):
    before = house.pings("10.30.0.1")
    house.home.import_(f"{house.tree}/router/hlgen.rsc")
    house.home.confirm(f"{house.tree}/router/confirm.rsc")
    wrong = ["the gateway answered before the import"] if before else []
    wrong += [] if house.pings("10.30.0.1") else ["the gateway does not answer"]
    # Behind the router: with its own address (masquerade), or nobody could answer.
    wrong += [] if house.pings("100.64.0.1") else ["the provider does not answer"]
    wrong += ["the router answers its provider"] if house.line.status("sh", "-c",
                                                                      "ip route add 10.30.0.0/24 via 100.64.0.2; ping -c1 -W1 10.30.0.5")[0] == 0 else []
    keys = house.router.run("wg", "show", "wg-vps", "allowed-ips")
    return wrong + ([] if "10.100.0.0/24" in keys else [f"the tunnel: {keys}"])


def is_quiet(house):
    """A second import changes nothing in the kernel, and loads nothing."""
    def look():
        return house.router.run("sh", "-c", "nft list ruleset | grep -v counter; ip address; ip route; ip -6 route; wg show all dump | cut -f 1-6")
    before, ran = look(), []
    plain = house.router.run
    house.router.run = lambda *words, **more: ran.append(words) or plain(*words, **more)
    try:
        house.home.import_(f"{house.tree}/router/hlgen.rsc")
    finally:
        del house.router.run
    wrong = [" ".join(words) for words in ran if words[0] != "ip" or "show" not in words]
    return wrong + ([] if look() == before else ["something is different", *look().splitlines()])


def follows(house):
    """What the console says happens."""
    wrong, home = [], house.home
    row = '[/interface/bridge/vlan/find where comment~":row:30"]'
    for what, off, on in (("a VLAN without its port", f"/interface/bridge/vlan/set {row} tagged=bridge",
                           f"/interface/bridge/vlan/set {row} tagged=bridge,ether6"),
                          ("a VLAN without the bridge", f"/interface/bridge/vlan/set {row} tagged=ether6",
                           f"/interface/bridge/vlan/set {row} tagged=bridge,ether6"),
                          ("a row that is disabled", f"/interface/bridge/vlan/disable {row}", f"/interface/bridge/vlan/enable {row}"),
                          ("an interface that is disabled", f"/interface/vlan/disable {VLAN}", f"/interface/vlan/enable {VLAN}"),
                          ("an address that is gone", '/ip/address/set [find where address="10.30.0.1/24"] disabled=yes',
                           '/ip/address/set [find where address="10.30.0.1/24"] disabled=no'),
                          ("a rule", "/ip/firewall/raw/add chain=prerouting action=drop src-address=10.30.0.5 comment=test",
                           "/ip/firewall/raw/remove [find where comment=test]")):
        home.command(off)
        wrong += [f"{what}: the gateway still answers"] if house.pings("10.30.0.1") else []
        home.command(on)
        wrong += [] if house.pings("10.30.0.1") else [f"{what}, mended: the gateway does not answer"]
    # setconf would forget the sessions of the tunnel.
    before = house.router.run("wg", "show", "wg-vps", "transfer")
    home.command("/interface/wireguard/peers/set [find where interface=wg-vps] persistent-keepalive=0s !preshared-key")
    after = house.router.run("wg", "show", "wg-vps", "transfer")
    wrong += [] if int(before.split()[-1]) and int(after.split()[-1]) >= int(before.split()[-1]) else [f"the tunnel began anew: {before} {after}"]
    wrong += [] if "off" in house.router.run("wg", "show", "wg-vps", "persistent-keepalive") else ["the keepalive is still on"]
    wrong += [] if "(none)" in house.router.run("wg", "show", "wg-vps", "preshared-keys") else ["the preshared key is still there"]
    route = house.router.run("ip", "route", "show", "default")
    return wrong + ([] if "100.64.0.1" in route else [f"the default route is lost: {route}"])


def gets_a_prefix(house):
    """Reports of the client become addresses, and what is announced to the hosts."""
    home, wrong, first, second = house.home, [], "2a0d:5600:abcd::/56", "2a0d:5600:ef01:2300::/56"

    def expect(what, prefix, own, radvd):
        home.poll()
        if home.prefix != prefix:
            wrong.append(f"{what}: holds {home.prefix}")
        have = house.router.addresses(translate.linux_name(VLAN))
        if have != own:
            wrong.append(f"{what}: addresses {have}")
        wrong.extend(f"{what}: radvd.conf lacks {one!r}" for one in radvd if one not in home.linux.radvd)
    house.hear("PREINIT6|||", f"BOUND6|{first}|40|")
    expect("bound", first, ["2a0d:5600:abcd:30::1"],
           ["prefix 2a0d:5600:abcd:30::/64 {\n\t\tAdvOnLink on;\n\t\tAdvAutonomous on;\n\t\tAdvValidLifetime 2592000"])
    house.hear(f"RENEW6|{first}|40|{first}", f"RENEW6|{second}|40|")
    expect("another one", second, ["2a0d:5600:ef01:2330::1"], ["prefix 2a0d:5600:ef01:2330::/64 {", "prefix 2a0d:5600:abcd:30::/64 {\n\t\tAdvOnLink on;\n\t\t"
                                                             "AdvAutonomous on;\n\t\tAdvValidLifetime 0"])
    house.hear(f"EXPIRE6|||{first}")
    expect("the old one ends", second, ["2a0d:5600:ef01:2330::1"], [])
    begin = len(home.timings)
    house.hear(f"RENEW6|{second}|40|{second}")
    expect("renewed", second, ["2a0d:5600:ef01:2330::1"], [])
    wrong.extend(f"a renewal did something: {what}" for what, _ in home.timings[begin:] if not what.startswith("dhclient"))
    house.hear(f"RENEW6|{second}|0|{second}")
    home.poll()
    if home.prefix is not None or "ef01:2330::1" in " ".join(house.router.addresses(translate.linux_name(VLAN))):
        wrong.append(f"lost, and still there: {house.router.addresses(translate.linux_name(VLAN))}")
    return wrong


def restarts(house):
    """After a loss of power it is what it was, but for the prefix."""
    begin = time.monotonic()
    house.home.reboot(house.wire)
    took = time.monotonic() - begin
    return ([] if house.pings("10.30.0.1") else ["the gateway does not answer"]) + ([] if house.pings("100.64.0.1") else ["the provider does not answer"]) + \
        ([f"it took {took:.1f} s"] if took > 10 else [])


def says_errors(house):
    """An error of a script is raised, an expected one is not, and one that does not come is."""
    wrong = []
    for expect, script, raises in ((False, ':error "no"\n', True), (True, ':error "no"\n', False), (True, ':put "yes"\n', True)):
        try:
            house.home.import_(script, expect_error=expect)
            wrong += [f"{script!r}: nothing was raised"] if raises else []
        except Failed as failed:
            wrong += [] if raises else [f"{script!r}: {failed}"]
    return wrong


def goes_back(house):
    """Time passes, and what was not confirmed is undone."""
    home = house.home
    home.command('/system/backup/save name=before password=""')
    home.command('/system/scheduler/add name=back interval=5m on-event="/system/backup/load name=before.backup password=\\"\\""')
    home.command("/ip/firewall/raw/add chain=prerouting action=drop src-address=10.30.0.5 comment=test")
    wrong = ["the rule does nothing"] if house.pings("10.30.0.1") else []
    wrong += [] if home.pass_time(301) else ["it did not restart"]
    return wrong + ([] if house.pings("10.30.0.1") else ["the gateway does not answer"])


def main():
    for name, lines, wanted in RULES:
        test(f"rule: {name}", rule, lines, wanted)
    for name, lines, look, wanted in TEXTS:
        test(name, text, lines, look, wanted)
    for name, lines, part in REFUSED:
        test(f"refused: {name}", refused, lines, part)
    test("refused: two names that become one", clash)
    machine = Machine("nft")
    test("nft takes every rule", loads, machine)
    machine.off()
    folder = "/run/lab/translate"
    os.makedirs(folder)
    workshop = Workshop(folder)
    for site, state in COMPARED:
        test(f"packets: {site} on {state}", lambda site=site, state=state: compared(*imported(workshop, site, state)))
    for name, old, new in SPOILED:
        test(f"packets: seen when {name}", lambda old=old, new=new: noticed(*imported(workshop, "example", "defconf with a prefix"), old, new))
    built = workshop.site(example())
    house = Home(f"{folder}/{list(workshop.made.values()).index(built)}/out", built.release)
    try:
        for function in (comes_up, is_quiet, follows, gets_a_prefix, restarts, says_errors, goes_back):
            test(f"home router: {function.__name__.replace('_', ' ')}", function, house)
    finally:
        house.close()


if __name__ == "__main__":
    main()
