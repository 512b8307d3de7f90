#!/bin/bash
# Loads wg0.conf and every client's file into a throw-away WireGuard device and compares what the device then holds with the file.
. "$(dirname "$0")/../lib.sh"
make_temp

# Inside the private namespace: one file. The path must end in INTERFACE.conf, as wg-quick wants it.
inside() {
	local file=$1 interface
	interface=$(basename "$file" .conf)
	mount -t tmpfs tmpfs /run
	mkdir -p /run/wireguard
	wg-quick strip "$file" > /run/stripped || return 1
	if ! ip link add hlgen-test type wireguard 2>/dev/null; then
		# /var/run is /run: the control socket of a user-space device stays private.
		wireguard-go hlgen-test >/run/log 2>&1 || { cat /run/log; return 1; }
	fi
	if ! wg setconf hlgen-test /run/stripped 2>/run/said || [ -s /run/said ]; then
		# A warning ("AllowedIP has nonzero host part") is a failure as well.
		echo "wg setconf of $interface.conf says:"
		cat /run/said
		return 1
	fi
	wg show hlgen-test dump > /run/dump
	"$PYTHON" "$ROOT/tests/consumers/wg_compare.py" "$file" /run/dump
}

if [ "$1" = inside ]; then
	inside "$2"
	exit
fi

label=$1 tree=$2
for file in "$tree"/vps/etc/wireguard/*.conf "$tree"/clients/*.conf; do
	[ -e "$file" ] || continue
	name="consumers/wg $label: ${file#"$tree/"}"
	if ! grep -q '^PrivateKey' "$file"; then
		# A client that brings its own key: the gap must be marked, and must keep the file from being used unfilled.
		if wg-quick strip "$file" 2>/dev/null | grep -q '^PrivateKey *= *[A-Za-z0-9+/]'; then
			fail "$name" "has a private key after all"
		elif ! grep -q '^# *PrivateKey' "$file"; then
			fail "$name" "has no PrivateKey line and no marked gap for one"
		else
			pass "$name (marked gap)"
		fi
	elif ! have wg || ! have wg-quick; then
		skip "$name" "needs wireguard-tools"
	elif trouble=$(namespace_trouble) && [ -n "$trouble" ]; then
		skip "$name" "$trouble"
	elif ! have wireguard-go && ! in_namespace ip link add t type wireguard 2>/dev/null; then
		skip "$name" "needs wireguard-go or a kernel with WireGuard"
	elif [ ! -r /dev/net/tun ] && ! in_namespace ip link add t type wireguard 2>/dev/null; then
		skip "$name" "needs access to /dev/net/tun"
	else
		run "$name" in_namespace "$0" inside "$file"
	fi
done
