# hlgen: how site hill is doing on this router. Changes nothing.
#
#   /import file-name=verify.rsc

{

:local hlMine "^hlgen:hill:"
:put "hlgen: hill"

# The hub answers when the last handshake is younger than about three minutes. (No print of these menus: it would show keys.)
:local hlPeers [/interface/wireguard/peers/find where comment~$hlMine]
:if ([:len $hlPeers] = 0) do={:put "tunnel: NO peer: hlgen.rsc has not been imported"}
:foreach hlId in=$hlPeers do={
	:local hlHas [/interface/wireguard/peers/get $hlId]
	:local hlAge ($hlHas->"last-handshake")
	:local hlIn ($hlHas->"rx")
	:local hlOut ($hlHas->"tx")
	:if ("$hlAge" = "") do={
		:put "tunnel: NO handshake yet. Is the VPS up, and does UDP 51820 reach 198.51.100.7?"
	} else={
		:put "tunnel: last handshake $hlAge ago, received $hlIn, sent $hlOut bytes"
	}
}
:foreach hlId in=[/interface/wireguard/find where comment~$hlMine] do={
	:local hlHas [/interface/wireguard/get $hlId]
	:put ("tunnel: interface " . ($hlHas->"name") . ", UDP port " . ($hlHas->"listen-port") . ", MTU " . ($hlHas->"mtu"))
	:put ("tunnel: its public key is " . ($hlHas->"public-key"))
	:if (($hlHas->"public-key") != "3a7+kYcNv7k+doetaRmSi6PIQpsHDrcRTwm5BNAVdlU=") do={:put "tunnel: WRONG key: the VPS knows 3a7+kYcNv7k+doetaRmSi6PIQpsHDrcRTwm5BNAVdlU="}
}
:foreach hlId in=[/tool/netwatch/find where comment~$hlMine] do={
	:local hlHas [/tool/netwatch/get $hlId]
	:put ("tunnel: the hub 10.100.0.1 is " . ($hlHas->"status") . " since " . ($hlHas->"since"))
}
:foreach hlId in=[/system/scheduler/find where comment="hlgen:hill:rollback"] do={
	:put ("NOT CONFIRMED: the router goes back at " . [/system/scheduler/get $hlId next-run] . "; to keep what it has: /import file-name=confirm.rsc")
}

:put "addresses"
/ip/address/print where comment~$hlMine
:put "routes into the tunnel (A: active)"
/ip/route/print where comment~$hlMine

# The prefix as the provider gave it, the router's address in every network as it is and as it should be, the ingress.
:put "IPv6"
:local hlBase ""
:if ([:len [/ipv6/dhcp-client/find where comment~$hlMine]] = 0) do={:put "provider: NO DHCPv6 client on ether1"}
:foreach hlId in=[/ipv6/dhcp-client/find where comment~$hlMine] do={
	:local hlHas [/ipv6/dhcp-client/get $hlId]
	:put ("provider: " . ($hlHas->"status") . ", prefix and lifetime " . [:tostr ($hlHas->"prefix")])
}
:foreach hlId in=[/ipv6/pool/find where name="hlgen-pd"] do={
	:local hlText [:tostr [/ipv6/pool/get $hlId prefix]]
	:put "pool hlgen-pd: $hlText"
	:set hlBase [:toip6 [:pick $hlText 0 [:find "$hlText/" "/"]]]
}
:if ("$hlBase" = "") do={:put "pool hlgen-pd: NOT BOUND, so no network has an address from it"}
:if ([:len [/ipv6/address/find where comment="hlgen:hill:gateway6:e3"]] = 0) do={:put "network cluster: NO IPv6 address"}
:foreach hlId in=[/ipv6/address/find where comment="hlgen:hill:gateway6:e3"] do={
	:local hlHas [/ipv6/address/get $hlId]
	:local hlText [:tostr ($hlHas->"address")]
	:local hlVerdict "waits for the pool"
	:if ("$hlBase" != "") do={
		:set hlVerdict "as it should be"
		:local hlWant ($hlBase | [:toip6 "::e3:0:0:0:1"])
		:if ([:toip6 [:pick $hlText 0 [:find "$hlText/" "/"]]] != $hlWant) do={:set hlVerdict "WRONG, should be $hlWant"}
		:local hlInvalid ($hlHas->"invalid")
		:if ("$hlInvalid" = "true") do={:set hlVerdict "INVALID, should be $hlWant"}
	}
	:if ($hlHas->"disabled") do={:set hlVerdict "TURNED OFF"}
	:put "network cluster: $hlText, $hlVerdict"
}
:if ([:len [/ipv6/address/find where comment="hlgen:hill:gateway6:0"]] = 0) do={:put "network lan: NO IPv6 address"}
:foreach hlId in=[/ipv6/address/find where comment="hlgen:hill:gateway6:0"] do={
	:local hlHas [/ipv6/address/get $hlId]
	:local hlText [:tostr ($hlHas->"address")]
	:local hlVerdict "waits for the pool"
	:if ("$hlBase" != "") do={
		:set hlVerdict "as it should be"
		:local hlWant ($hlBase | [:toip6 "::1"])
		:if ([:toip6 [:pick $hlText 0 [:find "$hlText/" "/"]]] != $hlWant) do={:set hlVerdict "WRONG, should be $hlWant"}
		:local hlInvalid ($hlHas->"invalid")
		:if ("$hlInvalid" = "true") do={:set hlVerdict "INVALID, should be $hlWant"}
	}
	:if ($hlHas->"disabled") do={:set hlVerdict "TURNED OFF"}
	:put "network lan: $hlText, $hlVerdict"
}
:if ([:len [/ipv6/firewall/address-list/find where comment="hlgen:hill:ingress"]] = 0) do={:put "ingress: NOT in the firewall's list"}
:foreach hlId in=[/ipv6/firewall/address-list/find where comment="hlgen:hill:ingress"] do={
	:local hlHas [/ipv6/firewall/address-list/get $hlId]
	:local hlText [:tostr ($hlHas->"address")]
	:local hlVerdict "waits for the pool"
	:if ("$hlBase" != "") do={
		:set hlVerdict "as it should be"
		:local hlWant ($hlBase | [:toip6 "::e3:0:0:0:210"])
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
/log/print where message~"hlgen: hill:"

}
