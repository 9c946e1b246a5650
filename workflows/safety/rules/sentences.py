"""Cuts a text into parts of about a sentence, each of which says something by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

_SENTENCE = re.compile(r"[^.!?…;\n]+[.!?…;\n]*\s*")
_WORDS = re.compile("[a-zа-яё]{2}", re.IGNORECASE)
"""Of signs alone and other scripts, neither the second net nor the encoder knows anything."""
_SHORTEST, _LONGEST = 20, 300
"""Characters of a part."""
_PAIRED = 10
"""With more parts than this, neighbours make no parts together: a person waits for the reply that weighs them."""


def parts_of(text: str) -> list[str]:
    """The sentences of a text, short ones joined to the next, long ones cut; of few, two neighbours, too."""
    parts: list[str] = []
    for sentence in _sentences(text):
        if parts and len(parts[-1]) < _SHORTEST:
            parts[-1] = f"{parts[-1]} {sentence}"
        else:
            parts.append(sentence)
    if not 1 < len(parts) <= _PAIRED:
        return list(dict.fromkeys(parts))
    pairs = [f"{first} {second}" for first, second in pairwise(parts)]
    return list(dict.fromkeys([*parts, *pairs]))


def _sentences(text: str) -> Iterable[str]:
    for sentence in _SENTENCE.findall(text):
        if not _WORDS.search(sentence):
            continue
        words = sentence.split()
        while words:
            cut = _fitting(words)
            yield " ".join(words[:cut])[:_LONGEST]
            words = words[cut:]


def _fitting(words: Sequence[str]) -> int:
    """How many of the words fit into one part."""
    length = 0
    for count, word in enumerate(words):
        length += len(word) + 1
        if length > _LONGEST:
            return max(count, 1)
    return len(words)
