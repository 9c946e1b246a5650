"""How far a text repeats the words of another, whatever their endings."""

from __future__ import annotations

import re

from activities.ai.offline.passage import plain_form, stem
from schema.vocabulary import Locale

_SHORTEST = 4
"""Letters of a word that counts. Shorter ones bind others together."""


def overlap(text: str, other: str) -> float:
    """The share of the words of `other` that a text has too, 0 to 1."""
    wanted = _stems(other)
    return len(wanted & _stems(text)) / len(wanted) if wanted else 0.0


def _stems(text: str) -> set[str]:
    # "6am" is "6 am".
    words = re.findall(r"\d+|[^\W\d_]+", text)
    locale = Locale.RU if re.search(r"[а-яё]", text, re.IGNORECASE) else Locale.EN
    return {stem(plain_form(word), locale) for word in words if len(word) >= _SHORTEST or word.isdigit()}
