#!/usr/bin/python3
"""The ingress controller of the lab: a TLS server on the node, at the addresses that the cluster (cluster.py) gives its service.

As a program, ingress.py PORT: the upload server behind it, which answers length and digest of what it was sent."""
import hashlib
import http.server
import json
import os
import sys

import certificates

HERE = os.path.dirname(os.path.abspath(__file__))
LARGE = 8 << 20
UPLOADS = 8099          # only on the node's loopback
INNER = 20000           # so much higher, on the loopback, is a port behind entrance.py

NGINX = """
user root;
worker_processes auto;
worker_rlimit_nofile 20000;
pid /run/ingress/nginx.pid;
error_log /run/ingress/error.log notice;
events {{ worker_connections 16384; }}
http {{
    access_log off;
    default_type application/json;
    keepalive_timeout 300s;
    keepalive_requests 100000;
    client_max_body_size 64m;
    client_body_temp_path /run/ingress/body;
    proxy_temp_path /run/ingress/proxy;
    fastcgi_temp_path /run/ingress/fastcgi;
    uwsgi_temp_path /run/ingress/uwsgi;
    scgi_temp_path /run/ingress/scgi;
    ssl_certificate /run/ingress/server.crt;
    ssl_certificate_key /run/ingress/server.key;
    ssl_session_tickets off;
    server_names_hash_bucket_size 512;
{servers}
}}
"""
SERVER = """
    server {{
{listens}
{real}
        server_name {names};
        location / {{
            return {status} '{{"machine": "{machine}", "sni": "$ssl_server_name", "host": "$host", "source": "$remote_addr", {more}}}\\n';
        }}
        location = /large {{ root /run/ingress/files; default_type application/octet-stream; }}
        location = /stream {{ proxy_pass http://127.0.0.1:8080; proxy_buffering off; }}
        location = /upload {{ proxy_pass http://127.0.0.1:{uploads}; proxy_request_buffering off; proxy_http_version 1.1; }}
    }}
"""


# The server -------------------------------------------------------------------------------------------------------------------

def make_certificates(folder, names):
    """The server's certificate, plain and with so many names that the handshake takes some 12 kB; made once per run."""
    if not os.path.exists(f"{folder}/large.crt"):
        plain, many = [f"DNS:{name}" for name in names], [f"DNS:{number:040d}.large.lab.example" for number in range(180)]
        certificates.make(folder, "CA of the lab", "ingress of the lab", {"server": plain, "large": plain + many}, "crt")


class Ingress:
    """`tls` and `plain`: its ports. `only`: {port: names}, which serves these names and knows no others (404). `trusted`: {port: networks} whose PROXY
    headers are believed. `optional`: as Traefik takes them; else as nginx does, where a connection without one is refused."""

    def __init__(self, machine, interface, folder, names, tls=(443,), plain=(80,), *, only=None, trusted=None, optional=False):
        self.machine, self.interface, self.folder, self.names = machine, interface, folder, names
        self.tls, self.plain, self.only, self.trusted, self.optional = sorted({*tls}), sorted({*plain}), only or {}, trusted or {}, optional
        self.addresses, self.server, self.entrances = [], None, []
        self.ca = f"{folder}/ca.crt"
        make_certificates(folder, names)

    def assign(self, addresses):
        """From now on the node answers for these addresses (ARP and NDP), and for no others that it did."""
        for address in self.addresses:
            if address not in addresses:
                self.machine.run("ip", "address", "del", f"{address}/{128 if ':' in address else 32}", "dev", self.interface, check=False)
        for address in addresses:
            self.machine.ip(f"addr replace {address}/{'128' if ':' in address else '32'} dev {self.interface}{' nodad' if ':' in address else ''}")
        self.addresses = list(addresses)

    def servers(self, port):
        """nginx's servers for a port: one for all names, or one for some and one that says it knows no others."""
        trusted = self.trusted.get(port)
        behind = trusted and self.optional
        words = (" ssl" if port in self.tls else "") + (" proxy_protocol" if trusted else "")
        # On all addresses of the node: who comes to the wrong one must find somebody who answers.
        places = [f"127.0.0.1:{port + INNER}{words}"] if behind else [f"0.0.0.0:{port}{words}", f"[::]:{port}{words}"]
        real = "".join(f"        set_real_ip_from {each};\n" for each in (["127.0.0.1"] if behind else trusted or []))
        which = "$proxy_protocol_server" if behind else "$server"
        for names, status in ([(self.only[port], 200), ((), 404)] if port in self.only else [((), 200)]):
            # What is said of a place is said once, by the server for all that is left.
            listens = "\n".join(f"        listen {each}{'' if names else ' backlog=4096 default_server'};" for each in places)
            yield SERVER.format(listens=listens, machine=self.machine.name, uploads=UPLOADS, status=status, names=" ".join(names) or '""',
                                real=real + ("        real_ip_header proxy_protocol;" if trusted else ""),
                                more=f'"peer": "$realip_remote_addr", "local": "{which}_addr", "port": {which}_port')

    def start(self, large=False):
        """(Re)starts it. `large`: with the long certificate."""
        servers = [server for port in self.plain + self.tls for server in self.servers(port)]
        machine = self.machine
        machine.write("/run/ingress/nginx.conf", NGINX.format(servers="".join(servers)))
        machine.copy(f"{self.folder}/{'large' if large else 'server'}.crt", "/run/ingress/server.crt")
        machine.copy(f"{self.folder}/server.key", "/run/ingress/server.key")
        if not machine.exists("/run/ingress/files/large"):
            os.makedirs(machine.path("/run/ingress/files"), exist_ok=True)
            with open(machine.path("/run/ingress/files/large"), "wb") as file:
                file.truncate(LARGE)
            machine.start("/usr/bin/python3", os.path.abspath(__file__), str(UPLOADS), ready="ready")
        if self.server:
            self.server.end()
        self.end_entrances()
        # In the foreground; it listens before it forks its workers, but after it started.
        self.server = machine.start("nginx", "-c", "/run/ingress/nginx.conf", "-g", "daemon off;")
        self.entrances = [machine.start("/usr/bin/python3", f"{HERE}/entrance.py", str(port), str(port + INNER), *trusted, ready="ready")
                          for port, trusted in self.trusted.items() if self.optional]

    def end_entrances(self):
        for entrance in self.entrances:
            entrance.end()
        self.entrances = []

    def rebooted(self):
        """After its machine was off."""
        addresses, self.addresses, self.server, self.entrances = self.addresses, [], None, []
        self.start()
        self.assign(addresses)


# Uploads ----------------------------------------------------------------------------------------------------------------------

class Upload(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_PUT(self):
        left, digest = int(self.headers.get("Content-Length", 0)), hashlib.sha256()
        length = left
        while left:
            got = self.rfile.read(min(left, 65536))
            if not got:
                break
            digest.update(got)
            left -= len(got)
        answer = json.dumps({"length": length - left, "sha256": digest.hexdigest()}).encode() + b"\n"
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    do_POST = do_PUT

    def log_message(self, *_):          # pylint: disable=arguments-differ
        pass


if __name__ == "__main__":
    with http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Upload) as uploads:
        print("ready", flush=True)
        uploads.serve_forever()
