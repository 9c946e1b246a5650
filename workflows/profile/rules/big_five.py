"""Folds evidence into the Big Five levels of a profile."""

from __future__ import annotations

from collections.abc import Iterable

from schema.analysis.readings import TraitEvidence
from schema.profile.layers import TraitLevel
from schema.vocabulary import Trait

# A new person starts in the middle with the weight of one full-confidence answer, so that no single answer decides.
_PRIOR_WEIGHT = 1.0


def unknown(trait: Trait) -> TraitLevel:
    """A trait before any evidence: in the middle, with no confidence."""
    return TraitLevel(trait=trait, score=0.5, confidence=0, evidence=0)


def fold(level: TraitLevel, evidence: Iterable[TraitEvidence]) -> TraitLevel:
    """The level after more evidence on its trait: the mean of all evidence, weighted by confidence.

    Confidence c stands for an evidence weight of c / (1 - c), so it grows with every piece and never reaches 1. The
    store counts the answers per trait, because it knows which answers belong together.
    """
    weight = level.confidence / (1 - level.confidence)
    total = (weight + _PRIOR_WEIGHT) * level.score
    for piece in evidence:
        weight += piece.confidence
        total += piece.confidence * piece.score
    return level.model_copy(
        update={
            "score": round(min(1.0, max(0.0, total / (weight + _PRIOR_WEIGHT))), 4),
            # Rounding must not reach 1, whose weight would be infinite.
            "confidence": min(0.9999, round(weight / (weight + 1), 4)),
        }
    )
