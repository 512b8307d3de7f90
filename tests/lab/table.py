"""Prints what the scenarios found: lines for tests/run at once, and at the end a table for a person."""
import scenario

ROWS = ("site", "scenario", "passes", "must not", "other", "seconds", "result", "measured")


def line(result):
    """One result as tests/lib.sh describes it, with what failed and where below it."""
    print(f"{'ok' if result.ok() else 'FAIL'} lab/{result.site} {result.name}")
    for failure in result.failures:
        for text in failure.lines():
            print("    " + text)
    print(end="", flush=True)


def measured(result):
    return ", ".join(f"{what} {seconds:.1f} s (at most {limit:g})" for what, seconds, limit in result.measured)


def columns(rows):
    """Rows of words as lines of equal columns; numbers to the right."""
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [str(cell).rjust(width) if str(cell).replace(".", "").isdigit() else str(cell).ljust(width) for cell, width in zip(row, widths)]
        yield ("  " + "  ".join(cells)).rstrip()


def table(results, seconds=None, names=(), everywhere=True):
    """All of it: per site and scenario one row, the failures again with their hop, what never ran though all sites were tried, what is pending."""
    rows, last = [ROWS], None
    for result in results:
        rows.append(("" if result.site == last else result.site, result.name, result.passes, result.stops, result.others,
                     f"{result.seconds:.1f}", "ok" if result.ok() else f"{len(result.failures)} failed", measured(result)))
        last = result.site
    print()
    print("\n".join(columns(rows)))
    for result in results:
        if not result.ok():
            print(f"\n  Failed on {result.site}: {result.name}")
            for failure in result.failures:
                print("\n".join("    " + text for text in failure.lines()))
    for one in scenario.never_run(results, names) if everywhere else ():
        print(f"FAIL lab/none {one.name}\n    no site has all that it needs: {', '.join(one.needs)}")
    if scenario.PENDING:
        print()
    for name, why in scenario.PENDING:
        print(f"pending {name}: {why}")
    print(f"\n  {summary(results, seconds)}", flush=True)


def summary(results, seconds=None):
    sites = len({result.site for result in results})
    said = (f"{len(results)} scenarios on {sites} sites: {sum(each.passes for each in results)} checks that something passes, "
            f"{sum(each.stops for each in results)} that something must not, {sum(each.others for each in results)} others; "
            f"{sum(len(each.failures) for each in results)} failures, {len(scenario.PENDING)} pending")
    return said + (f"; {seconds:.0f} s" if seconds is not None else "")


def failed(results, names=()):
    """Whether the whole run failed; one in which nothing ran has."""
    return not results or any(not each.ok() for each in results) or bool(scenario.never_run(results, names))
