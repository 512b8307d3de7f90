# check_site NAME: what `hlgen check NAME.yaml` says on stderr, and its exit status; sourced by run and update.
# shellcheck shell=bash

check_site() {
	local -a options=()
	[ ! -f "$1.args" ] || mapfile -t options < "$1.args"
	local text
	# The trailing mark keeps final newlines through the command substitution.
	text=$("$HLGEN" check "${options[@]}" "$1.yaml" 2>&1 >/dev/null </dev/null; printf 'exit: %d' $?)
	printf '%s\n' "$text"
}
