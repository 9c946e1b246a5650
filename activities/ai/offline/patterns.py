"""Finds patterns in one answer, and words one insight for the person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from activities.ai.offline.circumstances import Circumstances
from activities.ai.offline.lexicon import Lexicon
from activities.ai.offline.passage import Passage
from schema.analysis.readings import TraitEvidence
from schema.vocabulary import Trait

MOST_PATTERNS = 3
# A phrase counts as two words. One phrase shows a pattern, and is too little for a sentence about the person.
_ENOUGH, _FOR_AN_INSIGHT = 2, 3
_SURE_ENOUGH = 0.2
_LEANING = 0.18


def patterns(passage: Passage, lexicon: Lexicon, state: Circumstances, others: Collection[int]) -> dict[str, int]:
    """The patterns in a text by key, the clearest first, and how strong each is.

    None is made of a state, of irony, or of somebody else.
    """
    found: dict[str, dict[tuple[str, ...], int]] = {}
    for hit in lexicon.patterns.find(passage.words):
        own = lexicon.pattern_data[hit.meaning].whoever or hit.start not in others
        meant = passage.words[hit.start].sentence not in state.strained | state.unmeant
        if own and meant and not lexicon.negated(passage.words, hit.start, hit.end):
            found.setdefault(hit.meaning, {})[hit.marker] = min(len(hit.marker), _ENOUGH)
    strength = {key: sum(markers.values()) for key, markers in found.items()}
    clear = [key for key, points in strength.items() if points >= _ENOUGH]
    return {key: strength[key] for key in sorted(clear, key=lambda key: -strength[key])[:MOST_PATTERNS]}


def insight(found: dict[str, int], traits: list[TraitEvidence], spoken: Lexicon) -> str | None:
    """One sentence in the language of `spoken` about the clearest pattern, or else about a trait; None if neither."""
    for key, strength in found.items():
        if strength >= _FOR_AN_INSIGHT:
            return spoken.pattern_data[key].insight
    sure: dict[Trait, float] = defaultdict(float)
    lean: dict[Trait, float] = defaultdict(float)
    for piece in traits:
        sure[piece.trait] += piece.confidence
        lean[piece.trait] += piece.confidence * (piece.score - 0.5)
    shows = [trait for trait in sure if sure[trait] >= _SURE_ENOUGH and abs(lean[trait]) >= _LEANING * sure[trait]]
    if not shows:
        return None
    clearest = max(shows, key=lambda trait: sure[trait])
    return spoken.trait_insights[clearest, "high" if lean[clearest] > 0 else "low"]
