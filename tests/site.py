#!/usr/bin/python3
"""Changes a site file the way tests need: site.py FILE shuffle SEED | site.py FILE set PATH=VALUE… | site.py FILE unset PATH…

Works on YAML nodes, so that the spelling of every other scalar stays as it was; comments are dropped. Writes to stdout.
A PATH is keys joined by dots, and "*" stands for every key of a map."""
import random
import sys

import yaml


def load(path):
    with open(path, encoding="utf-8") as file:
        return yaml.compose(file, Loader=yaml.SafeLoader)


def dump(node):
    return yaml.serialize(node, Dumper=yaml.SafeDumper, width=1 << 20, allow_unicode=True)


def shuffle(node, chance):
    """Puts the keys of every map into another order."""
    if isinstance(node, yaml.MappingNode):
        chance.shuffle(node.value)
        for _, value in node.value:
            shuffle(value, chance)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            shuffle(value, chance)


def find(node, steps):
    """The (parent, index) pairs of map entries that a path names."""
    found = []
    for index, (key, value) in enumerate(node.value if isinstance(node, yaml.MappingNode) else []):
        if steps[0] in ("*", key.value):
            if len(steps) == 1:
                found.append((node, index))
            else:
                found += find(value, steps[1:])
    return found


def scalar(text):
    """A value as one would write it on the command line: YAML."""
    return yaml.compose(text, Loader=yaml.SafeLoader)


def set_value(root, path, text):
    """Gives every node that the path names a new value; adds the last key when the map above lacks it."""
    steps = path.split(".")
    found = find(root, steps)
    for parent, index in found:
        parent.value[index] = (parent.value[index][0], scalar(text))
    if not found:
        holders = [parent.value[index][1] for parent, index in find(root, steps[:-1])] if len(steps) > 1 else [root]
        if not holders:
            sys.exit(f"site.py: there is no {path}")
        for holder in holders:
            holder.value.append((scalar(steps[-1]), scalar(text)))


def main():
    root = load(sys.argv[1])
    action, arguments = sys.argv[2], sys.argv[3:]
    if action == "shuffle":
        shuffle(root, random.Random(int(arguments[0])))
    elif action == "set":
        for argument in arguments:
            path, _, text = argument.partition("=")
            set_value(root, path, text)
    elif action == "unset":
        for path in arguments:
            for parent, index in reversed(find(root, path.split("."))):
                del parent.value[index]
    else:
        sys.exit(__doc__)
    sys.stdout.write(dump(root))


if __name__ == "__main__":
    main()
