# hlgen: takes everything back that hlgen.rsc of site hill made or took over on this router, and nothing else.
#
#   /import file-name=undo.rsc
#   through the tunnel, which ends here:   :execute script="/import file-name=undo.rsc" file=hlgen-log
#
# What hlgen owns has a comment that begins with "hlgen:hill:". Nothing brings it back: there is no way back armed here.

{

:local hlMine "^hlgen:hill:"
:local hlJump "^hlgen:hill:jump:"

# The hub first: an open tunnel without a firewall must not exist for a moment.
/interface/wireguard/peers/remove [/interface/wireguard/peers/find where comment~$hlMine]
/tool/netwatch/remove [/tool/netwatch/find where comment~$hlMine]

# The prefix goes before the firewall that guards it.
/ipv6/dhcp-client/remove [/ipv6/dhcp-client/find where comment~$hlMine dynamic=no]
/ipv6/address/remove [/ipv6/address/find where comment~$hlMine dynamic=no]
:foreach hlId in=[/ipv6/nd/find] do={
	:local hlComment [/ipv6/nd/get $hlId comment]
	:if ("$hlComment" = "hlgen:hill:nd") do={/ipv6/nd/remove $hlId}
	:if ("$hlComment" = "hlgen:hill:nd:default") do={/ipv6/nd/set $hlId disabled=no comment=""}
}
/system/script/remove [/system/script/find where comment~$hlMine]

# The jumps before the chains that they lead to.
/ip/firewall/filter/remove [/ip/firewall/filter/find where comment~$hlJump dynamic=no]
/ip/firewall/filter/remove [/ip/firewall/filter/find where comment~$hlMine dynamic=no]
/ipv6/firewall/filter/remove [/ipv6/firewall/filter/find where comment~$hlJump dynamic=no]
/ipv6/firewall/filter/remove [/ipv6/firewall/filter/find where comment~$hlMine dynamic=no]
/ip/firewall/mangle/remove [/ip/firewall/mangle/find where comment~$hlMine dynamic=no]
/ipv6/firewall/address-list/remove [/ipv6/firewall/address-list/find where comment~$hlMine dynamic=no]

/ip/route/remove [/ip/route/find where comment~$hlMine dynamic=no]
/ipv6/route/remove [/ipv6/route/find where comment~$hlMine dynamic=no]
/ip/address/remove [/ip/address/find where comment~$hlMine dynamic=no]
/interface/wireguard/remove [/interface/wireguard/find where comment~$hlMine]
/interface/list/member/remove [/interface/list/member/find where comment~$hlMine dynamic=no]
/interface/list/remove [/interface/list/find where comment~$hlMine]
/interface/bridge/vlan/remove [/interface/bridge/vlan/find where comment~$hlMine dynamic=no]
/interface/vlan/remove [/interface/vlan/find where comment~$hlMine]

# An import that still waited for its confirmation is over, too.
/system/scheduler/remove [/system/scheduler/find where comment~$hlMine]
:foreach hlId in=[/file/find where name="hlgen-hill.backup"] do={/file/remove $hlId}
:foreach hlId in=[/file/find where name="flash/hlgen-hill.backup"] do={/file/remove $hlId}

:put "hlgen: hill: removed from this router"
:log info "hlgen: hill: undo done"

}
