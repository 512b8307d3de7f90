"""What rsc_parse.py makes of a script, and the words of the language."""
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
    """An expression. kind: str (value: parts, texts with their escapes or nodes), var, word, cmd (commands), array (key,
    value pairs), code (commands; parts: its text), op, not, minus, get (item of an array), group, where, test (value: a
    property or a node; parts: operator, node)."""
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
    """kind: colon (:name), menu (path and name), call ($name, or the node in `body`), block."""
    kind: str
    path: str
    name: str
    line: int
    arguments: list = field(default_factory=list)
    where: Node = None
    body: list = None
