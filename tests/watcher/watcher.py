"""Runs scenarios of the watcher, all at the same time, each in a network namespace of its own: watcher.py FOLDER SHELL…

FOLDER has certificates/, the generated manifest's script/ and pools (manifest.py), and for each shell a folder of the programs it may use.
WATCHER_SCENARIOS in the environment: only these."""
import ctypes
import inspect
import os
import sys
import time
import traceback

import scenarios_api
import scenarios_prefix
from manifest import Wishes
from world import World, Wrong

CLONE_NEWNET = 0x40000000
# Between two starts, which are what costs most: all in the same moment would be late with everything that they measure.
PAUSE = 1


# By name, in the order of the files; scenarios take a world and nothing else.
SCENARIOS = {name: function for module in (scenarios_prefix, scenarios_api) for name, function in vars(module).items()
             if inspect.isfunction(function) and function.__module__ == module.__name__ and list(inspect.signature(function).parameters) == ["world"]}


def play(name, folder, shells):
    """One scenario, in a process of its own: prints its lines."""
    own = f"{folder}/{name}"
    os.mkdir(own)
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    with open(f"{folder}/pools", encoding="ascii") as file:
        wishes = Wishes(file.read())
    world = World(own, folder, shells, wishes, "::1" if name == "api_over_ipv6" else "127.0.0.1")
    try:
        world.build()
        SCENARIOS[name](world)
        world.alive()
        print(f"ok watcher/{name}")
        for side in world.sides:
            times = ", ".join(f"{seconds:.1f}" for seconds in side.times)
            print(f"    {side.shell}: {f'{times} s, ' if times else ''}{side.api.count('GET')} GET, {side.api.count('PATCH')} PATCH")
    except Wrong as wrong:
        print(f"FAIL watcher/{name}\n    {wrong}")
        world.report()
    except Exception:    # whatever it is, the others' lines must come
        print(f"FAIL watcher/{name}\n" + "".join(f"    {line}\n" for line in traceback.format_exc().splitlines()), end="")
        world.report()
    finally:
        world.end()


def main():
    folder, shells = sys.argv[1], sys.argv[2:]
    wanted = os.environ.get("WATCHER_SCENARIOS", "").split() or list(SCENARIOS)
    running = []
    # Those at the end of the file take longest.
    for name in reversed(wanted):
        path = f"{folder}/{name}.lines"
        pid = os.fork()
        if pid == 0:
            with open(path, "w", encoding="utf-8") as sys.stdout:
                play(name, folder, shells)
            os._exit(0)
        running.append((name, pid, path))
        time.sleep(PAUSE)
    for name, pid, path in reversed(running):
        status = os.waitpid(pid, 0)[1]
        with open(path, encoding="utf-8") as file:
            print(file.read() if status == 0 else f"FAIL watcher/{name}\n    ended with status {status}\n", end="", flush=True)


if __name__ == "__main__":
    main()
