"""The `:` commands that only compute: name -> function(values) for their values in the order of the command."""
from errors import NotModelled, ScriptError
from values import (NIL, Array, Empty, Id, Ip, Ip6, Prefix, Prefix6, Time, ip6_of, ip_of, regex_of, spell, time_of, type_name)


def length(value):
    return len(value) if isinstance(value, Array) else len(spell(value))


def find(where, key, after=-1):
    """The position of `key` behind the position `after`, or nil."""
    start = after + 1 if type(after) is int else 0
    if isinstance(where, Array):
        values = where.values()
        found = next((at for at in range(max(start, 0), len(values)) if equal(values[at], key)), -1)
    else:
        found = spell(where).find(spell(key), max(start, 0))
    return NIL if found < 0 else found


def pick(value, begin, end=None):
    for limit in (begin, end):
        if isinstance(limit, Empty):
            raise NotModelled(":pick with nothing as a position: what a router does is not established")
        if limit is not None and type(limit) is not int:
            raise ScriptError("invalid value for argument of :pick: a number is wanted")
    end = begin + 1 if end is None else end
    if isinstance(value, Array):
        return Array(value.values()[begin:end])
    return spell(value)[max(begin, 0):max(end, 0)]


def tonum(value):
    if type(value) is int:
        return value
    if isinstance(value, (Ip, Time)):
        return value.key
    if type(value) is bool:
        return int(value)
    text = spell(value).strip()
    try:
        return int(text, 16) if text.startswith("0x") else int(text)
    except ValueError:
        return NIL


def totime(value):
    if isinstance(value, Time):
        return value
    if isinstance(value, Empty):
        return NIL
    seconds = time_of(spell(value))
    return NIL if seconds is None else Time(seconds)


def toip(value):
    return value if isinstance(value, Ip) else ip_of(spell(value)) or NIL


def toip6(value):
    return value if isinstance(value, Ip6) else ip6_of(spell(value)) or NIL


def toarray(value):
    if isinstance(value, Array):
        return value
    text = spell(value)
    return Array(text.split(",") if text else [])


def toid(value):
    text = spell(value)
    return Id("*" + text[1:].upper()) if text.startswith("*") else NIL


def tobool(value):
    return {"true": True, "yes": True, "false": False, "no": False}.get(spell(value), NIL)


FUNCTIONS = {"len": length, "find": find, "pick": pick, "tonum": tonum, "totime": totime, "toip": toip, "toip6": toip6,
             "toarray": toarray, "toid": toid, "tobool": tobool, "tostr": spell, "typeof": type_name,
             "nothing": lambda: NIL, "range": lambda first, last: Array(range(first, last + 1))}
NAMED = {"find": ("in", "key", "from"), "pick": ("value", "begin", "end"), "range": ("from", "to")}


# ---- operators ----

def equal(left, right):
    """Values of different types are never equal (the strict reading: "$x" = "5" is safe, $x = 5 is not)."""
    if isinstance(left, Empty) and isinstance(right, Empty):
        return True
    return type(left) is type(right) and left == right


def less(left, right):
    if type(left) is not type(right) or isinstance(left, (Array, Empty)):
        raise ScriptError(f"cannot compare if {type_name(left)} is less than {type_name(right)}")
    return left < right


def inside(left, right):
    """Whether an address or prefix lies in a prefix, or a value in an array."""
    if isinstance(right, Array):
        return any(equal(left, value) for value in right.values())
    for single, prefix, width in ((Ip, Prefix, 32), (Ip6, Prefix6, 128)):
        if isinstance(right, prefix):
            number, size = (left.key, width) if isinstance(left, single) else left.key if isinstance(left, prefix) else (0, -1)
            return size >= right.key[1] and (number ^ right.key[0]) >> (width - right.key[1]) == 0
    return equal(left, right)


def bits(name, work):
    """& | ^ on numbers and addresses. A prefix counts with its address and keeps its length."""
    def operate(left, right):
        address = {Prefix: Ip, Prefix6: Ip6}
        kinds = {address.get(type(left), type(left)), address.get(type(right), type(right))}
        if len(kinds) != 1 or not kinds <= {int, Ip, Ip6}:
            raise ScriptError(f"cannot {name} {type_name(left)} with {type_name(right)}")
        if type(left) is int:
            return work(left, right)
        number = [value.key[0] if type(value) in address else value.key for value in (left, right)]
        size = next((value.key[1] for value in (left, right) if type(value) in address), None)
        result = work(*number)
        return kinds.pop()(result) if size is None else (Prefix if type(left) in (Ip, Prefix) else Prefix6)((result, size))
    return operate


def arithmetic(name, work, mixed):
    def operate(left, right):
        kinds = (type(left), type(right))
        if kinds == (int, int):
            return work(left, right)
        if kinds in mixed:
            number = work(left if kinds[0] is int else left.key, right if kinds[1] is int else right.key)
            return number if mixed[kinds] is int else mixed[kinds](number)
        raise ScriptError(f"cannot {name} {type_name(left)} and {type_name(right)}")
    return operate


def divide(left, right):
    if right == 0:
        raise ScriptError("division by zero")
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


def truth(value):
    if type(value) is not bool:
        raise ScriptError("conditional not boolean")
    return value


def join(left, right):
    """The `,` operator: arrays put together."""
    one, other = (value if isinstance(value, Array) else Array([value]) for value in (left, right))
    return Array(one.items + other.items, {**one.named, **other.named})


def matches(left, right):
    if isinstance(left, Array):
        return any(regex_of(spell(right)).search(spell(value)) for value in left.values())
    return bool(regex_of(spell(right)).search(spell(left)))


SUM = {(Time, Time): Time, (Ip, int): Ip, (int, Ip): Ip}
OPERATORS = {
    "=": equal, "!=": lambda a, b: not equal(a, b), "<": less, ">": lambda a, b: less(b, a),
    "<=": lambda a, b: not less(b, a), ">=": lambda a, b: not less(a, b), "~": matches, "in": inside,
    "&&": lambda a, b: truth(a) & truth(b), "||": lambda a, b: truth(a) | truth(b),
    ".": lambda a, b: spell(a) + spell(b), ",": join,
    "+": arithmetic("add", lambda a, b: a + b, SUM),
    "-": arithmetic("subtract", lambda a, b: a - b, {(Time, Time): Time, (Ip, int): Ip, (Ip, Ip): int}),
    "*": arithmetic("multiply", lambda a, b: a * b, {(Time, int): Time, (int, Time): Time}),
    "/": arithmetic("divide", divide, {(Time, int): Time}),
    "%": arithmetic("divide", lambda a, b: a - b * divide(a, b), {}),
    "&": bits("and", lambda a, b: a & b), "|": bits("or", lambda a, b: a | b), "^": bits("xor", lambda a, b: a ^ b),
}
LEVELS = [("*", "/", "%"), ("+", "-"), (".",), ("&",), ("^",), ("|",), ("<", ">", "<=", ">=", "=", "!=", "~", "in"), ("&&",),
          ("||",), (",",)]
