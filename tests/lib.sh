# Functions and settings that every test script shares; sourced, never run.
# shellcheck shell=bash
#
# A group script (tests/GROUP/run) prints one line per test and tests/run counts those lines:
#     ok NAME            FAIL NAME            skip NAME: REASON
# followed by any indented text. Names are "group/what: which".

set -u
export LC_ALL=C
unset CDPATH LANG LANGUAGE NO_COLOR
umask 022

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BUILD=${BUILD:-build}
case $BUILD in
/*) ;;
*) BUILD=$ROOT/$BUILD ;;
esac
SHARED=${SHARED:-$ROOT/../shared}
HLGEN=${HLGEN:-$BUILD/hlgen}
# Debian's own: another python3 that comes first in PATH may lack the modules.
PYTHON=/usr/bin/python3
export ROOT BUILD SHARED HLGEN PYTHON PYTHONDONTWRITEBYTECODE=1

pass() {
	printf 'ok %s\n' "$1"
}

# fail NAME [TEXT…]: the texts are printed below, indented.
fail() {
	printf 'FAIL %s\n' "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" | head -n "${FAIL_LINES:-60}" | sed 's/^/    /'
}

skip() {
	printf 'skip %s: %s\n' "$1" "$2"
}

# A folder of its own for the calling script, removed at its end.
make_temp() {
	TEMP=$(mktemp -d "${TMPDIR:-/tmp}/hlgen-test.XXXXXX") || exit 1
	trap 'chmod -R u+rwX "$TEMP" 2>/dev/null; rm -rf "$TEMP"' EXIT
}

have() {
	command -v "$1" >/dev/null 2>&1
}

# run NAME COMMAND…: a test that passes when the command succeeds; its output is shown when it fails.
run() {
	local name=$1 output
	shift
	if output=$("$@" 2>&1 </dev/null); then
		pass "$name"
	else
		fail "$name" "exit $?: $*" "$output"
	fi
}

# compare NAME EXPECTED_FILE GOT_FILE
compare() {
	local difference
	if difference=$(diff -u --label expected --label got -- "$2" "$3" 2>&1); then
		pass "$1"
	else
		fail "$1" "$difference"
	fi
}

# The site file of a golden case: its own site.yaml, or the one that its `site` file names, relative to the project.
golden_site() {
	if [ -f "$1/site" ]; then
		printf '%s/%s\n' "$ROOT" "$(head -n 1 "$1/site")"
	else
		printf '%s/site.yaml\n' "$1"
	fi
}

golden_cases() {
	local folder
	for folder in "$ROOT"/tests/golden/*/; do
		folder=${folder%/}
		if [ -f "$folder/site" ] || [ -f "$folder/site.yaml" ]; then
			basename "$folder"
		fi
	done
}

# All bytes and modes of a tree as one text.
tree_sums() {
	(cd "$1" && find . -type f -printf '%m %P\n' | sort -k 2 && find . -type f -print0 | sort -z | xargs -0r sha256sum)
}

# in_namespace COMMAND…: private network, mounts and processes, with root's rights inside. Status 77 when that cannot be had.
in_namespace() {
	local -a user=()
	[ "$(id -u)" -eq 0 ] || user=(--user --map-root-user)
	unshare "${user[@]}" --net --mount --pid --fork --kill-child true 2>/dev/null || return 77
	unshare "${user[@]}" --net --mount --pid --fork --kill-child --mount-proc "$@"
}

# Why in_namespace() would not work, or nothing.
namespace_trouble() {
	in_namespace true 2>/dev/null || echo "needs root or user namespaces"
}

# tunnel_trouble COMMAND…: why a private machine with WireGuard tunnels and these commands cannot be made, or nothing.
tunnel_trouble() {
	local command
	[ "$(id -u)" -eq 0 ] || { echo "needs root"; return; }
	[ -c /dev/net/tun ] || { echo "needs /dev/net/tun"; return; }
	for command in "$@"; do
		have "$command" || { echo "needs $command"; return; }
	done
	namespace_trouble
}

# in_pairs FUNCTION WORD…: calls the function with each word, two at a time in subshells; what each prints stays together.
in_pairs() {
	local function=$1 word running=0
	shift
	for word in "$@"; do
		# The parent removes TEMP.
		(trap - EXIT; "$function" "$word") > "$TEMP/lines.$word" 2>&1 &
		running=$((running + 1))
		if [ $running -ge 2 ]; then
			wait -n
			running=$((running - 1))
		fi
	done
	wait
	for word in "$@"; do
		cat "$TEMP/lines.$word"
	done
}
