#!/bin/bash
# Lets nft check the VPS's rules, then loads them twice in a private network: the second time must replace the first.
. "$(dirname "$0")/../lib.sh"

inside() {
	local file=$1
	nft -c -f "$file" || return 1
	nft add table inet of_somebody_else || return 1
	nft -f "$file" || return 1
	nft -s list ruleset > "$2/once"
	nft -f "$file" || return 1
	nft -s list ruleset > "$2/twice"
	grep -q 'table inet of_somebody_else' "$2/twice" || { echo "loading the file removed a table of somebody else"; return 1; }
	diff -u "$2/once" "$2/twice"
}

if [ "$1" = inside ]; then
	inside "$2" "$3"
	exit
fi

make_temp
label=$1 tree=$2
for file in "$tree"/vps/etc/hlgen/*.nft; do
	[ -e "$file" ] || continue
	name="consumers/nft $label: ${file#"$tree/"}"
	if ! have nft; then
		skip "$name" "needs nftables"
	elif trouble=$(namespace_trouble) && [ -n "$trouble" ]; then
		skip "$name" "$trouble"
	else
		run "$name" in_namespace "$0" inside "$file" "$TEMP"
	fi
done
