"""The `:` commands: on_NAME(command) compiles `:NAME` to a closure (run, scope) -> value. A half of language.Compiler."""
import re

from errors import LoopEnd, NotModelled, Returned, ScriptError
from expressions import GLOBAL, Scope, read, write
from functions import FUNCTIONS, NAMED, truth
from rsc_parse import NAME
from values import NIL, NOTHING, Array, Code, Empty, Time, spell, time_of


class Statements:
    @staticmethod
    def split(command):
        positional = [argument.value for argument in command.arguments if argument.name is None]
        return positional, {argument.name: argument.value for argument in command.arguments if argument.name}

    def word(self, command, node):
        if node is None or node.kind != "word":
            raise NotModelled(f":{command.name} with a name that is no word (line {command.line})")
        if not all(NAME.fullmatch(name) for name in node.value.split(",")):
            self.refuse(f"syntax error: the name '{node.value}' is not letters and digits", node.line)
        return node.value

    def computed(self, command):
        positional, named = self.split(command)
        order = NAMED.get(command.name, ("value",))
        work = FUNCTIONS[command.name]
        makers = [self.value(node) for node in positional] + [self.value(named[name]) for name in order if name in named]
        if len(makers) == 1:
            make = makers[0]
            return lambda run, scope: work(make(run, scope))

        def run_it(run, scope):
            try:
                return work(*[make(run, scope) for make in makers])
            except TypeError as error:
                raise NotModelled(f":{command.name}, line {command.line}: {error}") from error
        return run_it

    def on_local(self, command):
        positional, named = self.split(command)
        name = self.word(command, positional[0] if positional else named.get("name"))
        node = named.get("do") or named.get("value") or (positional[1] if len(positional) > 1 else None)
        make = self.value(node) if node else lambda run, scope: NIL
        self.scopes[-1].add(name)

        def run_it(run, scope):
            scope.names[name] = make(run, scope)
        return run_it

    def on_global(self, command):
        positional, named = self.split(command)
        name = self.word(command, positional[0] if positional else named.get("name"))
        node = named.get("do") or named.get("value") or (positional[1] if len(positional) > 1 else None)
        make = self.value(node) if node else None
        self.scopes[-1].add(name)

        def run_it(run, scope):
            value = make(run, scope) if make else None
            scope.names[name] = GLOBAL
            if make:
                run.router.globals[name] = value
        return run_it

    def on_set(self, command):
        positional, named = self.split(command)
        target = positional[0] if positional else named.get("name")
        node = named.get("do") or named.get("value") or (positional[1] if len(positional) > 1 else None)
        make = self.value(node) if node else lambda run, scope: NOTHING
        if target is not None and target.kind == "group" and target.value.kind == "get":
            return self.set_item(target.value, make)
        name = self.word(command, target)
        if not self.declared(name):
            self.refuse(f"syntax error: variable {name} is not declared", command.line)
        return lambda run, scope: write(run, scope, name, make(run, scope))

    def set_item(self, node, make):
        """:set ($array->key) value, at any depth."""
        keys = []
        while node.kind == "get":
            keys.insert(0, self.inner(node.parts[0]))
            node = node.value
        if node.kind not in ("var", "word") or not self.declared(node.value):
            self.refuse("syntax error: an element of something that is no declared variable", node.line)
        name = node.value

        def placed(base, path, value):
            if not path:
                return value
            array = base if isinstance(base, Array) else Array()
            return array.with_item(path[0], placed(array.item(path[0]), path[1:], value))

        def run_it(run, scope):
            path = [key(run, scope) for key in keys]
            write(run, scope, name, placed(read(run, scope, name), path, make(run, scope)))
        return run_it

    def on_put(self, command):
        positional, named = self.split(command)
        node = positional[0] if positional else named.get("message")
        make = self.value(node) if node else lambda run, scope: ""

        def run_it(run, scope):
            run.router.texts.append(spell(make(run, scope)))
        return run_it

    def on_return(self, command):
        positional, named = self.split(command)
        node = positional[0] if positional else named.get("value")
        make = self.value(node) if node else lambda run, scope: NOTHING

        def run_it(run, scope):
            raise Returned(make(run, scope))
        return run_it

    on_exit = on_return

    def on_error(self, command):
        positional, named = self.split(command)
        make = self.value(positional[0] if positional else named["message"])

        def run_it(run, scope):
            raise ScriptError(spell(make(run, scope)), "/error", command.line)
        return run_it

    def on_if(self, command):
        positional, named = self.split(command)
        condition = self.value(positional[0] if positional else named["condition"])
        then = self.scoped(named["do"].value) if "do" in named else lambda run, scope: NOTHING
        other = self.scoped(named["else"].value) if "else" in named else None

        def run_it(run, scope):
            if truth(condition(run, scope)):
                return then(run, Scope(scope))
            return other(run, Scope(scope)) if other else NOTHING
        return run_it

    @staticmethod
    def loop(body, values):
        """Runs a body for each of the sets of names that `values(run, scope)` gives."""
        def run_it(run, scope):
            for names in values(run, scope):
                try:
                    body(run, Scope(scope, names))
                except LoopEnd as end:
                    if not end.again:
                        break
        return run_it

    def on_foreach(self, command):
        positional, named = self.split(command)
        names = self.word(command, positional[0] if positional else named.get("counter")).split(",")
        inside = self.value(named["in"])
        body = self.scoped(named["do"].value, names)

        def values(run, scope):
            found = inside(run, scope)
            if isinstance(found, Empty):
                found = Array()
            if not isinstance(found, Array):
                found = Array([found])
            if len(names) == 1:
                return ({names[0]: value} for value in found.values())
            return ({names[0]: key, names[1]: value} for key, value in found.pairs())
        return self.loop(body, values)

    def on_for(self, command):
        positional, named = self.split(command)
        name = self.word(command, positional[0] if positional else named.get("counter"))
        first, last = self.value(named["from"]), self.value(named["to"])
        step = self.value(named["step"]) if "step" in named else None
        body = self.scoped(named["do"].value, [name])

        def values(run, scope):
            start, end = first(run, scope), last(run, scope)
            if type(start) is not int or type(end) is not int:
                raise ScriptError("invalid value of argument of :for: a number is wanted", "/for", command.line)
            by = step(run, scope) if step else 1 if start <= end else -1
            return ({name: number} for number in range(start, end + (1 if by > 0 else -1), by))
        return self.loop(body, values)

    def on_while(self, command):
        positional, named = self.split(command)
        condition = self.value(positional[0] if positional else named["condition"])
        body = self.scoped(named["do"].value)

        def values(run, scope):
            count = 0
            while truth(condition(run, scope)):
                count += 1
                if count > 100000:
                    raise NotModelled(f"an endless loop (line {command.line})")
                yield {}
        return self.loop(body, values)

    def on_break(self, command):
        def run_it(run, scope):
            raise LoopEnd(command.name == "continue")
        return run_it

    on_continue = on_break

    def on_do(self, command):
        positional, named = self.split(command)
        body = self.scoped((positional[0] if positional else named["command"]).value)
        caught = self.scoped(named["on-error"].value) if "on-error" in named else None
        again = self.value(named["while"]) if "while" in named else None

        def once(run, scope):
            try:
                return body(run, Scope(scope))
            except ScriptError:
                if caught is None:
                    raise
                return caught(run, Scope(scope))

        def run_it(run, scope):
            value = once(run, scope)
            count = 0
            while again and truth(again(run, scope)):
                count += 1
                if count > 100000:
                    raise NotModelled(f"an endless loop (line {command.line})")
                value = once(run, scope)
            return value
        return run_it

    def on_onerror(self, command):
        positional, named = self.split(command)
        name = self.word(command, positional[0] if positional else named.get("error"))
        body = self.scoped(named["in"].value, [name])
        caught = self.scoped(named["do"].value, [name]) if "do" in named else lambda run, scope: NOTHING

        def run_it(run, scope):
            try:
                return body(run, Scope(scope, {name: NOTHING}))
            except ScriptError as error:
                error.line = error.line or run.line
                return caught(run, Scope(scope, {name: error.message if error.place == "/error" else str(error)}))
        return run_it

    def on_retry(self, command):
        positional, named = self.split(command)
        body = self.scoped((named.get("command") or positional[0]).value)
        delay, most = self.value(named["delay"]), self.value(named["max"])
        caught = self.scoped(named["on-error"].value) if "on-error" in named else None

        def run_it(run, scope):
            for left in reversed(range(max(1, most(run, scope)))):
                try:
                    return body(run, Scope(scope))
                except ScriptError:
                    if not left:
                        if caught is None:
                            raise
                        return caught(run, Scope(scope))
                    run.router.wait(seconds_of(delay(run, scope)))
            return NOTHING
        return run_it

    def on_delay(self, command):
        positional, named = self.split(command)
        make = self.value(positional[0] if positional else named["delay-time"])
        return lambda run, scope: run.router.wait(seconds_of(make(run, scope)))

    def on_time(self, command):
        body = self.scoped(command.arguments[0].value.value)

        def run_it(run, scope):
            start = run.router.now
            body(run, Scope(scope))
            return Time(run.router.now - start)
        return run_it

    def on_timestamp(self, command):
        return lambda run, scope: Time(run.router.now)

    def on_parse(self, command):
        positional, named = self.split(command)
        make = self.value(positional[0] if positional else named["value"])

        def run_it(run, scope):
            text = spell(make(run, scope))
            return Code(self.compile_text(text, run.router), text)
        return run_it

    def on_execute(self, command):
        positional, named = self.split(command)
        make = self.value(positional[0] if positional else named["script"])

        def run_it(run, scope):
            value = make(run, scope)
            run.router.run_event(value.text if isinstance(value, Code) else spell(value), "execute", run.policy, run.depth + 1)
            return NOTHING
        return run_it


def seconds_of(value):
    seconds = value.key if isinstance(value, Time) else value if type(value) is int else time_of(spell(value))
    if seconds is None or not re.fullmatch(r"[0-9.]+", str(seconds)):
        raise ScriptError("invalid time value for argument delay-time", "/delay")
    return seconds
