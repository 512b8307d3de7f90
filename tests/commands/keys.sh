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
	printf '%032d' 0 | base64 > other-key
	if "$HLGEN" keys import laptop < other-key > said 2>&1 || ! grep -qF '[key-exists]' said; then
		fail "commands/import never replaces a key by itself" "$(cat said)"
	else
		pass "commands/import never replaces a key by itself"
	fi
	says "rotate says who is affected" 0 "the VPS, the router and every client" keys rotate vps
	says "after a rotation the build changes files" 0 "changed  clients/android.conf" build

	# One device with two files.
	sed -i '/^  laptop:/s/tunnel: full/tunnel: both/' site.yaml
	says "a client with both tunnels gets a second file" 0 "new      clients/laptop-full.conf" build
	says "the new file is to be scanned" 0 "nothing changed" build
	compare "commands/both files have one key" <(grep -h -e ^PrivateKey -e ^Address out/clients/laptop.conf) \
		<(grep -h -e ^PrivateKey -e ^Address out/clients/laptop-full.conf)
	says "qr of the second file" 0 "█" qr laptop-full
	if cmp -s <("$HLGEN" qr laptop) <("$HLGEN" qr laptop-full); then
		fail "commands/the two codes differ"
	else
		pass "commands/the two codes differ"
	fi
	compare "commands/completions know both files" <(printf '%s\n' android laptop laptop-full nas2) <("$HLGEN" completions clients)
	compare "commands/completions know one key" <(printf '%s\n' vps router android laptop nas2) <("$HLGEN" completions peers)
	sed -i '/^  laptop:/s/tunnel: both/tunnel: full/' site.yaml
	says "the second file goes with the setting" 0 "removed  clients/laptop-full.conf" build
	says "its code goes too" 1 "[unknown-client]" qr laptop-full

	revoking

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

# A key is removed only when nothing uses it and its name is given twice; and then it is gone.
revoking() {
	local before=$TEMP/keys-before after=$TEMP/keys-after public
	tree_sums keys > "$before"
	says "revoke of the hub" 1 "[key-in-use]" keys revoke vps --confirm=vps
	says "revoke of a client that is in use" 1 "client 'laptop' still uses its key [key-in-use]" keys revoke laptop --confirm=laptop
	says "revoke of the same name in capitals" 1 "[key-in-use]" keys revoke LAPTOP --confirm=LAPTOP
	says "revoke of nobody" 1 "[unknown-client]" keys revoke nobody --confirm=nobody
	says "revoke without a site file" 3 "cannot read 'absent.yaml'" keys revoke laptop --confirm=laptop --site absent.yaml --keys keys
	cp site.yaml kept.yaml
	sed -i '/^  laptop:/s/{ address/{ enabled: false, address/' site.yaml
	says "revoke without confirmation" 1 "hlgen keys revoke laptop --confirm=laptop" keys revoke laptop
	says "revoke with another name" 1 "and 'android' is another name [not-confirmed]" keys revoke laptop --confirm android
	echo "clients: [" >> site.yaml
	says "revoke with a broken site file" 1 "error" keys revoke laptop --confirm=laptop
	sed -i '$d' site.yaml
	tree_sums keys > "$after"
	compare "commands/no refusal touches a key" "$before" "$after"
	# The public half names the peer that must be gone from the VPS; a diagnostic would mask it.
	says "revoke without confirmation says what would be lost" 1 "error: the keys of clients/laptop would be lost for good [not-confirmed]" keys revoke laptop
	public=$(cat keys/clients/laptop.pub)
	cp -r keys kept-keys
	says "revoke names the peer" 0 "of clients/laptop (public key $public)" keys revoke laptop --confirm=laptop
	rm -rf keys && mv kept-keys keys
	says "revoke says who must be told" 0 "give new files to: the VPS and the router" keys revoke laptop --confirm=laptop
	tree_sums keys > "$after"
	compare "commands/revoke removes the keys of one client and nothing else" <(grep -v clients/laptop "$before") "$after"
	says "revoke a second time" 1 "has no key of clients/laptop [unknown-client]" keys revoke laptop --confirm=laptop
	says "a build without the revoked client" 0 "removed  clients/laptop.conf" build
	mv kept.yaml site.yaml
	says "the same client later gets a new key" 0 "made new keys for: clients/laptop" build
	says "rotate for a name that is not in the site" 1 "[unknown-client]" keys rotate laptob
	says "rotate of the preshared key of a client that keeps its key" 0 "the VPS and this client" keys rotate nas2 --preshared
	# Whoever brings a public key has a preshared one here all the same.
	if "$HLGEN" keys import nas2 --preshared --replace < other-key > said 2>&1; then
		pass "commands/import of that one"
	else
		fail "commands/import of that one" "$(cat said)"
	fi
	says "a build after that" 0 "changed  clients/nas2.conf" build
}
