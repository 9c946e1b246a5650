"""Embeddings without a model: words and their parts, hashed into 512 dimensions. Deterministic on every machine."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from activities.ai.offline.passage import Passage
from schema.vocabulary import Locale
from workflows.analysis.rules.text_features import language_of

DIMENSIONS = 512
# A stem tells more than a part of it. Parts only help where forms of a word differ.
_STEM, _PART = 1.0, 0.3
_PART_LENGTH = 4


class HashingEmbedder:
    """Feature hashing with signs (Weinberger et al. 2009) over stems and their four-letter parts.

    Finds texts that share words, not texts of the same meaning.
    """

    name = "offline/hashing"

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A unit vector for each text, in their order; zeros for a text without words."""
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        vector = [0.0] * DIMENSIONS
        for feature, weight in self._features(text):
            digest = int.from_bytes(blake2b(feature.encode(), digest_size=8).digest(), "big")
            # Signs let colliding features cancel out instead of adding up.
            vector[(digest >> 1) % DIMENSIONS] += weight if digest & 1 else -weight
        length = math.sqrt(sum(number * number for number in vector))
        return [number / length for number in vector] if length else vector

    def _features(self, text: str) -> Iterator[tuple[str, float]]:
        words = Passage.of(text, language_of(text, Locale.EN)).words
        for stem, count in Counter(word.stem for word in words).items():
            # Each repetition of a word adds less.
            weight = 1 + math.log(count)
            yield stem, _STEM * weight
            for start in range(len(stem) - _PART_LENGTH + 1):
                yield f"#{stem[start : start + _PART_LENGTH]}", _PART * weight
