# hlgen: how the tunnel of site cabin-2 is doing on this router. Changes nothing.
#
#   /import file-name=verify.rsc

{

:local hlMine "^hlgen:cabin-2:"
:put "hlgen: cabin-2"

# The hub answers when the last handshake is younger than about three minutes.
:foreach hlId in=[/interface/wireguard/peers/find where comment~$hlMine] do={
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

:put "the interface's public key, which the VPS must know: xiwXTDxXDsbz6/19tjHI0frNn73fIWu5N3QXpIR1Xy4="
/interface/wireguard/print where comment~$hlMine
:put "addresses"
/ip/address/print where comment~$hlMine
:put "routes into the tunnel (A: active)"
/ip/route/print where comment~$hlMine

# The order matters: the jump to hlgen's chain must stand before every rule that could decide about a new connection.
:put "IPv4 rules, in their order"
/ip/firewall/filter/print where chain=forward
/ip/firewall/filter/print where chain=input
/ip/firewall/filter/print where comment~$hlMine

}
