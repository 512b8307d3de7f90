"""The router of the house: the RouterOS stand-in decides what is configured, and a Linux machine is made to treat packets so.

    home = HomeRouter(machine, "ether1", state="defconf", release=plan["router"]["version"])
    home.sync()                              # once the cables are laid; House calls it again after each cabling
    home.import_(f"{tree}/router/hlgen.rsc")
    home.confirm(f"{tree}/router/confirm.rsc")

Every change of the stand-in goes through act(): what it spends in :delay is slept for real, then the difference is loaded. One lock guards the stand-in.
The DHCPv6 client is a real one; a thread reads what it reports and binds or loses the prefix in the stand-in, where the script's own hook then runs. While a
script runs, its reports wait. What goes wrong in that thread is raised by the next call."""
import os
import threading
import time

import translate
from events import BOOT_SECONDS
from machine import Failed
from router import Router
from translate_announce import announced
from translate_load import Loader

EVENTS, HOOK, LEASES, RADVD = "/run/lab-dhclient.events", "/run/lab-dhclient.hook", "/run/lab-dhclient.leases", "/run/lab-radvd.conf"
# One line for each report: reason, prefix that is there now, its lifetime, prefix that was there.
HOOK_TEXT = f"""#!/bin/sh
# What dhclient does with what it got: it tells.
echo "$reason|$new_ip6_prefix|$new_max_life|$old_ip6_prefix$cur_ip6_prefix" >> {EVENTS}
"""
GIVES, TAKES = ("BOUND6", "RENEW6", "REBIND6"), ("EXPIRE6", "RELEASE6", "STOP6")


class HomeRouter(Loader):
    def __init__(self, machine, wan, state="defconf", release=None, hurry=60, address="100.64.0.2/24", gateway="100.64.0.1", gateway6="fe80::1", **options):
        """`wan` is the interface to the provider, who hands out the address and has the gateways. `hurry`: router advertisements come so many times more
        often. `options` go to Router.load (device_mode, pinning)."""
        self.machine, self.wan, self.hurry = machine, translate.Wan(wan, address, gateway, gateway6), hurry
        self.state = Router.load(state, release=release, **{"provider": None, **options})
        self.linux = None
        self.timings = []           # (what, seconds)
        self.prefixes = []          # those that the provider has given, the newest last
        self.lock, self.ended, self.trouble, self.watcher = threading.RLock(), threading.Event(), None, None
        self.boot, self.daemons = 0, {}
        super().__init__()
        self.told, self.former = set(), set()
        self.booting = False        # during the first sync after a restart
        self.events = 0             # how much of EVENTS was read

    # ---- what a person does

    def act(self, what, function, *, quick=False):
        """Runs a function on the stand-in and makes the machine follow. quick: virtual time costs none."""
        with self.lock:
            if self.trouble:
                trouble, self.trouble = self.trouble, None
                raise trouble
            begin, now, reboots = time.monotonic(), self.state.now, self.state.reboots
            result = function()
            spent = self.state.now - now - (self.state.reboots - reboots) * BOOT_SECONDS
            if spent > 0 and not quick:
                time.sleep(spent)
            self.timings.append((what, time.monotonic() - begin))
            self.sync()
            return result

    def import_(self, script, expect_error=False):
        """Imports a script (a path or its text) and gives the stand-in's Result. An error is raised, or its absence when one is expected."""
        name = "import"
        if "\n" not in script:
            name = f"import {os.path.basename(script)}"
            with open(script, encoding="utf-8") as file:
                script = file.read()
        result = self.act(name, lambda: self.state.import_(script))
        if (result.error is not None) != expect_error:
            raise Failed(f"{name}: {result.error or 'no error, where one was expected'}")
        return result

    def confirm(self, script):
        return self.import_(script)

    def command(self, text):
        """One line at the console."""
        return self.act(text, lambda: self.state.command(text))

    def pass_time(self, seconds):
        """Lets virtual time pass (schedulers, the way back), in no time. True: the router has restarted itself meanwhile."""
        reboots = self.state.reboots
        self.act(f"{seconds} s pass", lambda: self.state.wait(seconds), quick=True)
        return self.state.reboots != reboots

    def rebooted(self):
        """Call it after machine.off(), machine.on() and cabling: the stand-in restarts too, and the machine becomes what it has in flash."""
        with self.lock:
            self.state.reboot()
            self.sync()

    def reboot(self, rewire=lambda: None):
        """Loss of power. `rewire` lays the cables again."""
        with self.lock:
            self.machine.off()
            self.machine.on()
            rewire()
            self.rebooted()

    def close(self):
        self.ended.set()
        if self.watcher:
            self.watcher.join(5)

    # ---- the provider's prefix

    @property
    def prefix(self):
        """The prefix that the router holds, or None. It waits for a change that is under way."""
        with self.lock:
            return self.prefixes[-1] if self.prefixes else None

    def bound(self, prefix):
        self.prefixes = [one for one in self.prefixes if one != prefix] + [prefix]
        self.act(f"bound {prefix}", lambda: self.state.bind(prefix))

    def lost(self, prefix):
        """This prefix is gone. If the provider gave another one since, or one before that still holds, that one counts."""
        current = self.prefix
        self.prefixes = [one for one in self.prefixes if one != prefix]
        if not self.prefixes:
            # Silently, says the manual: hosts are not told.
            self.told = set()
            self.act("lost", self.state.lose)
        elif prefix == current:
            self.bound(self.prefixes[-1])

    def poll(self):
        """Reads what dhclient has reported and acts. The thread does this ten times a second; everybody else may."""
        with self.lock:
            if not self.machine.is_on or self.machine.pid != self.boot or not self.machine.exists(EVENTS):
                return
            text = self.machine.read(EVENTS)[self.events:]
            text = text[:text.rfind("\n") + 1]
            self.events += len(text)
            for line in text.splitlines():
                self.report(*line.split("|"))

    def report(self, reason, prefix, life, old):
        self.timings.append((f"dhclient {reason} {prefix or old}", 0))
        if reason in GIVES and prefix and life != "0":
            # A renewal changes nothing.
            if prefix not in self.prefixes:
                self.bound(prefix)
        elif reason in TAKES + GIVES:
            gone = prefix if reason in GIVES else old
            if gone in self.prefixes:
                self.lost(gone)

    def watch(self):
        while not self.ended.wait(0.1):
            try:
                self.poll()
            except Exception as trouble:   # whatever it is: the next caller gets it
                # The machine may lose its power at any moment.
                if self.machine.is_on:
                    self.trouble = trouble

    # ---- the machine

    def sync(self):
        """Makes the machine what the stand-in says; only differences are loaded. Compares with the kernel, so cables may come and go."""
        with self.lock:
            begin = time.monotonic()
            if self.machine.pid != self.boot:
                self.booting = bool(self.boot)
                self.boot, self.loaded, self.daemons, self.settings, self.events = self.machine.pid, {}, {}, {}, 0
                self.told, self.former, self.prefixes = set(), set(), []
            linux = translate.translate(self.state, self.wan, self.hurry)
            now = announced(self.state, linux)
            self.former = (self.former | self.told) - now
            self.told = now
            if self.former:
                linux = translate.translate(self.state, self.wan, self.hurry, self.former)
            self.linux = linux
            # The firewall first: nothing is reachable before its rules are there.
            self.load("nft", linux.nft, lambda text: self.machine.run("nft", "-f", "-", text=text))
            for setting in linux.sysctls:
                self.setting(setting)
            self.devices()
            self.kernel()
            for link in linux.links:
                if link.linux in linux.wireguard:
                    self.tunnel(link.linux, linux.wireguard[link.linux])
            self.services()
            self.booting = False
            self.timings.append(("sync", time.monotonic() - begin))

    # ---- daemons

    def services(self):
        def advertise(text):
            self.machine.write(RADVD, text)
            if not text:
                self.stop("radvd")
            elif "radvd" in self.daemons and self.daemons["radvd"].poll() is None:
                self.daemons["radvd"].send_signal(1)
            else:
                self.daemons["radvd"] = self.machine.start("radvd", "-n", "-C", RADVD, "-p", "/run/lab-radvd.pid", "-m", "stderr")
        self.load("radvd", self.linux.radvd, advertise)

        def ask(delegation):
            self.stop("dhclient")
            if delegation:
                self.machine.write(HOOK, HOOK_TEXT, mode=0o755)
                self.machine.write(EVENTS, "")
                self.events = 0
                # It asks anew, as the same customer: no old lease, and an identity that depends on the interface alone.
                self.machine.run("rm", "-f", LEASES)
                words = ["dhclient", "-6", "-d", "-D", "LL", "-P", *(["-N"] if delegation.address else []),
                         *(["--prefix-len-hint", str(delegation.hint)] if delegation.hint else []), "-sf", HOOK, "-cf", "/dev/null",
                         "-lf", LEASES, "-pf", "/run/lab-dhclient.pid", delegation.linux]
                self.daemons["dhclient"] = self.machine.start(*words)
                if self.watcher is None:
                    self.watcher = threading.Thread(target=self.watch, daemon=True)
                    self.watcher.start()
        delegation = self.linux.delegation
        cable = delegation and self.settings.get(f"index {delegation.linux}")
        # Another cable is another start.
        self.load("dhclient", (delegation, cable) if cable else (None, None), lambda pair: ask(pair[0]))

        for host in {ping.host for ping in self.linux.pings} | {name[5:] for name in self.daemons if name.startswith("ping ")}:
            self.load(f"ping {host}", next((ping for ping in self.linux.pings if ping.host == host), None), lambda ping, host=host: self.watch_host(host, ping))

    def watch_host(self, host, ping):
        self.stop(f"ping {host}")
        if ping:
            # A start of the router delays it; a new row does not.
            delay = ping.startup if self.booting else 0
            self.daemons[f"ping {host}"] = self.machine.start(
                "sh", "-c", f"sleep {delay}; while :; do ping -n -q -c 1 -W {ping.timeout} {host}; sleep {ping.interval}; done")

    def stop(self, name):
        self.loaded.pop(name, None)
        daemon = self.daemons.pop(name, None)
        if daemon:
            daemon.end(9)
        if name == "dhclient":
            self.prefixes = []
