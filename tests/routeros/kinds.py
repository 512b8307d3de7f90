"""Kinds of properties: kind(text, router, name) gives what is stored, or raises Refused. Stored are str, bool, int, values.Time
and tuples (lists); an empty tuple or None is "not set". `shown` spells a stored value, `typed` makes a value of the language of it."""
import ipaddress
import re

import x25519
from errors import Refused
from schema import rank
from values import NOTHING, Array, Code, Time, spell, spell_ip6, spell_units, time_of


def shown(stored):
    if type(stored) is str:
        return stored
    if stored is None:
        return ""
    if isinstance(stored, tuple):
        return ",".join(stored)
    return spell_units(stored.key) if isinstance(stored, Time) else spell(stored)


def typed(stored):
    """Lists are arrays; times come back as text."""
    if stored is None:
        return NOTHING
    if isinstance(stored, tuple):
        return Array(stored)
    return spell_units(stored.key) if isinstance(stored, Time) else stored


def given(value):
    """The text of a value of the language that is given to a property."""
    if type(value) is bool:
        return "yes" if value else "no"
    if isinstance(value, Array):
        return ",".join(given(item) for item in value.values())
    return value.text if isinstance(value, Code) else spell(value)


# ---- plain ----

def text(value, router, name):
    return value or None


def words(value, router, name):
    """A list whose elements are free."""
    return tuple(part for part in value.split(",") if part) or None


def flag(value, router, name):
    if value not in ("yes", "no", "true", "false"):
        raise Refused(f"invalid value {value} for {name}, expected yes or no", name)
    return value in ("yes", "true")


def flag_or_self(value, router, name):
    """advertise-dns: a flag up to 7.21, yes, no or self later (measured as flag on 7.14 and 7.15, as words on 7.22.3)."""
    if rank(router.release) < (7, 22):
        return flag(value, router, name)
    return choice("yes", "no", "self")(value, router, name)


def number(low=0, high=4294967295, *others):
    def read(value, router, name):
        if value in others:
            return value
        if not value.isdigit():
            raise Refused(f"invalid value for argument {name}", name)
        if not low <= int(value) <= high:
            raise Refused(f"value of {name} out of range ({low}..{high})", name)
        return int(value)
    return read


def duration(low=0, high=4294967295, *others):
    def read(value, router, name):
        if value in others:
            return value
        seconds = time_of(value)
        if seconds is None:
            raise Refused(f"invalid time value for argument {name}", name)
        if not low <= seconds <= high:
            raise Refused(f"value of {name} out of range ({spell_units(low)}..{spell_units(high)})", name)
        return Time(seconds)
    return read


def choice(*known):
    def read(value, router, name):
        if value not in known:
            raise Refused(f"input does not match any value of {name}", name)
        return value
    return read


def choices(known, negated=False):
    """A list of known words, kept in the order of `known` as flags are; `negated`: "!" may stand first."""
    def read(value, router, name):
        parts = value.lstrip("!").split(",") if negated else value.split(",")
        for part in parts:
            if part not in known:
                raise Refused(f"input does not match any value of {name}", name)
        sign = "!" if negated and value.startswith("!") else ""
        found = tuple(word for word in known if word in parts)
        return (sign + found[0],) + found[1:]
    return read


def protocol(value, router, name):
    if value.lstrip("!") in PROTOCOLS or (value.lstrip("!").isdigit() and int(value.lstrip("!")) < 256):
        return value
    raise Refused(f"input does not match any value of {name}", name)


PROTOCOLS = ("tcp", "udp", "icmp", "icmpv6", "igmp", "ggp", "ip-encap", "st", "egp", "pup", "hmp", "xns-idp", "rdp", "iso-tp4", "dccp",
             "xtp", "ddp", "idpr-cmtp", "ipv6-encap", "rsvp", "gre", "ipsec-esp", "ipsec-ah", "rspf", "vmtp", "ospf", "ipip", "etherip",
             "encap", "pim", "vrrp", "l2tp", "sctp", "udp-lite", "ipv6", "ipv6-frag", "ipv6-nonxt", "ipv6-opts", "ipv6-route")


def ports(value, router, name):
    for part in value.lstrip("!").split(","):
        ends = part.split("-")
        if len(ends) > 2 or not all(end.isdigit() and int(end) <= 65535 for end in ends):
            raise Refused(f"invalid value for argument {name}: ports are numbers from 0 to 65535", name)
    return value


def key(value, router, name):
    if value in ("", "none"):
        return None
    if x25519.decode(value) is None:
        raise Refused(f"invalid value for argument {name}: no key in base64", name)
    return value


# ---- addresses ----

def network(value, name, version, bare=None, host="keep"):
    """An address or prefix, host bits cleared. `bare`: the length of an address without one. `host`: what becomes of /32."""
    address, slash, length = value.partition("/")
    try:
        one = ipaddress.ip_address(address)
        size = one.max_prefixlen
        if slash and "." in length and one.version == 4:
            found = ipaddress.ip_network(value, strict=False)
        elif slash and not (length.isdigit() and int(length) <= size):
            raise ValueError(length)
        else:
            found = ipaddress.ip_network(f"{address}/{length if slash else bare if bare is not None else size}", strict=False)
    except ValueError:
        raise Refused(f"invalid value for argument {name}: {value or 'nothing'}", name) from None
    if version and found.version != version:
        raise Refused(f"invalid value for argument {name}: no IPv{version} address", name)
    spelled = str(found.network_address)
    return spelled if host == "drop" and found.prefixlen == size else f"{spelled}/{found.prefixlen}"


def match4(value, router, name):
    """A[/length], A-B, each with "!"; a host loses its /32."""
    sign, rest = ("!", value[1:]) if value.startswith("!") else ("", value)
    if "-" in rest:
        ends = rest.split("-")
        if len(ends) != 2:
            raise Refused(f"invalid value for argument {name}", name)
        return sign + "-".join(network(end, name, 4, host="drop") for end in ends)
    return sign + network(rest, name, 4, host="drop")


def match6(value, router, name):
    sign, rest = ("!", value[1:]) if value.startswith("!") else ("", value)
    return sign + network(rest, name, 6)


def prefix4(value, router, name):
    return network(value, name, 4)


def prefix6(value, router, name):
    return network(value, name, 6)


def listed4(value, router, name):
    """An address list's element: an address, prefix, range or name."""
    if re.fullmatch(r"[A-Za-z0-9._-]*[A-Za-z][A-Za-z0-9._-]*", value):
        return value
    return match4(value, router, name) if not value.startswith("!") else network(value, name, 4)


def listed6(value, router, name):
    if ":" not in value and re.fullmatch(r"[A-Za-z0-9._-]*[A-Za-z][A-Za-z0-9._-]*", value) and rank(router.release) >= (7, 24):
        return value
    return network(value, name, 6)


def networks(value, router, name):
    return tuple(network(part, name, None) for part in value.split(",")) if value else None


def addresses(value, router, name):
    return tuple(network(part, name, None, host="drop") for part in value.split(",")) if value else None


def interface4(value, router, name):
    network(value, name, 4)
    return f"{value}/32" if "/" not in value else value


def interface6(value, router, name):
    """Host bits are kept; without a length it is a /64."""
    network(value, name, 6)
    address, _, length = value.partition("/")
    return f"{spell_ip6(int(ipaddress.IPv6Address(address)))}/{length or 64}"


def host(value, router, name):
    """An address, spelled as the router does, or a name."""
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        if value and not re.fullmatch(r"[A-Za-z0-9._-]+", value):
            raise Refused(f"invalid value for argument {name}", name) from None
        return value or None


def gateway(value, router, name):
    address, _, interface = value.partition("%")
    try:
        ipaddress.ip_address(address)
    except ValueError:
        interface = interface or address
    if interface and not router.has_interface(interface):
        raise Refused(f"input does not match any value of {name}", name)
    return value


# ---- references ----

def interface(value, router, name):
    if not router.has_interface(value):
        raise Refused(f"input does not match any value of {name}", name)
    return value


def interfaces(value, router, name):
    return tuple(interface(part, router, name) for part in value.split(",")) if value else None


def matched_interface(value, router, name):
    """In rules: "!" and the groups that are built in."""
    bare = value.lstrip("!")
    if bare not in ("all-ethernet", "all-ppp", "all-vlan", "all-wireless", "dynamic") and not router.has_interface(bare):
        raise Refused(f"input does not match any value of {name}", name)
    return value


def bridge(value, router, name):
    if not any(row["name"] == value for row in router.tables["/interface/bridge"].values()):
        raise Refused(f"input does not match any value of {name}", name)
    return value


def wireguard(value, router, name):
    if not any(row["name"] == value for row in router.tables["/interface/wireguard"].values()):
        raise Refused(f"input does not match any value of {name}", name)
    return value


def interface_list(value, router, name):
    if not any(row["name"] == value.lstrip("!") for row in router.tables["/interface/list"].values()):
        raise Refused(f"input does not match any value of {name}", name)
    return value


def interface_lists(value, router, name):
    return tuple(interface_list(part, router, name) for part in value.split(",")) if value else None


def nd_interface(value, router, name):
    return value if value == "all" else interface(value, router, name)


def vlan_ids(value, router, name):
    for part in value.split(","):
        ends = part.split("-")
        if len(ends) > 2 or not all(end.isdigit() and 1 <= int(end) <= 4094 for end in ends):
            raise Refused(f"value of {name} out of range (1..4094)", name)
    return tuple(value.split(","))
