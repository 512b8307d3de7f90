#!/usr/bin/python3
"""Turns half-block characters on a terminal into a picture: terminal_picture.py [--colours] TEXT PICTURE.pgm

With --colours the ANSI colours say what is dark, and must be there. Without, the text has no colours and the blocks are drawn in the
terminal's foreground colour: a dark terminal is assumed, as its quiet zone of blocks shows; when the border is blank, a light one."""
import re
import sys

SCALE = 6
DARK, LIGHT = 0, 255
HALVES = {" ": (False, False), "\u2580": (True, False), "\u2584": (False, True), "\u2588": (True, True)}


def grey(parameters, foreground, background):
    """Follows one "select graphic rendition" sequence."""
    numbers = [int(number or 0) for number in parameters.split(";")]
    while numbers:
        number = numbers.pop(0)
        if number == 0:
            foreground = background = None
        elif number in (30, 90):
            foreground = DARK
        elif number in (37, 97):
            foreground = LIGHT
        elif number in (40, 100):
            background = DARK
        elif number in (47, 107):
            background = LIGHT
        elif number in (38, 48) and numbers and numbers[0] == 5:
            shade = {0: DARK, 16: DARK, 7: LIGHT, 15: LIGHT, 231: LIGHT, 255: LIGHT}[numbers[1]]
            numbers = numbers[2:]
            foreground, background = (shade, background) if number == 38 else (foreground, shade)
        elif number in (38, 48) and numbers and numbers[0] == 2:
            shade = LIGHT if sum(numbers[1:4]) > 384 else DARK
            numbers = numbers[4:]
            foreground, background = (shade, background) if number == 38 else (foreground, shade)
        elif number == 39:
            foreground = None
        elif number == 49:
            background = None
        else:
            sys.exit(f"unexpected ANSI attribute {number}")
    return foreground, background


def rows(text, colours):
    for line in text.replace("\r", "").split("\n"):
        foreground = background = None
        upper, lower = [], []
        for match in re.finditer("\x1b\\[([0-9;]*)m|([^\x1b])", line):
            if match.group(1) is not None:
                if not colours:
                    sys.exit("ANSI colours in the output of a pipe")
                foreground, background = grey(match.group(1), foreground, background)
                continue
            if match.group(2) not in HALVES:
                upper = []
                break
            if colours and (foreground is None and match.group(2) != " " or background is None and match.group(2) != "\u2588"):
                upper = []
                break
            top, bottom = HALVES[match.group(2)]
            front, back = (foreground, background) if colours else (LIGHT, DARK)
            upper.append(front if top else back)
            lower.append(front if bottom else back)
        if upper:
            yield upper
            yield lower


def main():
    arguments = sys.argv[1:]
    colours = arguments[0] == "--colours"
    text, picture = arguments[-2:]
    content = open(text, encoding="utf-8").read()
    lines = list(rows(content, colours))
    if not lines:
        sys.exit("no code in the output")
    width = max(len(line) for line in lines)
    if width > 80:
        print(f"{width} columns wide", file=sys.stderr)
    if not colours and lines[0][0] == DARK:
        # Blocks are the dark modules: meant for a light terminal.
        lines = [[LIGHT + DARK - value for value in line] for line in lines]
    lines = [line + [LIGHT] * (width - len(line)) for line in lines]
    with open(picture, "wb") as file:
        file.write(f"P5 {width * SCALE} {len(lines) * SCALE} 255\n".encode())
        for line in lines:
            file.write(b"".join(bytes([value]) * SCALE for value in line) * SCALE)


if __name__ == "__main__":
    main()
