#!/bin/bash
# hlgen: the state of the hub of hill on one screen. Run as root on the VPS; reads only. What is wrong has a "!!" before it.
#
# usage: verify.sh        exit status 1 when something is wrong
set -uo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

case $#:${1-} in
0:) ;;
1:-h | 1:--help)
	sed -n 's/^# usage: /usage: /p' "$0"
	exit 0
	;;
*)
	sed -n 's/^# usage: /usage: /p' "$0" >&2
	exit 2
	;;
esac
if [[ $(id -u) -ne 0 ]]; then
	echo "verify.sh: run it as root" >&2
	exit 2
fi

interface=wg0
port=51820
router_key=''
router_key='3a7+kYcNv7k+doetaRmSi6PIQpsHDrcRTwm5BNAVdlU='
relay_ports=()
relay_udp_ports=()
relay_unit=''
relay_ports=(443)
relay_unit=hlgen-relay.service
firewall=''
firewall=hlgen-firewall.service
state=/var/lib/hlgen

wrong=0
# line HEAD TEXT…, and bad HEAD TEXT… for what is wrong
line() { printf '   %-9s %s\n' "$1" "${*:2}"; }
bad() {
	printf '!! %-9s %s\n' "$1" "${*:2}"
	wrong=1
}

# good or bad, by the command: judge HEAD TEXT_IF_GOOD TEXT_IF_BAD COMMAND…
judge() {
	if "${@:4}" >/dev/null 2>&1; then line "$1" "$2"; else bad "$1" "$3"; fi
}

unit() { # HEAD UNIT
	judge "$1" "$2 runs" "$2 does not run: systemctl status $2" systemctl is-active "$2"
	systemctl is-enabled "$2" >/dev/null 2>&1 || bad "$1" "$2 does not start at boot: systemctl enable $2"
}

tunnel() {
	unit tunnel "wg-quick@$interface.service"
	if ! ip link show dev "$interface" >/dev/null 2>&1; then
		bad tunnel "there is no interface $interface"
		return
	fi
	line tunnel "$interface: $(ip -o address show dev "$interface" scope global | awk '{ printf "%s ", $4 }')UDP port $(wg show "$interface" listen-port)"
	[[ $(wg show "$interface" listen-port) == "$port" ]] || bad tunnel "the port should be $port"
	peers
	routes
}

# Who is who stands in the comments of the configuration file. Never `wg show dump`: it prints keys.
peers() {
	local now
	now=$(date +%s)
	{
		sed 's/^/label /' <(awk '/^#/ { label = substr($0, 3) } /^\[Peer\]/ { name = label } /^PublicKey/ { print $3, name }' "/etc/wireguard/$interface.conf")
		wg show "$interface" endpoints | sed 's/^/endpoint /'
		wg show "$interface" transfer | sed 's/^/transfer /'
		wg show "$interface" latest-handshakes | sed 's/^/handshake /'
	} | awk -v now="$now" '
		$1 == "label" { key = $2; sub(/^label [^ ]* /, ""); label[key] = $0 }
		$1 == "endpoint" { endpoint[$2] = $3 }
		$1 == "transfer" { transfer[$2] = sprintf("%.1f/%.1f MB in/out", $3 / 1e6, $4 / 1e6) }
		$1 == "handshake" {
			name = ($2 in label) ? label[$2] : "unknown peer " $2
			if ($3 == 0) { silent++; print "9999999999\t" sprintf("%-24s never since the start", name) }
			else print now - $3 "\t" sprintf("%-24s %6d s ago  %-22s %s", name, now - $3, endpoint[$2], transfer[$2])
		}' | sort -n | cut -f 2 >"$scratch"
	head -n 20 "$scratch" | while IFS= read -r text; do
		line peer "$text"
	done
	[[ $(wc -l <"$scratch") -le 20 ]] || line peer "and $(($(wc -l <"$scratch") - 20)) more"
	while read -r _ text; do
		bad peer "$text"
	done < <(grep 'unknown peer' "$scratch" | sed 's/^/x /; s/ *never.*/ is not in the file: systemctl reload wg-quick/')
	router "$now"
}

router() { # NOW
	local when
	[[ $router_key ]] || return 0
	when=$(wg show "$interface" latest-handshakes | awk -v key="$router_key" '$1 == key { print $2 }')
	if [[ ${when:-0} -eq 0 ]]; then
		bad router "has not come to the tunnel since it was started"
	elif [[ $(($1 - when)) -gt 180 ]]; then
		bad router "was heard of $(($1 - when)) seconds ago: away"
	fi
}

# A network without a route into the tunnel would leave through the internet interface.
routes() {
	local prefixes prefix family count=0
	while read -r _ prefixes; do
		for prefix in $prefixes; do
			[[ $prefix == */* && $prefix != */0 ]] || continue
			family=-4
			[[ $prefix != *:* ]] || family=-6
			count=$((count + 1))
			[[ $(ip "$family" route show dev "$interface" match "$prefix" 2>/dev/null) ]] ||
				bad routes "$prefix has no route into the tunnel: hlgen-wg-routes $interface"
		done
	done < <(wg show "$interface" allowed-ips)
	line routes "$count prefixes of peers looked at"
	forwarding IPv4 net.ipv4.ip_forward
	forwarding IPv6 net.ipv6.conf.all.forwarding
}

# As the kernel has it: a file that is read after ours may say something else.
forwarding() { # WORD KEY
	judge routes "$1 forwarding is on" "$1 forwarding is off: sysctl -p /etc/sysctl.d/90-hlgen.conf; after a reboot: $2 = 0 in another file" \
		grep -qx 1 "/proc/sys/${2//.//}"
}

firewall() {
	[[ $firewall ]] || return 0
	unit firewall "$firewall"
	if ! nft list table inet hlgen >"$scratch" 2>/dev/null; then
		bad firewall "the table inet hlgen is not loaded, so every client reaches everything: systemctl reload-or-restart $firewall"
		bad firewall "until then wg-quick@$interface does not start, at boot neither"
		return
	fi
	# Counters of what was refused, by their words.
	awk '/counter packets/ && /(drop|reject)/ {
			for (i = 1; i < NF; i++) if ($i == "packets") count = $(i + 1)
			text = match($0, /comment "[^"]*"/) ? substr($0, RSTART + 9, RLENGTH - 10) : "SSH, too many new connections"
			refused[text] += count
		}
		END { for (text in refused) if (refused[text]) print refused[text], text }' "$scratch" | sort -rn >"$scratch.refused"
	while read -r count text; do
		case $text in
		*'is missing'*) bad firewall "refused $count packets: $text" ;;
		*) line firewall "refused $count packets: $text" ;;
		esac
	done <"$scratch.refused"
}

relay() {
	local listen
	[[ $relay_unit ]] || return 0
	unit relay "$relay_unit"
	for listen in "${relay_ports[@]}"; do
		[[ $(ss -Hltn "sport = :$listen") ]] || bad relay "nothing listens on port $listen"
	done
	for listen in "${relay_udp_ports[@]}"; do
		[[ $(ss -Hlun "sport = :$listen") ]] || bad relay "nothing listens on UDP port $listen"
	done
	[[ ${#relay_udp_ports[@]} -eq 0 ]] || line relay "UDP ports ${relay_udp_ports[*]}"
	[[ ${#relay_ports[@]} -gt 0 ]] || return 0
	line relay "ports ${relay_ports[*]}; visitors at this moment: $(ss -Htn state established "( $(printf 'sport = :%s or ' "${relay_ports[@]}" | sed 's/ or $//') )" | wc -l)"
}

machine() {
	local failed
	failed=$(systemctl list-units --failed --plain --no-legend 2>/dev/null | awk '{ printf "%s ", $1 }')
	if [[ $failed ]]; then bad units "failed: $failed"; else line units "none has failed"; fi
	if [[ -e $state/pending ]]; then
		bad change "NOT CONFIRMED: undone in $(($(sed -n 's/^deadline //p' "$state/pending") - $(date +%s))) seconds, unless 'apply.sh --confirm' comes over a new SSH connection"
	elif [[ -e $state/rolled-back ]]; then
		line change "$(<"$state/rolled-back")"
	fi
}

scratch=$(mktemp) || exit 2
trap 'rm -f "$scratch" "$scratch.refused"' EXIT
echo "hub of hill on $(uname -n), $(date '+%F %T')"
tunnel
firewall
relay
machine
exit "$wrong"
