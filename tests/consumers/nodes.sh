#!/bin/bash
# Gives the files of each node to the program that configures its interface, with a router that advertises, in a namespace.
#
# The programs are those of UNPACKED (default build/unpacked, made by unpack.sh), or of this machine.
. "$(dirname "$0")/../lib.sh"
make_temp
export UNPACKED=${UNPACKED:-$ROOT/build/unpacked}

label=$1 tree=$2 site=$3 keys=$4
[ -d "$tree/nodes" ] || exit 0

# The programs that a manager's test runs.
declare -A programs=([ifupdown]="ifup" [networkd]="dbus-daemon networkctl" [netplan]="netplan dbus-daemon networkctl" [networkmanager]="NetworkManager nmcli dbus-daemon")

# Why a node with this manager cannot be tried here, or nothing.
trouble() {
	local program
	[ "$(id -u)" -eq 0 ] || { echo "needs root"; return; }
	for program in ip sysctl radvd ${programs[$1]}; do
		have "$program" || [ -x "$UNPACKED/usr/sbin/$program" ] || [ -x "$UNPACKED/usr/bin/$program" ] || { echo "needs $program (tests/consumers/unpack.sh)"; return; }
	done
	namespace_trouble
}

"$HLGEN" show plan --keys "$keys" "$site" > "$TEMP/plan.json" 2> /dev/null || { fail "consumers/nodes $label: show plan"; exit; }
"$PYTHON" - "$TEMP/plan.json" > "$TEMP/nodes" <<'END' || fail "consumers/nodes $label: the plan's nodes"
import json, sys
for node in json.load(open(sys.argv[1]))["cluster"]["nodes"]:
    if node["suffix"]:
        print(node["name"], next(word for word in ("ifupdown", "networkd", "netplan", "networkmanager") if node[word]))
END
try_node() { # NODE MANAGER
	local name="consumers/nodes $label: $1 ($2)" why
	why=$(trouble "$2")
	if [ -n "$why" ]; then
		skip "$name" "$why"
	else
		run "$name" in_namespace "$PYTHON" "$ROOT/tests/consumers/nodes.py" "$tree" "$TEMP/plan.json" "$site" "$1"
	fi
}

# All at once: each has a namespace of its own, and mostly waits.
while read -r node manager; do
	(trap - EXIT; try_node "$node" "$manager") > "$TEMP/said.$node" 2>&1 &
done < "$TEMP/nodes"
wait
while read -r node manager; do
	cat "$TEMP/said.$node"
done < "$TEMP/nodes"
