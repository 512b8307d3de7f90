#!/usr/bin/python3
"""Prints an address of the tunnel network that the site does not use: free_address.py SITE"""
import ipaddress
import sys

import yaml

SITE = yaml.load(open(sys.argv[1], encoding="utf-8"), yaml.BaseLoader)


def main():
    used = {client["address"] for client in SITE.get("clients", {}).values()}
    used.add(SITE.get("router", {}).get("address"))
    hosts = list(ipaddress.ip_network(SITE["tunnel"]["network"]).hosts())
    # From the far end, where a host route would be needed were the hub's own prefix too short.
    print(next(str(host) for host in reversed(hosts) if str(host) not in used))


if __name__ == "__main__":
    main()
