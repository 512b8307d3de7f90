#!/usr/bin/python3
"""Prints each file, of those named on standard input, whose head does not say its job: C in a comment, Python in a docstring, shell in a comment."""
import re
import sys


def complaint(name, text):
    lines = text.split("\n")
    if name.endswith((".c", ".h")):
        return None if text.startswith("/* ") else "does not begin with a comment"
    if name.endswith(".py"):
        return None if re.match(r'(#!.*\n)?"""\S', text) else "does not begin with a docstring"
    first = lines[1] if lines[0].startswith("#!") else lines[0]
    return None if first.startswith("# ") else "does not begin with a comment"


def main():
    for name in sys.stdin.read().split("\n"):
        if name:
            with open(name, encoding="utf-8") as file:
                said = complaint(name, file.read())
            if said:
                print(f"{name}: {said}")


if __name__ == "__main__":
    main()
