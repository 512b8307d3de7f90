"""What stands in the house: an ingress with several entry points, as Traefik is one, a program that speaks first, and one for datagrams."""
import asyncio
import collections
import hashlib
import re
import socket
import ssl
import subprocess

from sites import GAME, INGRESS, SSH

PUBLISHED = re.compile(r"(films|books|[a-z]+\.apps|a{60}\.b{60}\.c{60}\.d{50})\.example\.org|example\.org", re.I)
CHUNK = bytes(range(256)) * 1024
CHUNKS = 40  # of a slow download, 10 MB in two seconds
WHOLE = hashlib.sha256(CHUNK * CHUNKS).hexdigest()
Entry = collections.namedtuple("Entry", "port tls published proxy")
# As the owner's ingress has them: websecure serves every router, public only those that are attached to it.
ENTRIES = {"public": Entry(8443, True, True, True), "websecure": Entry(443, True, False, True), "web": Entry(80, False, False, True),
           "strict": Entry(444, True, False, False)}


def certificate(folder):
    """Makes a certificate for the names of the house, and its key."""
    path = f"{folder}/certificate.pem"
    names = ["films.example.org", "books.example.org", "internal.example.org", "*.apps.example.org", "example.org",
             f"{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 50}.example.org"]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=house",
                    "-addext", "subjectAltName=" + ",".join("DNS:" + name for name in names), "-keyout", path, "-out", path + ".crt"],
                   check=True, capture_output=True)


async def readable(connection):
    loop, ready = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
    loop.add_reader(connection, lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    finally:
        loop.remove_reader(connection)


async def proxy_header(connection):
    """Takes a PROXY protocol line, and nothing more, off a connection; the address in it, or None."""
    while True:
        await readable(connection)
        data = connection.recv(108, socket.MSG_PEEK)
        if not data or not b"PROXY ".startswith(data[:6]):
            return None
        if b"\r\n" in data:
            line = connection.recv(data.index(b"\r\n") + 2).decode()
            return re.fullmatch(r"PROXY TCP[46] (\S+) \S+ [0-9]+ [0-9]+\r\n", line)[1]
        await asyncio.sleep(0.01)


class House:
    """All of its programs, on sockets of the house."""

    def __init__(self, world, folder):
        self.world = world
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder + "/certificate.pem.crt", folder + "/certificate.pem")
        self.seen = collections.Counter()  # connections by what they came to
        self.datagrams = []                # senders
        self.tasks = set()

    async def start(self):
        loop = asyncio.get_running_loop()
        for name, entry in ENTRIES.items():
            self.spawn(self.accept(self.listen(INGRESS, entry.port), name, self.ingress))
        self.spawn(self.accept(self.listen(SSH, 22), "ssh", self.ssh))
        game = self.world.socket("house", socket.SOCK_DGRAM, GAME, 27015)
        await loop.create_datagram_endpoint(lambda: Game(self), sock=game)

    def listen(self, address, port):
        made = self.world.socket("house", socket.SOCK_STREAM, address, port)
        made.listen(4096)
        return made

    def spawn(self, what):
        task = asyncio.get_running_loop().create_task(what)
        self.tasks.add(task)
        task.add_done_callback(self.ended)

    def ended(self, task):
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() and not isinstance(task.exception(), (OSError, ssl.SSLError, asyncio.IncompleteReadError)):
            raise task.exception()

    async def accept(self, listening, name, program):
        while True:
            connection, peer = await asyncio.get_running_loop().sock_accept(listening)
            self.seen[name] += 1
            self.spawn(program(name, connection, peer[0]))

    async def quiet(self):
        """Waits until all connections have ended."""
        for _ in range(600):
            if len(self.tasks) <= len(ENTRIES) + 1:
                return
            await asyncio.sleep(0.05)

    async def streams(self, connection, context=None):
        loop, streams = asyncio.get_running_loop(), asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(streams)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, connection, ssl=context)
        return streams, asyncio.StreamWriter(transport, protocol, streams, loop)

    async def ingress(self, name, connection, peer):
        entry = ENTRIES[name]
        visitor = await proxy_header(connection) if entry.proxy else None
        reader, writer = await self.streams(connection, self.context if entry.tls else None)
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                path, host = head.split()[1], re.search(r"^Host: (\S+)", head, re.M)[1]
                found = not entry.published or PUBLISHED.fullmatch(host)
                body = f"{name} {host} {visitor or peer}".encode()
                length = len(CHUNK) * CHUNKS if path == "/large" else len(body)
                writer.write(f"HTTP/1.1 {'200 OK' if found else '404 Not Found'}\r\nContent-Length: {length}\r\n\r\n".encode())
                if path == "/large":
                    for _ in range(CHUNKS):
                        writer.write(CHUNK)
                        await writer.drain()
                        await asyncio.sleep(2 / CHUNKS)
                else:
                    writer.write(body)
                await writer.drain()
        finally:
            writer.close()

    async def ssh(self, _name, connection, peer):
        """Speaks first, then repeats what it hears."""
        reader, writer = await self.streams(connection)
        writer.write(f"SSH-2.0-house {peer}\r\n".encode())
        while line := await reader.readline():
            writer.write(line)
        writer.close()


class Game(asyncio.DatagramProtocol):
    """Answers each datagram with two, the second one as large as they get through a tunnel."""

    def __init__(self, house):
        self.house, self.transport = house, None

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.house.datagrams.append(addr)
        self.transport.sendto(b"heard " + data, addr)
        self.transport.sendto(data + bytes(1300), addr)
