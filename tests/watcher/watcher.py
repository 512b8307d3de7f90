"""Runs scenarios of the watcher, all at the same time, each in a network namespace of its own: watcher.py FOLDER SHELL…

FOLDER has certificates/, the generated manifest's script/ and pools (manifest.py), and for each shell a folder of the programs it may use.
`watcher.py --one NAME FOLDER SHELL…` is what it calls for each."""
import inspect
import os
import subprocess
import sys
import time
import traceback

import scenarios
from manifest import Wishes
from world import World, Wrong


def names():
    """Scenarios in the order of the file; helpers take more than a world."""
    return [name for name, function in vars(scenarios).items()
            if inspect.isfunction(function) and function.__module__ == "scenarios" and list(inspect.signature(function).parameters) == ["world"]]


def one(name, folder, shells):
    own = f"{folder}/{name}"
    os.mkdir(own)
    with open(f"{folder}/pools", encoding="ascii") as file:
        wishes = Wishes(file.read())
    world = World(own, folder, shells, wishes, "::1" if name == "api_over_ipv6" else "127.0.0.1")
    try:
        world.build()
        getattr(scenarios, name)(world)
        world.alive()
        print(f"ok watcher/{name}")
        for side in world.sides:
            times = ", ".join(f"{seconds:.1f}" for seconds in side.times)
            print(f"    {side.shell}: {f'right after {times} s, ' if times else ''}{side.api.count('GET')} GET, {side.api.count('PATCH')} PATCH")
    except Wrong as wrong:
        print(f"FAIL watcher/{name}\n    {wrong}")
        world.report()
    except Exception:    # whatever it is, the others' lines must come
        print(f"FAIL watcher/{name}\n" + "".join(f"    {line}\n" for line in traceback.format_exc().splitlines()), end="")
        world.report()
    finally:
        world.end()


def main():
    if sys.argv[1] == "--one":
        one(sys.argv[2], sys.argv[3], sys.argv[4:])
        return
    folder, shells = sys.argv[1], sys.argv[2:]
    wanted = os.environ.get("WATCHER_SCENARIOS", "").split() or names()
    running = []
    for name in wanted:
        running.append(subprocess.Popen(["unshare", "--net", sys.executable, __file__, "--one", name, folder, *shells],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True))
        # Not all of them read the kernel in the same moment.
        time.sleep(0.2)
    for process in running:
        print(process.communicate()[0], end="", flush=True)


if __name__ == "__main__":
    main()
