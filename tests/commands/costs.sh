# What `build` and `diff` say of the cost of a change; sourced by run, which defines says().
# shellcheck shell=bash

# cost_of NAME EXPECTED: builds the site after a change; EXPECTED is the cost of each changed file ("reload vps.nft", by its last
# name; "-" without a cost), those left out that speak of many things, then ":" and the kinds of the summary in their order.
cost_of() {
	local name=$1 expected=$2 got
	if ! "$HLGEN" build > built 2>&1 </dev/null; then
		fail "commands/cost: $name" "$(cat built)"
		return
	fi
	got=$(sed -nE '/APPLY\.md|cloud-init\.yaml|files\.sha256|(apply|verify)\.sh/d; s|^(new\|changed\|mode\|removed) +([^ ]*/)?([^ /]+)( \(([a-z-]+)\))?$|\5 \3|p' built | sed 's/^ /- /' | paste -sd , )
	got="$got : $(sed -nE '1,/^what it costs/d; s/^([a-z-]+): .*/\1/p' built | uniq | paste -sd ' ')"
	compare "commands/cost: $name" <(printf '%s\n' "$expected") <(printf '%s\n' "$got")
}

costs() {
	local home=$TEMP/costs file number
	mkdir "$home" && cd "$home" || return
	cat > site.yaml <<-'END'
		site: home
		domain: example.org
		vps: { address: 203.0.113.10 }
		tunnel:
		  network: 10.100.0.0/24
		  mtu: 1420
		  port: 51820
		router: { address: 10.100.0.2, version: "7.20.8" }
		networks:
		  lan: { vlan: 20, subnet: 10.20.0.0/24 }
		relay:
		  git: { listen: 2222, to: 10.20.0.5:22 }
		clients:
		  phone: { address: 10.100.0.10, reach: [lan] }
		  desk: { address: 10.100.0.11, reach: [lan] }
	END
	"$HLGEN" build > built 2>&1 </dev/null
	if grep -q '^first build' built && ! grep -qE '\((reload|scan)\)|^what it costs' built; then
		pass "commands/cost: a first build follows APPLY.md"
	else
		fail "commands/cost: a first build follows APPLY.md" "$(cat built)"
	fi
	cost_of "nothing changed" " : "

	sed -i 's/phone: { address: 10.100.0.10, reach: \[lan\]/phone: { address: 10.100.0.10, reach: ["10.20.0.5"]/' site.yaml
	"$HLGEN" diff > differences 2>&1 </dev/null
	compare "commands/cost: diff says it in each file" <(printf '%s\n' "cost of clients/phone.conf: re-scan" "cost of router/hlgen.rsc: run" \
		"cost of vps/etc/hlgen/vps.nft: reload") <(grep '^cost of ' differences | grep -vE 'APPLY.md|cloud-init.yaml|files.sha256')
	sed -n '/^what it costs/,$p' differences > summary
	cost_of "a client reaches less" "re-scan phone.conf,- phone.png,- phone.svg,run hlgen.rsc,reload vps.nft : re-scan run reload"
	compare "commands/cost: diff and build agree" summary <(sed -n '/^what it costs/,$p' built)
	cat > expected <<-'END'
		what it costs, the dearest first (APPLY.md has the commands):
		re-scan: phone: scan its QR code again, or import clients/phone.conf
		run: on the router: /import file-name=hlgen.rsc, then remove the file
		reload: systemctl reload hlgen-firewall: ends only connections that are no longer allowed
	END
	compare "commands/cost: the summary" expected summary

	sed -i 's/^clients:$/&\n  tab: { address: 10.100.0.12, reach: [lan] }/' site.yaml
	cost_of "a client more" "scan tab.conf,- tab.png,- tab.svg,run hlgen.rsc,reload vps.nft,reload wg0.conf : scan run reload"
	sed -i '/^  tab:/d' site.yaml
	cost_of "a client less" "- tab.conf,- tab.png,- tab.svg,run hlgen.rsc,reload vps.nft,reload wg0.conf : run reload"
	sed -i 's/mtu: 1420/mtu: 1380/' site.yaml
	cost_of "another MTU" "run hlgen.rsc,restart wg0.conf : restart run"
	sed -i '/^  phone:/s/ }$/, mtu: 1280 }/' site.yaml
	cost_of "another MTU of a client" "re-scan phone.conf,- phone.png,- phone.svg : re-scan"
	sed -i 's/port: 51820/port: 51821/' site.yaml
	cost_of "another port" "re-scan desk.conf,- desk.png,- desk.svg,re-scan phone.conf,- phone.png,- phone.svg,run hlgen.rsc,nothing verify.rsc,reload vps.nft,restart wg0.conf : re-scan restart run reload"
	sed -i 's/to: 10.20.0.5:22/to: 10.20.0.6:22/' site.yaml
	cost_of "another target of the relay" "run hlgen.rsc,reload nginx.conf : run reload"
	rm keys/phone.psk 2>/dev/null || rm keys/clients/phone.psk
	cost_of "another preshared key" "re-scan phone.conf,- phone.png,- phone.svg,reload wg0.conf : re-scan reload"

	# An edit by hand of nothing but comments, which the next build takes back.
	for file in out/vps/etc/wireguard/wg0.conf out/clients/phone.conf; do
		sed -i 's/^#.*/# mine/; s/^$/\n/' "$file"
	done
	"$HLGEN" build --force > built 2>&1 </dev/null
	compare "commands/cost: only comments" <(printf '%s\n' "changed  clients/phone.conf (nothing)" "changed  vps/etc/wireguard/wg0.conf (nothing)" \
		"what it costs: nothing has to be loaded") <(grep -E "^changed|^what" built | grep -v files.sha256)
	chmod 0755 out/vps/etc/hlgen/vps.nft
	cost_of "only a mode" "- vps.nft : "

	sed -i '/^relay:/,/^  git:/d' site.yaml
	cost_of "no relay any more" "run hlgen.rsc,- nginx.conf,reload vps.nft,- hlgen-relay.service : run reload"
	for number in $(seq 20 39); do
		printf '  c%s: { address: 10.100.0.%s, reach: [lan] }\n' "$number" "$number"
	done >> site.yaml
	"$HLGEN" build > built 2>&1 </dev/null
	if [ "$(grep -c '^scan: ' built)" -eq 11 ] && grep -qx 'scan: ... and 10 more' built; then
		pass "commands/cost: many of a kind are counted"
	else
		fail "commands/cost: many of a kind are counted" "$(cat built)"
	fi

	# What stands around the diff does not disturb programs that read it; keys are masked in it, so it cannot make those files.
	if have git; then
		cp -r out patched
		sed -i 's/port: 51821/port: 51833/; /^  c39:/d' site.yaml
		"$HLGEN" diff > differences 2>&1 </dev/null
		"$HLGEN" build > built 2>&1 </dev/null
		run "commands/cost: git apply takes the diff" git apply --directory=patched --include='patched/*.md' --include='patched/*.nft' differences
		for file in APPLY.md vps/etc/hlgen/vps.nft; do
			compare "commands/cost: and makes the same $file" "out/$file" "patched/$file"
		done
	else
		skip "commands/cost: git apply takes the diff" "needs git"
	fi

	# The file for new machines: secret, and left out when it gets too large.
	compare "commands/cloud-init: is made" <(echo 600) <(stat -c %a out/vps/cloud-init.yaml)
	"$HLGEN" build --redact -o golden > built 2>&1 </dev/null
	compare "commands/cloud-init: not in a redacted tree" /dev/null <(find golden -name cloud-init.yaml)
	for number in $(seq 300 1299); do
		printf '  c%s: { address: 10.100.%s.%s, reach: [lan] }\n' "$number" $((number / 256)) $((number % 256))
	done >> site.yaml
	sed -i 's|10.100.0.0/24|10.100.0.0/16|' site.yaml
	says "cloud-init: too large for 1,000 clients" 0 "'vps/cloud-init.yaml' is not made: it would have more than 32768 bytes [bundle-too-large]" build
	compare "commands/cloud-init: then it goes away" /dev/null <(find out -name cloud-init.yaml)
	compare "commands/cloud-init: the rest is there" <(echo 1021) <(find out/clients -name '*.conf' | wc -l)
	cd "$TEMP" || return

	# A template without the line would change without a word.
	compare "commands/cost: every template says it" /dev/null <(cd "$ROOT" && grep -L '^%% apply ' templates/*/*.tmpl)
}
