#!/usr/bin/python3
"""Tests the schema lint itself: scripts it must accept, and broken ones with the message it must give.

usage: rsc_schema_selftest.py SCHEMA_DIR        prints one line per test as tests/lib.sh describes; exit 1 when one failed"""
import sys

from rsc_schema import Checker

GOOD = {
    "comments, blocks, functions": '''# a comment with "quotes, $dollars and }
{
	:local hlTwice do={
		# inside
		:return ($1 . "x" . $hlMore)
	}
	:local hlList [:toarray ""]
	:set ($hlList->[:len $hlList]) {"part"="forward";"more"={1;2}}
	:foreach hlKey,hlItem in=$hlList do={
		:put "$hlKey: $($hlItem->"part") [$[:len $hlList]] \\$5 \\"x\\" \\C3\\A9"
	}
	:put [$hlTwice "a" hlMore="b"]
	:if ([:len $hlList] = 0) do={:put "none"} else={:put "some"}
}
''',
    "menus": '''/ip/route/add dst-address="10.0.0.0/8" gateway=wg-vps comment="a { [ ( # ; b"
/ip/firewall/filter/remove [/ip/firewall/filter/find where comment~"^hlgen:x:" dynamic=no chain="forward"]
/ip/firewall/filter/set [/ip/firewall/filter/find where (chain=input || !disabled)] !dst-port protocol=tcp
/ip/address/print detail where interface=wg-vps
:put [/system/resource/get version]
:log info "done"
''',
    "rows": '''{
:local hlRow [/interface/wireguard/get [/interface/wireguard/find where name="wg"]]
:put ($hlRow->"public-key")
}
''',
    "values": '''/interface/wireguard/peers/add interface=wg allowed-address=10.0.0.0/24,fd00::/64 persistent-keepalive=25s endpoint-port=51820
/ip/firewall/filter/add chain=x action=accept connection-state=established,related dst-port=80,8000-8010 src-address=10.0.0.1-10.0.0.9
/ipv6/firewall/filter/add chain=x action=drop src-address=!fd00::/8
''',
}

# Each with the line and a part of the message.
BROKEN = {
    "unknown menu": ("/ip/adress/add address=1.2.3.4/24 interface=a", 1, "no menu '/ip/adress'"),
    "unknown command": ("\n/ip/address/insert", 2, "no command 'insert'"),
    "unknown argument": ("/ip/address/add address=1.2.3.4/24 interface=a gateway=b", 1, "no argument 'gateway'"),
    "place-before in set": ("/ip/firewall/filter/set *1 place-before=*2", 1, "no argument 'place-before'"),
    "newer argument": ("/ipv6/address/add interface=a address=::1/64 from-pool-policy=strict", 1, "'from-pool-policy' in RouterOS 7.20.8"),
    "unknown property in where": ("/ip/route/remove [/ip/route/find where destination=\"1.2.3.0/24\"]", 1, "no property 'destination'"),
    "unknown property in get": (":put [/ip/route/get *1 destination]", 1, "no property 'destination'"),
    "unknown property in a row": ("{\n:local hlRow [/ip/route/get *1]\n:put ($hlRow->\"destination\")\n}", 3, "no property 'destination'"),
    "unknown colon command": (":exit", 1, "':exit' does not exist"),
    "unknown colon argument": (":foreach hlX in={1;2} doo=1 do={:put $hlX}", 1, "no argument 'doo'"),
    "argument twice": ("/ip/address/add address=1.2.3.4/24 interface=a interface=b", 1, "'interface' is given twice"),
    "argument twice, negated": ("/ip/firewall/filter/set *1 dst-port=1 !dst-port", 1, "'dst-port' is given twice"),
    "mandatory argument": ("/ip/address/add address=1.2.3.4/24", 1, "without 'interface'"),
    "undeclared variable": (":put $hlNothing", 1, "'hlNothing' is not declared"),
    "undeclared in a text": (":put \"costs $hlFive\"", 1, "'hlFive' is not declared"),
    "undeclared set": (":set hlNothing 1", 1, "undeclared variable 'hlNothing'"),
    "out of scope": ("{\n:if (true) do={\n:local hlA 1\n:put $hlA\n}\n:put $hlA\n}", 6, "'hlA' is not declared"),
    "functions do not see siblings": ("{\n:local hlA 1\n:local hlF do={\n:return $hlA\n}\n:put [$hlF $hlA]\n}", 4, "does not pass it"),
    "not a function": ("{\n:local hlA 1\n:put [$hlA 2]\n}", 3, "is not a function"),
    "unused variable": ("{\n:local hlA 1\n}", 2, "never used"),
    "underscore": ("{\n:local hl_a 1\n:put $hl_a\n}", 2, "not letters and digits"),
    "named like a property": ("{\n:local comment 1\n:put $comment\n}", 2, "named like a property"),
    "bare word in an expression": ("{\n:local hlA 1\n:if (hlA = 1) do={:put $hlA}\n}", 3, "bare word 'hlA'"),
    "unescaped dollar in a text": (":put \"5$ each\"", 1, "must be '\\$'"),
    "unescaped dollar": (":put \"5$\"", 1, "must be '\\$'"),
    "unescaped quote": (":put \"a\"b\"", 1, ""),
    "unknown escape": (":put \"a\\q\"", 1, "unknown escape"),
    "lower-case hex": (":put \"\\c3\"", 1, "unknown escape"),
    "open text": (":put \"a\n:put \"b\"", 1, "not closed"),
    "non-ASCII": (":put \"caf\u00e9\"", 1, "printable ASCII"),
    "control byte": ("# a\x1b[1m", 1, "printable ASCII"),
    "carriage return": (":put \"a\"\r\n", 1, "printable ASCII"),
    "two commands": (":put \"a\"; :put \"b\"", 1, "one command is one line"),
    "two commands in braces": (":if (true) do={:put \"a\" ; :put \"b\"}", 1, "one command is one line"),
    "continuation": (":put \\\n\"a\"", 1, "continued"),
    "trailing comment": (":put \"a\" # why", 1, "line of its own"),
    "trailing comment behind a brace": (":if (true) do={ # why\n:put \"a\"\n}\n{\n:put \"b\"\n} # end", 6, "line of its own"),
    "brace missing": ("{\n:put \"a\"\n", 3, "'}' is missing"),
    "brace too many": (":put \"a\"\n}\n", 2, "closes nothing"),
    "bracket missing": (":put [:len \"a\"\n", 2, "']' is missing"),
    "parenthesis missing": (":if ((true) do={:put \"a\"}", 1, "')' expected"),
    "wrong bracket": (":put (1 + 2]", 1, "')' expected"),
    "blank around =": ("/ip/address/add address= 1.2.3.4/24 interface=a", 1, "no value"),
    "blank before =": ("/ip/address/add address =1.2.3.4/24 interface=a", 1, "unexpected '='"),
    "relative menu": ("/ip/address\nadd address=1.2.3.4/24 interface=a", 1, "changes the menu"),
    "bare command": ("add address=1.2.3.4/24", 1, "a command begins with"),
    "prefix without quotes": ("/ip/address/remove [/ip/address/find where address=10.0.0.1/24]", 1, "matches nothing"),
    "empty array": ("{\n:local hlA {}\n:put $hlA\n}", 2, "not an empty array"),
    "key twice in an array": ("{\n:local hlA {\"a\"=1;\"a\"=2}\n:put $hlA\n}", 2, "twice in an array"),
    "operators without parentheses": (":put (1 + 2 * 3)", 1, "different operators"),
    "closed choice": ("/ip/firewall/filter/add chain=x action=allow", 1, "action=allow"),
    "list of choices": ("/ip/firewall/filter/add chain=x connection-state=established,old", 1, "connection-state"),
    "yes or no": ("/ip/firewall/filter/add chain=x disabled=maybe", 1, "yes or no"),
    "port too high": ("/interface/wireguard/add name=a listen-port=70000", 1, "0 to 65535"),
    "port through a variable": ("{\n:local hlP 70000\n/interface/wireguard/add name=a listen-port=$hlP\n}", 3, "0 to 65535"),
    "port range": ("/ip/firewall/filter/add chain=x dst-port=8000-80000", 1, "0 to 65535"),
    "time without unit": ("/interface/wireguard/peers/add interface=a allowed-address=10.0.0.0/8 persistent-keepalive=25", 1, "units"),
    "time too long": ("/interface/wireguard/peers/add interface=a allowed-address=10.0.0.0/8 persistent-keepalive=2d", 1, "18h12m15s"),
    "bad prefix": ("/interface/wireguard/peers/add interface=a allowed-address=10.0.0.0/8,10.0.0/24", 1, "not an address"),
    "IPv6 range": ("/ipv6/firewall/filter/add chain=x src-address=fd00::1-fd00::9", 1, "not an address"),
    "IPv4 in an IPv6 rule": ("/ipv6/firewall/filter/add chain=x src-address=10.0.0.0/8", 1, "not an IPv6"),
}


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    failed = 0

    def report(name, trouble):
        nonlocal failed
        failed += bool(trouble)
        print(f"{'FAIL' if trouble else 'ok'} consumers/rsc_schema: {name}")
        for text in trouble:
            print(f"    {text}")

    for name, script in GOOD.items():
        report(f"accepts {name}", [f"{line}: {text}" for line, text in Checker(arguments[0], "7.20.8").check(script.encode())])
    for name, (script, line, text) in BROKEN.items():
        found = Checker(arguments[0], "7.20.8").check(script.encode())
        hit = any(where == line and text in message for where, message in found)
        report(f"refuses {name}", [] if hit else [f"wanted {line}: …{text}…, got {found}"])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
