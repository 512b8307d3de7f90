"""Prints tests the way tests/lib.sh describes, and builds trees to test."""
import os
import pathlib
import subprocess
import sys
import tempfile
import traceback

HLGEN = os.environ["HLGEN"]


def report(name, troubles):
    """One test: passed when there is no trouble to tell. With HUB_STOP=yes the first failure ends the script."""
    if not troubles:
        print(f"ok {name}", flush=True)
        return
    print(f"FAIL {name}")
    for trouble in troubles[:25]:
        print(f"    {trouble}")
    if len(troubles) > 25:
        print(f"    and {len(troubles) - 25} more")
    print(end="", flush=True)
    if os.environ.get("HUB_STOP"):
        sys.exit()


def run_test(name, function, *arguments):
    """A test is a function that returns its troubles, or raises."""
    try:
        troubles = function(*arguments)
    except subprocess.CalledProcessError as error:
        troubles = [str(error), *(error.stderr or "").splitlines()]
    except Exception:  # pylint: disable=broad-exception-caught
        troubles = traceback.format_exc().splitlines()
    report(name, troubles)


class Trees:
    """Builds trees from site texts, with one set of keys. Other templates than the built-in ones with HUB_TEMPLATES=DIR."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="hub-", dir=os.environ["TEMP"]))
        self.count = 0

    def build(self, site):
        """The folder vps/ of the site's tree."""
        self.count += 1
        file, tree = self.folder / f"{self.count}.yaml", self.folder / str(self.count)
        file.write_text(site, encoding="utf-8")
        options = ["--templates", os.environ["HUB_TEMPLATES"]] if os.environ.get("HUB_TEMPLATES") else []
        subprocess.run([HLGEN, "build", *options, "--keys", self.folder / "keys", "-o", tree, file], check=True, stdin=subprocess.DEVNULL,
                       capture_output=True, text=True)
        return tree / "vps"
