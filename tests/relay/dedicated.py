#!/usr/bin/python3
"""The relay with an nginx of its own, all guards on, beside an nginx of the owner: dedicated.py FOLDER. Run by tests/relay/run."""
import asyncio
import hashlib
import os
import shutil
import subprocess
import sys

import sites
from client_hello import hello
from house import WHOLE, House, certificate
from sites import TUNNEL
from visitor import Browser
from world import CROWD, VISITOR4, VISITOR6, Journal, Nginx, World, differs, report

LONG = next(service["host"] for name, service in sites.BASE["services"].items() if name == "long")
OWN = "server { listen 8080; return 200 mine; }\n"


def test(name, *troubles):
    report("dedicated", name, *troubles)


async def names(browser, house):
    """Published names pass, with their visitors' addresses; nothing else does, and nothing else reaches the house."""
    for source in (VISITOR4, VISITOR6):
        test(f"published names pass with the visitor's address, {'IPv6' if ':' in source else 'IPv4'}", *[
            differs(await browser.get(name, source=source), f"200 public {name} {source}")
            for name in ("films.example.org", "FILMS.Example.ORG", "some.apps.example.org", "Other.APPS.example.org", "example.org", LONG)])
    pieces = hello("films.example.org")
    answer, _ = await browser.send(443, *[pieces[at:at + 40] for at in range(0, len(pieces), 40)], wait=1.0)
    test("a hello in many small pieces passes", not answer.startswith(b"\x16\x03") and f"got {answer[:60]!r}")
    before = house.seen.copy()
    refused = {"another name": hello("internal.example.org"), "a name below a published one": hello("x.films.example.org"),
               "a name like a published one": hello("xfilms.example.org"), "the wildcard's own name": hello("apps.example.org"),
               "no name": hello(None), "plain HTTP": b"GET / HTTP/1.1\r\nHost: films.example.org\r\n\r\n",
               "a PROXY line of its own": b"PROXY TCP4 10.0.0.1 10.0.0.2 1 2\r\n" + hello("films.example.org"), "SSH": b"SSH-2.0-x\r\n"}
    for what, data in refused.items():
        got = [await browser.send(443, data, source=source) for source in (VISITOR4, VISITOR6)]
        test(f"{what}: closed without a byte", *[differs(each, (b"", "closed")) for each in got])
    half, silent = await asyncio.gather(browser.send(443, pieces[:50]), browser.send(443))
    test("half a hello and silence are closed after five seconds", differs(half, (b"", "closed")), differs(silent, (b"", "closed")))
    test("none of them reached the house", differs(house.seen, before))
    test("fronting: a published name, then another host: not found",
         differs(await browser.get("films.example.org", host="internal.example.org"), f"404 public internal.example.org {VISITOR4}"))


async def ports(browser, house):
    """What is not TLS."""
    reader, writer = await browser.streams(2222)
    said = [(await reader.readline()).decode()]
    writer.write(b"hello\n")
    said.append((await reader.readline()).decode())
    writer.close()
    test("plain TCP: the house may speak first", differs(said, [f"SSH-2.0-house {TUNNEL}\r\n", "hello\n"]))
    for source in (VISITOR4, VISITOR6):
        player, start = browser.datagrams(source), len(house.datagrams)
        got = [await player.ask(b"move %d" % number) for number in range(5)]
        test(f"datagrams go both ways, {'IPv6' if ':' in source else 'IPv4'}", differs(got, [player.wanted(b"move %d" % number) for number in range(5)]),
             len(set(house.datagrams[start:])) != 1 and f"not one session: {house.datagrams[start:]}")
    players = [browser.datagrams(address) for address in CROWD[2:]]
    got = await asyncio.gather(*[player.ask(b"player %d" % number) for number, player in enumerate(players)])
    test("many players get their own answers", *[differs(each, player.wanted(b"player %d" % number))
                                                  for number, (player, each) in enumerate(zip(players, got))])
    for host in ("films.example.org", "some.apps.example.org"):
        answer, end = await browser.send(80, f"GET /a?b=c HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        test(f"port 80 redirects {host}", not answer.startswith(b"HTTP/1.1 308 ") and repr(answer), differs(end, "closed"),
             f"Location: https://{host}/a?b=c\r\n".encode() not in answer and repr(answer))
    got = await browser.send(80, b"GET / HTTP/1.1\r\nHost: internal.example.org\r\nConnection: close\r\n\r\n")
    test("port 80 hangs up on other names", differs(got, (b"", "closed")))


async def limit(browser):
    """One address holds 200 connections; the next one is refused, and nobody else notices."""
    kept = [await browser.streams(2222, source=CROWD[0]) for _ in range(200)]
    banners = [await reader.readline() for reader, _ in kept]
    refused = await browser.send(2222, source=CROWD[0], wait=2.0)
    other = await browser.get("films.example.org", source=CROWD[1])
    for _, writer in kept:
        writer.close()
    test("one address holds 200 connections, not more", not all(banners) and "some of 200 were refused", differs(refused, (b"", "closed")),
         differs(other, f"200 public films.example.org {CROWD[1]}"))
    # Forged senders: more sessions by UDP than an address may have, in the name of a visitor by TCP.
    forged = [browser.datagrams(CROWD[1]) for _ in range(220)]
    got = []
    for at in range(0, len(forged), 10): # a burst of all would lose some on the way
        got += await asyncio.gather(*[each.ask(b"forged") for each in forged[at:at + 10]])
    test("datagrams in a visitor's name do not shut him out", sum(map(bool, got)) < 190 and f"only {sum(map(bool, got))} of 220 were answered",
         differs(await browser.get("films.example.org", source=CROWD[1]), f"200 public films.example.org {CROWD[1]}"))


async def crowd(browser, house, wanted):
    """So many visitors at the same time, each with a request before and after all have come."""
    gate, failed = asyncio.Semaphore(64), []
    before = house.seen["public"]

    async def come(number):
        async with gate:
            try:
                made = await browser.streams(443, "films.example.org", CROWD[number % len(CROWD)])
                await browser.request(*made, "films.example.org")
                return made
            except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
                failed.append(f"{number}: {error!r}")
                return None

    async def stay(number, made):
        async with gate:
            try:
                _, body = await asyncio.wait_for(browser.request(*made, "films.example.org"), 30)
                if body != f"public films.example.org {CROWD[number % len(CROWD)]}":
                    failed.append(f"{number}: {body}")
            except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
                failed.append(f"{number}: {error!r}")

    present = await asyncio.gather(*[come(number) for number in range(wanted)])
    await asyncio.gather(*[stay(number, made) for number, made in enumerate(present) if made])
    for made in filter(None, present):
        made[1].close()
    # All of this runs in one process: what comes next must not wait behind so many farewells.
    await asyncio.gather(*[made[1].wait_closed() for made in filter(None, present)], return_exceptions=True)
    await house.quiet()
    test(f"{wanted} visitors at the same time", len(failed) and f"{len(failed)} failed, for example {failed[:5]}",
         differs(house.seen["public"] - before, wanted))


async def reload(browser, nginx, folder):
    """A reload with a new name and one name fewer, while a download, a session and a game run."""
    digest = hashlib.sha256()
    download = await browser.streams(443, "example.org")
    running = asyncio.create_task(browser.request(*download, "example.org", "/large", digest))
    session, player = await browser.streams(2222), browser.datagrams()
    await session[0].readline()
    await player.ask(b"before")
    await asyncio.sleep(0.3)
    site = sites.scenario("dedicated")
    del site["services"]["apex"]
    site["services"]["books"] = {"via": "relay"}
    shutil.copy(sites.build(site, folder) + "/vps/etc/hlgen/nginx.conf", "/etc/hlgen/nginx.conf")
    halfway = not running.done()
    nginx.reload()
    test("reload: the new name passes, the old one no longer", differs(await browser.get("books.example.org"), f"200 public books.example.org {VISITOR4}"),
         differs(await browser.send(443, hello("example.org")), (b"", "closed")))
    test("reload: a game goes on", differs(await player.ask(b"after"), player.wanted(b"after")))
    session[1].write(b"still there\n")
    test("reload: an open session lives on", differs(await asyncio.wait_for(session[0].readline(), 5), b"still there\n"))
    head, _ = await asyncio.wait_for(running, 30)
    test("reload: a running download ends whole", not halfway and "it was over before", differs(digest.hexdigest(), WHOLE), "200" not in head and head)
    for _, writer in (download, session):
        writer.close()

def journal(lines):
    """What an owner finds in the journal."""
    text = "\n".join(lines)
    wanted = [f'hlgen_relay: {VISITOR4} TCP port=443 200 name="films.example.org" to=10.30.0.200:8443 in=',
              f'hlgen_relay: {VISITOR6} TCP port=443 200 name="internal.example.org" to=127.0.0.1:61443 in=',
              f'hlgen_relay: {VISITOR4} TCP port=2222 200 name="-" to=10.20.0.5:22 in=']
    test("each connection has its line in the journal", *[line not in text and f"lacks: {line}" for line in wanted])


async def main(folder):
    certificate(folder)
    world, log = World(), Journal()
    # The owner's own nginx, without Debian's welcome page, which has port 80.
    os.remove("/etc/nginx/sites-enabled/default")
    with open("/etc/nginx/conf.d/own.conf", "w", encoding="utf-8") as file:
        file.write(OWN)
    own, house, browser = Nginx(errors="/run/own-errors"), House(world, folder), Browser(world, folder)
    owners = own.workers()
    await house.start()
    nginx = Nginx("/etc/hlgen/nginx.conf")
    await names(browser, house)
    await ports(browser, house)
    await limit(browser)
    await crowd(browser, house, int(os.environ.get("RELAY_VISITORS", "1000")))
    await reload(browser, nginx, folder)
    journal(log.lines)
    test("the relay's nginx had nothing to complain of", nginx.said())
    subprocess.run(["nginx", "-c", "/etc/hlgen/nginx.conf", "-s", "stop"], check=True, capture_output=True)
    reader, writer = await asyncio.open_connection("127.0.0.1", 8080)
    _, body = await browser.request(reader, writer, "localhost")
    writer.close()
    test("the owner's own nginx noticed nothing of it", differs(body, "mine"), differs(own.workers(), owners), own.said())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
