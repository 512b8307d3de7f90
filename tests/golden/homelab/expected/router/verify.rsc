# hlgen: how site ruddenchaux is doing on this router. Changes nothing.
#
#   /import file-name=verify.rsc

{

:local hlMine "^hlgen:ruddenchaux:"
:put "hlgen: ruddenchaux"

# The hub answers when the last handshake is younger than about three minutes. (No print of these menus: it would show keys.)
:local hlPeers [/interface/wireguard/peers/find where comment~$hlMine]
:if ([:len $hlPeers] = 0) do={:put "tunnel: NO peer: hlgen.rsc has not been imported"}
:foreach hlId in=$hlPeers do={
	:local hlHas [/interface/wireguard/peers/get $hlId]
	:local hlAge ($hlHas->"last-handshake")
	:local hlIn ($hlHas->"rx")
	:local hlOut ($hlHas->"tx")
	:if ("$hlAge" = "") do={
		:put "tunnel: NO handshake yet. Is the VPS up, and does UDP 51820 reach 89.167.62.126?"
	} else={
		:put "tunnel: last handshake $hlAge ago, received $hlIn, sent $hlOut bytes"
	}
}
:foreach hlId in=[/interface/wireguard/find where comment~$hlMine] do={
	:local hlHas [/interface/wireguard/get $hlId]
	:put ("tunnel: interface " . ($hlHas->"name") . ", UDP port " . ($hlHas->"listen-port") . ", MTU " . ($hlHas->"mtu"))
	:put ("tunnel: its public key is " . ($hlHas->"public-key"))
	:if (($hlHas->"public-key") != "BUeS1L4A1HRkIsmWXf7cI4+AuXBi3ajvpnvsu+KIWR8=") do={:put "tunnel: WRONG key: the VPS knows BUeS1L4A1HRkIsmWXf7cI4+AuXBi3ajvpnvsu+KIWR8="}
}
:foreach hlId in=[/tool/netwatch/find where comment~$hlMine] do={
	:local hlHas [/tool/netwatch/get $hlId]
	:put ("tunnel: the hub 10.100.0.1 is " . ($hlHas->"status") . " since " . ($hlHas->"since"))
}
:foreach hlId in=[/system/scheduler/find where comment="hlgen:ruddenchaux:rollback"] do={
	:put ("NOT CONFIRMED: the router goes back at " . [/system/scheduler/get $hlId next-run] . "; to keep what it has: /import file-name=confirm.rsc")
}

:put "addresses"
/ip/address/print where comment~$hlMine
:put "routes into the tunnel (A: active)"
/ip/route/print where comment~$hlMine

:put "VLANs: interfaces, the bridge's table, filtering"
/interface/vlan/print where comment~$hlMine
/interface/bridge/vlan/print where bridge="bridge"
:foreach hlId in=[/interface/bridge/find where name="bridge"] do={
	:put ("vlan-filtering of bridge: " . [/interface/bridge/get $hlId vlan-filtering])
}

# The prefix as the provider gave it, the router's address in every network as it is and as it should be, the ingress.
:put "IPv6"
:local hlBase ""
:if ([:len [/ipv6/dhcp-client/find where comment~$hlMine]] = 0) do={:put "provider: NO DHCPv6 client on ether1"}
:foreach hlId in=[/ipv6/dhcp-client/find where comment~$hlMine] do={
	:local hlHas [/ipv6/dhcp-client/get $hlId]
	:put ("provider: " . ($hlHas->"status") . ", prefix and lifetime " . [:tostr ($hlHas->"prefix")])
}
:foreach hlId in=[/ipv6/pool/find where name="starlink-pd"] do={
	:local hlText [:tostr [/ipv6/pool/get $hlId prefix]]
	:put "pool starlink-pd: $hlText"
	:set hlBase [:toip6 [:pick $hlText 0 [:find "$hlText/" "/"]]]
}
:if ("$hlBase" = "") do={:put "pool starlink-pd: NOT BOUND, so no network has an address from it"}
:if ([:len [/ipv6/address/find where comment="hlgen:ruddenchaux:gateway6:30"]] = 0) do={:put "network kubernetes: NO IPv6 address"}
:foreach hlId in=[/ipv6/address/find where comment="hlgen:ruddenchaux:gateway6:30"] do={
	:local hlHas [/ipv6/address/get $hlId]
	:local hlText [:tostr ($hlHas->"address")]
	:local hlVerdict "waits for the pool"
	:if ("$hlBase" != "") do={
		:set hlVerdict "as it should be"
		:local hlWant ($hlBase | [:toip6 "::30:0:0:0:1"])
		:if ([:toip6 [:pick $hlText 0 [:find "$hlText/" "/"]]] != $hlWant) do={:set hlVerdict "WRONG, should be $hlWant"}
		:local hlInvalid ($hlHas->"invalid")
		:if ("$hlInvalid" = "true") do={:set hlVerdict "INVALID, should be $hlWant"}
	}
	:if ($hlHas->"disabled") do={:set hlVerdict "TURNED OFF"}
	:put "network kubernetes: $hlText, $hlVerdict"
}
:if ([:len [/ipv6/address/find where comment="hlgen:ruddenchaux:gateway6:10"]] = 0) do={:put "network management: NO IPv6 address"}
:foreach hlId in=[/ipv6/address/find where comment="hlgen:ruddenchaux:gateway6:10"] do={
	:local hlHas [/ipv6/address/get $hlId]
	:local hlText [:tostr ($hlHas->"address")]
	:local hlVerdict "waits for the pool"
	:if ("$hlBase" != "") do={
		:set hlVerdict "as it should be"
		:local hlWant ($hlBase | [:toip6 "::10:0:0:0:1"])
		:if ([:toip6 [:pick $hlText 0 [:find "$hlText/" "/"]]] != $hlWant) do={:set hlVerdict "WRONG, should be $hlWant"}
		:local hlInvalid ($hlHas->"invalid")
		:if ("$hlInvalid" = "true") do={:set hlVerdict "INVALID, should be $hlWant"}
	}
	:if ($hlHas->"disabled") do={:set hlVerdict "TURNED OFF"}
	:put "network management: $hlText, $hlVerdict"
}
:if ([:len [/ipv6/address/find where comment="hlgen:ruddenchaux:gateway6:20"]] = 0) do={:put "network trusted-lan: NO IPv6 address"}
:foreach hlId in=[/ipv6/address/find where comment="hlgen:ruddenchaux:gateway6:20"] do={
	:local hlHas [/ipv6/address/get $hlId]
	:local hlText [:tostr ($hlHas->"address")]
	:local hlVerdict "waits for the pool"
	:if ("$hlBase" != "") do={
		:set hlVerdict "as it should be"
		:local hlWant ($hlBase | [:toip6 "::20:0:0:0:1"])
		:if ([:toip6 [:pick $hlText 0 [:find "$hlText/" "/"]]] != $hlWant) do={:set hlVerdict "WRONG, should be $hlWant"}
		:local hlInvalid ($hlHas->"invalid")
		:if ("$hlInvalid" = "true") do={:set hlVerdict "INVALID, should be $hlWant"}
	}
	:if ($hlHas->"disabled") do={:set hlVerdict "TURNED OFF"}
	:put "network trusted-lan: $hlText, $hlVerdict"
}
:if ([:len [/ipv6/firewall/address-list/find where comment="hlgen:ruddenchaux:ingress"]] = 0) do={:put "ingress: NOT in the firewall's list"}
:foreach hlId in=[/ipv6/firewall/address-list/find where comment="hlgen:ruddenchaux:ingress"] do={
	:local hlHas [/ipv6/firewall/address-list/get $hlId]
	:local hlText [:tostr ($hlHas->"address")]
	:local hlVerdict "waits for the pool"
	:if ("$hlBase" != "") do={
		:set hlVerdict "as it should be"
		:local hlWant ($hlBase | [:toip6 "::30:0:0:0:200"])
		:if ([:toip6 [:pick $hlText 0 [:find "$hlText/" "/"]]] != $hlWant) do={:set hlVerdict "WRONG, should be $hlWant"}
		:if ($hlHas->"disabled") do={:set hlVerdict "TURNED OFF"}
	}
	:put "ingress, open to the internet on 80 and 443: $hlText, $hlVerdict"
}
/ipv6/nd/print

# The order matters: hlgen's jumps must stand before every rule that could decide about a new connection.
:put "IPv4 rules, in their order"
/ip/firewall/filter/print where chain=forward
/ip/firewall/filter/print where chain=input
/ip/firewall/filter/print where comment~$hlMine

# The order matters: hlgen's jumps must stand before every rule that could decide about a new connection.
:put "IPv6 rules, in their order"
/ipv6/firewall/filter/print where chain=forward
/ipv6/firewall/filter/print where chain=input
/ipv6/firewall/filter/print where comment~$hlMine
/ipv6/address/print where comment~$hlMine
/ipv6/route/print where comment~$hlMine
:put "what hlgen has logged"
/log/print where message~"hlgen: ruddenchaux:"

}
