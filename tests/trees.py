"""Looks at whole folders, for tests: what is in them, and which files were written anew."""
import os


def files_of(folder):
    for path, _, names in os.walk(folder):
        for name in names:
            yield os.path.relpath(os.path.join(path, name), folder)


def tree_of(folder):
    """All bytes below a folder, by path."""
    found = {}
    for name in files_of(folder):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = file.read()
    return found


def ages_of(folder):
    """Which file it is, and when it was written."""
    stats = {name: os.stat(os.path.join(folder, name)) for name in files_of(folder)}
    return {name: (stat.st_ino, stat.st_mtime_ns) for name, stat in stats.items()}
