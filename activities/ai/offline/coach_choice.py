"""Chooses lines of the offline coach: none twice, in the person's style, the same ones for the same conversation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from zlib import crc32

from activities.ai.offline.coach_bank import ANY, Bank, Kind, Line, Tag
from activities.ai.offline.reflection import PLACE
from schema.coaching.context import Style

NUMBER, NEXT, DAY = "{number}", "{next}", "{day}"
_PLACES = (PLACE, NUMBER, NEXT, DAY)
_TAGS = {
    "images": (Tag.IMAGE, Tag.PRACTICAL),
    "structure": (Tag.STRUCTURED, Tag.FREE),
    "energy": (Tag.LIVELY, Tag.CALM),
}


class Choice:
    """The lines that are left in a conversation."""

    def __init__(self, bank: Bank, used: Collection[str], lately: Collection[str], style: Style, seed: str) -> None:
        """`used` are the names of all lines that were said, `lately` those of the last turns."""
        self._bank = bank
        self._used = set(used)
        ends = {name: getattr(style, name) for name in _TAGS}
        self._liked = {_TAGS[name][0 if end else 1] for name, end in ends.items() if end is not None}
        self._disliked = {_TAGS[name][1 if end else 0] for name, end in ends.items() if end is not None}
        # Images in every turn are mannered.
        if any(line.tag in self._liked for line in bank if line.name in lately):
            self._disliked |= self._liked
        # The order differs from conversation to conversation.
        self._seed = seed.encode("utf-8", "replace")

    def line(self, kind: Kind, themes: Sequence[str] = (ANY,), words: Mapping[str, str] | None = None) -> Line | None:
        """A line of a kind that has not been used: of the first theme that has one. None if there is none.

        `words` are those of the person, by their places; a line that takes others is left out.
        """
        given = words or {}
        for theme in themes:
            if lines := self._fitting(kind, theme, given):
                return self._marked(min(lines, key=self._order))
        return None

    def reflection(self, templates: Iterable[str]) -> tuple[str, str] | None:
        """The name and text of a reflection that has not been used; None if there is none."""
        named = sorted((self._hash(text), _name(text), text) for text in templates)
        found = next(((name, text) for _, name, text in named if name not in self._used), None)
        if found:
            self._used.add(found[0])
        return found

    @staticmethod
    def are_of(names: Iterable[str], templates: Iterable[str]) -> bool:
        """Whether any of these names is that of one of these reflections."""
        return not set(map(_name, templates)).isdisjoint(names)

    def _fitting(self, kind: Kind, theme: str, words: Mapping[str, str]) -> list[Line]:
        lines = [
            line
            for line in self._bank.lines(kind, theme)
            if line.name not in self._used
            and line.tag not in self._disliked
            and all(place in words for place in _PLACES if place in line.text)
        ]
        # Lines that take up the person's words come first.
        return [line for line in lines if any(place in line.text for place in _PLACES)] or lines

    def _order(self, line: Line) -> tuple[int, int]:
        fit = 1 if line.tag is None else 0 if line.tag in self._liked else 2
        return fit, self._hash(line.name)

    def _marked(self, line: Line) -> Line:
        self._used.add(line.name)
        return line

    def _hash(self, name: str) -> int:
        return crc32(self._seed + name.encode())


def _name(template: str) -> str:
    """The name of a reflection: its text, hashed."""
    return f"said.{crc32(template.encode()):08x}"
