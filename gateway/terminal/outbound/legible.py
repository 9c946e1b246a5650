"""Replaces characters that a terminal's encoding lacks by similar ones of the same width."""

from __future__ import annotations

from functools import cache

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment

SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"

_NEAREST = {
    **dict(zip("—–…·•●▒─━┄›→«»“”’№◆", '--.-*o=-=.>>""""\'N*', strict=True)),
    **dict(zip("▁▂▃▄▅▆▇█", "12345678", strict=True)),
    **dict(zip(SPINNER, "|/-\\|/-\\|/", strict=True)),
}


def legible(text: str, encoding: str) -> str:
    """Replaces characters that the encoding lacks; those without a similar one become a question mark."""
    return "".join(character if _has(encoding, character) else _NEAREST.get(character, "?") for character in text)


class Legible:
    """Wraps a renderable and replaces characters that the console's encoding lacks."""

    def __init__(self, drawn: RenderableType) -> None:
        self._drawn = drawn

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self._drawn, options):
            yield Segment(legible(segment.text, options.encoding), segment.style, segment.control)


@cache
def _has(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
