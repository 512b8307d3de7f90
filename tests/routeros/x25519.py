"""X25519 (RFC 7748): the public key of a WireGuard interface from its private key."""
import base64
import binascii
import hashlib

PRIME = 2**255 - 19


def multiply(scalar, point=9):
    """The Montgomery ladder of RFC 7748, section 5. Not constant in time: for tests only."""
    scalar = (scalar & ~7 & (2**255 - 1)) | 2**254
    x1, x2, z2, x3, z3, swap = point, 1, 0, point, 1, 0
    for at in reversed(range(255)):
        bit = scalar >> at & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = (x2 + z2) % PRIME, (x2 - z2) % PRIME, (x3 + z3) % PRIME, (x3 - z3) % PRIME
        da, cb = d * a % PRIME, c * b % PRIME
        x3, z3 = (da + cb) ** 2 % PRIME, x1 * (da - cb) ** 2 % PRIME
        aa, bb = a * a % PRIME, b * b % PRIME
        e = (aa - bb) % PRIME
        x2, z2 = aa * bb % PRIME, e * (aa + 121665 * e) % PRIME
    if swap:
        x2, z2 = x3, z3
    return x2 * pow(z2, PRIME - 2, PRIME) % PRIME


def decode(text):
    """The 32 bytes of a key in base64, or None."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if len(data) == 32 and len(text) == 44 else None


def public_key(private, known={}):
    """The public key in base64 of a private key in base64. (A millisecond each: remembered.)"""
    if private not in known:
        number = multiply(int.from_bytes(decode(private), "little"))
        known[private] = base64.b64encode(number.to_bytes(32, "little")).decode()
    return known[private]


def made_up(counter):
    """The private key that the stand-in generates as its n-th."""
    data = bytearray(hashlib.sha256(b"stand-in %d" % counter).digest())
    data[0] &= 248
    data[31] = data[31] & 127 | 64
    return base64.b64encode(bytes(data)).decode()
