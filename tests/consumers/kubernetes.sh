#!/bin/bash
# Builds the kubernetes/ folder for each supported Cilium release, renders it with kubectl and validates it against that release's CRDs.
. "$(dirname "$0")/../lib.sh"
make_temp

label=$1 tree=$2 site=$3 keys=$4
[ -d "$tree/kubernetes" ] || exit 0

declare -A releases=(
	[1.14.19]=1.14 [1.15.19]=1.15 [1.16.12]=1.16 [1.17.6]=1.17 [1.18.2]=1.18 [1.19.6]=1.19 [1.20.1]=1.20-dev-20260424
)
for release in $(printf '%s\n' "${!releases[@]}" | sort -V); do
	name="consumers/kubernetes $label: cilium $release"
	crds=$SHARED/data/crds
	schema=${releases[$release]}
	if [ ! -f "$SHARED/tools/crdvalidate.py" ]; then
		skip "$name" "needs ../shared (SHARED=$SHARED)"
		continue
	elif ! "$PYTHON" -c 'import yaml, jsonschema' 2>/dev/null; then
		skip "$name" "needs python3-yaml and python3-jsonschema"
		continue
	elif ! have kubectl; then
		skip "$name" "needs kubectl"
		continue
	fi
	"$PYTHON" "$ROOT/tests/site.py" "$site" set "kubernetes.cilium.version=\"$release\"" > "$TEMP/site.yaml"
	if grep -q 'ip_families' "$site" && [ "$(printf '%s\n' "$release" 1.19 | sort -V | head -n 1)" != 1.19 ]; then
		# These answer for IPv4 only, so a site that wants IPv6 from them is an error: it goes without.
		"$PYTHON" "$ROOT/tests/site.py" "$TEMP/site.yaml" unset kubernetes.ingress.address6 kubernetes.cilium.pool6 kubernetes.ip_families \
			> "$TEMP/ipv4.yaml"
		"$PYTHON" "$ROOT/tests/site.py" "$TEMP/ipv4.yaml" set 'services.*.via=relay' > "$TEMP/site.yaml"
	fi
	rm -rf "$TEMP/out"
	if ! output=$("$HLGEN" build --keys "$keys" -o "$TEMP/out" "$TEMP/site.yaml" 2>&1 </dev/null); then
		fail "$name" "$output"
		continue
	fi
	if ! kubectl kustomize "$TEMP/out/kubernetes" > "$TEMP/all.yaml" 2>"$TEMP/said"; then
		fail "$name" "$(cat "$TEMP/said")"
		continue
	fi
	manifests=("$TEMP"/out/kubernetes/cilium-*.yaml)
	# Everything that is made must be listed in the kustomization: as many documents on both sides.
	listed=$(grep -c '^kind: Cilium' "$TEMP/all.yaml")
	made=$(cat "${manifests[@]}" | grep -c '^kind: Cilium')
	if [ "$listed" -ne "$made" ] || [ "$made" -eq 0 ]; then
		fail "$name" "kustomization lists $listed Cilium objects, the files hold $made"
		continue
	fi
	run "$name" "$PYTHON" "$SHARED/tools/crdvalidate.py" "$crds/ciliumloadbalancerippools-$schema.yaml" \
		"$crds/ciliuml2announcementpolicies-$schema.yaml" "${manifests[@]}" "$TEMP/all.yaml"
done
