"""The first bytes of a TLS connection, for tests that look at what a relay makes of them; also used by tests/relay and tests/lab."""
import ssl


def hello(name):
    """A ClientHello for this name (None: without a name)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    try:
        client.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()
