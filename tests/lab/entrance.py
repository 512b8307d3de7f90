#!/usr/bin/python3
"""Traefik's way with PROXY protocol, in front of an nginx, which knows only "always" and "never".

    entrance.py PORT BEHIND NETWORK…        prints "ready" when it listens

From these networks a header (version 1) is believed, and may be missing; from others it is read and forgotten, as Traefik does. The server
behind it, on port BEHIND of the loopback, gets every connection with a header that says who it is from."""
import asyncio
import contextlib
import ipaddress
import sys

LONGEST = 107


def plain(address):
    """An IPv4 address of a dual stack socket as everybody writes it."""
    return address[7:] if address.startswith("::ffff:") else address.split("%")[0]


def header(source, target):
    six = ":" in source[0]
    return f"PROXY TCP{6 if six else 4} {source[0]} {target[0]} {source[1]} {target[1]}\r\n".encode()


def said(line):
    """(source, target) of a header, or None when it says nothing of them."""
    words = line.decode("ascii").split()
    if words[1:2] == ["UNKNOWN"]:
        return None
    _, family, source, target, sport, dport = words
    if (ipaddress.ip_address(source).version, ipaddress.ip_address(target).version) not in {"TCP4": [(4, 4)], "TCP6": [(6, 6)]}[family]:
        raise ValueError(f"{line!r} mixes families")
    return (source, int(sport)), (target, int(dport))


async def pump(reader, writer):
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    # Also when it was cut off: the other half must not wait for ever.
    with contextlib.suppress(OSError):
        writer.write_eof()


async def serve(reader, writer, behind, networks):
    """One visitor."""
    inner = None
    try:
        peer, local = ((plain(one[0]), one[1]) for one in (writer.get_extra_info("peername"), writer.get_extra_info("sockname")))
        trusted = any(ipaddress.ip_address(peer[0]) in each for each in networks)
        # The client of every protocol that is served here speaks first.
        data = await reader.read(65536)
        while data and b"PROXY ".startswith(data[:6]) and b"\r\n" not in data and len(data) < LONGEST:
            data += (more := await reader.read(65536))
            if not more:
                return
        if data.startswith(b"PROXY "):
            line, _, data = data.partition(b"\r\n")
            told = said(line)
            if trusted and told:
                peer, local = told
        back, inner = await asyncio.open_connection("127.0.0.1", behind)
        inner.write(header(peer, local) + data)
        # One that ends its half may still be answered.
        await asyncio.gather(pump(reader, inner), pump(back, writer))
    except (OSError, ValueError, KeyError, UnicodeDecodeError):
        pass
    finally:
        for one in filter(None, (writer, inner)):
            one.close()


async def main():
    port, behind, *networks = sys.argv[1:]
    networks = [ipaddress.ip_network(each) for each in networks]

    def come(reader, writer):
        return serve(reader, writer, int(behind), networks)
    servers = [await asyncio.start_server(come, where, int(port), backlog=4096) for where in ("0.0.0.0", "::")]
    print("ready", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(main())
