"""Formatted texts as the pieces that Telegram takes, each of them HTML that is whole in itself."""

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

# Where a text is best broken: between paragraphs, else between lines, else between words.
_SEAMS = ("\n\n", "\n", " ")


def split(body: Text, *, first: int = MESSAGE_LIMIT, limit: int = MESSAGE_LIMIT) -> list[str]:
    """A text as HTML, in as many pieces as it takes: the first shows at most `first` code units, the others `limit`.

    It is split as it will be shown, and each piece is marked up by itself: no tag and no character is cut in two. White
    space at the ends of a piece goes, as Telegram would drop it.
    """
    text, entities = body.render()
    # How many code units come before each character: Telegram counts in UTF-16, as its entities do.
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
            # A seam at the very start would make no progress; the text has no white space there.
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
    # An outer entity has to come before those within it.
    inside.sort(key=lambda entity: (entity.offset, -entity.length))
    return html_decoration.unparse(text[start:end], inside)
