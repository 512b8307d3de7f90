#!/bin/bash
# Builds the kubernetes/ folder for each supported Cilium release, as the site is and with all that can be turned on, renders it with
# kubectl and validates every manifest: custom resources against that release's CRDs, the others against Kubernetes' own schema.
. "$(dirname "$0")/../lib.sh"
make_temp

label=$1 tree=$2 site=$3 keys=$4
[ -d "$tree/kubernetes" ] || exit 0

declare -A releases=(
	[1.14.19]=1.14 [1.15.19]=1.15 [1.16.12]=1.16 [1.17.6]=1.17 [1.18.2]=1.18 [1.19.6]=1.19 [1.20.1]=1.20-dev-20260424
)
newest=1.20.1
crds=$SHARED/data/crds
reason=
if [ ! -f "$SHARED/tools/crdvalidate.py" ]; then
	reason="needs ../shared (SHARED=$SHARED)"
elif ! "$PYTHON" -c 'import yaml, jsonschema' 2>/dev/null; then
	reason="needs python3-yaml and python3-jsonschema"
elif ! have kubectl; then
	reason="needs kubectl"
fi

answers_for_ipv6() {
	[ "$(printf '%s\n' "$1" 1.19 | sort -V | head -n 1)" = 1.19 ]
}

# check NAME RELEASE WORD…: the words are changes of the site file.
check() {
	local name="consumers/kubernetes $label: $1" release=$2 output schemas
	if [ -n "$reason" ]; then
		skip "$name" "$reason"
		return
	fi
	"$PYTHON" "$ROOT/tests/site.py" "$site" set "kubernetes.cilium.version=\"$release\"" "${@:3}" > "$TEMP/site.yaml"
	if grep -q 'ip_families' "$site" && ! answers_for_ipv6 "$release"; then
		# These answer for IPv4 only, so a site that wants IPv6 from them is an error: it goes without.
		"$PYTHON" "$ROOT/tests/site.py" "$TEMP/site.yaml" unset kubernetes.ingress.address6 kubernetes.cilium.pool6 kubernetes.ip_families \
			kubernetes.prefix_watch > "$TEMP/ipv4.yaml"
		"$PYTHON" "$ROOT/tests/site.py" "$TEMP/ipv4.yaml" set 'services.*.via=relay' > "$TEMP/site.yaml"
	fi
	rm -rf "$TEMP/out" "$TEMP/sorted"
	if ! output=$("$HLGEN" build --keys "$keys" -o "$TEMP/out" "$TEMP/site.yaml" 2>&1 </dev/null); then
		fail "$name" "$output"
	elif ! kubectl kustomize "$TEMP/out/kubernetes" > "$TEMP/all.yaml" 2>"$TEMP/said"; then
		fail "$name" "$(cat "$TEMP/said")"
	elif ! output=$("$PYTHON" "$ROOT/tests/consumers/manifests.py" "$TEMP/out/kubernetes" "$TEMP/all.yaml" "$TEMP/sorted" 2>&1); then
		fail "$name" "$output"
	else
		schemas=("$crds/ciliumloadbalancerippools-${releases[$release]}.yaml" "$crds/ciliuml2announcementpolicies-${releases[$release]}.yaml"
			"$crds/externaldns-dnsendpoint-v0.22.0.yaml")
		# What is made for Argo CD, and the built-in kinds, do not depend on Cilium: once is enough, since their schemas take seconds to read.
		if [ "$release" = $newest ]; then
			schemas+=("$crds/argocd-application-v3.5.1.yaml")
		else
			rm -f "$TEMP"/sorted/custom/*-argocd-*
		fi
		run "$name" "$PYTHON" "$SHARED/tools/crdvalidate.py" "${schemas[@]}" "$TEMP"/sorted/custom/*
		[ "$release" = $newest ] && compgen -G "$TEMP/sorted/core/*" > "$TEMP/core" || return
		mapfile -t core < "$TEMP/core"
		run "$name, built-in kinds" "$PYTHON" "$SHARED/tools/corevalidate.py" "$crds/k8s-core-1.27-subset.swagger.json" "${core[@]}"
	fi
}

for release in $(printf '%s\n' "${!releases[@]}" | sort -V); do
	check "cilium $release" "$release"
	[ "$label" = full ] || continue
	check "cilium $release, all of it" "$release" kubernetes.prefix_watch=true kubernetes.cloudflared=true kubernetes.external_dns.endpoints=true
done
