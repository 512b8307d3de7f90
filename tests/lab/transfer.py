"""A download of a lab machine that goes on while other things happen: was it unharmed?

Reads what answer.py streams, over TCP or TLS. The counting of blocks, silence() and trouble() are those of the hub's tests."""
import socket
import ssl
import threading
import time

import traffic


class Transfer(traffic.Transfer):
    """machine: who downloads. tls: the server's name, when it is TLS to a web server that passes /stream on. source: his address."""

    def __init__(self, machine, address, port, tls=None, source=None, wait=4.0):
        # pylint: disable=super-init-not-called # that one makes a connection of its own kind
        self.times, self.wrong, self.ended = [], None, None
        self.connection = None
        try:
            with machine.inside():
                plain = socket.socket(socket.AF_INET6 if ":" in str(address) else socket.AF_INET, socket.SOCK_STREAM)
            self.connection = plain
            plain.settimeout(wait)
            if source:
                plain.bind((source, 0))
            plain.connect((str(address), port))
            if tls:
                self.begin_tls(tls)
            else:
                plain.sendall(b"stream\n")
            self.connection.settimeout(None)
        except OSError as error:
            self.ended = f"never began: {error}"
            if self.connection:
                self.connection.close()
            return
        threading.Thread(target=self.receive, daemon=True).start()

    def begin_tls(self, name):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.connection = context.wrap_socket(self.connection, server_hostname=name)
        self.connection.sendall(f"GET /stream HTTP/1.0\r\nHost: {name}\r\n\r\n".encode())
        head = b""
        # Byte by byte: what follows the head are blocks already.
        while not head.endswith(b"\r\n\r\n"):
            byte = self.connection.recv(1)
            if not byte:
                raise OSError(f"ended after {head!r}")
            head += byte
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise OSError(f"no stream: {head.splitlines()[0]!r}")

    def begun(self, wait=4.0):
        """Waits for the first blocks; whether they came."""
        end = time.monotonic() + wait
        while not self.times and self.ended is None and time.monotonic() < end:
            time.sleep(0.01)
        return bool(self.times)

    def close(self):
        if self.connection:
            try:
                self.connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
