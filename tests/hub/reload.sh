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
for script in reload restart; do
	if [ -n "$why" ]; then
		skip "hub/$script" "$why"
		continue
	fi
	mkdir "$TEMP/$script"
	# What a script printed stays when it ends early.
	if ! in_namespace "$0" inside "$script" "$TEMP/$script" > "$TEMP/said" 2>&1; then
		grep -E '^(ok|FAIL|skip) |^    ' "$TEMP/said"
		fail "hub/$script: the script ended early" "$(grep -vE '^(ok|FAIL|skip) |^    ' "$TEMP/said")"
	else
		cat "$TEMP/said"
	fi
done
