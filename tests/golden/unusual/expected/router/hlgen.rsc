# hlgen: the router of site cabin-2, for RouterOS 7.12 or later. Made from the site file.
#
# This file holds a private key: remove it from the router after the import.
#
#   import:               /import file-name=hlgen.rsc
#   from far away:        :execute script="/import file-name=hlgen.rsc" file=hlgen-log
#                         goes on when the connection ends; the messages are in hlgen-log.txt
#   keep the result:      /import file-name=confirm.rsc     (within 300 s, else the router goes back)
#   look at it:           /import file-name=verify.rsc
#   take everything back: /import file-name=undo.rsc
#
# What this script owns has a comment that begins with "hlgen:cabin-2:"; nothing else is changed or removed.
# It compares before it writes: a second import writes nothing, and a running tunnel stays up.
# It stops before the first change when something of yours is in the way, and says what.
# The hub becomes a peer last, when the firewall is complete. An import that was interrupted is mended by importing again.

# One block: with verbose=yes every statement on its own would forget the variables of the one before.
{

# ---- What the site file says ----

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

# The networks of the house. "vlan" 0: untagged; "id6" "": no IPv6.
:local hlNetworks [:toarray ""]
:set ($hlNetworks->[:len $hlNetworks]) {"name"="home";"vlan"=0;"interface"="bridge";"gate"="192.168.88.1/24";"id6"=""}
:set ($hlNetworks->[:len $hlNetworks]) {"name"="servers";"vlan"=4000;"interface"="br-servers";"gate"="192.168.41.254/23";"id6"=""}

:local hlBridge "bridge"

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

# Ends the import with a sentence ($1), also where nobody looks at the console: detached, errors are seen in the log only.
:local hlStop do={
	:log error $1
	:error $1
}

# Says what is about to be written ($2), and counts it ($1: the writes so far).
# Before the first write of an import it saves a backup and arms the way back. A backup is not made again while that is armed, so that
# an import that was interrupted and started again still goes back to the good state; only its time starts anew.
:local hlWrite do={
	:if ($1 = 0) do={
		:local hlArmed [/system/scheduler/find where comment="hlgen:cabin-2:rollback"]
		:local hlFile "hlgen-cabin-2"
		:if ([:len [/file/find where name="flash"]] > 0) do={:set hlFile "flash/hlgen-cabin-2"}
		:local hlBack ("/system/backup/load name=" . $hlFile . ".backup password=\"\"")
		:local hlName "hlgen-cabin-2-rollback"
		:if ([:len $hlArmed] > 0) do={
			:if ([/system/scheduler/get ($hlArmed->0) name] = $hlName) do={:set hlName "hlgen-cabin-2-rollback-2"}
			:put "hlgen: the way back is armed already; it has 300 s again"
		} else={
			:put "hlgen: save $hlFile.backup; without confirm.rsc the router goes back to it after 300 s"
			# One that an earlier way back has left must not pass for the new one. Slow flash shows a file late.
			/file/remove [/file/find where name=($hlFile . ".backup")]
			/system/backup/save name=$hlFile dont-encrypt=yes
			:for hlTry from=1 to=20 do={
				:if ([:len [/file/find where name=($hlFile . ".backup")]] = 0) do={:delay 1s}
			}
			:if ([:len [/file/find where name=($hlFile . ".backup")]] = 0) do={
				:log error "hlgen: the backup could not be saved, nothing was changed: make room on the flash"
				:error "hlgen: the backup could not be saved, nothing was changed: make room on the flash"
			}
		}
		:do {
			/system/scheduler/add name=$hlName interval=300s on-event=$hlBack comment="hlgen:cabin-2:rollback"
			/system/scheduler/remove $hlArmed
			:if ($hlName != "hlgen-cabin-2-rollback") do={/system/scheduler/set [/system/scheduler/find where name=$hlName] name="hlgen-cabin-2-rollback"}
		} on-error={
			:if ([:len $hlArmed] = 0) do={
				/file/remove [/file/find where name=($hlFile . ".backup")]
				:log error "hlgen: the scheduler that would bring the old state back was refused, nothing was changed: allow it in device-mode, or set rollback_after: 0"
				:error "hlgen: the scheduler that would bring the old state back was refused, nothing was changed: allow it in device-mode, or set rollback_after: 0"
			}
		}
		:log warning "hlgen: cabin-2: armed: without confirm.rsc the router goes back after 300 s"
	}
	:put "hlgen: $2"
	:return ($1 + 1)
}

# True when a row of a menu ($2) differs from what is wanted ($1, an array of properties; "" is: not set).
# The router has its own spelling: a host without /32, lists as arrays, times as text, other IPv6 zeros; and what is true in one
# release is yes in another, and no or absent when it is not.
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
		:local hlIs "$hlNow"
		:local hlShall "$hlWant"
		:if ($hlIs = "true") do={:set hlIs "yes"}
		:if ($hlShall = "true") do={:set hlShall "yes"}
		:if (($hlShall = "false") || ($hlShall = "no")) do={
			:set hlShall "no"
			:if (($hlIs = "false") || ($hlIs = "")) do={:set hlIs "no"}
		}
		:local hlOther ($hlIs != $hlShall)
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

# True when a rule of yours (a row, $1) cannot decide about a new connection: it counts or logs, it accepts what is
# established, it drops what is invalid, or it accepts what came out of IPsec.
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
	$hlStop "hlgen: this script is for RouterOS $hlRelease or later, here runs $hlRunning: upgrade the router, or correct router.version"
}

# Without a scheduler nothing would bring the old state back.
:local hlMayArm true
:do {
	:set hlMayArm [/system/device-mode/get scheduler]
} on-error={
	:set hlMayArm true
}
:if (("$hlMayArm" = "false") || ("$hlMayArm" = "no")) do={
	$hlStop "hlgen: device-mode forbids the scheduler, so there is no way back: allow it (/system/device-mode/update scheduler=yes), or set rollback_after: 0 in the site file"
}
:foreach hlId in=[/system/scheduler/find where name~"^hlgen-cabin-2-rollback(-2)?\$"] do={
	:local hlHas [/system/scheduler/get $hlId]
	:local hlName ($hlHas->"name")
	:local hlComment ($hlHas->"comment")
	:if ("$hlComment" != "hlgen:cabin-2:rollback") do={
		$hlStop "hlgen: a scheduler with the name $hlName is there that is not hlgen's: rename it"
	}
}

# The name, the port and the peer of the tunnel.
:local hlWgIds [/interface/wireguard/find where comment=$hlTagWg]
:local hlWgNow ""
:if ([:len $hlWgIds] > 0) do={:set hlWgNow [/interface/wireguard/get ($hlWgIds->0) name]}
:if (($hlWg != $hlWgNow) && ([:len [/interface/find where name=$hlWg]] > 0)) do={
	$hlStop "hlgen: the name $hlWg belongs to an interface that is not hlgen's: rename it, choose another router.interface, or set router.take_over"
}
:if ([:len [/interface/wireguard/find where listen-port=$hlPort disabled=no name!=$hlWgNow]] > 0) do={
	$hlStop "hlgen: another WireGuard interface listens on port $hlPort already: choose another router.listen_port"
}
:foreach hlId in=[/interface/wireguard/peers/find where interface=$hlWg] do={
	:local hlHas [/interface/wireguard/peers/get $hlId]
	:local hlComment ($hlHas->"comment")
	:local hlOurs ("$hlComment" = $hlTagHub)
	:if (!$hlOurs) do={
		$hlStop "hlgen: $hlWg has a peer that is not hlgen's ($hlComment): remove it, or give it an interface of its own"
	}
}

# The IPv4 address of the tunnel may be on no other interface, whatever its length there.
:foreach hlId in=[/ip/address/find where dynamic=no] do={
	:local hlHas [/ip/address/get $hlId]
	:local hlText ($hlHas->"address")
	:local hlComment ($hlHas->"comment")
	:local hlPlace ($hlHas->"interface")
	:local hlSame ([:pick "$hlText" 0 [:find "$hlText/" "/"]] = [$hlPlain "172.20.0.1/22"])
	:if ($hlSame && ("$hlComment" != "hlgen:cabin-2:address:ip")) do={
		$hlStop "hlgen: the tunnel address $hlText is on $hlPlace already: remove it there, or choose another router.address"
	}
}

# The networks of the house, and the names that their interfaces have on this router.
:if ([:len [/interface/find where name=$hlBridge]] = 0) do={
	$hlStop "hlgen: there is no interface $hlBridge: see router.bridge in the site file"
}
:local hlPlaces [:toarray ""]
:foreach hlNet in=$hlNetworks do={
	:local hlName ($hlNet->"name")
	:local hlPlace ($hlNet->"interface")
	:local hlVlan ($hlNet->"vlan")
	:if ($hlVlan = 0) do={
		:if ([:len [/interface/find where name=$hlPlace]] = 0) do={
			$hlStop "hlgen: there is no interface $hlPlace for the network $hlName: see networks.$hlName.interface in the site file"
		}
	}
	:if ($hlVlan != 0) do={
		:local hlFound [/interface/vlan/find where vlan-id=$hlVlan interface=$hlBridge]
		:if ([:len $hlFound] = 0) do={:set hlFound [/interface/vlan/find where vlan-id=$hlVlan name=$hlPlace]}
		:if ([:len $hlFound] = 0) do={
			$hlStop "hlgen: VLAN $hlVlan ($hlName) is not on $hlBridge: create it, or set router.manage_vlans in the site file"
		}
		:set hlPlace [/interface/vlan/get ($hlFound->0) name]
	}
	:set ($hlPlaces->$hlName) $hlPlace
}

:local hlWrites 0

# ---- WireGuard interface ----

:local hlOurWgIds [/interface/wireguard/find where comment=$hlTagWg]
:local hlWgId ($hlOurWgIds->0)
:if ([:len $hlOurWgIds] = 0) do={
	:set hlWrites [$hlWrite $hlWrites "add interface $hlWg"]
	:set hlWgId [/interface/wireguard/add name=$hlWg listen-port=$hlPort mtu=$hlMtu private-key=$hlPrivate comment=$hlTagWg]
} else={
	:local hlHas [/interface/wireguard/get $hlWgId]
	:local hlKey ($hlHas->"public-key")
	:local hlWant {"name"=$hlWg;"listen-port"=$hlPort;"mtu"=$hlMtu;"disabled"=false}
	:if ([$hlDiffers $hlWant $hlHas]) do={
		:set hlWrites [$hlWrite $hlWrites "change interface $hlWg"]
		/interface/wireguard/set $hlWgId name=$hlWg listen-port=$hlPort mtu=$hlMtu disabled=no
	}
	# An equal private key is not set again: that might end the session.
	:if ("$hlKey" != $hlPublic) do={
		:set hlWrites [$hlWrite $hlWrites "change the private key of $hlWg"]
		/interface/wireguard/set $hlWgId private-key=$hlPrivate
	}
}

# No IPv6 in the tunnel: the hub may not send any from now on, before the rules that judge it go.
:foreach hlId in=[/interface/wireguard/peers/find where comment=$hlTagHub] do={
	:local hlHas [/interface/wireguard/peers/get $hlId]
	:local hlRest ""
	:local hlMore false
	:foreach hlPart in=[:toarray ($hlHas->"allowed-address")] do={
		:if ("$hlPart" ~ ":") do={:set hlMore true} else={:set hlRest "$hlRest,$hlPart"}
	}
	:if ($hlMore) do={
		:set hlWrites [$hlWrite $hlWrites "take IPv6 from the hub's allowed addresses"]
		/interface/wireguard/peers/set $hlId allowed-address=[:pick $hlRest 1 [:len $hlRest]]
	}
}

# ---- IPv4 firewall ----

{
	:local hlKeep ","

	# What may come out of the tunnel into the house. Only what is named here may open connections; the end is a drop.
	# (A connection that is open already lives on until it ends.)
	:local hlForward [:toarray ""]
	:set ($hlForward->[:len $hlForward]) {"name"="established";"action"="accept";"state"="established,related"}
	:set ($hlForward->[:len $hlForward]) {"name"="invalid";"action"="drop";"state"="invalid"}
	# relay blind to 192.168.88.9
	:set ($hlForward->[:len $hlForward]) {"name"="relay/blind";"action"="accept";"from"="172.20.3.254/32";"to"="192.168.88.9/32";"protocol"="tcp";"port"="443"}
	# relay git-ssh to 192.168.88.5
	:set ($hlForward->[:len $hlForward]) {"name"="relay/git-ssh";"action"="accept";"from"="172.20.3.254/32";"to"="192.168.88.5/32";"protocol"="tcp";"port"="22"}
	# relay tls to 192.168.40.100
	:set ($hlForward->[:len $hlForward]) {"name"="relay/tls";"action"="accept";"from"="172.20.3.254/32";"to"="192.168.40.100/32";"protocol"="tcp";"port"="8443"}
	# clients behind the hub to home
	:set ($hlForward->[:len $hlForward]) {"name"="clients/home";"action"="accept";"from"="172.20.3.254/32";"to"="192.168.88.0/24"}
	# clients behind the hub to servers
	:set ($hlForward->[:len $hlForward]) {"name"="clients/servers";"action"="accept";"from"="172.20.3.254/32";"to"="192.168.40.0/23"}
	# clients behind the hub to 192.168.40.7/tcp
	:set ($hlForward->[:len $hlForward]) {"name"="clients/192.168.40.7/tcp";"action"="accept";"from"="172.20.3.254/32";"to"="192.168.40.7/32";"protocol"="tcp"}
	# clients behind the hub to 192.168.88.5:8000-8010/udp
	:set ($hlForward->[:len $hlForward]) {"name"="clients/192.168.88.5:8000-8010/udp";"action"="accept";"from"="172.20.3.254/32";"to"="192.168.88.5/32";"protocol"="udp";"port"="8000-8010"}
	# clients behind the hub to ingress
	:set ($hlForward->[:len $hlForward]) {"name"="clients/ingress";"action"="accept";"from"="172.20.3.254/32";"to"="192.168.40.100/32"}
	:set ($hlForward->[:len $hlForward]) {"name"="drop";"action"="drop"}

	# What may come out of the tunnel to the router itself. The hub may ping it, to see that the tunnel works.
	:local hlInput [:toarray ""]
	:set ($hlInput->[:len $hlInput]) {"name"="established";"action"="accept";"state"="established,related"}
	:set ($hlInput->[:len $hlInput]) {"name"="invalid";"action"="drop";"state"="invalid"}
	:set ($hlInput->[:len $hlInput]) {"name"="hub-ping";"action"="accept";"from"="172.20.3.254/32";"to"="172.20.0.0/22";"protocol"="icmp"}
	# clients behind the hub to dns/192.168.88.1/tcp
	:set ($hlInput->[:len $hlInput]) {"name"="clients/dns/192.168.88.1/tcp";"action"="accept";"from"="172.20.3.254/32";"to"="192.168.88.1/32";"protocol"="tcp";"port"="53"}
	# clients behind the hub to dns/192.168.88.1/udp
	:set ($hlInput->[:len $hlInput]) {"name"="clients/dns/192.168.88.1/udp";"action"="accept";"from"="172.20.3.254/32";"to"="192.168.88.1/32";"protocol"="udp";"port"="53"}
	# clients behind the hub to router-in/home
	:set ($hlInput->[:len $hlInput]) {"name"="clients/router-in/home";"action"="accept";"from"="172.20.3.254/32";"to"="192.168.88.1/32"}
	# clients behind the hub to router-in/servers
	:set ($hlInput->[:len $hlInput]) {"name"="clients/router-in/servers";"action"="accept";"from"="172.20.3.254/32";"to"="192.168.41.254/32"}
	:set ($hlInput->[:len $hlInput]) {"name"="drop";"action"="drop"}

	# The chains, the jumps into them, and the rules at the very end of the built-in chains.
	:local hlChains [:toarray ""]
	:local hlJumps [:toarray ""]
	:set ($hlChains->"forward") $hlForward
	:set ($hlChains->"input") $hlInput
	:set ($hlJumps->[:len $hlJumps]) {"name"="forward";"chain"="forward";"in"=$hlWg}
	:set ($hlJumps->[:len $hlJumps]) {"name"="input";"chain"="input";"in"=$hlWg}

	:foreach hlPart,hlRules in=$hlChains do={
		# From the last rule to the first, so that a new one is put before its neighbour. It is disabled until it is complete;
		# a rule that is there already is changed where it stands.
		:local hlChain "hlgen-cabin-2-$hlPart"
		:local hlNext ""
		:local hlEnd ""
		:local hlOrder ""
		:for hlAt from=([:len $hlRules] - 1) to=0 step=-1 do={
			:local hlRule ($hlRules->$hlAt)
			:local hlTag ("hlgen:cabin-2:$hlPart:" . ($hlRule->"name"))
			:local hlAction ($hlRule->"action")
			:local hlState ($hlRule->"state")
			:local hlFrom ($hlRule->"from")
			:local hlTo ($hlRule->"to")
			:local hlProtocol ($hlRule->"protocol")
			:local hlDoor ($hlRule->"port")
			:local hlIn ($hlRule->"in")
			:local hlOut ($hlRule->"out")
			:local hlToList ($hlRule->"list")
			:local hlIds [/ip/firewall/filter/find where comment=$hlTag dynamic=no]
			:local hlId ($hlIds->0)
			:local hlThere ([:len $hlIds] > 0)
			:if (!$hlThere) do={
				:set hlWrites [$hlWrite $hlWrites "add IPv4 rule $hlTag"]
				:if ("$hlNext" = "") do={
					:set hlId [/ip/firewall/filter/add chain=$hlChain action=$hlAction disabled=yes comment=$hlTag]
				} else={
					:set hlId [/ip/firewall/filter/add chain=$hlChain action=$hlAction disabled=yes comment=$hlTag place-before=$hlNext]
				}
			}
			:local hlWant {"chain"=$hlChain;"action"=$hlAction;"disabled"=false;"connection-state"="$hlState"}
			:set ($hlWant->"src-address") "$hlFrom"
			:set ($hlWant->"dst-address") "$hlTo"
			:set ($hlWant->"protocol") "$hlProtocol"
			:set ($hlWant->"dst-port") "$hlDoor"
			:set ($hlWant->"in-interface") "$hlIn"
			:set ($hlWant->"out-interface") "$hlOut"
			:set ($hlWant->"dst-address-list") "$hlToList"
			:if ([$hlDiffers $hlWant [/ip/firewall/filter/get $hlId]]) do={
				:if ($hlThere) do={:set hlWrites [$hlWrite $hlWrites "set IPv4 rule $hlTag"]}
				# One command for each kind of rule, so that none is wider for a moment. "!" takes a condition away.
				:local hlKind ""
				:foreach hlName in={"state";"from";"to";"protocol";"port";"in";"out";"list"} do={
					:local hlValue ($hlRule->$hlName)
					:if ("$hlValue" != "") do={:set hlKind "$hlKind $hlName"}
				}
				:if ($hlKind = "") do={
					/ip/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state !src-address !dst-address !protocol !dst-port !in-interface !out-interface !dst-address-list disabled=no
				}
				:if ($hlKind = " state") do={
					/ip/firewall/filter/set $hlId chain=$hlChain action=$hlAction connection-state=$hlState !src-address !dst-address !protocol !dst-port !in-interface !out-interface !dst-address-list disabled=no
				}
				:if ($hlKind = " from to") do={
					/ip/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state src-address=$hlFrom dst-address=$hlTo !protocol !dst-port !in-interface !out-interface !dst-address-list disabled=no
				}
				:if ($hlKind = " from to protocol") do={
					/ip/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state src-address=$hlFrom dst-address=$hlTo protocol=$hlProtocol !dst-port !in-interface !out-interface !dst-address-list disabled=no
				}
				:if ($hlKind = " from to protocol port") do={
					/ip/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state src-address=$hlFrom dst-address=$hlTo protocol=$hlProtocol dst-port=$hlDoor !in-interface !out-interface !dst-address-list disabled=no
				}
			}
			:if ("$hlEnd" = "") do={:set hlEnd $hlId}
			:set hlNext $hlId
			:set hlKeep "$hlKeep$hlId,"
			:set hlOrder "$hlId,$hlOrder"
		}

		# If somebody has moved them, they get their order back.
		:local hlNow ""
		:foreach hlId in=[/ip/firewall/filter/find where chain=$hlChain dynamic=no] do={
			:if ([:typeof [:find ",$hlOrder" ",$hlId,"]] = "num") do={:set hlNow "$hlNow$hlId,"}
		}
		:if ($hlNow != $hlOrder) do={
			:set hlWrites [$hlWrite $hlWrites "put the IPv4 rules of $hlPart in order"]
			:for hlAt from=0 to=([:len $hlRules] - 2) do={
				:local hlTag ("hlgen:cabin-2:$hlPart:" . ($hlRules->$hlAt->"name"))
				/ip/firewall/filter/move [/ip/firewall/filter/find where comment=$hlTag dynamic=no] destination=$hlEnd
			}
		}
	}

	# Conditions that these rules never have; somebody may have added one.
	:local hlForeign {"out-interface";"src-address";"dst-address";"src-address-list";"dst-address-list";"protocol";"dst-port";"connection-state"}

	# The jumps: each before your first rule that could decide about a new connection, those for the tunnel before the others.
	:foreach hlJump in=$hlJumps do={
		:local hlTag ("hlgen:cabin-2:jump:" . ($hlJump->"name"))
		:local hlTarget ("hlgen-cabin-2-" . ($hlJump->"name"))
		:local hlChain ($hlJump->"chain")
		:local hlIn ($hlJump->"in")
		:local hlAfter ($hlJump->"after")
		:local hlPassed ("$hlAfter" = "")
		:local hlIds [/ip/firewall/filter/find where comment=$hlTag dynamic=no]
		:local hlId ($hlIds->0)
		:local hlPlace "end"
		:local hlAnchor ""
		:foreach hlYours in=[/ip/firewall/filter/find where chain=$hlChain dynamic=no] do={
			:if ($hlPlace = "end") do={
				:local hlHas [/ip/firewall/filter/get $hlYours]
				:local hlComment ($hlHas->"comment")
				:if ("$hlComment" = "hlgen:cabin-2:jump:$hlAfter") do={:set hlPassed true}
				:if (("$hlComment" = $hlTag) && $hlPassed) do={:set hlPlace "right"}
				:local hlDecides (![$hlHarmless $hlHas])
				:if (($hlPlace = "end") && !("$hlComment" ~ "^hlgen:cabin-2:jump:") && $hlDecides) do={
					:set hlPlace "before"
					:set hlAnchor $hlYours
				}
			}
		}
		:if ([:len $hlIds] = 0) do={
			:set hlWrites [$hlWrite $hlWrites "add IPv4 jump to $hlTarget"]
			:if ($hlPlace = "before") do={
				:set hlId [/ip/firewall/filter/add chain=$hlChain action=jump jump-target=$hlTarget disabled=yes comment=$hlTag place-before=$hlAnchor]
			} else={
				:set hlId [/ip/firewall/filter/add chain=$hlChain action=jump jump-target=$hlTarget disabled=yes comment=$hlTag]
			}
		}
		:local hlWant {"chain"=$hlChain;"action"="jump";"jump-target"=$hlTarget;"in-interface"="$hlIn";"in-interface-list"="";"out-interface-list"="";"disabled"=false}
		:foreach hlName in=$hlForeign do={:set ($hlWant->$hlName) ""}
		:if ([$hlDiffers $hlWant [/ip/firewall/filter/get $hlId]]) do={
			:if ([:len $hlIds] > 0) do={:set hlWrites [$hlWrite $hlWrites "set IPv4 jump to $hlTarget"]}
			:if ("$hlIn" = "") do={
				/ip/firewall/filter/set $hlId chain=$hlChain action=jump jump-target=$hlTarget !in-interface !out-interface !in-interface-list !out-interface-list !src-address !dst-address !src-address-list !dst-address-list !protocol !dst-port !connection-state disabled=no
			} else={
				/ip/firewall/filter/set $hlId chain=$hlChain action=jump jump-target=$hlTarget in-interface=$hlIn !out-interface !in-interface-list !out-interface-list !src-address !dst-address !src-address-list !dst-address-list !protocol !dst-port !connection-state disabled=no
			}
		}
		:if (([:len $hlIds] > 0) && ($hlPlace = "before")) do={
			:set hlWrites [$hlWrite $hlWrites "move IPv4 jump to $hlTarget up"]
			/ip/firewall/filter/move $hlId destination=$hlAnchor
		}
		:if (([:len $hlIds] > 0) && ($hlPlace = "end")) do={
			:set hlWrites [$hlWrite $hlWrites "move IPv4 jump to $hlTarget down"]
			/ip/firewall/filter/move $hlId
		}
		:set hlKeep "$hlKeep$hlId,"
	}

	# Rules that are no longer wanted go; jumps first, so that none leads into an empty chain.
	:foreach hlWhich in={"^hlgen:cabin-2:jump:";$hlMine} do={
		:foreach hlId in=[/ip/firewall/filter/find where comment~$hlWhich dynamic=no] do={
			:if ([:typeof [:find $hlKeep ",$hlId,"]] = "nil") do={
				:set hlWrites [$hlWrite $hlWrites ("remove IPv4 rule " . [/ip/firewall/filter/get $hlId comment])]
				/ip/firewall/filter/remove $hlId
			}
		}
	}
}

# ---- IPv6 firewall ----

{
	:local hlKeep ","
	# Rules that are no longer wanted go; jumps first, so that none leads into an empty chain.
	:foreach hlWhich in={"^hlgen:cabin-2:jump:";$hlMine} do={
		:foreach hlId in=[/ipv6/firewall/filter/find where comment~$hlWhich dynamic=no] do={
			:if ([:typeof [:find $hlKeep ",$hlId,"]] = "nil") do={
				:set hlWrites [$hlWrite $hlWrites ("remove IPv6 rule " . [/ipv6/firewall/filter/get $hlId comment])]
				/ipv6/firewall/filter/remove $hlId
			}
		}
	}
}

# ---- TCP through the tunnel: segments that fit its MTU, also where path MTU discovery is broken ----

{
	:local hlKeep ","
	:foreach hlWay in={"out";"in"} do={
		:local hlTag "hlgen:cabin-2:mss:$hlWay"
		:local hlIds [/ip/firewall/mangle/find where comment=$hlTag dynamic=no]
		:local hlId ($hlIds->0)
		:local hlIn ""
		:local hlOut $hlWg
		:if ($hlWay = "in") do={
			:set hlIn $hlWg
			:set hlOut ""
		}
		# First in its chain: a rule of yours that ends the walk through mangle must not come before it.
		:local hlFirst ""
		:foreach hlYours in=[/ip/firewall/mangle/find where chain=forward dynamic=no] do={
			:local hlComment [/ip/firewall/mangle/get $hlYours comment]
			:if (("$hlFirst" = "") && !("$hlComment" ~ "^hlgen:cabin-2:mss:")) do={:set hlFirst $hlYours}
		}
		:if ([:len $hlIds] = 0) do={
			:set hlWrites [$hlWrite $hlWrites "add mangle rule $hlTag"]
			:if ("$hlFirst" = "") do={
				:set hlId [/ip/firewall/mangle/add chain=forward action=change-mss new-mss=clamp-to-pmtu protocol=tcp tcp-flags=syn passthrough=yes disabled=yes comment=$hlTag]
			} else={
				:set hlId [/ip/firewall/mangle/add chain=forward action=change-mss new-mss=clamp-to-pmtu protocol=tcp tcp-flags=syn passthrough=yes disabled=yes comment=$hlTag place-before=$hlFirst]
			}
		}
		:local hlWant {"chain"="forward";"action"="change-mss";"protocol"="tcp";"tcp-flags"="syn";"passthrough"=true;"disabled"=false}
		:set ($hlWant->"new-mss") "clamp-to-pmtu"
		:set ($hlWant->"in-interface") $hlIn
		:set ($hlWant->"out-interface") $hlOut
		:if ([$hlDiffers $hlWant [/ip/firewall/mangle/get $hlId]]) do={
			:if ([:len $hlIds] > 0) do={:set hlWrites [$hlWrite $hlWrites "set mangle rule $hlTag"]}
			:if ($hlWay = "in") do={
				/ip/firewall/mangle/set $hlId chain=forward action=change-mss new-mss=clamp-to-pmtu protocol=tcp tcp-flags=syn passthrough=yes in-interface=$hlWg !out-interface disabled=no
			} else={
				/ip/firewall/mangle/set $hlId chain=forward action=change-mss new-mss=clamp-to-pmtu protocol=tcp tcp-flags=syn passthrough=yes !in-interface out-interface=$hlWg disabled=no
			}
		}
		:local hlLate false
		:local hlSeen false
		:foreach hlYours in=[/ip/firewall/mangle/find where chain=forward dynamic=no] do={
			:local hlComment [/ip/firewall/mangle/get $hlYours comment]
			:if (("$hlYours" = "$hlId") && $hlSeen) do={:set hlLate true}
			:if (!("$hlComment" ~ "^hlgen:cabin-2:mss:")) do={:set hlSeen true}
		}
		:if ($hlLate) do={
			:set hlWrites [$hlWrite $hlWrites "move mangle rule $hlTag up"]
			/ip/firewall/mangle/move $hlId destination=$hlFirst
		}
		:set hlKeep "$hlKeep$hlId,"
	}
	:foreach hlId in=[/ip/firewall/mangle/find where comment~$hlMine dynamic=no] do={
		:if ([:typeof [:find $hlKeep ",$hlId,"]] = "nil") do={
			:set hlWrites [$hlWrite $hlWrites ("remove mangle rule " . [/ip/firewall/mangle/get $hlId comment])]
			/ip/firewall/mangle/remove $hlId
		}
	}
}

# ---- IPv4: the tunnel's address, and routes into it ----

{
	:local hlKeep ","
	:local hlIp "172.20.0.1/22"
	:local hlTag "hlgen:cabin-2:address:ip"
	:local hlIds [/ip/address/find where comment=$hlTag dynamic=no]
	:local hlId ($hlIds->0)
	:if ([:len $hlIds] = 0) do={
		:set hlWrites [$hlWrite $hlWrites "add address $hlIp"]
		:set hlId [/ip/address/add address=$hlIp interface=$hlWg comment=$hlTag]
	}
	:local hlWant {"address"=$hlIp;"interface"=$hlWg;"disabled"=false}
	:if ([$hlDiffers $hlWant [/ip/address/get $hlId]]) do={
		:set hlWrites [$hlWrite $hlWrites "set address $hlIp"]
		/ip/address/set $hlId address=$hlIp interface=$hlWg disabled=no
	}
	:set hlKeep ",$hlId,"
	:foreach hlId in=[/ip/address/find where comment~"^hlgen:cabin-2:address:" dynamic=no] do={
		:if ([:typeof [:find $hlKeep ",$hlId,"]] = "nil") do={
			:set hlWrites [$hlWrite $hlWrites ("remove address " . [/ip/address/get $hlId address])]
			/ip/address/remove $hlId
		}
	}

	# Networks behind the hub: an allowed address makes no route.
	:set hlKeep ","
	:local hlRoutes [:toarray ""]
	:foreach hlRoute in=$hlRoutes do={
		:local hlTag "hlgen:cabin-2:route:$hlRoute"
		:local hlIds [/ip/route/find where comment=$hlTag dynamic=no]
		:local hlId ($hlIds->0)
		:if ([:len $hlIds] = 0) do={
			:set hlWrites [$hlWrite $hlWrites "add route $hlRoute"]
			:set hlId [/ip/route/add dst-address=$hlRoute gateway=$hlWg comment=$hlTag]
		}
		:local hlWant {"dst-address"=$hlRoute;"gateway"=$hlWg;"disabled"=false}
		:if ([$hlDiffers $hlWant [/ip/route/get $hlId]]) do={
			:set hlWrites [$hlWrite $hlWrites "set route $hlRoute"]
			/ip/route/set $hlId dst-address=$hlRoute gateway=$hlWg disabled=no
		}
		:set hlKeep "$hlKeep$hlId,"
	}
	:foreach hlId in=[/ip/route/find where comment~$hlMine dynamic=no] do={
		:if ([:typeof [:find $hlKeep ",$hlId,"]] = "nil") do={
			:set hlWrites [$hlWrite $hlWrites ("remove route " . [/ip/route/get $hlId dst-address])]
			/ip/route/remove $hlId
		}
	}
}

# ---- IPv6: the tunnel's address, and routes into it ----

{
	:local hlKeep ","
	:foreach hlId in=[/ipv6/address/find where comment~"^hlgen:cabin-2:address:" dynamic=no] do={
		:if ([:typeof [:find $hlKeep ",$hlId,"]] = "nil") do={
			:set hlWrites [$hlWrite $hlWrites ("remove address " . [/ipv6/address/get $hlId address])]
			/ipv6/address/remove $hlId
		}
	}

	# Networks behind the hub: an allowed address makes no route.
	:set hlKeep ","
	:local hlRoutes [:toarray ""]
	:foreach hlRoute in=$hlRoutes do={
		:local hlTag "hlgen:cabin-2:route:$hlRoute"
		:local hlIds [/ipv6/route/find where comment=$hlTag dynamic=no]
		:local hlId ($hlIds->0)
		:if ([:len $hlIds] = 0) do={
			:set hlWrites [$hlWrite $hlWrites "add route $hlRoute"]
			:set hlId [/ipv6/route/add dst-address=$hlRoute gateway=$hlWg comment=$hlTag]
		}
		:local hlWant {"dst-address"=$hlRoute;"gateway"=$hlWg;"disabled"=false}
		:if ([$hlDiffers $hlWant [/ipv6/route/get $hlId]]) do={
			:set hlWrites [$hlWrite $hlWrites "set route $hlRoute"]
			/ipv6/route/set $hlId dst-address=$hlRoute gateway=$hlWg disabled=no
		}
		:set hlKeep "$hlKeep$hlId,"
	}
	:foreach hlId in=[/ipv6/route/find where comment~$hlMine dynamic=no] do={
		:if ([:typeof [:find $hlKeep ",$hlId,"]] = "nil") do={
			:set hlWrites [$hlWrite $hlWrites ("remove route " . [/ipv6/route/get $hlId dst-address])]
			/ipv6/route/remove $hlId
		}
	}
}

# ---- The provider's IPv6 prefix: what an earlier site file may have left ----

:foreach hlId in=[/ipv6/dhcp-client/find where comment~$hlMine dynamic=no] do={
	:set hlWrites [$hlWrite $hlWrites "remove the DHCPv6 client"]
	/ipv6/dhcp-client/remove $hlId
}
:foreach hlId in=[/ipv6/address/find where comment~"^hlgen:cabin-2:gateway6:" dynamic=no] do={
	:set hlWrites [$hlWrite $hlWrites "remove an IPv6 address of a network"]
	/ipv6/address/remove $hlId
}
:foreach hlId in=[/ipv6/nd/find] do={
	:local hlComment [/ipv6/nd/get $hlId comment]
	:if ("$hlComment" = "hlgen:cabin-2:nd") do={
		:set hlWrites [$hlWrite $hlWrites "remove router advertisements of a network"]
		/ipv6/nd/remove $hlId
	}
	:if ("$hlComment" = "hlgen:cabin-2:nd:default") do={
		:set hlWrites [$hlWrite $hlWrites "turn the router advertisements on all interfaces on again"]
		/ipv6/nd/set $hlId disabled=no comment=""
	}
}
:foreach hlId in=[/ipv6/firewall/address-list/find where comment~$hlMine dynamic=no] do={
	:set hlWrites [$hlWrite $hlWrites "remove the ingress from its list"]
	/ipv6/firewall/address-list/remove $hlId
}
:foreach hlId in=[/system/script/find where comment~$hlMine] do={
	:set hlWrites [$hlWrite $hlWrites "remove a script"]
	/system/script/remove $hlId
}
:foreach hlId in=[/interface/list/member/find where comment="hlgen:cabin-2:member" dynamic=no] do={
	:set hlWrites [$hlWrite $hlWrites "remove an interface from hlgen's list"]
	/interface/list/member/remove $hlId
}
:foreach hlId in=[/interface/list/find where comment~$hlMine] do={
	:set hlWrites [$hlWrite $hlWrites "remove an interface list"]
	/interface/list/remove $hlId
}

# ---- The hub: from here on the tunnel is open ----

:local hlHubAt $hlEndpoint
:if ($hlHubAt ~ ":") do={:set hlHubAt [:toip6 $hlHubAt]}
:local hlHubIds [/interface/wireguard/peers/find where comment=$hlTagHub]
:local hlHubId ($hlHubIds->0)
:if ([:len $hlHubIds] = 0) do={
	:set hlWrites [$hlWrite $hlWrites "add the hub as a peer of $hlWg"]
	:set hlHubId [/interface/wireguard/peers/add interface=$hlWg public-key=$hlHub allowed-address=$hlAllowed disabled=yes comment=$hlTagHub]
}
:local hlPeer [/interface/wireguard/peers/get $hlHubId]
:local hlSharedNow ($hlPeer->"preshared-key")
:if ("$hlSharedNow" = "none") do={:set hlSharedNow ""}
:if ("$hlSharedNow" != $hlShared) do={
	:set hlWrites [$hlWrite $hlWrites "set the preshared key"]
	/interface/wireguard/peers/set $hlHubId preshared-key=$hlShared
}
:local hlWantHub {"interface"=$hlWg;"public-key"=$hlHub;"endpoint-address"=$hlHubAt;"endpoint-port"=$hlEndpointPort;"disabled"=false}
:set ($hlWantHub->"allowed-address") $hlAllowed
:set ($hlWantHub->"persistent-keepalive") $hlKeepalive
:if ([$hlDiffers $hlWantHub $hlPeer]) do={
	:set hlWrites [$hlWrite $hlWrites "set the hub's endpoint and allowed addresses"]
	/interface/wireguard/peers/set $hlHubId interface=$hlWg public-key=$hlHub endpoint-address=$hlHubAt endpoint-port=$hlEndpointPort allowed-address=$hlAllowed persistent-keepalive=$hlKeepalive disabled=no
}
:foreach hlId in=[/interface/wireguard/peers/find where comment~$hlMine] do={
	:if ("$hlId" != "$hlHubId") do={
		:set hlWrites [$hlWrite $hlWrites "remove a peer"]
		/interface/wireguard/peers/remove $hlId
	}
}
:foreach hlId in=[/interface/wireguard/find where comment~$hlMine] do={
	:if ("$hlId" != "$hlWgId") do={
		:set hlWrites [$hlWrite $hlWrites "remove an interface"]
		/interface/wireguard/remove $hlId
	}
}

# Data, not only keepalives: after a restart the hub no longer knows this router, and WireGuard calls again only when it misses answers.
:local hlPings 172.20.3.254
:local hlPingIds [/tool/netwatch/find where comment="hlgen:cabin-2:keepalive"]
:local hlPingId ($hlPingIds->0)
:if ([:len $hlPingIds] = 0) do={
	:set hlWrites [$hlWrite $hlWrites "add a ping to the hub, every 10 s"]
	:set hlPingId [/tool/netwatch/add host=$hlPings interval=10s timeout=2s startup-delay=10s comment="hlgen:cabin-2:keepalive"]
}
:local hlWantPing {"host"=$hlPings;"interval"=10s;"timeout"=2s;"startup-delay"=10s;"disabled"=false}
:if ([$hlDiffers $hlWantPing [/tool/netwatch/get $hlPingId]]) do={
	:set hlWrites [$hlWrite $hlWrites "set the ping to the hub"]
	/tool/netwatch/set $hlPingId host=$hlPings interval=10s timeout=2s startup-delay=10s disabled=no
}

# ---- Done ----

:if ($hlWrites = 0) do={
	:put "hlgen: cabin-2: all is as it should be, nothing was written"
} else={
	:put "hlgen: cabin-2: changes written: $hlWrites"
}
:if ([:len [/system/scheduler/find where comment="hlgen:cabin-2:rollback"]] > 0) do={
	:put "hlgen: cabin-2: the router goes back unless you keep the changes: /import file-name=confirm.rsc"
}
:log info "hlgen: cabin-2: done, changes written: $hlWrites"

}
