"""Names and values that RouterOS and Linux spell differently: interface names, identifiers of nft, times, interface lists."""
import hashlib
import re

from values import time_of

# Names that Linux takes as they are. ("all" and "default" are folders of its settings.)
PLAIN = re.compile(r"[A-Za-z0-9_.+@-]{1,15}")
RESERVED = (".", "..", "all", "default", "lo")


class Untranslated(Exception):
    """Something of the router's that has no translation."""


def linux_name(name):
    """The interface's name in Linux: the same when it fits, else its first ten characters and four digits that depend on the whole name.
    It depends on nothing else, so that whoever lays cables needs no router. translate() refuses two names that become one."""
    if PLAIN.fullmatch(name) and name not in RESERVED:
        return name
    return re.sub(r"[^A-Za-z0-9_.+@-]", "_", name)[:10] + "-" + hashlib.sha256(name.encode()).hexdigest()[:4]


def identifier(text):
    """A name of nft, another one for every text."""
    return re.sub(r"[^A-Za-z0-9.-]", lambda found: "".join(f"_{byte:02x}" for byte in found.group().encode()), text)


def quoted(text, most):
    """A text in quotes. nft knows no escapes: what would end or bend it becomes an apostrophe."""
    text = re.sub(r"[^ !#-\[\]-~]", "'", text)
    return f'"{text[:most]}"'


def seconds(text):
    found = time_of(text)
    if found is None:
        raise Untranslated(f"no time: {text}")
    return int(found)


def enabled(row):
    return row.get("disabled") != "true" and row.get("invalid") != "true"


def list_members(router):
    """A function: the interfaces of a list, as RouterOS resolves it: own members, then without the excluded lists, with the included ones."""
    rows = {row["name"]: row for row in router.rows("/interface/list")}
    own, everything = {}, {row["name"] for row in router.rows("/interface")}
    for row in router.rows("/interface/list/member"):
        if enabled(row):
            own.setdefault(row["list"], set()).add(row["interface"])

    def members(name, above=()):
        if name in above:
            raise Untranslated(f"/interface/list {name} contains itself")
        if name in ("all", "static"):
            return set(everything)
        found = set()
        for how in ("include", "exclude"):
            for other in rows.get(name, {}).get(how, "").split(","):
                if other:
                    found = found | members(other, (*above, name)) if how == "include" else found - members(other, (*above, name))
        return found | own.get(name, set())
    return members
