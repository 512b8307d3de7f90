# hlgen: how site cabin-2 is doing on this router. Changes nothing.
#
#   /import file-name=verify.rsc

{

:local hlMine "^hlgen:cabin-2:"
:put "hlgen: cabin-2"

# The hub answers when the last handshake is younger than about three minutes. (No print of these menus: it would show keys.)
:local hlPeers [/interface/wireguard/peers/find where comment~$hlMine]
:if ([:len $hlPeers] = 0) do={:put "tunnel: NO peer: hlgen.rsc has not been imported"}
:foreach hlId in=$hlPeers do={
	:local hlHas [/interface/wireguard/peers/get $hlId]
	:local hlAge ($hlHas->"last-handshake")
	:local hlIn ($hlHas->"rx")
	:local hlOut ($hlHas->"tx")
	:if ("$hlAge" = "") do={
		:put "tunnel: NO handshake yet. Is the VPS up, and does UDP 443 reach 198.51.100.7?"
	} else={
		:put "tunnel: last handshake $hlAge ago, received $hlIn, sent $hlOut bytes"
	}
}
:foreach hlId in=[/interface/wireguard/find where comment~$hlMine] do={
	:local hlHas [/interface/wireguard/get $hlId]
	:put ("tunnel: interface " . ($hlHas->"name") . ", UDP port " . ($hlHas->"listen-port") . ", MTU " . ($hlHas->"mtu"))
	:put ("tunnel: its public key is " . ($hlHas->"public-key"))
	:if (($hlHas->"public-key") != "xiwXTDxXDsbz6/19tjHI0frNn73fIWu5N3QXpIR1Xy4=") do={:put "tunnel: WRONG key: the VPS knows xiwXTDxXDsbz6/19tjHI0frNn73fIWu5N3QXpIR1Xy4="}
}
:foreach hlId in=[/tool/netwatch/find where comment~$hlMine] do={
	:local hlHas [/tool/netwatch/get $hlId]
	:put ("tunnel: the hub 172.20.3.254 is " . ($hlHas->"status") . " since " . ($hlHas->"since"))
}
:foreach hlId in=[/system/scheduler/find where comment="hlgen:cabin-2:rollback"] do={
	:put ("NOT CONFIRMED: the router goes back at " . [/system/scheduler/get $hlId next-run] . "; to keep what it has: /import file-name=confirm.rsc")
}

:put "addresses"
/ip/address/print where comment~$hlMine
:put "routes into the tunnel (A: active)"
/ip/route/print where comment~$hlMine

# The order matters: hlgen's jumps must stand before every rule that could decide about a new connection.
:put "IPv4 rules, in their order"
/ip/firewall/filter/print where chain=forward
/ip/firewall/filter/print where chain=input
/ip/firewall/filter/print where comment~$hlMine
:put "what hlgen has logged"
/log/print where message~"hlgen: cabin-2:"

}
