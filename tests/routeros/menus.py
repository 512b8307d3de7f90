"""add, set, remove, move, find, get, print … on the tables of a router.

A table is {id: row} in table order and a row is {property: stored value}, with ".id", "dynamic" and "invalid". A row is never
changed but replaced, so copies of a router share them."""
import dynamics
import rules
from errors import NotModelled, Refused
from kinds import given, shown, typed
from tables import COMMON_READS, DYNAMIC, FIREWALLS, INTERFACE_READS
from values import Array, Empty, Id, spell, NOTHING

FLAGS = ("count-only", "as-value", "detail", "terse", "brief", "without-paging", "show-ids", "value-list", "follow", "follow-only")


class Reader:
    """One row as conditions see it. The same reader is pointed at row after row."""
    __slots__ = ("router", "path", "menu", "row")

    def __init__(self, router, path, row=None):
        self.router = router
        self.path = path
        self.menu = router.menu(path)
        self.row = row

    def stored(self, name):
        value = self.row.get(name)
        if value is None and (name in self.menu.reads or name == ".nextid"):
            return dynamics.derived(self.router, self.path, self.row, name)
        return value

    def value(self, name):
        if name == ".id":
            return Id(self.row[".id"])
        return typed(self.stored(name))

    def text(self, name):
        return shown(self.stored(name))

    def true(self, name):
        value = self.stored(name)
        return value is not None and value is not False and value != "" and value != ()

    def all(self):
        """The whole row as a value: what is not set is missing."""
        names = [name for name in self.row if not name.startswith("_")] + [name for name in self.menu.reads if name not in self.row]
        values = {name: self.value(name) for name in names}
        return Array([], {name: value for name, value in values.items() if value is not NOTHING})


def properties(schema, path, menu):
    common = set(COMMON_READS) | ({"dynamic"} if path in DYNAMIC or path in FIREWALLS else set())
    if path == "/interface":
        return set(INTERFACE_READS) | common
    return schema.properties(path) | set(menu.defaults) | set(menu.required) | set(menu.reads) | common


# ---- which rows ----

def ids_of(router, path, value):
    """The ids that a `numbers` names: ids, arrays of ids, names."""
    if isinstance(value, Array):
        return [one for item in value.values() for one in ids_of(router, path, item)]
    if isinstance(value, Empty) or type(value) in (bool, int):
        raise Refused("no such item")
    rows = router.table(path)
    found = []
    for part in spell(value).split(","):
        if part.startswith("*") and part.upper() in rows:
            found.append(part.upper())
            continue
        named = [row[".id"] for row in rows.values() if row.get("name") == part]
        if not named:
            raise Refused("no such item")
        found += named[:1]
    return found


def chosen(router, path, named, positional):
    if "numbers" in named:
        return ids_of(router, path, named["numbers"])
    if not positional:
        raise Refused("missing value(s) of argument(s) numbers")
    return [one for value in positional for one in ids_of(router, path, value)]


def changeable(router, path, ids, what="change"):
    """Refuses rows that the router made itself."""
    rows = router.table(path)
    for one in ids:
        if rows[one].get("dynamic") and not (path.endswith("address-list") and what == "remove"):
            raise Refused(f"can not {what} dynamic {'prefix' if path == '/ipv6/nd/prefix' else 'item'}")
        if rows[one].get("builtin") and what != "move":
            raise Refused("can not change builtin item")


def converted(router, path, named):
    """{property: stored value or None} of the given arguments."""
    menu, result = router.menu(path), {}
    for name, value in named.items():
        if name in ("numbers", "place-before", "copy-from"):
            continue
        if value is None:
            bare = name.lstrip("!")
            if bare in menu.required or bare == "disabled" or not name.startswith("!"):
                raise Refused(f"can not unset {bare}", bare)
            result[bare] = menu.kind_of(bare)(menu.defaults[bare], router, bare) if bare in menu.defaults else None
        elif isinstance(value, Empty):
            raise Refused(f"invalid value for argument {name}: nothing", name)
        else:
            result[name] = menu.kind_of(name)(given(value), router, name)
    return result


def spelled(named):
    return {name: None if value is None else given(value) for name, value in named.items() if name != "numbers"}


def anchor(router, path, value):
    """The row that something is to be put before."""
    ids = ids_of(router, path, value)
    if len(ids) != 1:
        raise Refused("no such item")
    if router.table(path)[ids[0]].get("dynamic"):
        raise Refused("can not move before a builtin item")
    return ids[0]


# ---- the commands: handler(run, path, named, positional, where) ----

def add(run, path, named, positional, where):
    router, menu = run.router, run.router.menu(path)
    if positional:
        raise Refused("expected a named argument")
    values = {name: menu.kind_of(name)(text, router, name) for name, text in menu.defaults.items()}
    if "copy-from" in named:
        source = router.table(path)[chosen(router, path, {"numbers": named["copy-from"]}, [])[0]]
        values.update((name, value) for name, value in source.items() if name not in (".id", "dynamic", "invalid"))
    values.update(converted(router, path, named))
    missing = [name for name in menu.required if values.get(name) is None]
    if missing:
        raise Refused(f"missing value(s) of argument(s) {' '.join(missing)}")
    before = anchor(router, path, named["place-before"]) if "place-before" in named else None
    row = {name: value for name, value in values.items() if value is not None}
    rules.check(router, path, row, None)
    row[".id"] = router.next_id(path)
    router.record(run.line, path, "add", row[".id"], spelled(named))
    router.insert(path, row, before)
    return Id(row[".id"])


def set_rows(run, path, named, positional, where, command="set"):
    router, menu = run.router, run.router.menu(path)
    if menu.kind == "single":
        values = converted(router, path, named)
        if set(values) & set(menu.reads):
            raise Refused("can not change a read-only property")
        router.record(run.line, path, command, None, spelled(named))
        router.put_single(path, values)
        return NOTHING
    ids = chosen(router, path, named, positional)
    changeable(router, path, ids)
    changes = converted(router, path, named)
    for one in ids:
        old = router.table(path)[one]
        merged = {**old, **changes}
        row = {name: value for name, value in merged.items() if value is not None}
        rules.check(router, path, row, old)
        router.record(run.line, path, command, one, spelled(named))
        router.replace(path, row, old, set(changes))
    return NOTHING


def enable(run, path, named, positional, where):
    return set_rows(run, path, {**named, "disabled": False}, positional, where, "enable")


def disable(run, path, named, positional, where):
    return set_rows(run, path, {**named, "disabled": True}, positional, where, "disable")


def unset(run, path, named, positional, where):
    names = spell(named.get("value-name") or positional[-1])
    rest = {name: value for name, value in named.items() if name == "numbers"}
    return set_rows(run, path, {**rest, **{"!" + name: None for name in names.split(",")}}, positional[:1], where, "unset")


def remove(run, path, named, positional, where):
    router = run.router
    ids = chosen(router, path, named, positional)
    changeable(router, path, ids, "remove")
    for one in dict.fromkeys(ids):
        rules.removable(router, path, router.table(path)[one])
        router.record(run.line, path, "remove", one, {})
        router.delete(path, one)
    return NOTHING


def move(run, path, named, positional, where):
    router = run.router
    if router.menu(path).kind != "ordered":
        raise Refused("bad command name move")
    values = list(positional)
    target = named.get("destination", values.pop(1) if len(values) > 1 else None)
    ids = chosen(router, path, named, values)
    changeable(router, path, ids, "move")
    before = anchor(router, path, target) if target is not None else None
    for one in ids:
        router.record(run.line, path, "move", one, {"destination": before or ""})
        router.move(path, one, before)
    return NOTHING


def find(run, path, named, positional, where):
    return Array([Id(one) for one in found(run.router, path, where)])


def found(router, path, where):
    rows = router.table(path)
    if where is None:
        return list(rows)
    reader, result = Reader(router, path), []
    for one, row in rows.items():
        reader.row = row
        if where(reader):
            result.append(one)
    return result


def get(run, path, named, positional, where):
    router = run.router
    menu, values = router.menu(path), list(positional)
    if menu.kind == "single":
        row = router.singles.get(path, {})
    else:
        ids = ids_of(router, path, named["number"] if "number" in named else values.pop(0) if values else NOTHING)
        if len(ids) != 1:
            raise Refused("no such item" if not ids else "invalid internal item number")
        row = router.table(path)[ids[0]]
    reader = Reader(router, path, row)
    name = named.get("value-name", values[0] if values else None)
    if name is None:
        return reader.all()
    if spell(name) not in router.console.properties(router.schema, path):
        raise Refused(f"unknown property {spell(name)}")
    return reader.value(spell(name))


def show(run, path, named, positional, where):
    router = run.router
    flags = {spell(value) for value in positional} | {name for name in named if name in FLAGS}
    if flags - set(FLAGS):
        raise NotModelled(f"print {' '.join(flags - set(FLAGS))}")
    if router.menu(path).kind == "single":
        rows = [router.singles.get(path, {})]
    else:
        rows = [router.table(path)[one] for one in found(router, path, where)]
    if "count-only" in flags:
        return len(rows)
    if "as-value" in flags:
        return Array([Reader(router, path, row).all() for row in rows])
    for number, row in enumerate(rows):
        values = Reader(router, path, row).all().named
        router.texts.append(f"{number} " + " ".join(f"{name}={spell(value)}" for name, value in values.items() if name != ".id"))
    return NOTHING


COMMANDS = {"add": add, "set": set_rows, "enable": enable, "disable": disable, "unset": unset, "remove": remove, "move": move,
            "find": find, "get": get, "print": show, "comment": set_rows}
