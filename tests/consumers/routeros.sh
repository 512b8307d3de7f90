#!/bin/bash
# Builds the router's script for each RouterOS release of the schemas and checks every command and argument against that release.
. "$(dirname "$0")/../lib.sh"
make_temp

label=$1 tree=$2 site=$3 keys=$4
[ -d "$tree/router" ] || exit 0

for release in 7.12.2 7.16.2 7.19.6 7.20.8 7.22.3 7.24; do
	name="consumers/routeros $label: $release"
	if [ ! -f "$SHARED/data/routeros/schema-$release.json" ]; then
		skip "$name" "needs ../shared (SHARED=$SHARED)"
		continue
	fi
	"$PYTHON" "$ROOT/tests/site.py" "$site" set "router.version=\"$release\"" > "$TEMP/site.yaml"
	rm -rf "$TEMP/out"
	if ! output=$("$HLGEN" build --keys "$keys" -o "$TEMP/out" "$TEMP/site.yaml" 2>&1 </dev/null); then
		fail "$name" "$output"
		continue
	fi
	for script in "$TEMP"/out/router/*.rsc; do
		run "$name $(basename "$script")" "$PYTHON" "$ROOT/tests/consumers/rsc_schema.py" "$SHARED/data/routeros" "$release" "$script"
	done
done
