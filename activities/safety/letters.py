"""What letters a text is made of: the sequences of two to five letters in its words, and its pairs of words.

They know a word in all its forms and spellings, and need no encoder. Each is a number below `BUCKETS` (feature hashing,
Weinberger et al. 2009, arXiv:0902.2206), so that no list of them is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import log
from zlib import crc32

BUCKETS = 2**17
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"\d+")
_SIZES = range(2, 6)


def buckets_of(text: str) -> dict[int, float]:
    """The buckets of a text, and how much each counts: one that comes again counts more, but not as often."""
    words = [_NUMBER.sub("0", word) for word in _WORD.findall(text.lower().replace("ё", "е"))]
    often = Counter(crc32(sequence.encode()) % BUCKETS for sequence in _sequences(words))
    return {bucket: 1 + log(count) for bucket, count in often.items()}


def _sequences(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        marked = f" {word} "
        for size in _SIZES:
            for at in range(len(marked) - size + 1):
                yield marked[at : at + size]
    for first, second in pairwise(words):
        yield f"{first} {second}"
