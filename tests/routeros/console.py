"""From a command to what does it: the commands on tables (menus.py) and those that are none."""
import menus
from errors import NotModelled, Refused, SyntaxRefused
from tables import INTERFACE_READS, INTERFACES, MENUS, Menu
from values import NOTHING, Empty, spell

LEVELS = ("debug", "info", "warning", "error")


def menu_of(path, schema):
    """The Menu of a path, made from the schema when it is not modelled."""
    found = MENUS.get(path)
    if found is None:
        if path == "/interface":
            return Menu(reads=INTERFACE_READS)
        commands = schema.menus.get(path)
        if commands is None:
            raise NotModelled(f"menu {path}")
        found = Menu("table" if "find" in commands else "single", plain=True)
    return found


def properties(schema, path):
    if path == "/log":
        return {".id", "message", "topics", "time", "buffer"}
    return menus.properties(schema, path, menu_of(path, schema))


def handler(path, name):
    special = SPECIAL.get((path, name))
    if special:
        return special
    if path == "/log" and name in LEVELS:
        return lambda run, where, named, positional, test: log(run, name, named, positional)
    if path == "/interface" and name in ("set", "enable", "disable"):
        return lambda run, where, named, positional, test: on_interfaces(run, name, named, positional)
    if name in menus.COMMANDS:
        return menus.COMMANDS[name]
    raise NotModelled(f"{path}/{name}")


def log(run, level, named, positional):
    message = spell(named["message"] if "message" in named else positional[0])
    run.router.log.append((f"script,{level}", message))
    return NOTHING


def on_interfaces(run, name, named, positional):
    """/interface shows the interfaces of all kinds: a change goes to the menu of the kind."""
    router = run.router
    ids = menus.chosen(router, "/interface", named, positional)
    rest = {key: value for key, value in named.items() if key != "numbers"}
    for one in ids:
        path = next(path for path in INTERFACES if one in router.tables[path])
        menus.COMMANDS[name](run, path, rest, [one], None)
    return NOTHING


def run_import(run, path, named, positional, where):
    router = run.router
    name = spell(named.get("file-name", positional[0] if positional else NOTHING))
    text = router.files.get(name)
    if text is None:
        raise Refused("Cannot open import file, file does not exist")
    script = router.script_of(text)
    if "dry-run" in named or "dry-run" in [spell(value) for value in positional]:
        script.compile(router)
        return NOTHING
    try:
        run.child().start(script)
    except SyntaxRefused as error:
        raise Refused(f"Script Error: {error}") from None
    return NOTHING


def run_script(run, path, named, positional, where):
    router = run.router
    for one in menus.chosen(router, path, {"numbers": named["number"]} if "number" in named else named, positional):
        row = router.tables[path][one]
        try:
            router.permit(row, run.policy)
        except Refused as refused:
            router.log.append(("script,error", f"{row['name']}: {refused.message}"))
            raise
        child = run.child()
        if run.policy is not None:
            child.policy = frozenset(row["policy"])
        try:
            child.start(router.script_of(row.get("source", "")))
        except SyntaxRefused as error:
            raise Refused(str(error)) from None
    return NOTHING


def save_backup(run, path, named, positional, where):
    router = run.router
    name = spell(named.get("name", "backup"))
    name = name.removesuffix(".backup")
    password = "" if isinstance(named.get("password", NOTHING), Empty) else spell(named["password"])
    router.record(run.line, path, "save", None, {"name": name})
    router.save_backup(name, password)
    router.put_file(f"{name}.backup", "")
    return NOTHING


def load_backup(run, path, named, positional, where):
    router = run.router
    name = spell(named.get("name", "")).removesuffix(".backup")
    if f"{name}.backup" not in router.files or name not in router.backups:
        raise Refused("failure: no such file")
    password = "" if isinstance(named.get("password", NOTHING), Empty) else spell(named["password"])
    router.load_backup(name, password)


def renew(run, path, named, positional, where):
    router = run.router
    for one in menus.chosen(router, path, named, positional):
        prefix = router.tables[path][one].get("_prefix")
        if prefix:
            router.deliver(one, prefix, 0, False, 1)
    return NOTHING


def release(run, path, named, positional, where):
    router = run.router
    for one in menus.chosen(router, path, named, positional):
        router.changed_client(router.tables[path][one], ("disabled",))
    return NOTHING


SPECIAL = {("", "/import"): run_import, ("/system/script", "run"): run_script, ("/system/backup", "save"): save_backup,
           ("/system/backup", "load"): load_backup, ("/ipv6/dhcp-client", "renew"): renew, ("/ipv6/dhcp-client", "release"): release}
