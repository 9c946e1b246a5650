"""Draws the Big Five of a portrait from all evidence, less that of answers to which the person objects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise
from math import fsum

from schema.profile.layers import TraitLevel
from schema.vocabulary import Trait
from workflows.profile.rules.evolution import DayEstimate, evolution_of, is_significant

# A new person starts in the middle with the weight of one full-confidence answer, so that no single answer decides.
_PRIOR_WEIGHT = 1.0


@dataclass(frozen=True)
class Piece:
    """A piece of evidence on a trait, and where it comes from."""

    trait: Trait
    score: float
    confidence: float
    answer_id: str
    asked: str
    """The asking that it answers. All texts to one asking count as one answer."""
    day: date
    """The day on which its conversation began: a conversation is never two days, however long it lasts."""
    analysed_at: datetime


@dataclass(frozen=True)
class Step:
    """What one answer changed in a trait."""

    answer_id: str
    at: datetime
    before: float
    level: TraitLevel
    significant: bool
    """Whether the trait now differs from the day before by more than chance."""


def portrait(evidence: Iterable[Piece], objected_to: Collection[str] = ()) -> dict[Trait, list[Step]]:
    """How each trait came to stand where it does, in the usual order of traits; traits without evidence are left out.

    The order in which evidence and objections arrive does not matter. An objection takes all weight from what was read
    in the answer that it names: with half of it, the portrait would go on saying what the person denied.
    """
    counted = sorted(
        (piece for piece in evidence if piece.answer_id not in objected_to),
        key=lambda piece: (piece.analysed_at, piece.answer_id, piece.score, piece.confidence),
    )
    found = {trait: [piece for piece in counted if piece.trait is trait] for trait in Trait}
    return {trait: _steps(pieces) for trait, pieces in found.items() if pieces}


def _steps(pieces: Sequence[Piece]) -> list[Step]:
    steps: list[Step] = []
    heard: list[Piece] = []
    before = 0.5
    for answer_id, read in groupby(pieces, key=lambda piece: piece.answer_id):
        heard += read
        days = _days(heard)
        level = _level(heard).model_copy(update={"evolution": evolution_of([day for _, day in days])})
        moved = [is_significant(earlier, now) for (_, earlier), (day, now) in pairwise(days) if day == heard[-1].day]
        steps.append(Step(answer_id, heard[-1].analysed_at, before, level, any(moved)))
        before = level.score
    return steps


def _level(pieces: Sequence[Piece]) -> TraitLevel:
    """The mean of all evidence, weighted by confidence.

    An evidence weight of w is a confidence of w / (w + 1), so it grows with every piece and never reaches 1.
    """
    weight = fsum(piece.confidence for piece in pieces)
    total = fsum(piece.confidence * piece.score for piece in pieces)
    return TraitLevel(
        trait=pieces[0].trait,
        score=round((total + _PRIOR_WEIGHT * 0.5) / (weight + _PRIOR_WEIGHT), 4),
        confidence=min(0.9999, round(weight / (weight + 1), 4)),
        evidence=len({piece.asked for piece in pieces}),
    )


def _days(pieces: Sequence[Piece]) -> list[tuple[date, DayEstimate]]:
    """The estimate of each day from its own evidence, oldest first."""
    estimates = []
    for day, found in groupby(sorted(pieces, key=lambda piece: piece.day), key=lambda piece: piece.day):
        of_day = [(piece.confidence, piece.score) for piece in found]
        if weight := fsum(confidence for confidence, _ in of_day):
            score = fsum(confidence * score for confidence, score in of_day) / weight
            estimates.append((day, DayEstimate(score, weight)))
    return estimates
