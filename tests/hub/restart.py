#!/usr/bin/python3
"""Restarts of the hub with its router behind CGNAT: restart.py FOLDER, in a private machine (see reload.sh)."""
import os
import stat
import subprocess
import sys
import time

import tunnels
from reload import address, test
from traffic import serve
from tunnels import build, install, read, run, seconds_until_echo, site, systemctl

LAN = "10.30.0.5"
SAVED = "/var/lib/hlgen/endpoints.wg0"
TOOL = "/usr/local/sbin/hlgen-wg-endpoints"
GOOD, BAD = 2.0, 10.0


def answers(limit=BAD):
    return seconds_until_echo(None, LAN, limit)


def endpoints():
    return dict(line.split("\t") for line in run("wg", "show", "wg0", "endpoints").splitlines())


def keepalives():
    return {line.split("\t")[1] for line in run("wg", "show", "wg0", "persistent-keepalive").splitlines()}


def restart_tests(keys):
    test("before a restart the LAN answers", answers() is None and f"nothing within {BAD:.0f} s")
    router = read(f"{keys}/router.pub").strip()
    before = endpoints()[router]
    begin = time.monotonic()
    systemctl("restart", "wg-quick@wg0")
    took = answers()
    whole = time.monotonic() - begin
    test("after a restart the LAN answers in less than 2 s", took is None and f"nothing within {BAD:.0f} s",
         took is not None and took > GOOD and f"{took:.2f} s after the command")
    print(f"# restart: {whole:.2f} s in all, mostly of this machine's processes")
    test("the router has the endpoint that it had", endpoints()[router] != before and f"{endpoints()[router]}, not {before}")
    test("keepalives are off again", keepalives() != {"off"} and f"they are {keepalives()}")

    systemctl("stop", "wg-quick@wg0")
    mode = stat.S_IMODE(os.stat(SAVED).st_mode)
    folder = stat.S_IMODE(os.stat(os.path.dirname(SAVED)).st_mode)
    saved = read(SAVED)
    secrets = [read(os.path.join(path, name)).strip() for path, _, names in os.walk(keys) for name in names if name.endswith((".key", ".psk"))]
    test("the saved file is the owner's own and holds no secret", mode != 0o600 and f"its mode is {mode:o}",
         folder != 0o700 and f"its folder's mode is {folder:o}", len(secrets) < 3 and "found no keys to compare with",
         any(secret in saved for secret in secrets) and "a key is in it", router not in saved and "the router is not in it")

    os.unlink(SAVED)
    systemctl("start", "wg-quick@wg0")
    took = answers()
    test("without the saved file it takes more than 10 s", took is not None and f"it answered after {took:.2f} s")
    with open(SAVED, "w", encoding="utf-8") as file:
        file.write(saved)
    # wireguard-go (not the kernel) counts an attempt without an endpoint as one, and makes the next 5 s later at the earliest.
    time.sleep(5.5)
    run(TOOL, "restore", "wg0")
    took = answers()
    test("and only the endpoints were missing", (took is None or took > GOOD) and f"with them: {took} s")


def reboot_test():
    """The interface and every process are gone without a stop: what the last reload saved is there."""
    os.unlink(SAVED)
    systemctl("reload", "wg-quick@wg0")
    run("ip", "link", "del", "wg0")
    time.sleep(0.3)
    # What the state of the stand-in is on a machine that has just booted.
    run("rm", "-f", "/run/systemctl-stand-in/wg-quick@wg0.service.json")
    systemctl("start", "wg-quick@wg0")
    took = answers()
    test("after a loss of power the endpoints of the last reload count", (took is None or took > GOOD) and f"it took {took} s")


STRANGER = "e+sFuEZgwv5ZnSQPGXSZRkSUGk5b2D0+QTHKVvXcnCQ="


def file_tests(keys):
    """Files that are not what they should be: no error, no new peer, and what is right in them still counts."""
    router = read(f"{keys}/router.pub").strip()
    saved = read(SAVED)
    line = next(each for each in saved.splitlines() if each.startswith(router))
    cases = {
        "no file": None,
        "a peer that is gone": f"{STRANGER}\t192.0.2.77:7\n{line}\n",
        "no newline at the end": line,
        "garbage": "\x00\x01\xff\n\n\t\n" + "x" * 5000 + f"\n{router}\n{line} more\n{router}\tnosuch.invalid:1\n{router}\t999.1.1.1:1\n"
                   f"{router}\t192.0.2.1:99999\n{router}\t$(touch {SAVED}.run)\n-h\t--help\n",
        "an endpoint of IPv6": f"{router}\t[2001:db8::1]:51820\n",
        "an empty file": "",
    }
    usual = None
    for name, text in cases.items():
        systemctl("stop", "wg-quick@wg0")
        if text is None:
            os.unlink(SAVED)
        else:
            with open(SAVED, "w", encoding="latin-1") as file:
                file.write(text)
        begin = time.monotonic()
        systemctl("start", "wg-quick@wg0")
        said = run("tail", "-n", "40", "/run/systemctl-stand-in/journal").rpartition("restore wg0\n")[2]
        took = time.monotonic() - begin
        # The first is the one without a file: what a start takes on this machine.
        usual = usual or took
        now = endpoints()
        expected = {"a peer that is gone": line.split("\t")[1], "no newline at the end": line.split("\t")[1],
                    "an endpoint of IPv6": "[2001:db8::1]:51820"}.get(name, "(none)")
        test(f"restore with {name}", said and f"it said: {said}", STRANGER in now and "it made a peer",
             now[router] != expected and f"the router's endpoint is {now[router]}, not {expected}",
             took > 2 * usual + 2 and f"the start took {took:.1f} s, usually {usual:.1f} s", os.path.exists(SAVED + ".run") and "it ran what the file said",
             keepalives() != {"off"} and f"keepalives are {keepalives()}")


def closed_test(folder):
    """Without the firewall there is no tunnel; and what verify.sh says of it, and of forwarding that was turned off."""
    def verify():
        done = subprocess.run([f"{folder}/out/vps/verify.sh"], capture_output=True, text=True, check=False)
        return "\n".join(line for line in done.stdout.splitlines() if line.startswith("!!") or line.startswith("   routes"))

    def lacks(said, *texts):
        return [f"'{text}' is missing in:\n{said}" for text in texts if text not in said]

    said = verify()
    test("verify.sh: both kinds of forwarding", *lacks(said, "IPv4 forwarding is on", "IPv6 forwarding is on"))
    for key, word in (("net.ipv4.ip_forward", "IPv4"), ("net.ipv6.conf.all.forwarding", "IPv6")):
        run("sysctl", "-q", "-w", f"{key}=0")
        said = verify()
        run("sysctl", "-q", "-w", f"{key}=1")
        test(f"verify.sh: {word} forwarding is off", *lacks(said, f"!! routes    {word} forwarding is off"))
    run("nft", "delete", "table", "inet", "hlgen")
    said = verify()
    test("verify.sh: no firewall", *lacks(said, "!! firewall  the table inet hlgen is not loaded", "wg-quick@wg0 does not start"))
    status = os.system("systemctl restart wg-quick@wg0 2>/dev/null") >> 8
    journal = run("tail", "-n", "20", "/run/systemctl-stand-in/journal")
    test("without the firewall the tunnel does not start", status == 0 and "it did", "wg0" in run("wg", "show", "interfaces") and "wg0 is there",
         *lacks(journal, "the firewall is not loaded: systemctl status hlgen-firewall"))
    systemctl("reload", "hlgen-firewall")
    systemctl("start", "wg-quick@wg0")
    test("with it, it does", "wg0" not in run("wg", "show", "interfaces") and "there is no wg0")


def call_test(folder):
    """What a wrong call says; and a save without an interface keeps the file."""
    wrong = [words for words in (["save"], ["save", "../x"], ["load", "wg0"], [])
             if os.system(f"{TOOL} {' '.join(words)} >{folder}/said 2>&1") >> 8 != 2 or "usage: hlgen-wg-endpoints" not in read(f"{folder}/said")]
    systemctl("stop", "wg-quick@wg0")
    with open(SAVED, "w", encoding="utf-8") as file:
        file.write("kept\n")
    failed = os.system(f"{TOOL} save wg0 2>/dev/null") >> 8
    test("a wrong call, and a save without an interface", wrong and f"no usage after {wrong}", failed == 0 and "no error without an interface",
         read(SAVED) != "kept\n" and "the old file is lost")


def main():
    folder = sys.argv[1]
    tunnels.internet()
    install(build(folder, site({"phone": {"address": address(10)}, "laptop": {"address": address(11)}})))
    run("sysctl", "-q", "-p", "/etc/sysctl.d/90-hlgen.conf")
    systemctl("start", "hlgen-firewall", "wg-quick@wg0")
    tunnels.router(f"{folder}/keys")
    serve("lan")
    restart_tests(f"{folder}/keys")
    reboot_test()
    systemctl("stop", "wg-quick@wg0")
    file_tests(f"{folder}/keys")
    closed_test(folder)
    call_test(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
