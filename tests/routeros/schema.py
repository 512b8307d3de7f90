"""What a RouterOS release knows: menus, commands, arguments, from $SHARED/data/routeros (SHARED: ../shared next to the project)."""
import functools
import json
import os
import re

HERE = os.path.dirname(os.path.abspath(__file__))
SHARED = os.environ.get("SHARED") or os.path.join(HERE, "..", "..", "..", "shared")
FOLDER = os.path.join(SHARED, "data", "routeros")


def rank(release):
    """A release as something to compare: "7.20.8 (stable)" is (7, 20, 8)."""
    return tuple(int(part) for part in re.findall(r"\d+", release.split(" ")[0])[:3])


def releases():
    if not os.path.isdir(FOLDER):
        return []
    found = [re.fullmatch(r"schema-([0-9.]+)\.json", name) for name in os.listdir(FOLDER)]
    return sorted((name.group(1) for name in found if name), key=rank)


class Schema:
    """Of the newest recorded release that is not newer than `release`. Without the folder everything is allowed: `known` is False."""
    def __init__(self, release):
        older = [name for name in releases() if rank(name) <= rank(release)]
        self.known = bool(older)
        self.menus, self.toplevel = {}, {}
        if self.known:
            with open(os.path.join(FOLDER, f"schema-{older[-1]}.json"), encoding="utf-8") as file:
                data = json.load(file)
            self.toplevel = {name: {one: set(inner) for one, inner in arguments.items()} if isinstance(arguments, dict) else set(arguments)
                             for name, arguments in data["toplevel"].items()}
            self.menus = {menu: {name: set(arguments) for name, arguments in commands.items()}
                          for menu, commands in data["menus"].items()}

    def properties(self, menu):
        """What can be set in a menu."""
        commands = self.menus.get(menu, {})
        return (commands.get("add", set()) | commands.get("set", set())) - {"numbers", "copy-from", "place-before"}

    def trouble(self, path, name, arguments, where):
        """Why a command is refused before anything runs: (message, index of the argument or None), or None."""
        if not self.known:
            return None
        if path in ("", "/log"):
            known = self.toplevel.get("import" if path == "" else "/log", {})
            if path == "":
                return None if name in ("/import", "/export") else ("bad command name", None)
        else:
            known = self.menus.get(path)
        if known is None or name not in known:
            return (f"bad command name {name}", None)
        if where and "where" not in known[name]:
            return ("expected end of command", None)
        for at, argument in enumerate(arguments):
            if argument and argument.lstrip("!") not in known[name]:
                return ("expected end of command", at)
        return None


@functools.cache
def schema_of(release):
    return Schema(release)
