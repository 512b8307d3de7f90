#!/usr/bin/python3
"""Checks RouterOS scripts against the command schema of one release: every menu, command, argument, property and `:` command,
the values where the schema says what they may be, and the traps that a router falls into silently (undeclared variables,
variables named like a property, an argument given twice, prefixes without quotes in `find`).

usage: rsc_schema.py SCHEMA_DIR VERSION FILE...        prints FILE:LINE: message; exit 1 when there was one"""
import ipaddress
import json
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "routeros"))
from rsc_parse import NAME, Node, parse  # the parser is the stand-in's

# Properties that can be read but not set: the schema lists arguments only.
READ_ONLY = {
    "": {".id", ".nextid", "invalid", "running"},
    "/interface": {"type", "actual-mtu", "mac-address", "default-name", "slave"},
    "/interface/wireguard": {"public-key"},
    "/interface/wireguard/peers": {"last-handshake", "rx", "tx", "current-endpoint-address", "current-endpoint-port"},
    "/ip/address": {"actual-interface"},
    "/ipv6/address": {"actual-interface", "global", "link-local", "deprecated"},
    "/ip/route": {"active", "static", "connect", "inactive", "immediate-gw"},
    "/ipv6/route": {"active", "static", "connect", "inactive", "immediate-gw"},
    "/ip/firewall/filter": {"bytes", "packets"},
    "/ipv6/firewall/filter": {"bytes", "packets"},
    "/ipv6/pool": {"actual-prefix", "expires-after", "valid-lifetime", "preferred-lifetime"},
    "/ipv6/dhcp-client": {"status", "prefix", "address", "dhcp-server-v6"},
    "/system/resource": {"version", "board-name", "architecture-name", "uptime", "platform", "free-memory", "cpu"},
    "/system/device-mode": {"mode", "scheduler", "fetch"},
    "/tool/netwatch": {"status", "since"},
    "/system/scheduler": {"next-run", "run-count", "owner"},
    "/system/script": {"last-started", "run-count"},
    "/ipv6/nd": {"default"},
    "/log": {"message", "topics", "time"},
    "/file": {"size", "creation-time", "type"},
}
# Menus that know rows of the router's own making; /ipv6/nd itself is none of them.
DYNAMIC = ("/interface/list", "/interface/bridge/port", "/interface/bridge/vlan", "/ip/address", "/ip/route", "/ip/firewall", "/ip/dns/static",
           "/ipv6/address", "/ipv6/route", "/ipv6/dhcp-client", "/ipv6/pool", "/ipv6/nd/prefix", "/ipv6/firewall")
CLOSED = {"action", "disabled", "advertise", "connection-state", "connection-nat-state", "protocol", "log", "reject-with",
          "eui-64", "no-dad", "add-default-route", "use-peer-dns", "rapid-commit"}
PORTS = {"listen-port", "endpoint-port"}
MANDATORY = {"/interface/wireguard/peers": {"interface", "allowed-address"}, "/ipv6/address": {"interface"},
             "/ip/address": {"interface", "address"}, "/ip/firewall/filter": {"chain"}, "/ipv6/firewall/filter": {"chain"},
             "/ipv6/dhcp-client": {"interface", "request"}, "/ipv6/pool": {"name", "prefix-length"},
             "/ipv6/firewall/address-list": {"list"}, "/ip/firewall/address-list": {"list"}}
CONSTANTS = {"true", "false", "yes", "no", "nil", "nothing"}
LITERAL = re.compile(r"-?\d+|\*[0-9A-F]+|(\d+[wdhms])+|(\d+:)+\d+|[0-9.]+(/\d+)?|[0-9a-f]*:[0-9a-f:]+(/\d+)?")
DURATION = re.compile(r"(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


class Variable:
    def __init__(self, line):
        self.line = line
        self.read = False
        self.function = None   # free names of its body: they must come as named arguments
        self.row = None        # the menu of the row that it holds
        self.constant = None   # its text, when it is set once to a literal


class Scope:
    def __init__(self, parent=None, function=None):
        self.parent = parent
        self.names = {}
        self.function = function if function is not None else (parent.function if parent else None)

    def find(self, name):
        scope = self
        while scope:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None


def seconds(text):
    found = DURATION.fullmatch(text)
    if not found or not text:
        return None
    return sum(int(count or 0) * unit for count, unit in zip(found.groups(), (604800, 86400, 3600, 60, 1)))


class Checker:
    def __init__(self, folder, version):
        with open(os.path.join(folder, f"schema-{version}.json"), encoding="utf-8") as file:
            schema = json.load(file)
        with open(os.path.join(folder, "types.json"), encoding="utf-8") as file:
            self.types = json.load(file)["types"]
        self.version = version
        self.menus = schema["menus"]
        self.toplevel = schema["toplevel"]
        self.properties = {name for menu in self.menus for name in self.properties_of(menu)}
        self.problems = []

    def problem(self, line, message):
        self.problems.append((line, message))

    def properties_of(self, menu):
        commands = self.menus.get(menu, {})
        names = set(commands.get("add", [])) | set(commands.get("set", [])) - {"numbers"}
        dynamic = {"dynamic"} if menu.startswith(DYNAMIC) else set()
        return (names - {"copy-from", "place-before"}) | READ_ONLY[""] | dynamic | READ_ONLY.get(menu, set())

    def check(self, data):
        for number, line in enumerate(data.split(b"\n"), 1):
            if any(byte > 126 or (byte < 32 and byte != 9) for byte in line):
                self.problem(number, "a byte that is not printable ASCII")
        commands, problems = parse(data.decode("latin-1"), self.menus)
        self.problems += problems
        self.block(commands, Scope())
        return sorted(set(self.problems))

    # ---- scopes ----

    def block(self, commands, scope):
        for command in commands:
            self.command(command, scope)
        for name, variable in scope.names.items():
            if not variable.read:
                self.problem(variable.line, f"variable '{name}' is never used")

    def declare(self, name, line, scope):
        if name in ("", None) or not NAME.fullmatch(name):
            self.problem(line, f"variable name '{name}' is not letters and digits")
        if name in self.properties:
            self.problem(line, f"variable '{name}' is named like a property: `where {name}=${name}` would match everything")
        if name in scope.names and scope.names[name].read is False:
            self.problem(line, f"variable '{name}' is declared again before it was used")
        scope.names[name] = Variable(line)
        return scope.names[name]

    def use(self, name, line, scope):
        variable = scope.find(name)
        if variable:
            variable.read = True
        elif scope.function is not None:
            if not name.isdigit():
                scope.function.setdefault(name, line)
        else:
            self.problem(line, f"variable '{name}' is not declared")
        return variable

    # ---- commands ----

    def command(self, command, scope):
        if command.kind == "block":
            self.block(command.body, Scope(scope))
        elif command.kind == "colon":
            self.colon(command, scope)
        elif command.kind == "call":
            self.call(command, scope)
        else:
            self.menu(command, scope)

    def twice(self, command):
        seen = set()
        for argument in command.arguments:
            name = (argument.name or "").lstrip("!")
            if name and name in seen:
                self.problem(argument.line, f"argument '{name}' is given twice: the router keeps the last silently")
            seen.add(name)

    def colon(self, command, scope):
        name = command.name
        if name not in self.toplevel:
            self.problem(command.line, f"':{name}' does not exist in RouterOS {self.version}")
            return
        known = self.toplevel[name]
        self.twice(command)
        for argument in command.arguments:
            if argument.name and argument.name not in known:
                self.problem(argument.line, f"':{name}' has no argument '{argument.name}'")
        if len(command.arguments) > len(known):
            self.problem(command.line, f"':{name}' has too many arguments")
        positional = [argument for argument in command.arguments if argument.name is None]
        if name in ("local", "global", "set"):
            self.assign(command, positional, scope)
        elif name in ("for", "foreach"):
            self.loop(command, positional, scope)
        else:
            for argument in command.arguments:
                self.value(argument.value, scope)

    def assign(self, command, positional, scope):
        body = next((argument.value for argument in command.arguments if argument.name == "do"), None)
        if not positional:
            self.problem(command.line, f"':{command.name}' without a name")
            return
        target, values = positional[0].value, positional[1:]
        for argument in values:
            self.value(argument.value, scope)
        if command.name == "set" and target.kind == "group":
            self.value(target, scope)
            return
        name = target.value if target.kind == "word" else None
        if name is None:
            self.problem(command.line, f"':{command.name}' wants a name")
            return
        if command.name == "set":
            variable = scope.find(name)
            if not variable:
                self.problem(command.line, f"':set' of the undeclared variable '{name}'")
                return
            variable.constant = variable.row = None
            return
        free = {}
        if body:
            self.block(body.value, Scope(None, free))
        variable = self.declare(name, command.line, scope)
        if body:
            variable.function = free
        elif values:
            self.remember(variable, values[0].value)

    def remember(self, variable, value):
        """What is known about a variable: a literal, or a row of a menu."""
        if value.kind == "str" and all(isinstance(part, str) for part in value.value):
            variable.constant = "".join(value.value)
        elif value.kind == "word":
            variable.constant = value.value
        elif value.kind == "cmd" and value.value and value.value[0].kind == "menu" and value.value[0].name == "get":
            if len(value.value[0].arguments) == 1 and value.value[0].path in self.menus:
                if "add" in self.menus[value.value[0].path] or "find" in self.menus[value.value[0].path]:
                    variable.row = value.value[0].path

    def loop(self, command, positional, scope):
        inner = Scope(scope)
        for argument in command.arguments:
            if argument.name not in (None, "do"):
                self.value(argument.value, scope)
        names = positional[0].value.value.split(",") if positional and positional[0].value.kind == "word" else []
        if not names:
            self.problem(command.line, f"':{command.name}' without a variable")
        for name in names:
            self.declare(name, command.line, inner).read = True
        for argument in command.arguments:
            if argument.name == "do":
                self.block(argument.value.value, inner)

    def call(self, command, scope):
        if command.body:
            self.value(command.body, scope)
        variable = None if command.body else self.use(command.name, command.line, scope)
        self.twice(command)
        for argument in command.arguments:
            if argument.value is not None:
                self.value(argument.value, scope)
        if not variable:
            return
        if variable.function is None:
            self.problem(command.line, f"'${command.name}' is not a function")
            return
        given = {argument.name for argument in command.arguments}
        for name, line in variable.function.items():
            if name not in given:
                self.problem(line, f"variable '{name}' is not declared (and line {command.line} does not pass it)")

    # ---- menus ----

    def menu(self, command, scope):
        commands = self.menus.get(command.path)
        if command.path in ("", "/log"):
            commands = self.toplevel.get("/log") if command.path else {f"/{name}": self.toplevel[name] for name in ("import", "export")}
        if commands is None:
            self.problem(command.line, f"there is no menu '{command.path}' in RouterOS {self.version}")
            return
        if command.name not in commands:
            self.problem(command.line, f"menu '{command.path}' has no command '{command.name}' in RouterOS {self.version}")
            return
        self.twice(command)
        known = set(commands[command.name])
        for argument in command.arguments:
            self.menu_argument(command, argument, known, scope)
        self.positional(command, known)
        if command.where:
            if "where" not in known:
                self.problem(command.line, f"'{command.path}/{command.name}' has no 'where'")
            self.condition(command.where, command.path, scope)
        if command.name == "add":
            for name in sorted(MANDATORY.get(command.path, set()) - {argument.name for argument in command.arguments}):
                self.problem(command.line, f"'{command.path}/add' without '{name}'")

    def menu_argument(self, command, argument, known, scope):
        name = argument.name
        if name and name.lstrip("!") not in known:
            self.problem(argument.line, f"'{command.path}/{command.name}' has no argument '{name.lstrip('!')}' "
                                        f"in RouterOS {self.version}")
        if argument.value is not None:
            self.value(argument.value, scope)
            if name and command.name in ("add", "set"):
                self.typed(command.path, name, argument.value, argument.line, scope)

    def positional(self, command, known):
        values = [argument.value for argument in command.arguments if argument.name is None]
        if command.name == "get":
            names = values[1:] if "number" in known else values
            for value in names:
                if value.kind != "word" or value.value not in self.properties_of(command.path):
                    self.problem(value.line, f"'{command.path}' has no property '{value.value}'")
            if len(values) > 2:
                self.problem(command.line, f"'{command.path}/get' with too many values")
        elif command.name == "print":
            for value in values:
                if value.kind != "word" or value.value not in known:
                    self.problem(value.line, f"'{command.path}/print' has no flag '{value.value}'")
        elif command.name in ("find", "add") and values:
            self.problem(command.line, f"'{command.path}/{command.name}' with a value that has no name")
        elif len(values) > 1:
            self.problem(command.line, f"'{command.path}/{command.name}' with too many values")

    def condition(self, node, menu, scope):
        for part in node.parts:
            if isinstance(part, str):
                continue
            if part.kind == "where":
                self.condition(part, menu, scope)
                continue
            operator, value = part.parts
            if isinstance(part.value, Node):
                if part.value.kind == "where":
                    self.condition(part.value, menu, scope)
                else:
                    self.value(part.value, scope)
            elif part.value not in self.properties_of(menu):
                self.problem(part.line, f"'{menu}' has no property '{part.value}' in RouterOS {self.version}")
            if value is None:
                continue
            self.value(value, scope)
            if value.kind == "word" and "/" in value.value:
                self.problem(part.line, f"'{part.value}{operator}{value.value}': a prefix without quotes matches nothing")

    # ---- values ----

    def value(self, node, scope):
        if node.kind == "var":
            self.use(node.value, node.line, scope)
        elif node.kind == "str":
            for part in node.value:
                if isinstance(part, Node):
                    self.value(part, scope)
        elif node.kind == "cmd":
            for command in node.value:
                self.command(command, scope)
        elif node.kind == "code":
            self.block(node.value, Scope(scope))
        elif node.kind == "array":
            self.array(node, scope)
        elif node.kind in ("group", "not", "minus"):
            self.inside(node.value, scope)
        elif node.kind in ("op", "get"):
            self.inside(node, scope)

    def inside(self, node, scope):
        """An expression in parentheses: a bare word there is a variable, or a silent mistake."""
        if node.kind == "op":
            for part in node.parts:
                if isinstance(part, Node):
                    self.inside(part, scope)
        elif node.kind == "get":
            self.inside(node.value, scope)
            self.inside(node.parts[0], scope)
            self.row(node, scope)
        elif node.kind == "word":
            if node.value not in CONSTANTS and not LITERAL.fullmatch(node.value):
                self.problem(node.line, f"the bare word '{node.value}' in an expression")
        else:
            self.value(node, scope)

    def row(self, node, scope):
        """($row->"property"), when it is known which menu the row came from."""
        key = node.parts[0]
        variable = scope.find(node.value.value) if node.value.kind == "var" else None
        if variable and variable.row and key.kind == "str" and key.value not in ([], None):
            name = "".join(part for part in key.value if isinstance(part, str))
            if name not in self.properties_of(variable.row):
                self.problem(node.line, f"'{variable.row}' has no property '{name}'")

    def array(self, node, scope):
        keys = set()
        for key, value in node.value:
            self.inside(value, scope)
            if key is None:
                continue
            self.value(key, scope)
            text = repr(key.value)
            if text in keys:
                self.problem(key.line, "a key stands twice in an array")
            keys.add(text)

    def typed(self, menu, name, node, line, scope):
        """A literal, or a variable that holds one, against the type of its argument."""
        text = None
        if node.kind == "word":
            text = node.value
        elif node.kind == "str" and all(isinstance(part, str) for part in node.value):
            text = "".join(node.value)
        elif node.kind == "var":
            variable = scope.find(node.value)
            text = variable.constant if variable else None
        kind = self.types.get(menu.lstrip("/") + "/add", {}).get(name)
        if text is None or kind is None:
            return
        wrong = wrong_value(menu, name, text, kind)
        if wrong:
            self.problem(line, f"{name}={text}: {wrong}")


def wrong_value(menu, name, text, kind):
    """Why `text` is no value of the kind, or None."""
    choices = set(kind.get("choices", [])) | set(kind.get("literals", []))
    if text in choices:
        return None
    if name in CLOSED and choices:
        if choices == {"yes", "no"}:
            return "yes or no"
        if name == "protocol" and text.isdigit():
            return None
        unknown = [part for part in text.lstrip("!").split(",") if part not in choices]
        return f"not one of {', '.join(sorted(choices))}" if unknown else None
    if kind.get("kind") == "integer":
        high = 65535 if name in PORTS else kind.get("max", 4294967295)
        parts = re.split(r"[,-]", text.lstrip("!")) if "-End" in kind.get("spec", "") else [text]
        for part in parts:
            if not part.isdigit() or not kind.get("min", 0) <= int(part) <= high:
                return f"not a number from {kind.get('min', 0)} to {high}"
    elif kind.get("kind") == "duration":
        limit = re.match(r"(\w+)\.\.(\w+)", kind.get("spec", ""))
        value = seconds(text)
        if value is None:
            return "not a time with units, as 25s"
        if limit and not seconds(limit.group(1)) <= value <= seconds(limit.group(2)):
            return f"not a time from {limit.group(1)} to {limit.group(2)}"
    elif kind.get("kind") == "ip" or "IPv6" in kind.get("spec", "") or name == "allowed-address":
        return wrong_address(menu, name, text)
    return None


def wrong_address(menu, name, text):
    version = 6 if menu.startswith("/ipv6") else None if name == "allowed-address" else 4
    for part in text.lstrip("!").split(",") if name == "allowed-address" else [text.lstrip("!")]:
        try:
            for end in part.split("-") if version == 4 else [part]:
                found = ipaddress.ip_interface(end)
                if version and found.version != version:
                    return f"not an IPv{version} address or prefix"
        except ValueError:
            return "not an address or prefix"
    return None


def main(arguments):
    if len(arguments) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    status = 0
    for path in arguments[2:]:
        with open(path, "rb") as file:
            data = file.read()
        for line, message in Checker(arguments[0], arguments[1]).check(data):
            print(f"{path}:{line}: {message}")
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
