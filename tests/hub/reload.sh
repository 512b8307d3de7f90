#!/bin/bash
# Reloads and restarts of the hub with real WireGuard: makes a private machine, with the stand-in for systemctl, for *.py.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/consumers/machine.sh"

# The folder of the test takes the place of a tree: each script builds its own and installs it.
inside() {
	install_tree "$2" || { echo "the private machine could not be made"; return 1; }
	cp "$ROOT/tests/hub/systemctl" /usr/bin/systemctl
	"$PYTHON" "$ROOT/tests/hub/$1.py" "$2"
}

if [ "${1:-}" = inside ]; then
	inside "$2" "$3"
	exit
fi

make_temp
why=$(tunnel_trouble wg wg-quick wireguard-go nft ip sysctl)
part() {
	local said=$TEMP/said.$1
	if [ -n "$why" ]; then
		skip "hub/$1" "$why"
		return
	fi
	mkdir "$TEMP/$1"
	# What a script printed stays when it ends early.
	if ! in_namespace "$0" inside "$1" "$TEMP/$1" > "$said" 2>&1; then
		grep -E '^(ok|FAIL|skip) |^    ' "$said"
		fail "hub/$1: the script ended early" "$(grep -vE '^(ok|FAIL|skip) |^    ' "$said")"
	else
		cat "$said"
	fi
}

in_pairs part reload restart
