#!/usr/bin/python3
"""Tests the stand-in itself: the language, every refusal, delegation, events, stops.

usage: selftest.py [WORD]        only tests with WORD in their name; prints lines as tests/lib.sh describes, exit 1 when one failed"""
import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from router import Router  # found by the line above
from selftest_cases import COMPUTED, PUTS, REFUSED, SYNTAX, WHERE, WHERE_ROWS
from selftest_events import EVENTS


def fresh(before=(), **options):
    router = Router.load("empty-chr", **options)
    for line in before:
        result = router.import_(line)
        assert result.error is None, f"{line}: {result.error}"
    router.texts.clear()
    return router


def puts(script, wanted):
    router = fresh()
    result = router.import_(script)
    assert result.error is None, result.error
    assert router.texts == wanted, f"got {router.texts}"


def value(expression, kind, text):
    router = fresh()
    result = router.import_(f":put [:typeof {expression}]\n:put {expression}\n")
    assert result.error is None, result.error
    assert router.texts == [kind, text], f"wanted {[kind, text]}, got {router.texts}"


def refused(before, line, part, options):
    """The last line is refused with a message, nothing is written by it, and without `before` … it names menu and line."""
    router = fresh(before, **options)
    dump = router.stamps(True)
    result = router.import_("\n" + line)
    assert result.error, "was taken"
    assert part in result.error, f"wanted …{part}…, got {result.error}"
    assert not result.syntax, "refused as a mistake of the language"
    assert result.line == 2 and "line 2" in result.error, f"the line is missing: {result.error}"
    assert line.split(" ")[0].lstrip("/") in result.error, f"the command is missing: {result.error}"
    assert result.writes == [] and router.stamps(True) == dump, "something was written"


def syntax(script, part, options):
    router = fresh(**options)
    result = router.import_(":put \"first\"\n" + script)
    assert result.error and part in result.error, f"wanted …{part}…, got {result.error}"
    assert result.syntax and router.texts == [], "something ran"
    assert "line " in result.error and "column" in result.error, result.error


def where(condition, wanted):
    router = fresh(WHERE_ROWS)
    result = router.import_(f":local hlBox \"10.0.0.0/30\"\n:foreach hlId in=[/ip/firewall/filter/find where {condition}] do={{\n"
                            ":put [/ip/firewall/filter/get $hlId comment]\n}")
    assert result.error is None, result.error
    assert " ".join(router.texts) == wanted, f"got {' '.join(router.texts)}"


def tests():
    for name, (script, wanted) in PUTS.items():
        yield f"language: {name}", puts, (script, wanted)
    for expression, kind, text in COMPUTED:
        yield f"value: {expression}", value, (expression, kind, text)
    for condition, wanted in WHERE:
        yield f"where: {condition}", where, (condition, wanted)
    for name, (before, line, part, *options) in REFUSED.items():
        yield f"refuses {name}", refused, (before, line, part, options[0] if options else {})
    for name, (script, part, *options) in SYNTAX.items():
        yield f"syntax: {name}", syntax, (script, part, options[0] if options else {})
    for test in EVENTS:
        yield test.__doc__, test, ()


def main(arguments):
    failed = 0
    for name, test, values in tests():
        if arguments and arguments[0] not in name:
            continue
        name = f"routeros/stand-in: {name}"
        try:
            test(*values)
            print(f"ok {name}")
        except AssertionError as error:
            failed += 1
            place = "" if values else f" (line {traceback.extract_tb(error.__traceback__)[-1].lineno})"
            print(f"FAIL {name}\n    {error}{place}")
        except Exception as error:  # a fault of the stand-in: one test, not the end of all
            failed += 1
            print(f"FAIL {name}\n    {type(error).__name__}: {error}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
