#!/bin/bash
# Lets systemd-analyze verify the units and drop-ins of the VPS where they will stand.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/machine.sh"

# Names of the units to verify: files of the tree, and those that drop-in folders belong to.
units() {
	(cd "$1/vps/etc/systemd/system" 2>/dev/null && find . -mindepth 1 -maxdepth 1 -printf '%P\n' | sed 's/\.d$//' | sort -u)
}

inside() {
	local tree=$1 unit=$2 said
	install_tree "$tree" || { echo "the private /etc could not be made"; return 1; }
	mkdir -p /run/systemd/system
	# A drop-in for a program that is not installed here is verified on a unit that does nothing.
	if [ -d "/etc/systemd/system/$unit.d" ] && ! systemctl cat "$unit" >/dev/null 2>&1; then
		printf '[Service]\nExecStart=/bin/true\n' > "/run/systemd/system/$unit"
	fi
	said=$(systemd-analyze verify --man=no "$unit" 2>&1)
	local status=$?
	# Complaints about units of the machine that runs the test are not ours; ours name a path or unit of the tree.
	grep -F -e hlgen -e "$unit" <<< "$said" && return 1
	[ $status -eq 0 ] || { printf '%s\n' "$said"; return 1; }
}

if [ "$1" = inside ]; then
	inside "$2" "$3"
	exit
fi

label=$1 tree=$2
for unit in $(units "$tree"); do
	name="consumers/systemd $label: $unit"
	if ! have systemd-analyze; then
		skip "$name" "needs systemd"
	elif [ ! -e /lib/systemd/system/wg-quick@.service ]; then
		skip "$name" "needs wireguard-tools"
	elif trouble=$(namespace_trouble) && [ -n "$trouble" ]; then
		skip "$name" "$trouble"
	else
		run "$name" in_namespace "$0" inside "$tree" "$unit"
	fi
done
