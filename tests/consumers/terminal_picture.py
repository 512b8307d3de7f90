#!/usr/bin/python3
"""Turns half-block characters on a terminal into a picture of its screen: terminal_picture.py [--colours] [--light] TEXT PICTURE.pgm

With --colours the ANSI colours say what is dark, and must be there for every cell of the code, so that the theme does not matter. Without,
the text has no colours, and the blocks are drawn in the terminal's foreground colour. The terminal is dark, or --light; what is around
the code has its background's colour, so that the code's own quiet zone is all that sets it apart."""
import re
import sys

SCALE = 6
MARGIN = 8  # cells of the screen right of the code and below it
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


def rows(text, colours, theme):
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
            front, back = (foreground, background) if colours else theme
            upper.append(front if top else back)
            lower.append(front if bottom else back)
        if upper:
            yield upper
            yield lower


def main():
    arguments = sys.argv[1:]
    colours = "--colours" in arguments
    theme = (DARK, LIGHT) if "--light" in arguments else (LIGHT, DARK)  # foreground, background
    text, picture = arguments[-2:]
    content = open(text, encoding="utf-8").read()
    lines = list(rows(content, colours, theme))
    if not lines:
        sys.exit("no code in the output")
    width = max(len(line) for line in lines) + MARGIN
    if width - MARGIN > 80:
        print(f"{width - MARGIN} columns wide", file=sys.stderr)
    lines = [line + [theme[1]] * (width - len(line)) for line in lines] + [[theme[1]] * width] * MARGIN
    with open(picture, "wb") as file:
        file.write(f"P5 {width * SCALE} {len(lines) * SCALE} 255\n".encode())
        for line in lines:
            file.write(b"".join(bytes([value]) * SCALE for value in line) * SCALE)


if __name__ == "__main__":
    main()
