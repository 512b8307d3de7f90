"""Values of the language as closures: compile once, run(run, scope) often. `run` is a language.Run."""
from errors import ScriptError
from functions import LEVELS, OPERATORS, equal, inside, truth
from rsc_parse import Node
from values import NOTHING, Array, Code, Empty, Prefix, Prefix6, Time, literal, regex_of, spell, time_of, unescape

MISSING = object()


class Scope:
    __slots__ = ("names", "parent")

    def __init__(self, parent=None, names=None):
        self.names = {} if names is None else names
        self.parent = parent


class Global:
    """Stands in a scope for the global variable of that name."""


GLOBAL = Global()


def read(run, scope, name):
    while scope is not None:
        value = scope.names.get(name, MISSING)
        if value is not MISSING:
            return run.router.globals.get(name, NOTHING) if value is GLOBAL else value
        scope = scope.parent
    return NOTHING


def write(run, scope, name, value):
    while scope is not None:
        if name in scope.names:
            if scope.names[name] is GLOBAL:
                run.router.globals[name] = value
            else:
                scope.names[name] = value
            return
        scope = scope.parent


class Expressions:
    """The half of the compiler that makes values; language.Compiler adds commands."""

    def value(self, node, raw=False):
        """`raw`: a bare word is the text of an argument, not a typed value."""
        kind = node.kind
        if kind == "word":
            constant = node.value if raw else literal(node.value)
            return lambda run, scope: constant
        if kind == "var":
            name = node.value
            return lambda run, scope: read(run, scope, name)
        if kind == "str":
            return self.text(node)
        if kind == "cmd":
            return self.substitution(node)
        if kind == "group":
            return self.inner(node.value)
        if kind == "array":
            return self.array(node)
        if kind == "code":
            code = self.function(node)
            return lambda run, scope: code
        return self.inner(node)

    def text(self, node):
        parts = [unescape(part) if isinstance(part, str) else self.value(part) for part in node.value]
        if all(isinstance(part, str) for part in parts):
            constant = "".join(parts)
            return lambda run, scope: constant
        return lambda run, scope: "".join([part if type(part) is str else spell(part(run, scope)) for part in parts])

    def inner(self, node):
        """Inside parentheses: a bare word that is a declared variable is that variable."""
        kind = node.kind
        if kind == "word" and self.declared(node.value):
            name = node.value
            return lambda run, scope: read(run, scope, name)
        if kind == "op":
            return self.operation(node)
        if kind == "get":
            base, key = self.inner(node.value), self.inner(node.parts[0])

            def item(run, scope):
                value, at = base(run, scope), key(run, scope)
                if isinstance(value, Array):
                    return value.item(at)
                if isinstance(value, Empty):
                    return NOTHING
                raise ScriptError("cannot take an item of a value that is no array", "", run.line)
            return item
        if kind == "not":
            inner = self.inner(node.value)
            return lambda run, scope: not truth(inner(run, scope))
        if kind == "minus":
            inner = self.inner(node.value)
            return lambda run, scope: OPERATORS["-"](0, inner(run, scope))
        return self.value(node)

    def operation(self, node):
        parts = [self.inner(part) if isinstance(part, Node) else part for part in node.parts]
        for level in LEVELS:
            at = 1
            while at < len(parts):
                if parts[at] in level:
                    parts[at - 1:at + 2] = [self.binary(parts[at - 1], OPERATORS[parts[at]], parts[at + 1])]
                else:
                    at += 2
        return parts[0]

    @staticmethod
    def binary(left, work, right):
        return lambda run, scope: work(left(run, scope), right(run, scope))

    def array(self, node):
        items = [self.inner(value) for key, value in node.value if key is None]
        named = [(self.value(key), self.inner(value)) for key, value in node.value if key is not None]
        return lambda run, scope: Array([item(run, scope) for item in items],
                                        {spell(key(run, scope)): value(run, scope) for key, value in named})

    # ---- where ----

    def condition(self, node, menu):
        """A `where` as closure(run, scope) -> test(row), where row is a menus.Reader."""
        parts = [part if isinstance(part, str) else self.condition(part, menu) if part.kind == "where" else self.test(part, menu)
                 for part in node.parts]
        groups = [[]]
        for part in parts:
            if part == "||":
                groups.append([])
            elif part != "&&":
                groups[-1].append(part)
        if len(groups) == 1 and len(groups[0]) == 1:
            return groups[0][0]

        def prepare(run, scope):
            ready = [[test(run, scope) for test in group] for group in groups]
            if len(ready) == 1:
                tests = ready[0]
                return lambda row: all(test(row) for test in tests)
            return lambda row: any(all(test(row) for test in group) for group in ready)
        return prepare

    def test(self, node, menu):
        operator, value = node.parts
        left = node.value
        if isinstance(left, Node) and left.kind == "where":
            inner = self.condition(left, menu)

            def prepare_not(run, scope):
                test = inner(run, scope)
                return lambda row: not test(row)
            return prepare_not
        properties = self.properties(menu)
        if isinstance(left, str):
            if properties and left not in properties:
                self.refuse("bad parameter " + left, node.line)
            if value is None:
                wanted = operator != "!"
                return lambda run, scope: lambda row: row.true(left) is wanted
            names = set(variables(value))
            if not names & properties:
                make = self.value(value)
                return lambda run, scope: comparison(left, operator, make(run, scope))
        return self.shadowed(left, operator, value, properties)

    def shadowed(self, left, operator, value, properties):
        """A test whose sides depend on the row: each property is a variable there."""
        make_left = self.value(left) if isinstance(left, Node) else None
        make = self.value(value) if value is not None else None

        def prepare(run, scope):
            def test(row):
                inside_row = Scope(scope, {name: row.value(name) for name in properties})
                if make_left is None:
                    return comparison(left, operator, make(run, inside_row))(row)
                found = make_left(run, inside_row)
                if make is None:
                    return truth(found) is (operator != "!")
                return truth(OPERATORS[operator](found, make(run, inside_row)))
            return test
        return prepare


def variables(node):
    """The names that a value reads."""
    if node.kind == "var":
        yield node.value
    for inner in [node.value] + node.parts if not isinstance(node.value, list) else node.value + node.parts:
        if isinstance(inner, Node):
            yield from variables(inner)
        elif isinstance(inner, tuple):
            for side in inner:
                if isinstance(side, Node):
                    yield from variables(side)


def comparison(name, operator, value):
    """name OPERATOR value on a row. A typed prefix (no quotes) is equal to nothing, as on the router."""
    if operator == "~":
        pattern = regex_of(spell(value))
        return lambda row: bool(pattern.search(row.text(name)))
    if operator in ("=", "!="):
        wanted = operator == "="
        if isinstance(value, (Prefix, Prefix6)):
            return lambda row: not wanted
        if type(value) is bool:
            text = spell(value)
            return lambda row: (row.text(name) == text) is wanted
        text = ",".join(spell(item) for item in value.values()) if isinstance(value, Array) else spell(value)
        seconds = value.key if isinstance(value, Time) else time_of(text, bare=False)

        def same(row):
            stored = row.stored(name)
            if type(stored) is str:
                return (stored == text) is wanted
            if isinstance(stored, Time):
                return (stored.key == seconds) is wanted
            if type(stored) is bool:
                return (text in (("yes", "true") if stored else ("no", "false"))) is wanted
            return (row.text(name) == text) is wanted
        return same

    def ordered(row):
        found = row.value(name)
        if isinstance(value, Time):
            found = Time(time_of(spell(found)) or 0)
        elif operator == "in":
            found = literal(spell(found))
            return inside(found, value)
        if isinstance(found, Empty) or equal(found, NOTHING):
            return False
        return truth(OPERATORS[operator](found, value))
    return ordered


__all__ = ["Code", "Expressions", "GLOBAL", "Scope", "read", "write"]
