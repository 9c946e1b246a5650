"""Draws the Big Five of a portrait from all evidence, less that of answers to which the person objects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from itertools import groupby

from schema.profile.layers import TraitLevel
from schema.vocabulary import Trait
from workflows.profile.rules.evolution import OccasionEstimate, estimate_of, evolution_of, has_changed

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
    """Its evolution is told by the last step."""
    significant: bool
    """Whether the trait has reliably changed by the days so far."""


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
    heard, asked, before = _Sum(), set[str](), 0.5
    days: dict[date, list[tuple[float, float]]] = {}
    estimates: dict[date, OccasionEstimate] = {}
    for answer_id, read in groupby(pieces, key=lambda piece: piece.answer_id):
        for piece in read:
            heard.add(piece)
            days.setdefault(piece.day, []).append((piece.score, piece.confidence))
            asked.add(piece.asked)
        if estimate := estimate_of(datetime.combine(piece.day, time(), UTC), days[piece.day]):
            estimates[piece.day] = estimate
        told = [estimates[day] for day in sorted(estimates)]
        level = TraitLevel(
            trait=piece.trait,
            score=round((heard.total + _PRIOR_WEIGHT * 0.5) / (heard.weight + _PRIOR_WEIGHT), 4),
            # A weight of w is a confidence of w / (w + 1): it grows with every piece and never reaches 1.
            confidence=min(0.9999, round(heard.weight / (heard.weight + 1), 4)),
            evidence=len(asked),
        )
        steps.append(Step(answer_id, piece.analysed_at, before, level, has_changed(told)))
        before = level.score
    # Of the last step alone: nobody is told how a trait had evolved before.
    evolved = level.model_copy(update={"evolution": evolution_of(told)})
    return [*steps[:-1], replace(steps[-1], level=evolved)]


@dataclass
class _Sum:
    """Evidence added up, weighted by its confidence."""

    weight: float = 0.0
    total: float = 0.0

    def add(self, piece: Piece) -> None:
        self.weight += piece.confidence
        self.total += piece.confidence * piece.score
