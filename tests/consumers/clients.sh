#!/bin/bash
# Reads every client's file as strictly as the Android, Apple and Windows apps do, and compares all of them with the site file.
. "$(dirname "$0")/../lib.sh"
make_temp

label=$1 tree=$2 site=$3 keys=$4
if ! "$HLGEN" show site --keys "$keys" "$site" > "$TEMP/site.json" 2>"$TEMP/said" </dev/null; then
	fail "consumers/client files $label" "$(cat "$TEMP/said")"
else
	# Its exit status says what its lines say already.
	"$PYTHON" "$ROOT/tests/consumers/client_files.py" "$label" "$tree" "$TEMP/site.json" 2>&1 || [ $? -eq 1 ]
fi
