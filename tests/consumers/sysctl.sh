#!/bin/bash
# Checks the sysctl files of a tree: the form of every line, and that this kernel knows each key.
. "$(dirname "$0")/../lib.sh"

check() {
	local file=$1 line key bad=0
	while IFS= read -r line; do
		[[ $line =~ ^[[:space:]]*([#\;].*)?$ ]] && continue
		if ! [[ $line =~ ^-?([a-z0-9_./-]+)\ *=\ *([0-9]+(\ [0-9]+)*|[a-z]+)$ ]]; then
			echo "not of the form key = value: $line"
			bad=1
			continue
		fi
		key=${BASH_REMATCH[1]}
		# A key with slashes may name an interface that this machine has not: "lo" stands for it.
		[[ $key == */* ]] || key=${key//.//}
		key=$(sed -E 's,^(net/ipv[46]/conf)/[^/]+/,\1/lo/,' <<< "$key")
		if [ ! -e "/proc/sys/$key" ]; then
			echo "the kernel knows no $key: $line"
			bad=1
		fi
	done < "$file"
	return $bad
}

label=$1 tree=$2
while IFS= read -r file; do
	run "consumers/sysctl $label: ${file#"$tree/"}" check "$file"
done < <(find "$tree" -path '*/sysctl.d/*.conf' | sort)
