"""Parses the RouterOS scripting language, as strictly as a generated script should be written, into a small tree.

parse(text) gives (commands, problems). What a router would take but a generated file should not have (continuation lines,
two commands on a line, relative menus) is a problem too. What no router takes is `fatal` in a Parser as well."""
import bisect
import re

from rsc_tree import BAD_NAME, CODE_ARGUMENTS, COMPARE, ESCAPE, NAME, OPERATORS, WORD, WORD_OPERATORS, Argument, Command, Node

class Broken(Exception):
    """The text cannot be read on from here."""


class Parser:
    def __init__(self, text, menus=()):
        self.text = text
        self.at = 0
        self.menus = menus
        self.breaks = [found.start() for found in re.finditer("\n", text)]
        self.problems = []
        self.fatal = []

    # ---- characters ----

    def line(self, at=None):
        return bisect.bisect_left(self.breaks, self.at if at is None else at) + 1

    def column(self, at=None):
        at = self.at if at is None else at
        return at - self.text.rfind("\n", 0, at)

    def problem(self, message, at=None, fatal=False):
        self.problems.append((self.line(at), message))
        if fatal:
            self.fatal.append((self.line(at), self.column(at), message))

    def stop(self, message, at=None):
        self.problem(message, at, fatal=True)
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
                self.problem(f"'{self.peek()}' closes nothing", fatal=True)
        except Broken:
            commands = []
        return commands

    def commands(self, closing, menu=None):
        """Commands up to `closing` (or the end), which is left where it is. `menu`: where a command without a path runs."""
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
                    self.problem("a comment behind a command: it needs a line of its own", fatal=True)
                self.comment()
                continue
            if here == ";":
                self.problem("';' between commands: one command is one line")
                self.at += 1
                continue
            if last_line == self.line():
                self.problem("a second command on one line")
            found.append(self.command(menu))
            last_line = self.line()

    def command(self, menu=None):
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
        elif menu and self.match(re.compile(r"(?=[a-z])")):
            command = Command("menu", menu, self.match(re.compile(r"[a-z-]+")).group(), start)
        elif self.peek() == "[":
            command = Command("call", "", "", start, body=self.substitution())
        else:
            self.stop(f"a command begins with ':', '/' or '$', not with '{self.text[self.at:self.at + 20].splitlines()[0]}'")
        self.arguments(command, menu)
        return command

    def ends(self):
        return self.peek() in ("", "\n", ";", "}", "]", ")")

    def arguments(self, command, menu=None):
        """What stands behind the command's name. In `[ ]` there, a command without a path runs in the command's own menu."""
        if command.kind == "menu" and command.path not in ("", "/log"):
            menu = command.path
        while True:
            before = self.at
            self.blanks()
            if self.ends():
                return
            if self.peek() == "#":
                self.problem("a comment behind a command: it needs a line of its own", fatal=True)
                self.comment()
                return
            if before == self.at and self.text[self.at - 1] not in "])}\"":
                self.stop(f"unexpected '{self.peek()}'")
            line = self.line()
            if command.kind == "menu" and self.match(re.compile(r"where(?=[\s\]])")):
                command.where = self.condition(menu)
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
                command.arguments.append(Argument(name.group(1), self.value(code, menu), line))
                continue
            code = command.name in ("do", "execute", "retry", "time") and command.kind == "colon"
            command.arguments.append(Argument(None, self.value(code, menu), line))

    def value(self, code=False, menu=None):
        """The value of an argument."""
        line, here = self.line(), self.peek()
        if here == '"':
            return self.string()
        if here == "(":
            return self.group(menu)
        if here == "[":
            return self.substitution(menu)
        if here == "{":
            if not code:
                return self.array()
            self.at += 1
            start = self.at
            body = self.commands("}")
            self.take("}")
            return Node("code", body, line, [self.text[start:self.at - 1]])
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
            self.problem(f"'_' in the variable name '{found.group()}'", fatal=True)
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

    def substitution(self, menu=None):
        line, start = self.line(), self.at
        self.take("[")
        body = self.commands("]", menu)
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
            self.problem("'{}' is not an empty array: [:toarray \"\"]", start, fatal=True)
        return Node("array", items, line)

    def group(self, menu=None):
        line = self.line()
        self.take("(")
        self.blanks(lines=True)
        inner = self.expression(menu)
        self.blanks(lines=True)
        if not self.take(")"):
            self.stop(f"')' expected, not '{self.peek()}'")
        return Node("group", inner, line)

    def operand(self, menu=None):
        self.blanks(lines=True)
        line, here = self.line(), self.peek()
        if here in ("!", "-") and not re.match(r"-[0-9]", self.peek(2)):
            self.at += 1
            return Node("not" if here == "!" else "minus", self.postfix(self.operand(menu)), line)
        if here == "{":
            return self.array()
        if here in '"([$' and here:
            return self.value(menu=menu)
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

    def expression(self, menu=None):
        """Operands and operators in a row; mixing them without parentheses is a problem unless everybody agrees."""
        line, first = self.line(), self.postfix(self.operand(menu))
        parts, used = [first], set()
        while True:
            operator = self.operator()
            if not operator:
                break
            used.add("compare" if operator in COMPARE or operator == "in" else operator)
            parts += [operator, self.postfix(self.operand(menu))]
        if len(used) > 1 and not used <= {"compare", "&&"} and not used <= {"compare", "||"}:
            self.problem("different operators without parentheses")
        return first if len(parts) == 1 else Node("op", None, line, parts)

    def postfix(self, node):
        while self.take("->"):
            key = self.operand()
            node = Node("get", node, node.line, [key])
        return node

    def condition(self, menu=None):
        """What follows `where`: name=value, name~value, name in value, !name, joined by blanks (and), && or ||. The name may
        be an operand of any kind, as in `where $hlAddress in src-address`."""
        line, parts = self.line(), []
        while True:
            self.blanks()
            if self.ends():
                break
            if self.take("("):
                parts.append(self.condition(menu))
                if not self.take(")"):
                    self.stop(f"')' expected, not '{self.peek()}'")
                continue
            joint = self.operator() if self.peek() in "&|" or re.match(r"(and|or)\b", self.peek(4)) else None
            if joint:
                parts.append(joint)
                continue
            parts.append(self.test(menu))
        if not parts:
            self.problem("nothing behind 'where'", fatal=True)
        return Node("where", None, line, parts)

    def test(self, menu):
        start, line = self.at, self.line()
        if self.peek(2) == "!(":
            self.at += 2
            inner = self.condition(menu)
            if not self.take(")"):
                self.stop(f"')' expected, not '{self.peek()}'")
            return Node("test", inner, line, ["!", None])
        negated = self.take("!")
        name = self.match(re.compile(r"[.a-z0-9-]+"))
        left = name.group() if name else self.value(menu=menu) if self.peek() in '$["' else None
        if left is None:
            self.stop(f"a property is missing before '{self.peek()}'", start)
        operator, value = next((sign for sign in COMPARE if self.take(sign)), None), None
        if not operator and self.match(re.compile(r" in (?=\S)")):
            operator = "in"
        if operator:
            value = self.value(menu=menu)
        elif not self.ends() and self.peek() not in " \t":
            self.stop(f"unexpected '{self.peek()}' in a condition")
        if negated and operator:
            self.problem("'!' before a comparison: only a property can be negated", start, fatal=True)
        return Node("test", left, line, ["!" if negated else operator, value])


def parse(text, menus=()):
    parser = Parser(text, menus)
    commands = parser.script()
    return commands, parser.problems


__all__ = ["NAME", "Node", "Parser", "parse"]
