#!/bin/bash
# hlgen: puts the files of this folder into service on the VPS of hill, as root:
#
#     ssh root@vps 'rm -rf hlgen' && scp -r out/vps root@vps:hlgen && ssh root@vps hlgen/apply.sh
#
# Tests everything before the first change, loads only what differs from what was last loaded, and takes it all back after
# a minute unless somebody confirms over a new SSH connection, which proves that the firewall lets one in. A run that was
# interrupted is finished by the next one; a run with nothing to do does nothing.
#
# What it knows is below /var/lib/hlgen: `installed` (our files), `loaded` (digests of what runs), `previous` and `pending` (the
# way back, while a change is not confirmed), `before` (files that were here before hlgen, kept for good).
set -uo pipefail
export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
umask 077

usage() {
	cat <<-'END'
		usage: apply.sh [--check] [--yes] [--rollback-after SECONDS] [--unlisted]
		       apply.sh --confirm [--force]
		       apply.sh --rollback

		  (nothing)            install, load, verify; undone after 60 seconds unless confirmed
		  --check              only say what would change; status 0: nothing, 1: something
		  --yes                keep it unasked, if the run itself ends well: for a new machine or the provider's console
		  --rollback-after N   seconds until an unconfirmed change is undone
		  --unlisted           take the folder as it is, whatever files.sha256 says: for files that you changed yourself
		  --confirm            keep the change; over an SSH connection that was opened after it
		  --confirm --force    the same from anywhere
		  --rollback           undo the unconfirmed change now
	END
}

# ---- what the site file says

interface=wg0
wan=eth0
wireguard_port=51820
ssh_port=22
tunnel_unit=wg-quick@$interface.service
tunnel_file=etc/wireguard/$interface.conf
addresses=(198.51.100.7)
addresses+=(2001:db8:17:1::1)
router_key=''
router_key='3a7+kYcNv7k+doetaRmSi6PIQpsHDrcRTwm5BNAVdlU='

# TCP ports that the firewall opens to everybody: where SSH may listen without being locked out.
open_ports=(22)

# The relay: name, port, address and port in the house, the names it passes ("-": it passes everything), and whether the target
# expects the visitor's address before the data. Of UDP ports, name and port.
relay_ports=()
relay_udp_ports=()
listens=()
datagrams=()
redirects=()
relay_ports=(443)
names=
names+=" films.example.org"
names+=" photos.example.org"
proxy=proxy
listens+=("https" 443 10.30.0.200 8443 "${names:--}" "$proxy")

# ---- words and files

state=/var/lib/hlgen
folder=$(CDPATH='' cd -- "$(dirname "${BASH_SOURCE[0]}")" && pwd) || exit 1

# A terminal that is gone must not end the run.
say() { printf '%s\n' "$*" 2>/dev/null || true; }
step() { say "== $*"; }
warn() { printf 'apply.sh: warning: %s\n' "$*" >&2 2>/dev/null || true; }
die() {
	printf 'apply.sh: %s\n' "$*" >&2 2>/dev/null || true
	exit 1
}

# The lock (9) belongs to this run, not to the daemons that it starts.
quietly() { "$@" >/dev/null 2>&1 9>&-; }
service() { systemctl "$@" 9>&-; }

# write FILE: standard input becomes its text in one step.
write() { cat >"$1.new" && mv -f -- "$1.new" "$1"; }

digest() { sha256sum | cut -d ' ' -f 1; }

# ---- what differs: from the files on this machine, and from what was last loaded

# What is to be installed, "SHA256  FILE" a line: all of etc/ and usr/, at the same places below /.
list=''

# Part of a folder would pass for a wish to remove the rest, and what a copy or an older build has left in it for a wish to install that.
read_list() {
	local said
	if [[ $unlisted ]]; then
		list=$(cd "$folder" && find etc usr -type f -print0 | sort -z | xargs -0 sha256sum)
		has "$tunnel_file" || die "$folder/$tunnel_file is missing"
		return
	fi
	# Its last line tells a list that is whole.
	if ! said=$(cd "$folder" && sha256sum -c --strict --quiet files.sha256 2>&1) || [[ $(tail -n 1 "$folder/files.sha256") != '# complete' ]]; then
		die "$folder is not as it was built; copy all of it anew, into an empty folder:"$'\n'"$said"
	fi
	list=$(grep -E '^[0-9a-f]+  (etc|usr)/' "$folder/files.sha256")
	said=$(cd "$folder" && find etc usr -type f | grep -vxF -f <(tree_files))
	[[ ! $said ]] || warn "not of this build, and left alone: ${said//$'\n'/, }"
}

tree_files() { cut -c 67- <<<"$list"; }

has() { [[ $list == *"  $1"* ]]; } # FILE or folder of the tree

installed_files() { cat "$state/installed" 2>/dev/null; }

# Modes may have suffered in the copy.
mode_of() { # FILE of the tree
	case $1 in
	etc/wireguard/*) echo 600 ;;
	usr/local/sbin/*) echo 755 ;;
	*) echo 644 ;;
	esac
}

# One part of wg0.conf without its comments: "interface" needs a restart, "peer" a reload.
section() { # FILE interface|peer
	awk -v want="$2" '{ sub(/#.*/, "") } /^[ \t]*\[/ { in_it = index(tolower($0), "[" want "]") } in_it && NF' "$1"
}

# What is loaded on its own. The digest of a part that is not there is "none".
parts=(units sysctl firewall ufw docker interface peers relay-unit relay nginx)
declare -A wanted=() loaded=()

files_of() { # PART
	case $1 in
	units) echo etc/systemd/system ;;
	sysctl) echo etc/sysctl.d ;;
	firewall) echo etc/hlgen/vps.nft ;;
	ufw) echo usr/local/sbin/hlgen-ufw ;;
	docker) echo usr/local/sbin/hlgen-docker ;;
	relay-unit) echo etc/systemd/system/hlgen-relay.service ;;
	relay) echo etc/hlgen/nginx.conf ;;
	nginx) echo etc/nginx ;;
	esac
}

digest_of() { # PART, as the tree has it
	local path
	case $1 in
	interface) section "$folder/$tunnel_file" interface | digest ;;
	peers) section "$folder/$tunnel_file" peer | digest ;;
	*)
		path=$(files_of "$1")
		if has "$path"; then grep -F "  $path" <<<"$list" | digest; else echo none; fi
		;;
	esac
}

read_loaded() {
	local part value
	loaded=()
	while read -r part value; do
		loaded[$part]=$value
	done < <(cat "$state/loaded" 2>/dev/null)
}

# Written after each success; before each attempt with "unknown", so that an interrupted one is made again, or undone.
set_loaded() { # PART DIGEST
	local part
	loaded[$1]=$2
	for part in "${!loaded[@]}"; do
		echo "$part ${loaded[$part]}"
	done | sort | write "$state/loaded"
}

differs() { [[ ${wanted[$1]} != "${loaded[$1]-none}" ]]; } # PART

# Does what should run? Only root can see all of it.
runs() { # PART
	[[ $root && ${wanted[$1]} != none ]] || return 0
	case $1 in
	firewall) quietly systemctl is-active hlgen-firewall.service && quietly nft list table inet hlgen ;;
	interface) quietly systemctl is-active "$tunnel_unit" && quietly ip link show dev "$interface" ;;
	relay) quietly systemctl is-active hlgen-relay.service ;;
	nginx) quietly systemctl is-active nginx.service ;;
	ufw) [[ -e /usr/local/sbin/hlgen-ufw ]] && quietly /usr/local/sbin/hlgen-ufw --check ;;
	esac
}

same_file() { # FILE of the tree
	local there
	cmp -s "$folder/$1" "/$1" || return 1
	there=$(stat -c '%a %u' "/$1")
	[[ $there == "$(mode_of "$1") 0" ]]
}

package_there() {
	[[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Fills: changes (lines to show), new_files (to install), gone_files (ours, no longer in the tree), packages (missing).
plan_changes() {
	local file part package
	local -a needed=(wireguard-tools iproute2 procps)
	changes=() new_files=() gone_files=() packages=()
	! has etc/hlgen/vps.nft || needed+=(nftables)
	! has usr/local/sbin/hlgen-ufw || needed+=(ufw)
	! has etc/hlgen/nginx.conf && ! has etc/nginx/ || needed+=(nginx)
	! has etc/hlgen/nginx.conf && ! has etc/nginx/modules-enabled/ || needed+=(libnginx-mod-stream)
	for package in "${needed[@]}"; do
		package_there "$package" && continue
		packages+=("$package")
		changes+=("package  $package")
	done
	[[ ! -e $state/nginx-is-new ]] || changes+=("package  nginx: finish its installation")
	while IFS= read -r file; do
		same_file "$file" && continue
		new_files+=("$file")
		changes+=("install  /$file")
	done < <(tree_files)
	while IFS= read -r file; do
		! has "$file" || continue
		gone_files+=("$file")
		changes+=("remove   /$file")
	done < <(installed_files)
	for part in "${parts[@]}"; do
		wanted[$part]=$(digest_of "$part")
	done
	if [[ ! $root ]]; then
		warn "not root: what was last loaded, and files that only root may read, count as different or are not compared"
		return
	fi
	read_loaded
	for part in "${parts[@]}"; do
		if differs "$part"; then
			changes+=("load     $part$(cost_of "$part")")
		elif ! runs "$part"; then
			changes+=("start    $part")
		fi
	done
}

cost_of() { # PART
	case $1 in
	interface) [[ ${loaded[interface]-none} == none ]] || echo ": restarts the tunnel" ;;
	relay-unit) [[ ${loaded[relay-unit]-none} == none ]] || echo ": restarts the relay, cuts its connections" ;;
	esac
}

# ---- preflight: reads only

problems=()
problem() { problems+=("$1"); }

# The SSH connection that this shell came over: "client port server port", or nothing. sudo drops the variable; an ancestor has it.
ssh_connection() {
	local pid=$$ found
	if [[ ${SSH_CONNECTION-} ]]; then
		echo "$SSH_CONNECTION"
		return
	fi
	while [[ $pid -gt 1 ]]; do
		found=$(tr '\0' '\n' 2>/dev/null <"/proc/$pid/environ" | sed -n 's/^SSH_CONNECTION=//p')
		if [[ $found ]]; then
			echo "$found"
			return
		fi
		pid=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$pid/status" 2>/dev/null)
		[[ $pid ]] || return
	done
}

# Ports on which sshd listens: its own sockets (not those it forwards on the loopback), or the ones that systemd holds for it.
sshd_ports() {
	local found unit
	found=$(ss -Hltnp 2>/dev/null | awk '/\("sshd",/ && $4 !~ /^(127\.|\[::1\])/ { sub(/.*:/, "", $4); print $4 }')
	for unit in ssh.socket sshd.socket; do
		quietly systemctl is-active "$unit" || continue
		found+=$'\n'$(service show --property=Listen --value "$unit" 2>/dev/null | sed -nE 's/^(.*:)?([0-9]+) \(Stream\).*/\2/p')
	done
	[[ ${found//[[:space:]]/} ]] || found=$(sshd -T 2>/dev/null | awk '$1 == "port" { print $2 }')
	sort -un <<<"$found" | sed '/^$/d'
}

port_is_open() { # PORT
	local span
	for span in "${open_ports[@]}"; do
		(($1 >= ${span%-*} && $1 <= ${span#*-})) && return
	done
	return 1
}

check_ssh() {
	local port open='' shut='' connection
	has etc/hlgen/vps.nft || has usr/local/sbin/hlgen-ufw || return 0
	for port in $(sshd_ports); do
		if port_is_open "$port"; then open+=" $port"; else shut+=" $port"; fi
	done
	if [[ $shut && ! $open ]]; then
		problem "sshd listens on port$shut, but the firewall would open $ssh_port: you would be locked out. Set vps.ssh_port in the site file."
	elif [[ $shut ]]; then
		warn "sshd also listens on port$shut, which the firewall will close"
	fi
	connection=$(ssh_connection)
	if [[ $connection ]]; then
		port=${connection##* }
		port_is_open "$port" ||
			problem "this SSH connection uses port $port, which the firewall would close. Set vps.ssh_port in the site file."
	fi
}

# Programs that listen on a port, one "NAME PID" a line.
listeners() { # -t|-u PORT
	ss -Hln"${1#-}"p "sport = :$2" 2>/dev/null | grep -oE '\("[^"]*",pid=[0-9]+' | sed -E 's/^\("([^"]*)",pid=/\1 /' | sort -u
}

# Ours: the relay's own nginx, or a packaged one that already has our drop-in with this port.
our_listener() { # -t|-u PID PORT
	tr '\0' ' ' 2>/dev/null <"/proc/$2/cmdline" | grep -q '/etc/hlgen/nginx\.conf' && return
	# One number by TCP and by UDP are two ports: the owner's HTTP/3 may have the one, and we the other.
	local end='(;| [^u])'
	[[ $1 == -t ]] || end=' udp '
	installed_files | grep -q '^etc/nginx/' && grep -qsE "listen (\[::\]:)?$3$end" /etc/nginx/modules-enabled/90-hlgen-stream.conf /etc/nginx/conf.d/90-hlgen-redirect.conf
}

check_relay_ports() { # -t|-u PORT…
	local kind=$1 what=port port name pid ours who
	[[ $kind == -t ]] || what='UDP port'
	for port in "${@:2}"; do
		ours='' who=''
		while read -r name pid; do
			[[ $name ]] || continue
			who=$name
			if our_listener "$kind" "$pid" "$port"; then ours=yes; fi
		done < <(listeners "$kind" "$port")
		[[ $who && ! $ours ]] || continue
		if [[ $who == nginx ]] && has etc/nginx/; then
			# One nginx for both: two http servers may share a port, a relayed port it must not serve itself.
			[[ $kind == -u || " ${listens[*]} " == *" $port "* ]] || continue
			problem "nginx serves $what $port itself, which the relay needs (Debian's welcome page? rm /etc/nginx/sites-enabled/default && systemctl reload nginx)"
		elif [[ $who == nginx ]]; then
			problem "nginx listens on $what $port, which the relay needs: take that site away, or, if you do not use nginx: systemctl disable --now nginx"
		else
			problem "$who listens on $what $port, which the relay needs"
		fi
	done
}

check_tunnel_port() {
	local name pid other port
	while read -r name pid; do
		[[ $name ]] || continue
		tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -q "wireguard-go $interface " ||
			problem "$name listens on UDP port $wireguard_port, which WireGuard needs"
	done < <(listeners -u "$wireguard_port")
	while read -r other port; do
		if [[ $port == "$wireguard_port" && $other != "$interface" ]]; then
			problem "the WireGuard interface '$other' has UDP port $wireguard_port already: end it (wg-quick down $other, systemctl disable wg-quick@$other), or set tunnel.port in the site file"
		fi
	done < <(wg show all listen-port 2>/dev/null)
	if quietly ip link show dev "$interface" && [[ ! -e /$tunnel_file ]]; then
		problem "there is an interface '$interface' which /$tunnel_file does not describe: end it first"
	fi
}

check_other_firewalls() {
	local ufw='' chain
	if command -v ufw >/dev/null && ufw status 2>/dev/null | grep -q '^Status: active'; then ufw=yes; fi
	if [[ $ufw ]] && has etc/hlgen/vps.nft && ! has usr/local/sbin/hlgen-ufw; then
		problem "UFW is active, and what it drops stays dropped: 'ufw disable', or 'firewall: ufw' in the site file"
	elif [[ $ufw ]] && ufw status | grep -qE "^$ssh_port(/tcp)? +(DENY|REJECT)( IN)? +Anywhere"; then
		warn "UFW has a rule of yours that refuses SSH on port $ssh_port, and it comes before hlgen's: ufw status numbered"
	fi
	if quietly systemctl is-active docker.service; then
		say "Docker runs here: fine; its own published ports are not covered by hlgen's input rules"
		ufw=yes
	fi
	for chain in $(other_chains "$ufw"); do
		warn "the firewall chain ${chain//:/ } drops what it does not accept itself, and hlgen's rules cannot open that: UDP port $wireguard_port, the relay's ports, and what is forwarded for $interface"
	done
}

# Chains of other firewalls where a packet ends that no rule of theirs accepts. Those of UFW and Docker are known.
other_chains() { # "" or anything: UFW or Docker is here
	nft list ruleset 2>/dev/null | awk -v known="$1" '
		$1 == "table" { table = $2 ":" $3; skip = table == "inet:hlgen" || (known && table ~ /^ip6?:filter$/) }
		$1 == "chain" { chain = table ":" $2; base = 0 }
		/hook (input|forward) / { base = 1 }
		base && !skip && (/policy drop;/ || /^[ \t]*(counter packets [0-9]+ bytes [0-9]+ )?(drop|reject)( |$)/) { print chain }' | sort -u
}

# A network of the house that the VPS has another way to, its provider's network for example, would be cut off one of the two.
check_networks() {
	local prefix family route
	for prefix in $(section "$folder/$tunnel_file" peer | sed -n 's/^AllowedIPs *=//p' | tr ',' ' '); do
		family=-4
		[[ $prefix != *:* ]] || family=-6
		# The same or a part of it; or, on this machine's own link, one that it is a part of.
		route=$({ ip "$family" route show root "$prefix" && ip "$family" route show match "$prefix" | grep -v ' via '; } 2>/dev/null |
			grep ' dev ' | grep -vE "^default|^unreachable| dev $interface( |$)" | head -n 1)
		[[ ! $route ]] || problem "$prefix of the house and this machine's own network are the same or overlap: $route"
	done
}

# Only full tunnels and IPv6 need to know it: no reason to have no hub at all.
check_wan() {
	local route
	route=$({ ip -4 route show default && ip -6 route show default; } 2>/dev/null)
	[[ ! $route || $route == *" dev $wan "* ]] || warn "vps.interface in the site file is '$wan', but the way to the internet is: ${route%%$'\n'*}"
}

check_nginx_streams() {
	has etc/nginx/modules-enabled/ && [[ -e /usr/sbin/nginx ]] || return 0
	nginx -T 2>/dev/null | awk '/^# configuration file / { ours = /hlgen-stream/ } /^[ \t]*stream[ \t]*\{/ && !ours { found = 1 } END { exit !found }' &&
		problem "nginx.conf has a stream {} block of its own, and there can be only one: move it, or 'nginx: dedicated' in the site file"
	return 0
}

preflight() {
	local free
	problems=()
	command -v dpkg-query >/dev/null || problem "this is neither Debian nor Ubuntu"
	command -v systemctl >/dev/null || problem "this machine is not run by systemd"
	free=$(df -Pk /var | awk 'NR == 2 { print $4 }')
	[[ ${free:-0} -ge 51200 ]] || problem "less than 50 MB are free on /var"
	check_ssh
	check_relay_ports -t "${relay_ports[@]}"
	check_relay_ports -u "${relay_udp_ports[@]}"
	check_tunnel_port
	check_networks
	check_wan
	check_other_firewalls
	check_nginx_streams
	[[ ${#problems[@]} -eq 0 ]] || die "nothing was changed:$(printf '\n  - %s' "${problems[@]}")"
}

# ---- packages, and the test of every file before anything changes

# A package that is being installed starts its service, and Debian's nginx then takes port 80 for its welcome page: masked meanwhile.
install_packages() {
	local status=0
	[[ ${#packages[@]} -gt 0 || -e $state/nginx-is-new ]] || return 0
	# Another apt may hold its lock for longer than the way back waits.
	[[ ! -e $state/pending ]] || die "packages are missing (${packages[*]}) while a change waits for confirmation: --confirm or --rollback first"
	step "packages: ${packages[*]:-nginx, the rest of its installation}"
	install -d -m 0700 "$state"
	if [[ " ${packages[*]} " == *" nginx "* ]]; then
		: >"$state/nginx-is-new"
		quietly systemctl mask --runtime nginx.service
	fi
	if [[ ${#packages[@]} -gt 0 ]]; then
		export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l
		local -a apt=(apt-get -q -y -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold)
		# What an earlier run, or its end, has left half done.
		dpkg --configure -a 9>&-
		"${apt[@]}" update 9>&- || warn "apt-get update failed; trying with what is known"
		"${apt[@]}" install --no-install-recommends "${packages[@]}" 9>&- || status=1
	fi
	finish_nginx
	[[ $status -eq 0 ]] || die "the packages could not be installed; nothing else was changed"
	# Once more: without iproute2 it could not see much.
	preflight
	plan_changes
}

# The nginx that this script installed, and no other: nobody's sites are in it.
finish_nginx() {
	[[ -e $state/nginx-is-new ]] || return 0
	quietly systemctl unmask --runtime nginx.service
	if has etc/nginx/; then
		rm -f /etc/nginx/sites-enabled/default
	else
		quietly systemctl disable --now nginx.service
	fi
	rm -f "$state/nginx-is-new"
}

# The test runs in a mount namespace where the tree's files stand at their places, on copies of the folders.
set_stage() {
	local file
	# The folder may be below /mnt, which is about to be hidden.
	cd "$folder" && mount -t tmpfs -o mode=0700 hlgen-stage /mnt && mkdir -p /mnt/usr/local/sbin &&
		cp -a /etc /mnt/etc && cp -a /usr/local/sbin/. /mnt/usr/local/sbin || return 1
	while IFS= read -r file; do
		[[ -z $file ]] || rm -f "/mnt/$file"
	done <<<"$gone"
	while IFS= read -r file; do
		install -D -m "$(mode_of "$file")" "$file" "/mnt/$file" || return 1
	done < <(tree_files)
	mount --bind /mnt/etc /etc && mount --bind /mnt/usr/local/sbin /usr/local/sbin
}

test_scripts() {
	local file
	while IFS= read -r file; do
		! head -n 1 "$file" | grep -q '^#!.*sh' || bash -n "$file" || return 1
	done < <(tree_files)
}

test_firewall() { nft -c -f etc/hlgen/vps.nft; }

# What wg says is not shown as it is: it quotes the line that it does not understand, which may be a key.
test_tunnel() {
	local device=hlgen-test address
	mount -t tmpfs tmpfs /run || return 1
	if ! ip link add "$device" type wireguard 2>/dev/null; then
		if ! command -v wireguard-go >/dev/null; then
			echo "the kernel has no WireGuard: 'modprobe wireguard' must work, or install wireguard-go"
			return 1
		fi
		wireguard-go "$device" >/dev/null 2>&1 || return 1
	fi
	wg setconf "$device" <(wg-quick strip "$interface") 2>&1 | sed "s/\`[^']*'/(not shown)/"
	[[ ${PIPESTATUS[0]} -eq 0 ]] || return 1
	for address in $(sed -n 's/#.*//; s/^[[:space:]]*Address[[:space:]]*=//p' "/$tunnel_file" | tr ',' ' '); do
		ip address add "$address" dev "$device" || return 1
	done
	ip link delete "$device"
}

# Without the network of this machine, so that ports which are taken do not matter.
test_relay() {
	ip link set lo up && mount -t tmpfs tmpfs /run && mkdir /run/hlgen-relay && nginx -t -q -c /etc/hlgen/nginx.conf
}

test_nginx() { nginx -t -q; }

test_units() {
	local unit said status
	local -a units=() options=(--man=no)
	for unit in $(tree_files | sed -n 's:^etc/systemd/system/\([^/]*\).*:\1:p'); do
		unit=${unit%.d}
		[[ $unit != docker.service ]] || systemctl cat docker.service >/dev/null 2>&1 || continue
		units+=("$unit")
	done
	! systemd-analyze --help 2>/dev/null | grep -q recursive-errors || options+=(--recursive-errors=no)
	said=$(systemd-analyze verify "${options[@]}" "${units[@]}" 2>&1)
	status=$?
	# It complains about other units of this machine as well.
	grep -F -e hlgen -e "wg-quick@$interface" <<<"$said" || return 0
	[[ $status -eq 0 ]]
}

# tried WHAT COMMAND…: what it says belongs to WHAT; a success that says something is a warning.
tried() {
	local said status
	said=$("${@:2}" 2>&1)
	status=$?
	[[ -z $said && $status -eq 0 ]] || printf '%s: %s\n' "$1" "${said:-status $status}"
	[[ $status -eq 0 ]] || broken=1
}

# alone FUNCTION: without this machine's network, and with a /run of its own.
alone() {
	unshare --mount --net --pid --fork --kill-child bash -c "set -uo pipefail; $(declare -f "$1"); $1"
}

on_stage() {
	local broken=0
	if ! set_stage; then
		echo "the files could not be set up for a test"
		return 1
	fi
	tried scripts test_scripts
	! has etc/hlgen/vps.nft || tried etc/hlgen/vps.nft test_firewall
	tried "$tunnel_file" alone test_tunnel
	! has etc/hlgen/nginx.conf || tried etc/hlgen/nginx.conf alone test_relay
	! has etc/nginx/ || tried etc/nginx test_nginx
	tried units test_units
	return "$broken"
}

# In a container without namespaces.
in_place() {
	local broken=0
	cd "$folder" || return 1
	tried scripts test_scripts
	! has etc/hlgen/vps.nft || tried etc/hlgen/vps.nft test_firewall
	return "$broken"
}

test_files() {
	local said status gone
	gone=$(printf '%s\n' "${gone_files[@]}")
	export folder list interface tunnel_file gone
	if unshare --mount true 2>/dev/null; then
		said=$(unshare --mount --propagation private bash -c \
			"set -uo pipefail; $(declare -f set_stage tree_files has mode_of tried alone on_stage test_{scripts,firewall,tunnel,relay,nginx,units}); on_stage" 2>&1 9>&-)
		status=$?
	else
		warn "this machine allows no namespaces (a container?): only scripts and firewall are tested beforehand"
		said=$(in_place 2>&1)
		status=$?
	fi
	[[ -z $said ]] || warn "$said"
	[[ $status -eq 0 ]] || die "nothing was changed"
}

# ---- the way back: saved before the first change, armed until somebody confirms

previous=$state/previous

pending_field() { sed -n "s/^$1 //p" "$state/pending" 2>/dev/null; } # NAME

# Units whose state a run may change.
our_units() {
	{
		echo "$tunnel_unit"
		echo nginx.service
		{ tree_files; installed_files; } | sed -n 's:^etc/systemd/system/\([^/]*\.service\)$:\1:p'
	} | sort -u
}

# A second run before the first is confirmed adds what the first did not touch: the way back leads to what was confirmed last.
save_state() {
	local file unit key
	install -d -m 0700 "$state" || return 1
	if [[ ! -e $state/pending ]]; then
		rm -rf "$previous" && install -d -m 0700 "$previous" "$previous/files" || return 1
		touch "$previous/absent" "$previous/units" "$state/installed" "$state/loaded" || return 1
		cp -a "$state/installed" "$state/loaded" "$previous/" || return 1
		if quietly nft list table inet hlgen; then
			{ printf 'table inet hlgen\ndelete table inet hlgen\n' && nft -s list table inet hlgen; } >"$previous/nft" || return 1
		fi
		! quietly wg show "$interface" || wg showconf "$interface" >"$previous/wg.conf" || return 1
		! quietly ip link show dev "$interface" || systemctl is-active -q "$tunnel_unit" || touch "$previous/tunnel-by-hand"
		[[ ! -e /etc/ufw/ufw.conf ]] || ufw status 2>/dev/null | sed -n 's/^Status: //p' >"$previous/ufw"
		while IFS= read -r key; do
			[[ $key == */* ]] || key=${key//.//}
			[[ ! -r /proc/sys/$key ]] || echo "$key $(<"/proc/sys/$key")" >>"$previous/sysctl"
		done < <(sed -n 's/^-\{0,1\}\(net[^ =]*\).*/\1/p' "$folder"/etc/sysctl.d/90-hlgen.conf)
	fi
	while IFS= read -r file; do
		[[ ! -e $previous/files/$file ]] || continue
		! grep -qxF -- "$file" "$previous/absent" || continue
		if [[ -e /$file ]]; then
			mkdir -p "$previous/files/${file%/*}" && cp -a "/$file" "$previous/saved" && mv "$previous/saved" "$previous/files/$file" || return 1
		else
			echo "$file" >>"$previous/absent" || return 1
		fi
	done < <({ tree_files; installed_files; [[ ! -e /etc/ufw/ufw.conf ]] || printf '%s\n' etc/ufw/user.rules etc/ufw/user6.rules; } | sort -u)
	for unit in $(our_units); do
		! grep -q "^$unit " "$previous/units" || continue
		echo "$unit $(systemctl is-enabled "$unit" 2>/dev/null | head -n 1) $(systemctl is-active "$unit" 2>/dev/null)" >>"$previous/units"
	done
	cp "${BASH_SOURCE[0]}" "$previous/apply.sh.new" && mv -f "$previous/apply.sh.new" "$previous/apply.sh"
}

# TCP connections to this machine, "LOCAL PEER" a line.
connections() { ss -Htn state established 2>/dev/null | awk '{ print $3, $4 }' | sed 's/\[::ffff:\([0-9.]*\)\]/\1/g; s/[][]//g'; }

boot_unit=/etc/systemd/system/hlgen-rollback.service
boot_link=/etc/systemd/system/multi-user.target.wants/hlgen-rollback.service

# A timer does not outlive a restart of the machine. By then everything of the tree is loaded: what was is not known ("loaded" goes).
arm_boot() {
	mkdir -p "${boot_link%/*}" && write "$boot_unit" <<-END && chmod 0644 "$boot_unit" && ln -sf "$boot_unit" "$boot_link"
		[Unit]
		Description=hlgen: undo the change that nobody confirmed
		ConditionPathExists=$state/pending
		After=hlgen-firewall.service $tunnel_unit hlgen-relay.service nginx.service

		[Service]
		Type=oneshot
		ExecStartPre=/bin/rm -f $state/loaded
		ExecStart=/bin/bash $previous/apply.sh --rollback
	END
}

# arm SECONDS PID: the new timer first, then it counts, then the old one goes: at no moment is there none.
# PID (0: nobody) is the run that it may have to end.
arm() {
	local token old timer
	old=$(pending_field timer)
	arm_boot || return 1
	token=$(od -An -N 8 -t x1 /dev/urandom | tr -d ' \n')
	if quietly systemd-run --on-active="$1" --timer-property=AccuracySec=1s --unit="hlgen-rollback-$token" --collect \
		/bin/bash "$previous/apply.sh" --rollback --token "$token"; then
		timer=hlgen-rollback-$token.timer
	else
		# No systemd to ask: a process that waits.
		setsid bash "$previous/apply.sh" --rollback --token "$token" --after "$1" </dev/null >>"$state/rollback.log" 2>&1 9>&- &
		timer=$!
	fi
	printf '%s\n' "token $token" "deadline $(($(date +%s) + $1))" "timer $timer" "applier $2" "$(connections | sed 's/^/connection /')" |
		write "$state/pending" && sync -f "$state" "$boot_unit" || return 1
	rm -f "$state/rolled-back"
	[[ ! $old ]] || stop_timer "$old"
}

stop_timer() { # TIMER
	if [[ $1 == *.timer ]]; then
		quietly systemctl stop "$1"
	elif waits "$1"; then
		# Its sleep with it: it leads a session of its own.
		kill -- "-$1"
	fi
}

waits() { tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -q 'apply\.sh --rollback --token'; } # PID

timer_runs() {
	local timer
	timer=$(pending_field timer)
	if [[ $timer == *.timer ]]; then quietly systemctl is-active "$timer"; else [[ $timer ]] && waits "$timer"; fi
}

forget_way_back() {
	local timer
	timer=$(pending_field timer)
	rm -f "$state/pending"
	[[ ! $timer ]] || stop_timer "$timer"
	rm -rf "$previous" "$boot_unit" "$boot_link"
}

# Only a connection that was opened after the firewall changed proves that one can still be opened.
new_connection() {
	local client client_port server server_port
	read -r client client_port server server_port <<<"$(ssh_connection)"
	if [[ ! $client ]]; then
		say "this is no SSH connection, so it proves nothing. From the console, if you are sure: --confirm --force"
	elif pending_field connection | grep -qxF -- "$server:$server_port $client:$client_port"; then
		say "this connection is older than the change, so it proves nothing: open a new one"
	elif ! connections | grep -qxF -- "$server:$server_port $client:$client_port"; then
		say "this shell's SSH connection has ended (a terminal multiplexer?): confirm from a shell of the new one"
	else
		return 0
	fi
	return 1
}

confirm() {
	take_lock 60 || die "a run is still at work: confirm after its end"
	if [[ ! -e $state/pending ]]; then
		[[ ! -e $state/rolled-back ]] || die "too late: $(<"$state/rolled-back")"
		say "nothing waits for confirmation"
		exit 0
	fi
	[[ $force || $(pending_field applier) == 0 ]] || die "the run did not come to its end: start it again, or --rollback"
	[[ $force ]] || new_connection || exit 1
	forget_way_back
	say "confirmed: the change stays"
}

rollback() {
	local applier
	due() { [[ -z $token || $token == "$(pending_field token)" ]] || exit 0; }
	# The timer is the last that can open the door again: it waits for as long as it takes.
	until take_lock 10; do
		due
		applier=$(pending_field applier)
		if [[ ${applier:-0} -ne 0 ]] && tr '\0' ' ' 2>/dev/null <"/proc/$applier/cmdline" | grep -q 'apply\.sh'; then
			kill -KILL "$applier"
		elif [[ ! $token ]]; then
			die "another run is at work"
		fi
	done
	due
	[[ -e $state/pending ]] || die "there is nothing to undo: no change waits for confirmation"
	undo
}

undo_now() { # REASON
	warn "$1: everything is put back"
	undo
	exit 1
}

was() { awk -v unit="$1" -v column="$2" '$1 == unit { print $column }' "$previous/units"; } # UNIT 2 (enabled?) | 3 (active?)

# Everything is tried, whatever fails: a machine that is half restored and reachable is better than one that is neither.
undo() {
	local unit file part value failed='' timer
	local -A saved=()
	tried_to() { "$@" || { failed=yes && warn "this failed: $1"; }; }
	moved() { [[ ${loaded[$1]-none} != "${saved[$1]-none}" ]]; }
	read_loaded
	while read -r part value; do
		saved[$part]=$value
	done <"$previous/loaded"
	say "undoing: firewall first, then files, then WireGuard and the relay"
	# Whatever this run has loaded or not: a reload by somebody else may have loaded its files.
	if [[ -s $previous/nft ]]; then
		nft -f "$previous/nft" || tried_to nft -f "$previous/files/etc/hlgen/vps.nft"
	else
		! quietly nft list table inet hlgen || tried_to nft delete table inet hlgen
	fi
	# What did not run before ends while its files are still there.
	while read -r unit _; do
		if [[ $(was "$unit" 3) != active ]] && quietly systemctl is-active "$unit"; then tried_to service stop "$unit"; fi
		if [[ $(was "$unit" 2) != enabled ]] && quietly systemctl is-enabled "$unit"; then tried_to quietly systemctl disable "$unit"; fi
	done <"$previous/units"
	while IFS= read -r file; do
		cmp -s "$previous/files/$file" "/$file" && [[ $(stat -c '%a %Y' "$previous/files/$file") == "$(stat -c '%a %Y' "/$file")" ]] && continue
		mkdir -p "/${file%/*}"
		cp -a "$previous/files/$file" "/$file.hlgen-new" && tried_to mv -f "/$file.hlgen-new" "/$file"
	done < <(cd "$previous/files" && find . -type f -printf '%P\n' | sort)
	while IFS= read -r file; do
		remove_file "$file"
	done <"$previous/absent"
	tried_to service daemon-reload
	if [[ -e $previous/sysctl ]]; then
		while read -r file value; do
			[[ ! -e /proc/sys/$file ]] || echo "$value" >"/proc/sys/$file" || failed=yes
		done <"$previous/sysctl"
	fi
	if [[ -e $previous/ufw ]] && moved ufw; then
		if [[ $(<"$previous/ufw") == active ]]; then tried_to quietly ufw reload; else tried_to quietly ufw disable; fi
	fi
	while read -r unit _; do
		if [[ $(was "$unit" 2) == enabled ]] && ! quietly systemctl is-enabled "$unit"; then tried_to quietly systemctl enable "$unit"; fi
		[[ $(was "$unit" 3) == active ]] || continue
		case $unit in
		"$tunnel_unit")
			if moved interface || ! quietly systemctl is-active "$unit"; then
				tried_to service restart "$unit"
				put_endpoints
			else
				tried_to service reload "$unit"
			fi
			;;
		hlgen-relay.service)
			if moved relay-unit || ! quietly systemctl is-active "$unit"; then
				tried_to service restart "$unit"
			else
				tried_to service reload "$unit"
			fi
			;;
		nginx.service)
			if ! quietly systemctl is-active "$unit"; then
				tried_to service start "$unit"
			elif moved nginx || installed_files | grep -q '^etc/nginx/'; then
				tried_to service reload "$unit"
			fi
			;;
		*) quietly systemctl is-active "$unit" || tried_to service start "$unit" ;;
		esac
	done <"$previous/units"
	if [[ -e $previous/tunnel-by-hand ]]; then
		tried_to quietly wg-quick up "$interface"
		put_endpoints
	fi
	write "$state/installed" <"$previous/installed"
	if [[ $failed ]]; then write "$state/loaded" </dev/null; else write "$state/loaded" <"$previous/loaded"; fi
	echo "the change was undone at $(date '+%F %T')${failed:+, not completely: systemctl --failed}" | write "$state/rolled-back"
	timer=$(pending_field timer)
	rm -f "$state/pending" "$boot_unit" "$boot_link"
	[[ ! $timer || $timer == "$$" || $timer == "hlgen-rollback-$token.timer" ]] || stop_timer "$timer"
	say "$(<"$state/rolled-back")"
	[[ ! $failed ]]
}

# After a restart the hub does not know where its peers are, and behind CGNAT only they could tell.
put_endpoints() {
	local key endpoint
	[[ -e $previous/wg.conf ]] || return 0
	while read -r key endpoint; do
		if wg show "$interface" endpoints 2>/dev/null | grep -qF -- "$key"$'\t(none)'; then wg set "$interface" peer "$key" endpoint "$endpoint"; fi
	done < <(awk '$1 == "PublicKey" { key = $3 } $1 == "Endpoint" { print key, $3 }' "$previous/wg.conf")
}

# ---- install and load

put_file() { # FILE of the tree
	local target=/$1 parent=/${1%/*}
	if [[ ! -d $parent ]]; then
		if [[ $1 == etc/wireguard/* ]]; then install -d -m 0700 "$parent"; else (umask 022 && mkdir -p "$parent"); fi || return 1
	fi
	# Somebody else's file is kept for good, once.
	if [[ -e $target && ! -e $state/before/$1 ]] && ! grep -qxF -- "$1" "$previous/installed"; then
		mkdir -p "$state/before/${1%/*}" && cp -a "$target" "$state/before/$1" || return 1
	fi
	install -m "0$(mode_of "$1")" -o root -g root "$folder/$1" "$target.hlgen-new" && mv -f "$target.hlgen-new" "$target"
}

remove_file() { # FILE
	rm -f "/$1" "/$1.hlgen-new"
	case $1 in
	etc/hlgen/* | etc/systemd/system/*.d/*) rmdir --ignore-fail-on-non-empty "/${1%/*}" 2>/dev/null ;;
	esac
	return 0
}

# A tunnel that somebody else's file describes ends while that file is there: its hooks take back what they have set.
stop_old_tunnel() {
	! installed_files | grep -qxF -- "$tunnel_file" || return 0
	[[ -e /$tunnel_file ]] && quietly ip link show dev "$interface" || return 0
	say "   the old tunnel $interface ends; its file is kept in $state/before"
	[[ ! -e $folder/usr/local/sbin/hlgen-wg-endpoints ]] || quietly bash "$folder/usr/local/sbin/hlgen-wg-endpoints" save "$interface"
	service stop "$tunnel_unit"
	! quietly ip link show dev "$interface" || quietly wg-quick down "$interface" || quietly ip link delete "$interface"
	return 0
}

install_files() {
	local file
	stop_old_tunnel
	# Before the first of them is there, so that an interrupted run forgets none.
	{ installed_files; tree_files; } | sort -u | write "$state/installed" || return 1
	for file in "${gone_files[@]}"; do
		if [[ $file == etc/systemd/system/*.service ]]; then
			say "   ${file##*/} ends"
			service disable --now "${file##*/}" || return 1
		fi
	done
	for file in "${new_files[@]}"; do
		say "   /$file"
		put_file "$file" || return 1
	done
	for file in "${gone_files[@]}"; do
		say "   /$file is removed"
		remove_file "$file"
	done
	sync -f /etc || return 1
	tree_files | write "$state/installed"
}

needs() { differs "$1" || ! runs "$1"; } # PART

# load PART WORDS COMMAND…
load() {
	local part=$1 words=$2
	shift 2
	say "   $words"
	set_loaded "$part" unknown && "$@" && set_loaded "$part" "${wanted[$part]}"
}

# start UNIT VERB: from now on at every boot too; VERB if it runs already.
start() {
	service enable "$1" 2>/dev/null || return 1
	if quietly systemctl is-active "$1"; then service "$2" "$1"; else service start "$1"; fi
}

load_firewall() {
	if [[ ${wanted[firewall]} == none ]]; then
		! quietly nft list table inet hlgen || nft delete table inet hlgen
	else
		start hlgen-firewall.service reload
	fi
}

load_ufw() {
	if [[ ${wanted[ufw]} != none ]]; then
		/usr/local/sbin/hlgen-ufw --enable 9>&-
	elif ufw show added 2>/dev/null | grep -q "comment 'hlgen:"; then
		warn "UFW keeps the rules that hlgen has made; 'ufw show added' lists them"
	fi
}

load_docker() { [[ ${wanted[docker]} == none ]] || /usr/local/sbin/hlgen-docker 9>&-; }

load_tunnel() {
	# Up without its unit: the unit could not start it.
	if ! quietly systemctl is-active "$tunnel_unit" && quietly ip link show dev "$interface"; then quietly wg-quick down "$interface"; fi
	start "$tunnel_unit" restart
}

# The packaged nginx keeps running with the old configuration, and says nothing, when the new one is broken: tested first.
load_nginx() {
	command -v nginx >/dev/null || return 0
	if [[ ${wanted[nginx]} == none ]]; then
		! quietly systemctl is-active nginx.service || { nginx -t -q && service reload nginx.service; }
	else
		nginx -t -q && start nginx.service reload
	fi
}

load_parts() {
	read_loaded
	! differs units || load units "systemctl daemon-reload" service daemon-reload || return 1
	! differs sysctl || load sysctl "kernel settings" sysctl -q -e -p /etc/sysctl.d/90-hlgen.conf || return 1
	! needs firewall || load firewall "firewall" load_firewall || return 1
	! needs ufw || load ufw "UFW's rules" load_ufw || return 1
	! differs docker || load docker "Docker's rules, if Docker is here" load_docker || return 1
	if needs interface; then
		load interface "WireGuard, anew: [Interface] changed, or it did not run" load_tunnel && set_loaded peers "${wanted[peers]}" || return 1
	elif differs peers; then
		load peers "WireGuard's peers; the tunnels of the others stay up" service reload "$tunnel_unit" || return 1
	fi
	! needs nginx || load nginx "nginx" load_nginx || return 1
	if [[ ${wanted[relay]} == none ]]; then
		set_loaded relay none && set_loaded relay-unit none
	elif differs relay-unit || ! runs relay; then
		load relay-unit "relay, anew" start hlgen-relay.service restart && set_loaded relay "${wanted[relay]}"
	elif differs relay; then
		load relay "relay; open connections live on" service reload hlgen-relay.service
	fi
}

# ---- verify: by TCP, since ping passes where nothing else does

# shellcheck disable=SC2016 # the inner shell's words
connects() { timeout 4 bash -c 'exec 3<>"/dev/tcp/$1/$2"' - "$1" "$2" 2>/dev/null; } # ADDRESS PORT

# Which hop is it that a connection into the house fails at?
blame() { # ADDRESS PORT
	local age=''
	if ! ip route get "$1" 2>/dev/null | grep -q " dev $interface "; then
		echo "there is no route to $1 through $interface (hlgen-wg-routes $interface)"
		return
	fi
	age=$(handshake_age)
	if [[ ! $age ]]; then
		echo "the router has not come to the tunnel yet"
	elif [[ $age -gt 180 ]]; then
		echo "the router's last handshake is $age seconds old"
	else
		echo "the tunnel is up; the router does not let it through, or nothing answers at $1:$2"
	fi
}

# Seconds since the router's last handshake; nothing: none yet.
handshake_age() {
	local when
	[[ $router_key ]] || return 0
	when=$(wg show "$interface" latest-handshakes 2>/dev/null | awk -v key="$router_key" '$1 == key { print $2 }')
	[[ ${when:-0} -eq 0 ]] || echo $(($(date +%s) - when))
}

# The public address that is on this machine; behind a provider's address translation, loopback must do.
own_address() {
	local address
	for address in "${addresses[@]}"; do
		if ip -o address show | grep -qF " $address/"; then
			echo "$address"
			return
		fi
	done
	echo 127.0.0.1
}

# The first name that is not a wildcard.
a_name() {
	local name
	for name in $1; do
		[[ $name == *[*~]* || $name == .* ]] || { echo "$name" && return; }
	done
}

check_listen() { # NAME PORT TO TO_PORT NAMES PROXY
	local here name why=
	here=$(own_address)
	if ! connects "$here" "$2"; then
		warn "relay $1: nothing answers on $here port $2 (systemctl status hlgen-relay nginx)"
		return
	fi
	if ! connects "$3" "$4"; then
		warn "relay $1: port $2 is open here, but: $(blame "$3" "$4")"
		return
	fi
	name=$(a_name "$5")
	if [[ $5 != - && $name ]] && command -v openssl >/dev/null; then
		[[ $here != *:* ]] || here="[$here]"
		if timeout 6 openssl s_client -connect "$here:$2" -servername "$name" </dev/null 2>/dev/null | grep -q 'BEGIN CERTIFICATE'; then
			say "   relay $1: $name answers with a certificate, through to $3:$4"
		else
			[[ ! $6 ]] || why="; it must expect PROXY protocol from here ('proxy_protocol: true'), and every visitor fails while it does not"
			warn "relay $1: $3:$4 answers, but not with TLS for $name on port $2$why"
		fi
	else
		say "   relay $1: port $2, through to $3:$4"
	fi
}

check_redirect() { # NAME PORT NAMES
	local name answer
	name=$(a_name "$3")
	[[ $name ]] || return 0
	# shellcheck disable=SC2016 # the inner shell's words
	answer=$(timeout 4 bash -c 'exec 3<>"/dev/tcp/$1/$2" && printf "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" "$3" >&3 && head -n 1 <&3' \
		- "$(own_address)" "$2" "$name" 2>/dev/null | tr -d '\r')
	if [[ $answer == *" 308 "* ]]; then
		say "   relay $1: http://$name is sent to https"
	else
		warn "relay $1: port $2 does not redirect (${answer:-no answer})"
	fi
}

verify() {
	local i age='' waited
	local -a checks=()
	if [[ $router_key ]]; then
		for waited in 0 1 2 3 4 5; do
			age=$(handshake_age)
			[[ -z $age ]] || break
			[[ $waited -eq 5 ]] || sleep 1
		done
		if [[ $age ]]; then
			say "   the router's last handshake: $age seconds ago"
		else
			warn "no handshake with the router yet: is it set up? It tries again by itself."
		fi
	fi
	for ((i = 0; i < ${#listens[@]}; i += 6)); do
		check_listen "${listens[@]:i:6}" &
		checks+=($!)
	done
	# Who would answer a datagram only the two ends of it know: that nginx has the port is all that can be seen from here.
	for ((i = 0; i < ${#datagrams[@]}; i += 2)); do
		[[ $(ss -Hlun "sport = :${datagrams[i + 1]}") ]] ||
			warn "relay ${datagrams[i]}: nothing has UDP port ${datagrams[i + 1]} (systemctl status hlgen-relay nginx)"
	done
	for ((i = 0; i < ${#redirects[@]}; i += 3)); do
		check_redirect "${redirects[@]:i:3}" &
		checks+=($!)
	done
	# Not for all: the timer may be a process, too.
	[[ ${#checks[@]} -eq 0 ]] || wait "${checks[@]}"
}

# ---- the run

take_lock() { # SECONDS to wait
	exec 9>/run/hlgen-apply.lock || die "cannot write /run/hlgen-apply.lock"
	flock -w "$1" 9
}

check_only() {
	read_list
	plan_changes
	if [[ ${#changes[@]} -eq 0 ]]; then
		say "nothing to do"
		exit 0
	fi
	printf '%s\n' "${changes[@]}"
	exit 1
}

apply() {
	take_lock 0 || die "another run is at work; wait for its end"
	read_list
	step "preflight: ports, SSH, other firewalls"
	preflight
	plan_changes
	if [[ ${#changes[@]} -eq 0 ]]; then
		say "nothing to do"
		[[ -e $state/pending ]] || exit 0
		# A run that was interrupted, or its timer, is made up for.
		[[ $(pending_field applier) == 0 ]] && timer_runs || arm "$rollback_after" 0 || die "the way back could not be armed"
		unconfirmed
		exit 0
	fi
	# From here on a closed connection must not stop the run halfway.
	trap '' HUP PIPE
	install_packages
	step "test: every file, before the first change"
	test_files
	step "way back: the present state is kept in $state/previous"
	save_state || die "the present state could not be saved; nothing was changed"
	arm $((rollback_after + 180)) $$ || die "the way back could not be armed; nothing was changed"
	step "install"
	install_files || undo_now "a file could not be installed"
	step "load what differs from what was last loaded"
	load_parts || undo_now "what was new could not be loaded"
	step "verify: the relay by TCP, the router's handshake"
	verify
	if [[ $yes ]]; then
		forget_way_back
		say "done, for good (--yes)"
	else
		arm "$rollback_after" 0
		unconfirmed
	fi
}

unconfirmed() {
	say "NOT CONFIRMED: all of it is undone in $(($(pending_field deadline) - $(date +%s))) seconds, unless you say over a NEW ssh connection, from another window:"
	say "    ${SUDO_USER:+sudo }$(printf %q "$folder/apply.sh") --confirm"
}

mode=apply yes='' force='' unlisted='' rollback_after=60 token=''
while [[ $# -gt 0 ]]; do
	case $1 in
	--check) mode=check ;;
	--confirm) mode=confirm ;;
	--rollback) mode=rollback ;;
	--token) token=${2-} && shift ;; # the timer's own call
	--after) sleep "${2-}" && shift ;;
	--yes) yes=yes ;;
	--force) force=yes ;;
	--unlisted) unlisted=yes ;;
	--rollback-after)
		rollback_after=${2-}
		[[ $rollback_after =~ ^[1-9][0-9]{0,4}$ ]] || { usage >&2; exit 2; }
		shift
		;;
	-h | --help)
		usage
		exit 0
		;;
	*)
		usage >&2
		exit 2
		;;
	esac
	shift
done

root=''
[[ $(id -u) -ne 0 ]] || root=yes
[[ $root || $mode == check ]] || die "run it as root"
case $mode in
check) check_only ;;
confirm) confirm ;;
rollback) rollback ;;
apply) apply ;;
esac
