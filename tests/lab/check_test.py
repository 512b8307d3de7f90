"""Tests traces, checks, the table, downloads and crowds: what each says when something stops, and that it says so."""
import contextlib
import io
import time

import load
import scenario
import table
from probe import ping, tcp, udp
from row import AWAY, NODE, NODE6, SECOND, VPS, lacks
from trace import Leg, Trace, legs_of
from transfer import Transfer


# Traces ------------------------------------------------------------------------------------------------------------------------

def traced(world, probe, legs=None, **more):
    with Trace(world, legs or legs_of(world, probe), **more) as trace:
        probe.try_()
    return trace


def hops(world):
    """A drop at each of three machines, in both directions, for three protocols."""
    troubles = []
    way = "visitor to-inet → inet to-visitor"
    further = f"{way} → inet to-vps → vps to-inet"
    whole = f"{further} → vps to-node → node to-vps"
    probes = [tcp(world.visitor, address, 80, wait=0.1) for address in (NODE, NODE6)]
    for probe in [*probes, udp(world.visitor, NODE, 53, wait=0.1), ping(world.visitor, NODE6, wait=0.1)]:
        for machine, hook, start, stop in ((world.inet, "forward", way, "inet took it"), (world.vps, "forward", further, "vps took it"),
                                           (world.node, "input", whole, "node took it")):
            with world.rule(machine, hook, "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept; drop"):
                troubles += lacks(traced(world, probe).text(), f"{start} ✗ {stop}")
        side = "ip6 saddr" if ":" in probe.address else "ip saddr"
        with world.rule(world.vps, "forward", f"{side} {probe.address} drop"):
            troubles += lacks(traced(world, probe).text(), f"{whole}; answer: node to-vps → vps to-node ✗ vps took it")
        good = traced(world, probe).text()
        troubles += lacks(good, f"{whole}; answer: node to-vps → vps to-node → vps to-inet → inet to-vps → inet to-visitor → visitor to-inet")
        troubles += [good] if "✗" in good else []
    return troubles


def words_of_traces(world):
    """Refusals by name, a hop that should have been passed, nothing at all, two legs."""
    # The order of the machines must not matter.
    troubles = []
    for row in ([world.node, world.vps, world.inet, world.visitor], [world.vps, world.visitor, world.node, world.inet]):
        probe = tcp(world.visitor, NODE, 81)
        with Trace(row, [Leg("tcp", 81)]) as trace:
            probe.try_()
        troubles += lacks(trace.text(), "visitor to-inet → inet to-visitor → inet to-vps → vps to-inet → vps to-node → node to-vps; "
                          "answer (RST): node to-vps → vps to-node")
    # An older connection that speaks in the meantime is no part of it.
    older = Transfer(world.visitor, NODE, 8080)
    older.begun()
    with world.rule(world.vps, "forward", "tcp flags & (syn | ack) == syn drop"):
        troubles += lacks(traced(world, tcp(world.visitor, NODE, 8080, wait=0.1)).text(), "✗ vps took it")
    older.close()
    with world.rule(world.vps, "forward", "reject with icmpx admin-prohibited"):
        troubles += lacks(traced(world, tcp(world.visitor, NODE, 80)).text(), "answer (ICMP 3/13 from 10.2.0.2): vps to-inet")
        troubles += lacks(traced(world, udp(world.visitor, NODE6, 53)).text(), "answer (ICMP 1/1 from fd00:2::2): vps to-inet")
    with world.rule(world.vps, "forward", "drop"):
        troubles += lacks(traced(world, tcp(world.visitor, NODE, 80, wait=0.3), via=["vps to-inet", "vps to-node"]).text(), "✗ not seen at vps to-node")
    troubles += lacks(traced(world, tcp(world.visitor, AWAY, 80)).text(), "not seen anywhere")
    two = traced(world, tcp(world.visitor, NODE, 80), legs=[Leg("tcp", 80, VPS, "to the relay"), Leg("tcp", 80, NODE, "from the relay")]).text()
    return troubles + lacks(two, "to the relay: not seen anywhere", "from the relay: visitor to-inet")


# Checks ------------------------------------------------------------------------------------------------------------------------

def checked(world, function):
    """The result of a scenario that is not registered."""
    return scenario.run_one(world, "test", scenario.Scenario("one", (), function))


def verdicts(world):
    good, bad = tcp(world.visitor, NODE, 80), tcp(world.visitor, NODE, 81)

    def told(what, result, *failures):
        said = "\n".join(line for failure in result.failures for line in failure.lines())
        good = len(result.failures) == len(failures) and all(word in said for word in failures)
        return [] if good else [f"{what}: {said or 'no failure'}"]

    def all_well(_, check):
        check.passes("a", good, {"machine": "node"})
        check.passes("b", good, lambda seen: seen.source == "10.1.0.1")
        check.stops("c", bad, "refused", control=good)
        with check.together():
            check.passes("d", good)
            check.stops("e", bad, ("silent", "refused"), control=[good, good])
        check.took("f", 1.0, 2)
        check.within("g", good, 2)
    result = checked(world, all_well)
    troubles = told("all well", result) + ([] if (result.passes, result.stops, result.others, len(result.measured)) == (3, 2, 2, 2) else [f"counted {result}"])

    def nothing_works(_, check):
        check.passes("a", bad)
        check.passes("b", good, {"machine": "vps"})
        check.passes("b2", good, lambda seen: False)
        check.stops("c", good, "refused", control=good)
        check.stops("d", bad, "silent", control=good)
        check.stops("e", bad, "refused", control=bad)
        with check.together():
            check.stops("f", good, "silent", control=good)
        check.true("g", False, "seven is no eight")
        check.took("h", 2.0, 1)
        check.within("i", bad, 0.2)
    troubles += told("nothing works", checked(world, nothing_works), "RST", "machine is 'node', not 'vps'", "b2: open", "c: open", "not silent",
                     "its control", "f: open", "seven is no eight", "took 2.00 s", "not within 0.2 s")

    def uncontrolled(_, check):
        check.stops("x", bad, "refused")
    troubles += told("no control", checked(world, uncontrolled), "has no control")
    troubles += told("open is no end", checked(world, lambda _, check: check.stops("x", bad, "open", control=good)), "an outcome is one of")
    troubles += told("nothing checked", checked(world, lambda _, check: None), "checked nothing")

    def raises(_, check):
        with check.together():
            check.passes("a", good, lambda seen: seen.nothing)
    troubles += told("an exception side by side", checked(world, raises), "has no attribute 'nothing'")
    troubles += told("an exception", checked(world, lambda _, check: check.nothing), "AttributeError")
    world.answering.end()
    try:
        return troubles + told("a dead server", checked(world, lambda _, check: check.stops("x", bad, "refused", control=good)), "its control")
    finally:
        world.answer()


def registry(world):
    """Needs, scenarios that never run, and what the table prints."""
    kept = scenario.SCENARIOS[:], scenario.PENDING[:]
    try:
        scenario.SCENARIOS[:], scenario.PENDING[:] = [], []
        scenario.scenario("a cluster", needs="cluster")(lambda _, check: check.true("x", True))
        scenario.scenario("a router", needs=("router", "cluster"))(lambda _, check: check.true("x", True))
        scenario.scenario("no router", needs="no router")(lambda _, check: check.true("x", False, "of course"))
        scenario.pending("a storm", "there is no weather")
        results = list(scenario.run_site(world, "small"))
        with contextlib.redirect_stdout(io.StringIO()) as out:
            for result in results:
                table.line(result)
            table.table(results, 1.0)
        troubles = lacks(out.getvalue(), "ok lab/small a cluster\n", "FAIL lab/small no router\n    x: of course\n",
                         "\nFAIL lab/none a router\n", "\npending a storm: there is no weather\n")
        troubles += [] if [one.name for one in results] == ["a cluster", "no router"] and table.failed(results) else [f"ran {results}"]
        with contextlib.suppress(ValueError):
            scenario.house_has(world, "weather")
            troubles.append("an unknown need is no error")
        with contextlib.suppress(ValueError):
            scenario.scenario("a router")(None)
            troubles.append("two scenarios of one name are no error")
        return troubles
    finally:
        scenario.SCENARIOS[:], scenario.PENDING[:] = kept


# Downloads and crowds ------------------------------------------------------------------------------------------------------------

def downloads(world):
    begin = time.monotonic()
    one = Transfer(world.visitor, NODE, 8080)
    troubles = [] if one.begun() else [f"nothing came: {one.ended}"]
    time.sleep(0.5)
    troubles += [one.trouble(begin, 0.3)] if one.trouble(begin, 0.3) else []
    with world.rule(world.vps, "forward", "drop"):
        time.sleep(0.5)
        troubles += lacks(one.trouble(begin, 0.3), "silent for")
    one.close()
    time.sleep(0.1)
    return troubles + lacks(one.trouble(begin, 9), "it ended") + lacks(Transfer(world.visitor, NODE, 81).trouble(begin, 9), "never began")


NGINX = """worker_processes 2; pid /run/nginx-test.pid; error_log /dev/null;
events { worker_connections 4000; }
http { access_log off; limit_conn_zone $binary_remote_addr zone=each:1m; limit_conn_status 503;
server { listen 8443 ssl; ssl_certificate /etc/ca.crt; ssl_certificate_key /etc/ca.key; location / { return 200 "node\\n"; } }
server { listen 8444 ssl; ssl_certificate /etc/ca.crt; ssl_certificate_key /etc/ca.key; keepalive_requests 1; location / { return 200 "node\\n"; } } }
"""


def crowds(world):
    """All come through; a server that ends connections, a wrong answer and a closed port are errors."""
    world.node.write("/etc/nginx-test.conf", NGINX)
    world.node.run("nginx", "-c", "/etc/nginx-test.conf")
    sources = ["10.1.0.1", SECOND]
    good = load.crowd(world.visitor, NODE, 8443, "films.example.org", 200, sources, wanted="node")
    troubles = [] if good.ok() and good.peak == 200 else [str(good)]
    for port, wanted, peak in ((8444, "node", 0), (8443, "vps", 0), (8442, "node", 0)):
        bad = load.crowd(world.visitor, NODE, port, "films.example.org", 40, sources, wanted=wanted)
        if bad.ok() or bad.peak != peak:
            troubles.append(f"port {port}, {wanted}: {bad}")
    with contextlib.suppress(ValueError):
        load.crowd(world.visitor, NODE, 8443, "films.example.org", 1000, sources)
        troubles.append("too many for two addresses")
    return troubles


TESTS = (hops, words_of_traces, verdicts, registry, downloads, crowds)
