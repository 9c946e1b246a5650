"""How a line says "you": the lines are written with «вы», and said with «ты» to who wishes for that."""

from __future__ import annotations

import re
from functools import cache

from schema.base_model import Model
from schema.yaml_files import read_packaged


class _Data(Model):
    words: dict[str, str]
    places: dict[str, str]
    """The same for words in a row, which go before the single ones."""
    unsaid: str


class _Familiar:
    def __init__(self) -> None:
        data = _Data.model_validate(read_packaged(__package__, "coach_familiar_ru.yaml"))
        self._said = {**data.places, **data.words}
        self._formal = re.compile(rf"\b(?:{'|'.join(self._said)})\b", re.IGNORECASE)
        self._unsaid = re.compile(rf"\b(?:{data.unsaid})\b", re.IGNORECASE)

    def say(self, line: str) -> str | None:
        if self._formal.search(line) and self._unsaid.search(line):
            return None
        return self._formal.sub(self._instead, line)

    def _instead(self, found: re.Match[str]) -> str:
        said = self._said[found[0].lower()]
        return said[0].upper() + said[1:] if found[0][0].isupper() else said


@cache
def _familiar() -> _Familiar:
    return _Familiar()


def familiar(line: str) -> str | None:
    """A Russian line with «ты»; None where it can't be said so without showing the person's sex."""
    return _familiar().say(line)
