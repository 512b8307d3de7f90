"""class Router: a RouterOS device in memory, for tests. See README.md."""
import collections
import collections.abc
import json
import os

import console
import dynamics
import menus
import tables as known
from errors import NotModelled, Refused, Rebooted, ScriptError, Stopped, SyntaxRefused
from events import Events
from kinds import given, shown
from language import Run, Script
from schema import schema_of
from values import Array

HERE = os.path.dirname(os.path.abspath(__file__))
KEEP = object()
Write = collections.namedtuple("Write", "line menu command id values")


class Result:
    """What an import did; see README.md."""
    def __init__(self):
        self.error = None
        self.message = None
        self.line = 0
        self.stopped = self.rebooted = self.syntax = False
        self.writes = []

    def __repr__(self):
        return f"Result(error={self.error!r}, stopped={self.stopped}, rebooted={self.rebooted}, writes={len(self.writes)})"


class Router(Events):
    def __init__(self, release="7.20.8", device_mode=None, pinning=True, provider=None):
        self.release = release
        self.schema = schema_of(release)
        self.console = console
        self.device_mode = {"mode": "advanced", "scheduler": True, "fetch": True, **(device_mode or {})}
        self.pinning = pinning
        self.provider = provider
        self.tables = {path: {} for path, menu in known.MENUS.items() if menu.kind != "single"}
        self.singles = {}
        self.ids = {}
        self.keys_made = 0
        self.now = 0
        self.events, self.timers, self.counter = [], {}, 0
        self.running = self.reboots = 0
        self.texts, self.log, self.writes = [], [], []
        self.globals, self.backups, self.script_cache = {}, {}, {}
        self.write_limit = None
        for path, menu in known.MENUS.items():
            if menu.kind == "single":
                self.singles[path] = {name: menu.kind_of(name)(text, self, name) for name, text in menu.defaults.items()}
        for name in ("all", "none", "dynamic", "static"):
            self.insert("/interface/list", {"name": name, "builtin": True, ".id": self.next_id("/interface/list")})
        self.insert("/ipv6/nd", {**self.defaults("/ipv6/nd"), "interface": "all", "default": True, "disabled": False,
                                 ".id": self.next_id("/ipv6/nd")})

    # ---- making one ----

    @classmethod
    def load(cls, state, release=None, device_mode=None, pinning=None, provider=KEEP):
        """A router from a state file: a name in states/, or a path."""
        path = state if os.path.sep in state or state.endswith(".json") else os.path.join(HERE, "states", state + ".json")
        with open(path, encoding="utf-8") as file:
            data = json.load(file)
        router = cls(release or data["release"], {**data.get("device-mode", {}), **(device_mode or {})},
                     data.get("pinning", True) if pinning is None else pinning,
                     data.get("provider") if provider is KEEP else provider)
        extra = [menu for menu in data["menus"] if menu not in known.MENUS]
        for menu in [menu for menu in known.MENUS if menu in data["menus"]] + extra:
            router.load_menu(menu, data["menus"][menu])
        router.writes.clear()
        router.log.clear()
        return router

    def load_menu(self, path, rows):
        run = Run(self)
        for row in rows if isinstance(rows, list) else [rows]:
            values = {name: Array([str(one) for one in value]) if isinstance(value, list) else value if type(value) is bool
                      else str(value) for name, value in row.items() if name != "dynamic" or path.endswith("address-list")}
            try:
                if self.menu(path).kind == "single":
                    menus.set_rows(run, path, values, [], None)
                    continue
                dynamic = values.pop("dynamic", row.get("dynamic", False))
                one = menus.add(run, path, values, [], None).key
            except Refused as refused:
                raise ValueError(f"{path} {row}: {refused.message}") from None
            if dynamic:
                self.tables[path][one] = {**self.tables[path][one], "dynamic": True}

    def copy(self):
        """An independent copy. Rows are shared: they are never changed in place."""
        other = object.__new__(Router)
        other.__dict__.update(self.__dict__)
        other.tables = {path: dict(table) for path, table in self.tables.items()}
        for name in ("singles", "ids", "timers", "globals", "backups", "device_mode"):
            setattr(other, name, dict(getattr(self, name)))
        for name in ("events", "texts", "log", "writes"):
            setattr(other, name, list(getattr(self, name)))
        return other

    # ---- running ----

    def import_(self, script, stop_at_line=None, stop_at_write=None):
        """Runs a script (Script or text) as /import does and gives a Result."""
        script = Script(script) if isinstance(script, str) else script
        result, start = Result(), len(self.writes)
        run = Run(self, None, stop_at_line)
        self.write_limit = None if stop_at_write is None else start + stop_at_write - 1
        self.running += 1
        try:
            run.start(script)
        except SyntaxRefused as error:
            result.error, result.message, result.line, result.syntax = f"Script Error: {error}", error.message, error.line, True
        except ScriptError as error:
            result.error, result.message, result.line = str(error), error.message, error.line
        except Stopped:
            result.stopped = True
        except Rebooted:
            result.rebooted = True
        finally:
            self.running -= 1
            self.write_limit = None
        result.writes = self.writes[start:]
        return result

    def command(self, text):
        """Runs one line and gives its value. Raises ScriptError."""
        self.running += 1
        try:
            return Run(self).start(Script(text))
        except Rebooted:
            return None
        finally:
            self.running -= 1

    def record(self, line, path, command, one, values):
        """Called right before each write."""
        if self.write_limit is not None and len(self.writes) >= self.write_limit:
            raise Stopped()
        self.writes.append(Write(line, path, command, one, values))

    # ---- tables: used by menus.py ----

    def menu(self, path):
        found = known.MENUS.get(path)
        return found if found is not None else console.menu_of(path, self.schema)

    def defaults(self, path):
        menu = self.menu(path)
        return {name: menu.kind_of(name)(text, self, name) for name, text in menu.defaults.items()}

    def table(self, path):
        if path == "/interface":
            return {one: {**row, "type": known.MENUS[kind].interface, "mac-address": dynamics.mac_of(row),
                          "running": not row.get("disabled")}
                    for kind in known.INTERFACES for one, row in self.tables[kind].items()}
        if path == "/log":
            return {f"*{number:X}": {".id": f"*{number:X}", "topics": tuple(topics.split(",")), "message": text}
                    for number, (topics, text) in enumerate(self.log, 1)}
        return self.tables.setdefault(path, {})

    def next_id(self, path):
        group = "/interface" if path in known.INTERFACES else path
        self.ids[group] = self.ids.get(group, 0) + 1
        return f"*{self.ids[group]:X}"

    def has_interface(self, name):
        return any(row["name"] == name for path in known.INTERFACES for row in self.tables[path].values())

    def insert(self, path, row, before=None):
        if "disabled" not in row and path not in known.HAS_NO_DISABLED:
            row["disabled"] = False
        if path.endswith("firewall/address-list"):
            row["dynamic"] = bool(row.get("dynamic") or "timeout" in row)
            if "timeout" in row:
                self.plan(row["timeout"].key, "timeout", path, row[".id"])
        row.setdefault("dynamic", False)
        table = self.table(path)
        if before is None:
            table[row[".id"]] = row
        else:
            self.tables[path] = {}
            for one, other in table.items():
                if one == before:
                    self.tables[path][row[".id"]] = row
                self.tables[path][one] = other
        self.changed(path, row, None, set(row))

    def replace(self, path, row, old, changed):
        if "from-pool" in row and "address" in changed and path == "/ipv6/address":
            row["_declared"] = row["address"]
        if "from-pool" not in row:
            row.pop("_declared", None)
        row.pop("invalid", None)
        if self.dangling(path, row):
            row["invalid"] = True
        self.tables[path][row[".id"]] = row
        if row.get("name") != old.get("name"):
            self.rename(path, old["name"], row["name"])
        self.changed(path, row, old, {name for name in changed if row.get(name) != old.get(name)})

    def dangling(self, path, row):
        menu = self.menu(path)
        return any(shown(value).startswith("*") for name, value in row.items()
                   if menu.kind_of(name) in known.REFER_TO_INTERFACE + known.REFER_TO_LIST)

    def delete(self, path, one):
        row = self.tables[path].pop(one)
        if path in known.INTERFACES or path == "/interface/list":
            self.rename(path, row["name"], one, gone=True)
        if path == "/ipv6/dhcp-client" or path == "/ipv6/pool":
            dynamics.refresh(self, "/ipv6/dhcp-client")
            dynamics.place_all(self)
        self.changed(path, row, row, set())

    def move(self, path, one, before):
        table = self.tables[path]
        if one == before:
            return
        row = table.pop(one)
        if before is None:
            table[one] = row
            return
        self.tables[path] = {}
        for other, value in table.items():
            if other == before:
                self.tables[path][one] = row
            self.tables[path][other] = value

    def changed(self, path, row, old, names):
        """What follows from a change of a row (old is row: it was removed)."""
        if path == "/ipv6/address" and "from-pool" in row and row[".id"] in self.tables[path]:
            self.tables[path][row[".id"]] = dynamics.place(self, row)
        if path == "/system/scheduler" and row[".id"] in self.tables[path] and (old is None or names & {"interval", "disabled"}):
            self.changed_scheduler(row)
        if path == "/ipv6/dhcp-client" and row[".id"] in self.tables[path]:
            self.changed_client(row, names if old is not None else known.MENUS[path].required)
        if path.endswith("firewall/filter") and "fasttrack-connection" in (row.get("action"), old and old.get("action")):
            dynamics.fasttrack(self, path.split("/")[1])
        dynamics.refresh(self, path)

    def rename(self, path, old, new, gone=False):
        """References follow a new name. When the thing is gone they show its id, and the row is invalid."""
        if path in known.INTERFACES:
            refer = known.REFER_TO_INTERFACE
        elif path == "/interface/list":
            refer = known.REFER_TO_LIST
        else:
            return
        for other, table in self.tables.items():
            menu = self.menu(other)
            for one, row in list(table.items()):
                changes = {}
                for name, value in row.items():
                    if menu.kind_of(name) in refer and not name.startswith((".", "_")):
                        if isinstance(value, tuple) and old in value:
                            changes[name] = tuple(new if part == old else part for part in value)
                        elif value in (old, "!" + old) and not (gone and name == "gateway"):
                            changes[name] = value.replace(old, new)
                if changes:
                    table[one] = {**row, **changes, **({"invalid": True} if gone else {})}
        if gone:
            for family in ("/ip/address", "/ipv6/address"):
                dynamics.refresh(self, family)
        if path in known.INTERFACES:
            dynamics.refresh(self, "/interface/bridge")

    def put_single(self, path, values):
        row = {**self.singles.get(path, {}), **values}
        self.singles[path] = {name: value for name, value in row.items() if value is not None}

    # ---- looking ----

    @property
    def files(self):
        """The files as {name: text}; assign items with put_file() or files_set."""
        return Files(self)

    def put_file(self, name, text):
        table = self.tables["/file"]
        old = next((row for row in table.values() if row["name"] == name), None)
        one = old[".id"] if old else self.next_id("/file")
        table[one] = {".id": one, "name": name, "contents": text, "dynamic": False}

    def rows(self, menu, **equal):
        """The rows of a menu as {property: text}."""
        if self.menu(menu).kind == "single":
            found = [self.singles.get(menu, {})]
        else:
            found = list(self.table(menu).values())
        wanted = {name.replace("_", "-"): given(value) if type(value) is not bool else str(value).lower()
                  for name, value in equal.items()}
        result = []
        for row in found:
            reader = menus.Reader(self, menu, row)
            names = [name for name in row if not name.startswith("_")] + [name for name in self.menu(menu).reads if name not in row]
            texts = {name: reader.text(name) for name in names}
            if all(texts.get(name, "") == text for name, text in wanted.items()):
                result.append(texts)
        return result

    def row(self, menu, **equal):
        found = self.rows(menu, **equal)
        assert len(found) == 1, f"{menu} {equal}: {len(found)} rows"
        return found[0]

    def public_key(self, name):
        return self.row("/interface/wireguard", name=name)["public-key"]

    def dump(self, dynamic=False):
        """Everything configured, without ids, in table order."""
        result = {}
        for path in sorted(set(self.tables) | set(self.singles)):
            menu = self.menu(path)
            if menu.hidden:
                continue
            if menu.kind == "single":
                result[path] = {name: shown(value) for name, value in sorted(self.singles[path].items())}
                continue
            rows = [self.plain(menu, row, dynamic) for row in self.tables[path].values()
                    if (dynamic or not row.get("dynamic")) and not row.get("builtin")]
            if rows:
                result[path] = rows
        return result

    @staticmethod
    def plain(menu, row, dynamic):
        skip = menu.reads + (".id", "dynamic", "_source", "_key", "_status", "_prefix", "_serial") + (("_declared",) if dynamic else ())
        texts = {name: shown(value) for name, value in sorted(row.items()) if name not in skip}
        if dynamic:
            texts["dynamic"] = shown(row.get("dynamic", False))
        elif "_declared" in texts:
            texts["address"] = texts.pop("_declared")
            texts.pop("invalid", None)
        return texts

    def stamps(self, dynamic=False):
        return json.dumps(self.dump(dynamic), indent=1, sort_keys=True)


class Files(collections.abc.MutableMapping):
    """The contents of /file."""
    def __init__(self, router):
        self.router = router

    def __getitem__(self, name):
        for row in self.router.tables["/file"].values():
            if row["name"] == name:
                return row.get("contents", "")
        raise KeyError(name)

    def __setitem__(self, name, text):
        self.router.put_file(name, text)

    def __delitem__(self, name):
        table = self.router.tables["/file"]
        del table[next(one for one, row in table.items() if row["name"] == name)]

    def __iter__(self):
        return iter([row["name"] for row in self.router.tables["/file"].values()])

    def __len__(self):
        return len(self.router.tables["/file"])


__all__ = ["KEEP", "NotModelled", "Result", "Router", "Script", "ScriptError", "Write"]
