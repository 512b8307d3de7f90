#!/usr/bin/python3
"""Gives one node's files to the program that configures its interface: nodes.py TREE PLAN SITE NODE, in a namespace of its own.

The node must come to the IPv6 address that the plan predicts and to no other one, keep its IPv4 address, and find a default route while
it forwards. It follows the commands of APPLY.md."""
import json
import os
import sys

import yaml

from node_managers import MANAGERS
from node_world import World, Wrong


def main():
    tree, plan_file, site_file, name = sys.argv[1:]
    with open(plan_file, encoding="utf-8") as file:
        node = next(one for one in json.load(file)["cluster"]["nodes"] if one["name"] == name)
    with open(site_file, encoding="utf-8") as file:
        mac = yaml.safe_load(file)["kubernetes"]["nodes"][name].get("mac")
    manager = next(word for word in MANAGERS if node[word])
    try:
        MANAGERS[manager](World(tree, node, mac, os.environ["UNPACKED"]))
    except Wrong as wrong:
        with open("/run/log", encoding="utf-8", errors="replace") as log:
            sys.exit(f"{wrong}\nthe daemons said:\n{log.read()[-3000:]}")


main()
