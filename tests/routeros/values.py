"""The types of the scripting language and how the router spells them.

num, bool and str are Python's int, bool and str; everything else has a class here. NIL is what a command gives that found
nothing, NOTHING what an unset variable or a missing element of an array is: `:typeof` tells them apart, `:len` of both is 0."""
import ipaddress
import re

NUMBER = re.compile(r"-?(0x[0-9A-Fa-f]+|\d+)")
IP4 = re.compile(r"\d+\.\d+\.\d+\.\d+")
CLOCK = re.compile(r"(?:(?:(\d+)w)?(\d+)d)?(\d+):(\d\d):(\d\d)(?:\.\d+)?")
UNITS = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?")
ESCAPE = re.compile(r"\\([0-9A-F]{2}|.)", re.DOTALL)
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "_": " "}


class Empty:
    def __init__(self, name):
        self.name = name

    def __repr__(self):
        return self.name

    def __bool__(self):
        return False


NIL, NOTHING = Empty("nil"), Empty("nothing")


class Typed:
    """A value that is its key and nothing else."""
    __slots__ = ("key",)

    def __init__(self, key):
        self.key = key

    def __eq__(self, other):
        return type(self) is type(other) and self.key == other.key

    def __hash__(self):
        return hash((type(self), self.key))

    def __lt__(self, other):
        return self.key < other.key

    def __repr__(self):
        return f"{type(self).__name__}({spell(self)})"


class Time(Typed):
    """key: seconds."""


class Id(Typed):
    """key: text, as *1A."""


class Ip(Typed):
    """key: number."""


class Ip6(Typed):
    """key: number."""


class Prefix(Typed):
    """key: (address as a number, length)."""


class Prefix6(Typed):
    """key: (address as a number, length)."""


class Array:
    """Elements without a key in their order, then those with one, sorted by it as on the router. Never changed: with_item()."""
    __slots__ = ("items", "named")

    def __init__(self, items=(), named=None):
        self.items = items if isinstance(items, list) else list(items)
        self.named = named or {}

    def __eq__(self, other):
        return isinstance(other, Array) and self.items == other.items and self.named == other.named

    def __len__(self):
        return len(self.items) + len(self.named)

    def __repr__(self):
        return "{" + spell(self) + "}"

    def pairs(self):
        yield from enumerate(self.items)
        for key in sorted(self.named):
            yield key, self.named[key]

    def values(self):
        return self.items + [self.named[key] for key in sorted(self.named)]

    def item(self, key):
        if type(key) is int:
            return self.items[key] if 0 <= key < len(self.items) else NOTHING
        return self.named.get(key if isinstance(key, str) else spell(key), NOTHING)

    def with_item(self, key, value):
        if type(key) is int and key >= 0:
            items = self.items + [NOTHING] * (key + 1 - len(self.items))
            items[key] = value
            return Array(items, self.named)
        named = dict(self.named)
        key = key if isinstance(key, str) else spell(key)
        if value is NOTHING:
            named.pop(key, None)
        else:
            named[key] = value
        return Array(self.items, named)


class Code:
    """A function or a script as a value. `run(router, scope)` runs it; `text` is its source."""
    def __init__(self, run, text):
        self.run = run
        self.text = text


NAMES = {bool: "bool", int: "num", str: "str", Time: "time", Id: "id", Ip: "ip", Ip6: "ip6", Prefix: "ip-prefix",
         Prefix6: "ip6-prefix", Array: "array", Code: "code"}


def type_name(value):
    return value.name if isinstance(value, Empty) else NAMES[type(value)]


# ---- spelling ----

def spell(value):
    """The text of a value, as in a text with $variable."""
    kind = type(value)
    if kind is str:
        return value
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if kind is Array:
        named = [f"{key}={spell(value.named[key])}" for key in sorted(value.named)]
        return ";".join([spell(item) for item in value.items] + named)
    if kind is Id:
        return value.key
    if kind is Time:
        return spell_clock(value.key)
    if kind is Ip:
        return str(ipaddress.IPv4Address(value.key))
    if kind is Ip6:
        return spell_ip6(value.key)
    if kind is Prefix:
        return f"{ipaddress.IPv4Address(value.key[0])}/{value.key[1]}"
    if kind is Prefix6:
        return f"{spell_ip6(value.key[0])}/{value.key[1]}"
    if kind is Code:
        return "(code)"
    return ""


def spell_ip6(number):
    return str(ipaddress.IPv6Address(number))


def spell_clock(seconds):
    """A time as the language spells it: 1w2d03:04:05."""
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    days, rest = divmod(int(seconds), 86400)
    weeks, days = divmod(days, 7)
    long = (f"{weeks}w" if weeks else "") + (f"{days}d" if days else "")
    return f"{sign}{long}{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"


def spell_units(seconds):
    """A time as properties spell it: 1d2h3m4s."""
    text, seconds = "", int(seconds)
    for unit, size in (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, seconds = divmod(seconds, size)
        text += f"{count}{unit}" if count else ""
    return text or "0s"


# ---- reading ----

def time_of(text, bare=True):
    """Seconds, or None. `bare`: a number without a unit is seconds."""
    clock = CLOCK.fullmatch(text)
    if clock:
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return ((weeks * 7 + days) * 24 + hours) * 3600 + minutes * 60 + seconds
    units = UNITS.fullmatch(text)
    if units and text:
        return sum(int(count or 0) * size for count, size in zip(units.groups()[:5], (604800, 86400, 3600, 60, 1)))
    return int(text) if bare and text.isdigit() else None


def ip_of(text):
    try:
        return Ip(int(ipaddress.IPv4Address(text)))
    except ValueError:
        return None


def ip6_of(text):
    try:
        return Ip6(int(ipaddress.IPv6Address(text)))
    except ValueError:
        return None


def prefix_of(text):
    """Prefix or Prefix6, host bits kept, or None."""
    address, slash, length = text.partition("/")
    if not slash or not length.isdigit():
        return None
    found = ip6_of(address) if ":" in address else ip_of(address)
    if found is None or int(length) > (128 if ":" in address else 32):
        return None
    return (Prefix6 if ":" in address else Prefix)((found.key, int(length)))


def literal(text):
    """The value of a bare word."""
    first = text[:1]
    if text in ("yes", "true"):
        return True
    if text in ("no", "false"):
        return False
    if text == "nil":
        return NIL
    if text == "nothing":
        return NOTHING
    if first == "*" and re.fullmatch(r"\*[0-9A-Fa-f]+", text):
        return Id("*" + text[1:].upper())
    if not (first.isdigit() or first in "-:abcdefABCDEF"):
        return text
    if NUMBER.fullmatch(text):
        return int(text, 0) if "x" in text else int(text)
    if "/" in text:
        return prefix_of(text) or text
    if IP4.fullmatch(text):
        return ip_of(text) or text
    seconds = time_of(text, bare=False)
    if seconds is not None:
        return Time(seconds)
    if text.count(":") >= 2:
        return ip6_of(text) or text
    return text


def unescape(text):
    """The text of a quoted text's inside. Bytes above 127 are kept as one character each, as in the file."""
    if "\\" not in text:
        return text
    return ESCAPE.sub(lambda found: chr(int(found.group(1), 16)) if len(found.group(1)) == 2
                      else ESCAPES.get(found.group(1), found.group(1)), text)


def regex_of(text, cache={}):
    """A POSIX extended expression as Python's."""
    found = cache.get(text)
    if found is None:
        python = re.sub(r"\[\[:(\w+):\]\]", lambda name: CLASSES.get(name.group(1), "[]"), text)
        found = cache[text] = re.compile(python, re.DOTALL)
    return found


CLASSES = {"alpha": "[A-Za-z]", "digit": "[0-9]", "alnum": "[A-Za-z0-9]", "space": r"\s", "upper": "[A-Z]", "lower": "[a-z]",
           "xdigit": "[0-9A-Fa-f]"}
