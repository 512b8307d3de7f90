#!/bin/bash
# Lets nginx read the relay's configuration where it will stand, beside Debian's stock nginx.conf; starts it, and talks to it.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/machine.sh"
make_temp

# The configuration files that begin an nginx of their own.
own_instances() {
	grep -rlE '^[[:blank:]]*events *\{' "$1/vps/etc" 2>/dev/null
}

inside() {
	local tree=$1 file port protocol
	local -a option=()
	install_tree "$tree" || { echo "the private /etc could not be made"; return 1; }
	file=$(own_instances "$tree")
	if [ -n "$file" ]; then
		option=(-e stderr -c "${file#"$tree/vps"}")
		# What the unit's RuntimeDirectory= makes.
		grep -rhoP '^RuntimeDirectory=\K.*' "$tree/vps/etc/systemd/system" | sed 's,^,/run/,' | xargs -r mkdir -p
	elif grep -rqE '^[[:blank:]]*listen 80[ ;]' "$tree/vps/etc/nginx/modules-enabled"; then
		# A TCP relay of port 80 cannot share it with Debian's default site; a redirect can.
		rm -f /etc/nginx/sites-enabled/default
	fi
	nginx -t "${option[@]}" > /run/said 2>&1 || { cat /run/said; return 1; }
	if grep -E '\[(warn|emerg|alert|crit)\]' /run/said; then
		return 1
	fi
	# "nginx -t" accepts ports that cannot be had: only a start shows it.
	nginx "${option[@]}" 2> /run/errors || { cat /run/errors; return 1; }
	ss -Hltun > /run/listening
	relay_files "$tree" | xargs sed -nE '/^[[:blank:]]*listen +[0-9]+ udp[ ;]/{ s/^[[:blank:]]*listen +([0-9]+).*/udp \1/p; d }
		s/^[[:blank:]]*listen +([0-9]+)[ ;].*/tcp \1/p' | sort -u > /run/ports
	while read -r protocol port; do
		grep -qE "^$protocol .* [*0-9.]+:$port " /run/listening || { echo "nothing listens on $protocol port $port"; return 1; }
	done < /run/ports
	"$PYTHON" "$ROOT/tests/consumers/relay_check.py" "$2"
	local status=$?
	nginx -s stop "${option[@]}" 2>/dev/null
	return $status
}

relay_files() {
	grep -rlE '^[[:blank:]]*(stream|http|server) *\{' "$1/vps/etc" 2>/dev/null
}

if [ "$1" = inside ]; then
	inside "$2" "$3"
	exit
fi

label=$1 tree=$2 site=$3
name="consumers/nginx $label"
if [ -z "$(relay_files "$tree")" ]; then
	# A site without a relay has nothing for nginx.
	exit 0
elif ! have nginx || [ ! -e /usr/lib/nginx/modules/ngx_stream_module.so ]; then
	skip "$name" "needs nginx and libnginx-mod-stream"
elif ! have nft; then
	skip "$name" "needs nftables"
elif [ "$(id -u)" -ne 0 ]; then
	skip "$name" "needs root"
else
	run "$name" in_namespace "$0" inside "$tree" "$site"
fi
