#!/bin/bash
# Builds the values of external-dns's Helm chart for releases of chart and program and for several ways to use it, and reads them as each
# release does.
. "$(dirname "$0")/../lib.sh"
make_temp

label=$1 site=$3 keys=$4
grep -q 'external_dns:' "$site" || exit 0
if ! "$PYTHON" -c 'import yaml' 2>/dev/null; then
	skip "consumers/external-dns $label" "needs python3-yaml"
	exit 0
fi

# As the site is; the releases are tried on the site that has everything.
if [ -f "$2/kubernetes/external-dns-values.yaml" ]; then
	run "consumers/external-dns $label" "$PYTHON" "$ROOT/tests/consumers/external_dns_values.py" "$2/kubernetes" "$site"
fi
[ "$label" = full ] || exit 0

# check NAME CHART RELEASE SETTINGS WORD…: more settings of external_dns (", policy: sync"), and changes of the site file.
check() {
	local name="consumers/external-dns $label: $1, chart $2, release $3" output
	"$PYTHON" "$ROOT/tests/site.py" "$site" set "kubernetes.external_dns={ chart: \"$2\", version: \"$3\"$4 }" "${@:5}" > "$TEMP/site.yaml"
	rm -rf "$TEMP/out"
	if ! output=$("$HLGEN" build --keys "$keys" -o "$TEMP/out" "$TEMP/site.yaml" 2>&1 </dev/null); then
		fail "$name" "$output"
		return
	fi
	run "$name" "$PYTHON" "$ROOT/tests/consumers/external_dns_values.py" "$TEMP/out/kubernetes" "$TEMP/site.yaml"
}

more=', endpoints: true, policy: sync, owner: another, sources: [ingress, service, gateway-httproute], secret: other, secret_key: token'
# Each release of the chart with the program that it brings; then pairs that somebody has pinned.
for pair in 1.15.0/0.15.0 1.15.2/0.15.1 1.16.1/0.16.1 1.17.0/0.17.0 1.18.0/0.18.0 1.19.0/0.19.0 1.20.0/0.20.0 1.21.1/0.21.0 1.22.0/0.22.0 \
	1.15.0/0.22.0 1.19.0/0.20.0 1.21.1/0.19.0 1.21.1/0.22.0 1.22.0/0.21.0; do
	check "AAAA" "${pair%/*}" "${pair#*/}" ""
	check "A and AAAA" "${pair%/*}" "${pair#*/}" "$more"
done
values=external-dns-values.yaml
check "a release of two numbers" 1.21.1 0.20 ""
zones=$(awk '/^[^ ]/ { inside = /^domainFilters:/ } inside && /^  - / { printf "%s%s: { id: %032x }", n++ ? ", " : "", $2, 11259375 + n }' \
	"$TEMP/out/kubernetes/$values")
check "ids of all zones" 1.22.0 0.22.0 "" "dns={ zones: { $zones } }"
grep -q 'zone-id-filter=' "$TEMP/out/kubernetes/$values" || fail "consumers/external-dns $label: ids of all zones" "there are none"

# A reader that takes everything would take these, too: WHAT FILE CHANGE REASON.
check "to be spoilt" 1.22.0 0.22.0 "$more"
refuse() {
	local name="consumers/external-dns $label: refuses $1" file=$TEMP/out/kubernetes/$2 output
	cp "$file" "$TEMP/right.yaml"
	sed -i "$3" "$file"
	if cmp -s "$file" "$TEMP/right.yaml"; then
		fail "$name" "nothing was changed: $3"
	elif output=$("$PYTHON" "$ROOT/tests/consumers/external_dns_values.py" "$TEMP/out/kubernetes" "$TEMP/site.yaml" 2>&1); then
		fail "$name" "it was taken"
	elif [[ $output != *"$4"* ]]; then
		fail "$name" "another reason: $output"
	else
		pass "$name"
	fi
	cp "$TEMP/right.yaml" "$file"
}
refuse "a value that no release knows" $values 's/^txtOwnerId/ownerId/' "does not know .ownerId"
refuse "everything to be published" $values '/^annotationFilter/d' "flags"
refuse "the prefix of before" $values 's/^annotationPrefix: .*/annotationPrefix: external-dns.alpha.kubernetes.io\//' "flags"
refuse "a flag that the program does not know" $values 's/--no-cloudflare-proxied/--cloudflare-proxied-not/' "does not take"
refuse "a proxied default" $values 's/--no-cloudflare-proxied/--cloudflare-proxied/' "flags"
refuse "private addresses" $values '/--exclude-target-net/d' "flags"
refuse "types in one flag" $values '/^managedRecordTypes:/,/AAAA/c managedRecordTypes: ["A,AAAA"]' "flags"
refuse "a proxied name beside its A at the VPS" $values 's/^#   "false"/#   "true"/' "annotations"
refuse "another zone" $values '/^domainFilters:/{n;s/-.*/- example.com/}' "flags"
refuse "endpoints that are proxied" external-dns-endpoints.yaml 's/value: "false"/value: "true"/' "proxied"
refuse "endpoints elsewhere" external-dns-endpoints.yaml 's/^        - "[0-9.]*"/        - "192.0.2.1"/' "endpoints"
refuse "endpoints that the filter leaves out" external-dns-endpoints.yaml 's/^    external-dns.*: "false"/    other: "false"/' "pass the filter"
