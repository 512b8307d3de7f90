# hlgen: the router of site cabin-2, for RouterOS 7.12 or later. Made from the site file.
#
# This file holds a private key: remove it from the router after the import.
#
#   try first, from RouterOS 7.16:   /import file-name=hlgen.rsc verbose=yes dry-run
#   import:                          /import file-name=hlgen.rsc
#   look at the result:              /import file-name=verify.rsc
#   take everything back:            /import file-name=undo.rsc
#
# What this script owns has a comment that begins with "hlgen:cabin-2:". Nothing else is changed or removed.
# It compares before it writes: a second import writes nothing, and a running tunnel stays up.
# It stops before the first change when something of yours is in the way, and says what.
# The tunnel opens last, behind its firewall. An import that was interrupted is mended by importing again.

# One block: with verbose=yes every statement on its own would forget the variables of the one before.
{

# ---- What the site file says ----

:local hlOwn "hlgen:cabin-2:"
:local hlMine "^hlgen:cabin-2:"
:local hlTagWg "hlgen:cabin-2:wireguard:tunnel"
:local hlTagHub "hlgen:cabin-2:peer:hub"

:local hlRelease "7.12"
:local hlWg "wg.cabin"
:local hlPort 51821
:local hlMtu 1380
:local hlPublic "xiwXTDxXDsbz6/19tjHI0frNn73fIWu5N3QXpIR1Xy4="
:local hlPrivate "<secret: wireguard private key of router>"

:local hlHub "yj3nunFhX3R/+k8/4va4EZ8TNCAxii/NKDx1H6TmS3U="
:local hlEndpoint "198.51.100.7"
:local hlEndpointPort 443
:local hlKeepalive 20s
:local hlAllowed "172.20.3.254/32"
:local hlShared ""

# ---- Helpers ----

# The release as a number that can be compared: "7.20.8 (stable)" is 7020. (Syntax changes with the second number only.)
:local hlRank do={
	:local hlDot [:find $1 "."]
	:local hlMajor [:tonum [:pick $1 0 $hlDot]]
	:local hlMinor [:tonum [:pick $1 ($hlDot + 1) ($hlDot + 3)]]
	:if ([:typeof $hlMinor] != "num") do={:set hlMinor [:tonum [:pick $1 ($hlDot + 1)]]}
	:return (($hlMajor * 1000) + $hlMinor)
}

# The address of a prefix, as the router spells it: "fd00:0::1/64" is fd00::1.
:local hlPlain do={
	:local hlText [:pick $1 0 [:find $1 "/"]]
	:if ($hlText ~ ":") do={:set hlText [:toip6 $hlText]}
	:return "$hlText"
}

# True when a row of a menu ($2) differs from what is wanted ($1, an array of properties; "" is: not set).
# The router has its own spelling: a host without /32, lists as arrays, times as text, other IPv6 zeros.
:local hlDiffers do={
	:local hlAnswer false
	:foreach hlName,hlWant in=$1 do={
		:local hlNow ($2->$hlName)
		:if ([:typeof $hlNow] = "array") do={
			:local hlText ""
			:foreach hlPart in=$hlNow do={
				:set hlText "$hlText,$hlPart"
			}
			:set hlNow [:pick $hlText 1 [:len $hlText]]
		}
		:if ([:typeof $hlWant] = "time") do={
			:set hlNow [:totime "$hlNow"]
			:if ([:typeof $hlNow] != "time") do={:set hlNow 0s}
		}
		:local hlOther ("$hlNow" != "$hlWant")
		# A list or a prefix in another spelling: as many elements, and each wanted one is there.
		:if ($hlOther && ("$hlWant" ~ "[,/]")) do={
			:local hlParts [:toarray "$hlWant"]
			:set hlOther ([:len $hlParts] != [:len [:toarray "$hlNow"]])
			:foreach hlPart in=$hlParts do={
				:local hlHost "$hlPart"
				:local hlLength ""
				:local hlSingle "/32"
				:local hlSlash [:find $hlHost "/"]
				:if ([:typeof $hlSlash] = "num") do={
					:set hlLength [:pick $hlHost $hlSlash [:len $hlHost]]
					:set hlHost [:pick $hlHost 0 $hlSlash]
				}
				:if ($hlHost ~ ":") do={
					:set hlHost [:toip6 $hlHost]
					:set hlSingle "/128"
				}
				:local hlFound [:find ",$hlNow," ",$hlHost$hlLength,"]
				:if (([:typeof $hlFound] = "nil") && ($hlLength = $hlSingle)) do={
					:set hlFound [:find ",$hlNow," ",$hlHost,"]
				}
				:if ([:typeof $hlFound] = "nil") do={:set hlOther true}
			}
		}
		:if ($hlOther) do={:set hlAnswer true}
	}
	:return $hlAnswer
}

# True when a rule of yours (a row, $1) cannot decide about a new connection from the tunnel: it counts or logs,
# it accepts what is established, it drops what is invalid, or it accepts what came out of IPsec.
:local hlHarmless do={
	:local hlAction ($1->"action")
	:local hlState ($1->"connection-state")
	:local hlIpsec ($1->"ipsec-policy")
	:local hlAnswer (",log,passthrough,add-src-to-address-list,add-dst-to-address-list," ~ ",$hlAction,")
	:if (("$hlAction" = "drop") && ("$hlState" = "invalid")) do={:set hlAnswer true}
	:if (("$hlAction" = "accept") || ("$hlAction" = "fasttrack-connection")) do={
		:if (("$hlState" != "") && !("$hlState" ~ "new|!")) do={:set hlAnswer true}
		:if ("$hlIpsec" ~ "ipsec\$") do={:set hlAnswer true}
	}
	:return $hlAnswer
}

# ---- Before the first change: is anything in the way? ----

:local hlRunning [/system/resource/get version]
:if ([$hlRank $hlRunning] < [$hlRank $hlRelease]) do={
	:error "hlgen: this script is for RouterOS $hlRelease or later, here runs $hlRunning"
}

:if ([:len [/interface/find where name=$hlWg]] > [:len [/interface/wireguard/find where name=$hlWg comment=$hlTagWg]]) do={
	:error "hlgen: the name $hlWg belongs to an interface that is not hlgen's: rename it or choose another router.interface"
}

:local hlBusy [:len [/interface/wireguard/find where listen-port=$hlPort disabled=no]]
:if ($hlBusy > [:len [/interface/wireguard/find where listen-port=$hlPort disabled=no comment=$hlTagWg]]) do={
	:error "hlgen: another WireGuard interface listens on port $hlPort already"
}

:set hlBusy [:len [/interface/wireguard/peers/find where interface=$hlWg public-key=$hlHub]]
:if ($hlBusy > [:len [/interface/wireguard/peers/find where interface=$hlWg public-key=$hlHub comment=$hlTagHub]]) do={
	:error "hlgen: $hlWg has a peer with the hub's public key that is not hlgen's: remove that peer"
}

# The IPv4 address of the tunnel may be on no other interface, whatever its length there.
:foreach hlId in=[/ip/address/find] do={
	:local hlHas [/ip/address/get $hlId]
	:local hlText ($hlHas->"address")
	:local hlComment ($hlHas->"comment")
	:local hlPlace ($hlHas->"interface")
	:local hlSame ([:pick "$hlText" 0 [:find "$hlText/" "/"]] = [$hlPlain "172.20.0.1/22"])
	:if ($hlSame && ("$hlComment" != "hlgen:cabin-2:address:ip")) do={
		:error "hlgen: the tunnel address $hlText is on $hlPlace already"
	}
}

# ---- WireGuard interface ----

:local hlWrites 0
:local hlWgIds [/interface/wireguard/find where comment=$hlTagWg]
:local hlWgId ($hlWgIds->0)
:if ([:len $hlWgIds] = 0) do={
	:put "hlgen: add interface $hlWg"
	:set hlWrites ($hlWrites + 1)
	:set hlWgId [/interface/wireguard/add name=$hlWg listen-port=$hlPort mtu=$hlMtu private-key=$hlPrivate comment=$hlTagWg]
} else={
	:local hlHas [/interface/wireguard/get $hlWgId]
	:local hlKey ($hlHas->"public-key")
	:local hlWant {"name"=$hlWg;"listen-port"=$hlPort;"mtu"=$hlMtu;"disabled"=false}
	:if ([$hlDiffers $hlWant $hlHas]) do={
		:put "hlgen: change interface $hlWg"
		:set hlWrites ($hlWrites + 1)
		/interface/wireguard/set $hlWgId name=$hlWg listen-port=$hlPort mtu=$hlMtu disabled=no
	}
	# An equal private key is not set again: that might end the session.
	:if ("$hlKey" != $hlPublic) do={
		:put "hlgen: change the private key of $hlWg"
		:set hlWrites ($hlWrites + 1)
		/interface/wireguard/set $hlWgId private-key=$hlPrivate
	}
}

# ---- IPv4: what may come out of the tunnel ----

{
	# The rules in their order. Only what is named here may open connections; the rest of the tunnel's traffic is dropped.
	:local hlRules [:toarray ""]
	:set ($hlRules->[:len $hlRules]) {"part"="forward";"name"="established";"action"="accept";"state"="established,related";"from"="";"to"="";"protocol"="";"port"=""}
	:set ($hlRules->[:len $hlRules]) {"part"="forward";"name"="invalid";"action"="drop";"state"="invalid";"from"="";"to"="";"protocol"="";"port"=""}
	# relay blind to 192.168.88.9
	:set ($hlRules->[:len $hlRules]) {"part"="forward";"name"="relay/blind";"action"="accept";"state"="";"from"="172.20.3.254/32";"to"="192.168.88.9/32";"protocol"="tcp";"port"="443"}
	# relay git-ssh to 192.168.88.5
	:set ($hlRules->[:len $hlRules]) {"part"="forward";"name"="relay/git-ssh";"action"="accept";"state"="";"from"="172.20.3.254/32";"to"="192.168.88.5/32";"protocol"="tcp";"port"="22"}
	# relay tls to 192.168.40.100
	:set ($hlRules->[:len $hlRules]) {"part"="forward";"name"="relay/tls";"action"="accept";"state"="";"from"="172.20.3.254/32";"to"="192.168.40.100/32";"protocol"="tcp";"port"="8443"}
	# clients behind the hub to home
	:set ($hlRules->[:len $hlRules]) {"part"="forward";"name"="clients/home";"action"="accept";"state"="";"from"="172.20.3.254/32";"to"="192.168.88.0/24";"protocol"="";"port"=""}
	# clients behind the hub to servers
	:set ($hlRules->[:len $hlRules]) {"part"="forward";"name"="clients/servers";"action"="accept";"state"="";"from"="172.20.3.254/32";"to"="192.168.40.0/23";"protocol"="";"port"=""}
	# clients behind the hub to 192.168.40.7/tcp
	:set ($hlRules->[:len $hlRules]) {"part"="forward";"name"="clients/192.168.40.7/tcp";"action"="accept";"state"="";"from"="172.20.3.254/32";"to"="192.168.40.7/32";"protocol"="tcp";"port"=""}
	# clients behind the hub to 192.168.88.5:8000-8010/udp
	:set ($hlRules->[:len $hlRules]) {"part"="forward";"name"="clients/192.168.88.5:8000-8010/udp";"action"="accept";"state"="";"from"="172.20.3.254/32";"to"="192.168.88.5/32";"protocol"="udp";"port"="8000-8010"}
	# clients behind the hub to ingress
	:set ($hlRules->[:len $hlRules]) {"part"="forward";"name"="clients/ingress";"action"="accept";"state"="";"from"="172.20.3.254/32";"to"="192.168.40.100/32";"protocol"="";"port"=""}
	:set ($hlRules->[:len $hlRules]) {"part"="forward";"name"="drop";"action"="drop";"state"="";"from"="";"to"="";"protocol"="";"port"=""}

	# To the router itself. The hub may ping it, to see that the tunnel works.
	:set ($hlRules->[:len $hlRules]) {"part"="input";"name"="established";"action"="accept";"state"="established,related";"from"="";"to"="";"protocol"="";"port"=""}
	:set ($hlRules->[:len $hlRules]) {"part"="input";"name"="invalid";"action"="drop";"state"="invalid";"from"="";"to"="";"protocol"="";"port"=""}
	:set ($hlRules->[:len $hlRules]) {"part"="input";"name"="hub-ping";"action"="accept";"state"="";"from"="172.20.3.254/32";"to"="172.20.0.0/22";"protocol"="icmp";"port"=""}
	# clients behind the hub to dns/192.168.88.1/tcp
	:set ($hlRules->[:len $hlRules]) {"part"="input";"name"="clients/dns/192.168.88.1/tcp";"action"="accept";"state"="";"from"="172.20.3.254/32";"to"="192.168.88.1/32";"protocol"="tcp";"port"="53"}
	# clients behind the hub to dns/192.168.88.1/udp
	:set ($hlRules->[:len $hlRules]) {"part"="input";"name"="clients/dns/192.168.88.1/udp";"action"="accept";"state"="";"from"="172.20.3.254/32";"to"="192.168.88.1/32";"protocol"="udp";"port"="53"}
	# clients behind the hub to router-in/home
	:set ($hlRules->[:len $hlRules]) {"part"="input";"name"="clients/router-in/home";"action"="accept";"state"="";"from"="172.20.3.254/32";"to"="192.168.88.1/32";"protocol"="";"port"=""}
	# clients behind the hub to router-in/servers
	:set ($hlRules->[:len $hlRules]) {"part"="input";"name"="clients/router-in/servers";"action"="accept";"state"="";"from"="172.20.3.254/32";"to"="192.168.41.254/32";"protocol"="";"port"=""}
	:set ($hlRules->[:len $hlRules]) {"part"="input";"name"="drop";"action"="drop";"state"="";"from"="";"to"="";"protocol"="";"port"=""}

	# From the last to the first, so that a new rule is put before its neighbour. It is disabled until it is complete;
	# a rule that is there already is changed where it stands.
	:local hlLast ([:len $hlRules] - 1)
	:local hlKeep ","
	:local hlNext ""
	:local hlEnd ""
	:for hlAt from=$hlLast to=0 step=-1 do={
		:local hlRule ($hlRules->$hlAt)
		:local hlTag ($hlOwn . ($hlRule->"part") . ":" . ($hlRule->"name"))
		:local hlChain ("hlgen-cabin-2-" . ($hlRule->"part"))
		:local hlAction ($hlRule->"action")
		:local hlState ($hlRule->"state")
		:local hlFrom ($hlRule->"from")
		:local hlTo ($hlRule->"to")
		:local hlProtocol ($hlRule->"protocol")
		:local hlDoor ($hlRule->"port")
		:local hlIds [/ip/firewall/filter/find where comment=$hlTag dynamic=no]
		:local hlId ($hlIds->0)
		:if ([:len $hlIds] = 0) do={
			:put "hlgen: add IPv4 rule $hlTag"
			:set hlWrites ($hlWrites + 1)
			:if ($hlAt = $hlLast) do={
				:set hlId [/ip/firewall/filter/add chain=$hlChain action=$hlAction disabled=yes comment=$hlTag]
			} else={
				:set hlId [/ip/firewall/filter/add chain=$hlChain action=$hlAction disabled=yes comment=$hlTag place-before=$hlNext]
			}
		}
		:local hlWant {"chain"=$hlChain;"action"=$hlAction;"disabled"=false;"connection-state"=$hlState}
		:set ($hlWant->"src-address") $hlFrom
		:set ($hlWant->"dst-address") $hlTo
		:set ($hlWant->"protocol") $hlProtocol
		:set ($hlWant->"dst-port") $hlDoor
		:if ([$hlDiffers $hlWant [/ip/firewall/filter/get $hlId]]) do={
			:put "hlgen: set IPv4 rule $hlTag"
			:set hlWrites ($hlWrites + 1)
			# One command for each kind of rule, so that none is wider for a moment. "!" takes a condition away.
			:if ($hlState != "") do={
				/ip/firewall/filter/set $hlId chain=$hlChain action=$hlAction connection-state=$hlState !src-address !dst-address !protocol !dst-port disabled=no
			}
			:if (($hlState = "") && ($hlFrom = "")) do={
				/ip/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state !src-address !dst-address !protocol !dst-port disabled=no
			}
			:if (($hlFrom != "") && ($hlProtocol = "")) do={
				/ip/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state src-address=$hlFrom dst-address=$hlTo !protocol !dst-port disabled=no
			}
			:if (($hlProtocol != "") && ($hlDoor = "")) do={
				/ip/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state src-address=$hlFrom dst-address=$hlTo protocol=$hlProtocol !dst-port disabled=no
			}
			:if ($hlDoor != "") do={
				/ip/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state src-address=$hlFrom dst-address=$hlTo protocol=$hlProtocol dst-port=$hlDoor disabled=no
			}
		}
		:if ($hlAt = $hlLast) do={:set hlEnd $hlId}
		:set hlNext $hlId
		:set hlKeep ",$hlId$hlKeep"
	}

	# One jump in each built-in chain, before your first rule that could decide about a new connection from the tunnel.
	:local hlJumps ","
	:foreach hlPart in={"forward";"input"} do={
		:local hlTag ($hlOwn . "jump:" . $hlPart)
		:local hlChain ("hlgen-cabin-2-" . $hlPart)
		:local hlIds [/ip/firewall/filter/find where comment=$hlTag dynamic=no]
		:local hlId ($hlIds->0)
		:if ([:len $hlIds] > 0) do={
			:local hlWant {"chain"=$hlPart;"action"="jump";"jump-target"=$hlChain;"in-interface"=$hlWg;"disabled"=false}
			:if ([$hlDiffers $hlWant [/ip/firewall/filter/get $hlId]]) do={
				:put "hlgen: set IPv4 jump in $hlPart"
				:set hlWrites ($hlWrites + 1)
				/ip/firewall/filter/set $hlId chain=$hlPart action=jump jump-target=$hlChain in-interface=$hlWg disabled=no
			}
		}
		:local hlPlace "end"
		:local hlAnchor ""
		:foreach hlYours in=[/ip/firewall/filter/find where chain=$hlPart dynamic=no] do={
			:if ($hlPlace = "end") do={
				:local hlHas [/ip/firewall/filter/get $hlYours]
				:local hlComment ($hlHas->"comment")
				:if ("$hlComment" = $hlTag) do={
					:set hlPlace "right"
				} else={
					:if (![$hlHarmless $hlHas]) do={
						:set hlPlace "before"
						:set hlAnchor $hlYours
					}
				}
			}
		}
		:if ([:len $hlIds] = 0) do={
			:put "hlgen: add IPv4 jump in $hlPart"
			:set hlWrites ($hlWrites + 1)
			:if ($hlPlace = "before") do={
				:set hlId [/ip/firewall/filter/add chain=$hlPart action=jump jump-target=$hlChain in-interface=$hlWg comment=$hlTag place-before=$hlAnchor]
			} else={
				:set hlId [/ip/firewall/filter/add chain=$hlPart action=jump jump-target=$hlChain in-interface=$hlWg comment=$hlTag]
			}
		} else={
			:if ($hlPlace = "before") do={
				:put "hlgen: move IPv4 jump in $hlPart up"
				:set hlWrites ($hlWrites + 1)
				/ip/firewall/filter/move $hlId destination=$hlAnchor
			}
		}
		:set hlJumps "$hlJumps$hlId,"
	}

	# Rules that are no longer wanted go. If somebody has moved the others, they get their order back.
	:local hlOrder ","
	:foreach hlId in=[/ip/firewall/filter/find where comment~$hlMine dynamic=no] do={
		:if ([:typeof [:find $hlKeep ",$hlId,"]] = "num") do={
			:set hlOrder "$hlOrder$hlId,"
		} else={
			:if ([:typeof [:find $hlJumps ",$hlId,"]] = "nil") do={
				:put ("hlgen: remove IPv4 rule " . [/ip/firewall/filter/get $hlId comment])
				:set hlWrites ($hlWrites + 1)
				/ip/firewall/filter/remove $hlId
			}
		}
	}
	:if ($hlOrder != $hlKeep) do={
		:put "hlgen: put the IPv4 rules in order"
		:for hlAt from=0 to=($hlLast - 1) do={
			:local hlRule ($hlRules->$hlAt)
			:local hlTag ($hlOwn . ($hlRule->"part") . ":" . ($hlRule->"name"))
			:set hlWrites ($hlWrites + 1)
			/ip/firewall/filter/move [/ip/firewall/filter/find where comment=$hlTag dynamic=no] destination=$hlEnd
		}
	}
}

# ---- IPv4: the tunnel's address, and routes into it ----

{
	:local hlIp "172.20.0.1/22"
	:local hlTag "hlgen:cabin-2:address:ip"
	:local hlIds [/ip/address/find where comment=$hlTag dynamic=no]
	:local hlIpId ($hlIds->0)
	:if ([:len $hlIds] = 0) do={
		:put "hlgen: add address $hlIp"
		:set hlWrites ($hlWrites + 1)
		:set hlIpId [/ip/address/add address=$hlIp interface=$hlWg comment=$hlTag]
	}
	:local hlWant {"address"=$hlIp;"interface"=$hlWg;"disabled"=false}
	:if ([$hlDiffers $hlWant [/ip/address/get $hlIpId]]) do={
		:put "hlgen: set address $hlIp"
		:set hlWrites ($hlWrites + 1)
		/ip/address/set $hlIpId address=$hlIp interface=$hlWg disabled=no
	}
	:foreach hlId in=[/ip/address/find where comment~$hlMine dynamic=no] do={
		:if ($hlId != $hlIpId) do={
			:put ("hlgen: remove address " . [/ip/address/get $hlId address])
			:set hlWrites ($hlWrites + 1)
			/ip/address/remove $hlId
		}
	}

	# Networks behind the hub: an allowed address makes no route.
	:local hlRoutes [:toarray ""]
	:local hlKeep ","
	:foreach hlRoute in=$hlRoutes do={
		:set hlTag ($hlOwn . "route:" . $hlRoute)
		:set hlIds [/ip/route/find where comment=$hlTag dynamic=no]
		:local hlId ($hlIds->0)
		:if ([:len $hlIds] = 0) do={
			:put "hlgen: add route $hlRoute"
			:set hlWrites ($hlWrites + 1)
			:set hlId [/ip/route/add dst-address=$hlRoute gateway=$hlWg comment=$hlTag]
		}
		:set hlWant {"dst-address"=$hlRoute;"gateway"=$hlWg;"disabled"=false}
		:if ([$hlDiffers $hlWant [/ip/route/get $hlId]]) do={
			:put "hlgen: set route $hlRoute"
			:set hlWrites ($hlWrites + 1)
			/ip/route/set $hlId dst-address=$hlRoute gateway=$hlWg disabled=no
		}
		:set hlKeep "$hlKeep$hlId,"
	}
	:foreach hlId in=[/ip/route/find where comment~$hlMine dynamic=no] do={
		:if ([:typeof [:find $hlKeep ",$hlId,"]] = "nil") do={
			:put ("hlgen: remove route " . [/ip/route/get $hlId dst-address])
			:set hlWrites ($hlWrites + 1)
			/ip/route/remove $hlId
		}
	}
}

# ---- IPv6: what an earlier site file may have left ----

:foreach hlId in=[/ipv6/firewall/filter/find where comment~$hlMine dynamic=no] do={
	:put "hlgen: remove an IPv6 rule"
	:set hlWrites ($hlWrites + 1)
	/ipv6/firewall/filter/remove $hlId
}
:foreach hlId in=[/ipv6/route/find where comment~$hlMine dynamic=no] do={
	:put "hlgen: remove an IPv6 route"
	:set hlWrites ($hlWrites + 1)
	/ipv6/route/remove $hlId
}
:foreach hlId in=[/ipv6/address/find where comment~$hlMine dynamic=no] do={
	:put "hlgen: remove an IPv6 address"
	:set hlWrites ($hlWrites + 1)
	/ipv6/address/remove $hlId
}

# ---- The hub, last: from here on the tunnel is open ----

:if ($hlEndpoint ~ ":") do={:set hlEndpoint [:toip6 $hlEndpoint]}
:local hlHubIds [/interface/wireguard/peers/find where comment=$hlTagHub]
:local hlHubId ($hlHubIds->0)
:if ([:len $hlHubIds] = 0) do={
	:put "hlgen: add the hub as a peer of $hlWg"
	:set hlWrites ($hlWrites + 1)
	:set hlHubId [/interface/wireguard/peers/add interface=$hlWg public-key=$hlHub allowed-address=$hlAllowed disabled=yes comment=$hlTagHub]
}
:local hlPeer [/interface/wireguard/peers/get $hlHubId]
:local hlNow ($hlPeer->"preshared-key")
:if ("$hlNow" = "none") do={:set hlNow ""}
:if ("$hlNow" != $hlShared) do={
	:put "hlgen: set the preshared key"
	:set hlWrites ($hlWrites + 1)
	/interface/wireguard/peers/set $hlHubId preshared-key=$hlShared
}
:local hlWant {"interface"=$hlWg;"public-key"=$hlHub;"endpoint-address"=$hlEndpoint;"endpoint-port"=$hlEndpointPort;"disabled"=false}
:set ($hlWant->"allowed-address") $hlAllowed
:set ($hlWant->"persistent-keepalive") $hlKeepalive
:if ([$hlDiffers $hlWant $hlPeer]) do={
	:put "hlgen: set the hub's endpoint and allowed addresses"
	:set hlWrites ($hlWrites + 1)
	/interface/wireguard/peers/set $hlHubId interface=$hlWg public-key=$hlHub endpoint-address=$hlEndpoint endpoint-port=$hlEndpointPort allowed-address=$hlAllowed persistent-keepalive=$hlKeepalive disabled=no
}
:foreach hlId in=[/interface/wireguard/peers/find where comment~$hlMine] do={
	:if ($hlId != $hlHubId) do={
		:put "hlgen: remove a peer"
		:set hlWrites ($hlWrites + 1)
		/interface/wireguard/peers/remove $hlId
	}
}
:foreach hlId in=[/interface/wireguard/find where comment~$hlMine] do={
	:if ($hlId != $hlWgId) do={
		:put "hlgen: remove an interface"
		:set hlWrites ($hlWrites + 1)
		/interface/wireguard/remove $hlId
	}
}

# ---- Done ----

:if ($hlWrites = 0) do={
	:put "hlgen: cabin-2: all is as it should be, nothing was written"
} else={
	:put "hlgen: cabin-2: changes written: $hlWrites"
}
:log info "hlgen: cabin-2: done, changes written: $hlWrites"

}
