"""Scripts: a parsed text becomes closures (run, scope) -> value, run by a Run. See expressions.py for values, statements.py for the
`:` commands."""
from errors import NotModelled, Refused, Returned, ScriptError, Stopped, SyntaxRefused
from expressions import Expressions, Scope, read
from functions import FUNCTIONS
from rsc_parse import Parser
from statements import Statements
from values import NOTHING, Code

DEPTH = 60


class Script:
    """A text that is parsed once. `problems`: (line, message) of what a router takes but a generated file should not have."""
    def __init__(self, text):
        parser = Parser(text)
        self.text = text
        self.commands = parser.script()
        self.problems = parser.problems
        self.fatal = parser.fatal
        self.compiled = {}

    @property
    def lines(self):
        """The lines on which a statement starts."""
        return sorted(set(lines_of(self.commands)))

    def compile(self, router):
        """The closure of the script for the router's release. Raises SyntaxRefused: nothing runs."""
        if self.fatal:
            line, column, message = self.fatal[0]
            raise SyntaxRefused(f"syntax error: {message}", line, column)
        if router.release not in self.compiled:
            self.compiled[router.release] = Compiler(router, self.text).block(self.commands)
        return self.compiled[router.release]


def lines_of(commands):
    for command in commands:
        yield command.line
        for node in [command.body] + [argument.value for argument in command.arguments]:
            if isinstance(node, list):
                yield from lines_of(node)
            elif node is not None and node.kind == "code":
                yield from lines_of(node.value)


class Run:
    """One run of a script. `policy`: what it may do (None: everything)."""
    def __init__(self, router, policy=None, stop_at_line=None, depth=0):
        self.router = router
        self.policy = policy
        self.stop_line = stop_at_line
        self.line = 0
        self.depth = depth

    def start(self, script, names=None):
        """Runs a whole script; its value is that of a :return outside of functions."""
        if self.depth > DEPTH:
            raise ScriptError("scripts nested too deeply", "", self.line)
        code = script.compile(self.router)
        try:
            return code(self, Scope(None, dict(names or {})))
        except Returned as returned:
            return returned.value
        except ScriptError as error:
            error.line = error.line or self.line
            raise

    def child(self):
        return Run(self.router, self.policy, None, self.depth + 1)


class Compiler(Expressions, Statements):
    """Makes the closure of a script for one release. The menus' commands are checked against the release's schema."""

    @staticmethod
    def compile_text(text, router):
        return Script(text).compile(router)

    def __init__(self, router, text):
        self.release = router.release
        self.schema = router.schema
        self.console = router.console
        self.text_lines = text.split("\n")
        self.scopes = [set()]

    # ---- names ----

    def refuse(self, message, line):
        raise SyntaxRefused(message, line, 1)

    def declared(self, name):
        return any(name in scope for scope in self.scopes)

    def properties(self, menu):
        return self.console.properties(self.schema, menu)

    def scoped(self, commands, names=()):
        """A block with variables of its own."""
        self.scopes.append(set(names))
        code = self.block(commands)
        self.scopes.pop()
        return code

    def function(self, node):
        """do={ }: the body sees no variable from outside."""
        outside, self.scopes = self.scopes, [set()]
        code = self.block(node.value)
        self.scopes = outside
        return Code(code, node.parts[0])

    # ---- commands ----

    def block(self, commands):
        compiled = [(command.line, self.command(command)) for command in commands]

        def run_block(run, scope):
            value = NOTHING
            for line, statement in compiled:
                if line == run.stop_line:
                    raise Stopped()
                run.line = line
                value = statement(run, scope)
            return value
        return run_block

    def command(self, command):
        if command.kind == "block":
            body = self.scoped(command.body)
            return lambda run, scope: body(run, Scope(scope))
        if command.kind == "call":
            return self.call(command)
        if command.kind == "menu":
            return self.menu(command)
        known = self.schema.toplevel.get(command.name) if self.schema.known else None
        if self.schema.known and known is None:
            self.refuse(f"bad command name {command.name}", command.line)
        for argument in command.arguments:
            if argument.name and known is not None and argument.name not in known:
                self.refuse(f"bad parameter {argument.name}", argument.line)
        make = getattr(self, "on_" + command.name.replace("-", "_"), None)
        if make:
            return make(command)
        if command.name in FUNCTIONS:
            return self.computed(command)
        raise NotModelled(f":{command.name} (line {command.line})")

    def substitution(self, node):
        if len(node.value) != 1:
            self.refuse("one command is wanted in [ ]", node.line)
        statement = self.command(node.value[0])
        line = node.line

        def run_it(run, scope):
            value = statement(run, scope)
            run.line = line
            return value
        return run_it

    def menu(self, command):
        names = [argument.name for argument in command.arguments]
        trouble = self.schema.trouble(command.path, command.name, names, command.where)
        if trouble:
            self.refuse(trouble[0], command.line if trouble[1] is None else command.arguments[trouble[1]].line)
        handler = self.console.handler(command.path, command.name)
        positional = [self.value(argument.value, raw=True) for argument in command.arguments if argument.name is None]
        named = [(argument.name, self.value(argument.value, raw=True) if argument.value else None)
                 for argument in command.arguments if argument.name]
        where = self.condition(command.where, command.path) if command.where else None
        place, line = f"{command.path}/{command.name}" if command.path else command.name, command.line

        def run_it(run, scope):
            values = {name: make(run, scope) if make else None for name, make in named}
            given = [make(run, scope) for make in positional]
            run.line = line
            try:
                return handler(run, command.path, values, given, where(run, scope) if where else None)
            except Refused as refused:
                name = f" ({refused.name})" if refused.name else ""
                raise ScriptError(refused.message, place + name, line) from None
        return run_it

    def call(self, command):
        if command.body is None:
            name = command.name
            what = lambda run, scope: read(run, scope, name)  # noqa: E731
        else:
            name, what = "", self.value(command.body)
        positional = [self.value(argument.value) for argument in command.arguments if argument.name is None]
        named = [(argument.name, self.value(argument.value)) for argument in command.arguments if argument.name]
        line = command.line

        def run_it(run, scope):
            code = what(run, scope)
            names = {str(at): make(run, scope) for at, make in enumerate(positional, 1)}
            names.update((key, make(run, scope)) for key, make in named)
            if not isinstance(code, Code):
                raise ScriptError(f"${name} is no function", "", line)
            if run.depth > DEPTH:
                raise ScriptError("functions nested too deeply", "", line)
            stop, run.depth = run.stop_line, run.depth + 1
            try:
                code.run(run, Scope(None, names))
                return NOTHING
            except Returned as returned:
                return returned.value
            finally:
                run.stop_line, run.depth = stop, run.depth - 1
        return run_it
