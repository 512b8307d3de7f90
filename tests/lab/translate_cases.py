"""What translate_test.py tries: rows of RouterOS, and what they must become in Linux."""
F4, F6 = "/ip/firewall/filter/add chain=forward", "/ipv6/firewall/filter/add chain=forward"
LIST = ["/interface/list/add name=IN", "/interface/list/add name=OUT include=IN", "/interface/list/add name=REST exclude=IN include=all",
        "/interface/list/member/add list=IN interface=ether2", "/interface/list/member/add list=IN interface=ether3 disabled=yes",
        "/interface/list/member/add list=OUT interface=ether4"]
BRIDGE = ["/interface/bridge/add name=bridge vlan-filtering=yes", "/interface/bridge/port/add bridge=bridge interface=ether3",
          "/interface/bridge/port/add bridge=bridge interface=ether4 frame-types=admit-only-untagged-and-priority-tagged",
          "/interface/vlan/add name=v10 interface=bridge vlan-id=10"]
KEY, OTHER = "cD0i0f5Jv6+ZMPWf6Uq3Gq7tmRRNTLBzTXdR8Fdt8Ec=", "BeZPMnUeiHmbcL57JFjKtjnmh/9bQYK2h03xwyn2AB4="
TUNNEL = [f'/interface/wireguard/add name=wg listen-port=13231 private-key="{KEY}"']
PEER = f'/interface/wireguard/peers/add interface=wg public-key="{OTHER}" allowed-address=10.100.0.0/24,fd00::/64'

# (name, lines, lines of nft in this order)
RULES = [
    ("accept", [f"{F4} action=accept comment=x"], ["chain filter-forward {", 'counter accept comment "x"', "jump filter-forward"]),
    ("nothing without rules", [], ["delete table ip router", "table ip router {", "}"]),
    ("disabled", [f"{F4} action=drop disabled=yes comment=off", f"{F4} action=drop comment=on"], ["chain filter-forward {", 'counter drop comment "on"']),
    ("text in a comment", [f'{F4} comment="a\\"; drop # \\\\"'], ["counter accept comment \"a'; drop # '\""]),
    ("interfaces", [f"{F4} in-interface=ether2 out-interface=!ether3 action=drop"], ['iifname "ether2" oifname != "ether3" counter drop']),
    ("long interface name", ["/interface/ethernet/set ether2 name=vlan30-kubernetes", f"{F4} in-interface=vlan30-kubernetes action=drop"],
     ['iifname "vlan30-kub-31fb" counter drop']),
    ("interface list", [*LIST, f"{F4} in-interface-list=IN action=drop"], ['iifname { "ether2" } counter drop']),
    ("list with include", [*LIST, f"{F4} in-interface-list=!OUT action=drop"], ['iifname != { "ether2", "ether4" } counter drop']),
    ("list with exclude", [*LIST, f"{F4} out-interface-list=REST action=drop"], ['oifname { "ether1", "ether3", "ether4" } counter drop']),
    ("empty list", ["/interface/list/add name=E", f"{F4} in-interface-list=E action=drop comment=a", f"{F4} in-interface-list=!E action=drop"],
     ['# never: "a"', "counter drop"]),
    ("list of all", [f"{F4} in-interface-list=all action=drop comment=a", f"{F4} in-interface-list=!all action=drop comment=b"],
     ['counter drop comment "a"', '# never: "b"']),
    ("addresses", [f"{F4} src-address=10.0.0.0/8 dst-address=!10.1.1.1 action=drop", f"{F4} src-address=10.0.0.1-10.0.0.9 action=drop"],
     ["ip saddr 10.0.0.0/8 ip daddr != 10.1.1.1 counter drop", "ip saddr 10.0.0.1-10.0.0.9 counter drop"]),
    ("all addresses", [f"{F4} src-address=0.0.0.0/0 action=drop"], ["counter drop"]),
    ("addresses of IPv6", [f"{F6} src-address=fe80::/10 dst-address=2001:db8::1/128 action=drop"], ["ip6 saddr fe80::/10 ip6 daddr 2001:db8::1 counter drop"]),
    ("address lists", ["/ip/firewall/address-list/add list=l address=10.0.0.0/8", "/ip/firewall/address-list/add list=l address=10.9.0.1-10.9.0.5",
                       "/ip/firewall/address-list/add list=l address=1.1.1.1 timeout=1h", "/ip/firewall/address-list/add list=l address=2.2.2.2 disabled=yes",
                       f"{F4} src-address-list=l dst-address-list=!none action=drop"],
     ["set list-l {", "elements = { 10.0.0.0/8, 10.9.0.1-10.9.0.5, 1.1.1.1 }", "set list-none {", "ip saddr @list-l ip daddr != @list-none counter drop"]),
    ("list that grows",
     [f"{F4} protocol=tcp dst-port=22 action=add-src-to-address-list address-list=b address-list-timeout=1d", f"{F4} src-address-list=b action=drop",
                         f"{F4} dst-address-list=!b action=accept"],
     ["set grown-b {", "flags dynamic,timeout", "meta l4proto 6 th dport { 22 } counter update @grown-b { ip saddr timeout 86400s }",
      "ip saddr @list-b counter drop", "ip saddr != @list-b ip saddr @grown-b counter drop", "ip daddr != @list-b ip daddr != @grown-b counter accept"]),
    ("protocols and ports", [f"{F4} protocol=udp src-port=1-5,9 dst-port=!53 action=drop", f"{F4} protocol=!icmp action=drop", f"{F6} protocol=139 action=drop",
                             f"{F4} protocol=tcp port=22 action=drop"],
     ["meta l4proto 17 th sport { 1-5, 9 } th dport != { 53 } counter drop", "meta l4proto != 1 counter drop", "meta l4proto 6 th sport { 22 } counter drop",
      "meta l4proto 6 th sport != { 22 } th dport { 22 } counter drop", "meta l4proto 139 counter drop"]),
    ("the protocol comes first", [f"{F4} dst-port=22 protocol=tcp action=drop"], ["meta l4proto 6 th dport { 22 } counter drop"]),
    ("state", [f"{F4} connection-state=established,related action=fasttrack-connection", f"{F4} connection-state=!new,untracked action=accept"],
     ["ct state { established, related } counter", "ct state != { new, untracked } counter accept"]),
    ("NAT state", [f"{F4} connection-nat-state=!dstnat action=drop", f"{F4} connection-nat-state=srcnat,dstnat action=accept"],
     ["ct status & (dnat) == 0 counter drop", "ct status & (snat|dnat) != 0 counter accept"]),
    ("IPsec", [f"{F4} ipsec-policy=in,ipsec action=accept comment=a", f"{F4} ipsec-policy=out,none action=drop"], ['# never: "a"', "counter drop"]),
    ("hop limit", [f"{F6} protocol=icmpv6 hop-limit=equal:1 action=drop", f"{F6} hop-limit=less-than:5 action=drop"],
     ["meta l4proto 58 ip6 hoplimit == 1 counter drop", "ip6 hoplimit < 5 counter drop"]),
    ("ICMP options", [f"{F4} protocol=icmp icmp-options=8:0-255 action=accept", f"{F4} protocol=icmp icmp-options=3:4 action=accept",
                      f"{F6} protocol=icmpv6 icmp-options=2:0 action=accept"],
     ["meta l4proto 1 icmp type 8 counter accept", "meta l4proto 1 icmp type 3 icmp code 4-4 counter accept",
      "meta l4proto 58 icmpv6 type 2 icmpv6 code 0-0 counter accept"]),
    ("TCP flags", [f"{F4} protocol=tcp tcp-flags=\"syn,!ack\" action=drop", f"{F4} protocol=tcp tcp-flags=\"!syn\" action=drop"],
     ["meta l4proto 6 tcp flags & (syn|ack) == (syn) counter drop", "meta l4proto 6 tcp flags & (syn) == 0x0 counter drop"]),
    ("jump and return", [f"{F4} action=jump jump-target=my_chain protocol=tcp", "/ip/firewall/filter/add chain=my_chain action=return",
                         f"{F4} action=jump jump-target=empty"],
     ["chain filter-forward {", "meta l4proto 6 counter jump filter-my_5fchain", "counter jump filter-empty", "chain filter-my_5fchain {", "counter return",
      "chain filter-empty {"]),
    ("log", [f"{F4} action=log log-prefix=p", f"{F4} action=drop log=yes", f"{F4} action=passthrough"],
     ['counter log prefix "p: "', "counter log drop", "counter"]),
    ("reject", [f"{F4} action=reject", f"{F4} action=reject protocol=tcp reject-with=tcp-reset", f"{F6} action=reject reject-with=icmp-admin-prohibited",
                f"{F6} action=reject"],
     ["counter reject with icmp net-unreachable", "meta l4proto 6 counter reject with tcp reset", "counter reject with icmpv6 admin-prohibited",
      "counter reject with icmpv6 no-route"]),
    ("masquerade", ["/ip/firewall/nat/add chain=srcnat action=masquerade out-interface=ether1"],
     ['oifname "ether1" counter masquerade', "type nat hook postrouting priority 100; policy accept;", "jump nat-srcnat"]),
    ("dst-nat", ["/ip/firewall/nat/add chain=dstnat protocol=tcp dst-port=443 action=dst-nat to-addresses=10.0.0.5 to-ports=8443",
                 "/ip/firewall/nat/add chain=dstnat protocol=udp dst-port=53 action=redirect to-ports=5353"],
     ["meta l4proto 6 th dport { 443 } counter dnat to 10.0.0.5:8443", "meta l4proto 17 th dport { 53 } counter redirect to :5353",
      "type nat hook prerouting priority -100; policy accept;"]),
    ("MSS", ["/ip/firewall/mangle/add chain=forward protocol=tcp tcp-flags=syn action=change-mss new-mss=clamp-to-pmtu out-interface=ether2",
             "/ip/firewall/mangle/add chain=forward protocol=tcp tcp-flags=syn action=change-mss new-mss=1200 passthrough=no"],
     ['meta l4proto 6 tcp flags & (syn) == (syn) oifname "ether2" counter tcp option maxseg size set rt mtu',
      "meta l4proto 6 tcp flags & (syn) == (syn) counter tcp option maxseg size set 1200 accept", "type filter hook forward priority -150; policy accept;"]),
    ("raw", ["/ip/firewall/raw/add chain=prerouting protocol=udp dst-port=51820 action=notrack"],
     ["meta l4proto 17 th dport { 51820 } counter notrack", "type filter hook prerouting priority -300; policy accept;"]),
    ("a list that is gone", ["/interface/list/add name=L", f"{F4} in-interface-list=L action=accept comment=gone", "/interface/list/remove L",
                             f"{F4} action=drop comment=stays"], ["chain filter-forward {", 'counter drop comment "stays"']),
]


def reach(name):
    return lambda linux: next((link.up, link.reach, link.why) for link in linux.links if link.name == name)


def held(linux):
    return linux.addresses


def routes(linux):
    return linux.routes


def tunnel(linux):
    return linux.wireguard.get("wg")


def radvd(linux):
    return " ".join(linux.radvd.split())


CONF = f"[Interface]\nPrivateKey = {KEY}\nListenPort = 13231\n"
RA = ("interface {} {{ IgnoreIfMissing on; AdvSendAdvert on; MinRtrAdvInterval {}; MaxRtrAdvInterval {}; AdvDefaultLifetime {}; AdvManagedFlag {}; "
      "AdvOtherConfigFlag {}; AdvSourceLLAddress on;")
ND_OFF = "/ipv6/nd/set [find where interface=all] disabled=yes"
# (name, lines, what to look at, what it must be)
TEXTS = [
    ("link: without a bridge", [], reach("ether2"), (True, True, "")),
    ("link: a port that is tagged", [*BRIDGE, "/interface/bridge/vlan/add bridge=bridge vlan-ids=10,12-14 tagged=bridge,ether3"], reach("v10"),
     (True, True, "")),
    ("link: no row", BRIDGE, reach("v10"), (True, False, "bridge itself is no tagged member of VLAN 10")),
    ("link: no port", [*BRIDGE, "/interface/bridge/vlan/add bridge=bridge vlan-ids=10 tagged=bridge"], reach("v10"),
     (True, False, "no port of bridge is a member of VLAN 10")),
    ("link: a port that takes no tags", [*BRIDGE, "/interface/bridge/vlan/add bridge=bridge vlan-ids=10 tagged=bridge,ether4"], reach("v10"),
     (True, False, "no port of bridge is a member of VLAN 10")),
    ("link: a port untagged", [*BRIDGE, "/interface/bridge/vlan/add bridge=bridge vlan-ids=10 tagged=bridge untagged=ether4"], reach("v10"), (True, True, "")),
    ("link: not the bridge", [*BRIDGE, "/interface/bridge/vlan/add bridge=bridge vlan-ids=10 tagged=ether3"], reach("v10"),
     (True, False, "bridge itself is no tagged member of VLAN 10")),
    ("link: a row that is disabled", [*BRIDGE, "/interface/bridge/vlan/add bridge=bridge vlan-ids=10 tagged=bridge,ether3 disabled=yes"], reach("v10"),
     (True, False, "bridge itself is no tagged member of VLAN 10")),
    ("link: without filtering", [*BRIDGE, "/interface/bridge/set bridge vlan-filtering=no"], reach("v10"), (True, True, "")),
    ("link: disabled", [*BRIDGE, "/interface/bridge/set bridge vlan-filtering=no", "/interface/vlan/disable v10"], reach("v10"), (False, False, "disabled")),
    ("link: the bridge itself, by its pvid", BRIDGE, reach("bridge"), (True, True, "")),
    ("link: the bridge itself, another pvid", [*BRIDGE, "/interface/bridge/set bridge pvid=77"], reach("bridge"),
     (True, False, "no port of bridge is a member of VLAN 77")),
    ("link: a port holds no addresses",
     [*BRIDGE, "/ip/address/add address=10.0.0.1/24 interface=ether3", "/ip/address/add address=10.1.0.1/24 interface=ether2"], held,
     {"ether2": ["10.1.0.1/24"]}),
    ("addresses: disabled ones are none",
     ["/ip/address/add address=10.0.0.1/24 interface=ether2 disabled=yes", "/ipv6/address/add address=fd00::1/64 interface=ether2"], held,
     {"ether2": ["fd00::1/64"]}),
    ("addresses: the lease", ["/ip/dhcp-client/add interface=ether1"], lambda linux: (linux.addresses, linux.routes),
     ({"ether1": ["100.64.0.2/24"]}, ["0.0.0.0/0 via 100.64.0.1 dev ether1 metric 1"])),
    ("addresses: no lease elsewhere", ["/ip/dhcp-client/add interface=ether2"], lambda linux: (linux.addresses, linux.routes), ({}, [])),
    ("routes", ["/ip/address/add address=10.0.0.1/24 interface=ether2", "/ip/route/add dst-address=10.9.0.0/16 gateway=10.0.0.9 distance=3",
                "/ip/route/add dst-address=10.8.0.0/16 gateway=10.77.0.9", "/ip/route/add dst-address=10.7.0.0/16 gateway=ether3",
                "/ip/route/add dst-address=10.6.0.0/16 gateway=ether3 disabled=yes", "/ip/route/add dst-address=10.5.0.0/16 blackhole=yes",
                "/ipv6/route/add dst-address=fd09::/16 gateway=fe80::5%ether2"], routes,
     ["10.7.0.0/16 dev ether3 metric 1", "10.9.0.0/16 via 10.0.0.9 dev ether2 metric 3", "blackhole 10.5.0.0/16 metric 1",
      "fd09::/16 via fe80::5 dev ether2 metric 257"]),
    ("WireGuard: no peer, no routes", TUNNEL, lambda linux: (linux.wireguard, linux.routes), ({"wg": CONF}, [])),
    ("WireGuard: peers", [*TUNNEL, f'{PEER} preshared-key="{KEY}" endpoint-address=203.0.113.10 endpoint-port=51820 persistent-keepalive=1m'], tunnel,
     f"{CONF}\n[Peer]\nPublicKey = {OTHER}\nPresharedKey = {KEY}\nEndpoint = 203.0.113.10:51820\n"
     "AllowedIPs = 10.100.0.0/24, fd00::/64\nPersistentKeepalive = 60\n"),
    ("WireGuard: a peer without an endpoint", [*TUNNEL, PEER], tunnel, f"{CONF}\n[Peer]\nPublicKey = {OTHER}\nPresharedKey = {'A' * 43}=\n"
     "AllowedIPs = 10.100.0.0/24, fd00::/64\nPersistentKeepalive = 0\n"),
    ("WireGuard: an endpoint with IPv6", [*TUNNEL, f"{PEER} endpoint-address=2001:db8::1 endpoint-port=1"], tunnel,
     f"{CONF}\n[Peer]\nPublicKey = {OTHER}\nPresharedKey = {'A' * 43}=\nEndpoint = [2001:db8::1]:1\n"
     "AllowedIPs = 10.100.0.0/24, fd00::/64\nPersistentKeepalive = 0\n"),
    ("WireGuard: a peer that is disabled", [*TUNNEL, f"{PEER} disabled=yes"], tunnel, CONF),
    ("WireGuard: disabled", [*TUNNEL, "/interface/wireguard/disable wg"], tunnel, None),
    ("advertisements: the row for all", ["/interface/ethernet/disable [find where name!=ether2]", *TUNNEL], radvd,
     RA.format("ether2", 200, 600, 1800, "off", "off") + " };"),
    ("advertisements: none", [ND_OFF], radvd, ""),
    ("advertisements: the interface's own row wins",
     [ND_OFF, "/ipv6/address/add address=fd00::1/64 interface=ether2", "/ipv6/address/add address=fd01::1/64 interface=ether3",
     "/ipv6/address/add address=fd02::1/64 interface=ether2 advertise=no",
     "/ipv6/nd/add interface=ether2 ra-interval=30s-1m ra-lifetime=none other-configuration=yes managed-address-configuration=yes dns=fd00::53"], radvd,
     RA.format("ether2", 30, 60, 0, "on",
               "on") + " prefix fd00::/64 { AdvOnLink on; AdvAutonomous on; AdvValidLifetime 2592000; AdvPreferredLifetime 604800; };"
     " RDNSS fd00::53 { AdvRDNSSLifetime 180; }; };"),
    ("advertisements: a row that is disabled silences its interface",
     ["/interface/ethernet/disable [find where name!=ether2]", "/ipv6/nd/add interface=ether2 disabled=yes"],
     radvd, ""),
    ("advertisements: a prefix of one's own",
     [ND_OFF, "/ipv6/nd/add interface=ether2", "/ipv6/nd/prefix/add interface=ether2 prefix=fd07::/64 autonomous=no valid-lifetime=1h "
     "preferred-lifetime=30m"], radvd,
     RA.format("ether2", 200, 600, 1800, "off",
               "off") + " prefix fd07::/64 { AdvOnLink on; AdvAutonomous off; AdvValidLifetime 3600; AdvPreferredLifetime 1800; }; };"),
    ("advertisements taken", ["/ipv6/settings/set accept-router-advertisements=yes", *TUNNEL],
     lambda linux: (sorted(linux.solicit), linux.link_sysctls["ether1"][0]),
     (["ether1", "ether2", "ether3", "ether4"], "net/ipv6/conf/ether1/accept_ra=2")),
    ("advertisements not taken while forwarding", [], lambda linux: (linux.solicit, linux.link_sysctls["ether1"][0]),
     (set(), "net/ipv6/conf/ether1/accept_ra=0")),
    ("IPv6 turned off", ["/ipv6/settings/set disable-ipv6=yes", "/ipv6/address/add address=fd00::1/64 interface=ether2"],
     lambda linux: (linux.addresses, linux.radvd, "net/ipv6/conf/all/disable_ipv6=1" in linux.sysctls), ({}, "", True)),
    ("netwatch", ["/tool/netwatch/add host=10.100.0.1 interval=10s timeout=2s startup-delay=20s", "/tool/netwatch/add host=10.100.0.9 disabled=yes"],
     lambda linux: [(ping.host, ping.interval, ping.timeout, ping.startup) for ping in linux.pings], [("10.100.0.1", 10, 2, 20)]),
    ("DHCPv6 client", ["/ipv6/dhcp-client/add interface=ether1 request=address,prefix pool-name=p prefix-hint=::/56"],
     lambda linux: (linux.delegation.linux, linux.delegation.address, linux.delegation.hint), ("ether1", True, 56)),
    ("DHCPv6 client that is disabled", ["/ipv6/dhcp-client/add interface=ether1 request=prefix pool-name=p disabled=yes"], lambda linux: linux.delegation,
     None),
]

# (name, lines, part of the message)
REFUSED = [
    ("a matcher", [f"{F4} packet-size=100-200 action=drop"], "/ip/firewall/filter chain=forward: packet-size=100-200"),
    ("a matcher with a value of its own", [f"{F4} protocol=icmp icmp-options=any action=drop"], "icmp-options=any"),
    ("an action", ["/ip/firewall/mangle/add chain=prerouting action=mark-connection new-connection-mark=x"], "new-connection-mark=x"),
    ("an action without a matcher", ["/ip/firewall/mangle/add chain=prerouting action=clear-df"], "action=clear-df"),
    ("a kind of reject", [f"{F6} action=reject reject-with=icmp-not-neighbour"], "action=reject"),
    ("a name in an address list", ["/ip/firewall/address-list/add list=l address=example.org", f"{F4} src-address-list=l"], "example.org is no address"),
    ("another routing table", ["/ip/route/add dst-address=10.0.0.0/8 gateway=ether2 routing-table=other"], "routing-table=other"),
    ("a netwatch with scripts", ['/tool/netwatch/add host=10.0.0.1 up-script=":put x"'], "up-script"),
    ("two DHCPv6 clients",
     ["/ipv6/dhcp-client/add interface=ether1 request=prefix pool-name=p", "/ipv6/dhcp-client/add interface=ether2 request=prefix pool-name=q"], "several"),
]
