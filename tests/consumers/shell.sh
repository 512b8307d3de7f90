#!/bin/bash
# Runs shellcheck and the shell's own syntax check on every script of the tree.
. "$(dirname "$0")/../lib.sh"

label=$1 tree=$2
while IFS= read -r file; do
	head -n 1 "$file" | grep -qE '^#!.*sh' || continue
	name="consumers/shell $label: ${file#"$tree/"}"
	run "$name (syntax)" bash -n "$file"
	if have shellcheck; then
		run "$name (shellcheck)" shellcheck "$file"
	else
		skip "$name (shellcheck)" "needs shellcheck"
	fi
	if [ "$(stat -c %a "$file")" != 755 ]; then
		fail "$name (mode)" "a script of mode $(stat -c %a "$file")"
	fi
done < <(find "$tree" -type f | sort)
