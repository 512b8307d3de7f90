#!/usr/bin/python3
"""Checks what a further client changes on the hub: nothing but one more peer, on a connected route: one_more.py LABEL BEFORE AFTER"""
import sys

import files


def main():
    label, before, after = sys.argv[1:]
    old_interface, old = files.wireguard(f"{before}/vps/etc/wireguard/wg0.conf")
    new_interface, new = files.wireguard(f"{after}/vps/etc/wireguard/wg0.conf")
    errors = []
    if old_interface != new_interface:
        errors.append("[Interface] changed: that needs a restart")
    errors += [f"peer {peer['label']} is gone or changed" for peer in old if peer not in new]
    added = [peer for peer in new if peer not in old]
    if len(added) != 1:
        errors.append(f"{len(added)} new peers")
    for peer in added:
        for prefix in files.prefixes(peer, "AllowedIPs"):
            if not any(prefix.version == link.version and prefix.subnet_of(link) for link in files.prefixes(new_interface, "Address")):
                errors.append(f"no connected route to {prefix}")
    print(f"{'FAIL' if errors else 'ok'} paths/{label}: one more client leaves the others alone and is routed at once")
    for error in errors:
        print(f"    {error}")


if __name__ == "__main__":
    main()
