#!/usr/bin/python3
"""Prints, as YAML, a client that could be added to the site: new_client.py SITE"""
import ipaddress
import sys

import yaml


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        site = yaml.load(file, yaml.BaseLoader)
    clients = site.get("clients", {})
    network = ipaddress.ip_network(site["tunnel"]["network"])
    used = {site["tunnel"].get("address", str(network[1]))} | {client["address"] for client in clients.values()} | {site.get("router", {}).get("address")}
    hosts = list(network.hosts())
    # From the far end, where a host route would be needed were the hub's own prefix too short.
    address = next(str(host) for host in reversed(hosts) if str(host) not in used)
    # Without networks the only thing to reach is another client.
    reach = "" if "networks" in site else f", reach: [{next(iter(clients))}]"
    print(f"{{ address: {address}{reach} }}")


if __name__ == "__main__":
    main()
