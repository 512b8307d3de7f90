#!/bin/bash
# Gives vps/cloud-init.yaml to cloud-init's own schema, and unpacks it by cloud-init's rules: the files of vps/ must come out.
. "$(dirname "$0")/../lib.sh"
make_temp

label=$1 tree=$2 file=$2/vps/cloud-init.yaml
if [ ! -e "$file" ]; then
	fail "consumers/cloud-init $label" "vps/cloud-init.yaml is not there"
	exit
fi
if ! have cloud-init; then
	skip "consumers/cloud-init $label: schema" "needs cloud-init"
elif said=$(cloud-init schema --config-file "$file" 2>&1 </dev/null) && [[ $said == "Valid "* ]]; then
	pass "consumers/cloud-init $label: schema"
else
	fail "consumers/cloud-init $label: schema" "$said"
fi
if ! "$PYTHON" -c 'import yaml' 2>/dev/null; then
	skip "consumers/cloud-init $label: its files" "needs python3-yaml"
else
	run "consumers/cloud-init $label: its files" "$PYTHON" "$ROOT/tests/consumers/cloud_init.py" "$tree"
fi
