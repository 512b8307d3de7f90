# keys, qr, explain, exit statuses and the guards of `build`; sourced by run, which defines says().
# shellcheck shell=bash

keys_and_guards() {
	local home=$TEMP/keys-and-guards key
	mkdir "$home" && cp "$ROOT/examples/homelab.yaml" "$home/site.yaml"
	cd "$home" || return

	says "qr before the first build" 1 "[no-qr]" qr android
	says "build makes keys" 0 "made new keys for: vps router clients/android clients/laptop" build
	says "a second build makes none" 0 "nothing changed" build
	says "qr of a client that is not there" 1 "[unknown-client]" qr androit
	says "qr of a client that keeps its key" 1 "[no-qr]" qr nas2
	says "another key store would cut everybody off" 1 "[keys-lost]" build --keys other
	if [ -e other ]; then
		fail "commands/keys-lost writes no key" "$(ls -R other)"
	else
		pass "commands/keys-lost writes no key"
	fi
	rm keys/clients/laptop.key keys/clients/laptop.pub
	says "one lost client key" 1 "[keys-lost]" build
	says "a new start for it" 0 "made new keys for: clients/laptop" build --force
	says "a tree over the site file" 1 "[output-place]" build -o .
	mkdir keys/deep
	says "a tree among the keys" 1 "[output-place]" build -o keys/deep
	rmdir keys/deep

	says "keys list shows public keys" 0 "private, preshared" keys list
	key=$(cat keys/clients/android.key)
	if "$HLGEN" keys list | grep -qF "$key"; then
		fail "commands/keys list shows no private key"
	else
		pass "commands/keys list shows no private key"
	fi
	says "import for a name that is not in the site" 1 "[unknown-client]" keys import androit
	says "import for a client that keeps its key" 1 "[unknown-client]" keys import nas2
	if printf '%s\n' "$key" | "$HLGEN" keys import android > said 2>&1 && ! grep -qF "$key" said; then
		pass "commands/importing the same key changes nothing"
	else
		fail "commands/importing the same key changes nothing" "$(cat said)"
	fi
	if head -c 32 /dev/zero | base64 | tr A B | "$HLGEN" keys import laptop > said 2>&1; then
		fail "commands/import never replaces a key by itself" "$(cat said)"
	else
		pass "commands/import never replaces a key by itself"
	fi
	says "rotate says who is affected" 0 "the VPS, the router and every client" keys rotate vps
	says "after a rotation the build changes files" 0 "changed  clients/android.conf" build

	says "no command" 2 "usage: hlgen" ""
	says "an unknown command" 2 "did you mean 'build'" biuld
	says "an unknown option" 2 "did you mean '--force'" build --forse
	says "a missing operand" 2 "something is missing" qr
	says "a missing file" 3 "No such file" check nowhere.yaml
	says "explain" 0 "used twice" explain duplicate-address
	says "explain an unknown code" 2 "did you mean 'duplicate-address'" explain duplicate-adress
	says "the version" 0 "hlgen " --version
	says "diff of nothing" 0 "" diff
	sed -i 's/10\.100\.0\.11/10.100.0.99/' site.yaml
	says "diff of something" 1 "10.100.0.99" diff
	echo "site: x" > broken.yaml
	says "diff with errors" 2 "[missing-key]" diff broken.yaml
	cd "$TEMP" || return
}
