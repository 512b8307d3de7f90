#!/usr/bin/python3
"""What one gets without the guards, each of which hlgen warns of: open.py FOLDER. Run by tests/relay/run.

Shows that the warnings are true, and that what HTTP-01 needs and who wants every name to pass still get it."""
import asyncio
import json
import os
import subprocess
import sys

from client_hello import hello
from house import House, certificate
from sites import TUNNEL
from visitor import Browser
from world import Journal, Nginx, World, differs, report


def test(name, *troubles):
    report("open", name, *troubles)


def warnings(folder):
    """The codes of what hlgen says to this site, each with the lines."""
    done = subprocess.run([os.environ["HLGEN"], "check", "--diagnostics=json", folder + "/site.yaml"], check=False, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL)
    found = {}
    for line in done.stderr.splitlines():
        for one in json.loads(line) if line.startswith("[") else [json.loads(line)]:
            if "code" in one:
                found.setdefault(one["code"], []).append(one["message"])
    return found


async def main(folder):
    certificate(folder)
    world, _ = World(), Journal()
    house, browser = House(world, folder), Browser(world, folder)
    await house.start()
    nginx = Nginx("/etc/hlgen/nginx.conf")
    said = warnings(folder)

    def warned(code, relay):
        return not any(f"relay '{relay}'" in text for text in said.get(code, [])) and f"no {code} for {relay}: {said}"

    test("without an entry point a published name opens every other one, and hlgen warns", warned("fronting", "https"),
         differs(await browser.get("films.example.org", host="internal.example.org"), f"200 websecure internal.example.org {TUNNEL}"))
    test("without PROXY protocol every visitor looks like the hub, and hlgen warns", warned("visitors-look-alike", "https"),
         differs(await browser.get("films.example.org"), f"200 websecure films.example.org {TUNNEL}"))
    test("even so other names are closed", differs(await browser.send(443, hello("internal.example.org")), (b"", "closed")))
    answer, _ = await browser.send(80, b"GET /.well-known/acme-challenge/x HTTP/1.1\r\nHost: films.example.org\r\n\r\n", wait=1.0)
    test("port 80 to the ingress: a challenge by HTTP-01 comes through, and hlgen warns", warned("blind-relay", "challenge"),
         not answer.endswith(b"web films.example.org " + TUNNEL.encode()) and repr(answer))
    test("names: any passes every name, and hlgen warns", warned("blind-relay", "any"),
         differs(await browser.get("internal.example.org", port=9443), f"200 websecure internal.example.org {TUNNEL}"))
    early = await browser.get("films.example.org", port=4443)
    test("PROXY protocol to a target that does not expect it fails every connection", not early.startswith("no TLS") and early)
    test("UDP to the ingress: hlgen warns of HTTP/3", warned("http3-unfiltered", "quic"))
    test("nginx had nothing to complain of", nginx.said())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
