"""Cases of selftest.py that are functions: order, references, dynamic rows, delegation, events, stops. The first line of each is its name."""
import x25519
from router import Router, Script, ScriptError

RULE = "/ip/firewall/filter/add chain=%s comment=%s"
HOOK = ':log info (\\"hook \\" . \\$\\"pd-valid\\" . \\" \\" . \\$\\"pd-prefix\\")'


def chr_router(*lines, **options):
    router = Router.load("empty-chr", **options)
    for line in lines:
        result = router.import_(line)
        assert result.error is None, f"{line}: {result.error}"
    return router


def comments(router, menu="/ip/firewall/filter"):
    return " ".join(row.get("comment", "-") for row in router.rows(menu, dynamic=False))


def client_router(*lines, **options):
    """A router with a client on ether1, its pool pd and two addresses from it."""
    return chr_router("/ipv6/dhcp-client/add interface=ether1 request=prefix pool-name=pd", "/ipv6/address/add address=::a:0:0:0:1 "
                      "from-pool=pd interface=ether2 comment=a", "/ipv6/address/add address=::b:0:0:0:1 from-pool=pd interface=ether3 comment=b",
                      *lines, **options)


def addresses(router):
    return [row["address"] for row in router.rows("/ipv6/address", dynamic=False)]


def order():
    """order: place-before, move, across chains, to the end"""
    router = chr_router(RULE % ("a", "one"), RULE % ("b", "two"), RULE % ("a", "three place-before=[find where comment=two]"))
    assert comments(router) == "one three two"
    router.command("/ip/firewall/filter/move [find where comment=one]")
    assert comments(router) == "three two one"
    router.command("/ip/firewall/filter/move [find where comment=one] destination=[find where comment=three]")
    assert comments(router) == "one three two"
    router.command("/ip/firewall/filter/move [find where comment=one] destination=[find where comment=one]")
    assert comments(router) == "one three two"


def spelling():
    """spelling: what the router makes of addresses and lists"""
    router = chr_router('/ip/firewall/filter/add chain=a src-address=10.0.0.1/32 dst-address=10.1.2.3/24 connection-state=new,established',
                        '/ipv6/firewall/filter/add chain=a src-address=fd00:0::1', '/ipv6/address/add address=fd00::5 interface=ether1',
                        '/ipv6/firewall/address-list/add list=l address=fd00::5/64', '/ipv6/firewall/address-list/add list=l address=fd00::5',
                        '/ip/route/add dst-address=10.9.9.9 gateway=10.0.0.1')
    rule = router.row("/ip/firewall/filter", chain="a")
    assert (rule["src-address"], rule["dst-address"], rule["connection-state"]) == ("10.0.0.1", "10.1.2.0/24", "established,new"), rule
    router.command("/ip/firewall/filter/add chain=b src-address=!10.0.0.1-10.0.0.9")
    assert router.row("/ip/firewall/filter", chain="b")["src-address"] == "!10.0.0.1-10.0.0.9"
    assert router.row("/ipv6/firewall/filter")["src-address"] == "fd00::1/128"
    assert router.row("/ipv6/address")["address"] == "fd00::5/64"
    assert [row["address"] for row in router.rows("/ipv6/firewall/address-list")] == ["fd00::/64", "fd00::5/128"]
    assert router.row("/ip/route")["dst-address"] == "10.9.9.9/32"


def unset():
    """unset: !property takes a condition away"""
    router = chr_router("/ip/firewall/filter/add chain=a src-address=10.0.0.1 protocol=tcp dst-port=80",
                        "/ip/firewall/filter/set *1 !src-address !dst-port !protocol")
    assert not {"src-address", "dst-port", "protocol"} & set(router.row("/ip/firewall/filter")), router.rows("/ip/firewall/filter")


def empty_set():
    """set and remove of an empty find do nothing"""
    router = chr_router("/ip/firewall/filter/set [find where comment=no] action=drop", "/ip/firewall/filter/remove [find]")
    assert router.writes == []


def writes():
    """writes: a set that changes nothing is one too"""
    router = chr_router("/interface/ethernet/set ether1 comment=x", "\n/interface/ethernet/set ether1 comment=x")
    assert [(one.line, one.menu, one.command, one.values) for one in router.writes] == [
        (1, "/interface/ethernet", "set", {"comment": "x"}), (2, "/interface/ethernet", "set", {"comment": "x"})], router.writes


def first_error():
    """the first runtime error stops the import, nothing is rolled back"""
    router = chr_router()
    result = router.import_("/interface/list/add name=A\n/interface/list/add name=A\n/interface/list/add name=B")
    assert (result.line, result.syntax, len(result.writes)) == (2, False, 1) and router.rows("/interface/list", name="A")
    assert not router.rows("/interface/list", name="B") and "line 2" in result.error and "/interface/list/add" in result.error, result.error


def renamed():
    """references follow a renamed interface and list"""
    router = chr_router("/interface/list/add name=L", "/interface/list/member/add list=L interface=ether2", "/ip/address/add address=10.0.0.1/24 "
                        "interface=ether2", '/ip/firewall/filter/add chain=a in-interface="!ether2" out-interface-list=L',
                        "/interface/ethernet/set ether2 name=lan", "/interface/list/set L name=M")
    assert router.row("/interface/list/member", list="M")["interface"] == "lan"
    assert router.row("/ip/address")["interface"] == "lan"
    assert router.row("/ip/firewall/filter")["in-interface"] == "!lan" and router.row("/ip/firewall/filter")["out-interface-list"] == "M"


def removed():
    """what refers to a removed interface shows its id, is invalid, and does not heal"""
    router = chr_router("/interface/wireguard/add name=wg", "/ip/address/add address=10.0.0.1/24 interface=wg",
                        "/ip/firewall/filter/add chain=a in-interface=wg", "/ip/route/add dst-address=10.5.0.0/16 gateway=wg")
    assert router.rows("/ip/route", dynamic=True)
    router.command("/interface/wireguard/remove wg")
    router.command("/interface/wireguard/add name=wg")
    for menu, name in (("/ip/address", "interface"), ("/ip/firewall/filter", "in-interface")):
        row = router.row(menu)
        assert row[name].startswith("*") and row["invalid"] == "true", row
    assert not router.rows("/ip/route", dynamic=True) and router.row("/ip/route")["gateway"] == "wg"
    router.command("/ip/address/set [find] interface=wg")
    assert "invalid" not in router.row("/ip/address") and router.rows("/ip/route", connect=True)


def keys():
    """keys: public from private (RFC 7748), made up when left out, always the same"""
    private = "dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="
    router = chr_router(f'/interface/wireguard/add name=a private-key="{private}"', "/interface/wireguard/add name=b")
    assert router.public_key("a") == "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=", router.public_key("a")
    assert router.public_key("b") == chr_router("/interface/wireguard/add name=x").public_key("x")
    assert router.command(":return [/interface/wireguard/get b public-key]") == router.public_key("b")
    assert x25519.decode(router.row("/interface/wireguard", name="b")["private-key"])


def dummy():
    """fasttrack brings a dummy rule first, and takes it along"""
    router = chr_router(RULE % ("forward", "one"), "/ip/firewall/filter/add chain=forward action=fasttrack-connection comment=ft")
    rows = router.rows("/ip/firewall/filter")
    assert rows[0]["comment"].startswith("special dummy rule") and rows[0]["dynamic"] == "true" and len(rows) == 3
    assert router.rows("/ip/firewall/mangle", dynamic=True)
    router.command("/ip/firewall/filter/disable [find where comment=ft]")
    assert len(router.rows("/ip/firewall/filter")) == 2
    old = chr_router("/ipv6/firewall/filter/add chain=forward action=fasttrack-connection", release="7.16.2")
    assert len(old.rows("/ipv6/firewall/filter")) == 1


def pvid():
    """a filtering bridge has rows added by pvid"""
    router = chr_router("/interface/bridge/add name=br vlan-filtering=yes", "/interface/bridge/port/add bridge=br interface=ether2 pvid=7")
    rows = router.rows("/interface/bridge/vlan")
    assert [(row["vlan-ids"], row["untagged"], row["dynamic"]) for row in rows] == [("1", "br", "true"), ("7", "ether2", "true")], rows
    router.command("/interface/bridge/vlan/add bridge=br vlan-ids=7 untagged=ether2")
    assert [(row["vlan-ids"], row["dynamic"]) for row in router.rows("/interface/bridge/vlan")] == [("1", "true"), ("7", "false")]
    router.command("/interface/bridge/set br vlan-filtering=no")
    assert len(router.rows("/interface/bridge/vlan")) == 1


def connected():
    """addresses have connected routes and advertised prefixes"""
    router = chr_router("/ip/address/add address=10.0.0.1/24 interface=ether1", "/ipv6/address/add address=fd00::1/64 interface=ether1")
    assert router.row("/ip/route", connect=True)["dst-address"] == "10.0.0.0/24"
    assert router.row("/ipv6/nd/prefix", dynamic=True)["prefix"] == "fd00::/64"
    router.command("/ip/address/disable [find]")
    assert router.rows("/ip/route") == []


def pinned():
    """delegation: pinned addresses are pool OR value, also after another prefix"""
    router = client_router()
    assert addresses(router) == ["::a:0:0:0:1/64", "::b:0:0:0:1/64"] and router.row("/ipv6/address", comment="a")["invalid"] == "true"
    router.bind("2a0d:5600:abcd:100::/56")
    assert addresses(router) == ["2a0d:5600:abcd:10a::1/64", "2a0d:5600:abcd:10b::1/64"], addresses(router)
    assert router.row("/ipv6/dhcp-client")["status"] == "bound" and router.row("/ipv6/pool", name="pd")["dynamic"] == "true"
    assert [row["prefix"] for row in router.rows("/ipv6/nd/prefix")] == ["2a0d:5600:abcd:10a::/64", "2a0d:5600:abcd:10b::/64"]
    router.bind("2a0d:5600:ef00::/48")
    assert addresses(router)[0] == "2a0d:5600:ef00:a::1/64"
    assert [row["address"] for row in router.dump()["/ipv6/address"]] == ["::a:0:0:0:1/64", "::b:0:0:0:1/64"]
    router.bind("2a0d:5600:ef00::/62")
    assert all(row["invalid"] == "true" for row in router.rows("/ipv6/address")), "an id that does not fit"
    router.lose()
    assert addresses(router)[0] == "::a:0:0:0:1/64" and not router.rows("/ipv6/pool") and not router.rows("/ipv6/nd/prefix")


def unpinned():
    """delegation: without pinning /64s come in order and the subnet id is lost"""
    router = client_router(pinning=False)
    router.bind("2a0d:5600:abcd::/56")
    assert addresses(router) == ["2a0d:5600:abcd::1/64", "2a0d:5600:abcd:1::1/64"], addresses(router)


def later():
    """delegation: the hook runs after the pool and before the addresses"""
    router = client_router(f'/ipv6/dhcp-client/set [find] script="{HOOK}\\n:log info [/ipv6/pool/get pd prefix]\\n'
                           ':log info [/ipv6/address/get [/ipv6/address/find where comment=a] address]\\n:delay 5s\\n'
                           ':log info [/ipv6/address/get [/ipv6/address/find where comment=a] address]"')
    router.bind("2a0d:5600:abcd::/56")
    assert [text for topics, text in router.log if "script" in topics] == [
        "hook 1 2a0d:5600:abcd::/56", "2a0d:5600:abcd::/56", "::a:0:0:0:1/64", "2a0d:5600:abcd:a::1/64"], router.log
    router.lose()
    assert ("script,info", "hook 0 2a0d:5600:abcd::/56") in router.log, router.log


def early_hook():
    """delegation: a hook that fires early still sees the old pool"""
    router = client_router()
    router.bind("2a0d:5600:abcd::/56")
    router.command('/ipv6/dhcp-client/set [find] script=":log info [/ipv6/pool/get pd prefix]\\n:delay 10s\\n:log info [/ipv6/pool/get pd prefix]"')
    router.bind("2a0d:5600:ef00::/56", early=3)
    assert [text for topics, text in router.log if "script" in topics] == ["2a0d:5600:abcd::/56", "2a0d:5600:ef00::/56"], router.log


def twice():
    """delegation: a hook that fires twice overlaps itself in its first delay"""
    router = client_router('/ipv6/dhcp-client/set [find] script=":log info 1\\n:delay 5s\\n:log info 2"')
    router.bind("2a0d:5600:abcd::/56", twice=True)
    assert [text for topics, text in router.log if "script" in topics] == ["1", "1", "2", "2"], router.log


def provider():
    """delegation: a provider binds by itself, and again after a change of the client"""
    router = client_router(provider={"prefix": "2a0d:5600:abcd::/56", "after": 3})
    router.wait(2)
    assert router.rows("/ipv6/pool") == []
    router.wait(3)
    assert addresses(router)[0] == "2a0d:5600:abcd:a::1/64"
    router.command('/ipv6/dhcp-client/set [find] comment=x script=":log info x"')
    assert router.row("/ipv6/dhcp-client")["status"] == "bound"
    router.command("/ipv6/dhcp-client/disable [find]")
    assert router.rows("/ipv6/pool") == [] and addresses(router)[0] == "::a:0:0:0:1/64"
    router.command("/ipv6/dhcp-client/enable [find]")
    router.wait(5)
    assert addresses(router)[0] == "2a0d:5600:abcd:a::1/64"


def prefix_lists():
    """delegation: prefix-address-lists and the default route are dynamic rows"""
    router = client_router("/ipv6/dhcp-client/set [find] prefix-address-lists=mine add-default-route=yes")
    router.bind("2a0d:5600:abcd::/56")
    assert router.row("/ipv6/firewall/address-list", list="mine")["dynamic"] == "true"
    assert router.row("/ipv6/route", dst_address="::/0")["gateway"] == "fe80::1%ether1"
    router.lose()
    assert not router.rows("/ipv6/firewall/address-list") and not router.rows("/ipv6/route")


def scheduler():
    """scheduler: fires after one interval, again and again, until it is removed by its own script"""
    router = chr_router('/system/scheduler/add name=s interval=20s on-event=":log info x"')
    router.wait(19)
    assert router.log == []
    router.wait(41)
    assert [text for _, text in router.log] == ["x"] * 3, router.log
    router.command('/system/scheduler/set s on-event="/system/scheduler/remove s\\n:log info y"')
    router.wait(100)
    assert [text for _, text in router.log] == ["x"] * 3 + ["y"] and router.rows("/system/scheduler") == []


def dead_man():
    """backup: the scheduler brings the old state back, without itself, and the file stays"""
    router = chr_router("/system/identity/set name=before", "/system/backup/save name=b dont-encrypt=yes",
                        '/system/scheduler/add name=s interval=20s on-event="/system/backup/load name=b.backup password=\\"\\""',
                        "/system/identity/set name=after")
    router.wait(19)
    assert router.row("/system/identity")["name"] == "after"
    router.wait(2)
    assert router.row("/system/identity")["name"] == "before" and router.rows("/system/scheduler") == []
    assert "b.backup" in router.files and router.reboots == 1
    router.wait(100)
    assert router.reboots == 1


def cut_off():
    """backup: a restart ends a script in its delay"""
    router = chr_router("/system/backup/save name=b dont-encrypt=yes",
                        '/system/scheduler/add name=s interval=20s on-event="/system/backup/load name=b password=\\"\\""')
    result = router.import_(":delay 60s\n:put \"after\"")
    assert result.rebooted and result.error is None and router.texts == []


def netwatch():
    """netwatch: a script of small policy runs, a greater one does not"""
    router = chr_router("/tool/netwatch/add host=10.0.0.9 up-script=good down-script=bad",
                        '/system/script/add name=good policy=read,write,test source=":log info up"', '/system/script/add name=bad source=":log info down"')
    assert router.set_reachable("10.0.0.9", True) and router.log == [("script,info", "up")], router.log
    router.set_reachable("10.0.0.9", True)
    assert len(router.log) == 1
    router.set_reachable("10.0.0.9", False)
    assert "not enough permissions" in router.log[-1][1], router.log
    router.command("/system/script/set bad dont-require-permissions=yes")
    router.set_reachable("10.0.0.9", True)
    router.set_reachable("10.0.0.9", False)
    assert router.log[-1] == ("script,info", "down") and not router.set_reachable("10.0.0.1", True)


def hook_policy():
    """a hook may not run a script that may do more"""
    router = client_router('/system/script/add name=big source=":log info big"', '/ipv6/dhcp-client/set [find] script="/system/script/run big"')
    router.bind("2a0d:5600:abcd::/56")
    assert any("not enough permissions" in text for _, text in router.log) and ("script,info", "big") not in router.log, router.log


def event_error():
    """an error in an event goes to the log"""
    router = chr_router('/system/scheduler/add name=s interval=1s on-event=":error \\"bad\\""')
    router.wait(1)
    assert any("bad" in text and "error" in topics for topics, text in router.log), router.log


def stops():
    """stops: before a line, before a write; a copy is independent"""
    script = Script('/interface/list/add name=A\n:foreach hlI in={1;2} do={\n/interface/list/add name=("B" . $hlI)\n}\n/interface/list/add name=C')
    assert script.lines == [1, 2, 3, 5], script.lines
    base = chr_router()

    def names(**stop):
        router = base.copy()
        result = router.import_(script, **stop)
        assert result.stopped == bool(stop), result
        return " ".join(row["name"] for row in router.rows("/interface/list", builtin=""))
    assert names() == "A B1 B2 C" and names(stop_at_line=3) == "A" and names(stop_at_line=5) == "A B1 B2"
    assert names(stop_at_write=1) == "" and names(stop_at_write=3) == "A B1"
    assert base.writes == [] and not base.rows("/interface/list", name="A")


def timeouts():
    """address lists: an entry with a timeout is dynamic and ends"""
    router = chr_router("/ip/firewall/address-list/add list=l address=10.0.0.1 timeout=10s")
    assert router.row("/ip/firewall/address-list")["dynamic"] == "true" and "/ip/firewall/address-list" not in router.dump()
    router.wait(11)
    assert router.rows("/ip/firewall/address-list") == []


def interface_view():
    """/interface shows all kinds and passes changes on"""
    router = chr_router("/interface/wireguard/add name=wg", "/interface/disable wg")
    assert router.row("/interface", name="wg")["type"] == "wg" and router.row("/interface/wireguard")["disabled"] == "true"
    assert router.command(":return [/interface/get wg type]") == "wg"


def states():
    """states: each loads, for an old and a new release, and a dump of it equals its copy's"""
    for name in ("empty-chr", "defconf", "hand-grown", "playbooks"):
        for release in ("7.16.2", "7.24"):
            router = Router.load(name, release=release)
            assert router.copy().dump() == router.dump() and router.writes == []
            assert router.command(":return [/system/resource/get version]") == f"{release} (stable)"


def raises():
    """command() raises, import_() does not"""
    try:
        chr_router().command("/interface/list/add")
    except ScriptError as error:
        assert "missing value" in str(error)
        return
    raise AssertionError("nothing was raised")


EVENTS = [value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == __name__ and value.__doc__
          and value not in (chr_router, comments, client_router, addresses)]
