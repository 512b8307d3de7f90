#!/bin/bash
# apply.sh and verify.sh of generated trees, with real nft, nginx, wg, ss and bash, on a private machine for each scenario of apply.py.
. "$(dirname "$0")/../lib.sh"
. "$ROOT/tests/consumers/machine.sh"

# A machine without anything of hlgen, its packages installed.
inside() {
	install_tree "$2" || { echo "the private machine could not be made"; return 1; }
	cp "$ROOT/tests/hub/systemctl" /usr/bin/systemctl
	"$PYTHON" "$ROOT/tests/hub/apply.py" "$1" "$2"
}

if [ "${1:-}" = inside ]; then
	inside "$2" "$3"
	exit
fi

make_temp
why=$(tunnel_trouble wg wg-quick wireguard-go nft ip ss sysctl nginx systemd-analyze openssl setsid flock unshare dpkg-query)
[ -n "$why" ] || [ -e /usr/lib/nginx/modules/ngx_stream_module.so ] || why="needs libnginx-mod-stream"
scenarios=("$@")
[ $# -gt 0 ] || mapfile -t scenarios < <("$PYTHON" "$ROOT/tests/hub/apply.py" list)

scenario() {
	if [ -n "$why" ]; then
		skip "hub/apply $1" "$why"
		return
	fi
	mkdir "$TEMP/$1"
	if ! in_namespace "$0" inside "$1" "$TEMP/$1" > "$TEMP/said.$1" 2>&1; then
		grep -E '^(ok|FAIL|skip) |^    ' "$TEMP/said.$1"
		fail "hub/apply $1: the script ended early" "$(grep -vE '^(ok|FAIL|skip) |^    ' "$TEMP/said.$1")"
	else
		cat "$TEMP/said.$1"
	fi
}

in_pairs scenario "${scenarios[@]}"
