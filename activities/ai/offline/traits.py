"""Big Five evidence in one answer (markers after Goldberg 1990; Costa & McCrae 1992; Yarkoni 2010)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import exp

from activities.ai.offline.circumstances import Circumstances
from activities.ai.offline.lexicon import Direction, Hit, Lexicon
from activities.ai.offline.passage import Passage
from schema.analysis.readings import TraitEvidence
from schema.vocabulary import Construct, Trait

MOST_CONFIDENCE = 0.35
"""The highest confidence that one answer can give by its words alone."""
Lean = tuple[Trait, Direction]
_PHRASE, _NEGATED = 1.3, 0.6
_ASKED_FOR = 0.5
# Three markers of one trait give about two thirds of the highest confidence.
_MARKERS_TO_CONFIDENCE = 3.0
# What anybody shows who is ill, worn out or in danger: it says nothing of how the person is otherwise.
_OF_A_STATE: frozenset[Lean] = frozenset(
    {
        (Trait.NEUROTICISM, "high"),
        (Trait.CONSCIENTIOUSNESS, "low"),
        (Trait.EXTRAVERSION, "low"),
        (Trait.AGREEABLENESS, "low"),
    }
)


def asked_for(question: Passage, lexicon: Lexicon, listens_for: Sequence[Construct]) -> frozenset[Lean]:
    """What a question pulls towards: the leans that its own words name, else both of each trait that it listens for."""
    named: set[Lean] = {hit.meaning for hit in lexicon.traits.find(question.words)}
    unnamed = {trait for trait in Trait if trait.value in listens_for} - {trait for trait, _ in named}
    for trait in unnamed:
        named |= {(trait, "high"), (trait, "low")}
    return frozenset(named)


def evidence(
    passage: Passage, lexicon: Lexicon, state: Circumstances, others: Collection[int], asked: Collection[Lean]
) -> list[TraitEvidence]:
    """The evidence for each trait, in the usual order of the traits; empty if the answer has no marker.

    `others` are the words that speak of somebody else.
    """
    leans: dict[Trait, dict[Direction, float]] = {}
    counted: set[tuple[Trait, tuple[str, ...]]] = set()
    for hit in lexicon.traits.find(passage.words):
        trait, direction = hit.meaning
        # A word repeated ten times is one piece of evidence.
        if (trait, hit.marker) in counted:
            continue
        weight = _PHRASE if len(hit.marker) > 1 else 1.0
        if hit.marker not in lexicon.one_way and lexicon.negated(passage.words, hit.start, hit.end):
            direction = "low" if direction == "high" else "high"
            weight *= _NEGATED
        of_somebody_else = hit.start in others and not _felt(hit, passage, lexicon)
        if of_somebody_else or _of_circumstances((trait, direction), passage.words[hit.start].sentence, state):
            continue
        counted.add((trait, hit.marker))
        if (trait, direction) in asked:
            # Anybody who is asked about worries names one: it says half of what the same word says unasked.
            weight *= _ASKED_FOR
        lean = leans.setdefault(trait, {"high": 0.0, "low": 0.0})
        lean[direction] += weight
    return [_weighed(trait, leans[trait]) for trait in Trait if trait in leans]


def _of_circumstances(lean: Lean, sentence: int, state: Circumstances) -> bool:
    """Whether the circumstances explain the words, so that they are no evidence."""
    if sentence in state.unmeant:
        return True
    if sentence in state.lasting:
        return False
    return sentence in state.lost or (sentence in state.strained and lean in _OF_A_STATE)


def _felt(hit: Hit[Lean], passage: Passage, lexicon: Lexicon) -> bool:
    """Whether the person feels what somebody else brings about: "my boss makes me anxious", "people annoy me"."""
    if any(passage.words[at].plain in lexicon.others for at in range(hit.start, hit.end)):
        return True
    if hit.meaning[0] is not Trait.NEUROTICISM:
        return False
    near = [*range(max(1, hit.start - 2), hit.start), *range(hit.end, min(hit.end + 1, len(passage.words)))]
    return any(
        passage.words[at].plain in ("me", "меня")
        and passage.words[at].clause == passage.words[hit.start].clause
        and passage.words[at - 1].plain not in lexicon.prepositions
        for at in near
    )


def _weighed(trait: Trait, lean: dict[Direction, float]) -> TraitEvidence:
    total = lean["high"] + lean["low"]
    # The 1 pulls the score of a single marker towards the middle.
    score = 0.5 + 0.45 * (lean["high"] - lean["low"]) / (total + 1)
    confidence = MOST_CONFIDENCE * (1 - exp(-total / _MARKERS_TO_CONFIDENCE))
    return TraitEvidence(trait=trait, score=round(score, 3), confidence=round(confidence, 3))
