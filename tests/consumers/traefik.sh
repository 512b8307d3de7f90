#!/bin/bash
# Builds the values of Traefik's Helm chart for its releases and for several ways to relay, and reads them as each release does.
. "$(dirname "$0")/../lib.sh"
make_temp

label=$1 site=$3 keys=$4
grep -q 'ingress:' "$site" && grep -q '^ *https: .*to: ingress\|^  https:$' "$site" || exit 0
if ! "$PYTHON" -c 'import yaml' 2>/dev/null; then
	skip "consumers/traefik $label" "needs python3-yaml"
	exit 0
fi

# read_values NAME SITE: reads what is in $TEMP/out.
read_values() {
	run "$1" "$PYTHON" "$ROOT/tests/consumers/traefik_values.py" "$TEMP/out/kubernetes/traefik-values.yaml" "$2"
}

# As the site is; the releases are tried on the site that has everything.
mkdir -p "$TEMP/out"
cp -r "$2/kubernetes" "$TEMP/out/"
[ ! -f "$TEMP/out/kubernetes/traefik-values.yaml" ] || read_values "consumers/traefik $label" "$site"
[ "$label" = full ] || exit 0

own='kubernetes.ingress.entry_point={ name: public, port: 8443 }'
pods='kubernetes.pod_network=10.244.0.0/16'

# check NAME CHART CILIUM WORD…: the words are changes of the site file.
check() {
	local name="consumers/traefik $label: $1, chart $2, cilium $3" output
	"$PYTHON" "$ROOT/tests/site.py" "$site" unset kubernetes.ingress.entry_point kubernetes.ingress.umbrella kubernetes.pod_network > "$TEMP/bare.yaml"
	"$PYTHON" "$ROOT/tests/site.py" "$TEMP/bare.yaml" set "kubernetes.ingress.chart=\"$2\"" "kubernetes.cilium.version=\"$3\"" \
		'relay.https.to=ingress:443' "${@:4}" > "$TEMP/site.yaml"
	rm -rf "$TEMP/out"
	if ! output=$("$HLGEN" build --keys "$keys" -o "$TEMP/out" "$TEMP/site.yaml" 2>&1 </dev/null); then
		fail "$name" "$output"
		return
	fi
	read_values "$name" "$TEMP/site.yaml"
}

"$PYTHON" "$ROOT/tests/site.py" "$site" unset kubernetes.ip_families kubernetes.ingress.address6 kubernetes.cilium.pool6 \
	kubernetes.prefix_watch > "$TEMP/ipv4.yaml"
for chart in 18.0.0 26.1.0 27.0.2 28.0.0 34.3.0 38.0.2 39.0.0 40.3.0 41.3.0; do
	check "443" $chart 1.19.6
	check "443, HTTP/3" $chart 1.20.2 relay.quic='{ listen: 443, protocol: udp, to: ingress:443 }'
	check "443, proxied" $chart 1.20.2 relay.https.proxy_protocol=true
	check "443, proxied" $chart 1.20.1 relay.https.proxy_protocol=true "$pods"
	site=$TEMP/ipv4.yaml check "IPv4 only" $chart 1.19.6 'services.*.via=relay'
	check "in a chart of one's own" $chart 1.19.6 kubernetes.ingress.umbrella=edge
	[ "${chart%%.*}" -ge 28 ] || continue
	check "own entry point" $chart 1.20.2 "$own" relay.https.to=ingress:public relay.https.proxy_protocol=false
	check "own entry point, HTTP/3" $chart 1.20.2 "$own" relay.https.to=ingress:public relay.quic='{ listen: 443, protocol: udp, to: ingress:public }'
	check "own entry point, proxied" $chart 1.19.6 "$own" relay.https.to=ingress:public relay.https.proxy_protocol=true
done

# A reader that takes everything would take these, too: WHAT CHANGE REASON. They begin with what the last check has left.
values=$TEMP/out/kubernetes/traefik-values.yaml
refuse() {
	local name="consumers/traefik $label: refuses $1" output
	sed "$2" "$values" > "$TEMP/wrong.yaml"
	if cmp -s "$values" "$TEMP/wrong.yaml"; then
		fail "$name" "nothing was changed: $2"
	elif output=$("$PYTHON" "$ROOT/tests/consumers/traefik_values.py" "$TEMP/wrong.yaml" "$TEMP/site.yaml" 2>&1); then
		fail "$name" "it was taken"
	elif [[ $output != *"$3"* ]]; then
		fail "$name" "another reason: $output"
	else
		pass "$name"
	fi
}
refuse "another hub" 's,"10\.100\.0\.1/32","10.100.0.2/32",' "entry point public"
refuse "an entry point where every route is found" 's/asDefault: true/asDefault: false/' "entry point public"
refuse "TLS where older charts have it" 's/^    http:$/    tls:/; s/^      tls:$/      enabled: true/; /^        enabled: true/d' \
	"does not know .ports.public.tls"
refuse "HTTP/3" 's/enabled: false/enabled: true/' "entry point public"
refuse "a port of the pod that is taken" 's/port: 10443/port: 8443/' "is taken"
refuse "the old place of the traffic policy" '/^  spec:$/d; s/^    externalTrafficPolicy/  externalTrafficPolicy/; /^    ipFamilyPolicy/d' \
	"does not know .service.externalTrafficPolicy"
refuse "a service with IPv4 only" '/ipFamilyPolicy/d' "ipFamilyPolicy is None"
refuse "trust in everybody" 's/trustedIPs:/insecure: true/; /^        - /d' "does not know .ports.public.proxyProtocol.insecure"
