"""Parses the RouterOS scripting language, as strictly as a generated script should be written, into a small tree.

parse(text) gives (commands, problems). What a router would take but a generated file should not have (continuation lines,
trailing comments, two commands on a line, relative menus) is a problem too."""
import bisect
import re
from dataclasses import dataclass, field

WORD = re.compile(r"!?[A-Za-z0-9._:/,*@%+-]+")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
BAD_NAME = re.compile(r"[A-Za-z0-9_]+")
ESCAPE = re.compile(r'\\(["\\nrt$_abfv?]|[0-9A-F]{2})')
COMPARE = ("<=", ">=", "!=", "=", "<", ">", "~")
OPERATORS = ("&&", "||", "->") + COMPARE + ("+", "-", "*", "/", "%", ".", ",", "|", "&", "^")
WORD_OPERATORS = {"and": "&&", "or": "||", "in": "in"}
CODE_ARGUMENTS = {"do", "else", "on-error", "command", "source", "script", "on-event"}


@dataclass
class Node:
    """An expression. kind: str (value: parts, texts or nodes), var, word, cmd (commands), array (key, value pairs),
    code (commands), op, not, minus, get (item of an array), group."""
    kind: str
    value: object
    line: int
    parts: list = field(default_factory=list)


@dataclass
class Argument:
    name: str        # or None: positional
    value: object    # Node, or None for "!name"
    line: int


@dataclass
class Command:
    """kind: colon (:name), menu (path and name), call ($name), block."""
    kind: str
    path: str
    name: str
    line: int
    arguments: list = field(default_factory=list)
    where: Node = None
    body: list = None


class Broken(Exception):
    """The text cannot be read on from here."""


class Parser:
    def __init__(self, text, menus=()):
        self.text = text
        self.at = 0
        self.menus = menus
        self.breaks = [found.start() for found in re.finditer("\n", text)]
        self.problems = []

    # ---- characters ----

    def line(self, at=None):
        return bisect.bisect_left(self.breaks, self.at if at is None else at) + 1

    def problem(self, message, at=None):
        self.problems.append((self.line(at), message))

    def stop(self, message, at=None):
        self.problem(message, at)
        raise Broken()

    def peek(self, length=1):
        return self.text[self.at:self.at + length]

    def take(self, text):
        if self.text.startswith(text, self.at):
            self.at += len(text)
            return True
        return False

    def match(self, pattern):
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def blanks(self, lines=False):
        while True:
            if self.peek() and self.peek() in (" \t\r\n" if lines else " \t\r"):
                self.at += 1
            elif self.peek(2) == "\\\n" or self.peek(3) == "\\\r\n":
                self.problem("a line is continued with '\\': one command is one line")
                self.at += self.peek(3).index("\n") + 1
            else:
                return

    def comment(self):
        while self.peek() not in ("", "\n"):
            self.at += 1

    # ---- commands ----

    def script(self):
        try:
            commands = self.commands("")
            if self.peek():
                self.problem(f"'{self.peek()}' closes nothing")
        except Broken:
            commands = []
        return commands

    def commands(self, closing):
        """Commands up to `closing` (or the end), which is left where it is."""
        found, last_line = [], 0
        while True:
            self.blanks(lines=True)
            here = self.peek()
            if here == "" or here in "}])":
                if here != closing:
                    self.stop(f"'{closing}' is missing" if not here else f"'{here}' closes nothing")
                return found
            if here == "#":
                if last_line == self.line():
                    self.problem("a comment behind a command: it needs a line of its own")
                self.comment()
                continue
            if here == ";":
                self.problem("';' between commands: one command is one line")
                self.at += 1
                continue
            if last_line == self.line():
                self.problem("a second command on one line")
            found.append(self.command())
            last_line = self.line()

    def command(self):
        start = self.line()
        if self.take("{"):
            body = self.commands("}")
            self.take("}")
            return Command("block", "", "", start, body=body)
        if self.take(":"):
            word = self.match(re.compile(r"[a-z0-9][a-z0-9-]*"))
            if not word:
                self.stop("a command name is missing behind ':'")
            command = Command("colon", "", word.group(), start)
            if command.name == "log":
                self.blanks()
                level = self.match(re.compile(r"[a-z]+"))
                command = Command("menu", "/log", level.group() if level else "", start)
        elif self.peek() == "/":
            word = self.match(re.compile(r"[/a-z0-9-]+")).group()
            path, _, name = word.rpartition("/")
            command = Command("menu", path, name, start)
            if word in ("/import", "/export") or not name:
                command = Command("menu", "", word, start)
            elif word in self.menus:
                self.stop(f"'{word}' alone changes the menu: write the command behind it with '/'")
        elif self.take("$"):
            command = Command("call", "", self.name(), start)
        else:
            self.stop(f"a command begins with ':', '/' or '$', not with '{self.text[self.at:self.at + 20].splitlines()[0]}'")
        self.arguments(command)
        return command

    def ends(self):
        return self.peek() in ("", "\n", ";", "}", "]", ")")

    def arguments(self, command):
        while True:
            before = self.at
            self.blanks()
            if self.ends():
                return
            if self.peek() == "#":
                self.problem("a comment behind a command: it needs a line of its own")
                self.comment()
                return
            if before == self.at and self.text[self.at - 1] not in "])}\"":
                self.stop(f"unexpected '{self.peek()}'")
            line = self.line()
            if command.kind == "menu" and self.match(re.compile(r"where(?=[\s\]])")):
                command.where = self.condition()
                return
            negated = self.match(re.compile(r"!([a-z0-9-]+)(?=[\s;\]}]|$)"))
            if negated:
                command.arguments.append(Argument("!" + negated.group(1), None, line))
                continue
            name = self.match(re.compile(r"([A-Za-z0-9.-]+)=(?!=)"))
            if name:
                if self.peek() in (" ", "\t", "\n", ""):
                    self.stop(f"no value, or a blank, behind '{name.group(1)}='")
                code = name.group(1) in CODE_ARGUMENTS or (command.name == "onerror" and name.group(1) == "in")
                command.arguments.append(Argument(name.group(1), self.value(code), line))
                continue
            code = command.name in ("do", "execute", "retry", "time") and command.kind == "colon"
            command.arguments.append(Argument(None, self.value(code), line))

    def value(self, code=False):
        """The value of an argument."""
        line, here = self.line(), self.peek()
        if here == '"':
            return self.string()
        if here == "(":
            return self.group()
        if here == "[":
            return self.substitution()
        if here == "{":
            if not code:
                return self.array()
            self.at += 1
            body = self.commands("}")
            self.take("}")
            return Node("code", body, line)
        if here == "$":
            return self.variable()
        word = self.match(WORD)
        if not word:
            self.stop(f"unexpected '{here}'")
        return Node("word", word.group(), line)

    # ---- values ----

    def name(self):
        if self.peek() == '"':
            start = self.at
            found = self.match(re.compile(r'"([A-Za-z0-9-]+)"'))
            if not found:
                self.stop("a quoted variable name is not closed", start)
            return found.group(1)
        if self.match(re.compile(r"[0-9]")):
            return self.text[self.at - 1]
        found = self.match(BAD_NAME)
        if not found:
            self.stop("'$' is not followed by a name: in a text it must be '\\$'")
        if "_" in found.group():
            self.problem(f"'_' in the variable name '{found.group()}'")
        return found.group()

    def variable(self):
        line = self.line()
        self.take("$")
        return Node("var", self.name(), line)

    def string(self):
        line, start, parts, text = self.line(), self.at, [], ""
        self.take('"')
        while True:
            here = self.peek()
            if here in ("", "\n"):
                self.stop("a text is not closed on its line", start)
            if self.take('"'):
                break
            if here == "\\":
                escape = self.match(ESCAPE)
                if not escape:
                    self.stop(f"unknown escape '{self.peek(2)}'")
                text += escape.group()
            elif here == "$":
                if text:
                    parts.append(text)
                    text = ""
                after = self.text[self.at + 1:self.at + 2]
                if after == '"':
                    self.stop("'$' is not followed by a name: in a text it must be '\\$'")
                if after in ("[", "("):
                    self.at += 1
                    parts.append(self.substitution() if after == "[" else self.group())
                else:
                    parts.append(self.variable())
            else:
                text += here
                self.at += 1
        if text:
            parts.append(text)
        return Node("str", parts, line)

    def substitution(self):
        line, start = self.line(), self.at
        self.take("[")
        body = self.commands("]")
        if self.line() != line:
            self.problem("'[ ]' goes over several lines", start)
        if len(body) != 1:
            self.problem("'[ ]' holds exactly one command", start)
        self.take("]")
        return Node("cmd", body, line)

    def array(self):
        line, start, items = self.line(), self.at, []
        self.take("{")
        while True:
            self.blanks(lines=True)
            if self.take("}"):
                break
            if not self.peek():
                self.stop("'}' is missing", start)
            value, key = self.operand(), None
            if self.take("="):
                key, value = value, self.operand()
            items.append((key, value))
            self.blanks(lines=True)
            if self.peek() != "}" and not self.take(";"):
                self.stop(f"';' or '}}' expected in an array, not '{self.peek()}'")
        if not items:
            self.problem("'{}' is not an empty array: [:toarray \"\"]", start)
        return Node("array", items, line)

    def group(self):
        line = self.line()
        self.take("(")
        self.blanks(lines=True)
        inner = self.expression()
        self.blanks(lines=True)
        if not self.take(")"):
            self.stop(f"')' expected, not '{self.peek()}'")
        return Node("group", inner, line)

    def operand(self):
        self.blanks(lines=True)
        line, here = self.line(), self.peek()
        if here in ("!", "-") and not re.match(r"-[0-9]", self.peek(2)):
            self.at += 1
            return Node("not" if here == "!" else "minus", self.operand(), line)
        if here == "{":
            return self.array()
        if here in '"([$' and here:
            return self.value()
        word = self.match(re.compile(r"-?[A-Za-z0-9._:/*]+(-[A-Za-z0-9._:/*]+)*"))
        if not word:
            self.stop(f"a value is missing before '{here}'")
        return Node("word", word.group(), line)

    def operator(self):
        start = self.at
        self.blanks(lines=True)
        for word, operator in WORD_OPERATORS.items():
            if self.match(re.compile(word + r"(?![A-Za-z0-9=-])")):
                return operator
        for operator in OPERATORS:
            if self.take(operator):
                return operator
        self.at = start
        return None

    def expression(self):
        """Operands and operators in a row; mixing them without parentheses is a problem unless everybody agrees."""
        line, first = self.line(), self.postfix(self.operand())
        parts, used = [first], set()
        while True:
            operator = self.operator()
            if not operator:
                break
            used.add("compare" if operator in COMPARE or operator == "in" else operator)
            parts += [operator, self.postfix(self.operand())]
        if len(used) > 1 and not used <= {"compare", "&&"} and not used <= {"compare", "||"}:
            self.problem("different operators without parentheses")
        return first if len(parts) == 1 else Node("op", None, line, parts)

    def postfix(self, node):
        while self.take("->"):
            key = self.operand()
            node = Node("get", node, node.line, [key])
        return node

    def condition(self):
        """What follows `where`: name=value, name~value, !name, joined by blanks (and), && or ||."""
        line, parts = self.line(), []
        while True:
            self.blanks()
            if self.ends():
                break
            if self.take("("):
                parts.append(self.condition())
                if not self.take(")"):
                    self.stop(f"')' expected, not '{self.peek()}'")
                continue
            joint = self.operator() if self.peek() in "&|" or re.match(r"(and|or)\b", self.peek(3)) else None
            if joint:
                parts.append(joint)
                continue
            start = self.at
            name = self.match(re.compile(r"(!?)([.a-z0-9-]+)"))
            if not name:
                self.stop(f"a property is missing before '{self.peek()}'", start)
            here = self.line()
            operator = next((sign for sign in COMPARE if self.take(sign)), None)
            value = None
            if operator:
                value = self.value()
            elif not self.ends() and self.peek() not in " \t":
                self.stop(f"unexpected '{self.peek()}' in a condition")
            parts.append(Node("test", name.group(2), here, [operator, value]))
        if not parts:
            self.problem("nothing behind 'where'")
        return Node("where", None, line, parts)


def parse(text, menus=()):
    parser = Parser(text, menus)
    commands = parser.script()
    return commands, parser.problems
