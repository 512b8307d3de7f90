#!/bin/bash
# Loads the tree's kernel settings on a machine whose IPv6 default route was learned from router advertisements.
. "$(dirname "$0")/../lib.sh"

# Sends one router advertisement from an interface: a router for 1,800 seconds.
advertise() {
	# Fails until the link has its own address.
	ip netns exec router "$PYTHON" - "$1" 2> /dev/null <<-'END'
		import socket, struct, sys
		sending = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
		sending.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
		sending.sendto(struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0), ("ff02::1", 0, 0, socket.if_nametoindex(sys.argv[1])))
	END
}

# Whether there is an IPv6 default route soon after an advertisement: "yes" or "no". Asked again, because links need a moment.
default_route() {
	local _
	for _ in {1..10}; do
		advertise p
		sleep 0.2
		[ -z "$(ip -6 route show default proto ra)" ] || { echo yes; return; }
	done
	echo no
}

inside() {
	local file=$1 got
	mount -t tmpfs tmpfs /run && ip link set lo up && ip netns add router || return 1
	ip link add eth0 type veth peer name p netns router || return 1
	ip netns exec router ip link set p up
	ip link set eth0 up
	got=$(default_route)
	[ "$got" = yes ] || { echo "the advertisement was not heard: the test itself does not work"; return 1; }

	# What the settings say besides is another matter; the route must not be gone for a moment.
	sysctl -q -p "$file" || return 1
	[ -n "$(ip -6 route show default proto ra)" ] || { echo "loading the settings dropped the default route"; return 1; }
	ip -6 route flush proto ra
	[ "$(default_route)" = yes ] || { echo "advertisements are no longer heard"; return 1; }
	[ "$(sysctl -n net.ipv6.conf.all.forwarding) $(sysctl -n net.ipv4.ip_forward)" = "1 1" ] || { echo "nothing is forwarded"; return 1; }
}

if [ "${1:-}" = inside ]; then
	inside "$2"
	exit
fi

make_temp
name="hub/sysctl: the default route that was learned stays"
if [ "$(id -u)" -ne 0 ] || ! have sysctl || why=$(namespace_trouble) && [ -n "${why:-}" ]; then
	skip "$name" "needs root, network namespaces and sysctl"
	exit
fi
"$HLGEN" build -o "$TEMP/out" -k "$TEMP/keys" "$ROOT/examples/homelab.yaml" > /dev/null || exit 1
run "$name" in_namespace "$0" inside "$TEMP/out/vps/etc/sysctl.d/90-hlgen.conf"
