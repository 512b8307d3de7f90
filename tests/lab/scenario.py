"""Scenarios: what must get through and what must not, tried on a house; a failure says at which hop.

    @scenario("relay: a published name", needs=("relay", "cluster"))
    def published(house, check):
        good = tls(house.visitor, VPS, 443, "jellyfin.example.org", ca=house.ca)
        check.passes("jellyfin", good, {"machine": "node"})
        check.stops("the node's metrics", tcp(house.visitor, VPS, 9100), "silent", control=tcp(house.vps, "127.0.0.1", 9100))

A must-not check has a control: a probe that must pass, so that a dead server or a dead lab is no success."""
import contextlib
import copy
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from probe import OUTCOMES
from trace import Trace, legs_of

# A probe that must pass may take this long on a busy machine; one that must not waits as long as it says.
PATIENT = 5.0
AT_ONCE = 8
SCENARIOS, PENDING = [], []


@dataclass
class Scenario:
    name: str
    needs: tuple
    function: callable


@dataclass
class Failure:
    what: str
    probe: str      # how the probe describes itself; nothing when there was none
    seen: str
    hop: str = ""   # where a second try stopped

    def lines(self):
        return [f"{self.what}: {self.seen}", *([f"    {self.probe}"] if self.probe else []), *[f"    {line}" for line in self.hop.splitlines()]]


@dataclass
class Result:
    """One scenario on one site."""
    site: str
    name: str
    passes: int = 0
    stops: int = 0
    others: int = 0
    seconds: float = 0.0
    measured: list = field(default_factory=list)    # (what, seconds, limit)
    failures: list = field(default_factory=list)

    def ok(self):
        return not self.failures


def scenario(name, needs=()):
    """Registers a scenario; they run in the order of the files."""
    def keep(function):
        if any(each.name == name for each in SCENARIOS):
            raise ValueError(f"there are two scenarios '{name}'")
        SCENARIOS.append(Scenario(name, (needs,) if isinstance(needs, str) else tuple(needs), function))
        return function
    return keep


def pending(name, why):
    """Something that the lab should try and cannot yet: shown by name, never counted."""
    PENDING.append((name, why))


class Check:
    """What a scenario calls. Everything is counted, also what fails; a scenario goes on after a failure."""

    def __init__(self, house, result):
        self.house, self.result, self.waiting = house, result, None

    def passes(self, what, probe, expect=None):
        """The probe must be answered as it should. expect: fields that the answer must carry, or a function of what was seen."""
        if self.waiting is not None:
            self.waiting.append((self.passes, what, probe, expect))
            return None
        self.result.passes += 1
        seen = patient(probe).try_()
        trouble = str(seen) if seen.outcome != "open" else unlike(seen, expect)
        if trouble:
            self.fail(what, probe, trouble)
        return seen

    def stops(self, what, probe, outcome, control=None):
        """The probe must end in one of some outcomes, while its control passes."""
        wanted = (outcome,) if isinstance(outcome, str) else tuple(outcome)
        if not wanted or "open" in wanted or set(wanted) - set(OUTCOMES):
            raise ValueError(f"stops({what!r}): an outcome is one of {', '.join(OUTCOMES[1:])}, not {outcome!r}")
        if control is None:
            raise ValueError(f"stops({what!r}) has no control: a probe that must pass")
        if self.waiting is not None:
            self.waiting.append((self.stops, what, probe, outcome, control))
            return None
        self.result.stops += 1
        for each in control if isinstance(control, (list, tuple)) else (control,):
            seen = patient(each).try_()
            if seen.outcome != "open":
                self.fail(f"{what}: its control", each, f"{seen}, but it must pass")
                return seen
        seen = probe.try_()
        if seen.outcome not in wanted:
            self.fail(what, probe, f"{seen}, not {' or '.join(wanted)}")
        return seen

    def true(self, what, condition, text=""):
        self.result.others += 1
        if not condition:
            self.result.failures.append(Failure(what, "", str(text) or "is not so"))
        return bool(condition)

    def took(self, what, seconds, limit):
        """A measured time; it is shown, and must not be longer than its limit."""
        self.result.others += 1
        self.result.measured.append((what, seconds, limit))
        if seconds > limit:
            self.result.failures.append(Failure(what, "", f"took {seconds:.2f} s, more than {limit} s"))

    def within(self, what, probe, limit, expect=None, since=None):
        """The probe must pass before the limit is over, counted from a moment of time.monotonic(); how long it took is shown."""
        begin, seen = since or time.monotonic(), None
        quick = copy.copy(probe)
        quick.wait = min(probe.wait, 1.0)
        while seen is None or time.monotonic() - begin < limit:
            seen = quick.try_()
            if seen.outcome == "open" and not unlike(seen, expect):
                self.took(what, time.monotonic() - begin, limit)
                return seen
            time.sleep(0.05)
        self.result.others += 1
        self.fail(what, probe, f"not within {limit} s: {unlike(seen, expect) if seen.outcome == 'open' else seen}")
        return seen

    @contextlib.contextmanager
    def together(self):
        """passes() and stops() inside are tried side by side at the end of the block, and give nothing back."""
        self.waiting = []
        try:
            yield
        finally:
            calls, self.waiting = self.waiting, None
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(*call) for call in calls]:
                done.result()

    def fail(self, what, probe, seen):
        """Tries it once more under a trace, to say where it stops."""
        try:
            with Trace(self.house, legs_of(self.house, probe)) as trace:
                again = probe.try_()
            hop = trace.text() + ("" if str(again) in seen else f"\nthe second try: {again}")
        except Exception as error:  # pylint: disable=broad-exception-caught # a trace must not hide what it is about
            hop = f"no trace: {error!r}"
        self.result.failures.append(Failure(what, probe.describe(), seen, hop))


def patient(probe):
    """A copy that waits longer; what answers at once is not slower for it."""
    longer = copy.copy(probe)
    longer.wait = max(probe.wait, PATIENT)
    return longer


def unlike(seen, expect):
    """What is wrong with an answer, or nothing."""
    if expect is None:
        return ""
    if callable(expect):
        return "" if expect(seen) else f"{seen}, which is not as expected: {seen.answer or seen.headers or seen.body[:80]}"
    wrong = [f"{key} is {seen.answer.get(key)!r}, not {value!r}" for key, value in expect.items() if seen.answer.get(key) != value]
    return ", ".join(wrong)


# Running -------------------------------------------------------------------------------------------------------------------------

HAS = {
    "router": lambda house: house.router is not None,
    "cluster": lambda house: house.node is not None,
    "phones": lambda house: bool(house.phones),
    "relay": lambda house: bool((house.plan.get("relay") or {}).get("listens")),
    "redirect": lambda house: bool((house.plan.get("relay") or {}).get("redirects")),
    "ipv6": lambda house: bool(house.plan["hub"].get("address6")),
    "delegation": lambda house: house.router is not None and bool(house.site.get("ipv6")),
    "nftables": lambda house: house.site["vps"].get("firewall") == "nftables",
    "ufw": lambda house: house.site["vps"].get("firewall") == "ufw",
}


def house_has(house, word):
    """Whether a house has what a scenario needs; "no WORD" for the opposite. An unknown word is an error, or it would never run."""
    if word.startswith("no "):
        return not house_has(house, word[3:])
    if word not in HAS:
        raise ValueError(f"no house knows '{word}' (known: {', '.join(HAS)})")
    return bool(HAS[word](house))


def run_one(house, site, one):
    """A scenario on a house; whatever it raises is a failure of it."""
    result = Result(site, one.name)
    begin = time.monotonic()
    try:
        one.function(house, Check(house, result))
        if not result.passes + result.stops + result.others:
            raise ValueError("the scenario checked nothing")
    except Exception:  # pylint: disable=broad-exception-caught
        lines = traceback.format_exc().rstrip().splitlines()
        result.failures.append(Failure("an exception", "", lines[-1], "\n".join(lines[-9:-1])))
    result.seconds = time.monotonic() - begin
    return result


def selected(house, names=()):
    """The scenarios whose needs the house meets (of some names only)."""
    return [one for one in SCENARIOS if (not names or any(name in one.name for name in names)) and all(house_has(house, word) for word in one.needs)]


def run_site(house, site, names=()):
    """The results, one after the other, of these scenarios."""
    for one in selected(house, names):
        yield run_one(house, site, one)


def never_run(results, names=()):
    """Scenarios that no site had what they need for: a mistake of the lab."""
    ran = {result.name for result in results}
    return [one for one in SCENARIOS if one.name not in ran and (not names or any(name in one.name for name in names))]
