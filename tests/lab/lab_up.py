#!/usr/bin/python3
"""Brings one house up for a person: lab_up.py SITE; says what is there and how long it took, and gives a shell when there is a terminal."""
import os
import subprocess
import sys
import time

from house import House
from lab_sites import BEFORE, site_text
from machine import ENVIRONMENT, FOLDER

HELP = """
    at                               all machines
    at vps wg show                   a command on a machine
    at router nft list ruleset       the router is Linux here, made from what the RouterOS stand-in holds
    at visitor curl -skI https://NAME --resolve NAME:443:ADDRESS
    at client-NAME wg-quick up NAME  a client's tunnel
    at vps tcpdump -ni eth0          what goes past
    cd {tree}                        what hlgen built
    exit                             takes everything down"""
AT = """#!/bin/sh
# A command on a machine of the lab.
[ $# -gt 0 ] || exec ls {folder}/up
name=$1
shift
[ -e {folder}/up/"$name" ] || {{ echo "at: there is no machine $name; there are:" $(ls {folder}/up) >&2; exit 2; }}
[ $# -gt 0 ] || set -- bash --norc
exec nsenter --target "$(cat {folder}/up/"$name")" --net --mount --uts --pid --wd=/ -- "$@"
"""


def shell(house):
    """Until the person leaves it."""
    for name, machine in house.machines.items():
        os.makedirs(f"{FOLDER}/up", exist_ok=True)
        with open(f"{FOLDER}/up/{name}", "w", encoding="ascii") as file:
            file.write(str(machine.pid))
    os.makedirs(f"{FOLDER}/bin")
    with open(f"{FOLDER}/bin/at", "w", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o755)) as file:
        file.write(AT.format(folder=FOLDER))
    for client in house.phones:
        house.phones[client].write(f"/etc/wireguard/{client[:15]}.conf", house.client_file(client), 0o600)
    print(HELP.format(tree=house.tree), flush=True)
    environment = {**ENVIRONMENT, "PATH": f"{FOLDER}/bin:{ENVIRONMENT['PATH']}", "PS1": "lab:\\w# ", "TERM": os.environ.get("TERM", "dumb")}
    subprocess.run(["bash", "--norc", "--noprofile", "-i"], env=environment, check=False)


def main():
    house = House(f"{FOLDER}/house", site_text(sys.argv[1]), before=BEFORE.get(sys.argv[1], ()))
    for what, when in house.timings:
        print(f"{when:7.2f} s  {what}")
    print(f"machines: {', '.join(house.machines)}")
    for what, value in (("delegated", house.isp and house.isp.prefix), ("ingress", house.ingress and ", ".join(house.ingress.addresses)),
                        ("VPS said", house.hub.said[-1].strip().splitlines()[-1])):
        if value:
            print(f"{what}: {value}")
    if sys.stdin.isatty():
        shell(house)
    begin = time.monotonic()
    house.close()
    print(f"{time.monotonic() - begin:7.2f} s  down")


if __name__ == "__main__":
    main()
