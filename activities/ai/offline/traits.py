"""Big Five evidence in one answer (markers after Goldberg 1990; Costa & McCrae 1992; Yarkoni 2010)."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from activities.ai.offline.lexicon import Direction, Lexicon
from activities.ai.offline.passage import Passage, Word
from schema.analysis.readings import TraitEvidence
from schema.vocabulary import Construct, Trait

MOST_CONFIDENCE = 0.35
"""The highest confidence that one answer can give by its words alone."""
_PHRASE, _NEGATED, _OF_SOMEBODY_ELSE = 1.3, 0.6, 0.3
_LISTENED_FOR = 1.6
# Three markers of one trait give about two thirds of the highest confidence.
_MARKERS_TO_CONFIDENCE = 3.0


def evidence(passage: Passage, lexicon: Lexicon, listens_for: Sequence[Construct]) -> list[TraitEvidence]:
    """The evidence for each trait, in the usual order of the traits; empty if the answer has no marker."""
    leans: dict[Trait, dict[Direction, float]] = {}
    counted: set[tuple[Trait, tuple[str, ...]]] = set()
    others = _clauses_about_others(passage.words, lexicon)
    for hit in lexicon.traits.find(passage.words):
        trait, direction = hit.meaning
        # A word repeated ten times is one piece of evidence.
        if (trait, hit.marker) in counted:
            continue
        counted.add((trait, hit.marker))
        weight = _PHRASE if len(hit.marker) > 1 else 1.0
        if passage.words[hit.start].clause in others:
            weight *= _OF_SOMEBODY_ELSE
        if lexicon.negated(passage.words, hit.start):
            direction = "low" if direction == "high" else "high"
            weight *= _NEGATED
        lean = leans.setdefault(trait, {"high": 0.0, "low": 0.0})
        lean[direction] += weight
    return [_weighed(trait, leans[trait], trait.value in listens_for) for trait in Trait if trait in leans]


def _weighed(trait: Trait, lean: dict[Direction, float], listened_for: bool) -> TraitEvidence:
    total = lean["high"] + lean["low"]
    # The 1 pulls the score of a single marker towards the middle.
    score = 0.5 + 0.45 * (lean["high"] - lean["low"]) / (total + 1)
    heard = total * (_LISTENED_FOR if listened_for else 1)
    confidence = MOST_CONFIDENCE * (1 - exp(-heard / _MARKERS_TO_CONFIDENCE))
    return TraitEvidence(trait=trait, score=round(score, 3), confidence=round(confidence, 3))


def _clauses_about_others(words: Sequence[Word], lexicon: Lexicon) -> set[int]:
    """Clauses whose subject is somebody else, and in which the person doesn't appear."""
    others: set[int] = set()
    own: set[int] = set()
    for at, word in enumerate(words):
        if word.plain in lexicon.first_person:
            own.add(word.clause)
        elif word.plain in lexicon.others and (at < 2 or words[at - 2].clause != word.clause):
            others.add(word.clause)
    return others - own
