"""Reads a client's file as strictly as the apps do: one reader each for Android, Apple, Windows, and wg-quick's file names.

Written from what the apps' own parsers accept: wireguard-android (Config, Interface, Peer, Attribute, InetEndpoint, Tunnel), wireguard-apple
(TunnelConfiguration+WgQuickConfig), wireguard-windows (conf/parser.go, conf/name.go). Each returns the tunnel as a dict, or raises Refused
with the reason; what one app refuses another may take."""
import base64
import binascii
import ipaddress
import re

KEYS = {
    "interface": {"privatekey", "listenport", "address", "dns", "mtu"},
    "peer": {"publickey", "presharedkey", "allowedips", "endpoint", "persistentkeepalive"},
}
LISTS = {"address", "dns", "allowedips"}
LABEL = "[0-9A-Za-z](?:[0-9A-Za-z-]{0,61}[0-9A-Za-z])?"
HOST_NAME = re.compile(rf"(?=.{{1,255}}$){LABEL}(?:\.{LABEL})*\.?")


class Refused(Exception):
    """The app shows an error and takes nothing of the file."""


# ---- values ----

def key(text):
    """32 bytes in base64 whose unused bits are zero, 44 characters."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Refused(f"a key that is no base64: {error}") from error
    if len(raw) != 32 or base64.b64encode(raw).decode() != text:
        raise Refused("a key that is not 32 bytes in their one spelling")
    return text


def number(text, low, high):
    if not re.fullmatch("[0-9]+", text) or not low <= int(text) <= high:
        raise Refused(f"'{text}' is no number from {low} to {high}")
    return int(text)


def address(text):
    try:
        return ipaddress.ip_address(text)
    except ValueError as error:
        raise Refused(str(error)) from error


def prefix(text):
    """An address with or without a length; host bits are allowed, as in Address. A mask in dots is not."""
    host, slash, length = text.partition("/")
    ip = address(host)
    return ipaddress.ip_interface((ip, number(length, 0, ip.max_prefixlen) if slash else ip.max_prefixlen))


def split(text, empty):
    """The parts between commas; `empty`: "drop" or "refuse" what is empty."""
    parts = [part.strip() for part in text.split(",")]
    if empty == "refuse" and "" in parts:
        raise Refused("two commas in a row, or one at an end")
    return [part for part in parts if part]


def servers(parts, names):
    """DNS: addresses, and search domains that match `names` (None: whatever it is)."""
    found = {"dns": [], "search": []}
    for part in parts:
        try:
            found["dns"].append(ipaddress.ip_address(part))
        except ValueError:
            if names and not names.fullmatch(part):
                raise Refused(f"'{part}' is neither an address nor a host name") from None
            found["search"].append(part)
    return found


def endpoint(text):
    """HOST:PORT with an IPv6 address in brackets. All apps get the strictest rule, Android's: java.net.URI takes no '_' in a host name."""
    match = re.fullmatch(r"(?:\[([0-9a-fA-F:.]+)\]|([^][:/?#\s]+)):([0-9]+)", text)
    if not match:
        raise Refused(f"endpoint '{text}' is no HOST:PORT")
    if match[1] and address(match[1]).version != 6:
        raise Refused("brackets around what is no IPv6 address")
    if match[2] and not HOST_NAME.fullmatch(match[2]):
        raise Refused(f"endpoint host '{match[2]}'")
    return (match[1] or match[2], number(match[3], 1, 65535))


# ---- lines ----

def settings(text, app, known):
    """Section by section (name, {key: text}), by the rules that differ from app to app."""
    sections = []
    for line in text.split("\n"):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        name, equals, value = (part.strip() for part in line.partition("="))
        if not equals:
            if line.lower() not in ("[interface]", "[peer]"):
                raise Refused(f"line '{line}'")
            sections.append((line.strip("[]").lower(), {}))
            continue
        if not sections:
            raise Refused("a setting before the first section")
        section, values = sections[-1]
        name = name.lower()
        if name not in known[section]:
            raise Refused(f"unknown key '{name}' in [{section}]")
        if not value and app != "apple":
            raise Refused(f"'{name}' without a value")
        if name in values and name in LISTS:
            values[name] += "," + value
        elif name in values and app == "apple":
            raise Refused(f"'{name}' twice")
        else:
            values[name] = value
    return sections


def build(sections, empty, names, keepalive, mtu):
    """The tunnel, from sections whose keys are known; wrong values and missing keys are refused."""
    if [name for name, _ in sections].count("interface") != 1:
        raise Refused("not exactly one [Interface]")
    interface = next(values for name, values in sections if name == "interface")
    if "privatekey" not in interface:
        raise Refused("no PrivateKey")
    tunnel = {
        "private_key": key(interface["privatekey"]),
        "addresses": [prefix(part) for part in split(interface.get("address", ""), empty if "address" in interface else "drop")],
        "mtu": number(interface["mtu"], *mtu) if "mtu" in interface else 0,
        **servers(split(interface.get("dns", ""), empty if "dns" in interface else "drop"), names),
        "peers": [],
    }
    if "listenport" in interface:
        number(interface["listenport"], 0, 65535)
    for peer in (values for name, values in sections if name == "peer"):
        if "publickey" not in peer:
            raise Refused("a peer without PublicKey")
        tunnel["peers"].append({
            "public_key": key(peer["publickey"]),
            "preshared_key": key(peer["presharedkey"]) if "presharedkey" in peer else None,
            "allowed_ips": [prefix(part) for part in split(peer.get("allowedips", ""), empty if "allowedips" in peer else "drop")],
            "endpoint": endpoint(peer["endpoint"]) if "endpoint" in peer else None,
            "keepalive": 0 if keepalive and peer.get("persistentkeepalive") == "off" else number(peer.get("persistentkeepalive", "0"), 0, 65535),
        })
    return tunnel


# ---- the apps ----

def android(name, text):
    """The file's name becomes the tunnel's; unknown keys and empty values are refused."""
    if not re.fullmatch("[a-zA-Z0-9_=+.-]{1,15}", name):
        raise Refused(f"tunnel name '{name}'")
    only = {"interface": KEYS["interface"] | {"includedapplications", "excludedapplications"}, "peer": KEYS["peer"]}
    sections = settings(text, "android", only)
    if any({"includedapplications", "excludedapplications"} <= set(values) for _, values in sections):
        raise Refused("IncludedApplications and ExcludedApplications together")
    return build(sections, "refuse", HOST_NAME, True, (0, 2 ** 31 - 1))


def apple(name, text):
    """Repeated keys are refused but for lists, `off` is no number, and the same peer twice is an error. A list may be empty."""
    if not name.strip():
        raise Refused("no tunnel name")
    tunnel = build(settings(text, "apple", KEYS), "drop", None, False, (0, 65535))
    keys = [peer["public_key"] for peer in tunnel["peers"]]
    if len(keys) != len(set(keys)):
        raise Refused("two peers with one public key")
    return tunnel


def windows(name, text):
    """Hooks and Table are known (and not run without a registry switch); FwMark and SaveConfig are not. An MTU below 576 is refused."""
    stem = name.split(".")[0].upper()
    if not re.fullmatch("[a-zA-Z0-9_=+.-]{1,32}", name) or name[0] == "." or name[-1] == ".":
        raise Refused(f"tunnel name '{name}'")
    if stem in {"CON", "PRN", "AUX", "NUL", *(f"{device}{digit}" for device in ("COM", "LPT") for digit in range(1, 10))}:
        raise Refused(f"'{name}' is a device")
    more = {"preup", "postup", "predown", "postdown", "table"}
    return build(settings(text, "windows", {"interface": KEYS["interface"] | more, "peer": KEYS["peer"]}), "refuse", None, True, (576, 65535))


def wg_quick(name, text):
    """The Linux tool: the name is an interface's; hooks are fine there, so the keys are not its to refuse."""
    if not re.fullmatch("[a-zA-Z0-9_=+.-]{1,15}", name):
        raise Refused(f"interface name '{name}'")
    more = {"preup", "postup", "predown", "postdown", "table", "saveconfig", "fwmark"}
    return build(settings(text, "wg-quick", {"interface": KEYS["interface"] | more, "peer": KEYS["peer"]}), "refuse", None, True, (0, 65535))


READERS = {"android": android, "apple": apple, "windows": windows, "wg-quick": wg_quick}
