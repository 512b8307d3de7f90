# hlgen: takes everything back that hlgen.rsc of site ruddenchaux made on this router, and nothing else.
#
#   /import file-name=undo.rsc
#
# What hlgen owns has a comment that begins with "hlgen:ruddenchaux:". Do not import this through the tunnel: it ends here.

{

:local hlMine "^hlgen:ruddenchaux:"
:local hlJump "^hlgen:ruddenchaux:jump:"

# The hub first: an open tunnel without a firewall must not exist for a moment.
/interface/wireguard/peers/remove [/interface/wireguard/peers/find where comment~$hlMine]

# The jumps before the chains that they lead to.
/ip/firewall/filter/remove [/ip/firewall/filter/find where comment~$hlJump dynamic=no]
/ip/firewall/filter/remove [/ip/firewall/filter/find where comment~$hlMine dynamic=no]
/ipv6/firewall/filter/remove [/ipv6/firewall/filter/find where comment~$hlJump dynamic=no]
/ipv6/firewall/filter/remove [/ipv6/firewall/filter/find where comment~$hlMine dynamic=no]

/ip/route/remove [/ip/route/find where comment~$hlMine dynamic=no]
/ipv6/route/remove [/ipv6/route/find where comment~$hlMine dynamic=no]
/ip/address/remove [/ip/address/find where comment~$hlMine dynamic=no]
/ipv6/address/remove [/ipv6/address/find where comment~$hlMine dynamic=no]
/interface/wireguard/remove [/interface/wireguard/find where comment~$hlMine]

:put "hlgen: ruddenchaux: removed from this router"
:log info "hlgen: ruddenchaux: undo done"

}
