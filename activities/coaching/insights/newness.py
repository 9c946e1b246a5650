"""Whether an insight says something that none before it has said."""

from __future__ import annotations

from collections.abc import Sequence

from activities.ai.offline.overlap import overlap
from activities.coaching.meaning import Meanings, cosine

ALIKE = 0.43
"""The cosine from which two gists mean the same; it is better to miss one than to tell again what was denied."""
OVERLAPS = 0.4
"""Without an encoder: the share of the words of either gist that the other repeats."""


async def is_new(gist: str, known: Sequence[str], meanings: Meanings | None) -> bool:
    """Whether a gist means something else than all that are known: by meaning, or by words without an encoder."""
    if not known:
        return True
    if meanings:
        one, *others = await meanings.vectors_of([gist, *known])
        return all(cosine(one, other) < ALIKE for other in others)
    return all(max(overlap(gist, other), overlap(other, gist)) < OVERLAPS for other in known)
