"""What visitors do: connections for a name, bytes that no browser sends, datagrams. Each call is one visitor on the internet."""
import asyncio
import socket
import ssl

from sites import HUB4, HUB6
from world import VISITOR4


class Browser:
    """Opens connections from the internet to the VPS."""

    def __init__(self, world, folder):
        self.world = world
        self.context = ssl.create_default_context(cafile=folder + "/certificate.pem.crt")

    async def connect(self, port, source=VISITOR4):
        made = self.world.socket("visitor", socket.SOCK_STREAM, source)
        try:
            await asyncio.wait_for(asyncio.get_running_loop().sock_connect(made, (HUB6 if ":" in source else HUB4, port)), 5)
        except BaseException:
            made.close()
            raise
        return made

    async def streams(self, port, name=None, source=VISITOR4):
        """A connection, with TLS for a name when there is one; the certificate is checked against it."""
        made = await self.connect(port, source)
        secure = {"ssl": self.context, "server_hostname": name} if name else {}
        return await asyncio.wait_for(asyncio.open_connection(sock=made, **secure), 30)

    @staticmethod
    async def request(reader, writer, host, path="/", sink=None):
        """One request on an open connection: its status and body; the body goes to `sink` when it is large."""
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        left = next((int(line.split()[1]) for line in head.splitlines() if line.lower().startswith("content-length:")), 0)
        body = b""
        while left:
            part = await reader.read(min(left, 65536))
            if not part:
                raise ConnectionResetError(f"{left} bytes are missing")
            left -= len(part)
            if sink:
                sink.update(part)
            else:
                body += part
        return head, body.decode(errors="replace")

    async def get(self, name, host=None, port=443, source=VISITOR4, path="/"):
        """What a browser shows: "200 BODY", or how it failed."""
        try:
            reader, writer = await self.streams(port, name, source)
        except (OSError, ssl.SSLError, asyncio.TimeoutError) as error:
            return f"no TLS: {type(error).__name__} {error}"
        try:
            head, body = await asyncio.wait_for(self.request(reader, writer, host or name, path), 10)
            return f"{head.split()[1]} {body}"
        except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
            return f"cut off: {type(error).__name__}"
        finally:
            writer.close()

    async def send(self, port, *parts, source=VISITOR4, wait=8.0):
        """Sends bytes, part after part, and says what came back and how it ended: (bytes, "closed" | "reset" | "open" | "refused")."""
        loop, answer = asyncio.get_running_loop(), b""
        try:
            made = await self.connect(port, source)
        except (OSError, asyncio.TimeoutError):
            return b"", "refused"
        try:
            for part in parts:
                await loop.sock_sendall(made, part)
                if len(parts) > 1:
                    await asyncio.sleep(0.02)
            while part := await asyncio.wait_for(loop.sock_recv(made, 65536), wait):
                answer += part
            return answer, "closed"
        except (ConnectionResetError, BrokenPipeError):
            return answer, "reset"
        except asyncio.TimeoutError:
            return answer, "open"
        finally:
            made.close()

    def datagrams(self, source=VISITOR4):
        return Datagrams(self.world.socket("visitor", socket.SOCK_DGRAM, source), (HUB6 if ":" in source else HUB4, 27015))


class Datagrams:
    """One player of a game."""

    def __init__(self, made, target):
        self.socket, self.target = made, target

    async def ask(self, text):
        """Sends one datagram; the two that come back, each from the address that was asked."""
        loop = asyncio.get_running_loop()
        self.socket.sendto(text, self.target)
        got = []
        try:
            for _ in range(2):
                data, address = await asyncio.wait_for(loop.sock_recvfrom(self.socket, 65536), 5)
                got.append(data if address[:2] == self.target else b"from elsewhere: %r" % (address,))
        except asyncio.TimeoutError:
            pass
        return sorted(got, key=len)

    @staticmethod
    def wanted(text):
        return [b"heard " + text, text + bytes(1300)]
