"""What is really drawn: every line of text of a picture, where it stands, and how it stands out."""

from __future__ import annotations

import re
import struct
from typing import NamedTuple, cast
from xml.etree import ElementTree

from PIL.Image import Image

from gateway.telegram.outbound import pictures

SVG = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"


class Ink(NamedTuple):
    """The box around what is really drawn of one line of text, in points from the top left corner."""

    left: float
    top: float
    right: float
    bottom: float
    letters: int
    colour: tuple[int, ...]

    def overlaps(self, other: Ink) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


def outline(path: str) -> tuple[list[float], list[float]]:
    """The points of a glyph's outline, upwards from its baseline; curves stay within their control points."""
    x = y = 0.0
    xs, ys = [], []
    for command, numbers in re.findall(r"([MmLlHhVvQqCc])([^A-Za-z]*)", path):
        values = [float(number) for number in numbers.split()]
        base_x, base_y = (x, y) if command.islower() else (0.0, 0.0)
        if command in "Hh":
            x = base_x + values[-1]
        elif command in "Vv":
            y = base_y + values[-1]
        else:
            xs += [base_x + value for value in values[0::2]]
            ys += [base_y + value for value in values[1::2]]
            x, y = xs[-1], ys[-1]
        xs.append(x)
        ys.append(y)
    return xs, ys


def lines_of(svg: ElementTree.Element) -> list[Ink]:
    """Every line of text of a drawing."""
    glyphs = {symbol.get("id"): outline(symbol[0].get("d", "")) for symbol in svg.iter(f"{SVG}symbol") if len(symbol)}
    found: list[Ink] = []

    def look(group: ElementTree.Element, left: float, top: float) -> None:
        for part in group:
            if part.tag != f"{SVG}g":
                continue
            numbers = [float(n) for n in re.findall(r"-?[\d.]+", part.get("transform", "translate(0 0)"))]
            x, y = left + numbers[-2], top + numbers[-1]
            drawn = [
                (x + float(use.get("x", 0)), *glyphs[use.get(LINK, "")[1:]])
                for use in part.findall(f"{SVG}use")
                if glyphs.get(use.get(LINK, "")[1:], ([], []))[0]
            ]
            if drawn:
                found.append(
                    Ink(
                        min(at + min(xs) for at, xs, _ in drawn),
                        y - max(max(ys) for _, _, ys in drawn),
                        max(at + max(xs) for at, xs, _ in drawn),
                        y - min(min(ys) for _, _, ys in drawn),
                        len(drawn),
                        tuple(bytes.fromhex(part.findall(f"{SVG}use")[0].get("fill", "")[1:])),
                    )
                )
            look(part, x, y)

    look(svg, 0, 0)
    return found


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def luminance(colour: tuple[int, ...]) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    parts = (value / 255 for value in colour)
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(line: Ink, picture: Image) -> float:
    """A line's contrast to what is drawn right around it and is the nearest to it in brightness."""
    points = pictures.WIDTH / 380
    left, top = (int(place * points) - 2 for place in (line.left, line.top))
    right, bottom = (int(place * points) + 3 for place in (line.right, line.bottom))
    around = [(x, y) for x in range(left, right + 1) for y in (top, bottom)]
    around += [(x, y) for y in range(top, bottom + 1) for x in (left, right)]
    ink = luminance(line.colour)
    papers = [luminance(cast("tuple[int, ...]", picture.getpixel(place))) for place in around]
    return min((max(ink, paper) + 0.05) / (min(ink, paper) + 0.05) for paper in papers)
