#!/usr/bin/python3
"""The relay as a drop-in of the owner's nginx, with Debian's own nginx.conf and sites: shared.py FOLDER. Run by tests/relay/run."""
import asyncio
import hashlib
import os
import re
import shutil
import sys

import sites
from client_hello import hello
from house import WHOLE, House, certificate
from sites import TUNNEL
from visitor import Browser
from world import VISITOR4, VISITOR6, Journal, Nginx, World, differs, report

DROP_IN = "/etc/nginx/modules-enabled/90-hlgen-stream.conf"
OWN = """server {
    listen 8080;
    location = /large { root /run/own; limit_rate 4m; }
    location / { return 200 mine; }
}
"""


def test(name, *troubles):
    report("shared", name, *troubles)


async def own(browser, port=8080, path="/", sink=None):
    """What the owner's site answers, on the VPS itself: the firewall opens only the relay's ports."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head, body = await browser.request(reader, writer, "localhost", path, sink)
    writer.close()
    return f"{head.split()[1]} {body}"


async def relay(browser, house):
    """The same guards as with an nginx of its own."""
    test("published names pass with the visitor's address", *[
        differs(await browser.get(name, source=source), f"200 public {name} {source}")
        for name in ("films.example.org", "FILMS.example.org", "some.apps.example.org") for source in (VISITOR4, VISITOR6)])
    before = house.seen.copy()
    test("everything else is closed without a byte", *[
        differs(await browser.send(443, data), (b"", "closed")) for data in (hello("internal.example.org"), hello(None), b"GET / HTTP/1.0\r\n\r\n")],
        differs(house.seen, before))
    test("plain TCP passes", differs(await browser.send(2222, b"x\n", wait=1.0), (f"SSH-2.0-house {TUNNEL}\r\nx\n".encode(), "open")))
    player = browser.datagrams()
    test("datagrams go both ways", differs(await player.ask(b"move"), player.wanted(b"move")))


async def beside(browser):
    """Port 80 belongs to both: published names are redirected, others see the owner's site."""
    answer, _ = await browser.send(80, b"GET /a HTTP/1.1\r\nHost: films.example.org\r\nConnection: close\r\n\r\n")
    test("port 80 redirects a published name", not re.match(rb"HTTP/1.1 308 (.|\r\n)*Location: https://films.example.org/a\r\n", answer) and repr(answer))
    answer, _ = await browser.send(80, b"GET / HTTP/1.1\r\nHost: elsewhere.example.net\r\nConnection: close\r\n\r\n")
    test("port 80 leaves other names to the owner's default site", b"Welcome to nginx!" not in answer and repr(answer))
    test("the owner's site on another port answers", differs(await own(browser), "200 mine"))


async def reload(browser, nginx, folder):
    """A new name while visitors of both are in the middle of a download."""
    digest, owners = hashlib.sha256(), hashlib.sha256()
    download = await browser.streams(443, "films.example.org")
    running = [asyncio.create_task(browser.request(*download, "films.example.org", "/large", digest)),
               asyncio.create_task(own(browser, path="/large", sink=owners))]
    await asyncio.sleep(0.3)
    site = sites.scenario("shared")
    site["services"]["books"] = {"via": "relay"}
    shutil.copy(sites.build(site, folder) + "/vps" + DROP_IN, DROP_IN)
    halfway = not any(task.done() for task in running)
    nginx.reload()
    test("reload: the new name passes", differs(await browser.get("books.example.org"), f"200 public books.example.org {VISITOR4}"))
    await asyncio.wait_for(asyncio.gather(*running), 60)
    download[1].close()
    with open("/run/own/large", "rb") as file:
        wanted = hashlib.sha256(file.read()).hexdigest()
    test("reload: downloads from the house and from the owner's site end whole", not halfway and "they were over before",
         differs(digest.hexdigest(), WHOLE), differs(owners.hexdigest(), wanted))


async def main(folder):
    certificate(folder)
    world, log = World(), Journal()
    with open("/etc/nginx/conf.d/own.conf", "w", encoding="utf-8") as file:
        file.write(OWN)
    os.makedirs("/run/own")
    with open("/run/own/large", "wb") as file:
        file.write(os.urandom(1 << 23))
    nginx, house, browser = Nginx(errors="/var/log/nginx/error.log"), House(world, folder), Browser(world, folder)
    await house.start()
    await relay(browser, house)
    await beside(browser)
    await reload(browser, nginx, folder)
    with open(DROP_IN, encoding="utf-8") as file:
        said = file.read()
    with open("/etc/nginx/nginx.conf", encoding="utf-8") as file:
        most = int(re.search(r"^\s*worker_connections (\d+);", file.read(), re.M)[1])
    test("the drop-in states its limit, which is that of the packaged nginx.conf", f"has {most} for each worker" not in said and f"not {most}",
         f"about {most // 20 * 10} visitors" not in said and f"not {most // 20 * 10}")
    test("the journal has the relay's connections", not any('port=443 200 name="films.example.org"' in line for line in log.lines) and log.lines)
    test("nginx had nothing to complain of", *[line for line in nginx.said().splitlines() if "[notice]" not in line])


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
