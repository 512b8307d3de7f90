#!/bin/bash
# Unpacks the network managers that tests of nodes' files run: unpack.sh [FOLDER], default build/unpacked. Needs Debian and its packages.
#
# They are not installed, because then they would take over the network of the machine that the tests run on.
set -euo pipefail
cd "$(dirname "$0")/../.."

# Each with what is seldom there already; .ci/run installs the rest of what they need.
packages=(ifupdown netplan.io libnetplan0 network-manager libnm0 libndp0 python3-rich python3-markdown-it python3-mdurl)
folder=$(realpath -m "${1:-build/unpacked}")
[ ! -e "$folder/complete" ] || exit 0

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
download=(apt-get download -qq -o APT::Sandbox::User=root "${packages[@]}")
"${download[@]}" || { apt-get update -qq && "${download[@]}"; }

# /sbin and /lib are links, as on the machine itself.
rm -rf "$folder"
for top in bin lib sbin; do
	mkdir -p "$folder/usr/$top"
	ln -s "usr/$top" "$folder/$top"
done
for package in *.deb; do
	dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$folder"
done
touch "$folder/complete"
