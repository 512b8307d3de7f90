# hlgen: the router of site ruddenchaux, for RouterOS 7.23.1 or later. Made from the site file.
#
# This file holds a private key: remove it from the router after the import.
#
#   try first:            /import file-name=hlgen.rsc verbose=yes dry-run
#   import:               /import file-name=hlgen.rsc
#   from far away:        :execute script="/import file-name=hlgen.rsc" file=hlgen-log
#                         goes on when the connection ends; the messages are in hlgen-log.txt
#   keep the result:      /import file-name=confirm.rsc     (within 300 s, else the router goes back)
#   look at it:           /import file-name=verify.rsc
#   take everything back: /import file-name=undo.rsc
#
# What this script owns has a comment that begins with "hlgen:ruddenchaux:"; nothing else is changed or removed.
# (One thing of yours is: vlan-filtering of bridge is turned on.)
# (One thing of yours is: the entry of /ipv6/nd for all interfaces, which would announce to the provider, is turned off.)
# It compares before it writes: a second import writes nothing, and a running tunnel stays up.
# It stops before the first change when something of yours is in the way, and says what.
# The hub becomes a peer last, when the firewall is complete. An import that was interrupted is mended by importing again.

# One block: with verbose=yes every statement on its own would forget the variables of the one before.
{

# ---- What the site file says ----

:local hlMine "^hlgen:ruddenchaux:"
:local hlTagWg "hlgen:ruddenchaux:wireguard:tunnel"
:local hlTagHub "hlgen:ruddenchaux:peer:hub"

:local hlRelease "7.23.1"
:local hlWg "wg-vps"
:local hlPort 13231
:local hlMtu 1420
:local hlPublic "BUeS1L4A1HRkIsmWXf7cI4+AuXBi3ajvpnvsu+KIWR8="
:local hlPrivate "<secret: wireguard private key of router>"

:local hlHub "hrwWMjp3ZbP2qSV9TrAEld2yjm8VD9CDaKhz17PA1j0="
:local hlEndpoint "89.167.62.126"
:local hlEndpointPort 51820
:local hlKeepalive 25s
:local hlAllowed "10.100.0.0/24,fd5e:7a1c:90d2::/64"
:local hlShared "<secret: wireguard preshared key of router>"

# The networks of the house. "vlan" 0: untagged; "id6" "": no IPv6.
:local hlNetworks [:toarray ""]
:set ($hlNetworks->[:len $hlNetworks]) {"name"="default";"vlan"=0;"interface"="bridge";"gate"="192.168.88.1/24";"id6"=""}
:set ($hlNetworks->[:len $hlNetworks]) {"name"="kubernetes";"vlan"=30;"interface"="vlan30-kubernetes";"gate"="10.30.0.1/24";"id6"="30";"suffix6"="::30:0:0:0:1"}
:set ($hlNetworks->[:len $hlNetworks]) {"name"="management";"vlan"=10;"interface"="vlan10-management";"gate"="10.10.0.1/24";"id6"="10";"suffix6"="::10:0:0:0:1"}
:set ($hlNetworks->[:len $hlNetworks]) {"name"="trusted-lan";"vlan"=20;"interface"="vlan20-trusted-lan";"gate"="10.20.0.1/24";"id6"="20";"suffix6"="::20:0:0:0:1"}

:local hlBridge "bridge"
:local hlLan "LAN"
:local hlTagged "bridge,ether6"

:local hlWan "ether1"
:local hlPool "starlink-pd"
:local hlIngress "hlgen-ruddenchaux-ingress"
:local hlTagPd "hlgen:ruddenchaux:dhcpv6"
:local hlTagNd "hlgen:ruddenchaux:nd"
:local hlList "hlgen-ruddenchaux"
:local hlTagList "hlgen:ruddenchaux:list"

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
		:local hlArmed [/system/scheduler/find where comment="hlgen:ruddenchaux:rollback"]
		:local hlFile "hlgen-ruddenchaux"
		:if ([:len [/file/find where name="flash"]] > 0) do={:set hlFile "flash/hlgen-ruddenchaux"}
		:local hlBack ("/system/backup/load name=" . $hlFile . ".backup password=\"\"")
		:local hlName "hlgen-ruddenchaux-rollback"
		:if ([:len $hlArmed] > 0) do={
			:if ([/system/scheduler/get ($hlArmed->0) name] = $hlName) do={:set hlName "hlgen-ruddenchaux-rollback-2"}
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
			/system/scheduler/add name=$hlName interval=300s on-event=$hlBack comment="hlgen:ruddenchaux:rollback"
			/system/scheduler/remove $hlArmed
			:if ($hlName != "hlgen-ruddenchaux-rollback") do={/system/scheduler/set [/system/scheduler/find where name=$hlName] name="hlgen-ruddenchaux-rollback"}
		} on-error={
			:if ([:len $hlArmed] = 0) do={
				/file/remove [/file/find where name=($hlFile . ".backup")]
				:log error "hlgen: the scheduler that would bring the old state back was refused, nothing was changed: allow it in device-mode, or set rollback_after: 0"
				:error "hlgen: the scheduler that would bring the old state back was refused, nothing was changed: allow it in device-mode, or set rollback_after: 0"
			}
		}
		:log warning "hlgen: ruddenchaux: armed: without confirm.rsc the router goes back after 300 s"
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

# True when a rule of yours (a row, $1) drops whatever comes: it looks at nothing but where it comes in.
:local hlSweeping do={
	:local hlAction ($1->"action")
	:local hlAnswer (("$hlAction" = "drop") || ("$hlAction" = "reject"))
	:foreach hlName in={"src-address";"dst-address";"src-address-list";"dst-address-list";"src-mac-address";"protocol";"out-interface";"out-interface-list";"connection-mark";"packet-mark";"content";"time";"limit"} do={
		:local hlValue ($1->$hlName)
		:if ("$hlValue" != "") do={:set hlAnswer false}
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
:foreach hlId in=[/system/scheduler/find where name~"^hlgen-ruddenchaux-rollback(-2)?\$"] do={
	:local hlHas [/system/scheduler/get $hlId]
	:local hlName ($hlHas->"name")
	:local hlComment ($hlHas->"comment")
	:if ("$hlComment" != "hlgen:ruddenchaux:rollback") do={
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

:if ([/ipv6/settings/get disable-ipv6]) do={
	$hlStop "hlgen: the site file asks for IPv6, but it is turned off: set disable-ipv6=no in /ipv6/settings"
}

# The IPv4 address of the tunnel may be on no other interface, whatever its length there.
:foreach hlId in=[/ip/address/find where dynamic=no] do={
	:local hlHas [/ip/address/get $hlId]
	:local hlText ($hlHas->"address")
	:local hlComment ($hlHas->"comment")
	:local hlPlace ($hlHas->"interface")
	:local hlSame ([:pick "$hlText" 0 [:find "$hlText/" "/"]] = [$hlPlain "10.100.0.2/24"])
	:if ($hlSame && ("$hlComment" != "hlgen:ruddenchaux:address:ip")) do={
		$hlStop "hlgen: the tunnel address $hlText is on $hlPlace already: remove it there, or choose another router.address"
	}
}

# The IPv6 address of the tunnel may be on no other interface, whatever its length there.
:foreach hlId in=[/ipv6/address/find where dynamic=no] do={
	:local hlHas [/ipv6/address/get $hlId]
	:local hlText ($hlHas->"address")
	:local hlComment ($hlHas->"comment")
	:local hlPlace ($hlHas->"interface")
	:local hlSame ([:pick "$hlText" 0 [:find "$hlText/" "/"]] = [$hlPlain "fd5e:7a1c:90d2::2/64"])
	:if ($hlSame && ("$hlComment" != "hlgen:ruddenchaux:address:ipv6")) do={
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
	:set ($hlPlaces->$hlName) $hlPlace
}

# VLANs: what they need is there, and none of them belongs to somebody else.
:if ([:len [/interface/bridge/find where name=$hlBridge]] = 0) do={
	$hlStop "hlgen: $hlBridge is not a bridge, so it can carry no VLANs: see router.bridge in the site file"
}
:if ([:len [/interface/list/find where name=$hlLan]] = 0) do={
	$hlStop "hlgen: there is no interface list $hlLan: see router.lan_list in the site file"
}
:if ([:len [/interface/bridge/port/find where interface="ether6" bridge=$hlBridge]] = 0) do={
	$hlStop "hlgen: ether6 is no port of $hlBridge: add it there, or correct router.trunk"
}
:local hlOfSite ",1,"
:foreach hlNet in=$hlNetworks do={
	:local hlVlan ($hlNet->"vlan")
	:local hlPlace ($hlNet->"interface")
	:local hlGate ($hlNet->"gate")
	:if ($hlVlan != 0) do={
		:set hlOfSite ($hlOfSite . $hlVlan . ",")
		:local hlOurs [:len [/interface/vlan/find where name=$hlPlace comment~$hlMine]]
		:if ([:len [/interface/vlan/find where vlan-id=$hlVlan interface=$hlBridge]] > [:len [/interface/vlan/find where vlan-id=$hlVlan interface=$hlBridge comment~$hlMine]]) do={
			$hlStop "hlgen: VLAN $hlVlan on $hlBridge is there and not hlgen's: set router.take_over to make it so, or manage_vlans: false to use it as it is"
		}
		:if ([:len [/interface/find where name=$hlPlace]] > $hlOurs) do={
			$hlStop "hlgen: the name $hlPlace belongs to another interface: rename that one, or give the network another interface"
		}
		:foreach hlId in=[/interface/list/member/find where list=$hlLan interface=$hlPlace disabled=yes] do={
			:local hlComment [/interface/list/member/get $hlId comment]
			:if (!("$hlComment" ~ $hlMine)) do={
				$hlStop "hlgen: $hlPlace is in the list $hlLan, but turned off there: enable or remove that row"
			}
		}
		:foreach hlId in=[/ip/address/find where dynamic=no] do={
			:local hlHas [/ip/address/get $hlId]
			:local hlComment ($hlHas->"comment")
			:local hlThere ($hlHas->"interface")
			:local hlFine (("$hlComment" ~ $hlMine) || ([$hlPlain [:tostr ($hlHas->"address")]] != [$hlPlain $hlGate]))
			:if (!$hlFine) do={
				$hlStop "hlgen: $hlGate is on $hlThere already, and not as hlgen's: remove it there, or set router.take_over"
			}
		}
	}
}

# The bridge's VLAN table: your own rows may name none of these VLANs. Before filtering is turned on, every VLAN needs a row.
:local hlInTable ","
:foreach hlId in=[/interface/bridge/vlan/find where bridge=$hlBridge dynamic=no] do={
	:local hlHas [/interface/bridge/vlan/get $hlId]
	:local hlComment ($hlHas->"comment")
	:if (!("$hlComment" ~ $hlMine)) do={
		:foreach hlPart in=[:toarray ($hlHas->"vlan-ids")] do={
			:local hlText "$hlPart"
			:local hlDash [:find "$hlText-" "-"]
			:local hlFirst [:tonum [:pick $hlText 0 $hlDash]]
			:local hlLast $hlFirst
			:if ($hlDash < [:len $hlText]) do={:set hlLast [:tonum [:pick $hlText ($hlDash + 1) [:len $hlText]]]}
			:for hlVlan from=$hlFirst to=$hlLast do={
				:set hlInTable ($hlInTable . $hlVlan . ",")
				:local hlClash (($hlVlan != 1) && ([:typeof [:find $hlOfSite ",$hlVlan,"]] = "num"))
				:if ($hlClash) do={
					$hlStop "hlgen: your table /interface/bridge/vlan has VLAN $hlVlan already (row $hlText): remove it there, or set router.take_over for a row of that VLAN alone"
				}
			}
		}
	}
}
:if (![/interface/bridge/get [find where name=$hlBridge] vlan-filtering]) do={
	:foreach hlId in=[/interface/vlan/find where interface=$hlBridge] do={
		:local hlHas [/interface/vlan/get $hlId]
		:local hlVlan ($hlHas->"vlan-id")
		:local hlComment ($hlHas->"comment")
		:if (!("$hlComment" ~ $hlMine) && ([:typeof [:find ($hlOfSite . $hlInTable) ",$hlVlan,"]] = "nil")) do={
			$hlStop "hlgen: VLAN $hlVlan on $hlBridge would be cut off by vlan-filtering: give it a row in /interface/bridge/vlan first"
		}
	}
	:local hlBridgePvid [/interface/bridge/get [find where name=$hlBridge] pvid]
	:foreach hlId in=[/interface/bridge/port/find where bridge=$hlBridge] do={
		:local hlHas [/interface/bridge/port/get $hlId]
		:local hlPort ($hlHas->"interface")
		:local hlPvid ($hlHas->"pvid")
		:local hlFrames ($hlHas->"frame-types")
		:if (("$hlPvid" != "$hlBridgePvid") || (("$hlFrames" = "admit-only-vlan-tagged") && ([:typeof [:find ",$hlTagged," ",$hlPort,"]] = "nil"))) do={
			$hlStop "hlgen: $hlPort has VLAN settings (pvid $hlPvid, $hlFrames) that would come alive with vlan-filtering: correct them, or turn vlan-filtering on yourself first"
		}
	}
}

# IPv6: the provider's interface, and nobody else asks there for a prefix.
:if ([:len [/interface/find where name=$hlWan]] = 0) do={
	$hlStop "hlgen: there is no interface $hlWan: see router.wan in the site file"
}
:if (![/ipv6/settings/get forward]) do={
	$hlStop "hlgen: IPv6 forwarding is turned off: set forward=yes in /ipv6/settings"
}
:foreach hlId in=[/ipv6/dhcp-client/find where interface=$hlWan dynamic=no] do={
	:local hlComment [/ipv6/dhcp-client/get $hlId comment]
	:local hlOurs ("$hlComment" = $hlTagPd)
	:if (!$hlOurs) do={
		$hlStop "hlgen: $hlWan has a DHCPv6 client that is not hlgen's: remove it, or set router.take_over"
	}
}
:if ([:len [/ipv6/pool/find where name=$hlPool dynamic=no]] > 0) do={
	$hlStop "hlgen: the name of the pool $hlPool is taken by a pool of yours: choose another ipv6.pool"
}
:foreach hlId in=[/ipv6/dhcp-client/find where pool-name=$hlPool dynamic=no] do={
	:local hlHas [/ipv6/dhcp-client/get $hlId]
	:local hlThere ($hlHas->"interface")
	:local hlComment ($hlHas->"comment")
	:if (("$hlThere" != $hlWan) && ("$hlComment" != $hlTagPd)) do={
		$hlStop "hlgen: the DHCPv6 client of $hlThere fills the pool $hlPool already: choose another ipv6.pool, or correct router.wan"
	}
}
:if ([:len [/system/script/find where name="hlgen-ruddenchaux-prefix"]] > [:len [/system/script/find where name="hlgen-ruddenchaux-prefix" comment="hlgen:ruddenchaux:script:prefix"]]) do={
	$hlStop "hlgen: a script with the name hlgen-ruddenchaux-prefix is there that is not hlgen's: rename it"
}
:if ([:len [/interface/list/find where name=$hlList]] > [:len [/interface/list/find where name=$hlList comment=$hlTagList]]) do={
	$hlStop "hlgen: an interface list with the name $hlList is there that is not hlgen's: rename it"
}
:foreach hlNet in=$hlNetworks do={
	:local hlName ($hlNet->"name")
	:local hlPlace ($hlPlaces->$hlName)
	:if (($hlNet->"id6") != "") do={
		:foreach hlId in=[/ipv6/nd/find where interface=$hlPlace] do={
			:local hlComment [/ipv6/nd/get $hlId comment]
			:if ("$hlComment" != $hlTagNd) do={
				$hlStop "hlgen: $hlPlace has router advertisements (/ipv6/nd) that are not hlgen's: remove them, or set router.take_over"
			}
		}
		:if ([:len [/ipv6/address/find where interface=$hlPlace from-pool=$hlPool dynamic=no]] > [:len [/ipv6/address/find where interface=$hlPlace from-pool=$hlPool dynamic=no comment~$hlMine]]) do={
			$hlStop "hlgen: $hlPlace has an IPv6 address from $hlPool that is not hlgen's: remove it, or set router.take_over"
		}
	}
}

# The entry that announces on all interfaces, the provider's too, will be turned off: nobody else may depend on it.
:if ([:len [/ipv6/nd/find where default=yes disabled=no]] > 0) do={
	:foreach hlId in=[/ipv6/address/find where advertise=yes dynamic=no disabled=no] do={
		:local hlHas [/ipv6/address/get $hlId]
		:local hlThere ($hlHas->"interface")
		:local hlComment ($hlHas->"comment")
		:local hlFine (("$hlComment" ~ $hlMine) || ([:len [/ipv6/nd/find where interface=$hlThere]] > 0))
		:foreach hlNet in=$hlNetworks do={
			:local hlName ($hlNet->"name")
			:if ((($hlNet->"id6") != "") && (($hlPlaces->$hlName) = "$hlThere")) do={:set hlFine true}
		}
		:if (!$hlFine) do={
			$hlStop "hlgen: $hlThere is announced by the entry of /ipv6/nd for all interfaces, which must be turned off: add an entry for $hlThere there"
		}
	}
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

# ---- VLANs of bridge: interfaces, gateways, the list $hlLan, the bridge's table ----

{
	# VLANs that are gone make room first: a new one may want their name.
	:local hlIdsKept ","
	:foreach hlNet in=$hlNetworks do={:set hlIdsKept ($hlIdsKept . "hlgen:ruddenchaux:vlan:" . ($hlNet->"vlan") . ",")}
	:foreach hlId in=[/interface/vlan/find where comment~"^hlgen:ruddenchaux:vlan:"] do={
		:local hlHas [/interface/vlan/get $hlId]
		:local hlName ($hlHas->"name")
		:local hlComment ($hlHas->"comment")
		:if ([:typeof [:find $hlIdsKept ",$hlComment,"]] = "nil") do={
			:set hlWrites [$hlWrite $hlWrites "remove VLAN interface $hlName"]
			:foreach hlOn in=[/ip/address/find where interface=$hlName comment~"^hlgen:ruddenchaux:gateway:" dynamic=no] do={/ip/address/remove $hlOn}
			:foreach hlOn in=[/interface/list/member/find where interface=$hlName comment~$hlMine dynamic=no] do={/interface/list/member/remove $hlOn}
			/interface/vlan/remove $hlId
		}
	}

	:local hlMembers ","
	:foreach hlNet in=$hlNetworks do={
		:local hlNumber ($hlNet->"vlan")
		:local hlName ($hlNet->"interface")
		:local hlGate ($hlNet->"gate")
		:if ($hlNumber != 0) do={
			:local hlTag "hlgen:ruddenchaux:vlan:$hlNumber"
			:local hlIds [/interface/vlan/find where comment=$hlTag]
			:local hlId ($hlIds->0)
			:if ([:len $hlIds] = 0) do={
				:set hlWrites [$hlWrite $hlWrites "add VLAN interface $hlName"]
				:set hlId [/interface/vlan/add name=$hlName vlan-id=$hlNumber interface=$hlBridge comment=$hlTag]
			}
			:local hlWant {"name"=$hlName;"vlan-id"=$hlNumber;"interface"=$hlBridge;"disabled"=false}
			:if ([$hlDiffers $hlWant [/interface/vlan/get $hlId]]) do={
				# Two of hlgen's VLANs may have changed names with each other.
				:foreach hlOther in=[/interface/vlan/find where name=$hlName comment~$hlMine] do={
					:if ("$hlOther" != "$hlId") do={
						:set hlWrites [$hlWrite $hlWrites "make room for the name $hlName"]
						/interface/vlan/set $hlOther name=("hlgen-" . [/interface/vlan/get $hlOther vlan-id])
					}
				}
				:set hlWrites [$hlWrite $hlWrites "set VLAN interface $hlName"]
				/interface/vlan/set $hlId name=$hlName vlan-id=$hlNumber interface=$hlBridge disabled=no
			}

			# A member of the list that the router's own firewall trusts; else it would drop even DHCP.
			:if ([:len [/interface/list/member/find where list=$hlLan interface=$hlName]] = 0) do={
				:set hlWrites [$hlWrite $hlWrites "add $hlName to the list $hlLan"]
				/interface/list/member/add list=$hlLan interface=$hlName comment="hlgen:ruddenchaux:member:lan"
			}
			:foreach hlOff in=[/interface/list/member/find where list=$hlLan interface=$hlName disabled=yes comment="hlgen:ruddenchaux:member:lan"] do={
				:set hlWrites [$hlWrite $hlWrites "turn on $hlName in the list $hlLan"]
				/interface/list/member/set $hlOff disabled=no
			}
			:set hlMembers ($hlMembers . $hlName . ",")

			# Two of hlgen's VLANs may have changed addresses with each other: the other gets its own in its turn.
			:set hlTag "hlgen:ruddenchaux:gateway:$hlNumber"
			:foreach hlOther in=[/ip/address/find where comment~"^hlgen:ruddenchaux:gateway:" dynamic=no] do={
				:local hlHas [/ip/address/get $hlOther]
				:if ((($hlHas->"comment") != $hlTag) && ([:tostr ($hlHas->"address")] = $hlGate)) do={
					:set hlWrites [$hlWrite $hlWrites "make room for the address $hlGate"]
					/ip/address/remove $hlOther
				}
			}
			:set hlIds [/ip/address/find where comment=$hlTag dynamic=no]
			:set hlId ($hlIds->0)
			:if ([:len $hlIds] = 0) do={
				:set hlWrites [$hlWrite $hlWrites "add address $hlGate on $hlName"]
				:set hlId [/ip/address/add address=$hlGate interface=$hlName comment=$hlTag]
			}
			:set hlWant {"address"=$hlGate;"interface"=$hlName;"disabled"=false}
			:if ([$hlDiffers $hlWant [/ip/address/get $hlId]]) do={
				:set hlWrites [$hlWrite $hlWrites "set address $hlGate on $hlName"]
				/ip/address/set $hlId address=$hlGate interface=$hlName disabled=no
			}

			# Tagged towards the trunk, and towards the router itself: the bridge is a port of its own.
			:set hlTag "hlgen:ruddenchaux:row:$hlNumber"
			:set hlIds [/interface/bridge/vlan/find where comment=$hlTag dynamic=no]
			:set hlId ($hlIds->0)
			:if ([:len $hlIds] = 0) do={
				:set hlWrites [$hlWrite $hlWrites "add VLAN $hlNumber to the table of $hlBridge"]
				:set hlId [/interface/bridge/vlan/add bridge=$hlBridge vlan-ids=$hlNumber tagged=$hlTagged comment=$hlTag]
			}
			:set hlWant {"bridge"=$hlBridge;"vlan-ids"=$hlNumber;"tagged"=$hlTagged;"disabled"=false}
			:if ([$hlDiffers $hlWant [/interface/bridge/vlan/get $hlId]]) do={
				:set hlWrites [$hlWrite $hlWrites "set VLAN $hlNumber in the table of $hlBridge"]
				/interface/bridge/vlan/set $hlId bridge=$hlBridge vlan-ids=$hlNumber tagged=$hlTagged disabled=no
			}
		}
	}

	# What belongs to VLANs that are gone.
	:foreach hlId in=[/interface/bridge/vlan/find where comment~"^hlgen:ruddenchaux:row:" dynamic=no] do={
		:local hlComment [/interface/bridge/vlan/get $hlId comment]
		:local hlNumber [:pick $hlComment ([:len "hlgen:ruddenchaux:row:"]) [:len $hlComment]]
		:if ([:typeof [:find $hlIdsKept "hlgen:ruddenchaux:vlan:$hlNumber,"]] = "nil") do={
			:set hlWrites [$hlWrite $hlWrites "remove VLAN $hlNumber from the table of $hlBridge"]
			/interface/bridge/vlan/remove $hlId
		}
	}
	:foreach hlId in=[/ip/address/find where comment~"^hlgen:ruddenchaux:gateway:" dynamic=no] do={
		:local hlComment [/ip/address/get $hlId comment]
		:local hlNumber [:pick $hlComment ([:len "hlgen:ruddenchaux:gateway:"]) [:len $hlComment]]
		:if ([:typeof [:find $hlIdsKept "hlgen:ruddenchaux:vlan:$hlNumber,"]] = "nil") do={
			:set hlWrites [$hlWrite $hlWrites ("remove address " . [/ip/address/get $hlId address])]
			/ip/address/remove $hlId
		}
	}
	:foreach hlId in=[/interface/list/member/find where comment="hlgen:ruddenchaux:member:lan" dynamic=no] do={
		:local hlHas [/interface/list/member/get $hlId]
		:local hlName ($hlHas->"interface")
		:if ((($hlHas->"list") != $hlLan) || ([:typeof [:find $hlMembers ",$hlName,"]] = "nil")) do={
			:set hlWrites [$hlWrite $hlWrites "remove $hlName from a list"]
			/interface/list/member/remove $hlId
		}
	}
}

# ---- The interface list hlgen-ruddenchaux: the networks that have IPv6 ----

{
	:local hlKeep ","
	:local hlIds [/interface/list/find where name=$hlList]
	:if ([:len $hlIds] = 0) do={
		:set hlWrites [$hlWrite $hlWrites "add interface list $hlList"]
		/interface/list/add name=$hlList comment=$hlTagList
	}
	:foreach hlNet in=$hlNetworks do={
		:local hlName ($hlNet->"name")
		:local hlPlace ($hlPlaces->$hlName)
		:if (($hlNet->"id6") != "") do={
			:if ([:len [/interface/list/member/find where list=$hlList interface=$hlPlace]] = 0) do={
				:set hlWrites [$hlWrite $hlWrites "add $hlPlace to the list $hlList"]
				/interface/list/member/add list=$hlList interface=$hlPlace comment="hlgen:ruddenchaux:member"
			}
			:foreach hlOff in=[/interface/list/member/find where list=$hlList interface=$hlPlace disabled=yes] do={
				:set hlWrites [$hlWrite $hlWrites "turn on $hlPlace in the list $hlList"]
				/interface/list/member/set $hlOff disabled=no
			}
			:set hlKeep "$hlKeep$hlPlace,"
		}
	}
	:foreach hlId in=[/interface/list/member/find where comment="hlgen:ruddenchaux:member" dynamic=no] do={
		:local hlName [/interface/list/member/get $hlId interface]
		:if ([:typeof [:find $hlKeep ",$hlName,"]] = "nil") do={
			:set hlWrites [$hlWrite $hlWrites "remove $hlName from the list $hlList"]
			/interface/list/member/remove $hlId
		}
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
	# relay git to 10.20.0.5
	:set ($hlForward->[:len $hlForward]) {"name"="relay/git";"action"="accept";"from"="10.100.0.1/32";"to"="10.20.0.5/32";"protocol"="tcp";"port"="22"}
	# relay https to 10.30.0.200
	:set ($hlForward->[:len $hlForward]) {"name"="relay/https";"action"="accept";"from"="10.100.0.1/32";"to"="10.30.0.200/32";"protocol"="tcp";"port"="8443"}
	# client android to default
	:set ($hlForward->[:len $hlForward]) {"name"="client/android/default";"action"="accept";"from"="10.100.0.10/32";"to"="192.168.88.0/24"}
	# client android to kubernetes
	:set ($hlForward->[:len $hlForward]) {"name"="client/android/kubernetes";"action"="accept";"from"="10.100.0.10/32";"to"="10.30.0.0/24"}
	# client android to management
	:set ($hlForward->[:len $hlForward]) {"name"="client/android/management";"action"="accept";"from"="10.100.0.10/32";"to"="10.10.0.0/24"}
	# client android to trusted-lan
	:set ($hlForward->[:len $hlForward]) {"name"="client/android/trusted-lan";"action"="accept";"from"="10.100.0.10/32";"to"="10.20.0.0/24"}
	# client laptop to 10.20.0.5:22/tcp
	:set ($hlForward->[:len $hlForward]) {"name"="client/laptop/10.20.0.5:22/tcp";"action"="accept";"from"="10.100.0.11/32";"to"="10.20.0.5/32";"protocol"="tcp";"port"="22"}
	# client laptop to kubernetes
	:set ($hlForward->[:len $hlForward]) {"name"="client/laptop/kubernetes";"action"="accept";"from"="10.100.0.11/32";"to"="10.30.0.0/24"}
	# client nas2 to trusted-lan
	:set ($hlForward->[:len $hlForward]) {"name"="client/nas2/trusted-lan";"action"="accept";"from"="10.100.0.12/32";"to"="10.20.0.0/24"}
	:set ($hlForward->[:len $hlForward]) {"name"="drop";"action"="drop"}

	# What may come out of the tunnel to the router itself. The hub may ping it, to see that the tunnel works.
	:local hlInput [:toarray ""]
	:set ($hlInput->[:len $hlInput]) {"name"="established";"action"="accept";"state"="established,related"}
	:set ($hlInput->[:len $hlInput]) {"name"="invalid";"action"="drop";"state"="invalid"}
	:set ($hlInput->[:len $hlInput]) {"name"="hub-ping";"action"="accept";"from"="10.100.0.1/32";"to"="10.100.0.0/24";"protocol"="icmp"}
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
		:local hlChain "hlgen-ruddenchaux-$hlPart"
		:local hlNext ""
		:local hlEnd ""
		:local hlOrder ""
		:for hlAt from=([:len $hlRules] - 1) to=0 step=-1 do={
			:local hlRule ($hlRules->$hlAt)
			:local hlTag ("hlgen:ruddenchaux:$hlPart:" . ($hlRule->"name"))
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
				:local hlTag ("hlgen:ruddenchaux:$hlPart:" . ($hlRules->$hlAt->"name"))
				/ip/firewall/filter/move [/ip/firewall/filter/find where comment=$hlTag dynamic=no] destination=$hlEnd
			}
		}
	}

	# Conditions that these rules never have; somebody may have added one.
	:local hlForeign {"out-interface";"src-address";"dst-address";"src-address-list";"dst-address-list";"protocol";"dst-port";"connection-state"}

	# The jumps: each before your first rule that could decide about a new connection, those for the tunnel before the others.
	:foreach hlJump in=$hlJumps do={
		:local hlTag ("hlgen:ruddenchaux:jump:" . ($hlJump->"name"))
		:local hlTarget ("hlgen-ruddenchaux-" . ($hlJump->"name"))
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
				:if ("$hlComment" = "hlgen:ruddenchaux:jump:$hlAfter") do={:set hlPassed true}
				:if (("$hlComment" = $hlTag) && $hlPassed) do={:set hlPlace "right"}
				:local hlDecides (![$hlHarmless $hlHas])
				:if (($hlPlace = "end") && !("$hlComment" ~ "^hlgen:ruddenchaux:jump:") && $hlDecides) do={
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
	:foreach hlWhich in={"^hlgen:ruddenchaux:jump:";$hlMine} do={
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

	# What may come out of the tunnel into the house. Only what is named here may open connections; the end is a drop.
	# (A connection that is open already lives on until it ends.)
	:local hlForward [:toarray ""]
	:set ($hlForward->[:len $hlForward]) {"name"="established";"action"="accept";"state"="established,related"}
	:set ($hlForward->[:len $hlForward]) {"name"="invalid";"action"="drop";"state"="invalid"}
	:set ($hlForward->[:len $hlForward]) {"name"="drop";"action"="drop"}

	# What may come out of the tunnel to the router itself. The hub may ping it, to see that the tunnel works.
	:local hlInput [:toarray ""]
	:set ($hlInput->[:len $hlInput]) {"name"="established";"action"="accept";"state"="established,related"}
	:set ($hlInput->[:len $hlInput]) {"name"="invalid";"action"="drop";"state"="invalid"}
	:set ($hlInput->[:len $hlInput]) {"name"="hub-ping";"action"="accept";"from"="fd5e:7a1c:90d2::1/128";"to"="fd5e:7a1c:90d2::/64";"protocol"="icmpv6"}
	:set ($hlInput->[:len $hlInput]) {"name"="drop";"action"="drop"}

	# The chains, the jumps into them, and the rules at the very end of the built-in chains.
	:local hlChains [:toarray ""]
	:local hlJumps [:toarray ""]
	:local hlEnds [:toarray ""]
	:set ($hlChains->"forward") $hlForward
	:set ($hlChains->"input") $hlInput
	:set ($hlJumps->[:len $hlJumps]) {"name"="forward";"chain"="forward";"in"=$hlWg}
	:set ($hlJumps->[:len $hlJumps]) {"name"="input";"chain"="input";"in"=$hlWg}

	# From and to the provider. What none of your rules accepts ends in the drops at the very end of your chains.
	:local hlInto [:toarray ""]
	:set ($hlInto->[:len $hlInto]) {"name"="established";"action"="accept";"state"="established,related"}
	:set ($hlInto->[:len $hlInto]) {"name"="invalid";"action"="drop";"state"="invalid";"in"=$hlWan}
	# Errors and path MTU discovery (RFC 4890)
	:set ($hlInto->[:len $hlInto]) {"name"="icmp";"action"="accept";"protocol"="icmpv6";"in"=$hlWan}
	# Visitors, and the house itself, to the ingress: its address is in the list, which the script hlgen-ruddenchaux-prefix keeps right
	:set ($hlInto->[:len $hlInto]) {"name"="ingress";"action"="accept";"protocol"="tcp";"port"="80,443";"list"=$hlIngress}
	:set ($hlChains->"ipv6-forward") $hlInto
	:set ($hlJumps->[:len $hlJumps]) {"name"="ipv6-forward";"chain"="forward";"after"="forward"}
	:set ($hlEnds->[:len $hlEnds]) {"name"="forward";"chain"="forward";"in"=$hlWan}
	# New connections between these networks are refused, by IPv6 only: IPv4 is yours. To allow some, accept them in a rule of yours.
	:set ($hlEnds->[:len $hlEnds]) {"name"="between";"chain"="forward";"inlist"=$hlList;"outlist"=$hlList}

	# Every network to the internet, but behind those of your rules that forbid something in particular.
	:local hlOut6 [:toarray ""]
	:foreach hlNet in=$hlNetworks do={
		:local hlName ($hlNet->"name")
		:if (($hlNet->"id6") != "") do={:set ($hlOut6->[:len $hlOut6]) {"name"="$hlName";"action"="accept";"in"=($hlPlaces->$hlName);"out"=$hlWan}}
	}
	:if ([:len $hlOut6] > 0) do={
		:set ($hlChains->"ipv6-out") $hlOut6
		:set ($hlJumps->[:len $hlJumps]) {"name"="ipv6-out";"chain"="forward";"after"="ipv6-forward";"general"="yes"}
	}

	# To the router itself: errors, neighbours, and the answers of the provider's DHCPv6 server.
	:local hlOwn6 [:toarray ""]
	:set ($hlOwn6->[:len $hlOwn6]) {"name"="established";"action"="accept";"state"="established,related"}
	:set ($hlOwn6->[:len $hlOwn6]) {"name"="invalid";"action"="drop";"state"="invalid";"in"=$hlWan}
	:set ($hlOwn6->[:len $hlOwn6]) {"name"="icmp";"action"="accept";"protocol"="icmpv6"}
	:set ($hlOwn6->[:len $hlOwn6]) {"name"="dhcpv6";"action"="accept";"from"="fe80::/10";"protocol"="udp";"port"="546";"in"=$hlWan}
	:set ($hlChains->"ipv6-input") $hlOwn6
	:set ($hlJumps->[:len $hlJumps]) {"name"="ipv6-input";"chain"="input";"after"="input"}
	:set ($hlEnds->[:len $hlEnds]) {"name"="input";"chain"="input";"in"=$hlWan}

	:foreach hlPart,hlRules in=$hlChains do={
		# From the last rule to the first, so that a new one is put before its neighbour. It is disabled until it is complete;
		# a rule that is there already is changed where it stands.
		:local hlChain "hlgen-ruddenchaux-$hlPart"
		:local hlNext ""
		:local hlEnd ""
		:local hlOrder ""
		:for hlAt from=([:len $hlRules] - 1) to=0 step=-1 do={
			:local hlRule ($hlRules->$hlAt)
			:local hlTag ("hlgen:ruddenchaux:$hlPart:" . ($hlRule->"name"))
			:local hlAction ($hlRule->"action")
			:local hlState ($hlRule->"state")
			:local hlFrom ($hlRule->"from")
			:local hlTo ($hlRule->"to")
			:local hlProtocol ($hlRule->"protocol")
			:local hlDoor ($hlRule->"port")
			:local hlIn ($hlRule->"in")
			:local hlOut ($hlRule->"out")
			:local hlToList ($hlRule->"list")
			:local hlIds [/ipv6/firewall/filter/find where comment=$hlTag dynamic=no]
			:local hlId ($hlIds->0)
			:local hlThere ([:len $hlIds] > 0)
			:if (!$hlThere) do={
				:set hlWrites [$hlWrite $hlWrites "add IPv6 rule $hlTag"]
				:if ("$hlNext" = "") do={
					:set hlId [/ipv6/firewall/filter/add chain=$hlChain action=$hlAction disabled=yes comment=$hlTag]
				} else={
					:set hlId [/ipv6/firewall/filter/add chain=$hlChain action=$hlAction disabled=yes comment=$hlTag place-before=$hlNext]
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
			:if ([$hlDiffers $hlWant [/ipv6/firewall/filter/get $hlId]]) do={
				:if ($hlThere) do={:set hlWrites [$hlWrite $hlWrites "set IPv6 rule $hlTag"]}
				# One command for each kind of rule, so that none is wider for a moment. "!" takes a condition away.
				:local hlKind ""
				:foreach hlName in={"state";"from";"to";"protocol";"port";"in";"out";"list"} do={
					:local hlValue ($hlRule->$hlName)
					:if ("$hlValue" != "") do={:set hlKind "$hlKind $hlName"}
				}
				:if ($hlKind = "") do={
					/ipv6/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state !src-address !dst-address !protocol !dst-port !in-interface !out-interface !dst-address-list disabled=no
				}
				:if ($hlKind = " state") do={
					/ipv6/firewall/filter/set $hlId chain=$hlChain action=$hlAction connection-state=$hlState !src-address !dst-address !protocol !dst-port !in-interface !out-interface !dst-address-list disabled=no
				}
				:if ($hlKind = " from to") do={
					/ipv6/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state src-address=$hlFrom dst-address=$hlTo !protocol !dst-port !in-interface !out-interface !dst-address-list disabled=no
				}
				:if ($hlKind = " from to protocol") do={
					/ipv6/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state src-address=$hlFrom dst-address=$hlTo protocol=$hlProtocol !dst-port !in-interface !out-interface !dst-address-list disabled=no
				}
				:if ($hlKind = " from to protocol port") do={
					/ipv6/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state src-address=$hlFrom dst-address=$hlTo protocol=$hlProtocol dst-port=$hlDoor !in-interface !out-interface !dst-address-list disabled=no
				}
				:if ($hlKind = " state in") do={
					/ipv6/firewall/filter/set $hlId chain=$hlChain action=$hlAction connection-state=$hlState !src-address !dst-address !protocol !dst-port in-interface=$hlIn !out-interface !dst-address-list disabled=no
				}
				:if ($hlKind = " protocol") do={
					/ipv6/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state !src-address !dst-address protocol=$hlProtocol !dst-port !in-interface !out-interface !dst-address-list disabled=no
				}
				:if ($hlKind = " protocol in") do={
					/ipv6/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state !src-address !dst-address protocol=$hlProtocol !dst-port in-interface=$hlIn !out-interface !dst-address-list disabled=no
				}
				:if ($hlKind = " from protocol port in") do={
					/ipv6/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state src-address=$hlFrom !dst-address protocol=$hlProtocol dst-port=$hlDoor in-interface=$hlIn !out-interface !dst-address-list disabled=no
				}
				:if ($hlKind = " protocol port list") do={
					/ipv6/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state !src-address !dst-address protocol=$hlProtocol dst-port=$hlDoor !in-interface !out-interface dst-address-list=$hlToList disabled=no
				}
				:if ($hlKind = " in out") do={
					/ipv6/firewall/filter/set $hlId chain=$hlChain action=$hlAction !connection-state !src-address !dst-address !protocol !dst-port in-interface=$hlIn out-interface=$hlOut !dst-address-list disabled=no
				}
			}
			:if ("$hlEnd" = "") do={:set hlEnd $hlId}
			:set hlNext $hlId
			:set hlKeep "$hlKeep$hlId,"
			:set hlOrder "$hlId,$hlOrder"
		}

		# If somebody has moved them, they get their order back.
		:local hlNow ""
		:foreach hlId in=[/ipv6/firewall/filter/find where chain=$hlChain dynamic=no] do={
			:if ([:typeof [:find ",$hlOrder" ",$hlId,"]] = "num") do={:set hlNow "$hlNow$hlId,"}
		}
		:if ($hlNow != $hlOrder) do={
			:set hlWrites [$hlWrite $hlWrites "put the IPv6 rules of $hlPart in order"]
			:for hlAt from=0 to=([:len $hlRules] - 2) do={
				:local hlTag ("hlgen:ruddenchaux:$hlPart:" . ($hlRules->$hlAt->"name"))
				/ipv6/firewall/filter/move [/ipv6/firewall/filter/find where comment=$hlTag dynamic=no] destination=$hlEnd
			}
		}
	}

	# Conditions that these rules never have; somebody may have added one.
	:local hlForeign {"out-interface";"src-address";"dst-address";"src-address-list";"dst-address-list";"protocol";"dst-port";"connection-state"}

	# The jumps: each before your first rule that could decide about a new connection, those for the tunnel before the others.
	:foreach hlJump in=$hlJumps do={
		:local hlTag ("hlgen:ruddenchaux:jump:" . ($hlJump->"name"))
		:local hlTarget ("hlgen-ruddenchaux-" . ($hlJump->"name"))
		:local hlChain ($hlJump->"chain")
		:local hlIn ($hlJump->"in")
		:local hlAfter ($hlJump->"after")
		:local hlGeneral ($hlJump->"general")
		:local hlPassed ("$hlAfter" = "")
		:local hlIds [/ipv6/firewall/filter/find where comment=$hlTag dynamic=no]
		:local hlId ($hlIds->0)
		:local hlPlace "end"
		:local hlAnchor ""
		:foreach hlYours in=[/ipv6/firewall/filter/find where chain=$hlChain dynamic=no] do={
			:if ($hlPlace = "end") do={
				:local hlHas [/ipv6/firewall/filter/get $hlYours]
				:local hlComment ($hlHas->"comment")
				:if ("$hlComment" = "hlgen:ruddenchaux:jump:$hlAfter") do={:set hlPassed true}
				:if (("$hlComment" = $hlTag) && $hlPassed) do={:set hlPlace "right"}
				:local hlDecides (![$hlHarmless $hlHas])
				:if (("$hlGeneral" = "yes") && $hlDecides) do={:set hlDecides [$hlSweeping $hlHas]}
				:if (($hlPlace = "end") && !("$hlComment" ~ "^hlgen:ruddenchaux:jump:") && $hlDecides) do={
					:set hlPlace "before"
					:set hlAnchor $hlYours
				}
			}
		}
		:if ([:len $hlIds] = 0) do={
			:set hlWrites [$hlWrite $hlWrites "add IPv6 jump to $hlTarget"]
			:if ($hlPlace = "before") do={
				:set hlId [/ipv6/firewall/filter/add chain=$hlChain action=jump jump-target=$hlTarget disabled=yes comment=$hlTag place-before=$hlAnchor]
			} else={
				:set hlId [/ipv6/firewall/filter/add chain=$hlChain action=jump jump-target=$hlTarget disabled=yes comment=$hlTag]
			}
		}
		:local hlWant {"chain"=$hlChain;"action"="jump";"jump-target"=$hlTarget;"in-interface"="$hlIn";"in-interface-list"="";"out-interface-list"="";"disabled"=false}
		:foreach hlName in=$hlForeign do={:set ($hlWant->$hlName) ""}
		:if ([$hlDiffers $hlWant [/ipv6/firewall/filter/get $hlId]]) do={
			:if ([:len $hlIds] > 0) do={:set hlWrites [$hlWrite $hlWrites "set IPv6 jump to $hlTarget"]}
			:if ("$hlIn" = "") do={
				/ipv6/firewall/filter/set $hlId chain=$hlChain action=jump jump-target=$hlTarget !in-interface !out-interface !in-interface-list !out-interface-list !src-address !dst-address !src-address-list !dst-address-list !protocol !dst-port !connection-state disabled=no
			} else={
				/ipv6/firewall/filter/set $hlId chain=$hlChain action=jump jump-target=$hlTarget in-interface=$hlIn !out-interface !in-interface-list !out-interface-list !src-address !dst-address !src-address-list !dst-address-list !protocol !dst-port !connection-state disabled=no
			}
		}
		:if (([:len $hlIds] > 0) && ($hlPlace = "before")) do={
			:set hlWrites [$hlWrite $hlWrites "move IPv6 jump to $hlTarget up"]
			/ipv6/firewall/filter/move $hlId destination=$hlAnchor
		}
		:if (([:len $hlIds] > 0) && ($hlPlace = "end")) do={
			:set hlWrites [$hlWrite $hlWrites "move IPv6 jump to $hlTarget down"]
			/ipv6/firewall/filter/move $hlId
		}
		:set hlKeep "$hlKeep$hlId,"
	}

	# The drops at the end of the built-in chains, behind all of your rules.
	:foreach hlDrop in=$hlEnds do={
		:local hlTag ("hlgen:ruddenchaux:end:" . ($hlDrop->"name"))
		:local hlChain ($hlDrop->"chain")
		:local hlIn ($hlDrop->"in")
		:local hlInList ($hlDrop->"inlist")
		:local hlOutList ($hlDrop->"outlist")
		:local hlIds [/ipv6/firewall/filter/find where comment=$hlTag dynamic=no]
		:local hlId ($hlIds->0)
		:if ([:len $hlIds] = 0) do={
			:set hlWrites [$hlWrite $hlWrites "add IPv6 drop at the end of $hlChain"]
			:if ("$hlIn" != "") do={
				:set hlId [/ipv6/firewall/filter/add chain=$hlChain action=drop in-interface=$hlIn disabled=no comment=$hlTag]
			} else={
				:set hlId [/ipv6/firewall/filter/add chain=$hlChain action=reject reject-with=icmp-admin-prohibited in-interface-list=$hlInList out-interface-list=$hlOutList disabled=no comment=$hlTag]
			}
		}
		:local hlAction "drop"
		:if ("$hlIn" = "") do={:set hlAction "reject"}
		:local hlWant {"chain"=$hlChain;"action"=$hlAction;"in-interface"="$hlIn";"in-interface-list"="$hlInList";"out-interface-list"="$hlOutList";"disabled"=false}
		:foreach hlName in=$hlForeign do={:set ($hlWant->$hlName) ""}
		:if ([$hlDiffers $hlWant [/ipv6/firewall/filter/get $hlId]]) do={
			:set hlWrites [$hlWrite $hlWrites "set IPv6 drop at the end of $hlChain"]
			:if ("$hlIn" != "") do={
				/ipv6/firewall/filter/set $hlId chain=$hlChain action=drop in-interface=$hlIn !out-interface !in-interface-list !out-interface-list !src-address !dst-address !src-address-list !dst-address-list !protocol !dst-port !connection-state disabled=no
			} else={
				/ipv6/firewall/filter/set $hlId chain=$hlChain action=reject reject-with=icmp-admin-prohibited !in-interface !out-interface in-interface-list=$hlInList out-interface-list=$hlOutList !src-address !dst-address !src-address-list !dst-address-list !protocol !dst-port !connection-state disabled=no
			}
		}
		:local hlBehind false
		:local hlSeen false
		:foreach hlOther in=[/ipv6/firewall/filter/find where chain=$hlChain dynamic=no] do={
			:local hlComment [/ipv6/firewall/filter/get $hlOther comment]
			:if ($hlSeen && !("$hlComment" ~ "^hlgen:ruddenchaux:end:")) do={:set hlBehind true}
			:if ("$hlOther" = "$hlId") do={:set hlSeen true}
		}
		:if ($hlBehind) do={
			:set hlWrites [$hlWrite $hlWrites "move IPv6 drop to the end of $hlChain"]
			/ipv6/firewall/filter/move $hlId
		}
		:set hlKeep "$hlKeep$hlId,"
	}

	# Rules that are no longer wanted go; jumps first, so that none leads into an empty chain.
	:foreach hlWhich in={"^hlgen:ruddenchaux:jump:";$hlMine} do={
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
		:local hlTag "hlgen:ruddenchaux:mss:$hlWay"
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
			:if (("$hlFirst" = "") && !("$hlComment" ~ "^hlgen:ruddenchaux:mss:")) do={:set hlFirst $hlYours}
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
			:if (!("$hlComment" ~ "^hlgen:ruddenchaux:mss:")) do={:set hlSeen true}
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
	:local hlIp "10.100.0.2/24"
	:local hlTag "hlgen:ruddenchaux:address:ip"
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
	:foreach hlId in=[/ip/address/find where comment~"^hlgen:ruddenchaux:address:" dynamic=no] do={
		:if ([:typeof [:find $hlKeep ",$hlId,"]] = "nil") do={
			:set hlWrites [$hlWrite $hlWrites ("remove address " . [/ip/address/get $hlId address])]
			/ip/address/remove $hlId
		}
	}

	# Networks behind the hub: an allowed address makes no route.
	:set hlKeep ","
	:local hlRoutes [:toarray ""]
	:foreach hlRoute in=$hlRoutes do={
		:local hlTag "hlgen:ruddenchaux:route:$hlRoute"
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
	:local hlIp "fd5e:7a1c:90d2::2/64"
	:local hlTag "hlgen:ruddenchaux:address:ipv6"
	:local hlIds [/ipv6/address/find where comment=$hlTag dynamic=no]
	:local hlId ($hlIds->0)
	:if ([:len $hlIds] = 0) do={
		:set hlWrites [$hlWrite $hlWrites "add address $hlIp"]
		:set hlId [/ipv6/address/add address=$hlIp interface=$hlWg advertise=no comment=$hlTag]
	}
	:local hlWant {"address"=$hlIp;"interface"=$hlWg;"disabled"=false}
	:if ([$hlDiffers $hlWant [/ipv6/address/get $hlId]]) do={
		:set hlWrites [$hlWrite $hlWrites "set address $hlIp"]
		/ipv6/address/set $hlId address=$hlIp interface=$hlWg disabled=no
	}
	:set hlKeep ",$hlId,"
	:foreach hlId in=[/ipv6/address/find where comment~"^hlgen:ruddenchaux:address:" dynamic=no] do={
		:if ([:typeof [:find $hlKeep ",$hlId,"]] = "nil") do={
			:set hlWrites [$hlWrite $hlWrites ("remove address " . [/ipv6/address/get $hlId address])]
			/ipv6/address/remove $hlId
		}
	}

	# Networks behind the hub: an allowed address makes no route.
	:set hlKeep ","
	:local hlRoutes [:toarray ""]
	:foreach hlRoute in=$hlRoutes do={
		:local hlTag "hlgen:ruddenchaux:route:$hlRoute"
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

# ---- IPv6: the provider's prefix, and what is made of it ----

# The client asks for a prefix only: addresses come from the pool. Its hook is set at the very end.
:local hlPdIds [/ipv6/dhcp-client/find where comment=$hlTagPd dynamic=no]
:local hlPdId ($hlPdIds->0)
:if ([:len $hlPdIds] = 0) do={
	:set hlWrites [$hlWrite $hlWrites "add a DHCPv6 client on $hlWan"]
	:set hlPdId [/ipv6/dhcp-client/add interface=$hlWan request=prefix pool-name=$hlPool pool-prefix-length=64 prefix-hint=::/56 add-default-route=yes use-interface-duid=yes rapid-commit=no use-peer-dns=no comment=$hlTagPd]
}
:local hlWantPd {"interface"=$hlWan;"request"="prefix";"pool-name"=$hlPool;"pool-prefix-length"=64;"prefix-hint"="::/56";"disabled"=false}
:set ($hlWantPd->"add-default-route") true
:set ($hlWantPd->"use-interface-duid") true
:set ($hlWantPd->"rapid-commit") false
:set ($hlWantPd->"use-peer-dns") false
:if ([$hlDiffers $hlWantPd [/ipv6/dhcp-client/get $hlPdId]]) do={
	:set hlWrites [$hlWrite $hlWrites "set the DHCPv6 client on $hlWan"]
	/ipv6/dhcp-client/set $hlPdId interface=$hlWan request=prefix pool-name=$hlPool pool-prefix-length=64 prefix-hint=::/56 add-default-route=yes use-interface-duid=yes rapid-commit=no use-peer-dns=no disabled=no
}

# Every network: the router's address, pinned to the network's subnet id, and advertisements.
{
	:local hlKeep ","
	:local hlKeepNd ","
	:foreach hlNet in=$hlNetworks do={
		:local hlName ($hlNet->"name")
		:local hlPlace ($hlPlaces->$hlName)
		:local hlId6 ($hlNet->"id6")
		:if ($hlId6 != "") do={
			:local hlSuffix ($hlNet->"suffix6")
			:local hlTag "hlgen:ruddenchaux:gateway6:$hlId6"
			:local hlIds [/ipv6/address/find where comment=$hlTag dynamic=no]
			:local hlId ($hlIds->0)
			:if ([:len $hlIds] = 0) do={
				:set hlWrites [$hlWrite $hlWrites "add IPv6 address $hlSuffix from $hlPool on $hlPlace"]
				:set hlId [/ipv6/address/add address="$hlSuffix/64" from-pool=$hlPool interface=$hlPlace advertise=yes comment=$hlTag]
			}
			# The router shows the address that it has made of pool and subnet id; the subnet id that was asked for is in the comment.
			:local hlWant {"interface"=$hlPlace;"from-pool"=$hlPool;"advertise"=true;"disabled"=false}
			:if ([$hlDiffers $hlWant [/ipv6/address/get $hlId]]) do={
				:set hlWrites [$hlWrite $hlWrites "set the IPv6 address of $hlPlace"]
				/ipv6/address/set $hlId address="$hlSuffix/64" from-pool=$hlPool interface=$hlPlace advertise=yes disabled=no
			}
			:set hlKeep "$hlKeep$hlId,"

			:set hlIds [/ipv6/nd/find where interface=$hlPlace]
			:set hlId ($hlIds->0)
			:if ([:len $hlIds] = 0) do={
				:set hlWrites [$hlWrite $hlWrites "add router advertisements on $hlPlace"]
				:set hlId [/ipv6/nd/add interface=$hlPlace advertise-dns=yes dns=2606:4700:4700::1111,2606:4700:4700::1001 comment=$hlTagNd]
			}
			:set hlWant {"advertise-dns"="yes";"dns"="2606:4700:4700::1111,2606:4700:4700::1001";"disabled"=false}
			:if ([$hlDiffers $hlWant [/ipv6/nd/get $hlId]]) do={
				:set hlWrites [$hlWrite $hlWrites "set the router advertisements on $hlPlace"]
				/ipv6/nd/set $hlId advertise-dns=yes dns=2606:4700:4700::1111,2606:4700:4700::1001 disabled=no
			}
			:set hlKeepNd "$hlKeepNd$hlId,"
		}
	}

	# What is no longer wanted.
	:foreach hlId in=[/ipv6/address/find where comment~"^hlgen:ruddenchaux:(gateway6:|old\$)" dynamic=no] do={
		:if ([:typeof [:find $hlKeep ",$hlId,"]] = "nil") do={
			:set hlWrites [$hlWrite $hlWrites ("remove IPv6 address " . [/ipv6/address/get $hlId address])]
			/ipv6/address/remove $hlId
		}
	}
	:foreach hlId in=[/ipv6/nd/find] do={
		:local hlHas [/ipv6/nd/get $hlId]
		:local hlComment ($hlHas->"comment")
		:if (("$hlComment" = $hlTagNd) && ([:typeof [:find $hlKeepNd ",$hlId,"]] = "nil")) do={
			:set hlWrites [$hlWrite $hlWrites ("remove router advertisements on " . ($hlHas->"interface"))]
			/ipv6/nd/remove $hlId
		}
	}
}

# Nothing is announced elsewhere, least of all to the provider: the entry for all interfaces is turned off.
:foreach hlId in=[/ipv6/nd/find where default=yes disabled=no] do={
	:set hlWrites [$hlWrite $hlWrites "turn off router advertisements on all other interfaces"]
	/ipv6/nd/set $hlId disabled=yes comment="hlgen:ruddenchaux:nd:default"
}

# The ingress's address. While a pool is bound, only the script sets it; what is written here counts without one.
{
	:local hlTag "hlgen:ruddenchaux:ingress"
	:local hlIds [/ipv6/firewall/address-list/find where comment=$hlTag dynamic=no]
	:local hlId ($hlIds->0)
	:if ([:len $hlIds] = 0) do={
		# Turned off, with the end of the address only, until the prefix is known.
		:set hlWrites [$hlWrite $hlWrites "add the list $hlIngress"]
		:set hlId [/ipv6/firewall/address-list/add list=$hlIngress address=::30:0:0:0:200 disabled=yes comment=$hlTag]
	}
	:local hlHas [/ipv6/firewall/address-list/get $hlId]
	:if (($hlHas->"list") != $hlIngress) do={
		:set hlWrites [$hlWrite $hlWrites "set the list $hlIngress"]
		/ipv6/firewall/address-list/set $hlId list=$hlIngress
	}
	:local hlBound ([:len [/ipv6/pool/find where name=$hlPool]] > 0)
	:local hlWant {"address"="::30:0:0:0:200/128";"disabled"=true}
	:if (!$hlBound && [$hlDiffers $hlWant $hlHas]) do={
		:set hlWrites [$hlWrite $hlWrites "turn the ingress off until there is a prefix"]
		/ipv6/firewall/address-list/set $hlId address=::30:0:0:0:200 disabled=yes
	}
}

# The script that keeps what holds the prefix right; at the end of this file the DHCPv6 client gets to call it.
:local hlSource ""
:set hlSource ($hlSource . "# hlgen, site ruddenchaux: makes what holds the provider's prefix right. It reads what is there and sets only what differs, so it\n")
:set hlSource ($hlSource . "# may run at any time, also twice at once. It ends with an error while the router is still on its way to a new prefix.\n")
:set hlSource ($hlSource . ":local hlPools [/ipv6/pool/find where name=\"starlink-pd\"]\n")
:set hlSource ($hlSource . ":if ([:len \$hlPools] = 0) do={:error \"hlgen: ruddenchaux: no prefix yet: the pool starlink-pd is not bound\"}\n")
:set hlSource ($hlSource . ":local hlPrefix [:tostr [/ipv6/pool/get (\$hlPools->0) prefix]]\n")
:set hlSource ($hlSource . ":local hlSlash [:find \$hlPrefix \"/\"]\n")
:set hlSource ($hlSource . ":local hlBase [:toip6 [:pick \$hlPrefix 0 \$hlSlash]]\n")
:set hlSource ($hlSource . ":local hlLength [:tonum [:pick \$hlPrefix (\$hlSlash + 1) [:len \$hlPrefix]]]\n")
:set hlSource ($hlSource . ":if (\$hlLength > 58) do={\n")
:set hlSource ($hlSource . "\09:error \"hlgen: ruddenchaux: \$hlPrefix is too small: the subnet ids of the site file need a /58 or shorter\"\n")
:set hlSource ($hlSource . "}\n")
:set hlSource ($hlSource . "\n")
:set hlSource ($hlSource . "# The ingress, which the firewall lets visitors reach\n")
:set hlSource ($hlSource . ":local hlIngress (\$hlBase | [:toip6 \"::30:0:0:0:200\"])\n")
:set hlSource ($hlSource . ":foreach hlId in=[/ipv6/firewall/address-list/find where comment=\"hlgen:ruddenchaux:ingress\" dynamic=no] do={\n")
:set hlSource ($hlSource . "\09:local hlNow [:tostr [/ipv6/firewall/address-list/get \$hlId address]]\n")
:set hlSource ($hlSource . "\09:set hlNow [:toip6 [:pick \$hlNow 0 [:find \"\$hlNow/\" \"/\"]]]\n")
:set hlSource ($hlSource . "\09:local hlOff [/ipv6/firewall/address-list/get \$hlId disabled]\n")
:set hlSource ($hlSource . "\09:if ((\$hlNow != \$hlIngress) || \$hlOff) do={\n")
:set hlSource ($hlSource . "\09\09/ipv6/firewall/address-list/set \$hlId address=\$hlIngress disabled=no\n")
:set hlSource ($hlSource . "\09\09:log info \"hlgen: ruddenchaux: the prefix is \$hlPrefix, the ingress is \$hlIngress now\"\n")
:set hlSource ($hlSource . "\09}\n")
:set hlSource ($hlSource . "}\n")
:set hlSource ($hlSource . "\n")
:set hlSource ($hlSource . "# Every network must have the subnet id that the site file names: DNS and cluster count on it.\n")
:set hlSource ($hlSource . ":local hlWant (\$hlBase | [:toip6 \"::30:0:0:0:1\"])\n")
:set hlSource ($hlSource . ":foreach hlId in=[/ipv6/address/find where comment=\"hlgen:ruddenchaux:gateway6:30\" dynamic=no] do={\n")
:set hlSource ($hlSource . "\09:local hlNow [:tostr [/ipv6/address/get \$hlId address]]\n")
:set hlSource ($hlSource . "\09:set hlNow [:toip6 [:pick \$hlNow 0 [:find \"\$hlNow/\" \"/\"]]]\n")
:set hlSource ($hlSource . "\09:if (\$hlNow != \$hlWant) do={\n")
:set hlSource ($hlSource . "\09\09:error \"hlgen: ruddenchaux: network kubernetes has \$hlNow, wanted is \$hlWant\"\n")
:set hlSource ($hlSource . "\09}\n")
:set hlSource ($hlSource . "}\n")
:set hlSource ($hlSource . ":local hlWant (\$hlBase | [:toip6 \"::10:0:0:0:1\"])\n")
:set hlSource ($hlSource . ":foreach hlId in=[/ipv6/address/find where comment=\"hlgen:ruddenchaux:gateway6:10\" dynamic=no] do={\n")
:set hlSource ($hlSource . "\09:local hlNow [:tostr [/ipv6/address/get \$hlId address]]\n")
:set hlSource ($hlSource . "\09:set hlNow [:toip6 [:pick \$hlNow 0 [:find \"\$hlNow/\" \"/\"]]]\n")
:set hlSource ($hlSource . "\09:if (\$hlNow != \$hlWant) do={\n")
:set hlSource ($hlSource . "\09\09:error \"hlgen: ruddenchaux: network management has \$hlNow, wanted is \$hlWant\"\n")
:set hlSource ($hlSource . "\09}\n")
:set hlSource ($hlSource . "}\n")
:set hlSource ($hlSource . ":local hlWant (\$hlBase | [:toip6 \"::20:0:0:0:1\"])\n")
:set hlSource ($hlSource . ":foreach hlId in=[/ipv6/address/find where comment=\"hlgen:ruddenchaux:gateway6:20\" dynamic=no] do={\n")
:set hlSource ($hlSource . "\09:local hlNow [:tostr [/ipv6/address/get \$hlId address]]\n")
:set hlSource ($hlSource . "\09:set hlNow [:toip6 [:pick \$hlNow 0 [:find \"\$hlNow/\" \"/\"]]]\n")
:set hlSource ($hlSource . "\09:if (\$hlNow != \$hlWant) do={\n")
:set hlSource ($hlSource . "\09\09:error \"hlgen: ruddenchaux: network trusted-lan has \$hlNow, wanted is \$hlWant\"\n")
:set hlSource ($hlSource . "\09}\n")
:set hlSource ($hlSource . "}\n")
{
	:local hlIds [/system/script/find where name="hlgen-ruddenchaux-prefix"]
	:local hlId ($hlIds->0)
	:if ([:len $hlIds] = 0) do={
		:set hlWrites [$hlWrite $hlWrites "add the script hlgen-ruddenchaux-prefix"]
		:set hlId [/system/script/add name="hlgen-ruddenchaux-prefix" policy=read,write,test dont-require-permissions=yes source=$hlSource comment="hlgen:ruddenchaux:script:prefix"]
	}
	:local hlHas [/system/script/get $hlId]
	:local hlWant {"policy"="read,write,test";"dont-require-permissions"=true}
	:if ((($hlHas->"source") != $hlSource) || [$hlDiffers $hlWant $hlHas]) do={
		:set hlWrites [$hlWrite $hlWrites "set the script hlgen-ruddenchaux-prefix"]
		/system/script/set $hlId policy=read,write,test dont-require-permissions=yes source=$hlSource
	}
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
:local hlPings 10.100.0.1
:local hlPingIds [/tool/netwatch/find where comment="hlgen:ruddenchaux:keepalive"]
:local hlPingId ($hlPingIds->0)
:if ([:len $hlPingIds] = 0) do={
	:set hlWrites [$hlWrite $hlWrites "add a ping to the hub, every 10 s"]
	:set hlPingId [/tool/netwatch/add host=$hlPings interval=10s timeout=2s startup-delay=10s comment="hlgen:ruddenchaux:keepalive"]
}
:local hlWantPing {"host"=$hlPings;"interval"=10s;"timeout"=2s;"startup-delay"=10s;"disabled"=false}
:if ([$hlDiffers $hlWantPing [/tool/netwatch/get $hlPingId]]) do={
	:set hlWrites [$hlWrite $hlWrites "set the ping to the hub"]
	/tool/netwatch/set $hlPingId host=$hlPings interval=10s timeout=2s startup-delay=10s disabled=no
}

# ---- VLAN filtering, last of what could cut this import off ----

:if (![/interface/bridge/get [find where name=$hlBridge] vlan-filtering]) do={
	:set hlWrites [$hlWrite $hlWrites "turn on vlan-filtering of $hlBridge"]
	/interface/bridge/set [find where name=$hlBridge] vlan-filtering=yes
}

# ---- The hook, now that all it works on is there; then the prefix that is there already ----

:local hlHook ""
:set hlHook ($hlHook . "# hlgen, site ruddenchaux: the provider has given, renewed or taken a prefix. This may run before the pool and the addresses follow, and more than once.\n")
:set hlHook ($hlHook . ":local hlValid \$\"pd-valid\"\n")
:set hlHook ($hlHook . ":local hlLease [:tostr \$\"pd-prefix\"]\n")
:set hlHook ($hlHook . ":if ((\"\$hlValid\" = \"0\") || (\"\$hlValid\" = \"false\")) do={\n")
:set hlHook ($hlHook . "\09:log warning \"hlgen: ruddenchaux: the provider has taken the prefix \$hlLease back\"\n")
:set hlHook ($hlHook . "} else={\n")
:set hlHook ($hlHook . "\09:local hlRight (\"\$hlLease\" = \"\")\n")
:set hlHook ($hlHook . "\09:local hlTries 0\n")
:set hlHook ($hlHook . "\09:while (!\$hlRight && (\$hlTries < 60)) do={\n")
:set hlHook ($hlHook . "\09\09:set hlTries (\$hlTries + 1)\n")
:set hlHook ($hlHook . "\09\09# The pool follows the lease. Compared as addresses: their texts may differ.\n")
:set hlHook ($hlHook . "\09\09:local hlArrived false\n")
:set hlHook ($hlHook . "\09\09:foreach hlId in=[/ipv6/pool/find where name=\"starlink-pd\"] do={\n")
:set hlHook ($hlHook . "\09\09\09:local hlNow [:tostr [/ipv6/pool/get \$hlId prefix]]\n")
:set hlHook ($hlHook . "\09\09\09:set hlArrived ([:toip6 [:pick \$hlNow 0 [:find \"\$hlNow/\" \"/\"]]] = [:toip6 [:pick \$hlLease 0 [:find \"\$hlLease/\" \"/\"]]])\n")
:set hlHook ($hlHook . "\09\09}\n")
:set hlHook ($hlHook . "\09\09:do {\n")
:set hlHook ($hlHook . "\09\09\09/system/script/run hlgen-ruddenchaux-prefix\n")
:set hlHook ($hlHook . "\09\09\09:set hlRight \$hlArrived\n")
:set hlHook ($hlHook . "\09\09} on-error={\n")
:set hlHook ($hlHook . "\09\09\09:set hlRight false\n")
:set hlHook ($hlHook . "\09\09}\n")
:set hlHook ($hlHook . "\09\09:if (!\$hlRight) do={:delay 2s}\n")
:set hlHook ($hlHook . "\09}\n")
:set hlHook ($hlHook . "\09:if (!\$hlRight) do={\n")
:set hlHook ($hlHook . "\09\09:log error \"hlgen: ruddenchaux: two minutes after \$hlLease came, not everything fits it; verify.rsc shows what\"\n")
:set hlHook ($hlHook . "\09\09# An address that does not follow its pool does when it is set again.\n")
:set hlHook ($hlHook . "\09\09:foreach hlId in=[/ipv6/address/find where comment~\"^hlgen:ruddenchaux:gateway6:\" dynamic=no] do={\n")
:set hlHook ($hlHook . "\09\09\09:local hlTag [/ipv6/address/get \$hlId comment]\n")
:set hlHook ($hlHook . "\09\09\09:if (\$hlTag = \"hlgen:ruddenchaux:gateway6:30\") do={/ipv6/address/set \$hlId address=::30:0:0:0:1/64 from-pool=\"starlink-pd\"}\n")
:set hlHook ($hlHook . "\09\09\09:if (\$hlTag = \"hlgen:ruddenchaux:gateway6:10\") do={/ipv6/address/set \$hlId address=::10:0:0:0:1/64 from-pool=\"starlink-pd\"}\n")
:set hlHook ($hlHook . "\09\09\09:if (\$hlTag = \"hlgen:ruddenchaux:gateway6:20\") do={/ipv6/address/set \$hlId address=::20:0:0:0:1/64 from-pool=\"starlink-pd\"}\n")
:set hlHook ($hlHook . "\09\09}\n")
:set hlHook ($hlHook . "\09\09:delay 5s\n")
:set hlHook ($hlHook . "\09\09# Once more, and this time the reason comes into the log.\n")
:set hlHook ($hlHook . "\09\09/system/script/run hlgen-ruddenchaux-prefix\n")
:set hlHook ($hlHook . "\09}\n")
:set hlHook ($hlHook . "}\n")
:if ([/ipv6/dhcp-client/get $hlPdId script] != $hlHook) do={
	:set hlWrites [$hlWrite $hlWrites "set the hook of the DHCPv6 client"]
	/ipv6/dhcp-client/set $hlPdId script=$hlHook
}

:local hlFits true
:if ([:len [/ipv6/pool/find where name=$hlPool]] = 0) do={
	:put "hlgen: ruddenchaux: the provider has given no prefix yet; the hook goes on when it does"
} else={
	:local hlBefore [/ipv6/firewall/address-list/get [find where comment="hlgen:ruddenchaux:ingress"]]
	:set hlFits false
	:for hlTry from=1 to=10 do={
		:if (!$hlFits) do={
			:do {
				/system/script/run "hlgen-ruddenchaux-prefix"
				:set hlFits true
			} on-error={
				:delay 1s
			}
		}
	}
	:if (!$hlFits) do={
		:set hlWrites [$hlWrite $hlWrites "set the IPv6 addresses of the networks again"]
		# An address that does not follow its pool does when it is set again.
		:foreach hlId in=[/ipv6/address/find where comment~"^hlgen:ruddenchaux:gateway6:" dynamic=no] do={
			:local hlTag [/ipv6/address/get $hlId comment]
			:if ($hlTag = "hlgen:ruddenchaux:gateway6:30") do={/ipv6/address/set $hlId address=::30:0:0:0:1/64 from-pool="starlink-pd"}
			:if ($hlTag = "hlgen:ruddenchaux:gateway6:10") do={/ipv6/address/set $hlId address=::10:0:0:0:1/64 from-pool="starlink-pd"}
			:if ($hlTag = "hlgen:ruddenchaux:gateway6:20") do={/ipv6/address/set $hlId address=::20:0:0:0:1/64 from-pool="starlink-pd"}
		}
		:delay 5s
		:do {
			/system/script/run "hlgen-ruddenchaux-prefix"
			:set hlFits true
		} on-error={
			:set hlFits false
		}
	}
	:local hlAfter [/ipv6/firewall/address-list/get [find where comment="hlgen:ruddenchaux:ingress"]]
	:if (([:tostr ($hlBefore->"address")] != [:tostr ($hlAfter->"address")]) || (($hlBefore->"disabled") != ($hlAfter->"disabled"))) do={
		:set hlWrites ($hlWrites + 1)
		:put ("hlgen: the ingress is " . [:tostr ($hlAfter->"address")] . " now")
	}
}

# ---- Done ----

:if ($hlWrites = 0) do={
	:put "hlgen: ruddenchaux: all is as it should be, nothing was written"
} else={
	:put "hlgen: ruddenchaux: changes written: $hlWrites"
}
:if ([:len [/system/scheduler/find where comment="hlgen:ruddenchaux:rollback"]] > 0) do={
	:put "hlgen: ruddenchaux: the router goes back unless you keep the changes: /import file-name=confirm.rsc"
}
:log info "hlgen: ruddenchaux: done, changes written: $hlWrites"

# Aloud at the very end: which network has another IPv6 address than the site file counts on.
:if (!$hlFits) do={
	:log error "hlgen: ruddenchaux: the IPv6 addresses are not what the site file counts on"
	/system/script/run "hlgen-ruddenchaux-prefix"
}

}
