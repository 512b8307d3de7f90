"""Scenarios of an API that is away, slow, of another mind or changed by others, and of the watcher's own end; each is a function of a World."""
import time

from scenario import A, B, C, GONE, QUIET, begin
from world import TOKEN, WITHIN, Wrong, descendants


def api_away(world):
    """During two changes; only the last one counts when it is back."""
    begin(world)
    world.each(lambda side: side.api.stop())
    world.announce((A, GONE), B)
    world.wait(lambda side: side.said("cannot be patched (curl 7)"))
    world.announce((A, GONE), (B, GONE), C)
    world.counted(C)
    world.each(lambda side: side.api.start())
    world.right(C)
    world.stays(C, QUIET)
    world.calls(2 + 1, 2)    # whether the call that failed did something is looked up
    world.said("cannot be patched (curl 7)")
    world.said("the API does as it is told again")


def arguments(side, what="cmdline"):
    """Of all processes of the watcher."""
    found = []
    for pid in descendants(side.process.pid):
        try:
            with open(f"/proc/{pid}/{what}", "rb") as file:
                found.append(file.read())
        except (FileNotFoundError, ProcessLookupError):
            pass    # it has ended meanwhile
    return found


def api_hangs(world):
    """Before it says anything, and later after it has taken a call. Meanwhile nobody sees the token: not in the arguments and not in the environment of any process, nor in the log."""
    begin(world)
    world.each(lambda side: setattr(side.api, "hanging", "connections"))
    world.announce((A, GONE), B)
    end = time.monotonic() + WITHIN
    while time.monotonic() < end and not all(side.said("cannot be patched (curl 28)") for side in world.sides):
        for side in world.sides:
            seen = [side.log().encode(), *arguments(side, "cmdline"), *arguments(side, "environ")]
            if any(TOKEN.encode() in data for data in seen):
                raise Wrong(f"{side.shell}: the token is seen: {[data for data in seen if TOKEN.encode() in data]}")
            side.curl_seen = side.curl_seen or any(b"--config" in data for data in seen)
        time.sleep(0.2)
    if not all(side.curl_seen for side in world.sides):
        raise Wrong("no hanging call was looked at")
    world.each(lambda side: setattr(side.api, "hanging", "answers"))
    world.wait(lambda side: side.api.count("GET", 0))
    world.each(lambda side: setattr(side.api, "hanging", None))
    world.right(B)
    world.stays(B, QUIET)
    world.calls(2 + 1, 2, s0=(1, 1))
    world.said("cannot be patched (curl 28)")


def api_answers_503(world):
    begin(world)
    world.each(lambda side: setattr(side.api, "refuse", lambda method, pool: 503))
    world.announce((A, GONE), B)
    world.wait(lambda side: side.api.count("PATCH", 503) == 2)
    time.sleep(15)
    world.each(lambda side: setattr(side.api, "refuse", lambda method, pool: None))
    world.right(B)
    world.stays(B, QUIET)
    world.calls(2 + 2, 2, s503=(2, 10))
    world.said("(503)", 2)


def answer_lost(world):
    """One patch is done, but nobody hears of it. Then the old prefix is back: what that pool has must be looked up."""
    first, second = world.wishes.names
    begin(world)
    world.each(lambda side: setattr(side.api, "refuse", lambda method, pool: "lost" if (method, pool) == ("PATCH", first) else 503))
    world.announce((A, GONE), B)
    world.wait(lambda side: side.said(f"pool '{second}' cannot be patched (503)"))
    world.announce(A, (B, GONE))
    world.wait(lambda side: side.said("the prefix is 2001:db8:1:30::/64, no longer"))
    world.each(lambda side: setattr(side.api, "refuse", lambda method, pool: None))
    world.right(A)
    world.wait(lambda side: side.said("the API does as it is told again"))
    world.stays(A, QUIET)
    world.calls(2 + 2, 1, s0=(1, 1), s503=(2, 20))


def forbidden(world):
    """The role is not applied for one pool, and lets the other one only be read; then it is."""
    first, _ = world.wishes.names
    world.announce(A)
    world.settled(A)
    world.pools(C)
    world.each(lambda side: setattr(side.api, "refuse", lambda method, pool: 403 if pool == first or method == "PATCH" else None))
    world.start()
    world.wait(lambda side: side.said("(403)") == 2)
    time.sleep(25)
    world.said("(403)", 2)
    world.said("help: apply prefix-watch.yaml", 2)
    world.said(f"pool '{first}' cannot be read (403): ciliumloadbalancerippools.cilium.io ")
    refused = [sum(1 for call in side.api.calls if call.status == 403 and call.pool == first) for side in world.sides]
    # At 0, 2, 6, 14, 30 s, and the same from the moment when the prefix counted.
    if not all(4 <= count <= 7 for count in refused):
        raise Wrong(f"refused so often: {refused}")
    read = [side.api.count("GET") for side in world.sides]
    world.each(lambda side: setattr(side.api, "refuse", lambda method, pool: None))
    world.right(A)
    world.stays(A, QUIET)
    for side, count in zip(world.sides, read):
        if (side.api.count("PATCH"), side.api.count("GET") - count) != (2, 2):
            raise Wrong(f"{side.shell}: {side.api.count('GET') - count} GET and {side.api.count('PATCH')} PATCH after it was granted")


def not_there(world):
    """One pool is made later; the other one does not wait for it."""
    first, second = world.wishes.names
    world.announce(A)
    world.settled(A)
    world.pools(C, second)
    world.start()
    world.right(A, [second])
    world.said(f"pool '{first}' cannot be read (404)")
    world.pools(None, first)
    world.changed = time.monotonic()
    world.right(A)
    world.stays(A, QUIET)
    world.calls(2, 2, s404=(2, 8))


def token_replaced(world):
    """First the file, as the kubelet does it; then the API is the one that is ahead."""
    begin(world)
    world.each(lambda side: (side.token("second-token"), setattr(side.api, "token", "second-token")))
    world.announce((A, GONE), B)
    world.right(B)
    world.calls(2, 2)
    world.each(lambda side: setattr(side.api, "token", "third-token"))
    world.announce((A, GONE), (B, GONE), C)
    world.wait(lambda side: side.said("(401)") == 2)
    world.each(lambda side: side.token("third-token"))
    world.right(C)
    world.stays(C, QUIET)
    world.calls(2 + 2, 4, s401=(2, 8))
    world.said("(401)", 2)


def another_ca(world):
    """A certificate that ca.crt did not sign: nothing is sent there, not the token either."""
    world.announce(A)
    world.settled(A)
    world.pools(C)
    world.each(lambda side: side.trust("stranger"))
    world.start()
    world.wait(lambda side: side.said("cannot be read (curl 60)"))
    world.counted(A)
    world.calls(0, 0)
    world.each(lambda side: side.trust("ca"))
    world.right(A)
    world.stays(A, QUIET)
    world.calls(2, 2)


def applied_again(world):
    """Somebody applies an old file: the next reading of the pools sees it. Here they are read every 20 s."""
    world.announce(A)
    world.settled(A)
    world.pools(A)
    begun = time.monotonic()
    world.start(REREAD="20")
    world.counted(A)
    world.pools(C, world.wishes.names[0])
    world.changed = time.monotonic()
    world.right(A)
    time.sleep(QUIET)
    world.right_now(A)
    most = 2 * (1 + int(time.monotonic() - begun) // 20)
    for side in world.sides:
        if side.api.count("PATCH") != 1 or not 4 <= side.api.count("GET") <= most:
            raise Wrong(f"{side.shell}: {side.api.count('GET')} GET, {side.api.count('PATCH')} PATCH, expected 4 to {most}, 1")


def api_over_ipv6(world):
    begin(world)
    world.announce((A, GONE), B)
    world.right(B)
    world.calls(2, 2)


def told_to_end(world):
    """At once: while it sleeps, and while the API hangs."""
    world.announce(A)
    world.settled(A)
    world.pools(A)
    for hanging in (None, "answers"):
        world.each(lambda side, hanging=hanging: setattr(side.api, "hanging", hanging))
        world.start()
        word = b"--config\0" if hanging else b"sleep\0"
        world.wait(lambda side, word=word: any(word in data for data in arguments(side)))
        for side in world.sides:
            seconds, status = side.terminate()
            side.times.append(seconds)
            if seconds > 1 or status != 0:
                raise Wrong(f"{side.shell}: ended after {seconds:.1f} s with status {status}")
            side.process = None


def told_wrongly(world):
    """Mistakes in its environment end it, with a word: the pod's state shows that."""
    wrong = {"POOLS": ("", " ", "pool", "pool 200", "pool ::1-::2-::3", "pool ::9-::1", "pool 2001:db8::1", "pool ::1\nother", "pool ::12345"),
             "KUBERNETES_SERVICE_HOST": ("",)}
    for name, values in wrong.items():
        for value in values:
            world.start(**{name: value})
            for side in world.sides:
                status = side.process.wait(WITHIN)
                if status == 0 or name not in side.log():
                    raise Wrong(f"{side.shell}: {name}={value!r}: status {status}, said {side.log()!r}")
    world.calls(0, 0)
    for side in world.sides:
        side.process = None
