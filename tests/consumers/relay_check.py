#!/usr/bin/python3
"""Talks to a running relay as visitors would: relay_check.py SITE. Run in a private network in which nginx has been started.

Stands in for what the relay leads to, and checks that allowed names pass, that everything else is closed
before a byte reaches the house, and that redirects send published names only."""
import socket
import subprocess
import sys
import threading

import yaml

from client_hello import hello

ANSWER = b"the house answers"
ERRORS = []


def need(truth, text):
    if not truth:
        ERRORS.append(text)


def serve(address, port, protocol):
    """Answers whoever connects, after the first bytes. On another port, since the relay may hold this one on every address."""
    if protocol == "udp":
        server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        server.bind(("127.0.0.1", 0))
    else:
        server = socket.create_server(("127.0.0.1", 0))
    elsewhere = server.getsockname()[1]
    rules = f"""table ip house {{
        chain output {{ type nat hook output priority -100; ip daddr {address} {protocol} dport {port} redirect to :{elsewhere}
        }}
    }}"""
    subprocess.run(["ip", "addr", "replace", f"{address}/32", "dev", "lo"], check=True)
    subprocess.run(["nft", "-f", "-"], input=rules.encode(), check=True)

    def loop():
        while True:
            connection, _ = server.accept()
            data = connection.recv(65536)
            # A target that is told the visitor's address says so.
            connection.sendall((b"proxied: " if data.startswith(b"PROXY TCP4 127.0.0.1 ") else b"") + ANSWER)
            connection.close()

    def datagrams():
        while True:
            data, sender = server.recvfrom(65536)
            server.sendto(ANSWER + data, sender)

    threading.Thread(target=datagrams if protocol == "udp" else loop, daemon=True).start()


def ask(port, data):
    """What comes back on a connection to the relay."""
    answer = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=8) as connection:
            connection.sendall(data)
            while True:
                part = connection.recv(65536)
                if not part:
                    break
                answer += part
    except ConnectionResetError:
        pass
    except TimeoutError:
        answer = answer or b"(silence)"
    return answer


def ask_datagram(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(8)
        client.sendto(b" you", ("127.0.0.1", port))
        return client.recv(65536)


def published(site):
    """The host names of services that are reached through the relay."""
    for name, service in site.get("services", {}).items():
        via = service.get("via", [])
        if "relay" in ([via] if isinstance(via, str) else via):
            host = service.get("host", f"{name}.{site['domain']}")
            yield host.replace("*", "some")


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        site = yaml.load(file, yaml.BaseLoader)
    names = list(published(site))
    entry = site.get("kubernetes", {}).get("ingress", {}).get("entry_point", {})
    served = set()
    for name, listen in site["relay"].items():
        if "to" not in listen:
            continue
        host, _, port = listen["to"].rpartition(":")
        port = entry["port"] if port == entry.get("name") else port
        target = (site["kubernetes"]["ingress"]["address"] if host == "ingress" else host, int(port), listen.get("protocol", "tcp"))
        if target not in served:
            serve(*target)
            served.add(target)
    for name, listen in site["relay"].items():
        port = int(listen["listen"])
        if listen.get("redirect") == "true":
            for host in names:
                answer = ask(port, f"GET /a?b=c HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                need(answer.startswith(b"HTTP/1.1 308 ") and f"Location: https://{host}/a?b=c\r\n".encode() in answer, f"{name}: {host}: {answer!r}")
            answer = ask(port, b"GET / HTTP/1.1\r\nHost: elsewhere.example.net\r\nConnection: close\r\n\r\n")
            # A shared nginx leaves other names to the owner's own sites; a dedicated one hangs up.
            shared = site["vps"].get("nginx") == "shared"
            need(b"308" not in answer.split(b"\r\n")[0] if shared else answer == b"", f"{name}: another name gets {answer!r}")
            continue
        if listen.get("protocol") == "udp":
            need(ask_datagram(port) == ANSWER + b" you", f"{name}: no answer to a datagram")
            continue
        told = (b"proxied: " if listen.get("proxy_protocol") == "true" else b"") + ANSWER
        reads_names = "names" in listen or port == 443 or listen["to"].endswith(":443")
        passes_any = listen.get("names") == "any" or not reads_names
        for host in names if not passes_any else []:
            need(ask(port, hello(host)) == told, f"{name}: {host} does not pass")
            need(ask(port, hello(host.upper())) == told, f"{name}: {host.upper()} does not pass")
        for what, data in (("another name", hello("elsewhere.example.net")), ("no name", hello(None)), ("plain HTTP", b"GET / HTTP/1.0\r\n\r\n")):
            answer = ask(port, data)
            need(answer == (told if passes_any else b""), f"{name}: {what} gets {answer!r}")
    for error in ERRORS:
        print(error)
    sys.exit(bool(ERRORS))


if __name__ == "__main__":
    main()
