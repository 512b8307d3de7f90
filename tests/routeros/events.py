"""Time: schedulers, the DHCPv6 client's prefix, netwatch, restarts. A mixin of router.Router.

router.events is a list of (when, number, kind, data) in order; kinds are the methods fire_KIND."""
import bisect
import ipaddress

import dynamics
from errors import Rebooted, Refused, ScriptError, SyntaxRefused
from kinds import shown
from language import Run, Script
from values import Array, Prefix6

# What a hook or netwatch may do, and so the scripts that they call.
SMALL_POLICY = frozenset(("read", "write", "test", "reboot"))
RESTART = ("interface", "request", "pool-name", "pool-prefix-length", "prefix-hint", "rapid-commit", "use-interface-duid", "disabled")
BOOT_SECONDS = 15


class Events:
    def plan(self, seconds, kind, *data):
        self.counter += 1
        bisect.insort(self.events, (self.now + seconds, self.counter, kind, data))

    def wait(self, seconds):
        """Lets time pass. Inside a script this is its :delay, and a restart ends that script."""
        end = self.now + seconds
        try:
            while self.events and self.events[0][0] <= end:
                when, _, kind, data = self.events.pop(0)
                self.now = max(self.now, when)
                getattr(self, "fire_" + kind)(*data)
        except Rebooted:
            if self.running:
                raise
            return
        self.now = max(self.now, end)

    def script_of(self, text):
        """The parsed script of a text that may come again."""
        if text not in self.script_cache:
            self.script_cache[text] = Script(text)
        return self.script_cache[text]

    def run_event(self, source, what, policy=None, depth=0, names=None):
        """Runs a script that nobody waits for: an error goes to the log."""
        run = Run(self, policy, None, depth)
        self.running += 1
        try:
            run.start(self.script_of(source), names)
        except SyntaxRefused as error:
            self.log.append(("script,error", f"{what}: {error}"))
        except ScriptError as error:
            self.log.append(("script,error", f"{what}: {error}"))
        finally:
            self.running -= 1

    def run_source(self, source, what, policy, names=None):
        """The text of an event: the name of a script, or a script itself."""
        named = next((row for row in self.tables["/system/script"].values() if row["name"] == source.strip()), None)
        if named is None:
            self.run_event(source, what, policy, 0, names)
            return
        try:
            self.permit(named, policy)
        except Refused as refused:
            self.log.append(("script,error", f"{what}: {refused.message}"))
            return
        self.run_event(named.get("source", ""), f"{what}: {named['name']}", frozenset(named["policy"]), 0, names)

    @staticmethod
    def permit(script, policy):
        """A caller may only run scripts that may do no more than itself."""
        if policy is not None and not script["dont-require-permissions"] and not set(script["policy"]) <= policy:
            raise Refused("not enough permissions")

    # ---- schedulers ----

    def changed_scheduler(self, row):
        self.timers.pop(row[".id"], None)
        interval = row["interval"].key
        if interval and not row.get("disabled"):
            self.timers[row[".id"]] = self.now + interval
            self.plan(interval, "scheduler", row[".id"], self.now + interval)

    def fire_scheduler(self, one, when):
        row = self.tables["/system/scheduler"].get(one)
        if row is None or self.timers.get(one) != when:
            return
        self.changed_scheduler(row)
        if self.device_mode.get("scheduler", True):
            self.run_source(row.get("on-event", ""), f"scheduler {row['name']}", frozenset(row["policy"]))

    # ---- netwatch ----

    def set_reachable(self, host, up):
        """Turns a watched host up or down and runs its script. False: nothing watches it."""
        watched = [row for row in self.tables["/tool/netwatch"].values() if row["host"] == host and not row.get("disabled")]
        for row in watched:
            status = "up" if up else "down"
            if row.get("_status") != status:
                self.tables["/tool/netwatch"][row[".id"]] = {**row, "_status": status}
                self.run_source(row.get(status + "-script", ""), f"netwatch {host}", SMALL_POLICY)
        return bool(watched)

    # ---- delegation ----

    def client_of(self, client):
        rows = [row for row in self.tables["/ipv6/dhcp-client"].values()
                if "prefix" in row["request"] and not row.get("disabled") and client in (None, row.get("pool-name"))]
        assert rows, "no enabled DHCPv6 client asks for a prefix"
        return rows[0][".id"]

    def bind(self, prefix, early=0, twice=False, settle=1, client=None, wait=True):
        """The client gets this prefix: the pool, its script, the addresses. See README.md, "Delegation"."""
        self.deliver(self.client_of(client), str(ipaddress.IPv6Network(prefix)), early, twice, settle)
        if wait:
            self.wait(early + settle)

    def lose(self, early=0, twice=False, settle=1, client=None, wait=True):
        """The client loses its prefix."""
        self.deliver(self.client_of(client), None, early, twice, settle)
        if wait:
            self.wait(early + settle)

    def deliver(self, one, prefix, early, twice, settle):
        lost = self.tables["/ipv6/dhcp-client"][one].get("_prefix")
        if not early:
            self.plan(0, "pool", one, prefix)
        for _ in range(2 if twice else 1):
            self.plan(0, "hook", one, prefix or lost, prefix is not None)
        if early:
            self.plan(early, "pool", one, prefix)
        self.plan(early + settle, "settle")

    def fire_provide(self, one, prefix, serial):
        row = self.tables["/ipv6/dhcp-client"].get(one)
        if row and row.get("_serial") == serial and not row.get("disabled"):
            self.deliver(one, prefix, 0, False, 1)

    def fire_pool(self, one, prefix):
        row = self.tables["/ipv6/dhcp-client"].get(one)
        if row is None or (row.get("disabled") and prefix):
            return
        row = {name: value for name, value in row.items() if name not in ("_prefix", "prefix", "status")}
        if prefix:
            row.update({"_prefix": prefix, "prefix": f"{prefix}, 23h59m"})
        self.tables["/ipv6/dhcp-client"][one] = row
        self.log.append(("dhcp,info", f"prefix {prefix or 'lost'}"))
        dynamics.refresh(self, "/ipv6/dhcp-client")

    def fire_settle(self):
        dynamics.place_all(self)

    def fire_hook(self, one, prefix, valid):
        row = self.tables["/ipv6/dhcp-client"].get(one)
        if row is None or "script" not in row:
            return
        number, length = prefix.split("/") if prefix else ("::", 0)
        names = {"pd-valid": int(valid), "pd-prefix": Prefix6((int(ipaddress.IPv6Address(number)), int(length))), "na-valid": "",
                 "na-address": "", "options": Array()}
        self.run_source(row["script"], "dhcp-client/script", SMALL_POLICY, names)

    def changed_client(self, row, changed):
        """A client that was added or set: it starts (again) unless only its script or comment changed."""
        if not set(changed) & set(RESTART):
            return
        one = row[".id"]
        self.counter += 1
        clean = {name: value for name, value in row.items() if name not in ("_prefix", "prefix")}
        self.tables["/ipv6/dhcp-client"][one] = {**clean, "_serial": self.counter}
        if row.get("_prefix"):
            dynamics.refresh(self, "/ipv6/dhcp-client")
            dynamics.place_all(self)
        if self.provider and self.provider.get("after") is not None and "prefix" in row["request"] and not row.get("disabled"):
            self.plan(self.provider["after"], "provide", one, str(ipaddress.IPv6Network(self.provider["prefix"])), self.counter)

    def fire_timeout(self, path, one):
        row = self.tables[path].get(one)
        if row is not None and row.get("dynamic"):
            del self.tables[path][one]

    # ---- restarts and backups ----

    def save_backup(self, name, password):
        self.backups[name] = (password, {path: dict(table) for path, table in self.tables.items()}, dict(self.singles))

    def load_backup(self, name, password):
        """Restores all but the files, and restarts."""
        wanted, tables, singles = self.backups[name]
        if wanted != password:
            raise Refused("failure: wrong password")
        files = self.tables["/file"]
        self.tables = {path: dict(table) for path, table in tables.items()}
        self.tables["/file"] = files
        self.singles = dict(singles)
        self.reboot()
        raise Rebooted()

    def reboot(self):
        """The router restarts: what is not configuration is gone, schedulers begin anew, a prefix has to come again."""
        self.events, self.timers, self.globals = [], {}, {}
        self.now += BOOT_SECONDS
        self.reboots += 1
        self.log.append(("system,info", "router rebooted"))
        for path in ("/ip/firewall/address-list", "/ipv6/firewall/address-list"):
            self.tables[path] = {one: row for one, row in self.tables[path].items() if not row.get("dynamic")}
        for row in list(self.tables["/system/scheduler"].values()):
            self.changed_scheduler(row)
            if shown(row.get("start-time")) == "startup" and not row.get("disabled"):
                self.plan(0, "startup", row[".id"])
        for row in list(self.tables["/ipv6/dhcp-client"].values()):
            self.changed_client(row, RESTART)
        dynamics.refresh(self, "/ipv6/dhcp-client")
        dynamics.place_all(self)

    def fire_startup(self, one):
        row = self.tables["/system/scheduler"].get(one)
        if row is not None:
            self.run_source(row.get("on-event", ""), f"scheduler {row['name']}", frozenset(row["policy"]))
