"""Splits formatted text into pieces of valid HTML within Telegram's limits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate, chain, repeat

from aiogram.types import MessageEntity
from aiogram.utils.formatting import Text
from aiogram.utils.text_decorations import html_decoration

MESSAGE_LIMIT = 4096
"""UTF-16 code units of a message's text, counted without its markup (Bot API, `sendMessage`)."""
CAPTION_LIMIT = 1024
"""The same, of the text below a photo (Bot API, `sendPhoto`)."""

# Where to split, best first: between paragraphs, lines, words.
_SEAMS = ("\n\n", "\n", " ")


def split(body: Text, *, first: int = MESSAGE_LIMIT, limit: int = MESSAGE_LIMIT) -> list[str]:
    """Splits a text into HTML pieces. The first shows at most `first` UTF-16 code units, each other at most `limit`.

    The visible text is split before it is marked up, so no tag and no character is cut in two. White space at the ends
    of a piece is removed, as Telegram does.
    """
    text, entities = body.render()
    # The number of UTF-16 code units before each character: Telegram's limits and entity offsets count these.
    units = [0, *accumulate(2 if ord(character) > 0xFFFF else 1 for character in text)]
    return [
        _piece(text, units, entities, start, end) for start, end in _cuts(text, units, chain((first,), repeat(limit)))
    ]


def _cuts(text: str, units: list[int], limits: Iterable[int]) -> Iterator[tuple[int, int]]:
    start = _past_space(text, 0)
    for limit in limits:
        if start == len(text):
            return
        end = start
        while end < len(text) and units[end + 1] - units[start] <= limit:
            end += 1
        if end < len(text):
            # A seam at the start would make no progress.
            end = next((seam for seam in (text.rfind(mark, start, end + 1) for mark in _SEAMS) if seam > start), end)
        yield start, start + len(text[start:end].rstrip())
        start = _past_space(text, end)


def _past_space(text: str, position: int) -> int:
    return len(text) - len(text[position:].lstrip())


def _piece(text: str, units: list[int], entities: list[MessageEntity], start: int, end: int) -> str:
    inside = []
    for entity in entities:
        begins = max(entity.offset, units[start])
        ends = min(entity.offset + entity.length, units[end])
        if begins < ends:
            inside.append(entity.model_copy(update={"offset": begins - units[start], "length": ends - begins}))
    # The formatter expects an outer entity before the ones inside it.
    inside.sort(key=lambda entity: (entity.offset, -entity.length))
    return html_decoration.unparse(text[start:end], inside)
